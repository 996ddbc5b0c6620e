//! How high the degree of a computed polynomial can be.

use super::operators::{division_operator, ring_operators};
use super::{Real, Ring, Sign};

/// An upper bound of the degree of a polynomial, found by running the text that computes the polynomial.
///
/// An identity between polynomials of degree at most d holds everywhere if it holds at a random point of a grid
/// with S values a coordinate, but for a probability d/S (Schwartz, Zippel): so the same text, run once over
/// `Degree` with [`Degree::VARIABLE`] for every free variable and once over [`Exact`](super::Exact), tests the
/// identity exactly.
///
/// The bound speaks of the operations that were run. Division by a constant is allowed; what leads out of
/// the polynomials (other divisions, roots, exponentials, absolute values, maxima) is [`Unbounded`](Self::Unbounded),
/// and every comparison is open, so that text which chooses its formula by comparing cannot
/// be given a degree by accident.
///
/// ```
/// use enclosures::number::{Degree, Ring};
/// let x = Degree::VARIABLE;
/// assert_eq!(x.square() * x.constant(3) + x, Degree::AtMost(2));
/// assert_eq!(x * Degree::Zero, Degree::Zero);
/// assert_eq!(x / x, Degree::Unbounded);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Degree {
    /// The zero polynomial, of degree −∞.
    Zero,
    /// A polynomial of at most this degree; 0 is a constant.
    AtMost(u64),
    /// Perhaps no polynomial, or one of a degree beyond u64.
    Unbounded,
}

impl Degree {
    /// The degree of a variable.
    pub const VARIABLE: Self = Self::AtMost(1);

    /// The degree of a constant other than zero.
    pub const CONSTANT: Self = Self::AtMost(0);

    /// The bound, with 0 for the zero polynomial; `None` if there is none.
    #[must_use]
    pub fn bound(self) -> Option<u64> {
        match self {
            Self::Zero => Some(0),
            Self::AtMost(degree) => Some(degree),
            Self::Unbounded => None,
        }
    }

    fn negate(&mut self) {}

    fn increase(&mut self, other: &Self) {
        *self = match (*self, *other) {
            (Self::Unbounded, _) | (_, Self::Unbounded) => Self::Unbounded,
            (Self::Zero, degree) | (degree, Self::Zero) => degree,
            (Self::AtMost(one), Self::AtMost(two)) => Self::AtMost(one.max(two)),
        };
    }

    fn decrease(&mut self, other: &Self) {
        self.increase(other);
    }

    fn multiply(&mut self, other: &Self) {
        *self = match (*self, *other) {
            // Before zero: what is no polynomial may be undefined where zero times it would be asked for.
            (Self::Unbounded, _) | (_, Self::Unbounded) => Self::Unbounded,
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::AtMost(one), Self::AtMost(two)) => one.checked_add(two).map_or(Self::Unbounded, Self::AtMost),
        };
    }

    fn divide(&mut self, other: &Self) {
        if *other != Self::CONSTANT {
            *self = Self::Unbounded;
        }
    }
}

ring_operators!([] Degree);
division_operator!([] Degree);

impl Ring for Degree {
    fn from_rational(value: &rug::Rational, _bits: u32) -> Self {
        if value.is_zero() { Self::Zero } else { Self::CONSTANT }
    }

    fn bits(&self) -> u32 {
        64
    }

    fn degree(&self) -> Option<Self> {
        Some(*self)
    }
}

impl Real for Degree {
    fn sign(&self) -> Sign {
        Sign::Open
    }

    fn is_defined(&self) -> bool {
        *self != Self::Unbounded
    }

    fn sqrt(self) -> Self {
        Self::Unbounded
    }

    fn sqrt_of_nonnegative(self) -> Self {
        Self::Unbounded
    }

    fn root(self, degree: u32) -> Self {
        if degree == 1 { self } else { Self::Unbounded }
    }

    fn exp(self) -> Self {
        Self::Unbounded
    }

    fn exp_m1(self) -> Self {
        Self::Unbounded
    }

    fn ln(self) -> Self {
        Self::Unbounded
    }

    fn ln_1p(self) -> Self {
        Self::Unbounded
    }

    fn abs(self) -> Self {
        Self::Unbounded
    }

    fn max(self, _other: &Self) -> Self {
        Self::Unbounded
    }

    fn min(self, _other: &Self) -> Self {
        Self::Unbounded
    }

    fn between(_lower: &Self, _upper: &Self) -> Self {
        Self::Unbounded
    }

    fn lower(&self) -> Self {
        *self
    }

    fn upper(&self) -> Self {
        *self
    }

    fn midpoint(&self) -> Self {
        *self
    }

    fn approximate(&self) -> f64 {
        f64::NAN
    }

    fn upper_f64(&self) -> f64 {
        f64::INFINITY
    }

    fn lower_f64(&self) -> f64 {
        f64::NEG_INFINITY
    }

    /// None: a degree is not the value of its polynomial.
    fn exact(&self) -> Option<rug::Rational> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Truth;

    const X: Degree = Degree::VARIABLE;

    #[test]
    fn polynomials() {
        let one = Degree::one(64);
        assert_eq!(one, Degree::AtMost(0));
        assert_eq!(Degree::zero(64), Degree::Zero);
        assert_eq!(X.power(7) - X, Degree::AtMost(7));
        assert_eq!(X.power(0), Degree::AtMost(0));
        assert_eq!(X - X, Degree::AtMost(1), "a bound, not the degree");
        assert_eq!(-(X * X), Degree::AtMost(2));
        assert_eq!(Degree::Zero + Degree::Zero, Degree::Zero);
        assert_eq!(X.square() / X.constant(2), Degree::AtMost(2));
        assert_eq!(Degree::Zero / one, Degree::Zero);
        let mut sum = X;
        sum.add_product(&X.power(2), &X.power(3));
        assert_eq!(sum, Degree::AtMost(5));
        assert_eq!(sum.bound(), Some(5));
        assert_eq!(Degree::Zero.bound(), Some(0));
    }

    #[test]
    fn a_degree_has_no_value_and_no_sign() {
        assert!(X.is_defined() && Degree::Zero.is_defined());
        assert!(!X.sqrt().is_defined());
        assert!(X.approximate().is_nan() && Degree::Zero.approximate().is_nan());
        assert_eq!(X.sign(), Sign::Open);
    }

    #[test]
    fn what_is_no_polynomial() {
        let functions: [fn(Degree) -> Degree; 12] = [
            Degree::sqrt,
            Degree::sqrt_of_nonnegative,
            Degree::exp,
            Degree::exp_m1,
            Degree::ln,
            Degree::ln_1p,
            Degree::abs,
            |x| x.max(&X),
            |x| x.min(&X),
            |x| Degree::between(&x, &x),
            |x| x / X,
            |x| x / Degree::Zero,
        ];
        for function in functions {
            for argument in [Degree::Zero, Degree::CONSTANT, X] {
                let image = function(argument);
                assert_eq!(image, Degree::Unbounded);
                assert!(!image.is_defined());
                assert_eq!(image.bound(), None);
                for after in
                    [image + X, X - image, image * Degree::Zero, Degree::Zero * image, image / Degree::CONSTANT]
                {
                    assert_eq!(after, Degree::Unbounded);
                }
            }
        }
    }

    #[test]
    fn a_degree_beyond_u64_is_no_bound() {
        assert_eq!(Degree::AtMost(u64::MAX) * X, Degree::Unbounded);
        assert_eq!(Degree::AtMost(u64::MAX) * Degree::CONSTANT, Degree::AtMost(u64::MAX));
    }

    #[test]
    fn comparisons_are_open() {
        assert_eq!(X.below(&X), Truth::Open);
        assert_eq!(Degree::Zero.at_most(&X), Truth::Open);
        assert_eq!(Degree::Zero.equals(&Degree::Zero), Truth::Open);
        assert_eq!(Degree::CONSTANT.sign(), Sign::Open);
    }
}
