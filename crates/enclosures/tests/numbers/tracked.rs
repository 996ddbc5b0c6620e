//! Tracked floats: the number meant stays within the bound, and the bound is not much wider than it must be.

use enclosures::number::{Ball, Magnitude, Tracked, Truth};
use quickcheck::{Arbitrary, Gen};
use rug::Rational;

use super::law;
use super::samples::Fraction;

/// Half a unit in the last place of 1.
const UNIT: f64 = f64::EPSILON / 2.0;

/// A tracked number and the number meant, now and then at the very end of what the bound allows.
#[derive(Clone, Debug)]
struct Meant {
    tracked: Tracked,
    number: Rational,
}

fn exact(value: f64) -> Rational {
    Rational::from_f64(value).expect("a finite f64")
}

impl Arbitrary for Meant {
    fn arbitrary(generator: &mut Gen) -> Self {
        let mantissa = 1.0 + (u64::arbitrary(generator) >> 12) as f64 / (1_u64 << 52) as f64;
        let sign = *generator.choose(&[1.0, -1.0]).unwrap();
        let centre = sign * mantissa * 2_f64.powi(i32::from(i8::arbitrary(generator)) / 3);
        // Exact, a few roundings, a good part of the number, about as large as the number itself, larger.
        let narrowness =
            *generator.choose(&[None, Some(52), Some(48), Some(20), Some(2), Some(1), Some(0), Some(-2)]).unwrap();
        let radius = narrowness.map_or(Magnitude::ZERO, |bits| Magnitude::above_f64(centre).scaled(-bits));
        let tracked = Tracked::within(&Ball::new(rug::Float::with_val(53, centre), radius));
        let place = Rational::from(*generator.choose(&[(-1, 1), (-1, 2), (0, 1), (2, 3), (1, 1)]).unwrap());
        Self { tracked, number: exact(centre) + place * exact(tracked.error()) }
    }
}

/// The number is within the bound, and the bound within a trillionth of `needed`.
fn bounds(name: &str, result: Tracked, number: &Rational, needed: f64) {
    assert!((number - exact(result.value())).abs() <= exact(result.error()), "{name}: {result:?}, {number}");
    assert!(result.error() <= needed * (1.0 + 1e-12) + 1e-305, "{name}: {result:?}, needed {needed}");
}

#[test]
fn tracked_arithmetic_is_bounded_and_near() {
    law("tracked arithmetic", 20_000, |(a, b): (Meant, Meant)| {
        let (x, y) = (a.tracked, b.tracked);
        let rounding = |result: Tracked| result.value().abs() * UNIT;
        let added = x.error() + y.error();
        bounds("+", x + y, &Rational::from(&a.number + &b.number), added + rounding(x + y));
        bounds("−", x - y, &Rational::from(&a.number - &b.number), added + rounding(x - y));
        let carried = |x: Tracked, y: Tracked| {
            x.value().abs() * y.error() + y.value().abs() * x.error() + x.error() * y.error() + rounding(x * y)
        };
        bounds("·", x * y, &Rational::from(&a.number * &b.number), carried(x, y));
        bounds("²", x.square(), &a.number.clone().square(), carried(x, x));
    });
}

#[test]
fn tracked_reciprocals_are_bounded_and_near_unless_the_number_may_be_zero() {
    law("tracked reciprocals", 20_000, |a: Meant| {
        let (size, error) = (a.tracked.value().abs(), a.tracked.error());
        let reciprocal = a.tracked.recip();
        if size <= error {
            assert!(reciprocal.error().is_infinite(), "{reciprocal:?}");
        } else {
            bounds("1/x", reciprocal, &a.number.clone().recip(), error / (size * (size - error)) + UNIT / size);
        }
    });
}

#[test]
fn tracked_roots_are_bounded_and_near_unless_the_number_may_be_zero() {
    law("tracked roots", 20_000, |a: Meant| {
        let (value, error) = (a.tracked.value(), a.tracked.error());
        let root = a.tracked.sqrt();
        if value <= error {
            assert!(root.error().is_infinite(), "{root:?}");
            return;
        }
        let needed = error / root.value() + root.value() * UNIT;
        assert!(root.error() <= needed * (1.0 + 1e-12), "{root:?}, needed {needed}");
        encloses_root(root, &a.number);
    });
    // Almost half a unit in the last place is lost, and that of a number that is as small as it can be for its unit.
    let least = 1.0_f64.next_up();
    encloses_root(Tracked::new(least).sqrt(), &exact(least));
}

/// Whether the root of `number` is within the bound, decided by squares.
fn encloses_root(root: Tracked, number: &Rational) {
    let (value, error) = (exact(root.value()), exact(root.error()));
    let (least, greatest) = (Rational::from(&value - &error), value + error);
    assert!(least <= 0 || least.square() <= *number, "{root:?}, {number}");
    assert!(*number <= greatest.square(), "{root:?}, {number}");
}

#[test]
fn tracked_comparisons_are_right_and_decided_outside_the_error() {
    law("tracked comparisons", 20_000, |(a, b, near): (Meant, Meant, bool)| {
        // Two numbers of one size, or whatever comes.
        let b = if near { Meant { tracked: a.tracked + b.tracked - b.tracked, number: a.number.clone() } } else { b };
        let distance = (b.tracked.value() - a.tracked.value()).abs();
        match a.tracked.at_most(b.tracked) {
            Truth::True => assert!(a.number <= b.number),
            Truth::False => assert!(a.number > b.number),
            Truth::Open => {
                let error = a.tracked.error() + b.tracked.error() + distance * UNIT;
                assert!(distance <= error * (1.0 + 1e-12), "{a:?}, {b:?}");
            }
        }
    });
    let (zero, one) = (Tracked::new(0.0), Tracked::new(1.0));
    assert_eq!((one.at_most(one), one.at_most(zero), zero.at_most(one)), (Truth::True, Truth::False, Truth::True));
}

#[test]
fn the_nearest_tracked_number_is_near() {
    law("nearest tracked", 2000, |x: Fraction| {
        let nearest = Tracked::nearest(&x.0);
        if nearest.value().is_finite() {
            bounds("nearest", nearest, &x.0, nearest.value().abs() * f64::EPSILON + f64::MIN_POSITIVE);
        }
    });
}

#[test]
fn tracked_underflow_is_allowed_for() {
    let tiny = Tracked::new(1.5e-200);
    bounds("·", tiny * tiny, &exact(1.5e-200).square(), 5.0 * f64::MIN_POSITIVE);
    for large in [1.1e308, 1.7e308, f64::MAX] {
        bounds("1/x", Tracked::new(large).recip(), &exact(large).recip(), 2.0 * f64::MIN_POSITIVE);
    }
}
