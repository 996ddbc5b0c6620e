//! At which times something is so.

use std::fmt;

use crate::number::readable;

/// The subjects of an instance by the time at which they are: the number of a point or step, or times of a flow, for the eye.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// At `W(t)`, or in the step that leads to it.
    Step(u64),
    /// At a time of a flow.
    Time(f64),
    /// Between two times of a flow: at all of them, or it is not said at which.
    Between(f64, f64),
    /// At all times of a flow from one on.
    EverAfter(f64),
}

impl When {
    /// The start.
    pub const START: Self = Self::Step(0);

    /// How far that is, in whole steps or units of time.
    #[must_use]
    pub fn horizon(self) -> u64 {
        match self {
            Self::Step(t) => t,
            // What is beyond the range of the integers is the largest.
            Self::Time(t) | Self::Between(_, t) | Self::EverAfter(t) => t as u64,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Step(t) => write!(f, "t = {t}"),
            Self::Time(t) => write!(f, "t = {}", readable(t)),
            Self::EverAfter(from) => write!(f, "t ≥ {}", readable(from)),
            Self::Between(from, to) => write!(f, "{} ≤ t ≤ {}", readable(from), readable(to)),
        }
    }
}
