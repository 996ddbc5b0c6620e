//! `witness run FILE`: the trajectory of a run as JSON Lines.

use std::path::PathBuf;
use std::sync::Arc;

use super::failure::Failure;
use super::output::Destination;
use super::progress::OfRun;
use super::reading;
use super::{Context, Exit, interrupt};
use crate::problem::{Arithmetic, Spec};
use crate::report::json_lines;
use crate::time_limit::TimeLimit;
use crate::trajectory::{Ending, Parts, Trajectory};

/// What stands in each line, for `--help`.
const FIELDS: &str = "\
Each line is a JSON object, that of a recorded step, or of a time of a flow:
  t              the step; of a flow the time, a value
  risk           R(W(t))
  log_risk       −ln R(W(t)), of a flow alone; null where R may be zero
  ln_t           in the place of t, of a flow until log_risk, where no f64 number
                 shows the time
  eta            the step size from t to t + 1; in the last record, the one that
                 would be taken; null of a flow
  radius         R_t under the smoothness rule, else null
  norms          ‖W_k‖_F of each layer
  norms_squared  their squares, exact, in rational arithmetic alone
  spectral       ‖W_k‖_2 of each layer, of a diagonal network the largest
                 |weight|; null of a convolutional network, with --no-spectral,
                 and where layers are too large
  end_to_end     W_L ⋯ W_1, row by row
  euclidean_radius
                 in certified: the true weights, all of them as one vector, are
                 no further than this from those printed
  weights        each layer row by row, with --weights alone; in certified
                 numbers, in certified:BITS strings of decimal digits
A value is a number in f64, a string of decimal digits in mpfr, \"p/q\" in
rational, {\"mid\":…,\"rad\":…} in ball and certified: the true value lies within
rad of mid as printed. In rational, norms and spectral are balls.

Of an enclosed flow the line before the last may be {\"limit\":{…}}, what is
known of t = ∞. With a squared loss, once the rest of the path has a bound, it is
  risk, norms, spectral, end_to_end, euclidean_radius, weights
                 of W(∞), as above
and with another, once all losses together are below that of margin 0, in a
network that is not convolutional,
  direction      w/|w| at the end of the flow, w the end-to-end vector
  max_margin_direction
                 ū, that of the maximum margin of the examples
  within         w/|w| is no further than this from ū for ever after
and, with either,
  from           the time, or {\"log_risk\":…}, from which on it is so

The last line is {\"summary\":{…}}:
  steps          how many were taken, of a flow by the method that follows it
  seconds        of the steps alone, without reading, preparing and writing
  arithmetic     in which they were taken
  outcome        finished, diverged, stopped, precision-exhausted or interrupted
  reason         why, if it is not finished
  last_t         the last step or time that was reached
  euclidean_radius
                 there, in certified, and of a flow in ball
  no_limit       of an enclosed flow, why nothing is known of t = ∞
  version        of witness";

/// So many multiplications take a second or more.
const DEAR: u64 = 200_000_000;

#[derive(Debug, clap::Args)]
#[command(after_help = FIELDS)]
pub(super) struct Arguments {
    /// The run spec, a TOML file.
    #[arg(value_name = "FILE")]
    spec: PathBuf,

    /// The arithmetic in place of the spec's: f64, mpfr:BITS, ball:BITS, rational, certified or certified:BITS.
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
    let Spec { problem, plan, files, .. } = reading::read(&arguments.spec)?;
    let arithmetic = arguments.arithmetic.unwrap_or(plan.arithmetic());
    let plan = plan.within(arithmetic);
    plan.check(&problem).map_err(|misfit| Failure::Option {
        file: arguments.spec.clone(),
        option: "--arithmetic",
        problem: misfit.problem,
        fix: misfit.fix,
    })?;
    let network = problem.network().clone();
    let cheap = Parts::cheap(&network, arithmetic);
    let parts = Parts { weights: arguments.weights, spectral: cheap.spectral && !arguments.no_spectral };
    let begun = Trajectory::begin(Arc::new(problem), &plan, parts).map_err(|problem| {
        Failure::start(&arguments.spec, problem, "choose another arithmetic, --arithmetic ball:256")
    })?;
    let mut destination = Destination::open(arguments.out.as_deref(), &files)?;
    let mut trajectory = begun.within(TimeLimit::until(interrupt::flag()?));
    if !cheap.spectral && !arguments.no_spectral {
        context.remark("spectral norms are left out, spectral is null: to enclose those of such large layers takes far longer than a step");
    }
    let products = trajectory.products_of_step();
    if products >= DEAR {
        context.remark(&format!("a step along this flow takes about {:.0e} multiplications, and so seconds or minutes: fewer bits, a larger run.tolerance, fewer examples or smaller layers make it cheaper", products as f64));
    }
    let bar = OfRun::of(&plan, context);
    for record in &mut trajectory {
        destination.write(&(json_lines::record(&record, &network, arithmetic) + "\n"))?;
        bar.set(&record.t);
        // Nobody is left to read the rest.
        if destination.is_closed() {
            break;
        }
    }
    bar.finish();
    let limit = trajectory.limit();
    if let Some(Ok(limit)) = &limit {
        destination.write(&(json_lines::limit(limit, &network, arithmetic) + "\n"))?;
    }
    let no_limit = limit.and_then(Result::err);
    destination.write(&(json_lines::summary(&trajectory, arithmetic, no_limit.as_deref()) + "\n"))?;
    destination.finish()?;
    Ok(match trajectory.ending() {
        Ending::Finished | Ending::Diverged(_) | Ending::Stopped(_) => Exit::Fine,
        Ending::PrecisionExhausted(_) => Exit::Undecided,
        // Whoever has read enough of a trajectory wants no more of it.
        Ending::Interrupted(_) if interrupt::reader_has_gone() => Exit::Fine,
        Ending::Interrupted(_) => Exit::Interrupted,
    })
}
