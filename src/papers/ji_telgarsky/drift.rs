//! What gradient flow keeps and spends, seen on flows: beside the [proofs by derivative](super::flow), which know of no flow.
//!
//! An enclosed flow is a centre, which is exact, and a radius. What the flow keeps the centre keeps up to what the radius allows, and the risk falls by
//! the squared gradients on the way. A centre that is not near the flow, or a radius that is too small, shows here.

use rug::Rational;

use crate::algebra::exact::norm_squared;
use crate::claims::{AboutFlow, Claim, Domain, Finding, FlowFold, OnFlows};
use crate::generate::Family;
use crate::number::{Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::{Moment, Point, Stretch};

use super::conserved::exact_imbalances;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let instance = replay(include_str!("specs/flow-limits.toml"));
    let shifted = Some((1, 1 << 12));
    vec![
        Claim::new(
            "JT19.flow-descent.fall",
            include_str!("text/flow-descent.fall.md"),
            OnFlows(Fall::default()),
            Family::Flows,
        )
        .control("nine tenths of ‖∇R‖²", OnFlows(Fall { share: Some((9, 10)) }), instance),
        Claim::new(
            "JT19.balancedness-flow.drift",
            include_str!("text/balancedness-flow.drift.md"),
            OnFlows(Drift { of: Kept::Imbalances, shift: None }),
            Family::Flows,
        )
        .control(
            "a centre that is 1/4096 off",
            OnFlows(Drift { of: Kept::Imbalances, shift: shifted }),
            instance,
        ),
        Claim::new(
            "JT19.norm-gap-flow.drift",
            include_str!("text/norm-gap-flow.drift.md"),
            OnFlows(Drift { of: Kept::NormGaps, shift: None }),
            Family::Flows,
        )
        .control(
            "a centre that is 1/4096 off",
            OnFlows(Drift { of: Kept::NormGaps, shift: shifted }),
            instance,
        ),
    ]
}

/// `R(W(s)) − R(W(t)) = ∫_s^t ‖∇R‖²`, between moments.
#[doc = include_str!("text/flow-descent.fall.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Fall {
    /// The control: a share of the squared gradients.
    pub share: Option<(u32, u32)>,
}

impl AboutFlow for Fall {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let (share, risk, spent) = (self.share.unwrap_or((1, 1)), start.risk().clone(), start.constant(0));
        Box::new(Falling { share, risk, spent, is_timeless: false })
    }
}

/// The fold of [`Fall`].
struct Falling<T> {
    share: (u32, u32),
    /// The risk at the last moment.
    risk: T,
    /// What encloses `∫ ‖∇R‖²` since then.
    spent: T,
    /// Whether stretches do not tell the time.
    is_timeless: bool,
}

const LEAST: &str = "∫_s^t ‖∇R‖² ≤ R(W(s)) − R(W(t)), the least of one and the most of the other";
const MOST: &str = "R(W(s)) − R(W(t)) ≤ ∫_s^t ‖∇R‖², the least of one and the most of the other";

impl<T: Real> FlowFold<T> for Falling<T> {
    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        if self.is_timeless {
            return;
        }
        let risk = moment.point.risk();
        // Ends of the enclosures: of what stands still neither is known to be the larger, and they meet all the same.
        let (fallen, spent) = (self.risk.clone() - risk, &self.spent);
        let informative = Truth::from(fallen.sign() == Sign::Positive);
        finding.at_most(LEAST, &spent.lower(), &fallen.upper()).informative_if(informative);
        finding.at_most(MOST, &fallen.lower(), &spent.upper()).informative_if(informative);
        (self.risk, self.spent) = (risk.clone(), risk.constant(0));
    }

    fn stretch(&mut self, stretch: &Stretch<T>, _: &mut Finding) {
        let point = &stretch.point;
        match stretch.passed() {
            Some(passed) => self.spent += &point.gradient_norm_squared().clone().times(passed).times(self.share),
            // Where the clock is another, stretches do not tell the time.
            None => self.is_timeless = true,
        }
    }
}

/// What does not change along a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// `W_kW_kᵀ − W_{k+1}ᵀW_{k+1}`.
    Imbalances,
    /// `‖W_k‖_F² − ‖W_{k+1}‖_F²`.
    NormGaps,
}

impl Kept {
    fn of(self, weights: &[Matrix<Rational>]) -> Vec<Matrix<Rational>> {
        match self {
            Self::Imbalances => exact_imbalances(weights),
            Self::NormGaps => {
                let norms = weights.iter().map(|layer| norm_squared(layer.entries()));
                let norms: Vec<Rational> = norms.collect();
                norms.windows(2).map(|pair| Matrix::row_vector(vec![Rational::from(&pair[0] - &pair[1])])).collect()
            }
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Imbalances => "‖A_k(C) − A_k(0)‖_F ≤ 4 max ‖C_k‖_F r + 2r²",
            Self::NormGaps => "|‖C_k‖_F² − ‖C_{k+1}‖_F² − their difference at 0| ≤ 4 max ‖C_k‖_F r + 2r²",
        }
    }
}

/// What a flow keeps is at every moment, of the centre of the enclosure, what it was at the start, up to `4 max ‖C_k‖_F r + 2r²`.
#[doc = include_str!("text/balancedness-flow.drift.md")]
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    /// What is kept.
    pub of: Kept,
    /// The control: how far the first weight of the centre is moved.
    pub shift: Option<(u32, u32)>,
}

impl AboutFlow for Drift {
    fn domain(&self) -> Domain {
        let networks = match self.of {
            Kept::Imbalances => Domain::FULLY_CONNECTED,
            Kept::NormGaps => Domain::ALL_NETWORKS,
        };
        networks.layers(2)
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        Box::new(Drifting { statement: *self, at_start: self.of.of(start.setting().problem().initial()) })
    }
}

/// The fold of [`Drift`].
struct Drifting {
    statement: Drift,
    at_start: Vec<Matrix<Rational>>,
}

impl<T: Real> FlowFold<T> for Drifting {
    /// Of `W = C + E`, `‖E_k‖_F ≤ r`, `‖WᵀW − CᵀC‖_F ≤ 2‖C‖_F r + r²`, and so of `WWᵀ` and of `‖W‖_F²`.
    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        let Drift { of, shift } = self.statement;
        let point = &moment.point;
        let zero = point.constant(0);
        let entries = point.weights().iter().flat_map(Matrix::entries);
        let radius = entries.fold(zero.clone(), |largest, weight| largest.max(&(weight.upper() - &weight.midpoint())));
        let centre: Option<Vec<Matrix<Rational>>> = (point.weights().iter())
            .map(|layer| {
                let exact: Option<Vec<Rational>> =
                    layer.entries().iter().map(|weight| weight.midpoint().exact()).collect();
                exact.map(|exact| {
                    Matrix::from_fn(layer.rows(), layer.columns(), |i, j| exact[i * layer.columns() + j].clone())
                })
            })
            .collect();
        let Some(mut centre) = centre else {
            finding.asserted(of.label(), Truth::Open);
            return;
        };
        if let Some(shift) = shift {
            centre[0][(0, 0)] += Rational::from(shift);
        }
        let largest = centre.iter().map(|layer| norm_squared(layer.entries())).max().unwrap_or_default();
        let size = point.constant(largest).sqrt_of_nonnegative();
        let bound = (size.clone() * &radius).times(4) + &radius.square().times(2);
        let informative = bound.below(&size.square().times((1, 1000)));
        for (k, (now, before)) in of.of(&centre).iter().zip(&self.at_start).enumerate() {
            let drift: Vec<Rational> =
                now.entries().iter().zip(before.entries()).map(|(now, before)| Rational::from(now - before)).collect();
            let drift = point.constant(norm_squared(&drift));
            finding.roots_at_most(of.label(), &drift, &bound.square()).layer(k + 1).informative_if(informative);
        }
    }
}
