//! Every operation against MPFR on the same numbers, bit for bit, at mixed precisions and at the ends of the range of words.

use rug::Float;
use rug::float::Special;
use rug::ops::{AddAssignRound, DivAssignRound, MulAssignRound, SubAssignRound};

use super::*;
use crate::number::elementary;
use crate::number::short::Round;
use crate::number::short::tests::Source;

/// A precision, most of all one where the kind of number changes.
fn bits(source: &mut Source) -> u32 {
    let any = source.below(300) as u32 + 1;
    source.pick(&[1, 53, 64, 128, 128, 129, 256, 256, 257, any])
}

/// A number of any kind: short or long, far out, zero, or none.
fn number(source: &mut Source) -> Binary {
    let bits = bits(source);
    if source.below(30) == 0 {
        let special = source.pick(&[Special::Nan, Special::Infinity, Special::NegInfinity, Special::Zero]);
        return Binary::from_float(Float::with_val(bits, special));
    }
    let short: Short<4> = source.number(bits.min(256));
    let mut value = Float::with_val(bits, short.to_float(256));
    value <<= match source.below(8) {
        0 => source.pick(&[1 << 28, -(1 << 28), 1 << 27, -(1 << 27), 1 << 29, -(1 << 29)]),
        // To where MPFR's own range ends.
        1 => source.pick(&[(1 << 30) - 200, -(1 << 30) + 200]),
        _ => 0,
    };
    Binary::from_float(value)
}

/// The number is MPFR's in every bit, of the kind that belongs to it, and says rightly whether it was rounded.
#[track_caller]
fn same((found, is_exact): Rounded, (value, rounding): (Float, Ordering), context: &dyn std::fmt::Debug) {
    let own = found.to_float();
    assert_eq!(own.prec(), value.prec(), "{context:x?}");
    assert!(*own == value || own.is_nan() && value.is_nan(), "{context:x?}: {own} {value}");
    assert!(own.is_nan() || own.is_sign_negative() == value.is_sign_negative(), "{context:x?}: {own} {value}");
    assert_eq!(is_exact, rounding == Ordering::Equal, "{context:x?}: {own}");
    let exponent = value.get_exp().map_or(0, |exponent| exponent - 1);
    let is_short = value.is_finite() && exponent.unsigned_abs() <= EXPONENT_LIMIT;
    match found {
        Binary::Two(_, bits) => assert!(is_short && bits <= 128, "{context:x?}"),
        Binary::Four(_, bits) => assert!(is_short && bits > 128 && bits <= 256, "{context:x?}"),
        Binary::Long(value) => assert!(!is_short || value.prec() > 256, "{context:x?}"),
    }
}

const NEAREST: rug::float::Round = rug::float::Round::Nearest;

/// MPFR's operation in place, at the larger precision.
fn by_mpfr(
    one: &Binary,
    other: &Binary,
    operation: impl FnOnce(&mut Float, &Float, rug::float::Round) -> Ordering,
) -> (Float, Ordering) {
    let mut value = one.to_float().into_owned();
    if value.prec() < other.bits() {
        value.set_prec(other.bits());
    }
    let rounding = operation(&mut value, &other.to_float(), NEAREST);
    (value, rounding)
}

/// This library's operation in place.
fn in_place(one: &Binary, operation: impl FnOnce(&mut Binary) -> bool) -> Rounded {
    let mut number = one.clone();
    let is_exact = operation(&mut number);
    (number, is_exact)
}

#[test]
fn operations_are_those_of_mpfr() {
    let mut source = Source(1);
    for _ in 0..30_000 {
        let (one, two, mut three) = (number(&mut source), number(&mut source), number(&mut source));
        if source.below(3) == 0 {
            // Cancels the product, or nearly so.
            three = in_place(&one, |one| one.multiply(&two)).0;
            three.negate();
        }
        let context = (&one, &two, &three);
        let (a, b) = (one.to_float().into_owned(), two.to_float().into_owned());
        let found = in_place(&one, |one| one.increase(&two));
        same(found, by_mpfr(&one, &two, |a, b, round| a.add_assign_round(b, round)), &context);
        let found = in_place(&one, |one| one.decrease(&two));
        same(found, by_mpfr(&one, &two, |a, b, round| a.sub_assign_round(b, round)), &context);
        let product = by_mpfr(&one, &two, |a, b, round| a.mul_assign_round(b, round));
        same(in_place(&one, |one| one.multiply(&two)), product.clone(), &context);
        same(in_place(&three, |three| three.set_product(&one, &two)), product, &context);
        let found = in_place(&one, |one| one.divide(&two));
        same(found, by_mpfr(&one, &two, |a, b, round| a.div_assign_round(b, round)), &context);
        let bits = one.bits().max(two.bits()).max(three.bits());
        let sum = Float::with_val_round(bits, &a * &b + &*three.to_float(), NEAREST);
        same(in_place(&three, |three| three.add_product(&one, &two)), sum, &context);
        same(one.square(), Float::with_val_round(one.bits(), a.square_ref(), NEAREST), &context);
        same(one.root(), Float::with_val_round(one.bits(), a.sqrt_ref(), NEAREST), &context);
        assert_eq!(one.compare(&two), a.partial_cmp(&b), "{context:x?}");
        assert_eq!(one.compare_with_zero(), a.cmp0(), "{context:x?}");

        let bits = self::bits(&mut source);
        for (round, mpfr) in
            [(Round::Nearest, NEAREST), (Round::Down, rug::float::Round::Down), (Round::Up, rug::float::Round::Up)]
        {
            let expected = Float::with_val_round(bits, &a + &b, mpfr);
            same(one.sum(&two, bits, round), expected, &(bits, round, context));
            let f64s = (one.to_f64(round), a.to_f64_round(mpfr));
            assert!(f64s.0.to_bits() == f64s.1.to_bits() || f64s.0.is_nan() && f64s.1.is_nan(), "{context:x?}");
        }
        let mut changed = a.clone();
        let rounding = changed.set_prec_round(bits, NEAREST);
        same(in_place(&one, |one| one.set_bits(bits)), (changed, rounding), &(bits, context));
        let raised = in_place(&one, |one| {
            one.raise_bits(bits);
            true
        });
        same(raised, (Float::with_val(bits.max(a.prec()), &a), Ordering::Equal), &(bits, context));
    }
}

#[test]
fn what_does_not_round_is_that_of_mpfr() {
    let mut source = Source(2);
    for _ in 0..20_000 {
        let one = number(&mut source);
        let a = one.to_float().into_owned();
        let check = |found: Binary, value: Float| same((found, true), (value, Ordering::Equal), &one);
        let changed = |change: fn(&mut Binary)| {
            let mut number = one.clone();
            change(&mut number);
            number
        };
        check(one.clone(), a.clone());
        check(Binary::from_float(one.clone().into_float()), a.clone());
        check(changed(Binary::negate), -a.clone());
        check(changed(Binary::make_absolute), a.clone().abs());
        check(changed(Binary::halve), a.clone() >> 1);
        check(changed(Binary::make_nan), Float::with_val(a.prec(), Special::Nan));
        let doubled = in_place(&one, |one| {
            one.apply(|value| {
                *value <<= 1;
                Ordering::Equal
            })
        });
        check(doubled.0, a.clone() << 1);
        assert_eq!((one.is_zero(), one.is_finite(), one.bits()), (a.is_zero(), a.is_finite(), a.prec()), "{one:x?}");
        assert!(a.is_nan() || one.is_negative() == a.is_sign_negative(), "{one:x?}");
        assert_eq!(one.exponent(), a.get_exp().map(|exponent| i64::from(exponent) - 1), "{one:x?}");
        assert_eq!((one.above(), one.below()), (Magnitude::above(&a), Magnitude::below(&a)), "{one:x?}");
        let error = crate::number::ball::rounding_error(&a);
        assert_eq!(one.rounding_error(), error, "{one:x?}");
        if !a.is_nan() {
            for magnitude in [one.above(), one.below(), one.above().scaled(1), Magnitude::ZERO, Magnitude::INFINITE] {
                let order = magnitude.compare_with_absolute(&a).reverse();
                assert_eq!(one.compare_absolute(magnitude), order, "{one:x?} {magnitude:?}");
            }
        }
        for magnitude in [one.above(), one.below(), one.above().scaled(1 << 29), one.below().scaled(-(1 << 32))] {
            same((magnitude.to_binary(), true), (magnitude.to_float(), Ordering::Equal), &magnitude);
        }
    }
}

#[test]
fn numbers_of_other_kinds_are_rounded_as_by_mpfr() {
    let mut source = Source(3);
    for _ in 0..20_000 {
        let bits = bits(&mut source);
        let numerator = source.next() as i64 >> source.below(64);
        let denominator = match source.below(3) {
            0 => 1,
            1 => 1 << source.below(64),
            _ => (source.next() >> source.below(64)).max(1),
        };
        let mut value = rug::Rational::from((numerator, denominator));
        if source.below(4) == 0 {
            value <<= source.below(200) as i32 - 100;
        }
        same(Binary::from_rational(&value, bits), Float::with_val_round(bits, &value, NEAREST), &(bits, &value));
        let double = match source.below(3) {
            0 => f64::from_bits(source.next()),
            1 => numerator as f64,
            _ => source.pick(&[0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, f64::MAX]),
        };
        same(Binary::from_f64(double, bits), Float::with_val_round(bits, double, NEAREST), &(bits, double));
        same((Binary::zero(bits), true), (Float::new(bits), Ordering::Equal), &bits);
    }
}

#[test]
fn exponentials_and_logarithms_are_those_of_mpfr() {
    type Function = (fn(Short<2>) -> Option<Short<2>>, fn(&mut Float, rug::float::Round) -> Ordering);
    let functions: [Function; 4] = [
        (elementary::exp, Float::exp_round),
        (elementary::exp_m1, Float::exp_m1_round),
        (elementary::ln, Float::ln_round),
        (elementary::ln_1p, Float::ln_1p_round),
    ];
    let mut source = Source(4);
    for case in 0..1500 {
        let mut one = match case % 4 {
            0 => number(&mut source),
            _ => Binary::two(source.number(128), 128),
        };
        // Mostly of a size that has images in range.
        if let (Binary::Two(short, 128), true) = (&mut one, case % 5 > 0) {
            *short = short.scaled(source.below(40) as i32 - 30 - short.exponent());
        }
        for special in [None, Some(0.0), Some(-0.0), Some(1.0), Some(-1.0)] {
            if special.is_some() && case > 0 {
                break;
            }
            let one = special.map_or(one.clone(), |special| Binary::from_f64(special, 128).0);
            for (in_words, by_mpfr) in functions {
                let mut value = one.to_float().into_owned();
                let rounding = by_mpfr(&mut value, NEAREST);
                same(in_place(&one, |one| one.evaluate(in_words, by_mpfr)), (value, rounding), &one);
            }
        }
    }
}
