//! Where a run is: after so many steps, or at a time of a flow.

use std::fmt;

use rug::Rational;

use super::recorded_steps::RecordedSteps;
use crate::number::{nearest_f64, readable};
use crate::problem::{Clock, FlowRecording, Plan};

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// After so many steps of descent.
    Step(u64),
    /// At this time of a flow.
    Time(Rational),
    /// Where `−ln R` of a flow reaches this.
    LogRisk(Rational),
}

impl Position {
    /// The number of steps; 0 of a flow.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match self {
            Self::Step(steps) => *steps,
            Self::Time(_) | Self::LogRisk(_) => 0,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(steps) => write!(formatter, "step {steps}"),
            Self::Time(time) => write!(formatter, "t = {}", readable(nearest_f64(time))),
            Self::LogRisk(log_risk) => write!(formatter, "−ln R = {}", readable(nearest_f64(log_risk))),
        }
    }
}

/// Where a run is recorded, and where it ends.
#[derive(Clone, Debug)]
pub(super) enum Course {
    Steps {
        recorded: RecordedSteps,
        last: u64,
    },
    Times {
        recorded: FlowRecording,
        last: Rational,
    },
    /// From a start with this `−ln R`, or a little less.
    LogRisks {
        recorded: FlowRecording,
        last: Rational,
        start: Rational,
    },
}

impl Course {
    /// Of a plan, for a flow that has reached `start` as its clock counts.
    pub(super) fn new(plan: &Plan, start: Rational) -> Self {
        match plan {
            Plan::Descent(schedule) => {
                Self::Steps { recorded: RecordedSteps::new(&schedule.record), last: schedule.steps }
            }
            Plan::Flow(schedule) => {
                let (recorded, last) = (schedule.record.clone(), schedule.horizon.clone());
                match schedule.clock {
                    Clock::Time => Self::Times { recorded, last },
                    Clock::LogRisk => Self::LogRisks { recorded, last, start },
                }
            }
        }
    }

    pub(super) fn start(&self) -> Position {
        match self {
            Self::Steps { .. } => Position::Step(0),
            Self::Times { .. } | Self::LogRisks { .. } => Position::Time(Rational::new()),
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
            (Self::LogRisks { recorded, last, start }, position) => {
                let reached = if let Position::LogRisk(reached) = position { reached } else { start };
                (reached < last).then(|| Position::LogRisk(recorded.after(reached, last)))
            }
            _ => None,
        }
    }
}
