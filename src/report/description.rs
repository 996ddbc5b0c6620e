//! What a run spec describes, in a few lines.

use std::path::Path;

use rug::Rational;
use serde_json::{Value, json};

use super::digits::{brief, rounded_up};
use super::document::{Block, Document, Text, Tone};
use super::title;
use crate::problem::{Clock, FrobeniusNorm, Loss, Matrix, Normalisation, Plan, Problem, Spec, StepRule, nearest_f64};
use crate::visible::visible;

/// Letters of a number that is printed as it is.
const SHORT: usize = 24;

/// How many claims can speak of a run, of those that were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speaking {
    /// How many can.
    pub applicable: usize,
    /// How many were asked.
    pub asked: usize,
}

/// What the run spec in the file of this name describes, and the commands to go on with.
#[must_use]
pub fn document(spec: &Spec, name: &str, speaking: Option<Speaking>, next: Vec<(&str, String)>) -> Document {
    let head = title().then(format!(": {} fits", visible(name)));
    let problem = &spec.problem;
    let mut terms = Vec::new();
    let mut term = |name: &'static str, value: String| terms.push((name, Text::from(value)));
    if let Some(title) = &spec.title {
        term("title", visible(title).into_owned());
    }
    let weights: usize = problem.network().layer_shapes().iter().map(|(rows, columns)| rows * columns).sum();
    let (architecture, sizes) = (problem.network().architecture().name(), problem.network());
    term(
        "network",
        format!("{architecture}, {sizes}: {}, {}", number(sizes.depth(), "layer"), number(weights, "weight")),
    );
    term("loss", loss(problem));
    term("data", data(spec));
    term("start", start(spec));
    term(
        "step",
        match problem.step() {
            StepRule::Constant(eta) => format!("constant, η = {}", shown(eta)),
            StepRule::Smoothness => "smoothness: η_t is the least of 1/β(R_t) and 1".to_owned(),
            StepRule::Flow => "none: gradient flow, W' = −∇R(W)".to_owned(),
        },
    );
    let length = match &spec.plan {
        Plan::Descent(schedule) => number(usize::try_from(schedule.steps).unwrap_or(usize::MAX), "step"),
        Plan::Flow(schedule) => match schedule.clock {
            Clock::Time => format!("until t = {}", shown(&schedule.horizon)),
            Clock::LogRisk => format!("until −ln R = {}", shown(&schedule.horizon)),
        },
    };
    term("run", format!("{length}, by `witness run` in {}", spec.plan.arithmetic()));
    if let Some(Speaking { applicable, asked }) = speaking {
        let beginning = if matches!(spec.plan, Plan::Flow(_)) { "beginning" } else { "first step" };
        term("claims", format!("about {applicable} of {asked} can speak of it, as far as its {beginning} shows"));
    }
    let longest = next.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
    let command = |(what, command): (&str, String)| {
        Block::from(Text::from(format!("{what:<longest$}  ")).and(Tone::Command, command))
    };
    Document(vec![vec![Block::Heading(head)], vec![Block::Terms(terms)], next.into_iter().map(command).collect()])
}

/// The same for other programs.
#[must_use]
pub fn json(spec: &Spec, name: &str, speaking: Option<Speaking>) -> Value {
    let problem = &spec.problem;
    let (network, preparation) = (problem.network(), &spec.preparation);
    let tables: Vec<String> = tables(spec).iter().map(|path| path.display().to_string()).collect();
    json!({
        "spec": name,
        "title": spec.title,
        "architecture": network.architecture().name(),
        "shapes": network.layer_shapes(),
        "loss": problem.loss().name(),
        "examples": problem.exact_examples().map(|(x, _)| x.rows()),
        "input_dimension": network.input_dimension(),
        "output_dimension": network.output_dimension(),
        "tables": tables,
        "imbalance": preparation.imbalance.as_ref().map(|norm| norm.upper()),
        "whitening_residual": preparation.whitening_residual.as_ref().map(|norm| norm.upper()),
        "step": match problem.step() {
            StepRule::Constant(eta) => shown(eta),
            StepRule::Smoothness => "smoothness".to_owned(),
            StepRule::Flow => "flow".to_owned(),
        },
        "steps": match &spec.plan {
            Plan::Descent(schedule) => Some(schedule.steps),
            Plan::Flow(_) => None,
        },
        "until": match &spec.plan {
            Plan::Descent(_) => None,
            Plan::Flow(schedule) => (schedule.clock == Clock::Time).then(|| shown(&schedule.horizon)),
        },
        "until_log_risk": match &spec.plan {
            Plan::Flow(schedule) if schedule.clock == Clock::LogRisk => Some(shown(&schedule.horizon)),
            _ => None,
        },
        "arithmetic": spec.plan.arithmetic().to_string(),
        "claims": speaking.map(|Speaking { applicable, asked }| json!({ "applicable": applicable, "asked": asked })),
    })
}

/// `1 layer`, `3 layers`.
fn number(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A number as it stands, if it is short.
fn shown(value: &Rational) -> String {
    let nearest = nearest_f64(value);
    let text = match Rational::from_f64(nearest) {
        Some(exact) if exact == *value && !value.is_integer() => format!("{nearest:?}"),
        _ => value.to_string(),
    };
    if text.chars().count() <= SHORT { text } else { format!("about {}", brief(nearest)) }
}

fn bound(norm: &FrobeniusNorm) -> String {
    rounded_up(norm.upper()).unwrap_or_else(|| "unknown".to_owned())
}

fn loss(problem: &Problem) -> String {
    let mut text = problem.loss().name().to_owned();
    if let Loss::Logistic { scale, steepness } = problem.loss()
        && (*scale != 1 || *steepness != 1)
    {
        text += &format!(", c = {}, b = {}", shown(scale), shown(steepness));
    }
    if *problem.loss() != Loss::SquaredTarget {
        text += match problem.normalisation() {
            Normalisation::Mean => ", mean over the examples",
            Normalisation::Sum => ", sum over the examples",
        };
    }
    text
}

fn data(spec: &Spec) -> String {
    let network = spec.problem.network();
    let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
    let Some((x, _)) = spec.problem.exact_examples() else { return format!("a target, {outputs}×{inputs}") };
    let mut text = format!("{} of {}", number(x.rows(), "example"), number(inputs, "feature"));
    if outputs > 1 {
        text += &format!(" and {}", number(outputs, "output"));
    }
    let tables: Vec<String> =
        tables(spec).iter().map(|path| visible(&path.display().to_string()).into_owned()).collect();
    text += &if tables.is_empty() { ", in the spec".to_owned() } else { format!(", from {}", tables.join(", ")) };
    if let Some(residual) = &spec.preparation.whitening_residual {
        text += &format!("; whitened up to ‖XXᵀ/n − I‖_F ≤ {}", bound(residual));
    }
    text
}

/// The files that the spec names.
fn tables(spec: &Spec) -> Vec<&Path> {
    spec.files.iter().skip(1).map(std::path::PathBuf::as_path).collect()
}

fn start(spec: &Spec) -> String {
    let norm = |layer: &Matrix<Rational>| {
        let squares = layer.entries().iter().map(|entry| nearest_f64(entry).powi(2));
        brief(squares.sum::<f64>().sqrt())
    };
    let norms: Vec<String> = spec.problem.initial().iter().map(norm).collect();
    let mut text = format!("‖W_k‖_F = {}", norms.join(", "));
    if let Some(imbalance) = &spec.preparation.imbalance {
        text += &format!("; balanced up to ‖W_{{j+1}}ᵀW_{{j+1}} − W_jW_jᵀ‖_F ≤ {}", bound(imbalance));
    }
    text
}
