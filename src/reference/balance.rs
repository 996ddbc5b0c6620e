//! Balancedness: how far adjacent layers are from `W_kW_kᵀ = W_{k+1}ᵀW_{k+1}`.
//!
//! The papers use three conventions for one thing: Ji & Telgarsky's `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`, Arora et al.'s
//! `D_j = W_{j+1}ᵀW_{j+1} − W_jW_jᵀ = −A_j` measured in the Frobenius norm. It is computed here, once.

use crate::number::Ring;
use crate::problem::Matrix;

/// `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`, `d_k × d_k`, for `1 ≤ k < L`.
#[must_use]
pub fn imbalances<T: Ring>(weights: &[Matrix<T>]) -> Vec<Matrix<T>> {
    weights.windows(2).map(|pair| pair[0].times_transpose(&pair[0]).minus(&pair[1].transpose_times(&pair[1]))).collect()
}

/// `‖W_k‖_F²` of every layer.
#[must_use]
pub fn norms_squared<T: Ring>(weights: &[Matrix<T>]) -> Vec<T> {
    weights.iter().map(Matrix::frobenius_squared).collect()
}
