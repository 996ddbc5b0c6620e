//! A family of claims to copy, by whoever writes a claim or a paper.
//!
//! It is compiled and checked with the others, and is not in the catalogue. What to change is what the comments speak of. In a paper of this
//! crate the text of each claim is a file, `include_str!("text/first-layer.md")`; `witness explain` prints it, under the six headings that
//! it must have.

use crate::claims::{AboutStep, Claim, Domain, Finding, Hypotheses, OnSteps};
use crate::generate::{Family, replay};
use crate::number::Real;
use crate::problem::{Loss, Normalisation};
use crate::reference::Step;

/// The claims of this family. A paper lists the families in its `mod.rs`, in the order of the text.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        // The id: the paper's key, a full stop, a name that stays. The source: a family, a function (`Sampled`), a list (`Fixed`), a run (`replay`).
        Claim::new("TEMPLATE.first-layer", TEXT, OnSteps(FirstLayer { share: (1, 1) }), Family::ShortRuns)
            // What was changed, the changed statement, and where it must come out refuted. One for each thing that matters.
            .control("half the bound", OnSteps(FirstLayer { share: (1, 2) }), replay(WRONG_SIDE)),
    ]
}

const TEXT: &str = "\
# Statement
No step moves the first layer by more than `η_t ∏_{k≥2} ‖W_k‖_F`.
# Source
The template
Kind: finite-time inequality.
# Hypotheses
The mean of plain logistic losses, `‖x_i‖ ≤ 1`, one output, fully-connected.
# Check
At every step of short runs with constant step sizes. Both sides are squared, so that no root is needed. Informative where the bound is not zero.
# Control
Half the bound, on one example far out on the wrong side, where the slope of the loss is nearly −1.
# Notes
`∂R/∂W_1 = (W_L⋯W_2)ᵀ g` with `‖g‖ < 1`. Tight as margins tend to −∞.";

/// One example of length 1 with the margin −16.
const WRONG_SIDE: &str = r#"
    network = { architecture = "fully-connected", widths = [1, 1, 1] }
    loss = { kind = "logistic" }
    data = { x = [[1]], y = [1] }
    init = { weights = [[[-4]], [[4]]] }
    step = { rule = "constant", eta = "1/8" }
    run = { steps = 1 }
"#;

/// `‖W_1(t+1) − W_1(t)‖_F ≤ η_t ∏_{k≥2} ‖W_k(t)‖_F`.
#[derive(Clone, Copy, Debug)]
pub struct FirstLayer {
    /// The share of the bound that is claimed: `(1, 1)`. Controls are other values of such fields, so that they go through the same code.
    pub share: (u32, u32),
}

impl AboutStep for FirstLayer {
    // Without which the terms below mean nothing: `conclude` may rely on it.
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    // What the theorem assumes, nothing that the checker would like.
    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        let setting = step.before.setting();
        // The same at every step, and so lasting.
        given.lasting("‖x_i‖ ≤ 1 for all i", setting.is_in_unit_ball());
        given.lasting("the plain logistic loss", *setting.loss() == Loss::logistic());
        given.lasting("the risk is the mean", setting.problem().normalisation() == Normalisation::Mean);
    }

    // What follows, and nothing about what was assumed.
    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let moved = step.after.weights()[0].clone().minus(&step.before.weights()[0]).frobenius_squared();
        let above =
            step.before.norms_squared()[1..].iter().fold(step.before.constant(1), |product, norm| product * norm);
        let bound = above.times(self.share).times(self.share) * &step.eta.square();
        let informative = step.before.constant(0).below(&bound);
        finding.roots_at_most("‖W_1(t+1) − W_1(t)‖ ≤ η ∏ ‖W_k‖", &moved, &bound).informative_if(informative).layer(1);
    }
}

#[cfg(test)]
mod tests {
    use super::claims;
    use crate::verify::{Options, verify};

    #[test]
    fn the_template_comes_out_as_expected() {
        let claims = claims();
        let claims: Vec<_> = claims.iter().collect();
        let report = verify(&claims, &Options { instances: 32, ..Options::default() }, &());
        assert!(report.claims.iter().all(|claim| claim.as_expected()), "{report}");
        for claim in claims {
            for heading in ["Statement", "Source", "Hypotheses", "Check", "Control", "Notes"] {
                assert!(!claim.section(heading).is_empty(), "{} has no text under {heading}", claim.id());
            }
        }
    }
}
