//! From exact integers to MPFR numbers.

use rug::float::Round;

use super::{Magnitude, rounding_error};

/// `2^scale · value`, rounded to nearest at `bits` bits, and an upper bound of the error that is exact to 2^−52 of itself.
pub(super) fn rounded(value: &rug::Integer, scale: i64, bits: u32) -> (rug::Float, Magnitude) {
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

/// The 64 bits of an integer from bit `offset` on, counted from the highest of its limbs; zero after the last.
#[inline]
fn window<L: Copy + Into<u64>>(limbs: &[L], offset: i64) -> u64 {
    let (index, shift) = ((offset / 64) as usize, (offset % 64) as u32);
    let high = word(limbs, index) << shift;
    if shift == 0 { high } else { high | word(limbs, index + 1) >> (64 - shift) }
}

/// The 64 bits that end `index` · 64 bits below the highest bit of the limbs; zero beyond the last.
#[inline]
fn word<L: Copy + Into<u64>>(limbs: &[L], index: usize) -> u64 {
    let limb = |from_top: usize| limbs.len().checked_sub(from_top + 1).map_or(0, |i| limbs[i].into());
    // A limb has 32 bits on some machines.
    if size_of::<L>() == size_of::<u64>() { limb(index) } else { limb(2 * index) << 32 | limb(2 * index + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::following;
    use rug::{Integer, Rational};

    #[test]
    fn integers_of_every_sign_and_size_are_rounded_as_by_mpfr() {
        let mut state = 7_u64;
        let mut random = || {
            state = following(state);
            state >> 20
        };
        for case in 0..3000_u64 {
            let length = 1 + (random() % 700) as u32;
            let digits = (0..length / 40 + 1).fold(Integer::from(1), |digits, _| (digits << 40) + (random() >> 4));
            let exact = match case % 6 {
                0 => Integer::from(1) << length,
                1 => (Integer::from(1) << length) - 1u32,
                2 => (Integer::from(1) << length) + (random() % 3),
                // A middle between two numbers of fewer bits, and one beside it.
                3 => (((digits.keep_bits(length) << 1u32) + 1u32) << (random() % 200) as u32) + (random() % 2),
                4 => Integer::from(random() % 3),
                _ => digits.keep_bits(length),
            };
            let exact = if random().is_multiple_of(2) { -exact } else { exact };
            for bits in [1, 2, 53, 64, 65, 127, 128, 129, 200, 256, 320] {
                for scale in [0, -77, 1000] {
                    let (value, error) = rounded(&exact, scale, bits);
                    let (expected, rounding) = rug::Float::with_val_round(bits, &exact, Round::Nearest);
                    let missed = (expected.to_rational().unwrap_or_default() - &exact).abs() << scale as i32;
                    assert_eq!(value, expected << scale as i32, "{exact} at {bits} bits");
                    assert_eq!(error.is_zero(), rounding.is_eq(), "{exact} at {bits} bits");
                    let error = error.to_rational().unwrap_or_default();
                    assert!(missed <= error, "{exact} at {bits} bits");
                    // To 2^−64 of the last place.
                    let unit = Rational::from(1) << (exact.significant_bits() as i32 - bits as i32 - 63);
                    assert!(error <= missed.clone() + (missed >> 40) + (unit << scale as i32));
                    assert_eq!(value.prec(), bits);
                }
            }
        }
    }

    #[test]
    fn what_leaves_the_range_says_that_it_was_rounded() {
        let (one, large) = (Integer::from(1), Integer::from(1) << 58);
        for bits in [64, 200] {
            for scale in [1 << 31, -(1_i64 << 31), 1 << 40, -(1_i64 << 40)] {
                let (value, error) = rounded(&large, scale, bits);
                assert!(!error.is_zero());
                assert_eq!(value.is_infinite(), scale > 0);
                assert!(scale > 0 || value.is_zero());
            }
            // The smallest positive number, and one below it.
            let least = i64::from(rug::float::exp_min()) - 1;
            let (value, error) = rounded(&one, least, bits);
            assert!(error.is_zero() && value > 0);
            assert_eq!(value.to_rational(), Some(Rational::from(1) << least as i32));
            let error = rounded(&one, least - 2, bits).1;
            assert!(error >= Magnitude::power_of_two(least - 2));
        }
    }
}
