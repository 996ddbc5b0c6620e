//! Claims: the vocabulary in which a statement of a paper is written, and the statements.
//!
//! A claim is a function from a subject to hypotheses and relations over any number system. From that one shape the harness in
//! [`verify`](crate::verify) derives everything else. A claim computes; it decides nothing: no verdict, no tolerance and no
//! precision may be chosen here.

mod claim;
mod finding;
mod statement;

use crate::generate::Instance;
use crate::problem::Spec;

pub use claim::{Check, Claim, Control, ControlInstance, Expected, Reading, Role, Scope, Shape};
pub use finding::{Finding, Hypothesis, Outcome, Relation, Trend};
pub use statement::{
    AboutData, AboutPair, AboutPoint, AboutRun, AboutStep, Event, Examine, Fold, Observer, OnData, OnPairs, OnPoints,
    OnRuns, OnSteps, Statement,
};

pub mod arora;
pub mod ji_telgarsky;

/// Every claim, definition and slip, in the order of the papers.
#[must_use]
pub fn catalogue() -> Vec<Claim> {
    [ji_telgarsky::claims(), arora::claims()].into_iter().flatten().collect()
}

/// The run of a spec that ships with the crate.
fn replay(spec: &str) -> Instance {
    let spec =
        Spec::parse(spec, std::path::Path::new(".")).expect("the specs of the claims are valid, as a test checks");
    Instance::run(spec.problem, spec.schedule.steps)
}
