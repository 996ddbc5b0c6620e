//! Where runs go: measured on floats, and no verdict rests on it.

use std::sync::Arc;

use gradient_witness::generate::{Family, Instance};
use gradient_witness::number::{Float, Real};
use gradient_witness::problem::{Matrix, StepRule};
use gradient_witness::reference::{Descent, Point, Setting, descent};
use nalgebra::DMatrix;

use super::first;

fn start(instance: &Instance) -> Descent<Float> {
    Descent::new(Arc::new(Setting::new(Arc::clone(&instance.problem), 64))).expect("the weights are moderate")
}

fn largest_norm_squared(point: &Point<Float>) -> f64 {
    point.norms_squared().iter().map(Real::approximate).fold(0.0, f64::max)
}

#[test]
fn escape_runs_leave_their_ball() {
    for (recipe, instance) in first(Family::EscapeRuns, 64) {
        let radius = recipe.radius.expect("a ball");
        let mut run = start(&instance);
        let beta = descent::smoothness(run.point().setting(), &radius).expect("the loss is logistic");
        assert_eq!(*instance.problem.step(), StepRule::Constant(beta.recip()));
        let square = radius.to_f64() * radius.to_f64();
        while largest_norm_squared(run.point()) <= square {
            run.step().expect("the run stays in range");
            assert!(run.t() < instance.look.steps() * 3 / 4, "{instance:?}");
        }
    }
}

fn dense(matrix: &Matrix<Float>) -> DMatrix<f64> {
    DMatrix::from_fn(matrix.rows(), matrix.columns(), |i, j| matrix[(i, j)].approximate())
}

fn spectral_norm(matrix: &DMatrix<f64>) -> f64 {
    matrix.clone().svd(false, false).singular_values.max()
}

/// Ji & Telgarsky's Lemma 8: whether its bound on the rank gap and its bound on the alignment say something at the end.
fn informative(instance: &Instance) -> (bool, bool, bool) {
    let mut run = start(instance);
    let initial: Vec<DMatrix<f64>> = run.point().weights().iter().map(dense).collect();
    let norms: Vec<f64> = initial.iter().map(DMatrix::norm_squared).collect();
    let spectral: Vec<f64> = initial.iter().map(|layer| spectral_norm(layer).powi(2)).collect();
    let imbalances = initial.windows(2).map(|pair| &pair[0] * pair[0].transpose() - pair[1].transpose() * &pair[1]);
    let d = norms.iter().fold(0.0, |a: f64, &b| a.max(b)) - norms[norms.len() - 1]
        + imbalances.map(|imbalance| spectral_norm(&imbalance)).sum::<f64>();
    let risk = run.point().risk().approximate();
    let first_radius = run.radius().cloned();
    for _ in 0..instance.look.steps() {
        run.step().expect("the run stays in range");
    }
    let last: Vec<DMatrix<f64>> = run.point().weights().iter().map(dense).collect();
    let gap = last.iter().any(|layer| {
        let rank = layer.nrows().min(layer.ncols()) as f64;
        d + 2.0 * risk < layer.norm_squared() * (1.0 - 1.0 / rank)
    });
    let alignment =
        (1..last.len()).any(|k| d + 3.0 * risk + spectral[k] + spectral[k - 1] < spectral_norm(&last[k]).powi(2));
    (gap, alignment, run.radius().cloned() != first_radius)
}

#[test]
fn bounds_on_alignment_say_something_on_many_runs() {
    let (mut gaps, mut alignments, mut changes) = (0, 0, 0);
    for (_, instance) in first(Family::SmoothnessRuns, 32) {
        let (gap, alignment, change) = informative(&instance);
        gaps += usize::from(gap);
        alignments += usize::from(alignment);
        changes += usize::from(change);
    }
    // A quarter is what claims need; twice that is what is drawn.
    assert!(gaps >= 16 && alignments >= 16 && changes >= 16, "{gaps} {alignments} {changes}");
}
