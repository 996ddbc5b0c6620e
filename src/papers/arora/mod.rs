//! Arora, Cohen, Golowich & Hu, "A convergence analysis of gradient descent for deep linear neural networks" (ICLR 2019).
//!
//! Notation of the paper: depth `N`, target `Φ`, `W = W_N⋯W_1`, `ℓ = ½‖W − Φ‖_F²`, imbalance `D_j = W_{j+1}ᵀW_{j+1} − W_jW_jᵀ`,
//! `f = ‖Φ‖_F`, `σ_min` the `min{d_0, d_N}`-th singular value, and the constants of Theorem 1
//! `δ*(c) = c²/(256 N³ f^{2(N−1)/N})` and `η*(c) = c^{(4N−2)/N}/(6144 N³ f^{(6N−4)/N})` for a deficiency margin `c`.

pub mod balance;
pub mod balanced_starts;
pub mod chance;
mod common_vectors;
pub mod convergence;
pub mod divergence;
pub mod drift;
mod end_to_end;
mod exact_constants;
pub mod expansion;
pub mod extensions;
pub mod flow;
mod gram;
pub mod landscape;
pub mod layer_norms;
pub mod lemma2;
pub mod linear_part;
pub mod loss;
pub mod margin;
mod nearly_balanced;
pub mod partial_products;
pub mod preconditions;
pub mod residual;
pub mod single_step;
pub mod singular_values;
pub mod symmetric;
pub mod theorem1;
mod unbalanced_start;

use crate::claims::Claim;
use crate::generate::replay;

/// All claims of the paper that are here, in the order of the paper.
#[must_use]
pub fn claims() -> Vec<Claim> {
    [
        loss::claims(),
        balance::claims(),
        balanced_starts::claims(),
        margin::claims(),
        landscape::claims(),
        residual::claims(),
        extensions::claims(),
        convergence::claims(),
        flow::claims(),
        drift::claims(),
        lemma2::claims(),
        singular_values::claims(),
        partial_products::claims(),
        layer_norms::claims(),
        single_step::claims(),
        preconditions::claims(),
        expansion::claims(),
        linear_part::claims(),
        chance::claims(),
        divergence::claims(),
        symmetric::claims(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
