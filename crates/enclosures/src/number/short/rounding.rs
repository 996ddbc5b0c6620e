//! From exact results to rounded ones.

use super::words::{TOP, any, shifted_left};
use super::{Round, Rounded, Short};

/// A result before rounding, `± words.next · 2^exponent` with the point behind the highest bit, which is set unless the number is zero.
///
/// The lowest bit of `next` also stands for all that follows it, the *sticky* bit: it stands too low to be moved to where the rounding
/// looks, for bits are cut off only from numbers that are too small to cancel more than one bit of the other.
pub(in crate::number) struct Unrounded<const N: usize> {
    pub(in crate::number) words: [u64; N],
    pub(in crate::number) next: u64,
    pub(in crate::number) exponent: i32,
    pub(in crate::number) is_negative: bool,
}

impl<const N: usize> Unrounded<N> {
    #[inline]
    pub(super) fn exactly(Short { words, exponent, is_negative }: Short<N>) -> Self {
        Self { words, next: 0, exponent, is_negative }
    }

    /// The same number, whose highest bits may be zero, with its highest bit set; if it is zero, with the sign that rounding gives it.
    #[inline]
    pub(in crate::number) fn normalised(mut self, round: Round) -> Self {
        if self.words[N - 1] & TOP != 0 {
            return self;
        }
        // One word more than there are: the last may be the whole number.
        for _ in 0..N {
            if self.words[N - 1] != 0 {
                break;
            }
            for i in (1..N).rev() {
                self.words[i] = self.words[i - 1];
            }
            self.words[0] = self.next;
            self.next = 0;
            self.exponent -= 64;
        }
        if self.words[N - 1] == 0 {
            return Self::exactly(Short::zero(round == Round::Down));
        }
        let zeros = self.words[N - 1].leading_zeros();
        (self.words, self.next) = shifted_left(self.words, self.next, zeros);
        self.exponent -= zeros as i32;
        self
    }

    /// The number rounded to `bits` bits, no more than there are in `WORDS` words, which are no more than `N`.
    #[inline(always)]
    pub(super) fn rounded<const WORDS: usize>(self, bits: u32, round: Round) -> Rounded<WORDS> {
        let Cut { rounded, rest, .. } = self.cut_and_rounded(bits, round);
        (rounded, rest == 0)
    }

    /// The number rounded to nearest, and a bound of the error in units of 2^−64 of the last bit kept: 0 if it is exact, otherwise
    /// larger than the error by two of them at most.
    #[inline(always)]
    pub(in crate::number) fn rounded_with_error<const WORDS: usize>(self, bits: u32) -> (Short<WORDS>, u64) {
        let Cut { rounded, rest, is_raised } = self.cut_and_rounded(bits, Round::Nearest);
        let distance = if is_raised { rest.wrapping_neg() } else { rest };
        // The last bit may stand for less than itself, or for more.
        (rounded, if rest == 0 { 0 } else { distance + 1 })
    }

    #[inline(always)]
    fn cut_and_rounded<const WORDS: usize>(self, bits: u32, round: Round) -> Cut<WORDS> {
        const { assert!(WORDS <= N) };
        let mut words: [u64; WORDS] = std::array::from_fn(|i| self.words[N - WORDS + i]);
        let mut rest = match N - WORDS {
            0 => self.next,
            more => self.words[more - 1] | u64::from(any(&self.words[..more - 1]) || self.next != 0),
        };
        let mut unit = [0; WORDS];
        unit[0] = 1;
        let mut is_odd = words[0] & 1 != 0;
        if bits != 64 * WORDS as u32 {
            (unit, is_odd, rest) = cut(&mut words, rest, bits);
        }
        let is_raised = match round {
            Round::Nearest => (rest & TOP != 0) & ((rest & !TOP != 0) | is_odd),
            Round::Down => self.is_negative && rest != 0,
            Round::Up => !self.is_negative && rest != 0,
        };
        let mut rounded = Short { words, exponent: self.exponent, is_negative: self.is_negative };
        let (raised, mut overflows) = (&mut rounded.words, false);
        for i in 0..WORDS {
            let unit = if is_raised { unit[i] } else { 0 };
            (raised[i], overflows) = raised[i].carrying_add(unit, overflows);
        }
        if overflows {
            rounded.words[WORDS - 1] = TOP;
            rounded.exponent += 1;
        }
        Cut { rounded, rest, is_raised }
    }
}

/// A number rounded to fewer bits.
struct Cut<const WORDS: usize> {
    rounded: Short<WORDS>,
    /// The 64 bits behind the last one kept, the lowest also standing for all that follow.
    rest: u64,
    /// Whether the number was rounded away from zero.
    is_raised: bool,
}

/// Cuts `words.rest` to fewer bits than there are in the words: the last bit kept, whether it is set, and the 64 bits behind it, the lowest
/// of which also stands for all that follow.
#[inline]
fn cut<const WORDS: usize>(words: &mut [u64; WORDS], mut rest: u64, bits: u32) -> ([u64; WORDS], bool, u64) {
    let (mut unit, mut is_odd) = ([0; WORDS], false);
    let unused = 64 * WORDS as u32 - bits;
    for (i, word) in words.iter_mut().enumerate() {
        // The bits of this word that are below the last one kept.
        let below = unused.saturating_sub(64 * i as u32);
        if below >= 64 {
            rest = *word | u64::from(rest != 0);
            *word = 0;
        } else if below > 0 {
            rest = *word << (64 - below) | rest >> below | u64::from(rest << (64 - below) != 0);
            *word = *word >> below << below;
        }
        if below < 64 && (below > 0 || 64 * i as u32 == unused) {
            unit[i] = 1 << below;
            is_odd = *word >> below & 1 != 0;
        }
    }
    (unit, is_odd, rest)
}
