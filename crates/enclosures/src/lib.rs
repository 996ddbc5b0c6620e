//! Numbers that know their own error, and linear algebra that returns only what it can prove.
//!
//! # What is the largest singular value of this matrix?
//!
//! One call, to any relative width; the answer is a ball, a set of numbers that contains `σ_1` for certain:
//!
//! ```
//! use enclosures::largest_singular_value;
//!
//! let norm = largest_singular_value([[1.0, 2.0], [3.0, 4.0]], 1e-25)?;
//! assert_eq!(norm.to_string(), "5.464985704219042650451188493284182480932 ± 7.458e-35");
//! # Ok::<(), enclosures::NotEnclosed>(())
//! ```
//!
//! [`singular_values`] gives all of them, and proves which are zero. The matrix may be an array, a [`Matrix`](number::Matrix), or one of nalgebra or
//! faer: [`conversion`] has what goes in and out.
//!
//! # What else may be asked
//!
//! | question | answer |
//! |---|---|
//! | between which f64 numbers does it lie? | [`lower_f64`](number::Real::lower_f64) and [`upper_f64`](number::Real::upper_f64) of a ball, rounded outward |
//! | is it below 3? | [`below`](number::Real::below): true, false or open, a [`Truth`](number::Truth) |
//! | with a precision that I choose, or of a matrix that is itself known by enclosures | [`algebra::spectral`]: [`Spectrum`](algebra::spectral::Spectrum) has the singular values, the nuclear norm, bounds of the rank |
//! | of a matrix of fractions, to a stated width | [`algebra::raised_precision`], for eigenvalues too |
//! | which vectors belong to it? | [`algebra::singular_vectors`]: the pair, or the space where values are repeated, with certified angles |
//! | the eigenvalues of a symmetric matrix; is it positive definite? | [`algebra::symmetric`] |
//! | the solution of a linear system, an inverse | [`algebra::linear_systems`] |
//! | the rank, a null space, the signs of the eigenvalues, with no error at all | [`algebra::elimination`], [`algebra::inertia`] |
//! | the Taylor coefficients of a formula of mine, and a bound of its values for complex arguments | [`number::Text`] |
//! | a formula of mine, certified | write it over [`number::Real`] and run it over [`number::Ball`] |
//!
//! The last row is what the other ones are built on: text that is written once over a number system gives approximations over
//! [`Float`](number::Float), exact values over [`Exact`](number::Exact) and enclosures over [`Ball`](number::Ball).
//!
//! ```
//! use enclosures::number::{Ball, Exact, Real, Ring, Truth};
//! use rug::Rational;
//!
//! /// The logistic loss.
//! fn loss<T: Real>(margin: &T) -> T {
//!     (-margin.clone()).exp().ln_1p()
//! }
//!
//! let margin = Ball::from_rational(&Rational::from((1, 3)), 128);
//! let found = loss(&margin);
//! assert_eq!(found.to_string(), "0.5403055746894084541594281549154706678872272 ± 2.6322e-39");
//! assert_eq!(found.below(&margin.constant((541, 1000))), Truth::True);
//! // Among the fractions the loss has no value, and the answer says so.
//! assert!(!loss(&Exact::from(Rational::from((1, 3)))).is_defined());
//! ```
//!
//! # What is certified
//!
//! A ball contains the number meant, whatever was rounded on the way; so does everything that is computed from balls. An approximate
//! decomposition is never believed: what follows from it holds for any approximation and is computed in balls. What cannot be shown is
//! *open*, undefined or an error, never a number. The trust that remains is in GMP and MPFR, the compiler and the processor's integers and
//! IEEE 754 arithmetic. [`number::Float`] is not certified, and neither are [`algebra::singular`] and
//! [`midpoints`](number::Matrix::midpoints): their documentation says so.
//!
//! # Time
//!
//! [`time_limit`] lets a computation end early, at a deadline or when told to from outside. The library starts no thread; all numbers and
//! matrices are `Send` and `Sync`.
//!
//! Arithmetic is slow without optimisation: whoever calls this from tests wants `[profile.dev.package."*"] opt-level = 3` in the
//! `Cargo.toml` of the workspace. With the environment variable `WITNESS_KERNELS=plain` only instructions that every processor has
//! are used ([`processor`]); results do not depend on it.

pub mod algebra;
pub mod conversion;
#[cfg(test)]
mod draws;
mod f64_matrices;
pub mod number;
pub mod processor;
pub mod time_limit;

/// Fractions and MPFR floats, which stand in what is public here.
pub use rug;

pub use f64_matrices::{MOST_BITS, NotEnclosed, largest_singular_value, singular_values};

/// The examples of the README are run with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
