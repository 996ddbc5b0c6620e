//! From exact rationals to f64.

use rug::Float;
use rug::Rational;
use rug::float::Round;

/// The f64 nearest to `exact`, ties to even; infinite beyond the range.
///
/// `Rational::to_f64` truncates, and a 53-bit MPFR number has more exponents than an f64, so a subnormal result must not be
/// rounded twice.
pub(super) fn nearest(exact: &Rational) -> f64 {
    let (mut rounded, direction) = Float::with_val_round(f64::MANTISSA_DIGITS, exact, Round::Nearest);
    rounded.subnormalize_ieee_round(direction, Round::Nearest);
    rounded.to_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power_of_two(exponent: i32) -> Rational {
        if exponent >= 0 {
            Rational::from(1) << exponent.unsigned_abs()
        } else {
            Rational::from(1) >> exponent.unsigned_abs()
        }
    }

    #[test]
    fn rounds_to_nearest_where_to_f64_truncates() {
        assert_eq!(nearest(&Rational::from((2, 3))), 2.0 / 3.0);
        assert_ne!(Rational::from((2, 3)).to_f64(), 2.0 / 3.0);
        assert_eq!(nearest(&Rational::from((-1, 10))), -0.1);
        assert_eq!(nearest(&Rational::new()), 0.0);
        assert_eq!(nearest(&(Rational::from(1) + power_of_two(-53))), 1.0);
        assert_eq!(nearest(&(Rational::from(1) + Rational::from((3, 2)) * power_of_two(-52))), 1.0 + 2.0 * f64::EPSILON);
    }

    #[test]
    fn subnormals_are_rounded_once() {
        let least = power_of_two(-1074);
        assert_eq!(nearest(&least), f64::from_bits(1));
        assert_eq!(nearest(&(power_of_two(-1075))), 0.0);
        assert_eq!(nearest(&(Rational::from((3, 2)) * &least)), f64::from_bits(2));
        // Just above a tie: rounding to 53 bits first would make it the tie, and the tie goes to even.
        let above_tie = Rational::from((5, 2)) * &least + power_of_two(-1074 - 60);
        assert_eq!(nearest(&above_tie), f64::from_bits(3));
        assert_eq!(nearest(&(Rational::from((5, 2)) * &least)), f64::from_bits(2));
    }

    #[test]
    fn the_ends_of_the_range() {
        assert_eq!(nearest(&power_of_two(1024)), f64::INFINITY);
        assert_eq!(nearest(&-power_of_two(1024)), f64::NEG_INFINITY);
        let largest = power_of_two(1024) - power_of_two(971);
        assert_eq!(nearest(&largest), f64::MAX);
        let just_inside = power_of_two(1024) - power_of_two(970) - Rational::from(1);
        assert_eq!(nearest(&just_inside), f64::MAX);
        assert_eq!(nearest(&(power_of_two(1024) - power_of_two(970))), f64::INFINITY);
    }
}
