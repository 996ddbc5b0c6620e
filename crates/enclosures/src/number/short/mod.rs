//! Floating-point numbers of up to 256 bits in two words or four, correctly rounded and without allocation: the centres of balls.
//!
//! Every operation computes its exact result, or one that rounds alike, in integers of twice as many words or one more, and rounds once,
//! as MPFR does at that precision: also the sign of zero is MPFR's. There are no infinities and there is no NaN; who uses these numbers
//! keeps their exponents within ±2^28, so that those of all results fit in 32 bits.
//!
//! - [`words`]: integers of a fixed number of words;
//! - [`rounding`]: the one place that rounds;
//! - [`sum`], [`product`], [`quotient`]: the operations;
//! - [`conversion`]: from and to MPFR numbers and f64.

mod conversion;
mod product;
mod quotient;
mod rounding;
mod sum;
#[cfg(test)]
pub(in crate::number) mod tests;
mod words;

use std::cmp::Ordering;

pub(in crate::number) use rounding::Unrounded;
use words::{TOP, any};

/// Towards what a result is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::number) enum Round {
    /// The nearest number, of two the one whose last bit is 0.
    Nearest,
    /// Minus infinity.
    Down,
    /// Plus infinity.
    Up,
}

/// A floating-point number of 64 bits a word: `± words · 2^(exponent + 1 − 64 WORDS)`, in `[2^exponent, 2^(exponent + 1))` without its
/// sign. The highest bit of the words is set, unless the number is zero, which has a sign, too.
#[derive(Clone, Copy, Debug)]
pub(in crate::number) struct Short<const WORDS: usize> {
    /// The lowest first.
    words: [u64; WORDS],
    exponent: i32,
    is_negative: bool,
}

/// A rounded number, and whether it is the exact one.
pub(in crate::number) type Rounded<const WORDS: usize> = (Short<WORDS>, bool);

impl<const WORDS: usize> Short<WORDS> {
    /// The bits there is room for.
    pub(in crate::number) const BITS: u32 = 64 * WORDS as u32;

    pub(in crate::number) const ZERO: Self = Self::zero(false);

    const fn zero(is_negative: bool) -> Self {
        Self { words: [0; WORDS], exponent: 0, is_negative }
    }

    /// The number with a significand, the lowest word first, whose highest bit is set: `2^exponent` and more, below twice that.
    #[inline]
    pub(in crate::number) fn from_words(words: [u64; WORDS], exponent: i32, is_negative: bool) -> Self {
        debug_assert!(words[WORDS - 1] & TOP != 0, "a significand without its highest bit");
        Self { words, exponent, is_negative }
    }

    /// `± integer · 2^exponent`.
    #[inline]
    pub(in crate::number) fn from_integer(is_negative: bool, integer: u64, exponent: i32) -> Self {
        if integer == 0 {
            return Self::zero(is_negative);
        }
        let shift = integer.leading_zeros();
        let mut words = [0; WORDS];
        words[WORDS - 1] = integer << shift;
        Self { words, exponent: exponent + 63 - shift as i32, is_negative }
    }

    /// The significand, the lowest word first; all zero for the number zero.
    #[inline]
    pub(in crate::number) fn words(&self) -> &[u64; WORDS] {
        &self.words
    }

    /// The e of `2^e ≤ |x| < 2^(e + 1)`; of no meaning for zero.
    #[inline]
    pub(in crate::number) fn exponent(&self) -> i32 {
        self.exponent
    }

    /// Whether the sign is minus, also that of zero.
    #[inline]
    pub(in crate::number) fn is_negative(&self) -> bool {
        self.is_negative
    }

    #[inline]
    pub(in crate::number) fn is_zero(&self) -> bool {
        self.words[WORDS - 1] == 0
    }

    /// The 53 highest bits of the significand, and whether another is set.
    #[inline]
    pub(in crate::number) fn leading(&self) -> (u64, bool) {
        let top = self.words[WORDS - 1];
        (top >> 11, top << 53 != 0 || any(&self.words[..WORDS - 1]))
    }

    #[inline]
    pub(in crate::number) fn negated(self) -> Self {
        Self { is_negative: !self.is_negative, ..self }
    }

    #[inline]
    pub(in crate::number) fn absolute(self) -> Self {
        Self { is_negative: false, ..self }
    }

    /// The number times `2^shift`.
    #[inline]
    pub(in crate::number) fn scaled(self, shift: i32) -> Self {
        if self.is_zero() { self } else { Self { exponent: self.exponent + shift, ..self } }
    }

    /// The number rounded to `bits` bits, in as many words or fewer.
    #[inline]
    pub(in crate::number) fn to_bits<const LESS: usize>(self, bits: u32, round: Round) -> Rounded<LESS> {
        Unrounded::exactly(self).rounded(bits, round)
    }

    /// The same number with more words.
    #[inline]
    pub(in crate::number) fn widened<const MORE: usize>(self) -> Short<MORE> {
        const { assert!(MORE >= WORDS) };
        let mut words = [0; MORE];
        words[MORE - WORDS..].copy_from_slice(&self.words);
        Short { words, exponent: self.exponent, is_negative: self.is_negative }
    }

    #[inline]
    pub(in crate::number) fn compare_absolute(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => self.exponent.cmp(&other.exponent).then_with(|| self.words.iter().rev().cmp(other.words.iter().rev())),
        }
    }

    /// The two compared as numbers: the two zeros are equal.
    #[inline]
    pub(in crate::number) fn compare(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.compare_absolute(other),
            (true, true) => other.compare_absolute(self),
            _ if self.is_zero() && other.is_zero() => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}
