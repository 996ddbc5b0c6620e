//! `gradient-witness` checks what the theory of deep linear networks says about gradient descent, and shows the evidence.
//!
//! The rooms, in reading order; none imports from one further down:
//!
//! - [`problem`]: what is trained, as a set of exact rationals, and the run spec that describes it.
//! - [`number`]: rationals, MPFR floats, balls, dual numbers and polynomial degrees behind two traits.
//! - [`reference`](mod@reference): risk, gradient and descent written once over any number; certified linear algebra.
//! - [`descent`]: the f64 program. It and the reference share the exact problem and no formula.
//! - [`generate`]: instances on which claims are checked.
//! - [`claims`]: the vocabulary in which a statement is written, the papers' statements, and how to write one's own.
//! - [`verify`]: the harness, from claims and instances to verdicts.
//! - [`report`], [`cli`]: formats and commands.
//!
//! Only `cli` sees both `descent` and `reference`. [`time_limit`] is no room: whatever takes long asks there whether it may go on.

pub mod claims;
pub mod cli;
pub mod descent;
pub mod generate;
pub mod number;
pub mod problem;
mod processor;
pub mod reference;
pub mod report;
pub mod time_limit;
pub mod verify;
mod visible;

/// The examples of the README are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
