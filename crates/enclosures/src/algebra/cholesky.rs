//! Lower bounds of the least eigenvalue by Cholesky's factorisation in f64, which needs no certified arithmetic.
//!
//! If the factorisation of a symmetric matrix `A` of f64 numbers comes to its end, its factor `R`, real and upper triangular, has `RᵀR = A + Δ` with
//! `|Δ_ij| ≤ γ |r_i||r_j|`, where `r_i` are the columns of `R` and `γ = γ_{n+1}` (Higham, *Accuracy and Stability of Numerical Algorithms*, Theorem 10.3;
//! in whatever order sums are formed). On the diagonal that is `|r_i|² ≤ a_ii/(1 − γ)`. So `|Δ|` is at most `γ/(1 − γ)` times the matrix of rank
//! one with the entries `√a_ii √a_jj`, and its norm at most `γ/(1 − γ)` times the trace of `A`. As `RᵀR` has no negative eigenvalue, `A` has
//! none below `−γ/(1 − γ) tr A` (Rump, *Verification of positive definiteness*, BIT 46, 2006).
//!
//! Underflow: each of at most `n` products that stand in an entry loses `2⁻¹⁰⁷⁵`, and so does its quotient, which is multiplied by a pivot
//! `r_ii ≤ 1 + r_ii² ≤ 2 + 2 tr A` then. With what `γ` makes of this it is less than `2⁻¹⁰⁷³ (n + 3 + 2 tr A)` an entry, and `n` times that in norm.

use super::norm_ball::gamma;
use crate::number::{Magnitude, Matrix};
use crate::time_limit::check_after;

/// A number `s` such that `A + s` times the identity has no negative eigenvalue: hardly more than `shift`. `None` if the factorisation of `A + shift` does
/// not come to its end, which is so if that has an eigenvalue below zero by more than roundings.
///
/// `A` is the symmetric matrix with this lower triangle, diagonal included; the entries above it are not looked at.
///
/// ```
/// use enclosures::algebra::cholesky::shift_to_semidefinite;
/// use enclosures::number::Matrix;
/// // The eigenvalues are −1 and 3.
/// let matrix = Matrix::from([[1.0, 0.0], [2.0, 1.0]]);
/// assert!(shift_to_semidefinite(&matrix, 0.999).is_none());
/// let shift = shift_to_semidefinite(&matrix, 1.001).unwrap();
/// assert!((1.001..1.0011).contains(&shift.to_f64()));
/// ```
///
/// # Panics
///
/// If the matrix is not square.
#[must_use]
pub fn shift_to_semidefinite(matrix: &Matrix<f64>, shift: f64) -> Option<Magnitude> {
    let size = matrix.rows();
    assert_eq!(size, matrix.columns(), "a square matrix");
    // Lower rows: those of Rᵀ.
    let mut factor: Vec<f64> = Vec::with_capacity(size * (size + 1) / 2);
    let start = |row: usize| row * (row + 1) / 2;
    let (mut trace, mut rounded) = (Magnitude::ZERO, Magnitude::ZERO);
    for i in 0..size {
        check_after(i * i / 16);
        for j in 0..=i {
            let (before, row) = (start(j), start(i));
            let product = inner(&factor[row..row + j], &factor[before..before + j]);
            if j < i {
                factor.push((matrix[(i, j)] - product) / factor[before + j]);
                continue;
            }
            let diagonal = matrix[(i, i)] + shift;
            let pivot = diagonal - product;
            let is_positive = pivot > 0.0 && pivot < f64::INFINITY;
            if !is_positive {
                return None;
            }
            factor.push(pivot.sqrt());
            // A diagonal entry with a factor is positive.
            trace += Magnitude::above_f64(diagonal);
            let error = Magnitude::above_f64(error_of_sum(matrix[(i, i)], shift, diagonal));
            rounded = rounded.max(error);
        }
    }
    // An entry that is no number makes the pivot of its row none.
    let one = Magnitude::ONE;
    let gamma = gamma(size + 1);
    let count = Magnitude::above_f64(size as f64);
    let underflow = count * (count + Magnitude::above_f64(3.0) + trace.scaled(1)).scaled(-1073);
    Some(Magnitude::above_f64(shift) + trace * gamma.over(one.minus_below(gamma)) + underflow + rounded)
}

/// What the sum of two numbers that was rounded to `sum` differs from it by, exactly (Knuth).
fn error_of_sum(one: f64, other: f64, sum: f64) -> f64 {
    let rest = sum - one;
    (one - (sum - rest)) + (other - rest)
}

/// An inner product, in four sums.
fn inner(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (left, right) = (left.chunks_exact(4), right.chunks_exact(4));
    let rest = left.remainder().iter().zip(right.remainder());
    let rest: f64 = rest.map(|(one, other)| one * other).sum();
    for (left, right) in left.zip(right) {
        for (sum, (one, other)) in sums.iter_mut().zip(left.iter().zip(right)) {
            *sum += one * other;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::inertia::Inertia;
    use rug::Rational;

    /// The exact symmetric matrix plus a multiple of the identity.
    fn shifted(matrix: &Matrix<f64>, shift: &Rational) -> Matrix<Rational> {
        Matrix::from_fn(matrix.rows(), matrix.rows(), |i, j| {
            let entry = Rational::from_f64(matrix[(i.max(j), i.min(j))]).unwrap();
            if i == j { entry + shift } else { entry }
        })
    }

    /// Matrices whose exact least eigenvalue is a little below zero by their entries' rounding, of any size and conditioning: the shift makes them
    /// semidefinite, which is counted over the rationals.
    #[test]
    fn the_shifted_matrix_has_no_negative_eigenvalue() {
        let mut state = 5_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        let (mut found, mut are_below) = (0, 0);
        for index in 0..200 {
            let size = 1 + index % 7;
            let rank = 1 + index % 3;
            let scale = [1.0, 1e-160, 1e150, 1e-154][index % 4];
            let root: Vec<Vec<f64>> = (0..size).map(|_| (0..rank).map(|_| next() * scale).collect()).collect();
            let matrix = Matrix::from_fn(size, size, |i, j| root[i].iter().zip(&root[j]).map(|(a, b)| a * b).sum());
            for shift in [0.0, 1e-17, 1e-16, 1e-15, 1e-3].map(|shift| shift * scale * scale) {
                let Some(bound) = shift_to_semidefinite(&matrix, shift) else { continue };
                let inertia = Inertia::of(&shifted(&matrix, &bound.to_rational().unwrap()));
                assert_eq!(inertia.negative, 0, "{matrix:?} {shift}");
                // Without the slack it would be wrong at times.
                let bare = Inertia::of(&shifted(&matrix, &Rational::from_f64(shift).unwrap()));
                found += 1;
                are_below += usize::from(bare.negative > 0);
            }
        }
        assert!(found > 300 && are_below > 3, "{found} {are_below}");
    }

    /// The least shift with which the factorisation ends, by bisection: then the matrix that is factorised has
    /// a negative eigenvalue as often as not, which the slack has to make up for.
    #[test]
    fn the_slack_makes_up_for_a_factorisation_that_should_have_failed() {
        let mut state = 9_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 52) as f64
        };
        let mut are_below = 0;
        for size in (0..60).map(|index| 4 + index / 4) {
            // Of a rank that is less by one, but for the rounding of its entries.
            let root: Vec<Vec<f64>> = (0..size).map(|_| (1..size).map(|_| next() - 0.3).collect()).collect();
            let matrix = Matrix::from_fn(size, size, |i, j| root[i].iter().zip(&root[j]).map(|(a, b)| a * b).sum());
            let (mut fails, mut passes) = (-1e-12, 1e-12);
            for _ in 0..60 {
                let middle = (fails + passes) / 2.0;
                *(if shift_to_semidefinite(&matrix, middle).is_some() { &mut passes } else { &mut fails }) = middle;
            }
            let at_its_end = Matrix::from_fn(size, size, |i, j| matrix[(i, j)] + if i == j { passes } else { 0.0 });
            let bound = shift_to_semidefinite(&at_its_end, 0.0).unwrap();
            assert_eq!(Inertia::of(&shifted(&at_its_end, &bound.to_rational().unwrap())).negative, 0, "{size}");
            are_below += usize::from(Inertia::of(&shifted(&at_its_end, &Rational::new())).negative > 0);
        }
        assert!(are_below > 5, "{are_below}");
    }

    #[test]
    fn what_is_no_number_has_no_factor() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for (row, column) in [(0, 0), (1, 0), (2, 1), (2, 2)] {
                let mut matrix = Matrix::from_fn(3, 3, |i, j| if i == j { 2.0 } else { 0.5 });
                matrix[(row, column)] = bad;
                assert!(shift_to_semidefinite(&matrix, 1.0).is_none(), "{row} {column}");
            }
        }
        assert!(shift_to_semidefinite(&Matrix::from([[1.0]]), f64::NAN).is_none());
        assert!(shift_to_semidefinite(&Matrix::from([[-1.0]]), 1.0).is_none());
        let huge = Matrix::from_fn(3, 3, |i, j| if i == j { 1e308 } else { 0.0 });
        assert!(shift_to_semidefinite(&huge, 0.0).is_some());
    }
}
