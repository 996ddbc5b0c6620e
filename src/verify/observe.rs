//! Where the harness calls the code of a claim. Whatever becomes of that, the harness goes on.

use crate::claims::{Event, Finding, Observer};

use super::options::{Limits, OUT_OF_TIME};
use super::panics::{Panicked, caught};

/// Why nothing more is known of a statement. Its observer is not to be shown anything more: what it remembers of the run may be half of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Time ran out, or the user stopped it.
    OutOfTime,
    /// The run cannot be followed so far.
    Stopped(&'static str),
    /// The code of the claim broke.
    Panicked(Panicked),
}

impl Cut {
    /// The reason in words, if it is not that the claim broke.
    pub(super) fn why(&self) -> Result<&'static str, &Panicked> {
        match self {
            Self::OutOfTime => Ok(OUT_OF_TIME),
            Self::Stopped(why) => Ok(why),
            Self::Panicked(panicked) => Err(panicked),
        }
    }
}

/// Shows an event to an observer, which fills in `finding`: all of it, or what is there says nothing.
pub(super) fn observe<T>(
    observer: &mut Observer<'_, T>,
    event: Event<'_, T>,
    finding: &mut Finding,
    limits: &Limits,
) -> Result<(), Cut> {
    match caught(|| limits.time.within(|| observer(event, finding))) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Cut::OutOfTime),
        Err(panicked) => Err(Cut::Panicked(panicked)),
    }
}
