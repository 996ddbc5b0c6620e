//! Where a run is: after so many steps, or at a time of a flow.

use std::fmt;

use rug::Rational;

use super::recorded_steps::RecordedSteps;
use crate::number::{nearest_f64, readable};
use crate::problem::{FlowRecording, Plan};

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// After so many steps of descent.
    Step(u64),
    /// At this time of a flow.
    Time(Rational),
}

impl Position {
    /// The number of steps; 0 of a time of a flow.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match self {
            Self::Step(steps) => *steps,
            Self::Time(_) => 0,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(steps) => write!(formatter, "step {steps}"),
            Self::Time(time) => write!(formatter, "t = {}", readable(nearest_f64(time))),
        }
    }
}

/// Where a run is recorded, and where it ends.
#[derive(Clone, Debug)]
pub(super) enum Course {
    Steps { recorded: RecordedSteps, last: u64 },
    Times { recorded: FlowRecording, last: Rational },
}

impl Course {
    pub(super) fn new(plan: &Plan) -> Self {
        match plan {
            Plan::Descent(schedule) => {
                Self::Steps { recorded: RecordedSteps::new(&schedule.record), last: schedule.steps }
            }
            Plan::Flow(schedule) => Self::Times { recorded: schedule.record.clone(), last: schedule.horizon.clone() },
        }
    }

    pub(super) fn start(&self) -> Position {
        match self {
            Self::Steps { .. } => Position::Step(0),
            Self::Times { .. } => Position::Time(Rational::new()),
        }
    }

    /// The first recorded position after `position`; `None` at the end.
    pub(super) fn after(&self, position: &Position) -> Option<Position> {
        match (self, position) {
            (Self::Steps { recorded, last }, Position::Step(t)) => {
                (t < last).then(|| Position::Step(recorded.after(*t, *last)))
            }
            (Self::Times { recorded, last }, Position::Time(t)) => {
                (t < last).then(|| Position::Time(recorded.after(t, last)))
            }
            _ => None,
        }
    }
}
