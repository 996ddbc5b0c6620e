//! A run of the f64 program.

use rug::Rational;

use super::calm::Calm;
use super::divergence::{Divergence, StartError, StepOutcome};
use super::instructions::Instructions;
use super::kernels::sum_of_squares;
use super::layout::{Layers, Layout, with_layout};
use super::machine::{Machine, Plain};
use super::norms;
use super::point::{Observation, Point};
use super::start;
use super::step_size::StepSize;
use super::stretch::Stretch;
use crate::problem::{Matrix, Problem};

/// Numbers that are moved between two looks at the weights. A look costs about as much as a step, so it should be rare; it
/// is also where a run can be stopped.
const NUMBERS_PER_STRETCH: usize = 1 << 22;

/// Gradient descent in f64: the state at step `t`, and the work space for the next one.
///
/// All weights lie in one slice, `W_1` first, each layer row by row. A run keeps a copy of them that suits the processor
/// and moves that in place, many steps at a time; now and then it looks at the result and, if all is finite, makes it the
/// state. Otherwise the state is taken again from the last look, this time one step after the other, so a step that
/// fails leaves the last good state. A step allocates nothing.
#[derive(Debug)]
pub struct Descent {
    /// The last good state; the layout holds the same weights whenever nothing is running.
    point: Point,
    step_size: StepSize,
    /// Bounds within which nothing that is recorded is out of range, and one on the product of the norms.
    calm: (Calm<f64>, f64),
    t: u64,
}

impl Descent {
    /// Begins at the nearest f64 of every number of the problem.
    ///
    /// # Errors
    ///
    /// [`StartError::OutOfRange`] if one of them is beyond the range of f64, [`StartError::ProductOutOfRange`] if what a step needs of them is;
    /// [`StartError::SmoothnessNeedsLogistic`]; [`StartError::Flow`].
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
        let mut descent = Self {
            calm: (point.objective.calm(), point.objective.calm_norm()),
            step_size: start::step_size(problem, &point.layers)?,
            point,
            t: 0,
        };
        descent.begin();
        Ok(descent)
    }

    /// Begins again, at `t = 0` and the given weights: `W_1` first, each layer row by row.
    ///
    /// Under the smoothness rule `R_0` is found from them.
    ///
    /// # Errors
    ///
    /// [`StartError::Count`] or [`StartError::NotFinite`]; the state is then unchanged.
    pub fn set_weights(&mut self, weights: &[f64]) -> Result<(), StartError> {
        self.point.set_weights(weights)?;
        self.begin();
        Ok(())
    }

    fn begin(&mut self) {
        self.t = 0;
        self.step_size.start(&self.point.weights, &self.point.layers);
    }

    /// Takes one step of gradient descent, `W_k(t+1) = W_k(t) − η_t ∂R/∂W_k` for all layers at once.
    ///
    /// Anything that is not finite on the way, or of what [`observe`](Self::observe) would tell of the new weights, makes it
    /// [`StepOutcome::Diverged`]; weights, `t` and `η` are then as before. So a run ends at the same step whoever looks at it, and how often.
    /// Many steps are faster together: [`advance`](Self::advance).
    #[inline]
    pub fn step(&mut self) -> StepOutcome {
        self.advance(1)
    }

    /// Takes `steps` steps, to the same weights as so many calls of [`step`](Self::step).
    ///
    /// It ends at the first step that cannot be taken; weights, `t` and `η` are then those before it.
    ///
    /// ```
    /// use gradient_witness::descent::{Descent, StepOutcome};
    /// use gradient_witness::problem::Spec;
    /// let spec = r#"
    ///     network = { architecture = "fully-connected", widths = [2, 2, 1] }
    ///     loss = { kind = "logistic" }
    ///     data = { x = [[0.6, 0.2], [0.1, -0.9]], y = [1, -1] }
    ///     init = { weights = [[[0.5, -0.25], [0.1, 0.75]], [[0.5, 0.25]]] }
    ///     step = { rule = "constant", eta = 0.1 }
    ///     run = { steps = 10 }
    /// "#;
    /// let spec = Spec::parse(spec, ".".as_ref())?;
    /// let (mut together, mut singly) = (Descent::new(&spec.problem).unwrap(), Descent::new(&spec.problem).unwrap());
    /// assert_eq!(together.advance(100), StepOutcome::Advanced);
    /// for _ in 0..100 {
    ///     assert_eq!(singly.step(), StepOutcome::Advanced);
    /// }
    /// assert_eq!((together.t(), together.parameters()), (100, singly.parameters()));
    /// # Ok::<(), gradient_witness::problem::SpecError>(())
    /// ```
    #[inline]
    pub fn advance(&mut self, steps: u64) -> StepOutcome {
        self.advance_unless(steps, || false)
    }

    /// The same, but stops early, and well, as soon as `stop` says so; it is asked every few steps, some thousand times a
    /// second or, for networks that take longer, between steps. [`t`](Self::t) tells how far the run has come.
    pub fn advance_unless(&mut self, steps: u64, mut stop: impl FnMut() -> bool) -> StepOutcome {
        let longest = (NUMBERS_PER_STRETCH / self.point.weights.len().max(1)).clamp(4, 1024) as u64;
        let end = self.t.saturating_add(steps);
        while self.t < end && !stop() {
            if self.stretch(longest.min(end - self.t)).is_err() {
                // Weights that overflowed may be what failed a later step, so the steps are taken again, singly.
                let again = end.min(self.t.saturating_add(longest));
                while self.t < again {
                    if let Err(divergence) = self.stretch(1) {
                        return StepOutcome::Diverged(divergence);
                    }
                }
            }
        }
        StepOutcome::Advanced
    }

    /// Takes up to `steps` steps of one size. If that fails nothing has changed; with one step the error is its own.
    fn stretch(&mut self, steps: u64) -> Result<(), Divergence> {
        let (eta, limit) = (self.step_size.eta(), self.step_size.limit());
        // Alone, a step may begin anywhere: whether it may end there is seen below.
        let calm = if steps == 1 { Calm::RANGE } else { self.calm.0 };
        let Point { instructions, layout, objective, pull, .. } = &mut self.point;
        let taken = instructions.run(Stretch { layers: layout, objective, pull, eta, steps, limit, calm });
        let checked = taken.and_then(|taken| self.look().map(|()| taken));
        let taken = checked.inspect_err(|_| self.point.restore())?;
        self.point.keep();
        self.t += taken;
        self.step_size.follow(&self.point.weights, &self.point.layers);
        Ok(())
    }

    /// Whether all weights of the layout are finite, and all that is recorded of them.
    fn look(&mut self) -> Result<(), Divergence> {
        // No entry of the end-to-end map exceeds the product of the norms; of a filter that is the sum of its entries' absolute values.
        let mut bound = 1.0;
        for (k, layer) in self.point.layers.iter().enumerate() {
            let entries = with_layout!(&self.point.layout, layout => &layout.weights()[layout.layers()[k].range()]);
            let square = sum_of_squares(Plain::<false>, entries);
            if !square.is_finite() {
                if !Plain::<false>.are_finite(entries) {
                    return Err(Divergence::Step { layer: k + 1 });
                }
                if !norms::is_in_range(entries.as_flattened()) {
                    return Err(Divergence::Norm { layer: k + 1 });
                }
            }
            let spread = self.point.layout.spread(layer.columns);
            bound *= (square * spread as f64).max(1.0);
        }
        if bound <= self.calm.1 * self.calm.1 {
            return Ok(());
        }
        self.risk().map(|_| ())
    }

    /// The number of steps taken.
    #[must_use]
    pub fn t(&self) -> u64 {
        self.t
    }

    /// The size of the next step: the exact `η_t` rounded once.
    #[must_use]
    pub fn eta(&self) -> f64 {
        self.step_size.eta()
    }

    /// `R_t`, exact, under the smoothness rule.
    #[must_use]
    pub fn radius(&self) -> Option<&Rational> {
        self.step_size.radius()
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
    /// The squared losses are summed from the residuals, not from the second moments that drive the steps, so that it
    /// keeps its digits near zero. It takes the work space, hence `&mut`.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] that keeps it from being finite.
    pub fn risk(&mut self) -> Result<f64, Divergence> {
        self.point.risk()
    }

    /// The end-to-end map, `d_L × d_0`: `W_L⋯W_1`, or the vector of a diagonal or convolutional network as one row.
    ///
    /// # Errors
    ///
    /// [`Divergence::EndToEnd`].
    pub fn end_to_end(&mut self) -> Result<Matrix<f64>, Divergence> {
        self.point.end_to_end()
    }

    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer; infinite only if the norm itself is beyond the range of f64.
    #[must_use]
    pub fn norms(&self) -> Vec<f64> {
        self.point.norms()
    }

    /// `‖W_k‖₂` of each layer: the largest singular value of a fully-connected one, `max_j |w_{k,j}|` of a diagonal one;
    /// `None` for convolutional networks.
    #[must_use]
    pub fn spectral_norms(&self) -> Option<Vec<f64>> {
        self.point.spectral_norms()
    }

    /// What a trajectory records of the present step.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] that keeps one of its numbers from being finite; that can happen at `t = 0` alone, because no step leads to such
    /// weights.
    pub fn observe(&mut self) -> Result<Observation, Divergence> {
        self.point.observe()
    }
}
