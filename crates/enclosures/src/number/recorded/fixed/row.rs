//! Taylor coefficients of one number of a text, with one exponent for all, and their convolutions.

use super::sum::Sum;
use super::wide::Wide;
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

/// The coefficients of a number, as far as they are known: integers of D words, times `2^(exponent − (64 D − 1))`.
///
/// An integer is in [−B, B), B = 2^(64 D − 1), so that every coefficient is at most `2^exponent` in absolute value. It is kept as the unsigned
/// number B + x: then `Σ x y = Σ (B + x)(B + y) − B Σ (B + x) − B Σ (B + y) + m B²` for m terms, and the inner loop knows no signs.
#[derive(Clone, Debug)]
pub(super) struct Row<const D: usize> {
    coefficients: Vec<[u64; D]>,
    /// The sum of all of them.
    total: Total<D>,
    pub(super) state: State,
    exponent: i64,
    /// `|x_k| + r_k` at most, in terms of `2^exponent`.
    sizes: Vec<f64>,
    /// How far the number meant may be from a coefficient: `r_k` in terms of `2^exponent`.
    radii: Vec<f64>,
}

/// A sum of unsigned numbers of D words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Total<const D: usize> {
    pub(super) words: [u64; D],
    pub(super) carry: u64,
}

impl<const D: usize> Total<D> {
    const ZERO: Self = Self { words: [0; D], carry: 0 };

    #[inline]
    fn add(&mut self, other: &[u64; D]) {
        let mut carry = false;
        for (own, other) in self.words.iter_mut().zip(other) {
            (*own, carry) = own.carrying_add(*other, carry);
        }
        self.carry += u64::from(carry);
    }

    #[inline]
    fn subtract(&mut self, other: &[u64; D]) {
        let mut borrow = false;
        for (own, other) in self.words.iter_mut().zip(other) {
            (*own, borrow) = own.borrowing_sub(*other, borrow);
        }
        self.carry -= u64::from(borrow);
    }
}

/// Some successive coefficients of a row.
#[derive(Clone, Copy)]
pub(super) struct View<'a, const D: usize> {
    pub(super) coefficients: &'a [[u64; D]],
    pub(super) total: Total<D>,
    pub(super) state: State,
    pub(super) exponent: i64,
    pub(super) sizes: &'a [f64],
    pub(super) radii: &'a [f64],
}

impl<const D: usize> Row<D> {
    /// The unit of the last place, in terms of `2^exponent`.
    const UNIT: f64 = power_of_two(1 - 64 * D as i32);

    pub(super) const EMPTY: Self = Self {
        coefficients: Vec::new(),
        total: Total::ZERO,
        state: State::Zero,
        exponent: 0,
        sizes: Vec::new(),
        radii: Vec::new(),
    };

    /// Takes all coefficients away, and keeps their room.
    pub(super) fn clear(&mut self) {
        self.coefficients.clear();
        self.sizes.clear();
        self.radii.clear();
        (self.total, self.state, self.exponent) = (Total::ZERO, State::Zero, 0);
    }

    /// The coefficients from `first`, so many.
    #[inline]
    pub(super) fn range(&self, first: usize, count: usize) -> View<'_, D> {
        let mut total = self.total;
        // All but a few.
        self.coefficients[..first].iter().for_each(|coefficient| total.subtract(coefficient));
        self.coefficients[first + count..].iter().for_each(|coefficient| total.subtract(coefficient));
        View {
            coefficients: &self.coefficients[first..first + count],
            total,
            state: self.state,
            exponent: self.exponent,
            sizes: &self.sizes[first..first + count],
            radii: &self.radii[first..first + count],
        }
    }

    /// The last coefficient alone.
    #[inline]
    pub(super) fn last(&self) -> View<'_, D> {
        let before = self.coefficients.len() - 1;
        let coefficients = &self.coefficients[before..];
        View {
            coefficients,
            total: Total { words: coefficients[0], carry: 0 },
            state: self.state,
            exponent: self.exponent,
            sizes: &self.sizes[before..],
            radii: &self.radii[before..],
        }
    }

    /// The exponent, and the last coefficient as a signed integer.
    pub(super) fn last_integer<const W: usize>(&self) -> (i64, Wide<W>) {
        (self.exponent, signed(&self.coefficients[self.coefficients.len() - 1]))
    }

    /// Puts zero behind the coefficients.
    fn push_zero(&mut self) {
        let mut zero = [0; D];
        zero[D - 1] = 1 << 63;
        self.coefficients.push(zero);
        self.total.add(&zero);
        self.sizes.push(0.0);
        self.radii.push(0.0);
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
        // The number is below 2^needed in absolute value.
        let needed = if sum.value.is_zero() { sum.exponent } else { sum.unit() + i64::from(sum.value.length()) };
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
        let integer = sum.value.shifted(self.exponent - (64 * D as i64 - 1) - sum.unit());
        let coefficient = raised(&integer);
        self.coefficients.push(coefficient);
        self.total.add(&coefficient);
        self.sizes.push(successor(size_of::<D, W>(&integer) + radius));
        self.radii.push(radius);
    }

    /// Makes room for larger numbers.
    fn move_to<const W: usize>(&mut self, exponent: i64) {
        let shift = exponent - self.exponent;
        self.total = Total::ZERO;
        for coefficient in &mut self.coefficients {
            *coefficient = raised(&signed::<D, W>(coefficient).shifted(shift));
            self.total.add(coefficient);
        }
        self.exponent = exponent;
        let scale = power_of_two((-shift).max(-LARGEST_GAP) as i32);
        // What is cut off may be a unit, away from zero.
        let moved = |bound: f64, units: f64| successor(successor(bound * scale) + units * Self::UNIT);
        self.radii.iter_mut().for_each(|radius| *radius = moved(*radius, 1.0));
        self.sizes.iter_mut().for_each(|size| *size = moved(*size, 2.0));
    }

    /// The exponent, and bounds of the absolute values of all coefficients in terms of two to it; nothing if one is unknown.
    pub(super) fn bounds(&self) -> (i64, Vec<f64>) {
        (self.exponent, if self.state == State::Unknown { Vec::new() } else { self.sizes.clone() })
    }

    /// The radius of the last coefficient.
    pub(super) fn last_radius(&self) -> f64 {
        self.radii.last().copied().unwrap_or_default()
    }
}

/// The signed integer that is kept as B more.
#[inline]
pub(super) fn signed<const D: usize, const W: usize>(coefficient: &[u64; D]) -> Wide<W> {
    // The highest bit taken off, and the sign continued.
    let sign = if coefficient[D - 1] >> 63 == 0 { u64::MAX } else { 0 };
    Wide(std::array::from_fn(|place| match place {
        _ if place + 1 < D => coefficient[place],
        _ if place + 1 == D => coefficient[place] ^ (1 << 63),
        _ => sign,
    }))
}

/// A signed integer in [−B, B) as B more.
#[inline]
fn raised<const D: usize, const W: usize>(integer: &Wide<W>) -> [u64; D] {
    debug_assert!(integer.length() < 64 * D as u32, "an integer of D words");
    std::array::from_fn(|place| if place + 1 == D { integer.0[place] ^ (1 << 63) } else { integer.0[place] })
}

/// `|x| / B` at most, by the highest of the D words.
#[inline]
fn size_of<const D: usize, const W: usize>(integer: &Wide<W>) -> f64 {
    let highest = (integer.0[D - 1] as i64).unsigned_abs();
    // Two roundings, and what is in the words below.
    (highest as f64 + 1.0) * ((1.0 + 4.0 * f64::EPSILON) * power_of_two(-63))
}
