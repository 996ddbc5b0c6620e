//! Certified runs: an exact centre and one radius, which is all that is known of the exact weights.

use std::sync::Arc;

use super::enclosed::{Weights, of_ball};
use super::ending::Ending;
use super::position::Position;
use super::record::{Parts, Record, Recordable};
use super::state::State;
use crate::descent::{self, Descent, StepOutcome, budget};
use crate::number::{Ball, Magnitude, Ring};
use crate::problem::Problem;
use crate::reference::Around;
use crate::reference::long_run::{Blind, Centre, LongRun, PreciseRun, Run};
use crate::time_limit::{OutOfTime, TimeLimit};

/// The f64 program, as the reference knows it.
#[derive(Debug)]
struct Program {
    descent: Descent,
    chains: Vec<u64>,
}

impl Centre for Program {
    fn t(&self) -> u64 {
        self.descent.t()
    }

    fn parameters(&self) -> &[f64] {
        self.descent.parameters()
    }

    fn eta(&self) -> f64 {
        self.descent.eta()
    }

    fn radius(&self) -> Option<&rug::Rational> {
        self.descent.radius()
    }

    fn chain_lengths(&self) -> &[u64] {
        &self.chains
    }

    fn advance(&mut self, steps: u64, stop: &mut dyn FnMut() -> bool) -> bool {
        self.descent.advance_unless(steps, stop) == StepOutcome::Advanced
    }
}

/// The certified run of `problem` whose centre is a run of the f64 program on that problem, with the instructions of one's choice; it goes on from where
/// that is, at its start.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::descent::{Descent, Instructions};
/// use gradient_witness::problem::Spec;
/// use gradient_witness::reference::long_run::Run;
/// use gradient_witness::trajectory::long_run;
///
/// let spec = Spec::parse(
///     r#"
///     network = { architecture = "fully-connected", widths = [2, 2, 1] }
///     loss = { kind = "logistic" }
///     data = { x = [[0.6, 0.2], [0.1, -0.9]], y = [1, -1] }
///     init = { weights = [[[0.5, -0.25], [0.1, 0.75]], [[0.5, "1/3"]]] }
///     step = { rule = "constant", eta = 0.1 }
///     run = { steps = 1000 }
///     "#,
///     ".".as_ref(),
/// )?;
/// let problem = Arc::new(spec.problem);
/// let scalar = Descent::with_instructions(&problem, Instructions::Scalar).unwrap();
/// let mut run = long_run(problem, scalar).unwrap();
/// run.advance(1000, &mut || false).unwrap();
/// assert!(run.t() == 1000 && run.radius().to_f64() < 1e-11);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
///
/// # Errors
///
/// [`Blind`] if the step size is not known, or another than that of the f64 program.
pub fn long_run(problem: Arc<Problem>, descent: Descent) -> Result<LongRun, Blind> {
    let chains = budget::layer_chain_lengths(&problem);
    LongRun::new(problem, Box::new(Program { descent, chains }))
}

/// The certified run of `problem` whose centre is that of the f64 program, or one of so many bits.
pub(crate) fn certified_run(
    problem: Arc<Problem>,
    bits: Option<u32>,
) -> Result<Result<Box<dyn Run>, Blind>, descent::StartError> {
    Ok(match bits {
        None => {
            let descent = Descent::new(&problem)?;
            long_run(problem, descent).map(|run| Box::new(run) as Box<dyn Run>)
        }
        Some(bits) => PreciseRun::new(problem, bits).map(|run| Box::new(run) as Box<dyn Run>),
    })
}

/// Begins that run.
pub(super) fn begin(problem: Arc<Problem>, bits: Option<u32>) -> Result<Box<dyn State>, descent::StartError> {
    Ok(match certified_run(problem, bits)? {
        Ok(run) => Box::new(Certified { run, weights: if bits.is_none() { Weights::F64 } else { Weights::Centre } }),
        Err(blind) => Box::new(Ending::from(blind)),
    })
}

impl From<Blind> for Ending {
    fn from(blind: Blind) -> Self {
        Self::PrecisionExhausted(blind.to_string())
    }
}

/// A certified run.
#[derive(Debug)]
struct Certified {
    run: Box<dyn Run>,
    weights: Weights,
}

impl State for Certified {
    fn position(&self) -> Position {
        Position::Step(self.run.t())
    }

    fn radius(&self) -> Option<Magnitude> {
        Some(self.run.radius())
    }

    fn advance(&mut self, to: &Position, time: &TimeLimit) -> Result<(), Ending> {
        let to = to.steps();
        match time.within(|| self.run.advance(to, &mut || time.is_over())) {
            Ok(outcome) => outcome?,
            Err(OutOfTime) => return Err(Ending::out_of(time)),
        }
        if self.run.t() < to { Err(Ending::out_of(time)) } else { Ok(()) }
    }

    fn record(&mut self, parts: Parts) -> Result<Record, Ending> {
        let (t, setting) = (self.run.t(), self.run.setting());
        let Some((eta, radius)) = self.run.step_size() else {
            return Err(Ending::Interrupted("a step was left half-way".to_owned()));
        };
        let around = Around::new(Arc::clone(setting), self.run.centre(), self.run.radius());
        let record = || {
            let eta = Some(Ball::from_rational(eta, setting.bits()).recorded()?);
            let known = of_ball(Position::Step(t), &around, &around.risk(), parts, self.weights)?;
            Some(Record { eta, radius: radius.cloned(), ..known })
        };
        record().ok_or_else(|| {
            let what = "a number is no longer bounded".to_owned();
            Ending::from(Blind { t, radius: around.radius(), what })
        })
    }
}
