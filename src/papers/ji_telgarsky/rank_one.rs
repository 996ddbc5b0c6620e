//! Two ways to say that a matrix is close to rank one, and how far from it a matrix can be.

use rug::Rational;

use crate::algebra::elimination::rank;
use crate::algebra::exact::{inner, multiple, product, trace};
use crate::algebra::exact_pair::exact_vectors;
use crate::algebra::subspace::lengths_squared;
use crate::claims::{AboutPoint, AboutRun, Claim, Finding, Fold, OnPoints, OnRuns, Outcome, at_every_point};
use crate::generate::{
    Cloud, Family, Instance, Random, Sampled, Separable, classification, pythagorean, unit_vector, with_singular_values,
};
use crate::number::{Real, Truth, dot};
use crate::problem::{Data, Loss, Matrix, StepRule};
use crate::reference::Point;

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let diagonal = replay(include_str!("specs/diagonal-layer.toml"));
    vec![
        Claim::new(
            "JT19.rank1-distance",
            include_str!("text/rank1-distance.md"),
            OnPoints(RankOneDistance::default()),
            Sampled::new("layers of rational singular values and norm", rational_spectrum),
        )
        .control("the second singular pair", OnPoints(RankOneDistance { second: true }), diagonal),
        Claim::new(
            "JT19.alignment-ratio-floor",
            include_str!("text/alignment-ratio-floor.md"),
            OnRuns(AlignmentRatioFloor::default()),
            Family::Points,
        )
        .control(
            "the larger side in place of the rank, as an upper bound",
            OnRuns(AlignmentRatioFloor { from_above: true }),
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

impl AboutPoint for RankOneDistance {
    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let label = "‖W/‖W‖_F − uvᵀ‖_F² = 2(1 − ‖W‖_2/‖W‖_F)";
        let two = point.constant(2);
        for (k, layer) in point.weights().iter().enumerate() {
            if is_zero(layer) {
                continue;
            }
            let norm = layer.frobenius();
            let right = |sigma: T| two.clone() - (sigma / &norm).times(2);
            if let Some((products, sigma)) = self.pairs(point, k) {
                let right = right(sigma);
                for product in products {
                    let scaled = layer.map(|entry| entry.clone() / &norm);
                    let left = scaled.minus(&product).frobenius_squared();
                    finding.equal_with_terms(label, &left, &right, &two).layer(k + 1).of_weights_alone();
                }
            } else if let Some(left) = self.over_all_pairs(point, k, &norm) {
                let right = right(point.spectra()[k].norm());
                finding.equal_with_terms(label, &left, &right, &two).layer(k + 1).of_weights_alone();
            } else {
                // No top singular pair is known: the equality stays open, as it does over all that a stretch of a flow encloses.
                let unknown = two.undefined();
                finding.equal_with_terms(label, &unknown, &unknown, &two).layer(k + 1).of_weights_alone();
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

    /// `‖W/‖W‖_F − uvᵀ‖_F²` for every unit `v` in the space of the top right singular vectors, however many dimensions it has, and
    /// `u = Wv/σ`: with `s = ‖Wv‖² = ⟨W, Wvvᵀ⟩ = ‖Wvvᵀ‖_F²` it is `1 − 2s/(σ‖W‖_F) + s/σ²`.
    fn over_all_pairs<T: Real>(self, point: &Point<T>, k: usize, norm: &T) -> Option<T> {
        let spectrum = &point.spectra()[k];
        let space = spectrum.top_space().ok().filter(|_| !self.second)?;
        let lengths = lengths_squared(&space.right, &point.weights()[k].transposed());
        let sigma_squared = spectrum.norm_squared();
        let along = lengths.clone().times(2) / &(sigma_squared.clone().sqrt_of_nonnegative() * norm);
        Some(point.constant(1) - &along + lengths / &sigma_squared)
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

impl AboutRun for AlignmentRatioFloor {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let from_above = self.from_above;
        let isometries_stay = stays_a_product_of_isometries(start);
        Box::new(at_every_point(move |point: &Point<T>, finding: &mut Finding| {
            for (k, layer) in point.weights().iter().enumerate() {
                if is_zero(layer) {
                    continue;
                }
                let squares = (layer.frobenius_squared(), point.spectra()[k].norm_squared());
                let (rows, columns) = (layer.rows(), layer.columns());
                if from_above {
                    let scaled = squares.1.times(rows.max(columns));
                    finding.at_most("max(m, n) ‖W_k‖_2² ≤ ‖W_k‖_F²", &scaled, &squares.0).layer(k + 1);
                    continue;
                }
                let exact = exact_layer(point, k);
                let rank = exact.as_ref().map_or(rows.min(columns), rank);
                let relation = finding.at_most("‖W_k‖_F² ≤ rank(W_k) ‖W_k‖_2²", &squares.0, &squares.1.times(rank));
                relation
                    .layer(k + 1)
                    .informative_if(Truth::from(rows.min(columns) > 1))
                    .attained_if(rank == 1, "a matrix of rank one has one singular value")
                    .attained_if(isometries_stay, "all layers are multiples of isometries, and descent keeps them so");
                if relation.outcome == Outcome::Open {
                    let is_isometry = exact.is_some_and(|matrix| is_multiple_of_isometry(&matrix, rank));
                    relation.attained_if(is_isometry, "all singular values are equal");
                }
            }
        }))
    }
}

/// The layer `k`, counted from 0, if every entry is known exactly.
fn exact_layer<T: Real>(point: &Point<T>, k: usize) -> Option<Matrix<Rational>> {
    if let Some(weights) = point.exact_weights() {
        return Some(weights[k].clone());
    }
    let layer = &point.weights()[k];
    let entries: Vec<Rational> = layer.entries().iter().map(Real::exact).collect::<Option<_>>()?;
    Some(Matrix::from_entries(layer.columns(), entries))
}

/// Whether every layer is a multiple of an isometry, `W_k = c_kQ_k`, at the start and ever after, decided exactly.
///
/// It is so if all layers are square, `c_k ≠ 0`, and the gradient with respect to the product is a multiple of `Q = Q_L⋯Q_1` whatever multiple of
/// `Q` the product is: then `∂R/∂W_k` is a multiple of `Q_{k+1}ᵀ⋯Q_Lᵀ Q Q_1ᵀ⋯Q_{k−1}ᵀ = Q_k`. A squared target has that gradient if it is a multiple
/// of `Q` itself, the squared loss if `XᵀX` is a multiple of the identity and `YᵀX` of `Q`.
fn stays_a_product_of_isometries<T: Real>(start: &Point<T>) -> bool {
    let setting = start.setting();
    let Some(weights) = start.exact_weights() else { return false };
    if !weights.iter().all(|layer| layer.rows() == layer.columns() && is_isometry_of_full_rank(layer)) {
        return false;
    }
    let Some(end_to_end) = start.exact_end_to_end() else { return false };
    match (setting.loss(), setting.problem().data()) {
        (Loss::SquaredTarget, Data::Target(target)) => is_multiple(target, &end_to_end),
        (Loss::Squared, Data::Examples { x, y }) => {
            is_multiple_of_isometry(x, x.columns()) && is_multiple(&product(&y.transposed(), x), &end_to_end)
        }
        _ => false,
    }
}

/// `AᵀA = c²I` with `c ≠ 0`.
fn is_isometry_of_full_rank(matrix: &Matrix<Rational>) -> bool {
    !matrix.entries().iter().all(Rational::is_zero) && is_multiple_of_isometry(matrix, matrix.columns())
}

/// Whether one matrix is a multiple of another, which is not zero: equality in the inequality of Cauchy and Schwarz.
fn is_multiple(matrix: &Matrix<Rational>, of: &Matrix<Rational>) -> bool {
    let [matrix, of] = [matrix.entries(), of.entries()];
    inner(matrix, of).square() == inner(matrix, matrix) * inner(of, of)
}

fn is_zero<T: Real>(layer: &Matrix<T>) -> bool {
    layer.entries().iter().all(|entry| entry.exact().is_some_and(|value| value.is_zero()))
}

/// Whether the non-zero singular values of a rational matrix of the given rank are all equal: `M² = (tr M/rank) M` for `M = AᵀA`.
fn is_multiple_of_isometry(matrix: &Matrix<Rational>, rank: usize) -> bool {
    let gram = product(&matrix.transposed(), matrix);
    let mean = trace(&gram) / Rational::from(rank);
    product(&gram, &gram) == gram.map(|entry| Rational::from(entry * &mean))
}
