//! Sums of convolutions, exact but for what is far below the last place.

use super::convolution::{DIGIT_BITS, Image, MASK, MOST_TERMS, convolution};
use super::row::{EXPONENT_LIMIT, LARGEST_GAP, Row, State};
use super::wide::{Digits, Wide};
use crate::number::bits::power_of_two;

/// `value · 2^unit`, and how far the number meant may be from it: a number that is still being added up.
///
/// The unit follows from the exponent, `2^exponent` being a bound of each of its products; above it there is [room](Self::ROOM) for many of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum<const D: usize, const W: usize> {
    pub(super) value: Wide<W>,
    pub(super) exponent: i64,
    /// In terms of `2^exponent`.
    pub(super) radius: f64,
    pub(super) state: State,
}

impl<const D: usize, const W: usize> Sum<D, W> {
    pub(super) const ZERO: Self = Self { value: Wide::ZERO, exponent: 0, radius: 0.0, state: State::Zero };

    pub(super) const UNKNOWN: Self = Self { state: State::Unknown, ..Self::ZERO };

    /// More than a unit, in terms of `2^exponent`.
    const UNIT: f64 = power_of_two(-(Row::<D>::BITS as i32) - 49);

    /// The bits above `2^exponent` in W words, of which one is the sign's: a million sums of a million products, and a sum times a number of 33 bits,
    /// have fewer.
    const ROOM: i64 = 64 * W as i64 - Row::<D>::BITS - 50;

    /// What f64 may lose of a radius in the few operations of a term.
    const ROUNDING: f64 = 1.0 + 16.0 * f64::EPSILON;

    /// The exponent of a unit: products of two integers of D digits, `2^(exponent − 2 (52 D − 1))`, without their lowest D − 1 digits.
    #[inline]
    pub(super) fn unit(&self) -> i64 {
        const { assert!(Self::ROOM > 64) };
        self.exponent - Row::<D>::BITS - 50
    }

    /// The number, at most `2^exponent` in absolute value, and at most so far from the one meant.
    pub(super) fn of(value: Wide<W>, exponent: i64, radius: f64) -> Self {
        Self { value, exponent, radius: (radius + Self::UNIT) * Self::ROUNDING, state: State::Known }
    }

    /// Brings the sum and a term of this exponent to one unit: how far the term is to be moved to the right.
    #[inline]
    fn meet(&mut self, exponent: i64) -> i64 {
        match self.state {
            State::Zero => (self.exponent, self.state) = (exponent, State::Known),
            _ if exponent > self.exponent => {
                let gap = exponent - self.exponent;
                self.value = self.value.shifted(gap);
                self.radius = self.radius * scale(-gap) + Self::UNIT;
                self.exponent = exponent;
            }
            _ => {}
        }
        self.exponent - exponent
    }

    /// Whether the term may be left out: it is zero, or the sum is unknown and stays so.
    #[inline]
    fn is_settled_by(&mut self, one: State, other: State, exponent: i64) -> bool {
        // Unknown times zero is unknown.
        if one == State::Unknown || other == State::Unknown || exponent.abs() > 2 * EXPONENT_LIMIT {
            *self = Self::UNKNOWN;
        }
        self.state == State::Unknown || one == State::Zero || other == State::Zero
    }

    /// Adds `± Σ x_k y_{m−1−k}` for m coefficients of each row, x from one place on and y from another.
    ///
    /// The numbers meant differ from that by at most `Σ |x_k| s_{m−1−k} + r_k (|y_{m−1−k}| + s_{m−1−k})`. Of each product the lowest D − 1 of 2 D digits
    /// are left out, with the products of digits that belong there: less than `D · 2^52` units a term.
    #[inline]
    pub(super) fn add_product(
        &mut self,
        is_negative: bool,
        (x, x_first): (&Row<D>, usize),
        (y, y_first): (&Row<D>, usize),
        count: usize,
    ) {
        let exponent = x.exponent() + y.exponent();
        if count == 0 || self.is_settled_by(x.state, y.state, exponent) {
            return;
        }
        let mut from = 0;
        while from < count {
            let terms = MOST_TERMS.min(count - from);
            let (x_first, y_first) = (x_first + from, y_first + (count - from - terms));
            let image = convolution(x.terms(x_first, terms), y.terms(y_first, terms));
            let mut totals = x.total(x_first, terms);
            for (total, other) in totals.iter_mut().zip(y.total(y_first, terms)) {
                *total = total.wrapping_add(other);
            }
            let cut = power_of_two(2 - Row::<D>::BITS as i32) * (D * terms) as f64;
            // What an image says, and two roundings here.
            let rounding = 1.0 + (terms as f64 + 8.0) * f64::EPSILON;
            self.add(is_negative, &lowered(&image, &totals, terms), exponent, image.radius * rounding + cut);
            from += terms;
        }
    }

    /// Adds ± a single coefficient.
    #[inline]
    pub(super) fn add_last(&mut self, is_negative: bool, x: &Row<D>) {
        let (exponent, integer) = x.last_integer::<W>();
        if self.is_settled_by(x.state, State::Known, exponent) {
            return;
        }
        // From 2^(exponent − (52 D − 1)) to 2^(exponent − 52 D − 50): room for products is not needed.
        self.add(is_negative, &integer.shifted(-51), exponent, x.last_radius());
    }

    #[inline]
    fn add(&mut self, is_negative: bool, term: &Wide<W>, exponent: i64, radius: f64) {
        let gap = self.meet(exponent);
        let term = if gap == 0 { *term } else { term.shifted(gap) };
        if is_negative {
            self.value.subtract(&term);
        } else {
            self.value.add(&term);
        }
        self.radius = (self.radius + radius * scale(-gap) + Self::UNIT) * Self::ROUNDING;
    }

    /// Times a positive integer below 2^64.
    pub(super) fn times(mut self, factor: u64) -> Self {
        self.value = self.value.times(factor);
        self.radius *= factor as f64 * Self::ROUNDING;
        self
    }

    /// Over a positive integer below 2^64.
    pub(super) fn over(mut self, divisor: u64) -> Self {
        if self.state == State::Known {
            self.value = self.value.over(divisor);
            self.radius = (self.radius / divisor as f64 + Self::UNIT) * Self::ROUNDING;
        }
        self
    }

    /// Minus another sum.
    pub(super) fn minus(mut self, other: &Self) -> Self {
        if !self.is_settled_by(other.state, State::Known, other.exponent) {
            self.add(true, &other.value, other.exponent, other.radius);
        }
        self
    }
}

/// `2^exponent` for an exponent that is not positive, or what is more.
#[inline]
fn scale(exponent: i64) -> f64 {
    power_of_two(exponent.max(-LARGEST_GAP) as i32)
}

/// `Σ x y` from the image of `Σ (B + x)(B + y)` and the sums of all digits of the `B + x` and `B + y`, in units of the D-th digit: less
/// `B Σ (B + x) + B Σ (B + y)`, B being half of D digits, and `m B²` more.
#[inline]
fn lowered<const D: usize, const W: usize>(image: &Image<D>, totals: &[u64; D], terms: usize) -> Wide<W> {
    let mut digits = Digits::<W>::new();
    // Nothing here is beyond 63 bits: the two sums of an image are below 2^63 − 2^60, and sums of digits of 2 · 128 numbers below 2^60.
    let mut carry = 0_i64;
    for place in 0..=D {
        if place < D {
            let half = (totals[place] & 1) << (DIGIT_BITS - 1);
            carry = carry.wrapping_add(image.low[place] as i64).wrapping_sub(half as i64);
        } else {
            carry = carry.wrapping_add((terms as i64) << (DIGIT_BITS - 2));
        }
        if place > 0 {
            let halves = totals[place - 1] >> 1;
            carry = carry.wrapping_add(image.high[place - 1] as i64).wrapping_sub(halves as i64);
        }
        digits.push(carry as u64 & MASK);
        carry >>= DIGIT_BITS;
    }
    digits.end(carry)
}
