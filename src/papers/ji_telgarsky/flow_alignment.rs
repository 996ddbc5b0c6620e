//! Lemma 2 and its proof: what the layers of a gradient flow have to do with each other at all times.

use crate::algebra::spectral::Spectrum;
use crate::claims::{AboutFlow, Claim, Domain, Finding, FlowFold, Hypotheses, OnFlows, throughout};
use crate::generate::Family;
use crate::number::Real;
use crate::reference::Point;

use super::alignment::{examine_pair, initial_imbalance};
use super::assumptions::assume_decreasing_loss;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let apart = replay(include_str!("specs/layers-apart.toml"));
    vec![
        Claim::new(
            "JT19.lemma2-alignment",
            include_str!("text/lemma2-alignment.md"),
            OnFlows(Alignment::default()),
            Family::Flows,
        )
        .control("0.4 of the bound", OnFlows(Alignment { share: (2, 5) }), apart),
    ]
}

/// `⟨v_{k+1}, u_k⟩² ≥ 1 − (D + ‖W_{k+1}(0)‖_2² + ‖W_k(0)‖_2²)/‖W_{k+1}‖_2²`.
#[doc = include_str!("text/lemma2-alignment.md")]
#[derive(Clone, Copy, Debug)]
pub struct Alignment {
    /// The share of the bound that is claimed.
    pub share: (u32, u32),
}

impl Default for Alignment {
    fn default() -> Self {
        Self { share: (1, 1) }
    }
}

impl AboutFlow for Alignment {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_decreasing_loss(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let imbalance = initial_imbalance(start);
        let initial: Vec<T> = start.spectra().iter().map(Spectrum::norm_squared).collect();
        let pairs = initial.windows(2).map(|pair| (imbalance.clone() + &pair[0] + &pair[1]).times(self.share));
        let numerators: Vec<T> = pairs.collect();
        Box::new(throughout(move |point: &Point<T>, finding: &mut Finding| {
            for (k, numerator) in numerators.iter().enumerate() {
                let label = "1 − ⟨v_{k+1}, u_k⟩² ≤ (D + ‖W_{k+1}(0)‖_2² + ‖W_k(0)‖_2²)/‖W_{k+1}‖_2²";
                examine_pair(label, point, k, numerator, finding);
            }
        }))
    }
}
