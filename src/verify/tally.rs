//! The verdict on a claim is added up from what was found on each instance, shape or case.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::claims::{Claim, Scope};
use crate::generate::Instance;
use crate::problem::Network;

use super::control::Caught;
use super::failure::Failure;
use super::instance_verdict::{InstanceVerdict, NumberSystem};
use super::remarks::{Remark, Remarks};
use super::verdict::{ClaimVerdict, Range, Status};

impl ClaimVerdict {
    /// Nothing has been found yet.
    pub(super) fn blank(claim: &Claim) -> Self {
        Self {
            id: claim.id(),
            in_catalogue: claim.is_in_catalogue(),
            paper: claim.paper(),
            expected: claim.expected(),
            status: Status::NotApplicable,
            scope: claim.scope(),
            evidence: None,
            instances: 0,
            applicable: 0,
            informative: 0,
            asserted: Vec::new(),
            attained: 0,
            roads: BTreeMap::new(),
            undecided: 0,
            worst_ratio: None,
            agrees_log2: None,
            within: None,
            max_bits: 0,
            horizon: 0,
            control: None,
            time: Duration::ZERO,
            note: Remarks::default(),
            depths: None,
            widths: None,
            examples: None,
            informative_by_depth: Vec::new(),
            trends: Vec::new(),
            counterexample: None,
            left_open: None,
            confidence: None,
            samples: Vec::new(),
            curves: Vec::new(),
        }
    }

    /// Counts what was found of one case of a claim about chance.
    pub(super) fn gather_case(&mut self, case: &str, found: InstanceVerdict) {
        self.tally(found, |failure| Remark::FailedFor(case.to_owned(), failure));
    }

    /// Counts what was found on one instance, or of one case; whether it was applicable and decided.
    fn tally(&mut self, found: InstanceVerdict, remark: impl Fn(Failure) -> Remark) -> bool {
        self.instances += 1;
        self.time += found.time;
        if let Some(message) = found.broken {
            self.fail(Remark::Broken(message));
            return false;
        }
        if let NumberSystem::Ball(bits) = found.arithmetic {
            self.max_bits = self.max_bits.max(bits);
        }
        if let Some(failure) = &found.refuted {
            if self.status == Status::Failed {
                return false;
            }
            if self.status != Status::Refuted {
                self.note.replace(remark(failure.clone()));
                self.evidence = None;
            }
            self.status = Status::Refuted;
            // A refutation rests on what refuted, not on what passed.
            let evidence = found.evidence();
            self.evidence = Some(self.evidence.map_or(evidence, |weakest| weakest.max(evidence)));
        } else if let Some(failure) = &found.undecided {
            self.undecided += 1;
            self.horizon = self.horizon.max(found.horizon);
            self.note.add_if_empty(|| remark(failure.clone()));
            return false;
        }
        if !found.applicable {
            if let (Some(failure), 0) = (&found.unmet, self.applicable) {
                self.note.add_if_empty(|| Remark::NotApplicable(failure.id.label));
            }
            return false;
        }
        self.note.applies();
        self.applicable += 1;
        self.informative += u64::from(found.informative);
        for label in &found.asserted {
            if !self.asserted.contains(label) {
                self.asserted.push(label);
            }
        }
        self.attained += u64::from(!found.attained.is_empty());
        for (road, count) in &found.attained {
            *self.roads.entry(road).or_default() += count;
        }
        self.worst_ratio = larger(self.worst_ratio, found.worst_ratio);
        self.agrees_log2 = larger(self.agrees_log2, found.agrees_log2);
        self.within = larger(self.within, found.within);
        self.horizon = self.horizon.max(found.horizon);
        if !matches!(self.status, Status::Refuted | Status::Failed) {
            let evidence = found.evidence();
            self.evidence = Some(self.evidence.map_or(evidence, |weakest| weakest.min(evidence)));
        }
        self.trends = found.trends;
        true
    }

    /// Adds what was found on one instance.
    pub(super) fn gather(&mut self, instance: &Instance, found: InstanceVerdict) {
        let informative = found.informative;
        if !self.tally(found, Remark::Failed) {
            return;
        }
        let problem = &instance.problem;
        let examples = problem.exact_examples().map_or(0, |(x, _)| x.rows());
        self.cover(problem.network(), examples);
        let depth = problem.network().depth() as u64;
        match self.informative_by_depth.iter_mut().find(|(known, ..)| *known == depth) {
            Some((_, known, applicable)) => {
                *known += u64::from(informative);
                *applicable += 1;
            }
            None => {
                self.informative_by_depth.push((depth, u64::from(informative), 1));
                self.informative_by_depth.sort_unstable();
            }
        }
    }

    /// Widens the ranges of depths, widths (of filters, their sizes) and examples by one instance or shape.
    pub(super) fn cover(&mut self, network: &Network, examples: usize) {
        let join = |range: &mut Option<Range>, value: usize| {
            let value = Range::of(value as u64);
            *range = Some(range.map_or(value, |range| range.joined(value)));
        };
        join(&mut self.depths, network.depth());
        for (_, width) in network.layer_shapes() {
            join(&mut self.widths, width);
        }
        join(&mut self.widths, network.output_dimension());
        join(&mut self.examples, examples);
    }

    /// Sets the status of a claim checked on instances, and what goes with it.
    pub(super) fn conclude(&mut self) {
        if self.status == Status::Failed {
            return;
        }
        if self.status == Status::Refuted {
            // How near the relations that passed came to failing means nothing beside the one that did.
            (self.worst_ratio, self.agrees_log2, self.within) = (None, None, None);
        } else if self.undecided > 0 {
            self.status = Status::Undecided;
        } else if self.informative > 0 {
            self.status = Status::Holds;
            if let Some(log2) = self.agrees_log2 {
                self.note.add(Remark::Agreement { log2, max_bits: self.max_bits });
            }
        } else {
            self.status = Status::NotApplicable;
            self.note.add_if_empty(|| if self.applicable == 0 { Remark::NothingExamined } else { Remark::Trivial });
        }
    }

    /// The check broke, whatever else was found; why.
    pub(super) fn fail(&mut self, why: Remark) {
        if self.status != Status::Failed {
            (self.status, self.evidence) = (Status::Failed, None);
            self.note.replace(why);
        }
    }

    /// Says in the note that there are far fewer applicable instances than were asked for.
    pub(super) fn note_scarcity(&mut self, wanted: u64) {
        if self.status == Status::Holds && self.applicable < wanted && self.is_scarce() {
            self.note.add(Remark::Scarce { applicable: self.applicable, instances: self.instances, wanted });
        }
    }

    /// Names in the note of a limit that holds the finite-time inequalities through which it does.
    pub(super) fn name_inequalities(&mut self) {
        if self.scope == Scope::Consequence && self.status == Status::Holds {
            self.note.add(Remark::Through(self.asserted.clone()));
        }
    }

    /// Without a control, or all instances that were asked for, nothing holds yet. What is refuted is.
    pub(super) fn cut_short(&mut self) {
        if !matches!(self.status, Status::Refuted | Status::Failed) {
            self.status = Status::Undecided;
            self.note.replace(Remark::OutOfTime);
        }
    }

    /// Takes in how the controls came out.
    pub(super) fn note_control(&mut self, caught: Caught) {
        self.control = match caught {
            Caught::All => Some(true),
            Caught::Missed(change) => {
                self.note.add(Remark::ControlMissed(change));
                Some(false)
            }
            Caught::Broken(message) => {
                self.fail(Remark::ControlBroken(message));
                Some(false)
            }
            Caught::NoControl => {
                self.note.add(Remark::NoControl);
                None
            }
            Caught::CutShort => {
                self.cut_short();
                None
            }
        };
    }
}

fn larger(first: Option<f64>, second: Option<f64>) -> Option<f64> {
    match (first, second) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (one, other) => one.or(other),
    }
}
