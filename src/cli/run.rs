//! `witness run FILE`: the trajectory of a run as JSON Lines.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::failure::Failure;
use super::output::Destination;
use super::training::{End, Training, begin, next_recorded};
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
    let begun = begin(&spec, arithmetic).map_err(|problem| Failure::Start { file: arguments.spec.clone(), problem })?;
    let mut destination = Destination::open(arguments.out.as_deref(), &spec.files)?;
    let time = TimeLimit::until(interrupt::flag()?);
    let mut trajectory = Trajectory { clock: Duration::ZERO, taken: 0, recorded: None };
    let bar = progress::of_steps(spec.schedule.steps, context);
    let end = match begun {
        Ok(mut training) => {
            trajectory.follow(&mut *training, &spec.schedule, arguments.weights, &mut destination, &time, &bar)?
        }
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
        Outcome::Finished | Outcome::Diverged => Exit::Fine,
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
        weights: bool,
        destination: &mut Destination,
        time: &TimeLimit,
        bar: &ProgressBar,
    ) -> Result<Option<End>, Failure> {
        loop {
            match time.within(|| training.record(weights)) {
                Ok(Ok(record)) => destination.write(&(record.line() + "\n"))?,
                Ok(Err(end)) => return Ok(Some(end)),
                Err(OutOfTime) => {
                    self.record_last(training, weights, destination)?;
                    return Ok(Some(End::interrupted()));
                }
            }
            self.recorded = Some(training.t());
            bar.set_position(training.t());
            // Nobody is left to read the rest.
            if training.t() >= schedule.steps || destination.is_closed() {
                return Ok(None);
            }
            let next = next_recorded(&schedule.record, training.t(), schedule.steps);
            let begun = Instant::now();
            let advanced = training.advance(next, time);
            self.clock += begun.elapsed();
            self.taken = training.t();
            if let Err(end) = advanced {
                self.record_last(training, weights, destination)?;
                return Ok(Some(end));
            }
        }
    }

    /// The last state is recorded, wherever it is, if it can be.
    fn record_last(
        &mut self,
        training: &mut dyn Training,
        weights: bool,
        destination: &mut Destination,
    ) -> Result<(), Failure> {
        if self.recorded != Some(training.t())
            && let Ok(Ok(record)) = TimeLimit::after(LAST_RECORD).within(|| training.record(weights))
        {
            destination.write(&(record.line() + "\n"))?;
            self.recorded = Some(training.t());
        }
        Ok(())
    }
}
