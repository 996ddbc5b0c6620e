//! Balancedness: how far adjacent layers are from `W_kW_kᵀ = W_{k+1}ᵀW_{k+1}`, and what gradient descent adds to it.
//!
//! The papers use three conventions for one thing: Ji & Telgarsky's `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`, Arora et al.'s
//! `D_j = W_{j+1}ᵀW_{j+1} − W_jW_jᵀ = −A_j` measured in the Frobenius norm. It is computed here, once.

use super::Step;
use crate::number::{Real, Ring};
use crate::problem::Matrix;

/// `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`, `d_k × d_k`, for `1 ≤ k < L`.
#[must_use]
pub fn imbalances<T: Ring>(weights: &[Matrix<T>]) -> Vec<Matrix<T>> {
    weights.windows(2).map(|pair| pair[0].times_transpose(&pair[0]).minus(&pair[1].transpose_times(&pair[1]))).collect()
}

/// `‖W_k‖_F²` of every layer.
#[must_use]
pub fn norms_squared<T: Ring>(weights: &[Matrix<T>]) -> Vec<T> {
    weights.iter().map(Matrix::frobenius_squared).collect()
}

/// The sums over the steps taken that gradient descent adds to the imbalances (Ji & Telgarsky, before (30)):
/// `P_k(t) = Σ_{τ<t} η_τ² G_k G_kᵀ` and `Q_k(t) = Σ_{τ<t} η_τ² G_kᵀ G_k`.
#[derive(Clone, Debug)]
pub struct SummedGradients<T> {
    p: Vec<Matrix<T>>,
    q: Vec<Matrix<T>>,
}

impl<T: Real> SummedGradients<T> {
    /// The empty sums for layers shaped like `weights`.
    #[must_use]
    pub fn new(weights: &[Matrix<T>]) -> Self {
        let square = |size: usize, like: &Matrix<T>| Matrix::zeros(size, size, like[(0, 0)].bits());
        Self {
            p: weights.iter().map(|layer| square(layer.rows(), layer)).collect(),
            q: weights.iter().map(|layer| square(layer.columns(), layer)).collect(),
        }
    }

    /// Adds the terms of one step.
    pub fn add(&mut self, step: &Step<T>) {
        let eta_squared = step.eta.square();
        for (k, (outer, inner)) in step.before.gradient_grams().iter().enumerate() {
            add_scaled(&mut self.p[k], outer, &eta_squared);
            add_scaled(&mut self.q[k], inner, &eta_squared);
        }
    }

    /// `P_k` of every layer, `d_k × d_k`.
    #[must_use]
    pub fn p(&self) -> &[Matrix<T>] {
        &self.p
    }

    /// `Q_k` of every layer, `d_{k−1} × d_{k−1}`.
    #[must_use]
    pub fn q(&self) -> &[Matrix<T>] {
        &self.q
    }
}

/// `sum += factor · term`.
fn add_scaled<T: Ring>(sum: &mut Matrix<T>, term: &Matrix<T>, factor: &T) {
    for (entry, added) in sum.entries_mut().iter_mut().zip(term.entries()) {
        entry.add_product(added, factor);
    }
}
