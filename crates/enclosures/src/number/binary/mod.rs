//! MPFR numbers, of which the short ones are kept in words: the centres of balls, and the numbers of [`Float`](super::Float).
//!
//! A [`Binary`] is an MPFR number at a stated precision, bit for bit: value, precision, sign of zero, infinities and NaN. Up to 256 bits
//! and within 2^±[`EXPONENT_LIMIT`] it is a [`Short`], which allocates nothing; what is longer, farther out or not finite is
//! MPFR's own. Which of the two follows from the precision and the number alone. Sums, products and quotients, and roots of at most
//! 128 bits, are computed in words, exponentials and logarithms of 128 bits where words decide; all other functions by MPFR.

mod arithmetic;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Magnitude;
use super::short::Short;

/// Exponents of numbers kept in words are within ± this, so that those of their products and quotients fit in 32 bits and in MPFR's
/// range.
const EXPONENT_LIMIT: u32 = 1 << 28;

/// The largest precision that two words have room for.
const TWO: u32 = Short::<2>::BITS;

/// The largest precision that four words have room for.
const FOUR: u32 = Short::<4>::BITS;

/// An MPFR number. The variant follows from its precision and exponent.
#[derive(Clone, Debug)]
pub(in crate::number) enum Binary {
    /// A number of a precision of at most 128 bits, and the precision.
    Two(Short<2>, u32),
    /// A number of a precision of 129 to 256 bits, and the precision.
    Four(Short<4>, u32),
    /// Any other.
    Long(rug::Float),
}

/// A rounded number, and whether it is the exact one.
pub(in crate::number) type Rounded = (Binary, bool);

impl Binary {
    /// Zero; `bits` is a precision that MPFR has, here and everywhere.
    #[inline]
    pub(in crate::number) fn zero(bits: u32) -> Self {
        if bits <= TWO {
            Self::Two(Short::ZERO, bits)
        } else if bits <= FOUR {
            Self::Four(Short::ZERO, bits)
        } else {
            Self::Long(rug::Float::new(bits))
        }
    }

    /// A number that has been rounded to `bits` bits, at most 128.
    #[inline]
    pub(in crate::number) fn two(number: Short<2>, bits: u32) -> Self {
        debug_assert!(bits <= TWO, "{bits} bits in two words");
        if is_near(&number) { Self::Two(number, bits) } else { Self::Long(number.to_float(bits)) }
    }

    /// A number that has been rounded to `bits` bits, 129 to 256.
    #[inline]
    pub(in crate::number) fn four(number: Short<4>, bits: u32) -> Self {
        debug_assert!(bits > TWO && bits <= FOUR, "{bits} bits in four words");
        if is_near(&number) { Self::Four(number, bits) } else { Self::Long(number.to_float(bits)) }
    }

    /// An MPFR number, at its precision.
    #[inline]
    pub(in crate::number) fn from_float(value: rug::Float) -> Self {
        let bits = value.prec();
        let short = if bits <= TWO {
            Short::from_float(&value).filter(is_near).map(|number| Self::Two(number, bits))
        } else {
            Short::from_float(&value).filter(is_near).map(|number| Self::Four(number, bits))
        };
        short.unwrap_or(Self::Long(value))
    }

    /// As an MPFR number.
    pub(in crate::number) fn to_float(&self) -> Cow<'_, rug::Float> {
        match self {
            Self::Two(number, bits) => Cow::Owned(number.to_float(*bits)),
            Self::Four(number, bits) => Cow::Owned(number.to_float(*bits)),
            Self::Long(value) => Cow::Borrowed(value),
        }
    }

    /// As an MPFR number.
    pub(in crate::number) fn into_float(self) -> rug::Float {
        match self {
            Self::Two(number, bits) => number.to_float(bits),
            Self::Four(number, bits) => number.to_float(bits),
            Self::Long(value) => value,
        }
    }

    /// In four words, if the number is kept in words.
    #[inline]
    fn in_four(&self) -> Option<Short<4>> {
        match self {
            Self::Two(number, _) => Some(number.widened()),
            Self::Four(number, _) => Some(*number),
            Self::Long(_) => None,
        }
    }

    /// The precision.
    #[inline]
    pub(in crate::number) fn bits(&self) -> u32 {
        match self {
            Self::Two(_, bits) | Self::Four(_, bits) => *bits,
            Self::Long(value) => value.prec(),
        }
    }

    #[inline]
    pub(in crate::number) fn is_finite(&self) -> bool {
        match self {
            Self::Two(..) | Self::Four(..) => true,
            Self::Long(value) => value.is_finite(),
        }
    }

    #[inline]
    pub(in crate::number) fn is_zero(&self) -> bool {
        match self {
            Self::Two(number, _) => number.is_zero(),
            Self::Four(number, _) => number.is_zero(),
            Self::Long(value) => value.is_zero(),
        }
    }

    /// Whether the sign is minus, also that of zero.
    #[inline]
    pub(in crate::number) fn is_negative(&self) -> bool {
        match self {
            Self::Two(number, _) => number.is_negative(),
            Self::Four(number, _) => number.is_negative(),
            Self::Long(value) => value.is_sign_negative(),
        }
    }

    /// The e of `2^e ≤ |x| < 2^(e + 1)`, one less than MPFR's exponent; `None` for what is zero or not finite.
    #[inline]
    pub(in crate::number) fn exponent(&self) -> Option<i64> {
        match self {
            Self::Two(number, _) => (!number.is_zero()).then(|| number.exponent().into()),
            Self::Four(number, _) => (!number.is_zero()).then(|| number.exponent().into()),
            Self::Long(value) => value.get_exp().map(|exponent| i64::from(exponent) - 1),
        }
    }

    /// The least magnitude that is not below |x|; infinite if x is not finite.
    #[inline]
    pub(in crate::number) fn above(&self) -> Magnitude {
        match self {
            Self::Two(number, _) => above(number),
            Self::Four(number, _) => above(number),
            Self::Long(value) => Magnitude::above(value),
        }
    }

    /// The greatest magnitude that is not above |x|; zero if x is not finite.
    #[inline]
    pub(in crate::number) fn below(&self) -> Magnitude {
        match self {
            Self::Two(number, _) => below(number),
            Self::Four(number, _) => below(number),
            Self::Long(value) => Magnitude::below(value),
        }
    }

    /// An upper bound of the error of this number if it is finite and was rounded to nearest: half a unit of its last place, or the
    /// smallest positive number of MPFR's range where the result underflowed.
    #[inline]
    pub(in crate::number) fn rounding_error(&self) -> Magnitude {
        match self {
            // Far from where MPFR's range ends.
            Self::Two(number, bits) if !number.is_zero() => half_unit(number.exponent().into(), *bits),
            Self::Four(number, bits) if !number.is_zero() => half_unit(number.exponent().into(), *bits),
            _ => rounding_error(self.exponent(), self.bits()),
        }
    }

    /// |x| compared with a magnitude, exactly; x must not be NaN.
    #[inline]
    pub(in crate::number) fn compare_absolute(&self, magnitude: Magnitude) -> Ordering {
        match self {
            Self::Two(number, _) => compare_absolute(number, magnitude),
            Self::Four(number, _) => compare_absolute(number, magnitude),
            Self::Long(value) => magnitude.compare_with_absolute(value).reverse(),
        }
    }

    /// The numbers compared; `None` if one of them is NaN.
    pub(in crate::number) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Two(one, _), Self::Two(other, _)) => Some(one.compare(other)),
            _ => match (self.in_four(), other.in_four()) {
                (Some(one), Some(other)) => Some(one.compare(&other)),
                _ => self.to_float().partial_cmp(&other.to_float()),
            },
        }
    }

    /// The number compared with zero; `None` for NaN.
    #[inline]
    pub(in crate::number) fn compare_with_zero(&self) -> Option<Ordering> {
        match self {
            Self::Long(value) => value.cmp0(),
            _ if self.is_zero() => Some(Ordering::Equal),
            _ if self.is_negative() => Some(Ordering::Less),
            _ => Some(Ordering::Greater),
        }
    }
}

/// Numbers that may be kept in so many words.
pub(in crate::number) trait OfWords<const WORDS: usize>: Sized {
    /// The number in so many words, if it is kept in so many or fewer.
    fn to_short(&self) -> Option<Short<WORDS>>;

    /// A number that has been rounded to `bits` bits, for which it takes so many words, and that is not far out.
    fn from_short(number: Short<WORDS>, bits: u32) -> Self;
}

impl OfWords<2> for Binary {
    #[inline(always)]
    fn to_short(&self) -> Option<Short<2>> {
        match self {
            Self::Two(number, _) => Some(*number),
            _ => None,
        }
    }

    #[inline(always)]
    fn from_short(number: Short<2>, bits: u32) -> Self {
        debug_assert!(bits <= TWO && is_near(&number));
        Self::Two(number, bits)
    }
}

impl OfWords<4> for Binary {
    #[inline(always)]
    fn to_short(&self) -> Option<Short<4>> {
        self.in_four()
    }

    #[inline(always)]
    fn from_short(number: Short<4>, bits: u32) -> Self {
        debug_assert!(bits > TWO && bits <= FOUR && is_near(&number));
        Self::Four(number, bits)
    }
}

#[inline]
fn is_near<const WORDS: usize>(number: &Short<WORDS>) -> bool {
    number.exponent().unsigned_abs() <= EXPONENT_LIMIT
}

#[inline]
fn above<const WORDS: usize>(number: &Short<WORDS>) -> Magnitude {
    if number.is_zero() { Magnitude::ZERO } else { Magnitude::above_cut(number.leading(), number.exponent().into()) }
}

#[inline]
fn below<const WORDS: usize>(number: &Short<WORDS>) -> Magnitude {
    if number.is_zero() { Magnitude::ZERO } else { Magnitude::below_cut(number.leading(), number.exponent().into()) }
}

#[inline]
fn compare_absolute<const WORDS: usize>(number: &Short<WORDS>, magnitude: Magnitude) -> Ordering {
    if number.is_zero() {
        return if magnitude.is_zero() { Ordering::Equal } else { Ordering::Less };
    }
    magnitude.compare_with_cut(number.leading(), number.exponent().into()).reverse()
}

/// Half a unit of the last of `bits` bits of a number in `[2^exponent, 2^(exponent + 1))`.
#[inline]
fn half_unit(exponent: i64, bits: u32) -> Magnitude {
    Magnitude::power_of_two(exponent - i64::from(bits))
}

/// An upper bound of the error of a finite number of `bits` bits in `[2^exponent, 2^(exponent + 1))`, or zero, that was rounded to nearest.
#[inline]
pub(in crate::number) fn rounding_error(exponent: Option<i64>, bits: u32) -> Magnitude {
    let least = i64::from(rug::float::exp_min()) - 1;
    match exponent {
        // A number just above half the smallest positive one is rounded up to it: the exponent alone does not tell.
        Some(exponent) if exponent > least => half_unit(exponent, bits),
        _ => Magnitude::power_of_two(least),
    }
}
