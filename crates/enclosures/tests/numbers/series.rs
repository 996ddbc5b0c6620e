//! Taylor coefficients of texts: over balls, whose way is their own, against the definition over rationals and over balls of more bits.

use enclosures::number::{Ball, Exact, Magnitude, Real, Recorded, Ring, Text};
use rug::{Float, Rational};

use super::samples::mix;

/// Polynomials and quotients, of three numbers of which the third is not zero.
fn rational(x: &[Recorded]) -> Vec<Recorded> {
    let product = x[0].clone() * &x[1] - x[1].clone() * &x[2] + x[2].constant((2, 3));
    let quotient = product.clone() / &x[2];
    let cancelled = product.clone() - x[0].clone() * &x[1] - x[2].constant((2, 3));
    let chain = (0..3).fold(x[1].clone(), |chain, _| chain.square() - &x[0]);
    vec![
        quotient.clone() * &quotient - x[0].clone().times((7, 3)),
        x[1].constant((5, 7)) / (x[2].square() + x[0].square()),
        cancelled,
        chain,
        x[0].clone() - &x[0],
        product,
        quotient,
    ]
}

/// Functions that leave the rationals, of three numbers of which the third is positive.
fn transcendental(x: &[Recorded]) -> Vec<Recorded> {
    let one = x[0].constant(1);
    vec![
        one.clone() / (one.clone() + x[0].clone().exp()),
        (-x[1].clone()).exp().ln_1p(),
        x[2].clone().ln(),
        x[2].clone().sqrt(),
        (x[2].clone() + x[0].square()).root(5),
        x[0].clone().exp_m1() * &x[1],
        (x[2].clone() / (one + x[1].square())).rational_power(3, 4),
        (x[0].clone() * x[1].clone()).exp().ln(),
    ]
}

/// How the coefficients of an input behave.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Level,
    /// By 2^30 a coefficient.
    Grows,
    Decays,
    /// Zero until the fifth, then level: exactly zero, or a ball around zero.
    Late,
    /// A constant.
    Short,
    /// Near 2^500, or 2^−500.
    Far(i32),
}

const KINDS: [Kind; 7] =
    [Kind::Level, Kind::Grows, Kind::Decays, Kind::Late, Kind::Short, Kind::Far(500), Kind::Far(-500)];

const LENGTH: usize = 14;

/// The n-th coefficient of an input, and a ball of so many bits that contains it, often near its end.
fn input(kind: Kind, seed: u64, n: usize, (bits, width): (u32, Option<i64>), is_positive: bool) -> (Rational, Ball) {
    let draw = mix(seed, n as u64);
    let size = Rational::from(((draw >> 40) as u32 + (1 << 22), 1_u32 << 23));
    let sign = if draw & 1 == 0 || is_positive && n == 0 { 1 } else { -1 };
    let centre = match kind {
        Kind::Level => size * sign,
        Kind::Grows => (size * sign) << (30 * n as i32),
        Kind::Decays => (size * sign) >> (30 * n as i32),
        Kind::Late if n < 5 && !(is_positive && n == 0) => Rational::new(),
        Kind::Late => size * sign,
        Kind::Short if n > 0 => Rational::new(),
        Kind::Short => size * sign,
        Kind::Far(exponent) => (size * sign) << exponent,
    };
    let centre = Float::with_val(bits, centre);
    let exact = centre.to_rational().unwrap();
    let Some(width) = width.filter(|_| draw & 6 != 0) else { return (exact, Ball::point(centre)) };
    let scale = centre.get_exp().map_or(0, i64::from);
    let radius = Magnitude::power_of_two(scale - width);
    let place = Rational::from([(-1, 1), (1, 1), (1, 3), (0, 1)][(draw >> 8) as usize % 4]);
    let value = exact + place * radius.to_rational().unwrap();
    (value, Ball::new(centre, radius))
}

#[test]
fn coefficients_over_balls_contain_those_over_rationals() {
    let text = Text::record(3, rational).unwrap();
    let mut defined = 0;
    for (case, kind) in (0..210_u64).zip(KINDS.into_iter().cycle()) {
        let bits = [24, 53, 100, 128, 129, 192, 256][(mix(case, 1) % 7) as usize];
        let width = [None, Some(i64::from(bits)), Some(i64::from(bits) / 2), Some(10)][(mix(case, 2) % 4) as usize];
        let (mut exact, mut balls) = (text.series::<Exact>(64), text.series::<Ball>(bits));
        for n in 0..LENGTH {
            let inputs: Vec<(Rational, Ball)> =
                (0..3).map(|k| input(kind, 7 * case + k, n, (bits, width), k == 2)).collect();
            let numbers: Vec<Exact> = inputs.iter().map(|(value, _)| Exact::from(value.clone())).collect();
            let inputs: Vec<Ball> = inputs.into_iter().map(|(_, ball)| ball).collect();
            let (exact, balls) = (exact.next(&numbers), balls.next(&inputs));
            for (output, (exact, ball)) in exact.iter().zip(balls).enumerate() {
                let value = exact.value().expect("a rational");
                assert!(
                    ball.contains_rational(value),
                    "{kind:?} {case}, {bits} bits: coefficient {n} of output {output}: {ball:?}, {}",
                    value.to_f64()
                );
                defined += usize::from(!ball.is_whole_line());
            }
        }
    }
    assert!(defined > 210 * LENGTH * 7 * 9 / 10, "{defined} are bounded");
}

/// The inputs are points, so that those of more bits are the same.
#[test]
fn coefficients_of_functions_contain_those_of_more_bits() {
    let text = Text::record(3, transcendental).unwrap();
    for (case, kind) in (0..60_u64).zip([Kind::Level, Kind::Decays, Kind::Late, Kind::Short].into_iter().cycle()) {
        let bits = [24, 53, 128, 200, 256][(mix(case, 1) % 5) as usize];
        let (mut fine, mut found) = (text.series::<Ball>(900), text.series::<Ball>(bits));
        for n in 0..2 * LENGTH {
            let inputs: Vec<Ball> = (0..3).map(|k| input(kind, 5 * case + k, n, (bits, None), k == 2).1).collect();
            let long: Vec<Ball> = inputs.iter().map(|ball| ball.clone().with_bits(900)).collect();
            for (output, (fine, found)) in fine.next(&long).iter().zip(found.next(&inputs)).enumerate() {
                let place = format!("{kind:?} {case}, {bits} bits: coefficient {n} of output {output}");
                assert!(fine.radius() < Magnitude::power_of_two(-500), "{place}: {fine:?}");
                assert!(found.contains(fine), "{place}: {found:?} {fine:?}");
            }
        }
    }
}

/// Where coefficients decay little but the rounding of the result is left of the radius: what recursions make of roundings grows by less than 4 a
/// coefficient.
#[test]
fn coefficients_that_decay_are_as_narrow_as_they_can_be() {
    for bits in [53, 128, 200, 256] {
        let text = Text::record(3, |x| [rational(x), transcendental(x)].concat()).unwrap();
        let (mut fine, mut found) = (text.series::<Ball>(900), text.series::<Ball>(bits));
        for n in 0..14 {
            let inputs: Vec<Ball> = (0..3)
                .map(|k| {
                    let value = input(Kind::Level, 11 + k, n, (bits, None), k == 2).1;
                    value * Ball::new(Float::with_val(bits, 1) >> (3 * n as u32), Magnitude::ZERO)
                })
                .collect();
            let long: Vec<Ball> = inputs.iter().map(|ball| ball.clone().with_bits(900)).collect();
            for (output, (fine, found)) in fine.next(&long).iter().zip(found.next(&inputs)).enumerate() {
                let scale = fine.greatest_absolute().exponent().unwrap_or(-3 * n as i64).max(-3 * n as i64);
                let least = Magnitude::power_of_two(scale - i64::from(bits));
                assert!(found.contains(fine));
                assert!(
                    found.radius() <= least + Magnitude::power_of_two(2 * n as i64 - i64::from(bits) - 36),
                    "{bits} bits: coefficient {n} of output {output}: {found:?}, 2^{scale}"
                );
            }
        }
    }
}

/// `y′ = c y/(1 + e^y)` in units of time in which the coefficients grow or decay by many bits: the enclosures are as narrow in their terms.
#[test]
fn the_unit_of_time_does_not_matter() {
    let text = Text::record(1, |x| vec![x[0].clone() / (x[0].constant(1) + x[0].clone().exp())]).unwrap();
    for (bits, length) in [(53, 20), (128, 44), (256, 89)] {
        for unit in [-25_i32, -6, -1, 1, 4, 25] {
            let scale = Ball::point(Float::with_val(bits, 1) << unit);
            let (mut fine, mut found) = (text.series::<Ball>(900), text.series::<Ball>(bits));
            let mut coefficient = Ball::from_f64(0.75, bits);
            for n in 0..length {
                let fine = fine.next(&[coefficient.clone().with_bits(900)])[0].clone();
                let slope = found.next(&[coefficient])[0].clone();
                assert!(slope.contains(&fine), "{bits} bits, unit 2^{unit}, {n}: {slope:?}, {fine:?}");
                // Of what decays the last bits may be missing, below those of the first coefficients.
                let last = (i64::from(unit) * n as i64).max(-40) - i64::from(bits);
                let width = Magnitude::power_of_two(last);
                assert!(slope.radius() <= width, "{bits} bits, unit 2^{unit}, {n}: {slope:?}, 2^{last}");
                coefficient = (slope * &scale).times((1, n + 1)).midpoint();
            }
        }
    }
}

#[test]
fn what_is_unknown_stays_so_until_the_next_start() {
    let text = Text::record(2, |x| vec![x[0].clone() / &x[1], x[0].clone() * &x[1], x[1].clone().ln()]).unwrap();
    let number = |value: i32| Ball::from_rational(&value.into(), 128);
    let mut series = text.series::<Ball>(128);
    let found = |outputs: &[Ball]| outputs.iter().map(Real::is_defined).collect::<Vec<bool>>();
    assert_eq!(found(series.next(&[number(1), number(0)])), [false, true, false]);
    assert_eq!(found(series.next(&[number(1), number(1)])), [false, true, false]);
    series.restart();
    assert_eq!(series.order(), 0);
    assert_eq!(found(series.next(&[number(1), number(2)])), [true; 3]);
    assert_eq!(found(series.next(&[number(1), Ball::whole_line(128)])), [false; 3]);
    let huge = Ball::new(Float::with_val(128, 1) << 400_000_000, Magnitude::ZERO);
    series.restart();
    assert_eq!(found(series.next(&[huge.clone(), huge])), [true, false, true]);
}
