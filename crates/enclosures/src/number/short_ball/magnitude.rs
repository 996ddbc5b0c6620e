//! The radius of a short ball: what [`Magnitude`] is in f64 and an exponent, in f64 alone.

use std::cmp::Ordering;
use std::ops::{Add, Mul};

use crate::number::Magnitude;
use crate::number::bits::{power_of_two, successor};
use crate::number::deviation::Radius;

/// Numbers below this are so small that `e^r − 1` and `ln (1 + r)` are `r` but for 2⁻⁶⁰ of it.
const SMALL: f64 = power_of_two(-60);

/// An upper bound of a non-negative number in f64: zero, positive or infinite, never NaN. Every operation rounds upward but for those
/// named `…_below`; each was rounded to nearest before that, and what leaves the range, 0·∞ too, becomes infinite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[expect(clippy::derive_ord_xor_partial_ord, reason = "without NaN the order of f64 is a total one")]
pub(in crate::number) struct ShortMagnitude(f64);

impl ShortMagnitude {
    pub(super) const INFINITE: Self = Self(f64::INFINITY);

    /// The number itself, which is not negative.
    #[inline]
    pub(super) const fn exactly(value: f64) -> Self {
        Self(value)
    }

    /// At least the number that was rounded to nearest to `value`.
    #[inline]
    fn above(value: f64) -> Self {
        Self(if value < f64::INFINITY { successor(value) } else { f64::INFINITY })
    }

    /// At most the number that was rounded to nearest to `value`; zero stays.
    #[inline]
    fn below(value: f64) -> Self {
        Self(f64::from_bits(value.to_bits().saturating_sub(1)))
    }

    #[inline]
    pub(super) const fn to_f64(self) -> f64 {
        self.0
    }

    #[inline]
    pub(super) fn is_infinite(self) -> bool {
        self.0 == f64::INFINITY
    }

    /// The square root.
    pub(super) fn sqrt(self) -> Self {
        if self.is_zero() { self } else { Self::above(self.0.sqrt()) }
    }

    /// The image under a function of magnitudes.
    fn through_magnitude(self, function: impl FnOnce(Magnitude) -> Magnitude) -> Self {
        Self(function(Magnitude::above_f64(self.0)).to_f64())
    }
}

impl Eq for ShortMagnitude {}

impl Ord for ShortMagnitude {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Add for ShortMagnitude {
    type Output = Self;

    /// Exact if one of them is zero.
    #[inline]
    fn add(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        if self.is_zero() || other.is_zero() { Self(sum) } else { Self::above(sum) }
    }
}

impl Mul for ShortMagnitude {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        let product = self.0 * other.0;
        // A product that is zero may have underflown.
        if product == 0.0 && (self.is_zero() || other.is_zero()) { Self::ZERO } else { Self::above(product) }
    }
}

impl Radius for ShortMagnitude {
    const ZERO: Self = Self(0.0);
    const ONE: Self = Self(1.0);

    #[inline]
    fn is_zero(self) -> bool {
        self.0 == 0.0
    }

    #[inline]
    fn scaled(self, exponent: i64) -> Self {
        Self(self.0 * power_of_two(exponent as i32))
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        match self > other {
            true => Self::above(self.0 - other.0),
            false if self.is_infinite() => self,
            false => Self::ZERO,
        }
    }

    #[inline]
    fn minus_below(self, other: Self) -> Self {
        if self > other { Self::below(self.0 - other.0) } else { Self::ZERO }
    }

    #[inline]
    fn plus_below(self, other: Self) -> Self {
        Self::below(self.0 + other.0)
    }

    #[inline]
    fn over(self, divisor: Self) -> Self {
        match divisor.is_zero() || divisor.is_infinite() {
            true => Self::INFINITE,
            false if self.is_zero() => self,
            false => Self::above(self.0 / divisor.0),
        }
    }

    #[inline]
    fn sqrt_below(self) -> Self {
        Self::below(self.0.sqrt())
    }

    fn exp_m1(self) -> Self {
        if self.0 < SMALL { Self::above(successor(self.0)) } else { self.through_magnitude(Magnitude::exp_m1) }
    }

    fn decay(self) -> Self {
        if self.0 < SMALL { self } else { self.through_magnitude(Magnitude::decay) }
    }

    fn ln_1p(self) -> Self {
        if self.0 < SMALL { self } else { self.through_magnitude(Magnitude::ln_1p) }
    }

    /// Zero if every product has a factor that is zero. Each of the N products and N − 1 sums was rounded to nearest, with an error of
    /// half a unit of the last place of the total at most, also where it is subnormal.
    #[inline]
    fn sum_of_products<const N: usize>(factors: [(Self, Self); N]) -> Self {
        let total = factors.iter().fold(0.0, |total, (left, right)| total + left.0 * right.0);
        if total == 0.0 && factors.iter().all(|(left, right)| left.is_zero() || right.is_zero()) {
            return Self::ZERO;
        }
        Self(if total < f64::INFINITY { f64::from_bits(total.to_bits() + 2 * N as u64) } else { f64::INFINITY })
    }
}
