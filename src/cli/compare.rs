//! `witness compare FILE`: the f64 trajectory beside the certified one, or descent beside the flow.

use std::path::PathBuf;
use std::sync::Arc;

use rug::Rational;
use serde_json::Value;

use super::failure::Failure;
use super::output::{Destination, Format};
use super::progress::OfRun;
use super::reading;
use super::{Context, Exit, interrupt, progress, style};
use crate::audit::{Audit, Discretisation, Undivided, compare_flow};
use crate::descent::{Flow, StartError};
use crate::number::NotRecorded;
use crate::problem::{Clock, FlowSchedule, Plan, Problem, Schedule, Spec, parse_exact};
use crate::report::document::Document;
use crate::report::{comparison, discretisation, json};
use crate::time_limit::TimeLimit;
use crate::trajectory::{Ending, Position};

/// The precision of what a run or a flow is held against.
const BITS: u32 = 256;

/// That of descent beside the flow, whose distance is far above what f64 leaves unknown.
const BITS_WITH_ETA: u32 = 53;

/// What is printed, for `--help`.
const FIELDS: &str = "\
Of a run, every f64 step is judged against a certified one, and the f64 run is
set beside the certified run at the recorded steps. Of a flow, the f64 integrator
is set beside the enclosed flow at the recorded times; its steps have no budget,
so nothing is judged.

With --eta, of a flow: the distance of gradient descent with steps of H from the
flow at the same time t = kH, in the Euclidean norm of all weights, the same with
steps of H/2, and the ratio of the two, each between two numbers that certainly
hold it. In JSON, distance, distance_half and ratio are {\"lower\":…,\"upper\":…};
the ratio is null where the second distance may be 0.

Status: 1 if a step exceeds its bound or the runs branch, 3 if the precision does
not suffice. That an f64 run diverges is no failure. With --eta nothing is f64
alone: descent that diverges is certified up to some time, and the status is 3.";

#[derive(Debug, clap::Args)]
#[command(after_help = FIELDS)]
pub(super) struct Arguments {
    /// The run spec, a TOML file.
    #[arg(value_name = "FILE")]
    spec: PathBuf,

    /// The precision of what is certified, in bits, 256 if it is not given and 53 with --eta; it is doubled, up to 4096, until the error can be
    /// told from the radius.
    #[arg(long, value_name = "B", value_parser = clap::value_parser!(u32).range(16..=1_000_000))]
    bits: Option<u32>,

    /// Of a flow: how far gradient descent with steps of this size is from it, and with steps half as large, at the times that are recorded,
    /// which must be multiples of the size. A decimal or a fraction.
    #[arg(long, value_name = "H", value_parser = parse_exact, allow_hyphen_values = true)]
    eta: Option<Rational>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,

    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, context: Context) -> Result<Exit, Failure> {
    let Spec { problem, plan, files, .. } = reading::read(&arguments.spec)?;
    let bits = arguments.bits.unwrap_or(if arguments.eta.is_some() { BITS_WITH_ETA } else { BITS });
    problem
        .check_room(bits)
        .map_err(|too_large| arguments.refused("--bits", too_large.to_string(), "give fewer examples"))?;
    let problem = Arc::new(problem);
    let destination = Destination::open(arguments.out.as_deref(), &files)?;
    let comparing = Comparing { arguments, context, problem, bits, time: TimeLimit::until(interrupt::flag()?) };
    if let Plan::Flow(FlowSchedule { clock: Clock::LogRisk, .. }) = plan {
        let problem = "it compares with what goes by the time, and this flow is followed by −ln R";
        return Err(arguments.refused("run.until.log_risk", problem, "give a time, until = { time = 100 }"));
    }
    let (text, exit) = match (&plan, &arguments.eta) {
        (Plan::Descent(schedule), None) => comparing.run(schedule),
        (Plan::Flow(schedule), None) => comparing.along_times(&plan, |told| comparing.flow(schedule, told)),
        (Plan::Flow(schedule), Some(eta)) => {
            check_divides(arguments, schedule, eta)?;
            comparing.along_times(&plan, |told| comparing.beside_flow(schedule, eta, told))
        }
        (Plan::Descent(_), Some(_)) => Err(arguments.refused(
            "--eta",
            "it holds descent against a flow, and this run takes steps of its own",
            "leave it out, or make the run a flow: step.rule = \"flow\" and run.until = { time = 10 }",
        )),
    }?;
    destination.write_all(&text)?;
    Ok(exit)
}

impl Arguments {
    fn refused(&self, option: &'static str, problem: impl Into<String>, fix: impl Into<String>) -> Failure {
        Failure::Option { file: self.spec.clone(), option, problem: problem.into(), fix: fix.into() }
    }
}

/// Whether descent with steps of this size comes to every recorded time.
fn check_divides(arguments: &Arguments, schedule: &FlowSchedule, eta: &Rational) -> Result<(), Failure> {
    Discretisation::check(schedule, eta).map_err(|undivided| {
        let fix = match undivided {
            Undivided::NotPositive(_) => "give a size above 0, such as 1/1000".to_owned(),
            Undivided::Between { .. } => match undivided.meant() {
                Some(decimal) => format!("write the time in quotes, \"{decimal}\": without them it is the nearest f64"),
                None => "give a size that divides run.until and every time of run.record".to_owned(),
            },
            Undivided::TooMany { .. } => "give a larger size".to_owned(),
        };
        arguments.refused("--eta", undivided.to_string(), fix)
    })
}

/// What every comparison needs.
struct Comparing<'a> {
    arguments: &'a Arguments,
    context: Context,
    problem: Arc<Problem>,
    bits: u32,
    time: TimeLimit,
}

/// What is told, and the status.
type Told = Result<(String, Exit), Failure>;

impl Comparing<'_> {
    /// A run of descent in f64 beside the certified one.
    fn run(&self, schedule: &Schedule) -> Told {
        let mut audit = Audit::begin(Arc::clone(&self.problem)).map_err(|problem| self.no_start(problem))?;
        let bar = progress::of_steps(schedule.steps.saturating_mul(2), self.context);
        let comparison = audit.compare(schedule, self.bits, &self.time, &|t| bar.set_position(t));
        bar.finish_and_clear();
        let (judged, distance) = (&comparison.judged, &comparison.distance);
        let exit = match distance.certified {
            Ending::Interrupted(_) => Exit::Interrupted,
            _ if judged.exceeded.is_some() || distance.branched.is_some() => Exit::NotAsExpected,
            Ending::PrecisionExhausted(_) => Exit::Undecided,
            _ if judged.undecided.is_some() => Exit::Undecided,
            _ => Exit::Fine,
        };
        Ok((self.text(|| comparison::document(&comparison), || json::comparison(&comparison)), exit))
    }

    /// A flow in f64 beside the enclosed one.
    fn flow(&self, schedule: &FlowSchedule, progress: &dyn Fn(&Rational)) -> Told {
        let mut fast = Flow::new(&self.problem).map_err(|problem| self.no_start(problem))?;
        let compared = compare_flow(&self.problem, &mut fast, schedule, self.bits, &self.time, progress)
            .map_err(|problem| self.not_recorded(&problem))?;
        let exit = exit([&compared.distance.certified, &compared.distance.fast]);
        Ok((self.text(|| comparison::flow_document(&compared), || json::flow_comparison(&compared)), exit))
    }

    /// Descent with steps of some size beside the flow.
    fn beside_flow(&self, schedule: &FlowSchedule, eta: &Rational, progress: &dyn Fn(&Rational)) -> Told {
        let measured = Discretisation::measured(&self.problem, schedule, eta, self.bits, &self.time, progress)
            .map_err(|problem| self.not_recorded(&problem))?;
        let exit = exit([&measured.flow, &measured.descents[0], &measured.descents[1]]);
        Ok((self.text(|| discretisation::document(&measured), || json::discretisation(&measured)), exit))
    }

    /// Does what tells the times that it reaches.
    fn along_times(&self, plan: &Plan, compare: impl FnOnce(&dyn Fn(&Rational)) -> Told) -> Told {
        let bar = OfRun::of(plan, self.context);
        let told = compare(&|t| bar.set(&Position::Time(t.clone())));
        bar.finish();
        told
    }

    fn text(&self, document: impl FnOnce() -> Document, json: impl FnOnce() -> Value) -> String {
        self.arguments.format.text(style(self.arguments.out.is_none()), document, json)
    }

    fn no_start(&self, problem: StartError) -> Failure {
        let fix = "`witness run --arithmetic ball:256` does without f64; there is nothing to compare";
        Failure::start(&self.arguments.spec, problem, fix)
    }

    fn not_recorded(&self, problem: &NotRecorded) -> Failure {
        let problem = format!("to enclose the flow its gradient is written down, and it is {problem}");
        self.arguments.refused("network", problem, "take fewer examples or smaller layers")
    }
}

/// The status of what is measured and not judged.
fn exit<const N: usize>(endings: [&Ending; N]) -> Exit {
    if endings.iter().any(|ending| matches!(ending, Ending::Interrupted(_))) {
        Exit::Interrupted
    } else if endings.iter().any(|ending| matches!(ending, Ending::PrecisionExhausted(_))) {
        Exit::Undecided
    } else {
        Exit::Fine
    }
}
