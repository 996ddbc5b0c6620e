//! What gradient descent adds to the differences between adjacent layers, exactly, and how large it can become.

use crate::claims::{AboutRun, Claim, Finding, Fold, OnRuns, Shape};
use crate::generate::{Family, Fixed};
use crate::number::Real;
use crate::reference::{Point, balance};

use super::assumptions::{StepRuleSoFar, assume_smooth_lipschitz, assume_unit_ball};
use super::gradient::shapes;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let slip = replay(include_str!("specs/SL-1.toml"));
    vec![
        Claim::identity(
            "JT19.norm-balance-gd",
            include_str!("text/norm-balance-gd.md"),
            OnRuns(NormBalance::default()),
            shapes(2),
        )
        .identity_control(
            "the signs of tr P_k and tr Q_j as printed",
            OnRuns(NormBalance { printed: true }),
            Shape { widths: vec![1, 1, 1], examples: 1, steps: 1 },
        ),
        Claim::new(
            "JT19.SL-1",
            include_str!("text/SL-1.md"),
            OnRuns(NormBalance { printed: true }),
            Fixed::new("JT19.SL-1", vec![slip.clone()]),
        )
        .expected_refuted(Some("JT19.norm-balance-gd"))
        .control("the repaired signs", OnRuns(NormBalance::default()), slip),
        Claim::new(
            "JT19.norm-gap-gd",
            include_str!("text/norm-gap-gd.md"),
            OnRuns(NormGap::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "the step rule dropped: constant step 40",
            OnRuns(NormGap { any_step: true }),
            replay(include_str!("specs/SL-4.toml")),
        ),
    ]
}

/// `‖W_k(t)‖_F² − ‖W_j(t)‖_F² = ‖W_k(0)‖_F² − ‖W_j(0)‖_F² + tr P_k(t) − tr Q_j(t)`.
#[doc = include_str!("text/norm-balance-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormBalance {
    /// The signs of `tr P_k` and `tr Q_j` as printed.
    pub printed: bool,
}

impl AboutRun for NormBalance {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> Fold<T> {
        let printed = self.printed;
        let initial = balance::norms_squared(start.weights());
        let mut sums = balance::SummedGradients::new(start.weights());
        Box::new(move |step, finding| {
            sums.add(step);
            let now = balance::norms_squared(step.after.weights());
            for k in 1..now.len() {
                for j in 0..k {
                    let left = now[k].clone() - &now[j];
                    let added = sums.p()[k].trace() - sums.q()[j].trace();
                    let right = initial[k].clone() - &initial[j] + if printed { -added } else { added };
                    let largest = now[k].clone().max(&now[j]);
                    finding
                        .equal_with_terms("‖W_k‖_F² − ‖W_j‖_F² has changed by tr P_k − tr Q_j", &left, &right, &largest)
                        .layer(k + 1);
                }
            }
        })
    }
}

/// `|(‖W_k(t)‖_F² − ‖W_j(t)‖_F²) − (‖W_k(0)‖_F² − ‖W_j(0)‖_F²)| ≤ 2R_0`.
#[doc = include_str!("text/norm-gap-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormGap {
    /// The control: the step rule is not required.
    pub any_step: bool,
}

impl AboutRun for NormGap {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> Fold<T> {
        let required = !self.any_step;
        let initial = balance::norms_squared(start.weights());
        let bound = start.risk().clone().times(2);
        let mut rule = StepRuleSoFar::default();
        Box::new(move |step, finding| {
            assume_unit_ball(step.before.setting(), finding);
            assume_smooth_lipschitz(step.before.setting(), finding);
            if required {
                rule.assume(step, finding);
            }
            let change: Vec<T> = balance::norms_squared(step.after.weights())
                .into_iter()
                .zip(&initial)
                .map(|(now, then)| now - then)
                .collect();
            for k in 1..change.len() {
                for j in 0..k {
                    let drift = (change[k].clone() - &change[j]).abs();
                    finding.at_most("|change of ‖W_k‖_F² − ‖W_j‖_F²| ≤ 2R_0", &drift, &bound).layer(k + 1);
                }
            }
        })
    }
}
