//! Quotients, and square roots of two words.

use std::cmp::Ordering;

use super::words::{TOP, any, difference, product, shifted_right, sum};
use super::{Round, Rounded, Short, Unrounded};

fn to_u128([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

fn to_words(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

impl<const WORDS: usize> Short<WORDS> {
    /// The quotient, rounded to `bits` bits; the divisor is not zero.
    pub(in crate::number) fn over(self, divisor: Self, bits: u32) -> Rounded<WORDS> {
        let is_negative = self.is_negative != divisor.is_negative;
        if self.is_zero() {
            return (Self::zero(is_negative), true);
        }
        let exponent = self.exponent - divisor.exponent;
        // The dividend is made smaller than the divisor, by less than a factor of two: so the quotient fills the words.
        let is_larger = !difference(self.words, divisor.words, false).1;
        let (mut rest, mut digit) = if is_larger { shifted_right(self.words, 1) } else { (self.words, 0) };
        let exponent = if is_larger { exponent } else { exponent - 1 };
        let mut words = [0; WORDS];
        for word in words.iter_mut().rev() {
            (*word, rest) = quotient_and_rest(rest, digit, divisor.words);
            digit = 0;
        }
        // The part behind the point, as far as rounding looks at it. It is never one half: of a quotient with one more bit than its words
        // have, and that bit set, no multiple fits in as many words.
        let other = difference(divisor.words, rest, false).0;
        let next = match rest.iter().rev().cmp(other.iter().rev()) {
            Ordering::Greater => TOP | 1,
            _ => u64::from(any(&rest)),
        };
        Unrounded { words, next, exponent, is_negative }.rounded(bits, Round::Nearest)
    }
}

/// `rest.digit` divided by a divisor that is larger than `rest` and has its highest bit set: one digit of schoolbook division (Knuth's
/// algorithm D).
fn quotient_and_rest<const N: usize>(rest: [u64; N], digit: u64, divisor: [u64; N]) -> (u64, [u64; N]) {
    let (top, first) = (rest[N - 1], divisor[N - 1]);
    // At most two above the digit of the quotient.
    let mut guess = if top < first {
        ((u128::from(top) << 64 | u128::from(rest[N - 2])) / u128::from(first)) as u64
    } else {
        u64::MAX
    };
    let (mut left, mut carry, mut is_negative) = ([0; N], 0, false);
    for i in 0..N {
        let product;
        (product, carry) = guess.carrying_mul(divisor[i], carry);
        (left[i], is_negative) = if i == 0 { digit } else { rest[i - 1] }.borrowing_sub(product, is_negative);
    }
    let mut highest;
    (highest, is_negative) = top.borrowing_sub(carry, is_negative);
    while is_negative {
        guess -= 1;
        let (sum, carry) = sum(left, divisor);
        let (next, is_positive) = highest.carrying_add(0, carry);
        (left, highest, is_negative) = (sum, next, !is_positive);
    }
    (guess, left)
}

impl Short<2> {
    /// The square root of a number that is not negative, rounded to `bits` bits.
    pub(in crate::number) fn root(self, bits: u32) -> Rounded<2> {
        if self.is_zero() {
            return (self, true);
        }
        let significand = to_u128(self.words);
        // significand · 2^(exponent − 127) = (high, low) · 2^(2h − 254), with the point behind the two highest bits.
        let is_odd = self.exponent & 1 == 1;
        let (high, low) = if is_odd { (significand, 0) } else { (significand >> 1, significand << 127) };
        let (root, rest) = root_and_rest(high, low);
        // (s + ½)² = s² + s + ¼: above the middle if the rest is larger than the root, and never just at it.
        let next = if rest > root { TOP | 1 } else { u64::from(rest != 0) };
        let exponent = self.exponent >> 1;
        Unrounded { words: to_words(root), next, exponent, is_negative: false }.rounded(bits, Round::Nearest)
    }
}

/// The square in two numbers, the high one first.
fn square(value: u128) -> (u128, u128) {
    let [first, second, third, fourth] = product(to_words(value), to_words(value));
    (to_u128([third, fourth]), to_u128([first, second]))
}

/// The integer square root `s` of `(high, low)`, one of the two highest bits being set, and the rest `(high, low) − s²`, or the largest
/// number where the rest has no room in one: Zimmermann's Karatsuba square root.
fn root_and_rest(high: u128, low: u128) -> (u128, u128) {
    let upper = high.isqrt();
    let rest = high - upper * upper;
    // The other half of the root is (rest · 2^64 + next digits)/(2 upper), or one less.
    let lower = (rest << 63 | low >> 65) / upper;
    let mut root = upper << 64 | lower.min(u64::MAX.into());
    let (mut square_high, mut square_low) = square(root);
    while (square_high, square_low) > (high, low) {
        root -= 1;
        (square_high, square_low) = square(root);
    }
    let (rest, borrow) = low.overflowing_sub(square_low);
    let fits = high - square_high == u128::from(borrow);
    (root, if fits { rest } else { u128::MAX })
}
