//! The least largest margin across the maximum-margin direction (Ji & Telgarsky 2019, Lemma 3), exactly.

use rug::Rational;

use super::MaxMargin;
use super::least_norm::{combination, least_norm_point};
use crate::algebra::elimination::{null_space, solve};
use crate::algebra::exact::inner;
use crate::number::Matrix;

/// The square of `α = min { max_{i∈S} ⟨ξ, z_i⟩ : ‖ξ‖ = 1, ξ ⊥ ū }`, `S` the support (Ji & Telgarsky 2019, Lemma 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlphaSquared {
    /// In one dimension nothing of norm 1 is orthogonal to `ū`: `α = +∞`, and what rests on `α` is vacuous.
    Infinite,
    /// `α²`, zero included.
    Finite(Rational),
    /// More than [`MaxMargin::VERTEX_LIMIT`] candidates for the minimiser; `α > 0` is known, its value is not.
    TooManyCandidates,
}

impl MaxMargin {
    /// The most sets of support vectors that [`alpha_squared`](Self::alpha_squared) looks at, each at the cost of one
    /// linear system. It suffices for all sets of 5 among 30 support vectors in 6 dimensions.
    pub const VERTEX_LIMIT: u64 = 200_000;

    /// `α²`, exact: see [`AlphaSquared`].
    ///
    /// `α ≥ 0`, since `Σ λ_i ⟨ξ, z_i⟩ = ⟨ξ, p⟩ = 0`. Let `P` be the set of `ξ ⊥ ū` with `⟨ξ, z_i⟩ ≤ 1` for `i ∈ S`. If
    /// `P` is unbounded, `α = 0`; otherwise `1/α` is the largest norm in `P` and is attained at a vertex, where `d − 1`
    /// linearly independent constraints hold with equality.
    #[must_use]
    pub fn alpha_squared(&self) -> AlphaSquared {
        let dimension = self.point.len();
        if dimension == 1 {
            return AlphaSquared::Infinite;
        }
        if !self.is_alpha_positive() {
            return AlphaSquared::Finite(Rational::new());
        }
        // In coordinates: ξ = Σ_k y_k b_k with a basis b of p⊥, and the constraint i is Σ_k y_k ⟨b_k, z_i⟩ ≤ 1.
        let basis = null_space(&Matrix::row_vector(self.point.clone()));
        let mut constraints = restrict(&self.support_rows(), &basis);
        constraints.sort();
        constraints.dedup();
        if choices(constraints.len(), dimension - 1) > Self::VERTEX_LIMIT {
            return AlphaSquared::TooManyCandidates;
        }
        let ones = vec![Rational::from(1); dimension - 1];
        let mut largest: Option<Rational> = None;
        for_each_choice(constraints.len(), dimension - 1, |chosen| {
            let system = Matrix::from_fn(chosen.len(), chosen.len(), |i, j| constraints[chosen[i]][j].clone());
            let Some(y) = solve(&system, &ones) else { return };
            if constraints.iter().all(|constraint| inner(constraint, &y) <= 1) {
                let xi = combination(&y, &basis);
                largest = largest.take().max(Some(inner(&xi, &xi)));
            }
        });
        // The vertex is not 0, which satisfies no constraint with equality.
        AlphaSquared::Finite(largest.expect("a polyhedron that is not empty and bounded has a vertex").recip())
    }

    /// Whether `α > 0`, decided without looking at vertices; true in one dimension.
    ///
    /// `α = 0` exactly if some `ξ ≠ 0` orthogonal to `p` has `⟨ξ, z_i⟩ ≤ 0` for all `i ∈ S`. From `Σ λ_i ⟨ξ, z_i⟩ = 0`
    /// it is then orthogonal to every `z_i` with `λ_i > 0`. So look among those `ξ` only, where the question is whether
    /// the remaining `z_i`, as functionals, have zero in their convex hull: if not, its point of least norm gives such
    /// a `ξ`; if so, the weights of zero say to what more `ξ` is orthogonal, and the search goes on in fewer dimensions.
    #[must_use]
    pub fn is_alpha_positive(&self) -> bool {
        let support = self.support_rows();
        let mut weights: Vec<Rational> = self.support.iter().map(|&i| self.weights[i].clone()).collect();
        let mut annihilated: Vec<Vec<Rational>> = vec![self.point.clone()];
        let mut remaining = support;
        loop {
            let (tight, rest): (Vec<_>, Vec<_>) =
                remaining.into_iter().zip(&weights).partition(|(_, weight)| **weight > 0);
            annihilated.extend(tight.into_iter().map(|(row, _)| row.to_vec()));
            remaining = rest.into_iter().map(|(row, _)| row).collect();
            let candidates = Matrix::from_rows(annihilated.clone()).map_or_else(Vec::new, |rows| null_space(&rows));
            if candidates.is_empty() {
                return true;
            }
            let functionals = restrict(&remaining, &candidates);
            let functionals: Vec<&[Rational]> = functionals.iter().map(Vec::as_slice).collect();
            match least_norm_point(&functionals) {
                Some(found) if found.point.iter().all(Rational::is_zero) => weights = found.weights,
                _ => return false,
            }
        }
    }

    fn support_rows(&self) -> Vec<&[Rational]> {
        (0..self.support_vectors.rows()).map(|i| self.support_vectors.row(i)).collect()
    }
}

/// The values `⟨b_k, z_i⟩`, one row for every `z_i`.
fn restrict(z: &[&[Rational]], basis: &[Vec<Rational>]) -> Vec<Vec<Rational>> {
    z.iter().map(|row| basis.iter().map(|b| inner(b, row)).collect()).collect()
}

/// The number of sets of `size` among `count`, `u64::MAX` if that is too small for it.
fn choices(count: usize, size: usize) -> u64 {
    if size > count {
        return 0;
    }
    (0..size as u64)
        .try_fold(1u64, |product, i| Some(product.checked_mul(count as u64 - i)? / (i + 1)))
        .unwrap_or(u64::MAX)
}

/// Calls `visit` with every set of `size` among `0..count`, ascending.
pub(super) fn for_each_choice(count: usize, size: usize, mut visit: impl FnMut(&[usize])) {
    if size > count {
        return;
    }
    let mut chosen: Vec<usize> = (0..size).collect();
    loop {
        visit(&chosen);
        // The last position that can still move.
        let Some(position) = (0..size).rev().find(|&i| chosen[i] < count - size + i) else { return };
        chosen[position] += 1;
        for i in position + 1..size {
            chosen[i] = chosen[i - 1] + 1;
        }
    }
}
