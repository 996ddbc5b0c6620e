//! The definition of the paper's step rule, on the trace that a run leaves.

use rug::Rational;

use crate::algebra::exact::{norm_squared, power_of_two, root_below};
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, OnRuns};
use crate::generate::{Cloud, Instance, Random, Sampled, Separable, Structure, classification};
use crate::number::{Real, Truth};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::{Point, Step};

use super::assumptions::{exact_entries, power_of_norm_at_most_one};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.assumption-5-step-rule",
            include_str!("text/assumption-5-step-rule.md"),
            OnRuns(StepRuleTrace::default()),
            Sampled::new("runs by the step rule and not", some_run),
        )
        .definition()
        .control(
            "R_t = max_k ‖W_k(t)‖_F, without the room of 1",
            OnRuns(StepRuleTrace { no_room: true }),
            replay(include_str!("specs/step-without-room.toml")).outside(),
        ),
    ]
}

/// `η_t = min{1/β(R_t), 1}` and `W(t) ∈ B(R_t − 1)`, where `R_t` changes only after `W(t)` has left `B(R_{t−1} − 1)`.
#[doc = include_str!("text/assumption-5-step-rule.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct StepRuleTrace {
    /// The control: `W(t) ∈ B(R_t)` is enough.
    pub no_room: bool,
}

impl AboutRun for StepRuleTrace {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    fn begin<T: Real>(&self, _start: &Point<T>) -> Box<dyn Fold<T>> {
        let room = Rational::from(u32::from(!self.no_room));
        let (mut so_far, mut last_radius) = (Truth::True, None);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            so_far = so_far.and(match &step.radius {
                Some(radius) => with_radius(step, radius, last_radius.as_ref(), &room),
                None => with_some_radius(step, &room),
            });
            last_radius.clone_from(&step.radius);
            finding.accepts("η_t = min{1/β(R_t), 1}, W(t) ∈ B(R_t − 1), R_t kept until W(t) leaves", so_far);
        })
    }
}

/// `β(1) = 2L²(β_ℓ + G_ℓ)` for `c ln(1 + e^{−bm})`, where `β_ℓ = cb²/4` and `G_ℓ = cb`; other losses have no such constant.
fn beta_at_one<T: Real>(step: &Step<T>) -> Option<Rational> {
    let setting = step.before.setting();
    let Loss::Logistic { scale, steepness } = setting.loss() else { return None };
    let lipschitz = Rational::from(scale * steepness);
    let sum = Rational::from(&lipschitz * steepness) / 4u32 + &lipschitz;
    Some(sum * Rational::from(2 * setting.depth() * setting.depth()))
}

/// `2L − 2`, the power of `R` in `β(R) = β(1) R^{2L−2}`.
fn exponent<T: Real>(step: &Step<T>) -> usize {
    2 * step.before.setting().depth() - 2
}

/// The rule for a trace that names `R_t`.
fn with_radius<T: Real>(step: &Step<T>, radius: &Rational, last: Option<&Rational>, room: &Rational) -> Truth {
    let Some(beta) = beta_at_one(step) else { return Truth::False };
    let beta = (0..exponent(step)).fold(beta, |product, _| product * radius);
    let eta = beta.recip().min(Rational::from(1));
    let is_eta = Truth::from(step.exact_eta == eta);
    let inside = |radius: &Rational| in_ball(&step.before, &Rational::from(radius - room));
    let is_kept = match last {
        Some(last) if last != radius => inside(last).not(),
        _ => Truth::True,
    };
    is_eta.and(inside(radius)).and(is_kept)
}

/// Whether every layer of `point` has a norm of at most `radius`, exactly where the weights are exact.
fn in_ball<T: Real>(point: &Point<T>, radius: &Rational) -> Truth {
    if *radius < 0 {
        return Truth::False;
    }
    let (square, enclosed) = (radius.clone().square(), point.constant(radius.clone().square()));
    let inside = |k: usize| match exact_entries(point, k) {
        Some(entries) => Truth::from(norm_squared(&entries) <= square),
        None => point.norms_squared()[k].at_most(&enclosed),
    };
    (0..point.weights().len()).map(inside).fold(Truth::True, Truth::and)
}

/// The rule for a step of any size: there must be one `R_t`, good for the whole run, with `‖W_k(t)‖_F ≤ R_t − 1` for all `k` and
/// `η = min{1/β(R_t), 1}`. As `β` rises with `R` from any value on that is at least 1, that is `η ≤ 1` and `η β(1 + ‖W_k(t)‖_F) ≤ 1`; for
/// one layer `β` does not depend on `R`.
fn with_some_radius<T: Real>(step: &Step<T>, room: &Rational) -> Truth {
    let Some(beta) = beta_at_one(step) else { return Truth::False };
    if exponent(step) == 0 {
        return Truth::from(step.exact_eta == beta.recip().min(Rational::from(1)));
    }
    if step.exact_eta > 1 {
        return Truth::False;
    }
    let factor = beta * &step.exact_eta;
    (0..step.before.weights().len())
        .map(|k| power_of_norm_at_most_one(&step.before, k, room, exponent(step), &factor))
        .fold(Truth::True, Truth::and)
}

/// Runs by the rule, and by constant steps that are too long, long enough to need the room of 1, or of no rule at all.
fn some_run(random: &mut Random) -> Instance {
    let depth = random.size(1, 3);
    let mut widths: Vec<usize> = (0..depth).map(|_| random.size(1, 3)).collect();
    widths.push(1);
    let examples = random.size(1, 3);
    let data = Separable::new(random, Cloud::Taught, widths[0], examples, &(1, 4).into());
    let structure = *random.choice(&[Structure::Plain, Structure::Tied, Structure::ZeroFirst, Structure::Balanced]);
    let layers = structure.layers(random, &widths, 4);
    let scale = Rational::from(*random.choice(&[(1, 1), (1, 50), (3, 1)]));
    let logistic = Loss::Logistic { scale: scale.clone(), steepness: Rational::from(1) };
    // β(1) = 2L² · c(1/4 + 1), and a bound on the norms from above.
    let beta = scale * Rational::from((5 * depth * depth, 2));
    let largest = layers.iter().map(|layer| norm_squared(layer.entries())).max().unwrap_or_default();
    let norm = root_below(&largest, 2, 20) + power_of_two(-20);
    let one_over_beta =
        |radius: Rational| (0..2 * depth - 2).fold(beta.clone(), |product, _| product * &radius).recip();
    let constant = |loss: Loss, eta: Rational, steps: u64, layers: Vec<Matrix<Rational>>| {
        Instance::run(classification(&data, loss, layers, StepRule::Constant(eta)), steps)
    };
    match random.below(8) {
        0..=2 => Instance::run(classification(&data, logistic, layers, StepRule::Smoothness), 40),
        // From a radius with room for five steps; one layer has but one step size.
        3 => {
            let eta = one_over_beta(norm + 2u32);
            constant(logistic, eta.min(Rational::from(1)), 5, layers)
        }
        4 => constant(logistic, Rational::from(40), 3, layers).outside(),
        5 => constant(Loss::Exponential, one_over_beta(norm + 1u32), 3, layers).outside(),
        // Just above min{1/β(1 + ‖W‖), 1}, and that of a radius without room; the latter only where the room makes a difference.
        6 => {
            let eta = one_over_beta(root_below(&largest, 2, 20) + 1u32).min(Rational::from(1));
            constant(logistic, eta * Rational::from((1_000_001, 1_000_000)) + power_of_two(-18), 3, layers).outside()
        }
        _ => {
            let eta = one_over_beta(norm);
            let fits = depth == 1 || eta > 1;
            let eta = if fits { Rational::from((9, 8)) * eta.min(Rational::from(1)) } else { eta };
            constant(logistic, eta, 3, layers).outside()
        }
    }
}
