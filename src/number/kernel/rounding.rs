//! From exact sums to MPFR numbers.

use rug::float::{MiniFloat, Round};
use rug::integer::Order;

use super::Magnitude;
use super::limbs::{MOST_LIMBS, RADIX_BITS, window};
use super::rounding_error;

/// 64-bit words that hold 2N − 1 sums and their carries.
const WORDS: usize = (RADIX_BITS as usize * (2 * MOST_LIMBS - 2) + 128).div_ceil(64) + 1;

/// `2^scale · Σ sums[c] 2^(58 c)`, rounded to nearest at `bits` bits, and an upper bound of the error that is exact to 2^−52 of
/// itself. Every sum is below 2^126 in absolute value. `digits` is room to work in.
#[inline]
pub(super) fn round(sums: &[i128], scale: i64, bits: u32, digits: &mut rug::Integer) -> (rug::Float, Magnitude) {
    let (words, is_negative) = absolute(sums);
    if bits > u128::BITS {
        digits.assign_digits(&words, Order::Lsf);
        if is_negative {
            *digits *= -1;
        }
        return round_integer(digits, scale, bits);
    }
    let Some(top) = words.iter().rposition(|word| *word != 0) else {
        return (rug::Float::new(bits), Magnitude::ZERO);
    };
    let zeros = words[top].leading_zeros();
    // The words of the number with its highest bit at the top of the first one.
    let word = |index: usize| {
        let at = |index: usize| top.checked_sub(index).map_or(0, |index| words[index]);
        if zeros == 0 { at(index) } else { at(index) << zeros | at(index + 1) >> (64 - zeros) }
    };
    let head = u128::from(word(0)) << 64 | u128::from(word(1));
    let has_more = word(3) != 0 || words[..top.saturating_sub(3)].iter().any(|word| *word != 0);
    let tail = u128::from(word(2)) << 64 | u128::from(has_more);
    let exponent = scale + 64 * (top as i64 + 1) - i64::from(zeros);
    let (rounded, carry, distance) = nearest(head, tail, bits);
    let mini = MiniFloat::const_from_u128(rounded);
    let shift = shift(exponent + i64::from(carry) - 128);
    let (value, shifting) = rug::Float::with_val_round(bits, &*mini.borrow() << shift, Round::Nearest);
    let error = if shifting.is_ne() {
        rounding_error(&value)
    } else {
        Magnitude::above_scaled(distance, exponent - i64::from(bits) - 64)
    };
    (if is_negative { -value } else { value }, error)
}

/// `2^scale · value`, rounded to nearest at `bits` bits, and an upper bound of the error that is exact to 2^−52 of itself.
pub(super) fn round_integer(value: &rug::Integer, scale: i64, bits: u32) -> (rug::Float, Magnitude) {
    let (mut float, rounding) = rug::Float::with_val_round(bits, value, Round::Nearest);
    let Some(exponent) = float.get_exp() else { return (float, Magnitude::ZERO) };
    float <<= shift(scale);
    if float.get_exp().is_none_or(|shifted| i64::from(shifted) != i64::from(exponent) + scale) {
        let error = rounding_error(&float);
        return (float, error);
    }
    if rounding.is_eq() {
        return (float, Magnitude::ZERO);
    }
    let length = i64::from(value.significant_bits());
    let limbs = value.as_limbs();
    let rest = window(limbs, 8 * size_of_val(limbs) as i64 - length + i64::from(bits));
    // More may follow after these 64 bits.
    let distance = distance_from_nearest(rest, true);
    (float, Magnitude::above_scaled(distance, scale + length - i64::from(bits) - 64))
}

/// The distance of rest·2^−64, or a little more if more follows, from the nearer of 0 and 1; times 2^64 and not rounded downward by more
/// than an f64 is.
#[inline]
fn distance_from_nearest(rest: u64, has_more: bool) -> f64 {
    if rest >> 63 == 0 { (rest + u64::from(has_more)) as f64 } else { (u64::MAX - rest) as f64 + 1.0 }
}

/// A shift that leaves the range of MPFR's exponents wherever the one asked for does.
fn shift(exponent: i64) -> i32 {
    exponent.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// `head`, whose highest bit is set, and what follows it in `tail`, rounded to the `bits` highest bits of `head`, ties to even;
/// whether that was a power of two higher; and the error in units of 2^−64 of the last bit kept.
#[inline]
fn nearest(head: u128, tail: u128, bits: u32) -> (u128, bool, f64) {
    const HALF: u128 = 1 << 127;
    let unused = u128::BITS - bits;
    let (kept, rest, has_more) = if unused == 0 {
        (head, tail, false)
    } else {
        (head >> unused << unused, head << bits | tail >> unused, tail << bits != 0)
    };
    let distance = distance_from_nearest((rest >> 64) as u64, rest as u64 != 0 || has_more);
    let is_odd = kept >> unused & 1 == 1;
    if rest < HALF || rest == HALF && !has_more && !is_odd {
        return (kept, false, distance);
    }
    match kept.checked_add(1 << unused) {
        Some(rounded) => (rounded, false, distance),
        None => (HALF, true, distance),
    }
}

/// The absolute value of `Σ sums[c] 2^(58 c)` in 64-bit words, the lowest first, and whether the sum is negative.
#[inline]
fn absolute(sums: &[i128]) -> ([u64; WORDS], bool) {
    const MASK: i128 = (1 << RADIX_BITS) - 1;
    let mut words = [0; WORDS];
    let (mut carry, mut pending, mut filled, mut next) = (0_i128, 0_u128, 0, 0);
    for sum in sums {
        let total = sum + carry;
        carry = total >> RADIX_BITS;
        pending |= ((total & MASK) as u128) << filled;
        filled += RADIX_BITS;
        if filled >= 64 {
            words[next] = pending as u64;
            next += 1;
            pending >>= 64;
            filled -= 64;
        }
    }
    // The last carry is below 2^69: with its sign it ends in the three words above.
    let low = pending | (carry as u128) << filled;
    let high = if filled == 0 { carry >> 127 } else { carry >> (128 - filled) };
    words[next] = low as u64;
    words[next + 1] = (low >> 64) as u64;
    words[next + 2] = high as u64;
    let is_negative = carry < 0;
    if is_negative {
        // Two's complement of the words in use: those above are zero.
        let mut borrow = true;
        for word in &mut words[..next + 3] {
            (*word, borrow) = (!*word).overflowing_add(u64::from(borrow));
        }
    }
    (words, is_negative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rug::{Integer, Rational};

    /// 2^−64 of the last place of a number at `bits` bits.
    fn exact_unit(value: &Integer, bits: u32) -> Rational {
        Rational::from(1) << (value.significant_bits() as i32 - bits as i32 - 63)
    }

    #[test]
    fn sums_of_every_sign_and_size_are_rounded_as_mpfr_rounds_the_integer() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 20
        };
        for length in 1..2 * MOST_LIMBS {
            for case in 0..400 {
                let sums: Vec<i128> = (0..length)
                    .map(|_| {
                        let digits = i128::from(random()) << 88 | i128::from(random()) << 44 | i128::from(random());
                        let short = digits >> (random() % 127);
                        let sum = match (case % 8, random() % 4) {
                            (0, _) | (_, 0) => 0,
                            (1, _) => (1 << 126) - 1,
                            (2, _) => 1 << (random() % 126),
                            (3, 1) => (1 << 58) - 1,
                            _ => short & ((1 << 126) - 1),
                        };
                        if random() % 2 == 0 { -sum } else { sum }
                    })
                    .collect();
                let mut exact = Integer::new();
                for sum in sums.iter().rev() {
                    exact = (exact << RADIX_BITS) + sum;
                }
                for bits in [1, 2, 53, 63, 64, 65, 100, 127, 128, 129, 200, 256, 320] {
                    for scale in [0, -77, 1000] {
                        let (value, error) = round(&sums, scale, bits, &mut Integer::new());
                        let (expected, rounding) = rug::Float::with_val_round(bits, &exact, Round::Nearest);
                        let missed = (expected.to_rational().unwrap_or_default() - &exact).abs() << scale as i32;
                        assert_eq!(value, expected << scale as i32, "{sums:?} at {bits} bits");
                        assert_eq!(error.is_zero(), rounding.is_eq(), "{sums:?} at {bits} bits");
                        let error = error.to_rational().unwrap_or_default();
                        assert!(missed <= error, "{sums:?} at {bits} bits");
                        assert!(error <= missed.clone() + (missed >> 40) + (exact_unit(&exact, bits) << scale as i32));
                        assert_eq!(value.prec(), bits);
                    }
                }
            }
        }
    }

    #[test]
    fn what_leaves_the_range_says_that_it_was_rounded() {
        for bits in [64, 200] {
            for scale in [1 << 31, -(1_i64 << 31), 1 << 40, -(1_i64 << 40)] {
                let (value, error) = round(&[0, 1], scale, bits, &mut Integer::new());
                assert!(!error.is_zero());
                assert_eq!(value.is_infinite(), scale > 0);
                assert!(scale > 0 || value.is_zero());
            }
            // The smallest positive number, and one below it.
            let least = i64::from(rug::float::exp_min()) - 1;
            let (value, error) = round(&[1], least, bits, &mut Integer::new());
            assert!(error.is_zero() && value > 0);
            assert_eq!(value.to_rational(), Some(Rational::from(1) << least as i32));
            let error = round(&[1], least - 2, bits, &mut Integer::new()).1;
            assert!(error >= Magnitude::power_of_two(least - 2));
        }
    }
}
