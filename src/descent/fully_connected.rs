//! Fully-connected layers with one output: every layer's gradient has rank one.
//!
//! With `g = ∂R/∂(W_L⋯W_1)`, a row of `d_0` numbers, `∂R/∂W_k = (W_L⋯W_{k+1})ᵀ (W_{k−1}⋯W_1 gᵀ)ᵀ`. So a step needs two
//! vectors a layer and no matrix product: `left_k = (W_L⋯W_{k+1})ᵀ`, one pass over the weights from the output down, and
//! `right_k = W_k⋯W_1 (−ηgᵀ)`, formed in the same pass that updates `W_k`.

use super::kernels::{Scalar, add_rows, shift, update_row};
use super::layout::{Layer, Layout};
use crate::problem::Network;

/// The partial products of a fully-connected network with one output.
#[derive(Debug)]
pub(super) struct RankOne<T> {
    layers: Vec<Layer>,
    /// `left[k]` is `W_L⋯W_{k+1}`, `d_k` numbers, for k = 0, …, L−1; the first is the end-to-end map.
    left: Vec<Vec<T>>,
    right: Vec<T>,
    next_right: Vec<T>,
}

impl<T: Scalar> RankOne<T> {
    pub fn new(network: &Network) -> Self {
        let layers = Layer::all(network);
        let widest = layers.iter().map(|layer| layer.columns).max().unwrap_or(0);
        Self {
            left: layers.iter().map(|layer| vec![T::default(); layer.columns]).collect(),
            right: vec![T::default(); widest],
            next_right: vec![T::default(); widest],
            layers,
        }
    }
}

impl<T: Scalar + std::fmt::Debug + Send + Sync> Layout<T> for RankOne<T> {
    fn evaluate(&mut self, weights: &[T]) {
        let last = self.layers.len() - 1;
        self.left[last].copy_from_slice(&weights[self.layers[last].range()]);
        for k in (1..=last).rev() {
            let (below, above) = self.left.split_at_mut(k);
            let out = &mut below[k - 1];
            out.fill(T::default());
            add_rows(out, &above[0], &weights[self.layers[k - 1].range()]);
        }
    }

    fn product(&self) -> &[T] {
        &self.left[0]
    }

    fn update(&mut self, weights: &[T], pull: &[T], next: &mut [T], squares: &mut [T]) {
        let last = self.layers.len() - 1;
        self.right[..pull.len()].copy_from_slice(pull);
        for (k, layer) in self.layers[..last].iter().enumerate() {
            let right = &self.right[..layer.columns];
            let rows = weights[layer.range()].chunks_exact(layer.columns);
            let next_rows = next[layer.range()].chunks_exact_mut(layer.columns);
            let mut sum = T::default();
            for (((row, next_row), &factor), out) in
                rows.zip(next_rows).zip(&self.left[k + 1]).zip(&mut self.next_right)
            {
                let (dot, square) = update_row(row, factor, right, next_row);
                *out = dot;
                sum = sum + square;
            }
            squares[k] = sum;
            std::mem::swap(&mut self.right, &mut self.next_right);
        }
        let layer = self.layers[last];
        squares[last] = shift(&weights[layer.range()], &self.right[..layer.columns], &mut next[layer.range()]);
    }
}
