//! What is told of runs and verdicts, one file a format.
//!
//! A format turns what it is given into text and decides nothing: no verdict, no precision, no exit status. It opens no file and
//! knows no command. Numbers are printed exactly, or rounded to the side that a bound allows.

#[cfg(feature = "cli")]
pub mod comparison;
mod digits;
pub mod json;
#[cfg(feature = "cli")]
pub mod junit;
mod plain;
mod style;
#[cfg(feature = "cli")]
pub mod terminal;
pub mod trajectory;
mod wording;

/// What stands at the head of every verification.
pub const SCOPE_NOTE: &str = "holds speaks of the instances checked; it is not a proof";

/// The version that reports name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
