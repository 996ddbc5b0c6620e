//! How a run ends.

use crate::descent::{Divergence, Failure};
use crate::reference::Stop;
use crate::time_limit::TimeLimit;

/// How a run ended, and why if before its last step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All steps were taken.
    Finished,
    /// A number left the range of f64.
    Diverged(String),
    /// Something that must be known was not known at the precision.
    PrecisionExhausted(String),
    /// Stopped from outside, or for want of time.
    Interrupted(String),
    /// Not gone on with, though it could have been.
    Stopped(String),
}

impl Ending {
    /// The word used in reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Diverged(_) => "diverged",
            Self::PrecisionExhausted(_) => "precision-exhausted",
            Self::Interrupted(_) => "interrupted",
            Self::Stopped(_) => "stopped",
        }
    }

    /// Why the run ended, unless it finished.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Finished => None,
            Self::Diverged(reason)
            | Self::PrecisionExhausted(reason)
            | Self::Interrupted(reason)
            | Self::Stopped(reason) => Some(reason),
        }
    }

    /// Of a run that had to end by `time`.
    pub(crate) fn out_of(time: &TimeLimit) -> Self {
        let reason = if time.is_interrupted() { "stopped by the user" } else { "the time is used up" };
        Self::Interrupted(reason.to_owned())
    }

    /// Of a flow that the f64 program could not follow beyond time `t`.
    pub(crate) fn failed_flow(t: f64, failure: Failure) -> Self {
        match failure {
            Failure::Diverged(divergence) => Self::Diverged(format!("diverged at t = {t}: {divergence}")),
            Failure::StepUnderflow => Self::PrecisionExhausted(format!("precision exhausted at t = {t}: {failure}")),
        }
    }

    /// Of a run of the f64 program that diverged at step `t`.
    pub(crate) fn diverged(t: u64, divergence: Divergence) -> Self {
        Self::Diverged(format!("diverged at step {t}: {divergence}"))
    }
}

impl From<Stop> for Ending {
    /// Of a run of the reference in a number system that may leave things undecided.
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Diverged { .. } => Self::Diverged(stop.to_string()),
            Stop::PrecisionExhausted { .. } => Self::PrecisionExhausted(stop.to_string()),
        }
    }
}
