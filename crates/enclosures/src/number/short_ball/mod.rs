//! Certified arithmetic at 128 bits with a radius in f64: the balls in which verification starts.
//!
//! [`ShortBall`] is to [`Ball`] what f64 is to MPFR. Its centre has 128 bits in two words and an exponent, its radius is an f64
//! rounded upward. Centres are rounded correctly, as MPFR rounds those of a [`Ball`] of 128 bits, and radii follow the same
//! formulas: of one operation the two agree on every centre that a deviation does not move, and on radii but for their last bits. What the radius of a [`Ball`] has and this one
//! has not is range: beyond 2^±890 bounds become coarse and then the whole line, which is sound and leaves the comparison
//! open.
//!
//! The rules are those of [`Ball`]: every result contains the image of every number of the arguments; a radius is only ever rounded
//! upward; what leaves the range or the domain is the whole line. Exponentials and logarithms are evaluated in words as well; where
//! those do not decide, and for other functions, [`Ball`] is asked.

mod functions;
mod magnitude;
mod real;
mod ring;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::binary::Binary;
use super::bits::power_of_two;
use super::deviation::{self, Radius};
use super::short::{Round, Rounded, Short};
use super::{Ball, Magnitude};
pub(in crate::number) use magnitude::ShortMagnitude;

/// A centre, of 128 bits.
type Centre = Short<2>;

/// Exponents of centres stay within ± this, so that those of products and quotients fit in 32 bits.
const EXPONENT_LIMIT: i32 = 1 << 28;

/// Centres within 2^± this have bounds in f64 that are good to the last bit, and units of the last place that are no smaller than f64
/// can tell with all its bits.
const BOUND_LIMIT: i32 = 890;

/// A set of real numbers { x : |x − centre| ≤ radius } that is known to contain the number meant, its centre of 128 bits; or the
/// whole line.
///
/// ```
/// use enclosures::number::{Real, Ring, ShortBall, Truth};
/// let two = ShortBall::from_rational(&rug::Rational::from(2), 128);
/// let root = two.sqrt();
/// assert!(root.square().to_ball().contains_rational(&rug::Rational::from(2)));
/// assert_eq!(root.square().equals(&two), Truth::Open);
/// assert_eq!(root.below(&two), Truth::True);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ShortBall {
    /// Zero for the whole line.
    centre: Centre,
    /// Infinite for the whole line and for nothing else.
    radius: ShortMagnitude,
}

impl ShortBall {
    /// The bits of a centre.
    pub const BITS: u32 = Centre::BITS;

    const WHOLE_LINE: Self = Self { centre: Centre::ZERO, radius: ShortMagnitude::INFINITE };

    /// The same set as a [`Ball`].
    #[must_use]
    pub fn to_ball(&self) -> Ball {
        if self.is_whole_line() {
            return Ball::whole_line(Self::BITS);
        }
        // Here zero has no sign.
        let centre = if self.centre.is_zero() { Centre::ZERO } else { self.centre };
        Ball::around(Binary::two(centre, Self::BITS), Magnitude::above_f64(self.radius.to_f64()))
    }

    /// A short ball that contains `ball`: the same where it has 128 bits or fewer and is in range.
    #[must_use]
    pub fn from_ball(ball: Ball) -> Self {
        let ball = ball.with_bits(Self::BITS);
        match ball.midpoint_ref() {
            Binary::Two(centre, _) if !ball.is_whole_line() => {
                Self { centre: *centre, radius: ShortMagnitude::exactly(ball.radius().to_f64()) }.settled()
            }
            _ => Self::WHOLE_LINE,
        }
    }

    /// The single number `centre`.
    fn point(centre: Centre) -> Self {
        Self { centre, radius: ShortMagnitude::ZERO }.settled()
    }

    fn is_whole_line(&self) -> bool {
        self.radius.is_infinite()
    }

    fn is_point(&self) -> bool {
        self.radius.is_zero()
    }

    /// The whole line in place of what has left the range.
    #[inline]
    fn settled(self) -> Self {
        let in_range = !self.radius.is_infinite() && self.centre.exponent().abs() <= EXPONENT_LIMIT;
        if in_range { self } else { Self::WHOLE_LINE }
    }

    /// A ball whose centre has just been rounded, and the radius before that.
    #[inline]
    fn rounded((centre, is_exact): Rounded<2>, radius: ShortMagnitude) -> Self {
        let radius = if is_exact { radius } else { radius + rounding_error(centre) };
        Self { centre, radius }.settled()
    }

    /// The centre compared with the radius in absolute value: `Greater` if the ball certainly lies on one side of zero.
    #[inline]
    fn reach(&self) -> Ordering {
        if self.is_point() {
            return if self.centre.is_zero() { Ordering::Equal } else { Ordering::Greater };
        }
        if below(self.centre) > self.radius {
            return Ordering::Greater;
        }
        if above(self.centre) < self.radius || self.is_whole_line() {
            return Ordering::Less;
        }
        self.centre.compare_absolute(&Centre::from_f64(self.radius.to_f64()))
    }

    /// Whether every number of the ball is ≥ 0.
    fn is_nonnegative(&self) -> bool {
        let is_negative = self.centre.is_negative() && !self.centre.is_zero();
        !self.is_whole_line() && !is_negative && self.reach().is_ge()
    }

    /// An upper bound of |x| over the ball.
    fn greatest_absolute(&self) -> ShortMagnitude {
        above(self.centre) + self.radius
    }

    /// The interval from 0 to `upper`.
    fn from_zero_to(upper: ShortMagnitude) -> Self {
        if upper.is_infinite() {
            return Self::WHOLE_LINE;
        }
        let centre = Centre::from_f64(upper.to_f64()).scaled(-1);
        Self { centre, radius: above(centre) }.settled()
    }

    /// The least number of the ball, rounded downward, which is not the whole line.
    fn least(&self) -> Centre {
        self.centre.plus(Centre::from_f64(self.radius.to_f64()).negated(), Self::BITS, Round::Down).0
    }

    /// The greatest number of the ball, rounded upward, which is not the whole line.
    fn greatest(&self) -> Centre {
        self.centre.plus(Centre::from_f64(self.radius.to_f64()), Self::BITS, Round::Up).0
    }

    /// The smallest ball around its centre that contains both numbers.
    fn hull(one: Centre, other: Centre) -> Self {
        let centre = one.plus(other, Self::BITS, Round::Nearest).0.scaled(-1);
        let distance = |end: Centre| {
            let (difference, is_exact) = end.plus(centre.negated(), Self::BITS, Round::Nearest);
            let distance = above(difference);
            if is_exact { distance } else { distance + rounding_error(difference) }
        };
        Self { centre, radius: distance(one).max(distance(other)) }.settled()
    }

    /// The ball of [centre − down, centre + up] for a centre that has just been rounded. Where the two deviations differ visibly the
    /// centre moves between them.
    fn with_deviations((centre, is_exact): Rounded<2>, (down, up): (ShortMagnitude, ShortMagnitude)) -> Self {
        let large = down.max(up);
        if large.is_infinite() {
            return Self::WHOLE_LINE;
        }
        let shift = deviation::shift((down, up));
        if down == up || shift < rounding_error(centre).scaled(-4) {
            return Self::rounded((centre, is_exact), large);
        }
        let mut radius = deviation::after_shift((down, up), shift);
        if !is_exact {
            radius = radius + rounding_error(centre);
        }
        let shift = Centre::from_f64(shift.to_f64());
        let moved = centre.plus(if down < up { shift } else { shift.negated() }, Self::BITS, Round::Nearest).0;
        radius = radius + rounding_error(centre).max(rounding_error(moved));
        Self { centre: moved, radius }.settled()
    }
}

/// An upper bound of |centre|.
#[inline]
fn above(centre: Centre) -> ShortMagnitude {
    if centre.is_zero() {
        return ShortMagnitude::ZERO;
    }
    if centre.exponent() > BOUND_LIMIT {
        return ShortMagnitude::INFINITE;
    }
    let (leading, is_cut) = centre.leading();
    let leading = leading + u64::from(is_cut);
    // Whatever is smaller is at most this.
    let exponent = centre.exponent().max(-BOUND_LIMIT);
    ShortMagnitude::exactly(leading as f64 * power_of_two(exponent - 52))
}

/// A lower bound of |centre|.
#[inline]
fn below(centre: Centre) -> ShortMagnitude {
    if centre.is_zero() || centre.exponent() < -BOUND_LIMIT {
        return ShortMagnitude::ZERO;
    }
    let (leading, _) = centre.leading();
    let exponent = centre.exponent().min(BOUND_LIMIT);
    ShortMagnitude::exactly(leading as f64 * power_of_two(exponent - 52))
}

/// An upper bound of the error of a number that was rounded to nearest: half a unit of its last place. Zero was not rounded.
#[inline]
fn rounding_error(centre: Centre) -> ShortMagnitude {
    match centre.exponent() {
        _ if centre.is_zero() => ShortMagnitude::ZERO,
        exponent if exponent > BOUND_LIMIT => ShortMagnitude::INFINITE,
        exponent => ShortMagnitude::exactly(power_of_two(exponent.max(-BOUND_LIMIT) - 128)),
    }
}
