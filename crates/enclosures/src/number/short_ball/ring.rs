//! Short balls as a ring, and their division.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::{Centre, Round, ShortBall, above, above_f64, below, below_f64, rounding_error, sum_above};
use crate::number::Matrix;
use crate::number::kernel::{Entry, InWords};
use crate::number::{Ball, Ring, View, kernel};
use crate::time_limit::check;

/// Σ left · right, rounded upward; zero if every product has a factor that is zero. Each of the N products and N − 1 sums was rounded
/// to nearest, with an error of half a unit of the last place of the total at most, also where it is subnormal.
#[inline]
fn sum_of_products<const N: usize>(factors: [(f64, f64); N]) -> f64 {
    let total = factors.iter().fold(0.0, |total, (left, right)| total + left * right);
    if total == 0.0 && factors.iter().all(|(left, right)| *left == 0.0 || *right == 0.0) {
        return 0.0;
    }
    if total < f64::INFINITY { f64::from_bits(total.to_bits() + 2 * N as u64) } else { f64::INFINITY }
}

/// |a| s + r |b| + r s for the product of a ± r and b ± s.
#[inline]
fn product_radius(left: &ShortBall, right: &ShortBall) -> f64 {
    if left.is_point() && right.is_point() {
        return 0.0;
    }
    let (a, b) = (above(left.centre), above(right.centre));
    sum_of_products([(a, right.radius), (left.radius, b), (left.radius, right.radius)])
}

impl ShortBall {
    // These are compiled into their callers: a ball that is copied just after its parts were written waits for them.

    #[inline(always)]
    fn sum(&self, other: &Self) -> Self {
        Self::rounded(self.centre.plus(other.centre, Self::BITS, Round::Nearest), sum_above(self.radius, other.radius))
    }

    #[inline(always)]
    fn difference(&self, other: &Self) -> Self {
        let opposite = other.centre.negated();
        Self::rounded(self.centre.plus(opposite, Self::BITS, Round::Nearest), sum_above(self.radius, other.radius))
    }

    #[inline(always)]
    fn product(&self, other: &Self) -> Self {
        check();
        Self::rounded(self.centre.times(other.centre, Self::BITS), product_radius(self, other))
    }

    /// For x = a + α, y = b + β with |α| ≤ r, |β| ≤ s:
    /// x/y − a/b = (α − (a/b) β) / y, at most (r + |a/b| s) / (|b| − s) in absolute value.
    fn quotient(self, other: &Self) -> Self {
        check();
        let (greatest, least) = (above(self.centre), below(other.centre));
        // Zero in place of what is not positive, and of what is not a number.
        let room = if least > other.radius { below_f64(least - other.radius) } else { 0.0 };
        if other.is_point() && !other.centre.is_zero() && self.is_point() {
            return Self::rounded(self.centre.over(other.centre, Self::BITS), 0.0);
        }
        if room == 0.0 || self.is_whole_line() {
            return Self::WHOLE_LINE;
        }
        let ratio = if greatest == 0.0 { 0.0 } else { above_f64(greatest / least) };
        let change =
            if other.is_point() { self.radius } else { sum_of_products([(self.radius, 1.0), (ratio, other.radius)]) };
        let change = if change == 0.0 { 0.0 } else { above_f64(change / room) };
        Self::rounded(self.centre.over(other.centre, Self::BITS), change)
    }
}

impl Neg for ShortBall {
    type Output = Self;

    fn neg(self) -> Self {
        Self { centre: self.centre.negated(), ..self }
    }
}

macro_rules! operator {
    ($operator:ident, $method:ident, |$one:ident, $other:ident| $result:expr) => {
        impl $operator<&Self> for ShortBall {
            type Output = Self;

            #[inline]
            fn $method(self, other: &Self) -> Self {
                let ($one, $other) = (self, other);
                $result
            }
        }

        impl $operator for ShortBall {
            type Output = Self;

            #[inline]
            fn $method(self, other: Self) -> Self {
                self.$method(&other)
            }
        }
    };
}

operator!(Add, add, |one, other| one.sum(other));
operator!(Sub, sub, |one, other| one.difference(other));
operator!(Mul, mul, |one, other| one.product(other));
operator!(Div, div, |one, other| one.quotient(other));

impl AddAssign<&Self> for ShortBall {
    #[inline]
    fn add_assign(&mut self, other: &Self) {
        *self = self.sum(other);
    }
}

impl SubAssign<&Self> for ShortBall {
    #[inline]
    fn sub_assign(&mut self, other: &Self) {
        *self = self.difference(other);
    }
}

impl Ring for ShortBall {
    /// The number, enclosed at 128 bits whatever `bits` is.
    fn from_rational(value: &rug::Rational, _bits: u32) -> Self {
        check();
        let (numerator, denominator) = (value.numer(), value.denom());
        if let (Some(numerator), Some(denominator)) = (numerator.to_i64(), denominator.to_u64()) {
            let centre = Centre::from_integer(numerator < 0, numerator.unsigned_abs(), 0);
            if denominator == 1 {
                return Self::point(centre);
            }
            return Self::rounded(centre.over(Centre::from_integer(false, denominator, 0), Self::BITS), 0.0);
        }
        Self::from_ball(Ball::from_rational(value, Self::BITS))
    }

    #[inline]
    fn bits(&self) -> u32 {
        Self::BITS
    }

    #[inline]
    fn add_product(&mut self, left: &Self, right: &Self) {
        check();
        let (centre, is_exact) = self.centre.plus_product(left.centre, right.centre, Self::BITS);
        if left.is_point() && right.is_point() {
            *self = Self::rounded((centre, is_exact), self.radius);
            return;
        }
        let error = if is_exact { 0.0 } else { rounding_error(centre) };
        let radius = sum_of_products([
            (above(left.centre), right.radius),
            (left.radius, above(right.centre)),
            (left.radius, right.radius),
            (self.radius, 1.0),
            (error, 1.0),
        ]);
        *self = Self { centre, radius }.settled();
    }

    fn matrix_product(left: View<Self>, right: View<Self>, _bits: u32) -> Matrix<Self> {
        kernel::product_of_short_balls(left, right)
    }

    #[inline]
    fn set_product(&mut self, left: &Self, right: &Self) {
        *self = left.product(right);
    }

    fn square(&self) -> Self {
        check();
        let rounded = self.centre.times(self.centre, Self::BITS);
        if self.is_point() {
            return Self::rounded(rounded, 0.0);
        }
        // (a + α)² − a² = α (2a + α), between −r (2|a| − r), or −a² if 0 is inside, and r (2|a| + r).
        let (size, radius) = (above(self.centre), self.radius);
        let up = above_f64(radius * sum_above(2.0 * size, radius));
        if radius * radius < rounding_error(rounded.0) / 64.0 {
            // The two deviations differ by 2r²: by nothing that shows.
            return Self::rounded(rounded, up);
        }
        let down = if radius < size {
            above_f64(radius * sum_above(size, above_f64(size - radius)))
        } else {
            above_f64(size * size)
        };
        Self::with_deviations(rounded, down, up)
    }

    fn zero(_bits: u32) -> Self {
        Self::point(Centre::ZERO)
    }

    fn one(_bits: u32) -> Self {
        Self::point(Centre::from_integer(false, 1, 0))
    }
}

impl InWords<2> for ShortBall {
    const IS_BALL: bool = true;

    #[inline(always)]
    fn entry(&self) -> Option<Entry<2>> {
        (!self.is_whole_line()).then_some(Entry { centre: self.centre, radius: self.radius })
    }

    #[inline(always)]
    fn from_entry(Entry { centre, radius }: Entry<2>, _bits: u32) -> Self {
        // Both are finite, and far within their range.
        Self { centre, radius }
    }

    fn narrower(one: Self, other: Self) -> Self {
        if one.radius <= other.radius { one } else { other }
    }
}
