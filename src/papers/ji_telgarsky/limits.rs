//! The limits of Section 3, each through the finite-time inequalities that it is made of.
//!
//! A limit has no verdict of its own: what is checked is every named inequality at every step of a run that meets the theorem's
//! own assumptions, and how far the run has come is reported as numbers.

use crate::claims::{AboutPoint, AboutRun, AboutStep, Claim, Domain, Finding, Fold, Hypotheses, OnRuns};
use crate::generate::Family;
use crate::number::Real;
use crate::reference::{Point, Step};

use super::alignment::{Alignment, RankGap, under_the_step_rule};
use super::assumptions::{assume_good_start, assume_separable_descent, assume_support};
use super::balance::NormGap;
use super::energy::{EnergyFloor, StepSum};
use super::excursion::Excursion;
use super::margin::{NormalisedMargin, assume_all_layers, report_distance};
use super::one_step::DescentStep;
use super::pull::PullTowardsMargin;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.theorem3-gd",
            include_str!("text/theorem3-gd.md"),
            OnRuns(RiskToZero::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "the step rule dropped: constant step 40",
            OnRuns(RiskToZero { any_step: true }),
            replay(include_str!("specs/SL-4.toml")),
        ),
        Claim::new(
            "JT19.theorem4-max-margin-gd",
            include_str!("text/theorem4-max-margin-gd.md"),
            OnRuns(MaxMarginDirection::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "⟨Π⊥w, g⟩ ≥ 0 dropped from the excursion",
            OnRuns(MaxMarginDirection { any_sign: true }),
            replay(include_str!("specs/excursion-sign.toml")),
        ),
        Claim::new(
            "JT19.corollary2",
            include_str!("text/corollary2.md"),
            OnRuns(MarginOfDescent::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "0.99 γ in place of γ",
            OnRuns(MarginOfDescent { bounds: NormalisedMargin { share_of_margin: (99, 100) } }),
            replay(include_str!("specs/along-the-margin.toml")),
        ),
    ]
}

/// How often, in steps, what is dear and slow to change is looked at.
const SELDOM: u64 = 100;

/// What Theorem 3 assumes of the start: Assumptions 1, 2 and 4 and separable data; Assumption 5 is seen from the steps.
fn assume_theorem3<T: Real>(start: &Point<T>, given: &mut Hypotheses) {
    assume_separable_descent(start.setting(), given);
    assume_good_start(start, given);
}

/// What Theorem 4 assumes: what Theorem 3 does, and Assumption 3 for almost all data. The logistic loss is the only smooth,
/// Lipschitz one there is here.
fn assume_theorem4<T: Real>(start: &Point<T>, given: &mut Hypotheses) {
    assume_theorem3(start, given);
    assume_support(start.setting(), given);
}

/// The folds of the statements that a theorem is made of. Whatever they assume of a run the theorem assumes, so that only their conclusions
/// are asked for.
struct Parts<T>(Vec<Box<dyn Fold<T>>>);

impl<T: Real> Parts<T> {
    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        for part in &mut self.0 {
            part.conclude(step, finding);
        }
    }
}

/// `R(W(t)) → 0` and `‖W_k(t)‖_F → ∞`.
#[doc = include_str!("text/theorem3-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RiskToZero {
    /// The control: no step rule.
    pub any_step: bool,
}

impl AboutRun for RiskToZero {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_theorem3(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut parts = Parts(vec![
            EnergyFloor::default().begin(start),
            StepSum::default().begin(start),
            NormGap::default().begin(start),
            RankGap::default().begin(start),
            Alignment::default().begin(start),
        ]);
        Box::new(under_the_step_rule(self.any_step, move |step: &Step<T>, finding: &mut Finding| {
            parts.conclude(step, finding);
            DescentStep::default().conclude(step, finding);
            finding.trend("R(W(t))", step.after.risk());
            let norms = step.after.norms_squared();
            let least = norms.iter().fold(norms[0].clone(), |least, norm| least.min(norm));
            finding.trend("min_k ‖W_k(t)‖_F²", &least);
        }))
    }
}

/// `w/∏‖W_k‖_F → ū`.
#[doc = include_str!("text/theorem4-max-margin-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct MaxMarginDirection {
    /// The control: the excursion without the sign condition.
    pub any_sign: bool,
}

impl AboutRun for MaxMarginDirection {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_theorem4(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut parts = Parts(vec![Excursion { any_sign: self.any_sign }.begin(start)]);
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            parts.conclude(step, finding);
            if step.t.is_multiple_of(SELDOM) {
                let (pull, point) = (PullTowardsMargin::default(), &*step.before);
                finding.implied(|given| pull.assume(point, given), |finding| pull.conclude(point, finding));
                report_distance(point, finding);
            }
        }))
    }
}

/// `min_i ⟨w, z_i⟩/∏‖W_k‖_F → γ`.
#[doc = include_str!("text/corollary2.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct MarginOfDescent {
    /// The bounds that it is made of.
    pub bounds: NormalisedMargin,
}

impl AboutRun for MarginOfDescent {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_theorem4(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut bounds = self.bounds.begin(start);
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            // A layer may be zero, and then there is no direction to speak of.
            finding.implied(|given| assume_all_layers(&step.after, given), |finding| bounds.conclude(step, finding));
            let margins = step.after.margins();
            if let Some((first, rest)) = margins.split_first() {
                let least = rest.iter().fold(first.clone(), |least, margin| least.min(margin));
                finding.trend("min_i ⟨w, z_i⟩", &least);
            }
        }))
    }
}
