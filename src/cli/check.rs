//! `witness check FILE`: whether a run spec fits, and what it describes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rug::Rational;

use super::failure::Failure;
use super::output::{Destination, Format};
use super::reading;
use super::{Exit, style};
use crate::claims::Claim;
use crate::papers::catalogue;
use crate::problem::{Clock, FlowRecording, FlowSchedule, Plan, Spec};
use crate::report::description::{self, Speaking};
use crate::time_limit::TimeLimit;
use crate::trajectory::{Parts, Trajectory};
use crate::verify::{Limits, Status, verify_own_flow, verify_own_run};

/// How long it may take to find out how many claims can speak of a run.
const PATIENCE: Duration = Duration::from_secs(10);

/// With so many bits claims are asked whether they apply.
const BITS: u32 = 128;

/// The beginning of a flow is the time up to its horizon divided by 2 to this power.
const BEGINNING: u32 = 10;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run spec, a TOML file.
    #[arg(value_name = "FILE")]
    spec: PathBuf,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let file = &arguments.spec;
    let spec = reading::read(file)?;
    let problem = Arc::new(spec.problem.clone());
    let parts = Parts::cheap(problem.network(), spec.plan.arithmetic());
    Trajectory::begin(problem, &spec.plan, parts)
        .map_err(|problem| Failure::start(file, problem, "choose another arithmetic, run.arithmetic = \"ball:256\""))?;
    let name = file.display().to_string();
    let speaking = speaking(&spec);
    let quoted = quoted(&name);
    let next = [
        ("ask every claim about it", "verify --spec"),
        ("its trajectory", "run"),
        ("f64 beside what is certified", "compare"),
    ];
    let next = next.into_iter().map(|(what, command)| (what, format!("witness {command} {quoted}"))).collect();
    let text = arguments.format.text(
        style(true),
        || description::document(&spec, &name, speaking, next),
        || description::json(&spec, &name, speaking),
    );
    Destination::open(None, &[])?.write_all(&text)?;
    Ok(Exit::Fine)
}

/// The name of a file as it is typed.
pub(super) fn quoted(name: &str) -> String {
    shlex::try_quote(name).map_or_else(|_| name.to_owned(), |quoted| quoted.into_owned())
}

/// How many claims apply to the first step of the run, or to the beginning of the flow; `None` if that takes long to find out.
fn speaking(spec: &Spec) -> Option<Speaking> {
    let catalogue = catalogue();
    let claims: Vec<&Claim> = catalogue.iter().filter(|claim| claim.own_run_statement().is_some()).collect();
    let begun = Instant::now();
    let limits = Limits { max_bits: BITS, time: TimeLimit::after(PATIENCE), ..Limits::default() };
    let report = match &spec.plan {
        Plan::Descent(_) => verify_own_run(&claims, &spec.problem, 1, &limits),
        Plan::Flow(schedule) => {
            let (horizon, record) = (Rational::from(&schedule.horizon >> BEGINNING), FlowRecording::At(Vec::new()));
            // The beginning of a flow is one of time: by then its risk has hardly fallen.
            let beginning = FlowSchedule { clock: Clock::Time, horizon, record, ..schedule.clone() };
            verify_own_flow(&claims, &spec.problem, &beginning, &limits)
        }
    };
    let applies = report.claims.iter().filter(|own| own.verdict.status != Status::NotApplicable).count();
    (begun.elapsed() < PATIENCE).then_some(Speaking { applicable: applies, asked: claims.len() })
}
