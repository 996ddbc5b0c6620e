//! Decimal text of balls, rounded outward.

use std::fmt;

use rug::float::Round;

use super::super::decimal::{decimal, digits_for};
use super::Ball;

/// A ball in decimals: the numbers of the ball lie within `rad` of `mid`, both *as printed*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MidRad {
    /// The centre, with a few digits more than the radius leaves certain.
    pub mid: String,
    /// The radius and the rounding of `mid`, rounded upward.
    pub rad: String,
}

/// Significant digits of a printed radius.
const RADIUS_DIGITS: usize = 5;

impl Ball {
    /// The ball in decimals; `None` for the whole line.
    ///
    /// ```
    /// use enclosures::number::{Ball, Real, Ring};
    /// let two = Ball::from_rational(&rug::Rational::from(2), 64);
    /// let printed = two.sqrt().to_decimal().unwrap();
    /// assert_eq!(printed.mid, "1.41421356237309504876379");
    /// assert_eq!(printed.rad, "5.4216e-20");
    /// ```
    #[must_use]
    pub fn to_decimal(&self) -> Option<MidRad> {
        if self.is_whole_line() {
            return None;
        }
        let centre = self.centre.to_float();
        let (mid, unit) = decimal(&centre, self.digits(), Round::Nearest);
        let mut radius = self.radius.to_float();
        if let Some(unit) = unit
            && !reads_back(&mid, &centre)
        {
            // To nearest: at most half a unit of the last place.
            let half_unit = upward(&format!("5e{}", unit - 1));
            radius = rug::Float::with_val_round(64, &radius + &half_unit, Round::Up).0;
        }
        // A radius that overflows here is out of the range of MPFR, and so is what it says.
        radius.is_finite().then(|| MidRad { mid, rad: decimal(&radius, RADIUS_DIGITS, Round::Up).0 })
    }

    /// The digits worth printing: all of a point's; of others as many as the radius leaves certain, and a few more.
    fn digits(&self) -> usize {
        let all = digits_for(self.centre.bits());
        match (self.centre.exponent(), self.radius.exponent()) {
            (Some(centre), Some(radius)) => {
                let certain = (centre + 1 - radius).max(0).unsigned_abs();
                usize::try_from(certain * 30_103 / 100_000 + 5).map_or(all, |digits| digits.min(all + 5))
            }
            _ => all,
        }
    }
}

/// Whether the decimal number `text` is exactly `value`.
fn reads_back(text: &str, value: &rug::Float) -> bool {
    rug::Float::parse(text).is_ok_and(|parsed| {
        let (back, rounding) = rug::Float::with_val_round(value.prec(), parsed, Round::Nearest);
        rounding.is_eq() && back == *value
    })
}

/// A decimal number, rounded upward; infinite if it is not one.
fn upward(text: &str) -> rug::Float {
    match rug::Float::parse(text) {
        Ok(parsed) => rug::Float::with_val_round(64, parsed, Round::Up).0,
        Err(_) => rug::Float::with_val(64, rug::float::Special::Infinity),
    }
}

impl fmt::Display for Ball {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self.to_decimal() {
            Some(MidRad { mid, rad }) => formatter.pad(&format!("{mid} ± {rad}")),
            None => formatter.pad("undefined"),
        }
    }
}
