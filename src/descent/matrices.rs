//! Fully-connected layers with several outputs.
//!
//! The form is that of [`fully_connected`](super::fully_connected) with `d_L` rows in place of one: `left_k = W_L⋯W_{k+1}`
//! is `d_L × d_k`, `right_k = −ηG (W_k⋯W_1)ᵀ` is `d_L × d_k` for the gradient `G` of the end-to-end matrix, and
//! `−η ∂R/∂W_k = left_kᵀ right_{k−1}`. Three matrix products a layer, each with `d_L` for its smallest dimension: for square
//! layers that is as few as any order gives, for few outputs far fewer than products of whole layers. nalgebra's own
//! product is not used because it allocates its packing buffers anew at every call.

use super::kernels::{Scalar, product, product_transposed, shift, shift_in_place, transposed_product};
use super::layout::{Layer, Layout};
use crate::problem::Network;

/// The partial products of a fully-connected network with several outputs.
#[derive(Debug)]
pub(super) struct Matrices<T> {
    layers: Vec<Layer>,
    outputs: usize,
    /// `left[k]` is `W_L⋯W_{k+1}`, `d_L × d_k`, for k = 0, …, L−1; the first is the end-to-end map.
    left: Vec<Vec<T>>,
    right: Vec<T>,
    next_right: Vec<T>,
}

impl<T: Scalar> Matrices<T> {
    pub fn new(network: &Network) -> Self {
        let layers = Layer::all(network);
        let outputs = network.output_dimension();
        let widest = layers.iter().map(|layer| layer.columns).max().unwrap_or(0);
        Self {
            left: layers.iter().map(|layer| vec![T::default(); outputs * layer.columns]).collect(),
            right: vec![T::default(); outputs * widest],
            next_right: vec![T::default(); outputs * widest],
            outputs,
            layers,
        }
    }
}

impl<T: Scalar + std::fmt::Debug + Send + Sync> Layout<T> for Matrices<T> {
    fn evaluate(&mut self, weights: &[T]) {
        let last = self.layers.len() - 1;
        self.left[last].copy_from_slice(&weights[self.layers[last].range()]);
        for k in (1..=last).rev() {
            let (below, above) = self.left.split_at_mut(k);
            let layer = self.layers[k - 1];
            product(&above[0], &weights[layer.range()], &mut below[k - 1], self.outputs, layer.columns);
        }
    }

    fn product(&self) -> &[T] {
        &self.left[0]
    }

    fn update(&mut self, weights: &[T], pull: &[T], next: &mut [T], squares: &mut [T]) {
        let last = self.layers.len() - 1;
        self.right[..pull.len()].copy_from_slice(pull);
        for (k, layer) in self.layers[..last].iter().enumerate() {
            let right = &self.right[..self.outputs * layer.columns];
            let current = &weights[layer.range()];
            let updated = &mut next[layer.range()];
            transposed_product(&self.left[k + 1], right, updated, layer.rows, layer.columns);
            squares[k] = shift_in_place(current, updated);
            let out = &mut self.next_right[..self.outputs * layer.rows];
            product_transposed(right, current, out, layer.columns, layer.rows);
            std::mem::swap(&mut self.right, &mut self.next_right);
        }
        let range = self.layers[last].range();
        squares[last] = shift(&weights[range.clone()], &self.right[..range.len()], &mut next[range]);
    }
}
