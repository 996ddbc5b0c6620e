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
use super::spectral::{Effort, singular_values};
use super::symmetric::eigenvalues;
use crate::number::Matrix;
use crate::number::{Ball, Real, Ring, Sign, Truth};

/// Additional precision of the first attempt.
const SPARE_BITS: u32 = 32;

/// What came of the attempt.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Every value is known to the width asked for.
    Reached(Enclosures),
    /// The budget has ended before; the values are enclosed all the same, as well as they are at the last precision.
    BudgetEnded(Enclosures),
}

/// Enclosed values, and what they were computed with.
#[derive(Clone, Debug)]
pub struct Enclosures {
    /// The values, descending.
    pub values: Vec<Ball>,
    /// The precision of the last attempt.
    pub bits: u32,
}

impl Outcome {
    /// The enclosures, whether or not they are as narrow as was asked for.
    #[must_use]
    pub fn enclosures(&self) -> &Enclosures {
        match self {
            Self::Reached(enclosures) | Self::BudgetEnded(enclosures) => enclosures,
        }
    }

    /// The values, if they are as narrow as was asked for.
    #[must_use]
    pub fn reached(self) -> Option<Vec<Ball>> {
        match self {
            Self::Reached(enclosures) => Some(enclosures.values),
            Self::BudgetEnded(_) => None,
        }
    }
}

/// The singular values, descending, each exactly zero or in an interval `[l, u]` with `u − l ≤ relative_width · l`, with at most
/// `most_bits` bits.
///
/// ```
/// use enclosures::number::Matrix;
/// use enclosures::algebra::raised_precision::{Outcome, singular_values_to};
/// use rug::Rational;
/// // Rank one and a perturbation of 2^−200.
/// let tiny: Rational = Rational::from(1) >> 200;
/// let rows = vec![vec![Rational::from(1), Rational::from(1)], vec![Rational::from(1), tiny + 1]];
/// let matrix = Matrix::from_rows(rows).unwrap();
/// let width = Rational::from((1, 1_000_000));
/// assert!(matches!(singular_values_to(&matrix, &width, 4096), Outcome::Reached(_)));
/// let Outcome::BudgetEnded(found) = singular_values_to(&matrix, &width, 128) else { panic!() };
/// assert_eq!(found.bits, 128);
/// ```
#[must_use]
pub fn singular_values_to(matrix: &Matrix<Rational>, relative_width: &Rational, most_bits: u32) -> Outcome {
    let values = |bits: u32| singular_values(&Matrix::<Ball>::from_rationals(matrix, bits), Effort::Tight);
    let zeros = || rank(matrix)..matrix.rows().min(matrix.columns());
    raised(values, zeros, relative_width, most_bits)
}

/// The eigenvalues of a symmetric matrix, descending, each exactly zero or with `u − l ≤ relative_width · min(|l|, |u|)`: as
/// [`singular_values_to`]. Only the entries on and above the diagonal are looked at.
///
/// # Panics
///
/// If the matrix is not square.
#[must_use]
pub fn eigenvalues_to(matrix: &Matrix<Rational>, relative_width: &Rational, most_bits: u32) -> Outcome {
    let values = |bits: u32| eigenvalues(&Matrix::<Ball>::from_rationals(matrix, bits), Effort::Tight);
    let zeros = || {
        let symmetric = Matrix::from_fn(matrix.rows(), matrix.rows(), |i, j| matrix[(i.min(j), i.max(j))].clone());
        let Inertia { positive, zero, .. } = Inertia::of(&symmetric);
        positive..positive + zero
    };
    raised(values, zeros, relative_width, most_bits)
}

fn raised(
    values_at: impl Fn(u32) -> Vec<Ball>,
    zeros: impl Fn() -> Range<usize>,
    relative_width: &Rational,
    most_bits: u32,
) -> Outcome {
    let width_bits =
        relative_width.denom().significant_bits().saturating_sub(relative_width.numer().significant_bits());
    let mut bits = width_bits.saturating_add(SPARE_BITS).max(64).min(most_bits);
    let mut exact_zeros: Option<Range<usize>> = None;
    loop {
        let mut values = values_at(bits);
        if values.iter().any(|value| value.sign() == Sign::Open) {
            for value in &mut values[exact_zeros.get_or_insert_with(&zeros).clone()] {
                *value = Ball::zero(bits);
            }
        }
        let is_narrow = values.iter().all(|value| is_narrow(value, relative_width));
        let enclosures = Enclosures { values, bits };
        if is_narrow {
            return Outcome::Reached(enclosures);
        }
        if bits >= most_bits {
            return Outcome::BudgetEnded(enclosures);
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
