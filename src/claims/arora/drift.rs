//! Balancedness drifts by at most a little along gradient descent.

use std::sync::Arc;

use crate::claims::{AboutRun, Claim, Finding, Fold, OnRuns};
use crate::generate::Family;
use crate::number::{Real, Sign};
use crate::problem::{Loss, Matrix};
use crate::reference::{Point, balance};

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.lemma2-A-balancedness-2delta",
            include_str!("text/lemma2-A-balancedness-2delta.md"),
            OnRuns(BalancednessDrift::default()),
            Family::TargetRuns,
        )
        .control(
            "no drift at all: the imbalance stays at most that of the start",
            OnRuns(BalancednessDrift { bound: Bound::Initial, ..BalancednessDrift::default() }),
            replay(include_str!("specs/upward-drift.toml")),
        )
        .control(
            "the gradient of the first layer is scaled by 1.01",
            OnRuns(BalancednessDrift { scaled: true, ..BalancednessDrift::default() }),
            replay(include_str!("specs/scaled-gradient.toml")),
        ),
    ]
}

/// What the imbalance is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bound {
    /// `2δ*(c)`, the paper's.
    #[default]
    TwoDelta,
    /// The control: the imbalance of the start.
    Initial,
}

/// `‖D_j(t)‖_F ≤ 2δ*(c)` for all `j` and `t`.
#[doc = include_str!("text/lemma2-A-balancedness-2delta.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct BalancednessDrift {
    /// What the imbalance is compared with.
    pub bound: Bound,
    /// The control: descent in which the gradient of the first layer is scaled by 1.01.
    pub scaled: bool,
}

/// The constants of Theorem 1 for the largest deficiency margin of a start.
#[derive(Clone, Debug)]
pub struct Theorem1<T> {
    /// `c = σ_min(Φ) − ‖W(0) − Φ‖_F`, the largest margin there is.
    pub margin: T,
    /// `δ*(c)`.
    pub delta: T,
    /// `η*(c)`.
    pub eta: T,
}

impl<T: Real> Theorem1<T> {
    /// `None` without a target.
    #[must_use]
    pub fn at(start: &Point<T>) -> Option<Self> {
        let target = start.setting().target()?;
        let depth = u32::try_from(start.weights().len()).ok()?;
        let least = start.spectrum_of(target).least();
        let margin = least - start.end_to_end().clone().minus(target).frobenius();
        let norm = target.frobenius();
        let cube = depth.pow(3);
        let delta = margin.square() / norm.rational_power(2 * (depth - 1), depth).times(256 * cube);
        let eta =
            margin.rational_power(4 * depth - 2, depth) / norm.rational_power(6 * depth - 4, depth).times(6144 * cube);
        Some(Self { margin, delta, eta })
    }
}

impl AboutRun for BalancednessDrift {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> Fold<T> {
        let Self { bound, scaled } = *self;
        let is_target = matches!(start.setting().loss(), Loss::SquaredTarget);
        let constants = Theorem1::at(start).filter(|_| is_target);
        let initial = imbalance_squared(start.weights());
        // The perturbed descent is run here, beside the one that is shown.
        let mut own: Option<Arc<Point<T>>> = None;
        Box::new(move |step, finding| {
            finding.given("a squared target", is_target);
            finding.given("at least two layers", step.before.weights().len() > 1);
            let Some(Theorem1 { margin, delta, eta }) = &constants else { return };
            finding.given_below("P1: a deficiency margin c = σ_min(Φ) − ‖W(0) − Φ‖_F > 0", &margin.constant(0), margin);
            finding.given_at_most("P2: the imbalance of the start is at most δ*(c)", &initial, &delta.square());
            finding.given_at_most("P3: η ≤ η*(c)", &step.eta, eta);
            let after = if scaled {
                let before = own.as_ref().unwrap_or(&step.before);
                let after = Arc::new(scaled_step(before, &step.eta));
                own = Some(Arc::clone(&after));
                after
            } else {
                Arc::clone(&step.after)
            };
            // Squares are compared: an imbalance of exactly zero is then seen as zero.
            let limit = match bound {
                Bound::TwoDelta => delta.clone().times(2).square(),
                Bound::Initial => initial.clone(),
            };
            finding.at_most("‖D_j(t)‖_F² ≤ (2δ*(c))²", &imbalance_squared(after.weights()), &limit);
        })
    }
}

/// `max_j ‖D_j‖_F²`; zero of a single layer.
fn imbalance_squared<T: Real>(weights: &[Matrix<T>]) -> T {
    let zero = weights[0][(0, 0)].constant(0);
    balance::imbalances(weights).iter().map(Matrix::frobenius_squared).fold(zero, |largest, square| {
        // The hull of a maximum with zero would lose the sign of a square.
        if largest.sign() == Sign::Zero { square } else { largest.max(&square) }
    })
}

/// One step of descent in which the gradient of the first layer is scaled by 1.01.
fn scaled_step<T: Real>(point: &Point<T>, eta: &T) -> Point<T> {
    let weights = point
        .weights()
        .iter()
        .zip(point.gradient())
        .enumerate()
        .map(|(k, (layer, slope))| {
            let factor = if k == 0 { eta.clone().times((101, 100)) } else { eta.clone() };
            layer.clone().minus(&slope.scaled(&factor))
        })
        .collect();
    Point::new(Arc::clone(point.setting()), weights)
}
