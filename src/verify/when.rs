//! At which times something is so.

use std::fmt;

use crate::number::readable;

/// The subjects of an instance by the time at which they are: the number of a point or step, or hours of a flow, for the eye.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// At `W(t)`, or in the step that leads to it.
    Step(u64),
    /// At an hour of a flow.
    At(Hour),
    /// Between two hours of a flow: at all of them, or it is not said at which.
    Between(Hour, Hour),
    /// At all hours of a flow from one on.
    EverAfter(Hour),
}

/// Where on a flow, as its horizon counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hour {
    /// At a time.
    Time(f64),
    /// Where `−ln R` is about this.
    LogRisk(f64),
}

impl Hour {
    /// What is counted.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Time(value) | Self::LogRisk(value) => value,
        }
    }

    /// The name of what is counted.
    fn name(self) -> &'static str {
        match self {
            Self::Time(_) => "t",
            Self::LogRisk(_) => "−ln R",
        }
    }
}

impl When {
    /// The start.
    pub const START: Self = Self::Step(0);

    /// How far that is, in whole steps or units of what is counted.
    #[must_use]
    pub fn horizon(self) -> u64 {
        match self {
            Self::Step(t) => t,
            // What is beyond the range of the integers is the largest.
            Self::At(hour) | Self::Between(_, hour) | Self::EverAfter(hour) => hour.value() as u64,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |hour: Hour| readable(hour.value());
        match *self {
            Self::Step(t) => write!(f, "t = {t}"),
            Self::At(hour) => write!(f, "{} = {}", hour.name(), shown(hour)),
            Self::EverAfter(from) => write!(f, "{} ≥ {}", from.name(), shown(from)),
            Self::Between(from, to) => write!(f, "{} ≤ {} ≤ {}", shown(from), to.name(), shown(to)),
        }
    }
}
