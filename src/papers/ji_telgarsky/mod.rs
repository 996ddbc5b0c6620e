//! Ji & Telgarsky, "Gradient descent aligns the layers of deep linear networks" (ICLR 2019).
//!
//! Notation of the paper: `z_i = y_i x_i`, `w = (W_L⋯W_1)ᵀ`, `g = (1/n) Σ ℓ′(⟨w, z_i⟩) z_i`, `G_k = ∂R/∂W_k`, `(σ_k, u_k, v_k)` the top
//! singular triple of `W_k`, `R_0 = R(W(0))`, `D = max_k ‖W_k(0)‖_F² − ‖W_L(0)‖_F² + Σ_{k<L} ‖A_k‖_2` with
//! `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}` at the start.

pub mod alignment;
pub mod alpha;
pub mod assumptions;
pub mod balance;
pub mod chain;
pub mod conserved;
pub mod drift;
pub mod dual_weights;
pub mod energy;
pub mod escape;
pub mod excursion;
pub mod floors;
pub mod flow;
pub mod flow_across;
pub mod flow_alignment;
pub mod flow_limits;
pub mod flow_margin;
mod forever;
pub mod gradient;
pub mod hessian;
pub mod initialisation;
pub mod late_margins;
pub mod limits;
pub mod losses;
pub mod margin;
pub mod nested_margin;
pub mod one_step;
pub mod product;
pub mod pull;
pub mod pull_steps;
pub mod rank_one;
pub mod separator;
pub mod setting;
pub mod smoothness;
pub mod sojourn;
pub mod span;
pub mod step_rule;
mod summed_gradients;
pub mod symmetry;
mod terms;

use crate::claims::Claim;
use crate::generate::replay;

/// All claims of the paper, in the order of the paper.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let mut claims = Vec::new();
    claims.extend(setting::claims());
    claims.extend(losses::claims());
    claims.extend(step_rule::claims());
    claims.extend(gradient::claims());
    claims.extend(span::claims());
    claims.extend(flow::claims());
    claims.extend(drift::claims());
    claims.extend(floors::claims());
    claims.extend(sojourn::claims());
    claims.extend(conserved::claims());
    claims.extend(flow_alignment::claims());
    claims.extend(flow_limits::claims());
    claims.extend(dual_weights::claims());
    claims.extend(alpha::claims());
    claims.extend(pull::claims());
    claims.extend(pull_steps::claims());
    claims.extend(late_margins::claims());
    claims.extend(flow_across::claims());
    claims.extend(nested_margin::claims());
    claims.extend(flow_margin::claims());
    claims.extend(margin::claims());
    claims.extend(smoothness::claims());
    claims.extend(one_step::claims());
    claims.extend(escape::claims());
    claims.extend(energy::claims());
    claims.extend(balance::claims());
    claims.extend(excursion::claims());
    claims.extend(chain::claims());
    claims.extend(alignment::claims());
    claims.extend(product::claims());
    claims.extend(limits::claims());
    claims.extend(rank_one::claims());
    claims.extend(initialisation::claims());
    claims.extend(hessian::claims());
    claims
}
