//! The number systems of the reference.
mod ball;
mod decimal;
mod float;
mod magnitude;
mod operators;
mod rational;
mod real;
mod ring;
pub use ball::{Ball, MidRad};
pub use float::Float;
pub use magnitude::Magnitude;
pub use rational::Rational;
pub use real::{Real, Sign, Truth};
pub use ring::Ring;
