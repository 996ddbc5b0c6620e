//! `witness verify`: the main job.

use std::fs;
use std::io;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use super::console::Console;
use super::failure::Failure;
use super::output::Destination;
use super::place::Place;
use super::{Context, Exit, interrupt, own_run, report, selection};
use crate::claims::Claim;
use crate::papers::catalogue;
use crate::report::claim_rows::ClaimRows;
use crate::report::results::Results;
use crate::report::verification::{self, Checked};
use crate::report::{json, junit, tsv};
use crate::time_limit::TimeLimit;
use crate::verify::{Counterexample, Limits, Options, Report, Summary, verify};
use crate::visible::in_json;

/// Applicable instances a claim, and how many there are in the long tier.
const INSTANCES: u64 = 64;
const LONG_INSTANCES: u64 = 256;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Check this claim; may be repeated. Without --claim and --paper all are checked.
    #[arg(long = "claim", value_name = "ID")]
    pub(super) claims: Vec<String>,

    /// Check the claims of this paper; may be repeated.
    #[arg(long = "paper", value_name = "KEY")]
    pub(super) papers: Vec<String>,

    /// Check the claims on the run of this spec instead of generated instances: all that can speak of a run, or those that are named.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,

    /// With --spec: check the conclusion even where a hypothesis fails; hypotheses are listed, not counted.
    #[arg(long, requires = "spec")]
    conclusion_only: bool,

    /// With --spec: end with status 0 where no claim applies to the run, instead of 4.
    #[arg(long, requires = "spec")]
    pub(super) allow_none: bool,

    /// Applicable instances a claim [default: 64; 256 if the environment variable WITNESS_LONG is 1].
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    instances: Option<u64>,

    /// Draws of each event of a claim about chance [default: as many as it takes to decide, up to 1024000].
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000), conflicts_with = "spec")]
    samples: Option<u64>,

    /// Seed of the instances: a whole number, or `random` to explore.
    #[arg(long, allow_negative_numbers = true, value_name = "S", default_value = "1")]
    pub(super) seed: Seed,

    /// The highest precision, in bits.
    #[arg(long, allow_negative_numbers = true, value_name = "B", default_value = "4096", value_parser = clap::value_parser!(u32).range(16..=1_000_000))]
    max_bits: u32,

    /// Stop after so many seconds; what is not decided by then is undecided.
    #[arg(long, allow_negative_numbers = true, value_name = "SECONDS")]
    budget: Option<Budget>,

    /// Threads; results do not depend on it [default: as many as the machine has].
    #[arg(long, allow_negative_numbers = true, value_name = "J", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,

    /// Keep in JSON, over the steps of a run and with certified bounds, both sides of each relation that fails on it; with --spec also risk,
    /// norms, imbalance and alignment. The page has them anyway.
    #[arg(long)]
    curves: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,

    /// In the table, all there is to say of every claim: what was covered, hypotheses, control, precision, time, samples, trends.
    #[arg(long, short)]
    pub(super) verbose: bool,

    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Save the counterexample of each refuted claim in this directory, as a spec that replays it.
    #[arg(long, value_name = "DIR", conflicts_with = "spec")]
    counterexamples: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people, as wide as the terminal, or COLUMNS.
    Table,
    /// A head and a line a claim, with tabs between the columns, for programs.
    Tsv,
    /// One JSON object.
    Json,
    /// JUnit XML.
    Junit,
    /// One page to look at, of which a browser asks the network for nothing.
    Html,
    /// A summary for a pull request or a step of continuous integration.
    Markdown,
}

/// A seed, or the wish for a new one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seed {
    Fixed(u64),
    Random,
}

impl FromStr for Seed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "random" => Ok(Self::Random),
            _ => text
                .parse()
                .map(Self::Fixed)
                .map_err(|_| "give a whole number from 0 to 18446744073709551615, or `random`"),
        }
    }
}

impl Seed {
    pub(super) fn value(self) -> u64 {
        use std::hash::{BuildHasher, RandomState};
        match self {
            Self::Fixed(seed) => seed,
            // The standard library seeds its hash maps from the system; 53 bits are read exactly by every reader of JSON.
            Self::Random => RandomState::new().hash_one("a seed") >> 11,
        }
    }
}

/// A time that is positive and that a clock can hold.
#[derive(Clone, Copy, Debug)]
struct Budget(Duration);

impl FromStr for Budget {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse().ok().filter(|seconds: &f64| *seconds > 0.0);
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .filter(|time| Instant::now().checked_add(*time).is_some())
            .map(Self)
            .ok_or("give a positive number of seconds, such as 60 or 0.5")
    }
}

pub(super) fn run(arguments: &Arguments, context: Context) -> Result<Exit, Failure> {
    let deadline = arguments.budget.and_then(|Budget(time)| Instant::now().checked_add(time));
    let catalogue = catalogue();
    let claims = selection::claims(&catalogue, &arguments.claims, &arguments.papers)?;
    if let Some(spec) = &arguments.spec {
        return own_run::run(arguments, spec, &claims, deadline);
    }
    // Until the results have a place a signal ends the program by itself.
    if let Some(directory) = &arguments.counterexamples {
        prepare(directory, arguments.out.as_deref(), &claims)?;
    }
    let destination = Destination::open(arguments.out.as_deref(), &[])?;
    let limits = arguments.limits(deadline)?;
    let threads = arguments.threads()?;
    let options = Options {
        seed: arguments.seed.value(),
        instances: arguments.instances(),
        draws: arguments.samples.and_then(NonZeroU64::new),
        limits,
    };
    if matches!(arguments.seed, Seed::Random) {
        context.remark(&format!("seed {}", options.seed));
    }
    let report = generated(arguments, &claims, &options, destination, context, &threads)?;
    if let Some(directory) = &arguments.counterexamples {
        for verdict in &report.claims {
            if let Some(spec) = verdict.counterexample.as_ref().and_then(Counterexample::spec) {
                let path = counterexample(directory, verdict.id);
                Destination::open(Some(&path), &[])?.write_all(&spec)?;
                context.remark(&format!("counterexample to {} saved as {}", verdict.id, path.display()));
            }
        }
    }
    Ok(exit(report.summary(), report.interrupted))
}

/// The file of the counterexample to a claim.
fn counterexample(directory: &Path, id: &str) -> PathBuf {
    directory.join(format!("{id}.toml"))
}

/// Makes the directory of counterexamples, and finds out before any work whether they can be put there, beside the results.
fn prepare(directory: &Path, out: Option<&Path>, claims: &[&Claim]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::NoDirectory { path: directory.to_owned(), problem: error.to_string() };
    fs::create_dir_all(directory).map_err(failed)?;
    tempfile::tempfile_in(directory).map_err(failed)?;
    let Some(out) = out else { return Ok(()) };
    let Ok(place) = Place::of(out) else { return Ok(()) };
    let taken = |claim: &&&Claim| Place::of(&counterexample(directory, claim.id())).is_ok_and(|other| other == place);
    match claims.iter().find(taken) {
        Some(claim) => Err(Failure::Twice { path: out.to_owned(), id: claim.id() }),
        None => Ok(()),
    }
}

impl Arguments {
    /// Whether there is a place for curves in what is written.
    pub(super) fn keeps_curves(&self) -> bool {
        match self.format {
            Format::Json => self.curves,
            Format::Html => true,
            Format::Table | Format::Tsv | Format::Junit | Format::Markdown => false,
        }
    }

    /// The command that gives the same results, with this seed: the options on which they depend, those that say the same as the default left out.
    pub(super) fn command(&self, seed: u64) -> String {
        let mut words = vec!["witness".to_owned(), "verify".to_owned()];
        let mut say = |option: &str, value: Option<String>| words.extend([option.to_owned()].into_iter().chain(value));
        self.claims.iter().for_each(|id| say("--claim", Some(id.clone())));
        self.papers.iter().for_each(|paper| say("--paper", Some(paper.clone())));
        match &self.spec {
            Some(spec) => say("--spec", Some(spec.display().to_string())),
            None => {
                let instances = Some(self.instances()).filter(|instances| *instances != INSTANCES);
                let seed = Some(seed).filter(|seed| *seed != 1);
                for (option, value) in [("--seed", seed), ("--instances", instances), ("--samples", self.samples)] {
                    value.into_iter().for_each(|value| say(option, Some(value.to_string())));
                }
            }
        }
        if self.curves {
            say("--curves", None);
        }
        if self.conclusion_only {
            say("--conclusion-only", None);
        }
        if self.max_bits != Limits::default().max_bits {
            say("--max-bits", Some(self.max_bits.to_string()));
        }
        if let Some(Budget(time)) = self.budget {
            say("--budget", Some(time.as_secs_f64().to_string()));
        }
        // No argument has a zero byte in it.
        shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default()
    }

    /// What may be spent.
    pub(super) fn limits(&self, deadline: Option<Instant>) -> Result<Limits, Failure> {
        Ok(Limits {
            max_bits: self.max_bits,
            time: TimeLimit { deadline, interrupted: interrupt::flag()? },
            conclusion_only: self.conclusion_only,
        })
    }

    pub(super) fn threads(&self) -> Result<rayon::ThreadPool, Failure> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(self.jobs.unwrap_or(0).into()).build();
        threads.map_err(|error| Failure::System { what: "starting threads", problem: error.to_string() })
    }

    fn instances(&self) -> u64 {
        let long = std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1");
        self.instances.unwrap_or(if long { LONG_INSTANCES } else { INSTANCES })
    }
}

fn generated(
    arguments: &Arguments,
    claims: &[&Claim],
    options: &Options,
    destination: Destination,
    context: Context,
    threads: &rayon::ThreadPool,
) -> Result<Report, Failure> {
    let is_table = arguments.format == Format::Table;
    let rows = is_table.then(|| ClaimRows::new(arguments.verbose));
    let console = Console::new(claims, rows, destination, arguments.out.is_none(), context);
    if is_table {
        console.show(&verification::head(options.seed, options.instances, claims.len()));
    }
    let begun = Instant::now();
    let mut report = threads.install(|| verify(claims, options, &console));
    if arguments.keeps_curves() {
        threads.install(|| report.draw_curves(claims, &options.limits));
    }
    console.verified();
    let results = || Results {
        command: Some(arguments.command(options.seed)),
        instances: Some(options.instances),
        ..Results::of(&report)
    };
    match arguments.format {
        Format::Table => {
            let checked = Checked { report: &report, options, time: begun.elapsed(), verbose: arguments.verbose };
            console.write("\n");
            console.show(&checked.end());
        }
        Format::Json => console.write(&in_json(&format!("{:#}\n", json::verification(&results())))),
        Format::Tsv => console.write(&tsv::verification(&results())),
        Format::Junit => console.write(&xml(junit::verification(&report))?),
        Format::Html => console.write(&report::Format::Html.text(&results(), None)),
        Format::Markdown => console.write(&report::Format::Markdown.text(&results(), None)),
    }
    console.finish()?;
    Ok(report)
}

pub(super) fn xml(document: Result<String, quick_junit::SerializeError>) -> Result<String, Failure> {
    document.map_err(|error| Failure::System { what: "writing JUnit XML", problem: error.to_string() })
}

pub(super) fn exit(summary: Summary, interrupted: bool) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if summary.not_as_expected > 0 {
        Exit::NotAsExpected
    } else if summary.undecided > 0 {
        Exit::Undecided
    } else {
        Exit::Fine
    }
}
