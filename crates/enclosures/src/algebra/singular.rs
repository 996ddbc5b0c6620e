//! A singular value decomposition that gives the same bits on every machine, for starts that are rounded to f64 afterwards.
//!
//! One-sided Jacobi rotations (Hestenes), first in f64, where they are cheap, then at the precision of the matrix, where two or
//! three sweeps remain. In f64 only operations that IEEE 754 defines to the last bit are used (sums, products, quotients, roots).
//!
//! Nothing is certified here: what the result is worth is for the caller to measure.

use rug::ops::CompleteRound;
use rug::{Assign, Float};

use crate::time_limit::{check_after, check_bits};

/// A matrix by its columns.
pub type Columns = Vec<Vec<Float>>;

/// `A = U Σ Vᵀ` with as many singular values as `A` has columns, the largest first.
pub struct Decomposition {
    /// The columns of `U`; zero where the singular value is zero.
    pub left: Columns,
    /// The diagonal of `Σ`.
    pub values: Vec<Float>,
    /// The columns of `V`.
    pub right: Columns,
}

/// Decomposes a matrix with at least as many rows as columns, all of `bits` bits, at least 64.
///
/// Singular values below 2^(32 − bits) of the Frobenius norm are given as zero: they cannot be told from rounding errors.
///
/// `None` if the rotations do not settle, which is not known to happen.
pub fn decompose(columns: &Columns, bits: u32) -> Option<Decomposition> {
    let mut right = orthonormal(approximate(columns), bits);
    let mut turned = multiply(columns, &right, bits);
    let squares = turned.iter().map(|column| dot(column, column, bits));
    let noise = squares.fold(Float::new(bits), |sum, square| sum + square).sqrt() >> (bits - 32);
    // Cyclic Jacobi converges quadratically: about ten sweeps from anywhere, at any size that fits into memory.
    let settled = (0..100).any(|_| {
        clear(&mut turned, &noise, bits);
        !sweep(&mut turned, &mut right, bits)
    });
    if !settled {
        return None;
    }
    let mut values: Vec<Float> = turned.iter().map(|column| dot(column, column, bits).sqrt()).collect();
    for (column, value) in turned.iter_mut().zip(&values) {
        if !value.is_zero() {
            column.iter_mut().for_each(|entry| *entry /= value);
        }
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let take = |columns: &mut Columns| order.iter().map(|&j| std::mem::take(&mut columns[j])).collect::<Columns>();
    let (left, right) = (take(&mut turned), take(&mut right));
    let values = order.iter().map(|&j| std::mem::replace(&mut values[j], Float::new(bits))).collect();
    Some(Decomposition { left, values, right })
}

/// The right singular vectors in f64: a good place to start from, nothing more.
fn approximate(columns: &Columns) -> Vec<Vec<f64>> {
    let count = columns.len();
    // The largest entry becomes a number between 1/2 and 1: nothing overflows.
    let exponent = columns.iter().flatten().filter_map(Float::get_exp).max().unwrap_or(0);
    let mut turned: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| column.iter().map(|entry| (entry >> exponent).complete(53).to_f64()).collect())
        .collect();
    let mut right: Vec<Vec<f64>> =
        (0..count).map(|j| (0..count).map(|i| if i == j { 1.0 } else { 0.0 }).collect()).collect();
    let product = |a: &[f64], b: &[f64]| {
        check_after(a.len() / 8);
        a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
    };
    for _ in 0..30 {
        let mut any = false;
        for q in 1..count {
            for p in 0..q {
                let mixed = product(&turned[p], &turned[q]);
                let (first, second) = (product(&turned[p], &turned[p]), product(&turned[q], &turned[q]));
                if mixed.abs() <= 1e-14 * (first.sqrt() * second.sqrt()) {
                    continue;
                }
                any = true;
                let ratio = (second - first) / (2.0 * mixed);
                let tangent = ratio.signum() / (ratio.abs() + (1.0 + ratio * ratio).sqrt());
                let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
                let sine = cosine * tangent;
                for columns in [&mut turned, &mut right] {
                    let (low, high) = columns.split_at_mut(q);
                    for (a, b) in low[p].iter_mut().zip(&mut high[0]) {
                        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
                    }
                }
            }
        }
        if !any {
            break;
        }
    }
    right
}

/// Vectors that are orthonormal at `bits` bits, next to vectors that nearly are (Gram and Schmidt).
fn orthonormal(vectors: Vec<Vec<f64>>, bits: u32) -> Columns {
    let mut done = Columns::with_capacity(vectors.len());
    for vector in vectors {
        let mut column: Vec<Float> = vector.into_iter().map(|entry| Float::with_val(bits, entry)).collect();
        for other in &done {
            let part = dot(other, &column, bits);
            check_bits(other.len() as u64 * u64::from(bits));
            for (entry, direction) in column.iter_mut().zip(other) {
                *entry -= &part * direction;
            }
        }
        let length = dot(&column, &column, bits).sqrt();
        column.iter_mut().for_each(|entry| *entry /= &length);
        done.push(column);
    }
    done
}

/// The product of two matrices.
fn multiply(left: &Columns, right: &Columns, bits: u32) -> Columns {
    let rows = left.first().map_or(0, Vec::len);
    let image = |vector: &Vec<Float>| {
        let mut image = vec![Float::new(bits); rows];
        for (column, factor) in left.iter().zip(vector) {
            check_bits(column.len() as u64 * u64::from(bits));
            for (sum, entry) in image.iter_mut().zip(column) {
                *sum += entry * factor;
            }
        }
        image
    };
    right.iter().map(image).collect()
}

/// Replaces columns that are no longer than the rounding errors in them by zero. Nothing else would stop the rotations: what is
/// left of a dependent column points anywhere.
fn clear(turned: &mut Columns, noise: &Float, bits: u32) {
    for column in turned {
        if dot(column, column, bits).sqrt() <= *noise {
            column.iter_mut().for_each(|entry| *entry = Float::new(bits));
        }
    }
}

/// Makes every pair of columns orthogonal once; whether any was not.
fn sweep(turned: &mut Columns, right: &mut Columns, bits: u32) -> bool {
    let mut any = false;
    let mut squares: Vec<Float> = turned.iter().map(|column| dot(column, column, bits)).collect();
    for q in 1..turned.len() {
        for p in 0..q {
            let product = dot(&turned[p], &turned[q], bits);
            // 24 bits above the last place: a sum's rounding errors stay below that, and angles below it do not count.
            let negligible = (&squares[p] * &squares[q]).complete(bits).sqrt() >> (bits - 24);
            if *product.as_abs() <= negligible {
                continue;
            }
            any = true;
            let ratio = (&squares[q] - &squares[p]).complete(bits) / (2_u32 * product);
            let mut tangent = ((&ratio * &ratio).complete(bits) + 1_u32).sqrt() + &*ratio.as_abs();
            tangent.recip_mut();
            if ratio.is_sign_negative() {
                tangent = -tangent;
            }
            let cosine = ((&tangent * &tangent).complete(bits) + 1_u32).recip_sqrt();
            let sine = tangent * &cosine;
            for columns in [&mut *turned, &mut *right] {
                let (low, high) = columns.split_at_mut(q);
                rotate(&mut low[p], &mut high[0], &cosine, &sine, bits);
            }
            for j in [p, q] {
                squares[j] = dot(&turned[j], &turned[j], bits);
            }
        }
    }
    any
}

/// `(a, b) ← (cos·a − sin·b, sin·a + cos·b)`.
fn rotate(first: &mut [Float], second: &mut [Float], cosine: &Float, sine: &Float, bits: u32) {
    check_bits(first.len() as u64 * u64::from(bits));
    let (mut term, mut sum) = (Float::new(bits), Float::new(bits));
    for (a, b) in first.iter_mut().zip(second) {
        sum.assign(&*a * cosine);
        term.assign(&*b * sine);
        sum -= &term;
        term.assign(&*a * sine);
        *b *= cosine;
        *b += &term;
        std::mem::swap(a, &mut sum);
    }
}

/// The inner product.
pub fn dot(left: &[Float], right: &[Float], bits: u32) -> Float {
    check_bits(left.len() as u64 * u64::from(bits));
    let mut sum = Float::new(bits);
    for (a, b) in left.iter().zip(right) {
        sum += a * b;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const BITS: u32 = 256;

    fn random(rows: usize, columns: usize, seed: u64) -> Columns {
        let mut state = seed;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Float::with_val(BITS, (state >> 11) as i64 - (1 << 52)) >> 52_u32
        };
        (0..columns).map(|_| (0..rows).map(|_| draw()).collect()).collect()
    }

    /// The largest entry of `UΣVᵀ − A`, `VᵀV − I` and `UᵀU − I` (where `σ > 0`), as a power of two.
    fn check(columns: &Columns, expected: Option<&[f64]>) {
        let Decomposition { left, values, right } = decompose(columns, BITS).unwrap();
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
            matrix.iter().map(|column| dot(column, column, BITS)).fold(Float::new(BITS), |sum, term| sum + term);
        let values = decompose(&matrix, BITS).unwrap().values;
        assert!((dot(&values, &values, BITS) - total).abs() < 1e-60);
    }

    #[test]
    fn the_size_of_the_entries_does_not_matter() {
        let plain = random(5, 3, 11);
        let known = decompose(&plain, BITS).unwrap();
        // Far outside the range of f64 as well: a power of two changes no digit.
        for exponent in [-3000, -600, 600, 3000] {
            let scaled: Columns =
                plain.iter().map(|column| column.iter().map(|entry| entry.clone() << exponent).collect()).collect();
            let Decomposition { left, values, right } = decompose(&scaled, BITS).unwrap();
            assert_eq!((left, right), (known.left.clone(), known.right.clone()), "2^{exponent}");
            assert_eq!(values, known.values.iter().map(|value| value.clone() << exponent).collect::<Vec<_>>());
        }
    }
}
