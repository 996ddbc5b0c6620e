//! Circular convolutional layers.
//!
//! The network sends a filter's entry `j` to the shift by `j`, so the end-to-end vector is the circular convolution of all
//! filters (padded to `d`), and `−η ∂R/∂w_k[j] = Σ_i right_{k−1}[i+j] left_k[i]` with `left_k = w_L ∗ ⋯ ∗ w_{k+1}` and
//! `right_k = (−ηg) ⋆ w_1 ⋆ ⋯ ⋆ w_k`, indices modulo `d`. Vectors that are read at a shift are kept twice in a row, so
//! that each shift is a contiguous window and the loops need no remainder.

use super::kernels::{Scalar, add_combination, dot, shift};
use super::layout::{Layer, Layout};

/// The partial products of a convolutional network.
#[derive(Debug)]
pub(super) struct Convolutional<T> {
    dim: usize,
    layers: Vec<Layer>,
    /// `left[k]` is `w_L ∗ ⋯ ∗ w_{k+1}`, kept twice, for k = 0, …, L−1; the first is the end-to-end map.
    left: Vec<Vec<T>>,
    /// `right_k`, kept twice.
    right: Vec<T>,
    next_right: Vec<T>,
}

impl<T: Scalar> Convolutional<T> {
    pub fn new(dim: usize, filters: &[usize]) -> Self {
        let mut start = 0;
        let mut layers = Vec::with_capacity(filters.len());
        for &columns in filters {
            layers.push(Layer { rows: 1, columns, start });
            start += columns;
        }
        Self {
            dim,
            left: vec![vec![T::default(); 2 * dim]; layers.len()],
            right: vec![T::default(); 2 * dim],
            next_right: vec![T::default(); 2 * dim],
            layers,
        }
    }
}

/// Copies the first half of `twice` to its second half.
fn repeat<T: Scalar>(twice: &mut [T]) {
    let half = twice.len() / 2;
    twice.copy_within(..half, half);
}

impl<T: Scalar + std::fmt::Debug + Send + Sync> Layout<T> for Convolutional<T> {
    fn evaluate(&mut self, weights: &[T]) {
        let dim = self.dim;
        let last = self.layers.len() - 1;
        self.left[last][..dim].copy_from_slice(&weights[self.layers[last].range()]);
        repeat(&mut self.left[last]);
        for k in (1..=last).rev() {
            let (below, above) = self.left.split_at_mut(k);
            let (out, left) = (&mut below[k - 1], &above[0]);
            out[..dim].fill(T::default());
            // Entry m of the convolution takes left[m − j] from the window that starts at d − j.
            let filter = &weights[self.layers[k - 1].range()];
            add_combination(&mut out[..dim], filter, |j| &left[dim - j..2 * dim - j]);
            repeat(out);
        }
    }

    fn product(&self) -> &[T] {
        &self.left[0][..self.dim]
    }

    fn update(&mut self, weights: &[T], pull: &[T], next: &mut [T], squares: &mut [T]) {
        let dim = self.dim;
        let last = self.layers.len() - 1;
        self.right[..dim].copy_from_slice(pull);
        for (k, layer) in self.layers[..last].iter().enumerate() {
            repeat(&mut self.right);
            let (right, left) = (&self.right, &self.left[k + 1][..dim]);
            let filter = &weights[layer.range()];
            let updated = &mut next[layer.range()];
            for (j, (n, &w)) in updated.iter_mut().zip(filter).enumerate() {
                *n = w + dot(&right[j..j + dim], left);
            }
            squares[k] = dot(updated, updated);
            let out = &mut self.next_right[..dim];
            out.fill(T::default());
            add_combination(out, filter, |j| &right[j..j + dim]);
            std::mem::swap(&mut self.right, &mut self.next_right);
        }
        let range = self.layers[last].range();
        squares[last] = shift(&weights[range.clone()], &self.right[..dim], &mut next[range]);
    }
}
