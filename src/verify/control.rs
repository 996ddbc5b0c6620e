//! Negative controls: variations of a claim that must come out the other way, through the same code.

use crate::claims::{Check, Claim, Control, Expected};

use super::chance::control_comes_out;
use super::examine::{Extent, examine};
use super::identity::{IdentityVerdict, examine_formula, examine_identity};
use super::options::{Limits, Options};
use super::panics::{Panicked, caught};
use super::verdict::Evidence;

/// How a claim's controls came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caught {
    /// All as they must.
    All,
    /// The first that did not: what was changed.
    Missed(&'static str),
    /// The code of one panicked: what was changed, and what it said.
    Broken(String),
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
        for control in claim.controls() {
            match comes_out(control, claim.expected(), options) {
                Ok(true) => {}
                // A control that time did not suffice for has not been missed.
                _ if limits.exhausted() => return Self::CutShort,
                Ok(false) => return Self::Missed(control.change),
                Err(Panicked(message)) => return Self::Broken(format!("{}: {message}", control.change)),
            }
        }
        Self::All
    }
}

/// Whether a control comes out as it must: refuted by exact or certified arithmetic. The repaired form of a statement that is expected to be
/// refuted has to hold where the printed one does not, so it must apply there and say more than a trivial bound.
fn comes_out(control: &Control, expected: Expected, options: &Options) -> Result<bool, Panicked> {
    let (seed, limits) = (options.seed, &options.limits);
    let repaired = expected == Expected::Refuted;
    match &control.check {
        Check::Chance(statement) => control_comes_out(&**statement, control.change, repaired, options),
        Check::Instances { statement, source } => {
            // No time, or no instance: nothing comes out.
            let Ok(Some(instance)) = caught(|| limits.time.within(|| source.instance(seed, 0)))? else {
                return Ok(false);
            };
            let found = examine(&[&**statement], &instance, limits, Extent::Verdict).remove(0);
            if let Some(message) = found.broken {
                return Err(Panicked(message));
            }
            Ok(if repaired {
                found.applicable && found.informative && found.refuted.is_none() && found.undecided.is_none()
            } else {
                found.refuted.is_some() && found.evidence() >= Evidence::Certified
            })
        }
        Check::Identity { statement, shapes } => identities_come_out(
            shapes.iter().map(|shape| examine_identity(&**statement, shape, seed)),
            repaired,
            limits,
        ),
        Check::Formula(formula) => {
            identities_come_out(std::iter::once_with(|| examine_formula(&**formula, seed)), repaired, limits)
        }
    }
}

/// Whether one of the tests of identities, each made when it is asked for, refutes; of the repaired form, whether all of them hold.
fn identities_come_out(
    mut tests: impl Iterator<Item = IdentityVerdict>,
    repaired: bool,
    limits: &Limits,
) -> Result<bool, Panicked> {
    let (mut refuted, mut undecided, mut is_tested) = (false, false, false);
    loop {
        let Ok(found) = limits.time.within(|| tests.next()) else { return Ok(false) };
        let Some(found) = found else { break };
        if let Some(message) = found.broken {
            return Err(Panicked(message));
        }
        if found.degree.is_none() || found.relations == 0 || found.no_equality.is_some() {
            return Ok(false);
        }
        refuted |= found.refuted.is_some();
        undecided |= found.undecided.is_some();
        is_tested = true;
    }
    Ok(if repaired { is_tested && !refuted && !undecided } else { refuted })
}
