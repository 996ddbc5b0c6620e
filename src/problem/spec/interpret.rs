//! What the keys of a run spec mean.

use std::path::Path;

use rug::Rational;

use super::field::{Field, Section};
use super::{Preparation, Spec, data};
use crate::problem::{
    Arithmetic, Clock, FlowRecording, FlowSchedule, Loss, Matrix, Misfit, Network, Normalisation, Plan, Problem,
    Recording, Schedule, StepRule, balanced_weights, gaussian_weights, identity_weights, zero_first_weights,
};

/// The spec that a file's tables describe; relative paths start at `directory`.
pub(super) fn spec(root: &Section<'_>, directory: &Path) -> Result<Spec, Misfit> {
    let title = root.field("title").map(|field| field.text().map(str::to_owned)).transpose()?;
    let network = Network::read(&root.open("network")?)?;
    let (loss, normalisation) = loss(&root.open("loss")?)?;
    let section = root.open("data")?;
    let data = data::data(&section, &network, &loss, directory)?;
    let table = section.field("path").map(|path| path.text()).transpose()?;
    let initial = initial(&root.open("init")?, &network)?;
    let step = step(&root.open("step")?)?;
    let is_flow = step == StepRule::Flow;
    let problem = Problem::of_stored(network, loss, normalisation, data.data, initial.weights, step)?;
    let run = root.open("run")?;
    let plan = if is_flow { Plan::Flow(flow(&run)?) } else { Plan::Descent(schedule(&run)?) };
    plan.check(&problem)?;
    let preparation = Preparation {
        whitening_residual: data.whiten.then(|| problem.whitening_residual()).flatten(),
        imbalance: initial.balanced.then(|| problem.imbalance()).flatten(),
    };
    let files = table.map(|name| directory.join(name)).into_iter().collect();
    Ok(Spec { title, problem, plan, preparation, files })
}

fn loss(section: &Section<'_>) -> Result<(Loss, Normalisation), Misfit> {
    let fix = "add kind = \"logistic\", \"exponential\", \"squared\" or \"squared-target\"";
    let kind = section.required("kind", fix)?.choice(&["logistic", "exponential", "squared", "squared-target"], &[])?;
    if kind != "logistic" {
        section.refuse(&["scale", "steepness"], &format!("for the loss {kind:?}"))?;
    }
    let positive_or_one = |key| section.field(key).map_or_else(|| Ok(Rational::from(1)), |field| field.number());
    let loss = match kind {
        "logistic" => Loss::Logistic { scale: positive_or_one("scale")?, steepness: positive_or_one("steepness")? },
        "exponential" => Loss::Exponential,
        "squared" => Loss::Squared,
        _ => {
            section.refuse(&["normalisation"], "for the loss \"squared-target\", which has no examples")?;
            Loss::SquaredTarget
        }
    };
    let normalisation = match section.field("normalisation") {
        Some(field) if field.choice(&["mean", "sum"], &[])? == "sum" => Normalisation::Sum,
        _ => Normalisation::Mean,
    };
    Ok((loss, normalisation))
}

/// Initial weights, and whether they were asked to be balanced.
struct Initial {
    weights: Vec<Matrix<Rational>>,
    balanced: bool,
}

fn initial(section: &Section<'_>, network: &Network) -> Result<Initial, Misfit> {
    if let Some(path) = section.field("path") {
        return Err(later(&path, "a file of weights", "give init.weights, or init.kind"));
    }
    let Some(kind) = section.field("kind") else {
        let fix = "add weights, or kind = \"gaussian\", \"balanced\", \"identity\" or \"zero-first\"";
        let weights = section.required("weights", fix)?;
        section.refuse(&["std", "seed"], "beside init.weights")?;
        let vectors = !network.is_fully_connected();
        return Ok(Initial { weights: weights.layers(vectors)?, balanced: false });
    };
    section.refuse(&["weights"], "beside init.kind")?;
    let kind = kind.choice(&["gaussian", "balanced", "identity", "zero-first"], &[])?;
    let std = |section: &Section<'_>| section.required("std", "add the standard deviation, std = 0.1")?.number();
    let seed = |section: &Section<'_>| section.required("seed", "add the seed of the draw, seed = 1")?.count();
    let weights = match kind {
        "gaussian" => gaussian_weights(network, &std(section)?, seed(section)?),
        "balanced" => balanced_weights(network, &std(section)?, seed(section)?),
        "zero-first" => zero_first_weights(network, &std(section)?, seed(section)?),
        _ => {
            // Nothing is drawn, but a spec may keep the keys while it changes the kind.
            section.field("std").map(|field| field.number()).transpose()?;
            section.field("seed").map(|field| field.count()).transpose()?;
            Ok(identity_weights(network))
        }
    }?;
    Ok(Initial { weights, balanced: kind == "balanced" })
}

fn step(section: &Section<'_>) -> Result<StepRule, Misfit> {
    let rule =
        section.required("rule", "add rule = \"constant\" with an eta, rule = \"smoothness\" or rule = \"flow\"")?;
    match rule.choice(&["constant", "smoothness", "flow"], &[])? {
        "constant" => {
            let eta = section.required("eta", "add the step size, eta = 0.01 or eta = \"1/1024\"")?;
            Ok(StepRule::Constant(eta.number()?))
        }
        "flow" => {
            section.refuse(&["eta"], "for the rule \"flow\", which has no steps")?;
            Ok(StepRule::Flow)
        }
        _ => {
            section.refuse(&["eta"], "for the rule \"smoothness\", which chooses the step itself")?;
            Ok(StepRule::Smoothness)
        }
    }
}

fn schedule(section: &Section<'_>) -> Result<Schedule, Misfit> {
    section.refuse(&["until", "tolerance"], "for descent, which goes by steps: it belongs to the rule \"flow\"")?;
    let steps = section.required("steps", "add the number of steps, steps = 1000")?.count()?;
    let record = section.field("record").map_or(Ok(Recording::Every(1)), |field| record(&field))?;
    Ok(Schedule { steps, record, arithmetic: arithmetic(section, Arithmetic::F64)? })
}

fn arithmetic(section: &Section<'_>, otherwise: Arithmetic) -> Result<Arithmetic, Misfit> {
    let Some(field) = section.field("arithmetic") else { return Ok(otherwise) };
    field.text()?.parse::<Arithmetic>().map_err(|error| {
        let message = error.to_string();
        let (problem, fix) = message.split_once("; ").unwrap_or((&message, "choose \"f64\""));
        field.wrong(problem, fix)
    })
}

fn record(field: &Field<'_>) -> Result<Recording, Misfit> {
    let section = Section::inline("run.record", field)?;
    section.refuse(&["times", "log_risks"], "for descent, which goes by steps: it belongs to the rule \"flow\"")?;
    match (section.field("every"), section.field("at")) {
        (Some(every), None) => match every.count()? {
            0 => Err(every.wrong("an interval of 0 steps never passes", "give at least 1")),
            interval => Ok(Recording::Every(interval)),
        },
        (None, Some(at)) => Ok(Recording::At(at.counts()?)),
        (Some(_), Some(at)) => Err(at.wrong("run.record.every is given as well", "keep one of the two")),
        (None, None) => Err(field.wrong("it says nothing", "write { every = 100 } or { at = [0, 1, 10] }")),
    }
}

/// What `[run]` says of a flow.
fn flow(section: &Section<'_>) -> Result<FlowSchedule, Misfit> {
    section.refuse(&["steps"], "for the rule \"flow\", which has none and runs until a time")?;
    let until = section.required("until", "add the last time, until = { time = 100 }")?;
    let until = Section::inline("run.until", &until)?;
    let (clock, horizon) = match (until.field("time"), until.field("log_risk")) {
        (None, Some(log_risk)) => (Clock::LogRisk, log_risk.number()?),
        (Some(_), Some(log_risk)) => {
            return Err(log_risk.wrong("run.until.time is given as well", "keep one of the two"));
        }
        _ => (Clock::Time, until.required("time", "write until = { time = 100 } or { log_risk = 1000 }")?.number()?),
    };
    let tolerance = section.field("tolerance").map(|field| field.number()).transpose()?;
    let record = section.field("record");
    let record = record.map_or_else(|| Ok(FlowRecording::of_horizon(&horizon)), |field| flow_record(&field, clock))?;
    let otherwise = match clock {
        Clock::Time => Arithmetic::F64,
        Clock::LogRisk => Arithmetic::Certified(None),
    };
    Ok(FlowSchedule { clock, horizon, tolerance, record, arithmetic: arithmetic(section, otherwise)? })
}

fn flow_record(field: &Field<'_>, clock: Clock) -> Result<FlowRecording, Misfit> {
    let section = Section::inline("run.record", field)?;
    section.refuse(&["at"], "for the rule \"flow\", which has no steps: its times are run.record.times")?;
    match clock {
        Clock::Time => section.refuse(&["log_risks"], "for a flow until a time: its times are run.record.times")?,
        Clock::LogRisk => {
            section.refuse(&["times"], "for a flow until log_risk: its values are run.record.log_risks")?
        }
    }
    match (section.field("every"), section.field(clock.list_key())) {
        (Some(every), None) => Ok(FlowRecording::Every(every.number()?)),
        (None, Some(list)) => Ok(FlowRecording::At(list.numbers()?)),
        (Some(_), Some(list)) => Err(list.wrong("run.record.every is given as well", "keep one of the two")),
        (None, None) => {
            let fix = format!("write {{ every = 1 }} or {{ {} = [1, 10] }}", clock.list_key());
            Err(field.wrong("it says nothing", &fix))
        }
    }
}

/// The error that something is part of the format but not built.
pub(super) fn later(field: &Field<'_>, subject: &str, fix: &str) -> Misfit {
    field.wrong(format!("{subject} is not supported yet"), fix)
}
