//! What the layouts have in common: where each layer lies in the parameters, and the two halves of a step.
//!
//! Every network here is linear in each layer, so a step has the same shape for all of them. A pass from the output to the
//! input forms the partial products of the layers *left* of each one, the last of which is the end-to-end map. The
//! objective turns that map into the *pull* `−η ∂R/∂(end-to-end map)`. A pass from the input to the output then carries
//! the pull rightwards through the layers and updates each one on the way.

use std::fmt::Debug;
use std::ops::Range;

use super::convolutional::Convolutional;
use super::diagonal::Diagonal;
use super::fully_connected::RankOne;
use super::kernels::Scalar;
use super::matrices::Matrices;
use crate::problem::Network;

/// Where the weights of one layer lie: `rows × columns` numbers, row by row, from `start` on.
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

/// One way to hold the partial products of a network.
pub(super) trait Layout<T>: Debug + Send + Sync {
    /// Forms all partial products of `weights`, the end-to-end map among them.
    fn evaluate(&mut self, weights: &[T]);

    /// The end-to-end map that [`evaluate`](Self::evaluate) formed: `d_L × d_0`, row by row.
    fn product(&self) -> &[T];

    /// Writes the weights after the step to `next` and the sum of squares of each layer of `next` to `squares`.
    ///
    /// `pull` is `−η ∂R/∂(end-to-end map)`, shaped as [`product`](Self::product); `weights` are those that were last
    /// evaluated.
    fn update(&mut self, weights: &[T], pull: &[T], next: &mut [T], squares: &mut [T]);
}

/// The layout for `network`.
pub(super) fn layout_for<T: Scalar + Debug + Send + Sync + 'static>(network: &Network) -> Box<dyn Layout<T>> {
    match network {
        Network::FullyConnected { .. } if network.output_dimension() == 1 => Box::new(RankOne::new(network)),
        Network::FullyConnected { .. } => Box::new(Matrices::new(network)),
        Network::Diagonal { dim, depth } => Box::new(Diagonal::new(*dim, *depth)),
        Network::Convolutional { dim, filters } => Box::new(Convolutional::new(*dim, filters)),
    }
}
