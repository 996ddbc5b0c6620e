//! Decimal digits of bounds, rounded outward.

use rug::Float;
use rug::float::Round;

use crate::number::decimal;

/// Significant digits of a printed bound: enough to tell 0.99999 from 1, few enough to be read.
const DIGITS: usize = 6;

/// An upper bound as a decimal number that is not below it; `None` if it is not finite.
pub(super) fn rounded_up(bound: f64) -> Option<String> {
    bound.is_finite().then(|| decimal(&Float::with_val(f64::MANTISSA_DIGITS, bound), DIGITS, Round::Up).0)
}

/// A radius of three digits that is not below this one; `None` if it is out of range.
pub(super) fn radius(bound: f64) -> Option<f64> {
    let digits = decimal(&Float::with_val(f64::MANTISSA_DIGITS, bound), 3, Round::Up).0;
    // No f64 lies between the decimal number and the one it is read as, so that it is not read as one below the bound.
    digits.parse().ok().filter(|radius: &f64| radius.is_finite())
}

/// `2^log2` as a decimal number that is not below it; `None` if it is out of range.
pub(super) fn power_of_two_rounded_up(log2: f64) -> Option<String> {
    if log2 == f64::NEG_INFINITY {
        return Some("0".to_owned());
    }
    let mut power = Float::with_val(f64::MANTISSA_DIGITS, log2);
    power.exp2_round(Round::Up);
    power.is_finite().then(|| decimal(&power, DIGITS, Round::Up).0)
}

/// A bound from 0 up to 1 in few letters and not below itself: `0.9301`, `4.7e-5` where it is small, `1-2e-7` where it is next to 1.
pub(super) fn slack(bound: f64) -> String {
    let digits = |number: f64, round: Round| {
        let (_, digits, exponent) =
            Float::with_val(f64::MANTISSA_DIGITS, number).to_sign_string_exp_round(10, Some(2), round);
        (digits, exponent.unwrap_or(0) - 1)
    };
    match bound {
        // The difference is exact, and less is said of it than is there.
        0.9999..1.0 => {
            let (digits, exponent) = digits(1.0 - bound, Round::Down);
            format!("1-{}e{exponent}", &digits[..1])
        }
        _ if bound > 0.0 && bound < 1e-3 => {
            let (digits, exponent) = digits(bound, Round::Up);
            format!("{}.{}e{exponent}", &digits[..1], &digits[1..])
        }
        _ => decimal(&Float::with_val(f64::MANTISSA_DIGITS, bound), if bound < 0.1 { 3 } else { 4 }, Round::Up).0,
    }
}

/// A number for the eye, three digits.
pub(super) fn brief(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    if (1e-3..1e4).contains(&value.abs()) {
        let whole = value.abs().log10().floor() as i32;
        format!("{value:.*}", usize::try_from((2 - whole).max(0)).unwrap_or(0))
    } else {
        format!("{value:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_never_printed_below_themselves() {
        assert_eq!(rounded_up(0.93).unwrap(), "0.930001");
        assert_eq!(rounded_up(0.5).unwrap(), "0.5");
        assert_eq!(rounded_up(1.0).unwrap(), "1");
        assert_eq!(rounded_up(0.999_999_99).unwrap(), "1");
        assert_eq!(rounded_up(1e-300_f64.next_up()).unwrap(), "1.00001e-300");
        assert_eq!(rounded_up(0.0).unwrap(), "0");
        assert_eq!(rounded_up(f64::INFINITY), None);
        assert_eq!(rounded_up(f64::NAN), None);
    }

    #[test]
    fn slacks_are_short_and_never_below_themselves() {
        for (bound, text) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (0.123_41, "0.1235"),
            (0.001_234_1, "0.00124"),
            (0.999_89, "0.9999"),
            (0.999_999_7, "1-2e-7"),
            (1.0_f64.next_down(), "1-1e-16"),
            (4.661_54e-5, "4.7e-5"),
            (9.99e-300, "1.0e-299"),
        ] {
            assert_eq!(slack(bound), text);
        }
    }

    #[test]
    fn powers_of_two() {
        assert_eq!(power_of_two_rounded_up(-64.0).unwrap(), "5.42102e-20");
        assert_eq!(power_of_two_rounded_up(f64::NEG_INFINITY).unwrap(), "0");
        assert_eq!(power_of_two_rounded_up(-5000.0).unwrap(), "7.07982e-1506");
        assert_eq!(power_of_two_rounded_up(f64::INFINITY), None);
        assert_eq!(power_of_two_rounded_up(f64::NAN), None);
    }

    #[test]
    fn brief_numbers() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1.00"),
            (0.0123456, "0.0123"),
            (1234.5, "1234"),
            (-12.34, "-12.3"),
            (1e-9, "1.00e-9"),
            (123456.0, "1.23e5"),
            (f64::NAN, "unknown"),
        ] {
            assert_eq!(brief(value), text);
        }
    }
}
