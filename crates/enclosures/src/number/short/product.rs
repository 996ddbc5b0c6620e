//! Products, and sums with a product.

use super::words::{TOP, product, shifted_left};
use super::{Round, Rounded, Short, Unrounded};

impl<const WORDS: usize> Short<WORDS> {
    /// The product of two numbers in twice as many words, where it is exact.
    #[inline(always)]
    fn exact_product<const DOUBLE: usize>(self, other: Self) -> Short<DOUBLE> {
        let is_negative = self.is_negative != other.is_negative;
        if self.is_zero() || other.is_zero() {
            return Short::zero(is_negative);
        }
        let words: [u64; DOUBLE] = product(self.words, other.words);
        let exponent = self.exponent + other.exponent;
        if words[DOUBLE - 1] & TOP != 0 {
            Short { words, exponent: exponent + 1, is_negative }
        } else {
            Short { words: shifted_left(words, 0, 1).0, exponent, is_negative }
        }
    }
}

macro_rules! products {
    ($words:literal, $double:literal) => {
        impl Short<$words> {
            /// The product, rounded to `bits` bits.
            #[inline]
            pub(in crate::number) fn times(self, other: Self, bits: u32) -> Rounded<$words> {
                Unrounded::exactly(self.exact_product::<$double>(other)).rounded(bits, Round::Nearest)
            }

            /// `self + left · right`, rounded once to `bits` bits.
            #[inline]
            pub(in crate::number) fn plus_product(self, left: Self, right: Self, bits: u32) -> Rounded<$words> {
                let product = left.exact_product::<$double>(right);
                self.widened::<$double>().unrounded_sum(product, Round::Nearest).rounded(bits, Round::Nearest)
            }
        }
    };
}

products!(2, 4);
products!(4, 8);
