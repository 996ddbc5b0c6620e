//! Balls as a ring, and their division.

use super::super::operators::{division_operator, ring_operators};
use super::{Ball, Binary, Magnitude, Round, clamp_bits, larger, smaller};
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
        self.radius = product_radius(self, other);
        let is_exact = self.centre.multiply(&other.centre);
        self.charge(is_exact);
    }

    /// For x = a + α, y = b + β with |α| ≤ r, |β| ≤ s:
    /// x/y − a/b = (α − (a/b) β) / y, at most (r + |a/b| s) / (|b| − s) in absolute value.
    pub(super) fn divide(&mut self, other: &Self) {
        check_bits(self.centre.bits().into());
        let least = other.least_absolute();
        if least.is_zero() || self.is_whole_line() || other.is_whole_line() {
            *self = Self::whole_line(self.centre.bits().max(other.centre.bits()));
            return;
        }
        if !self.radius.is_zero() || !other.radius.is_zero() {
            let quotient = self.centre.above().over(other.centre.below());
            self.radius = (self.radius + quotient * other.radius).over(least);
        }
        let is_exact = self.centre.divide(&other.centre);
        self.charge(is_exact);
    }

    /// The ball of [centre − down, centre + up], where `centre` has just been rounded, and whether that was exact.
    ///
    /// Where the two deviations differ visibly the centre moves between them: so the image of a wide ball under a
    /// convex function is hardly larger than it must be, and that of a positive function stays positive.
    pub(super) fn with_deviations((centre, is_exact): Rounded, down: Magnitude, up: Magnitude) -> Self {
        if !centre.is_finite() || down.is_infinite() || up.is_infinite() {
            return Self::whole_line(centre.bits());
        }
        let (large, small) = (larger(down, up), smaller(down, up));
        let shift = large.minus(small).scaled(-1);
        // Below MPFR's range the centre would move further than by the shift.
        let visible = match (shift.exponent(), centre.rounding_error().exponent()) {
            (Some(shift), Some(error)) => shift >= error - 4 && shift >= i64::from(rug::float::exp_min()) - 1,
            _ => false,
        };
        if !visible {
            return Self::rounded((centre, is_exact), large);
        }
        let mut radius = large.minus(shift);
        // The shift may have been rounded up past the middle.
        radius = larger(radius, small + shift);
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
        radius += larger(centre.rounding_error(), moved.rounding_error());
        Self::around(moved, radius)
    }
}

/// |a| s + r |b| + r s for the product of a ± r and b ± s; zero without touching the centres if both are points.
#[inline]
fn product_radius(left: &Ball, right: &Ball) -> Magnitude {
    match (left.radius.is_zero(), right.radius.is_zero()) {
        (true, true) => Magnitude::ZERO,
        (true, false) => left.centre.above() * right.radius,
        (false, true) => left.radius * right.centre.above(),
        (false, false) => Magnitude::sum_of_products([
            (left.centre.above(), right.radius),
            (left.radius, right.centre.above()),
            (left.radius, right.radius),
        ]),
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
        self.radius = Magnitude::sum_of_products([
            (left.centre.above(), right.radius),
            (left.radius, right.centre.above()),
            (left.radius, right.radius),
            (self.radius, Magnitude::ONE),
            (error, Magnitude::ONE),
        ]);
        self.settle();
    }

    #[inline]
    fn set_product(&mut self, left: &Self, right: &Self) {
        check_bits(left.centre.bits().into());
        self.radius = product_radius(left, right);
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
        // (a + α)² − a² = α (2a + α), between −r (2|a| − r), or −a² if 0 is inside, and r (2|a| + r).
        let size = self.centre.above();
        let up = self.radius * (size.scaled(1) + self.radius);
        let down = if self.radius < size { self.radius * (size + size.minus(self.radius)) } else { size * size };
        Self::with_deviations(square, down, up)
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
