//! Lemma 8: every layer is close to rank one, and adjacent layers are aligned.

use crate::algebra::spectral::{Spectrum, spectral_norm_squared_at_least};
use crate::algebra::subspace::squared_alignment;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, assuming};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::reference::{Fact, Point, Setting, Step, balance};

use super::assumptions::{StepRuleSoFar, assume_decreasing_loss, assume_smooth_lipschitz, assume_unit_ball};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let any_step = replay(include_str!("specs/SL-4.toml"));
    vec![
        Claim::new(
            "JT19.lemma8-rank-gap",
            include_str!("text/lemma8-rank-gap.md"),
            OnRuns(RankGap::default()),
            Family::SmoothnessRuns,
        )
        .control("the step rule dropped: constant step 40", OnRuns(RankGap { any_step: true }), any_step),
        Claim::new("JT19.SL-4", include_str!("text/SL-4.md"), OnRuns(RankGap { any_step: true }), any_step)
            .expected_refuted(Some("JT19.lemma8-rank-gap"))
            .control(
                "the step rule required: on a run with the same data that keeps to it",
                OnRuns(RankGap::default()),
                replay(include_str!("specs/SL-4-repaired.toml")),
            ),
        Claim::new(
            "JT19.lemma8-alignment",
            include_str!("text/lemma8-alignment.md"),
            OnRuns(Alignment::default()),
            Family::SmoothnessRuns,
        )
        .control("the step rule dropped: constant step 40", OnRuns(Alignment { any_step: true }), any_step),
    ]
}

/// What Lemma 8 assumes of the loss and the data; Assumption 5 is seen from the steps.
pub(super) fn assume_lemma8<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    assume_decreasing_loss(setting, given);
    assume_smooth_lipschitz(setting, given);
    assume_unit_ball(setting, given);
}

/// Adds to what is concluded of each step Assumption 5 over all steps so far, or, as printed, nothing.
pub(super) fn under_the_step_rule<T: Real>(
    any_step: bool,
    conclude: impl FnMut(&Step<T>, &mut Finding) + Send,
) -> impl Fold<T> {
    let mut rule = (!any_step).then(StepRuleSoFar::default);
    assuming(
        move |step, given| {
            if let Some(rule) = &mut rule {
                rule.assume(step, given);
            }
        },
        conclude,
    )
}

/// `D = max_k ‖W_k(0)‖_F² − ‖W_L(0)‖_F² + Σ_{k<L} ‖A_k‖_2`, not negative, zero for balanced weights.
#[must_use]
pub fn initial_imbalance<T: Real>(start: &Point<T>) -> T {
    let norms = balance::norms_squared(start.weights());
    let last = &norms[norms.len() - 1];
    let largest = norms.iter().fold(last.clone(), |largest, norm| largest.max(norm));
    balance::imbalances(start.weights())
        .iter()
        .fold(largest - last, |sum, imbalance| sum + start.spectrum_of(imbalance).norm())
}

/// `‖W_k‖_F² − ‖W_k‖_2² ≤ D + 2R_0`.
#[doc = include_str!("text/lemma8-rank-gap.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RankGap {
    /// The step rule is not required, as printed.
    pub any_step: bool,
}

impl AboutRun for RankGap {
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_lemma8(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let bound = initial_imbalance(start) + start.risk().clone().times(2);
        Box::new(under_the_step_rule(self.any_step, move |step: &Step<T>, finding: &mut Finding| {
            for k in 0..step.after.weights().len() {
                let gap = rank_gap_against(&step.after, k, &bound);
                finding
                    .at_most("‖W_k‖_F² − ‖W_k‖_2² ≤ D + 2R_0", &gap, &bound)
                    .layer(k + 1)
                    .informative_if(bound.below(&largest_rank_gap(&step.after, k)));
            }
        }))
    }
}

/// A number that `‖W_k‖_2²` is at least, for every layer.
struct NormFloors<T>(Vec<T>);

impl<T: Real> Fact<Point<T>> for NormFloors<T> {
    fn of(point: &Point<T>) -> Self {
        Self(point.weights().iter().map(spectral_norm_squared_at_least).collect())
    }
}

/// The rank gap of layer `k`, or, if that is already at most `bound`, an upper bound on it that needs no decomposition.
fn rank_gap_against<T: Real>(point: &Point<T>, k: usize, bound: &T) -> T {
    let NormFloors(norm_floors) = point.know();
    let at_most = point.norms_squared()[k].clone() - &norm_floors[k];
    if at_most.at_most(bound) == Truth::True { at_most } else { point.spectra()[k].rank_gap().clone() }
}

/// The largest rank gap that a matrix of the shape and Frobenius norm of layer `k` can have, `(1 − 1/min(m, n)) ‖W‖_F²`: a bound above
/// it says nothing.
pub(super) fn largest_rank_gap<T: Real>(point: &Point<T>, k: usize) -> T {
    let layer = &point.weights()[k];
    let rank = layer.rows().min(layer.columns());
    point.norms_squared()[k].clone().times((rank - 1, rank))
}

/// `⟨v_{k+1}, u_k⟩² ≥ 1 − (D + 3R_0 + ‖W_{k+1}(0)‖_2² + ‖W_k(0)‖_2²)/‖W_{k+1}‖_2²`.
#[doc = include_str!("text/lemma8-alignment.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Alignment {
    /// The step rule is not required, as printed.
    pub any_step: bool,
}

impl AboutRun for Alignment {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_lemma8(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let common = initial_imbalance(start) + start.risk().clone().times(3);
        let initial: Vec<T> = start.spectra().iter().map(Spectrum::norm_squared).collect();
        let numerators: Vec<T> = initial.windows(2).map(|pair| common.clone() + &pair[0] + &pair[1]).collect();
        Box::new(under_the_step_rule(self.any_step, move |step: &Step<T>, finding: &mut Finding| {
            for (k, numerator) in numerators.iter().enumerate() {
                examine_pair(&step.after, k, numerator, finding);
            }
        }))
    }
}

/// Layers `k` and `k + 1`, counted from 0. The trivial range, which asks for no vectors, comes first.
fn examine_pair<T: Real>(point: &Point<T>, k: usize, numerator: &T, finding: &mut Finding) {
    let label = "1 − ⟨v_{k+1}, u_k⟩² ≤ (D + 3R_0 + …)/‖W_{k+1}‖_2²";
    let is_trivial = point.norms_squared()[k + 1].at_most(numerator) == Truth::True
        || point.spectra()[k + 1].norm_squared().at_most(numerator) == Truth::True;
    if is_trivial {
        finding.asserted("the bound is at most 0", true).layer(k + 1).informative_if(Truth::False);
        return;
    }
    let (below, above) = (&point.spectra()[k], &point.spectra()[k + 1]);
    let (Ok(u), Ok(v)) = (below.top_space(), above.top_space()) else {
        finding.asserted("the top singular vectors of both layers", Truth::Open).layer(k + 1);
        return;
    };
    let one = point.constant(1);
    let misaligned = one - squared_alignment(&v.right, &u.left);
    let norm_squared = above.norm_squared();
    finding
        .at_most(label, &misaligned, &(numerator.clone() / &norm_squared))
        .layer(k + 1)
        .informative_if(numerator.below(&norm_squared));
}
