//! What is recorded of weights in f64.

use super::position::Position;
use super::record::{Parts, Record, Recordable, Value, matrix, values};
use crate::descent::Observation;
use crate::number::Matrix;

/// What is recorded of an observation and, if they are asked for, of the weights of all layers, the step size and the like left open; `None` if a number
/// is not finite.
pub(super) fn of_f64(
    t: Position,
    seen: &Observation,
    parts: Parts,
    weights: impl FnOnce() -> Vec<Matrix<f64>>,
) -> Option<Record> {
    let layers = || -> Option<Vec<Matrix<Value>>> { weights().iter().map(matrix).collect() };
    Some(Record {
        t,
        risk: seen.risk.recorded()?,
        time: None,
        log_time: None,
        log_risk: None,
        eta: None,
        radius: None,
        norms: values(&seen.norms)?,
        norms_squared: None,
        spectral: match seen.spectral.as_ref().filter(|_| parts.spectral) {
            Some(spectral) => Some(values(spectral)?),
            None => None,
        },
        end_to_end: matrix(&seen.end_to_end)?,
        euclidean_radius: None,
        weights: if parts.weights { Some(layers()?) } else { None },
    })
}
