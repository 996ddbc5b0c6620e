//! The papers, each a folder, each family of claims a file.
//!
//! A paper is written in the vocabulary of [`claims`](crate::claims) and has no rights that a user's claim has not. What may not enter: a
//! verdict, a tolerance, a precision. Nothing but the commands, the tests and the benches imports from here.

use crate::claims::Claim;

pub mod arora;
pub mod ji_telgarsky;
pub mod template;

/// Every claim, definition and slip, in the order of the papers.
#[must_use]
pub fn catalogue() -> Vec<Claim> {
    [ji_telgarsky::claims(), arora::claims()].into_iter().flatten().map(Claim::of_catalogue).collect()
}
