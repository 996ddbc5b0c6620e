//! Balls against exact rationals and against [`Ball`], on inputs biased to the corners.

use rug::{Float, Rational};

use super::*;
use crate::number::short::tests::Source;
use crate::number::{Real, Ring, Sign, Special, Truth};

/// Balls and their numbers.
impl Source {
    fn centre(&mut self) -> Centre {
        self.number(128)
    }

    pub(super) fn ball(&mut self) -> ShortBall {
        let centre = self.centre();
        let size = if centre.is_zero() { 1.0 } else { power_of_two(centre.exponent()) };
        let fraction = 1.0 + self.next() as f64 / 2_f64.powi(64);
        let radius = match self.below(9) {
            0 | 1 => 0.0,
            2 => size * 2_f64.powi(-128),
            3 => size * fraction * 2_f64.powi(-120),
            4 => size * fraction * 2_f64.powi(-(self.below(120) as i32)),
            5 => above(centre).to_f64(),
            6 => below(centre).to_f64(),
            7 => size * fraction * 8.0,
            _ => size * fraction * 2_f64.powi(-60),
        };
        ShortBall { centre, radius: ShortMagnitude::exactly(radius) }.settled()
    }

    /// A number of a ball: its centre, an end, one beside it or one between.
    pub(super) fn point(&mut self, ball: &ShortBall) -> Rational {
        let radius = Rational::from_f64(ball.radius.to_f64()).unwrap();
        let place = match self.below(6) {
            0 => Rational::new(),
            1 => Rational::from(1),
            2 => Rational::from(-1),
            3 => Rational::from(1) - (Rational::from(1) >> 60),
            _ => Rational::from((self.next() as i64, i64::MAX)).clamp(&-1, &1),
        };
        exact(ball.centre) + radius * place
    }
}

fn exact(centre: Centre) -> Rational {
    float(centre).to_rational().unwrap()
}

fn float(centre: Centre) -> Float {
    centre.to_float(128)
}

#[test]
fn conversions_of_centres() {
    let mut source = Source(2);
    for _ in 0..20_000 {
        let mut centre = source.centre();
        if source.below(3) == 0 && !centre.is_zero() {
            let limits = [-1074, -1075, -1023, -1022, -891, -890, -889, 889, 890, 891, 1022, 1023, 1024];
            centre = centre.scaled(source.pick(&limits) - centre.exponent());
        }
        let value = float(centre);
        let ball = ShortBall::point(centre);
        // Zero has no sign here.
        let nearest = if value.is_zero() { 0.0 } else { value.to_f64() };
        assert_eq!(ball.approximate().to_bits(), nearest.to_bits(), "{centre:?}");
        assert_eq!(ball.upper_f64(), value.to_f64_round(rug::float::Round::Up), "{centre:?}");
        assert_eq!(ball.lower_f64(), value.to_f64_round(rug::float::Round::Down), "{centre:?}");
        assert!(
            above(centre).to_f64() >= value.clone().abs() && below(centre).to_f64() <= value.clone().abs(),
            "{centre:?}"
        );
        let again = ShortBall::from_ball(ball.to_ball());
        assert_eq!((float(again.centre), again.radius.to_f64()), (value.clone(), 0.0));
        let double = value.to_f64();
        if double.is_finite() {
            assert_eq!(float(Centre::from_f64(double)), double);
        }
    }
}

/// Whether the ball contains the number.
fn contains(ball: &ShortBall, value: &Rational) -> bool {
    ball.is_whole_line() || (exact(ball.centre) - value).abs() <= Rational::from_f64(ball.radius.to_f64()).unwrap()
}

#[test]
fn balls_contain_the_images_of_their_numbers() {
    let mut source = Source(3);
    for _ in 0..30_000 {
        let (one, two, three) = (source.ball(), source.ball(), source.ball());
        let (x, y, z) = (source.point(&one), source.point(&two), source.point(&three));
        let context = (one, two, three);
        let check =
            |found: ShortBall, value: Rational| assert!(contains(&found, &value), "{context:?} {found:?} {value}");
        check(one + two, Rational::from(&x + &y));
        check(one - two, Rational::from(&x - &y));
        check(one * two, Rational::from(&x * &y));
        check(one.square(), x.clone().square());
        check(-one, Rational::from(-&x));
        check(one.abs(), x.clone().abs());
        check(one.max(&two), x.clone().max(y.clone()));
        check(one.min(&two), x.clone().min(y.clone()));
        check(ShortBall::between(&one, &two), x.clone().min(y.clone()));
        check(ShortBall::between(&one, &two), Rational::from(&x + &y) / 2);
        let mut sum = three;
        sum.add_product(&one, &two);
        check(sum, Rational::from(&x * &y) + &z);
        let quotient = one / two;
        if y.is_zero() {
            assert!(!quotient.is_defined(), "{context:?}");
        } else {
            check(quotient, Rational::from(&x / &y));
        }
        assert!(Rational::from_f64(one.upper_f64()).is_none_or(|upper| x <= upper), "{context:?}");
        assert!(Rational::from_f64(one.lower_f64()).is_none_or(|lower| lower <= x), "{context:?}");
        check(ShortBall::between(&one.lower(), &one.upper()), x.clone());
        let truth = |certain: Truth, value: bool| certain == Truth::Open || certain == Truth::from(value);
        assert!(truth(one.below(&two), x < y) && truth(one.at_most(&two), x <= y), "{context:?}");
        assert!(truth(one.equals(&two), x == y), "{context:?}");
        let sign = match one.sign() {
            Sign::Negative => x < 0,
            Sign::Zero => x == 0,
            Sign::Positive => x > 0,
            Sign::Open => true,
        };
        assert!(sign, "{context:?}");
        // Of a square the root is known.
        let root = x.clone().abs();
        let squared = one.square();
        check(squared.sqrt_of_nonnegative(), root.clone());
        if squared.sqrt().is_defined() {
            check(squared.sqrt(), root);
        }
    }
}

#[test]
fn roots_contain_the_roots_of_their_numbers() {
    let mut source = Source(4);
    for _ in 0..20_000 {
        let ball = source.ball();
        let x = source.point(&ball);
        if x < 0 {
            assert!(!ball.sqrt().is_defined(), "{ball:?}");
            continue;
        }
        for root in [ball.sqrt_of_nonnegative(), ball.sqrt()] {
            if root.is_whole_line() {
                continue;
            }
            // |√x − c| ≤ r, with x between the squares of the ends.
            let (centre, radius) = (exact(root.centre), Rational::from_f64(root.radius.to_f64()).unwrap());
            let (least, greatest) = (Rational::from(&centre - &radius), centre + radius);
            assert!(greatest >= 0 && greatest.clone().square() >= x, "{ball:?} {root:?}");
            assert!(least <= 0 || least.clone().square() <= x, "{ball:?} {root:?}");
        }
    }
}

/// Whether two enclosures agree but for the last bits of their radii, the centres by as much where a deviation moved them; and but for the
/// rounding of the ends of a hull to 128 bits.
pub(super) fn agrees(short: &ShortBall, long: &Ball, is_hull: bool) -> bool {
    let own = short.to_ball();
    if own.is_whole_line() || long.is_whole_line() {
        return own.is_whole_line() == long.is_whole_line();
    }
    let (one, other) = (own.radius().to_f64(), long.radius().to_f64());
    let moved = (own.centre().to_rational().unwrap() - long.centre().to_rational().unwrap()).abs().to_f64();
    let allowed = 1e-14 * one.max(other) + if is_hull { above(short.centre).to_f64() * 2_f64.powi(-126) } else { 0.0 };
    (one - other).abs() <= allowed && moved <= allowed
}

#[test]
fn short_balls_are_balls_of_128_bits() {
    let mut source = Source(5);
    for _ in 0..20_000 {
        let (one, two, three) = (source.ball(), source.ball(), source.ball());
        let (a, b, c) = (one.to_ball(), two.to_ball(), three.to_ball());
        let check = |name: &str, short: ShortBall, long: Ball| {
            let is_hull = ["maximum", "minimum", "hull"].contains(&name);
            assert!(agrees(&short, &long, is_hull), "{name} of {one:?} {two:?} {three:?}: {short:?} {long:?}");
        };
        check("sum", one + two, a.clone() + &b);
        check("difference", one - two, a.clone() - &b);
        check("product", one * two, a.clone() * &b);
        check("quotient", one / two, a.clone() / &b);
        check("square", one.square(), a.square());
        check("absolute value", one.abs(), a.clone().abs());
        check("root", one.sqrt(), a.clone().sqrt());
        check("root of what is not negative", one.sqrt_of_nonnegative(), a.clone().sqrt_of_nonnegative());
        check("maximum", one.max(&two), a.clone().max(&b));
        check("minimum", one.min(&two), a.clone().min(&b));
        check("hull", ShortBall::between(&one, &two), Ball::between(&a, &b));
        let (mut short, mut long) = (three, c);
        short.add_product(&one, &two);
        long.add_product(&a, &b);
        check("sum with a product", short, long);
        assert_eq!((one.sign(), one.below(&two)), (a.sign(), a.below(&b)), "{one:?} {two:?}");
    }
}

#[test]
fn rationals_are_enclosed_as_in_balls() {
    let mut source = Source(6);
    for _ in 0..20_000 {
        let numerator = source.next() as i64 >> source.below(64);
        let value = Rational::from((numerator, (source.next() >> source.below(64)).max(1)));
        let value = if source.below(4) == 0 { value << (source.below(200) as i32 - 100) } else { value };
        let (short, long) = (ShortBall::from_rational(&value, 128), Ball::from_rational(&value, 128));
        assert!(contains(&short, &value));
        assert_eq!(
            (float(short.centre), short.radius.to_f64()),
            (long.centre().clone(), long.radius().to_f64()),
            "{value}"
        );
    }
}

#[test]
fn what_leaves_the_range_is_the_whole_line_or_coarse() {
    let mut source = Source(7);
    let far = |exponent: i32| ShortBall::point(Centre::from_integer(false, 1, exponent));
    for exponent in [880, 889, 890, 891, 900, 1000, 2000, 1 << 27] {
        for sign in [1, -1] {
            let mut ball = far(sign * exponent);
            ball.centre = Centre::from_words(source.significand(128), sign * exponent, false);
            let third = ball / ShortBall::from_rational(&3.into(), 128);
            let back = third * ShortBall::from_rational(&3.into(), 128);
            assert!(back.to_ball().contains(&ball.to_ball()), "{exponent}");
            let square = third.square();
            assert!(square.to_ball().may_meet(&third.to_ball().square()), "{exponent}");
            assert!(third.sqrt_of_nonnegative().to_ball().may_meet(&third.to_ball().sqrt()), "{exponent}");
        }
    }
    let largest = far(EXPONENT_LIMIT);
    assert!(largest.is_defined() && !(largest * largest).is_defined());
    let least = far(-EXPONENT_LIMIT);
    assert!(!(least * least).is_defined());
    let nothing = ShortBall::WHOLE_LINE;
    let zero = ShortBall::zero(128);
    for undefined in [nothing * zero, zero * nothing, nothing + zero, zero / zero, nothing - nothing, nothing.square()]
    {
        assert!(!undefined.is_defined() && undefined.sign() == Sign::Open);
    }
    assert!(!ShortBall::between(&zero, &nothing).is_defined() && !zero.max(&nothing).is_defined());
    let mut sum = zero;
    sum.add_product(&nothing, &zero);
    assert!(!sum.is_defined());
}

#[test]
fn functions_are_those_of_balls() {
    let half = ShortBall::from_rational(&(1, 2).into(), 128);
    type Function<T> = fn(T) -> T;
    let functions: [(Function<ShortBall>, Function<Ball>); 6] = [
        (ShortBall::exp, Ball::exp),
        (ShortBall::exp_m1, Ball::exp_m1),
        (ShortBall::ln, Ball::ln),
        (ShortBall::ln_1p, Ball::ln_1p),
        (ShortBall::erf, Ball::erf),
        (ShortBall::asin, Ball::asin),
    ];
    for (short, long) in functions {
        assert!(agrees(&short(half), &long(half.to_ball()), false));
    }
    assert!(agrees(&half.root(3), &half.to_ball().root(3), false));
}

#[test]
fn products_of_any_length_contain_the_exact_one() {
    // Every digit as large as it gets; lengths at and beyond the longest that sums of digits have room for.
    let largest = Centre::from_words([u64::MAX; 2], -1, false);
    for length in [1, 2, 145, 146, 147, 3000] {
        for radius in [0.0, power_of_two(-100)] {
            let ball = ShortBall { centre: largest, radius: ShortMagnitude::exactly(radius) };
            let left = crate::number::Matrix::from_fn(2, length, |_, _| ball);
            let right = crate::number::Matrix::from_fn(length, 9, |_, _| ball);
            let exact = largest.to_float(128).to_rational().unwrap();
            let greatest = &exact + Rational::from_f64(radius).unwrap();
            let product = left.times(&right);
            for entry in product.entries() {
                for factor in [&exact, &greatest] {
                    let sum = Rational::from(factor.square_ref()) * length as u32;
                    assert!(entry.to_ball().contains_rational(&sum), "{length} terms");
                }
                // By definition every partial sum is rounded, to half a unit of its last place.
                let width = 2.5 * length as f64 * radius + (length * length) as f64 * power_of_two(-127);
                assert!(entry.radius.to_f64() <= width, "{length} terms: {:?}", entry.radius);
            }
        }
    }
}
