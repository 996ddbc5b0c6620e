//! Roots, exponentials, bounds and comparisons of short balls.

use super::{Centre, Radius, Round, ShortBall, ShortMagnitude, above, below, deviation};
use crate::number::{Ball, Real, Sign, Special, Truth};
use crate::time_limit::check;

impl ShortBall {
    /// The image under a function that [`Ball`] has.
    fn through_ball(self, function: impl FnOnce(Ball) -> Ball) -> Self {
        Self::from_ball(function(self.to_ball()))
    }

    /// The image under a function that is evaluated in words where they suffice.
    fn or_through_ball(self, short: fn(Self) -> Option<Self>, long: fn(Ball) -> Ball) -> Self {
        check();
        short(self).filter(Self::is_defined).unwrap_or_else(|| self.through_ball(long))
    }

    /// The image of a ball of non-negative numbers under the square root.
    fn square_root(self) -> Self {
        check();
        let rounded = self.centre.root(Self::BITS);
        if self.is_point() {
            return Self::rounded(rounded, ShortMagnitude::ZERO);
        }
        Self::with_deviations(rounded, deviation::of_root(below(self.centre), self.radius))
    }

    /// The hull of the numbers that `choice`, applied to the lower ends and to the upper ends, leaves.
    fn hull_of(self, other: &Self, choice: fn(Centre, Centre) -> Centre) -> Self {
        if self.is_whole_line() || other.is_whole_line() {
            return Self::WHOLE_LINE;
        }
        Self::hull(choice(self.least(), other.least()), choice(self.greatest(), other.greatest()))
    }
}

fn smaller(one: Centre, other: Centre) -> Centre {
    if one.compare(&other).is_lt() { one } else { other }
}

fn larger(one: Centre, other: Centre) -> Centre {
    if one.compare(&other).is_lt() { other } else { one }
}

/// The nearest f64 in the direction of rounding; here zero has no sign.
fn to_f64(centre: Centre, round: Round) -> f64 {
    if centre.is_zero() { 0.0 } else { centre.to_f64(round) }
}

impl Real for ShortBall {
    #[inline]
    fn sign(&self) -> Sign {
        if self.is_point() && self.centre.is_zero() {
            Sign::Zero
        } else if self.reach().is_le() {
            Sign::Open
        } else if self.centre.is_negative() {
            Sign::Negative
        } else {
            Sign::Positive
        }
    }

    fn is_defined(&self) -> bool {
        !self.is_whole_line()
    }

    fn from_f64(value: f64, _bits: u32) -> Self {
        if value.is_finite() { Self::point(Centre::from_f64(value)) } else { Self::WHOLE_LINE }
    }

    fn sqrt(self) -> Self {
        if self.is_nonnegative() { self.square_root() } else { Self::WHOLE_LINE }
    }

    fn sqrt_of_nonnegative(self) -> Self {
        if self.is_nonnegative() {
            return self.square_root();
        }
        if self.is_whole_line() || self.greatest().is_negative() {
            // Nothing of the ball is left: what was said about it is false, and nothing is vouched for.
            return Self::WHOLE_LINE;
        }
        let mut greatest = above(self.greatest()).sqrt();
        if !self.centre.is_negative() {
            // As wide as a ball that touches zero from above, so that a wider ball has no narrower root.
            greatest = greatest.max(above(self.centre).sqrt().scaled(1));
        }
        Self::from_zero_to(greatest)
    }

    fn root(self, degree: u32) -> Self {
        match degree {
            1 => self,
            2 => self.sqrt_of_nonnegative(),
            _ => self.through_ball(|ball| ball.root(degree)),
        }
    }

    fn exp(self) -> Self {
        self.or_through_ball(Self::short_exp, Ball::exp)
    }

    fn exp_m1(self) -> Self {
        self.or_through_ball(Self::short_exp_m1, Ball::exp_m1)
    }

    fn ln(self) -> Self {
        self.or_through_ball(Self::short_ln, Ball::ln)
    }

    fn ln_1p(self) -> Self {
        self.or_through_ball(Self::short_ln_1p, Ball::ln_1p)
    }

    fn abs(self) -> Self {
        if self.reach().is_lt() && !self.is_whole_line() {
            return Self::from_zero_to(self.greatest_absolute());
        }
        Self { centre: self.centre.absolute(), ..self }
    }

    fn max(self, other: &Self) -> Self {
        if other.at_most(&self) == Truth::True {
            self
        } else if self.at_most(other) == Truth::True {
            *other
        } else {
            self.hull_of(other, larger)
        }
    }

    fn min(self, other: &Self) -> Self {
        if self.at_most(other) == Truth::True {
            self
        } else if other.at_most(&self) == Truth::True {
            *other
        } else {
            self.hull_of(other, smaller)
        }
    }

    fn between(lower: &Self, upper: &Self) -> Self {
        if lower.is_whole_line() || upper.is_whole_line() {
            return Self::WHOLE_LINE;
        }
        // The lower bound may turn out above the upper one by less than is known of either: both are kept inside.
        Self::hull(smaller(lower.least(), upper.least()), larger(lower.greatest(), upper.greatest()))
    }

    fn lower(&self) -> Self {
        if self.is_whole_line() { *self } else { Self::point(self.least()) }
    }

    fn upper(&self) -> Self {
        if self.is_whole_line() { *self } else { Self::point(self.greatest()) }
    }

    fn midpoint(&self) -> Self {
        if self.is_whole_line() { *self } else { Self::point(self.centre) }
    }

    fn approximate(&self) -> f64 {
        if self.is_whole_line() { f64::NAN } else { to_f64(self.centre, Round::Nearest) }
    }

    fn upper_f64(&self) -> f64 {
        if self.is_whole_line() { f64::INFINITY } else { to_f64(self.greatest(), Round::Up) }
    }

    fn lower_f64(&self) -> f64 {
        if self.is_whole_line() { f64::NEG_INFINITY } else { to_f64(self.least(), Round::Down) }
    }

    fn exact(&self) -> Option<rug::Rational> {
        if self.is_point() { self.to_ball().exact() } else { None }
    }

    fn below(&self, other: &Self) -> Truth {
        let difference = *self - other;
        match difference.sign() {
            Sign::Negative => Truth::True,
            Sign::Zero | Sign::Positive => Truth::False,
            // The difference may touch zero from above: certainly not below, though its sign is open.
            Sign::Open if difference.is_nonnegative() => Truth::False,
            Sign::Open => Truth::Open,
        }
    }
}

impl Special for ShortBall {
    fn erf(self) -> Self {
        self.through_ball(Ball::erf)
    }

    fn asin(self) -> Self {
        self.through_ball(Ball::asin)
    }

    fn ln_gamma_of_half(half: u64, _bits: u32) -> Self {
        Self::from_ball(Ball::ln_gamma_of_half(half, Self::BITS))
    }
}
