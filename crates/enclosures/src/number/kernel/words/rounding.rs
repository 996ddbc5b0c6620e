//! From sums of digits to a number of a few words, rounded once.

use super::super::lanes::{DIGIT_BITS, MASK};
use super::Entry;
use crate::number::bits::{power_of_two, successor};
use crate::number::short::{Short, Unrounded};

/// Zero words below those of a sum, so that every word that rounding looks at is there.
const BELOW: usize = 6;

/// The words of the longest sum, and those below.
const MOST_WORDS: usize = BELOW + 10;

/// The words of a sum of `count` digits and of the carry of the highest.
const fn words_of(count: usize) -> usize {
    (DIGIT_BITS * count + 13).div_ceil(64)
}

/// `2^scale · Σ digits[c] 2^(52 c)`, the digits being signed and below 2^63 − 2^12 in absolute value, rounded to nearest at `bits` bits, ties to
/// even; its radius is an upper bound of the rounding error, which is good to 2^−51 of itself unless it is below 2^−900.
#[inline(always)]
pub(super) fn rounded<const COUNT: usize, const WORDS: usize>(
    digits: [u64; COUNT],
    scale: i32,
    bits: u32,
) -> Entry<WORDS> {
    const { assert!(WORDS + 2 <= BELOW && BELOW + words_of(COUNT) <= MOST_WORDS) };
    let (all, is_negative) = absolute(digits);
    let Some(top) = (BELOW..BELOW + words_of(COUNT)).rev().find(|place| all[*place] != 0) else {
        return Entry { centre: Short::ZERO, radius: 0.0 };
    };
    let zeros = all[top].leading_zeros();
    // The words with the highest bit at the top of the first one.
    let word = |place: usize| all[place] << zeros | all[place - 1] >> 1 >> (63 - zeros);
    let next = top - WORDS;
    let has_more = all[next - 1] << zeros != 0 || all[..next - 1].iter().any(|word| *word != 0);
    let sum = Unrounded::<WORDS> {
        words: std::array::from_fn(|place| word(next + 1 + place)),
        next: word(next) | u64::from(has_more),
        exponent: scale + 64 * (top - BELOW + 1) as i32 - zeros as i32 - 1,
        is_negative,
    };
    // Before a carry makes the exponent larger.
    let last_place = sum.exponent + 1 - bits as i32;
    let (centre, error) = sum.rounded_with_error(bits);
    let radius = if error == 0 { 0.0 } else { successor(error as f64) * power_of_two((last_place - 64).max(-900)) };
    Entry { centre, radius }
}

/// The absolute value of `Σ digits[c] 2^(52 c)` in words, the lowest at place [`BELOW`], and whether the sum is negative.
#[inline(always)]
fn absolute<const COUNT: usize>(digits: [u64; COUNT]) -> ([u64; MOST_WORDS], bool) {
    let mut words = [0; MOST_WORDS];
    let mut carry = 0;
    for (place, digit) in digits.into_iter().enumerate() {
        let sum = digit as i64 + carry;
        carry = sum >> DIGIT_BITS;
        let digit = sum as u64 & MASK;
        let (word, shift) = (BELOW + DIGIT_BITS * place / 64, DIGIT_BITS * place % 64);
        words[word] |= digit << shift;
        if shift > 64 - DIGIT_BITS {
            words[word + 1] |= digit >> (64 - shift);
        }
    }
    let (word, shift) = (BELOW + DIGIT_BITS * COUNT / 64, DIGIT_BITS * COUNT % 64);
    words[word] |= (carry as u64) << shift;
    if word + 1 < BELOW + words_of(COUNT) {
        words[word + 1] = (carry >> (64 - shift)) as u64;
    }
    // Two's complement.
    let sign = (carry >> 63) as u64;
    let mut borrow = sign == u64::MAX;
    for word in &mut words[BELOW..BELOW + words_of(COUNT)] {
        (*word, borrow) = (*word ^ sign).overflowing_add(u64::from(borrow));
    }
    (words, carry < 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::following;
    use rug::float::Round;
    use rug::{Float, Integer, Rational};

    fn check<const COUNT: usize, const WORDS: usize>() {
        let mut state = 7_u64;
        let mut random = || {
            state = following(state);
            state >> 12
        };
        for case in 0..1500 {
            let digits: [u64; COUNT] = std::array::from_fn(|place| {
                let any = ((random() << 11) ^ random()) >> (random() % 64);
                let digit = match (case % 9, random() % 4) {
                    (0, _) | (_, 0) => 0,
                    (1, _) => (1 << 63) - (1 << 12),
                    (2, _) => 1 << (random() % 63),
                    (3, _) => (1 << 52) - 1,
                    (4, _) => u64::from(place == 0 || place + 1 == COUNT),
                    _ => any >> 1,
                };
                if random() % 2 == 0 && case % 9 != 3 { digit.wrapping_neg() } else { digit }
            });
            let exact = digits.iter().rev().fold(Integer::new(), |sum, digit| (sum << DIGIT_BITS) + *digit as i64);
            let most = 64 * WORDS as u32;
            for bits in [1, 2, 53, 63, 64, 65, 100, 127, 128, 129, 191, 192, 193, 255, 256] {
                if bits > most {
                    continue;
                }
                for scale in [0, -77, 300] {
                    let Entry { centre, radius } = rounded::<COUNT, WORDS>(digits, scale, bits);
                    let (words, is_negative, exponent) = (centre.words(), centre.is_negative(), centre.exponent() + 1);
                    let (expected, rounding) = Float::with_val_round(bits, &exact, Round::Nearest);
                    let expected = expected.to_rational().unwrap_or_default() << scale;
                    let size = words.iter().rev().fold(Integer::new(), |sum, word| (sum << 64) + word);
                    let value = Rational::from(if is_negative { -size } else { size }) << (exponent - most as i32);
                    assert_eq!(value, expected, "{digits:?} at {bits} bits");
                    assert!(value == 0 || words[WORDS - 1] >> 63 == 1);
                    assert_eq!(radius == 0.0, rounding.is_eq(), "{digits:?} at {bits} bits");
                    let (missed, radius) =
                        ((expected - (Rational::from(&exact) << scale)).abs(), Rational::from_f64(radius));
                    let radius = radius.unwrap_or_default();
                    assert!(missed <= radius, "{digits:?} at {bits} bits");
                    // Of what follows the last bit, 64 bits are looked at.
                    let unit = Rational::from(1) << (exponent - bits as i32 - 62);
                    assert!(radius <= missed.clone() + (missed >> 50) + unit, "{digits:?} at {bits} bits");
                }
            }
        }
    }

    #[test]
    fn sums_of_every_sign_and_size_are_rounded_as_mpfr_rounds_the_integer() {
        check::<4, 2>();
        check::<6, 2>();
        check::<7, 4>();
        check::<12, 4>();
    }
}
