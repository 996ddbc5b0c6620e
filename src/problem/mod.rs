//! What is trained.
mod matrix;
pub use matrix::Matrix;
