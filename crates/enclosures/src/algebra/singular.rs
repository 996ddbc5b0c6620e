//! A singular value decomposition that gives the same bits on every machine, for starts that are rounded to f64 afterwards.
//!
//! One-sided Jacobi rotations, first in f64, where they are cheap, then at the precision of the matrix, where two or three
//! sweeps remain.
//!
//! Nothing is certified here: what the result is worth is for the caller to measure.

use rug::Float;
use rug::ops::CompleteRound;

pub use super::jacobi::Columns;
use super::jacobi::{Places, Turned, refined, right_vectors};
use crate::number::Matrix;

/// `A = U Σ Vᵀ` with as many singular values as `A` has columns, the largest first.
pub struct Decomposition {
    /// The columns of `U`; zero where the singular value is zero.
    pub left: Columns<Float>,
    /// The diagonal of `Σ`.
    pub values: Vec<Float>,
    /// The columns of `V`.
    pub right: Columns<Float>,
}

/// Decomposes a matrix with at least as many rows as columns, all of `bits` bits, at least 64.
///
/// Singular values below 2^(32 − bits) of the Frobenius norm are given as zero: they cannot be told from rounding errors.
///
/// `None` if the rotations do not settle, which is not known to happen.
pub fn decompose(matrix: &Matrix<Float>, bits: u32) -> Option<Decomposition> {
    // The largest entry becomes a number between 1/2 and 1: nothing overflows.
    let exponent = matrix.entries().iter().filter_map(Float::get_exp).max().unwrap_or(0);
    let approximation = matrix.map(|entry| (entry >> exponent).complete(53).to_f64());
    // The signs and the order of what is found depend on the path of the rotations: it must not change.
    let start = right_vectors(&approximation, Places::Kept);
    let Turned { vectors: mut right, images: mut left, squares, is_settled, .. } =
        refined(matrix, &start, Places::Kept, bits);
    if !is_settled {
        return None;
    }
    let noise = squares.iter().fold(Float::new(bits), |sum, square| sum + square).sqrt() >> (bits - 32);
    let value = |square: Float| Some(square.sqrt()).filter(|value| *value > noise).unwrap_or_else(|| Float::new(bits));
    let mut values: Vec<Float> = squares.into_iter().map(value).collect();
    for (column, value) in left.iter_mut().zip(&values) {
        column.iter_mut().for_each(|entry| if value.is_zero() { *entry = Float::new(bits) } else { *entry /= value });
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let take = |columns: &mut Columns<Float>| order.iter().map(|&j| std::mem::take(&mut columns[j])).collect();
    let (left, right) = (take(&mut left), take(&mut right));
    let values = order.iter().map(|&j| std::mem::replace(&mut values[j], Float::new(bits))).collect();
    Some(Decomposition { left, values, right })
}

#[cfg(test)]
mod tests {
    use super::super::jacobi::dot;
    use super::*;
    use crate::draws::following;

    const BITS: u32 = 256;

    fn random(rows: usize, columns: usize, seed: u64) -> Matrix<Float> {
        let mut state = seed;
        let mut draw = || {
            state = following(state);
            Float::with_val(BITS, (state >> 11) as i64 - (1 << 52)) >> 52_u32
        };
        // Column by column.
        Matrix::from_fn(columns, rows, |_, _| draw()).transposed()
    }

    /// The largest entry of `UΣVᵀ − A`, `VᵀV − I` and `UᵀU − I` (where `σ > 0`), as a power of two.
    fn check(matrix: &Matrix<Float>, expected: Option<&[f64]>) {
        let Decomposition { left, values, right } = decompose(matrix, BITS).unwrap();
        let limit = Float::with_val(BITS, 1) >> 224_u32;
        let scale = values[0].clone() + 1_u32;
        let product = Matrix::from_fn(matrix.rows(), matrix.columns(), |i, j| {
            let term = |k: usize| (&left[k][i] * &right[k][j]).complete(BITS) * &values[k];
            (0..values.len()).map(term).fold(Float::new(BITS), |sum, term| sum + term)
        });
        for (found, entry) in product.entries().iter().zip(matrix.entries()) {
            assert!((found - entry).complete(BITS).abs() < (&limit * &scale).complete(BITS));
        }
        for i in 0..values.len() {
            for j in 0..values.len() {
                let identity = u32::from(i == j);
                assert!((dot(&right[i], &right[j], BITS) - identity).abs() < limit);
                if values[i] > limit && values[j] > limit {
                    assert!((dot(&left[i], &left[j], BITS) - identity).abs() < limit);
                }
            }
            assert!(i == 0 || values[i] <= values[i - 1]);
        }
        if let Some(expected) = expected {
            for (value, expected) in values.iter().zip(expected) {
                assert!((value.clone() - Float::with_val(BITS, *expected)).abs() < 1e-14, "{value} {expected}");
            }
        }
    }

    fn matrix(rows: &[&[f64]]) -> Matrix<Float> {
        Matrix::from_fn(rows.len(), rows[0].len(), |i, j| Float::with_val(BITS, rows[i][j]))
    }

    #[test]
    fn known_singular_values() {
        check(&matrix(&[&[3.0, 0.0], &[0.0, -5.0]]), Some(&[5.0, 3.0]));
        // Rank one, where a library's decomposition goes wrong.
        check(&matrix(&[&[1.0; 3][..]; 5]), Some(&[15.0_f64.sqrt(), 0.0, 0.0]));
        check(&matrix(&[&[0.0; 2][..]; 2]), Some(&[0.0, 0.0]));
        check(
            &matrix(&[&[1.0, 1.0], &[0.0, 1.0]]),
            Some(&[f64::midpoint(5.0_f64.sqrt(), 1.0), 0.618_033_988_749_894_9]),
        );
        check(&matrix(&[&[2.0], &[-1.0], &[2.0]]), Some(&[3.0]));
    }

    #[test]
    fn random_and_graded_matrices() {
        for (rows, columns) in [(1, 1), (4, 4), (7, 3), (12, 12)] {
            let mut matrix = random(rows, columns, 5);
            check(&matrix, None);
            for (i, entry) in matrix.entries_mut().iter_mut().enumerate() {
                *entry >>= 15 * (i % columns) as u32;
            }
            check(&matrix, None);
        }
    }

    #[test]
    fn the_trace_is_kept() {
        // ‖A‖_F² = Σ σ², by a route without the decomposition.
        let matrix = random(6, 4, 9);
        let total = dot(matrix.entries(), matrix.entries(), BITS);
        let values = decompose(&matrix, BITS).unwrap().values;
        assert!((dot(&values, &values, BITS) - total).abs() < 1e-60);
    }

    #[test]
    fn the_size_of_the_entries_does_not_matter() {
        let plain = random(5, 3, 11);
        let known = decompose(&plain, BITS).unwrap();
        // Far outside the range of f64 as well: a power of two changes no digit.
        for exponent in [-3000, -600, 600, 3000] {
            let scaled = plain.map(|entry| entry.clone() << exponent);
            let Decomposition { left, values, right } = decompose(&scaled, BITS).unwrap();
            assert_eq!((left, right), (known.left.clone(), known.right.clone()), "2^{exponent}");
            assert_eq!(values, known.values.iter().map(|value| value.clone() << exponent).collect::<Vec<_>>());
        }
    }
}
