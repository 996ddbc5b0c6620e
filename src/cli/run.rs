//! `witness run FILE`: the trajectory of a run as JSON Lines.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::failure::Failure;
use super::output::Destination;
use super::recorded::RecordedSteps;
use super::training::{End, Parts, Training, begin, has_cheap_spectral_norms};
use super::{Context, Exit, interrupt, progress};
use crate::problem::{Arithmetic, Schedule, Spec};
use crate::report::VERSION;
use crate::report::trajectory::{Outcome, Summary};
use crate::time_limit::{OutOfTime, TimeLimit};

/// What the record of a last state that is not in the schedule may take: somebody waits for the end.
const LAST_RECORD: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run spec, a TOML file.
    #[arg(value_name = "FILE")]
    spec: PathBuf,

    /// The arithmetic in place of the spec's: f64, mpfr:BITS, ball:BITS or rational.
    #[arg(long, value_name = "A")]
    arithmetic: Option<Arithmetic>,

    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Record the weights as well.
    #[arg(long)]
    weights: bool,

    /// Record no spectral norms: `spectral` is null. In other arithmetics than f64 it is so anyway where the sum over the layers of
    /// rows × columns × the lesser of the two is above 1048576.
    #[arg(long)]
    no_spectral: bool,
}

pub(super) fn run(arguments: &Arguments, context: Context) -> Result<Exit, Failure> {
    let spec = Spec::read(&arguments.spec)?;
    let arithmetic = arguments.arithmetic.unwrap_or(spec.schedule.arithmetic);
    arithmetic.check(&spec.problem).map_err(|misfit| Failure::Option {
        file: arguments.spec.clone(),
        option: "--arithmetic",
        problem: misfit.problem,
        fix: misfit.fix,
    })?;
    let begun = begin(&spec, arithmetic).map_err(|problem| {
        Failure::start(&arguments.spec, problem, "choose another arithmetic, --arithmetic ball:256")
    })?;
    let mut destination = Destination::open(arguments.out.as_deref(), &spec.files)?;
    let time = TimeLimit::until(interrupt::flag()?);
    let mut trajectory = Trajectory { clock: Duration::ZERO, taken: 0, recorded: None };
    let cheap = has_cheap_spectral_norms(spec.problem.network(), arithmetic);
    if !cheap && !arguments.no_spectral {
        context.remark("spectral norms are left out, spectral is null: to enclose those of such large layers takes far longer than a step");
    }
    let parts = Parts { weights: arguments.weights, spectral: cheap && !arguments.no_spectral };
    let bar = progress::of_steps(spec.schedule.steps, context);
    let end = match begun {
        Ok(mut training) => trajectory.follow(&mut *training, &spec.schedule, parts, &mut destination, &time, &bar)?,
        Err(end) => Some(end),
    };
    bar.finish_and_clear();
    let outcome = end.as_ref().map_or(Outcome::Finished, |end| end.outcome);
    let summary = Summary {
        steps: trajectory.taken,
        seconds: trajectory.clock.as_secs_f64(),
        arithmetic: arithmetic.to_string(),
        outcome,
        reason: end.map(|end| end.reason),
        last_t: trajectory.recorded.unwrap_or(0),
        version: VERSION,
    };
    destination.write(&(summary.line() + "\n"))?;
    destination.finish()?;
    Ok(match outcome {
        Outcome::Finished | Outcome::Diverged | Outcome::Stopped => Exit::Fine,
        Outcome::PrecisionExhausted => Exit::Undecided,
        // Whoever has read enough of a trajectory wants no more of it.
        Outcome::Interrupted if interrupt::reader_has_gone() => Exit::Fine,
        Outcome::Interrupted => Exit::Interrupted,
    })
}

/// What has been done of a run.
struct Trajectory {
    /// Wall time of the stepping alone.
    clock: Duration,
    /// Steps taken.
    taken: u64,
    /// The last step recorded.
    recorded: Option<u64>,
}

impl Trajectory {
    /// Advances `training` from one recorded step to the next, and returns why it ended early.
    fn follow(
        &mut self,
        training: &mut dyn Training,
        schedule: &Schedule,
        parts: Parts,
        destination: &mut Destination,
        time: &TimeLimit,
        bar: &ProgressBar,
    ) -> Result<Option<End>, Failure> {
        let steps = RecordedSteps::new(&schedule.record);
        loop {
            if let Err(end) = self.record(training, parts, destination, time)? {
                return self.last(training, parts, destination, end).map(Some);
            }
            bar.set_position(training.t());
            // Nobody is left to read the rest.
            if training.t() >= schedule.steps || destination.is_closed() {
                return Ok(None);
            }
            let next = steps.after(training.t(), schedule.steps);
            let begun = Instant::now();
            let advanced = training.advance(next, time);
            self.clock += begun.elapsed();
            self.taken = training.t();
            if let Err(end) = advanced {
                return self.last(training, parts, destination, end).map(Some);
            }
        }
    }

    /// Records the last state, wherever it is, if there is time. One that cannot be recorded is what the run ended at.
    fn last(
        &mut self,
        training: &mut dyn Training,
        parts: Parts,
        destination: &mut Destination,
        end: End,
    ) -> Result<End, Failure> {
        let recorded = self.record(training, parts, destination, &TimeLimit::after(LAST_RECORD))?;
        Ok(recorded.err().filter(|unrecorded| unrecorded.outcome != Outcome::Interrupted).unwrap_or(end))
    }

    /// Records the present state, once. If that cannot be done the run has ended, and the state before is the last one: a run ends at the
    /// same step whatever is recorded of it.
    fn record(
        &mut self,
        training: &mut dyn Training,
        parts: Parts,
        destination: &mut Destination,
        time: &TimeLimit,
    ) -> Result<Result<(), End>, Failure> {
        if self.recorded == Some(training.t()) {
            return Ok(Ok(()));
        }
        let record = match time.within(|| training.record(parts)) {
            Ok(Ok(record)) => record,
            Ok(Err(end)) => {
                if training.go_back() {
                    self.taken = training.t();
                    // What keeps a second state from being recorded is no news.
                    let _ = self.record(training, parts, destination, time)?;
                }
                return Ok(Err(end));
            }
            Err(OutOfTime) => return Ok(Err(End::interrupted())),
        };
        destination.write(&(record.line() + "\n"))?;
        self.recorded = Some(training.t());
        Ok(Ok(()))
    }
}
