//! What is found of one claim on one instance: each finding is taken in, subject by subject.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::claims::{Finding, Hypothesis, Outcome, Relation, Trend};
use crate::generate::Built;
use crate::number::Truth;

use super::When;
use super::agreement::LEAST_LOG2;
use super::failure::{Assumption, Failure};
use super::observe::Cut;
use super::panics::Panicked;
use super::precision::Lacking;
use super::verdict::Evidence;

/// What a finding speaks of, and what is asked of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    /// At which point, step or time.
    pub(super) t: When,
    /// How the instance was built.
    pub(super) built: Built,
    /// Whether hypotheses are listed but not counted.
    pub(super) conclusion_only: bool,
    /// What log₂ of a relative difference must stay below if no ball decides an equality.
    pub(super) asked_log2: f64,
    /// The same of an equality of weights alone.
    pub(super) asked_of_weights_log2: f64,
}

impl Subject {
    /// A case of a statement about chance.
    pub(super) fn of_case() -> Self {
        let (built, asked_log2) = (Built::Inside, LEAST_LOG2);
        Self { t: When::START, built, conclusion_only: false, asked_log2, asked_of_weights_log2: asked_log2 }
    }
}

/// A number system in which a verdict was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberSystem {
    /// Exact rationals.
    Rational,
    /// Balls at this many bits.
    Ball(u32),
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
    /// Of a limit, an upper bound of how far it is at the last time and at all later ones.
    pub within: Option<f64>,
    /// The arithmetic that decided.
    pub arithmetic: NumberSystem,
    /// Whether the verdict rests on a sample as well.
    pub sampled: bool,
    /// Of a flow, whether all that is asserted, equalities among it, is certain at all times: over every stretch, and for ever after.
    pub is_for_ever: bool,
    /// The number of steps that were looked at; of a flow the units of time, rounded down.
    pub horizon: u64,
    /// The trends at the last subject that reported any.
    pub trends: Vec<Trend>,
    /// Wall time: the claim's own, and its share of the run.
    pub time: Duration,
    /// What the code of the claim said when it panicked, and where.
    pub broken: Option<String>,
    /// The equality that agrees the least, measured by what is asked of it, of those that do not agree as far as that.
    pub(super) lacking: Option<Lacking>,
    /// The first relation of which it is not decided whether it says more than a trivial bound.
    pub(super) tie: Option<Failure>,
    /// Whether something was left out over a stretch of a flow: an equality, or all because a hypothesis stayed open.
    pub(super) has_gaps: bool,
    /// Whether the claim has nothing to say of the run, from its start to its end.
    pub(super) is_closed: bool,
    /// Whether a definition does not accept the run, of which nobody said that it would.
    pub(super) is_rejected: bool,
    /// Whether something stayed open that no precision decides: over a stretch of a flow, however short, by how far the flow goes in it; or by what a
    /// claim says itself.
    pub(super) is_beyond_precision: bool,
}

/// What is said of a relation that stays open over a stretch of a flow.
const TOO_WIDE: &str = "no shorter stretch is looked at, and more bits do not help";

impl InstanceVerdict {
    /// Nothing has been looked at yet.
    pub(super) fn new(arithmetic: NumberSystem) -> Self {
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
            within: None,
            arithmetic,
            sampled: false,
            is_for_ever: false,
            horizon: 0,
            trends: Vec::new(),
            time: Duration::ZERO,
            broken: None,
            lacking: None,
            tie: None,
            has_gaps: false,
            is_closed: false,
            is_rejected: false,
            is_beyond_precision: false,
        }
    }

    /// The weakest evidence that the verdict rests on.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match self.arithmetic {
            _ if self.refuted.is_none() && self.agrees_log2.is_some() => Evidence::Numerical,
            _ if self.sampled => Evidence::Statistical,
            NumberSystem::Rational => Evidence::Exact,
            NumberSystem::Ball(_) => Evidence::Certified,
        }
    }

    /// Whether no precision can change it.
    pub(super) fn is_final(&self) -> bool {
        self.refuted.is_some() || self.broken.is_some() || self.is_rejected
    }

    /// Whether there is nothing more to see: what is open asks for a higher precision first, or, if none helps, for what a later time may refute.
    pub(super) fn is_settled(&self) -> bool {
        self.is_final() || self.undecided.is_some() && !self.is_beyond_precision
    }

    /// Takes in what a sample says of the relations of an event.
    pub(super) fn take_in_sample(&mut self, finding: &Finding) {
        self.sampled |= !finding.relations().is_empty();
        self.take_in(finding, Subject::of_case());
    }

    /// Takes in what was found of a subject.
    pub(super) fn take_in(&mut self, finding: &Finding, subject: Subject) {
        let Subject { t, conclusion_only, .. } = subject;
        let mut despite = Vec::new();
        self.count_assumptions(finding, t);
        for hypothesis in finding.hypotheses() {
            let failure = || Failure::of_hypothesis(hypothesis, t);
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
            self.undecided = Some(Failure::of_hypothesis(open, t));
            return;
        }
        if !finding.trends().is_empty() {
            self.trends = finding.trends().to_vec();
        }
        self.within = finding.within().or(self.within);
        for relation in finding.relations() {
            self.applicable = !self.is_rejected;
            self.judge(relation, subject, &despite);
        }
    }

    /// Counts what became of the hypotheses, and nothing else.
    pub(super) fn count_assumptions(&mut self, finding: &Finding, t: When) {
        for (place, hypothesis) in finding.hypotheses().iter().enumerate() {
            self.assume(hypothesis, place, t);
        }
    }

    /// Counts the hypothesis in the given place of a finding: it is mostly in the same place every time.
    fn assume(&mut self, hypothesis: &Hypothesis, place: usize, t: When) {
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
            assumption.first_not_met.get_or_insert_with(|| Failure::of_hypothesis(hypothesis, t));
        }
    }

    fn judge(&mut self, relation: &Relation, subject: Subject, despite: &[&'static str]) {
        let Subject { t, built, .. } = subject;
        let asked_log2 = if relation.is_of_weights_alone { subject.asked_of_weights_log2 } else { subject.asked_log2 };
        if relation.is_informative_open && self.tie.is_none() {
            let remark = Some("whether that is more than a trivial bound is not decided".to_owned());
            self.tie = Some(Failure { remark, ..Failure::of(relation, t) });
        }
        if relation.informative && !self.asserted.contains(&relation.id.label) {
            self.asserted.push(relation.id.label);
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
                let lack = |lacking: &Lacking| lacking.agrees_log2 - lacking.asked_log2;
                if log2 > asked_log2 && self.lacking.as_ref().is_none_or(|worst| lack(worst) < log2 - asked_log2) {
                    self.lacking = Some(Lacking { failure: failure(), agrees_log2: log2, asked_log2 });
                }
            }
            Outcome::False if relation.membership && built == Built::Unknown => {
                (self.is_rejected, self.applicable) = (true, false);
                self.unmet.get_or_insert_with(failure);
                return;
            }
            Outcome::False => {
                self.refuted.get_or_insert_with(failure);
                // Nothing trivial is false.
                self.informative = true;
                return;
            }
            Outcome::Open => {
                self.is_beyond_precision |= relation.is_beyond_precision;
                let remark = matches!(t, When::Between(..)).then(|| TOO_WIDE.to_owned());
                self.undecided.get_or_insert_with(|| Failure { remark, ..failure() });
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

    /// The run ended before everything was decided; of a claim that has nothing to say of it all was.
    pub(super) fn open(&mut self, t: When, label: &'static str) {
        if self.is_closed {
            return;
        }
        self.undecided.get_or_insert_with(|| Failure::bare(t, label));
    }

    /// The statement is shown nothing more.
    pub(super) fn cut(&mut self, t: When, cut: &Cut) {
        match cut.why() {
            Ok(why) => self.open(t, why),
            Err(Panicked(message)) => {
                self.broken.get_or_insert_with(|| format!("panicked at {t}: {message}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refuted_was_no_trivial_bound() {
        let mut finding = Finding::default();
        finding.asserted("false", false).informative_if(Truth::Open);
        let mut verdict = InstanceVerdict::new(NumberSystem::Rational);
        verdict.take_in(&finding, Subject::of_case());
        assert!(verdict.refuted.is_some() && verdict.informative);
    }
}
