//! Fully-connected layers with several outputs.
//!
//! The form is that of [`fully_connected`](super::fully_connected) with `d_L` rows in place of one: `left_k = W_L⋯W_{k+1}`
//! is `d_L × d_k`, `right_k = −ηG (W_k⋯W_1)ᵀ` is `d_L × d_k` for the gradient `G` of the end-to-end matrix, and
//! `−η ∂R/∂W_k = left_kᵀ right_{k−1}`. Three matrix products a layer, each with `d_L` for its smallest dimension: for square
//! layers that is as few as any order gives, for few outputs far fewer than products of whole layers. `right_k` is formed as
//! its transpose `W_k right_{k−1}ᵀ`, because a right factor is read row by row, and turned afterwards.

use super::buffer::Buffer;
use super::kernels::shift;
use super::layout::Layout;
use super::machine::{Block, Machine};
use super::panel::Panel;
use super::products::{Factor, Mode, multiply, transpose};
use crate::problem::Network;

/// The weights and partial products of a fully-connected network with several outputs.
#[derive(Debug)]
pub(super) struct Matrices<T> {
    layers: Vec<Panel>,
    weights: Buffer<T>,
    /// `left[k]` is `W_L⋯W_{k+1}`, `d_L × d_k`, for k = 0, …, L−2; the first is the end-to-end map.
    left: Vec<(Panel, Buffer<T>)>,
    /// `right[k]` is `right_k`, `d_L × d_k`, for k = 0, …, L−1.
    right: Vec<(Panel, Buffer<T>)>,
    /// The transposes of those.
    turned: Vec<(Panel, Buffer<T>)>,
}

impl<T: Copy + Default> Matrices<T> {
    pub fn new(network: &Network) -> Self {
        let (outputs, mut start) = (network.output_dimension(), 0);
        let mut layers = Vec::new();
        for (rows, columns) in network.layer_shapes() {
            let layer = Panel::rows(rows, columns, start);
            start += layer.length;
            layers.push(layer);
        }
        let room = |rows, columns| {
            let panel = Panel::rows(rows, columns, 0);
            (panel, Buffer::new(panel.length))
        };
        let last = layers.len() - 1;
        Self {
            weights: Buffer::new(start),
            left: layers[..last].iter().map(|layer| room(outputs, layer.columns)).collect(),
            right: layers.iter().map(|layer| room(outputs, layer.columns)).collect(),
            turned: layers.iter().map(|layer| room(layer.columns, outputs)).collect(),
            layers,
        }
    }
}

impl<T: Copy + Default> Layout<T> for Matrices<T> {
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
        self.right[0].0
    }

    #[inline(always)]
    fn product(&self) -> &[Block<T>] {
        match self.left.first() {
            Some((_, left)) => left.blocks(),
            None => self.weights.blocks(),
        }
    }

    #[inline(always)]
    fn evaluate<M: Machine<Number = T>>(&mut self, m: M) {
        let weights = self.weights.blocks();
        let last = self.layers.len() - 1;
        for k in (0..last).rev() {
            let (below, above) = self.left.split_at_mut(k + 1);
            let (panel, out) = &mut below[k];
            let left = match above.first() {
                Some((panel, left)) => Factor::Plain(*panel, left.blocks()),
                None => Factor::Plain(self.layers[last], &weights[self.layers[last].range()]),
            };
            let layer = self.layers[k];
            multiply(m, (*panel, out.blocks_mut()), layer.rows, left, (layer, &weights[layer.range()]), Mode::Write);
        }
    }

    #[inline(always)]
    fn update<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>]) {
        self.carry(m, pull, None);
    }

    #[inline(always)]
    fn slope<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>], slope: &mut [Block<T>]) {
        self.carry(m, pull, Some(slope));
    }
}

impl<T: Copy + Default> Matrices<T> {
    /// Carries the pull through the layers; what it means to each is added to its weights, or written to `slope` if that is given.
    #[inline(always)]
    fn carry<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>], mut slope: Option<&mut [Block<T>]>) {
        let last = self.layers.len() - 1;
        let outputs = self.layers[last].rows;
        self.right[0].1.blocks_mut().copy_from_slice(pull);
        for k in 0..last {
            let layer = self.layers[k];
            let (right_panel, right) = &self.right[k];
            let (turned, next_turned) = self.turned.split_at_mut(k + 1);
            let (turned_panel, turned) = &mut turned[k];
            if k == 0 {
                transpose(m, (*turned_panel, turned.blocks_mut()), (*right_panel, right.blocks()));
            }
            let (next_panel, next) = &mut next_turned[0];
            let (weights, above) = self.weights.blocks_mut().split_at_mut(layer.start + layer.length);
            let weights = &mut weights[layer.start..];
            let factor = Factor::Plain(layer, weights);
            multiply(
                m,
                (*next_panel, next.blocks_mut()),
                layer.columns,
                factor,
                (*turned_panel, turned.blocks()),
                Mode::Write,
            );
            let left = match self.left.get(k + 1) {
                Some((panel, left)) => Factor::Transposed(*panel, left.blocks()),
                None => Factor::Transposed(self.layers[last], above),
            };
            let (out, mode) = match &mut slope {
                Some(slope) => (&mut slope[layer.start..], Mode::Write),
                None => (weights, Mode::Add),
            };
            multiply(m, (layer, out), outputs, left, (*right_panel, right.blocks()), mode);
            let (panel, next_right) = &mut self.right[k + 1];
            transpose(m, (*panel, next_right.blocks_mut()), (*next_panel, next.blocks()));
        }
        let (last, right) = (self.layers[last], self.right[last].1.blocks());
        match slope {
            Some(slope) => slope[last.range()].copy_from_slice(right),
            None => shift(m, &mut self.weights.blocks_mut()[last.range()], right),
        }
    }
}
