//! Plain high precision: MPFR numbers rounded to nearest; up to 256 bits they are kept in words without allocation.

use std::cmp::Ordering;
use std::fmt;

use rug::float::Round as MpfrRound;

use super::binary::{Binary, OfWords};
use super::decimal::{decimal, digits_for};
use super::kernel::{Entry, InWords};
use super::operators::{division_operator, ring_operators};
use super::short::{Round, Short};
use super::{Real, Ring, Sign, Special, Truth, View, elementary, kernel};
use crate::number::Matrix;
use crate::time_limit::check_bits;

/// An MPFR number at a stated precision, every operation rounded to nearest once.
///
/// It is as good as its precision and vouches for nothing: comparisons answer yes or no, and either may be wrong. NaN and infinities are *undefined*; an undefined operand makes the result undefined.
/// The result of an operation has the larger precision of its operands, whatever their order.
///
/// ```
/// use enclosures::number::{Float, Real, Ring};
/// let two = Float::from_rational(&rug::Rational::from(2), 100);
/// assert_eq!(two.sqrt().to_string(), "1.4142135623730950488016887242092");
/// ```
#[derive(Clone, Debug)]
pub struct Float(Binary);

impl Float {
    /// The number `value` at its own precision; NaN and infinities are undefined.
    #[must_use]
    pub fn new(value: rug::Float) -> Self {
        Self::settled(Binary::from_float(value))
    }

    /// The number; NaN and infinities are undefined.
    #[inline]
    pub(in crate::number) fn settled(value: Binary) -> Self {
        let mut number = Self(value);
        number.settle();
        number
    }

    /// The number, NaN if undefined.
    #[inline]
    pub(in crate::number) fn value_ref(&self) -> &Binary {
        &self.0
    }

    /// The MPFR number: NaN if undefined, never infinite.
    #[must_use]
    pub fn value(&self) -> rug::Float {
        self.0.to_float().into_owned()
    }

    /// The number rounded to nearest at another precision.
    #[must_use]
    pub fn with_bits(mut self, bits: u32) -> Self {
        self.0.set_bits(clamp_bits(bits));
        self.settle();
        self
    }

    /// Infinities become NaN: 1/∞ must not come back as the number 0.
    #[inline]
    fn settle(&mut self) {
        if !self.0.is_finite() {
            self.0.make_nan();
        }
    }

    fn negate(&mut self) {
        self.0.negate();
    }

    #[inline]
    fn increase(&mut self, other: &Self) {
        self.0.increase(&other.0);
        self.settle();
    }

    #[inline]
    fn decrease(&mut self, other: &Self) {
        self.0.decrease(&other.0);
        self.settle();
    }

    #[inline]
    fn multiply(&mut self, other: &Self) {
        check_bits(self.0.bits().into());
        self.0.multiply(&other.0);
        self.settle();
    }

    fn divide(&mut self, other: &Self) {
        check_bits(self.0.bits().into());
        self.0.divide(&other.0);
        self.settle();
    }

    /// Applies a function of one variable at the number's own precision.
    fn apply(mut self, function: impl FnOnce(&mut rug::Float, MpfrRound) -> Ordering) -> Self {
        self.0.apply(|value| function(value, MpfrRound::Nearest));
        self.settle();
        self
    }

    /// The same for a function that has a form in words.
    fn evaluate(
        mut self,
        in_words: fn(Short<2>) -> Option<Short<2>>,
        by_mpfr: impl FnOnce(&mut rug::Float, MpfrRound) -> Ordering,
    ) -> Self {
        self.0.evaluate(in_words, by_mpfr);
        self.settle();
        self
    }

    /// `other` if the comparison is `replacing`, else `self`; at the larger precision, undefined if one of them is.
    fn choose(mut self, other: &Self, replacing: Ordering) -> Self {
        let bits = self.bits().max(other.bits());
        match self.0.compare(&other.0) {
            None => self.0.make_nan(),
            Some(order) if order == replacing => self.0.clone_from(&other.0),
            Some(_) => {}
        }
        self.0.raise_bits(bits);
        self
    }
}

/// The value as a fraction; `None` if not finite or if the fraction would have millions of digits.
pub(crate) fn exact_value(value: &rug::Float) -> Option<rug::Rational> {
    const EXPONENT_LIMIT: u32 = 1 << 24;
    if value.get_exp().is_some_and(|exponent| exponent.unsigned_abs() > EXPONENT_LIMIT) {
        return None;
    }
    value.to_rational()
}

/// A precision that MPFR has, for any number a caller can name.
pub(crate) fn clamp_bits(bits: u32) -> u32 {
    bits.clamp(rug::float::prec_min(), rug::float::prec_max())
}

impl fmt::Display for Float {
    /// Decimal digits that read back exactly at the number's precision, or "undefined".
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if self.is_defined() {
            formatter.pad(&decimal(&self.0.to_float(), digits_for(self.bits()), MpfrRound::Nearest).0)
        } else {
            formatter.pad("undefined")
        }
    }
}

ring_operators!([] Float);
division_operator!([] Float);

impl Ring for Float {
    fn from_rational(value: &rug::Rational, bits: u32) -> Self {
        check_bits(bits.into());
        Self::settled(Binary::from_rational(value, clamp_bits(bits)).0)
    }

    #[inline]
    fn bits(&self) -> u32 {
        self.0.bits()
    }

    #[inline]
    fn add_product(&mut self, left: &Self, right: &Self) {
        check_bits(self.0.bits().into());
        self.0.add_product(&left.0, &right.0);
        self.settle();
    }

    #[inline]
    fn set_product(&mut self, left: &Self, right: &Self) {
        check_bits(left.0.bits().into());
        self.0.set_product(&left.0, &right.0);
        self.settle();
    }

    fn matrix_product(left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        kernel::product_of_floats(left, right, bits)
    }

    fn square(&self) -> Self {
        check_bits(self.0.bits().into());
        Self::settled(self.0.square().0)
    }

    fn zero(bits: u32) -> Self {
        Self(Binary::zero(clamp_bits(bits)))
    }

    fn one(bits: u32) -> Self {
        Self(Binary::from_f64(1.0, clamp_bits(bits)).0)
    }
}

impl<const WORDS: usize> InWords<WORDS> for Float
where
    Binary: OfWords<WORDS>,
{
    const IS_BALL: bool = false;

    #[inline(always)]
    fn entry(&self) -> Option<Entry<WORDS>> {
        Some(Entry { centre: self.0.to_short()?, radius: 0.0 })
    }

    #[inline(always)]
    fn from_entry(entry: Entry<WORDS>, bits: u32) -> Self {
        Self(Binary::from_short(entry.centre, bits))
    }

    fn narrower(one: Self, _other: Self) -> Self {
        one
    }
}

impl Real for Float {
    fn sign(&self) -> Sign {
        match self.0.compare_with_zero() {
            None => Sign::Open,
            Some(Ordering::Less) => Sign::Negative,
            Some(Ordering::Equal) => Sign::Zero,
            Some(Ordering::Greater) => Sign::Positive,
        }
    }

    fn is_defined(&self) -> bool {
        self.0.is_finite()
    }

    fn sqrt(self) -> Self {
        Self::settled(self.0.root().0)
    }

    fn sqrt_of_nonnegative(self) -> Self {
        // What is known to be non-negative and came out below zero was rounded there.
        if self.sign() == Sign::Negative { Self::zero(self.bits()) } else { self.sqrt() }
    }

    fn root(self, degree: u32) -> Self {
        match self.sign() {
            Sign::Negative if degree > 1 => Self::zero(self.bits()),
            _ => self.apply(|value, round| value.root_round(degree, round)),
        }
    }

    fn exp(self) -> Self {
        self.evaluate(elementary::exp, rug::Float::exp_round)
    }

    fn exp_m1(self) -> Self {
        self.evaluate(elementary::exp_m1, rug::Float::exp_m1_round)
    }

    fn ln(self) -> Self {
        self.evaluate(elementary::ln, rug::Float::ln_round)
    }

    fn ln_1p(self) -> Self {
        self.evaluate(elementary::ln_1p, rug::Float::ln_1p_round)
    }

    fn abs(mut self) -> Self {
        self.0.make_absolute();
        self
    }

    fn max(self, other: &Self) -> Self {
        self.choose(other, Ordering::Less)
    }

    fn min(self, other: &Self) -> Self {
        self.choose(other, Ordering::Greater)
    }

    fn between(lower: &Self, upper: &Self) -> Self {
        let mut sum = lower.clone() + upper;
        sum.0.halve();
        sum
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
        self.0.to_f64(Round::Nearest)
    }

    fn upper_f64(&self) -> f64 {
        if self.is_defined() { self.0.to_f64(Round::Up) } else { f64::INFINITY }
    }

    fn lower_f64(&self) -> f64 {
        if self.is_defined() { self.0.to_f64(Round::Down) } else { f64::NEG_INFINITY }
    }

    fn exact(&self) -> Option<rug::Rational> {
        exact_value(&self.0.to_float())
    }

    // The comparisons are MPFR's own, which are exact: a difference may underflow.

    fn below(&self, other: &Self) -> Truth {
        self.0.compare(&other.0).map_or(Truth::Open, |order| Truth::from(order == Ordering::Less))
    }

    fn equals(&self, other: &Self) -> Truth {
        self.0.compare(&other.0).map_or(Truth::Open, |order| Truth::from(order == Ordering::Equal))
    }
}

impl Special for Float {
    fn erf(self) -> Self {
        self.apply(rug::Float::erf_round)
    }

    fn asin(self) -> Self {
        self.apply(rug::Float::asin_round)
    }

    fn ln_gamma_of_half(half: u64, bits: u32) -> Self {
        Self::from_rational(&rug::Rational::from((half, 2)), bits.max(64)).apply(rug::Float::ln_gamma_round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: f64, bits: u32) -> Float {
        Float::new(rug::Float::with_val(bits, value))
    }

    fn third(bits: u32) -> Float {
        Float::from_rational(&rug::Rational::from((1, 3)), bits)
    }

    #[test]
    fn fractions_of_millions_of_digits_are_not_made() {
        let power = |exponent: i32| rug::Float::with_val(64, rug::Float::u_exp(1, exponent));
        // 2^e has the MPFR exponent e + 1.
        let limit = 1 << 24;
        assert!(exact_value(&power(limit - 1)).is_some_and(|value| value > 1));
        assert!(exact_value(&power(-limit - 1)).is_some_and(|value| value > 0));
        assert_eq!(exact_value(&power(limit)), None);
        assert_eq!(exact_value(&power(-limit - 2)), None);
    }

    type Operation = fn(Float, &Float) -> Float;

    #[test]
    fn the_larger_precision_wins_on_either_side() {
        let operations: [(&str, Operation); 7] = [
            ("+", |a, b| a + b),
            ("-", |a, b| a - b),
            ("*", |a, b| a * b),
            ("/", |a, b| a / b),
            ("max", |a, b| a.max(b)),
            ("min", |a, b| a.min(b)),
            ("between", |a, b| Float::between(&a, b)),
        ];
        let (narrow, wide) = (float(0.625, 20), third(200));
        for (name, operation) in operations {
            for (a, b) in [(&narrow, &wide), (&wide, &narrow)] {
                let result = operation(a.clone(), b);
                assert_eq!(result.bits(), 200, "{name}");
                // Both operands at the larger precision beforehand: the same bits.
                let expected = operation(a.clone().with_bits(200), &b.clone().with_bits(200));
                assert_eq!(result.value(), expected.value(), "{name}");
            }
        }
        for (sum, left, right) in [(&narrow, &wide, &narrow), (&narrow, &narrow, &wide), (&wide, &narrow, &narrow)] {
            let mut result = sum.clone();
            result.add_product(left, right);
            assert_eq!(result.bits(), 200);
            let exact = sum.value().to_rational().unwrap()
                + left.value().to_rational().unwrap() * right.value().to_rational().unwrap();
            assert_eq!(result.value(), Float::from_rational(&exact, 200).value());
        }
    }

    #[test]
    fn each_operation_rounds_once() {
        let (a, b) = (third(64), float(0.1, 64));
        let (exact_a, exact_b) = (a.value().to_rational().unwrap(), b.value().to_rational().unwrap());
        let rounded = |value: rug::Rational| Float::from_rational(&value, 64);
        assert_eq!((a.clone() + &b).value(), rounded(exact_a.clone() + &exact_b).value());
        assert_eq!((a.clone() - &b).value(), rounded(exact_a.clone() - &exact_b).value());
        assert_eq!((a.clone() * &b).value(), rounded(exact_a.clone() * &exact_b).value());
        assert_eq!((a.clone() / &b).value(), rounded(exact_a.clone() / &exact_b).value());
        assert_eq!(a.square().value(), rounded(exact_a.clone() * &exact_a).value());
    }

    #[test]
    fn undefined_is_contagious() {
        let infinite = Float::new(rug::Float::with_val(64, rug::float::Special::Infinity));
        let one = float(1.0, 64);
        let undefined = [
            infinite.clone(),
            one.clone() / &infinite,
            one.clone() / &float(0.0, 64),
            infinite.clone() * &float(0.0, 64),
            one.clone().max(&infinite),
            infinite.clone().min(&one),
            float(-1.0, 64).sqrt(),
            float(0.0, 64).ln(),
            float(-1.0, 64).ln_1p(),
            float(1e300, 64).exp(),
            infinite.clone().exp(),
            (-infinite.clone()).exp(),
            infinite.clone().abs(),
            Float::between(&one, &infinite),
        ];
        for number in undefined {
            assert!(!number.is_defined());
            assert!(number.value().is_nan());
            assert_eq!(number.sign(), Sign::Open);
            assert_eq!(number.below(&one), Truth::Open);
            assert_eq!(one.at_most(&number), Truth::Open);
            assert_eq!(number.equals(&number), Truth::Open);
            assert_eq!(number.to_string(), "undefined");
            assert!(number.approximate().is_nan());
            assert_eq!((number.lower_f64(), number.upper_f64()), (f64::NEG_INFINITY, f64::INFINITY));
        }
    }

    #[test]
    fn comparison_is_two_valued() {
        assert_eq!(third(100).below(&third(50)), Truth::from(third(100).value() < third(50).value()));
        assert_eq!(float(0.5, 20).equals(&float(0.5, 200)), Truth::True);
        assert_eq!(float(0.5, 20).at_most(&float(0.5, 200)), Truth::True);
        assert_eq!(float(-0.0, 20).equals(&float(0.0, 20)), Truth::True);
        // The difference of these two underflows.
        let least = rug::Float::with_val(64, rug::Float::i_exp(1, rug::float::exp_min() - 1));
        let more = Float::new(rug::Float::with_val(64, &least * 1.5));
        assert_eq!(Float::new(least).below(&more), Truth::True);
    }

    #[test]
    fn a_negative_sum_of_squares_is_a_rounded_zero() {
        assert_eq!(float(-1e-30, 64).sqrt_of_nonnegative().value(), 0.0);
        assert_eq!(float(4.0, 64).sqrt_of_nonnegative().value(), 2.0);
    }

    #[test]
    fn decimals_read_back() {
        for bits in [2, 16, 24, 53, 64, 100, 113, 257, 1000] {
            for exponent in [-100_000_i32, -40, -1, 0, 3, 77, 100_000] {
                let number = third(bits).value().clone() << exponent;
                let text = Float::new(number.clone()).to_string();
                let back = rug::Float::with_val(bits, rug::Float::parse(&text).unwrap());
                assert_eq!(back, number, "{text}");
            }
        }
    }
}
