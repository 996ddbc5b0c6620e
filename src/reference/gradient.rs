//! The gradient with respect to each layer, from the gradient with respect to the end-to-end matrix.

use super::network::{Products, begins_at_output, factors};
use crate::number::Ring;
use crate::problem::{Matrix, Network};

/// `∂R/∂W_k` for every layer, shaped as its weights, given `∂R/∂M` at the end-to-end matrix `M` (same shape, `d_L × d_0`) and the products of
/// the layers at these weights.
///
/// Of a layer's matrix it is `M_{k+1}ᵀ ⋯ M_Lᵀ (∂R/∂M) M_1ᵀ ⋯ M_{k−1}ᵀ` (Ji & Telgarsky, Section 2.1; Arora et al., (4)), and of its weights
/// what the adjoint of the map from weights to matrix makes of that.
#[must_use]
pub fn layer_gradients<T: Ring>(
    network: &Network,
    weights: &[Matrix<T>],
    products: &Products<T>,
    at_product: &Matrix<T>,
) -> Vec<Matrix<T>> {
    let is_reversed = begins_at_output(network);
    let mut factors = factors(network, weights);
    // above is the slope of the product of the factors up to this one, from the last factor downwards.
    let mut above = if is_reversed { at_product.transposed() } else { at_product.clone() };
    let mut gradients = Vec::with_capacity(factors.len());
    while let Some(factor) = factors.pop() {
        let Some(below) = factors.len().checked_sub(1) else {
            gradients.push(factor.pull_back(above));
            break;
        };
        gradients.push(factor.pull_back_product(&above, &products.partial()[below]));
        above = factor.transposed().times(&above);
    }
    if !is_reversed {
        gradients.reverse();
    }
    gradients
}
