//! How far the f64 integrator is from the flow, time by time.
//!
//! Nothing is judged here: the error of a step of the integrator is estimated, not bounded, so there is no budget that it could exceed. What is
//! measured is certified all the same.

use std::sync::Arc;

use rug::Rational;

use super::deviation::Row;
use super::precision::{at_enough_bits, is_settled};
use crate::descent::{self, Divergence, FlowOutcome};
use crate::number::NotRecorded;
use crate::problem::{FlowSchedule, Problem, nearest_f64};
use crate::reference;
use crate::time_limit::{OutOfTime, TimeLimit};
use crate::trajectory::{Ending, Position};

/// A flow in f64 beside the enclosed one.
#[derive(Clone, Debug)]
pub struct FlowComparison {
    /// The precision of the enclosure.
    pub bits: u32,
    /// The distance of the f64 flow.
    pub distance: FlowDistance,
}

/// A flow in f64 beside the enclosed one, at one precision.
#[derive(Clone, Debug)]
pub struct FlowDistance {
    /// The recorded times that both reached.
    pub rows: Vec<Row<Rational>>,
    /// How the f64 flow ended.
    pub fast: Ending,
    /// How the enclosure ended.
    pub certified: Ending,
}

/// Follows the flow of `problem` in f64 with `fast`, which is at its start, and encloses it at `bits` bits or more: the precision is doubled, up
/// to 4096 bits and as long as there is room, until the enclosure is well and every error can be told from the radius. `progress` is told the
/// times that were reached.
///
/// # Errors
///
/// [`NotRecorded`] if the gradient of the problem takes more operations than an enclosure of its flow may.
pub fn compare_flow(
    problem: &Arc<Problem>,
    fast: &mut descent::Flow,
    schedule: &FlowSchedule,
    bits: u32,
    time: &TimeLimit,
    progress: &dyn Fn(&Rational),
) -> Result<FlowComparison, NotRecorded> {
    let start = fast.parameters().to_vec();
    let measure = |bits| {
        // Weights that were those of the flow are finite.
        let _ = fast.set_weights(&start);
        FlowDistance::measured(problem, fast, schedule, bits, time, progress)
    };
    let is_enough =
        |distance: &FlowDistance| is_settled([&distance.certified], distance.rows.iter().any(Row::is_blurred));
    let (bits, distance) = at_enough_bits(problem, bits, measure, is_enough)?;
    Ok(FlowComparison { bits, distance })
}

impl FlowDistance {
    fn measured(
        problem: &Arc<Problem>,
        fast: &mut descent::Flow,
        schedule: &FlowSchedule,
        bits: u32,
        time: &TimeLimit,
        progress: &dyn Fn(&Rational),
    ) -> Result<Self, NotRecorded> {
        let mut distance = Self { rows: Vec::new(), fast: Ending::Finished, certified: Ending::Finished };
        match time.within(|| reference::Flow::new(Arc::clone(problem), bits, None)) {
            Ok(certified) => {
                if let Err(OutOfTime) = distance.measure(fast, certified?, schedule, time, progress) {
                    (distance.fast, distance.certified) = (Ending::out_of(time), Ending::out_of(time));
                }
            }
            Err(OutOfTime) => (distance.fast, distance.certified) = (Ending::out_of(time), Ending::out_of(time)),
        }
        Ok(distance)
    }

    /// Follows both at once, until the last time or the end of one of them.
    fn measure(
        &mut self,
        fast: &mut descent::Flow,
        mut certified: reference::Flow,
        schedule: &FlowSchedule,
        time: &TimeLimit,
        progress: &dyn Fn(&Rational),
    ) -> Result<(), OutOfTime> {
        let mut t = Rational::new();
        loop {
            if let Err(divergence) = time.within(|| self.record(fast, &certified))? {
                self.certified = left(&t, "the f64 flow ended");
                self.fast = Ending::Diverged(format!("diverged at {}: {divergence}", Position::Time(t)));
                return Ok(());
            }
            if t >= schedule.horizon {
                return Ok(());
            }
            t = schedule.record.after(&t, &schedule.horizon);
            if let Err(stop) = time.within(|| certified.advance(&t))? {
                (self.fast, self.certified) = (left(&t, "the enclosure ended"), stop.into());
                return Ok(());
            }
            let until = nearest_f64(&t).min(f64::MAX);
            if let FlowOutcome::Failed(failure) = time.within(|| fast.advance_to_unless(until, || time.is_over()))? {
                self.fast = Ending::failed_flow(fast.t(), failure);
                self.certified = left(&t, "the f64 flow ended");
                return Ok(());
            }
            if fast.t() < until {
                return Err(OutOfTime);
            }
            progress(&t);
        }
    }

    fn record(&mut self, fast: &mut descent::Flow, certified: &reference::Flow) -> Result<(), Divergence> {
        let row = Row::new(certified.time().clone(), fast.risk()?, |k| fast.weights(k), &certified.point());
        self.rows.push(row);
        Ok(())
    }
}

/// A flow, or a run beside one, that was well when it was left before time `t`.
pub(super) fn left(t: &Rational, why: &str) -> Ending {
    Ending::Stopped(format!("stopped before {}, where {why}", Position::Time(t.clone())))
}
