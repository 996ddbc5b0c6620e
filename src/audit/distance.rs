//! How far an f64 run is from the exact one, step by step.

use std::sync::Arc;

use super::deviation::Row;
use crate::descent::{Descent, Divergence, StepOutcome};
use crate::number::Ball;
use crate::problem::{Problem, Schedule};
use crate::reference::{self, Point, Setting};
use crate::time_limit::{OutOfTime, TimeLimit};
use crate::trajectory::{Ending, RecordedSteps};

/// An f64 run beside the certified one.
#[derive(Clone, Debug)]
pub struct Distance {
    /// The recorded steps that both runs reached, and the last one that both did.
    pub rows: Vec<Row<u64>>,
    /// The first step at which the smoothness rule chose different radii.
    pub branched: Option<Branch>,
    /// How the f64 run ended.
    pub fast: Ending,
    /// How the certified run ended.
    pub certified: Ending,
}

/// Where the two runs took different radii.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The step `t` of the radii `R_t`.
    pub t: u64,
    /// The radius of the f64 run.
    pub fast: rug::Rational,
    /// The radius of the certified run.
    pub certified: rug::Rational,
}

impl Distance {
    /// Runs both at once, until the last step, the end of one of them or the first difference between their radii; `progress` is told the steps
    /// taken. `fast` is at the start of the run of `problem`.
    pub(super) fn measured(
        problem: &Arc<Problem>,
        fast: &mut Descent,
        schedule: &Schedule,
        bits: u32,
        time: &TimeLimit,
        progress: &dyn Fn(u64),
    ) -> Self {
        let mut distance =
            Self { rows: Vec::new(), branched: None, fast: Ending::Finished, certified: Ending::Finished };
        if let Err(OutOfTime) = distance.measure(problem, fast, schedule, bits, time, progress) {
            (distance.fast, distance.certified) = (Ending::out_of(time), Ending::out_of(time));
        }
        distance
    }

    fn measure(
        &mut self,
        problem: &Arc<Problem>,
        fast: &mut Descent,
        schedule: &Schedule,
        bits: u32,
        time: &TimeLimit,
        progress: &dyn Fn(u64),
    ) -> Result<(), OutOfTime> {
        let begin = || reference::Descent::<Ball>::new(Arc::new(Setting::new(Arc::clone(problem), bits)));
        let mut certified = match time.within(begin)? {
            Ok(certified) => certified,
            Err(stop) => {
                (self.fast, self.certified) = (left(0, "the certified run ended"), stop.into());
                return Ok(());
            }
        };
        let steps = RecordedSteps::new(&schedule.record);
        let mut recorded = 0;
        loop {
            let t = fast.t();
            if let (Some(of_fast), Some(of_certified)) = (fast.radius(), certified.radius())
                && of_fast != of_certified
            {
                self.branched = Some(Branch { t, fast: of_fast.clone(), certified: of_certified.clone() });
            }
            let last = t >= schedule.steps || self.branched.is_some();
            if t == recorded || last {
                if let Err(divergence) = time.within(|| self.record(fast, certified.point()))? {
                    (self.fast, self.certified) = (Ending::diverged(t, divergence), left(t, "the f64 run ended"));
                    return Ok(());
                }
                recorded = steps.after(t, schedule.steps);
            }
            if last {
                if t < schedule.steps {
                    (self.fast, self.certified) = (left(t, "the runs branched"), left(t, "the runs branched"));
                }
                return Ok(());
            }
            if time.is_over() {
                return Err(OutOfTime);
            }
            let both_at_t = Arc::clone(certified.point());
            let stopped = time.within(|| certified.step().err())?;
            if stopped.is_some() {
                // No step leads the f64 run to weights that cannot be recorded.
                let _ = time.within(|| self.record(fast, &both_at_t))?;
            }
            let stepped = time.within(|| fast.step())?;
            if let StepOutcome::Diverged(divergence) = stepped {
                let _ = time.within(|| self.record(fast, &both_at_t))?;
                self.fast = Ending::diverged(t + 1, divergence);
                self.certified = stopped.map_or_else(|| left(certified.t(), "the f64 run ended"), Ending::from);
                return Ok(());
            }
            if let Some(stop) = stopped {
                (self.fast, self.certified) = (left(fast.t(), "the certified run ended"), stop.into());
                return Ok(());
            }
            progress(fast.t());
        }
    }

    /// Records the step at which both runs are, unless it is recorded already.
    fn record(&mut self, fast: &mut Descent, certified: &Point<Ball>) -> Result<(), Divergence> {
        if self.rows.last().is_none_or(|last| last.t != fast.t()) {
            self.rows.push(Row::new(fast.t(), fast.risk()?, |k| fast.weights(k), certified));
        }
        Ok(())
    }

    /// Whether of some row the radius of an enclosure, not the error, is what one would see.
    #[must_use]
    pub fn is_blurred(&self) -> bool {
        self.rows.iter().any(Row::is_blurred)
    }
}

/// A run that was well when it was left at step `t`.
fn left(t: u64, why: &str) -> Ending {
    Ending::Stopped(format!("stopped at step {t}, where {why}"))
}
