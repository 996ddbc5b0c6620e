//! How far two sides must agree before an equality passes that no ball decides.
//!
//! A ball can deny an equality and never confirm it. What differs may differ by little: a step that is left out changes weights by
//! `η ∂R/∂W`, a product of two such changes by their square, and the slopes of a loss are as small as `e^(−m)` at the margin `m`. So
//! agreement is followed until it is far below what the inputs can make of a difference: below 2⁻¹⁰²⁴, and below the square of the smallest
//! slope or gradient at hand and of the unit that the inputs are written in. That is a reason to believe and no proof: such an
//! equality passes as *numerical*. Of a claim whose equalities are identities of polynomials in slopes and steps, proved by identity testing for
//! its shapes, only the first is asked: it holds of slopes of any size. A flow is enclosed at the precision that is asked for, and a thousand bits of it are
//! out of reach: there the first is 2⁻⁶⁴, and the others are what they are.

use rug::Rational;

use crate::claims::{Event, log2_at_least};
use crate::number::{Real, Sign};
use crate::problem::{ExactMatrix, Matrix, Problem, StepRule};
use crate::reference::Point;
use crate::time_limit::check_after;

/// Bits of agreement that are asked for at least, of runs and of flows.
const LEAST_BITS: f64 = 1024.0;
const LEAST_BITS_OF_FLOWS: f64 = 64.0;

/// Bits beyond what the inputs can distinguish.
const BEYOND: f64 = 128.0;

/// What log₂ of a relative difference must stay below where nothing is known of the inputs.
pub(super) const LEAST_LOG2: f64 = -LEAST_BITS;

/// The same on a flow.
pub(super) const LEAST_LOG2_OF_FLOWS: f64 = -LEAST_BITS_OF_FLOWS;

/// What the equalities of one event are measured by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// What log₂ of a relative difference must stay below.
    pub(super) asked_log2: f64,
    /// The same of weights alone, of which no slope hides anything.
    pub(super) asked_of_weights_log2: f64,
    /// log₂ of a size that no product of weights, data, slopes and steps, none of them more than twice, falls below; of each its
    /// largest entry is taken, and 1 if that is larger.
    pub(super) size_log2: f64,
}

impl Measure {
    /// Of the equalities at `event`, in a run of a problem written in so many bits: see [`input_bits`]. At least `least_log2` is asked for.
    pub(super) fn of<T: Real>(input_bits: f64, event: Event<'_, T>, least_log2: f64) -> Self {
        let (point, step_log2) = match event {
            Event::Step(step) => (&*step.before, log2_at_least(&step.eta).unwrap_or(0.0)),
            _ => (event.point(), 0.0),
        };
        let slopes = slopes_log2(point);
        // Of slopes that may vanish here, though no slope does, nobody knows what they hide.
        let beyond = |slopes: f64| (-least_log2).max(BEYOND + 2.0 * (input_bits - slopes));
        let asked = if may_vanish(point) { f64::INFINITY } else { beyond(slopes) };
        let (x, target) = (point.setting().examples().map(|(x, _)| x), point.setting().target());
        let sizes = point.weights().iter().chain(x).chain(target).map(size_of_matrix);
        let size = sizes.chain([slopes, step_log2]).map(|log2| 2.0 * log2.min(0.0)).sum();
        Self { asked_log2: -asked, asked_of_weights_log2: -beyond(0.0), size_log2: size }
    }
}

/// Whether a slope of the loss is so small that its enclosure reaches zero.
fn may_vanish<T: Real>(point: &Point<T>) -> bool {
    point.setting().loss().is_classification() && point.slopes().iter().any(|slope| slope.sign() == Sign::Open)
}

/// log₂ of the smallest slope of the loss and of the smallest gradient of a layer, at most 0. What may vanish does not count.
fn slopes_log2<T: Real>(point: &Point<T>) -> f64 {
    let slopes = if point.setting().loss().is_classification() { point.slopes() } else { &[] };
    let slopes = slopes.iter().filter_map(|slope| log2_at_least(&slope.clone().abs()));
    let gradients = point.gradient_norms_squared().iter().filter_map(|square| Some(log2_at_least(square)? / 2.0));
    slopes.chain(gradients).fold(0.0, f64::min)
}

/// log₂ of the largest entry; 0 if all may vanish.
fn size_of_matrix<T: Real>(matrix: &Matrix<T>) -> f64 {
    let entries = matrix.entries().iter().filter_map(|entry| log2_at_least(&entry.clone().abs()));
    entries.reduce(f64::max).unwrap_or(0.0)
}

/// The most bits in which a numerator or denominator of the problem is written.
pub(super) fn input_bits(problem: &Problem) -> f64 {
    let bits = |number: &Rational| number.numer().significant_bits().max(number.denom().significant_bits());
    let most = |numbers: &[Rational]| numbers.iter().map(bits).max().unwrap_or(0);
    let step = match problem.step() {
        StepRule::Constant(eta) => bits(eta),
        StepRule::Smoothness | StepRule::Flow => 0,
    };
    let matrices = problem.initial().iter().chain(problem.target());
    let others = matrices.map(|matrix| most(matrix.entries())).fold(step, u32::max);
    // Row by row: a table takes many times its room as rationals.
    let of_examples = |examples: &ExactMatrix| {
        (0..examples.rows()).fold(0, |largest, i| {
            check_after(8 * examples.columns());
            largest.max(most(&examples.row(i)))
        })
    };
    f64::from(problem.exact_examples().map_or(others, |(x, y)| others.max(of_examples(x)).max(of_examples(y))))
}
