//! The gradient with respect to each layer, from the gradient with respect to the end-to-end matrix.

use super::network::{circular_convolution, product_of};
use crate::number::Ring;
use crate::problem::{Matrix, Network};

/// `∂R/∂W_k` for every layer, given `∂R/∂W` at the end-to-end matrix `W` (same shape, `d_L × d_0`) and, for a fully-connected network,
/// the products `W_k ⋯ W_1`.
///
/// Fully-connected: `W_{k+1}ᵀ ⋯ W_Lᵀ (∂R/∂W) W_1ᵀ ⋯ W_{k−1}ᵀ` (Ji & Telgarsky, Section 2.1; Arora et al., (4)).
#[must_use]
pub fn layer_gradients<T: Ring>(
    network: &Network,
    weights: &[Matrix<T>],
    partial_products: &[Matrix<T>],
    at_product: &Matrix<T>,
) -> Vec<Matrix<T>> {
    match network {
        Network::FullyConnected { .. } => fully_connected(weights, partial_products, at_product),
        Network::Diagonal { dim, .. } => (0..weights.len())
            .map(|k| {
                Matrix::from_fn(1, *dim, |_, j| {
                    let others = weights.iter().enumerate().filter(|(l, _)| *l != k).map(|(_, layer)| &layer[(0, j)]);
                    product_of(std::iter::once(&at_product[(0, j)]).chain(others))
                })
            })
            .collect(),
        Network::Convolutional { dim, .. } => (0..weights.len())
            .map(|k| {
                let others = weights.iter().enumerate().filter(|(l, _)| *l != k).map(|(_, layer)| layer);
                let coefficients = circular_convolution(others, *dim);
                // Entry j of filter k sends coefficient i of the others to place i + j of the end-to-end vector.
                Matrix::from_fn(1, weights[k].columns(), |_, j| {
                    let mut sum = T::zero(at_product[(0, 0)].bits());
                    for (i, coefficient) in coefficients.iter().enumerate() {
                        sum.add_product(coefficient, &at_product[(0, (i + j) % dim)]);
                    }
                    sum
                })
            })
            .collect(),
    }
}

fn fully_connected<T: Ring>(weights: &[Matrix<T>], below: &[Matrix<T>], at_product: &Matrix<T>) -> Vec<Matrix<T>> {
    // above[k] = W_{k+1}ᵀ ⋯ W_Lᵀ (∂R/∂W), from the last layer downwards.
    let mut above = vec![at_product.clone()];
    for layer in weights.iter().skip(1).rev() {
        let next = layer.transpose_times(&above[above.len() - 1]);
        above.push(next);
    }
    let mut above = above.into_iter().rev();
    let first = above.next();
    first.into_iter().chain(above.zip(below).map(|(above, below)| above.times_transpose(below))).collect()
}
