//! `witness report`: the page made from saved results, without verifying again.

use std::path::PathBuf;

use super::failure::Failure;
use super::output::Destination;
use super::{Exit, saved};
use crate::claims::Claim;
use crate::papers;
use crate::report::html;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Results that `witness verify --format json` wrote.
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,

    /// Other parts of the same verification. Of a claim that several files have, with the same verdict, the first counts.
    #[arg(value_name = "RESULTS.json")]
    others: Vec<PathBuf>,

    /// Write the page to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let catalogue = papers::catalogue();
    let claims: Vec<&Claim> = catalogue.iter().collect();
    let results = saved::results(&arguments.results, &arguments.others, &claims)?;
    let inputs = [&[arguments.results.clone()], &arguments.others[..]].concat();
    let destination = Destination::open(arguments.out.as_deref(), &inputs)?;
    destination.write_all(&html::page(&results, &claims))?;
    Ok(Exit::Fine)
}
