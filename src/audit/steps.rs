//! All steps of an f64 run, judged one by one.

use std::sync::Arc;

use super::judge::Judge;
use crate::descent::{Descent, StepOutcome};
use crate::number::Truth;
use crate::problem::Problem;
use crate::time_limit::TimeLimit;

/// What was found of the f64 steps, judged one by one.
#[derive(Clone, Debug)]
pub struct JudgedSteps {
    /// How many.
    pub steps: u64,
    /// The longest chain of roundings in a step.
    pub chain_length: u64,
    /// The largest share of its bound that a weight used, rounded upward; infinite if nothing bounds one.
    pub worst_share: f64,
    /// The step and the layer (from 1) of that weight.
    pub worst_at: (u64, usize),
    /// The first step that is certainly not within its bound.
    pub exceeded: Option<u64>,
    /// The first step of which that is not decided: nothing bounds it.
    pub undecided: Option<u64>,
}

/// Judges every step of the run of `problem` that `fast` begins, up to step number `steps` or as long as there is time; `progress` is told the
/// steps taken.
pub(super) fn judge(
    problem: &Arc<Problem>,
    fast: &mut Descent,
    steps: u64,
    time: &TimeLimit,
    progress: &dyn Fn(u64),
) -> JudgedSteps {
    let mut judged =
        JudgedSteps { steps: 0, chain_length: 0, worst_share: 0.0, worst_at: (0, 1), exceeded: None, undecided: None };
    let Ok(judge) = time.within(|| Judge::new(Arc::clone(problem))) else { return judged };
    judged.chain_length = judge.chain_length();
    let mut before = judge.weights(fast);
    while fast.t() < steps && !time.is_over() {
        let (t, eta) = (fast.t(), fast.eta());
        let stepped = time.within(|| match fast.step() {
            StepOutcome::Diverged(_) => None,
            StepOutcome::Advanced => {
                let after = judge.weights(fast);
                let verdict = judge.step(&before, eta, &after);
                Some((after, verdict))
            }
        });
        let Ok(Some((after, verdict))) = stepped else { break };
        match verdict.within {
            Truth::True => {}
            Truth::False => _ = judged.exceeded.get_or_insert(t),
            Truth::Open => _ = judged.undecided.get_or_insert(t),
        }
        if verdict.share > judged.worst_share {
            (judged.worst_share, judged.worst_at) = (verdict.share, (t, verdict.layer));
        }
        judged.steps += 1;
        before = after;
        progress(fast.t());
    }
    judged
}
