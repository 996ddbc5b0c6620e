//! A point in weight space: the weights, the work space of an evaluation, and what is told of them.

use super::buffer::Buffer;
use super::divergence::{Divergence, StartError};
use super::instructions::Instructions;
use super::layer::Layer;
use super::layout::{Layers, Layout, with_layout};
use super::norms;
use super::objective::Objective;
use super::start;
use super::stretch::EndToEnd;
use crate::problem::{Matrix, Network, Problem, SpectralNorm};

/// The weights of a network, and all that is needed to evaluate risk and gradient there.
#[derive(Debug)]
pub(super) struct Point {
    network: Network,
    pub instructions: Instructions,
    pub layers: Vec<Layer>,
    /// The last good weights: `W_1` first, each layer row by row. Whatever evaluates them has copies in the layout.
    pub weights: Vec<f64>,
    pub layout: Layers<f64>,
    pub objective: Objective<f64>,
    /// Work space, shaped as the end-to-end map.
    pub pull: Buffer<f64>,
}

/// What a trajectory records of the weights. Every number is finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The risk.
    pub risk: f64,
    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer.
    pub norms: Vec<f64>,
    /// `‖W_k‖₂`; `max_j |w_{k,j}|` of diagonal layers; `None` for convolutional ones.
    pub spectral: Option<Vec<f64>>,
    /// The end-to-end map, `d_L × d_0`; one row for a vector.
    pub end_to_end: Matrix<f64>,
}

impl Point {
    /// The nearest f64 of every number of the problem.
    pub fn new(problem: &Problem, instructions: Instructions) -> Result<Self, StartError> {
        if !Instructions::available().any(|available| available == instructions) {
            return Err(StartError::NoSuchInstructions);
        }
        let network = problem.network().clone();
        let layout = Layers::new(&network);
        let map = with_layout!(&layout, layout => layout.map());
        let mut point = Self {
            instructions,
            layers: Layer::all(&network),
            weights: start::initial_weights(problem)?,
            objective: start::objective(problem, map)?,
            pull: Buffer::new(map.length),
            network,
            layout,
        };
        point.restore();
        Ok(point)
    }

    /// Replaces the weights; on an error they are as they were.
    pub fn set_weights(&mut self, weights: &[f64]) -> Result<(), StartError> {
        if weights.len() != self.weights.len() {
            return Err(StartError::Count { expected: self.weights.len(), given: weights.len() });
        }
        if let Some(index) = weights.iter().position(|weight| !weight.is_finite()) {
            return Err(StartError::NotFinite { index });
        }
        self.weights.copy_from_slice(weights);
        self.restore();
        Ok(())
    }

    /// Makes the weights of the layout the last good ones.
    pub fn keep(&mut self) {
        with_layout!(&self.layout, layout => layout.read(&mut self.weights));
    }

    /// Has the layout begin again at the last good weights.
    pub fn restore(&mut self) {
        with_layout!(&mut self.layout, layout => layout.write(&self.weights));
    }

    /// The end-to-end map, row by row.
    fn map(&mut self) -> Result<Vec<f64>, Divergence> {
        if !self.instructions.run(EndToEnd(&mut self.layout)) {
            return Err(Divergence::EndToEnd);
        }
        let mut map = vec![0.0; self.network.output_dimension() * self.network.input_dimension()];
        with_layout!(&self.layout, layout => layout.map().read(layout.product(), &mut map));
        Ok(map)
    }

    /// The end-to-end map as a matrix.
    fn shaped(&self, map: &[f64]) -> Matrix<f64> {
        let (rows, columns) = (self.network.output_dimension(), self.network.input_dimension());
        Matrix::from_fn(rows, columns, |i, j| map[i * columns + j])
    }

    /// The weights of layer `k`, counted from 1.
    pub fn weights(&self, k: usize) -> Matrix<f64> {
        let layer = self.layers[k - 1];
        let entries = &self.weights[layer.range()];
        Matrix::from_fn(layer.rows, layer.columns, |i, j| entries[i * layer.columns + j])
    }

    /// The risk.
    pub fn risk(&mut self) -> Result<f64, Divergence> {
        let map = self.map()?;
        self.objective.risk(&map)
    }

    /// The end-to-end map.
    pub fn end_to_end(&mut self) -> Result<Matrix<f64>, Divergence> {
        let map = self.map()?;
        Ok(self.shaped(&map))
    }

    /// `‖W_k‖_F` of each layer.
    pub fn norms(&self) -> Vec<f64> {
        self.layers.iter().map(|layer| norms::euclidean(&self.weights[layer.range()])).collect()
    }

    /// `‖W_k‖₂` of each layer.
    pub fn spectral_norms(&self) -> Option<Vec<f64>> {
        let kind = self.network.spectral_norm()?;
        let norm = |layer: &Layer| {
            let entries = &self.weights[layer.range()];
            match kind {
                SpectralNorm::LargestSingularValue => norms::spectral(entries, layer.rows, layer.columns),
                SpectralNorm::LargestEntry => norms::largest_entry(entries),
            }
        };
        Some(self.layers.iter().map(norm).collect())
    }

    /// All of it.
    pub fn observe(&mut self) -> Result<Observation, Divergence> {
        let (norms, spectral) = (self.norms(), self.spectral_norms());
        let infinite = |norms: &[f64]| norms.iter().position(|norm| !norm.is_finite());
        if let Some(index) = infinite(&norms).or_else(|| spectral.as_deref().and_then(infinite)) {
            return Err(Divergence::Norm { layer: index + 1 });
        }
        let map = self.map()?;
        Ok(Observation { risk: self.objective.risk(&map)?, norms, spectral, end_to_end: self.shaped(&map) })
    }
}
