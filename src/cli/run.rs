//! `witness run FILE`: the trajectory of a run as JSON Lines.

use std::path::PathBuf;
use std::sync::Arc;

use super::failure::Failure;
use super::output::Destination;
use super::{Context, Exit, interrupt, progress};
use crate::problem::{Arithmetic, Schedule, Spec};
use crate::report::json_lines;
use crate::time_limit::TimeLimit;
use crate::trajectory::{Ending, Parts, Trajectory};

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
    let Spec { problem, schedule, files, .. } = Spec::read(&arguments.spec)?;
    let arithmetic = arguments.arithmetic.unwrap_or(schedule.arithmetic);
    let schedule = Schedule { arithmetic, ..schedule };
    arithmetic.check(&problem).map_err(|misfit| Failure::Option {
        file: arguments.spec.clone(),
        option: "--arithmetic",
        problem: misfit.problem,
        fix: misfit.fix,
    })?;
    let network = problem.network().clone();
    let cheap = Parts::cheap(&network, arithmetic);
    let parts = Parts { weights: arguments.weights, spectral: cheap.spectral && !arguments.no_spectral };
    let begun = Trajectory::begin(Arc::new(problem), &schedule, parts).map_err(|problem| {
        Failure::start(&arguments.spec, problem, "choose another arithmetic, --arithmetic ball:256")
    })?;
    let mut destination = Destination::open(arguments.out.as_deref(), &files)?;
    let mut trajectory = begun.within(TimeLimit::until(interrupt::flag()?));
    if !cheap.spectral && !arguments.no_spectral {
        context.remark("spectral norms are left out, spectral is null: to enclose those of such large layers takes far longer than a step");
    }
    let bar = progress::of_steps(schedule.steps, context);
    for record in &mut trajectory {
        destination.write(&(json_lines::record(&record, &network) + "\n"))?;
        bar.set_position(record.t);
        // Nobody is left to read the rest.
        if destination.is_closed() {
            break;
        }
    }
    bar.finish_and_clear();
    destination.write(&(json_lines::summary(&trajectory, arithmetic) + "\n"))?;
    destination.finish()?;
    Ok(match trajectory.ending() {
        Ending::Finished | Ending::Diverged(_) | Ending::Stopped(_) => Exit::Fine,
        Ending::PrecisionExhausted(_) => Exit::Undecided,
        // Whoever has read enough of a trajectory wants no more of it.
        Ending::Interrupted(_) if interrupt::reader_has_gone() => Exit::Fine,
        Ending::Interrupted(_) => Exit::Interrupted,
    })
}
