//! The limits of Section 3, each through the finite-time inequalities that it is made of.
//!
//! A limit has no verdict of its own: what is checked is every named inequality at every step, and how far the run has come is
//! reported as numbers.

use crate::claims::{AboutPoint, AboutRun, AboutStep, Claim, Finding, Fold, OnRuns};
use crate::generate::Family;
use crate::number::Real;
use crate::reference::{Point, Step};

use super::alignment::{Alignment, RankGap};
use super::balance::NormGap;
use super::energy::StepSum;
use super::excursion::Excursion;
use super::margin::{NormalisedMargin, PullTowardsMargin};
use super::one_step::DescentStep;
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
            "the step rule dropped from the rank gap: constant step 40",
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
            OnRuns(MarginOfDescent { share_of_margin: (99, 100) }),
            replay(include_str!("specs/along-the-margin.toml")),
        ),
    ]
}

/// How often, in steps, what is dear and slow to change is looked at.
const SELDOM: u64 = 100;

/// The folds of several statements about one run, each with hypotheses of its own.
struct Together<T> {
    folds: Vec<Fold<T>>,
    part: Finding,
}

impl<T: Real> Together<T> {
    fn new() -> Self {
        Self { folds: Vec::new(), part: Finding::default() }
    }

    /// Adds a statement, including what it says of the start.
    fn and(mut self, statement: &impl AboutRun, start: &Point<T>, finding: &mut Finding) -> Self {
        self.part.clear();
        self.folds.push(statement.begin(start, &mut self.part));
        finding.include(&self.part);
        self
    }

    /// Adds what is computed by `examine`, whose hypotheses are its own.
    fn include(&mut self, finding: &mut Finding, examine: impl FnOnce(&mut Finding)) {
        self.part.clear();
        examine(&mut self.part);
        finding.include(&self.part);
    }

    fn examine(&mut self, step: &Step<T>, finding: &mut Finding) {
        for fold in &mut self.folds {
            self.part.clear();
            fold(step, &mut self.part);
            finding.include(&self.part);
        }
    }
}

/// `R(W(t)) → 0` and `‖W_k(t)‖_F → ∞`.
#[doc = include_str!("text/theorem3-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RiskToZero {
    /// The control: the rank gap without the step rule.
    pub any_step: bool,
}

impl AboutRun for RiskToZero {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> Fold<T> {
        let any_step = self.any_step;
        let mut together = Together::new()
            .and(&StepSum::default(), start, finding)
            .and(&NormGap::default(), start, finding)
            .and(&RankGap { any_step }, start, finding)
            .and(&Alignment::default(), start, finding);
        Box::new(move |step, finding| {
            together.examine(step, finding);
            together.include(finding, |part| DescentStep::default().examine(step, part));
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

impl AboutRun for MaxMarginDirection {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> Fold<T> {
        let mut together = Together::new().and(&Excursion { any_sign: self.any_sign }, start, finding);
        together.include(finding, |part| PullTowardsMargin::default().examine(start, part));
        Box::new(move |step, finding| {
            together.examine(step, finding);
            if (step.t + 1) % SELDOM == 0 {
                together.include(finding, |part| PullTowardsMargin::default().examine(&*step.after, part));
            }
        })
    }
}

/// `min_i ⟨w, z_i⟩/∏‖W_k‖_F → γ`.
#[doc = include_str!("text/corollary2.md")]
#[derive(Clone, Copy, Debug)]
pub struct MarginOfDescent {
    /// The control: this multiple of `γ` as the upper bound, as numerator and denominator.
    pub share_of_margin: (u32, u32),
}

impl Default for MarginOfDescent {
    fn default() -> Self {
        Self { share_of_margin: (1, 1) }
    }
}

impl AboutRun for MarginOfDescent {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> Fold<T> {
        let statement = NormalisedMargin { share_of_margin: self.share_of_margin };
        let mut together = Together::new().and(&statement, start, finding);
        Box::new(move |step, finding| {
            together.examine(step, finding);
            let margins = step.after.margins();
            if let Some((first, rest)) = margins.split_first() {
                let least = rest.iter().fold(first.clone(), |least, margin| least.min(margin));
                finding.trend("min_i ⟨w, z_i⟩", &least);
            }
        })
    }
}
