//! How far a step of gradient descent goes, if there are steps.

use rug::Rational;

/// The rule that chooses the step size `η_t`, or that there are no steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepRule {
    /// `η_t = η > 0` at every step.
    Constant(Rational),
    /// Ji & Telgarsky's Assumption 5: `η_t = min{1/β(R_t), 1}` with `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)`, `R_t` a multiple of 1/16
    /// that follows the norms of the layers. Logistic loss on a fully-connected network only.
    Smoothness,
    /// No steps: gradient flow, `W' = −∇R(W)` over a time that has no unit but that of the risk's gradient.
    Flow,
}
