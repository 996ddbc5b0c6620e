//! The sum of the absolute values of the terms that a computation adds up.

use super::matrix::product_by_definition;
use super::operators::ring_operators;
use super::{Magnitude, Matrix, Ring, View};
use crate::time_limit::check_after;

/// What bounds the rounding errors of a polynomial, whatever the order in which a program computes it.
///
/// The text of a polynomial, run over `Majorant`, adds the absolute values of all its monomials: a number enters with its absolute value, a
/// minus is a plus. If every monomial passes through at most `m` roundings of relative error `u`, the program's result is within `γ_m S` of the
/// exact one, `S` the [`sum`](Self::sum) and `γ_m = mu/(1 − mu)` (Higham, *Accuracy and Stability of Numerical Algorithms*, Lemma 3.1).
///
/// That is so above the range of underflow. A product below it errs absolutely, and the error reaches the result multiplied by what is left
/// of its monomial, which is at most that monomial with every factor raised to at least 1: so the same sum over [`raised`](Self::raised)
/// numbers, times the least normal number and γ, is what underflow adds.
///
/// Both are upper bounds, rounded upward, of 53 bits and any size; infinite, they bound nothing.
///
/// ```
/// use enclosures::number::{Majorant, Matrix, Ring};
/// let number = |value: i32| Majorant::from_rational(&rug::Rational::from((value, 4)), 53);
/// let (x, y) = (number(3), number(-2));
/// // (x − y)² = x² − 2xy + y² vanishes nowhere as a sum of absolute values.
/// let square = (x - y) * (x - y);
/// assert!(1.5624 < square.sum().to_f64() && square.sum().to_f64() < 1.5626);
/// assert!(3.9999 < square.raised().to_f64() && square.raised().to_f64() < 4.0001);
/// let row = Matrix::row_vector(vec![x, y]);
/// assert!(row.times_transpose(&row)[(0, 0)].sum().to_f64() > 0.8124);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Majorant {
    sum: Magnitude,
    raised: Magnitude,
}

impl Majorant {
    /// The sum of no terms.
    pub const ZERO: Self = Self { sum: Magnitude::ZERO, raised: Magnitude::ZERO };

    /// A number of which this is an upper bound of the absolute value.
    #[must_use]
    #[inline]
    pub fn of(bound: Magnitude) -> Self {
        Self { sum: bound, raised: if bound < Magnitude::ONE { Magnitude::ONE } else { bound } }
    }

    /// The sum of the absolute values of the monomials.
    #[must_use]
    #[inline]
    pub fn sum(self) -> Magnitude {
        self.sum
    }

    /// The same sum with every number raised to at least 1.
    #[must_use]
    #[inline]
    pub fn raised(self) -> Magnitude {
        self.raised
    }

    fn negate(&mut self) {}

    #[inline]
    fn increase(&mut self, other: &Self) {
        self.sum += other.sum;
        self.raised += other.raised;
    }

    #[inline]
    fn decrease(&mut self, other: &Self) {
        self.increase(other);
    }

    #[inline]
    fn multiply(&mut self, other: &Self) {
        self.sum = self.sum * other.sum;
        self.raised = self.raised * other.raised;
    }
}

ring_operators!([] Majorant);

impl Ring for Majorant {
    /// As [`of`](Self::of): zero as a number of the computation is raised, too.
    fn from_rational(value: &rug::Rational, _bits: u32) -> Self {
        Self::of(Magnitude::above_rational(value))
    }

    fn bits(&self) -> u32 {
        f64::MANTISSA_DIGITS
    }

    #[inline]
    fn add_product(&mut self, left: &Self, right: &Self) {
        self.sum += left.sum * right.sum;
        self.raised += left.raised * right.raised;
    }

    /// The sum of no terms.
    fn zero(_bits: u32) -> Self {
        Self::ZERO
    }

    /// In f64 where all numbers are far within its range.
    fn matrix_product(left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        assert_eq!(left.columns(), right.rows(), "inner dimensions of a matrix product");
        match (product_in_f64(left, right, Self::sum), product_in_f64(left, right, Self::raised)) {
            (Some(sums), Some(raised)) => Matrix::from_fn(left.rows(), right.columns(), |i, j| {
                let place = i * right.columns() + j;
                Self { sum: sums[place], raised: raised[place] }
            }),
            _ => product_by_definition(left, right, bits),
        }
    }
}

/// Upper bounds of the entries of a product of matrices without negative entries, row by row; `None` unless every factor is zero or
/// within 2^±400.
///
/// Products are then far within the range of f64. A term passes through at most one rounding for each of the `n` terms of its sum, so
/// the sum in f64 is at least `(1 − 2⁻⁵³)^n` of the exact one: which is less than `1 + 2n·2⁻⁵³` times it for all `n` that fit into memory.
fn product_in_f64(
    left: View<Majorant>,
    right: View<Majorant>,
    part: fn(Majorant) -> Magnitude,
) -> Option<Vec<Magnitude>> {
    let (rows, inner, columns) = (left.rows(), left.columns(), right.columns());
    let numbers = |view: View<Majorant>| -> Option<Vec<f64>> {
        let places = (0..view.rows()).flat_map(|i| (0..view.columns()).map(move |j| (i, j)));
        places.map(|(i, j)| part(*view.entry(i, j)).small_f64()).collect()
    };
    let (left, right) = (numbers(left)?, numbers(right)?);
    let mut sums = vec![0.0; rows * columns];
    for i in 0..rows {
        let sums = &mut sums[i * columns..(i + 1) * columns];
        for k in 0..inner {
            check_after(columns / 8);
            let factor = left[i * inner + k];
            for (sum, other) in sums.iter_mut().zip(&right[k * columns..(k + 1) * columns]) {
                *sum += factor * other;
            }
        }
    }
    let growth = 1.0 + (inner + 2) as f64 * f64::EPSILON;
    Some(
        sums.into_iter()
            .map(|sum| Magnitude::above_f64(if sum == 0.0 { sum } else { (sum * growth).next_up() }))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Matrix;

    fn number(numerator: i32, denominator: i32) -> Majorant {
        Majorant::from_rational(&rug::Rational::from((numerator, denominator)), 53)
    }

    /// Above `expected`, by less than 2⁻⁴⁰ of it.
    fn assert_just_above(bound: Magnitude, expected: (i32, i32)) {
        let (bound, expected) = (bound.to_rational().unwrap(), rug::Rational::from(expected));
        assert!(bound >= expected && bound <= expected.clone() + (expected >> 40_u32), "{bound}");
    }

    #[test]
    fn every_term_counts_with_its_absolute_value() {
        let (x, y, z) = (number(-1, 3), number(5, 7), number(2, 1));
        let value = (x - y) * z - z * (y + x);
        assert_just_above(value.sum(), (2 * 2 * (7 + 15), 21));
        // Thirds and sevenths are raised to 1.
        assert_just_above(value.raised(), (8, 1));
        assert_eq!(-x, x);
        assert_just_above(x.power(3).sum(), (1, 27));
    }

    #[test]
    fn a_zero_is_raised_and_a_sum_of_nothing_is_not() {
        let zero = number(0, 1);
        assert!(zero.sum().is_zero());
        assert_just_above(zero.raised(), (1, 1));
        let row = Matrix::row_vector(vec![zero, zero, number(3, 1)]);
        let square = row.times_transpose(&row)[(0, 0)];
        assert_just_above(square.sum(), (9, 1));
        assert_just_above(square.raised(), (11, 1));
        assert_eq!(Majorant::zero(53) + zero, zero);
    }

    #[test]
    fn products_of_matrices_are_just_above_their_definition() {
        // Sevenths and thirds, from tiny to huge in the second matrix, which f64 has no room for.
        for spread in [0, 300] {
            let entry = |i: usize, j: usize| {
                let value = rug::Rational::from((1 + (i * 5 + j * 3) as i32 % 7, 3 + (i + j) as i32 % 5));
                Majorant::from_rational(&(value << (spread * (i as i32 - 2))), 53)
            };
            let (left, right) = (Matrix::from_fn(4, 5, entry), Matrix::from_fn(5, 3, entry));
            let (found, expected) = (left.times(&right), product_by_definition(View::of(&left), View::of(&right), 53));
            let transposed = right.transposed().times(&left.transposed());
            for (i, j) in (0..4).flat_map(|i| (0..3).map(move |j| (i, j))) {
                for part in [Majorant::sum, Majorant::raised] {
                    let exact: rug::Rational = (0..5)
                        .map(|k| part(left[(i, k)]).to_rational().unwrap() * part(right[(k, j)]).to_rational().unwrap())
                        .sum();
                    for bound in [found[(i, j)], expected[(i, j)], transposed[(j, i)]] {
                        let bound = part(bound).to_rational().unwrap();
                        assert!(bound >= exact && bound <= exact.clone() + (exact.clone() >> 40_u32));
                    }
                }
            }
        }
        let nothing = Matrix::row_vector(vec![Majorant::ZERO; 2]);
        assert_eq!(nothing.times_transpose(&nothing)[(0, 0)], Majorant::ZERO);
    }

    #[test]
    fn numbers_of_any_size_have_a_bound() {
        let tiny = rug::Rational::from(1) >> 3000_u32;
        let square = Majorant::from_rational(&tiny, 53).square();
        assert!(!square.sum().is_zero() && square.sum() <= Magnitude::power_of_two(-5999));
        assert_just_above(square.raised(), (1, 1));
        let unbounded = Majorant::of(Magnitude::INFINITE) * number(0, 1);
        assert!(unbounded.sum().is_infinite() && unbounded.raised().is_infinite());
    }
}
