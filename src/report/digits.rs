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
