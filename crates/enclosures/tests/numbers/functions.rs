//! Roots, exponentials and logarithms of balls, against MPFR at four times the precision with directed rounding.

use enclosures::number::{Ball, Dual, Exact, Float, Magnitude, Real, Ring, Special, special};
use rug::float::Round;

use super::dyadic::{Dyadic, contains, ends, is_moderate, meet, outer_ends, ulp};
use super::law;
use super::ring::{BINARY, UNARY, Unary};
use super::samples::{Bits, Fraction, Sample};

type Reference = fn(&mut rug::Float, Round) -> std::cmp::Ordering;

/// Increasing functions with their MPFR counterparts and the number where their domain begins.
const FUNCTIONS: [(&str, Unary, Reference, Option<i32>); 8] = [
    ("exp", Real::exp, rug::Float::exp_round, None),
    ("exp − 1", Real::exp_m1, rug::Float::exp_m1_round, None),
    ("ln", Real::ln, rug::Float::ln_round, Some(0)),
    ("ln(1 + a)", Real::ln_1p, rug::Float::ln_1p_round, Some(-1)),
    ("√", Real::sqrt, rug::Float::sqrt_round, Some(0)),
    ("√ of non-negative", Real::sqrt_of_nonnegative, rug::Float::sqrt_round, Some(0)),
    ("∛ of non-negative", |a| a.root(3), |x, round| x.root_round(3, round), Some(0)),
    ("¹⁰√ of non-negative", |a| a.root(10), |x, round| x.root_round(10, round), Some(0)),
];

/// Whether the domain of a function contains its end, zero.
fn is_root(name: &str) -> bool {
    name.contains(['√', '∛'])
}

/// Whether a function forgets about the negative numbers of a ball.
fn cuts_off(name: &str) -> bool {
    name.ends_with("of non-negative")
}

/// An enclosure of f(x): f increases, so rounding goes the same way before and after.
fn enclosure(function: Reference, x: &Dyadic, bits: u32) -> (rug::Float, rug::Float) {
    let (mut least, mut greatest) = (x.round(bits, Round::Down), x.round(bits, Round::Up));
    function(&mut least, Round::Down);
    function(&mut greatest, Round::Up);
    (least, greatest)
}

/// Whether ball and [least, greatest] have a number in common, the ends possibly infinite.
fn touches(ball: &Ball, least: &rug::Float, greatest: &rug::Float) -> bool {
    let (lower, upper) = outer_ends(ball);
    *least <= upper && lower <= *greatest
}

#[test]
fn functions_contain_the_true_value() {
    law("function containment", 4000, |a: Sample| {
        for (name, function, reference, start) in FUNCTIONS {
            let image = function(a.ball.clone());
            let (least, _) = ends(&a.ball).unwrap();
            let start = start.map(|start| Dyadic::new(start, 0));
            let is_root = is_root(name);
            if !cuts_off(name)
                && start
                    .as_ref()
                    .is_some_and(|start| if is_root { !start.at_most(&least) } else { least.at_most(start) })
            {
                assert!(image.is_whole_line(), "{name} outside its domain");
                continue;
            }
            if start.is_some_and(|start| if is_root { a.point.is_negative() } else { a.point.at_most(&start) }) {
                continue;
            }
            let (lower, upper) = enclosure(reference, &a.point, 4 * a.ball.bits() + 200);
            assert!(touches(&image, &lower, &upper), "{name}: {image:?} against {lower:?} {upper:?}");
        }
    });
}

/// Their derivatives are bounded over the whole ball: sound, and not as tight as the others.
#[test]
fn the_error_function_and_the_arcsine_contain_the_true_value() {
    law("erf and arcsine", 4000, |a: Sample| {
        let bits = 4 * a.ball.bits() + 200;
        let (lower, upper) = enclosure(rug::Float::erf_round, &a.point, bits);
        let image = a.ball.clone().erf();
        assert!(touches(&image, &lower, &upper), "{image:?} against {lower:?} {upper:?}");
        assert!(image.radius() <= a.ball.radius().scaled(1) + Magnitude::power_of_two(-i64::from(a.ball.bits())));
        let one = Dyadic::new(1, 0);
        let (least, greatest) = ends(&a.ball).unwrap();
        let image = a.ball.clone().asin();
        if !(least.abs().at_most(&one) && greatest.abs().at_most(&one)) {
            assert!(image.is_whole_line(), "arcsine outside its domain");
        } else {
            let (lower, upper) = enclosure(rug::Float::asin_round, &a.point, bits);
            assert!(image.is_whole_line() || touches(&image, &lower, &upper), "{image:?}");
        }
    });
    let one = Ball::one(64);
    let half_turn = one.clone().asin() - (-one).asin();
    assert!((half_turn.approximate() - std::f64::consts::PI).abs() < 1e-15 && half_turn.radius().to_f64() < 1e-18);
}

#[test]
fn logarithms_of_the_gamma_function() {
    let mut factorial = rug::Rational::from(1);
    for n in 1..40_u32 {
        factorial *= n;
        let found = Ball::ln_gamma_of_half(2 * u64::from(n) + 2, 128).exp();
        assert!(found.contains_rational(&factorial), "{n}! in {found:?}");
    }
    // Γ(1/2)² = π.
    let square = Ball::ln_gamma_of_half(1, 128).times(2).exp();
    assert!((square.approximate() - std::f64::consts::PI).abs() < 1e-14);
    assert!(Ball::ln_gamma_of_half(0, 64).is_whole_line());
}

#[test]
fn images_of_points_are_correctly_rounded() {
    law("functions of points", 3000, |a: Sample| {
        let point = Ball::point(a.ball.centre());
        for (name, function, reference, start) in FUNCTIONS {
            let mut value = point.centre();
            let rounding = reference(&mut value, Round::Nearest);
            let defined = start
                .is_none_or(|start| point.centre() > start || start == 0 && is_root(name) && point.centre().is_zero());
            let image = function(point.clone());
            if cuts_off(name) && point.centre().is_sign_negative() && !point.centre().is_zero() {
                assert!(image.is_whole_line());
                continue;
            }
            assert_eq!(image.is_defined(), defined && value.is_finite(), "{name}");
            if image.is_defined() {
                assert_eq!(image.centre(), value, "{name}");
                assert_eq!(image.is_point(), rounding.is_eq(), "{name}");
                // Relative accuracy, however large or small the argument: half an ulp.
                if !value.is_zero() {
                    let bound = Magnitude::above(&value).scaled(-i64::from(a.ball.bits()));
                    assert!(image.radius() <= bound, "{name}");
                }
            }
        }
    });
}

#[test]
fn images_are_no_wider_than_they_must_be() {
    law("function tightness", 3000, |a: Sample| {
        if a.ball.is_point() {
            return;
        }
        let (least, greatest) = ends(&a.ball).unwrap();
        for (name, function, reference, start) in FUNCTIONS {
            // The distance to the end of the domain must show in 53 bits: within 2^−20 the bounds may be poor.
            if let Some(start) = start {
                let start = Dyadic::new(start, 0);
                let reach = Dyadic::of(&a.ball.centre()).minus(&start);
                let clear = Dyadic::radius(a.ball.radius()).at_most(&reach.minus(&reach.scaled(-20)));
                if reach.is_negative() || !clear {
                    continue;
                }
            }
            let bits = 4 * a.ball.bits() + 200;
            let (bottom, top) = (enclosure(reference, &least, bits).0, enclosure(reference, &greatest, bits).1);
            if !bottom.is_finite() || !top.is_finite() {
                continue;
            }
            let image = function(a.ball.clone());
            // exp is the only one whose size may double the exponent of what it is given.
            if image.is_whole_line() {
                assert!(a.ball.greatest_absolute() > Magnitude::power_of_two(28), "{name} is defined");
                continue;
            }
            if !is_moderate(&image) {
                continue;
            }
            let (bottom, top) = (Dyadic::of(&bottom), Dyadic::of(&top));
            let half_width = top.minus(&bottom).scaled(-1);
            let size = bottom.abs().max(top.abs());
            let ulps = ulp(&size, a.ball.bits()).times(&Dyadic::new(3, 0));
            let bound = half_width.plus(&half_width.scaled(-20)).plus(&ulps);
            assert!(Dyadic::radius(image.radius()).at_most(&bound), "{name}: {image:?} for [{bottom:?}, {top:?}]");
        }
    });
}

#[test]
fn more_precision_never_contradicts() {
    law("refinement", 1500, |(x, y, bits, more): (Fraction, Fraction, Bits, Bits)| {
        let at = |bits: u32| (Ball::from_rational(&x.0, bits), Ball::from_rational(&y.0, bits));
        let ((a, b), (c, d)) = (at(bits.0), at(bits.0 + more.0));
        for (name, operation) in BINARY {
            let (coarse, fine) = (operation(a.clone(), &b), operation(c.clone(), &d));
            assert!(meet(&coarse, &fine), "{name}: {coarse:?} {fine:?}");
        }
        for (name, operation) in UNARY {
            // An exponential of 2^20000 is out of range either way.
            let (coarse, fine) = (operation(a.clone()), operation(c.clone()));
            assert!(meet(&coarse, &fine), "{name}: {coarse:?} {fine:?}");
            let (coarse, fine) = (operation(a.clone() - &b), operation(c.clone() - &d));
            assert!(meet(&coarse, &fine), "{name} of a difference: {coarse:?} {fine:?}");
        }
        use enclosures::number::Truth;
        for (coarse, fine) in [(a.below(&b), c.below(&d)), (a.at_most(&b), c.at_most(&d)), (a.equals(&b), c.equals(&d))]
        {
            assert!(coarse == Truth::Open || fine == Truth::Open || coarse == fine);
        }
    });
}

#[test]
fn rational_powers_are_those_of_exact_rationals() {
    law("rational powers", 1000, |(x, bits, exponent): (Fraction, Bits, (u8, u8))| {
        let (x, bits) = (x.0.abs(), bits.0.max(16));
        let (numerator, denominator) = (u32::from(exponent.0 % 12), u32::from(exponent.1 % 7) + 1);
        // x^q has the rational power x^p.
        let powered = |exponent: u32| Exact::from(x.clone()).power(exponent);
        let (Some(base), Some(truth)) = (powered(denominator).exact(), powered(numerator).exact()) else { return };
        if !powered(numerator * denominator).is_defined() {
            return;
        }
        let found = Exact::from(base.clone()).rational_power(numerator, denominator);
        assert_eq!(found.exact(), Some(truth.clone()), "{x}^({numerator}/{denominator})");
        let ball = Ball::from_rational(&base, bits).rational_power(numerator, denominator);
        assert!(ball.contains_rational(&truth), "{base}^({numerator}/{denominator}): {ball} without {truth}");
        // Each of at most 12 factors adds an error of 2^−bits, and the base's own is multiplied by the exponent.
        assert!(ball.radius() <= ball.greatest_absolute().scaled(6 - i64::from(bits)), "{ball}");
        let float = Float::from_rational(&base, bits).rational_power(numerator, denominator);
        assert!(meet(&Ball::point(float.value().clone()), &ball) || ball.is_point());
        // A wider ball around the base contains the powers of all its numbers.
        let centre = Ball::from_rational(&base, bits);
        let radius = centre.greatest_absolute().scaled(-i64::from(exponent.0 % 14));
        let wide = Ball::new(centre.centre(), radius);
        assert!(wide.rational_power(numerator, denominator).contains_rational(&truth));
    });
}

#[test]
fn powers_of_zero_and_what_has_no_power() {
    let zero = Ball::zero(64);
    assert_eq!(zero.rational_power(0, 3).exact(), Some(1.into()));
    assert_eq!(zero.rational_power(2, 3).exact(), Some(0.into()));
    assert_eq!(zero.rational_power(6, 3).exact(), Some(0.into()));
    let minus_eight = Ball::from_rational(&(-8).into(), 64);
    assert_eq!(minus_eight.rational_power(9, 3).exact(), Some((-512).into()));
    assert!(minus_eight.rational_power(2, 3).is_whole_line() && minus_eight.rational_power(1, 3).is_whole_line());
    for (numerator, denominator) in [(0, 0), (1, 0)] {
        assert!(zero.rational_power(numerator, denominator).is_whole_line());
        assert!(!Exact::one(64).rational_power(numerator, denominator).is_defined());
        assert!(!Float::one(64).rational_power(numerator, denominator).is_defined());
    }
    // (x^(2/3))′ = (2/3) x^(−1/3).
    let power = Dual::variable(Exact::from(rug::Rational::from(27))).rational_power(2, 3);
    assert_eq!((power.value().to_string(), power.derivative().to_string()), ("9".to_owned(), "2/9".to_owned()));
}

#[test]
fn the_logistic_loss_is_accurate_at_every_margin() {
    law("logistic loss", 400, |(seed, bits): (i32, Bits)| {
        let bits = bits.0.max(64);
        for margin in [seed % 1_000_001, seed % 1001, seed % 41] {
            let margin = rug::Rational::from((margin, 1 + seed.unsigned_abs() % 7));
            let ball = Ball::from_rational(&margin, bits);
            let loss = (-ball.clone()).exp().ln_1p();
            let fine = (-Ball::from_rational(&margin, 4 * bits)).exp().ln_1p();
            assert!(meet(&loss, &fine));
            // The relative error of e^−m is the absolute one of m, at most |m| 2^−bits.
            let size = i64::from(ball.centre().get_exp().unwrap_or(0).max(0));
            assert!(loss.radius() <= loss.least_absolute().scaled(size + 3 - i64::from(bits)), "{loss:?}");
        }
    });
}

#[test]
fn functions_undo_each_other() {
    law("round trips", 1500, |a: Sample| {
        for (there, back) in [
            (Real::exp as Unary, Real::ln as Unary),
            (Real::exp_m1, Real::ln_1p),
            (Real::sqrt, |a| a.square()),
            (|a| a.constant(1) / a, |a| a.constant(1) / a),
            (|a| -a, |a| -a),
        ] {
            assert!(contains(&back(there(a.ball.clone())), &a.point));
        }
        // ln 1 + x = ln(1 + x), exp − 1.
        let plus_one = a.ball.clone() + a.ball.constant(1);
        assert!(meet(&plus_one.ln(), &a.ball.clone().ln_1p()));
        assert!(meet(&(a.ball.clone().exp() - a.ball.constant(1)), &a.ball.clone().exp_m1()));
    });
}

#[test]
fn binomial_tails_that_need_no_sum_are_exact() {
    let ball = |chance: (i32, i32)| Ball::from_rational(&rug::Rational::from(chance), 128);
    let tail = |trials, successes, chance: &Ball| special::binomial_tail(trials, successes, chance).exact();
    for chance in [ball((0, 1)), ball((1, 3)), ball((1, 1))] {
        assert_eq!(tail(3, 0, &chance), Some(1.into()), "no success or more, {chance}");
        assert_eq!(tail(3, 4, &chance), Some(0.into()), "more than there are trials, {chance}");
    }
    assert_eq!(tail(3, 1, &ball((0, 1))), Some(0.into()));
    assert_eq!(tail(3, 3, &ball((1, 1))), Some(1.into()));
    // Where the chance may be 0 or 1 nothing is found.
    let near = |centre| Ball::new(rug::Float::with_val(53, centre), Magnitude::power_of_two(-4));
    assert_eq!((tail(3, 2, &near(0)), tail(3, 2, &near(1))), (Some(1.into()), Some(1.into())));
}
