//! Separability, the maximum margin and the support vectors of rational examples, decided exactly.
//!
//! With `z_i = y_i x_i` the data are separable if some `w` has `⟨w, z_i⟩ > 0` for all `i`. Let `p` be the point of least
//! norm of the convex hull of the `z_i`. The data are separable exactly if `p ≠ 0`; then the maximum margin is
//! `γ = ‖p‖`, its direction is `ū = p/‖p‖`, and the support vectors are the examples with `⟨p, z_i⟩ = ‖p‖²`
//! (Ji & Telgarsky 2019, section 2; the duality is classical). `p`, `γ²`, the weights of `p` and the support are all
//! rational, so that none of them needs a tolerance. Lengths enter squared; their roots are for the caller to enclose.

use rug::Rational;

use super::exact_algebra::{inner, null_space, rank, solve};
use crate::problem::Matrix;

/// The maximum-margin separator of separable examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaxMargin {
    point: Vec<Rational>,
    margin_squared: Rational,
    weights: Vec<Rational>,
    support: Vec<usize>,
    support_vectors: Matrix<Rational>,
}

/// Why there is no maximum-margin separator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMargin {
    /// There are no examples.
    #[error("there are no examples")]
    NoExamples,
    /// Zero is a convex combination of the examples, so no `w` has `⟨w, z_i⟩ > 0` for all `i`.
    #[error("the data are not separable: zero is a convex combination of the signed examples y_i x_i")]
    NotSeparable {
        /// Non-negative weights, one an example, of sum 1 with `Σ λ_i z_i = 0`: the proof.
        weights: Vec<Rational>,
    },
}

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

    /// The maximum-margin separator of the signed examples `z_i`, the rows of `z`.
    ///
    /// Wolfe's algorithm in exact arithmetic: each of its points is the point of least norm of a simplex of examples and
    /// nearer to zero than the one before, so it ends. What it ends at is right by the inequality
    /// `min_i ⟨p, z_i⟩ ≥ ‖p‖²`, checked over all examples, whatever the road there.
    ///
    /// ```
    /// use gradient_witness::{problem::Matrix, reference::max_margin::MaxMargin};
    /// use rug::Rational;
    /// let z = [[3, 1], [3, -1], [5, 5]].map(|row| row.map(Rational::from).to_vec());
    /// let margin = MaxMargin::of(&Matrix::from_rows(z.to_vec()).unwrap()).unwrap();
    /// assert_eq!(*margin.margin_squared(), 9);
    /// assert_eq!(margin.point(), [3, 0]);
    /// assert_eq!(margin.support(), [0, 1]);
    /// assert_eq!(margin.weights()[2], 0);
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoMargin`] if there are no examples or the data are not separable, with the proof.
    pub fn of(z: &Matrix<Rational>) -> Result<Self, NoMargin> {
        let rows: Vec<&[Rational]> = (0..z.rows()).map(|i| z.row(i)).collect();
        let LeastNorm { point, weights } = least_norm_point(&rows).ok_or(NoMargin::NoExamples)?;
        let margin_squared = inner(&point, &point);
        if margin_squared.is_zero() {
            return Err(NoMargin::NotSeparable { weights });
        }
        let support: Vec<usize> = (0..rows.len()).filter(|&i| inner(&point, rows[i]) == margin_squared).collect();
        let support_vectors = Matrix::from_fn(support.len(), z.columns(), |i, j| z[(support[i], j)].clone());
        Ok(Self { point, margin_squared, weights, support, support_vectors })
    }

    /// `p = γū`, the point of least norm of the convex hull of the examples.
    #[must_use]
    pub fn point(&self) -> &[Rational] {
        &self.point
    }

    /// `γ² = ‖p‖²`, positive.
    #[must_use]
    pub fn margin_squared(&self) -> &Rational {
        &self.margin_squared
    }

    /// Weights `λ_i ≥ 0`, one an example, of sum 1 with `p = Σ λ_i z_i`, zero outside the support. Those of the
    /// dual problem of the support vector machine are `λ_i/γ²`. They are unique only if the support vectors are
    /// affinely independent.
    #[must_use]
    pub fn weights(&self) -> &[Rational] {
        &self.weights
    }

    /// The support `S`: the examples, counted from 0 and ascending, with `⟨ū, z_i⟩ = γ`.
    #[must_use]
    pub fn support(&self) -> &[usize] {
        &self.support
    }

    /// The rank of `(z_i)_{i∈S}`; the support vectors span the whole space if it is the dimension (Assumption 3).
    #[must_use]
    pub fn support_rank(&self) -> usize {
        rank(&self.support_vectors)
    }

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

/// `Σ_i weights_i vectors_i`, of at least one vector.
fn combination<V: AsRef<[Rational]>>(weights: &[Rational], vectors: &[V]) -> Vec<Rational> {
    let mut sum = vec![Rational::new(); vectors[0].as_ref().len()];
    for (weight, vector) in weights.iter().zip(vectors).filter(|(weight, _)| !weight.is_zero()) {
        for (entry, coordinate) in sum.iter_mut().zip(vector.as_ref()) {
            *entry += Rational::from(weight * coordinate);
        }
    }
    sum
}

/// The point of least norm of a convex hull, with its weights.
struct LeastNorm {
    point: Vec<Rational>,
    weights: Vec<Rational>,
}

/// Wolfe's algorithm (Finding the nearest point in a polytope, 1976); `None` of no points.
fn least_norm_point(points: &[&[Rational]]) -> Option<LeastNorm> {
    let norms: Vec<Rational> = points.iter().map(|point| inner(point, point)).collect();
    let first = (0..points.len()).min_by_key(|&i| &norms[i])?;
    // The corral: affinely independent points with positive weights, whose least point of the affine hull is `point`.
    let mut corral = vec![first];
    let mut weights = vec![Rational::from(1)];
    loop {
        let chosen: Vec<&[Rational]> = corral.iter().map(|&i| points[i]).collect();
        let point = combination(&weights, &chosen);
        let norm_squared = inner(&point, &point);
        let products = points.iter().map(|other| inner(&point, other));
        let (nearest, product) = products.enumerate().min_by(|(_, a), (_, b)| a.cmp(b))?;
        if product >= norm_squared {
            let mut all = vec![Rational::new(); points.len()];
            for (&i, weight) in corral.iter().zip(weights) {
                all[i] = weight;
            }
            return Some(LeastNorm { point, weights: all });
        }
        // The whole affine hull of the corral has ⟨point, ·⟩ = ‖point‖², so the new point is independent of it.
        corral.push(nearest);
        weights.push(Rational::new());
        loop {
            let affine = affine_weights(points, &corral);
            if affine.iter().all(|weight| *weight > 0) {
                weights = affine;
                break;
            }
            // Walk from the present weights towards the affine ones until the first weight vanishes; drop it.
            let share = weights
                .iter()
                .zip(&affine)
                .filter(|(_, target)| **target <= 0)
                .map(|(from, target)| from / Rational::from(from - target))
                .min()
                .unwrap_or_default();
            for (weight, target) in weights.iter_mut().zip(&affine) {
                *weight += Rational::from(target - &*weight) * &share;
            }
            let kept: Vec<bool> = weights.iter().map(|weight| *weight > 0).collect();
            let mut keep = kept.iter();
            corral.retain(|_| keep.next().copied().unwrap_or(false));
            weights.retain(|weight| *weight > 0);
        }
    }
}

/// The weights, of sum 1 and any sign, of the point of least norm in the affine hull of affinely independent points:
/// `⟨z_i, Σ_j λ_j z_j⟩` is one number `μ` for all `i`.
fn affine_weights(points: &[&[Rational]], corral: &[usize]) -> Vec<Rational> {
    let size = corral.len();
    let system = Matrix::from_fn(size + 1, size + 1, |i, j| match (i.checked_sub(1), j.checked_sub(1)) {
        (None, None) => Rational::new(),
        (Some(i), Some(j)) => inner(points[corral[i]], points[corral[j]]),
        _ => Rational::from(1),
    });
    let mut right = vec![Rational::new(); size + 1];
    right[0] = Rational::from(1);
    let mut solution = solve(&system, &right).expect("the points of a corral are affinely independent");
    solution.remove(0);
    solution
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
fn for_each_choice(count: usize, size: usize, mut visit: impl FnMut(&[usize])) {
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

#[cfg(test)]
mod tests {
    use quickcheck::QuickCheck;
    use rug::ops::Pow;

    use super::*;

    fn examples<const D: usize>(rows: &[[i32; D]], denominator: u32) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.map(|e| Rational::from((e, denominator))).to_vec()).collect())
            .expect("rows of one length")
    }

    fn some_examples(count: u8, dimension: u8, seed: &[i8], spread: i8) -> Matrix<Rational> {
        let mut entries = seed.iter().cycle();
        // A first coordinate that is seldom negative makes about half of the sets separable.
        Matrix::from_fn(usize::from(count), usize::from(dimension), |i, j| {
            let entry = entries.next().map_or(0, |e| e % spread) + i8::try_from(i % 2).unwrap_or(0);
            Rational::from(if j == 0 { entry.abs() } else { entry })
        })
    }

    /// The least norm over all sets of examples that are affinely independent with non-negative affine weights.
    fn least_norm_by_search(z: &Matrix<Rational>) -> Rational {
        let rows: Vec<&[Rational]> = (0..z.rows()).map(|i| z.row(i)).collect();
        let mut least: Option<Rational> = None;
        for size in 1..=(z.columns() + 1).min(z.rows()) {
            for_each_choice(z.rows(), size, |chosen| {
                let system = Matrix::from_fn(size + 1, size + 1, |i, j| {
                    if i == size && j == size {
                        Rational::new()
                    } else if i == size || j == size {
                        Rational::from(1)
                    } else {
                        inner(rows[chosen[i]], rows[chosen[j]])
                    }
                });
                let right: Vec<_> = (0..=size).map(|i| Rational::from(u32::from(i == size))).collect();
                let Some(weights) = solve(&system, &right) else { return };
                if weights[..size].iter().all(|weight| *weight >= 0) {
                    let members: Vec<_> = chosen.iter().map(|&i| rows[i]).collect();
                    let point = combination(&weights[..size], &members);
                    let norm = inner(&point, &point);
                    least = Some(least.take().map_or(norm.clone(), |least| least.min(norm)));
                }
            });
        }
        least.expect("single examples are among the sets")
    }

    fn is_certified(z: &Matrix<Rational>) -> bool {
        let hull = |weights: &[Rational]| {
            let rows: Vec<_> = (0..z.rows()).map(|i| z.row(i)).collect();
            let sum: Rational = weights.iter().fold(Rational::new(), |sum, weight| sum + weight);
            (weights.iter().all(|weight| *weight >= 0) && sum == 1).then(|| combination(weights, &rows))
        };
        let least = least_norm_by_search(z);
        match MaxMargin::of(z) {
            Ok(margin) => {
                let products: Vec<_> = (0..z.rows()).map(|i| inner(margin.point(), z.row(i))).collect();
                let tight: Vec<_> = (0..z.rows()).filter(|&i| products[i] == *margin.margin_squared()).collect();
                hull(margin.weights()).is_some_and(|point| point == margin.point())
                    && products.iter().all(|product| product >= margin.margin_squared())
                    && *margin.margin_squared() == inner(margin.point(), margin.point())
                    && *margin.margin_squared() == least
                    && margin.support() == tight
                    && (0..z.rows()).all(|i| tight.contains(&i) || margin.weights()[i].is_zero())
            }
            Err(NoMargin::NotSeparable { weights }) => {
                least.is_zero() && hull(&weights).is_some_and(|zero| zero.iter().all(Rational::is_zero))
            }
            Err(NoMargin::NoExamples) => false,
        }
    }

    #[test]
    fn agrees_with_a_search_over_all_subsets() {
        QuickCheck::new().tests(600).quickcheck(
            (|count, dimension, seed, spread| {
                is_certified(&some_examples(count % 6 + 1, dimension % 4 + 1, &seed, (spread as i8 & 7) + 2))
            }) as fn(u8, u8, Vec<i8>, u8) -> bool,
        );
    }

    #[test]
    fn duplicates_are_all_support_vectors() {
        let z = examples(&[[1, 1], [1, -1], [1, 1], [1, 0], [2, 0], [1, 1]], 1);
        let margin = MaxMargin::of(&z).unwrap();
        assert_eq!(margin.support(), [0, 1, 2, 3, 5]);
        assert_eq!(margin.support_rank(), 2);
        assert!(is_certified(&z));
    }

    #[test]
    fn one_example_supports_itself() {
        let margin = MaxMargin::of(&examples(&[[3, 4]], 5)).unwrap();
        assert_eq!(*margin.margin_squared(), 1);
        assert_eq!((margin.support(), margin.support_rank()), ([0].as_slice(), 1));
        assert_eq!(margin.alpha_squared(), AlphaSquared::Finite(Rational::new()));
    }

    #[test]
    fn zero_in_the_hull_is_not_separable() {
        for z in [
            examples(&[[0, 0], [1, 0]], 1),
            examples(&[[1, 0], [-2, 0]], 1),
            examples(&[[1, 1], [-1, 1], [0, -1]], 1),
            examples(&[[1, 2], [-1, -2], [5, 5]], 7),
        ] {
            assert!(matches!(MaxMargin::of(&z), Err(NoMargin::NotSeparable { .. })));
            assert!(is_certified(&z));
        }
        assert_eq!(MaxMargin::of(&Matrix::from_fn(0, 0, |_, _| Rational::new())), Err(NoMargin::NoExamples));
    }

    #[test]
    fn nearly_inseparable_data_are_separable() {
        let tiny = Rational::from((1, rug::Integer::from(10).pow(200)));
        let z = Matrix::from_fn(2, 2, |i, j| match (i, j) {
            (0, 0) => Rational::from(1),
            (1, 0) => Rational::from(-1),
            _ => tiny.clone(),
        });
        assert_eq!(*MaxMargin::of(&z).unwrap().margin_squared(), tiny.square());
    }

    #[test]
    fn collinear_examples_have_alpha_zero() {
        let margin = MaxMargin::of(&examples(&[[1, 1], [2, 2], [3, 3]], 4)).unwrap();
        assert_eq!((margin.support(), margin.support_rank()), ([0].as_slice(), 1));
        assert!(!margin.is_alpha_positive());
        // All on the line x = 1: every one is a support vector, and α is the shorter way to an end of the segment.
        let margin = MaxMargin::of(&examples(&[[4, -2], [4, 1], [4, 8]], 4)).unwrap();
        assert_eq!(margin.support(), [0, 1, 2]);
        assert_eq!(margin.alpha_squared(), AlphaSquared::Finite(Rational::from((1, 4))));
    }

    #[test]
    fn a_zero_multiplier_makes_alpha_zero() {
        // Spanning support, but the second multiplier vanishes: ξ = (0, −1) has no positive product.
        let margin = MaxMargin::of(&examples(&[[5, 0], [5, 3]], 10)).unwrap();
        assert_eq!(margin.support(), [0, 1]);
        assert_eq!(margin.support_rank(), 2);
        assert_eq!(margin.alpha_squared(), AlphaSquared::Finite(Rational::new()));
    }

    #[test]
    fn in_one_dimension_alpha_is_infinite() {
        let margin = MaxMargin::of(&examples(&[[3], [2]], 1)).unwrap();
        assert_eq!(margin.alpha_squared(), AlphaSquared::Infinite);
        assert!(margin.is_alpha_positive());
    }

    #[test]
    fn alpha_of_a_square_a_cube_and_a_simplex() {
        // The faces x = 1 of a square pyramid, of a cube and of a simplex; α is the distance from the foot of p to
        // the nearest side, since the foot is where the functionals ⟨ξ, ·⟩ vanish.
        let square = MaxMargin::of(&examples(&[[1, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1]], 1)).unwrap();
        assert_eq!(square.alpha_squared(), AlphaSquared::Finite(Rational::from(1)));
        let corners: Vec<[i32; 4]> = (0..8).map(|k| [2, 1 - 2 * (k & 1), 1 - (k & 2), 1 - (k & 4) / 2]).collect();
        let cube = MaxMargin::of(&examples(&corners, 1)).unwrap();
        assert_eq!((cube.support().len(), cube.support_rank()), (8, 4));
        assert_eq!(cube.alpha_squared(), AlphaSquared::Finite(Rational::from(1)));
        // Unit vectors of R^3: the inscribed circle of a triangle of side √2 has radius 1/√6.
        let simplex = MaxMargin::of(&examples(&[[1, 0, 0], [0, 1, 0], [0, 0, 1]], 1)).unwrap();
        assert_eq!(simplex.alpha_squared(), AlphaSquared::Finite(Rational::from((1, 6))));
    }

    #[test]
    fn too_many_support_vectors_are_refused_and_alpha_is_still_decided() {
        // 64 points with rational coordinates on a sphere in 5 dimensions, at height 1.
        let mut rows = Vec::new();
        for i in 0..64_i32 {
            let t = [i % 4 - 2, i / 4 % 4 - 1, i / 16 - 2];
            let s: i32 = t.iter().map(|t| t * t).sum();
            let point = [2 * t[0], 2 * t[1], 2 * t[2], s - 1].map(|e| Rational::from((e, s + 1)));
            rows.push([vec![Rational::from(1)], point.to_vec()].concat());
        }
        let margin = MaxMargin::of(&Matrix::from_rows(rows).unwrap()).unwrap();
        assert_eq!(margin.support().len(), 64);
        assert!(margin.is_alpha_positive());
        assert_eq!(margin.alpha_squared(), AlphaSquared::TooManyCandidates);
    }

    /// In the plane `ξ` is one of two directions; in space it turns on a circle, which is sampled.
    fn alpha_agrees_with_directions(z: &Matrix<Rational>) -> bool {
        let Ok(margin) = MaxMargin::of(z) else { return true };
        let AlphaSquared::Finite(alpha_squared) = margin.alpha_squared() else { return false };
        if margin.is_alpha_positive() == alpha_squared.is_zero() {
            return false;
        }
        let basis = null_space(&Matrix::row_vector(margin.point().to_vec()));
        let support: Vec<&[Rational]> = margin.support().iter().map(|&i| z.row(i)).collect();
        if let [xi] = basis.as_slice() {
            let products: Vec<Rational> = support.iter().map(|row| inner(xi, row)).collect();
            let [up, down] = [products.iter().max(), products.iter().min()].map(|product| product.unwrap().clone());
            return alpha_squared == up.min(-down).square() / inner(xi, xi);
        }
        let float = |vector: &[Rational]| vector.iter().map(Rational::to_f64).collect::<Vec<f64>>();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let unit = |a: &[f64]| a.iter().map(|entry| entry / dot(a, a).sqrt()).collect::<Vec<f64>>();
        let first = unit(&float(&basis[0]));
        let second = float(&basis[1]);
        let along = dot(&first, &second);
        let second = unit(&second.iter().zip(&first).map(|(b, a)| b - along * a).collect::<Vec<f64>>());
        let support: Vec<Vec<f64>> = support.into_iter().map(float).collect();
        let samples = 4000;
        let least = (0..samples).map(|k| {
            let (sin, cos) = (f64::from(k) * std::f64::consts::TAU / f64::from(samples)).sin_cos();
            let xi: Vec<f64> = first.iter().zip(&second).map(|(a, b)| cos * a + sin * b).collect();
            support.iter().map(|row| dot(&xi, row)).fold(f64::NEG_INFINITY, f64::max)
        });
        // The nearest sample is at most half a step away, where each product differs by at most that angle times ‖z_i‖.
        let reach = support.iter().map(|row| dot(row, row).sqrt()).fold(0.0, f64::max);
        let excess = least.fold(f64::INFINITY, f64::min) - alpha_squared.to_f64().sqrt();
        (-1e-9..reach * std::f64::consts::PI / f64::from(samples) + 1e-9).contains(&excess)
    }

    #[test]
    fn alpha_agrees_with_a_search_over_directions() {
        QuickCheck::new().tests(300).quickcheck(
            (|count, dimension, seed, spread| {
                let z = some_examples(count % 7 + 2, dimension % 2 + 2, &seed, (spread as i8 & 7) + 2);
                alpha_agrees_with_directions(&z)
            }) as fn(u8, u8, Vec<i8>, u8) -> bool,
        );
        // On a plane x = 1 every example is a support vector, so that α is decided among many of them.
        QuickCheck::new().tests(200).quickcheck(
            (|count, seed| {
                let z = some_examples(count % 8 + 3, 3, &seed, 4);
                let z = Matrix::from_fn(z.rows(), 3, |i, j| if j == 0 { Rational::from(2) } else { z[(i, j)].clone() });
                alpha_agrees_with_directions(&z)
            }) as fn(u8, Vec<i8>) -> bool,
        );
    }
}
