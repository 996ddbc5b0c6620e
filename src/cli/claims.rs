//! `witness claims`: the catalogue.

use std::path::PathBuf;

use super::failure::Failure;
use super::output::{Destination, Format};
use super::{Exit, selection, style};
use crate::papers;
use crate::report::document::{Block, Document};
use crate::report::{catalogue, json};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only the claims of this paper; may be repeated.
    #[arg(long = "paper", value_name = "KEY")]
    papers: Vec<String>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,

    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let catalogue_of_papers = papers::catalogue();
    let claims = selection::claims(&catalogue_of_papers, &[], &arguments.papers)?;
    let table = || {
        let hint = format!("{} entries; `witness explain ID` prints one in full.", claims.len());
        Document(vec![vec![Block::Table(catalogue::table(&claims)), hint.into()]])
    };
    let text = arguments.format.text(style(arguments.out.is_none()), table, || json::catalogue(&claims));
    Destination::open(arguments.out.as_deref(), &[])?.write_all(&text)?;
    Ok(Exit::Fine)
}
