//! The paper's assumptions as hypotheses that other claims state.
//!
//! What speaks of data alone is decided exactly, in rationals. That the predicates themselves are right is checked by the
//! definitions in [`setting`](super::setting), [`losses`](super::losses) and [`step_rule`](super::step_rule), on instances built
//! inside and outside.

use rug::Rational;

use crate::claims::Hypotheses;
use crate::number::{Real, Sign, Truth};
use crate::problem::{Normalisation, StepRule};
use crate::reference::exact_algebra::inner;
use crate::reference::max_margin::MaxMargin;
use crate::reference::{Point, Setting, Step, descent, loss};

/// `‖x_i‖ ≤ 1` for all `i` (Section 1.2).
pub fn assume_unit_ball<T: Real>(setting: &Setting<T>, finding: &mut Hypotheses) {
    finding.given("‖x_i‖ ≤ 1 for all i", unit_ball(setting));
}

/// Whether `‖x_i‖ ≤ 1` for all `i`, decided exactly; false without examples.
#[must_use]
pub fn unit_ball<T: Real>(setting: &Setting<T>) -> bool {
    setting.is_in_unit_ball()
}

/// The risk is the mean of the losses, as everywhere in the paper (the sum of one loss is its mean).
pub fn assume_mean<T: Real>(setting: &Setting<T>, finding: &mut Hypotheses) {
    let mean = setting.problem().normalisation() == Normalisation::Mean || setting.count() == 1;
    finding.given("the risk is the mean of the losses", mean);
}

/// Assumption 1: a loss that falls to zero; here the exponential and the logistic one, on one output.
pub fn assume_decreasing_loss<T: Real>(setting: &Setting<T>, finding: &mut Hypotheses) {
    assume_mean(setting, finding);
    finding.given("Assumption 1: a decreasing loss of the margin", setting.loss().is_classification());
}

/// The data are linearly separable, `γ > 0` (Section 1.2), decided exactly; what is known of their margin, if they are.
pub fn assume_separable<'a, T: Real>(setting: &'a Setting<T>, finding: &mut Hypotheses) -> Option<&'a MaxMargin> {
    let margin = setting.max_margin();
    finding.given("the data are linearly separable", margin.is_some());
    margin
}

/// Assumption 3: the support vectors span the space, decided exactly.
#[must_use]
pub fn support_spans(margin: &MaxMargin) -> bool {
    margin.support_rank() == margin.point().len()
}

/// Assumption 2: `∇R(W(0)) ≠ 0` and `R(W(0)) ≤ ℓ(0)`.
pub fn assume_good_start<T: Real>(start: &Point<T>, finding: &mut Hypotheses) {
    finding.given("Assumption 2: ∇R(W(0)) ≠ 0", gradient_is_not_zero(start));
    finding.given("Assumption 2: R(W(0)) ≤ ℓ(0)", risk_at_most_at_zero(start));
}

/// What Lemma 7 and Theorem 3 assume of the data and the loss: Assumptions 1 and 4, separable data in the unit ball. Their margin, if they are.
pub fn assume_separable_descent<'a, T: Real>(
    setting: &'a Setting<T>,
    finding: &mut Hypotheses,
) -> Option<&'a MaxMargin> {
    assume_smooth_lipschitz(setting, finding);
    assume_unit_ball(setting, finding);
    assume_decreasing_loss(setting, finding);
    assume_separable(setting, finding)
}

/// What Theorem 4 and Corollary 2 assume beyond Theorem 3: Assumption 3, and `α > 0`, which excludes a null set of data. In one
/// dimension nothing is orthogonal to `ū`, and nothing is asked.
pub fn assume_support_holds(margin: &MaxMargin, finding: &mut Hypotheses) {
    finding.given("Assumption 3: the support vectors span the space", support_spans(margin));
    finding.given("α > 0", margin.is_alpha_positive());
}

/// `∇R(W) ≠ 0`.
#[must_use]
pub fn gradient_is_not_zero<T: Real>(point: &Point<T>) -> Truth {
    nonzero(point.gradient_norm_squared())
}

/// `R(W) ≤ ℓ(0)`; false of a loss that is no function of the margin, for which `ℓ(0)` means nothing.
#[must_use]
pub fn risk_at_most_at_zero<T: Real>(point: &Point<T>) -> Truth {
    if !point.setting().loss().is_classification() {
        return Truth::False;
    }
    // Where every margin is zero the two are equal by definition; balls alone would leave that open.
    if margins_are_zero(point) {
        return Truth::True;
    }
    // One example whose loss is above nℓ(0) decides, even if its exponential is beyond all numbers.
    let setting = point.setting();
    let all = loss::value(setting.loss(), &point.constant(0)).times(setting.count());
    let least = loss::inverse(setting.loss(), &all);
    if point.margins().iter().any(|margin| margin.below(&least) == Truth::True) {
        return Truth::False;
    }
    point.risk().at_most(&loss_at_zero(point))
}

/// Whether every margin is exactly zero; `false` where that is not known.
#[must_use]
pub fn margins_are_zero<T: Real>(point: &Point<T>) -> bool {
    let (Some(w), Some(z)) = (point.exact_end_to_end(), point.setting().exact_signed_examples()) else { return false };
    (0..z.rows()).all(|i| inner(w.row(0), z.row(i)).is_zero())
}

/// `n ℓ(0)` or `ℓ(0)`, as the risk is a sum or a mean: the risk of `W = 0`.
#[must_use]
pub fn loss_at_zero<T: Real>(point: &Point<T>) -> T {
    let one = loss::value(point.setting().loss(), &point.constant(0));
    one.times(point.setting().count()) * point.setting().normaliser()
}

/// Whether a number that is non-negative by nature is not zero.
pub(super) fn nonzero<T: Real>(square: &T) -> Truth {
    match square.sign() {
        Sign::Positive | Sign::Negative => Truth::True,
        Sign::Zero => Truth::False,
        Sign::Open => Truth::Open,
    }
}

/// Assumption 4: the mean of a smooth and Lipschitz loss; here the logistic one.
pub fn assume_smooth_lipschitz<T: Real>(setting: &Setting<T>, finding: &mut Hypotheses) {
    assume_mean(setting, finding);
    finding.given("Assumption 4: a smooth, Lipschitz loss", loss::is_smooth_and_lipschitz(setting.loss()));
}

/// Assumption 5, seen from one step: `W(t) ∈ B(R_t − 1)` and `η_t = min{1/β(R_t), 1}` for some `R_t`.
///
/// Under the smoothness rule the run itself decided that. A constant step follows the rule, with one radius for all time, if
/// and only if `η ≤ 1` and `η β(1 + max_k ‖W_k(t)‖_F) ≤ 1` (for one layer: equality with `min{1/β, 1}`).
#[must_use]
pub fn follows_step_rule<T: Real>(step: &Step<T>) -> Truth {
    let setting = step.before.setting();
    match setting.problem().step() {
        StepRule::Smoothness => Truth::from(step.radius.is_some()),
        StepRule::Constant(eta) => {
            let Some(beta_at_one) = descent::smoothness(setting, &Rational::from(1)) else { return Truth::False };
            if setting.depth() == 1 {
                return Truth::from(*eta == beta_at_one.recip().min(Rational::from(1)));
            }
            if *eta > 1 {
                return Truth::False;
            }
            // η β(R) ≤ 1 with β(R) = β(1) R^{2L−2}, R = 1 + ‖W_k‖_F, for every layer.
            let power = u32::try_from(2 * setting.depth() - 2).unwrap_or(u32::MAX);
            let one = step.before.constant(1);
            step.before
                .weights()
                .iter()
                .map(|layer| {
                    let radius = one.clone() + layer.frobenius();
                    (radius.power(power).times(beta_at_one.clone()) * &step.eta).at_most(&one)
                })
                .fold(Truth::True, Truth::and)
        }
    }
}

/// Assumption 5 over a run: remembers whether every step so far followed the rule.
#[derive(Clone, Copy, Debug)]
pub struct StepRuleSoFar(Truth);

impl Default for StepRuleSoFar {
    fn default() -> Self {
        Self(Truth::True)
    }
}

impl StepRuleSoFar {
    /// Looks at the next step and states the hypothesis for the run up to it.
    pub fn assume<T: Real>(&mut self, step: &Step<T>, finding: &mut Hypotheses) {
        self.0 = self.0.and(follows_step_rule(step));
        finding.given("Assumption 5: the step rule η_t = min{1/β(R_t), 1}", self.0);
    }
}
