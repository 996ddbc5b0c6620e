//! `witness explain ID`: one claim in full.

use super::failure::Failure;
use super::output::Destination;
use super::{Exit, selection, style};
use crate::papers;
use crate::report::{catalogue, terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The claim, as `witness claims` names it.
    #[arg(value_name = "ID")]
    claim: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let claims = papers::catalogue();
    let claim = selection::claim(&claims, "ID", &arguments.claim)?;
    Destination::open(None, &[])?.write_all(&terminal::text(&catalogue::explanation(claim), style(true)))?;
    Ok(Exit::Fine)
}
