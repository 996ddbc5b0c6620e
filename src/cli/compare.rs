//! `witness compare FILE`: the f64 trajectory beside the certified one.

use std::path::PathBuf;
use std::sync::Arc;

use indicatif::ProgressBar;

use super::agreement::Judge;
use super::failure::Failure;
use super::output::{Destination, Format};
use super::recorded::RecordedSteps;
use super::{Context, Exit, interrupt, progress};
use crate::descent::{self, Divergence};
use crate::number::{Ball, Real, Truth};
use crate::problem::{Problem, Spec};
use crate::reference::{self, Setting, Stop};
use crate::report::comparison::{Branch, Comparison, Ending, Error, Judged, Row};
use crate::report::trajectory::Outcome;
use crate::time_limit::{OutOfTime, TimeLimit};

/// The precision up to which that of the certified run is raised.
const MAX_BITS: u32 = 4096;

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
    spec.problem.check_room(arguments.bits).map_err(|too_large| Failure::Option {
        file: arguments.spec.clone(),
        option: "--bits",
        problem: too_large.to_string(),
        fix: "give fewer examples".to_owned(),
    })?;
    let begin = || {
        let start = descent::Descent::new(&spec.problem);
        start.map_err(|problem| {
            Failure::start(
                &arguments.spec,
                problem,
                "`witness run --arithmetic ball:256` does without f64; there is nothing to compare",
            )
        })
    };
    let fast = begin()?;
    let destination = Destination::open(arguments.out.as_deref(), &spec.files)?;
    let time = TimeLimit::until(interrupt::flag()?);
    let bar = progress::of_steps(spec.schedule.steps.saturating_mul(2), context);
    let problem = Arc::new(spec.problem.clone());
    let judged = judge(&problem, fast, spec.schedule.steps, &time, &bar);
    let mut bits = arguments.bits;
    let beside = loop {
        let beside = side_by_side(&problem, begin()?, &spec, bits, &time, &bar);
        let exhausted = beside.certified.outcome == Outcome::PrecisionExhausted || beside.is_blurred();
        let no_room = spec.problem.check_room(bits.saturating_mul(2)).is_err();
        if !exhausted || bits >= MAX_BITS || no_room || beside.is_interrupted() {
            break beside;
        }
        bits = (bits * 2).min(MAX_BITS);
    };
    bar.finish_and_clear();
    let interrupted = beside.is_interrupted();
    let exit = if interrupted {
        Exit::Interrupted
    } else if judged.exceeded.is_some() || beside.branched.is_some() {
        Exit::NotAsExpected
    } else if beside.certified.outcome == Outcome::PrecisionExhausted || judged.undecided.is_some() {
        Exit::Undecided
    } else {
        Exit::Fine
    };
    let Beside { rows, branched, fast, certified } = beside;
    let comparison = Comparison { bits, rows, judged, branched, fast, certified };
    let text = match arguments.format {
        Format::Table => comparison.table(),
        Format::Json => format!("{:#}\n", comparison.json()),
    };
    destination.write_all(&text)?;
    Ok(exit)
}

/// Judges every step of the f64 run, as long as there is time.
fn judge(
    problem: &Arc<Problem>,
    mut fast: descent::Descent,
    steps: u64,
    time: &TimeLimit,
    bar: &ProgressBar,
) -> Judged {
    let mut judged =
        Judged { steps: 0, chain_length: 0, worst_share: 0.0, worst_at: (0, 1), exceeded: None, undecided: None };
    let Ok(judge) = time.within(|| Judge::new(Arc::clone(problem))) else { return judged };
    judged.chain_length = judge.chain_length();
    let mut before = judge.weights(&fast);
    while fast.t() < steps && !time.is_over() {
        let (t, eta) = (fast.t(), fast.eta());
        let stepped = time.within(|| match fast.step() {
            descent::Outcome::Diverged(_) => None,
            descent::Outcome::Advanced => {
                let after = judge.weights(&fast);
                let verdict = judge.step(&before, eta, &after);
                Some((after, verdict))
            }
        });
        let Ok(Some((after, verdict))) = stepped else { break };
        match verdict.within {
            Truth::True => {}
            Truth::False => _ = judged.exceeded.get_or_insert(t),
            Truth::Open => _ = judged.undecided.get_or_insert(t),
        }
        // A share that is not a number is that of a bound that is not there.
        if verdict.share.is_nan() || verdict.share > judged.worst_share {
            (judged.worst_share, judged.worst_at) = (verdict.share, (t, verdict.layer));
        }
        judged.steps += 1;
        before = after;
        bar.set_position(fast.t());
    }
    judged
}

/// The two runs, step by step.
struct Beside {
    rows: Vec<Row>,
    branched: Option<Branch>,
    fast: Ending,
    certified: Ending,
}

impl Beside {
    fn is_blurred(&self) -> bool {
        self.rows.iter().any(|row| row.risk.is_blurred() || row.weight.is_blurred())
    }

    fn interrupted(mut self) -> Self {
        let ending = Ending { outcome: Outcome::Interrupted, reason: Some("stopped by the user".to_owned()) };
        (self.fast, self.certified) = (ending.clone(), ending);
        self
    }

    fn is_interrupted(&self) -> bool {
        self.certified.outcome == Outcome::Interrupted
    }
}

/// Runs both, until the last step, the end of one of them or the first difference between their radii.
fn side_by_side(
    problem: &Arc<Problem>,
    mut fast: descent::Descent,
    spec: &Spec,
    bits: u32,
    time: &TimeLimit,
    bar: &ProgressBar,
) -> Beside {
    let mut beside = Beside { rows: Vec::new(), branched: None, fast: finished(), certified: finished() };
    let begin = || reference::Descent::<Ball>::new(Arc::new(Setting::new(Arc::clone(problem), bits)));
    let mut certified = match time.within(begin) {
        Ok(Ok(certified)) => certified,
        Ok(Err(end)) => {
            beside.certified = stopped(&end);
            beside.fast = beside_the_end(0, "the certified run ended");
            return beside;
        }
        Err(OutOfTime) => return beside.interrupted(),
    };
    let schedule = &spec.schedule;
    let steps = RecordedSteps::new(&schedule.record);
    let mut recorded = 0;
    loop {
        let t = fast.t();
        if let (Some(of_fast), Some(of_certified)) = (fast.radius(), certified.radius())
            && of_fast != of_certified
        {
            beside.branched = Some(Branch { t, fast: of_fast.clone(), certified: of_certified.clone() });
        }
        let last = t >= schedule.steps || beside.branched.is_some();
        if t == recorded || last {
            match time.within(|| row(&mut fast, &certified)) {
                Ok(Ok(row)) => beside.rows.push(row),
                Ok(Err(divergence)) => {
                    beside.fast = diverged(t, divergence);
                    beside.certified = beside_the_end(t, "the f64 run ended");
                    return beside;
                }
                Err(OutOfTime) => return beside.interrupted(),
            }
            recorded = steps.after(t, schedule.steps);
        }
        if last {
            if t < schedule.steps {
                let branched = beside_the_end(t, "the runs branched");
                (beside.fast, beside.certified) = (branched.clone(), branched);
            }
            return beside;
        }
        if time.is_over() {
            return beside.interrupted();
        }
        let Ok(advanced) = time.within(|| (fast.step(), certified.step())) else { return beside.interrupted() };
        if let descent::Outcome::Diverged(divergence) = advanced.0 {
            beside.fast = diverged(t + 1, divergence);
        }
        if let Err(end) = &advanced.1 {
            beside.certified = stopped(end);
        }
        match (beside.fast.reason.is_some(), beside.certified.reason.is_some()) {
            (false, false) => {}
            (true, true) => return beside,
            (true, false) => {
                beside.certified = beside_the_end(certified.t(), "the f64 run ended");
                return beside;
            }
            (false, true) => {
                beside.fast = beside_the_end(fast.t(), "the certified run ended");
                return beside;
            }
        }
        bar.set_position(schedule.steps.saturating_add(fast.t()));
    }
}

fn finished() -> Ending {
    Ending { outcome: Outcome::Finished, reason: None }
}

fn diverged(t: u64, divergence: Divergence) -> Ending {
    Ending { outcome: Outcome::Diverged, reason: Some(format!("diverged at step {t}: {divergence}")) }
}

/// A run that was well when it was left at step `t`.
fn beside_the_end(t: u64, why: &str) -> Ending {
    Ending { outcome: Outcome::Stopped, reason: Some(format!("stopped at step {t}, where {why}")) }
}

fn stopped(stop: &Stop) -> Ending {
    let outcome = match stop {
        Stop::Diverged { .. } => Outcome::Diverged,
        Stop::PrecisionExhausted { .. } => Outcome::PrecisionExhausted,
    };
    Ending { outcome, reason: Some(stop.to_string()) }
}

/// The present step of both runs.
fn row(fast: &mut descent::Descent, certified: &reference::Descent<Ball>) -> Result<Row, Divergence> {
    let point = certified.point();
    let risk = Error { value: fast.risk()?, exact: point.risk().clone() };
    let mut worst: Option<(Error, usize)> = None;
    for (k, layer) in point.weights().iter().enumerate() {
        let weights = fast.weights(k + 1);
        for (&value, exact) in weights.entries().iter().zip(layer.entries()) {
            let error = Error { value, exact: exact.clone() };
            if worst.as_ref().is_none_or(|(worst, _)| error.bound() > worst.bound()) {
                worst = Some((error, k + 1));
            }
        }
    }
    let (weight, layer) =
        worst.unwrap_or((Error { value: 0.0, exact: risk.exact.midpoint() - &risk.exact.midpoint() }, 1));
    Ok(Row { t: fast.t(), risk, weight, layer })
}
