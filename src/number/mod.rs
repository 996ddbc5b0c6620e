//! The number systems of the reference.
mod real;
mod ring;
pub use real::{Real, Sign, Truth};
pub use ring::Ring;
