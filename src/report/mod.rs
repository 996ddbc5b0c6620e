//! What is told of runs and verdicts, and in which form.
//!
//! `catalogue`, `description`, `verification` with its `claim_rows`, `own_run`, `run_table`, `comparison` and `discretisation` say what is told, as a [`document`];
//! a format renders documents, and is one file: `terminal`, and `plain` for whoever prints a report; both break lines as `breaking` does. What
//! other programs read is no document but the data themselves, each in its own format: `json`, `tsv` and `junit` of verdicts, `json_lines` of trajectories. `html` and `markdown` are made of saved results, and
//! `changes` says what changed between two of them.
//!
//! A format turns what it is given into text and decides nothing: no verdict, no precision, no exit status. It opens no file and
//! knows no command but those that repeat a verification. Numbers are printed exactly, or rounded to the side that a bound allows.

mod breaking;
pub mod catalogue;
pub mod changes;
pub mod claim_rows;
pub mod comparison;
pub mod description;
mod digits;
pub mod discretisation;
pub mod document;
#[cfg(feature = "cli")]
pub mod html;
pub mod json;
pub mod json_lines;
#[cfg(feature = "cli")]
pub mod junit;
#[cfg(feature = "cli")]
pub mod markdown;
mod note;
pub mod own_run;
mod plain;
pub mod results;
pub mod run_spec;
pub mod run_table;
#[cfg(feature = "cli")]
pub mod saved;
#[cfg(feature = "cli")]
pub mod terminal;
pub mod tsv;
pub mod verification;

use document::{Text, Tone};
pub use note::note;

/// What stands at the head of every verification.
pub const SCOPE_NOTE: &str = "holds speaks of the instances checked; it is not a proof";

/// The version that reports name.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// So many of them: `1 claim`, `2 claims`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The name and the version of the program.
fn title() -> Text {
    Text::toned(Tone::Strong, format!("witness {VERSION}"))
}
