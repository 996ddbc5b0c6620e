//! Exact linear algebra over the rationals: elimination, rank, null space, linear systems.
//!
//! Every answer is exact; nothing here rounds. The cost is that of rational arithmetic, so it is meant for matrices of tens of rows.

use rug::{Assign, Rational};

use super::modular_rank::rank_at_least;
use crate::number::Matrix;
use crate::time_limit::check_exact;

/// The reduced row echelon form of a matrix.
#[derive(Clone, Debug)]
struct Echelon {
    /// The non-zero rows: in row `r` the entry of column `pivots[r]` is 1, and it is the only one in its column.
    rows: Vec<Vec<Rational>>,
    /// The column of the leading entry of each row, ascending.
    pivots: Vec<usize>,
}

impl Echelon {
    /// Gauss–Jordan elimination, pivoting in the first `columns` columns only.
    fn of(mut rows: Vec<Vec<Rational>>, columns: usize) -> Self {
        let mut pivots = Vec::new();
        for column in 0..columns {
            let rank = pivots.len();
            // Any non-zero pivot is exact; the shortest one keeps the numbers short.
            let pivot =
                (rank..rows.len()).filter(|&i| !rows[i][column].is_zero()).min_by_key(|&i| length(&rows[i][column]));
            let Some(pivot) = pivot else { continue };
            rows.swap(rank, pivot);
            let reciprocal = Rational::from(rows[rank][column].recip_ref());
            for entry in &mut rows[rank] {
                *entry *= &reciprocal;
                check_exact(entry);
            }
            let leading = rows[rank].clone();
            let mut product = Rational::new();
            for (i, row) in rows.iter_mut().enumerate() {
                if i == rank || row[column].is_zero() {
                    continue;
                }
                let factor = row[column].clone();
                for (entry, above) in row.iter_mut().zip(&leading) {
                    product.assign(&factor * above);
                    *entry -= &product;
                    check_exact(entry);
                }
            }
            pivots.push(column);
        }
        Self { rows, pivots }
    }
}

fn length(value: &Rational) -> u64 {
    u64::from(value.numer().significant_bits()) + u64::from(value.denom().significant_bits())
}

fn rows_of(matrix: &Matrix<Rational>) -> Vec<Vec<Rational>> {
    (0..matrix.rows()).map(|i| matrix.row(i).to_vec()).collect()
}

/// The rank. Full rank is found without fractions.
#[must_use]
pub fn rank(matrix: &Matrix<Rational>) -> usize {
    let most = matrix.rows().min(matrix.columns());
    if rank_at_least(matrix) == Some(most) {
        return most;
    }
    Echelon::of(rows_of(matrix), matrix.columns()).pivots.len()
}

/// A basis of the vectors `x` with `matrix · x = 0`; empty if only `x = 0` is one.
///
/// ```
/// use enclosures::{number::Matrix, algebra::elimination::null_space};
/// use rug::Rational;
/// let basis = null_space(&Matrix::row_vector(vec![Rational::from(1), Rational::from(-2)]));
/// assert_eq!(basis, [[Rational::from(2), Rational::from(1)]]);
/// ```
#[must_use]
pub fn null_space(matrix: &Matrix<Rational>) -> Vec<Vec<Rational>> {
    let Echelon { rows, pivots } = Echelon::of(rows_of(matrix), matrix.columns());
    (0..matrix.columns())
        .filter(|column| !pivots.contains(column))
        .map(|free| {
            let mut vector = vec![Rational::new(); matrix.columns()];
            vector[free] = Rational::from(1);
            for (row, &pivot) in rows.iter().zip(&pivots) {
                vector[pivot] = Rational::from(-&row[free]);
            }
            vector
        })
        .collect()
}

/// The only solution `x` of `matrix · x = right`; `None` if there is none or more than one.
///
/// # Panics
///
/// If `right` has not one entry for every row.
#[must_use]
pub fn solve(matrix: &Matrix<Rational>, right: &[Rational]) -> Option<Vec<Rational>> {
    assert_eq!(matrix.rows(), right.len(), "length of the right-hand side of a linear system");
    let columns = matrix.columns();
    let augmented = (0..matrix.rows()).map(|i| [matrix.row(i), &right[i..=i]].concat()).collect();
    let Echelon { rows, pivots } = Echelon::of(augmented, columns);
    let solvable = rows[pivots.len()..].iter().all(|row| row[columns].is_zero());
    (solvable && pivots.len() == columns).then(|| rows[..columns].iter().map(|row| row[columns].clone()).collect())
}

#[cfg(test)]
mod tests {
    use quickcheck::{QuickCheck, Testable};

    use super::*;
    use crate::algebra::exact::image;

    fn law<P: Testable>(property: P) {
        QuickCheck::new().tests(300).quickcheck(property);
    }

    fn matrix(rows: usize, columns: usize, seed: &[i8]) -> Matrix<Rational> {
        let mut entries = seed.iter().cycle();
        // Entries in −2..=2 make dependent rows frequent.
        Matrix::from_fn(rows, columns, |_, _| Rational::from(entries.next().map_or(0, |e| i32::from(*e % 3))))
    }

    #[test]
    fn null_space_is_annihilated_and_has_the_complementary_dimension() {
        law::<fn(u8, u8, Vec<i8>) -> bool>(|rows, columns, seed| {
            let matrix = matrix(usize::from(rows % 5), usize::from(columns % 5) + 1, &seed);
            let columns = matrix.columns();
            let basis = null_space(&matrix);
            let independent = Matrix::from_rows(basis.clone()).is_none_or(|m| rank(&m) == basis.len());
            basis.iter().all(|x| image(&matrix, x).iter().all(Rational::is_zero))
                && basis.len() + rank(&matrix) == columns
                && independent
        });
    }

    #[test]
    fn rank_of_the_transpose_is_the_rank() {
        law::<fn(u8, u8, Vec<i8>) -> bool>(|rows, columns, seed| {
            let matrix = matrix(usize::from(rows % 6) + 1, usize::from(columns % 6) + 1, &seed);
            rank(&matrix) == rank(&matrix.transposed())
        });
    }

    #[test]
    fn solve_finds_exactly_the_unique_solutions() {
        law::<fn(u8, u8, Vec<i8>, Vec<i8>) -> bool>(|rows, columns, seed, target| {
            let matrix = matrix(usize::from(rows % 5) + 1, usize::from(columns % 5) + 1, &seed);
            let x = self::matrix(1, matrix.columns(), &target);
            let right = image(&matrix, x.row(0));
            let consistent = match solve(&matrix, &right) {
                Some(found) => found == x.row(0) && rank(&matrix) == matrix.columns(),
                None => rank(&matrix) < matrix.columns(),
            };
            // A right-hand side outside the range has no solution: the row of zeros appended demands 0 = 1.
            let mut rows: Vec<_> = (0..matrix.rows()).map(|i| matrix.row(i).to_vec()).collect();
            rows.push(vec![Rational::new(); matrix.columns()]);
            let contradictory = Matrix::from_rows(rows).unwrap();
            consistent && solve(&contradictory, &[right, vec![Rational::from(1)]].concat()).is_none()
        });
    }
}
