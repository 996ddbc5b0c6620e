//! Numbers that know their own error, and linear algebra that returns only what it can prove.
//!
//! - [`number`]: exact rationals, MPFR floats, balls, dual numbers and polynomial degrees behind two traits, and matrices of them.
//! - [`algebra`]: certified singular values and vectors, eigenvalues, ranks, linear systems and margins.
//!
//! [`time_limit`] is how a computation that may take long is asked whether it may go on.

pub mod algebra;
pub mod conversion;
mod f64_matrices;
pub mod number;
pub mod processor;
pub mod time_limit;

pub use f64_matrices::{MOST_BITS, NotEnclosed, largest_singular_value, singular_values};
