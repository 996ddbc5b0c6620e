//! From and to MPFR numbers, and f64.

use rug::float::MiniFloat;

use super::words::any;
use super::{Round, Short};

impl<const WORDS: usize> Short<WORDS> {
    /// A finite f64, exactly.
    #[inline]
    pub(in crate::number) fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
        let significand = if exponent == 0 { fraction } else { fraction | 1 << 52 };
        Self::from_integer(value.is_sign_negative(), significand, exponent.max(1) - 1075)
    }

    /// An MPFR number, exactly; `None` if it is not finite or has more bits of precision than there is room for.
    #[inline]
    pub(in crate::number) fn from_float(value: &rug::Float) -> Option<Self> {
        let is_negative = value.is_sign_negative();
        if value.prec() > Self::BITS {
            return None;
        }
        let (Some(significand), Some(exponent)) = (value.get_significand(), value.get_exp()) else {
            return value.is_zero().then_some(Self::zero(is_negative));
        };
        // The highest bit of the highest limb is set. A limb has 64 bits or, on some machines, 32.
        let mut words = [0; WORDS];
        let limbs = significand.as_limbs();
        let limbs_in_word = size_of::<u64>() / size_of_val(&limbs[0]);
        for (index, limb) in limbs.iter().rev().enumerate() {
            let place = limbs_in_word - 1 - index % limbs_in_word;
            #[allow(clippy::unnecessary_cast, reason = "a limb has 32 bits on some machines")]
            {
                words[WORDS - 1 - index / limbs_in_word] |= (*limb as u64) << (8 * size_of_val(limb) * place);
            }
        }
        Some(Self { words, exponent: exponent - 1, is_negative })
    }

    /// The MPFR number of precision `bits`, which must be enough for the number: then it is the same.
    pub(in crate::number) fn to_float(self, bits: u32) -> rug::Float {
        let mut value = rug::Float::new(bits);
        // Two words at a time, from the highest: `bits` is enough for each sum, and shifts are exact.
        for pair in self.words.rchunks(2) {
            let pair = pair.iter().rev().fold(0_u128, |pair, word| pair << 64 | u128::from(*word));
            value <<= 128;
            if pair != 0 {
                value += &*MiniFloat::const_from_u128(pair).borrow();
            }
        }
        value <<= self.exponent - (64 * WORDS as i32 - 1);
        if self.is_negative { -value } else { value }
    }

    /// The nearest f64 in the direction of rounding, by MPFR where f64 has fewer than its 53 bits.
    pub(in crate::number) fn to_f64(self, round: Round) -> f64 {
        if self.is_zero() {
            return if self.is_negative { -0.0 } else { 0.0 };
        }
        if !(-1022..1023).contains(&self.exponent) {
            return self.to_float(Self::BITS).to_f64_round(match round {
                Round::Nearest => rug::float::Round::Nearest,
                Round::Down => rug::float::Round::Down,
                Round::Up => rug::float::Round::Up,
            });
        }
        let (leading, is_cut) = self.leading();
        let (top, is_odd) = (self.words[WORDS - 1], leading & 1 != 0);
        let is_above_middle = top << 54 != 0 || any(&self.words[..WORDS - 1]);
        let is_raised = match round {
            Round::Nearest => top >> 10 & 1 != 0 && (is_above_middle || is_odd),
            Round::Down => self.is_negative && is_cut,
            Round::Up => !self.is_negative && is_cut,
        };
        // Both factors and the product are exact: the exponent is that of a normal number.
        let power_of_two = f64::from_bits(((self.exponent + 1023) as u64) << 52);
        let size = (leading + u64::from(is_raised)) as f64 / (1_u64 << 52) as f64 * power_of_two;
        if self.is_negative { -size } else { size }
    }
}
