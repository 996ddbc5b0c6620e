//! f64 by its bits.

/// The next number above one that is not negative, and finite.
#[inline]
pub(crate) const fn successor(value: f64) -> f64 {
    f64::from_bits(value.to_bits() + 1)
}

/// `2^exponent`, for exponents from −1022 to 1023.
#[inline]
pub(crate) const fn power_of_two(exponent: i32) -> f64 {
    const BIAS: i32 = f64::MAX_EXP - 1;
    f64::from_bits(((exponent + BIAS) as u64) << (f64::MANTISSA_DIGITS - 1))
}
