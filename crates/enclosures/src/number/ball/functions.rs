//! Roots, exponentials, logarithms, the error function, the arcsine, bounds and comparisons of balls.
//!
//! Each function is evaluated once at the centre, correctly rounded, by MPFR or as MPFR would; the deviations from that value over the
//! ball are bounded by magnitudes, separately to either side.

use std::cmp::Ordering;

use rug::float::Round as MpfrRound;

use super::{Ball, Binary, Magnitude, Round, clamp_bits, deviation};
use crate::number::elementary;
use crate::number::float::exact_value;
use crate::number::recorded::player_of_balls;
use crate::number::{Player, Real, Ring, Sign, Special, Text, Truth};

impl Ball {
    /// Applies a function of MPFR to the centre; whether the result is exact.
    fn apply(&mut self, function: impl FnOnce(&mut rug::Float, MpfrRound) -> Ordering) -> bool {
        self.centre.apply(|value| function(value, MpfrRound::Nearest))
    }

    /// The centre compared with the radius in absolute value: `Greater` if the ball lies on one side of zero.
    fn reach(&self) -> Ordering {
        self.centre.compare_absolute(self.radius)
    }

    /// Whether every number of the ball is ≥ 0.
    fn is_nonnegative(&self) -> bool {
        !self.is_whole_line() && !self.centre.is_negative() && self.reach() != Ordering::Less
            || self.is_point() && self.centre.is_zero()
    }

    /// The image of a ball of non-negative numbers under the square root.
    fn square_root(self) -> Self {
        let (size, radius) = (self.centre.below(), self.radius);
        let root = self.centre.root();
        if radius.is_zero() {
            return Self::rounded(root, radius);
        }
        Self::with_deviations(root, deviation::of_root(size, radius))
    }

    /// The image of a ball of non-negative numbers under the root of a degree of at least 3.
    fn higher_root(self, degree: u32) -> Self {
        let (size, radius) = (self.centre.below(), self.radius);
        let rooted = |mut value: Binary, round| {
            let is_exact = value.apply(|value| value.root_round(degree, round));
            (value, is_exact)
        };
        if !radius.is_zero() && size.scaled(-NARROW) < radius {
            let inner = self.bits() + GUARD_BITS;
            let least = rooted(self.least(inner), MpfrRound::Down).0;
            let greatest = rooted(self.greatest(inner), MpfrRound::Up).0;
            return Self::hull_of(&least, &greatest, self.bits());
        }
        let root = rooted(self.centre, MpfrRound::Nearest);
        if radius.is_zero() {
            return Self::rounded(root, radius);
        }
        // With the mean value theorem: the slope is x^(1/q)/(q x), which descends, and x^(1/q) ascends.
        let mut greatest = root.0.above();
        if !root.1 {
            greatest += root.0.rounding_error();
        }
        let share = greatest.over(Magnitude::above_f64(f64::from(degree))) * radius;
        let (up, down) = (share.over(size), share.over(size.minus_below(radius)));
        Self::with_deviations(root, (down, up))
    }

    /// The hull of the images of the two ends under an ascending function: where the deviations from the centre have no bound in
    /// range, though the images may.
    fn image_of_ends(self, function: impl Fn(&mut rug::Float, MpfrRound) -> Ordering) -> Self {
        let inner = self.bits() + GUARD_BITS;
        let image = |mut end: Binary, round| {
            end.apply(|value| function(value, round));
            end
        };
        let least = image(self.least(inner), MpfrRound::Down);
        let greatest = image(self.greatest(inner), MpfrRound::Up);
        let hull = Self::hull_of(&least, &greatest, self.bits());
        // So much more that no narrower ball, whose image is bounded by deviations, has a larger one.
        Self::around(hull.centre, hull.radius + hull.radius.scaled(-50))
    }

    /// The image of the non-negative part of a ball that has numbers below zero, under a root whose upper bounds are `root`.
    fn root_from_zero(&self, root: impl Fn(Magnitude) -> Magnitude) -> Self {
        let bits = self.bits();
        let upper = self.greatest(f64::MANTISSA_DIGITS);
        if self.is_whole_line() || upper.is_negative() {
            // Nothing of the ball is left: what was said about it is false, and nothing is vouched for.
            return Self::whole_line(bits);
        }
        let mut greatest = root(upper.above());
        if !self.centre.is_negative() {
            // As wide as a ball that touches zero from above, so that a wider ball has no narrower root.
            greatest = greatest.max(root(self.centre.above()).scaled(1));
        }
        Self::from_zero_to(greatest, bits)
    }
}

impl Real for Ball {
    fn series_player(text: &Text, bits: u32) -> Option<Box<dyn Player<Self>>> {
        player_of_balls(text, bits)
    }

    fn sign(&self) -> Sign {
        if self.is_point() && self.centre.is_zero() {
            Sign::Zero
        } else if self.reach() != Ordering::Greater {
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

    fn from_f64(value: f64, bits: u32) -> Self {
        Self::from_f64(value, bits)
    }

    fn sqrt(self) -> Self {
        if self.is_nonnegative() { self.square_root() } else { Self::whole_line(self.bits()) }
    }

    fn sqrt_of_nonnegative(self) -> Self {
        if self.is_nonnegative() { self.square_root() } else { self.root_from_zero(Magnitude::sqrt) }
    }

    fn root(self, degree: u32) -> Self {
        match degree {
            0 => Self::whole_line(self.bits()),
            1 => self,
            2 => self.sqrt_of_nonnegative(),
            _ if self.is_nonnegative() => self.higher_root(degree),
            _ => self.root_from_zero(|bound| {
                let mut root = bound.to_float();
                root.root_round(degree, MpfrRound::Up);
                Magnitude::above(&root)
            }),
        }
    }

    fn exp(mut self) -> Self {
        if self.is_whole_line() {
            return self;
        }
        let growth = self.radius.exp_m1();
        // Far down the value at the centre may underflow, though others do not.
        let is_far_down = self.centre.is_negative() && self.centre.exponent().is_some_and(|exponent| exponent >= 29);
        if growth.is_infinite() || is_far_down && !self.is_point() {
            return self.image_of_ends(rug::Float::exp_round);
        }
        let is_exact = self.centre.evaluate(elementary::exp, rug::Float::exp_round);
        if self.radius.is_zero() {
            self.charge(is_exact);
            return self;
        }
        let mut size = self.centre.above();
        if !is_exact {
            size += self.centre.rounding_error();
        }
        Self::with_deviations((self.centre, is_exact), deviation::of_exponential(size, self.radius))
    }

    fn exp_m1(mut self) -> Self {
        if self.is_whole_line() {
            return self;
        }
        let growth = self.radius.exp_m1();
        if growth.is_infinite() {
            return self.image_of_ends(rug::Float::exp_m1_round);
        }
        // The derivative is exp, not exp − 1.
        let derivative = (!self.radius.is_zero()).then(|| {
            Magnitude::above(&rug::Float::with_val_round(64, self.centre.to_float().exp_ref(), MpfrRound::Up).0)
        });
        let is_exact = self.centre.evaluate(elementary::exp_m1, rug::Float::exp_m1_round);
        match derivative {
            None => {
                self.charge(is_exact);
                self
            }
            Some(size) => Self::with_deviations((self.centre, is_exact), deviation::of_exponential(size, self.radius)),
        }
    }

    fn ln(mut self) -> Self {
        if self.sign() != Sign::Positive {
            return Self::whole_line(self.bits());
        }
        let size = self.centre.below();
        let is_exact = self.centre.evaluate(elementary::ln, rug::Float::ln_round);
        if self.radius.is_zero() {
            self.charge(is_exact);
            return self;
        }
        Self::with_deviations((self.centre, is_exact), deviation::of_logarithm(size, self.radius))
    }

    fn ln_1p(mut self) -> Self {
        let one = Binary::from_f64(1.0, 1).0;
        let successor = self.centre.sum(&one, 64, Round::Down).0;
        if self.is_whole_line() || successor.is_negative() || successor.is_zero() {
            return Self::whole_line(self.bits());
        }
        let is_exact = self.centre.evaluate(elementary::ln_1p, rug::Float::ln_1p_round);
        if self.radius.is_zero() {
            self.charge(is_exact);
            return self;
        }
        Self::with_deviations((self.centre, is_exact), deviation::of_logarithm(successor.below(), self.radius))
    }

    fn abs(mut self) -> Self {
        if self.reach() == Ordering::Less && !self.is_whole_line() {
            return Self::from_zero_to(self.greatest_absolute(), self.bits());
        }
        self.centre.make_absolute();
        self
    }

    fn max(mut self, other: &Self) -> Self {
        self.centre.raise_bits(other.bits());
        match other.at_most(&self) {
            Truth::True => self,
            _ if self.at_most(other) == Truth::True => other.clone().with_bits(self.bits()),
            _ => hull_of(&self, other, greatest),
        }
    }

    fn min(mut self, other: &Self) -> Self {
        self.centre.raise_bits(other.bits());
        match self.at_most(other) {
            Truth::True => self,
            _ if other.at_most(&self) == Truth::True => other.clone().with_bits(self.bits()),
            _ => hull_of(&self, other, least),
        }
    }

    fn between(lower: &Self, upper: &Self) -> Self {
        let bits = lower.bits().max(upper.bits());
        let inner = bits + GUARD_BITS;
        // The lower bound may turn out above the upper one by less than is known of either: both are kept inside.
        let least = least(lower.least(inner), upper.least(inner));
        let greatest = greatest(lower.greatest(inner), upper.greatest(inner));
        Self::hull_of(&least, &greatest, bits)
    }

    fn lower(&self) -> Self {
        Self::around(self.least(self.bits()), Magnitude::ZERO)
    }

    fn upper(&self) -> Self {
        Self::around(self.greatest(self.bits()), Magnitude::ZERO)
    }

    fn midpoint(&self) -> Self {
        if self.is_whole_line() { self.clone() } else { Self::around(self.centre.clone(), Magnitude::ZERO) }
    }

    fn approximate(&self) -> f64 {
        if self.is_whole_line() { f64::NAN } else { self.centre.to_f64(Round::Nearest) }
    }

    fn upper_f64(&self) -> f64 {
        self.greatest(64).to_f64(Round::Up)
    }

    fn lower_f64(&self) -> f64 {
        self.least(64).to_f64(Round::Down)
    }

    fn exact(&self) -> Option<rug::Rational> {
        if self.is_point() { exact_value(&self.centre.to_float()) } else { None }
    }

    fn below(&self, other: &Self) -> Truth {
        let difference = self.clone() - other;
        match difference.sign() {
            Sign::Negative => Truth::True,
            Sign::Zero | Sign::Positive => Truth::False,
            // The difference may touch zero from above: certainly not below, though its sign is open.
            Sign::Open => {
                if difference.is_nonnegative() {
                    Truth::False
                } else {
                    Truth::Open
                }
            }
        }
    }
}

impl Special for Ball {
    fn erf(mut self) -> Self {
        if self.is_whole_line() {
            return self;
        }
        let is_exact = self.apply(rug::Float::erf_round);
        // The derivative is at most 2/√π < 5/4.
        let deviation = self.radius + self.radius.scaled(-2);
        Self::rounded((self.centre, is_exact), deviation)
    }

    fn asin(mut self) -> Self {
        let room = rug::Float::with_val_round(64, 1u32 - &self.greatest_absolute().to_float(), MpfrRound::Down).0;
        let in_domain = if self.is_point() {
            self.centre.to_float().cmp_abs(&rug::Float::with_val(2, 1)).is_some_and(Ordering::is_le)
        } else {
            !self.is_whole_line() && !room.is_sign_negative() && !room.is_zero()
        };
        if !in_domain {
            return Self::whole_line(self.bits());
        }
        let is_exact = self.apply(rug::Float::asin_round);
        // The derivative 1/√(1 − x²) is at most 1/√(1 − |x|).
        let deviation = match self.radius.is_zero() {
            true => self.radius,
            false => self.radius.over(Magnitude::below(&room).sqrt_below()),
        };
        Self::rounded((self.centre, is_exact), deviation)
    }

    fn ln_gamma_of_half(half: u64, bits: u32) -> Self {
        // Every u64 has 64 bits: the argument must be exact.
        let mut centre = rug::Float::with_val(clamp_bits(bits.max(64)), half);
        centre >>= 1;
        let rounding = centre.ln_gamma_round(MpfrRound::Nearest);
        Self::rounded((Binary::from_float(centre), rounding.is_eq()), Magnitude::ZERO).with_bits(bits)
    }
}

/// A ball whose radius is smaller than its centre by this many powers of two is so narrow that a root is nearly linear on it.
const NARROW: i64 = 24;

/// Additional precision of the ends of a hull, so that rounding them does not show in the radius.
const GUARD_BITS: u32 = 32;

fn least(one: Binary, other: Binary) -> Binary {
    if one.compare(&other) == Some(Ordering::Less) { one } else { other }
}

fn greatest(one: Binary, other: Binary) -> Binary {
    if one.compare(&other) == Some(Ordering::Less) { other } else { one }
}

/// The hull of the numbers that `choice`, applied to the lower ends and to the upper ends, leaves.
fn hull_of(one: &Ball, other: &Ball, choice: fn(Binary, Binary) -> Binary) -> Ball {
    let bits = one.bits().max(other.bits());
    let inner = bits + GUARD_BITS;
    let least = choice(one.least(inner), other.least(inner));
    let greatest = choice(one.greatest(inner), other.greatest(inner));
    Ball::hull_of(&least, &greatest, bits)
}
