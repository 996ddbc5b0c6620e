//! Named cases. The laws, on random balls, are in the integration test `numbers`.

use super::*;
use crate::number::{Real, Ring, Sign, Truth};

fn third(bits: u32) -> Ball {
    Ball::from_rational(&rug::Rational::from((1, 3)), bits)
}

fn ball(centre: f64, radius: f64, bits: u32) -> Ball {
    Ball::new(rug::Float::with_val(bits, centre), Magnitude::above_f64(radius))
}

/// 2^exponent at 64 bits, for exponents near the ends of MPFR's range.
fn power_of_two(exponent: i32) -> rug::Float {
    rug::Float::with_val(64, rug::Float::u_exp(1, exponent))
}

#[test]
fn logistic_loss_keeps_its_relative_accuracy() {
    for margin in [-1_000_000_i32, -1000, -1, 0, 1, 50, 1000, 1_000_000] {
        let margin = Ball::from_rational(&rug::Rational::from(margin), 128);
        let loss = (-margin).exp().ln_1p();
        let relative = loss.radius().over(Magnitude::below(&loss.centre()));
        assert!(relative < Magnitude::power_of_two(-125), "{loss}");
        assert_eq!(loss.sign(), Sign::Positive);
    }
}

#[test]
fn a_product_is_added_with_one_rounding_at_the_largest_precision() {
    let (narrow, wide) = (Ball::point(rug::Float::with_val(20, 0.625)), third(200));
    let exact = rug::Rational::from((1, 3)) + rug::Rational::from((5, 8)) * rug::Rational::from((1, 3));
    for (sum, left, right) in [(&wide, &narrow, &wide), (&wide, &wide, &narrow)] {
        let mut sum = sum.clone();
        sum.add_product(left, right);
        assert_eq!(sum.bits(), 200);
        assert!(sum.contains_rational(&exact));
        assert!(sum.radius() < Magnitude::power_of_two(-198));
    }
    let mut sum = narrow.clone();
    sum.add_product(&narrow, &wide);
    assert_eq!(sum.bits(), 200);
    assert!(sum.radius() < Magnitude::power_of_two(-198));
}

/// Compiles only if balls have neither `==` nor `<`: with one of them two impls would fit, and the compiler
/// could not choose.
const _: fn() = || {
    trait Ambiguous<Which> {
        fn meant() {}
    }
    struct WithEquality;
    struct WithOrder;
    impl<T: ?Sized> Ambiguous<()> for T {}
    impl<T: ?Sized + PartialEq> Ambiguous<WithEquality> for T {}
    impl<T: ?Sized + PartialOrd> Ambiguous<WithOrder> for T {}
    <Ball as Ambiguous<_>>::meant();
};

#[test]
fn comparisons() {
    assert_eq!(third(64).below(&third(128)), Truth::Open);
    assert_eq!(third(64).equals(&third(64)), Truth::Open);
    assert_eq!(Ball::one(64).equals(&Ball::one(128)), Truth::True);
    assert_eq!(Ball::one(64).below(&Ball::one(128)), Truth::False);
    assert_eq!(Ball::one(64).at_most(&Ball::one(128)), Truth::True);
    assert_eq!(third(64).below(&Ball::one(64)), Truth::True);
    // [0, 2] touches zero: its sign is open, but it is certainly not below zero.
    let touching = ball(1.0, 1.0, 64);
    assert_eq!(touching.sign(), Sign::Open);
    assert_eq!(touching.below(&Ball::zero(64)), Truth::False);
    assert_eq!(Ball::zero(64).at_most(&touching), Truth::True);
    assert_eq!(touching.equals(&Ball::zero(64)), Truth::Open);
    assert_eq!(ball(-1.0, 1.0, 64).at_most(&Ball::zero(64)), Truth::True);
}

#[test]
fn exact_images_stay_points() {
    let bits = 64;
    for (image, value) in [
        (Ball::zero(bits).exp(), 1),
        (Ball::zero(bits).exp_m1(), 0),
        (Ball::one(bits).ln(), 0),
        (Ball::zero(bits).ln_1p(), 0),
        (Ball::from_f64(9.0, bits).sqrt(), 3),
        (Ball::zero(bits).sqrt(), 0),
        (Ball::from_f64(-3.0, bits).square(), 9),
        (Ball::from_f64(-3.0, bits).abs(), 3),
        (Ball::from_f64(6.0, bits) / Ball::from_f64(2.0, bits), 3),
        (Ball::zero(bits) / third(bits), 0),
        (Ball::zero(bits) * third(bits), 0),
    ] {
        assert_eq!(image.exact(), Some(rug::Rational::from(value)));
    }
    assert_eq!(third(bits).exact(), None);
}

#[test]
fn what_is_not_finite_is_the_whole_line() {
    use rug::float::Special;
    let special = |special| rug::Float::with_val(64, special);
    let one = Ball::one(64);
    for whole in [
        Ball::whole_line(64),
        Ball::point(special(Special::Nan)),
        Ball::point(special(Special::Infinity)),
        Ball::point(special(Special::NegInfinity)),
        Ball::new(rug::Float::with_val(64, 1), Magnitude::INFINITE),
        Ball::from_f64(f64::NAN, 64),
        Ball::from_f64(f64::NEG_INFINITY, 64),
        Ball::hull(&special(Special::NegInfinity), &special(Special::Infinity), 64),
        Ball::hull(&special(Special::Nan), &one.centre(), 64),
        one.clone() / Ball::zero(64),
        one.clone() / ball(1.0, 1.0, 64),
        ball(-1.0, 0.5, 64).sqrt(),
        ball(1.0, 1.5, 64).sqrt(),
        ball(-1.0, 0.5, 64).sqrt_of_nonnegative(),
        Ball::zero(64).ln(),
        ball(1.0, 1.0, 64).ln(),
        Ball::from_f64(-1.0, 64).ln_1p(),
        ball(0.0, 1.0, 64).ln_1p(),
    ] {
        assert!(whole.is_whole_line() && !whole.is_defined());
        assert_eq!((whole.sign(), whole.exact()), (Sign::Open, None));
        assert!(whole.contains_rational(&rug::Rational::from(-7)) && whole.contains(&one) && !one.contains(&whole));
        assert!(whole.approximate().is_nan());
        assert_eq!((whole.lower_f64(), whole.upper_f64()), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(whole.to_decimal().is_none());
        assert_eq!(whole.to_string(), "undefined");
        for truth in [whole.below(&one), one.below(&whole), whole.at_most(&one), whole.equals(&whole)] {
            assert_eq!(truth, Truth::Open);
        }
        let mut sum = one.clone();
        sum.add_product(&whole, &Ball::zero(64));
        for after in [
            whole.clone() + &one,
            one.clone() - &whole,
            whole.clone() * Ball::zero(64),
            Ball::zero(64) * &whole,
            whole.clone() / &one,
            Ball::zero(64) / &whole,
            -whole.clone(),
            whole.square(),
            whole.clone().sqrt(),
            whole.clone().sqrt_of_nonnegative(),
            whole.clone().exp(),
            whole.clone().exp_m1(),
            whole.clone().ln(),
            whole.clone().ln_1p(),
            whole.clone().abs(),
            whole.clone().max(&one),
            one.clone().min(&whole),
            Ball::between(&one, &whole),
            whole.lower(),
            whole.upper(),
            whole.midpoint(),
            whole.clone().with_bits(10),
            sum,
        ] {
            assert!(after.is_whole_line(), "{after:?}");
        }
    }
}

#[test]
fn overflow_is_the_whole_line() {
    let huge = Ball::point(power_of_two(rug::float::exp_max() - 1));
    assert!(huge.is_defined());
    let mut sum = huge.clone();
    sum.add_product(&huge, &huge);
    for gone in [
        huge.clone() + &huge,
        huge.clone() * &huge,
        huge.square(),
        huge.clone().exp(),
        huge.clone().exp_m1(),
        huge.clone() / Ball::from_f64(0.25, 64),
        sum,
        Ball::one(64) + Ball::new(rug::Float::with_val(64, 0), Magnitude::power_of_two(1 << 31)),
        Ball::one(64) * Ball::new(rug::Float::with_val(64, 0), Magnitude::power_of_two(1 << 39)),
        // The radius alone overflows.
        ball(0.0, 1.0, 64) * &huge * &huge,
        ball(0.0, 1e300, 64).exp(),
    ] {
        assert!(gone.is_whole_line(), "{gone:?}");
    }
    // A difference of two huge numbers is not huge.
    assert_eq!((huge.clone() - &huge).sign(), Sign::Zero);
    assert!(huge.clone().ln().is_defined() && huge.sqrt().is_defined());
}

#[test]
fn underflow_widens_the_radius() {
    let least = rug::float::exp_min() - 1;
    let tiny = Ball::point(power_of_two(least));
    // Above half of the smallest number: MPFR rounds up to it, with an exponent that hides the loss.
    let nearly = Ball::point(rug::Float::with_val(64, rug::Float::u_exp(3, -2)));
    let mut sum = Ball::zero(64);
    sum.add_product(&tiny, &nearly);
    for (name, result) in [
        ("tiny²", tiny.square()),
        ("tiny·tiny", tiny.clone() * &tiny),
        ("3/4 tiny", tiny.clone() * &nearly),
        ("0 + 3/4 tiny", sum),
        ("tiny/2", tiny.clone() / Ball::from_f64(2.0, 64)),
        ("tiny/4", tiny.clone() / Ball::from_f64(4.0, 64)),
        ("exp", Ball::point(-power_of_two(40)).exp()),
    ] {
        assert!(result.is_defined(), "{name}");
        assert!(!result.is_point(), "{name}");
        assert_ne!(result.sign(), Sign::Negative, "{name}");
        // All of these lie between zero and the smallest number.
        let bound = Magnitude::power_of_two(i64::from(least) - 1);
        assert!(result.greatest_absolute() >= bound, "{name} reaches 2^(least − 1)");
        assert!(result.least_absolute() <= bound, "{name} reaches down to 2^(least − 1)");
    }
    let quarters = tiny.clone() * &nearly;
    let (lower, upper) = (quarters.lower_float(200), quarters.upper_float(200));
    assert!(lower <= 0.0 && upper >= tiny.centre(), "3/4 of it is between zero and the smallest number");
    assert_eq!(Ball::point(-power_of_two(40)).exp_m1().below(&Ball::from_f64(-0.999, 64)), Truth::True);
    // A difference that underflows is no proof of equality.
    let more = tiny.clone() * Ball::from_f64(1.5, 64);
    assert_eq!(more.equals(&tiny), Truth::Open);
    assert_ne!(tiny.equals(&Ball::point(rug::Float::with_val(64, tiny.centre() * 1.5))), Truth::True);
    // A radius below MPFR's range, on a centre inside it.
    let radius = Magnitude::power_of_two(-(1 << 35));
    let fine = Ball::new(rug::Float::with_val(64, 1), radius);
    assert_eq!(fine.below(&Ball::from_f64(1.0_f64.next_up(), 64)), Truth::True);
    assert_eq!(fine.equals(&Ball::one(64)), Truth::Open);
    assert!(fine.lower().below(&Ball::one(64)) == Truth::True && fine.square().radius() > radius);
}

#[test]
fn wide_balls_keep_the_sign_of_positive_functions() {
    assert_eq!(ball(0.0, 15.0, 64).exp().sign(), Sign::Positive);
    assert_eq!(ball(0.0, 15.0, 64).exp().ln_1p().sign(), Sign::Positive);
    assert_eq!(ball(1.0, 0.9, 64).square().sign(), Sign::Positive);
    assert_eq!(Ball::zero(64).at_most(&ball(1.0, 3.0, 64).abs()), Truth::True);
    assert_eq!(Ball::zero(64).at_most(&ball(0.25, 3.0, 64).sqrt_of_nonnegative()), Truth::True);
    assert_eq!(ball(-1.0, 1.0, 64).sqrt_of_nonnegative().exact(), Some(rug::Rational::new()));
}

#[test]
fn the_exponential_of_a_ball_of_any_width_is_bounded_if_its_upper_end_is() {
    for bits in [20, 64, 128, 300] {
        // From −2^40 or thereabouts to 4, and the same at a radius whose exponential is in range.
        for far in [1_u64 << 20, 1 << 29, 1 << 31, 1 << 40] {
            let wide = Ball::point(rug::Float::with_val(bits, -(far as f64)));
            let wide = Ball::new(wide.centre(), Magnitude::above_f64(far as f64 + 4.0));
            let upper = 4_f64.exp();
            let (image, less) = (wide.clone().exp(), wide.exp_m1());
            assert!((upper..upper * 1.01).contains(&image.upper_f64()), "{image:?}");
            assert!((upper - 1.0..(upper - 1.0) * 1.01).contains(&less.upper_f64()), "{less:?}");
            assert!(image.lower_f64() <= 0.0 || image.sign() == Sign::Positive, "{image:?}");
            assert!(image.lower_f64() > -1e-3 && less.lower_f64() > -1.001 && less.lower_f64() <= -0.99, "{less:?}");
        }
    }
    // The exponential of the radius alone is out of range.
    assert!(ball(-4e8, 8e8, 64).exp().is_defined() && ball(-4e8, 8e8, 64).exp_m1().is_defined());
    // The upper end is out of range.
    assert!(ball(0.0, 1e10, 64).exp().is_whole_line() && ball(0.0, 1e10, 64).exp_m1().is_whole_line());
}

#[test]
fn a_root_of_a_sum_of_squares_that_may_be_negative() {
    let root = ball(1e-30, 1e-29, 128).sqrt_of_nonnegative();
    assert!(root.contains_rational(&rug::Rational::new()));
    // √(11·10⁻³⁰), from above.
    let upper = root.upper_f64();
    assert!((3.316_624e-15..3.4e-15).contains(&upper), "{upper}");
}

#[test]
fn a_precision_that_mpfr_does_not_have_is_clamped() {
    assert_eq!(Ball::one(0).bits(), rug::float::prec_min());
    assert_eq!(third(64).with_bits(0).bits(), rug::float::prec_min());
    assert!(third(64).with_bits(0).contains_rational(&rug::Rational::from((1, 3))));
}

#[test]
fn printed_points_are_exact_where_their_digits_are() {
    let half = Ball::from_f64(-0.5, 64).to_decimal().unwrap();
    assert_eq!((half.mid.as_str(), half.rad.as_str()), ("-0.5", "0"));
    let zero = Ball::zero(64).to_decimal().unwrap();
    assert_eq!((zero.mid.as_str(), zero.rad.as_str()), ("0", "0"));
    let around = ball(0.0, 0.1, 64).to_decimal().unwrap();
    assert_eq!((around.mid.as_str(), around.rad.as_str()), ("0", "0.10001"));
    let wide = ball(1.0, 1e6, 64).to_decimal().unwrap();
    assert_eq!((wide.mid.as_str(), wide.rad.as_str()), ("1", "1000000"));
}

#[test]
fn a_ball_that_just_misses_zero_has_a_sign() {
    // The leading digits of the centre are those of the radius.
    let mut centre = rug::Float::with_val(128, 1);
    centre += power_of_two(-100);
    assert_eq!(Ball::new(centre.clone(), Magnitude::ONE).sign(), Sign::Positive);
    assert_eq!(Ball::new(-centre, Magnitude::ONE).sign(), Sign::Negative);
    assert_eq!(ball(1.0, 1.0, 128).sign(), Sign::Open);
}
