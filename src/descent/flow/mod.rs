//! Gradient flow `W' = −∇R(W)` in f64: Dormand and Prince's method of order 8 on this program's own gradient.
//!
//! A step is twelve evaluations of the gradient, and as many sums of slopes; its error is estimated from the same slopes, and its length follows
//! the estimate, so on a path that slows down like `1/t` a number of steps takes the flow a constant factor further in time. Steps land on the
//! times that are asked for; nothing is interpolated.
//!
//! The crate `ode_solvers` 0.5 has the same method, and is not used: its vectors are of a length that the compiler knows, or it allocates, 4707 times
//! in the 43 steps to t = 100 of 4-4-4-1 with the logistic loss. It then takes 0.5 ms for an error of 10⁻¹², and this program 0.06 ms.
//!
//! What may not enter: any allocation inside a step, and any claim about the error. The estimate steers the length of the steps; how far the
//! result is from the flow is for the reference to say.

mod steps;
mod tableau;

use self::steps::{Stages, Steps};
use super::divergence::{Divergence, StartError};
use super::instructions::Instructions;
use super::layout::{Layers, Layout, with_layout};
use super::point::{Observation, Point};
use crate::problem::{Matrix, Problem};

/// Numbers that are moved between two looks at the clock; it is there that a flow can be stopped.
const NUMBERS_PER_STRETCH: usize = 1 << 20;

/// The error that a step may make, in the largest weight that is off: `absolute + relative · max|w|`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Relative to the largest weight.
    pub relative: f64,
    /// In units of the weights. Zero is good for starts near a saddle, where small weights are what matters.
    pub absolute: f64,
}

impl Default for Tolerance {
    /// Where the error of the method is about what the roundings of a step are.
    fn default() -> Self {
        Self { relative: 1e-15, absolute: 0.0 }
    }
}

/// Gradient flow in f64: the weights at time `t`, and the work space for the next step.
///
/// ```
/// use gradient_witness::descent::{Flow, FlowOutcome};
/// use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
/// use rug::Rational;
///
/// // One weight and one example x = y = 1 with the exponential loss: w' = e^{−w}, so w(t) = ln(e^{w(0)} + t).
/// let one = Matrix::row_vector(vec![Rational::from(1)]);
/// let problem = Problem::new(
///     Network::fully_connected(&[1, 1]).unwrap(),
///     Loss::Exponential,
///     Normalisation::Mean,
///     Data::Examples { x: one.clone(), y: one },
///     vec![Matrix::row_vector(vec![Rational::new()])],
///     StepRule::Constant(Rational::from(1)),
/// )
/// .unwrap();
/// let mut flow = Flow::new(&problem).unwrap();
/// assert_eq!(flow.advance_to(100.0), FlowOutcome::Advanced);
/// assert!((flow.parameters()[0] - 101.0f64.ln()).abs() < 1e-14);
/// assert_eq!(flow.t(), 100.0);
/// ```
#[derive(Debug)]
pub struct Flow {
    point: Point,
    stages: Stages,
    tolerance: Tolerance,
    clock: Clock,
}

/// Where a flow is.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    t: f64,
    /// The length that the next step should have; `None` before anything was evaluated.
    step: Option<f64>,
    steps: u64,
    /// Why the last attempt failed, if it did.
    failed: Option<Failure>,
}

/// What became of an advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a flow that could not be followed must not go on as if it had"]
pub enum FlowOutcome {
    /// The time was reached, or the flow was stopped on the way, as it was asked to.
    Advanced,
    /// It could not be reached; weights and `t` are those of the last good step.
    Failed(Failure),
}

/// Why a flow could not be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// However short the step, it leaves the range of f64, or the start is beyond it.
    #[error("{0}")]
    Diverged(Divergence),
    /// However short the step, its error is above the tolerance: f64 has no time between this one and the next.
    #[error("the step underflows: no step that the clock can tell is within the tolerance")]
    StepUnderflow,
}

impl Flow {
    /// Begins at the nearest f64 of every number of the problem, whose step rule does not matter.
    ///
    /// # Errors
    ///
    /// [`StartError::OutOfRange`] if one of them is beyond the range of f64, [`StartError::ProductOutOfRange`] if what a step needs of them is.
    pub fn new(problem: &Problem) -> Result<Self, StartError> {
        Self::with_instructions(problem, Instructions::best())
    }

    /// The same, with instructions of one's own choice.
    ///
    /// # Errors
    ///
    /// [`StartError::NoSuchInstructions`] if the processor does not have them, and those of [`new`](Self::new).
    pub fn with_instructions(problem: &Problem, instructions: Instructions) -> Result<Self, StartError> {
        let point = Point::new(problem, instructions)?;
        let blocks = with_layout!(&point.layout, layout => layout.weights().len());
        Ok(Self { point, stages: Stages::new(blocks), tolerance: Tolerance::default(), clock: Clock::default() })
    }

    /// Goes on with another tolerance. One that no step can meet ends in [`Failure::StepUnderflow`].
    pub fn set_tolerance(&mut self, tolerance: Tolerance) {
        self.tolerance = tolerance;
        self.clock = Clock { step: None, failed: None, ..self.clock };
    }

    /// Begins again, at `t = 0` and the given weights: `W_1` first, each layer row by row.
    ///
    /// # Errors
    ///
    /// [`StartError::Count`] or [`StartError::NotFinite`]; the state is then unchanged.
    pub fn set_weights(&mut self, weights: &[f64]) -> Result<(), StartError> {
        self.point.set_weights(weights)?;
        self.clock = Clock::default();
        Ok(())
    }

    /// Follows the flow to the given time, exactly; nothing is done if that is not after [`t`](Self::t). It allocates nothing.
    #[inline]
    pub fn advance_to(&mut self, time: f64) -> FlowOutcome {
        self.advance_to_unless(time, || false)
    }

    /// The same, but stops early, and well, as soon as `stop` says so; it is asked every few steps. [`t`](Self::t) tells how far the flow
    /// has come.
    pub fn advance_to_unless(&mut self, time: f64, mut stop: impl FnMut() -> bool) -> FlowOutcome {
        let until = if time > f64::MAX { f64::MAX } else { time };
        let attempts = (NUMBERS_PER_STRETCH / self.point.weights.len().max(1)).clamp(1, 256) as u64;
        let mut outcome = FlowOutcome::Advanced;
        while self.clock.t < until && outcome == FlowOutcome::Advanced && !stop() {
            let Self { point, stages, clock, tolerance, .. } = self;
            let Point { instructions, layout, objective, pull, .. } = point;
            let tolerance = *tolerance;
            let steps = Steps { layers: layout, objective, pull, stages, clock, tolerance, until, attempts };
            if let Err(failure) = instructions.run(steps) {
                outcome = FlowOutcome::Failed(failure);
            }
        }
        self.point.keep();
        outcome
    }

    /// The time.
    #[must_use]
    pub fn t(&self) -> f64 {
        self.clock.t
    }

    /// The number of steps taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.clock.steps
    }

    /// All weights: `W_1` first, each layer row by row.
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.point.weights
    }

    /// The weights of layer `k`, counted from 1, shaped as
    /// [`Network::layer_shapes`](crate::problem::Network::layer_shapes) says.
    ///
    /// # Panics
    ///
    /// If there is no such layer.
    #[must_use]
    pub fn weights(&self, k: usize) -> Matrix<f64> {
        self.point.weights(k)
    }

    /// The risk at `W(t)`.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] that keeps it from being finite.
    pub fn risk(&mut self) -> Result<f64, Divergence> {
        self.point.risk()
    }

    /// What a trajectory records of the present time.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] that keeps one of its numbers from being finite.
    pub fn observe(&mut self) -> Result<Observation, Divergence> {
        self.point.observe()
    }
}
