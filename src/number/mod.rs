//! The number systems of the reference.
mod decimal;
mod float;
mod operators;
mod rational;
mod real;
mod ring;
pub use float::Float;
pub use rational::Rational;
pub use real::{Real, Sign, Truth};
pub use ring::Ring;
