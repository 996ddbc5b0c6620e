//! What the layouts have in common: the weights in blocks, and the two halves of a step.
//!
//! Every network here is linear in each layer, so a step has the same shape for all of them. A pass from the output to the
//! input forms the partial products of the layers *left* of each one, the last of which is the end-to-end map. The
//! objective turns that map into the *pull* `−η ∂R/∂(end-to-end map)`. A pass from the input to the output then carries
//! the pull rightwards through the layers and updates each one on the way, in place.

use super::convolutional::Convolutional;
use super::diagonal::Diagonal;
use super::fully_connected::RankOne;
use super::kernels::sum_of_squares;
use super::machine::{Block, Machine};
use super::matrices::Matrices;
use super::panel::Panel;
use crate::problem::{Architecture, Network};

/// One way to hold the weights and partial products of a network.
pub(super) trait Layout<T: Copy + Default> {
    /// Where the layers lie among the weights, `W_1` first.
    fn layers(&self) -> &[Panel];

    /// All weights.
    fn weights(&self) -> &[Block<T>];

    /// All weights.
    fn weights_mut(&mut self) -> &mut [Block<T>];

    /// The shape of the end-to-end map, which begins at block 0 of [`product`](Self::product).
    fn map(&self) -> Panel;

    /// The end-to-end map that [`evaluate`](Self::evaluate) formed: `d_L × d_0`.
    fn product(&self) -> &[Block<T>];

    /// Forms all partial products of the weights, the end-to-end map among them.
    fn evaluate<M: Machine<Number = T>>(&mut self, m: M);

    /// Moves the weights, which are those that were last evaluated; `pull` is `−η ∂R/∂(end-to-end map)`, shaped as the map.
    fn update<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>]);

    /// Writes what [`update`](Self::update) would add to the weights to `slope`, which is shaped as they are: `−η ∂R/∂W_k` for all layers.
    fn slope<M: Machine<Number = T>>(&mut self, m: M, pull: &[Block<T>], slope: &mut [Block<T>]);

    /// Whether the squared norm of some layer, as it is computed, exceeds `limit` or is no number.
    #[inline(always)]
    fn exceeds<M: Machine<Number = T>>(&self, m: M, limit: T) -> bool
    where
        T: PartialOrd,
    {
        self.layers().iter().any(|layer| {
            let square = sum_of_squares(m, &self.weights()[layer.range()]);
            square.partial_cmp(&limit).is_none_or(std::cmp::Ordering::is_gt)
        })
    }

    /// Places the weights, given layer by layer and row by row.
    fn write(&mut self, mut numbers: &[T]) {
        for k in 0..self.layers().len() {
            let layer = self.layers()[k];
            let (of_layer, rest) = numbers.split_at(layer.rows * layer.columns);
            layer.write(self.weights_mut(), of_layer);
            numbers = rest;
        }
    }

    /// Copies the weights, layer by layer and row by row.
    fn read(&self, mut numbers: &mut [T]) {
        for layer in self.layers() {
            let (of_layer, rest) = numbers.split_at_mut(layer.rows * layer.columns);
            layer.read(self.weights(), of_layer);
            numbers = rest;
        }
    }
}

/// The layout of a network.
#[derive(Debug)]
pub(super) enum Layers<T> {
    /// Fully-connected, one output.
    RankOne(RankOne<T>),
    /// Fully-connected, several outputs.
    Matrices(Matrices<T>),
    /// Diagonal.
    Diagonal(Diagonal<T>),
    /// Circular convolutional.
    Convolutional(Convolutional<T>),
}

/// The same expression for whichever layout it is.
macro_rules! with_layout {
    ($layers:expr, $layout:pat => $expression:expr) => {
        match $layers {
            Layers::RankOne($layout) => $expression,
            Layers::Matrices($layout) => $expression,
            Layers::Diagonal($layout) => $expression,
            Layers::Convolutional($layout) => $expression,
        }
    };
}
pub(super) use with_layout;

impl<T> Layers<T> {
    /// How many times as large as its squared norm the squared norm of a layer's matrix can be, for a layer of so many columns: the matrix of a
    /// filter is no larger than the sum of its entries' absolute values.
    pub fn spread(&self, columns: usize) -> usize {
        match self {
            Self::RankOne(_) | Self::Matrices(_) | Self::Diagonal(_) => 1,
            Self::Convolutional(_) => columns,
        }
    }
}

impl<T: Copy + Default> Layers<T> {
    /// The layout for `network`, all weights zero.
    pub fn new(network: &Network) -> Self {
        let dim = network.input_dimension();
        match network.architecture() {
            Architecture::FullyConnected if network.output_dimension() == 1 => Self::RankOne(RankOne::new(network)),
            Architecture::FullyConnected => Self::Matrices(Matrices::new(network)),
            Architecture::Diagonal => Self::Diagonal(Diagonal::new(dim, network.depth())),
            Architecture::Convolutional => {
                let filters: Vec<usize> = network.layer_shapes().into_iter().map(|(_, size)| size).collect();
                Self::Convolutional(Convolutional::new(dim, &filters))
            }
        }
    }
}
