//! A singular value decomposition that gives the same bits on every machine, for starts that are rounded to f64 afterwards.
//!
//! Nothing is certified here: what the rounded result is worth is measured exactly, in [`frobenius`](super::frobenius).

use rug::Float;
use rug::ops::CompleteRound;

/// The precision of the decomposition.
pub(super) const BITS: u32 = 256;

/// A matrix by its columns.
pub(super) type Columns = Vec<Vec<Float>>;

/// `A = U Σ Vᵀ` with as many singular values as `A` has columns, the largest first.
pub(super) struct Decomposition {
    /// The columns of `U`; zero where the singular value is zero.
    pub(super) left: Columns,
    /// The diagonal of `Σ`.
    pub(super) values: Vec<Float>,
    /// The columns of `V`.
    pub(super) right: Columns,
}

/// Decomposes a matrix with at least as many rows as columns by one-sided Jacobi rotations (Hestenes).
///
/// Singular values below 2⁻²²⁴ of the Frobenius norm are given as zero: they cannot be told from rounding errors.
///
/// `None` if the rotations do not settle, which is not known to happen.
pub(super) fn decompose(columns: Columns) -> Option<Decomposition> {
    let count = columns.len();
    let mut turned = columns;
    let mut right: Columns =
        (0..count).map(|j| (0..count).map(|i| Float::with_val(BITS, u32::from(i == j))).collect()).collect();
    // Cyclic Jacobi converges quadratically: about ten sweeps at any size that fits into memory.
    let norm =
        turned.iter().map(|column| dot(column, column)).fold(Float::new(BITS), |sum, square| sum + square).sqrt();
    let noise = norm >> (BITS - 32);
    let settled = (0..100).any(|_| {
        clear(&mut turned, &noise);
        !sweep(&mut turned, &mut right)
    });
    if !settled {
        return None;
    }
    let mut values: Vec<Float> = turned.iter().map(|column| dot(column, column).sqrt()).collect();
    for (column, value) in turned.iter_mut().zip(&values) {
        if !value.is_zero() {
            column.iter_mut().for_each(|entry| *entry /= value);
        }
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let take = |columns: &mut Columns| order.iter().map(|&j| std::mem::take(&mut columns[j])).collect::<Columns>();
    let (left, right) = (take(&mut turned), take(&mut right));
    let values = order.iter().map(|&j| std::mem::replace(&mut values[j], Float::new(BITS))).collect();
    Some(Decomposition { left, values, right })
}

/// Replaces columns that are no longer than the rounding errors in them by zero. Nothing else would stop the rotations: what is
/// left of a dependent column points anywhere.
fn clear(turned: &mut Columns, noise: &Float) {
    for column in turned {
        if dot(column, column).sqrt() <= *noise {
            column.iter_mut().for_each(|entry| *entry = Float::new(BITS));
        }
    }
}

/// Makes every pair of columns orthogonal once; whether any was not.
fn sweep(turned: &mut Columns, right: &mut Columns) -> bool {
    let mut any = false;
    for q in 1..turned.len() {
        for p in 0..q {
            let product = dot(&turned[p], &turned[q]);
            let (first, second) = (dot(&turned[p], &turned[p]), dot(&turned[q], &turned[q]));
            // 24 bits above the last place: a sum's rounding errors stay below that, and angles below it do not count.
            let negligible = (&first * &second).complete(BITS).sqrt() >> (BITS - 24);
            if *product.as_abs() <= negligible {
                continue;
            }
            any = true;
            let ratio = (second - first) / (2_u32 * product);
            let mut tangent = ((&ratio * &ratio).complete(BITS) + 1_u32).sqrt() + &*ratio.as_abs();
            tangent.recip_mut();
            if ratio.is_sign_negative() {
                tangent = -tangent;
            }
            let cosine = ((&tangent * &tangent).complete(BITS) + 1_u32).recip_sqrt();
            let sine = tangent * &cosine;
            rotate(turned, p, q, &cosine, &sine);
            rotate(right, p, q, &cosine, &sine);
        }
    }
    any
}

fn rotate(columns: &mut Columns, p: usize, q: usize, cosine: &Float, sine: &Float) {
    let (low, high) = columns.split_at_mut(q);
    for (a, b) in low[p].iter_mut().zip(&mut high[0]) {
        let turned = (&*a * cosine - &*b * sine).complete(BITS);
        *b = (&*a * sine + &*b * cosine).complete(BITS);
        *a = turned;
    }
}

/// The inner product.
pub(super) fn dot(left: &[Float], right: &[Float]) -> Float {
    let mut sum = Float::new(BITS);
    for (a, b) in left.iter().zip(right) {
        sum += a * b;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::draw::StandardNormal;

    fn random(rows: usize, columns: usize, seed: u64) -> Columns {
        let mut normal = StandardNormal::seeded(seed);
        (0..columns).map(|_| (0..rows).map(|_| Float::with_val(BITS, normal.draw())).collect()).collect()
    }

    /// The largest entry of `UΣVᵀ − A`, `VᵀV − I` and `UᵀU − I` (where `σ > 0`), as a power of two.
    fn check(columns: &Columns, expected: Option<&[f64]>) {
        let Decomposition { left, values, right } = decompose(columns.clone()).unwrap();
        let limit = Float::with_val(BITS, 1) >> 224_u32;
        let scale = values[0].clone() + 1_u32;
        for (j, column) in columns.iter().enumerate() {
            for (i, entry) in column.iter().enumerate() {
                let mut sum = Float::new(BITS);
                for k in 0..values.len() {
                    sum += (&left[k][i] * &right[k][j]).complete(BITS) * &values[k];
                }
                assert!((sum - entry).abs() < (&limit * &scale).complete(BITS));
            }
        }
        for i in 0..values.len() {
            for j in 0..values.len() {
                let identity = u32::from(i == j);
                assert!((dot(&right[i], &right[j]) - identity).abs() < limit);
                if values[i] > limit && values[j] > limit {
                    assert!((dot(&left[i], &left[j]) - identity).abs() < limit);
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

    fn matrix(rows: &[&[f64]]) -> Columns {
        (0..rows[0].len()).map(|j| rows.iter().map(|row| Float::with_val(BITS, row[j])).collect()).collect()
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
            for (j, column) in matrix.iter_mut().enumerate() {
                column.iter_mut().for_each(|entry| *entry >>= 15 * j as u32);
            }
            check(&matrix, None);
        }
    }

    #[test]
    fn the_trace_is_kept() {
        // ‖A‖_F² = Σ σ², by a route without the decomposition.
        let matrix = random(6, 4, 9);
        let total: Float =
            matrix.iter().map(|column| dot(column, column)).fold(Float::new(BITS), |sum, term| sum + term);
        let values = decompose(matrix).unwrap().values;
        assert!((dot(&values, &values) - total).abs() < 1e-60);
    }
}
