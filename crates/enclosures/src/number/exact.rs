//! Exact rationals that know when they have left their field.

use std::fmt;

use rug::Integer;

use super::operators::{division_operator, ring_operators};
use super::{Real, Ring, Sign, Special};
use crate::time_limit::check_bits;

/// A rational number, or *undefined*.
///
/// A number is undefined after an operation that leaves the rationals (an irrational root, the exponential of a
/// number other than 0, a division by zero) or whose result is larger than [`Exact::SIZE_LIMIT`]; everything
/// computed from it is undefined, and every comparison with it is open. So text written for any
/// [`Real`] runs over the rationals and answers exactly or not at all.
///
/// ```
/// use enclosures::number::{Exact, Real, Ring, Truth};
/// let third = Exact::from(rug::Rational::from((1, 3)));
/// assert_eq!(third.square().equals(&third.constant((1, 9))), Truth::True);
/// assert_eq!(third.constant((4, 9)).sqrt().value(), Some(&rug::Rational::from((2, 3))));
/// assert!(!third.sqrt().is_defined());
/// ```
#[derive(Clone, Debug)]
pub struct Exact(Option<rug::Rational>);

impl Exact {
    /// The most bits that numerator and denominator may have together. An iteration may multiply the length of its numbers at every
    /// step; the limit keeps one that has gone on for too long from filling the memory.
    pub const SIZE_LIMIT: u32 = 1 << 20;

    /// The precision that constants are nominally made at.
    const NOMINAL_BITS: u32 = 64;

    /// The number outside the field.
    #[must_use]
    pub fn undefined() -> Self {
        Self(None)
    }

    /// The number, `None` if undefined.
    #[must_use]
    pub fn value(&self) -> Option<&rug::Rational> {
        self.0.as_ref()
    }

    /// The number, `None` if undefined.
    #[must_use]
    pub fn into_value(self) -> Option<rug::Rational> {
        self.0
    }

    fn negate(&mut self) {
        if let Some(value) = self.0.take() {
            self.0 = Some(-value);
        }
    }

    fn increase(&mut self, other: &Self) {
        self.combine(other, |value, other| Some(value + other));
    }

    fn decrease(&mut self, other: &Self) {
        self.combine(other, |value, other| Some(value - other));
    }

    fn multiply(&mut self, other: &Self) {
        self.combine(other, |value, other| Some(value * other));
    }

    fn divide(&mut self, other: &Self) {
        self.combine(other, |value, other| (!other.is_zero()).then(|| value / other));
    }

    fn combine(
        &mut self,
        other: &Self,
        operation: impl FnOnce(rug::Rational, &rug::Rational) -> Option<rug::Rational>,
    ) {
        *self = match (self.0.take(), &other.0) {
            (Some(value), Some(other)) => Self::from(operation(value, other)),
            _ => Self(None),
        };
    }

    /// The image of a number at which a transcendental function has a rational value; undefined elsewhere.
    fn only_at(self, place: u32, image: u32) -> Self {
        Self(self.0.filter(|value| *value == place).map(|_| rug::Rational::from(image)))
    }
}

impl From<Option<rug::Rational>> for Exact {
    fn from(value: Option<rug::Rational>) -> Self {
        Self(value.filter(|value| {
            let bits = u64::from(value.numer().significant_bits()) + u64::from(value.denom().significant_bits());
            check_bits(bits);
            bits <= u64::from(Self::SIZE_LIMIT)
        }))
    }
}

impl From<rug::Rational> for Exact {
    fn from(value: rug::Rational) -> Self {
        Self::from(Some(value))
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(formatter),
            None => formatter.pad("undefined"),
        }
    }
}

ring_operators!([] Exact);
division_operator!([] Exact);

impl Ring for Exact {
    fn from_rational(value: &rug::Rational, _bits: u32) -> Self {
        Self::from(value.clone())
    }

    fn bits(&self) -> u32 {
        Self::NOMINAL_BITS
    }

    fn square(&self) -> Self {
        Self::from(self.0.as_ref().map(|value| rug::Rational::from(value.square_ref())))
    }
}

/// The square root of a perfect square.
fn exact_root(value: &Integer) -> Option<Integer> {
    value.is_perfect_square().then(|| Integer::from(value.sqrt_ref()))
}

/// The root of a perfect power; the number is not negative and the degree not zero.
fn exact_root_of_degree(value: &Integer, degree: u32) -> Option<Integer> {
    let (root, rest) = value.clone().root_rem(Integer::new(), degree);
    rest.is_zero().then_some(root)
}

impl Real for Exact {
    fn sign(&self) -> Sign {
        match self.0.as_ref().map(rug::Rational::cmp0) {
            None => Sign::Open,
            Some(std::cmp::Ordering::Less) => Sign::Negative,
            Some(std::cmp::Ordering::Equal) => Sign::Zero,
            Some(std::cmp::Ordering::Greater) => Sign::Positive,
        }
    }

    fn is_defined(&self) -> bool {
        self.0.is_some()
    }

    fn sqrt(self) -> Self {
        // A fraction in lowest terms is a square only if both its terms are; a negative numerator is not.
        Self(
            self.0
                .and_then(|value| Some(rug::Rational::from((exact_root(value.numer())?, exact_root(value.denom())?)))),
        )
    }

    fn sqrt_of_nonnegative(self) -> Self {
        self.sqrt()
    }

    fn root(self, degree: u32) -> Self {
        match degree {
            0 => Self(None),
            1 => self,
            _ => Self(self.0.filter(|value| *value >= 0).and_then(|value| {
                Some(rug::Rational::from((
                    exact_root_of_degree(value.numer(), degree)?,
                    exact_root_of_degree(value.denom(), degree)?,
                )))
            })),
        }
    }

    fn exp(self) -> Self {
        self.only_at(0, 1)
    }

    fn exp_m1(self) -> Self {
        self.only_at(0, 0)
    }

    fn ln(self) -> Self {
        self.only_at(1, 0)
    }

    fn ln_1p(self) -> Self {
        self.only_at(0, 0)
    }

    fn abs(self) -> Self {
        Self(self.0.map(rug::Rational::abs))
    }

    fn max(mut self, other: &Self) -> Self {
        self.combine(other, |value, other| Some(if value < *other { other.clone() } else { value }));
        self
    }

    fn min(mut self, other: &Self) -> Self {
        self.combine(other, |value, other| Some(if value > *other { other.clone() } else { value }));
        self
    }

    fn between(lower: &Self, upper: &Self) -> Self {
        match (&lower.0, &upper.0) {
            (Some(least), Some(greatest)) if least == greatest => lower.clone(),
            _ => Self(None),
        }
    }

    fn lower(&self) -> Self {
        self.clone()
    }

    fn upper(&self) -> Self {
        self.clone()
    }

    fn midpoint(&self) -> Self {
        self.clone()
    }

    fn approximate(&self) -> f64 {
        self.0.as_ref().map_or(f64::NAN, |value| rug::Float::with_val(53, value).to_f64())
    }

    fn upper_f64(&self) -> f64 {
        self.0.as_ref().map_or(f64::INFINITY, |value| directed_f64(value, rug::float::Round::Up))
    }

    fn lower_f64(&self) -> f64 {
        self.0.as_ref().map_or(f64::NEG_INFINITY, |value| directed_f64(value, rug::float::Round::Down))
    }

    fn exact(&self) -> Option<rug::Rational> {
        self.0.clone()
    }
}

impl Special for Exact {
    fn erf(self) -> Self {
        self.only_at(0, 0)
    }

    fn asin(self) -> Self {
        self.only_at(0, 0)
    }

    fn ln_gamma_of_half(half: u64, _bits: u32) -> Self {
        // Γ(1) = Γ(2) = 1.
        if half == 2 || half == 4 { Self::from(rug::Rational::new()) } else { Self::undefined() }
    }
}

/// The nearest f64 on the stated side. Rounding twice to the same side is still rounding to that side.
fn directed_f64(value: &rug::Rational, round: rug::float::Round) -> f64 {
    rug::Float::with_val_round(53, value, round).0.to_f64_round(round)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Truth;

    fn rational(numerator: i64, denominator: i64) -> Exact {
        Exact::from(rug::Rational::from((numerator, denominator)))
    }

    #[test]
    fn field_operations_are_exact() {
        let a = rational(3, 4);
        let b = rational(-5, 6);
        assert_eq!((a.clone() + &b).to_string(), "-1/12");
        assert_eq!((a.clone() - &b).to_string(), "19/12");
        assert_eq!((a.clone() * &b).to_string(), "-5/8");
        assert_eq!((a.clone() / &b).to_string(), "-9/10");
        assert_eq!((-a.clone()).to_string(), "-3/4");
        assert_eq!(a.power(3).to_string(), "27/64");
        let mut sum = a.clone();
        sum.add_product(&b, &b);
        assert_eq!(sum.to_string(), "13/9");
        assert_eq!(a.times((4, 3)).to_string(), "1");
    }

    #[test]
    fn what_leaves_the_field_is_undefined_and_stays_so() {
        let gone = rational(2, 1).sqrt();
        assert!(!gone.is_defined());
        for number in [
            rational(-4, 9).sqrt(),
            rational(4, 8).sqrt(),
            rational(1, 1) / rational(0, 1),
            rational(1, 2).exp(),
            rational(1, 2).exp_m1(),
            rational(2, 1).ln(),
            rational(1, 1).ln_1p(),
            gone.clone() + rational(1, 1),
            rational(0, 1) * &gone,
            -gone.clone(),
            gone.square(),
            rational(1, 1).max(&gone),
            gone.clone().min(&rational(1, 1)),
            Exact::between(&rational(1, 3), &rational(1, 2)),
            Exact::between(&gone, &gone),
        ] {
            assert!(!number.is_defined(), "{number}");
            assert_eq!(number.sign(), Sign::Open);
        }
        assert_eq!(gone.below(&rational(5, 1)), Truth::Open);
        assert_eq!(gone.equals(&gone), Truth::Open);
        assert_eq!(rational(0, 1).at_most(&gone), Truth::Open);
        assert!(gone.approximate().is_nan());
        assert_eq!((gone.lower_f64(), gone.upper_f64()), (f64::NEG_INFINITY, f64::INFINITY));
    }

    #[test]
    fn rational_values_of_functions() {
        assert_eq!(rational(49, 16).sqrt().to_string(), "7/4");
        assert_eq!(rational(0, 1).sqrt().to_string(), "0");
        assert_eq!(rational(0, 1).exp().to_string(), "1");
        assert_eq!(rational(0, 1).exp_m1().to_string(), "0");
        assert_eq!(rational(1, 1).ln().to_string(), "0");
        assert_eq!(rational(0, 1).ln_1p().to_string(), "0");
        assert_eq!(rational(-7, 3).abs().to_string(), "7/3");
        assert_eq!(rational(1, 3).max(&rational(1, 2)).to_string(), "1/2");
        assert_eq!(rational(1, 3).min(&rational(1, 2)).to_string(), "1/3");
        assert_eq!(Exact::between(&rational(1, 3), &rational(2, 6)).to_string(), "1/3");
    }

    #[test]
    fn the_size_limit_is_a_limit_on_the_sum() {
        let half = Exact::SIZE_LIMIT / 2;
        let fits = rug::Rational::from((Integer::from(1) << (half - 1), (Integer::from(1) << (half - 1)) - 1u32));
        let fits = Exact::from(fits);
        assert!(fits.is_defined());
        assert!(!fits.square().is_defined());
        assert!(!(fits.clone() * &fits).is_defined());
        assert!(!(fits.clone() + &fits.square()).is_defined());
    }

    #[test]
    fn f64_bounds_enclose() {
        let third = rational(1, 3);
        let (lower, upper) = (third.lower_f64(), third.upper_f64());
        assert!(rug::Rational::from_f64(lower).unwrap() < rug::Rational::from((1, 3)));
        assert!(rug::Rational::from_f64(upper).unwrap() > rug::Rational::from((1, 3)));
        assert_eq!(upper, lower.next_up());
        assert_eq!(third.approximate(), 1.0 / 3.0);
        let huge = Exact::from(rug::Rational::from(Integer::from(1) << 2000));
        assert_eq!((huge.lower_f64(), huge.upper_f64()), (f64::MAX, f64::INFINITY));
        let tiny = rational(1, 1) / &huge;
        assert_eq!((tiny.lower_f64(), tiny.upper_f64()), (0.0, f64::from_bits(1)));
    }

    #[test]
    fn comparisons_are_two_valued() {
        assert_eq!(rational(1, 3).below(&rational(1, 2)), Truth::True);
        assert_eq!(rational(1, 2).below(&rational(1, 2)), Truth::False);
        assert_eq!(rational(1, 2).at_most(&rational(1, 2)), Truth::True);
        assert_eq!(rational(1, 2).equals(&rational(2, 4)), Truth::True);
    }
}
