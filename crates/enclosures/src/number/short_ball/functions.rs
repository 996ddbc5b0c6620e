//! Exponentials and logarithms of short balls: in words where those decide, as balls of MPFR where they do not.
//!
//! Centres and bounds are those of [`Ball`](crate::number::Ball): the function at the centre, and what the others of the ball deviate from that, to
//! either side.

use super::{BOUND_LIMIT, Centre, Round, ShortBall, above, above_f64, below, below_f64, rounding_error, sum_above};
use crate::number::elementary;
use crate::number::{Magnitude, Real, Sign};

/// Numbers below this are so small that `e^r − 1` and `ln (1 + r)` are `r` but for 2⁻⁶⁰ of it.
const SMALL: f64 = 1.0 / (1_u64 << 60) as f64;

/// Where the growth `e^r − 1` is near the end of f64: the image of a wider ball is bounded all the same if its upper end is low enough.
const WIDE: f64 = 700.0;

/// A function of a number of 128 bits, rounded to nearest; `None` where that must be asked of MPFR.
type Function = fn(Centre) -> Option<Centre>;

/// The value and whether it is exact: at 0, or for the logarithm at 1, where it is 0 or 1; nowhere else. Where an f64 bounds the
/// argument or the value only coarsely it is left to [`Ball`](crate::number::Ball) as well.
fn at(function: Function, centre: Centre) -> Option<(Centre, bool)> {
    let value = function(centre)?;
    let is_in_range = centre.exponent().abs().max(value.exponent().abs()) <= BOUND_LIMIT;
    is_in_range.then_some((value, centre.is_zero() || value.is_zero()))
}

/// An upper bound of a rounded value that is not negative.
fn greatest((centre, is_exact): (Centre, bool)) -> f64 {
    if is_exact { above(centre) } else { sum_above(above(centre), rounding_error(centre)) }
}

/// e^r − 1, rounded upward.
fn growth(radius: f64) -> f64 {
    if radius < SMALL { above_f64(above_f64(radius)) } else { Magnitude::above_f64(radius).exp_m1().to_f64() }
}

/// 1 − e^−r, rounded upward.
fn decay(radius: f64) -> f64 {
    if radius < SMALL { radius } else { Magnitude::above_f64(radius).decay().to_f64() }
}

/// ln (1 + change/least), rounded upward, for a `least` that is rounded downward.
fn logarithm_of_ratio(change: f64, least: f64) -> f64 {
    if least <= 0.0 {
        return f64::INFINITY;
    }
    let ratio = above_f64(change / least);
    if ratio < SMALL { ratio } else { Magnitude::above_f64(ratio).ln_1p().to_f64() }
}

impl ShortBall {
    /// The image under the exponential; `None` where [`Ball`](crate::number::Ball) must be asked.
    pub(super) fn short_exp(self) -> Option<Self> {
        // The whole line is as wide as can be.
        if self.radius > WIDE {
            return None;
        }
        let value = at(elementary::exp, self.centre)?;
        if self.is_point() {
            return Some(Self::rounded(value, 0.0));
        }
        let size = greatest(value);
        Some(Self::with_deviations(value, above_f64(size * decay(self.radius)), above_f64(size * growth(self.radius))))
    }

    /// As [`short_exp`](Self::short_exp), for `e^x − 1`.
    pub(super) fn short_exp_m1(self) -> Option<Self> {
        // The whole line is as wide as can be.
        if self.radius > WIDE {
            return None;
        }
        let value = at(elementary::exp_m1, self.centre)?;
        if self.is_point() {
            return Some(Self::rounded(value, 0.0));
        }
        // The derivative is e^x.
        let size = greatest(at(elementary::exp, self.centre)?);
        Some(Self::with_deviations(value, above_f64(size * decay(self.radius)), above_f64(size * growth(self.radius))))
    }

    /// As [`short_exp`](Self::short_exp), for the logarithm.
    pub(super) fn short_ln(self) -> Option<Self> {
        if self.sign() != Sign::Positive {
            return None;
        }
        let value = at(elementary::ln, self.centre)?;
        Some(self.logarithm(value, below(self.centre)))
    }

    /// As [`short_exp`](Self::short_exp), for `ln (1 + x)`.
    pub(super) fn short_ln_1p(self) -> Option<Self> {
        let successor = self.centre.plus(Centre::from_integer(false, 1, 0), Self::BITS, Round::Down).0;
        if successor.is_negative() || successor.is_zero() {
            return None;
        }
        let value = at(elementary::ln_1p, self.centre)?;
        Some(self.logarithm(value, below(successor)))
    }

    /// The ball around the logarithm of a number that is at least `least`, for numbers that lie within the radius of it:
    /// ln(a + r) − ln a = ln(1 + r/a); ln a − ln(a − r) = ln(1 + r/(a − r)).
    fn logarithm(self, value: (Centre, bool), least: f64) -> Self {
        let radius = self.radius;
        if self.is_point() {
            return Self::rounded(value, 0.0);
        }
        let smallest = if radius < least { below_f64(least - radius) } else { 0.0 };
        Self::with_deviations(value, logarithm_of_ratio(radius, smallest), logarithm_of_ratio(radius, least))
    }
}

#[cfg(test)]
mod tests;
