//! Matrices of faer.

use ::faer::{Mat, MatRef, Shape};

use crate::number::Matrix;

/// The same entries, whatever the strides: a copy.
///
/// ```
/// use enclosures::number::Matrix;
/// let matrix = Matrix::from(faer::mat![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]].transpose());
/// assert_eq!(matrix.row(1), [2.0, 4.0, 6.0]);
/// ```
impl<T: Clone, R: Shape, C: Shape> From<MatRef<'_, T, R, C>> for Matrix<T> {
    fn from(matrix: MatRef<'_, T, R, C>) -> Self {
        let matrix = matrix.as_dyn();
        Self::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)].clone())
    }
}

/// The same entries: a copy.
impl<T: Clone> From<&Mat<T>> for Matrix<T> {
    fn from(matrix: &Mat<T>) -> Self {
        Self::from(matrix.as_ref())
    }
}

/// The same entries: a copy.
impl<T: Clone> From<&Matrix<T>> for Mat<T> {
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
        let other = Mat::from(&matrix);
        assert_eq!(other, ::faer::mat![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(Matrix::from(&other), matrix);
        // Negative strides, and a transpose.
        let reversed = Matrix::from([[6.0, 5.0, 4.0], [3.0, 2.0, 1.0]]);
        assert_eq!(Matrix::from(other.as_ref().reverse_rows_and_cols()), reversed);
        assert_eq!(Matrix::from(other.transpose()), matrix.transposed());
        assert_eq!(Matrix::from(&Mat::<f64>::zeros(0, 3)).columns(), 3);
    }

    #[test]
    fn entries_of_any_kind() {
        let exact = Matrix::from([[0.1, -2.5]]).to_rationals().unwrap();
        assert_eq!(Matrix::from(&Mat::from(&exact)), exact);
    }
}
