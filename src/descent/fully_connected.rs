//! Fully-connected layers with one output: every layer's gradient has rank one.
//!
//! With `g = ∂R/∂(W_L⋯W_1)`, a row of `d_0` numbers, `∂R/∂W_k = (W_L⋯W_{k+1})ᵀ (W_{k−1}⋯W_1 gᵀ)ᵀ`. So a step needs two
//! vectors a layer and no matrix product: `left_k = (W_L⋯W_{k+1})ᵀ`, one pass over the weights from the output down, and
//! `right_k = W_k⋯W_1 (−ηgᵀ)`, formed in the same pass that updates `W_k`.

use super::buffer::Buffer;
use super::kernels::{combine, shift, slope, update};
use super::layout::Layout;
use super::machine::{Block, LANES, Machine};
use super::narrow::NarrowLayer;
use super::panel::Panel;
use crate::problem::Network;

/// The weights and partial products of a fully-connected network with one output.
#[derive(Debug)]
pub(super) struct RankOne<T> {
    layers: Vec<Panel>,
    weights: Buffer<T>,
    /// The place of `left_k = W_L⋯W_{k+1}`, for k = 0, …, L−2; the first is the end-to-end map.
    lefts: Vec<Panel>,
    left: Buffer<T>,
    /// `right_k` for k = 1, …, L−1, one after the other.
    right: Buffer<T>,
    /// The hidden layers again if all are narrow, for [`NarrowSteps`](super::narrow::NarrowSteps).
    narrow: Vec<NarrowLayer<T>>,
}

impl<T: Copy + Default> RankOne<T> {
    pub fn new(network: &Network) -> Self {
        let (mut layers, mut lefts) = (Vec::new(), Vec::new());
        let (mut start, mut left_start, mut right_length) = (0, 0, 0);
        let shapes = network.layer_shapes();
        let (hidden, last) = shapes.split_at(shapes.len() - 1);
        for &(rows, columns) in hidden {
            let (layer, left) = (Panel::groups(rows, columns, start), Panel::row(columns, left_start));
            start += layer.length;
            left_start += left.length;
            right_length += Panel::row(rows, 0).length;
            layers.push(layer);
            lefts.push(left);
        }
        let last = last.iter().map(|&(_, columns)| Panel::row(columns, start));
        layers.extend(last);
        let length = layers.iter().map(|layer| layer.length).sum();
        let mut layout = Self {
            weights: Buffer::new(length),
            left: Buffer::new(left_start),
            right: Buffer::new(right_length),
            narrow: Vec::new(),
            layers,
            lefts,
        };
        if layout.is_narrow() {
            layout.narrow = vec![NarrowLayer::default(); hidden.len()];
        }
        layout
    }
}

impl<T: Copy + Default> RankOne<T> {
    /// Whether every row, and every partial product, is one block.
    pub fn is_narrow(&self) -> bool {
        self.layers.iter().all(|layer| layer.rows <= LANES && layer.columns <= LANES)
    }

    /// The layers' places, the weights, and the hidden layers of a narrow network.
    #[inline(always)]
    pub fn parts(&mut self) -> (&[Panel], &mut [Block<T>], &mut [NarrowLayer<T>]) {
        (&self.layers, self.weights.blocks_mut(), &mut self.narrow)
    }
}

impl<T: Copy + Default> Layout<T> for RankOne<T> {
    fn layers(&self) -> &[Panel] {
        &self.layers
    }

    fn weights(&self) -> &[Block<T>] {
        self.weights.blocks()
    }

    fn weights_mut(&mut self) -> &mut [Block<T>] {
        self.weights.blocks_mut()
    }

    fn map(&self) -> Panel {
        self.lefts.first().copied().unwrap_or(Panel::row(self.layers[0].columns, 0))
    }

    #[inline(always)]
    fn product(&self) -> &[Block<T>] {
        match self.lefts.first() {
            Some(left) => &self.left.blocks()[left.range()],
            None => self.weights.blocks(),
        }
    }

    #[inline(always)]
    fn evaluate<M: Machine<Number = T>>(&mut self, m: M) {
        let weights = self.weights.blocks();
        // Above the last layer there is nothing, so its own row is the left factor of the one before it.
        let last = self.layers[self.layers.len() - 1];
        let (mut below, mut above) = (self.left.blocks_mut(), &weights[last.range()]);
        for (left, layer) in self.lefts.iter().zip(&self.layers).rev() {
            let (rest, out) = below.split_at_mut(left.start);
            combine(m, out, above, &weights[layer.range()], false);
            (below, above) = (rest, out);
        }
    }

    #[inline(always)]
    fn update<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>]) {
        let last = self.layers[self.layers.len() - 1];
        let (weights, last_weights) = self.weights.blocks_mut().split_at_mut(last.start);
        let (mut right, mut rest) = (pull, self.right.blocks_mut());
        for (k, layer) in self.layers[..self.lefts.len()].iter().enumerate() {
            let left = match self.lefts.get(k + 1) {
                Some(left) => &self.left.blocks()[left.range()],
                None => &*last_weights,
            };
            let (out, after) = rest.split_at_mut(left.len());
            update(m, &mut weights[layer.range()], left, right, out);
            (right, rest) = (out, after);
        }
        shift(m, last_weights, right);
    }

    #[inline(always)]
    fn slope<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>], slopes: &mut [Block<T>]) {
        let (weights, last) = (self.weights.blocks(), self.layers[self.layers.len() - 1]);
        let (mut right, mut rest) = (pull, self.right.blocks_mut());
        for (k, layer) in self.layers[..self.lefts.len()].iter().enumerate() {
            let left = match self.lefts.get(k + 1) {
                Some(left) => &self.left.blocks()[left.range()],
                None => &weights[last.range()],
            };
            let (out, after) = rest.split_at_mut(left.len());
            slope(m, &weights[layer.range()], left, right, &mut slopes[layer.range()], out);
            (right, rest) = (out, after);
        }
        slopes[last.range()].copy_from_slice(right);
    }
}
