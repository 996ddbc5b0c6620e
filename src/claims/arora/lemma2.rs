//! The induction of Lemma 2 that keeps a run in the region where Lemma 7 applies.

use rug::Rational;

use crate::claims::{Claim, Finding, OldAboutRun, OldFold, OldOnRuns};
use crate::generate::{Family, Fixed};
use crate::number::Real;
use crate::problem::Matrix;
use crate::reference::{Point, balance};

use super::convergence::{SingleStepDescent, decrease};
use super::replay;
use super::theorem1::{Assumed, Dropped};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let one_layer = replay(include_str!("specs/one-layer.toml"));
    vec![
        Claim::new(
            "ACGH19.lemma2-Aprime-step-drift",
            include_str!("text/lemma2-Aprime-step-drift.md"),
            OldOnRuns(StepDrift::default()),
            Family::TargetRuns,
        )
        .control(
            "0.49 in place of 4",
            OldOnRuns(StepDrift { factor: (49, 100) }),
            replay(include_str!("specs/across-the-product.toml")),
        ),
        Claim::new(
            "ACGH19.lemma2-B-descent",
            include_str!("text/lemma2-B-descent.md"),
            OldOnRuns(Descends::default()),
            Family::TargetRuns,
        )
        .control(
            "twice the descent",
            OldOnRuns(Descends { descent: SingleStepDescent { factor: (1, 1), ..SingleStepDescent::default() } }),
            one_layer.clone(),
        ),
        Claim::new(
            "ACGH19.lemma2-C-layer-norms",
            include_str!("text/lemma2-C-layer-norms.md"),
            OldOnRuns(LayerNorms::default()),
            Family::TargetRuns,
        )
        .control(
            "0.9 ‖Φ‖_F in place of 4‖Φ‖_F, from a larger start",
            OldOnRuns(LayerNorms { factor: (9, 10) }),
            replay(include_str!("specs/beyond-the-target.toml")),
        ),
        Claim::new(
            "ACGH19.lemma2-gradient-sum",
            include_str!("text/lemma2-gradient-sum.md"),
            OldOnRuns(GradientSum::default()),
            Family::TargetRuns,
        )
        .control("ℓ(t) in place of ℓ(t+1)", OldOnRuns(GradientSum { printed: true }), one_layer.clone()),
        Claim::new(
            "ACGH19.S3",
            include_str!("text/S3.md"),
            OldOnRuns(GradientSum { printed: true }),
            Fixed::new("ACGH19.S3", vec![one_layer.clone()]),
        )
        .expected_refuted(Some("ACGH19.lemma2-gradient-sum"))
        .control("ℓ(t+1) in place of ℓ(t)", OldOnRuns(GradientSum::default()), one_layer),
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

impl OldAboutRun for StepDrift {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let hypotheses = Assumed::at(start, Dropped::default());
        let factor = hypotheses.constants().map(|constants| constants.norm_power(2).times(Rational::from(self.factor)));
        let norms = |point: &Point<T>| -> Vec<T> {
            balance::imbalances(point.weights()).iter().map(Matrix::frobenius).collect()
        };
        let mut then = norms(start);
        Box::new(move |step, finding| {
            finding.given("at least two layers", step.before.weights().len() > 1);
            let (Some(_), Some(factor)) = (hypotheses.state(step, finding), &factor) else { return };
            let before = &step.before;
            let residual = before.product_gradient();
            let eta_squared = step.eta.square();
            let spectral = before.spectrum_of(residual).norm();
            let bound = residual.frobenius() * &spectral * factor * &eta_squared;
            let now = norms(&step.after);
            for (j, slopes) in before.gradient().windows(2).enumerate() {
                let added = slopes[1].transpose_times(&slopes[1]).minus(&slopes[0].times_transpose(&slopes[0]));
                finding
                    .at_most(
                        "η²‖g_{j+1}ᵀg_{j+1} − g_jg_jᵀ‖_F ≤ 4(2f)^{2(N−1)/N} η²‖G(t)‖_F‖G(t)‖_σ",
                        &(added.frobenius() * &eta_squared),
                        &bound,
                    )
                    .layer(j + 1);
                let growth = now[j].clone() - &then[j];
                finding
                    .at_most("‖D_j(t+1)‖_F − ‖D_j(t)‖_F ≤ 4(2f)^{2(N−1)/N} η²‖G(t)‖_F‖G(t)‖_σ", &growth, &bound)
                    .layer(j + 1);
            }
            then = now;
        })
    }
}

/// `ℓ(0) ≤ ½‖Φ‖_F²`, and then the descent of Lemma 1 at every step.
#[doc = include_str!("text/lemma2-B-descent.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Descends {
    /// The control: another factor in the descent.
    pub descent: SingleStepDescent,
}

impl OldAboutRun for Descends {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let statement = *self;
        let hypotheses = Assumed::at(start, Dropped::default());
        Box::new(move |step, finding| {
            let Some(constants) = hypotheses.state(step, finding) else { return };
            if step.t == 0 {
                finding.at_most("ℓ(0) ≤ ½f²", step.before.risk(), &constants.norm.square().times((1, 2)));
            }
            finding.at_most(
                "(η/2)σ_min(W(t))^{2(N−1)/N}‖W(t) − Φ‖_F² ≤ ℓ(t) − ℓ(t+1)",
                &statement.descent.promised(step),
                &decrease(step),
            );
        })
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

impl OldAboutRun for LayerNorms {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let hypotheses = Assumed::at(start, Dropped::default());
        let bounds = hypotheses.constants().map(|constants| {
            let of_layers =
                constants.norm.clone().times(Rational::from(self.factor)).rational_power(2, constants.depth);
            (of_layers, constants.norm.clone().times(2).square())
        });
        Box::new(move |step, finding| {
            let (Some(_), Some((of_layers, of_product))) = (hypotheses.state(step, finding), &bounds) else { return };
            let mut look_at = |point: &Point<T>| {
                for (j, spectrum) in point.spectra().iter().enumerate() {
                    finding.at_most("‖W_j(t)‖_σ² ≤ (4f)^{2/N}", &spectrum.norm_squared(), of_layers).layer(j + 1);
                }
                finding.at_most("‖W_{1:N}(t)‖_F² ≤ (2f)²", &point.end_to_end().frobenius_squared(), of_product);
            };
            if step.t == 0 {
                look_at(&step.before);
            }
            look_at(&step.after);
        })
    }
}

/// `½c^{2(N−1)/N} η Σ_{i≤t} ‖G(i)‖_F² ≤ ℓ(0) − ℓ(t+1) ≤ ½f²`, and what it says of the drift.
#[doc = include_str!("text/lemma2-gradient-sum.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientSum {
    /// `ℓ(t)` in place of `ℓ(t+1)`, as printed.
    pub printed: bool,
}

impl OldAboutRun for GradientSum {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let printed = self.printed;
        let hypotheses = Assumed::at(start, Dropped::default());
        let rates = hypotheses.constants().map(|constants| (constants.rate(), constants.norm_power(2)));
        let (mut squares, mut fallen) = (start.constant(0), start.constant(0));
        Box::new(move |step, finding| {
            let (Some(constants), Some((rate, norm_power))) = (hypotheses.state(step, finding), &rates) else { return };
            squares += &Matrix::frobenius_squared(step.before.product_gradient());
            let fallen_before = fallen.clone();
            fallen += &decrease(step);
            let sum = squares.clone() * &step.eta;
            let left = sum.clone().times((1, 2)) * rate;
            if printed {
                finding.at_most("½c^{2(N−1)/N} η Σ_{i≤t} ‖G(i)‖_F² ≤ ℓ(0) − ℓ(t)", &left, &fallen_before);
                return;
            }
            finding.at_most("½c^{2(N−1)/N} η Σ_{i≤t} ‖G(i)‖_F² ≤ ℓ(0) − ℓ(t+1)", &left, &fallen);
            finding.at_most("ℓ(0) − ℓ(t+1) ≤ ½f²", &fallen, &constants.norm.square().times((1, 2)));
            finding.at_most(
                "4(2f)^{2(N−1)/N} η² Σ_{i≤t} ‖G(i)‖_F² ≤ (2/3)δ*(c)",
                &(sum.times(4) * norm_power * &step.eta),
                &constants.delta.clone().times((2, 3)),
            );
        })
    }
}
