//! A run from one recorded step to the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ending::Ending;
use super::limit::Limit;
use super::position::{Course, Position};
use super::record::{Parts, Record};
use super::state::{State, begin};
use crate::descent::StartError;
use crate::number::{Magnitude, NotRecorded};
use crate::problem::{Plan, Problem};
use crate::time_limit::{OutOfTime, TimeLimit};

/// What the record of a last state that is not in the schedule may take: somebody waits for the end.
const LAST_RECORD: Duration = Duration::from_millis(500);

/// Why a run cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBeginning {
    /// The f64 program cannot begin with the problem.
    #[error(transparent)]
    F64(#[from] StartError),
    /// The gradient cannot be written down, as enclosing a flow needs it.
    #[error("run.arithmetic: to enclose a flow its gradient is written down, and it is {0}")]
    Gradient(#[from] NotRecorded),
}

/// A run, as an iterator over what is recorded of it: its start, what its plan says, and the last position that it reached.
///
/// A run ends at the same position whatever is recorded of it. Once there are no more records, [`ending`](Self::ending) says why.
#[derive(Debug)]
pub struct Trajectory {
    state: Box<dyn State>,
    course: Course,
    parts: Parts,
    time: TimeLimit,
    clock: Duration,
    /// Steps taken.
    taken: u64,
    /// The last position recorded, and what bounds the distance from the exact weights there.
    recorded: Option<(Position, Option<Magnitude>)>,
    ending: Option<Ending>,
}

impl Trajectory {
    /// Begins the run of `problem` in the arithmetic of `plan`. A reference run that has no first state has no records, and ends at once.
    ///
    /// # Errors
    ///
    /// [`NoBeginning`] if the f64 program, or what encloses a flow, cannot begin with the problem. Whether a problem can be written in the
    /// arithmetic at all, and has room there, is asked before by [`Arithmetic::check`](crate::problem::Arithmetic::check).
    pub fn begin(problem: Arc<Problem>, plan: &Plan, parts: Parts) -> Result<Self, NoBeginning> {
        let state = begin(problem, plan)?;
        Ok(Self {
            course: Course::new(plan, state.reached()),
            state,
            parts,
            time: TimeLimit::default(),
            clock: Duration::ZERO,
            taken: 0,
            recorded: None,
            ending: None,
        })
    }

    /// The same run, which has to end by `time`: then it stays at the last step that it took, even if that was under way for longer.
    #[must_use]
    pub fn within(self, time: TimeLimit) -> Self {
        Self { time, ..self }
    }

    /// The number of steps taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// About how many multiplications the next step along an enclosed flow takes, which can be minutes' worth of them; 0 of any other run.
    #[must_use]
    pub fn products_of_step(&self) -> u64 {
        self.state.products_of_step()
    }

    /// Wall time of the stepping alone, without what recording takes.
    #[must_use]
    pub fn stepping_time(&self) -> Duration {
        self.clock
    }

    /// The last position that was recorded; the start if none was.
    #[must_use]
    pub fn last_t(&self) -> Position {
        self.recorded.as_ref().map_or_else(|| self.course.start(), |(position, _)| position.clone())
    }

    /// In certified arithmetic and of an enclosed flow: at the last recorded position the exact weights, all of them as one vector, lie within
    /// this distance of the centre.
    #[must_use]
    pub fn euclidean_radius(&self) -> Option<Magnitude> {
        self.recorded.as_ref().and_then(|(_, radius)| *radius)
    }

    /// What is known of t = ∞ from where an enclosed flow came to its end, or why nothing is; `None` of any other run, and of one that was cut short.
    #[must_use]
    pub fn limit(&self) -> Option<Result<Limit, String>> {
        let is_at_end = matches!(self.ending, Some(Ending::Finished | Ending::PrecisionExhausted(_)));
        is_at_end.then(|| self.time.within(|| self.state.limit(self.parts)).ok().flatten()).flatten()
    }

    /// How the run ended; [`Ending::Stopped`] as long as there may be more records.
    #[must_use]
    pub fn ending(&self) -> Ending {
        let stopped = || Ending::Stopped(format!("stopped at {}, and nobody asked for more", self.state.position()));
        self.ending.clone().unwrap_or_else(stopped)
    }

    /// The present state, unless it is recorded already, and what ended the run. If the state cannot be recorded the run has ended, and
    /// the state before is the last one.
    fn record(&mut self, time: &TimeLimit) -> (Option<Record>, Option<Ending>) {
        if self.recorded.as_ref().is_some_and(|(position, _)| *position == self.state.position()) {
            return (None, None);
        }
        match time.within(|| self.state.record(self.parts)) {
            Ok(Ok(record)) => {
                self.recorded = Some((record.t.clone(), self.state.radius()));
                (Some(record), None)
            }
            Ok(Err(ending)) => {
                let before = self.state.go_back().then(|| {
                    self.taken = self.state.taken();
                    // What keeps a second state from being recorded is no news.
                    self.record(time).0
                });
                (before.flatten(), Some(ending))
            }
            Err(OutOfTime) => (None, Some(Ending::out_of(time))),
        }
    }

    /// The record of the last state, wherever it is, if there is time. One that cannot be recorded is what the run ended at.
    fn end(&mut self, ending: Ending) -> Option<Record> {
        let (record, unrecorded) = self.record(&TimeLimit::after(LAST_RECORD));
        let unrecorded = unrecorded.filter(|unrecorded| !matches!(unrecorded, Ending::Interrupted(_)));
        self.ending = Some(unrecorded.unwrap_or(ending));
        record
    }
}

impl Iterator for Trajectory {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.ending.is_some() {
            return None;
        }
        if let Some((position, _)) = &self.recorded {
            let Some(next) = self.course.after(position) else {
                self.ending = Some(Ending::Finished);
                return None;
            };
            let begun = Instant::now();
            let advanced = self.state.advance(&next, &self.time);
            self.clock += begun.elapsed();
            self.taken = self.state.taken();
            if let Err(ending) = advanced {
                return self.end(ending);
            }
        }
        let time = self.time.clone();
        let (record, ended) = self.record(&time);
        // A state that could not be recorded is followed by the record of the one before, or by none.
        let last = ended.and_then(|ending| self.end(ending));
        record.or(last)
    }
}
