//! The sum of the absolute values of the terms that a computation adds up.

use super::operators::ring_operators;
use super::{Magnitude, Ring};

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
    fn numbers_of_any_size_have_a_bound() {
        let tiny = rug::Rational::from(1) >> 3000_u32;
        let square = Majorant::from_rational(&tiny, 53).square();
        assert!(!square.sum().is_zero() && square.sum() <= Magnitude::power_of_two(-5999));
        assert_just_above(square.raised(), (1, 1));
        let unbounded = Majorant::of(Magnitude::INFINITE) * number(0, 1);
        assert!(unbounded.sum().is_infinite() && unbounded.raised().is_infinite());
    }
}
