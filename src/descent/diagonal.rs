//! Diagonal layers: everything happens entry by entry.
//!
//! `−η ∂R/∂w_k` is the pull times the entrywise product of all other layers. That product is formed from the layers above
//! and the layers below, never by a division: a weight may be zero.

use super::kernels::{Scalar, dot, shift};
use super::layout::Layout;

/// The partial products of a diagonal network.
#[derive(Debug)]
pub(super) struct Diagonal<T> {
    dim: usize,
    depth: usize,
    /// Row `k` is `w_L ∘ ⋯ ∘ w_{k+1}`, k = 0, …, L−1; the first is the end-to-end map.
    left: Vec<T>,
    right: Vec<T>,
}

impl<T: Scalar> Diagonal<T> {
    pub fn new(dim: usize, depth: usize) -> Self {
        Self { dim, depth, left: vec![T::default(); dim * depth], right: vec![T::default(); dim] }
    }
}

impl<T: Scalar + std::fmt::Debug + Send + Sync> Layout<T> for Diagonal<T> {
    fn evaluate(&mut self, weights: &[T]) {
        let last = (self.depth - 1) * self.dim;
        self.left[last..].copy_from_slice(&weights[last..]);
        for k in (1..self.depth).rev() {
            let (below, above) = self.left.split_at_mut(k * self.dim);
            let layer = &weights[(k - 1) * self.dim..k * self.dim];
            for ((out, &l), &w) in below[(k - 1) * self.dim..].iter_mut().zip(&*above).zip(layer) {
                *out = l * w;
            }
        }
    }

    fn product(&self) -> &[T] {
        &self.left[..self.dim]
    }

    fn update(&mut self, weights: &[T], pull: &[T], next: &mut [T], squares: &mut [T]) {
        self.right.copy_from_slice(pull);
        let last = (self.depth - 1) * self.dim;
        let layers = weights[..last].chunks_exact(self.dim);
        let updated = next[..last].chunks_exact_mut(self.dim);
        let lefts = self.left[self.dim..].chunks_exact(self.dim);
        for (((layer, out), left), square) in layers.zip(updated).zip(lefts).zip(&mut *squares) {
            for (((n, &w), &l), r) in out.iter_mut().zip(layer).zip(left).zip(&mut self.right) {
                *n = w + l * *r;
                *r = *r * w;
            }
            *square = dot(out, out);
        }
        squares[self.depth - 1] = shift(&weights[last..], &self.right, &mut next[last..]);
    }
}
