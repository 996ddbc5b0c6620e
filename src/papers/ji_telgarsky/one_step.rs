//! What one step of descent with the step size `1/β(R)` does: it lowers the risk, and it stays in the larger ball.

use rug::Rational;

use crate::claims::{AboutStep, Claim, Domain, Finding, Hypotheses, OnSteps};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::reference::{Point, Step, descent};

use super::assumptions::{
    assume_smooth_lipschitz, assume_unit_ball, constants_of_loss, follows_step_rule, power_of_norm_at_most_one,
};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let large_step = replay(include_str!("specs/SL-4.toml"));
    let small_ball = replay(include_str!("specs/SL-11.toml"));
    vec![
        Claim::new(
            "JT19.descent-step",
            include_str!("text/descent-step.md"),
            OnSteps(DescentStep::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "η ≤ 1/β(R) dropped: constant step 40",
            OnSteps(DescentStep { steps: StepSizes::Any }),
            large_step,
        ),
        Claim::new(
            "JT19.SL-11",
            include_str!("text/SL-11.md"),
            OnSteps(DescentStep { steps: StepSizes::SmoothnessOfAnyBall }),
            small_ball,
        )
        .expected_refuted(Some("JT19.descent-step"))
        .control(
            "R ≥ 1: the same start with the step 1/β(1)",
            OnSteps(DescentStep::default()),
            replay(include_str!("specs/SL-11-repaired.toml")),
        ),
        Claim::new(
            "JT19.norm-step-bound",
            include_str!("text/norm-step-bound.md"),
            OnSteps(NormStepBound::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "the step rule dropped: constant step 40",
            OnSteps(NormStepBound { any_step: true }),
            large_step,
        ),
        Claim::new("JT19.eq39", include_str!("text/eq39.md"), OnSteps(StepEnergy::default()), Family::SmoothnessRuns)
            .control(
                "0.9 in place of 2",
                OnSteps(StepEnergy { factor: (9, 10) }),
                replay(include_str!("specs/eq39-factor.toml")),
            ),
    ]
}

/// What this family speaks of: `z_i`, `w`, and a loss of the margin.
const CLASSIFIERS: Domain = Domain::FULLY_CONNECTED.one_output().labels();

/// The step sizes for which the decrease of the risk is asserted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepSizes {
    /// `η ≤ 1/β(R)` for an `R ≥ 1` with both ends in `B(R)`.
    #[default]
    Smoothness,
    /// The same with any `R > 0`.
    SmoothnessOfAnyBall,
    /// All.
    Any,
}

/// `R(W(t+1)) − R(W(t)) ≤ −(η_t/2)‖∇R(W(t))‖²`.
#[doc = include_str!("text/descent-step.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct DescentStep {
    /// The step sizes for which it is asserted; those of the paper by default.
    pub steps: StepSizes,
}

impl AboutStep for DescentStep {
    fn domain(&self) -> Domain {
        CLASSIFIERS
    }

    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        assume_smooth_lipschitz(step.before.setting(), given);
        assume_unit_ball(step.before.setting(), given);
        match self.steps {
            StepSizes::Smoothness => {
                given.that("η_t ≤ 1/β(R), R ≥ 1, W(t), W(t+1) ∈ B(R)", within_smoothness(step, true));
            }
            StepSizes::SmoothnessOfAnyBall => {
                given.that("η_t ≤ 1/β(R), W(t), W(t+1) ∈ B(R)", within_smoothness(step, false));
            }
            StepSizes::Any => {}
        }
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let least = step.eta.clone().times((1, 2)) * step.before.gradient_norm_squared();
        let decrease = step.before.risk().clone() - step.after.risk();
        finding
            .at_most("(η_t/2)‖∇R(W(t))‖² ≤ R(W(t)) − R(W(t+1))", &least, &decrease)
            .attained_if(at_rest(step), "the gradient is zero, and nothing moves");
    }
}

/// `‖G_k‖_F ≤ R_t^{L−1} G`, `‖W_k(t+1)‖_F ≤ ‖W_k(t)‖_F + 1` and `W(t+1) ∈ B(R_t)`.
#[doc = include_str!("text/norm-step-bound.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormStepBound {
    /// The control: the step rule is not required.
    pub any_step: bool,
}

impl AboutStep for NormStepBound {
    fn domain(&self) -> Domain {
        CLASSIFIERS
    }

    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        assume_smooth_lipschitz(step.before.setting(), given);
        assume_unit_ball(step.before.setting(), given);
        if !self.any_step {
            given.that("Assumption 5: the step rule η_t = min{1/β(R_t), 1}", follows_step_rule(step));
        }
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let (_, lipschitz) = constants_of_loss(&step.before);
        let one = step.before.constant(1);
        let norms: Vec<T> =
            step.before.norms_squared().iter().map(|square| square.clone().sqrt_of_nonnegative()).collect();
        // Without a rule the least radius that the assumption allows.
        let radius = match &step.radius {
            Some(radius) => step.before.constant(radius.clone()),
            None => norms.iter().fold(step.before.constant(0), |largest, norm| largest.max(norm)) + &one,
        };
        let radius_squared = radius.square();
        let power = radius.power(step.before.setting().network().degree() - 1);
        let longest = power * &lipschitz;
        let longest_squared = longest.square();
        for (k, square) in step.before.gradient_norms_squared().iter().enumerate() {
            let slack = longest_squared.clone() - square;
            let norm = square.clone().sqrt_of_nonnegative();
            finding.slack("‖G_k‖_F ≤ R_t^{L−1}G", &slack, &norm, &longest).layer(k + 1);
            let after_squared = &step.after.norms_squared()[k];
            let after = after_squared.clone().sqrt_of_nonnegative();
            let larger = norms[k].clone() + &one;
            finding.at_most("‖W_k(t+1)‖_F ≤ ‖W_k(t)‖_F + 1", &after, &larger).layer(k + 1);
            let slack = radius_squared.clone() - after_squared;
            finding.slack("‖W_k(t+1)‖_F ≤ R_t", &slack, &after, &radius).layer(k + 1);
        }
    }
}

/// `η_t²‖∂R/∂W_1‖_F² ≤ η_t‖∇R‖² ≤ 2(R(W(t)) − R(W(t+1)))`.
#[doc = include_str!("text/eq39.md")]
#[derive(Clone, Copy, Debug)]
pub struct StepEnergy {
    /// The factor before the decrease of the risk, as a fraction: `(2, 1)` in the paper.
    pub factor: (u32, u32),
}

impl Default for StepEnergy {
    fn default() -> Self {
        Self { factor: (2, 1) }
    }
}

impl AboutStep for StepEnergy {
    fn domain(&self) -> Domain {
        CLASSIFIERS
    }

    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        assume_smooth_lipschitz(step.before.setting(), given);
        assume_unit_ball(step.before.setting(), given);
        given.that("Assumption 5: the step rule η_t = min{1/β(R_t), 1}", follows_step_rule(step));
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let eta = &step.eta;
        let squares = step.before.gradient_norms_squared();
        let first = eta.square() * &squares[0];
        let all = eta.clone() * step.before.gradient_norm_squared();
        // ‖∇R‖² − η‖G_1‖² = (1 − η)‖G_1‖² + Σ_{k≥2} ‖G_k‖², without the difference of nearly equal numbers.
        let room = step.before.constant(1 - step.exact_eta.clone());
        let slack = squares[1..].iter().fold(room * &squares[0], |sum, square| sum + square) * eta;
        finding
            .slack("η_t²‖∂R/∂W_1‖_F² ≤ η_t‖∇R‖²", &slack, &first, &all)
            .attained_if(at_rest(step), "the gradient is zero, and nothing moves");
        let decrease = (step.before.risk().clone() - step.after.risk()).times(self.factor);
        finding
            .at_most("η_t‖∇R‖² ≤ 2(R(W(t)) − R(W(t+1)))", &all, &decrease)
            .attained_if(at_rest(step), "the gradient is zero, and nothing moves");
    }
}

/// Whether `η_t ≤ 1/β(R)` for the least `R` with both ends of the step in `B(R)` and, if asked for, `R ≥ 1`.
///
/// `ηβ(R) = ηβ(1)(R²)^{L−1}`, so it is enough that every `‖W_k‖_F²` and, if asked for, 1 in the place of `R²` make at most 1. What
/// does not depend on the weights is decided in rationals.
fn within_smoothness<T: Real>(step: &Step<T>, radius_at_least_one: bool) -> Truth {
    let setting = step.before.setting();
    let Some(beta_at_one) = descent::smoothness(setting, &1.into()) else { return Truth::False };
    let product = beta_at_one * &step.exact_eta;
    if setting.depth() == 1 {
        return Truth::from(product <= 1);
    }
    if radius_at_least_one && product > 1 {
        return Truth::False;
    }
    // (R²)^{L−1} = (0 + R)^{2L−2}
    let (power, no_room) = (2 * setting.depth() - 2, Rational::new());
    let fits = |point: &Point<T>| {
        let layer = |k| power_of_norm_at_most_one(point, k, &no_room, power, &product);
        (0..setting.depth()).map(layer).fold(Truth::True, Truth::and)
    };
    fits(&step.before).and(fits(&step.after))
}

/// Whether the gradient is zero exactly, so that both ends of the step are one point.
pub(super) fn at_rest<T: Real>(step: &Step<T>) -> bool {
    step.before.is_critical() == Truth::True
}
