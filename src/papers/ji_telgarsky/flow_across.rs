//! (22) in the proof of Theorem 2: what of `W_1` is across the direction of the largest margin is mostly what of `v_1` is.
//!
//! `W_1 = σ_1u_1v_1ᵀ + S` with `‖S‖_F² = ‖W_1‖_F² − σ_1²` and `u_1ᵀS = 0`, so that `‖Π⊥W_1‖_F² = σ_1²‖Π⊥v_1‖² + ‖SΠ⊥‖_F²`, whichever top
//! singular pair is meant. By Lemma 2(1) `‖S‖_F² ≤ D_1 ≤ D`: that is what a stretch of time is left to where its layers are too wide.

use crate::claims::{AboutFlow, Claim, Domain, Finding, FlowFold, Hypotheses, OnFlows};
use crate::generate::Family;
use crate::number::{Real, Truth, dot};
use crate::reference::Point;

use super::alignment::initial_imbalance;
use super::assumptions::{assume_decreasing_loss, assume_separable};
use super::conserved::{is_balanced, is_whole, largest_gap_kept, norms_of_imbalances};
use super::flow_alignment::{At, Looking, at_most_or_kept};
use super::margin::direction;
use super::replay;
use super::symmetry::Symmetry;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new("JT19.eq22", include_str!("text/eq22.md"), OnFlows(AcrossTheMargin::default()), Family::Flows)
            .control(
                "0 in the place of D",
                OnFlows(AcrossTheMargin { without_imbalance: true }),
                replay(include_str!("specs/flow-across.toml")),
            ),
    ]
}

/// (22): `‖Π⊥v_1‖ ≥ ‖Π⊥W_1‖_F/σ_1 − √(dD)/σ_1`.
#[doc = include_str!("text/eq22.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AcrossTheMargin {
    /// The control: 0 in the place of `D`.
    pub without_imbalance: bool,
}

impl AboutFlow for AcrossTheMargin {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_decreasing_loss(start.setting(), given);
        assume_separable(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let is_zero = self.without_imbalance || is_balanced(start) == Truth::True;
        let imbalance = if is_zero { start.constant(0) } else { initial_imbalance(start) };
        let dimension = start.setting().network().input_dimension();
        let own = largest_gap_kept(start.norms_squared(), &norms_of_imbalances(start), 0);
        let is_kept = own.at_most(&imbalance) == Truth::True || is_whole(start, 0);
        Box::new(
            Across {
                lost_squared: imbalance.times(dimension),
                is_balanced: is_balanced(start) == Truth::True,
                is_kept: is_kept && !self.without_imbalance,
                nothing_is_across: dimension == 1 || Symmetry::of(start).on_ray,
                direction: direction(start),
            }
            .fold(),
        )
    }
}

/// What is known of the start of a flow.
struct Across<T> {
    /// `dD`.
    lost_squared: T,
    /// Whether every `A_k` is zero.
    is_balanced: bool,
    /// Whether `D_1 ≤ D`.
    is_kept: bool,
    /// Whether all rows of `W_1` are multiples of `ū` for ever.
    nothing_is_across: bool,
    /// `ū`.
    direction: Vec<T>,
}

impl<T: Real> Across<T> {
    fn fold(self) -> impl FlowFold<T> {
        Looking(move |at, point: &Point<T>, finding: &mut Finding| self.look(at, point, finding))
    }

    fn look(&self, at: At, point: &Point<T>, finding: &mut Finding) {
        let label = "‖Π⊥W_1‖_F ≤ σ_1‖Π⊥v_1‖ + √(dD)";
        let lost = self.lost_squared.clone().sqrt_of_nonnegative();
        let first = &point.weights()[0];
        let rows = (0..first.rows()).map(|i| across(first.row(i), &self.direction));
        let left = rows.fold(point.constant(0), |sum, row| sum + &row).sqrt_of_nonnegative();
        if self.nothing_is_across || left.at_most(&lost) == Truth::True {
            finding.asserted(label, true).between(&left, &lost).informative_if(Truth::False);
            return;
        }
        let spectrum = &point.spectra()[0];
        let is_kept =
            || self.is_kept && at == At::Stretch || spectrum.rank_gap().at_most(&self.lost_squared) == Truth::True;
        match spectrum.top_pair() {
            Ok(top) => {
                let right = across(&top.right, &self.direction).sqrt_of_nonnegative() * &spectrum.norm() + &lost;
                at_most_or_kept(finding, label, (&left, &right), is_kept)
                    .informative_if(lost.below(&left))
                    .attained_if(self.is_balanced, "from a balanced start W_1 has rank one for ever, and D = 0");
            }
            // Whichever top pair is meant.
            Err(_) => _ = finding.asserted(label, if is_kept() { Truth::True } else { Truth::Open }),
        }
    }
}

/// `‖Π⊥x‖²`, what of a vector is across a unit vector.
fn across<T: Real>(x: &[T], direction: &[T]) -> T {
    let along = dot(x, direction);
    let parts: Vec<T> = x.iter().zip(direction).map(|(x, u)| x.clone() - &(along.clone() * u)).collect();
    dot(&parts, &parts)
}
