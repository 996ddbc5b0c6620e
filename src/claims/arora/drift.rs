//! Balancedness drifts by at most a little along gradient descent.

use std::sync::Arc;

use crate::claims::{Claim, Finding, OldAboutRun, OldFold, OldOnRuns};
use crate::generate::Family;
use crate::number::Real;
use crate::reference::Point;

use super::replay;
use super::theorem1::{Assumed, Dropped, Theorem1, imbalance_squared};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.lemma2-A-balancedness-2delta",
            include_str!("text/lemma2-A-balancedness-2delta.md"),
            OldOnRuns(BalancednessDrift::default()),
            Family::TargetRuns,
        )
        .control(
            "δ in place of 2δ, from an imbalance of δ from which it grows",
            OldOnRuns(BalancednessDrift { bound: Bound::Delta, ..BalancednessDrift::default() }),
            replay(include_str!("specs/upward-drift.toml")),
        )
        .control(
            "the gradient of the first layer is scaled by 1.01",
            OldOnRuns(BalancednessDrift { scaled: true, ..BalancednessDrift::default() }),
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

impl OldAboutRun for BalancednessDrift {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let Self { bound, scaled } = *self;
        let hypotheses = Assumed::at(start, Dropped::default());
        // The perturbed descent is run here, beside the one that is shown.
        let mut own: Option<Arc<Point<T>>> = None;
        Box::new(move |step, finding| {
            finding.given("at least two layers", step.before.weights().len() > 1);
            let Some(Theorem1 { delta, .. }) = hypotheses.state(step, finding) else { return };
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
                Bound::Delta => delta.square(),
            };
            finding.at_most("‖D_j(t)‖_F² ≤ (2δ*(c))²", &imbalance_squared(after.weights()), &limit);
        })
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
