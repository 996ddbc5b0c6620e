//! What one would write first with nalgebra: the layers as matrices, the chain rule as products of matrices.

use gradient_witness::problem::{Data, Matrix, Problem};
use nalgebra::DMatrix;
use rug::Rational;

/// A run of the plain program on a fully-connected network.
#[derive(Clone)]
pub struct Plain {
    layers: Vec<DMatrix<f64>>,
    data: Rows,
}

#[derive(Clone)]
enum Rows {
    /// `y_i x_i`, one row an example.
    Signed(DMatrix<f64>),
    Target(DMatrix<f64>),
}

fn matrix(exact: &Matrix<Rational>) -> DMatrix<f64> {
    DMatrix::from_fn(exact.rows(), exact.columns(), |i, j| exact[(i, j)].to_f64())
}

impl Plain {
    /// At the start; `None` if the network is not fully-connected.
    pub fn new(problem: &Problem) -> Option<Self> {
        if !problem.network().is_fully_connected() {
            return None;
        }
        let data = match problem.data() {
            Data::Examples { x, y } => {
                Rows::Signed(DMatrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)].to_f64() * y[(i, 0)].to_f64()))
            }
            Data::Target(target) => Rows::Target(matrix(target)),
        };
        Some(Self { layers: problem.initial().iter().map(matrix).collect(), data })
    }

    /// Takes some steps.
    pub fn advance(&mut self, steps: u64) {
        for _ in 0..steps {
            // below[k] = W_k⋯W_1.
            let mut below = vec![self.layers[0].clone()];
            for layer in &self.layers[1..] {
                below.push(layer * &below[below.len() - 1]);
            }
            let end_to_end = &below[below.len() - 1];
            let gradient = match &self.data {
                Rows::Target(target) => end_to_end - target,
                Rows::Signed(rows) => {
                    let margins = rows * end_to_end.transpose();
                    let slopes = margins.map(|m| -1.0 / ((1.0 + m.exp()) * rows.nrows() as f64));
                    slopes.transpose() * rows
                }
            };
            let mut above = gradient;
            let mut gradients = Vec::new();
            for k in (0..self.layers.len()).rev() {
                gradients.push(if k == 0 { above.clone() } else { &above * below[k - 1].transpose() });
                above = self.layers[k].transpose() * above;
            }
            for (layer, gradient) in self.layers.iter_mut().zip(gradients.iter().rev()) {
                *layer -= gradient * super::cases::ETA;
            }
        }
    }

    /// All weights: `W_1` first, each layer row by row.
    pub fn weights(&self) -> Vec<f64> {
        self.layers.iter().flat_map(|layer| layer.transpose().as_slice().to_vec()).collect()
    }
}
