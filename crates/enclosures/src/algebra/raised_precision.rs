//! Singular values and eigenvalues of rational matrices to a stated relative width.
//!
//! The precision is doubled until every value is known to the width asked for, or a budget ends. A value that is exactly
//! zero has no relative width at any precision: how many there are is counted over the rationals, once, as soon as a value cannot be
//! told from zero, and these values are then exactly zero. Everything else may be as small as it likes; the number of
//! bits that is needed grows with the logarithm of `σ_1/σ_i`.

use std::ops::Range;

use rug::Rational;

use super::elimination::rank;
use super::inertia::Inertia;
use super::spectral::{Effort, singular_values, spectral_norm};
use super::symmetric::eigenvalues;
use crate::number::{Ball, Matrix, Real, Ring, Sign, Truth};

/// Additional precision of the first attempt.
const SPARE_BITS: u32 = 32;

/// The narrowest relative width, −log2, that the quick way is tried for: separated values are narrower, clusters are at about 48.
const WIDTH_OF_QUICK: u32 = 80;

/// Enclosed values, and what they were computed with.
#[derive(Clone, Debug)]
pub struct Enclosures {
    /// The values, descending.
    pub values: Vec<Ball>,
    /// The precision of the last attempt, in bits.
    pub bits: u32,
}

/// The bits that may be spent do not suffice for the width asked for. The values are enclosed all the same, as well as they are at the
/// last precision.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} bits do not suffice for the relative width asked for", .0.bits)]
pub struct PrecisionExhausted(pub Enclosures);

/// The singular values, descending, each exactly zero or in an interval `[l, u]` with `u − l ≤ relative_width · l`.
///
/// ```
/// use enclosures::algebra::raised_precision::singular_values_to;
/// use enclosures::number::{Matrix, Real};
/// use rug::Rational;
/// // Rank one and a perturbation of 2^−200.
/// let tiny: Rational = Rational::from(1) >> 200;
/// let matrix = Matrix::from([[1.into(), 1.into()], [1.into(), tiny + 1]]);
/// let width = Rational::from((1, 1_000_000));
/// let found = singular_values_to(&matrix, &width, 4096).unwrap();
/// assert!(found.bits > 200);
/// let exhausted = singular_values_to(&matrix, &width, 128).unwrap_err();
/// assert_eq!(exhausted.to_string(), "128 bits do not suffice for the relative width asked for");
/// // What is known of the values is true.
/// let (largest, rest) = (&exhausted.0.values[0], &exhausted.0.values[1]);
/// assert!(largest.upper_f64() - largest.lower_f64() < 1e-15 && rest.upper_f64() < 1e-15);
/// ```
///
/// # Errors
///
/// [`PrecisionExhausted`] if that needs more than `most_bits` bits.
pub fn singular_values_to(
    matrix: &Matrix<Rational>,
    relative_width: &Rational,
    most_bits: u32,
) -> Result<Enclosures, PrecisionExhausted> {
    let values = |bits: u32, effort| singular_values(&Matrix::<Ball>::from_rationals(matrix, bits), effort);
    let zeros = || rank(matrix)..matrix.rows().min(matrix.columns());
    raised(values, zeros, relative_width, most_bits)
}

/// The spectral norm `‖A‖_2 = σ_1` alone, as [`singular_values_to`]: however small the other values are, this needs few bits more than
/// the width has. Zero of a matrix of no size.
///
/// # Errors
///
/// [`PrecisionExhausted`] if that needs more than `most_bits` bits.
pub fn spectral_norm_to(
    matrix: &Matrix<Rational>,
    relative_width: &Rational,
    most_bits: u32,
) -> Result<Enclosures, PrecisionExhausted> {
    let norm = |bits: u32, effort| vec![spectral_norm(&Matrix::<Ball>::from_rationals(matrix, bits), effort)];
    // Of the zero matrix it is zero by structure.
    raised(norm, || 0..0, relative_width, most_bits)
}

/// The eigenvalues of a symmetric matrix, descending, each exactly zero or with `u − l ≤ relative_width · min(|l|, |u|)`: as
/// [`singular_values_to`]. Only the entries on and above the diagonal are looked at.
///
/// # Errors
///
/// [`PrecisionExhausted`] if that needs more than `most_bits` bits.
///
/// # Panics
///
/// If the matrix is not square.
pub fn eigenvalues_to(
    matrix: &Matrix<Rational>,
    relative_width: &Rational,
    most_bits: u32,
) -> Result<Enclosures, PrecisionExhausted> {
    let values = |bits: u32, effort| eigenvalues(&Matrix::<Ball>::from_rationals(matrix, bits), effort);
    let zeros = || {
        let symmetric = Matrix::from_fn(matrix.rows(), matrix.rows(), |i, j| matrix[(i.min(j), i.max(j))].clone());
        let Inertia { positive, zero, .. } = Inertia::of(&symmetric);
        positive..positive + zero
    };
    raised(values, zeros, relative_width, most_bits)
}

fn raised(
    values_at: impl Fn(u32, Effort) -> Vec<Ball>,
    zeros: impl Fn() -> Range<usize>,
    relative_width: &Rational,
    most_bits: u32,
) -> Result<Enclosures, PrecisionExhausted> {
    let width_bits =
        relative_width.denom().significant_bits().saturating_sub(relative_width.numer().significant_bits());
    let mut bits = width_bits.saturating_add(SPARE_BITS).max(64).min(most_bits);
    let all_narrow = |values: &[Ball]| values.iter().all(|value| is_narrow(value, relative_width));
    // Vectors from f64 are good for no more, and cost a fraction.
    if width_bits <= WIDTH_OF_QUICK {
        let values = values_at(bits, Effort::Quick);
        if all_narrow(&values) {
            return Ok(Enclosures { values, bits });
        }
    }
    let mut exact_zeros: Option<Range<usize>> = None;
    loop {
        let mut values = values_at(bits, Effort::Tight);
        if values.iter().any(|value| value.sign() == Sign::Open) {
            for value in &mut values[exact_zeros.get_or_insert_with(&zeros).clone()] {
                *value = Ball::zero(bits);
            }
        }
        let is_reached = all_narrow(&values);
        let enclosures = Enclosures { values, bits };
        if is_reached {
            return Ok(enclosures);
        }
        if bits >= most_bits {
            return Err(PrecisionExhausted(enclosures));
        }
        bits = bits.saturating_mul(2).min(most_bits);
    }
}

/// Whether the value is exactly zero, or certainly as narrow as asked for.
fn is_narrow(value: &Ball, relative_width: &Rational) -> bool {
    let size = value.clone().abs();
    let width = size.upper() - size.lower();
    match value.sign() {
        Sign::Zero => true,
        Sign::Open => false,
        _ => width.at_most(&size.lower().times(relative_width.clone())) == Truth::True,
    }
}
