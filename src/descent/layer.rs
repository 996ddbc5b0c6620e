//! Where the weights of a layer lie among the parameters.

use std::ops::Range;

use crate::problem::Network;

/// `rows × columns` numbers, row by row, from `start` on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    pub rows: usize,
    pub columns: usize,
    pub start: usize,
}

impl Layer {
    /// The layers of a network, `W_1` first, without gaps.
    pub fn all(network: &Network) -> Vec<Self> {
        let mut start = 0;
        network
            .layer_shapes()
            .into_iter()
            .map(|(rows, columns)| {
                let layer = Self { rows, columns, start };
                start += rows * columns;
                layer
            })
            .collect()
    }

    /// The place of this layer among the parameters.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.rows * self.columns
    }
}
