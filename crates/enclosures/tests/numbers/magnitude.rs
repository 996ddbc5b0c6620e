//! Magnitudes: every operation on its own side, and near.

use std::cmp::Ordering;

use enclosures::number::Magnitude;
use quickcheck::{Arbitrary, Gen};
use rug::float::Round;

use super::dyadic::Dyadic;
use super::law;
use super::samples::Sample;

/// A magnitude, biased to zero, powers of two, mantissas of ones, and exponents near each other.
#[derive(Clone, Copy, Debug)]
struct Size(Magnitude);

impl Arbitrary for Size {
    fn arbitrary(generator: &mut Gen) -> Self {
        let exponent = i64::from(i8::arbitrary(generator));
        let exponent = *generator.choose(&[exponent, exponent / 32, exponent * 1000, 0]).unwrap();
        let random = 1.0 + (u64::arbitrary(generator) >> 12) as f64 / (1_u64 << 52) as f64;
        let mantissa =
            *generator.choose(&[0.0, 1.0, 1.5, 2.0_f64.next_down(), 1.0_f64.next_up(), random, random]).unwrap();
        Self(Magnitude::above_f64(mantissa).scaled(exponent))
    }
}

fn exactly(size: Magnitude) -> Dyadic {
    Dyadic::radius(size)
}

/// `upper` is above `exact` by less than 2^−50 of it.
fn just_above(upper: Magnitude, exact: &Dyadic) {
    just_above_within(upper, exact, 50);
}

/// `upper` is above `exact` by less than 2^−`bits` of it.
fn just_above_within(upper: Magnitude, exact: &Dyadic, bits: i64) {
    let upper = exactly(upper);
    assert!(exact.at_most(&upper), "{upper:?} bounds {exact:?}");
    assert!(upper.at_most(&exact.plus(&exact.scaled(-bits))), "{upper:?} is near {exact:?}");
}

fn just_below(lower: Magnitude, exact: &Dyadic) {
    let lower = exactly(lower);
    assert!(lower.at_most(exact), "{lower:?} is below {exact:?}");
    assert!(exact.minus(&exact.scaled(-50)).at_most(&lower), "{lower:?} is near {exact:?}");
}

#[test]
fn arithmetic_is_directed_and_near() {
    law("magnitudes", 20_000, |(a, b): (Size, Size)| {
        let (x, y) = (exactly(a.0), exactly(b.0));
        just_above(a.0 + b.0, &x.plus(&y));
        just_below(a.0.plus_below(b.0), &x.plus(&y));
        just_above(a.0 * b.0, &x.times(&y));
        assert_eq!(a.0.partial_cmp(&b.0), Some(x.compare(&y)));
        let difference = x.minus(&y);
        if difference.is_negative() || difference.is_zero() {
            assert!(a.0.minus(b.0).is_zero() && a.0.minus_below(b.0).is_zero());
        } else {
            // Near in units of the minuend.
            let (upper, lower) = (exactly(a.0.minus(b.0)), exactly(a.0.minus_below(b.0)));
            assert!(difference.at_most(&upper) && lower.at_most(&difference));
            let near = x.scaled(-50);
            assert!(upper.at_most(&difference.plus(&near)) && difference.at_most(&lower.plus(&near)));
        }
        if b.0.is_zero() {
            assert!(a.0.over(b.0).is_infinite());
        } else {
            just_above_quotient(a.0.over(b.0), &x, &y);
        }
        let (up, down) = (exactly(a.0.sqrt()), exactly(a.0.sqrt_below()));
        assert!(x.at_most(&up.times(&up)) && down.times(&down).at_most(&x));
        assert!(up.minus(&down).at_most(&up.scaled(-50)));
        let mut sum = a.0;
        sum += b.0;
        assert!(sum == a.0 + b.0);
        assert!(
            a.0.scaled(77) == a.0 * Magnitude::power_of_two(77)
                || exactly(a.0.scaled(77)).compare(&x.scaled(77)) == Ordering::Equal
        );
    });
}

#[test]
fn sums_of_products_are_above_and_near() {
    law("sum of products", 5000, |(a, b, c): ((Size, Size), (Size, Size), (Size, Size))| {
        let factors = [a, b, c].map(|(one, other)| (one.0, other.0));
        let exact = factors.iter().fold(Dyadic::zero(), |sum, (x, y)| sum.plus(&exactly(*x).times(&exactly(*y))));
        just_above_within(Magnitude::sum_of_products(factors), &exact, 48);
    });
    // Beyond the spread that is scaled exactly.
    let (one, tiny) = (Magnitude::power_of_two(0), Magnitude::power_of_two(-5000));
    assert!(Magnitude::sum_of_products([(one, one), (tiny, one)]) > one);
    assert!(Magnitude::sum_of_products([(Magnitude::ZERO, tiny)]).is_zero());
    assert!(Magnitude::sum_of_products([(Magnitude::ZERO, Magnitude::INFINITE), (one, one)]).is_infinite());
    assert!(Magnitude::sum_of_products([(one, Magnitude::INFINITE)]).is_infinite());
}

/// upper ≥ x/y ⇔ upper·y ≥ x.
fn just_above_quotient(upper: Magnitude, x: &Dyadic, y: &Dyadic) {
    let product = exactly(upper).times(y);
    assert!(x.at_most(&product) && product.at_most(&x.plus(&x.scaled(-50))));
}

#[test]
fn exponentials_are_above_and_increase() {
    type Reference = fn(&mut rug::Float, Round) -> Ordering;
    let decay: Reference = |value, round| {
        *value *= -1;
        let order = value.exp_m1_round(round.reverse());
        *value *= -1;
        order
    };
    fn check(name: &str, image: fn(Magnitude) -> Magnitude, reference: Reference, a: Magnitude, b: Magnitude) {
        if a > Magnitude::power_of_two(25) || b > Magnitude::power_of_two(25) {
            return;
        }
        let exact = |size: Magnitude, round| {
            let mut value = rug::Float::with_val(600, size.to_float());
            reference(&mut value, round);
            Dyadic::of(&value)
        };
        let upper = exactly(image(a));
        assert!(exact(a, Round::Down).at_most(&upper), "{name}");
        let bound = exact(a, Round::Up);
        assert!(upper.at_most(&bound.plus(&bound.scaled(-47))), "{name} of {a:?}");
        let (small, large) = if a < b { (a, b) } else { (b, a) };
        assert!(image(small) <= image(large), "{name} increases");
    }
    assert_eq!(decay(&mut rug::Float::with_val(53, 0), Round::Up), Ordering::Equal);
    law("exponentials of magnitudes", 5000, |(a, b): (Size, Size)| {
        // The threshold where the small case ends is at 2^−60.
        for shift in [0, -60] {
            let (a, b) = (a.0.scaled(shift), b.0.scaled(shift));
            check("exp_m1", Magnitude::exp_m1, rug::Float::exp_m1_round, a, b);
            check("ln_1p", Magnitude::ln_1p, rug::Float::ln_1p_round, a, b);
            check(
                "decay",
                Magnitude::decay,
                |value, round| {
                    *value *= -1;
                    let order = value.exp_m1_round(round.reverse());
                    *value *= -1;
                    order
                },
                a,
                b,
            );
        }
    });
}

#[test]
fn conversion_is_directed_and_exact_where_it_can_be() {
    law("magnitudes of floats", 5000, |a: Sample| {
        let value = &a.ball.centre();
        let exact = Dyadic::of(value).abs();
        just_above(Magnitude::above(value), &exact);
        just_below(Magnitude::below(value), &exact);
        if value.prec() <= 53 {
            assert!(Magnitude::above(value) == Magnitude::below(value));
        }
        let size = Magnitude::above(value);
        assert_eq!(Dyadic::of(&size.to_float()).to_rational(), size.to_rational().unwrap());
        let image = size.to_f64();
        assert!(image.is_infinite() || Dyadic::radius(size).at_most(&Dyadic::of(&rug::Float::with_val(53, image))));
    });
}

#[test]
fn zero_and_no_bound_at_all_are_kept_apart() {
    let (zero, one, infinite) = (Magnitude::ZERO, Magnitude::power_of_two(0), Magnitude::INFINITE);
    // Nothing is known of x/∞: an infinite magnitude is the absence of a bound.
    for (dividend, divisor) in
        [(zero, zero), (one, zero), (zero, infinite), (one, infinite), (infinite, one), (infinite, infinite)]
    {
        assert!(dividend.over(divisor).is_infinite(), "{dividend:?} over {divisor:?}");
    }
    for other in [zero, one, infinite] {
        assert!((infinite + other).is_infinite() && (infinite * other).is_infinite(), "{other:?}");
        assert!(infinite.minus(other).is_infinite(), "{other:?}");
        assert!(other.minus_below(infinite).is_zero(), "{other:?}");
    }
    assert!(zero.over(one).is_zero() && zero.minus(infinite).is_zero());
    assert!(infinite.sqrt().is_infinite() && zero.sqrt().is_zero());
}

#[test]
fn the_largest_exponent_is_in_the_range() {
    let largest = Magnitude::above_f64(1.5).scaled(1 << 40);
    assert!(!largest.is_infinite() && largest.scaled(1).is_infinite());
    let below = largest.minus_below(Magnitude::power_of_two(0)).scaled(-(1 << 40));
    just_below(below, &exactly(Magnitude::above_f64(1.5)));
}

#[test]
fn below_the_range_there_is_the_smallest_magnitude() {
    let smallest = Magnitude::power_of_two(-(1 << 40));
    for below in [Magnitude::power_of_two(-(1 << 40) - 1), Magnitude::power_of_two(i64::MIN / 2), smallest.scaled(-1)] {
        assert_eq!(below, smallest);
    }
    assert!(smallest > Magnitude::ZERO && smallest.scaled(1) <= smallest + smallest);
}
