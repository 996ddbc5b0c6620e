//! Upper bounds of non-negative numbers, cheap and without range: the radius of a ball.

mod floats;
mod functions;

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Mul};

use super::bits::{power_of_two, successor};
use super::deviation::Radius;

/// A non-negative number m·2^e with a 53-bit mantissa m and a 64-bit exponent e, zero, or infinity.
///
/// It stands for an *upper bound*: every operation rounds upward, except those named `…_below`, which round downward
/// and are for the divisors and subtrahends of upper bounds. A result that would be too small for the exponent becomes
/// the smallest positive magnitude, one that would be too large becomes infinite: a bound never under- or overflows
/// into a wrong one. An f64 alone cannot do this: 2^−1074 is above the rounding errors of a thousand-bit number.
/// None is NaN, where nothing is known is infinite: so magnitudes are in a total order, and `max` and `min` are the
/// larger and the smaller of two.
///
/// ```
/// use enclosures::number::Magnitude;
/// let tiny = Magnitude::power_of_two(-1_000_000);
/// assert!(tiny * tiny > Magnitude::ZERO);
/// assert!(tiny + Magnitude::power_of_two(0) > Magnitude::power_of_two(0));
/// assert_eq!(tiny.max(Magnitude::ZERO).min(Magnitude::INFINITE), tiny);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Magnitude {
    /// In [1, 2); 0 and +∞ stand for themselves, with exponent 0.
    mantissa: f64,
    exponent: i64,
}

impl Magnitude {
    /// The number zero.
    pub const ZERO: Self = Self { mantissa: 0.0, exponent: 0 };

    /// No bound at all.
    pub const INFINITE: Self = Self { mantissa: f64::INFINITY, exponent: 0 };

    /// Exponents stay within ± this, far beyond MPFR's and far within those of i64, so that sums of them are safe.
    const EXPONENT_LIMIT: i64 = 1 << 40;

    /// Numbers of which one is smaller by this many powers of two meet in less than a unit of the larger's last place.
    const NEGLIGIBLE: i64 = 60;

    /// The number one.
    pub const ONE: Self = Self { mantissa: 1.0, exponent: 0 };

    /// 2^exponent.
    #[must_use]
    #[inline]
    pub fn power_of_two(exponent: i64) -> Self {
        Self::rounded_up(1.0, exponent)
    }

    /// Whether this is no bound at all.
    #[must_use]
    #[inline]
    pub fn is_infinite(self) -> bool {
        self.mantissa == f64::INFINITY
    }

    /// Whether this is zero.
    #[must_use]
    #[inline]
    pub fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    /// Whether this is less than `2^exponent`, for an exponent that is not negative.
    #[inline]
    pub(in crate::number) fn is_below_power(self, exponent: i64) -> bool {
        self.mantissa < f64::INFINITY && self.exponent < exponent
    }

    /// The e of m·2^e with 1 ≤ m < 2; `None` for zero and infinity.
    #[must_use]
    #[inline]
    pub fn exponent(self) -> Option<i64> {
        (!self.is_zero() && !self.is_infinite()).then_some(self.exponent)
    }

    /// The product with 2^exponent, exact unless out of range.
    #[must_use]
    pub fn scaled(self, exponent: i64) -> Self {
        match self.exponent() {
            Some(own) => Self::rounded_up(self.mantissa, own.saturating_add(exponent)),
            None => self,
        }
    }

    /// self − other, rounded upward; zero if `other` is larger, infinite if `self` is.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        match self.difference(other) {
            Difference::Infinite => Self::INFINITE,
            Difference::NotPositive => Self::ZERO,
            Difference::Unchanged => self,
            Difference::Rounded(value, exponent) => Self::normalised(value.next_up(), exponent, Self::rounded_up),
        }
    }

    /// self − other, rounded downward; zero if `other` is larger or infinite.
    #[must_use]
    pub fn minus_below(self, other: Self) -> Self {
        if other.is_infinite() {
            return Self::ZERO;
        }
        match self.difference(other) {
            Difference::Infinite => Self::INFINITE,
            Difference::NotPositive => Self::ZERO,
            Difference::Unchanged if other.is_zero() => self,
            Difference::Unchanged => Self::normalised(self.mantissa.next_down(), self.exponent, Self::rounded_down),
            Difference::Rounded(value, exponent) => Self::normalised(value.next_down(), exponent, Self::rounded_down),
        }
    }

    /// self + other, rounded downward.
    #[must_use]
    pub fn plus_below(self, other: Self) -> Self {
        let (large, small) = if self < other { (other, self) } else { (self, other) };
        if small.is_zero() || large.is_infinite() || large.exponent - small.exponent > Self::NEGLIGIBLE {
            return large;
        }
        let sum = large.mantissa + scale(small.mantissa, small.exponent - large.exponent);
        Self::normalised(sum.next_down(), large.exponent, Self::rounded_down)
    }

    /// self / divisor, rounded upward, where `divisor` must be exact or rounded downward; infinite if it is zero.
    #[must_use]
    pub fn over(self, divisor: Self) -> Self {
        if divisor.is_zero() || self.is_infinite() || divisor.is_infinite() {
            // Nothing is known of x/∞ here: an infinite magnitude is the absence of a bound.
            return Self::INFINITE;
        }
        if self.is_zero() {
            return Self::ZERO;
        }
        let quotient = (self.mantissa / divisor.mantissa).next_up();
        Self::normalised(quotient, self.exponent - divisor.exponent, Self::rounded_up)
    }

    /// self · other, rounded downward.
    #[must_use]
    pub fn times_below(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        if self.is_infinite() || other.is_infinite() {
            return Self::INFINITE;
        }
        let product = self.mantissa * other.mantissa;
        Self::normalised(product.next_down(), self.exponent + other.exponent, Self::rounded_down)
    }

    /// self / divisor, rounded downward, where `divisor` must be exact or rounded upward; zero if it is zero or infinite.
    #[must_use]
    pub fn over_below(self, divisor: Self) -> Self {
        if self.is_zero() || divisor.is_zero() || divisor.is_infinite() {
            return Self::ZERO;
        }
        if self.is_infinite() {
            return Self::INFINITE;
        }
        let quotient = (self.mantissa / divisor.mantissa).next_down();
        Self::normalised(quotient, self.exponent - divisor.exponent, Self::rounded_down)
    }

    /// Σ left · right, rounded upward; infinite if a factor is, for 0·∞ bounds nothing.
    ///
    /// The same bound as by `+` and `*`, but normalised once: this is the radius in the inner loop of a product.
    #[inline]
    #[must_use]
    pub fn sum_of_products<const N: usize>(factors: [(Self, Self); N]) -> Self {
        let terms = factors.map(|(left, right)| (left.mantissa * right.mantissa, left.exponent + right.exponent));
        // NaN, from 0·∞, takes part; zero, whose exponent means nothing, does not.
        const NONE: i64 = i64::MIN;
        let largest = terms.iter().map(|term| if term.0 == 0.0 { NONE } else { term.1 }).fold(NONE, i64::max);
        if largest == NONE {
            return Self::ZERO;
        }
        // A term that is too small to be scaled exactly counts for more than it is.
        let total = terms.iter().fold(0.0, |total, (mantissa, exponent)| {
            total + mantissa * power_of_two((exponent - largest).clamp(-500, 0) as i32)
        });
        if !total.is_finite() {
            return Self::INFINITE;
        }
        // N products, N − 1 sums, each rounded to nearest: less than 2N − 1 units of the last place together.
        let bound = f64::from_bits(total.to_bits() + 2 * N as u64);
        Self::normalised(bound, largest, Self::rounded_up)
    }

    /// The Euclidean norm (Σ x²)^½, rounded upward; infinite if a number is.
    ///
    /// ```
    /// use enclosures::number::Magnitude;
    /// let norm = Magnitude::euclidean([3.0, 4.0].map(Magnitude::above_f64)).to_f64();
    /// assert!(norm >= 5.0 && norm < 5.000_000_001);
    /// assert!(Magnitude::euclidean([]).is_zero());
    /// ```
    #[must_use]
    pub fn euclidean(numbers: impl IntoIterator<Item = Self>) -> Self {
        numbers.into_iter().fold(Self::ZERO, |sum, number| sum + number * number).sqrt()
    }

    /// value · 2^exponent, rounded upward, for a `value` that is zero or positive and normal.
    #[inline]
    pub(crate) fn above_scaled(value: f64, exponent: i64) -> Self {
        if value == 0.0 { Self::ZERO } else { Self::normalised(successor(value), exponent, Self::rounded_up) }
    }

    /// As an f64, if it is zero or far within the range of f64.
    #[inline]
    pub(in crate::number) fn exact_f64(self) -> Option<f64> {
        match self.exponent() {
            Some(exponent) => (exponent.abs() < 1000).then(|| self.mantissa * power_of_two(exponent as i32)),
            None => self.is_zero().then_some(0.0),
        }
    }

    /// As an f64, if it is zero or within 2^±400: then so is, in the range of f64, every sum of products of two.
    #[inline]
    pub(in crate::number) fn small_f64(self) -> Option<f64> {
        match self.exponent() {
            Some(exponent) => (exponent.abs() < 400).then(|| self.mantissa * power_of_two(exponent as i32)),
            None => self.is_zero().then_some(0.0),
        }
    }

    /// The m of m·2^e with 1 ≤ m < 2; zero and infinity stand for themselves.
    #[inline]
    pub(crate) fn mantissa(self) -> f64 {
        self.mantissa
    }

    fn difference(self, other: Self) -> Difference {
        if other.is_infinite() {
            // ∞ − ∞ is unknown, and an upper bound of it infinite; a lower bound must be asked for with exact numbers.
            return if self.is_infinite() { Difference::Infinite } else { Difference::NotPositive };
        }
        if self.is_infinite() {
            return Difference::Infinite;
        }
        if self <= other {
            return Difference::NotPositive;
        }
        if other.is_zero() || self.exponent - other.exponent > Self::NEGLIGIBLE {
            return Difference::Unchanged;
        }
        // The smaller mantissa is shifted exactly, and one rounding to nearest follows; it cannot end at zero.
        Difference::Rounded(self.mantissa - scale(other.mantissa, other.exponent - self.exponent), self.exponent)
    }

    /// value·2^exponent for a positive normal `value`, through `rounded` into the range of exponents.
    #[inline]
    fn normalised(value: f64, exponent: i64, rounded: fn(f64, i64) -> Self) -> Self {
        const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
        const BIAS: i64 = f64::MAX_EXP as i64 - 1;
        let bits = value.to_bits();
        let own = (bits >> MANTISSA_BITS) as i64 - BIAS;
        let mantissa = f64::from_bits(bits & ((1 << MANTISSA_BITS) - 1) | ((BIAS as u64) << MANTISSA_BITS));
        rounded(mantissa, exponent + own)
    }

    #[inline]
    fn rounded_up(mantissa: f64, exponent: i64) -> Self {
        let (mantissa, exponent) =
            if mantissa >= 2.0 { (mantissa / 2.0, exponent.saturating_add(1)) } else { (mantissa, exponent) };
        if (-Self::EXPONENT_LIMIT..=Self::EXPONENT_LIMIT).contains(&exponent) {
            Self { mantissa, exponent }
        } else if exponent > 0 {
            Self::INFINITE
        } else {
            Self { mantissa: 1.0, exponent: -Self::EXPONENT_LIMIT }
        }
    }

    #[inline]
    fn rounded_down(mantissa: f64, exponent: i64) -> Self {
        if exponent > Self::EXPONENT_LIMIT {
            Self { mantissa: 1.0, exponent: Self::EXPONENT_LIMIT }
        } else if exponent < -Self::EXPONENT_LIMIT {
            Self::ZERO
        } else {
            Self { mantissa, exponent }
        }
    }
}

enum Difference {
    Infinite,
    NotPositive,
    /// The subtrahend is zero or below a unit in the last place of the minuend.
    Unchanged,
    /// A positive number rounded to nearest, and an exponent.
    Rounded(f64, i64),
}

/// value·2^exponent for −60 ≤ exponent ≤ 0 and a mantissa in [1, 2): exact.
#[inline]
fn scale(value: f64, exponent: i64) -> f64 {
    value * power_of_two(exponent as i32)
}

impl Eq for Magnitude {}

impl Ord for Magnitude {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.exponent(), other.exponent()) {
            (Some(own), Some(others)) => own.cmp(&others).then(self.mantissa.total_cmp(&other.mantissa)),
            // Zero and infinity compare by their mantissas with whatever is between.
            _ => self.mantissa.total_cmp(&other.mantissa),
        }
    }
}

impl PartialOrd for Magnitude {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Add for Magnitude {
    type Output = Self;

    /// self + other, rounded upward.
    #[inline]
    fn add(self, other: Self) -> Self {
        if other.is_zero() {
            return self;
        }
        if self.is_zero() {
            return other;
        }
        if self.is_infinite() || other.is_infinite() {
            return Self::INFINITE;
        }
        let (large, small) = if self.exponent < other.exponent { (other, self) } else { (self, other) };
        let gap = large.exponent - small.exponent;
        let sum = if gap > Self::NEGLIGIBLE { large.mantissa } else { large.mantissa + scale(small.mantissa, -gap) };
        Self::normalised(successor(sum), large.exponent, Self::rounded_up)
    }
}

impl AddAssign for Magnitude {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul for Magnitude {
    type Output = Self;

    /// self · other, rounded upward; infinite if one of them is, for 0·∞ bounds nothing.
    #[inline]
    fn mul(self, other: Self) -> Self {
        if self.is_infinite() || other.is_infinite() {
            return Self::INFINITE;
        }
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let product = self.mantissa * other.mantissa;
        Self::normalised(successor(product), self.exponent + other.exponent, Self::rounded_up)
    }
}

impl Radius for Magnitude {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;

    #[inline]
    fn is_zero(self) -> bool {
        self.is_zero()
    }

    #[inline]
    fn scaled(self, exponent: i64) -> Self {
        self.scaled(exponent)
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        self.minus(other)
    }

    #[inline]
    fn minus_below(self, other: Self) -> Self {
        self.minus_below(other)
    }

    #[inline]
    fn plus_below(self, other: Self) -> Self {
        self.plus_below(other)
    }

    #[inline]
    fn over(self, divisor: Self) -> Self {
        self.over(divisor)
    }

    #[inline]
    fn sqrt_below(self) -> Self {
        self.sqrt_below()
    }

    #[inline]
    fn exp_m1(self) -> Self {
        self.exp_m1()
    }

    #[inline]
    fn decay(self) -> Self {
        self.decay()
    }

    #[inline]
    fn ln_1p(self) -> Self {
        self.ln_1p()
    }

    #[inline]
    fn sum_of_products<const N: usize>(factors: [(Self, Self); N]) -> Self {
        Self::sum_of_products(factors)
    }
}
