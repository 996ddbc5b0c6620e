//! Certified bounds on how large a number is, as powers of two: also of numbers that no f64 holds.

use crate::number::{Real, Sign};

/// An upper bound on log₂|number|; +∞ if there is none.
pub(super) fn log2_at_most<T: Real>(number: &T) -> f64 {
    let upper = number.clone().abs().upper();
    match upper.upper_f64() {
        0.0 => f64::NEG_INFINITY,
        // log2 of an f64 is within an ulp; one more unit in the last place of the result covers it.
        bound if bound.is_normal() => bound.log2().next_up(),
        // Below the normal numbers, or above them: the exact number says more, if it can be written down.
        bound => upper.exact().map_or(bound.log2().next_up(), |exact| {
            f64::from(exact.numer().significant_bits()) - f64::from(exact.denom().significant_bits()) + 1.0
        }),
    }
}

/// A lower bound on log₂ of a number that is certainly positive.
pub(crate) fn log2_at_least<T: Real>(number: &T) -> Option<f64> {
    let lower = number.lower();
    if lower.sign() != Sign::Positive {
        return None;
    }
    match lower.lower_f64() {
        bound if bound.is_normal() => Some(bound.log2().next_down()),
        _ => lower.exact().map(|exact| {
            f64::from(exact.numer().significant_bits()) - 1.0 - f64::from(exact.denom().significant_bits())
        }),
    }
}
