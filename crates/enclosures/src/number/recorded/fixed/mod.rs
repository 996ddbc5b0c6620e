//! Taylor coefficients over balls in fixed point: the inner loop of what follows a differential equation with many bits.
//!
//! The coefficients of one number of a text have one exponent, as integers of a few digits of 52 bits, some 40 bits more than are asked for; so the n-th coefficient of a sum of
//! products is a sum of integers, rounded once. Radii are f64 numbers beside them, in terms of the common exponent.
//!
//! That suits coefficients that are level, or decay moderately. Where those of the inputs do not, time is counted in another unit, a power of two that
//! changes no digit, and the coefficients so far are computed again. Inputs that move evenly have hardly more than roundings beyond the first coefficients, which fall and rise
//! steeply: such a change is made no greater than the other numbers bear.
//!
//! - `wide`: integers in two's complement;
//! - `row`: the coefficients of one number;
//! - `convolution`: the inner loop, by the instructions that the processor has;
//! - `sum`: sums of convolutions;
//! - `balls`: in and out.

mod balls;
mod convolution;
mod row;
mod sum;
mod wide;

use balls::{from_ball, to_ball};
use convolution::DIGIT_BITS;
use row::Row;
use sum::Sum;

use super::series::{Known, Player};
use super::text::{Factor, Operation, Place, Text};
use crate::number::float::clamp_bits;
use crate::number::{Ball, Real, Ring};
use crate::time_limit::check_after;

/// The most words that a coefficient has bits for.
const MOST_WORDS: usize = 5;

/// Bits beyond those asked for, at least: room for larger coefficients, and for what roundings add up to.
const SPARE_BITS: u32 = 52;

/// The player for this precision, at most 256 bits.
pub(super) fn player(text: &Text, bits: u32) -> Option<Box<dyn Player<Ball>>> {
    let bits = clamp_bits(bits);
    match (bits + SPARE_BITS).div_ceil(DIGIT_BITS) {
        0..=3 => Some(Box::new(Fixed::<3, 5>::new(text, bits))),
        4 => Some(Box::new(Fixed::<4, 6>::new(text, bits))),
        5 => Some(Box::new(Fixed::<5, 6>::new(text, bits))),
        6 if bits <= 256 => Some(Box::new(Fixed::<6, 7>::new(text, bits))),
        _ => None,
    }
}

/// Rows of D digits, and sums of W words.
#[derive(Debug)]
struct Fixed<const D: usize, const W: usize> {
    bits: u32,
    /// The constants of sums and the factors before their linear terms, in their order.
    constants: Vec<Row<D>>,
    /// Of every place the coefficients so far.
    rows: Vec<Row<D>>,
    /// What else some operations keep, in their order.
    memories: Vec<Memory<D>>,
    outputs: Vec<Ball>,
    order: usize,
    /// The coefficients of the inputs so far.
    inputs: Vec<Vec<Ball>>,
    /// The rows are of coefficients `x_n 2^(−gauge · n)`.
    gauge: i64,
    /// How often it was changed.
    changes: u32,
}

/// Beyond so many bits of growth in all coefficients time is counted in another unit: the first ones would lose as many.
const MOST_GROWTH: i64 = 30;

/// And beyond so many bits of decay: the last ones would have none left.
const MOST_DECAY: i64 = 100;

/// The coefficients of what follows a differential equation do not grow or decay by more bits each, unless the unit of time is out of all proportion.
const STEEP: i64 = 16;

/// The unit is changed no more often: coefficients may be without any order.
const MOST_CHANGES: u32 = 8;

/// What the recursion of an operation keeps between coefficients.
#[derive(Debug)]
struct Memory<const D: usize> {
    /// `(k + 1) x_{k+1}`: the derivative of what the recursion multiplies with it.
    derivative: Row<D>,
    /// The reciprocal of the first coefficient of a divisor.
    reciprocal: Row<D>,
    /// A number before it is multiplied by that.
    dividend: Row<D>,
}

impl<const D: usize> Memory<D> {
    const EMPTY: Self = Self { derivative: Row::EMPTY, reciprocal: Row::EMPTY, dividend: Row::EMPTY };

    fn clear(&mut self) {
        [&mut self.derivative, &mut self.reciprocal, &mut self.dividend].into_iter().for_each(Row::clear);
    }
}

impl<const D: usize, const W: usize> Fixed<D, W> {
    /// The precision in which constants are brought in, and functions are evaluated.
    const BITS: u32 = DIGIT_BITS * D as u32;

    fn new(text: &Text, bits: u32) -> Self {
        let (mut constants, mut memories) = (Vec::new(), Vec::new());
        let constant = |value: &rug::Rational| number::<D, W>(&Ball::from_rational(value, Self::BITS));
        for operation in text.list() {
            match operation {
                Operation::Sum { constant: own, linear, .. } => {
                    constants.extend(own.iter().map(constant));
                    constants.extend(linear.iter().filter_map(|(factor, _)| match factor {
                        Factor::Other(value) => Some(constant(value)),
                        Factor::One | Factor::MinusOne => None,
                    }));
                }
                Operation::Input | Operation::ExpM1 { .. } => {}
                _ => memories.push(Memory::EMPTY),
            }
        }
        let rows = vec![Row::EMPTY; text.list().len()];
        let outputs = Vec::with_capacity(text.outputs());
        Self { bits, constants, rows, memories, outputs, order: 0, inputs: Vec::new(), gauge: 0, changes: 0 }
    }

    fn clear(&mut self) {
        self.rows.iter_mut().for_each(Row::clear);
        self.memories.iter_mut().for_each(Memory::clear);
        self.order = 0;
    }

    /// The gauge in which the inputs are level, if in the present one they are far from that between the coefficients in the middle and the last; but none in which another
    /// number would grow, and none in which all would decay, where that is steep.
    fn other_gauge(&self) -> Option<i64> {
        let order = self.inputs.len() - 1;
        let size = |n: usize| {
            let exponents = self.inputs[n].iter().filter_map(|ball| ball.greatest_absolute().exponent());
            exponents.max()
        };
        if order < 2 || order % 2 == 1 || self.changes == MOST_CHANGES {
            return None;
        }
        let half = order as i64 / 2;
        let mut change = (size(order)? - size(order / 2)?).div_euclid(half) - self.gauge;
        let is_far = |change: i64| !(-MOST_DECAY..=MOST_GROWTH).contains(&change.saturating_mul(order as i64));
        if !is_far(change) {
            return None;
        }
        if change.abs() > STEEP {
            let most = self.rows.iter().filter_map(Row::growth).max().unwrap_or(change);
            change = if change > 0 { change.min(most) } else { change.max(most) };
        }
        is_far(change).then_some(self.gauge.saturating_add(change))
    }
}

/// A row of one coefficient.
fn number<const D: usize, const W: usize>(ball: &Ball) -> Row<D> {
    let mut row = Row::EMPTY;
    row.push::<W>(&from_ball(ball, 0));
    row
}

impl<const D: usize, const W: usize> Player<Ball> for Fixed<D, W> {
    fn restart(&mut self) {
        self.clear();
        self.inputs.clear();
        (self.gauge, self.changes) = (0, 0);
    }

    fn next(&mut self, text: &Text, inputs: &[Ball]) -> &[Ball] {
        self.inputs.push(inputs.to_vec());
        if let Some(gauge) = self.other_gauge() {
            self.gauge = gauge;
            self.changes += 1;
            self.clear();
        }
        while self.order < self.inputs.len() {
            self.step(text);
        }
        let scale = self.gauge.saturating_mul(self.order as i64 - 1);
        let places = text.output_places();
        self.outputs.clear();
        self.outputs.extend(places.iter().map(|place| to_ball::<D, W>(&self.rows[*place as usize], scale, self.bits)));
        &self.outputs
    }

    fn known(&self) -> Known {
        Known::new(self.order, self.gauge, self.rows.iter().map(Row::bounds).collect())
    }
}

impl<const D: usize, const W: usize> Fixed<D, W> {
    /// One more coefficient of everything.
    fn step(&mut self, text: &Text) {
        let scale = -self.gauge.saturating_mul(self.order as i64);
        let (mut inputs, mut constants) = (self.inputs[self.order].iter(), self.constants.iter());
        let mut memories = self.memories.iter_mut();
        for (place, operation) in text.list().iter().enumerate() {
            let (before, own) = self.rows.split_at_mut(place);
            let (Some(own), step) = (own.first_mut(), Step::<D, W> { rows: before, order: self.order }) else { break };
            match operation {
                Operation::Input => {
                    own.push::<W>(&inputs.next().map_or(Sum::UNKNOWN, |ball| from_ball(ball, scale)));
                }
                Operation::Sum { constant, linear, products } => {
                    check_after((self.order / 8 + 1) * products.len());
                    let mut sum = Sum::<D, W>::ZERO;
                    if constant.is_some()
                        && let Some(constant) = constants.next()
                        && self.order == 0
                    {
                        sum.add_last(false, constant);
                    }
                    for (factor, place) in linear {
                        let term = step.row(*place);
                        match factor {
                            Factor::One => sum.add_last(false, term),
                            Factor::MinusOne => sum.add_last(true, term),
                            Factor::Other(_) => {
                                if let Some(factor) = constants.next() {
                                    sum.add_product(false, (term, self.order), (factor, 0), 1);
                                }
                            }
                        }
                    }
                    for (is_negative, left, right) in products {
                        let (left, right) = (step.row(*left), step.row(*right));
                        sum.add_product(*is_negative, (left, 0), (right, 0), self.order + 1);
                    }
                    own.push(&sum);
                }
                Operation::ExpM1 { argument, exponential } => {
                    if self.order == 0 {
                        step.function(own, *argument, Ball::exp_m1);
                    } else {
                        let mut same = Sum::<D, W>::ZERO;
                        same.add_last(false, step.row(*exponential));
                        own.push(&same);
                    }
                }
                _ => {
                    check_after(self.order / 8 + 1);
                    if let Some(memory) = memories.next() {
                        step.recursion(operation, own, memory);
                    }
                }
            }
        }
        self.order += 1;
    }
}

/// The coefficient of order n, when those of earlier places are known.
struct Step<'a, const D: usize, const W: usize> {
    rows: &'a [Row<D>],
    order: usize,
}

impl<const D: usize, const W: usize> Step<'_, D, W> {
    const BITS: u32 = Fixed::<D, W>::BITS;

    fn row(&self, place: Place) -> &Row<D> {
        &self.rows[place as usize]
    }

    /// The first coefficient of a function.
    fn function(&self, own: &mut Row<D>, argument: Place, function: impl FnOnce(Ball) -> Ball) {
        own.push::<W>(&from_ball(&function(whole::<D, W>(self.row(argument))), 0));
    }

    /// The next coefficient `n x_n` of a derivative, for n ≥ 1.
    fn differentiate(&self, derivative: &mut Row<D>, row: &Row<D>) {
        let mut sum = Sum::<D, W>::ZERO;
        sum.add_last(false, row);
        derivative.push(&sum.times(self.order as u64));
    }

    /// The number times the reciprocal.
    fn divide(&self, own: &mut Row<D>, memory: &mut Memory<D>, dividend: &Sum<D, W>) {
        memory.dividend.clear();
        memory.dividend.push(dividend);
        let mut quotient = Sum::<D, W>::ZERO;
        quotient.add_product(false, (&memory.dividend, 0), (&memory.reciprocal, 0), 1);
        own.push(&quotient);
    }

    fn set_reciprocal(&self, memory: &mut Memory<D>, divisor: &Row<D>) {
        let divisor = whole::<D, W>(divisor);
        memory.reciprocal.push::<W>(&from_ball(&(Ball::one(Self::BITS) / &divisor), 0));
    }

    fn recursion(&self, operation: &Operation, own: &mut Row<D>, memory: &mut Memory<D>) {
        let n = self.order;
        let mut sum = Sum::<D, W>::ZERO;
        match operation {
            // q_n = (x_n − Σ_{k ≥ 1} y_k q_{n−k}) / y_0
            Operation::Quotient { dividend, divisor } => {
                let divisor = self.row(*divisor);
                if n == 0 {
                    self.set_reciprocal(memory, divisor);
                }
                sum.add_last(false, self.row(*dividend));
                sum.add_product(true, (divisor, 1), (own, 0), n);
                self.divide(own, memory, &sum);
            }
            // n e_n = Σ_{k ≥ 1} k x_k e_{n−k}
            Operation::Exp { argument } => {
                if n == 0 {
                    self.function(own, *argument, Ball::exp);
                    return;
                }
                self.differentiate(&mut memory.derivative, self.row(*argument));
                sum.add_product(false, (&memory.derivative, 0), (own, 0), n);
                own.push(&sum.over(n as u64));
            }
            // l_n = (x_n − (1/n) Σ_{1 ≤ k < n} k l_k x_{n−k}) / x_0
            Operation::Ln { argument } | Operation::Ln1p { successor: argument, .. } => {
                let row = self.row(*argument);
                if n == 0 {
                    self.set_reciprocal(memory, row);
                    match operation {
                        Operation::Ln1p { argument, .. } => self.function(own, *argument, Ball::ln_1p),
                        _ => self.function(own, *argument, Ball::ln),
                    }
                    return;
                }
                sum.add_product(false, (&memory.derivative, 0), (row, 1), n - 1);
                let mut rest = Sum::<D, W>::ZERO;
                rest.add_last(false, row);
                self.divide(own, memory, &rest.minus(&sum.over(n as u64)));
                self.differentiate(&mut memory.derivative, own);
            }
            Operation::Sqrt { argument } => self.root(own, memory, *argument, 2, Ball::sqrt),
            Operation::Root { argument, degree } => {
                self.root(own, memory, *argument, *degree, |value| value.root(*degree));
            }
            Operation::Input | Operation::Sum { .. } | Operation::ExpM1 { .. } => {}
        }
    }

    /// q n x_0 r_n = (1 + q) Σ_{k ≥ 1} k x_k r_{n−k} − q n Σ_{k ≥ 1} x_k r_{n−k}
    fn root(
        &self,
        own: &mut Row<D>,
        memory: &mut Memory<D>,
        argument: Place,
        degree: u32,
        at_zero: impl FnOnce(Ball) -> Ball,
    ) {
        let (n, row, degree) = (self.order, self.row(argument), u64::from(degree));
        if n == 0 {
            self.set_reciprocal(memory, row);
            self.function(own, argument, at_zero);
            return;
        }
        self.differentiate(&mut memory.derivative, row);
        let (mut weighted, mut plain) = (Sum::<D, W>::ZERO, Sum::<D, W>::ZERO);
        weighted.add_product(false, (&memory.derivative, 0), (own, 0), n);
        plain.add_product(false, (row, 1), (own, 0), n);
        let weighted = weighted.over(n as u64).times(1 + degree).over(degree);
        self.divide(own, memory, &weighted.minus(&plain));
    }
}

/// The first coefficient of a row, with all its bits; it is the last one, too.
fn whole<const D: usize, const W: usize>(row: &Row<D>) -> Ball {
    to_ball::<D, W>(row, 0, Fixed::<D, W>::BITS)
}

#[cfg(test)]
mod tests {
    use rug::{Float, Rational};

    use super::*;
    use crate::draws::following;
    use crate::number::Magnitude;

    /// What is known of a sum, as a rational and a bound: far below what a ball of some bits shows of it.
    fn known<const D: usize, const W: usize>(sum: &Sum<D, W>) -> (Rational, Rational) {
        let size = if sum.value.is_negative() { sum.value.negated() } else { sum.value };
        let size = Rational::from(rug::Integer::from_digits(&size.0, rug::integer::Order::Lsf));
        let value = if sum.value.is_negative() { -size } else { size };
        let radius = Rational::from_f64(sum.radius).unwrap_or_default();
        (value << sum.unit() as i32, radius << sum.exponent as i32)
    }

    fn assert_contains<const D: usize, const W: usize>(sum: &Sum<D, W>, exact: &Rational, what: &str) {
        let (value, radius) = known(sum);
        let distance = Rational::from(&value - exact).abs();
        assert!(distance <= radius, "{what}: {} of {}", distance.to_f64(), radius.to_f64());
    }

    /// A row of numbers that lie at the ends of the balls that were put into it, and these numbers.
    struct Sample<const D: usize> {
        row: Row<D>,
        numbers: Vec<Rational>,
    }

    /// Kinds: all digits set, small beside the first, growing, of both signs; points, and balls of some widths.
    fn sample<const D: usize, const W: usize>(length: usize, kind: u64, seed: &mut u64) -> Sample<D> {
        let mut row = Row::EMPTY;
        let mut numbers = Vec::new();
        for n in 0..length {
            *seed = following(*seed);
            let draw = *seed >> 20;
            let bits = Fixed::<D, W>::BITS - 4;
            let size = match kind % 4 {
                0 => Rational::from(1) - (Rational::from(1) >> bits),
                1 if n > 0 => Rational::from((draw % 1000, 1000_u32)) >> 40,
                2 => Rational::from((draw % 1000 + 1, 1000_u32)) << (3 * n as i32),
                _ => Rational::from((draw % 999 + 1, 1000_u32)),
            };
            let centre = Float::with_val(bits, if kind / 4 % 2 == 1 && draw & 1 == 1 { -size } else { size });
            let width = [None, None, Some(80), Some(9)][(kind / 8 % 4) as usize];
            let radius = width.map_or(Magnitude::ZERO, |width: i64| Magnitude::power_of_two(-width));
            let end = radius.to_rational().unwrap_or_default();
            let exact = centre.to_rational().unwrap_or_default();
            numbers.push(if draw & 2 == 0 { exact + end } else { exact - end });
            row.push::<W>(&from_ball(&Ball::new(centre, radius), 0));
        }
        Sample { row, numbers }
    }

    fn check<const D: usize, const W: usize>() {
        let mut seed = D as u64;
        for kind in 0..32 {
            for length in [1, 2, 7, 30, 300] {
                let one = sample::<D, W>(length, kind, &mut seed);
                let other = sample::<D, W>(length, kind / 2 + 5 * kind, &mut seed);
                let what = format!("{D} digits, kind {kind}, {length} terms");
                for (first, count) in [(0, length), (1, length - 1), (0, length - 1), (length / 2, length - length / 2)]
                {
                    let terms =
                        (0..count).map(|k| Rational::from(&one.numbers[first + k] * &other.numbers[count - 1 - k]));
                    let product = terms.fold(Rational::new(), |sum, term| sum + term);
                    let mut sum = Sum::<D, W>::ZERO;
                    if count > 0 {
                        sum.add_product(false, (&one.row, first), (&other.row, 0), count);
                        assert_contains(&sum, &product, &what);
                        // One part in 2^40 of the terms, or what the balls are wide.
                        let (_, radius) = known(&sum);
                        let reach = |sample: &Sample<D>| {
                            sample.numbers.iter().fold(Rational::new(), |sum, value| sum + value.clone().abs())
                        };
                        let room = (reach(&one) * reach(&other))
                            >> if kind / 8 % 4 < 2 && (kind / 2 + 5 * kind) / 8 % 4 < 2 {
                                Row::<D>::BITS as i32 - 30
                            } else {
                                -3
                            };
                        assert!(radius <= room, "{what}: {} of {}", radius.to_f64(), room.to_f64());
                    }
                    // Sums of terms of other sizes, and what recursions do with them.
                    let last = &one.numbers[length - 1];
                    sum.add_last(true, &one.row);
                    let mut expected = product - last;
                    assert_contains(&sum, &expected, &what);
                    sum.add_product(true, (&one.row, length - 1), (&other.row, length - 1), 1);
                    expected -= Rational::from(last * &other.numbers[length - 1]);
                    assert_contains(&sum, &expected, &what);
                    assert_contains(&sum.times(91), &(expected.clone() * 91), &what);
                    assert_contains(&sum.over(91), &(expected.clone() / 91), &what);
                    assert_contains(&sum.times(5).minus(&sum.over(3)), &(expected.clone() * 14 / 3), &what);
                    let mut row = one.row.clone();
                    row.push(&sum);
                    let mut again = Sum::<D, W>::ZERO;
                    again.add_last(false, &row);
                    assert_contains(&again, &expected, &format!("{what}, in a row"));
                    let ball = to_ball::<D, W>(&row, 0, 128);
                    assert!(ball.contains_rational(&expected), "{what}: {ball:?}");
                }
            }
        }
    }

    /// Of `e^{−x}` and `1/(1 + e^{−x})` so many coefficients at `bits` bits, where those of `x` are these and then zero: the largest radius of any, as a power of two.
    fn largest_radius(inputs: &[f64], count: usize, bits: u32) -> i64 {
        let text = Text::record(1, |x| {
            let falling = (-x[0].clone()).exp();
            let share = falling.constant(1) / (falling.constant(1) + &falling);
            vec![falling, share]
        });
        let text = text.unwrap();
        let mut player = player(&text, bits).unwrap();
        let radius = |n: usize| {
            let input = Ball::from_f64(inputs.get(n).copied().unwrap_or(0.0), bits);
            let outputs = player.next(&text, &[input]);
            outputs.iter().filter_map(|output| output.radius().exponent()).max()
        };
        (0..count).filter_map(radius).max().unwrap()
    }

    /// The coefficients of `e^{−9z/8}` are soon below the last place of the first: then they are not known any better, and no worse.
    #[test]
    fn what_is_below_the_last_place_is_known_to_it() {
        for bits in [64, 128, 160, 192, 256] {
            let largest = largest_radius(&[0.0, 1.125], 120, bits);
            assert!(largest <= 2 - i64::from(bits), "{bits} bits: 2^{largest}");
        }
    }

    /// Beside the first two the coefficients of `x` are as roundings are: whether they decay or grow, those of its functions are known as without them.
    #[test]
    fn roundings_choose_no_unit_of_time() {
        let (tiny, less) = (2.0_f64.powi(-140), 2.0_f64.powi(-250));
        let evenly = [0.5, 1.5];
        for noise in
            [vec![tiny; 40], vec![less, less, tiny, tiny * 64.0, less], vec![less], vec![less, tiny, less, less]]
        {
            let inputs = [&evenly[..], &noise].concat();
            for bits in [64, 128, 256] {
                let (evenly, noisy) = (largest_radius(&evenly, 40, bits), largest_radius(&inputs, 40, bits));
                assert!(noisy <= evenly.max(2 - i64::from(bits)) + 8, "{bits} bits, {noise:?}: 2^{noisy}, 2^{evenly}");
            }
        }
    }

    #[test]
    fn every_sum_is_within_its_radius() {
        check::<3, 5>();
        check::<4, 6>();
        check::<5, 6>();
        check::<6, 7>();
    }
}
