//! Two ways to say that a matrix is close to rank one, and how far from it a matrix can be.

use rug::Rational;

use crate::claims::{Claim, Finding, OldAboutPoint, OldOnPoints};
use crate::generate::exact::multiple;
use crate::generate::{
    Cloud, Family, Instance, Random, Sampled, Separable, classification, pythagorean, unit_vector, with_singular_values,
};
use crate::number::{Real, Truth, dot};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::Point;
use crate::reference::exact_algebra::rank;
use crate::reference::exact_pair::exact_vectors;

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let diagonal = replay(include_str!("specs/diagonal-layer.toml"));
    vec![
        Claim::new(
            "JT19.rank1-distance",
            include_str!("text/rank1-distance.md"),
            OldOnPoints(RankOneDistance::default()),
            Sampled::new("layers of rational singular values and norm", rational_spectrum),
        )
        .control("the second singular pair", OldOnPoints(RankOneDistance { second: true }), diagonal.clone()),
        Claim::new(
            "JT19.alignment-ratio-floor",
            include_str!("text/alignment-ratio-floor.md"),
            OldOnPoints(AlignmentRatioFloor::default()),
            Family::Points,
        )
        .control(
            "the larger side in place of the rank, as an upper bound",
            OldOnPoints(AlignmentRatioFloor { from_above: true }),
            diagonal,
        ),
    ]
}

/// `‖W/‖W‖_F − uvᵀ‖_F² = 2(1 − ‖W‖_2/‖W‖_F)` for every top singular pair.
#[doc = include_str!("text/rank1-distance.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RankOneDistance {
    /// The control: pairs of the second singular value on the left side.
    pub second: bool,
}

impl OldAboutPoint for RankOneDistance {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let two = point.constant(2);
        for (k, layer) in point.weights().iter().enumerate() {
            let norm = layer.frobenius();
            if is_zero(layer) {
                continue;
            }
            let Some((products, sigma)) = self.pairs(point, k) else {
                finding.asserted("the top singular pairs are known", Truth::Open).layer(k + 1);
                continue;
            };
            let right = two.clone() - (sigma / &norm).times(2);
            for product in products {
                let scaled = layer.map(|entry| entry.clone() / &norm);
                let left = scaled.minus(&product).frobenius_squared();
                finding.equal_with_terms("‖W/‖W‖_F − uvᵀ‖_F² = 2(1 − ‖W‖_2/‖W‖_F)", &left, &right, &two).layer(k + 1);
            }
        }
    }
}

impl RankOneDistance {
    /// The matrices `uvᵀ` of top singular pairs, and `‖W‖_2`: exactly where that can be had, one `v` for each of a basis of
    /// all, else by enclosures if the top value is certainly simple.
    fn pairs<T: Real>(self, point: &Point<T>, k: usize) -> Option<(Vec<Matrix<T>>, T)> {
        if let Some(exact) = point.exact_weights()
            && let Some(top) = exact_vectors(&exact[k], 0)
            && let Some(pairs) = exact_vectors(&exact[k], usize::from(self.second))
        {
            let root = point.constant(pairs.square.clone()).sqrt_of_nonnegative();
            let product = |right: &Vec<Rational>| {
                let v: Vec<T> = right.iter().map(|entry| point.constant(entry.clone())).collect();
                // uvᵀ = Wvvᵀ/(σ‖v‖²).
                let length = root.clone() * dot(&v, &v);
                let image: Vec<T> = (0..exact[k].rows()).map(|i| dot(point.weights()[k].row(i), &v)).collect();
                Matrix::from_fn(image.len(), v.len(), |i, j| image[i].clone() * &v[j] / &length)
            };
            let products = pairs.right.iter().map(product).collect();
            return Some((products, point.constant(top.square).sqrt_of_nonnegative()));
        }
        let pair = point.spectra()[k].top_pair().ok().filter(|_| !self.second)?;
        let product = Matrix::from_fn(pair.left.len(), pair.right.len(), |i, j| pair.left[i].clone() * &pair.right[j]);
        Some((vec![product], point.spectra()[k].norm()))
    }
}

/// Two or three layers whose singular values and Frobenius norms are rational: near rank one, tied, and in between.
fn rational_spectrum(random: &mut Random) -> Instance {
    let mut widths: Vec<usize> = (0..random.size(2, 3)).map(|_| random.size(1, 5)).collect();
    widths.push(1);
    let layers = widths
        .windows(2)
        .map(|pair| {
            let (rows, columns) = (pair[1], pair[0]);
            let size = rows.min(columns);
            let values: Vec<Rational> = match random.below(4) {
                // Squares that sum to one: the first value is nearly all, or all values are drawn alike.
                0 if size >= 2 => {
                    let t = Rational::from((1, 1_i64 << random.between(8, 40)));
                    let (small, large) = pythagorean(&t);
                    vec![large, small]
                }
                1 if size >= 4 => vec![Rational::from((1, 2)); 4],
                _ => unit_vector(random, size).into_iter().map(Rational::abs).collect(),
            };
            let layer = with_singular_values(random, rows, columns, &values);
            multiple(&layer, &Rational::from((random.between(1, 8), 4)))
        })
        .collect();
    let data = Separable::new(random, Cloud::Taught, widths[0], 2, &(1, 4).into());
    Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
}

/// `‖W‖_2/‖W‖_F ≥ rank(W)^{−1/2}`.
#[doc = include_str!("text/alignment-ratio-floor.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AlignmentRatioFloor {
    /// The control: the larger side in place of the rank, as an upper bound.
    pub from_above: bool,
}

impl OldAboutPoint for AlignmentRatioFloor {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        for (k, layer) in point.weights().iter().enumerate() {
            if is_zero(layer) {
                continue;
            }
            let squares = (layer.frobenius_squared(), point.spectra()[k].norm_squared());
            let (rows, columns) = (layer.rows(), layer.columns());
            if self.from_above {
                let scaled = squares.1.times(rows.max(columns));
                finding.at_most("max(m, n) ‖W_k‖_2² ≤ ‖W_k‖_F²", &scaled, &squares.0).layer(k + 1);
                continue;
            }
            let exact = point.exact_weights().map(|weights| &weights[k]);
            let rank = exact.map_or(rows.min(columns), rank);
            let scaled = squares.1.times(rank);
            finding
                .at_most("‖W_k‖_F² ≤ rank(W_k) ‖W_k‖_2²", &squares.0, &scaled)
                .layer(k + 1)
                .informative_if(Truth::from(rows.min(columns) > 1))
                .attained_if(rank == 1, "a matrix of rank one has one singular value")
                .attained_if(
                    exact.is_some_and(|matrix| is_multiple_of_isometry(matrix, rank)),
                    "all singular values are equal",
                );
        }
    }
}

fn is_zero<T: Real>(layer: &Matrix<T>) -> bool {
    layer.entries().iter().all(|entry| entry.exact().is_some_and(|value| value.is_zero()))
}

/// Whether the non-zero singular values of a rational matrix of the given rank are all equal: `M² = (tr M/rank) M` for `M = AᵀA`.
fn is_multiple_of_isometry(matrix: &Matrix<Rational>, rank: usize) -> bool {
    let product = |left: &Matrix<Rational>, right: &Matrix<Rational>| {
        Matrix::from_fn(left.rows(), right.columns(), |i, j| {
            left.row(i).iter().zip(right.column(j)).fold(Rational::new(), |sum, (a, b)| sum + Rational::from(a * b))
        })
    };
    let gram = product(&matrix.transposed(), matrix);
    let trace = (0..gram.rows()).fold(Rational::new(), |sum, i| sum + &gram[(i, i)]);
    let mean = trace / Rational::from(rank);
    product(&gram, &gram) == gram.map(|entry| Rational::from(entry * &mean))
}
