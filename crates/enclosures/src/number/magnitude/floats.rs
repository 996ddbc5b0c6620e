//! Magnitudes from and to MPFR numbers and f64, and beside them.

use std::cmp::Ordering;

use rug::Assign;
use rug::float::Round;

use super::Magnitude;

impl Magnitude {
    /// The least magnitude that is not below |value|; infinite if `value` is NaN or infinite.
    #[must_use]
    #[inline]
    pub fn above(value: &rug::Float) -> Self {
        match leading(value) {
            Some((mantissa, exponent, exact)) => {
                Self::rounded_up(if exact { mantissa } else { mantissa.next_up() }, exponent)
            }
            None if value.is_zero() => Self::ZERO,
            None => Self::INFINITE,
        }
    }

    /// The greatest magnitude that is not above |value|; zero if `value` is NaN or infinite.
    #[must_use]
    #[inline]
    pub fn below(value: &rug::Float) -> Self {
        leading(value).map_or(Self::ZERO, |(mantissa, exponent, _)| Self::rounded_down(mantissa, exponent))
    }

    /// The least magnitude that is not below a number cut to its 53 highest bits, given as in
    /// [`compare_with_cut`](Self::compare_with_cut).
    #[inline]
    pub(in crate::number) fn above_cut((bits, is_cut): (u64, bool), exponent: i64) -> Self {
        let mantissa = mantissa_of(bits);
        Self::rounded_up(if is_cut { mantissa.next_up() } else { mantissa }, exponent)
    }

    /// The greatest magnitude that is not above a number cut to its 53 highest bits.
    #[inline]
    pub(in crate::number) fn below_cut((bits, _): (u64, bool), exponent: i64) -> Self {
        Self::rounded_down(mantissa_of(bits), exponent)
    }

    /// The least magnitude that is not below |value|; infinite if `value` is NaN or infinite.
    #[must_use]
    pub fn above_f64(value: f64) -> Self {
        if value.is_normal() {
            return Self::normalised(value.abs(), 0, Self::rounded_up);
        }
        Self::above(&rug::Float::with_val(53, value))
    }

    /// The least magnitude that is not below |value|.
    #[must_use]
    pub fn above_rational(value: &rug::Rational) -> Self {
        Self::above(&rug::Float::with_val_round(53, value, Round::AwayZero).0)
    }

    /// A 53-bit MPFR number that is not below: exact unless the exponent is out of MPFR's range.
    #[must_use]
    pub fn to_float(self) -> rug::Float {
        let mut value = rug::Float::with_val(53, self.mantissa);
        if self.exponent().is_none() {
            return value;
        }
        match i32::try_from(self.exponent) {
            // A shift rounds to nearest where it underflows, and must not end at zero.
            Ok(exponent) if exponent >= rug::float::exp_min() - 1 => value <<= exponent,
            Err(_) if self.exponent > 0 => value.assign(rug::float::Special::Infinity),
            _ => value = smallest_float(),
        }
        value
    }

    /// An f64 that is not below.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.to_float().to_f64_round(Round::Up)
    }

    /// The exact value; `None` if infinite.
    #[must_use]
    pub fn to_rational(self) -> Option<rug::Rational> {
        if self.is_infinite() {
            return None;
        }
        let mantissa = rug::Rational::from_f64(self.mantissa)?;
        // Beyond 2^±(2^31) there would be no memory for the digits; magnitudes of balls are within MPFR's range.
        let exponent = i32::try_from(self.exponent).ok()?;
        Some(mantissa << exponent)
    }

    /// Compares with |value| exactly; `value` must not be NaN.
    pub(crate) fn compare_with_absolute(self, value: &rug::Float) -> Ordering {
        match leading(value) {
            None if value.is_zero() => self.mantissa.total_cmp(&0.0),
            None => {
                if self.is_infinite() {
                    Ordering::Equal
                } else {
                    Ordering::Less
                }
            }
            Some((mantissa, exponent, exact)) => self.compare_with_truncated(Self { mantissa, exponent }, exact),
        }
    }

    /// Compares with a number cut to its 53 highest bits, exactly: the bits, of which the highest is set, whether something was cut
    /// off, and the exponent of the highest bit.
    #[inline]
    pub(in crate::number) fn compare_with_cut(self, (bits, is_cut): (u64, bool), exponent: i64) -> Ordering {
        self.compare_with_truncated(Self { mantissa: mantissa_of(bits), exponent }, !is_cut)
    }

    fn compare_with_truncated(self, truncated: Self, exact: bool) -> Ordering {
        match self.cmp(&truncated) {
            Ordering::Equal if !exact => Ordering::Less,
            order => order,
        }
    }
}

/// The smallest positive MPFR number.
fn smallest_float() -> rug::Float {
    rug::Float::with_val(53, rug::Float::u_exp(1, rug::float::exp_min() - 1))
}

/// The number in [1, 2) with a significand of 53 bits.
#[inline]
fn mantissa_of(bits: u64) -> f64 {
    f64::from_bits((1023 << 52) | (bits & ((1 << 52) - 1)))
}

/// |value| cut to a mantissa in [1, 2) of 53 bits, its exponent, and whether nothing was cut off; `None` for zero, NaN
/// and infinities. Read from MPFR's own limbs: this is the inner loop of every ball operation.
#[inline]
fn leading(value: &rug::Float) -> Option<(f64, i64, bool)> {
    let significand = value.get_significand()?;
    let exponent = i64::from(value.get_exp()?) - 1;
    // MPFR normalises the significand: the highest bit of its highest limb is set.
    let mut limbs = significand.as_limbs().iter().rev();
    let mut top = 0_u64;
    let mut filled = 0;
    while filled < 64
        && let Some(limb) = limbs.next()
    {
        filled += 8 * size_of_val(limb);
        #[allow(clippy::unnecessary_cast, reason = "a limb has 32 bits on some machines")]
        {
            top |= (*limb as u64) << (64 - filled);
        }
    }
    let exact = top & 0x7ff == 0 && limbs.all(|limb| *limb == 0);
    Some((mantissa_of(top >> 11), exponent, exact))
}
