//! Where the harness calls the code of a claim. Whatever becomes of that, the harness goes on.

use crate::claims::{Event, Finding, Observer};
use crate::time_limit::OutOfTime;

use super::options::{Limits, OUT_OF_TIME};

/// Why an observer did not come to its end. It is not to be shown anything more: what it remembers of the run may be half of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Time ran out, or the user stopped it.
    OutOfTime,
}

impl Cut {
    /// The reason in words.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::OutOfTime => OUT_OF_TIME,
        }
    }
}

impl From<OutOfTime> for Cut {
    fn from(_: OutOfTime) -> Self {
        Self::OutOfTime
    }
}

/// Shows an event to an observer, which fills in `finding`: all of it, or what is there says nothing.
pub(super) fn observe<T>(
    observer: &mut Observer<'_, T>,
    event: Event<'_, T>,
    finding: &mut Finding,
    limits: &Limits,
) -> Result<(), Cut> {
    limits.time.within(|| observer(event, finding))?;
    Ok(())
}
