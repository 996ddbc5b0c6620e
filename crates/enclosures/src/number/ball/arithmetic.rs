//! Balls as a ring, and their division.

use super::super::operators::{division_operator, ring_operators};
use super::{Ball, Binary, Magnitude, Round, clamp_bits, deviation};
use crate::number::Matrix;
use crate::number::binary::{OfWords, Rounded};
use crate::number::kernel::{Entry, InWords};
use crate::number::{Ring, View, kernel};
use crate::time_limit::check_bits;

impl Ball {
    pub(super) fn negate(&mut self) {
        self.centre.negate();
    }

    #[inline]
    pub(super) fn increase(&mut self, other: &Self) {
        let is_exact = self.centre.increase(&other.centre);
        self.radius += other.radius;
        self.charge(is_exact);
    }

    #[inline]
    pub(super) fn decrease(&mut self, other: &Self) {
        let is_exact = self.centre.decrease(&other.centre);
        self.radius += other.radius;
        self.charge(is_exact);
    }

    #[inline]
    pub(super) fn multiply(&mut self, other: &Self) {
        check_bits(self.centre.bits().into());
        self.radius = self.deviation_of_product(other);
        let is_exact = self.centre.multiply(&other.centre);
        self.charge(is_exact);
    }

    pub(super) fn divide(&mut self, other: &Self) {
        check_bits(self.centre.bits().into());
        let least = other.least_absolute();
        if least.is_zero() || self.is_whole_line() || other.is_whole_line() {
            *self = Self::whole_line(self.centre.bits().max(other.centre.bits()));
            return;
        }
        if !self.radius.is_zero() || !other.radius.is_zero() {
            let (dividend, divisor) = ((self.centre.above(), self.radius), (other.centre.below(), other.radius));
            self.radius = deviation::of_quotient(dividend, divisor, least);
        }
        let is_exact = self.centre.divide(&other.centre);
        self.charge(is_exact);
    }

    /// The radius of the product, but for the rounding of its centre.
    #[inline]
    fn deviation_of_product(&self, other: &Self) -> Magnitude {
        deviation::of_product((|| self.centre.above(), self.radius), (|| other.centre.above(), other.radius))
    }

    /// The ball of [centre − down, centre + up], where `centre` has just been rounded, and whether that was exact.
    ///
    /// Where the two deviations differ visibly the centre moves between them: so the image of a wide ball under a
    /// convex function is hardly larger than it must be, and that of a positive function stays positive.
    pub(super) fn with_deviations((centre, is_exact): Rounded, (down, up): (Magnitude, Magnitude)) -> Self {
        if !centre.is_finite() || down.is_infinite() || up.is_infinite() {
            return Self::whole_line(centre.bits());
        }
        let shift = deviation::shift((down, up));
        // Below MPFR's range the centre would move further than by the shift.
        let visible = match (shift.exponent(), centre.rounding_error().exponent()) {
            (Some(shift), Some(error)) => shift >= error - 4 && shift >= i64::from(rug::float::exp_min()) - 1,
            _ => false,
        };
        if !visible {
            return Self::rounded((centre, is_exact), down.max(up));
        }
        let mut radius = deviation::after_shift((down, up), shift);
        if !is_exact {
            radius += centre.rounding_error();
        }
        let mut shift = shift.to_binary();
        if up < down {
            shift.negate();
        }
        let moved = centre.sum(&shift, centre.bits(), Round::Nearest).0;
        // Charged whether or not the move was exact, and never for less than the old centre's unit: so that a larger
        // radius does not come out with a lucky smaller result.
        radius += centre.rounding_error().max(moved.rounding_error());
        Self::around(moved, radius)
    }
}

ring_operators!([] Ball);
division_operator!([] Ball);

impl Ring for Ball {
    fn from_rational(value: &rug::Rational, bits: u32) -> Self {
        check_bits(bits.into());
        Self::rounded(Binary::from_rational(value, clamp_bits(bits)), Magnitude::ZERO)
    }

    #[inline]
    fn bits(&self) -> u32 {
        self.centre.bits()
    }

    #[inline]
    fn add_product(&mut self, left: &Self, right: &Self) {
        check_bits(self.centre.bits().into());
        let is_exact = self.centre.add_product(&left.centre, &right.centre);
        if left.is_point() && right.is_point() {
            self.charge(is_exact);
            return;
        }
        let error = if is_exact { Magnitude::ZERO } else { self.centre.rounding_error() };
        let factors = [left, right].map(|factor| (factor.centre.above(), factor.radius));
        self.radius = deviation::of_sum_with_product(self.radius, error, factors[0], factors[1]);
        self.settle();
    }

    #[inline]
    fn set_product(&mut self, left: &Self, right: &Self) {
        check_bits(left.centre.bits().into());
        self.radius = left.deviation_of_product(right);
        let is_exact = self.centre.set_product(&left.centre, &right.centre);
        self.charge(is_exact);
    }

    fn matrix_product(left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        kernel::product_of_balls(left, right, bits)
    }

    fn square(&self) -> Self {
        check_bits(self.centre.bits().into());
        let square = self.centre.square();
        if self.radius.is_zero() {
            return Self::rounded(square, Magnitude::ZERO);
        }
        Self::with_deviations(square, deviation::of_square(self.centre.above(), self.radius))
    }

    fn zero(bits: u32) -> Self {
        Self::around(Binary::zero(clamp_bits(bits)), Magnitude::ZERO)
    }

    fn one(bits: u32) -> Self {
        Self::from_f64(1.0, bits)
    }
}

impl<const WORDS: usize> InWords<WORDS> for Ball
where
    Binary: OfWords<WORDS>,
{
    const IS_BALL: bool = true;

    #[inline(always)]
    fn entry(&self) -> Option<Entry<WORDS>> {
        // An infinite radius is none of these.
        Some(Entry { centre: self.centre.to_short()?, radius: self.radius.exact_f64()? })
    }

    #[inline(always)]
    fn from_entry(Entry { centre, radius }: Entry<WORDS>, bits: u32) -> Self {
        // Both are finite, and far within their range.
        Self { centre: Binary::from_short(centre, bits), radius: Magnitude::above_scaled(radius, 0) }
    }

    fn narrower(one: Self, other: Self) -> Self {
        if one.radius <= other.radius { one } else { other }
    }
}
