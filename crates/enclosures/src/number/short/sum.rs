//! Sums.

use super::words::{TOP, difference, shifted_right, sum};
use super::{Round, Rounded, Short, Unrounded};

impl<const WORDS: usize> Short<WORDS> {
    /// `self + other`, rounded once to `bits` bits.
    #[inline]
    pub(in crate::number) fn plus(self, other: Self, bits: u32, round: Round) -> Rounded<WORDS> {
        self.unrounded_sum(other, round).rounded(bits, round)
    }

    /// The sum before it is rounded.
    #[inline(always)]
    pub(super) fn unrounded_sum(self, other: Self, round: Round) -> Unrounded<WORDS> {
        if other.is_zero() || self.is_zero() {
            return Unrounded::exactly(sum_with_zero(self, other, round));
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let (moved, next) = shifted_right(small.words, large.exponent.abs_diff(small.exponent));
        let (exponent, is_negative) = (large.exponent, large.is_negative);
        if is_negative == small.is_negative {
            let (mut words, carry) = sum(large.words, moved);
            if !carry {
                return Unrounded { words, next, exponent, is_negative };
            }
            let next = words[0] << 63 | next >> 1 | (next & 1);
            for i in 0..WORDS {
                words[i] = words[i] >> 1 | if i + 1 < WORDS { words[i + 1] << 63 } else { TOP };
            }
            return Unrounded { words, next, exponent: exponent + 1, is_negative };
        }
        // The lowest bit, where it stands for more, is odd before and after: the number stays between the same two even ones, and only
        // at such ones does the rounding change.
        let (words, borrow) = difference(large.words, moved, next != 0);
        if borrow {
            // The second is larger after all, so that the exponents are the same, and nothing was moved.
            let words = difference([0; WORDS], words, false).0;
            return Unrounded { words, next: 0, exponent, is_negative: !is_negative }.normalised(round);
        }
        Unrounded { words, next: next.wrapping_neg(), exponent, is_negative }.normalised(round)
    }
}

/// The sum of two numbers of which one is zero.
#[cold]
fn sum_with_zero<const WORDS: usize>(one: Short<WORDS>, other: Short<WORDS>, round: Round) -> Short<WORDS> {
    match (one.is_zero(), other.is_zero()) {
        (true, true) if one.is_negative != other.is_negative => Short::zero(round == Round::Down),
        (true, _) => other,
        _ => one,
    }
}
