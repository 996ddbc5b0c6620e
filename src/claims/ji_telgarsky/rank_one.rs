//! Two ways to say that a matrix is close to rank one, and how far from it a matrix can be.

use rug::Rational;

use crate::claims::{AboutPoint, Claim, Finding, OnPoints};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;
use crate::reference::exact_algebra::rank;
use crate::reference::exact_spectrum::top_is_repeated;
use crate::reference::singular_vectors::{Declined, TopPair};

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
            Family::Points,
        )
        .control("the second singular pair", OnPoints(RankOneDistance { second: true }), diagonal.clone()),
        Claim::new(
            "JT19.alignment-ratio-floor",
            include_str!("text/alignment-ratio-floor.md"),
            OnPoints(AlignmentRatioFloor::default()),
            Family::Points,
        )
        .control(
            "the larger side in place of the rank, as an upper bound",
            OnPoints(AlignmentRatioFloor { from_above: true }),
            diagonal,
        ),
    ]
}

/// `‖W/‖W‖_F − u vᵀ‖_F² = 2(1 − ‖W‖_2/‖W‖_F)`.
#[doc = include_str!("text/rank1-distance.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RankOneDistance {
    /// The control: the second singular pair in place of the first.
    pub second: bool,
}

impl AboutPoint for RankOneDistance {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let one = point.constant(1);
        for (k, layer) in point.weights().iter().enumerate() {
            let spectrum = &point.spectra()[k];
            let pair = match spectrum.top_pair() {
                Ok(pair) if self.second => second_pair(point, layer, &pair),
                pair => pair,
            };
            let norm = layer.frobenius();
            match pair {
                Ok(TopPair { left, right }) => {
                    let distance = Matrix::from_fn(layer.rows(), layer.columns(), |i, j| {
                        layer[(i, j)].clone() / &norm - left[i].clone() * &right[j]
                    });
                    let ratio = spectrum.norm() / &norm;
                    finding
                        .equal_with_terms(
                            "‖W_k/‖W_k‖_F − u_k v_kᵀ‖_F² = 2(1 − ‖W_k‖_2/‖W_k‖_F)",
                            &distance.frobenius_squared(),
                            &(one.clone() - &ratio).times(2),
                            &one,
                        )
                        .layer(k + 1);
                }
                // A zero layer has no direction, and a repeated top value no single pair: nothing is asserted of it.
                Err(Declined::MayBeZero) if is_zero(layer) => {}
                Err(Declined::NoGap) if point.exact_weights().is_some_and(|weights| top_is_repeated(&weights[k])) => {}
                Err(_) => {
                    finding.asserted("the top singular pair of the layer", Truth::Open).layer(k + 1);
                }
            }
        }
    }
}

/// The top pair of what is left when the first is taken away.
fn second_pair<T: Real>(point: &Point<T>, layer: &Matrix<T>, first: &TopPair<T>) -> Result<TopPair<T>, Declined> {
    let norm = point.spectrum_of(layer).norm();
    let rest = Matrix::from_fn(layer.rows(), layer.columns(), |i, j| {
        layer[(i, j)].clone() - norm.clone() * &first.left[i] * &first.right[j]
    });
    point.spectrum_of(&rest).top_pair()
}

/// `‖W‖_2/‖W‖_F ≥ rank(W)^{−1/2}`.
#[doc = include_str!("text/alignment-ratio-floor.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AlignmentRatioFloor {
    /// The control: the larger side in place of the rank, as an upper bound.
    pub from_above: bool,
}

impl AboutPoint for AlignmentRatioFloor {
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
