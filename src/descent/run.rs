//! A run of the f64 program.

use rug::Rational;

use super::divergence::{Divergence, Outcome, StartError};
use super::kernels::dot;
use super::layout::{Layer, Layout, layout_for};
use super::norms;
use super::objective::Objective;
use super::start;
use super::step_size::StepSize;
use crate::problem::{Matrix, Network, Problem};

/// Gradient descent in f64: the state at step `t`, and the work space for the next one.
///
/// All weights lie in one slice, `W_1` first, each layer row by row. A step reads them and writes the next ones beside
/// them, so a step that fails leaves the last good state. It allocates nothing.
#[derive(Debug)]
pub struct Descent {
    network: Network,
    layers: Vec<Layer>,
    weights: Vec<f64>,
    next: Vec<f64>,
    layout: Box<dyn Layout<f64>>,
    /// Whether the layout holds the partial products of `weights`.
    evaluated: bool,
    objective: Objective,
    step_size: StepSize,
    pull: Vec<f64>,
    squares: Vec<f64>,
    t: u64,
}

/// What a trajectory records of one step. Every number is finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The number of steps taken.
    pub t: u64,
    /// The risk at `W(t)`.
    pub risk: f64,
    /// The size of the step from `t` to `t + 1`.
    pub eta: f64,
    /// `R_t`, exact, under the smoothness rule.
    pub radius: Option<Rational>,
    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer.
    pub norms: Vec<f64>,
    /// `‖W_k‖₂`; `max_j |w_{k,j}|` of diagonal layers; `None` for convolutional ones.
    pub spectral: Option<Vec<f64>>,
    /// The end-to-end map, `d_L × d_0`; one row for a vector.
    pub end_to_end: Matrix<f64>,
}

impl Descent {
    /// Begins at the nearest f64 of every number of the problem.
    ///
    /// # Errors
    ///
    /// [`StartError::OutOfRange`] if one of them, or a second moment of the data, is beyond the range of f64;
    /// [`StartError::SmoothnessNeedsLogistic`].
    pub fn new(problem: &Problem) -> Result<Self, StartError> {
        let network = problem.network().clone();
        let layers = Layer::all(&network);
        let weights = start::initial_weights(problem)?;
        let ends = network.output_dimension() * network.input_dimension();
        let mut descent = Self {
            layout: layout_for(&network),
            evaluated: false,
            objective: start::objective(problem)?,
            step_size: start::step_size(problem, &layers)?,
            pull: vec![0.0; ends],
            squares: vec![0.0; layers.len()],
            next: vec![0.0; weights.len()],
            network,
            layers,
            weights,
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
        if weights.len() != self.weights.len() {
            return Err(StartError::Count { expected: self.weights.len(), given: weights.len() });
        }
        if let Some(index) = weights.iter().position(|weight| !weight.is_finite()) {
            return Err(StartError::NotFinite { index });
        }
        self.weights.copy_from_slice(weights);
        self.begin();
        Ok(())
    }

    fn begin(&mut self) {
        self.t = 0;
        self.evaluated = false;
        for (square, layer) in self.squares.iter_mut().zip(&self.layers) {
            let weights = &self.weights[layer.range()];
            *square = dot(weights, weights);
        }
        self.step_size.start(&self.squares, &self.weights, &self.layers);
    }

    /// Takes one step of gradient descent, `W_k(t+1) = W_k(t) − η_t ∂R/∂W_k` for all layers at once.
    ///
    /// Anything that is not finite on the way makes it [`Outcome::Diverged`]; weights, `t` and `η` are then as before.
    #[inline]
    pub fn step(&mut self) -> Outcome {
        match self.try_step() {
            Ok(()) => Outcome::Advanced,
            Err(divergence) => Outcome::Diverged(divergence),
        }
    }

    fn try_step(&mut self) -> Result<(), Divergence> {
        self.evaluate()?;
        self.objective.pull(self.layout.product(), self.step_size.eta(), &mut self.pull)?;
        self.layout.update(&self.weights, &self.pull, &mut self.next, &mut self.squares);
        for (k, (square, layer)) in self.squares.iter().zip(&self.layers).enumerate() {
            // A finite sum of squares has finite terms; an infinite one may come of large finite weights.
            if !square.is_finite() && self.next[layer.range()].iter().any(|weight| !weight.is_finite()) {
                return Err(Divergence::Step { layer: k + 1 });
            }
        }
        std::mem::swap(&mut self.weights, &mut self.next);
        self.evaluated = false;
        self.t += 1;
        self.step_size.follow(&self.squares, &self.weights, &self.layers);
        Ok(())
    }

    /// Has the layout hold the partial products of the weights, the end-to-end map being finite.
    fn evaluate(&mut self) -> Result<(), Divergence> {
        if !self.evaluated {
            self.layout.evaluate(&self.weights);
            self.evaluated = true;
        }
        if self.layout.product().iter().all(|entry| entry.is_finite()) { Ok(()) } else { Err(Divergence::EndToEnd) }
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
        &self.weights
    }

    /// The weights of layer `k`, counted from 1, shaped as
    /// [`Network::layer_shapes`](crate::problem::Network::layer_shapes) says.
    ///
    /// # Panics
    ///
    /// If there is no such layer.
    #[must_use]
    pub fn weights(&self, k: usize) -> Matrix<f64> {
        let layer = self.layers[k - 1];
        let entries = &self.weights[layer.range()];
        Matrix::from_fn(layer.rows, layer.columns, |i, j| entries[i * layer.columns + j])
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
        self.evaluate()?;
        self.objective.risk(self.layout.product())
    }

    /// The end-to-end map, `d_L × d_0`: `W_L⋯W_1`, or the vector of a diagonal or convolutional network as one row.
    ///
    /// # Errors
    ///
    /// [`Divergence::EndToEnd`].
    pub fn end_to_end(&mut self) -> Result<Matrix<f64>, Divergence> {
        self.evaluate()?;
        let (rows, columns) = (self.network.output_dimension(), self.network.input_dimension());
        let product = self.layout.product();
        Ok(Matrix::from_fn(rows, columns, |i, j| product[i * columns + j]))
    }

    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer; infinite only if the norm itself is beyond the range of f64.
    #[must_use]
    pub fn norms(&self) -> Vec<f64> {
        self.layers.iter().map(|layer| norms::euclidean(&self.weights[layer.range()])).collect()
    }

    /// `‖W_k‖₂` of each layer: the largest singular value of a fully-connected one, `max_j |w_{k,j}|` of a diagonal one;
    /// `None` for convolutional networks.
    #[must_use]
    pub fn spectral_norms(&self) -> Option<Vec<f64>> {
        let norm = |layer: &Layer| {
            let entries = &self.weights[layer.range()];
            match self.network {
                Network::Diagonal { .. } => norms::largest_entry(entries),
                _ => norms::spectral(entries, layer.rows, layer.columns),
            }
        };
        match self.network {
            Network::Convolutional { .. } => None,
            _ => Some(self.layers.iter().map(norm).collect()),
        }
    }

    /// What a trajectory records of the present step.
    ///
    /// # Errors
    ///
    /// The [`Divergence`] that keeps one of its numbers from being finite.
    pub fn observe(&mut self) -> Result<Observation, Divergence> {
        let (norms, spectral) = (self.norms(), self.spectral_norms());
        let infinite = |norms: &[f64]| norms.iter().position(|norm| !norm.is_finite());
        if let Some(index) = infinite(&norms).or_else(|| spectral.as_deref().and_then(infinite)) {
            return Err(Divergence::Norm { layer: index + 1 });
        }
        Ok(Observation {
            t: self.t,
            risk: self.risk()?,
            eta: self.eta(),
            radius: self.radius().cloned(),
            norms,
            spectral,
            end_to_end: self.end_to_end()?,
        })
    }
}
