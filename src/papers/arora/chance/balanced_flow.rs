//! How long gradient flow with balanced weights and one output takes, between certified bounds.
//!
//! With `‖Φ‖ = 1`, `r = ‖w‖`, `x = ⟨w, Φ⟩/r` and `a = 2 − 2/N`, the end-to-end flow (11) reads `ẋ = r^{a−1}(1 − x²)`,
//! `ṙ = N r^a (x − r)`, and the loss is `½(1 − 2rx + r²)`. For `N ≥ 2` each rate rises with the other variable, so that a path
//! whose rates are everywhere at most (at least) these stays below (above) the flow in both variables. Such paths are made of
//! segments, each checked over the rectangle that it crosses. For `N = 1` the loss is `ℓ(0)e^{−2τ}`.

use crate::number::{Real, Sign, Truth};

/// A state of the flow.
#[derive(Clone, Debug)]
struct State<T> {
    /// The cosine of the angle between `w` and `Φ`.
    x: T,
    /// `‖w‖`.
    r: T,
    time: T,
}

impl<T: Real> State<T> {
    /// `½‖w − Φ‖²`.
    fn loss(&self) -> T {
        let one = self.x.constant(1);
        let along = self.x.clone() * &self.r;
        (one - &along.times(2) + self.r.square()).times((1, 2))
    }
}

/// A segment changes a state by about this share.
const PACE: f64 = 1.0 / 128.0;

/// No path has more segments.
const LONGEST: u32 = 20_000;

/// The time at which the flow from `cosine` and `norm` first has a loss of at most `loss`; undefined where that is not found, and
/// over anything that has no logarithms. `0 < cosine < 1` and `0 < norm < 1`.
#[must_use]
pub fn time_to_loss<T: Real>(depth: u32, cosine: &T, norm: &T, loss: &T) -> T {
    let start = State { x: cosine.clone(), r: norm.clone(), time: norm.constant(0) };
    let begun = start.loss();
    if !(begun.is_defined() && loss.sign() == Sign::Positive && norm.clone().ln().is_defined()) {
        return norm.undefined();
    }
    if begun.at_most(loss) == Truth::True {
        return norm.constant(0);
    }
    if depth == 1 {
        return (begun / loss).ln().times((1, 2));
    }
    match (not_before(depth, &start, loss), by(depth, &start, loss)) {
        (Some(earliest), Some(latest)) => T::between(&earliest, &latest),
        _ => norm.undefined(),
    }
}

/// A time by which the loss has come down to `loss`, from a path below the flow.
fn by<T: Real>(depth: u32, start: &State<T>, loss: &T) -> Option<T> {
    let mut state = State { x: start.x.lower(), r: start.r.lower(), ..start.clone() };
    for _ in 0..LONGEST {
        state = segment_below(depth, &state)?;
        // Once x is larger than the norm of the start, the flow has r < x, and there the loss falls as x or r rises.
        if start.r.below(&state.x).and(state.loss().at_most(loss)) == Truth::True {
            return Some(state.time.upper());
        }
    }
    None
}

/// A time before which the loss has not come down to `loss`, from a path above the flow.
fn not_before<T: Real>(depth: u32, start: &State<T>, loss: &T) -> Option<T> {
    let mut state = State { x: start.x.upper(), r: start.r.upper(), ..start.clone() };
    for _ in 0..LONGEST {
        let next = segment_above(depth, &state)?;
        // The least loss to the lower left of the path: for a given r it is at the right, and it falls in r up to r = x.
        let least = match next.r.at_most(&next.x) {
            Truth::True => next.loss(),
            _ => (next.x.constant(1) - &next.x.square()).times((1, 2)),
        };
        if loss.below(&least) != Truth::True {
            return Some(state.time.lower());
        }
        state = next;
    }
    None
}

/// Where a segment is aimed: its duration, and the upper right corner of the rectangle over which its rates are bounded.
struct Aim<T> {
    duration: T,
    far_x: T,
    far_r: T,
}

impl<T: Real> Aim<T> {
    /// From approximate rates; what follows from them is checked.
    fn new(depth: u32, state: &State<T>, share: (u32, u32)) -> Option<Self> {
        let (x, r) = (state.x.approximate(), state.r.approximate());
        let exponent = 2.0 - 2.0 / f64::from(depth);
        let turn = r.powf(exponent - 1.0) * (1.0 - x * x);
        let growth = f64::from(depth) * r.powf(exponent) * (x - r);
        let duration = PACE * (x.min(1.0 - x) / turn).min(r / growth.abs().max(1e-300));
        let exact = |value: f64| rug::Rational::from_f64(value).map(|value| state.x.constant(value));
        let duration = exact(duration).filter(|duration| duration.sign() == Sign::Positive)?;
        let far = |from: &T, rate: f64| Some((from.clone() + duration.clone() * exact(rate)?.times(share)).upper());
        let (far_x, far_r) = (far(&state.x, turn)?, far(&state.r, growth.max(0.0))?);
        Some(Self { duration, far_x, far_r })
    }
}

/// `r^a` and `r^{a−1}`, `a = 2 − 2/N ≥ 1`.
fn powers<T: Real>(depth: u32, r: &T) -> (T, T) {
    (r.rational_power(2 * depth - 2, depth), r.rational_power(depth - 2, depth))
}

/// A segment whose rates are at most those of the flow everywhere on it.
fn segment_below<T: Real>(depth: u32, state: &State<T>) -> Option<State<T>> {
    let State { x, r, time } = state;
    let Aim { duration, far_x, far_r } = Aim::new(depth, state, (1, 1))?;
    // r^a(x − r) is at least this, whichever sign it has.
    let gap = (x.clone() - &far_r).lower();
    let factor = powers(depth, if gap.sign() == Sign::Positive { r } else { &far_r }).0;
    let next_r = (r.clone() + duration.clone() * &(factor * &gap).times(depth)).lower();
    let least_r = r.clone().min(&next_r).lower();
    let rate = (x.constant(1) - &far_x.square()) * &powers(depth, &least_r).1;
    let next_x = (x.clone() + duration.clone() * &rate).lower();
    let inside = next_x.at_most(&far_x).and(next_r.at_most(&far_r)).and(x.at_most(&next_x));
    (inside == Truth::True).then(|| State { x: next_x, r: next_r, time: (time.clone() + &duration).upper() })
}

/// A segment whose rates are at least those of the flow everywhere on it.
fn segment_above<T: Real>(depth: u32, state: &State<T>) -> Option<State<T>> {
    let State { x, r, time } = state;
    let Aim { duration, far_x, far_r } = Aim::new(depth, state, (5, 4))?;
    // Room also where the norm of the flow falls.
    let far_r = (far_r + r.clone().times((1, 128))).upper();
    let (speed, turning) = powers(depth, &far_r);
    let next_x = (x.clone() + duration.clone() * &((x.constant(1) - &x.square()) * &turning)).upper();
    let gap = (far_x.clone() - r).upper().max(&x.constant(0));
    let next_r = (r.clone() + duration.clone() * &(speed * &gap).times(depth)).upper();
    let inside = next_x.at_most(&far_x).and(next_r.at_most(&far_r));
    (inside == Truth::True).then(|| State { x: next_x, r: next_r, time: (time.clone() + &duration).lower() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Ball;

    /// The flow in f64, by small steps of the classical Runge-Kutta method.
    fn simulated(depth: u32, cosine: f64, norm: f64, loss: f64) -> f64 {
        let n = f64::from(depth);
        let a = 2.0 - 2.0 / n;
        let rates = |(x, r): (f64, f64)| (r.powf(a - 1.0) * (1.0 - x * x), n * r.powf(a) * (x - r));
        let (mut state, mut time, h) = ((cosine, norm), 0.0, 1e-3);
        while 0.5 * (1.0 - 2.0 * state.0 * state.1 + state.1 * state.1) > loss {
            let along = |(p, q): (f64, f64), h: f64| (state.0 + h * p, state.1 + h * q);
            let k1 = rates(state);
            let k2 = rates(along(k1, h / 2.0));
            let k3 = rates(along(k2, h / 2.0));
            let k4 = rates(along(k3, h));
            let mean = |f: fn((f64, f64)) -> f64| (f(k1) + 2.0 * f(k2) + 2.0 * f(k3) + f(k4)) / 6.0;
            state = along((mean(|k| k.0), mean(|k| k.1)), h);
            time += h;
        }
        time
    }

    #[test]
    fn the_bounds_hold_the_simulated_time() {
        for (depth, cosine, norm, loss) in
            [(1, 0.3, 0.1, 0.01), (2, 0.01, 0.01, 0.1), (2, 0.2, 0.3, 0.01), (3, 0.1, 0.1, 0.05), (5, 0.3, 0.5, 0.1)]
        {
            let at = |value: f64| Ball::from_f64(value, 128);
            let time = time_to_loss(depth, &at(cosine), &at(norm), &at(loss));
            let other = simulated(depth, cosine, norm, loss);
            let (lower, upper) = (time.lower_f64(), time.upper_f64());
            assert!(lower - 2e-3 <= other && other <= upper + 2e-3, "{depth}: {other} in [{lower}, {upper}]");
            assert!(upper - lower <= 0.1 * other, "{depth}: [{lower}, {upper}]");
        }
    }

    #[test]
    fn nothing_is_said_over_the_rationals() {
        use crate::number::Exact;
        let at = |value: (u32, u32)| Exact::from(rug::Rational::from(value));
        assert!(!time_to_loss(2, &at((1, 2)), &at((1, 2)), &at((1, 100))).is_defined());
    }
}
