//! Certified arithmetic: real numbers known to lie in a ball.
//!
//! A ball is an MPFR midpoint and a [`Magnitude`] radius. Against a pair of endpoints this needs one long
//! multiplication instead of two or more, so that at thousands of bits it costs what plain MPFR costs; against an MPFR
//! radius it saves most of the overhead at 128 bits; against an f64 radius it does not stop at 2^−1074.
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

use std::cmp::Ordering;

use rug::float::Round;

use super::float::clamp_bits;
use super::magnitude::Magnitude;

pub use text::MidRad;

/// A set of real numbers { x : |x − centre| ≤ radius } that is known to contain the number meant; or the whole line.
///
/// Two balls cannot be asked whether they are equal or ordered: `Ball` has neither `PartialEq` nor `PartialOrd`, and
/// the comparisons of [`Real`](super::Real) have the third answer [`Open`](super::Truth::Open).
///
/// ```
/// use gradient_witness::number::{Ball, Real, Ring, Truth};
/// let two = Ball::from_rational(&rug::Rational::from(2), 128);
/// let root = two.clone().sqrt();
/// assert!(root.square().contains_rational(&rug::Rational::from(2)));
/// assert_eq!(root.square().equals(&two), Truth::Open);
/// assert_eq!(root.below(&two), Truth::True);
/// ```
///
/// ```compile_fail
/// use gradient_witness::number::{Ball, Ring};
/// let (zero, one) = (Ball::zero(64), Ball::one(64));
/// assert!(zero < one);
/// ```
///
/// ```compile_fail
/// use gradient_witness::number::{Ball, Ring};
/// let (zero, one) = (Ball::zero(64), Ball::one(64));
/// assert!(zero != one);
/// ```
#[derive(Clone, Debug)]
pub struct Ball {
    /// Finite; zero for the whole line.
    centre: rug::Float,
    /// Infinite for the whole line and for nothing else.
    radius: Magnitude,
}

impl Ball {
    /// The ball of the given centre, at its precision, and radius; the whole line if one of them is not finite.
    #[must_use]
    pub fn new(centre: rug::Float, radius: Magnitude) -> Self {
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
        let (centre, rounding) = rug::Float::with_val_round(clamp_bits(bits), value, Round::Nearest);
        Self::rounded(centre, rounding, Magnitude::ZERO)
    }

    /// All real numbers: what is left when nothing is known.
    #[must_use]
    pub fn whole_line(bits: u32) -> Self {
        Self { centre: rug::Float::new(clamp_bits(bits)), radius: Magnitude::INFINITE }
    }

    /// The smallest ball around its centre that contains the interval between the two numbers, in either order; the
    /// whole line if one of them is not finite.
    #[must_use]
    pub fn hull(one: &rug::Float, other: &rug::Float, bits: u32) -> Self {
        let mut centre = rug::Float::with_val_round(clamp_bits(bits), one + other, Round::Nearest).0;
        centre >>= 1;
        // Whatever was lost in finding the centre is in these distances.
        let distance = |end: &rug::Float| {
            let above = rug::Float::with_val_round(53, end - &centre, Round::Up).0;
            let below = rug::Float::with_val_round(53, end - &centre, Round::Down).0;
            larger(Magnitude::above(&above), Magnitude::above(&below))
        };
        let radius = larger(distance(one), distance(other));
        Self::new(centre, radius)
    }

    /// The interval from 0 to `upper`, its lower end exactly 0.
    fn from_zero_to(upper: Magnitude, bits: u32) -> Self {
        let mut centre = rug::Float::with_val_round(clamp_bits(bits), upper.to_float(), Round::Up).0;
        centre >>= 1;
        // At 53 bits and more the centre is the radius; below, both were rounded up to the same number.
        let radius = Magnitude::above(&centre);
        let ball = Self::new(centre, radius);
        // Halving the smallest number of MPFR's range leaves zero, and an interval that is too short.
        if ball.radius.is_zero() && !upper.is_zero() { Self::new(ball.centre, upper) } else { ball }
    }

    /// The centre; zero for the whole line.
    #[must_use]
    pub fn centre(&self) -> &rug::Float {
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
        let rounding = self.centre.set_prec_round(clamp_bits(bits), Round::Nearest);
        self.charge(rounding);
        self
    }

    /// Whether `value` lies in the ball. Decided exactly.
    #[must_use]
    pub fn contains_rational(&self, value: &rug::Rational) -> bool {
        if self.is_whole_line() || self.centre == *value {
            return true;
        }
        // The difference at a few bits decides all but the numbers next to the edge, where it is computed exactly.
        let bits = 64;
        let one_way = rug::Float::with_val_round(bits, &self.centre - value, Round::Down).0;
        let other_way = rug::Float::with_val_round(bits, &self.centre - value, Round::Up).0;
        let distances = (Magnitude::above(&one_way), Magnitude::above(&other_way));
        if larger(distances.0, distances.1) <= self.radius {
            return true;
        }
        if self.radius < Magnitude::below(&one_way) && self.radius < Magnitude::below(&other_way) {
            return false;
        }
        match (self.centre.to_rational(), self.radius.to_rational()) {
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
        let distance = Self::point(self.centre.clone()).minus_exactly(&other.centre) + other.radius;
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
        rug::Float::with_val_round(clamp_bits(bits), &self.centre - &self.radius.to_float(), Round::Down).0
    }

    /// The greatest number of the ball, rounded upward at `bits` bits; +∞ for the whole line.
    #[must_use]
    pub fn upper_float(&self, bits: u32) -> rug::Float {
        rug::Float::with_val_round(clamp_bits(bits), &self.centre + &self.radius.to_float(), Round::Up).0
    }

    /// An upper bound of |x| over the ball.
    #[must_use]
    pub fn greatest_absolute(&self) -> Magnitude {
        Magnitude::above(&self.centre) + self.radius
    }

    /// A lower bound of |x| over the ball: zero if it contains zero.
    #[must_use]
    pub fn least_absolute(&self) -> Magnitude {
        Magnitude::below(&self.centre).minus_below(self.radius)
    }

    /// A ball whose centre MPFR has just rounded, with the ternary value it returned and the radius before rounding.
    fn rounded(centre: rug::Float, rounding: Ordering, radius: Magnitude) -> Self {
        let mut ball = Self { centre, radius };
        ball.charge(rounding);
        ball
    }

    /// Adds the rounding error of the centre to the radius.
    fn charge(&mut self, rounding: Ordering) {
        if rounding != Ordering::Equal {
            self.radius += rounding_error(&self.centre);
        }
        self.settle();
    }

    /// Turns what has left the range into the whole line.
    fn settle(&mut self) {
        let in_range = self.radius.exponent().is_none_or(|exponent| exponent < i64::from(rug::float::exp_max()));
        if !self.centre.is_finite() || self.radius.is_infinite() || !in_range {
            *self = Self::whole_line(self.centre.prec());
        }
    }

    /// Gives the centre the larger of the two precisions, which is exact; MPFR rounds a result to the precision of the
    /// number that receives it.
    fn meet(&mut self, other: &Self) {
        if self.centre.prec() < other.centre.prec() {
            self.centre.set_prec(other.centre.prec());
        }
    }

    /// An upper bound of |centre − other| that is exact if the difference has 53 bits.
    fn minus_exactly(&self, other: &rug::Float) -> Magnitude {
        let one_way = rug::Float::with_val_round(53, &self.centre - other, Round::Down).0;
        let other_way = rug::Float::with_val_round(53, &self.centre - other, Round::Up).0;
        larger(Magnitude::above(&one_way), Magnitude::above(&other_way))
    }
}

/// The larger of two bounds.
fn larger(one: Magnitude, other: Magnitude) -> Magnitude {
    if one < other { other } else { one }
}

/// The smaller of two bounds.
fn smaller(one: Magnitude, other: Magnitude) -> Magnitude {
    if one < other { one } else { other }
}

/// An upper bound of the error of a finite number that was rounded to nearest: half a unit of its last place, or
/// the smallest positive number of MPFR's range where the result underflowed.
pub(in crate::number) fn rounding_error(value: &rug::Float) -> Magnitude {
    let least = rug::float::exp_min();
    match value.get_exp() {
        // A number just above half the smallest positive one is rounded up to it: the exponent alone does not tell.
        Some(exponent) if exponent > least => {
            Magnitude::power_of_two(i64::from(exponent) - 1 - i64::from(value.prec()))
        }
        _ => Magnitude::power_of_two(i64::from(least) - 1),
    }
}

#[cfg(test)]
mod tests;
