//! Quotients and square roots of two words.

use std::cmp::Ordering;

use super::words::{TOP, product};
use super::{Round, Rounded, Short, Unrounded};

fn to_u128([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

fn to_words(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

impl Short<2> {
    /// The quotient, rounded to `bits` bits; the divisor is not zero.
    pub(in crate::number) fn over(self, divisor: Self, bits: u32) -> Rounded<2> {
        let is_negative = self.is_negative != divisor.is_negative;
        if self.is_zero() {
            return (Self::zero(is_negative), true);
        }
        let (dividend, significand) = (to_u128(self.words), to_u128(divisor.words));
        let exponent = self.exponent - divisor.exponent;
        // A quotient of 128 bits in either case.
        let (high, low, exponent) = if dividend >= significand {
            (dividend >> 1, dividend << 127, exponent)
        } else {
            (dividend, 0, exponent - 1)
        };
        let (quotient, rest) = quotient_and_rest(high, low, significand);
        // The part behind the point, as far as rounding looks at it: below one half, one half, above.
        let next = match rest.cmp(&(significand - rest)) {
            _ if rest == 0 => 0,
            Ordering::Less => 1,
            Ordering::Equal => TOP,
            Ordering::Greater => TOP | 1,
        };
        Unrounded { words: to_words(quotient), next, exponent, is_negative }.rounded(bits, Round::Nearest)
    }

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

/// `(high, low)` divided by a divisor that is larger than `high` and has its highest bit set: schoolbook division by halves of
/// words (Knuth's algorithm D).
fn quotient_and_rest(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    let digits = [low >> 64, low as u64 as u128];
    let (mut quotient, mut rest) = (0_u128, high);
    let (first, second) = (divisor >> 64, divisor as u64 as u128);
    for digit in digits {
        // The digit of the quotient is at most two below this; its half word overflows only in the first guess.
        let mut guess = rest / first;
        let mut left = rest % first;
        while guess >> 64 != 0 || guess * second > (left << 64 | digit) {
            guess -= 1;
            left += first;
            if left >> 64 != 0 {
                break;
            }
        }
        // The difference is below the divisor, so that what overflows in between cancels.
        rest = (rest << 64 | digit).wrapping_sub(guess.wrapping_mul(divisor));
        quotient = quotient << 64 | guess;
    }
    (quotient, rest)
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
