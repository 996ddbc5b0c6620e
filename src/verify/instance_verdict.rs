//! What is found of one claim on one instance: each finding is taken in, subject by subject.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::claims::{Finding, Hypothesis, Outcome, Relation, Trend};
use crate::generate::Built;
use crate::number::Truth;

use super::verdict::Evidence;

/// An arithmetic in which a verdict was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// Exact rationals.
    Rational,
    /// Balls at this many bits.
    Ball(u32),
}

/// A hypothesis or relation that did not come out true, and where.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The number of the point or step.
    pub t: u64,
    /// What was asserted or assumed.
    pub label: &'static str,
    /// The layer it speaks of, 0 if none.
    pub layer: usize,
    /// Both sides, approximately; NaN where there are none.
    pub sides: (f64, f64),
    /// The hypotheses that were not met, when only the conclusion was asked for.
    pub despite: Vec<&'static str>,
}

impl Failure {
    /// The failure of a relation at the subject number `t`.
    pub(super) fn of(relation: &Relation, t: u64) -> Self {
        let Relation { label, layer, sides, .. } = *relation;
        Self { t, label, layer, sides, despite: Vec::new() }
    }

    /// What was asserted or assumed, with both sides, in one line.
    pub(super) fn what(&self) -> String {
        match self.sides {
            (left, right) if left.is_nan() && right.is_nan() => self.label.to_owned(),
            (left, right) => format!("{}: {left:.6e} against {right:.6e}", self.label),
        }
    }
}

/// Where and what, in one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at t = {}", self.t)?;
        if self.layer > 0 {
            write!(f, ", layer {}", self.layer)?;
        }
        write!(f, ": {}", self.what())
    }
}

/// What became of a hypothesis over the subjects of one instance.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// What is assumed.
    pub label: &'static str,
    /// The number of subjects at which it is certainly true.
    pub met: u64,
    /// The number of subjects at which it is certainly false.
    pub unmet: u64,
    /// The number of subjects at which it is not decided.
    pub open: u64,
    /// The first subject at which it is not certainly true.
    pub first_not_met: Option<Failure>,
    /// Whether the statement has no meaning where it fails.
    pub of_domain: bool,
}

/// What was found on one instance for one claim.
#[derive(Clone, Debug)]
pub struct InstanceVerdict {
    /// Whether every hypothesis was certainly true at some subject, and something was asserted there.
    pub applicable: bool,
    /// Whether a relation said more than a trivial bound.
    pub informative: bool,
    /// The first relation that is certainly false although every hypothesis is certainly true.
    pub refuted: Option<Failure>,
    /// The first hypothesis or relation that stayed open.
    pub undecided: Option<Failure>,
    /// The first hypothesis that is certainly false; or what a definition asks for and a run of unknown origin is not.
    pub unmet: Option<Failure>,
    /// What became of each hypothesis, in the order in which the claim stated them first.
    pub assumptions: Vec<Assumption>,
    /// What was asserted where the hypotheses are met and said more than a trivial bound, each relation once.
    pub asserted: Vec<&'static str>,
    /// The roads by which equality was proved, with the number of relations each closed.
    pub attained: BTreeMap<&'static str, u64>,
    /// The largest left over right among informative inequalities, rounded upward.
    pub worst_ratio: Option<f64>,
    /// The largest log₂ of a relative difference among equalities reached by balls only.
    pub agrees_log2: Option<f64>,
    /// The arithmetic that decided.
    pub arithmetic: Arithmetic,
    /// Whether the verdict rests on a sample as well.
    pub sampled: bool,
    /// The number of steps that were looked at.
    pub horizon: u64,
    /// The trends at the last subject that reported any.
    pub trends: Vec<Trend>,
    /// Wall time: the claim's own, and its share of the run.
    pub time: Duration,
    /// Whether the claim has nothing to say of the run, from its start to its end.
    pub(super) is_closed: bool,
    /// Whether a definition does not accept the run, of which nobody said that it would.
    pub(super) is_rejected: bool,
}

impl InstanceVerdict {
    /// Nothing has been looked at yet.
    pub(super) fn new(arithmetic: Arithmetic) -> Self {
        Self {
            applicable: false,
            informative: false,
            refuted: None,
            undecided: None,
            unmet: None,
            assumptions: Vec::new(),
            asserted: Vec::new(),
            attained: BTreeMap::new(),
            worst_ratio: None,
            agrees_log2: None,
            arithmetic,
            sampled: false,
            horizon: 0,
            trends: Vec::new(),
            time: Duration::ZERO,
            is_closed: false,
            is_rejected: false,
        }
    }

    /// The weakest evidence that the verdict rests on.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match self.arithmetic {
            _ if self.refuted.is_none() && self.agrees_log2.is_some() => Evidence::Numerical,
            _ if self.sampled => Evidence::Statistical,
            Arithmetic::Rational => Evidence::Exact,
            Arithmetic::Ball(_) => Evidence::Certified,
        }
    }

    /// Whether nothing more can change it.
    pub(super) fn is_settled(&self) -> bool {
        self.refuted.is_some() || self.undecided.is_some() || self.is_rejected
    }

    /// Takes in what a sample says of the relations of an event.
    pub(super) fn take_in_sample(&mut self, finding: &Finding) {
        self.sampled |= !finding.relations().is_empty();
        self.take_in(finding, 0, Built::Inside, false);
    }

    /// Takes in what was found of the subject number `t`.
    pub(super) fn take_in(&mut self, finding: &Finding, t: u64, built: Built, conclusion_only: bool) {
        let mut despite = Vec::new();
        for (place, hypothesis) in finding.hypotheses().iter().enumerate() {
            self.assume(hypothesis, place, t);
        }
        for hypothesis in finding.hypotheses() {
            let failure = || not_met(hypothesis, t);
            match hypothesis.truth {
                Truth::True => {}
                Truth::False if !conclusion_only || hypothesis.of_domain => {
                    self.unmet.get_or_insert_with(failure);
                    return;
                }
                Truth::False | Truth::Open if conclusion_only => despite.push(hypothesis.label),
                _ => {}
            }
        }
        if !conclusion_only
            && let Some(open) = finding.hypotheses().iter().find(|hypothesis| hypothesis.truth == Truth::Open)
        {
            self.undecided = Some(not_met(open, t));
            return;
        }
        if !finding.trends().is_empty() {
            self.trends = finding.trends().to_vec();
        }
        for relation in finding.relations() {
            self.applicable = !self.is_rejected;
            self.judge(relation, t, built, &despite);
        }
    }

    /// Counts the hypothesis in the given place of a finding: it is mostly in the same place every time.
    fn assume(&mut self, hypothesis: &Hypothesis, place: usize, t: u64) {
        let is_here = |assumption: &Assumption| std::ptr::eq(assumption.label, hypothesis.label);
        let known = if self.assumptions.get(place).is_some_and(is_here) {
            Some(place)
        } else {
            self.assumptions.iter().position(|assumption| assumption.label == hypothesis.label)
        };
        let index = known.unwrap_or_else(|| {
            let label = hypothesis.label;
            let of_domain = hypothesis.of_domain;
            self.assumptions.push(Assumption { label, met: 0, unmet: 0, open: 0, first_not_met: None, of_domain });
            self.assumptions.len() - 1
        });
        let assumption = &mut self.assumptions[index];
        match hypothesis.truth {
            Truth::True => assumption.met += 1,
            Truth::False => assumption.unmet += 1,
            Truth::Open => assumption.open += 1,
        }
        if hypothesis.truth != Truth::True {
            assumption.first_not_met.get_or_insert_with(|| not_met(hypothesis, t));
        }
    }

    fn judge(&mut self, relation: &Relation, t: u64, built: Built, despite: &[&'static str]) {
        if relation.informative && !self.asserted.contains(&relation.label) {
            self.asserted.push(relation.label);
        }
        let failure = || Failure { despite: despite.to_vec(), ..Failure::of(relation, t) };
        let outcome = match relation.outcome {
            Outcome::True if relation.membership && built == Built::Outside => Outcome::False,
            Outcome::False if relation.membership && built == Built::Outside => Outcome::True,
            outcome => outcome,
        };
        match outcome {
            Outcome::True => {}
            Outcome::Attained(road) => *self.attained.entry(road).or_default() += 1,
            Outcome::Agrees { log2 } => {
                self.agrees_log2 = Some(self.agrees_log2.map_or(log2, |worst| worst.max(log2)));
            }
            Outcome::False if relation.membership && built == Built::Unknown => {
                (self.is_rejected, self.applicable) = (true, false);
                self.unmet.get_or_insert_with(failure);
                return;
            }
            Outcome::False => {
                self.refuted.get_or_insert_with(failure);
                return;
            }
            Outcome::Open => {
                self.undecided.get_or_insert_with(failure);
                return;
            }
        }
        if relation.informative {
            self.informative = true;
            if let Some(ratio) = relation.ratio {
                // What is certainly true has no ratio above 1, whatever the rounding of the quotient says.
                let ratio = ratio.min(1.0);
                self.worst_ratio = Some(self.worst_ratio.map_or(ratio, |worst| worst.max(ratio)));
            }
        }
    }

    /// The run ended before everything was decided.
    pub(super) fn open(&mut self, t: u64, label: &'static str) {
        let sides = (f64::NAN, f64::NAN);
        self.undecided.get_or_insert(Failure { t, label, layer: 0, sides, despite: Vec::new() });
    }
}

fn not_met(hypothesis: &Hypothesis, t: u64) -> Failure {
    let sides = hypothesis.sides.unwrap_or((f64::NAN, f64::NAN));
    Failure { t, label: hypothesis.label, layer: 0, sides, despite: Vec::new() }
}
