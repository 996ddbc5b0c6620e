//! Decimals: what is printed must be true as printed.

use enclosures::number::{Ball, Float, Ring};

use super::dyadic::ends;
use super::law;
use super::samples::{Bits, Fraction, Sample};

/// The exact value of a decimal as the reports print it.
fn parse(text: &str) -> rug::Rational {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number: rug::Integer = format!("{whole}{fraction}").parse().unwrap();
    let exponent: i32 = exponent.parse::<i32>().unwrap() - fraction.len() as i32;
    let power = rug::Rational::from(rug::Integer::from(10).pow_u(exponent.unsigned_abs()));
    let number = rug::Rational::from(number);
    if exponent < 0 { number / power } else { number * power }
}

trait PowU {
    fn pow_u(self, exponent: u32) -> Self;
}

impl PowU for rug::Integer {
    fn pow_u(self, exponent: u32) -> Self {
        use rug::ops::Pow;
        self.pow(exponent)
    }
}

#[test]
fn the_ball_lies_inside_what_is_printed() {
    law("decimals of balls", 2000, |a: Sample| {
        // Fractions of 10^300000 are exact but slow.
        if a.ball.centre().get_exp().is_some_and(|exponent| exponent.abs() > 25_000) {
            return;
        }
        let printed = a.ball.to_decimal().unwrap();
        let (mid, rad) = (parse(&printed.mid), parse(&printed.rad));
        let (least, greatest) = ends(&a.ball).unwrap();
        let (least, greatest) = (least.to_rational(), greatest.to_rational());
        assert!(mid.clone() - &rad <= least && greatest <= mid.clone() + &rad, "{printed:?}");
        // And not much larger: the radius' five digits, and mid's last digit.
        let radius = a.ball.radius().to_rational().unwrap();
        let centre = a.ball.centre().to_rational().unwrap();
        let digits = if a.ball.is_point() { a.ball.bits() } else { a.ball.bits() + 10 };
        let slack = (centre.abs() >> digits) + radius.clone() / 500;
        assert!(rad <= radius + slack, "{printed:?}");
        assert_eq!(a.ball.to_string(), format!("{} ± {}", printed.mid, printed.rad));
    });
}

#[test]
fn extreme_exponents_are_printed_outward() {
    for exponent in [-1_000_000_i32, 1_000_000] {
        let third = Ball::from_rational(&(rug::Rational::from((1, 3)) << exponent), 128);
        let printed = third.to_decimal().unwrap();
        assert!(
            (parse(&printed.mid) - third.centre().to_rational().unwrap()).abs() + third.radius().to_rational().unwrap()
                <= parse(&printed.rad)
        );
    }
}

#[test]
fn floats_read_back() {
    law("decimals of floats", 2000, |(value, bits): (Fraction, Bits)| {
        let float = Float::from_rational(&value.0, bits.0);
        let text = float.to_string();
        let back = rug::Float::with_val(bits.0, rug::Float::parse(&text).unwrap());
        assert_eq!(back, float.value(), "{text}");
    });
}
