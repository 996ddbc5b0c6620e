//! `gradient-witness` checks what the theory of deep linear networks says about gradient descent, and shows the evidence.
//!
//! The ground floor is a library of its own, `enclosures`, of which this crate gives on:
//!
//! - [`number`]: rationals, MPFR floats, balls, dual numbers and polynomial degrees behind two traits, and matrices of them.
//! - [`algebra`]: certified linear algebra.
//! - [`time_limit`]: whatever takes long asks there whether it may go on.
//!
//! The rooms above it, in reading order; none imports from one further down:
//!
//! - [`problem`]: what is trained, as a set of exact rationals, and the run spec that describes it.
//! - [`reference`](mod@reference): risk, gradient and descent written once over any number.
//! - [`descent`]: the f64 program. It and the reference share the exact problem and no formula.
//! - [`generate`]: instances on which claims are checked.
//! - [`claims`]: the vocabulary in which a statement is written, and how to write one's own.
//! - [`verify`]: the harness, from claims and instances to verdicts.
//! - [`trajectory`]: running a problem in an arithmetic of one's choice, and what is recorded of it.
//! - [`audit`]: the f64 program held against the reference.
//! - [`papers`]: the papers' statements, one folder a paper.
//! - [`report`], `cli`: formats and commands; the commands, and the formats that are theirs alone, are behind the feature `cli`.
//!
//! Whoever writes a claim begins with the [`cookbook`](claims::cookbook) and the [`prelude`]; `harness!`, behind a feature of that name, makes a
//! test program of claims. [`documentation`] has the design, and what a verdict rests on.
//!
//! `descent` and `reference` do not know each other; only `trajectory`, which runs either, and `audit` see both.

pub use enclosures::{algebra, number, time_limit};
/// The crate whose rationals, integers and floats stand in the interfaces here.
pub use rug;

pub mod audit;
pub mod claims;
#[cfg(feature = "cli")]
pub mod cli;
pub mod descent;
pub mod documentation;
pub mod generate;
#[cfg(feature = "harness")]
pub mod harness;
mod panics;
pub mod papers;
pub mod prelude;
pub mod problem;
pub mod reference;
pub mod report;
pub mod trajectory;
pub mod verify;
mod visible;

/// The examples of the README are compiled and run.
#[cfg(all(doctest, feature = "harness"))]
#[doc = include_str!("../README.md")]
struct Readme;
