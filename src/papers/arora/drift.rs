//! Balancedness drifts by at most a little along gradient descent.

use std::sync::Arc;

use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, assuming};
use crate::generate::Family;
use crate::number::Real;
use crate::reference::{Point, Step};

use super::replay;
use super::theorem1::{Dropped, imbalance_squared};

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
            "δ in place of 2δ, from an imbalance of δ from which it grows",
            OnRuns(BalancednessDrift { bound: Bound::Delta, ..BalancednessDrift::default() }),
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
    /// The control: `δ*(c)`.
    Delta,
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

impl AboutRun for BalancednessDrift {
    fn domain(&self) -> Domain {
        Domain::default().target().layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        Dropped::default().assume(start, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let scaled = self.scaled;
        let delta = Dropped::default().constants(start).delta;
        // Squares are compared: an imbalance of exactly zero is then seen as zero.
        let limit = match self.bound {
            Bound::TwoDelta => delta.times(2).square(),
            Bound::Delta => delta.square(),
        };
        // The perturbed descent is run here, beside the one that is shown.
        let mut own: Option<Arc<Point<T>>> = None;
        Box::new(assuming(Dropped::default().step_sizes(start), move |step: &Step<T>, finding: &mut Finding| {
            let after = if scaled {
                let before = own.as_ref().unwrap_or(&step.before);
                let after = Arc::new(scaled_step(before, &step.eta));
                own = Some(Arc::clone(&after));
                after
            } else {
                Arc::clone(&step.after)
            };
            finding.at_most("‖D_j(t)‖_F² ≤ (2δ*(c))²", &imbalance_squared(after.weights()), &limit);
        }))
    }
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
