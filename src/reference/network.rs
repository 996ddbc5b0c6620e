//! What the three architectures compute: end-to-end products, and outputs layer by layer.

use crate::number::Ring;
use crate::problem::{Matrix, Network};

/// The end-to-end matrix `W_L ⋯ W_1`, `d_L × d_0`; one row for diagonal and convolutional networks, whose output is its
/// product with `x`.
#[must_use]
pub fn end_to_end<T: Ring>(network: &Network, weights: &[Matrix<T>]) -> Matrix<T> {
    match network {
        Network::FullyConnected { .. } => product(weights).expect("a network has at least one layer"),
        Network::Diagonal { dim, .. } => {
            Matrix::from_fn(1, *dim, |_, j| product_of(weights.iter().map(|layer| &layer[(0, j)])))
        }
        Network::Convolutional { dim, .. } => Matrix::row_vector(circular_convolution(weights, *dim)),
    }
}

/// The products `W_1`, `W_2 W_1`, …, `W_L ⋯ W_1` of the layers of a fully-connected network; empty for the others.
#[must_use]
pub fn partial_products<T: Ring>(network: &Network, weights: &[Matrix<T>]) -> Vec<Matrix<T>> {
    let mut products: Vec<Matrix<T>> = Vec::new();
    if matches!(network, Network::FullyConnected { .. }) {
        for layer in weights {
            products.push(products.last().map_or_else(|| layer.clone(), |below| layer.times(below)));
        }
    }
    products
}

/// The product `W_j ⋯ W_i` of consecutive layers given as `[W_i, …, W_j]`; `None` of no layers.
#[must_use]
pub fn product<T: Ring>(layers: &[Matrix<T>]) -> Option<Matrix<T>> {
    let (first, rest) = layers.split_first()?;
    Some(rest.iter().fold(first.clone(), |below, layer| layer.times(&below)))
}

/// The output for one input, computed through the layers one after the other: `x`, `W_1 x`, `W_2 W_1 x`, ….
#[must_use]
pub fn output<T: Ring>(network: &Network, weights: &[Matrix<T>], input: &[T]) -> Vec<T> {
    match network {
        Network::FullyConnected { .. } => weights.iter().fold(input.to_vec(), |signal, layer| {
            (0..layer.rows()).map(|i| sum_of_products(layer.row(i), &signal)).collect()
        }),
        Network::Diagonal { .. } => {
            let signal = weights.iter().fold(input.to_vec(), |signal, layer| {
                signal.into_iter().zip(layer.row(0)).map(|(entry, weight)| entry * weight).collect()
            });
            let ones = vec![T::one(input[0].bits()); signal.len()];
            vec![sum_of_products(&signal, &ones)]
        }
        Network::Convolutional { .. } => {
            let (last, filters) = weights.split_last().expect("a network has at least one layer");
            let signal =
                filters.iter().fold(input.to_vec(), |signal, filter| cross_correlation(&signal, filter.row(0)));
            vec![sum_of_products(&signal, last.row(0))]
        }
    }
}

/// The circular cross-correlation `[a ⋆ b]_i = Σ_{j=1}^{k} a_{((i+j−2) mod d)+1} b_j`, counted from 1.
fn cross_correlation<T: Ring>(signal: &[T], filter: &[T]) -> Vec<T> {
    let dim = signal.len();
    (0..dim)
        .map(|i| {
            let mut sum = T::zero(signal[i].bits());
            for (j, weight) in filter.iter().enumerate() {
                sum.add_product(&signal[(i + j) % dim], weight);
            }
            sum
        })
        .collect()
}

/// The vector with entry `m = Σ ∏_k w_{k,j_k}` over all 0-based `j_1 + … + j_L ≡ m (mod dim)`; the unit impulse for no layers.
pub(super) fn circular_convolution<'a, T: Ring>(layers: impl IntoIterator<Item = &'a Matrix<T>>, dim: usize) -> Vec<T> {
    let mut layers = layers.into_iter().peekable();
    let bits = layers.peek().map_or(64, |layer| layer[(0, 0)].bits());
    let mut impulse = vec![T::zero(bits); dim];
    impulse[0] = T::one(bits);
    layers.fold(impulse, |coefficients, layer| {
        let mut convolved = vec![T::zero(bits); dim];
        for (i, coefficient) in coefficients.iter().enumerate() {
            for (j, weight) in layer.row(0).iter().enumerate() {
                convolved[(i + j) % dim].add_product(coefficient, weight);
            }
        }
        convolved
    })
}

/// The product of some numbers, at least one.
pub(super) fn product_of<'a, T: Ring>(mut factors: impl Iterator<Item = &'a T>) -> T {
    let first = factors.next().expect("a product of at least one factor").clone();
    factors.fold(first, |product, factor| product * factor)
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
