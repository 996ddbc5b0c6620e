//! Taylor coefficients of one number of a text, with one exponent for all, and their convolutions.

use super::convolution::{Block, DIGIT_BITS, LANES, MASK, Terms};
use super::sum::Sum;
use super::wide::{Digits, Wide};
use crate::number::bits::{power_of_two, successor};

/// Room above the first coefficient for larger ones, in bits: a row whose coefficients outgrow it is moved, and loses its lowest bits.
const ROOM: i64 = 3;

/// Exponents beyond ± this are out of range.
pub(super) const EXPONENT_LIMIT: i64 = 1 << 30;

/// A difference of exponents beyond which a radius counts for more than it is: the scale of the smaller is still in the range of f64.
pub(super) const LARGEST_GAP: i64 = 300;

/// What is known of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// All coefficients are zero so far, and exactly that.
    Zero,
    /// They are in their balls.
    Known,
    /// Nothing is known of one of them, and so of all that follow.
    Unknown,
}

/// The coefficients of a number, as far as they are known: integers of D digits, times `2^(exponent − (52 D − 1))`.
///
/// An integer is in [−B, B), B = 2^(52 D − 1), so that every coefficient is at most `2^exponent` in absolute value. It is kept as the unsigned
/// number B + x: then `Σ x y = Σ (B + x)(B + y) − B Σ (B + x) − B Σ (B + y) + m B²` for m terms, and the inner loop knows no signs.
#[derive(Clone, Debug)]
pub(super) struct Row<const D: usize> {
    length: usize,
    /// The digits of all coefficients; as their sizes `|x_k| + r_k` at most, and as radii `r_k` how far the number meant may be from a coefficient, both in
    /// terms of `2^exponent`.
    blocks: Vec<Block<D>>,
    /// The sums of the digits, modulo 2^64.
    total: [u64; D],
    pub(super) state: State,
    exponent: i64,
}

impl<const D: usize> Row<D> {
    /// The unit of the last place, in terms of `2^exponent`.
    const UNIT: f64 = power_of_two(1 - Self::BITS as i32);

    /// The bits of an integer, with its sign.
    pub(super) const BITS: i64 = DIGIT_BITS as i64 * D as i64;

    pub(super) const EMPTY: Self =
        Self { length: 0, blocks: Vec::new(), total: [0; D], state: State::Zero, exponent: 0 };

    /// Takes all coefficients away, and keeps their room.
    pub(super) fn clear(&mut self) {
        (self.length, self.total, self.state, self.exponent) = (0, [0; D], State::Zero, 0);
    }

    fn digits_of(&self, coefficient: usize) -> [u64; D] {
        let (block, lane) = (&self.blocks[coefficient / LANES], coefficient % LANES);
        std::array::from_fn(|place| block.digits[place][lane])
    }

    fn set_digits_of(&mut self, coefficient: usize, digits: &[u64; D]) {
        let (block, lane) = (&mut self.blocks[coefficient / LANES], coefficient % LANES);
        block.digits.iter_mut().zip(digits).for_each(|(own, digit)| own[lane] = *digit);
    }

    /// The coefficients from `first`, so many.
    #[inline]
    pub(super) fn terms(&self, first: usize, count: usize) -> Terms<'_, D> {
        Terms { blocks: &self.blocks, first, count }
    }

    /// The sums of their digits, modulo 2^64.
    #[inline]
    pub(super) fn total(&self, first: usize, count: usize) -> [u64; D] {
        let mut total = self.total;
        // All but a few, nearly always.
        for left_out in (0..first).chain(first + count..self.length) {
            for (sum, digit) in total.iter_mut().zip(self.digits_of(left_out)) {
                *sum = sum.wrapping_sub(digit);
            }
        }
        total
    }

    /// The exponent of all coefficients.
    #[inline]
    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// The exponent, and the last coefficient as a signed integer.
    pub(super) fn last_integer<const W: usize>(&self) -> (i64, Wide<W>) {
        (self.exponent, signed(&self.digits_of(self.length - 1)))
    }

    /// Puts an integer, raised by B, behind the coefficients.
    fn put(&mut self, digits: &[u64; D], size: f64, radius: f64) {
        let (place, lane) = (self.length / LANES, self.length % LANES);
        if place == self.blocks.len() {
            self.blocks.push(Block::ZERO);
        }
        self.set_digits_of(self.length, digits);
        self.length += 1;
        let block = &mut self.blocks[place];
        (block.sizes[lane], block.radii[lane]) = (size, radius);
        self.count(digits);
    }

    fn count(&mut self, digits: &[u64; D]) {
        self.total.iter_mut().zip(digits).for_each(|(sum, digit)| *sum = sum.wrapping_add(*digit));
    }

    /// Puts zero behind the coefficients.
    fn push_zero(&mut self) {
        let mut zero = [0; D];
        zero[D - 1] = HALF;
        self.put(&zero, 0.0, 0.0);
    }

    /// Puts something behind the coefficients of which nothing is known.
    fn forget(&mut self) {
        self.push_zero();
        self.state = State::Unknown;
    }

    /// Puts a number behind the coefficients.
    pub(super) fn push<const W: usize>(&mut self, sum: &Sum<D, W>) {
        if sum.state == State::Unknown || self.state == State::Unknown {
            self.forget();
            return;
        }
        if sum.state == State::Zero {
            self.push_zero();
            return;
        }
        // The number is below 2^needed in absolute value. One that is zero beside its radius has room wherever that has a scale: were it given some, the exponent,
        // and with it the radius, would rise with each such coefficient.
        let has_scale = self.state == State::Known && sum.exponent - self.exponent <= LARGEST_GAP;
        let needed = match sum.value.is_zero() {
            true if has_scale => self.exponent,
            true => sum.exponent,
            false => sum.unit() + i64::from(sum.value.length()),
        };
        if needed.abs() > EXPONENT_LIMIT {
            self.forget();
            return;
        }
        if self.state == State::Zero {
            self.state = State::Known;
            self.exponent = needed + ROOM;
        } else if needed > self.exponent {
            self.move_to::<W>(needed + ROOM);
        }
        let gap = (sum.exponent - self.exponent).max(-LARGEST_GAP);
        let radius = sum.radius * power_of_two(gap as i32) + Self::UNIT;
        if !radius.is_finite() {
            self.forget();
            return;
        }
        let radius = successor(radius * (1.0 + f64::EPSILON));
        // From units of the sum to those of the row.
        let integer = sum.value.shifted(self.exponent - (Self::BITS - 1) - sum.unit());
        self.put(&raised(&integer), successor(size_of::<D, W>(&integer) + radius), radius);
    }

    /// Makes room for larger numbers.
    fn move_to<const W: usize>(&mut self, exponent: i64) {
        let shift = exponent - self.exponent;
        self.total = [0; D];
        for coefficient in 0..self.length {
            let digits = raised(&signed::<D, W>(&self.digits_of(coefficient)).shifted(shift));
            self.set_digits_of(coefficient, &digits);
            self.count(&digits);
        }
        self.exponent = exponent;
        let scale = power_of_two((-shift).max(-LARGEST_GAP) as i32);
        // What is cut off may be a unit, away from zero.
        let moved = |bound: f64, units: f64| successor(successor(bound * scale) + units * Self::UNIT);
        for block in &mut self.blocks {
            block.radii.iter_mut().for_each(|radius| *radius = moved(*radius, 1.0));
            block.sizes.iter_mut().for_each(|size| *size = moved(*size, 2.0));
        }
    }

    /// The exponent, and bounds of the absolute values of all coefficients in terms of two to it; nothing if one is unknown.
    pub(super) fn bounds(&self) -> (i64, Vec<f64>) {
        let known = if self.state == State::Unknown { 0 } else { self.length };
        (self.exponent, self.blocks.iter().flat_map(|block| block.sizes).take(known).collect())
    }

    /// The most bits, for each coefficient between, by which one of the later half is larger than the first that is not zero; `None` if there is no such.
    pub(super) fn growth(&self) -> Option<i64> {
        let (_, sizes) = self.bounds();
        let first = sizes.iter().position(|&size| size > 0.0)?;
        let later = (sizes.len() / 2).max(first + 1)..sizes.len();
        let growth = |n: usize| (sizes[n].log2() - sizes[first].log2()) / (n - first) as f64;
        later.filter(|&n| sizes[n] > 0.0).map(|n| growth(n).ceil() as i64).max()
    }

    /// The radius of the last coefficient.
    pub(super) fn last_radius(&self) -> f64 {
        let last = self.length - 1;
        self.blocks[last / LANES].radii[last % LANES]
    }
}

/// The highest bit of the highest digit.
const HALF: u64 = 1 << (DIGIT_BITS - 1);

/// The signed integer that is kept as B more.
#[inline]
pub(super) fn signed<const D: usize, const W: usize>(digits: &[u64; D]) -> Wide<W> {
    let mut words = Digits::<W>::new();
    for (place, digit) in digits.iter().enumerate() {
        // Without B. What is left of the highest digit has a sign, and continues it.
        if place + 1 < D {
            words.push(*digit);
        } else {
            return words.end(*digit as i64 - HALF as i64);
        }
    }
    Wide::ZERO
}

/// A signed integer in [−B, B) as B more.
#[inline]
fn raised<const D: usize, const W: usize>(integer: &Wide<W>) -> [u64; D] {
    debug_assert!(integer.length() < DIGIT_BITS * D as u32, "an integer of D digits");
    std::array::from_fn(|place| {
        let (word, bit) = (DIGIT_BITS as usize * place / 64, DIGIT_BITS * place as u32 % 64);
        let digit = (integer.0[word] >> bit | integer.0[word + 1] << 1 << (63 - bit)) & MASK;
        if place + 1 == D { digit ^ HALF } else { digit }
    })
}

/// `|x| / B` at most, by the highest 64 of its bits.
#[inline]
fn size_of<const D: usize, const W: usize>(integer: &Wide<W>) -> f64 {
    let (word, bit) = ((DIGIT_BITS as usize * D - 64) / 64, (DIGIT_BITS * D as u32 - 64) % 64);
    let highest = integer.0[word] >> bit | integer.0[word + 1] << 1 << (63 - bit);
    let highest = (highest as i64).unsigned_abs();
    // Two roundings, and what is in the bits below.
    (highest as f64 + 1.0) * ((1.0 + 4.0 * f64::EPSILON) * power_of_two(-63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Ball;
    use rug::{Float, Integer, Rational};

    /// A row that makes room for a larger number loses the lowest bits of those before, and says so: where all of them are set that is nearly a unit, beside which
    /// what was charged before is little.
    #[test]
    fn a_row_that_moves_is_charged_for_what_it_loses() {
        const D: usize = 3;
        let bits = Row::<D>::BITS as u32 - ROOM as u32 - 1;
        for lost in [1, 2, 7, 40] {
            let all_set = Float::with_val(bits, (Integer::from(1) << bits) - 1_u32) >> bits;
            let mut row = Row::<D>::EMPTY;
            for number in [all_set.clone(), Float::with_val(bits, 1) << (ROOM as u32 + lost)] {
                row.push::<5>(&super::super::from_ball(&Ball::point(number), 0));
            }
            let Wide(words): Wide<5> = signed(&row.digits_of(0));
            let found = Rational::from(Integer::from_digits(&words, rug::integer::Order::Lsf));
            let unit = row.exponent - (Row::<D>::BITS - 1);
            let missed = all_set.to_rational().unwrap_or_default() - (found >> (-unit) as u32);
            let radius = Rational::from_f64(row.blocks[0].radii[0]).unwrap_or_default() << row.exponent as u32;
            assert!(missed > 0 && missed <= radius, "{} of {}", missed.to_f64(), radius.to_f64());
        }
    }
}
