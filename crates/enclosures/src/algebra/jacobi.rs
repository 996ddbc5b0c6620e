//! Approximate right singular vectors by one-sided Jacobi rotations, in f64 and in MPFR.
//!
//! Nothing here is trusted: what comes out is an approximation to be verified afterwards (see
//! [`spectral`](super::spectral)). Non-finite input, or too few sweeps, give a worse one, never a panic or an endless loop.

use std::cmp::Ordering;

use rug::{Assign, Float};

use crate::number::Matrix;
use crate::time_limit::{check_after, check_bits};

/// Sweeps after which the rotation stops whatever is left; separated spectra need five to ten.
const MOST_SWEEPS: usize = 40;

/// A square `V`, nearly orthogonal, such that the columns of `A V` are nearly orthogonal and descend in length.
pub(super) fn right_vectors(matrix: &Matrix<f64>) -> Matrix<f64> {
    let size = matrix.columns();
    let identity = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
    if matrix.entries().iter().any(|entry| !entry.is_finite()) {
        return Matrix::from_fn(size, size, identity);
    }
    let dot = |a: &[f64], b: &[f64]| {
        check_after(a.len() / 8);
        a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
    };
    let mut images: Vec<Vec<f64>> = (0..size).map(|j| matrix.column(j).copied().collect()).collect();
    let mut vectors: Vec<Vec<f64>> = (0..size).map(|j| (0..size).map(|i| identity(i, j)).collect()).collect();
    for _ in 0..MOST_SWEEPS {
        let (mut largest_cosine, mut largest_tangent, mut has_swapped) = (0.0_f64, 0.0_f64, false);
        for i in 0..size {
            for j in i + 1..size {
                let (mut long, mut short) = (dot(&images[i], &images[i]), dot(&images[j], &images[j]));
                if long < short {
                    images.swap(i, j);
                    vectors.swap(i, j);
                    (long, short) = (short, long);
                    has_swapped = true;
                }
                let product = dot(&images[i], &images[j]);
                let lengths = long.sqrt() * short.sqrt();
                // A column of zeros is orthogonal to every other.
                if product.abs() <= 4.0 * f64::EPSILON * lengths {
                    continue;
                }
                largest_cosine = largest_cosine.max(product.abs() / lengths);
                let cotangent = (short - long) / (2.0 * product);
                // Square roots, unlike `hypot`, are the same bits on every machine; what overflows makes a tangent of zero.
                let tangent = cotangent.signum() / (cotangent.abs() + (cotangent * cotangent + 1.0).sqrt());
                largest_tangent = largest_tangent.max(tangent.abs());
                let cos = (tangent * tangent + 1.0).sqrt().recip();
                let sin = cos * tangent;
                for columns in [&mut images, &mut vectors] {
                    let (left, right) = columns.split_at_mut(j);
                    for (x, y) in left[i].iter_mut().zip(&mut right[0]) {
                        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
                    }
                }
            }
        }
        // What one rotation leaves behind in the pairs of another is of the order of the product of its tangent and their
        // cosines. A small cosine alone does not do: the tangent of a pair of nearly equal length is large.
        if largest_cosine * largest_tangent < f64::EPSILON && !(has_swapped && misses_a_pair(&images)) {
            break;
        }
    }
    Matrix::from_fn(size, size, |i, j| vectors[j][i])
}

/// Whether some columns are far from orthogonal. A sweep that swaps columns may move a pair past the place where it would have
/// been met, and end with such a pair although none that it did meet was left behind.
fn misses_a_pair(images: &[Vec<f64>]) -> bool {
    let dot = |a: &[f64], b: &[f64]| {
        check_after(a.len() / 8);
        a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
    };
    let norms: Vec<f64> = images.iter().map(|image| dot(image, image).sqrt()).collect();
    let is_far = |i: usize, j: usize| dot(&images[i], &images[j]).abs() > f64::EPSILON.sqrt() * norms[i] * norms[j];
    (0..images.len()).any(|i| (i + 1..images.len()).any(|j| is_far(i, j)))
}

/// As [`right_vectors`], at `bits` bits, from an approximation of `V`.
pub(super) fn refined_right_vectors(matrix: &Matrix<Float>, start: &Matrix<f64>, bits: u32) -> Matrix<Float> {
    let size = matrix.columns();
    let zero = || Float::new(bits);
    let mut vectors: Vec<Vec<Float>> =
        (0..size).map(|j| start.column(j).map(|entry| Float::with_val(bits, entry)).collect()).collect();
    // Each step squares the defect, which is 2^−48 or so at the start.
    let steps = (f64::from(bits) / 48.0).log2().ceil().max(0.0) as usize;
    for _ in 0..steps {
        vectors = orthogonalised(&vectors, bits);
    }
    let mut images: Vec<Vec<Float>> =
        vectors.iter().map(|vector| (0..matrix.rows()).map(|i| dot(matrix.row(i), vector, bits)).collect()).collect();
    let mut norms: Vec<Float> = images.iter().map(|image| dot(image, image, bits)).collect();
    // Columns that are shorter than the rounding of the longest carry no direction.
    let longest = norms.iter().cloned().max_by(Float::total_cmp).unwrap_or_else(zero);
    let noise = longest >> (2 * bits.saturating_sub(8));
    // The square of the cosine at which a pair is left alone.
    let straight = Float::with_val(53, 1) >> (2 * bits.saturating_sub(8));
    for _ in 0..MOST_SWEEPS {
        let (mut largest_cosine_squared, mut largest_tangent) = (Float::new(53), Float::new(53));
        let mut has_swapped = false;
        for i in 0..size {
            for j in i + 1..size {
                if norms[i].total_cmp(&norms[j]) == Ordering::Less {
                    images.swap(i, j);
                    vectors.swap(i, j);
                    norms.swap(i, j);
                    has_swapped = true;
                }
                if norms[j] <= noise {
                    continue;
                }
                let product = dot(&images[i], &images[j], bits);
                let cosine_squared =
                    Float::with_val(53, product.square_ref()) / Float::with_val(53, &norms[i] * &norms[j]);
                if cosine_squared <= straight {
                    continue;
                }
                if cosine_squared > largest_cosine_squared {
                    largest_cosine_squared = cosine_squared;
                }
                let difference = Float::with_val(bits, &norms[j] - &norms[i]);
                let cotangent = difference / Float::with_val(bits, &product << 1);
                let hypotenuse = (Float::with_val(bits, cotangent.square_ref()) + 1u32).sqrt();
                let negative = cotangent.is_sign_negative();
                let mut tangent = (cotangent.abs() + hypotenuse).recip();
                if tangent > largest_tangent {
                    largest_tangent.assign(&tangent);
                }
                if negative {
                    tangent = -tangent;
                }
                let cos = (Float::with_val(bits, tangent.square_ref()) + 1u32).recip_sqrt();
                let sin = Float::with_val(bits, &cos * &tangent);
                for columns in [&mut images, &mut vectors] {
                    let (left, right) = columns.split_at_mut(j);
                    for (x, y) in left[i].iter_mut().zip(&mut right[0]) {
                        let turned = Float::with_val(bits, x.mul_sub_mul_ref(&cos, &sin, y));
                        *y = Float::with_val(bits, x.mul_add_mul_ref(&sin, &cos, y));
                        *x = turned;
                    }
                }
                for k in [i, j] {
                    norms[k] = dot(&images[k], &images[k], bits);
                }
            }
        }
        let is_far = |i: usize, j: usize| {
            let product = dot(&images[i], &images[j], bits);
            norms[i].clone().min(&norms[j]) > noise
                && Float::with_val(53, product.square_ref()) > Float::with_val(53, &norms[i] * &norms[j]) >> (bits / 2)
        };
        let misses_a_pair = || (0..size).any(|i| (i + 1..size).any(|j| is_far(i, j)));
        if largest_cosine_squared * largest_tangent.square() <= straight && !(has_swapped && misses_a_pair()) {
            break;
        }
    }
    // The rotations have let V drift by a few units in the last place.
    let vectors = orthogonalised(&vectors, bits);
    Matrix::from_fn(size, size, |i, j| vectors[j][i].clone())
}

/// One step of Newton and Schulz towards the nearest orthogonal matrix: `V (3 I − Vᵀ V)/2`, by columns.
fn orthogonalised(vectors: &[Vec<Float>], bits: u32) -> Vec<Vec<Float>> {
    let defect = |i: usize, j: usize| {
        let product = dot(&vectors[i], &vectors[j], bits);
        if i == j { 1u32 - product } else { -product }
    };
    let half_defects: Vec<Vec<Float>> =
        (0..vectors.len()).map(|j| (0..vectors.len()).map(|i| defect(i, j) >> 1).collect()).collect();
    half_defects
        .iter()
        .zip(vectors)
        .map(|(weights, vector)| {
            let mut corrected = vector.clone();
            for (weight, other) in weights.iter().zip(vectors) {
                check_bits(other.len() as u64 * u64::from(bits));
                for (entry, coordinate) in corrected.iter_mut().zip(other) {
                    *entry += weight * coordinate;
                }
            }
            corrected
        })
        .collect()
}

fn dot(left: &[Float], right: &[Float], bits: u32) -> Float {
    check_bits(left.len() as u64 * u64::from(bits));
    Float::with_val(bits, Float::dot(left.iter().zip(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of squared lengths 0.99…, 1 and 1.17…, of which only the first and the last are not orthogonal. Sorting them by
    /// length moves that pair past the place where the first sweep would have met it.
    fn columns() -> Matrix<f64> {
        let rows = [[0.5, 0.0, 0.5], [0.5, 0.0, -0.5], [0.7, 0.0, -0.8], [0.0, 1.0, 0.0]];
        Matrix::from_fn(4, 3, |i, j| rows[i][j])
    }

    #[test]
    fn no_pair_is_missed_by_a_sweep_that_swaps() {
        let matrix = columns();
        let vectors = right_vectors(&matrix);
        let image = |j: usize| -> Vec<f64> {
            let entry = |i: usize| matrix.row(i).iter().zip(vectors.column(j)).map(|(a, v)| a * v).sum();
            (0..matrix.rows()).map(entry).collect()
        };
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let product: f64 = image(i).iter().zip(&image(j)).map(|(a, b)| a * b).sum();
            assert!(product.abs() < 1e-14, "{i}, {j}: {product}");
        }
        let refined = refined_right_vectors(
            &matrix.map(|entry| Float::with_val(200, entry)),
            &Matrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { 0.0 }),
            200,
        );
        let exact = matrix.map(|entry| Float::with_val(200, entry));
        let image = |j: usize| -> Vec<Float> {
            let vector: Vec<Float> = refined.column(j).cloned().collect();
            (0..4).map(|i| dot(exact.row(i), &vector, 200)).collect()
        };
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let product = dot(&image(i), &image(j), 200);
            assert!(product.clone().abs() < 1e-50, "{i}, {j}: {product}");
        }
    }
}
