//! The reference: risk, gradient and descent written once, over any number system, as the papers write them.
//!
//! Speed comes from the number types and the matrix product underneath, never from cleverness in this text. Nothing of the
//! f64 program may enter here, nor may a formula of it: the two are checked against each other.

pub mod absolute;
pub mod balance;
mod critical;
pub mod descent;
pub mod differentiation;
pub mod exact_algebra;
pub mod exact_pair;
pub mod exact_spectrum;
mod factors;
pub mod gradient;
mod gram;
pub mod gram_power;
pub mod inertia;
mod jacobi;
pub mod linear_systems;
pub mod loss;
pub mod max_margin;
mod modular_rank;
pub mod network;
mod point;
pub mod raised_precision;
mod setting;
pub mod singular_vectors;
pub mod spectral;
pub mod subspace;
pub mod symmetric;
mod two_columns;

pub use descent::{Descent, Step, Stop};
pub use point::Point;
pub use setting::Setting;
