//! Balls as a ring: containment, tightness, symmetry, precision, isotony.

use enclosures::number::{Ball, Magnitude, Real, Ring, Special};
use rug::float::Round;

use super::dyadic::{Dyadic, contains, contains_quotient, ends, includes, includes_but_for, slack_of, ulp};
use super::law;
use super::samples::{Bits, Fraction, Sample};

pub type Unary = fn(Ball) -> Ball;
pub type Binary = fn(Ball, &Ball) -> Ball;

/// The operations on two balls.
pub const BINARY: [(&str, Binary); 8] = [
    ("a + b", |a, b| a + b),
    ("a − b", |a, b| a - b),
    ("a b", |a, b| a * b),
    ("a / b", |a, b| a / b),
    ("max", |a, b| a.max(b)),
    ("min", |a, b| a.min(b)),
    ("between", |a, b| Ball::between(&a, b)),
    ("a + a b", |a, b| {
        let mut sum = a.clone();
        sum.add_product(&a, b);
        sum
    }),
];

/// The operations on one ball.
pub const UNARY: [(&str, Unary); 17] = [
    ("−a", |a| -a),
    ("a²", |a| a.square()),
    ("a³", |a| a.power(3)),
    ("a⁴", |a| a.power(4)),
    ("7a/3", |a| a.times((7, 3))),
    ("|a|", Real::abs),
    ("√", Real::sqrt),
    ("√ of non-negative", Real::sqrt_of_nonnegative),
    ("∛ of non-negative", |a| a.root(3)),
    ("exp", Real::exp),
    ("exp − 1", Real::exp_m1),
    ("ln", Real::ln),
    ("ln(1 + a)", Real::ln_1p),
    ("erf", Special::erf),
    ("arcsine", Special::asin),
    ("at 20 bits", |a| a.with_bits(20)),
    ("at 300 bits", |a| a.with_bits(300)),
];

#[test]
fn sums_and_products_contain_the_exact_result() {
    law("ring containment", 3000, |(a, b, c): (Sample, Sample, Sample)| {
        let (x, y, z) = (&a.point, &b.point, &c.point);
        let check = |name: &str, ball: Ball, exact: &Dyadic| {
            assert!(!ball.is_whole_line(), "{name} is defined");
            assert!(contains(&ball, exact), "{name}: {ball:?}");
        };
        check("+", a.ball.clone() + &b.ball, &x.plus(y));
        check("−", a.ball.clone() - &b.ball, &x.minus(y));
        check("·", a.ball.clone() * &b.ball, &x.times(y));
        check("negation", -a.ball.clone(), &x.negated());
        check("square", a.ball.square(), &x.times(x));
        check("cube", a.ball.power(3), &x.times(x).times(x));
        check("fourth power", a.ball.power(4), &x.times(x).times(x).times(x));
        check("rational factor", a.ball.clone().times((-5, 8)), &x.times(&Dyadic::new(-5, -3)));
        let mut sum = c.ball.clone();
        sum.add_product(&a.ball, &b.ball);
        check("add_product", sum, &z.plus(&x.times(y)));
        let mut sum = c.ball.clone();
        sum += &a.ball;
        sum -= &b.ball;
        check("+= and −=", sum, &z.plus(x).minus(y));
    });
}

#[test]
fn a_number_minus_another_of_the_same_ball() {
    law("dependency", 1000, |a: Sample| {
        let difference = a.ball.clone() - &a.ball;
        assert!(contains(&difference, &a.point.minus(&a.other_point())));
        let product = a.ball.clone() * &a.ball;
        assert!(contains(&product, &a.point.times(&a.other_point())));
    });
}

#[test]
fn quotients_contain_the_exact_result() {
    law("division containment", 3000, |(a, b): (Sample, Sample)| {
        let quotient = a.ball.clone() / &b.ball;
        let (least, greatest) = ends(&b.ball).unwrap();
        let has_zero = least.at_most(&Dyadic::zero()) && Dyadic::zero().at_most(&greatest);
        if has_zero {
            assert!(quotient.is_whole_line());
            return;
        }
        // A divisor whose lower end is lost in the 53 bits of the radius may be refused; no other.
        let clear = b.ball.radius()
            < Magnitude::below(&b.ball.centre()).minus_below(Magnitude::above(&b.ball.centre()).scaled(-50));
        assert!(!quotient.is_whole_line() || !clear);
        assert!(contains_quotient(&quotient, &a.point, &b.point), "{quotient:?}");
    });
}

#[test]
fn radii_are_no_larger_than_they_must_be() {
    law("ring tightness", 1500, |(a, b, c): (Sample, Sample, Sample)| {
        let bits = i64::from(a.ball.bits().max(b.ball.bits()));
        let radius = |ball: &Ball| Dyadic::radius(ball.radius());
        let size = |ball: &Ball| Dyadic::of(&ball.centre()).abs();
        // A relative excess of 2^−40 and one half-ulp of the centre.
        let bound = |exact: &Dyadic, ball: &Ball, bits: i64| {
            let total = exact.plus(&ulp(&size(ball), bits as u32).scaled(-1));
            total.plus(&total.scaled(-40))
        };
        let sum = a.ball.clone() + &b.ball;
        assert!(radius(&sum).at_most(&bound(&radius(&a.ball).plus(&radius(&b.ball)), &sum, bits)));
        let product = a.ball.clone() * &b.ball;
        let (r, s) = (radius(&a.ball), radius(&b.ball));
        let exact = size(&a.ball).times(&s).plus(&r.times(&size(&b.ball))).plus(&r.times(&s));
        assert!(radius(&product).at_most(&bound(&exact, &product, bits)));
        let mut sum = c.ball.clone();
        sum.add_product(&a.ball, &b.ball);
        assert!(radius(&sum).at_most(&bound(&exact.plus(&radius(&c.ball)), &sum, bits.max(i64::from(c.ball.bits())))));
        // The square is never wider than the exact image needs, by more than two ulps.
        let square = a.ball.square();
        let (least, greatest) = ends(&a.ball).unwrap();
        let (one, other) = (least.times(&least), greatest.times(&greatest));
        let bottom =
            if least.is_negative() != greatest.is_negative() { Dyadic::zero() } else { one.clone().min(other.clone()) };
        let half_width = one.max(other).minus(&bottom).scaled(-1);
        let ulps = ulp(&size(&a.ball).times(&size(&a.ball)).plus(&half_width), a.ball.bits()).times(&Dyadic::new(3, 0));
        assert!(radius(&square).at_most(&half_width.plus(&half_width.scaled(-40)).plus(&ulps)), "{square:?}");
    });
}

#[test]
fn operations_on_points_are_correctly_rounded() {
    law("points", 1500, |(a, b, c): (Sample, Sample, Sample)| {
        let point = |sample: &Sample| Ball::point(sample.ball.centre());
        let (x, y, z) = (point(&a), point(&b), point(&c));
        let bits = x.bits().max(y.bits());
        let (one, two) = (Dyadic::of(&x.centre()), Dyadic::of(&y.centre()));
        for (ball, exact) in
            [(x.clone() + &y, one.plus(&two)), (x.clone() - &y, one.minus(&two)), (x.clone() * &y, one.times(&two))]
        {
            assert_eq!(ball.centre(), exact.round(bits, Round::Nearest));
            assert_eq!(
                ball.is_point(),
                Dyadic::of(&ball.centre()).compare(&exact).is_eq(),
                "exact results stay points"
            );
        }
        let mut sum = z.clone();
        sum.add_product(&x, &y);
        let exact = Dyadic::of(&z.centre()).plus(&one.times(&two));
        assert_eq!(sum.centre(), exact.round(bits.max(z.bits()), Round::Nearest), "one rounding");
    });
}

#[test]
fn commutation_and_signs() {
    law("symmetry", 1500, |(a, b): (Sample, Sample)| {
        let same = |name: &str, one: Ball, other: Ball| {
            assert!(one.bits() == other.bits(), "{name}");
            assert!(one.centre() == other.centre() && one.radius() == other.radius(), "{name}: {one:?} {other:?}");
        };
        let (x, y) = (&a.ball, &b.ball);
        same("a + b", x.clone() + y, y.clone() + x);
        same("a b", x.clone() * y, y.clone() * x);
        same("a − b", x.clone() - y, -(y.clone() - x));
        same("(−a) b", -x.clone() * y, -(x.clone() * y));
        same("(−a)/b", -x.clone() / y, -(x.clone() / y));
        same("(−a)²", (-x.clone()).square(), x.square());
        same("|−a|", (-x.clone()).abs(), x.clone().abs());
        same("max(−a, −b)", (-x.clone()).max(&-y.clone()), -x.clone().min(y));
        let (mut one, mut other) = (x.clone(), x.clone());
        one.add_product(x, y);
        other.add_product(y, x);
        same("add_product", one, other);
        // As sets: where either may be chosen their representations may differ.
        let (one, other) = (x.clone().max(y), y.clone().max(x));
        assert!(super::dyadic::meet(&one, &other));
        assert!(contains(&one, &a.point.clone().max(b.point.clone())));
        assert!(contains(&other, &a.point.clone().max(b.point.clone())));
    });
}

#[test]
fn the_larger_precision_wins() {
    law("mixed precisions", 1500, |(a, b): (Sample, Sample)| {
        let bits = a.ball.bits().max(b.ball.bits());
        for (name, operation) in BINARY {
            let mixed = operation(a.ball.clone(), &b.ball);
            let level = operation(a.ball.clone().with_bits(bits), &b.ball.clone().with_bits(bits));
            assert_eq!(mixed.bits(), bits, "{name}");
            assert_eq!(mixed.centre(), level.centre(), "{name}");
            assert_eq!(mixed.radius(), level.radius(), "{name}");
        }
    });
}

#[test]
fn widening_an_input_never_shrinks_the_result() {
    law("isotony in one argument", 3000, |a: Sample| {
        let wide = a.widened();
        for (name, operation) in UNARY {
            let (narrow, wide) = (operation(a.ball.clone()), operation(wide.clone()));
            // A root's negative values are nobody's: the wider ball's root may start at 0 exactly.
            if name.ends_with("of non-negative") {
                if let (Some((first, one)), Some((least, other))) = (ends(&narrow), ends(&wide)) {
                    let slack = slack_of(&wide, 45);
                    assert!(one.at_most(&other.plus(&slack)), "{name}: {narrow:?} {wide:?}");
                    assert!(least.minus(&slack).at_most(&first.max(Dyadic::zero())), "{name}: {narrow:?} {wide:?}");
                }
                assert!(wide.is_whole_line() || !narrow.is_whole_line() || a.ball.upper_f64() <= 0.0);
                continue;
            }
            assert!(includes_but_for(&wide, &narrow, 45), "{name}: {narrow:?} {wide:?}");
        }
    });
    law("isotony in two arguments", 3000, |(a, b): (Sample, Sample)| {
        for (name, operation) in BINARY {
            let narrow = operation(a.ball.clone(), &b.ball);
            for (one, other) in
                [(a.widened(), b.ball.clone()), (a.ball.clone(), b.widened()), (a.widened(), b.widened())]
            {
                let wide = operation(one, &other);
                assert!(includes_but_for(&wide, &narrow, 45), "{name}: {narrow:?} {wide:?}");
            }
        }
    });
}

#[test]
fn rationals_are_enclosed_at_every_precision() {
    law("from_rational", 2000, |(value, bits, more): (Fraction, Bits, Bits)| {
        let ball = Ball::from_rational(&value.0, bits.0);
        assert_eq!(ball.bits(), bits.0);
        let (centre, radius) = (ball.centre().to_rational().unwrap(), ball.radius().to_rational().unwrap());
        assert!((centre.clone() - &value.0).abs() <= radius);
        assert!(ball.contains_rational(&value.0));
        assert!(ball.is_point() == (centre == value.0));
        // At most half an ulp.
        assert!(radius.is_zero() || radius <= (centre.clone().abs() >> bits.0));
        let other = ball.clone().with_bits(more.0);
        assert_eq!(other.bits(), more.0);
        assert!(other.contains_rational(&value.0));
        assert!(includes(&other, &ball));
        // Just outside there is nothing.
        let outside = centre + radius + (rug::Rational::from(1) >> 200_000_u32);
        assert!(!ball.contains_rational(&outside));
    });
    law("contains_rational", 2000, |(a, value): (Sample, Fraction)| {
        // The last test is exact: it finds the ends, and nothing beyond them.
        let (least, greatest) = ends(&a.ball).unwrap();
        let (least, greatest) = (least.to_rational(), greatest.to_rational());
        assert!(a.ball.contains_rational(&least) && a.ball.contains_rational(&greatest));
        assert!(a.ball.contains_rational(&a.point.to_rational()));
        let little = rug::Rational::from((1, 3)) >> 1500u32;
        assert!(!a.ball.contains_rational(&(least.clone() - &little)));
        assert!(!a.ball.contains_rational(&(greatest.clone() + &little)));
        assert_eq!(a.ball.contains_rational(&value.0), least <= value.0 && value.0 <= greatest);
    });
}
