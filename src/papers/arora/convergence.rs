//! Theorem 1: gradient descent converges linearly, because every step descends.

use rug::Rational;

use crate::algebra::exact::{inner, norm_squared, sum};
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, assuming};
use crate::generate::{Family, Imbalance, Instance, Look, Random, Sampled, TargetRecipe};
use crate::number::{Real, Sign};
use crate::problem::{Matrix, StepRule};
use crate::reference::{Point, Step};

use super::end_to_end::end_to_end_spectrum;
use super::replay;
use super::theorem1::{AT_TARGET, Dropped, compare_least_square, exact_target, least_power, starts_at_target};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let one_layer = replay(include_str!("specs/one-layer.toml"));
    vec![
        Claim::new(
            "ACGH19.thm1-linear-convergence",
            include_str!("text/thm1-linear-convergence.md"),
            OnRuns(LinearConvergence::default()),
            Sampled::new("runs to the end that Theorem 1 sets", complete_run),
        )
        .control(
            "0.49 of the number of steps",
            OnRuns(LinearConvergence { share: (49, 100), ..LinearConvergence::default() }),
            one_layer,
        )
        .control(
            "a step of 10⁴ times the largest allowed",
            OnRuns(LinearConvergence {
                dropped: Dropped { step: true, ..Dropped::default() },
                ..LinearConvergence::default()
            }),
            replay(include_str!("specs/large-step.toml")),
        )
        .control(
            "a step of 10⁵ times the largest allowed, with two layers",
            OnRuns(LinearConvergence {
                dropped: Dropped { step: true, ..Dropped::default() },
                ..LinearConvergence::default()
            }),
            replay(include_str!("specs/large-step-two-layers.toml")),
        )
        .control(
            "no margin: two layers from the identity towards a negative target, with c = 1/4 all the same",
            OnRuns(LinearConvergence {
                dropped: Dropped { margin: Some((1, 4)), step: true, ..Dropped::default() },
                ..LinearConvergence::default()
            }),
            replay(include_str!("specs/negative-target.toml")),
        ),
        Claim::new(
            "ACGH19.lemma1-single-step-descent",
            include_str!("text/lemma1-single-step-descent.md"),
            OnRuns(SingleStepDescent::default()),
            Family::TargetRuns,
        )
        .control(
            "twice the descent",
            OnRuns(SingleStepDescent { factor: (1, 1), ..SingleStepDescent::default() }),
            one_layer,
        )
        .control(
            "the balance of the start dropped",
            OnRuns(SingleStepDescent {
                dropped: Dropped { balance: true, ..Dropped::default() },
                ..SingleStepDescent::default()
            }),
            replay(include_str!("specs/unbalanced.toml")),
        ),
        Claim::new(
            "ACGH19.thm1-contraction-product",
            include_str!("text/thm1-contraction-product.md"),
            OnRuns(Contraction::default()),
            Family::TargetRuns,
        )
        .control(
            "the exponent 2 in place of 2(N−1)/N",
            OnRuns(Contraction { squared: true }),
            replay(include_str!("specs/scalar-layers.toml")),
        ),
    ]
}

/// `W_{1:N}(t+1) − W_{1:N}(t)`, from the changes of the layers: nothing is subtracted that is nearly equal.
pub(super) fn end_to_end_change<T: Real>(step: &Step<T>) -> Matrix<T> {
    let (before, after) = (step.before.weights(), step.after.weights());
    let minus_eta = -step.eta.clone();
    let slopes = step.before.gradient();
    let mut product = before[0].clone();
    let mut change = slopes[0].scaled(&minus_eta);
    for k in 1..before.len() {
        // W_k′P′ − W_kP = (W_k′ − W_k)P + W_k′(P′ − P).
        change = slopes[k].scaled(&minus_eta).times(&product).plus(&after[k].times(&change));
        if k + 1 < before.len() {
            product = before[k].times(&product);
        }
    }
    change
}

/// `ℓ(t) − ℓ(t+1) = −⟨G, ΔW⟩ − ½‖ΔW‖_F²`.
pub(super) fn decrease<T: Real>(step: &Step<T>) -> T {
    let change = end_to_end_change(step);
    -(step.before.product_gradient().inner(&change) + change.frobenius_squared().times((1, 2)))
}

/// `ℓ(T) ≤ ε` for every `ε > 0` and every `T ≥ ln(ℓ(0)/ε)/(ηc^{2(N−1)/N})`.
#[doc = include_str!("text/thm1-linear-convergence.md")]
#[derive(Clone, Copy, Debug)]
pub struct LinearConvergence {
    /// A control: this share of the number of steps is enough.
    pub share: (i32, i32),
    /// A control: what is not required.
    pub dropped: Dropped,
}

impl Default for LinearConvergence {
    fn default() -> Self {
        Self { share: (1, 1), dropped: Dropped::default() }
    }
}

impl AboutRun for LinearConvergence {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        self.dropped.assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let rate = self.dropped.constants(start).rate() * &start.constant(Rational::from(self.share).recip());
        let (initial, at_target) = (start.risk().clone(), starts_at_target(start));
        Box::new(assuming(self.dropped.step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            const LABEL: &str = "ηc^{2(N−1)/N} T ≤ ln(ℓ(0)/ℓ(T)), that is ℓ(T) ≤ ε for the ε of which T is the bound";
            let loss = step.after.risk();
            if at_target || loss.sign() == Sign::Zero {
                finding.asserted(LABEL, true);
            } else {
                let time = rate.clone() * &step.eta * &step.after.constant(step.t + 1);
                finding.at_most(LABEL, &time, &(initial.clone() / loss).ln());
            }
        }))
    }
}

/// Runs of as many steps as Theorem 1 asks for to bring the loss down by a factor of `e^{1/4}`, with one layer often `e`, with three
/// `e^{1/16}` and with four `e^{1/32}`.
fn complete_run(random: &mut Random) -> Instance {
    let depth = *random.choice(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4]);
    let widths: Vec<usize> = match depth {
        1 => random.choice(&[[1, 1], [2, 1], [1, 3], [2, 2], [3, 2]]).to_vec(),
        2 => random.choice(&[[1, 1, 1], [2, 1, 1], [1, 1, 2]]).to_vec(),
        _ => {
            // A single output or input, or neither.
            let mut widths = vec![1; depth + 1];
            let end = *random.choice(&[0, depth, depth]);
            widths[end] = random.size(1, 2);
            widths
        }
    };
    let recipe = TargetRecipe {
        widths,
        nearness: 5,
        imbalance: if random.chance(1, 2) { Imbalance::Largest } else { Imbalance::None },
        slowness: 1,
        steps: 1,
        seed: random.key(),
    };
    let (instance, margin) = recipe.build_with_margin(random);
    let StepRule::Constant(eta) = instance.problem.step() else { return instance };
    let margin = margin.to_f64();
    let rate = margin.powf(2.0 * (depth as f64 - 1.0) / depth as f64) * eta.to_f64();
    let fall = match depth {
        1 => *random.choice(&[0.25, 0.25, 0.25, 1.0]),
        2 => 0.25,
        3 => 1.0 / 16.0,
        _ => 1.0 / 32.0,
    };
    Instance { look: Look::Run((fall / rate).ceil() as u64), ..instance }
}

/// `ℓ(t+1) ≤ ℓ(t) − (η/2) σ_min(W_{1:N}(t))^{2(N−1)/N} ‖W_{1:N}(t) − Φ‖_F²`.
#[doc = include_str!("text/lemma1-single-step-descent.md")]
#[derive(Clone, Copy, Debug)]
pub struct SingleStepDescent {
    /// A control: another factor in place of ½.
    pub factor: (i32, i32),
    /// A control: what is not required.
    pub dropped: Dropped,
}

impl Default for SingleStepDescent {
    fn default() -> Self {
        Self { factor: (1, 2), dropped: Dropped::default() }
    }
}

impl SingleStepDescent {
    /// The descent that the lemma promises for a step.
    fn promised<T: Real>(self, step: &Step<T>) -> T {
        let residual = step.before.product_gradient().frobenius_squared();
        residual.times(Rational::from(self.factor)) * &step.eta * &least_power(&step.before)
    }

    /// Concludes the lemma for a step of a run that may start at the target.
    pub(super) fn conclude<T: Real>(self, step: &Step<T>, at_target: bool, finding: &mut Finding) {
        finding
            .at_most("(η/2)σ_min(W(t))^{2(N−1)/N}‖W(t) − Φ‖_F² ≤ ℓ(t) − ℓ(t+1)", &self.promised(step), &decrease(step))
            .attained_if(at_target, AT_TARGET);
    }
}

impl AboutRun for SingleStepDescent {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        self.dropped.assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (statement, at_target) = (*self, starts_at_target(start));
        Box::new(assuming(self.dropped.step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            statement.conclude(step, at_target, finding);
        }))
    }
}

/// `ℓ(t+1) ≤ ℓ(0)∏_{t′≤t}(1 − ησ_min(W(t′))^{2(N−1)/N})`, `σ_min(W(t)) ≥ c` and `ℓ(t) ≤ ℓ(0)exp(−ηc^{2(N−1)/N}t)`.
#[doc = include_str!("text/thm1-contraction-product.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Contraction {
    /// The control: the exponent 2.
    pub squared: bool,
}

impl AboutRun for Contraction {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        Dropped::default().assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let squared = self.squared;
        let constants = Dropped::default().constants(start);
        let rate = constants.rate();
        let (at_target, touches) = (starts_at_target(start), margin_is_least_value(start));
        let one_layer = start.weights().len() == 1;
        let initial = start.risk().clone();
        let mut logarithms = start.constant(0);
        Box::new(assuming(Dropped::default().step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            let before = &step.before;
            let least = |point: &Point<T>| end_to_end_spectrum(point).singular_values().pop();
            let power = match least(before) {
                Some(least) if squared => least.square(),
                _ => least_power(before),
            };
            let factor = power * &step.eta;
            finding.at_most("0 ≤ ησ_min(W(t))^{2(N−1)/N}", &before.constant(0), &factor);
            finding.at_most("ησ_min(W(t))^{2(N−1)/N} ≤ 1", &factor, &before.constant(1));
            finding
                .at_most(
                    "ησ_min(W(t))^{2(N−1)/N} ℓ(t) ≤ ℓ(t) − ℓ(t+1)",
                    &(factor.clone() * before.risk()),
                    &decrease(step),
                )
                .attained_if(at_target, AT_TARGET);
            logarithms -= &(-factor).ln_1p();
            let loss = step.after.risk();
            if !at_target && loss.sign() != Sign::Zero {
                let fallen = (initial.clone() / loss).ln();
                finding.at_most("−Σ_{t′≤t} ln(1 − ησ_min(W(t′))^{2(N−1)/N}) ≤ ln(ℓ(0)/ℓ(t+1))", &logarithms, &fallen);
            }
            let time = rate.clone() * &step.eta * &before.constant(step.t + 1);
            finding.at_most("ηc^{2(N−1)/N}(t+1) ≤ −Σ_{t′≤t} ln(1 − ησ_min(W(t′))^{2(N−1)/N})", &time, &logarithms);
            let by_margin = -(-(rate.clone() * &step.eta)).ln_1p() * &before.constant(step.t + 1);
            finding
                .at_most(
                    "−(t+1)ln(1 − ηc^{2(N−1)/N}) ≤ −Σ_{t′≤t} ln(1 − ησ_min(W(t′))^{2(N−1)/N})",
                    &by_margin,
                    &logarithms,
                )
                .attained_if(one_layer, "with one layer the exponent is 0")
                .attained_if(at_target, AT_TARGET)
                .attained_if(
                    step.t == 0 && touches,
                    "the target lies straight ahead of W(0): c = σ_min(W(0)), exactly",
                );
            if step.t == 0
                && let Some(least) = least(before)
            {
                finding
                    .at_most("c ≤ σ_min(W(t))", &constants.margin, &least)
                    .attained_if(touches, "the target lies straight ahead of W(0): c = σ_min(W(0)), exactly")
                    .attained_if(at_target, AT_TARGET);
            }
            if let Some(least) = least(&step.after) {
                finding.at_most("c ≤ σ_min(W(t))", &constants.margin, &least).attained_if(at_target, AT_TARGET);
            }
        }))
    }
}

/// Whether the largest margin is `c = σ_min(W(0))`, exactly. With `E = Φ − W(0)`, `r = ‖E‖_F` and `s = ⟨W(0), E⟩/r ≥ 0` it is enough that
/// `σ_min(W(0)) = s` and `σ_min(Φ) = s + r`, whose squares are rational.
fn margin_is_least_value<T: Real>(start: &Point<T>) -> bool {
    start.exact_end_to_end().zip(exact_target(start.setting())).is_some_and(|(w, target)| {
        let difference = sum(target, &Rational::from(-1), &w);
        let square = norm_squared(difference.entries());
        let along = inner(w.entries(), difference.entries());
        if square == 0 || along < 0 {
            return false;
        }
        let least = Rational::from(&along * &along) / &square;
        let of_target = Rational::from(&least + &square) + along * 2u32;
        compare_least_square(&w, &least).is_eq() && compare_least_square(target, &of_target).is_eq()
    })
}
