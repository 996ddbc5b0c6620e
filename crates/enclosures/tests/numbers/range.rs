//! Balls at the ends of MPFR's range, where centres underflow and radii lie below every float, at a few bits.
//!
//! Exact arithmetic is possible there because all numbers of one case have nearly the same exponent.

use enclosures::number::{Ball, Magnitude, Real, Ring};
use rug::float::{Round, exp_max, exp_min};

use super::dyadic::Dyadic;
use super::samples::mix;

pub const PRECISIONS: [u32; 7] = [1, 2, 3, 4, 10, 53, 64];

/// A source of numbers that are the same on every run.
pub struct Draws {
    seed: u64,
    count: u64,
}

impl Draws {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.count += 1;
        mix(self.seed, self.count) % limit
    }

    pub fn around(&mut self, exponent: i64, spread: u64) -> i64 {
        exponent + self.below(2 * spread + 1) as i64 - spread as i64
    }

    pub fn sign(&mut self) -> i32 {
        if self.below(2) == 0 { 1 } else { -1 }
    }
}

/// A ball of the size 2^exponent, and a number in it.
struct Case {
    ball: Ball,
    point: Dyadic,
}

impl Case {
    fn new(exponent: i64, draws: &mut Draws) -> Self {
        let bits = PRECISIONS[draws.below(PRECISIONS.len() as u64) as usize];
        let digits = (1_u64 << (bits - 1)) + draws.below(1 << (bits - 1));
        let digits = rug::Float::with_val(bits, digits) * draws.sign();
        let exponent = exponent.clamp(exp_min().into(), exp_max().into()) as i32;
        // Digits of `bits` bits make a number whose MPFR exponent is `bits`.
        let centre = digits << (exponent - bits as i32);
        let size = Magnitude::above(&centre);
        let fraction = Magnitude::above_f64(1.0 + draws.below(1 << 20) as f64 / f64::from(1 << 20));
        let radius = match draws.below(6) {
            0 => Magnitude::ZERO,
            1 => size,
            2 => (fraction * size).scaled(-1),
            3 => (fraction * size).scaled(-(draws.below(8) as i64)),
            4 => (fraction * size).scaled(draws.below(4) as i64),
            _ => (fraction * size).scaled(-(draws.below(90) as i64)),
        };
        let share = Dyadic::new(draws.below((1 << 21) + 1) as i64 - (1 << 20), -20);
        let share = [share, Dyadic::new(1, 0), Dyadic::new(-1, 0)][draws.below(3) as usize].clone();
        let point = Dyadic::of(&centre).plus(&exact(radius).times(&share));
        Self { ball: Ball::new(centre, radius), point }
    }
}

/// A magnitude of any exponent: brought near 1, where every conversion is exact, and back.
pub fn exact(magnitude: Magnitude) -> Dyadic {
    let exponent = magnitude.exponent().unwrap_or(0);
    Dyadic::of(&magnitude.scaled(-exponent).to_float()).scaled(exponent)
}

/// The ends, `None` for the whole line.
pub fn ends(ball: &Ball) -> Option<(Dyadic, Dyadic)> {
    (!ball.is_whole_line()).then(|| {
        let (centre, radius) = (Dyadic::of(&ball.centre()), exact(ball.radius()));
        (centre.minus(&radius), centre.plus(&radius))
    })
}

/// Whether the ball has a number from `least` to `greatest`.
fn meets(ball: &Ball, least: &Dyadic, greatest: &Dyadic) -> bool {
    ends(ball).is_none_or(|(lower, upper)| lower.at_most(greatest) && least.at_most(&upper))
}

/// Checks `law` on so many cases.
pub fn cases(name: &str, count: u64, mut law: impl FnMut(&mut Draws)) {
    let stream = name.bytes().fold(super::seed(), |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    println!("law {name:?} with WITNESS_SEED={}", super::seed());
    for index in 0..count {
        law(&mut Draws { seed: mix(stream, index), count: 0 });
    }
}

/// The ends of the range.
const ENDS: [fn() -> i64; 2] = [|| exp_min().into(), || exp_max().into()];

#[test]
fn sums_and_products_at_the_ends_of_the_range() {
    cases("ring at the ends", 6000, |draws| {
        let end = ENDS[draws.below(2) as usize]();
        let (a, b) = (Case::new(draws.around(end, 4), draws), Case::new(draws.around(end, 4), draws));
        let check = |name: &str, ball: Ball, value: &Dyadic| {
            assert!(meets(&ball, value, value), "{name} of {:?} and {:?}: {ball:?}", a.ball, b.ball);
        };
        check("+", a.ball.clone() + &b.ball, &a.point.plus(&b.point));
        check("−", a.ball.clone() - &b.ball, &a.point.minus(&b.point));
        check("max", a.ball.clone().max(&b.ball), &a.point.clone().max(b.point.clone()));
        check("min", a.ball.clone().min(&b.ball), &a.point.clone().min(b.point.clone()));
        check("|a|", a.ball.clone().abs(), &a.point.abs());
        check("fewer bits", a.ball.clone().with_bits(2), &a.point);
        check("lower", Ball::between(&a.ball.lower(), &a.ball.upper()), &a.point);
        let left = draws.around(end / 2, 4);
        let (c, d) = (Case::new(left, draws), Case::new(draws.around(end - left, 3), draws));
        let product = c.point.times(&d.point);
        check("·", c.ball.clone() * &d.ball, &product);
        check("a²", c.ball.square(), &c.point.times(&c.point));
        let mut sum = a.ball.clone();
        sum.add_product(&c.ball, &d.ball);
        check("a + cd", sum, &a.point.plus(&product));
    });
}

#[test]
fn quotients_and_roots_at_the_ends_of_the_range() {
    cases("field at the ends", 6000, |draws| {
        let end = ENDS[draws.below(2) as usize]();
        let top = draws.around(end / 2, 4);
        let (a, b) = (Case::new(top, draws), Case::new(draws.around(top - end, 3), draws));
        let quotient = a.ball.clone() / &b.ball;
        if let Some((lower, upper)) = ends(&quotient) {
            // x/y is between the ends exactly if x is between the ends times y, in the order of the sign of y.
            let (low, high) = (lower.times(&b.point), upper.times(&b.point));
            let (low, high) = if b.point.is_negative() { (high, low) } else { (low, high) };
            assert!(low.at_most(&a.point) && a.point.at_most(&high), "{:?} / {:?}: {quotient:?}", a.ball, b.ball);
        }
        let c = Case::new(draws.around(end, 4), draws);
        if !c.point.is_negative() {
            for root in [c.ball.clone().sqrt(), c.ball.clone().sqrt_of_nonnegative()] {
                let Some((lower, upper)) = ends(&root) else { continue };
                assert!(lower.is_negative() || lower.times(&lower).at_most(&c.point), "√{:?}: {root:?}", c.ball);
                assert!(!upper.is_negative() && c.point.at_most(&upper.times(&upper)), "√{:?}: {root:?}", c.ball);
            }
        }
    });
}

#[test]
fn exponentials_at_the_ends_of_the_range() {
    cases("exp at the ends", 6000, |draws| {
        let end = ENDS[draws.below(2) as usize]();
        // So many bits that x is known to about 1, or better.
        let bits = [31, 40, 53, 64][draws.below(4) as usize];
        // x with e^x within some powers of two of the end.
        let centre = rug::Float::with_val(64, rug::float::Constant::Log2) * end + draws.around(0, 6);
        let radius = Magnitude::above_f64(2_f64.powi(draws.around(0, 8) as i32)).scaled(-(draws.below(12) as i64));
        let share = Dyadic::new(draws.below((1 << 21) + 1) as i64 - (1 << 20), -20);
        let point = Dyadic::of(&centre).plus(&exact(radius).times(&share));
        // A ball of few bits that holds the other: the centre is rounded.
        let ball = Ball::new(centre, radius).with_bits(bits);
        // e^x is the square of e^(x/2), which is far from the end.
        let half = |round: Round| {
            let mut half = point.scaled(-1).round(300, round);
            half.exp_round(round);
            Dyadic::of(&half)
        };
        let (least, greatest) = (half(Round::Down), half(Round::Up));
        let image = ball.clone().exp();
        assert!(meets(&image, &least.times(&least), &greatest.times(&greatest)), "exp {ball:?}: {image:?}");
    });
}
