//! Taylor coefficients of all outputs from those of the inputs, one after the other.

use std::fmt::Debug;

use super::numeral::Numeral;
use super::text::{Factor, Operation, Place, Text};
use crate::number::Magnitude;
use crate::time_limit::check_after;

/// A player of a text: from the n-th Taylor coefficient of every input the n-th of every output, for n = 0, 1, 2, ….
///
/// What was computed before is kept, so that the n-th call costs about n products for every product of the text. The recursions follow from
/// the derivatives: `q y = x`; `e′ = e x′`; `l′ x = x′`; `r² = x`, and `q x r′ = x′ r` for the root of degree q.
///
/// ```
/// use enclosures::number::{Exact, Text};
/// // 1 / (1 − t)
/// let text = Text::record(1, |x| vec![x[0].constant(1) / (x[0].constant(1) - &x[0])])?;
/// # use enclosures::number::Ring;
/// let number = |value: i32| Exact::from(rug::Rational::from(value));
/// let mut series = text.series::<Exact>(64);
/// for input in [0, 1, 0, 0] {
///     assert_eq!(series.next(&[number(input)])[0].to_string(), "1");
/// }
/// # Ok::<(), enclosures::number::NotRecorded>(())
/// ```
#[derive(Debug)]
pub struct Series<'a, T> {
    text: &'a Text,
    player: Box<dyn Player<T>>,
    order: usize,
}

/// What computes coefficients: by definition, or by a way of its own that a number system has.
pub trait Player<T>: Debug + Send + Sync {
    /// Forgets all coefficients.
    fn restart(&mut self);

    /// The next coefficient of every output, given that of every input of the text.
    fn next(&mut self, text: &Text, inputs: &[T]) -> &[T];

    /// What is known of the coefficients so far at every place; nothing, if the player does not say.
    fn known(&self) -> Known {
        Known::default()
    }
}

/// Bounds of the first Taylor coefficients of every number of a text: see [`Text::over_discs_with`].
#[derive(Clone, Debug, Default)]
pub struct Known {
    order: usize,
    /// Bounds of `|f_n| 2^(−exponent − gauge · n)` at every place; none where nothing is known.
    sizes: Vec<(i64, Vec<f64>)>,
    gauge: i64,
}

impl Known {
    /// From bounds of `|f_n| 2^(−exponent − gauge · n)` for n below `order`, zero or normal numbers below 2.
    pub(super) fn new(order: usize, gauge: i64, sizes: Vec<(i64, Vec<f64>)>) -> Self {
        Self { order, sizes, gauge }
    }

    /// How many coefficients are known.
    #[must_use]
    pub fn order(&self) -> usize {
        self.order
    }

    /// A bound of how far a function with these first coefficients is from `f(0)` where `|z| ≤ ρ`, if it deviates by at most `wider` where `|z| ≤ 2ρ`:
    /// `Σ_{1 ≤ n < m} |f_n| ρ^n + wider Σ_{n ≥ m} 2^−n` for the `m` that makes it least, or nearly. What is known of a coefficient includes its rounding, which may
    /// be more than the coefficient and grow from each to the next: so it is not always all of them that say most.
    pub(super) fn deviation(&self, place: usize, radius: Magnitude, wider: Magnitude) -> Option<Magnitude> {
        let (exponent, sizes) = self.sizes.get(place)?;
        let radius = radius.scaled(self.gauge).to_f64();
        if sizes.len() < 2 || !radius.is_finite() {
            return None;
        }
        let kept = &sizes[1..most_telling(sizes, radius, wider.scaled(-exponent).to_f64())];
        let sum = kept.iter().rev().fold(0.0, |sum, size| (sum + size) * radius);
        // Two roundings for each coefficient; and a product that underflows lets go of less than the least normal number, of which later ones are no more
        // than they were if the radius is below 1. If it is not, nothing underflows.
        let rounding = 1.0 + (2 * kept.len() + 8) as f64 * f64::EPSILON;
        let sum = sum * rounding + kept.len() as f64 * f64::MIN_POSITIVE;
        let rest = wider.scaled(-(kept.len() as i64));
        Some(Magnitude::above_f64(sum).scaled(*exponent) + rest)
    }
}

/// About the `m ≥ 1` for which `Σ_{1 ≤ n < m} sizes_n radius^n + wider 2^{1−m}` is least.
fn most_telling(sizes: &[f64], radius: f64, wider: f64) -> usize {
    let (mut sum, mut power, mut rest) = (0.0, 1.0, wider);
    let (mut least, mut count) = (rest, 1);
    for (n, size) in sizes.iter().enumerate().skip(1) {
        power *= radius;
        sum += size * power;
        rest /= 2.0;
        if sum + rest < least || least.is_infinite() {
            (least, count) = (sum + rest, n + 1);
        }
    }
    count
}

impl<'a, T: Numeral> Series<'a, T> {
    pub(super) fn new(text: &'a Text, bits: u32) -> Self {
        let player = T::player(text, bits).unwrap_or_else(|| Box::new(ByDefinition::new(text, bits)));
        Self { text, player, order: 0 }
    }

    /// How many coefficients there are.
    #[must_use]
    pub fn order(&self) -> usize {
        self.order
    }

    /// What is known of the coefficients so far at every place of the text. Of balls of more than 256 bits, and of other numbers, that is nothing.
    #[must_use]
    pub fn known(&self) -> Known {
        self.player.known()
    }

    /// Forgets all coefficients, and keeps their room and the constants: for the next point of expansion.
    pub fn restart(&mut self) {
        self.player.restart();
        self.order = 0;
    }

    /// The next coefficient of every output, given that of every input.
    ///
    /// # Panics
    ///
    /// If there are not as many inputs as the text has.
    pub fn next(&mut self, inputs: &[T]) -> &[T] {
        assert_eq!(inputs.len(), self.text.inputs(), "as many coefficients as the text has inputs");
        self.order += 1;
        self.player.next(self.text, inputs)
    }
}

/// The coefficients by the recursions as they stand, over any number.
#[derive(Debug)]
pub(super) struct ByDefinition<T> {
    bits: u32,
    /// The constants of sums and the factors before their linear terms, in their order.
    constants: Vec<T>,
    /// Of every place the coefficients so far.
    rows: Vec<Vec<T>>,
    outputs: Vec<T>,
    order: usize,
}

impl<T: Numeral> ByDefinition<T> {
    pub(super) fn new(text: &Text, bits: u32) -> Self {
        let mut constants = Vec::new();
        for operation in text.list() {
            if let Operation::Sum { constant, linear, .. } = operation {
                constants.extend(constant.iter().map(|value| T::rational(value, bits)));
                constants.extend(linear.iter().filter_map(|(factor, _)| match factor {
                    Factor::Other(value) => Some(T::rational(value, bits)),
                    Factor::One | Factor::MinusOne => None,
                }));
            }
        }
        let rows = vec![Vec::new(); text.list().len()];
        Self { bits, constants, rows, outputs: Vec::with_capacity(text.outputs()), order: 0 }
    }
}

impl<T: Numeral> Player<T> for ByDefinition<T> {
    fn restart(&mut self) {
        self.rows.iter_mut().for_each(Vec::clear);
        self.order = 0;
    }

    fn next(&mut self, text: &Text, inputs: &[T]) -> &[T] {
        let (mut inputs, mut constants) = (inputs.iter(), self.constants.iter());
        for (place, operation) in text.list().iter().enumerate() {
            let step = Step { rows: &self.rows, order: self.order, bits: self.bits };
            let coefficient = step.coefficient(operation, place, &mut inputs, &mut constants);
            self.rows[place].push(coefficient);
        }
        let places = text.output_places();
        self.outputs.clear();
        self.outputs.extend(places.iter().map(|place| self.rows[*place as usize][self.order].clone()));
        self.order += 1;
        &self.outputs
    }
}

/// The coefficient of order n, when all earlier ones and those of earlier places are known.
struct Step<'a, T> {
    rows: &'a [Vec<T>],
    order: usize,
    bits: u32,
}

impl<T: Numeral> Step<'_, T> {
    fn row(&self, place: Place) -> &[T] {
        &self.rows[place as usize]
    }

    fn integer(&self, value: usize) -> T {
        T::rational(&rug::Rational::from(value), self.bits)
    }

    fn zero(&self) -> T {
        self.integer(0)
    }

    /// `Σ left_k right_{n−k}` for k from `first` to `last`.
    fn convolution(&self, left: &[T], right: &[T], first: usize, last: usize) -> T {
        let mut sum = self.zero();
        self.add_convolution(&mut sum, left, right, first, last);
        sum
    }

    fn add_convolution(&self, sum: &mut T, left: &[T], right: &[T], first: usize, last: usize) {
        for k in first..=last {
            sum.plus_product(&left[k], &right[self.order - k]);
        }
    }

    /// `Σ k left_k right_{n−k}` for k from 1 to `last`.
    fn weighted(&self, left: &[T], right: &[T], last: usize) -> T {
        let mut sum = self.zero();
        for k in 1..=last {
            sum.plus_product(&left[k].product(&self.integer(k)), &right[self.order - k]);
        }
        sum
    }

    fn coefficient<'c>(
        &self,
        operation: &Operation,
        place: usize,
        inputs: &mut impl Iterator<Item = &'c T>,
        constants: &mut impl Iterator<Item = &'c T>,
    ) -> T {
        let n = self.order;
        let own = &self.rows[place];
        check_after(n + 1);
        match operation {
            Operation::Input => inputs.next().cloned().unwrap_or_else(|| self.zero()),
            Operation::Sum { constant, linear, products } => {
                let mut sum = self.zero();
                if constant.is_some() {
                    let constant = constants.next();
                    if let (0, Some(constant)) = (n, constant) {
                        sum = constant.clone();
                    }
                }
                for (factor, place) in linear {
                    let term = &self.row(*place)[n];
                    match factor {
                        Factor::One => sum.plus(term),
                        Factor::MinusOne => sum.minus(term),
                        Factor::Other(_) => constants.next().into_iter().for_each(|by| sum.plus_product(by, term)),
                    }
                }
                let mut negative = None;
                for (is_negative, left, right) in products {
                    let sum = if *is_negative { negative.get_or_insert_with(|| self.zero()) } else { &mut sum };
                    self.add_convolution(sum, self.row(*left), self.row(*right), 0, n);
                }
                negative.iter().for_each(|negative| sum.minus(negative));
                sum
            }
            Operation::Quotient { dividend, divisor } => {
                let (dividend, divisor) = (self.row(*dividend), self.row(*divisor));
                let mut rest = dividend[n].clone();
                if n > 0 {
                    rest.minus(&self.convolution(divisor, own, 1, n));
                }
                rest.quotient(&divisor[0])
            }
            Operation::Exp { argument } => {
                let argument = self.row(*argument);
                if n == 0 {
                    argument[0].exponential()
                } else {
                    self.weighted(argument, own, n).over(n as u32, self.bits)
                }
            }
            Operation::ExpM1 { argument, exponential } => {
                if n == 0 {
                    self.row(*argument)[0].exponential_less_one()
                } else {
                    self.row(*exponential)[n].clone()
                }
            }
            Operation::Ln { argument } if n == 0 => self.row(*argument)[0].logarithm(),
            Operation::Ln1p { argument, .. } if n == 0 => self.row(*argument)[0].logarithm_of_successor(),
            Operation::Ln { argument } | Operation::Ln1p { successor: argument, .. } => {
                let argument = self.row(*argument);
                let mut rest = argument[n].clone();
                if n > 1 {
                    rest.minus(&self.weighted(own, argument, n - 1).over(n as u32, self.bits));
                }
                rest.quotient(&argument[0])
            }
            Operation::Sqrt { argument } => self.root(self.row(*argument), own, 2, T::square_root),
            Operation::Root { argument, degree } => {
                self.root(self.row(*argument), own, *degree, |value| value.root_of_degree(*degree))
            }
        }
    }

    /// From `q x r′ = x′ r`: `q n x_0 r_n = Σ (k − q (n − k)) x_k r_{n−k}` for k from 1.
    fn root(&self, argument: &[T], own: &[T], degree: u32, at_zero: impl FnOnce(&T) -> T) -> T {
        let n = self.order;
        if n == 0 {
            return at_zero(&argument[0]);
        }
        let mut sum = self.zero();
        for k in 1..=n {
            let weight = rug::Rational::from(k) - rug::Rational::from(degree) * rug::Rational::from(n - k);
            sum.plus_product(&argument[k].product(&T::rational(&weight, self.bits)), &own[n - k]);
        }
        let divisor = rug::Rational::from(degree) * rug::Rational::from(n);
        sum.quotient(&argument[0].product(&T::rational(&divisor, self.bits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1/(1 − z/4)`, of which the later coefficients are known with a rounding that grows: of the first so many is told as much as there is to tell.
    #[test]
    fn coefficients_tell_as_much_as_their_roundings_let_them() {
        let known = |noise: f64| {
            let sizes = (0..60).map(|n| 0.25_f64.powi(n) + noise * 4.0_f64.powi(n)).collect();
            Known::new(60, 0, vec![(0, sizes)])
        };
        // On |z| ≤ 2 it deviates by 1, on |z| ≤ 1 by 1/3.
        let deviation = |noise| known(noise).deviation(0, Magnitude::ONE, Magnitude::ONE).unwrap().to_f64();
        assert!((1.0 / 3.0..0.333_333_334).contains(&deviation(0.0)), "{}", deviation(0.0));
        // Roundings of 10⁻¹² 4ⁿ reach 2⁻ⁿ after some thirteen coefficients.
        assert!((1.0 / 3.0..0.3336).contains(&deviation(1e-12)), "{}", deviation(1e-12));
        // Where they are all there is, nothing is told that was not known.
        assert!((1.0 / 3.0..=1.0).contains(&deviation(1.0)), "{}", deviation(1.0));
    }

    /// What is left out is counted: of `Σ (z/2)ⁿ/2`, known to be no more than that, any number of coefficients tell the same.
    #[test]
    fn the_rest_is_counted() {
        for order in [2, 3, 10, 60] {
            let sizes = (1..=order).map(|n| 0.5_f64.powi(n)).collect();
            let known = Known::new(order as usize, 0, vec![(0, sizes)]);
            let deviation = known.deviation(0, Magnitude::ONE, Magnitude::ONE).unwrap().to_f64();
            let least = (1..order).map(|n| 0.5_f64.powi(n + 1)).sum::<f64>();
            assert!(deviation >= least + 0.5_f64.powi(order - 1), "{order}: {deviation}");
        }
    }
}
