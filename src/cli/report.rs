//! `witness report`: the page made from saved results, without verifying again.

use std::fs;
use std::path::{Path, PathBuf};

use super::Exit;
use super::failure::Failure;
use super::output::Destination;
use crate::claims::Claim;
use crate::papers;
use crate::report::html;
use crate::report::results::Results;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Results that `witness verify --format json` wrote.
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,

    /// Write the page to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let results = read(&arguments.results)?;
    let catalogue = papers::catalogue();
    let claims: Vec<&Claim> = catalogue.iter().collect();
    let destination = Destination::open(arguments.out.as_deref(), &[arguments.results.clone()])?;
    destination.write_all(&html::page(&results, &claims))?;
    Ok(Exit::Fine)
}

fn read(path: &Path) -> Result<Results, Failure> {
    let failed = |problem: String| Failure::Results { file: path.to_owned(), problem };
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
}
