//! What a network computes: products of its layers' matrices, and outputs layer by layer.

use super::layer::Factor;
use crate::number::Ring;
use crate::problem::{Matrix, Network};

/// The products of a network's layers from one end up to each layer, the end-to-end matrix being the last.
///
/// Fully-connected networks are multiplied from the input, as the papers write `W_k ⋯ W_1`; all others from the output, where there is one
/// row, so that a product with a layer is one pass over its weights. Where operations are dear they are all multiplied from the
/// [narrower end](Self::from_narrower_end).
#[derive(Clone, Debug)]
pub struct Products<T> {
    /// `M_1`, `M_2 M_1`, …; from the output `M_Lᵀ`, `M_{L−1}ᵀ M_Lᵀ`, ….
    partial: Vec<Matrix<T>>,
    /// The end-to-end matrix, if it is the transpose of the last of those.
    transposed: Option<Matrix<T>>,
}

impl<T: Ring> Products<T> {
    /// The products at `weights`, those of the first layer first.
    #[must_use]
    pub fn new(network: &Network, weights: &[Matrix<T>]) -> Self {
        Self::from_end(network, weights, !network.is_fully_connected())
    }

    /// The same from the end with fewer numbers, for whatever network: that takes the fewest operations.
    #[must_use]
    pub fn from_narrower_end(network: &Network, weights: &[Matrix<T>]) -> Self {
        let is_from_output = network.output_dimension() < network.input_dimension();
        Self::from_end(network, weights, is_from_output || !network.is_fully_connected())
    }

    fn from_end(network: &Network, weights: &[Matrix<T>], is_from_output: bool) -> Self {
        let mut partial: Vec<Matrix<T>> = Vec::with_capacity(weights.len());
        for factor in factors(network, weights, is_from_output) {
            partial.push(partial.last().map_or_else(|| factor.matrix(), |before| factor.times(before)));
        }
        let transposed = if is_from_output { partial.last().map(Matrix::transposed) } else { None };
        Self { partial, transposed }
    }

    /// The end-to-end matrix `M_L ⋯ M_1`, `d_L × d_0`.
    #[must_use]
    pub fn end_to_end(&self) -> &Matrix<T> {
        self.transposed.as_ref().or(self.partial.last()).expect("a network has at least one layer")
    }

    /// Whether the layers are multiplied from the output.
    pub(super) fn is_from_output(&self) -> bool {
        self.transposed.is_some()
    }

    /// The products as they stand: see [`factors`].
    pub(super) fn partial(&self) -> &[Matrix<T>] {
        &self.partial
    }
}

/// The factors of a network's product in the order in which they are multiplied, each from the left onto the product before it: the layers
/// from the input, or their transposes from the output.
pub(super) fn factors<'a, T: Ring>(
    network: &'a Network,
    weights: &'a [Matrix<T>],
    is_from_output: bool,
) -> Vec<Factor<'a, T>> {
    let factors = network.layers().iter().zip(weights).map(|(layer, weights)| Factor::of(layer, weights));
    if is_from_output { factors.rev().map(Factor::transposed).collect() } else { factors.collect() }
}

/// The end-to-end matrix `M_L ⋯ M_1`, `d_L × d_0`; one row for diagonal and convolutional networks, whose output is its product with `x`.
#[must_use]
pub fn end_to_end<T: Ring>(network: &Network, weights: &[Matrix<T>]) -> Matrix<T> {
    let Products { mut partial, transposed } = Products::new(network, weights);
    transposed.or(partial.pop()).expect("a network has at least one layer")
}

/// The product `W_j ⋯ W_i` of consecutive layers given as `[W_i, …, W_j]`; `None` of no layers.
#[must_use]
pub fn product<T: Ring>(layers: &[Matrix<T>]) -> Option<Matrix<T>> {
    let (first, rest) = layers.split_first()?;
    Some(rest.iter().fold(first.clone(), |below, layer| layer.times(&below)))
}

/// The output for one input, computed through the layers one after the other: `x`, `M_1 x`, `M_2 M_1 x`, ….
#[must_use]
pub fn output<T: Ring>(network: &Network, weights: &[Matrix<T>], input: &[T]) -> Vec<T> {
    network.layers().iter().zip(weights).fold(input.to_vec(), |signal, (layer, weights)| {
        let bits = signal.iter().chain(weights.entries()).map(Ring::bits).max().unwrap_or(64);
        let mut image = vec![T::zero(bits); layer.rows()];
        for entry in layer.triplets() {
            image[entry.row].add_product(&weights.entries()[entry.parameter], &signal[entry.column]);
        }
        image
    })
}

/// `Σ_j left_j right_j`.
pub(super) fn sum_of_products<T: Ring>(left: &[T], right: &[T]) -> T {
    let bits = left.iter().chain(right).map(Ring::bits).max().unwrap_or(64);
    let mut sum = T::zero(bits);
    for (a, b) in left.iter().zip(right) {
        sum.add_product(a, b);
    }
    sum
}
