//! Sums of convolutions, exact but for what is far below the last place.

use super::row::{EXPONENT_LIMIT, LARGEST_GAP, State, View, signed};
use super::wide::Wide;
use crate::number::bits::power_of_two;

/// `value · 2^unit`, and how far the number meant may be from it: a number that is still being added up. W is D + 3.
///
/// The unit follows from the exponent, `2^exponent` being a bound of each of its products; above it there is room for 2^129 of them.
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
    const UNIT: f64 = power_of_two(-64 * D as i32 - 61);

    /// What f64 may lose of a radius in the few operations of a term.
    const ROUNDING: f64 = 1.0 + 16.0 * f64::EPSILON;

    /// The exponent of a unit: products of two integers of D words, `2^(exponent − 2 (64 D − 1))`, without their lowest D − 1 words.
    #[inline]
    pub(super) fn unit(&self) -> i64 {
        self.exponent - 64 * D as i64 - 62
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

    /// Adds `± Σ x_k y_{m−1−k}`, x and y having m coefficients each.
    ///
    /// The numbers meant differ from that by at most `Σ |x_k| s_{m−1−k} + r_k (|y_{m−1−k}| + s_{m−1−k})`. Of each product the lowest D − 1 of 2 D words
    /// are left out: less than `D · 2^64` units a term.
    #[inline]
    pub(super) fn add_product(&mut self, is_negative: bool, x: View<D>, y: View<D>) {
        let exponent = x.exponent + y.exponent;
        if self.is_settled_by(x.state, y.state, exponent) {
            return;
        }
        let terms = x.coefficients.len();
        let mut product = products::<D, W>(x.coefficients, y.coefficients);
        // B Σ (B + x) and B Σ (B + y), B being half a unit more than D words.
        for total in [x.total, y.total] {
            product.subtract(&raised_total::<D, W>(total.words, total.carry));
        }
        product.add_at(D, (terms as u128) << 62);
        let cut = power_of_two(2 - 64 * D as i32) * (D * terms) as f64;
        // A term is rounded for each sum that it is in.
        let rounding = 1.0 + (terms as f64 + 8.0) * f64::EPSILON;
        let radius = (dot(x.sizes, y.radii) + dot(x.radii, y.sizes)) * rounding + cut;
        self.add(is_negative, &product, exponent, radius);
    }

    /// Adds ± a single coefficient.
    #[inline]
    pub(super) fn add_number(&mut self, is_negative: bool, x: View<D>) {
        if self.is_settled_by(x.state, State::Known, x.exponent) {
            return;
        }
        let integer: Wide<W> = signed(&x.coefficients[0]);
        // From 2^(exponent − (64 D − 1)) to 2^(exponent − 64 D − 62): room for products is not needed.
        self.add(is_negative, &integer.shifted(-63), x.exponent, x.radii[0]);
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

/// `Σ x_k y_{m−1−k}` of numbers that are not negative, rounded at most m + 1 times each: four sums side by side.
#[inline]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (x, y) = (x.chunks_exact(4), y.rchunks_exact(4));
    let rest = x.remainder().iter().zip(y.remainder().iter().rev()).fold(0.0, |sum, (x, y)| sum + x * y);
    for (x, y) in x.zip(y) {
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum += x[k] * y[3 - k];
        }
    }
    sums.iter().fold(rest, |sum, other| sum + other)
}

/// The sum of D words and a carry, times B, in units of 2^(64 (D − 1)): moved by 63 places.
#[inline]
fn raised_total<const D: usize, const W: usize>(words: [u64; D], carry: u64) -> Wide<W> {
    let word = |place: usize| match place {
        _ if place < D => words[place],
        _ if place == D => carry,
        _ => 0,
    };
    Wide(std::array::from_fn(|place| word(place) << 63 | if place > 0 { word(place - 1) >> 1 } else { 0 }))
}

/// `Σ x_k y_{m−1−k}` of unsigned numbers, without the D − 1 lowest words of each product.
///
/// The inner loop: a sum of 128 bits and its carries for each of the words that are kept.
#[inline]
#[expect(clippy::needless_range_loop, reason = "the places of two factors and of their product")]
fn products<const D: usize, const W: usize>(x: &[[u64; D]], y: &[[u64; D]]) -> Wide<W> {
    const { assert!(W == D + 3) };
    let mut sums = [0_u128; D];
    let mut carries = [0_u64; D];
    for (x, y) in x.iter().zip(y.iter().rev()) {
        for i in 0..D {
            for j in D - 1 - i..D {
                let place = i + j + 1 - D;
                let carry;
                (sums[place], carry) = sums[place].overflowing_add(u128::from(x[i]) * u128::from(y[j]));
                carries[place] += u64::from(carry);
            }
        }
    }
    let mut product = Wide::ZERO;
    for (place, (sum, carry)) in sums.into_iter().zip(carries).enumerate() {
        product.add_at(place, sum);
        product.add_at(place + 2, u128::from(carry));
    }
    product
}
