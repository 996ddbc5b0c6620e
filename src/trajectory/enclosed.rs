//! What is recorded of weights that lie in a Euclidean ball.

use super::position::Position;
use super::record::{Parts, Record, Recordable, Value, matrix, values};
use crate::number::{Ball, Float, Matrix, Real};
use crate::reference::Around;

/// How the weights in a Euclidean ball are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weights {
    /// The centre, which is made of f64, and the radius.
    F64,
    /// The centre and the radius.
    Centre,
    /// Each in a ball of its own.
    Balls,
}

/// What is recorded of a ball alone, the step size and the like left open; `None` if something of it is not bounded.
pub(super) fn of_ball(t: Position, around: &Around, risk: &Ball, parts: Parts, weights: Weights) -> Option<Record> {
    let told = |weight: &Ball| match weights {
        Weights::F64 => weight.approximate().recorded(),
        Weights::Centre => Float::new(weight.centre()).recorded(),
        Weights::Balls => Ball::new(weight.centre(), around.radius()).recorded(),
    };
    let layer = |layer: &Matrix<Ball>| -> Option<Matrix<Value>> {
        let entries: Option<Vec<Value>> = layer.entries().iter().map(told).collect();
        Some(Matrix::from_entries(layer.columns(), entries?))
    };
    Some(Record {
        t,
        time: None,
        log_time: None,
        risk: risk.recorded()?,
        log_risk: None,
        eta: None,
        radius: None,
        norms: values(&around.norms())?,
        norms_squared: None,
        spectral: match parts.spectral.then(|| around.spectral()).flatten() {
            Some(spectral) => Some(values(&spectral)?),
            None => None,
        },
        end_to_end: matrix(&around.end_to_end())?,
        euclidean_radius: (weights != Weights::Balls).then(|| around.radius()),
        weights: match parts.weights {
            true => Some(around.centre().iter().map(layer).collect::<Option<_>>()?),
            false => None,
        },
    })
}
