//! The limits of Section 3, each through the finite-time inequalities that it is made of.
//!
//! A limit has no verdict of its own: what is checked is every named inequality at every step of a run that meets the theorem's
//! own assumptions, and how far the run has come is reported as numbers.

use crate::claims::{AboutStep, Claim, Finding, Hypothesis, OldAboutPoint, OldAboutRun, OldFold, OldOnRuns};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::reference::{Point, Step};

use super::alignment::{Alignment, RankGap};
use super::assumptions::{StepRuleSoFar, assume_good_start, assume_separable_descent, assume_support_holds};
use super::balance::NormGap;
use super::energy::{EnergyFloor, StepSum};
use super::excursion::Excursion;
use super::margin::{NormalisedMargin, PullTowardsMargin, report_distance};
use super::one_step::DescentStep;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.theorem3-gd",
            include_str!("text/theorem3-gd.md"),
            OldOnRuns(RiskToZero::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "the step rule dropped: constant step 40",
            OldOnRuns(RiskToZero { any_step: true }),
            replay(include_str!("specs/SL-4.toml")),
        ),
        Claim::new(
            "JT19.theorem4-max-margin-gd",
            include_str!("text/theorem4-max-margin-gd.md"),
            OldOnRuns(MaxMarginDirection::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "⟨Π⊥w, g⟩ ≥ 0 dropped from the excursion",
            OldOnRuns(MaxMarginDirection { any_sign: true }),
            replay(include_str!("specs/excursion-sign.toml")),
        ),
        Claim::new(
            "JT19.corollary2",
            include_str!("text/corollary2.md"),
            OldOnRuns(MarginOfDescent::default()),
            Family::SmoothnessRuns,
        )
        .consequence()
        .control(
            "0.99 γ in place of γ",
            OldOnRuns(MarginOfDescent { bounds: NormalisedMargin { share_of_margin: (99, 100) } }),
            replay(include_str!("specs/along-the-margin.toml")),
        ),
    ]
}

/// How often, in steps, what is dear and slow to change is looked at.
const SELDOM: u64 = 100;

/// The assumptions of a theorem about a run, and the folds of the statements it is made of, each with hypotheses of its own.
struct Together<T> {
    start: Vec<Hypothesis>,
    rule: Option<StepRuleSoFar>,
    folds: Vec<OldFold<T>>,
    part: Finding,
}

impl<T: Real> Together<T> {
    /// What Theorem 3 assumes: Assumptions 1, 2, 4 and 5 and separable data; with `any_step` not Assumption 5.
    fn under_theorem3(start: &Point<T>, any_step: bool) -> Self {
        let mut assumed = Finding::default();
        assume_separable_descent(start.setting(), &mut assumed);
        assume_good_start(start, &mut assumed);
        Self {
            start: assumed.hypotheses().to_vec(),
            rule: (!any_step).then(StepRuleSoFar::default),
            folds: Vec::new(),
            part: Finding::default(),
        }
    }

    /// What Theorem 4 assumes: what Theorem 3 does, and Assumption 3 for almost all data. The logistic loss is the only smooth,
    /// Lipschitz one there is here.
    fn under_theorem4(start: &Point<T>) -> Self {
        let mut together = Self::under_theorem3(start, false);
        if let Some(margin) = start.setting().max_margin() {
            let mut assumed = Finding::default();
            assume_support_holds(margin, &mut assumed);
            together.start.extend_from_slice(assumed.hypotheses());
        }
        together
    }

    /// Adds a statement. What it says of the start alone is left out: whether a run follows the step rule is first seen from a step.
    fn and(mut self, statement: &impl OldAboutRun, start: &Point<T>) -> Self {
        self.folds.push(statement.begin(start, &mut self.part));
        self
    }

    /// Adds what is computed by `examine`, whose hypotheses are its own.
    fn include(&mut self, finding: &mut Finding, examine: impl FnOnce(&mut Finding)) {
        self.part.clear();
        examine(&mut self.part);
        finding.include(&self.part);
    }

    /// States the theorem's assumptions and examines every statement; `false` if the theorem does not speak of this run.
    fn examine(&mut self, step: &Step<T>, finding: &mut Finding) -> bool {
        finding.given_again(&self.start);
        if let Some(rule) = &mut self.rule {
            rule.assume(step, finding);
        }
        if finding.applicable() == Truth::False {
            return false;
        }
        for fold in &mut self.folds {
            self.part.clear();
            fold(step, &mut self.part);
            finding.include(&self.part);
        }
        true
    }
}

/// `R(W(t)) → 0` and `‖W_k(t)‖_F → ∞`.
#[doc = include_str!("text/theorem3-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RiskToZero {
    /// The control: no step rule, neither for the theorem nor for the rank gap.
    pub any_step: bool,
}

impl OldAboutRun for RiskToZero {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let any_step = self.any_step;
        let mut together = Together::under_theorem3(start, any_step)
            .and(&EnergyFloor::default(), start)
            .and(&StepSum::default(), start)
            .and(&NormGap::default(), start)
            .and(&RankGap { any_step }, start)
            .and(&Alignment::default(), start);
        Box::new(move |step, finding| {
            if !together.examine(step, finding) {
                return;
            }
            together.include(finding, |part| {
                DescentStep::default().assume(step, part);
                DescentStep::default().conclude(step, part);
            });
            finding.trend("R(W(t))", step.after.risk());
            let norms = step.after.norms_squared();
            let least = norms.iter().fold(norms[0].clone(), |least, norm| least.min(norm));
            finding.trend("min_k ‖W_k(t)‖_F²", &least);
        })
    }
}

/// `w/∏‖W_k‖_F → ū`.
#[doc = include_str!("text/theorem4-max-margin-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct MaxMarginDirection {
    /// The control: the excursion without the sign condition.
    pub any_sign: bool,
}

impl OldAboutRun for MaxMarginDirection {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let excursion = Excursion { any_sign: self.any_sign };
        let mut together = Together::under_theorem4(start).and(&excursion, start);
        Box::new(move |step, finding| {
            if !together.examine(step, finding) {
                return;
            }
            if step.t % SELDOM == 0 {
                together.include(finding, |part| PullTowardsMargin::default().examine(&*step.before, part));
                report_distance(&step.before, finding);
            }
        })
    }
}

/// `min_i ⟨w, z_i⟩/∏‖W_k‖_F → γ`.
#[doc = include_str!("text/corollary2.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct MarginOfDescent {
    /// The bounds that it is made of.
    pub bounds: NormalisedMargin,
}

impl OldAboutRun for MarginOfDescent {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let mut together = Together::under_theorem4(start).and(&self.bounds, start);
        Box::new(move |step, finding| {
            if !together.examine(step, finding) {
                return;
            }
            let margins = step.after.margins();
            if let Some((first, rest)) = margins.split_first() {
                let least = rest.iter().fold(first.clone(), |least, margin| least.min(margin));
                finding.trend("min_i ⟨w, z_i⟩", &least);
            }
        })
    }
}
