//! Matrices of nalgebra.

use ::nalgebra::{DMatrix, Dim, RawStorage, Scalar};

use crate::number::Matrix;

/// The same entries, whatever the shape and the storage: a copy.
///
/// ```
/// use enclosures::number::Matrix;
/// let matrix = Matrix::from(&nalgebra::matrix![1.0, 2.0; 3.0, 4.0; 5.0, 6.0]);
/// assert_eq!(matrix.row(1), [3.0, 4.0]);
/// ```
impl<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>> From<&::nalgebra::Matrix<T, R, C, S>> for Matrix<T> {
    fn from(matrix: &::nalgebra::Matrix<T, R, C, S>) -> Self {
        Self::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)].clone())
    }
}

/// The same entries: a copy.
impl<T: Scalar> From<&Matrix<T>> for DMatrix<T> {
    fn from(matrix: &Matrix<T>) -> Self {
        Self::from_fn(matrix.rows(), matrix.columns(), |i, j| matrix[(i, j)].clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_places() {
        let matrix = Matrix::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let other = DMatrix::from(&matrix);
        assert_eq!(other, ::nalgebra::dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0]);
        assert_eq!(Matrix::from(&other), matrix);
        // A view with strides, a transpose and a vector.
        assert_eq!(
            Matrix::from(&other.view_with_steps((0, 0), (2, 2), (0, 1))),
            Matrix::from([[1.0, 3.0], [4.0, 6.0]])
        );
        assert_eq!(Matrix::from(&other.transpose()), matrix.transposed());
        assert_eq!(Matrix::from(&other.row(1)), Matrix::row_vector(vec![4.0, 5.0, 6.0]));
        assert_eq!(Matrix::from(&DMatrix::<f64>::zeros(0, 3)).columns(), 3);
    }

    #[test]
    fn entries_of_any_kind() {
        let exact = Matrix::from([[0.1, -2.5]]).to_rationals().unwrap();
        assert_eq!(Matrix::from(&DMatrix::from(&exact)), exact);
    }
}
