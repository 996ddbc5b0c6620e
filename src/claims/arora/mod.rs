//! Arora, Cohen, Golowich & Hu, "A convergence analysis of gradient descent for deep linear neural networks" (ICLR 2019).
//!
//! Notation of the paper: depth `N`, target `Φ`, `W = W_N⋯W_1`, `ℓ = ½‖W − Φ‖_F²`, imbalance `D_j = W_{j+1}ᵀW_{j+1} − W_jW_jᵀ`,
//! `f = ‖Φ‖_F`, `σ_min` the `min{d_0, d_N}`-th singular value, and the constants of Theorem 1
//! `δ*(c) = c²/(256 N³ f^{2(N−1)/N})` and `η*(c) = c^{(4N−2)/N}/(6144 N³ f^{(6N−4)/N})` for a deficiency margin `c`.

pub mod chance;
pub mod drift;

use super::{Claim, replay};

/// All claims of the paper that are here, in the order of the paper.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let mut claims = drift::claims();
    claims.extend(chance::claims());
    claims
}
