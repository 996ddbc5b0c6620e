//! `witness compare FILE`: the f64 trajectory beside the certified one.

use std::path::PathBuf;
use std::sync::Arc;

use super::failure::Failure;
use super::output::{Destination, Format};
use super::{Context, Exit, interrupt, progress, style};
use crate::audit::Audit;
use crate::problem::Spec;
use crate::report::{comparison, json};
use crate::time_limit::TimeLimit;
use crate::trajectory::Ending;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run spec, a TOML file.
    #[arg(value_name = "FILE")]
    spec: PathBuf,

    /// The precision of the certified run, in bits; it is doubled, up to 4096, until the error can be told from the radius.
    #[arg(long, value_name = "B", default_value = "256", value_parser = clap::value_parser!(u32).range(16..=1_000_000))]
    bits: u32,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,

    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, context: Context) -> Result<Exit, Failure> {
    let spec = Spec::read(&arguments.spec)?;
    let schedule = spec.schedule()?.clone();
    let Spec { problem, files, .. } = spec;
    problem.check_room(arguments.bits).map_err(|too_large| Failure::Option {
        file: arguments.spec.clone(),
        option: "--bits",
        problem: too_large.to_string(),
        fix: "give fewer examples".to_owned(),
    })?;
    let mut audit = Audit::begin(Arc::new(problem)).map_err(|problem| {
        Failure::start(
            &arguments.spec,
            problem,
            "`witness run --arithmetic ball:256` does without f64; there is nothing to compare",
        )
    })?;
    let destination = Destination::open(arguments.out.as_deref(), &files)?;
    let time = TimeLimit::until(interrupt::flag()?);
    let bar = progress::of_steps(schedule.steps.saturating_mul(2), context);
    let comparison = audit.compare(&schedule, arguments.bits, &time, &|t| bar.set_position(t));
    bar.finish_and_clear();
    let (judged, distance) = (&comparison.judged, &comparison.distance);
    let exit = match distance.certified {
        Ending::Interrupted(_) => Exit::Interrupted,
        _ if judged.exceeded.is_some() || distance.branched.is_some() => Exit::NotAsExpected,
        Ending::PrecisionExhausted(_) => Exit::Undecided,
        _ if judged.undecided.is_some() => Exit::Undecided,
        _ => Exit::Fine,
    };
    let text = arguments.format.text(
        style(arguments.out.is_none()),
        || comparison::document(&comparison),
        || json::comparison(&comparison),
    );
    destination.write_all(&text)?;
    Ok(exit)
}
