//! The gradient, formula by formula, over any ring: margins and residuals of the end-to-end matrix, the slope there, the slopes of the layers.
//!
//! A point keeps what these return. They ask for sums and products alone, so that the same text bounds the rounding errors of another
//! program when it runs over [`Majorant`](crate::number::Majorant).

use super::Setting;
use super::network::{Products, factors, sum_of_products};
use crate::number::Ring;
use crate::problem::{Loss, Matrix, Network};

/// The margins `m_i = ⟨w, z_i⟩`, `w` the end-to-end vector; empty unless the loss is one of classification.
#[must_use]
pub fn margins<T: Ring>(setting: &Setting<T>, end_to_end: &Matrix<T>) -> Vec<T> {
    let Some(z) = setting.signed_examples() else { return Vec::new() };
    (0..z.rows()).map(|i| sum_of_products(end_to_end.row(0), z.row(i))).collect()
}

/// The residual of the squared losses: rows `f(x_i) − y_i` (`n × d_L`), or `M − Φ`.
#[must_use]
pub fn residual<T: Ring>(setting: &Setting<T>, end_to_end: &Matrix<T>) -> Matrix<T> {
    match (setting.examples(), setting.target()) {
        (Some((x, y)), _) => x.times_transpose(end_to_end).minus(y),
        (None, Some(target)) => end_to_end.clone().minus(target),
        (None, None) => unreachable!("a setting has examples or a target"),
    }
}

/// `∂R/∂M` at the end-to-end matrix `M`, `d_L × d_0`, where `slopes` are the `ℓ′(m_i)` of a loss of classification. With one output it is the
/// row `gᵀ`, `g = (1/n) Σ_i ℓ′(m_i) z_i`.
#[must_use]
pub fn product_gradient<T: Ring>(setting: &Setting<T>, end_to_end: &Matrix<T>, slopes: &[T]) -> Matrix<T> {
    match (setting.loss(), setting.signed_examples()) {
        (Loss::Logistic { .. } | Loss::Exponential, Some(z)) => {
            Matrix::row_vector(slopes.to_vec()).times(z).scaled(setting.normaliser())
        }
        (Loss::Squared, _) => {
            let (x, _) = setting.examples().expect("the squared loss has examples");
            residual(setting, end_to_end).transpose_times(x).scaled(setting.normaliser())
        }
        _ => residual(setting, end_to_end),
    }
}

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
    let is_reversed = products.is_from_output();
    let mut factors = factors(network, weights, is_reversed);
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
