//! Balancedness: how far adjacent layers are from `W_kW_kᵀ = W_{k+1}ᵀW_{k+1}`.
//!
//! The papers use three conventions for one thing: Ji & Telgarsky's `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`, Arora et al.'s
//! `D_j = W_{j+1}ᵀW_{j+1} − W_jW_jᵀ = −A_j` measured in the Frobenius norm. It is computed here, once.

use crate::number::{Real, Ring};
use crate::problem::{Architecture, Matrix};

/// `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`, `d_k × d_k`, for `1 ≤ k < L`.
#[must_use]
pub fn imbalances<T: Ring>(weights: &[Matrix<T>]) -> Vec<Matrix<T>> {
    weights.windows(2).map(|pair| pair[0].times_transpose(&pair[0]).minus(&pair[1].transpose_times(&pair[1]))).collect()
}

/// How far layer `below` and the one above it are from balanced, in the quantity that gradient flow keeps: `‖A_k‖_F` of a fully-connected
/// network; `(Σ_j (w_{k,j}² − w_{k+1,j}²)²)^{1/2}` of a diagonal one, which is the same of the diagonal matrices; `|‖w_k‖_2² − ‖w_{k+1}‖_2²|` of a
/// convolutional one.
#[must_use]
pub fn imbalance<T: Real>(architecture: Architecture, below: &Matrix<T>, above: &Matrix<T>) -> T {
    match architecture {
        Architecture::FullyConnected => {
            below.times_transpose(below).minus(&above.transpose_times(above)).frobenius_squared().sqrt_of_nonnegative()
        }
        Architecture::Diagonal => {
            let squares = |layer: &Matrix<T>| layer.map(|weight| weight.square());
            squares(below).minus(&squares(above)).frobenius_squared().sqrt_of_nonnegative()
        }
        Architecture::Convolutional => (below.frobenius_squared() - &above.frobenius_squared()).abs(),
    }
}

/// `‖W_k‖_F²` of every layer.
#[must_use]
pub fn norms_squared<T: Ring>(weights: &[Matrix<T>]) -> Vec<T> {
    weights.iter().map(Matrix::frobenius_squared).collect()
}
