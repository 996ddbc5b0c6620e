//! One claim on the user's own run.

use crate::claims::Claim;
use crate::generate::Instance;
use crate::problem::Spec;

use super::examine::{InstanceVerdict, Limits, examine_instance};
use super::verdict::Status;

/// What was found of a claim on the user's own run.
#[derive(Clone, Debug)]
pub struct OwnRunVerdict {
    /// The verdict on the run; with `conclusion_only` it speaks of the conclusion alone.
    pub status: Status,
    /// What stands behind it.
    pub found: InstanceVerdict,
}

/// Checks `claim` on the run of `spec`: its data, each `W(t)`, each step and pair `W(t), W(t+1)`, the run.
#[must_use]
pub fn verify_own_run(claim: &Claim, spec: &Spec, limits: &Limits) -> OwnRunVerdict {
    let instance = Instance::run(spec.problem.clone(), spec.schedule.steps);
    let mut found = examine_instance(&[claim.statement()], &instance, limits);
    let found = found.remove(0);
    let status = if found.refuted.is_some() {
        Status::Refuted
    } else if found.undecided.is_some() {
        Status::Undecided
    } else if found.applicable {
        Status::Holds
    } else {
        Status::NotApplicable
    };
    OwnRunVerdict { status, found }
}
