//! Numbers as people write them, read exactly.
//!
//! rug's own parser refuses `0.1` and `1e5`, and a parser without limits lets twelve characters (`1e99999999`) ask for
//! forty megabytes: hence this one.

use rug::float::Round;
use rug::ops::Pow;
use rug::{Float, Integer, Rational};

/// The largest exponent of ten, in absolute value, that a decimal may have.
pub const MAX_EXPONENT: u32 = 9999;

/// The largest number of characters that a number may have.
pub const MAX_LENGTH: usize = 1_000_000;

/// One exact number, in the form in which it takes the least room.
#[derive(Clone, Debug, PartialEq)]
pub enum Compact {
    /// A finite f64.
    F64(f64),
    /// A rational that is no f64.
    Other(Rational),
}

impl Compact {
    /// The compact form of a rational.
    #[must_use]
    pub fn of(value: &Rational) -> Self {
        let nearest = nearest_f64(value);
        match Rational::from_f64(nearest) {
            Some(exact) if exact == *value => Self::F64(nearest),
            _ => Self::Other(value.clone()),
        }
    }
}

/// Why a text is not an exact number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Neither a decimal nor a fraction.
    #[error("is not a number")]
    Syntax,
    /// `p/0`.
    #[error("has a zero denominator")]
    ZeroDenominator,
    /// An exponent beyond ±[`MAX_EXPONENT`].
    #[error("has an exponent beyond ±{MAX_EXPONENT}")]
    Exponent,
    /// More than [`MAX_LENGTH`] characters.
    #[error("has more than {MAX_LENGTH} characters")]
    TooLong,
    /// NaN, an infinity, or a number beyond the range of f64.
    #[error("is not a finite f64")]
    NotFinite,
}

/// The exact value of a decimal (`0.1`, `-1.5e-3`) or of a fraction of integers (`1/1024`).
///
/// # Errors
///
/// A [`NumberError`]; spaces, underscores, `inf` and `nan` are no numbers.
///
/// ```
/// use enclosures::number::{NumberError, parse_exact};
/// assert_eq!(parse_exact("0.1"), Ok((1, 10).into()));
/// assert_eq!(parse_exact("-1.5e-3"), Ok((-3, 2000).into()));
/// assert_eq!(parse_exact("6/4"), Ok((3, 2).into()));
/// assert_eq!(parse_exact("1/0"), Err(NumberError::ZeroDenominator));
/// assert_eq!(parse_exact("1e99999999"), Err(NumberError::Exponent));
/// ```
pub fn parse_exact(text: &str) -> Result<Rational, NumberError> {
    if text.len() > MAX_LENGTH {
        return Err(NumberError::TooLong);
    }
    if let Some((numerator, denominator)) = text.split_once('/') {
        let (negative, numerator) = split_sign(numerator);
        let (numerator, denominator) = (digits(numerator)?, digits(denominator)?);
        if denominator == 0 {
            return Err(NumberError::ZeroDenominator);
        }
        let value = Rational::from((numerator, denominator));
        return Ok(if negative { -value } else { value });
    }
    let (negative, unsigned) = split_sign(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let value = digits(&format!("{whole}{fraction}"))?;
    // Both are bounded by MAX_LENGTH and MAX_EXPONENT.
    let shift = exponent - fraction.len() as i64;
    let power = Integer::from(10).pow(shift.unsigned_abs() as u32);
    let value = if shift < 0 { Rational::from((value, power)) } else { Rational::from(value * power) };
    Ok(if negative { -value } else { value })
}

/// The exact value of a decimal's nearest f64 (ties to even); an integer's own exact value.
///
/// This is how the numbers of a TOML file and the fields of a CSV file are read.
///
/// # Errors
///
/// A [`NumberError`]; a fraction is no number here.
///
/// ```
/// use enclosures::number::{NumberError, parse_nearest_f64};
/// assert_eq!(parse_nearest_f64("0.5"), Ok((1, 2).into()));
/// assert_ne!(parse_nearest_f64("0.1"), Ok((1, 10).into()));
/// assert_eq!(parse_nearest_f64("9007199254740993"), Ok(9_007_199_254_740_993_i64.into()));
/// assert_eq!(parse_nearest_f64("1e400"), Err(NumberError::NotFinite));
/// ```
pub fn parse_nearest_f64(text: &str) -> Result<Rational, NumberError> {
    match parse_compact(text)? {
        Compact::F64(value) => Rational::from_f64(value).ok_or(NumberError::NotFinite),
        Compact::Other(value) => Ok(value),
    }
}

/// The number that [`parse_nearest_f64`] gives, in the form in which it takes the least room.
///
/// # Errors
///
/// As there.
pub fn parse_compact(text: &str) -> Result<Compact, NumberError> {
    if let Some(value) = short_integer(text) {
        return Ok(Compact::F64(value));
    }
    if text.len() > MAX_LENGTH {
        return Err(NumberError::TooLong);
    }
    let (negative, unsigned) = split_sign(text);
    if let Ok(integer) = digits(unsigned) {
        return Ok(Compact::of(&Rational::from(if negative { -integer } else { integer })));
    }
    // The standard library's parser rounds to nearest, ties to even.
    let value: f64 = text.parse().map_err(|_| NumberError::Syntax)?;
    if value.is_finite() { Ok(Compact::F64(value)) } else { Err(NumberError::NotFinite) }
}

/// The integer of a text of up to 15 digits, which an f64 holds exactly.
fn short_integer(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = 10 * value + i64::from(byte - b'0');
    }
    Some(if negative { -value } else { value } as f64)
}

/// The f64 nearest to `value`, ties to even; ±∞ beyond the range of f64.
///
/// rug's `Rational::to_f64` rounds toward zero.
///
/// ```
/// use enclosures::number::{nearest_f64, parse_exact};
/// assert_eq!(nearest_f64(&parse_exact("0.1").unwrap()), 0.1);
/// assert_eq!(nearest_f64(&parse_exact("1e400").unwrap()), f64::INFINITY);
/// ```
#[must_use]
pub fn nearest_f64(value: &Rational) -> f64 {
    let (mut rounded, direction) = Float::with_val_round(f64::MANTISSA_DIGITS, value, Round::Nearest);
    // Subnormal numbers have fewer bits: without this they would be rounded twice.
    rounded.subnormalize_ieee_round(direction, Round::Nearest);
    rounded.to_f64()
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The value of a text of one or more decimal digits.
fn digits(text: &str) -> Result<Integer, NumberError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    text.parse().map_err(|_| NumberError::Syntax)
}

fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let (negative, unsigned) = split_sign(text);
    let value = digits(unsigned)?.to_u32().filter(|&value| value <= MAX_EXPONENT).ok_or(NumberError::Exponent)?;
    Ok(if negative { -i64::from(value) } else { i64::from(value) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(p: i64, q: i64) -> Rational {
        Rational::from((p, q))
    }

    #[test]
    fn decimals_are_exact() {
        for (text, value) in [
            ("0", ratio(0, 1)),
            ("-0", ratio(0, 1)),
            ("+7", ratio(7, 1)),
            ("007", ratio(7, 1)),
            ("0.1", ratio(1, 10)),
            (".5", ratio(1, 2)),
            ("5.", ratio(5, 1)),
            ("-1.5e-3", ratio(-3, 2000)),
            ("1E2", ratio(100, 1)),
            ("12.5e+1", ratio(125, 1)),
            ("1/1024", ratio(1, 1024)),
            ("-6/4", ratio(-3, 2)),
            ("+0/5", ratio(0, 1)),
        ] {
            assert_eq!(parse_exact(text), Ok(value), "{text}");
        }
        assert_eq!(parse_exact("1e9999").unwrap(), Rational::from(Integer::from(10).pow(9999)));
        assert_eq!(parse_exact("1e-9999").unwrap(), Rational::from((Integer::from(1), Integer::from(10).pow(9999))));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "--1", "+-1", "1 ", " 1", "1_000", "0x10", "1.2.3",
            "1e2e3", "1e2.5", "nan", "inf", "-inf", "infinity", "1/", "/1", "1/2/3", "1/-2", "1/+2", "0.1/3", "1/1e2",
            "１", "1,5", "1/2 ", "−1",
        ] {
            assert_eq!(parse_exact(text), Err(NumberError::Syntax), "{text}");
        }
        for text in ["1/0", "0/0", "-1/000"] {
            assert_eq!(parse_exact(text), Err(NumberError::ZeroDenominator), "{text}");
        }
        for text in ["1e10000", "1e-10000", "0e10000", "1e99999999", "1e99999999999999999999999999"] {
            assert_eq!(parse_exact(text), Err(NumberError::Exponent), "{text}");
        }
        assert_eq!(parse_exact(&"1".repeat(MAX_LENGTH + 1)), Err(NumberError::TooLong));
        assert!(parse_exact(&"1".repeat(MAX_LENGTH)).is_ok());
        assert_eq!(parse_nearest_f64(&"1".repeat(MAX_LENGTH + 1)), Err(NumberError::TooLong));
    }

    #[test]
    fn nearest_f64_of_a_text() {
        assert_eq!(parse_nearest_f64("0.1").unwrap(), Rational::from_f64(0.1).unwrap());
        assert_eq!(parse_nearest_f64("1e-400").unwrap(), 0);
        assert_eq!(parse_nearest_f64("-12").unwrap(), -12);
        assert_eq!(
            parse_nearest_f64("123456789012345678901234567890").unwrap().to_string(),
            "123456789012345678901234567890"
        );
        for text in ["nan", "inf", "-inf", "infinity", "1e400", "-1e999999999"] {
            assert_eq!(parse_nearest_f64(text), Err(NumberError::NotFinite), "{text}");
        }
        for text in ["", " 1", "1/2", "abc", "1e", "0x1p3"] {
            assert_eq!(parse_nearest_f64(text), Err(NumberError::Syntax), "{text}");
        }
    }

    #[test]
    fn nearest_f64_at_the_edges() {
        let exact = |value: f64| Rational::from_f64(value).unwrap();
        let tiny = exact(f64::from_bits(1));
        let half = Rational::from(&tiny / 2);
        // Ties go to even: half of the least subnormal to zero, three halves of it to two of them.
        assert_eq!(nearest_f64(&half), 0.0);
        assert_eq!(nearest_f64(&Rational::from(&half * 3)), f64::from_bits(2));
        // A hair above the tie goes up; rounding to 53 bits first would lose the hair.
        let hair = Rational::from(&half >> 80_u32);
        assert_eq!(nearest_f64(&Rational::from(&half + &hair)), f64::from_bits(1));
        assert_eq!(nearest_f64(&(Rational::from(&half * 3) - &hair)), f64::from_bits(1));
        assert_eq!(nearest_f64(&exact(f64::MAX)), f64::MAX);
        let beyond = exact(f64::MAX) + (exact(f64::MAX) - exact(f64::MAX.next_down())) / 2;
        assert_eq!(nearest_f64(&beyond), f64::INFINITY);
        assert_eq!(nearest_f64(&(-beyond)), f64::NEG_INFINITY);
        // The tie of two normal numbers, and both sides of it.
        let tie = Rational::from(1) + (Rational::from(1) >> 53_u32);
        assert_eq!(nearest_f64(&tie), 1.0);
        assert_eq!(nearest_f64(&(tie.clone() + &hair)), 1.0_f64.next_up());
        assert_eq!(nearest_f64(&(tie - &hair)), 1.0);
    }

    proptest! {
        #[test]
        fn decimals_agree_with_rug(mantissa in "[0-9]{1,30}", fraction in "[0-9]{0,30}", exponent in -60_i32..60, negative: bool) {
            let sign = if negative { "-" } else { "" };
            let text = format!("{sign}{mantissa}.{fraction}e{exponent}");
            // rug reads a fraction of integers: written out by hand, without a dot or an exponent.
            let shift = exponent - fraction.len() as i32;
            let zeros = "0".repeat(shift.unsigned_abs() as usize);
            let plain = if shift >= 0 {
                format!("{sign}{mantissa}{fraction}{zeros}")
            } else {
                format!("{sign}{mantissa}{fraction}/1{zeros}")
            };
            let expected: Rational = plain.parse().unwrap();
            prop_assert_eq!(parse_exact(&text), Ok(expected));
        }

        #[test]
        fn fractions_agree_with_rug(p: i64, q in 1_u64..) {
            let text = format!("{p}/{q}");
            prop_assert_eq!(parse_exact(&text), Ok(text.parse().unwrap()));
        }

        #[test]
        fn what_rug_prints_reads_back(p: i128, q in 1_i128..) {
            let value = Rational::from((p, q));
            prop_assert_eq!(parse_exact(&value.to_string()), Ok(value));
        }

        #[test]
        fn the_shortest_form_of_an_f64_is_its_exact_value(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let exact = Rational::from_f64(value).unwrap();
            prop_assert_eq!(parse_nearest_f64(&format!("{value:e}")), Ok(exact.clone()));
            prop_assert_eq!(nearest_f64(&exact), value);
        }

        #[test]
        fn the_nearest_f64_is_nearest(p: i64, q in 1_i64.., shift in -1140_i32..1000) {
            let value = Rational::from((p, q)) << shift;
            let nearest = nearest_f64(&value);
            prop_assume!(nearest.is_finite());
            let distance = |candidate: f64| (&value - Rational::from_f64(candidate).unwrap()).abs();
            for neighbour in [nearest.next_up(), nearest.next_down()] {
                prop_assume!(neighbour.is_finite());
                prop_assert!(distance(nearest) <= distance(neighbour));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}|[-+0-9./eE]{0,12}") {
            let _ = parse_exact(&text);
            let _ = parse_nearest_f64(&text);
        }
    }
}
