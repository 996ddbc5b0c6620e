//! The induction of Lemma 2 that keeps a run in the region where Lemma 7 applies.

use rug::Rational;

use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, assuming};
use crate::generate::Family;
use crate::number::Real;
use crate::problem::Matrix;
use crate::reference::{Point, Step, balance};

use super::convergence::{SingleStepDescent, decrease};
use super::replay;
use super::theorem1::{AT_TARGET, Dropped, starts_at_target};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let one_layer = replay(include_str!("specs/one-layer.toml"));
    vec![
        Claim::new(
            "ACGH19.lemma2-Aprime-step-drift",
            include_str!("text/lemma2-Aprime-step-drift.md"),
            OnRuns(StepDrift::default()),
            Family::TargetRuns,
        )
        .control(
            "0.49 in place of 4",
            OnRuns(StepDrift { factor: (49, 100) }),
            replay(include_str!("specs/across-the-product.toml")),
        ),
        Claim::new(
            "ACGH19.lemma2-B-descent",
            include_str!("text/lemma2-B-descent.md"),
            OnRuns(Descends::default()),
            Family::TargetRuns,
        )
        .control(
            "twice the descent",
            OnRuns(Descends { descent: SingleStepDescent { factor: (1, 1), ..SingleStepDescent::default() } }),
            one_layer,
        ),
        Claim::new(
            "ACGH19.lemma2-C-layer-norms",
            include_str!("text/lemma2-C-layer-norms.md"),
            OnRuns(LayerNorms::default()),
            Family::TargetRuns,
        )
        .control(
            "0.9 ‖Φ‖_F in place of 4‖Φ‖_F, from a larger start",
            OnRuns(LayerNorms { factor: (9, 10) }),
            replay(include_str!("specs/beyond-the-target.toml")),
        ),
        Claim::new(
            "ACGH19.lemma2-gradient-sum",
            include_str!("text/lemma2-gradient-sum.md"),
            OnRuns(GradientSum::default()),
            Family::TargetRuns,
        )
        .control("ℓ(t) in place of ℓ(t+1)", OnRuns(GradientSum { printed: true }), one_layer),
        Claim::new("ACGH19.S3", include_str!("text/S3.md"), OnRuns(GradientSum { printed: true }), one_layer)
            .expected_refuted(Some("ACGH19.lemma2-gradient-sum"))
            .control("ℓ(t+1) in place of ℓ(t)", OnRuns(GradientSum::default()), one_layer),
    ]
}

/// `‖D_j(t+1)‖_F ≤ ‖D_j(t)‖_F + 4(2f)^{2(N−1)/N} η² ‖G(t)‖_F ‖G(t)‖_σ`.
#[doc = include_str!("text/lemma2-Aprime-step-drift.md")]
#[derive(Clone, Copy, Debug)]
pub struct StepDrift {
    /// The control: another factor in place of 4.
    pub factor: (i32, i32),
}

impl Default for StepDrift {
    fn default() -> Self {
        Self { factor: (4, 1) }
    }
}

impl AboutRun for StepDrift {
    fn domain(&self) -> Domain {
        Domain::default().target().layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        Dropped::default().assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let factor = Dropped::default().constants(start).norm_power(2).times(Rational::from(self.factor));
        let at_target = starts_at_target(start);
        let norms = |point: &Point<T>| -> Vec<T> {
            balance::imbalances(point.weights()).iter().map(Matrix::frobenius).collect()
        };
        let mut then = norms(start);
        Box::new(assuming(Dropped::default().step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            let before = &step.before;
            let residual = before.product_gradient();
            let eta_squared = step.eta.square();
            let spectral = before.spectrum_of(residual).norm();
            let bound = residual.frobenius() * &spectral * &factor * &eta_squared;
            let now = norms(&step.after);
            for (j, slopes) in before.gradient().windows(2).enumerate() {
                let added = slopes[1].transpose_times(&slopes[1]).minus(&slopes[0].times_transpose(&slopes[0]));
                finding
                    .at_most(
                        "η²‖g_{j+1}ᵀg_{j+1} − g_jg_jᵀ‖_F ≤ 4(2f)^{2(N−1)/N} η²‖G(t)‖_F‖G(t)‖_σ",
                        &(added.frobenius() * &eta_squared),
                        &bound,
                    )
                    .attained_if(at_target, AT_TARGET)
                    .layer(j + 1);
                let growth = now[j].clone() - &then[j];
                finding
                    .at_most("‖D_j(t+1)‖_F − ‖D_j(t)‖_F ≤ 4(2f)^{2(N−1)/N} η²‖G(t)‖_F‖G(t)‖_σ", &growth, &bound)
                    .attained_if(at_target, AT_TARGET)
                    .layer(j + 1);
            }
            then = now;
        }))
    }
}

/// `ℓ(0) ≤ ½‖Φ‖_F²`, and then the descent of Lemma 1 at every step.
#[doc = include_str!("text/lemma2-B-descent.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Descends {
    /// The control: another factor in the descent.
    pub descent: SingleStepDescent,
}

impl AboutRun for Descends {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        Dropped::default().assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (statement, at_target) = (*self, starts_at_target(start));
        let norm_squared = start.setting().target().map(Matrix::frobenius_squared);
        Box::new(assuming(Dropped::default().step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            if let (0, Some(square)) = (step.t, &norm_squared) {
                finding.at_most("ℓ(0) ≤ ½f²", step.before.risk(), &square.clone().times((1, 2)));
            }
            statement.descent.conclude(step, at_target, finding);
        }))
    }
}

/// `‖W_j(t)‖_σ ≤ (4f)^{1/N}` and `‖W_{1:N}(t)‖_F ≤ 2f`.
#[doc = include_str!("text/lemma2-C-layer-norms.md")]
#[derive(Clone, Copy, Debug)]
pub struct LayerNorms {
    /// The control: another factor in place of 4.
    pub factor: (i32, i32),
}

impl Default for LayerNorms {
    fn default() -> Self {
        Self { factor: (4, 1) }
    }
}

impl AboutRun for LayerNorms {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        Dropped::default().assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let constants = Dropped::default().constants(start);
        let of_layers = constants.norm.clone().times(Rational::from(self.factor)).rational_power(2, constants.depth);
        let of_product = constants.norm.times(2).square();
        Box::new(assuming(Dropped::default().step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            let mut look_at = |point: &Point<T>| {
                for (j, spectrum) in point.spectra().iter().enumerate() {
                    finding.at_most("‖W_j(t)‖_σ² ≤ (4f)^{2/N}", &spectrum.norm_squared(), &of_layers).layer(j + 1);
                }
                finding.at_most("‖W_{1:N}(t)‖_F² ≤ (2f)²", &point.end_to_end().frobenius_squared(), &of_product);
            };
            if step.t == 0 {
                look_at(&step.before);
            }
            look_at(&step.after);
        }))
    }
}

/// `½c^{2(N−1)/N} η Σ_{i≤t} ‖G(i)‖_F² ≤ ℓ(0) − ℓ(t+1) ≤ ½f²`, and what it says of the drift.
#[doc = include_str!("text/lemma2-gradient-sum.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientSum {
    /// `ℓ(t)` in place of `ℓ(t+1)`, as printed.
    pub printed: bool,
}

impl AboutRun for GradientSum {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        Dropped::default().assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (printed, at_target) = (self.printed, starts_at_target(start));
        let constants = Dropped::default().constants(start);
        let (rate, norm_power) = (constants.rate(), constants.norm_power(2));
        let (mut squares, mut fallen) = (start.constant(0), start.constant(0));
        Box::new(assuming(Dropped::default().step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            squares += &Matrix::frobenius_squared(step.before.product_gradient());
            let fallen_before = fallen.clone();
            fallen += &decrease(step);
            let sum = squares.clone() * &step.eta;
            let left = sum.clone().times((1, 2)) * &rate;
            if printed {
                finding
                    .at_most("½c^{2(N−1)/N} η Σ_{i≤t} ‖G(i)‖_F² ≤ ℓ(0) − ℓ(t)", &left, &fallen_before)
                    .attained_if(at_target, AT_TARGET);
                return;
            }
            finding
                .at_most("½c^{2(N−1)/N} η Σ_{i≤t} ‖G(i)‖_F² ≤ ℓ(0) − ℓ(t+1)", &left, &fallen)
                .attained_if(at_target, AT_TARGET);
            finding.at_most("ℓ(0) − ℓ(t+1) ≤ ½f²", &fallen, &constants.norm.square().times((1, 2)));
            finding.at_most(
                "4(2f)^{2(N−1)/N} η² Σ_{i≤t} ‖G(i)‖_F² ≤ (2/3)δ*(c)",
                &(sum.times(4) * &norm_power * &step.eta),
                &constants.delta.clone().times((2, 3)),
            );
        }))
    }
}
