//! Recorded texts: what is written down, what is not, and what comes out when it is played.

use enclosures::number::{Ball, Exact, Float, Matrix, NotRecorded, Real, Recorded, Ring, Text, Truth};
use rug::Rational;

fn exact(numerator: i64, denominator: i64) -> Exact {
    Exact::from(Rational::from((numerator, denominator)))
}

fn count(inputs: usize, write: impl FnOnce(&[Recorded]) -> Vec<Recorded>) -> usize {
    Text::record(inputs, write).unwrap().operations()
}

#[test]
fn sums_of_products_are_one_operation_and_constants_fold() {
    assert_eq!(count(2, |x| vec![x[0].clone() * &x[1]]), 1);
    assert_eq!(count(2, |x| vec![x[0].clone() * &x[1] + x[0].square() - x[1].clone() * &x[0]]), 3);
    assert_eq!(count(1, |x| vec![x[0].clone() + Recorded::zero(64)]), 0);
    assert_eq!(count(1, |x| vec![x[0].clone() * Recorded::one(64)]), 0);
    assert_eq!(count(1, |x| vec![x[0].clone() * Recorded::zero(64)]), 0);
    assert_eq!(count(1, |x| vec![x[0].constant(2) * x[0].constant(3) + x[0].constant(4)]), 0);
    assert_eq!(count(1, |x| vec![-(-x[0].clone())]), 0);
    assert_eq!(count(1, |x| vec![x[0].clone().times(2).times((1, 2)) + x[0].constant(1)]), 1);
    // What no output needs is left out.
    assert_eq!(
        count(1, |x| {
            let _ = x[0].clone().exp() * &x[0];
            vec![x[0].clone().exp()]
        }),
        1
    );
    let matrix = |x: &[Recorded]| Matrix::from_entries(2, x.to_vec());
    assert_eq!(count(4, |x| matrix(x).times(&matrix(x)).entries().to_vec()), 8);
}

#[test]
fn constants_are_folded_to_what_they_are() {
    let text = Text::record(1, |x| {
        let c = x[0].constant((3, 2)) / x[0].constant(6) - x[0].constant((1, 8));
        vec![c.clone(), c.clone() * &x[0] - c, x[0].constant(4).sqrt(), x[0].constant(0).exp() + &x[0]]
    })
    .unwrap();
    let found: Vec<String> = text.evaluate(&[exact(5, 1)], 64).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["1/8", "1/2", "2", "6"]);
}

#[test]
fn sums_are_scaled_term_by_term() {
    let text = Text::record(2, |x| {
        let sum = x[0].clone().times(3) - &x[1] + x[0].constant(7);
        let product = x[0].clone() * &x[1] + x[0].constant(5);
        vec![
            sum.times((2, 3)),
            -product,
            -(x[0].clone() * &x[1]) - &x[0],
            x[1].clone().times(2) * x[0].clone().times(-1),
        ]
    })
    .unwrap();
    let found: Vec<String> = text.evaluate(&[exact(2, 1), exact(1, 1)], 64).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["8", "-7", "-4", "-4"]);
}

#[test]
fn what_goes_on_being_added_up_is_not_what_was_used_before() {
    let text = Text::record(2, |x| {
        let mut sum = x[0].clone() * &x[1];
        let before = sum.clone();
        let square = sum.square();
        sum.add_product(&x[0], &x[0]);
        sum += &x[1];
        sum -= &before;
        vec![before, square, -sum.clone(), sum.times(3)]
    })
    .unwrap();
    let found: Vec<String> = text.evaluate(&[exact(2, 1), exact(5, 1)], 64).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["10", "100", "-9", "27"]);
}

#[test]
fn what_is_not_there_is_named() {
    let name = |write: fn(&Recorded) -> Recorded| match Text::record(1, |x| vec![write(&x[0])]) {
        Err(NotRecorded::Undefined { operation }) => operation,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(|x| x.clone().abs() + x), "an absolute value");
    assert_eq!(name(|x| x.clone() * x.clone().max(&x.constant(0))), "a maximum");
    assert_eq!(name(|x| -x.constant(0).min(x)), "a minimum");
    assert_eq!(name(|x| Real::between(x, &x.constant(1)).exp()), "a number between two others");
    assert_eq!(name(|x| x.clone() / x.constant(0)), "a division by zero");
    assert_eq!(name(|x| x.constant(2).exp() + x), "a function of a constant that is not rational");
    assert_eq!(name(|x| x.clone().root(0)), "a root of degree 0");
    // If no output needs it nothing is wrong.
    assert_eq!(
        count(1, |x| {
            let _ = x[0].clone().abs();
            vec![x[0].square()]
        }),
        1
    );
    let mut other = None;
    Text::record(1, |x| {
        other = Some(x[0].clone());
        vec![]
    })
    .unwrap();
    let mixed = Text::record(1, |x| vec![x[0].clone() + other.unwrap()]);
    assert_eq!(mixed.unwrap_err().to_string(), "an operation on numbers of two texts, which cannot be recorded");
}

#[test]
fn nothing_is_known_of_a_recorded_number() {
    Text::record(1, |x| {
        assert!(x[0].approximate().is_nan() && x[0].is_defined() && x[0].exact().is_none());
        assert_eq!(x[0].below(&x[0].constant(1)), Truth::Open);
        assert_eq!(x[0].equals(&x[0]), Truth::Open);
        assert_eq!(x[0].constant(1).below(&x[0].constant(2)), Truth::True);
        assert_eq!((x[0].lower_f64(), x[0].upper_f64()), (f64::NEG_INFINITY, f64::INFINITY));
        vec![]
    })
    .unwrap();
}

#[test]
fn a_text_that_is_too_long_is_counted() {
    let length = Text::MOST_OPERATIONS + 17;
    let too_long = |result: Result<Text, NotRecorded>| match result {
        Err(NotRecorded::TooLong { operations, most: Text::MOST_OPERATIONS }) => operations,
        other => panic!("{:?}", other.map(|text| text.operations())),
    };
    let sum = Text::record(1, |x| {
        let mut sum = Recorded::zero(64);
        (0..length).for_each(|_| sum.add_product(&x[0], &x[0]));
        vec![sum]
    });
    assert_eq!(too_long(sum), length);
    let chain = Text::record(1, |x| vec![(0..length).fold(x[0].clone(), |product, _| product * &x[0])]);
    assert_eq!(too_long(chain), length);
    let product = Text::record(200 * 200, |x| {
        let matrix = Matrix::from_entries(200, x.to_vec());
        matrix.times(&matrix).times(&matrix).times(&matrix).entries().to_vec()
    });
    assert_eq!(too_long(product), 3 * 200 * 200 * 200);
}

/// Everything that can be recorded, of two positive numbers.
fn everything<T: Real>(x: &T, y: &T) -> Vec<T> {
    let product = x.clone() * y;
    vec![
        product.clone() - x.square().times((2, 3)) + y,
        x.clone() / y,
        x.constant(3) / &product,
        x.clone().exp(),
        (-product.clone()).exp_m1(),
        x.clone().ln(),
        product.clone().ln_1p(),
        (x.clone() + y).sqrt(),
        product.sqrt_of_nonnegative(),
        x.clone().root(3),
        (y.clone() * x).rational_power(5, 4),
        (y.constant(1) / (x.constant(1) + y.clone().exp())).exp(),
    ]
}

#[test]
fn a_text_computes_what_was_written() {
    let text = Text::record(2, |x| everything(&x[0], &x[1])).unwrap();
    let (x, y) = (Rational::from((2, 7)), Rational::from((5, 3)));
    for bits in [53, 128, 300] {
        let inputs = [&x, &y].map(|value| Ball::from_rational(value, bits));
        let expected = everything(&inputs[0], &inputs[1]);
        let found = text.evaluate(&inputs, bits);
        let approximate = text.evaluate(&[&x, &y].map(|value| Float::from_rational(value, bits)), bits);
        for ((found, expected), float) in found.iter().zip(&expected).zip(&approximate) {
            assert!(
                found.may_meet(expected)
                    && found.radius() < enclosures::number::Magnitude::power_of_two(6 - i64::from(bits))
            );
            let distance = (Ball::point(float.value()) - expected).abs();
            assert!(distance.upper_f64() < 2_f64.powi(6 - bits as i32));
        }
    }
    let inputs = [x.to_f64(), y.to_f64()];
    let expected = everything(&Float::from_rational(&x, 53), &Float::from_rational(&y, 53));
    for (found, expected) in text.evaluate(&inputs, 53).iter().zip(expected) {
        assert!((found - expected.approximate()).abs() < 1e-14);
    }
}
