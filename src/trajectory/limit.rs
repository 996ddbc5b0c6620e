//! What is known of a flow at t = ∞, from where it is.

use super::enclosed::{Weights, of_ball};
use super::position::Position;
use super::record::{Parts, Record, Value, values};
use crate::number::{Ball, Magnitude, Real, Ring, Truth};
use crate::problem::Architecture;
use crate::reference::{Flow, MarginBound, PathBound, margin_and_direction};

/// What is known of a flow at t = ∞.
#[derive(Clone, Debug)]
pub enum Limit {
    /// Of a squared loss: `W(∞)` exists, and is enclosed. The position is that from which on it follows.
    Weights(Box<Record>),
    /// Of a loss of classification: the weights have no limit, and their direction has one.
    Direction(Direction),
}

/// What is known of the direction of a flow with a loss of classification.
#[derive(Clone, Debug)]
pub struct Direction {
    /// From where on it follows.
    pub from: Position,
    /// `w/|w|` there, `w` the end-to-end vector.
    pub direction: Vec<Value>,
    /// `ū`, the direction of the maximum margin.
    pub max_margin: Vec<Value>,
    /// From there on for ever `w/|w|` is no further than this from `ū`.
    pub within: Magnitude,
}

/// What is known from the present state of a flow, or why nothing is.
pub(super) fn limit(flow: &Flow, from: Position, parts: Parts, weights: Weights) -> Result<Limit, String> {
    if flow.setting().loss().is_classification() {
        return direction(flow, from).map(Limit::Direction);
    }
    let bound = PathBound::of(&flow.around()).map_err(|why| why.to_string())?;
    let parts = Parts { weights: true, ..parts };
    let record = of_ball(from, bound.limit(), bound.least_risk(), parts, weights).ok_or_else(unbounded)?;
    Ok(Limit::Weights(Box::new(record)))
}

fn unbounded() -> String {
    "a number of it is not bounded".to_owned()
}

/// Where the margin bound holds, and `|w| ≤ ∏‖W_k‖_F`, `w/|w|` is no further from `ū` than `√(2ε)`, from there on for ever.
fn direction(flow: &Flow, from: Position) -> Result<Direction, String> {
    let (setting, point) = (flow.setting(), flow.point());
    if setting.network().architecture() == Architecture::Convolutional {
        return Err("in a convolutional network w may be longer than the product of the norms".to_owned());
    }
    let Some((gamma, max_margin)) = margin_and_direction(setting) else {
        return Err("the examples are not separable".to_owned());
    };
    let bound: &MarginBound<Ball> = point.know();
    if bound.holds() != Truth::True {
        return Err("all losses together are not below that of margin 0 yet".to_owned());
    }
    let within = bound.missing(&gamma).times(2).sqrt_of_nonnegative().greatest_absolute();
    let w = flow.around().end_to_end();
    let length = w.frobenius();
    let direction: Vec<Ball> = w.entries().iter().map(|entry| entry.clone() / &length).collect();
    let found = values(&direction).zip(values(&max_margin)).filter(|_| !within.is_infinite());
    let (direction, max_margin) = found.ok_or_else(unbounded)?;
    Ok(Direction { from, direction, max_margin, within })
}
