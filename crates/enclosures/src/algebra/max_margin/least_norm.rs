//! The point of least norm of the convex hull of rational points.

use rug::Rational;

use crate::algebra::elimination::solve;
use crate::algebra::exact::inner;
use crate::number::Matrix;
use crate::time_limit::check_exact;

/// The point of least norm of a convex hull, with its weights.
pub(super) struct LeastNorm {
    pub(super) point: Vec<Rational>,
    pub(super) weights: Vec<Rational>,
}

/// Wolfe's algorithm (Finding the nearest point in a polytope, 1976); `None` of no points.
pub(super) fn least_norm_point(points: &[&[Rational]]) -> Option<LeastNorm> {
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

/// `Σ_i weights_i vectors_i`, of at least one vector.
pub(super) fn combination<V: AsRef<[Rational]>>(weights: &[Rational], vectors: &[V]) -> Vec<Rational> {
    let mut sum = vec![Rational::new(); vectors[0].as_ref().len()];
    for (weight, vector) in weights.iter().zip(vectors).filter(|(weight, _)| !weight.is_zero()) {
        for (entry, coordinate) in sum.iter_mut().zip(vector.as_ref()) {
            *entry += Rational::from(weight * coordinate);
            check_exact(entry);
        }
    }
    sum
}
