//! The tube: how far the flow may have left a centre at the end of a step.
//!
//! *Theorem.* Let `c` be a differentiable path on `[0, h]`, `δ = c′ − F(c)`, `F = −∇R`, and let `μ(s) ≥ 0` be such that every Hessian of `R`
//! in the ball of radius `r̄` around `c(s)` is at least `−μ(s)`. If
//!
//! ```text
//! r_1 = exp(∫_0^h μ) (r_0 + ∫_0^h |δ|) < r̄,
//! ```
//!
//! then a solution of `W′ = F(W)` that begins within `r_0` of `c(0)` exists on `[0, h]` and stays within `r_1` of `c`.
//!
//! *Proof.* Let `e = c − W`. As long as `|e| < r̄`, the segment from `W` to `c` lies in the ball, and with `H` the mean of the Hessian over it
//! `e′ = F(c) − F(W) + δ = −H e + δ`. So `|e| D|e| ≤ ⟨e, e′⟩ ≤ μ |e|² + |δ| |e|`, where `D` is the upper derivative, and by Gronwall
//! `|e(s)| ≤ exp(∫_0^s μ) (r_0 + ∫_0^s |δ|) ≤ r_1`. A solution ends only where it leaves every bounded set, and at the first time at which
//! `|e| = r̄` it would be at most `r_1 < r̄`: so there is none. ∎
//!
//! Only curvature from below enters. However stiff the flow is, that is however large the Hessian is from above, it costs nothing here.

use super::centre::Centre;
use super::field::{euclidean, shaped};
use crate::number::{Ball, Magnitude, Real};
use crate::problem::Problem;
use crate::reference::curvature::Curvature;

/// In so many parts of a step the curvature is bounded, each at its middle. A power of two: then all ends are exact.
const PARTS: u32 = 8;

/// Bits of the middle of a part, which is rounded to f64.
const MIDDLE_BITS: u32 = 64;

/// A bound of `∫_0^h μ` over the tube of radius `tube` around the centre, by parts: at the middle `m` of each, `c` is within
/// `½ (b − a) sup |c′|` of all that is between its ends `a` and `b`, and the weights in f64 are within a rounding of `c(m)`.
pub(super) fn growth(
    problem: &Problem,
    curvature: &mut Curvature,
    centre: &Centre,
    h: f64,
    tube: Magnitude,
) -> Magnitude {
    let part = h / f64::from(PARTS);
    let mut sum = Magnitude::ZERO;
    for number in 0..PARTS {
        let (middle, end) = ((f64::from(number) + 0.5) * part, f64::from(number + 1) * part);
        let weights = centre.at(&Ball::from_f64(middle, MIDDLE_BITS), MIDDLE_BITS);
        let nearest: Vec<f64> = weights.iter().map(Ball::approximate).collect();
        let distance = |(ball, &value): (&Ball, &f64)| (ball.clone() - Ball::from_f64(value, 53)).greatest_absolute();
        let rounding = euclidean(weights.iter().zip(&nearest).map(distance));
        let variation = centre.speed(Magnitude::above_f64(end)) * Magnitude::above_f64(part).scaled(-1);
        let bounds = curvature.over_ball(&shaped(problem, &nearest), rounding + variation + tube);
        sum += bounds.negative * Magnitude::above_f64(part);
        if sum.is_infinite() {
            break;
        }
    }
    sum.scaled(centre.unit())
}

/// A bound of `|c − W|` on all of `[0, h]`, of its bound `start` at 0 and `defect = ∫|δ|`; `None` if none is found that is inside of the tube
/// in which the curvature was bounded.
pub(super) fn radius(
    start: Magnitude,
    defect: Magnitude,
    mut growth: impl FnMut(Magnitude) -> Magnitude,
) -> Option<Magnitude> {
    let least = start + defect;
    if least.is_infinite() {
        return None;
    }
    // Any radius that is large enough will do. The curvature hardly depends on it while it is small.
    let mut tube = least.scaled(2) + Magnitude::power_of_two(LEAST_TUBE);
    for _ in 0..TUBES {
        let factor = growth(tube).exp_m1() + Magnitude::power_of_two(0);
        let radius = factor * least;
        if radius < tube {
            return Some(radius);
        }
        if radius.is_infinite() {
            return None;
        }
        tube = radius.scaled(1);
    }
    None
}

/// So many tubes are tried, each wider than the one before.
const TUBES: usize = 3;

/// A tube is never thinner than 2 to this power: a radius of zero is inside of it.
const LEAST_TUBE: i64 = -1 << 20;
