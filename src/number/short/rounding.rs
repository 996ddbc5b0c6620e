//! From exact results to rounded ones.

use super::words::{TOP, any, shifted_left};
use super::{Round, Rounded, Short};

/// A result before rounding, `± words.next · 2^exponent` with the point behind the highest bit, which is set unless the number is zero.
///
/// The lowest bit of `next` also stands for all that follows it, the *sticky* bit: it stands too low to be moved to where the rounding
/// looks, for bits are cut off only from numbers that are too small to cancel more than one bit of the other.
pub(super) struct Unrounded<const N: usize> {
    pub(super) words: [u64; N],
    pub(super) next: u64,
    pub(super) exponent: i32,
    pub(super) is_negative: bool,
}

impl<const N: usize> Unrounded<N> {
    #[inline]
    pub(super) fn exactly(Short { words, exponent, is_negative }: Short<N>) -> Self {
        Self { words, next: 0, exponent, is_negative }
    }

    /// The same number, whose highest bits may be zero, with its highest bit set; if it is zero, with the sign that rounding gives it.
    #[inline]
    pub(super) fn normalised(mut self, round: Round) -> Self {
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
    #[inline]
    pub(super) fn rounded<const WORDS: usize>(self, bits: u32, round: Round) -> Rounded<WORDS> {
        const { assert!(WORDS <= N) };
        let words: [u64; WORDS] = std::array::from_fn(|i| self.words[N - WORDS + i]);
        let next = match N - WORDS {
            0 => self.next,
            more => self.words[more - 1] | u64::from(any(&self.words[..more - 1]) || self.next != 0),
        };
        let Cut { words, unit, is_odd, has_half, has_less } = if bits == 64 * WORDS as u32 {
            let mut unit = [0; WORDS];
            unit[0] = 1;
            Cut { words, unit, is_odd: words[0] & 1 != 0, has_half: next & TOP != 0, has_less: next & !TOP != 0 }
        } else {
            cut(words, next, bits)
        };
        let is_exact = !(has_half || has_less);
        let is_raised = match round {
            Round::Nearest => has_half & (has_less | is_odd),
            Round::Down => self.is_negative && !is_exact,
            Round::Up => !self.is_negative && !is_exact,
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
        (rounded, is_exact)
    }
}

/// A significand cut behind some of its bits, and what was cut off as far as rounding looks at it.
struct Cut<const WORDS: usize> {
    words: [u64; WORDS],
    /// The last bit kept.
    unit: [u64; WORDS],
    is_odd: bool,
    /// Whether the first bit cut off is set.
    has_half: bool,
    /// Whether any other is.
    has_less: bool,
}

/// `words.next` cut to fewer bits than there are in the words.
#[inline]
fn cut<const WORDS: usize>(words: [u64; WORDS], next: u64, bits: u32) -> Cut<WORDS> {
    let mut cut = Cut { words, unit: [0; WORDS], is_odd: false, has_half: false, has_less: next != 0 };
    let unused = 64 * WORDS as u32 - bits;
    for (i, word) in words.into_iter().enumerate() {
        // The bits of this word that are below the last one kept.
        let below = unused.saturating_sub(64 * i as u32);
        if below > 64 {
            cut.has_less |= word != 0;
            cut.words[i] = 0;
        } else if below > 0 {
            cut.has_half = word >> (below - 1) & 1 != 0;
            cut.has_less |= word << (64 - below) << 1 != 0;
            cut.words[i] = if below == 64 { 0 } else { word >> below << below };
        }
        if below < 64 && (below > 0 || 64 * i as u32 == unused) {
            cut.unit[i] = 1 << below;
            cut.is_odd = word >> below & 1 != 0;
        }
    }
    cut
}
