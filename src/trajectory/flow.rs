//! Gradient flow, by the f64 program or enclosed by the reference.

use std::fmt;
use std::sync::Arc;

use rug::Rational;

use super::enclosed::{Weights, of_ball};
use super::ending::Ending;
use super::limit::{Limit, limit};
use super::observed::of_f64;
use super::position::Position;
use super::record::{Parts, Record, Recordable};
use super::run::NoBeginning;
use super::state::State;
use crate::descent::{self, Failure, FlowOutcome, Tolerance};
use crate::number::{Magnitude, Real, nearest_f64};
use crate::problem::{Arithmetic, FlowSchedule, Problem};
use crate::reference::{self, FlowStop};
use crate::time_limit::TimeLimit;

/// Begins the flow of `problem`.
pub(super) fn begin(problem: Arc<Problem>, schedule: &FlowSchedule) -> Result<Box<dyn State>, NoBeginning> {
    let enclosed = |bits, weights| -> Result<Box<dyn State>, NoBeginning> {
        let flow = reference::Flow::by(schedule.clock, problem.clone(), bits, schedule.tolerance.as_ref())?;
        Ok(Box::new(Enclosed { flow, weights, target: None }))
    };
    match schedule.arithmetic {
        Arithmetic::F64 => {
            let mut flow = descent::Flow::new(&problem)?;
            if let Some(tolerance) = &schedule.tolerance {
                flow.set_tolerance(Tolerance { absolute: nearest_f64(tolerance), ..Tolerance::default() });
            }
            Ok(Box::new(Fast { flow, depth: problem.depth(), reached: Rational::new(), is_torn: false }))
        }
        Arithmetic::Certified(None) => enclosed(f64::MANTISSA_DIGITS, Weights::F64),
        Arithmetic::Certified(Some(bits)) => enclosed(bits, Weights::Centre),
        Arithmetic::Ball(bits) => enclosed(bits, Weights::Balls),
        arithmetic @ (Arithmetic::Mpfr(_) | Arithmetic::Rational) => {
            Ok(Box::new(Ending::Stopped(format!("a flow is not computed in {arithmetic}"))))
        }
    }
}

/// The f64 program.
#[derive(Debug)]
struct Fast {
    flow: descent::Flow,
    depth: usize,
    /// The time, of which the program has the nearest f64.
    reached: Rational,
    /// Whether a step was left half-way: the state is worth nothing.
    is_torn: bool,
}

impl State for Fast {
    fn position(&self) -> Position {
        Position::Time(self.reached.clone())
    }

    fn taken(&self) -> u64 {
        self.flow.steps()
    }

    fn advance(&mut self, to: &Position, time: &TimeLimit) -> Result<(), Ending> {
        let Position::Time(to) = to else { return Ok(()) };
        let target = nearest_f64(to);
        let Ok(outcome) = time.within(|| self.flow.advance_to_unless(target, || time.is_over())) else {
            self.is_torn = true;
            return Err(Ending::out_of(time));
        };
        let is_there = self.flow.t() >= target;
        self.reached = if is_there { to.clone() } else { Rational::from_f64(self.flow.t()).unwrap_or_default() };
        match outcome {
            FlowOutcome::Failed(Failure::Diverged(divergence)) => {
                Err(Ending::Diverged(format!("diverged after {}: {divergence}", self.position())))
            }
            FlowOutcome::Failed(Failure::StepUnderflow) => {
                let failure = Failure::StepUnderflow;
                Err(Ending::PrecisionExhausted(format!("precision exhausted at {}: {failure}", self.position())))
            }
            FlowOutcome::Advanced if !is_there => Err(Ending::out_of(time)),
            FlowOutcome::Advanced => Ok(()),
        }
    }

    fn record(&mut self, parts: Parts) -> Result<Record, Ending> {
        if self.is_torn {
            return Err(Ending::Interrupted("a step was left half-way".to_owned()));
        }
        let position = self.position();
        let failed = |what: &dyn fmt::Display| Ending::Diverged(format!("diverged at {position}: {what}"));
        let seen = self.flow.observe().map_err(|divergence| failed(&divergence))?;
        let weights = || (1..=self.depth).map(|k| self.flow.weights(k)).collect();
        let record = || {
            let known = of_f64(position.clone(), &seen, parts, weights)?;
            Some(Record { log_risk: (-seen.risk.ln()).recorded(), ..known })
        };
        record().ok_or_else(|| failed(&"a number is not finite"))
    }
}

/// The reference.
struct Enclosed {
    flow: reference::Flow,
    weights: Weights,
    /// The last `−ln R` that it came to, of those that it was sent to.
    target: Option<Rational>,
}

impl fmt::Debug for Enclosed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Enclosed").field("time", self.flow.time()).finish_non_exhaustive()
    }
}

impl State for Enclosed {
    fn position(&self) -> Position {
        match (&self.target, self.flow.log_risk()) {
            (Some(target), _) => Position::LogRisk(target.clone()),
            // Wherever it was left.
            (None, Some(log_risk)) if *self.flow.time() > 0 => {
                Position::LogRisk(Rational::from_f64(log_risk.approximate()).unwrap_or_default())
            }
            _ => Position::Time(self.flow.time().clone()),
        }
    }

    fn reached(&self) -> Rational {
        self.flow.reached()
    }

    fn taken(&self) -> u64 {
        self.flow.steps()
    }

    fn products_of_step(&self) -> u64 {
        self.flow.products_of_step()
    }

    fn radius(&self) -> Option<Magnitude> {
        Some(self.flow.radius())
    }

    fn advance(&mut self, to: &Position, time: &TimeLimit) -> Result<(), Ending> {
        // What is left half-way stays at the last time to which it came.
        let advanced = match to {
            Position::Step(_) => return Ok(()),
            Position::Time(to) => time.within(|| self.flow.advance(to)),
            Position::LogRisk(target) => {
                self.target = None;
                time.within(|| -> Result<(), FlowStop> {
                    while self.flow.pass_to_log_risk(target)?.is_some() {}
                    self.target = Some(target.clone());
                    Ok(())
                })
            }
        };
        match advanced {
            Ok(advanced) => Ok(advanced?),
            Err(_) => Err(Ending::out_of(time)),
        }
    }

    fn limit(&self, parts: Parts) -> Option<Result<Limit, String>> {
        Some(limit(&self.flow, self.position(), parts, self.weights))
    }

    fn record(&mut self, parts: Parts) -> Result<Record, Ending> {
        let position = self.position();
        let (around, log_risk) = (self.flow.around(), self.flow.log_risk());
        let risk = log_risk.as_ref().map_or_else(|| around.risk(), |log_risk| (-log_risk.clone()).exp());
        let record = of_ball(position.clone(), &around, &risk, parts, self.weights).ok_or_else(|| {
            Ending::PrecisionExhausted(format!("precision exhausted at {position}: a number is no longer bounded"))
        })?;
        let (time, log_time) = self.flow.elapsed().filter(|_| log_risk.is_some()).unzip();
        Ok(Record {
            log_risk: log_risk.unwrap_or_else(|| -risk.ln()).recorded(),
            time: time.and_then(|time| time.recorded()),
            log_time: log_time.and_then(|log_time| log_time.recorded()),
            ..record
        })
    }
}

impl From<FlowStop> for Ending {
    fn from(stop: FlowStop) -> Self {
        Self::PrecisionExhausted(stop.to_string())
    }
}
