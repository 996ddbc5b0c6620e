//! Negative controls: variations of a claim that must come out the other way, through the same code.

use crate::claims::{Claim, Control, ControlInstance, Expected};
use crate::time_limit::OutOfTime;

use super::chance::control_comes_out;
use super::examine::{Extent, examine};
use super::identity::examine_identity;
use super::options::Options;
use super::verdict::Evidence;

/// How a claim's controls came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caught {
    /// All as they must.
    All,
    /// The first that did not: what was changed.
    Missed(&'static str),
    /// The claim has no control, which is a defect of the claim.
    NoControl,
    /// Time ran out, or the user stopped it, before they were decided.
    CutShort,
}

impl Caught {
    /// Runs every control of `claim` with the seed and the limits of `options`.
    #[must_use]
    pub fn run(claim: &Claim, options: &Options) -> Self {
        let limits = &options.limits;
        if claim.controls().is_empty() {
            return Self::NoControl;
        }
        if limits.exhausted() {
            return Self::CutShort;
        }
        let missed = claim.controls().iter().find(|control| !comes_out(control, claim.expected(), options));
        match missed {
            None => Self::All,
            // A control that time did not suffice for has not been missed.
            Some(_) if limits.exhausted() => Self::CutShort,
            Some(control) => Self::Missed(control.change),
        }
    }
}

fn comes_out(control: &Control, expected: Expected, options: &Options) -> bool {
    let (seed, limits) = (options.seed, &options.limits);
    let (refuted, undecided) = match &control.instance {
        ControlInstance::Chance(statement) => {
            return control_comes_out(&**statement, control.change, expected == Expected::Refuted, options);
        }
        ControlInstance::On(instance) => {
            let verdicts = examine(&[&*control.statement], instance, limits, Extent::Verdict);
            let verdict = &verdicts[0];
            (verdict.refuted.is_some() && verdict.evidence() >= Evidence::Certified, verdict.undecided.is_some())
        }
        ControlInstance::Shape(shape) => {
            match limits.time.within(|| examine_identity(&*control.statement, shape, seed)) {
                Ok(verdict) => (verdict.refuted.is_some(), verdict.undecided.is_some() || verdict.degree.is_none()),
                Err(OutOfTime) => (false, true),
            }
        }
    };
    match expected {
        Expected::Holds => refuted,
        Expected::Refuted => !refuted && !undecided,
    }
}
