//! Taylor coefficients in fixed point, against those of a number inside of every ball: texts and inputs drawn at random.
//!
//! The inputs are drawn to be adverse to one exponent for all coefficients of a number: exponents from 2^−300 to 2^300, coefficients that grow, vanish,
//! or cancel, radii from zero to more than the centre.

use enclosures::number::{Ball, Exact, Jet, Magnitude, Real, Recorded, Ring, Text};
use rug::{Float, Integer, Rational};

use super::samples::mix;

/// Numbers drawn one after the other.
struct Draws {
    seed: u64,
    index: u64,
}

impl Draws {
    fn new(seed: u64) -> Self {
        Self { seed, index: 0 }
    }

    fn next(&mut self) -> u64 {
        self.index += 1;
        mix(self.seed, self.index)
    }

    fn below(&mut self, count: u64) -> u64 {
        (self.next() >> 8) % count
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1) as u64) as i64
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// What a program does at a place, from places before it.
#[derive(Clone, Debug)]
enum Act {
    /// `c + Σ f x + Σ ± x y`.
    Sum {
        constant: Rational,
        linear: Vec<(Rational, usize)>,
        products: Vec<(bool, usize, usize)>,
    },
    /// `x − x` by another way: `(x + y) − y − x`, and so what is left of roundings.
    Cancel(usize, usize),
    Quotient(usize, usize),
    Exp(usize),
    ExpM1(usize),
    Ln(usize),
    Ln1p(usize),
    Sqrt(usize),
    Root(usize, u32),
    /// `1 + x²`, of which everything is defined.
    Positive(usize),
}

/// A formula over any number.
#[derive(Debug)]
struct Program {
    inputs: usize,
    acts: Vec<Act>,
}

impl Program {
    fn draw(draws: &mut Draws, is_rational: bool) -> Self {
        let inputs = 1 + draws.below(3) as usize;
        let count = 2 + draws.below(6) as usize;
        let mut acts = Vec::new();
        for place in inputs..inputs + count {
            let any = |draws: &mut Draws| {
                // Often the last one, for chains.
                if draws.one_in(3) { place - 1 } else { draws.below(place as u64) as usize }
            };
            let kind = draws.below(if is_rational { 9 } else { 18 });
            let one = any(draws);
            acts.push(match kind {
                0..=4 => {
                    let constant = if draws.one_in(2) { Rational::new() } else { factor(draws) };
                    let linear = (0..draws.below(3)).map(|_| (factor(draws), any(draws))).collect();
                    let products = (0..draws.below(4)).map(|_| (draws.one_in(2), any(draws), any(draws))).collect();
                    Act::Sum { constant, linear, products }
                }
                5 => Act::Cancel(one, any(draws)),
                6 | 7 => Act::Quotient(one, any(draws)),
                8 => Act::Positive(one),
                9 | 10 => Act::Exp(one),
                11 => Act::ExpM1(one),
                12 => Act::Ln(one),
                13 => Act::Ln1p(one),
                14 => Act::Sqrt(one),
                15 => Act::Root(one, 2 + draws.below(5) as u32),
                16 => Act::Positive(one),
                _ => Act::Quotient(one, any(draws)),
            });
        }
        Self { inputs, acts }
    }

    /// Everything it comes to beside the inputs.
    fn run<T: Real>(&self, inputs: &[T]) -> Vec<T> {
        let mut x = inputs.to_vec();
        for act in &self.acts {
            let next = match act {
                Act::Sum { constant, linear, products } => {
                    let mut sum = x[0].constant(constant.clone());
                    for (factor, place) in linear {
                        sum += &x[*place].clone().times(factor.clone());
                    }
                    for (is_negative, left, right) in products {
                        let product = x[*left].clone() * &x[*right];
                        if *is_negative { sum -= &product } else { sum += &product }
                    }
                    sum
                }
                Act::Cancel(one, other) => x[*one].clone() + &x[*other] - &x[*other] - &x[*one],
                Act::Quotient(one, other) => x[*one].clone() / &x[*other],
                Act::Exp(one) => x[*one].clone().exp(),
                Act::ExpM1(one) => x[*one].clone().exp_m1(),
                Act::Ln(one) => x[*one].clone().ln(),
                Act::Ln1p(one) => x[*one].clone().ln_1p(),
                Act::Sqrt(one) => x[*one].clone().sqrt(),
                Act::Root(one, degree) => x[*one].clone().root(*degree),
                Act::Positive(one) => x[0].constant(1) + x[*one].square(),
            };
            x.push(next);
        }
        x.split_off(self.inputs)
    }

    fn text(&self) -> Option<Text> {
        Text::record(self.inputs, |x: &[Recorded]| self.run(x)).ok()
    }
}

/// A factor or a constant: ±1, a small fraction, one that is no dyadic number, one that is far from 1.
fn factor(draws: &mut Draws) -> Rational {
    let sign = if draws.one_in(2) { -1 } else { 1 };
    let value = match draws.below(5) {
        0 => Rational::from(1),
        1 => Rational::from((1 + draws.below(9) as u32, 3)),
        2 => Rational::from((1 + draws.below(900) as u32, 1024)),
        3 => Rational::from((draws.next() >> 20, (1_u64 << 40) + 1)),
        _ => {
            let power = draws.between(-300, 300) as i32;
            Rational::from((7, 5)) << power
        }
    };
    value * sign
}

/// How the coefficients of an input go.
#[derive(Clone, Copy, Debug)]
struct Kind {
    first: i64,
    /// By how many bits a coefficient is larger than the one before.
    growth: i64,
    /// One coefficient in so many is zero, the first ones perhaps all.
    zeros: u64,
    late: usize,
    /// Bits of the centre.
    bits: u32,
    /// The radius is smaller than the centre by about so many bits; `None` for points.
    width: Option<i64>,
    is_positive: bool,
}

impl Kind {
    fn draw(draws: &mut Draws, bits: u32, is_mild: bool) -> Self {
        let most = if is_mild { 3 } else { 300 };
        let first = [0, draws.between(-3, 3), draws.between(-most, most)][draws.below(3) as usize];
        let growth = [0, 0, -1, -2, 1, draws.between(-70, 40)][draws.below(if is_mild { 5 } else { 6 }) as usize];
        let width = [
            None,
            None,
            Some(i64::from(bits)),
            Some(draws.between(0, 2 * i64::from(bits))),
            Some(draws.between(-3, 300)),
            Some(draws.between(-10, 2000)),
        ][draws.below(6) as usize];
        Self {
            first,
            growth,
            zeros: [2, 4, 1000, 1000][draws.below(4) as usize],
            late: [0, 0, 0, draws.below(5) as usize][draws.below(4) as usize],
            bits: [bits, bits, 53, 1, draws.between(1, 400) as u32][draws.below(5) as usize],
            width,
            is_positive: draws.one_in(2),
        }
    }

    /// The n-th coefficient: a ball, and a number in it.
    fn coefficient(self, draws: &mut Draws, n: usize) -> (Rational, Ball) {
        let is_first = n == 0 && self.is_positive;
        let exponent = self.first + self.growth * n as i64;
        let is_zero = draws.one_in(self.zeros) || n < self.late;
        let mut digits = Integer::new();
        for _ in 0..=self.bits / 64 {
            digits = (digits << 64) + draws.next();
        }
        // Often numbers with long runs of ones or zeros.
        match draws.below(6) {
            0 => digits = Integer::from(1) << (self.bits - 1),
            1 => digits = (Integer::from(1) << self.bits) - 1,
            2 => digits = (Integer::from(1) << (self.bits - 1)) + 1,
            _ => {}
        }
        let length = digits.significant_bits();
        let mut centre = Float::with_val(self.bits, digits) >> length as i32;
        centre <<= exponent as i32;
        if draws.one_in(2) && !is_first {
            centre = -centre;
        }
        if is_zero && !is_first {
            centre = Float::new(self.bits);
        }
        let exact = centre.to_rational().expect("a finite number");
        let Some(width) = self.width.filter(|_| !draws.one_in(4)) else { return (exact, Ball::point(centre)) };
        let mantissa = Magnitude::above_f64(1.0 + draws.below(1 << 30) as f64 / f64::from(1 << 30));
        let radius = mantissa.scaled(exponent - width);
        let place = match draws.below(4) {
            0 => Rational::from(1),
            1 => Rational::from(-1),
            2 => Rational::new(),
            _ => Rational::from((draws.between(-1000, 1000), 1000)),
        };
        let value = exact + place * radius.to_rational().expect("a finite number");
        (value, Ball::new(centre, radius))
    }
}

const BITS: [u32; 14] = [1, 16, 24, 53, 64, 65, 100, 128, 129, 191, 192, 193, 255, 256];

/// How many cases: a few of them by default.
fn cases(few: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("WITNESS_SEED").unwrap_or(0) * 1_000_000_000;
    first..first + number("WITNESS_CASES").unwrap_or(few)
}

#[test]
fn texts_drawn_at_random_contain_what_they_are_over_rationals() {
    let (mut all, mut bounded, mut tight) = (0_u64, 0_u64, 0_u64);
    for case in cases(1500) {
        let mut draws = Draws::new(case);
        let program = Program::draw(&mut draws, true);
        let Some(text) = program.text() else { continue };
        let bits = BITS[draws.below(BITS.len() as u64) as usize];
        let kinds: Vec<Kind> = (0..program.inputs).map(|_| Kind::draw(&mut draws, bits, case % 3 != 0)).collect();
        let (mut exact, mut balls) = (text.series::<Exact>(64), text.series::<Ball>(bits));
        // Every other time after another point of expansion.
        if case % 2 == 0 {
            for n in 0..3 {
                let inputs: Vec<Ball> = kinds.iter().map(|kind| kind.coefficient(&mut draws, n).1).collect();
                balls.next(&inputs);
            }
            balls.restart();
        }
        let order = 2 + draws.below(7) as usize;
        let mut jets: Vec<Vec<Exact>> = vec![Vec::new(); program.inputs];
        let mut coefficients: Vec<Vec<Exact>> = Vec::new();
        for n in 0..order {
            let inputs: Vec<(Rational, Ball)> = kinds.iter().map(|kind| kind.coefficient(&mut draws, n)).collect();
            let numbers: Vec<Exact> = inputs.iter().map(|(value, _)| Exact::from(value.clone())).collect();
            for (jet, number) in jets.iter_mut().zip(&numbers) {
                jet.push(number.clone());
            }
            let inputs: Vec<Ball> = inputs.into_iter().map(|(_, ball)| ball).collect();
            let (exact, balls) = (exact.next(&numbers), balls.next(&inputs));
            for (output, (exact, ball)) in exact.iter().zip(balls).enumerate() {
                all += 1;
                let Some(value) = exact.value() else { continue };
                assert!(
                    ball.contains_rational(value),
                    "case {case}, {bits} bits: coefficient {n} of {output}: {ball:?} without {}\n{program:?}\n{kinds:?}",
                    Float::with_val(80, value)
                );
                bounded += u64::from(!ball.is_whole_line());
                let error = (ball.centre().to_rational().expect("a finite number") - value).abs();
                let radius = ball.radius().to_rational().unwrap_or_default();
                tight += u64::from(radius != 0 && error * 8 > radius);
            }
            coefficients.push(exact.to_vec());
        }
        if case % 8 == 0 {
            let jets: Vec<Jet<Exact>> = jets.into_iter().map(Jet::new).collect();
            for (output, jet) in program.run(&jets).iter().enumerate() {
                for (n, coefficient) in jet.coefficients().iter().enumerate() {
                    if let (Some(one), Some(other)) = (coefficient.value(), coefficients[n][output].value()) {
                        assert_eq!(one, other, "case {case}: coefficient {n} of {output}");
                    }
                }
            }
        }
    }
    println!("{all} coefficients, {bounded} bounded, {tight} within a factor 8");
    assert!(bounded * 2 > all && tight > 0, "{all} {bounded} {tight}");
}

#[test]
fn texts_drawn_at_random_contain_what_they_are_with_many_bits() {
    const MANY: u32 = 3000;
    let (mut all, mut bounded, mut tight) = (0_u64, 0_u64, 0_u64);
    for case in cases(600) {
        let mut draws = Draws::new(case ^ 1 << 60);
        let program = Program::draw(&mut draws, false);
        let Some(text) = program.text() else { continue };
        let bits = BITS[draws.below(BITS.len() as u64) as usize];
        let kinds: Vec<Kind> = (0..program.inputs).map(|_| Kind::draw(&mut draws, bits, case % 8 != 0)).collect();
        let (mut fine, mut balls) = (text.series::<Ball>(MANY), text.series::<Ball>(bits));
        for n in 0..2 + draws.below(8) as usize {
            let inputs: Vec<(Rational, Ball)> = kinds.iter().map(|kind| kind.coefficient(&mut draws, n)).collect();
            let numbers: Vec<Ball> = inputs.iter().map(|(value, _)| Ball::from_rational(value, MANY)).collect();
            let inputs: Vec<Ball> = inputs.into_iter().map(|(_, ball)| ball).collect();
            for (output, (fine, ball)) in fine.next(&numbers).iter().zip(balls.next(&inputs)).enumerate() {
                all += 1;
                // Where a number near zero is divided by, or a sign is not known, there may be nothing to compare with.
                if fine.is_whole_line() {
                    continue;
                }
                assert!(
                    ball.may_meet(fine),
                    "case {case}, {bits} bits: coefficient {n} of {output}: {ball:?} without {fine:?}\n{program:?}\n{kinds:?}"
                );
                bounded += u64::from(!ball.is_whole_line());
                let error = (ball.centre() - fine.centre()).abs();
                tight += u64::from(!ball.is_point() && ball.radius() < Magnitude::above(&(error * 8)));
            }
        }
    }
    println!("{all} coefficients, {bounded} bounded, {tight} within a factor 8");
    assert!(bounded * 2 > all && tight > 0, "{all} {bounded} {tight}");
}
