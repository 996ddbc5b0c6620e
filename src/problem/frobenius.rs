//! Two facts about a problem that are exact and that some theorems ask for: how balanced the start is and how white the data are.
//!
//! Starts and data made by `balanced` and `whiten` are rounded to f64, so neither fact holds to the letter. What is
//! reported is therefore measured on the problem as it is, in integers.

use std::fmt;

use rug::float::Round;
use rug::ops::Pow;
use rug::{Float, Integer, Rational};

use super::{Matrix, Problem};
use crate::time_limit::check_bits;

/// A Frobenius norm, known by its exact square.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrobeniusNorm {
    squared: Rational,
}

impl FrobeniusNorm {
    /// The square, exact.
    #[must_use]
    pub fn squared(&self) -> &Rational {
        &self.squared
    }

    /// The least f64 that is certainly not below the norm.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.rounded(Round::Up)
    }

    /// The largest f64 that is certainly not above the norm.
    #[must_use]
    pub fn lower(&self) -> f64 {
        self.rounded(Round::Down)
    }

    fn rounded(&self, round: Round) -> f64 {
        let (mut value, _) = Float::with_val_round(128, &self.squared, round);
        value.sqrt_round(round);
        value.to_f64_round(round)
    }
}

impl fmt::Display for FrobeniusNorm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:e}", self.upper())
    }
}

impl Problem {
    /// The imbalance `max_j ‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F` of the initial weights (Arora, Cohen, Golowich and Hu, Definition 1);
    /// zero for one layer, `None` for networks that are not fully-connected.
    #[must_use]
    pub fn imbalance(&self) -> Option<FrobeniusNorm> {
        self.network().is_fully_connected().then(|| imbalance(self.initial()))
    }

    /// How far the examples' uncentred second moment is from the identity, `‖XXᵀ/n − I‖_F` with the examples as the columns of
    /// `X`; `None` for a problem without examples.
    #[must_use]
    pub fn whitening_residual(&self) -> Option<FrobeniusNorm> {
        self.examples().map(|(x, _)| whitening_residual(x))
    }
}

/// `max_j ‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F`.
pub(super) fn imbalance(weights: &[Matrix<Rational>]) -> FrobeniusNorm {
    let gap = |pair: &[Matrix<Rational>]| {
        let (integers, denominator) = over_one_denominator(&[&pair[0], &pair[1].transposed()]);
        let (below, above) = (&integers[0], &integers[1]);
        let squared =
            squared_norm(below.rows(), |i, j| dot(above.row(i), above.row(j)) - dot(below.row(i), below.row(j)));
        FrobeniusNorm { squared: Rational::from((squared, denominator.pow(4))) }
    };
    weights.windows(2).map(gap).max().unwrap_or_default()
}

/// `‖XXᵀ/n − I‖_F`, the rows of `x` being the columns of `X`.
pub(super) fn whitening_residual(x: &Matrix<Rational>) -> FrobeniusNorm {
    let (integers, denominator) = over_one_denominator(&[&x.transposed()]);
    let features = &integers[0];
    // n·denominator² times the identity, and the square of that factor to divide by in the end.
    let unit = Integer::from(x.rows()) * denominator.square();
    let squared = squared_norm(features.rows(), |i, j| {
        let product = dot(features.row(i), features.row(j));
        if i == j { product - &unit } else { product }
    });
    FrobeniusNorm { squared: Rational::from((squared, unit.square())) }
}

/// The same matrices as integers over one common denominator.
fn over_one_denominator(matrices: &[&Matrix<Rational>]) -> (Vec<Matrix<Integer>>, Integer) {
    let mut denominator = Integer::from(1);
    for entry in matrices.iter().flat_map(|matrix| matrix.entries()) {
        denominator.lcm_mut(entry.denom());
    }
    let scaled = |entry: &Rational| Integer::from(&denominator / entry.denom()) * entry.numer();
    (matrices.iter().map(|matrix| matrix.map(scaled)).collect(), denominator)
}

/// The sum of the squares of a symmetric matrix' entries.
fn squared_norm(size: usize, entry: impl Fn(usize, usize) -> Integer) -> Integer {
    let mut sum = Integer::new();
    for i in 0..size {
        for j in 0..=i {
            let square = entry(i, j).square();
            sum += if i == j { square } else { square << 1_u32 };
        }
    }
    sum
}

fn dot(left: &[Integer], right: &[Integer]) -> Integer {
    let mut sum = Integer::new();
    for (a, b) in left.iter().zip(right) {
        sum += a * b;
        check_bits(sum.significant_bits().into());
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matrix(rows: &[&[(i32, i32)]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect())
            .unwrap()
    }

    #[test]
    fn imbalance_by_hand() {
        // W_1W_1ᵀ = [[1, 1/2], [1/2, 1/4]], W_2ᵀW_2 = [[9, 3], [3, 1]].
        let weights = [matrix(&[&[(1, 1)], &[(1, 2)]]), matrix(&[&[(3, 1), (1, 1)]])];
        let expected = Rational::from(64) + Rational::from((25, 2)) + Rational::from((9, 16));
        assert_eq!(*imbalance(&weights).squared(), expected);
        let balanced = [matrix(&[&[(1, 3)], &[(2, 3)]]), matrix(&[&[(1, 3), (2, 3)]])];
        assert_eq!(*imbalance(&balanced).squared(), 0);
        assert_eq!(*imbalance(&weights[..1]).squared(), 0);
        // The largest of several pairs counts, wherever it stands.
        let three = [matrix(&[&[(1, 1)]]), matrix(&[&[(3, 1)]]), matrix(&[&[(3, 1)]])];
        assert_eq!(*imbalance(&three).squared(), 64);
        let three = [matrix(&[&[(3, 1)]]), matrix(&[&[(3, 1)]]), matrix(&[&[(1, 1)]])];
        assert_eq!(*imbalance(&three).squared(), 64);
    }

    #[test]
    fn whiteness_by_hand() {
        assert_eq!(*whitening_residual(&matrix(&[&[(1, 1), (1, 1)], &[(-1, 1), (1, 1)]])).squared(), 0);
        // XXᵀ/n = [[5/4, 1/12], [1/12, 1/18]].
        let x = matrix(&[&[(1, 2), (1, 3)], &[(3, 2), (0, 1)]]);
        let expected = Rational::from((1, 16)) + Rational::from((2, 144)) + Rational::from((289, 324));
        assert_eq!(*whitening_residual(&x).squared(), expected);
    }

    #[test]
    fn bounds_are_on_their_sides() {
        let norm = FrobeniusNorm { squared: Rational::from(2) };
        assert_eq!(norm.upper(), std::f64::consts::SQRT_2);
        assert_eq!(norm.lower(), std::f64::consts::SQRT_2.next_down());
        let tiny = FrobeniusNorm { squared: Rational::from(1) >> 5000_u32 };
        assert!(tiny.upper() > 0.0 && tiny.lower() == 0.0);
        assert_eq!((FrobeniusNorm::default().upper(), FrobeniusNorm::default().lower()), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn integers_agree_with_rationals(
            entries in proptest::collection::vec((-50_i32..50, 1_i32..50), 12),
        ) {
            let entry = |i: usize| Rational::from(entries[i]);
            let weights = [Matrix::from_fn(3, 2, |i, j| entry(2 * i + j)), Matrix::from_fn(2, 3, |i, j| entry(6 + 3 * i + j))];
            let mut expected = Rational::new();
            for i in 0..3 {
                for j in 0..3 {
                    let mut gap = Rational::new();
                    for k in 0..2 {
                        gap += Rational::from(&weights[1][(k, i)] * &weights[1][(k, j)]);
                        gap -= Rational::from(&weights[0][(i, k)] * &weights[0][(j, k)]);
                    }
                    expected += gap.square();
                }
            }
            let norm = imbalance(&weights);
            prop_assert_eq!(norm.squared(), &expected);
            let (lower, upper) = (Rational::from_f64(norm.lower()).unwrap(), Rational::from_f64(norm.upper()).unwrap());
            prop_assert!(lower.square() <= expected && expected <= upper.square());
        }
    }
}
