//! Norms of a layer, for the record of a run; nothing here is part of a step.
//!
//! nalgebra 0.35's singular value decomposition *with vectors* is silently wrong near rank one (3 × 5 all ones: 4.54 for
//! √15 = 3.87), which is where gradient descent drives every layer. Its values *without vectors* were right wherever they
//! were compared, but they are not taken on trust: a value σ is accepted if `(1+δ)²σ²I − AAᵀ` has a Cholesky
//! factorisation and `(1−δ)²σ²I − AAᵀ` has none, which is Sylvester's law of inertia and has nothing in common with the
//! decomposition. A value that fails is replaced by bisection on the same test.

use nalgebra::{Cholesky, DMatrix, SVD};

/// A power of two by which numbers up to `largest` in absolute value may be divided: the quotients' squares neither
/// overflow nor, for the ones that matter, underflow.
fn scale_of(largest: f64) -> f64 {
    let exponent = (largest.to_bits() >> 52) & 0x7ff;
    f64::from_bits(exponent.clamp(1, 2045) << 52)
}

/// `max_i |w_i|`.
pub(super) fn largest_entry(weights: &[f64]) -> f64 {
    weights.iter().fold(0.0, |largest, weight| largest.max(weight.abs()))
}

/// `‖w‖₂`, the Frobenius norm of a layer; infinite only if the norm itself is out of range.
pub(super) fn euclidean(weights: &[f64]) -> f64 {
    let largest = largest_entry(weights);
    if largest == 0.0 {
        return 0.0;
    }
    let scale = scale_of(largest);
    scale * weights.iter().map(|weight| (weight / scale).powi(2)).sum::<f64>().sqrt()
}

/// Whether the Frobenius norm is an f64, and so is whatever rounding makes of it or of a spectral norm as large.
pub(super) fn is_in_range(weights: &[f64]) -> bool {
    (euclidean(weights) * (1.0 + 1e-6)).is_finite()
}

/// `σ₁` of the `rows × columns` matrix with the given entries, row by row.
pub(super) fn spectral(entries: &[f64], rows: usize, columns: usize) -> f64 {
    if rows == 1 || columns == 1 {
        return euclidean(entries);
    }
    let largest = largest_entry(entries);
    if largest == 0.0 {
        return 0.0;
    }
    let scale = scale_of(largest);
    let matrix = DMatrix::from_row_iterator(rows, columns, entries.iter().map(|entry| entry / scale));
    let gram = if rows <= columns { &matrix * matrix.transpose() } else { matrix.tr_mul(&matrix) };
    // Forming the Gram matrix and factoring it costs one rounding a row and column, relative to the trace.
    let tolerance = 4.0 * (rows + columns) as f64 * f64::EPSILON;
    // Some sweeps always converge in practice; a bound on them keeps a defect from becoming an endless loop.
    let candidate = SVD::try_new_unordered(matrix, false, false, f64::EPSILON, 1000 * (rows + columns))
        .map(|svd| svd.singular_values.max())
        .filter(|&sigma| is_largest_singular_value(&gram, sigma, tolerance));
    scale * candidate.unwrap_or_else(|| bisected(&gram, tolerance))
}

/// Whether all eigenvalues of `gram` are below `sigma²`, up to the roundings of a Cholesky factorisation.
fn dominates(gram: &DMatrix<f64>, sigma: f64) -> bool {
    let mut difference = -gram;
    for i in 0..gram.nrows() {
        difference[(i, i)] += sigma * sigma;
    }
    Cholesky::new(difference).is_some()
}

/// Whether the largest eigenvalue of `gram` is `sigma²` within the relative tolerance.
pub(super) fn is_largest_singular_value(gram: &DMatrix<f64>, sigma: f64, tolerance: f64) -> bool {
    dominates(gram, sigma * (1.0 + tolerance)) && !dominates(gram, sigma * (1.0 - tolerance))
}

/// The square root of the largest eigenvalue of `gram`, between `√(trace/n)` and `√trace`.
pub(super) fn bisected(gram: &DMatrix<f64>, tolerance: f64) -> f64 {
    let trace = gram.trace();
    let mut below = (trace / gram.nrows() as f64).sqrt();
    let mut above = trace.sqrt();
    while above - below > tolerance * above {
        let middle = 0.5 * (below + above);
        if dominates(gram, middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    0.5 * (below + above)
}
