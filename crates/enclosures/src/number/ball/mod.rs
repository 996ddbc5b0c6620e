//! Certified arithmetic: real numbers known to lie in a ball.
//!
//! A ball is an MPFR midpoint, which up to 256 bits is kept in words without allocation, and a [`Magnitude`] radius. Against a pair of
//! endpoints this needs one long multiplication instead of two or more, so that at thousands of bits it costs what plain MPFR costs;
//! against an MPFR radius it saves most of the overhead at 128 bits; against an f64 radius it does not stop at 2^−1074.
//!
//! The rules every function here keeps:
//! - *Soundness*: the result contains the image of every number of the argument. The rounding error of the midpoint is
//!   taken from the ternary value that MPFR returns and added to the radius, which is only ever rounded upward.
//! - *Range*: a midpoint or radius out of MPFR's range makes the whole line; a midpoint that underflows
//!   widens the radius.
//! - *Domain*: where a function may be undefined for a number of the argument the result is the whole line.
//! - *Isotony*: a larger radius around the same midpoint gives a result that contains the old one (up to a few ulps of
//!   the numbers in it and the last bits of the radius, which are rounded).

mod arithmetic;
mod functions;
mod text;

use rug::float::Round as MpfrRound;

use super::binary::{self, Binary};
use super::deviation;
use super::float::clamp_bits;
use super::magnitude::Magnitude;
use super::short::Round;

pub use text::MidRad;

/// A set of real numbers { x : |x − centre| ≤ radius } that is known to contain the number meant; or the whole line.
///
/// Two balls cannot be asked whether they are equal or ordered: `Ball` has neither `PartialEq` nor `PartialOrd`, and
/// the comparisons of [`Real`](super::Real) have the third answer [`Open`](super::Truth::Open).
///
/// ```
/// use enclosures::number::{Ball, Real, Ring, Truth};
/// let two = Ball::from_rational(&rug::Rational::from(2), 128);
/// let root = two.clone().sqrt();
/// assert!(root.square().contains_rational(&rug::Rational::from(2)));
/// assert_eq!(root.square().equals(&two), Truth::Open);
/// assert_eq!(root.below(&two), Truth::True);
/// ```
///
/// ```compile_fail
/// use enclosures::number::{Ball, Ring};
/// let (zero, one) = (Ball::zero(64), Ball::one(64));
/// assert!(zero < one);
/// ```
///
/// ```compile_fail
/// use enclosures::number::{Ball, Ring};
/// let (zero, one) = (Ball::zero(64), Ball::one(64));
/// assert!(zero != one);
/// ```
#[derive(Clone, Debug)]
pub struct Ball {
    /// Finite; zero for the whole line.
    centre: Binary,
    /// Infinite for the whole line and for nothing else.
    radius: Magnitude,
}

impl Ball {
    /// The ball of the given centre, at its precision, and radius; the whole line if one of them is not finite.
    #[must_use]
    pub fn new(centre: rug::Float, radius: Magnitude) -> Self {
        Self::around(Binary::from_float(centre), radius)
    }

    /// The ball of the given centre and radius; the whole line if one of them is not finite.
    #[inline]
    pub(in crate::number) fn around(centre: Binary, radius: Magnitude) -> Self {
        let mut ball = Self { centre, radius };
        ball.settle();
        ball
    }

    /// The single number `value`, at its own precision; the whole line if it is not finite.
    #[must_use]
    pub fn point(value: rug::Float) -> Self {
        Self::new(value, Magnitude::ZERO)
    }

    /// The single number `value`, enclosed at `bits` bits; the whole line if it is not finite.
    #[must_use]
    pub fn from_f64(value: f64, bits: u32) -> Self {
        Self::rounded(Binary::from_f64(value, clamp_bits(bits)), Magnitude::ZERO)
    }

    /// All real numbers: what is left when nothing is known.
    #[must_use]
    pub fn whole_line(bits: u32) -> Self {
        Self { centre: Binary::zero(clamp_bits(bits)), radius: Magnitude::INFINITE }
    }

    /// The smallest ball around its centre that contains the interval between the two numbers, in either order; the
    /// whole line if one of them is not finite.
    #[must_use]
    pub fn hull(one: &rug::Float, other: &rug::Float, bits: u32) -> Self {
        Self::hull_of(&Binary::from_float(one.clone()), &Binary::from_float(other.clone()), bits)
    }

    fn hull_of(one: &Binary, other: &Binary, bits: u32) -> Self {
        let mut centre = one.sum(other, clamp_bits(bits), Round::Nearest).0;
        centre.halve();
        let mut opposite = centre.clone();
        opposite.negate();
        // Whatever was lost in finding the centre is in these distances.
        let distance = |end: &Binary| absolute_sum(end, &opposite);
        let radius = distance(one).max(distance(other));
        Self::around(centre, radius)
    }

    /// The interval from 0 to `upper`, its lower end exactly 0.
    fn from_zero_to(upper: Magnitude, bits: u32) -> Self {
        let bits = clamp_bits(bits);
        let mut centre = upper.to_binary().sum(&Binary::zero(bits), bits, Round::Up).0;
        centre.halve();
        // At 53 bits and more the centre is the radius; below, both were rounded up to the same number.
        let radius = centre.above();
        let ball = Self::around(centre, radius);
        // Halving the smallest number of MPFR's range leaves zero, and an interval that is too short.
        if ball.radius.is_zero() && !upper.is_zero() { Self::around(ball.centre, upper) } else { ball }
    }

    /// The centre; zero for the whole line.
    #[must_use]
    pub fn centre(&self) -> rug::Float {
        self.centre.to_float().into_owned()
    }

    /// The centre; zero for the whole line.
    #[inline]
    pub(in crate::number) fn midpoint_ref(&self) -> &Binary {
        &self.centre
    }

    /// The radius; infinite for the whole line and for nothing else.
    #[must_use]
    pub fn radius(&self) -> Magnitude {
        self.radius
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_whole_line(&self) -> bool {
        self.radius.is_infinite()
    }

    /// Whether the ball is a single number.
    #[must_use]
    pub fn is_point(&self) -> bool {
        self.radius.is_zero()
    }

    /// The ball at another precision: what a shorter centre loses goes into the radius.
    #[must_use]
    pub fn with_bits(mut self, bits: u32) -> Self {
        let is_exact = self.centre.set_bits(clamp_bits(bits));
        self.charge(is_exact);
        self
    }

    /// Whether `value` lies in the ball. Decided exactly.
    #[must_use]
    pub fn contains_rational(&self, value: &rug::Rational) -> bool {
        let centre = self.centre.to_float();
        if self.is_whole_line() || *centre == *value {
            return true;
        }
        // The difference at a few bits decides all but the numbers next to the edge, where it is computed exactly.
        let bits = 64;
        let one_way = rug::Float::with_val_round(bits, &*centre - value, MpfrRound::Down).0;
        let other_way = rug::Float::with_val_round(bits, &*centre - value, MpfrRound::Up).0;
        let distances = (Magnitude::above(&one_way), Magnitude::above(&other_way));
        if distances.0.max(distances.1) <= self.radius {
            return true;
        }
        if self.radius < Magnitude::below(&one_way) && self.radius < Magnitude::below(&other_way) {
            return false;
        }
        match (centre.to_rational(), self.radius.to_rational()) {
            (Some(centre), Some(radius)) => (centre - value).abs() <= radius,
            _ => false,
        }
    }

    /// Whether every number of `other` lies in the ball. Exact, or *false* where the ends differ by less than 2^−64 of
    /// the radius.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        if self.is_whole_line() {
            return true;
        }
        if other.is_whole_line() {
            return false;
        }
        let mut opposite = other.centre.clone();
        opposite.negate();
        let distance = absolute_sum(&self.centre, &opposite) + other.radius;
        distance <= self.radius
    }

    /// Whether the two balls may have a number in common; *false* is certain.
    #[must_use]
    pub fn may_meet(&self, other: &Self) -> bool {
        use super::{Real, Truth};
        self.equals(other) != Truth::False
    }

    /// The least number of the ball, rounded downward at `bits` bits; −∞ for the whole line.
    #[must_use]
    pub fn lower_float(&self, bits: u32) -> rug::Float {
        self.least(bits).into_float()
    }

    /// The greatest number of the ball, rounded upward at `bits` bits; +∞ for the whole line.
    #[must_use]
    pub fn upper_float(&self, bits: u32) -> rug::Float {
        self.greatest(bits).into_float()
    }

    /// The least number of the ball, rounded downward at `bits` bits; −∞ for the whole line.
    fn least(&self, bits: u32) -> Binary {
        let mut radius = self.radius.to_binary();
        radius.negate();
        self.centre.sum(&radius, clamp_bits(bits), Round::Down).0
    }

    /// The greatest number of the ball, rounded upward at `bits` bits; +∞ for the whole line.
    fn greatest(&self, bits: u32) -> Binary {
        self.centre.sum(&self.radius.to_binary(), clamp_bits(bits), Round::Up).0
    }

    /// An upper bound of |x| over the ball.
    #[must_use]
    pub fn greatest_absolute(&self) -> Magnitude {
        self.centre.above() + self.radius
    }

    /// A lower bound of |x| over the ball: zero if it contains zero.
    #[must_use]
    pub fn least_absolute(&self) -> Magnitude {
        self.centre.below().minus_below(self.radius)
    }

    /// A ball whose centre has just been rounded to nearest, with whether that was exact, and the radius before rounding.
    fn rounded((centre, is_exact): binary::Rounded, radius: Magnitude) -> Self {
        let mut ball = Self { centre, radius };
        ball.charge(is_exact);
        ball
    }

    /// Adds the rounding error of the centre to the radius, unless it is exact.
    #[inline]
    fn charge(&mut self, is_exact: bool) {
        if !is_exact {
            self.radius += self.centre.rounding_error();
        }
        self.settle();
    }

    /// Turns what has left the range into the whole line.
    #[inline]
    fn settle(&mut self) {
        // The second question alone is right, too, but goes to MPFR.
        let in_range = self.radius.is_below_power(1 << 28) || self.radius.is_below_power(rug::float::exp_max().into());
        if !self.centre.is_finite() || !in_range {
            *self = Self::whole_line(self.centre.bits());
        }
    }
}

/// An upper bound of |one + other| that is exact if the sum has 53 bits.
fn absolute_sum(one: &Binary, other: &Binary) -> Magnitude {
    let towards = |round| one.sum(other, f64::MANTISSA_DIGITS, round).0.above();
    towards(Round::Down).max(towards(Round::Up))
}

/// An upper bound of the error of a finite MPFR number that was rounded to nearest.
pub(in crate::number) fn rounding_error(value: &rug::Float) -> Magnitude {
    binary::rounding_error(value.get_exp().map(|exponent| i64::from(exponent) - 1), value.prec())
}

#[cfg(test)]
mod tests;
