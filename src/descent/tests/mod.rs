//! Tests of the room as a whole.

mod budget;
mod by_hand;
mod counting;
mod definition;
mod differences;
mod divergence;
mod flow;
mod norms;
mod roundings;
mod samples;
mod smoothness;

use super::Descent;
use super::StepOutcome;
use crate::problem::Problem;

/// The run at its start.
fn start(problem: &Problem) -> Descent {
    Descent::new(problem).unwrap()
}

/// Takes a step that is expected to succeed.
fn advance(descent: &mut Descent) {
    assert_eq!(descent.step(), StepOutcome::Advanced);
}
