//! `witness report`: the page made from saved results, without verifying again.

use std::path::PathBuf;

use clap::ValueEnum;

use super::Exit;
use super::failure::Failure;
use super::output::Destination;
use super::saved::{self, Older};
use crate::claims::Claim;
use crate::papers;
use crate::report::results::Results;
use crate::report::{html, markdown};

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 if the report is made, whatever it says; 2 if the input or the usage is wrong.")]
pub(super) struct Arguments {
    /// Results that `witness verify --format json` wrote.
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,

    /// Other parts of the same verification. Of a claim that several files have, with the same verdict, the first counts.
    #[arg(value_name = "RESULTS.json")]
    others: Vec<PathBuf>,

    /// Say first what changed since these older results.
    #[arg(long, value_name = "OLD.json")]
    against: Option<PathBuf>,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    format: Format,

    /// Write it to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// One page to look at.
    Html,
    /// A summary for a pull request or a step of continuous integration.
    Markdown,
}

impl Format {
    /// The report of these results. It has the texts of the whole catalogue, whatever was checked: a slip is shown beside what repairs it.
    pub(super) fn text(self, results: &Results, older: Option<&Older>) -> String {
        let changes = older.map(|older| older.changes_to(results));
        match self {
            Self::Html => {
                let catalogue = papers::catalogue();
                html::page(results, changes.as_ref(), &catalogue.iter().collect::<Vec<&Claim>>())
            }
            Self::Markdown => markdown::summary(results, changes.as_ref()),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Arguments { results: first, others, against, format, out } = arguments;
    let catalogue = papers::catalogue();
    let claims: Vec<&Claim> = catalogue.iter().collect();
    let results = saved::results(first, others, &claims)?;
    let older = against.as_deref().map(|file| Older::read(file, results.spec.is_some())).transpose()?;
    let inputs: Vec<PathBuf> = [first].into_iter().chain(others).chain(against).cloned().collect();
    Destination::open(out.as_deref(), &inputs)?.write_all(&format.text(&results, older.as_ref()))?;
    Ok(Exit::Fine)
}
