//! Balls as a ring, and their division.

use std::cmp::Ordering;

use rug::float::Round;
use rug::ops::{AddAssignRound, AssignRound, DivAssignRound, MulAssignRound, NegAssign, SubAssignRound};

use super::super::operators::{division_operator, ring_operators};
use super::{Ball, clamp_bits, larger, smaller};
use super::{Magnitude, rounding_error};
use crate::number::{Ring, View, kernel};
use crate::problem::Matrix;

impl Ball {
    pub(super) fn negate(&mut self) {
        self.centre.neg_assign();
    }

    pub(super) fn increase(&mut self, other: &Self) {
        self.meet(other);
        let rounding = self.centre.add_assign_round(&other.centre, Round::Nearest);
        self.radius += other.radius;
        self.charge(rounding);
    }

    pub(super) fn decrease(&mut self, other: &Self) {
        self.meet(other);
        let rounding = self.centre.sub_assign_round(&other.centre, Round::Nearest);
        self.radius += other.radius;
        self.charge(rounding);
    }

    pub(super) fn multiply(&mut self, other: &Self) {
        self.meet(other);
        self.radius = product_radius(self, other);
        let rounding = self.centre.mul_assign_round(&other.centre, Round::Nearest);
        self.charge(rounding);
    }

    /// For x = a + α, y = b + β with |α| ≤ r, |β| ≤ s:
    /// x/y − a/b = (α − (a/b) β) / y, at most (r + |a/b| s) / (|b| − s) in absolute value.
    pub(super) fn divide(&mut self, other: &Self) {
        self.meet(other);
        let least = other.least_absolute();
        if least.is_zero() || self.is_whole_line() || other.is_whole_line() {
            *self = Self::whole_line(self.centre.prec());
            return;
        }
        if !self.radius.is_zero() || !other.radius.is_zero() {
            let quotient = Magnitude::above(&self.centre).over(Magnitude::below(&other.centre));
            self.radius = (self.radius + quotient * other.radius).over(least);
        }
        let rounding = self.centre.div_assign_round(&other.centre, Round::Nearest);
        self.charge(rounding);
    }

    /// The ball of [centre − down, centre + up], where `centre` has just been rounded with ternary value `rounding`.
    ///
    /// Where the two deviations differ visibly the centre moves between them: so the image of a wide ball under a
    /// convex function is hardly larger than it must be, and that of a positive function stays positive.
    pub(super) fn with_deviations(centre: rug::Float, rounding: Ordering, down: Magnitude, up: Magnitude) -> Self {
        if !centre.is_finite() || down.is_infinite() || up.is_infinite() {
            return Self::whole_line(centre.prec());
        }
        let (large, small) = (larger(down, up), smaller(down, up));
        let shift = large.minus(small).scaled(-1);
        // Below MPFR's range the centre would move further than by the shift.
        let visible = match (shift.exponent(), rounding_error(&centre).exponent()) {
            (Some(shift), Some(error)) => shift >= error - 4 && shift >= i64::from(rug::float::exp_min()) - 1,
            _ => false,
        };
        if !visible {
            return Self::rounded(centre, rounding, large);
        }
        let mut radius = large.minus(shift);
        // The shift may have been rounded up past the middle.
        radius = larger(radius, small + shift);
        if rounding != Ordering::Equal {
            radius += rounding_error(&centre);
        }
        let mut moved = centre.clone();
        if down < up {
            moved.add_assign_round(&shift.to_float(), Round::Nearest);
        } else {
            moved.sub_assign_round(&shift.to_float(), Round::Nearest);
        }
        // Charged whether or not the move was exact, and never for less than the old centre's unit: so that a larger
        // radius does not come out with a lucky smaller result.
        radius += larger(rounding_error(&centre), rounding_error(&moved));
        Self::new(moved, radius)
    }
}

/// |a| s + r |b| + r s for the product of a ± r and b ± s; zero without touching the centres if both are points.
fn product_radius(left: &Ball, right: &Ball) -> Magnitude {
    match (left.radius.is_zero(), right.radius.is_zero()) {
        (true, true) => Magnitude::ZERO,
        (true, false) => Magnitude::above(&left.centre) * right.radius,
        (false, true) => left.radius * Magnitude::above(&right.centre),
        (false, false) => Magnitude::sum_of_products([
            (Magnitude::above(&left.centre), right.radius),
            (left.radius, Magnitude::above(&right.centre)),
            (left.radius, right.radius),
        ]),
    }
}

ring_operators!([] Ball);
division_operator!([] Ball);

impl Ring for Ball {
    fn from_rational(value: &rug::Rational, bits: u32) -> Self {
        let (centre, rounding) = rug::Float::with_val_round(clamp_bits(bits), value, Round::Nearest);
        Self::rounded(centre, rounding, Magnitude::ZERO)
    }

    fn bits(&self) -> u32 {
        self.centre.prec()
    }

    fn add_product(&mut self, left: &Self, right: &Self) {
        self.meet(left);
        self.meet(right);
        let rounding = self.centre.add_assign_round(&left.centre * &right.centre, Round::Nearest);
        if left.is_point() && right.is_point() {
            self.charge(rounding);
            return;
        }
        let error = if rounding == Ordering::Equal { Magnitude::ZERO } else { rounding_error(&self.centre) };
        self.radius = Magnitude::sum_of_products([
            (Magnitude::above(&left.centre), right.radius),
            (left.radius, Magnitude::above(&right.centre)),
            (left.radius, right.radius),
            (self.radius, Magnitude::ONE),
            (error, Magnitude::ONE),
        ]);
        self.settle();
    }

    fn set_product(&mut self, left: &Self, right: &Self) {
        let bits = left.centre.prec().max(right.centre.prec());
        if self.centre.prec() != bits {
            self.centre.set_prec(bits);
        }
        self.radius = product_radius(left, right);
        let rounding = self.centre.assign_round(&left.centre * &right.centre, Round::Nearest);
        self.charge(rounding);
    }

    fn matrix_product(left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        kernel::product_of_balls(left, right, bits)
    }

    fn square(&self) -> Self {
        let (centre, rounding) =
            rug::Float::with_val_round(self.centre.prec(), self.centre.square_ref(), Round::Nearest);
        if self.radius.is_zero() {
            return Self::rounded(centre, rounding, Magnitude::ZERO);
        }
        // (a + α)² − a² = α (2a + α), between −r (2|a| − r), or −a² if 0 is inside, and r (2|a| + r).
        let size = Magnitude::above(&self.centre);
        let up = self.radius * (size.scaled(1) + self.radius);
        let down = if self.radius < size { self.radius * (size + size.minus(self.radius)) } else { size * size };
        Self::with_deviations(centre, rounding, down, up)
    }
}
