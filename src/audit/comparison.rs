//! Both questions asked of a whole run.

use std::convert::Infallible;
use std::sync::Arc;

use super::distance::Distance;
use super::precision::{at_enough_bits, is_settled};
use super::steps::{self, JudgedSteps};
use crate::descent::{Descent, StartError};
use crate::problem::{Problem, Schedule};
use crate::time_limit::TimeLimit;

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
        let further = |t| progress(schedule.steps.saturating_add(t));
        let Ok((bits, distance)) = at_enough_bits(
            &Arc::clone(&self.problem),
            bits,
            |bits| Ok::<Distance, Infallible>(self.distance(schedule, bits, time, &further)),
            |distance| is_settled([&distance.certified], distance.is_blurred()),
        );
        Comparison { bits, judged, distance }
    }

    /// Goes back to the start, where every weight is finite.
    fn restart(&mut self) {
        let _ = self.fast.set_weights(&self.start);
    }
}
