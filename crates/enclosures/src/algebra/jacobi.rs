//! Approximate right singular vectors by one-sided Jacobi rotations (Hestenes), in f64 and in MPFR.
//!
//! In f64 only operations that IEEE 754 defines to the last bit are used (sums, products, quotients, roots): the result is the
//! same on every machine.
//!
//! Nothing here is trusted: what comes out is an approximation to be verified or measured afterwards (see
//! [`spectral`](super::spectral), [`singular`](super::singular)). Non-finite input, or too few sweeps, give a worse one, never a
//! panic or an endless loop.

use std::mem::swap;
use std::ops::Mul;

use rug::{Assign, Float};

use crate::number::Matrix;
use crate::number::bits::power_of_two;
use crate::time_limit::{check_after, check_bits};

/// Sweeps after which the rotation stops whatever is left; separated spectra need five to ten.
const MOST_SWEEPS: usize = 40;

/// Whether columns change places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// Of each pair the longer column comes first, which takes fewer sweeps; they end in descending order.
    ByLength,
    /// Each column stays where it is, and its direction is as near as it can be to where it began.
    Kept,
}

/// A coordinate of the columns that are turned. What of it has `bits` has f64's precision in f64.
pub(super) trait Coordinate: Clone + PartialOrd + Mul<Output = Self> {
    fn from_f64(value: f64, bits: u32) -> Self;

    /// `2^−exponent`.
    fn inverse_power(exponent: u32) -> Self;

    fn dot(left: &[Self], right: &[Self], bits: u32) -> Self;

    /// The absolute value of the cosine between columns of this inner product and these squared lengths, to some 50 bits; NaN of
    /// columns of zeros, which are orthogonal to every other.
    fn cosine(product: &Self, squares: [&Self; 2]) -> Self;

    /// The rotation that makes the two columns orthogonal.
    fn rotation(product: &Self, squares: [&Self; 2], bits: u32) -> Rotation<Self>;

    /// `(x, y) ← (cos·x − sin·y, sin·x + cos·y)`.
    fn rotate(rotation: &Rotation<Self>, x: &mut [Self], y: &mut [Self], bits: u32);
}

/// By at most an eighth of a turn.
pub(super) struct Rotation<N> {
    cosine: N,
    sine: N,
    /// The absolute value of the tangent.
    tangent: N,
}

impl Coordinate for f64 {
    fn from_f64(value: f64, _bits: u32) -> Self {
        value
    }

    fn inverse_power(exponent: u32) -> f64 {
        power_of_two(-(exponent as i32))
    }

    fn dot(left: &[f64], right: &[f64], _bits: u32) -> f64 {
        check_after(left.len() / 8);
        left.iter().zip(right).map(|(a, b)| a * b).sum()
    }

    fn cosine(product: &f64, [one, other]: [&f64; 2]) -> f64 {
        product.abs() / (one.sqrt() * other.sqrt())
    }

    fn rotation(product: &f64, [first, second]: [&f64; 2], _bits: u32) -> Rotation<f64> {
        let cotangent = (second - first) / (2.0 * product);
        // Square roots, unlike `hypot`, are the same bits on every machine; what overflows makes a tangent of zero.
        let tangent = cotangent.signum() / (cotangent.abs() + (cotangent * cotangent + 1.0).sqrt());
        let cosine = (tangent * tangent + 1.0).sqrt().recip();
        Rotation { cosine, sine: cosine * tangent, tangent: tangent.abs() }
    }

    fn rotate(Rotation { cosine, sine, .. }: &Rotation<f64>, x: &mut [f64], y: &mut [f64], _bits: u32) {
        for (x, y) in x.iter_mut().zip(y) {
            (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
        }
    }
}

impl Coordinate for Float {
    fn from_f64(value: f64, bits: u32) -> Self {
        Self::with_val(bits, value)
    }

    fn inverse_power(exponent: u32) -> Self {
        Self::with_val(f64::MANTISSA_DIGITS, 1) >> exponent
    }

    fn dot(left: &[Self], right: &[Self], bits: u32) -> Self {
        dot(left, right, bits)
    }

    fn cosine(product: &Self, [one, other]: [&Self; 2]) -> Self {
        (Self::with_val(f64::MANTISSA_DIGITS, product.square_ref()) / Self::with_val(f64::MANTISSA_DIGITS, one * other))
            .sqrt()
    }

    fn rotation(product: &Self, [first, second]: [&Self; 2], bits: u32) -> Rotation<Self> {
        let cotangent = Self::with_val(bits, second - first) / Self::with_val(bits, product << 1);
        let hypotenuse = (Self::with_val(bits, cotangent.square_ref()) + 1u32).sqrt();
        let is_negative = cotangent.is_sign_negative();
        let tangent = (cotangent.abs() + hypotenuse).recip();
        let cosine = (Self::with_val(bits, tangent.square_ref()) + 1u32).recip_sqrt();
        let sine = Self::with_val(bits, &cosine * &tangent);
        Rotation {
            cosine,
            sine: if is_negative { -sine } else { sine },
            tangent: Self::with_val(f64::MANTISSA_DIGITS, tangent),
        }
    }

    fn rotate(Rotation { cosine, sine, .. }: &Rotation<Self>, x: &mut [Self], y: &mut [Self], bits: u32) {
        let (mut turned, mut other) = (Self::new(bits), Self::new(bits));
        for (x, y) in x.iter_mut().zip(y) {
            turned.assign(x.mul_sub_mul_ref(cosine, sine, y));
            other.assign(x.mul_add_mul_ref(sine, cosine, y));
            swap(x, &mut turned);
            swap(y, &mut other);
        }
    }
}

/// The inner product, rounded once.
pub(super) fn dot(left: &[Float], right: &[Float], bits: u32) -> Float {
    check_bits(left.len() as u64 * u64::from(bits));
    Float::with_val(bits, Float::dot(left.iter().zip(right)))
}

/// A matrix by its columns.
pub type Columns<N> = Vec<Vec<N>>;

/// A `V` that is turned until the columns of `AV` are orthogonal.
pub(super) struct Turned<N> {
    pub(super) vectors: Columns<N>,
    /// `AV`.
    pub(super) images: Columns<N>,
    /// The squared lengths of the images.
    pub(super) squares: Vec<N>,
    /// Whether they are as orthogonal as they were meant to be.
    pub(super) is_settled: bool,
    bits: u32,
}

/// When columns are turned.
struct Rule<N> {
    places: Places,
    /// The cosine up to which a pair is left alone.
    straight: N,
    /// What a sweep may leave behind if it is to be the last.
    settled: N,
    /// The cosine above which a pair was missed.
    far: N,
    /// The squared length up to which a column carries no direction.
    noise: Option<N>,
}

impl<N: Coordinate> Turned<N> {
    fn new(vectors: Columns<N>, images: Columns<N>, bits: u32) -> Self {
        let squares = images.iter().map(|image| N::dot(image, image, bits)).collect();
        Self { vectors, images, squares, is_settled: false, bits }
    }

    fn settle(mut self, rule: &Rule<N>) -> Self {
        self.is_settled = (0..MOST_SWEEPS).any(|_| {
            let (left_behind, has_swapped) = self.sweep(rule);
            left_behind < rule.settled && !(has_swapped && self.misses_a_pair(rule))
        });
        self
    }

    /// Makes every pair orthogonal once. What one rotation leaves behind in the pairs of another is of the order of the product of
    /// its tangent and their cosines, of which the largest is returned. A small cosine alone does not do: the tangent of a pair of
    /// nearly equal length is large. Also, whether columns have changed places.
    fn sweep(&mut self, rule: &Rule<N>) -> (N, bool) {
        let zero = || N::from_f64(0.0, f64::MANTISSA_DIGITS);
        let (mut largest_cosine, mut largest_tangent, mut has_swapped) = (zero(), zero(), false);
        for i in 0..self.images.len() {
            for j in i + 1..self.images.len() {
                if rule.places == Places::ByLength && self.squares[i] < self.squares[j] {
                    self.images.swap(i, j);
                    self.vectors.swap(i, j);
                    self.squares.swap(i, j);
                    has_swapped = true;
                }
                let Some((product, cosine)) = self.bent(i, j, &rule.straight, rule) else { continue };
                let rotation = N::rotation(&product, [&self.squares[i], &self.squares[j]], self.bits);
                for columns in [&mut self.images, &mut self.vectors] {
                    let (left, right) = columns.split_at_mut(j);
                    N::rotate(&rotation, &mut left[i], &mut right[0], self.bits);
                }
                for k in [i, j] {
                    self.squares[k] = N::dot(&self.images[k], &self.images[k], self.bits);
                }
                if cosine > largest_cosine {
                    largest_cosine = cosine;
                }
                if rotation.tangent > largest_tangent {
                    largest_tangent = rotation.tangent;
                }
            }
        }
        (largest_cosine * largest_tangent, has_swapped)
    }

    /// The inner product of two columns and their cosine, if that is above `limit`.
    fn bent(&self, i: usize, j: usize, limit: &N, rule: &Rule<N>) -> Option<(N, N)> {
        let squares = [&self.squares[i], &self.squares[j]];
        if rule.noise.as_ref().is_some_and(|noise| squares.into_iter().any(|square| square <= noise)) {
            return None;
        }
        let product = N::dot(&self.images[i], &self.images[j], self.bits);
        let cosine = N::cosine(&product, squares);
        (cosine > *limit).then_some((product, cosine))
    }

    /// Whether some columns are far from orthogonal. A sweep that swaps columns may move a pair past the place where it would have
    /// been met, and end with such a pair although none that it did meet was left behind.
    fn misses_a_pair(&self, rule: &Rule<N>) -> bool {
        let is_far = |i: usize, j: usize| self.bent(i, j, &rule.far, rule).is_some();
        (0..self.images.len()).any(|i| (i + 1..self.images.len()).any(|j| is_far(i, j)))
    }
}

/// A square `V`, nearly orthogonal, such that the columns of `A V` are nearly orthogonal.
pub(super) fn right_vectors(matrix: &Matrix<f64>, places: Places) -> Columns<f64> {
    let size = matrix.columns();
    let identity: Columns<f64> = (0..size).map(|j| (0..size).map(|i| f64::from(u8::from(i == j))).collect()).collect();
    if matrix.entries().iter().any(|entry| !entry.is_finite()) {
        return identity;
    }
    let columns = (0..size).map(|j| matrix.column(j).copied().collect()).collect();
    // Columns are straight at 4ε, and settled at ε.
    let [straight, settled, far] = [50, 52, 26].map(f64::inverse_power);
    let rule = Rule { places, straight, settled, far, noise: None };
    Turned::new(identity, columns, f64::MANTISSA_DIGITS).settle(&rule).vectors
}

/// As [`right_vectors`], at `bits` bits, from an approximation of `V`. The rotations let `V` drift by a few units in the last place.
pub(super) fn refined(matrix: &Matrix<Float>, start: &Columns<f64>, places: Places, bits: u32) -> Turned<Float> {
    let long = |column: &Vec<f64>| column.iter().map(|&entry| Float::from_f64(entry, bits)).collect();
    let mut vectors: Columns<Float> = start.iter().map(long).collect();
    // Each step squares the defect, which is 2^−48 or so at the start.
    let steps = (f64::from(bits) / 48.0).log2().ceil().max(0.0) as usize;
    for _ in 0..steps {
        vectors = orthogonalised(&vectors, bits);
    }
    let image = |vector: &Vec<Float>| (0..matrix.rows()).map(|i| dot(matrix.row(i), vector, bits)).collect();
    let images = vectors.iter().map(image).collect();
    let turned = Turned::new(vectors, images, bits);
    let precise = bits.saturating_sub(8);
    // Columns that are shorter than the rounding of the longest carry no direction.
    let longest = turned.squares.iter().cloned().max_by(Float::total_cmp);
    let noise = longest.map(|longest| longest >> (2 * precise));
    let [straight, settled, far] = [precise, precise, bits / 4].map(Float::inverse_power);
    turned.settle(&Rule { places, straight, settled, far, noise })
}

/// One step of Newton and Schulz towards the nearest orthogonal matrix: `V (3 I − Vᵀ V)/2`.
pub(super) fn orthogonalised(vectors: &[Vec<Float>], bits: u32) -> Columns<Float> {
    let mut half_defects: Columns<Float> = vectors.iter().map(|_| Vec::with_capacity(vectors.len())).collect();
    for (i, vector) in vectors.iter().enumerate() {
        for (j, other) in vectors[..=i].iter().enumerate() {
            let product = dot(vector, other, bits);
            let half_defect: Float = if i == j { 1u32 - product } else { -product } >> 1;
            if i != j {
                half_defects[j].push(half_defect.clone());
            }
            half_defects[i].push(half_defect);
        }
    }
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
        let vectors = right_vectors(&matrix, Places::ByLength);
        let image = |vector: &Vec<f64>| -> Vec<f64> {
            (0..matrix.rows()).map(|i| f64::dot(matrix.row(i), vector, 53)).collect()
        };
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let product = f64::dot(&image(&vectors[i]), &image(&vectors[j]), 53);
            assert!(product.abs() < 1e-14, "{i}, {j}: {product}");
        }
        let exact = matrix.map(|entry| Float::with_val(200, entry));
        let identity = vec![vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
        let Turned { vectors, is_settled, .. } = refined(&exact, &identity, Places::ByLength, 200);
        assert!(is_settled);
        let image = |vector: &Vec<Float>| -> Vec<Float> { (0..4).map(|i| dot(exact.row(i), vector, 200)).collect() };
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let product = dot(&image(&vectors[i]), &image(&vectors[j]), 200);
            assert!(product.clone().abs() < 1e-50, "{i}, {j}: {product}");
        }
    }
}
