//! The signs of the eigenvalues of a rational symmetric matrix, counted exactly.
//!
//! Sylvester's law of inertia: a congruence `SᵀMS` with a regular `S` changes no sign. Symmetric elimination is such a
//! congruence, so the signs of its pivots are those of the eigenvalues. No eigenvalue is computed and nothing is rounded. With
//! `M − λI` for `M` it counts the eigenvalues above, at and below any rational `λ`.

use rug::{Integer, Rational};

use crate::number::Matrix;
use crate::time_limit::check_exact;

/// How many eigenvalues are positive, zero and negative, with multiplicity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inertia {
    /// The number of positive eigenvalues.
    pub positive: usize,
    /// The number of eigenvalues that are exactly zero.
    pub zero: usize,
    /// The number of negative eigenvalues.
    pub negative: usize,
}

impl Inertia {
    /// The inertia of a symmetric matrix.
    ///
    /// ```
    /// use enclosures::number::Matrix;
    /// use enclosures::algebra::inertia::Inertia;
    /// use rug::Rational;
    /// // The eigenvalues are 3 and −1.
    /// let inertia = Inertia::of(&Matrix::from([[1, 2], [2, 1]]).map(|&entry| Rational::from(entry)));
    /// assert_eq!(inertia, Inertia { positive: 1, zero: 0, negative: 1 });
    /// ```
    ///
    /// # Panics
    ///
    /// If the matrix is not square.
    #[must_use]
    pub fn of(matrix: &Matrix<Rational>) -> Self {
        assert_eq!(matrix.rows(), matrix.columns(), "the inertia of a matrix that is not square");
        let mut rest: Vec<Vec<Rational>> = (0..matrix.rows()).map(|i| matrix.row(i).to_vec()).collect();
        let mut inertia = Self::default();
        loop {
            let size = rest.len();
            if let Some(pivot) = (0..size).find(|&i| !rest[i][i].is_zero()) {
                if rest[pivot][pivot] > Integer::ZERO {
                    inertia.positive += 1;
                } else {
                    inertia.negative += 1;
                }
                rest = (0..size)
                    .filter(|&i| i != pivot)
                    .map(|i| {
                        let factor = Rational::from(&rest[i][pivot] / &rest[pivot][pivot]);
                        let entry = |j: usize| {
                            let entry = &rest[i][j] - Rational::from(&factor * &rest[pivot][j]);
                            check_exact(&entry);
                            entry
                        };
                        (0..size).filter(|&j| j != pivot).map(entry).collect()
                    })
                    .collect();
                continue;
            }
            // The diagonal is zero. Adding row and column j to row and column i is a congruence that makes 2 a_ij its entry.
            let mut pairs = (0..size).flat_map(|i| (0..i).map(move |j| (i, j)));
            let Some((i, j)) = pairs.find(|&(i, j)| !rest[i][j].is_zero()) else {
                inertia.zero = size;
                return inertia;
            };
            let row: Vec<Rational> = (0..size).map(|k| Rational::from(&rest[i][k] + &rest[j][k])).collect();
            rest[i] = row;
            for line in &mut rest {
                let added = line[j].clone();
                line[i] += added;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inertia<const N: usize>(rows: [[i32; N]; N]) -> [usize; 3] {
        let matrix = Matrix::from_rows(rows.map(|row| row.map(Rational::from).to_vec()).to_vec()).unwrap();
        let Inertia { positive, zero, negative } = Inertia::of(&matrix);
        [positive, zero, negative]
    }

    #[test]
    fn signs_are_counted() {
        assert_eq!(inertia([[0, 1], [1, 0]]), [1, 0, 1]);
        assert_eq!(inertia([[2, 1], [1, 2]]), [2, 0, 0]);
        assert_eq!(inertia([[1, 2], [2, 1]]), [1, 0, 1]);
        assert_eq!(inertia([[-1, 0, 0], [0, 0, 3], [0, 3, 0]]), [1, 0, 2]);
        assert_eq!(inertia([[0, 0], [0, 0]]), [0, 2, 0]);
        assert_eq!(inertia([[1, 1, 1], [1, 1, 1], [1, 1, 1]]), [1, 2, 0]);
    }
}
