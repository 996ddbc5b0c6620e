//! Products of a layer and its transpose, their powers, and sums of tensor products of these.

use crate::number::Real;
use crate::problem::Matrix;

/// The smaller of `AAᵀ` and `AᵀA`.
pub(super) fn smaller_gram<T: Real>(matrix: &Matrix<T>) -> Matrix<T> {
    if matrix.rows() < matrix.columns() { matrix.times_transpose(matrix) } else { matrix.transpose_times(matrix) }
}

/// The powers `A⁰, …, A^{count−1}` of a square matrix.
pub(super) fn powers<T: Real>(matrix: &Matrix<T>, count: usize) -> Vec<Matrix<T>> {
    let first = Matrix::identity(matrix.rows(), matrix.bits());
    std::iter::successors(Some(first), |power| Some(power.times(matrix))).take(count).collect()
}

/// `Σ_j D^{j−1} ⊗ E^{N−j}`, given the powers of `D` and of `E` from 0 to `N − 1`.
pub(super) fn tensor_sum<T: Real>(first: &[Matrix<T>], last: &[Matrix<T>]) -> Matrix<T> {
    let size = first[0].rows() * last[0].rows();
    let zero = Matrix::zeros(size, size, first[0].bits());
    first.iter().zip(last.iter().rev()).fold(zero, |sum, (right, left)| sum.plus(&right.kronecker(left)))
}
