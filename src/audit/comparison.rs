//! Both questions asked of a whole run.

use std::sync::Arc;

use super::distance::Distance;
use super::steps::{self, JudgedSteps};
use crate::descent::{Descent, StartError};
use crate::problem::{Problem, Schedule};
use crate::time_limit::TimeLimit;
use crate::trajectory::Ending;

/// The precision up to which that of the certified run is raised.
pub(super) const MAX_BITS: u32 = 4096;

/// A run of the f64 program that is to be held against the reference.
#[derive(Debug)]
pub struct Audit {
    problem: Arc<Problem>,
    fast: Descent,
    /// The weights that the f64 run starts from.
    start: Vec<f64>,
}

/// A run in f64 beside the certified one.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The precision of the certified run.
    pub bits: u32,
    /// The judgement of the f64 steps, all of them.
    pub judged: JudgedSteps,
    /// The distance of the f64 run.
    pub distance: Distance,
}

impl Audit {
    /// Begins with the f64 run of `problem`.
    ///
    /// # Errors
    ///
    /// A [`StartError`] if the f64 program cannot begin with the problem.
    pub fn begin(problem: Arc<Problem>) -> Result<Self, StartError> {
        let fast = Descent::new(&problem)?;
        Ok(Self { start: fast.parameters().to_vec(), fast, problem })
    }

    /// Judges the first `steps` steps, as long as there is time; `progress` is told how many have been taken.
    pub fn judge(&mut self, steps: u64, time: &TimeLimit, progress: &dyn Fn(u64)) -> JudgedSteps {
        self.restart();
        steps::judge(&self.problem, &mut self.fast, steps, time, progress)
    }

    /// Measures how far the run of `schedule` is from the certified one at `bits` bits, as long as there is time; `progress` is told how many
    /// steps have been taken.
    pub fn distance(&mut self, schedule: &Schedule, bits: u32, time: &TimeLimit, progress: &dyn Fn(u64)) -> Distance {
        self.restart();
        Distance::measured(&self.problem, &mut self.fast, schedule, bits, time, progress)
    }

    /// Judges every step of `schedule`, and measures the distance of the run at `bits` bits or more: the precision is doubled, up to 4096 bits
    /// and as long as there is room, until the certified run is well and every error can be told from the radius. `progress` is told of the
    /// steps judged, and then of as many and those of the distance.
    pub fn compare(&mut self, schedule: &Schedule, bits: u32, time: &TimeLimit, progress: &dyn Fn(u64)) -> Comparison {
        let judged = self.judge(schedule.steps, time, progress);
        let mut bits = bits;
        loop {
            let distance = self.distance(schedule, bits, time, &|t| progress(schedule.steps.saturating_add(t)));
            let is_enough = match distance.certified {
                Ending::Interrupted(_) => true,
                Ending::PrecisionExhausted(_) => false,
                _ => !distance.is_blurred(),
            };
            if is_enough || bits >= MAX_BITS || self.problem.check_room(bits.saturating_mul(2)).is_err() {
                return Comparison { bits, judged, distance };
            }
            bits = (bits * 2).min(MAX_BITS);
        }
    }

    /// Goes back to the start, where every weight is finite.
    fn restart(&mut self) {
        let _ = self.fast.set_weights(&self.start);
    }
}
