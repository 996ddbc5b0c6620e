//! Certified linear algebra: what is returned encloses the truth, or is exact.
//!
//! - Over the rationals, exactly: rank, null space and systems ([`elimination`]), the signs of eigenvalues ([`inertia`]), whether a top singular
//!   value is repeated ([`exact_spectrum`]), singular vectors of rational squares ([`exact_pair`]), maximum margins ([`max_margin`]), vectors and
//!   matrices ([`exact`]).
//! - Over balls, certified: singular values ([`spectral`]), their vectors and spaces ([`singular_vectors`], [`subspace`]), powers of `AᵀA`
//!   ([`gram_power`]), eigenvalues and definiteness ([`symmetric`]), systems and inverses ([`linear_systems`]). A decomposition is computed in
//!   floating point and then verified; these functions are written over any [`Real`](crate::number::Real).
//! - In f64, certified: products and norms of matrices with one error each ([`norm_ball`]); least eigenvalues by a factorisation
//!   and what its roundings can do ([`cholesky`]).
//! - With as many bits as a stated relative width needs: [`raised_precision`].
//! - Not certified, but the same bits on every machine: [`singular`].
//!
//! What may not enter: a tolerance; a decomposition whose output is trusted; what the matrices are for.

pub mod cholesky;
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
pub mod norm_ball;
pub mod raised_precision;
pub mod singular;
pub mod singular_vectors;
pub mod spectral;
pub mod subspace;
pub mod symmetric;
mod two_columns;
