//! What gradient descent adds to the imbalance of adjacent layers.

use crate::number::{Real, Ring};
use crate::problem::Matrix;
use crate::reference::{Fact, Point, Step};

/// `G_k G_kᵀ` and `G_kᵀ G_k` of every layer: several claims sum them over the same steps.
struct GradientGrams<T>(Vec<(Matrix<T>, Matrix<T>)>);

impl<T: Real> Fact<Point<T>> for GradientGrams<T> {
    fn of(point: &Point<T>) -> Self {
        let grams = |slope: &Matrix<T>| (slope.times_transpose(slope), slope.transpose_times(slope));
        Self(point.gradient().iter().map(grams).collect())
    }
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
        let GradientGrams(grams) = step.before.know();
        for (k, (outer, inner)) in grams.iter().enumerate() {
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
