//! Bounds of the eigenvalues of a nearly diagonal Gram matrix.
//!
//! Let `W = YᵀY` be symmetric and positive semidefinite, its diagonal nearly descending, its entries off the diagonal
//! small. The indices are cut into *windows* of neighbours whose diagonal entries are too close to be told apart; within
//! a window `B` the eigenvalues of the block `W_BB` are enclosed by Weyl's inequality,
//!
//! - `|λ_i(W_BB) − s_i| ≤ ‖W_BB − diag(s)‖_F` for any numbers `s` in descending order.
//!
//! The windows are then separated from each other. Write `λ_i` for the eigenvalues of `W` in descending order, and let
//! `B` stand for the indices `a < i ≤ k`.
//!
//! - *Interlacing*: `λ_i(W_{≤k}) ≤ λ_i ≤ λ_{i−a}(W_{>a})`, with the leading and the trailing blocks of `W`.
//! - *Upper*: let `ω = ‖W_{B,>k}‖_F`, `U ≥ λ_1(W_{>k})` and `g = λ_min(W_BB) − U`. If `g > 0`,
//!   `λ_j(W_{>a}) ≤ λ_j(W_BB) + ω²/g` for `j ≤ k − a`; always `λ_j(W_{>a}) ≤ λ_j(W_BB) + U`.
//!   The first is Sylvester's law of inertia: for `μ = λ_j(W_{>a}) ≥ λ_min(W_BB) > U` the block `W_{>k} − μ` is negative
//!   definite, so `λ_j` of the Schur complement `W_BB + W_{B,>k}(μ − W_{>k})^{-1}W_{>k,B}` is at least `μ`, and the second
//!   term is at most `ω²/(μ − U)`. The second is Weyl's inequality for `Y Yᵀ = Y_B Y_Bᵀ + Y_{>k} Y_{>k}ᵀ`.
//! - *Lower*: let `ω = ‖W_{≤a,B}‖_F`, `P ≤ λ_min(W_{≤a})`, and `b ≤ λ_j(W_BB)` with `b ≤ b_1 < P`. Then
//!   `λ_{a+j}(W_{≤k}) ≥ b − ω²/(P − b_1)`, by the same law with a number `μ` below `P`.
//! - *Trace*: `λ_i ≤ Σ_{j≥i} W_jj`, from interlacing and the trace of a positive semidefinite block.
//!
//! So an entry off the diagonal enters squared and divided by a gap, unless its two columns share a window: columns
//! orthogonal to working precision 2^−53 give separated eigenvalues to 2^−100, and a graded matrix keeps its small ones.
//! The windows are chosen by approximation; every bound holds whatever they are.

use std::ops::Range;

use crate::number::{Real, Sign};
use crate::problem::Matrix;

/// Bounds of the eigenvalues of a Gram matrix, descending.
pub(super) struct GramBounds<T> {
    pub(super) lower: Vec<T>,
    pub(super) upper: Vec<T>,
    /// `Σ_{i≥2} λ_i` from below and from above.
    pub(super) all_but_first: (T, T),
}

/// The products of all pairs of rows.
pub(super) fn gram<T: Real>(rows: &Matrix<T>) -> Matrix<T> {
    let mut products = rows.times_transpose(rows);
    // The sum of squares is tighter than the product of a row with itself.
    for i in 0..rows.rows() {
        products[(i, i)] = rows.row(i).iter().fold(T::zero(rows.bits()), |sum, entry| sum + entry.square());
    }
    products
}

impl<T: Real> GramBounds<T> {
    /// Bounds for a symmetric positive semidefinite matrix with at least one row, `w`.
    pub(super) fn of(w: &Matrix<T>) -> Self {
        let size = w.rows();
        let bits = w.bits();
        let zero = T::zero(bits);
        let centres: Vec<T> = (0..size).map(|i| w[(i, i)].midpoint()).collect();
        let windows: Vec<Window<T>> =
            windows(w, &centres).into_iter().map(|range| Window::of(w, &centres, range)).collect();
        let mut tails = vec![zero.clone(); size + 1];
        for k in (0..size).rev() {
            tails[k] = tails[k + 1].clone() + &w[(k, k)];
        }

        let mut upper = tails[..size].to_vec();
        let mut first_excess = None;
        let mut below = zero.clone();
        for window in windows.iter().rev() {
            let Range { start, end } = window.range;
            let excess = if end == size {
                zero.clone()
            } else {
                let gap = window.lower[end - start - 1].clone() - &below;
                if gap.sign() == Sign::Positive { block_squared(w, start..end, end..size) / gap } else { below }
            };
            for (bound, block) in upper[start..end].iter_mut().zip(&window.upper) {
                *bound = least(bound.clone(), block.clone() + &excess);
            }
            below = upper[start].clone();
            if start == 0 {
                first_excess = Some(if end == 1 { excess } else { window.upper[0].clone() - &w[(0, 0)] + &excess });
            }
        }

        let mut lower = vec![zero.clone(); size];
        let mut above: Option<T> = None;
        for window in &windows {
            let Range { start, end } = window.range;
            let loss = match above {
                None => Some(zero.clone()),
                Some(above) => {
                    let gap = above - &window.lower[0];
                    (gap.sign() == Sign::Positive).then(|| block_squared(w, 0..start, start..end) / gap)
                }
            };
            if let Some(loss) = loss {
                for (bound, block) in lower[start..end].iter_mut().zip(&window.lower) {
                    *bound = greatest(bound.clone(), block.clone() - &loss);
                }
            }
            above = Some(lower[end - 1].clone());
        }

        // Σ_{i≥2} λ_i = tr W − λ_1, where λ_1 is at least W_11 and at most W_11 + first_excess.
        let tail = tails[1].clone();
        let sum = lower[1..].iter().fold(zero, |sum, bound| sum + bound);
        let least_tail = match first_excess {
            Some(excess) => greatest(sum, tail.clone() - &excess),
            None => sum,
        };
        Self { lower, upper, all_but_first: (least_tail, tail) }
    }
}

/// The smaller of two upper bounds; the other one where one is undefined.
pub(super) fn least<T: Real>(one: T, other: T) -> T {
    match (one.is_defined(), other.is_defined()) {
        (true, true) => one.min(&other),
        (true, false) => one,
        _ => other,
    }
}

/// The larger of two lower bounds; the other one where one is undefined.
pub(super) fn greatest<T: Real>(one: T, other: T) -> T {
    match (one.is_defined(), other.is_defined()) {
        (true, true) => one.max(&other),
        (true, false) => one,
        _ => other,
    }
}

/// Bounds of the eigenvalues of one diagonal block.
struct Window<T> {
    range: Range<usize>,
    lower: Vec<T>,
    upper: Vec<T>,
}

impl<T: Real> Window<T> {
    fn of(w: &Matrix<T>, centres: &[T], range: Range<usize>) -> Self {
        if range.len() == 1 {
            let value = vec![w[(range.start, range.start)].clone()];
            return Self { range, lower: value.clone(), upper: value };
        }
        let mut descending = centres[range.clone()].to_vec();
        for i in 1..descending.len() {
            descending[i] = descending[i].clone().min(&descending[i - 1]);
        }
        let mut squares = T::zero(w.bits());
        for (i, centre) in range.clone().zip(&descending) {
            squares += &(w[(i, i)].clone() - centre).square();
            for j in i + 1..range.end {
                squares += &w[(i, j)].square().times(2);
            }
        }
        let spread = squares.sqrt_of_nonnegative();
        let lower = descending.iter().map(|centre| centre.clone() - &spread).collect();
        let upper = descending.iter().map(|centre| centre.clone() + &spread).collect();
        Self { range, lower, upper }
    }
}

/// The squared Frobenius norm of a block.
fn block_squared<T: Real>(w: &Matrix<T>, rows: Range<usize>, columns: Range<usize>) -> T {
    let mut sum = T::zero(w.bits());
    for i in rows {
        for j in columns.clone() {
            sum += &w[(i, j)].square();
        }
    }
    sum
}

/// The windows. Two columns belong together if their squared lengths are close and their gap, relative to the larger,
/// is at most twice the cosine between them: then Weyl's inequality loses less than the division by the gap.
fn windows<T: Real>(w: &Matrix<T>, centres: &[T]) -> Vec<Range<usize>> {
    let size = centres.len();
    // 1 − s_{k+1}/s_k, accurate where it is small; not a number, hence never close, behind a zero.
    let gaps: Vec<f64> =
        (1..size).map(|k| ((centres[k - 1].clone() - &centres[k]) / &centres[k - 1]).approximate()).collect();
    let mut joined = vec![false; size];
    for i in 0..size {
        let mut gap = 0.0;
        for j in i + 1..size {
            gap += gaps[j - 1] * (1.0 - gap);
            if !(gap < 0.5) {
                break;
            }
            let cosine = (w[(i, j)].clone().abs() / &centres[i]).upper_f64();
            if gap <= 2.0 * cosine {
                joined[i..j].fill(true);
            }
        }
    }
    let mut windows = Vec::new();
    let mut start = 0;
    for (k, joined) in joined.into_iter().enumerate() {
        if !joined {
            windows.push(start..k + 1);
            start = k + 1;
        }
    }
    windows
}
