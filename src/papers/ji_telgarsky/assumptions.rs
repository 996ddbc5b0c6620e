//! The paper's assumptions as hypotheses that other claims state.
//!
//! What speaks of data alone is decided exactly, in rationals. That the predicates themselves are right is checked by the
//! definitions in [`setting`](super::setting), [`losses`](super::losses) and [`step_rule`](super::step_rule), on instances built
//! inside and outside.

use rug::Rational;

use crate::algebra::exact::inner;
use crate::algebra::max_margin::MaxMargin;
use crate::claims::Hypotheses;
use crate::number::{Real, Sign, Truth};
use crate::problem::{Normalisation, StepRule};
use crate::reference::{Point, Setting, Step, descent, loss};

use super::separator::separator;

/// `‖x_i‖ ≤ 1` for all `i` (Section 1.2).
pub fn assume_unit_ball<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    given.lasting("‖x_i‖ ≤ 1 for all i", unit_ball(setting));
}

/// Whether `‖x_i‖ ≤ 1` for all `i`, decided exactly; false without examples.
#[must_use]
pub fn unit_ball<T: Real>(setting: &Setting<T>) -> bool {
    setting.is_in_unit_ball()
}

/// The risk is the mean of the losses, as everywhere in the paper (the sum of one loss is its mean).
pub fn assume_mean<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    let mean = setting.problem().normalisation() == Normalisation::Mean || setting.count() == 1;
    given.lasting("the risk is the mean of the losses", mean);
}

/// Assumption 1: a loss that falls to zero; here the exponential and the logistic one, on one output.
pub fn assume_decreasing_loss<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    assume_mean(setting, given);
    given.lasting("Assumption 1: a decreasing loss of the margin", setting.loss().is_classification());
}

/// The data are linearly separable, `γ > 0` (Section 1.2), decided exactly; [`separator`] is what is known of their margin.
pub fn assume_separable<'a, T: Real>(setting: &'a Setting<T>, given: &mut Hypotheses) -> Option<&'a MaxMargin> {
    let margin = separator(setting);
    given.lasting("the data are linearly separable", margin.is_some());
    margin
}

/// Assumption 3: the support vectors span the space, decided exactly.
#[must_use]
pub fn support_spans(margin: &MaxMargin) -> bool {
    margin.support_rank() == margin.point().len()
}

/// Assumption 2: `∇R(W(0)) ≠ 0` and `R(W(0)) ≤ ℓ(0)`.
pub fn assume_good_start<T: Real>(start: &Point<T>, given: &mut Hypotheses) {
    given.that("Assumption 2: ∇R(W(0)) ≠ 0", gradient_is_not_zero(start));
    given.that("Assumption 2: R(W(0)) ≤ ℓ(0)", risk_at_most_at_zero(start));
}

/// What Lemma 7 and Theorem 3 assume of the data and the loss: Assumptions 1 and 4, separable data in the unit ball.
pub fn assume_separable_descent<'a, T: Real>(setting: &'a Setting<T>, given: &mut Hypotheses) -> Option<&'a MaxMargin> {
    assume_smooth_lipschitz(setting, given);
    assume_unit_ball(setting, given);
    assume_decreasing_loss(setting, given);
    assume_separable(setting, given)
}

/// What Theorem 4 and Corollary 2 assume beyond Theorem 3: Assumption 3, and `α > 0`, which excludes a null set of data. In one
/// dimension nothing is orthogonal to `ū`, and nothing is asked. Data that are not separable have neither support nor `α`.
pub fn assume_support<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    let margin = separator(setting);
    given.lasting("Assumption 3: the support vectors span the space", margin.is_some_and(support_spans));
    given.lasting("α > 0", margin.is_some_and(MaxMargin::is_alpha_positive));
}

/// As [`assume_support`], of data whose margin is at hand.
pub fn assume_support_holds(margin: &MaxMargin, given: &mut Hypotheses) {
    given.lasting("Assumption 3: the support vectors span the space", support_spans(margin));
    given.lasting("α > 0", margin.is_alpha_positive());
}

/// `∇R(W) ≠ 0`.
#[must_use]
pub fn gradient_is_not_zero<T: Real>(point: &Point<T>) -> Truth {
    point.is_critical().not()
}

/// `R(W) ≤ ℓ(0)`; false of a loss that is no function of the margin, for which `ℓ(0)` means nothing.
#[must_use]
pub fn risk_at_most_at_zero<T: Real>(point: &Point<T>) -> Truth {
    risk_at_most_share_of_zero(point, &Rational::from(1))
}

/// `R(W) ≤ sℓ(0)`; false of a loss that is no function of the margin, for which `ℓ(0)` means nothing.
#[must_use]
pub fn risk_at_most_share_of_zero<T: Real>(point: &Point<T>, share: &Rational) -> Truth {
    if !point.setting().loss().is_classification() {
        return Truth::False;
    }
    // Where every margin is zero the risk is ℓ(0) by definition; balls alone would leave that open.
    if margins_are_zero(point) {
        return Truth::from(*share >= 1);
    }
    // One example whose loss is above nsℓ(0) decides, even if its exponential is beyond all numbers.
    let setting = point.setting();
    let all = loss::value(setting.loss(), &point.constant(0)).times(setting.count()).times(share.clone());
    let least = loss::inverse(setting.loss(), &all);
    if point.margins().iter().any(|margin| margin.below(&least) == Truth::True) {
        return Truth::False;
    }
    point.risk().at_most(&loss_at_zero(point).times(share.clone()))
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
pub fn assume_smooth_lipschitz<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    assume_mean(setting, given);
    given.lasting("Assumption 4: a smooth, Lipschitz loss", loss::is_smooth_and_lipschitz(setting.loss()));
}

/// `(β_ℓ, G_ℓ)` of Assumption 4 as numbers of `point`; undefined for a loss that has none.
pub(super) fn constants_of_loss<T: Real>(point: &Point<T>) -> (T, T) {
    match loss::smoothness_constants(point.setting().loss()) {
        Some((beta, lipschitz)) => (point.constant(beta), point.constant(lipschitz)),
        None => (point.constant(0).undefined(), point.constant(0).undefined()),
    }
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
        StepRule::Flow => Truth::False,
        StepRule::Constant(eta) => {
            let Some(beta_at_one) = descent::smoothness(setting, &Rational::from(1)) else { return Truth::False };
            if setting.depth() == 1 {
                return Truth::from(*eta == beta_at_one.recip().min(Rational::from(1)));
            }
            if *eta > 1 {
                return Truth::False;
            }
            // η β(R) ≤ 1 with β(R) = β(1) R^{2L−2}, R = 1 + ‖W_k‖_F, for every layer.
            let factor = beta_at_one * eta;
            let (power, one) = (2 * setting.depth() - 2, Rational::from(1));
            (0..setting.depth())
                .map(|k| power_of_norm_at_most_one(&step.before, k, &one, power, &factor))
                .fold(Truth::True, Truth::and)
        }
    }
}

/// Whether `factor · (room + ‖W_k‖_F)^power ≤ 1` for the layer `k`, counted from 0: in the number system of `point`, and exactly where
/// that is open and every weight of the layer is known exactly. `factor` and `room` are not negative.
pub(super) fn power_of_norm_at_most_one<T: Real>(
    point: &Point<T>,
    k: usize,
    room: &Rational,
    power: usize,
    factor: &Rational,
) -> Truth {
    let enclosed = u32::try_from(power).map_or(Truth::Open, |power| {
        let radius = point.norms_squared()[k].clone().sqrt_of_nonnegative() + &point.constant(room.clone());
        radius.power(power).times(factor.clone()).at_most(&point.constant(1))
    });
    match (enclosed, exact_entries(point, k)) {
        (Truth::Open, Some(entries)) => {
            let (whole, root) = power_of_sum(room, &inner(&entries, &entries), power);
            // factor · (whole + root·√square) ≤ 1, in which nothing is negative.
            let left = Rational::from(1) - whole * factor;
            let right = root * factor;
            Truth::from(left >= 0 && left.square() >= right.square() * inner(&entries, &entries))
        }
        (truth, _) => truth,
    }
}

/// The entries of the layer `k`, counted from 0, if all of them are known exactly.
pub(super) fn exact_entries<T: Real>(point: &Point<T>, k: usize) -> Option<Vec<Rational>> {
    match point.exact_weights() {
        Some(weights) => Some(weights[k].entries().to_vec()),
        None => point.weights()[k].entries().iter().map(Real::exact).collect(),
    }
}

/// `a` and `b` with `(room + √square)^power = a + b√square`.
fn power_of_sum(room: &Rational, square: &Rational, power: usize) -> (Rational, Rational) {
    let times = |(a, b): &(Rational, Rational), (c, d): &(Rational, Rational)| {
        (Rational::from(a * c) + Rational::from(b * d) * square, Rational::from(a * d) + Rational::from(b * c))
    };
    let sum = (room.clone(), Rational::from(1));
    let mut product = (Rational::from(1), Rational::new());
    for bit in (0..usize::BITS - power.leading_zeros()).rev() {
        product = times(&product, &product);
        if power >> bit & 1 == 1 {
            product = times(&product, &sum);
        }
    }
    product
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
    pub fn assume<T: Real>(&mut self, step: &Step<T>, given: &mut Hypotheses) {
        self.0 = self.0.and(follows_step_rule(step));
        given.lasting("Assumption 5: the step rule η_t = min{1/β(R_t), 1}", self.0);
    }
}
