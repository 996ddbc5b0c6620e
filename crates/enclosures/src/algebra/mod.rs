//! Certified linear algebra: what is returned encloses the truth, or is exact.
//!
//! Over the rationals everything is exact ([`elimination`], [`exact`], [`exact_spectrum`], [`inertia`], [`max_margin`]); over balls a decomposition
//! is computed in floating point and then verified ([`spectral`], [`singular_vectors`], [`subspace`], [`symmetric`], [`linear_systems`]).
//!
//! What may not enter: a network, a loss, a claim; a tolerance; a decomposition whose output is trusted.

pub mod elimination;
pub mod exact;
pub mod exact_pair;
pub mod exact_spectrum;
mod factors;
mod gram;
pub mod gram_power;
pub mod inertia;
mod jacobi;
pub mod linear_systems;
pub mod max_margin;
mod modular_rank;
pub mod raised_precision;
pub mod singular;
pub mod singular_vectors;
pub mod spectral;
pub mod subspace;
pub mod symmetric;
mod two_columns;
