//! Exponentials and logarithms of short balls: in words where those decide, as balls of MPFR where they do not.
//!
//! Centres and bounds are those of [`Ball`](crate::number::Ball): the function at the centre, and what the others of the ball deviate from that, to
//! either side.

use super::{BOUND_LIMIT, Centre, Radius, Round, ShortBall, ShortMagnitude, above, below, deviation, rounding_error};
use crate::number::elementary;
use crate::number::{Real, Sign};

/// Where the growth `e^r − 1` is near the end of f64: the image of a wider ball is bounded all the same if its upper end is low enough.
const WIDE: ShortMagnitude = ShortMagnitude::exactly(700.0);

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
fn greatest((centre, is_exact): (Centre, bool)) -> ShortMagnitude {
    if is_exact { above(centre) } else { above(centre) + rounding_error(centre) }
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
            return Some(Self::rounded(value, ShortMagnitude::ZERO));
        }
        Some(Self::with_deviations(value, deviation::of_exponential(greatest(value), self.radius)))
    }

    /// As [`short_exp`](Self::short_exp), for `e^x − 1`.
    pub(super) fn short_exp_m1(self) -> Option<Self> {
        // The whole line is as wide as can be.
        if self.radius > WIDE {
            return None;
        }
        let value = at(elementary::exp_m1, self.centre)?;
        if self.is_point() {
            return Some(Self::rounded(value, ShortMagnitude::ZERO));
        }
        // The derivative is e^x.
        let derivative = greatest(at(elementary::exp, self.centre)?);
        Some(Self::with_deviations(value, deviation::of_exponential(derivative, self.radius)))
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

    /// The ball around the logarithm of a number that is at least `least`, for numbers that lie within the radius of it.
    fn logarithm(self, value: (Centre, bool), least: ShortMagnitude) -> Self {
        if self.is_point() {
            return Self::rounded(value, ShortMagnitude::ZERO);
        }
        Self::with_deviations(value, deviation::of_logarithm(least, self.radius))
    }
}

#[cfg(test)]
mod tests;
