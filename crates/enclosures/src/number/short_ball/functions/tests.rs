//! Exponentials and logarithms of short balls: beside those of [`Ball`], and around the values at points of the ball.

use rug::Float;

use super::super::power_of_two;
use super::super::tests::agrees;
use super::*;
use crate::number::short::tests::Source;
use crate::number::{Ball, Ring, Truth};

type Functions = (&'static str, fn(ShortBall) -> ShortBall, fn(Ball) -> Ball, fn(&mut Float));

const FUNCTIONS: [Functions; 4] = [
    ("exp", ShortBall::exp, Ball::exp, Float::exp_mut),
    ("exp_m1", ShortBall::exp_m1, Ball::exp_m1, Float::exp_m1_mut),
    ("ln", ShortBall::ln, Ball::ln, Float::ln_mut),
    ("ln_1p", ShortBall::ln_1p, Ball::ln_1p, Float::ln_1p_mut),
];

/// A ball whose centre is not so far out that nothing but an overflow comes of it.
fn argument(source: &mut Source) -> ShortBall {
    let mut ball = source.ball();
    if source.below(4) > 0 && !ball.centre.is_zero() {
        let shift = source.below(30) as i32 - 20 - ball.centre.exponent();
        ball.centre = ball.centre.scaled(shift);
        ball.radius = ShortMagnitude::exactly(ball.radius.to_f64() * power_of_two(shift.clamp(-1000, 1000)));
    }
    ball
}

#[test]
fn they_are_those_of_balls_of_128_bits() {
    let mut source = Source(11);
    for (name, short, long, _) in FUNCTIONS {
        for _ in 0..10_000 {
            let ball = argument(&mut source);
            let (found, expected) = (short(ball), long(ball.to_ball()));
            assert!(agrees(&found, &ShortBall::from_ball(expected).to_ball(), false), "{name} of {ball:?}: {found:?}");
        }
    }
}

#[test]
fn they_contain_the_values_at_the_points_of_the_ball() {
    let mut source = Source(12);
    for (name, short, _, by_mpfr) in FUNCTIONS {
        let mut bounded = 0;
        for _ in 0..10_000 {
            let ball = argument(&mut source);
            let found = short(ball);
            if !found.is_defined() {
                continue;
            }
            bounded += 1;
            let mut value = Float::with_val(1200, source.point(&ball));
            by_mpfr(&mut value);
            // Off by a unit of 1200 bits, which no ball but a point can tell, and of points only an exact one.
            let found = found.to_ball();
            let distance = Float::with_val(64, &value - found.centre()).abs();
            let radius = found.radius().to_float();
            assert!(distance <= radius, "{name} of {ball:?}: {found:?}");
        }
        assert!(bounded > 3000, "{name}: {bounded}");
    }
}

#[test]
fn exact_values_are_points() {
    let of = |value: i32| ShortBall::from_rational(&value.into(), 128);
    for (exact, value) in [(of(0).exp(), 1), (of(0).exp_m1(), 0), (of(1).ln(), 0), (of(0).ln_1p(), 0)] {
        assert_eq!(exact.exact(), Some(value.into()));
    }
    assert!(of(1).exp().exact().is_none() && of(2).ln().exact().is_none());
    for undefined in [of(0).ln(), of(-1).ln(), of(-1).ln_1p(), of(-2).ln_1p(), of(1 << 30).exp(), of(1 << 30).exp_m1()]
    {
        assert!(!undefined.is_defined());
    }
    // However wide a ball is, its upper end bounds the image.
    let wide = ShortBall::between(&of(-2000), &of(1));
    assert!(wide.exp().is_defined() && wide.exp_m1().is_defined() && wide.exp().below(&of(3)) == Truth::True);
    assert!(of(-1 << 10).exp_m1().is_defined() && of(-1 << 10).exp().is_defined());
}
