//! What went into the two sides of an equality.
//!
//! Both sides may be zero by cancellation: `G_1` times what is orthogonal to the data, the output on an example that is orthogonal to `w`.
//! How well they agree is then judged beside the terms that cancelled, which are those of the same expression in absolute values.

use std::sync::Arc;

use crate::claims::{Finding, Relation};
use crate::number::{Real, Sign};
use crate::problem::Matrix;
use crate::reference::{Fact, Point, Setting};

/// The point with `|W_k|`, `|x_i|` and `|ℓ′(m_i)|` in the place of the weights, examples and slopes, entry by entry, and `−|y|` and
/// `−|Φ|` in that of what a residual subtracts. Whatever adds products of these at `point` adds their absolute values here.
pub(super) fn in_absolute_values<T: Real>(point: &Point<T>) -> &Point<T> {
    let InAbsoluteValues(magnitudes) = point.know();
    magnitudes
}

/// A point in absolute values.
struct InAbsoluteValues<T>(Point<T>);

impl<T: Real> Fact<Point<T>> for InAbsoluteValues<T> {
    fn of(point: &Point<T>) -> Self {
        let DataInAbsoluteValues(setting) = point.setting().know();
        let weights = point.weights().iter().map(absolute).collect();
        let magnitudes = |numbers: &[T]| numbers.iter().map(|number| number.clone().abs()).collect::<Vec<T>>();
        let (losses, slopes) = (magnitudes(point.losses()), magnitudes(point.slopes()));
        Self(Point::new(Arc::clone(setting), weights).with_free_losses(losses, slopes))
    }
}

/// The data of a setting in absolute values: one for all points of a run.
struct DataInAbsoluteValues<T>(Arc<Setting<T>>);

impl<T: Real> Fact<Setting<T>> for DataInAbsoluteValues<T> {
    fn of(setting: &Setting<T>) -> Self {
        let subtracted = |matrix: &Matrix<T>| absolute(matrix).map(|entry| -entry.clone());
        Self(Arc::new(match (setting.examples(), setting.target()) {
            (Some((x, y)), _) => {
                let labels = if setting.loss().is_classification() { absolute(y) } else { subtracted(y) };
                setting.with_examples(absolute(x), labels)
            }
            (None, Some(target)) => setting.with_target(subtracted(target)),
            (None, None) => unreachable!("a setting has examples or a target"),
        }))
    }
}

/// Every entry in absolute value.
pub(super) fn absolute<T: Real>(matrix: &Matrix<T>) -> Matrix<T> {
    matrix.map(|entry| entry.clone().abs())
}

/// The largest entry of a matrix without negative ones.
pub(super) fn largest<T: Real>(matrix: &Matrix<T>) -> T {
    let zero = T::zero(matrix.bits());
    matrix.entries().iter().fold(zero, |largest, entry| largest.max(entry))
}

/// Asserts `left = right`; the `terms` that went in are formed where the numbers alone do not decide.
pub(super) fn equal<'a, T: Real>(
    finding: &'a mut Finding,
    label: &'static str,
    (left, right): (&T, &T),
    terms: impl FnOnce() -> T,
) -> &'a mut Relation {
    if (left.clone() - right).sign() == Sign::Open {
        finding.equal_with_terms(label, left, right, &terms())
    } else {
        finding.equal(label, left, right)
    }
}

/// As [`equal`], of matrices of one shape.
pub(super) fn equal_matrices<'a, T: Real>(
    finding: &'a mut Finding,
    label: &'static str,
    (left, right): (&Matrix<T>, &Matrix<T>),
    terms: impl FnOnce() -> T,
) -> &'a mut Relation {
    let is_open = |(left, right): (&T, &T)| (left.clone() - right).sign() == Sign::Open;
    if left.entries().iter().zip(right.entries()).any(is_open) {
        finding.equal_matrices_with_terms(label, left, right, &terms())
    } else {
        finding.equal_matrices(label, left, right)
    }
}
