//! Decimal text of MPFR numbers.

use rug::float::Round;

/// How many significant decimal digits carry as much as `bits` bits and read back exactly at that precision.
pub fn digits_for(bits: u32) -> usize {
    // Reading back needs 1 + ⌈bits · log₁₀ 2⌉ digits; 30103/100000 is a little above log₁₀ 2.
    (u64::from(bits) * 30_103).div_ceil(100_000) as usize + 1
}

/// `value` rounded to `digits` significant decimal digits in direction `round`, trailing zeros dropped, together with
/// the power of ten that is one unit of the last of those digits.
///
/// Zero has no digits and the unit `None`; so does what is not finite, which is written as a word.
pub fn decimal(value: &rug::Float, digits: usize, round: Round) -> (String, Option<i64>) {
    // MPFR refuses a single digit in base ten only for radix 2^k, but two are kept for its older versions.
    let digits = digits.max(2);
    let (negative, text, exponent) = value.to_sign_string_exp_round(10, Some(digits), round);
    let Some(exponent) = exponent else {
        return (if value.is_zero() { "0".to_owned() } else { value.to_string() }, None);
    };
    let exponent = i64::from(exponent);
    let mut image = String::with_capacity(text.len() + 16);
    if negative {
        image.push('-');
    }
    write_digits(&mut image, text.trim_end_matches('0'), exponent);
    (image, Some(exponent - digits as i64))
}

/// A number for the eye: seven significant digits, and *unknown* for NaN.
pub fn readable(value: f64) -> String {
    match value {
        _ if value.is_nan() => "unknown".to_owned(),
        _ if value.is_infinite() => format!("{}beyond 1.8e308", if value > 0.0 { "" } else { "-" }),
        _ => decimal(&rug::Float::with_val(f64::MANTISSA_DIGITS, value), 7, Round::Nearest).0,
    }
}

/// Writes 0.d₁d₂d₃… · 10^exponent, with a power of ten only where plain notation would pad with many zeros.
fn write_digits(image: &mut String, digits: &str, exponent: i64) {
    match usize::try_from(exponent) {
        Ok(whole @ 1..=21) => {
            if digits.len() <= whole {
                image.push_str(digits);
                image.extend(std::iter::repeat_n('0', whole - digits.len()));
            } else {
                image.push_str(&digits[..whole]);
                image.push('.');
                image.push_str(&digits[whole..]);
            }
        }
        _ if (-5..=0).contains(&exponent) => {
            image.push_str("0.");
            image.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize));
            image.push_str(digits);
        }
        _ => {
            image.push_str(&digits[..1]);
            if digits.len() > 1 {
                image.push('.');
                image.push_str(&digits[1..]);
            }
            image.push('e');
            image.push_str(&(exponent - 1).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_the_eye() {
        for (value, text) in [
            (2.060_861_4, "2.060861"),
            (1.126_767e-4, "0.0001126767"),
            (0.1, "0.1"),
            (-4.1, "-4.1"),
            (1.658_381e-37, "1.658381e-37"),
            (0.0, "0"),
            (f64::NAN, "unknown"),
            (f64::NEG_INFINITY, "-beyond 1.8e308"),
        ] {
            assert_eq!(readable(value), text);
        }
    }

    #[test]
    fn notation() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (1200.0, "1200"),
            (0.000_015_258_789_062_5, "0.0000152587890625"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (-1.25e30, "-1.25e30"),
            (1.25e-9, "1.25e-9"),
        ] {
            assert_eq!(decimal(&rug::Float::with_val(53, value), 15, Round::Nearest).0, text);
        }
    }

    #[test]
    fn direction() {
        let third = rug::Float::with_val(53, 1) / 3;
        assert_eq!(decimal(&third, 3, Round::Up), ("0.334".to_owned(), Some(-3)));
        assert_eq!(decimal(&third, 3, Round::Down), ("0.333".to_owned(), Some(-3)));
        assert_eq!(decimal(&-third, 3, Round::Up), ("-0.333".to_owned(), Some(-3)));
        assert_eq!(decimal(&rug::Float::with_val(53, 0.9999), 2, Round::Up), ("1".to_owned(), Some(-1)));
    }

    #[test]
    fn what_is_not_finite_is_no_zero() {
        for (value, text) in [(f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf"), (f64::NAN, "NaN"), (-0.0, "0")] {
            assert_eq!(decimal(&rug::Float::with_val(53, value), 5, Round::Up), (text.to_owned(), None));
        }
    }
}
