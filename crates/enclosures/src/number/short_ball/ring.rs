//! Short balls as a ring, and their division.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use super::{Centre, Radius, Round, ShortBall, ShortMagnitude, above, below, deviation, rounding_error};
use crate::number::Matrix;
use crate::number::kernel::{Entry, InWords};
use crate::number::{Ball, Ring, View, kernel};
use crate::time_limit::check;

impl ShortBall {
    // These are compiled into their callers: a ball that is copied just after its parts were written waits for them.

    #[inline(always)]
    fn sum(&self, other: &Self) -> Self {
        Self::rounded(self.centre.plus(other.centre, Self::BITS, Round::Nearest), self.radius + other.radius)
    }

    #[inline(always)]
    fn difference(&self, other: &Self) -> Self {
        let opposite = other.centre.negated();
        Self::rounded(self.centre.plus(opposite, Self::BITS, Round::Nearest), self.radius + other.radius)
    }

    #[inline(always)]
    fn product(&self, other: &Self) -> Self {
        check();
        let radius =
            deviation::of_product((|| above(self.centre), self.radius), (|| above(other.centre), other.radius));
        Self::rounded(self.centre.times(other.centre, Self::BITS), radius)
    }

    fn quotient(self, other: &Self) -> Self {
        check();
        let quotient = |deviation| Self::rounded(self.centre.over(other.centre, Self::BITS), deviation);
        if other.is_point() && !other.centre.is_zero() && self.is_point() {
            return quotient(ShortMagnitude::ZERO);
        }
        let size = below(other.centre);
        let least = size.minus_below(other.radius);
        if least.is_zero() || self.is_whole_line() {
            return Self::WHOLE_LINE;
        }
        quotient(deviation::of_quotient((above(self.centre), self.radius), (size, other.radius), least))
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
            return Self::rounded(
                centre.over(Centre::from_integer(false, denominator, 0), Self::BITS),
                ShortMagnitude::ZERO,
            );
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
        let error = if is_exact { ShortMagnitude::ZERO } else { rounding_error(centre) };
        let factors = [left, right].map(|factor| (above(factor.centre), factor.radius));
        let radius = deviation::of_sum_with_product(self.radius, error, factors[0], factors[1]);
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
            return Self::rounded(rounded, ShortMagnitude::ZERO);
        }
        let deviations = deviation::of_square(above(self.centre), self.radius);
        if self.radius * self.radius < rounding_error(rounded.0).scaled(-6) {
            // The two deviations differ by 2r²: by nothing that shows.
            return Self::rounded(rounded, deviations.1);
        }
        Self::with_deviations(rounded, deviations)
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
        (!self.is_whole_line()).then_some(Entry { centre: self.centre, radius: self.radius.to_f64() })
    }

    #[inline(always)]
    fn from_entry(Entry { centre, radius }: Entry<2>, _bits: u32) -> Self {
        // Both are finite, and far within their range.
        Self { centre, radius: ShortMagnitude::exactly(radius) }
    }

    fn narrower(one: Self, other: Self) -> Self {
        if one.radius <= other.radius { one } else { other }
    }
}
