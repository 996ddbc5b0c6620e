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
use crate::number::Magnitude;

/// One of the parts into which a step is cut to bound the curvature over it.
#[derive(Debug)]
pub(super) struct Part {
    /// The time in its middle.
    pub middle: f64,
    /// Half of its length.
    pub half: f64,
    /// F64 numbers near the weights of the centre in the middle.
    pub nearest: Vec<f64>,
    /// The weights of the centre are no further from these at any time of the part.
    pub apart: Magnitude,
}

/// A bound of `∫μ` over the first `h` of a step by so many parts, a power of two, where `most` bounds `μ` in a part: with the middle `m`, `c` is within
/// `½ (b − a) sup |c′|` of all that is between its ends `a` and `b`, and the weights in f64 are within a rounding of `c(m)`. All places are exact in f64: a step
/// has few bits, and is halved only so often.
pub(super) fn growth(centre: &Centre, h: f64, parts: u32, mut most: impl FnMut(&Part) -> Magnitude) -> Magnitude {
    let part = h / f64::from(parts);
    let mut sum = Magnitude::ZERO;
    for number in 0..parts {
        let place = |number: f64| centre.begin() + number * part;
        let (number, middle) = (f64::from(number), place(f64::from(number) + 0.5));
        let furthest = place(number).abs().max(place(number + 1.0).abs());
        let (nearest, rounding) = centre.near(middle);
        let variation = centre.speed(Magnitude::above_f64(furthest)) * Magnitude::above_f64(part).scaled(-1);
        let part = Part { middle, half: part / 2.0, nearest, apart: rounding + variation };
        sum += most(&part) * Magnitude::above_f64(part.half).scaled(1);
        if sum.is_infinite() {
            break;
        }
    }
    sum.scaled(centre.unit())
}

/// A bound of `|c − W|` on all of `[0, h]` that follows from bounds of the distance at 0, of `∫|δ|`, and of `∫μ` over a tube of any radius; `None` if none
/// is found that is less than the radius over which the curvature was bounded.
pub(super) fn tube(
    start: Magnitude,
    defect: Magnitude,
    mut growth: impl FnMut(Magnitude) -> Magnitude,
) -> Option<Magnitude> {
    let least = start + defect;
    if least.is_infinite() {
        return None;
    }
    // Any radius that is large enough will do. The curvature hardly depends on it while it is small.
    let mut around = least.scaled(2) + Magnitude::power_of_two(LEAST_TUBE);
    for _ in 0..TUBES {
        let growth = growth(around);
        let radius = (growth.exp_m1() + Magnitude::power_of_two(0)) * least;
        if radius < around {
            return Some(radius);
        }
        if radius.is_infinite() {
            return None;
        }
        around = radius.scaled(1);
    }
    None
}

/// So many tubes are tried, each wider than the one before.
const TUBES: usize = 3;

/// A tube is never thinner than 2 to this power: a radius of zero is inside of it.
const LEAST_TUBE: i64 = -1 << 20;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::number::{Ball, Matrix, Real, Ring};
    use crate::problem::Problem;
    use crate::problem::{Data, Loss, Network, Normalisation, StepRule};
    use crate::reference::curvature::Curvature;
    use crate::reference::flow::field::shaped;

    const PARTS: u32 = 8;

    /// The growth of the risk.
    fn growth(
        problem: &Problem,
        curvature: &mut Curvature,
        centre: &Centre,
        h: f64,
        parts: u32,
        tube: Magnitude,
    ) -> Magnitude {
        super::growth(centre, h, parts, |part| {
            curvature.over_ball(&shaped(problem, &part.nearest), part.apart + tube).negative
        })
    }

    /// `½ (u v − 1)²`.
    fn problem() -> Arc<Problem> {
        let number = |value: i32| Matrix::row_vector(vec![rug::Rational::from(value)]);
        let network = Network::fully_connected(&[1, 1, 1]).unwrap();
        let initial = vec![number(0), number(0)];
        let target = Data::Target(number(1));
        Arc::new(
            Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, target, initial, StepRule::Flow).unwrap(),
        )
    }

    /// `u = v = a + b s`.
    fn line(a: i32, b: i32, unit: i64) -> Centre {
        let pair = |value: i32| vec![Ball::from_rational(&value.into(), 64); 2];
        Centre::new(unit, vec![pair(a), pair(b)])
    }

    #[test]
    fn the_growth_is_no_less_than_the_curvature_anywhere_between() {
        let problem = problem();
        let mut curvature = Curvature::new(Arc::clone(&problem));
        for unit in [0, -3, 5] {
            let centre = line(-1, 2, unit);
            let found = growth(&problem, &mut curvature, &centre, 1.0, PARTS, Magnitude::ZERO);
            // What is known at many places of every part.
            let mut at = |s: f64| {
                let weights = [2.0 * s - 1.0; 2].map(|weight| Matrix::row_vector(vec![weight]));
                curvature.over_ball(&weights, Magnitude::ZERO).negative.to_f64()
            };
            let mut most = |part: u32| {
                let places = (0..=20).map(|k| (f64::from(part) + f64::from(k) / 20.0) / f64::from(PARTS));
                places.map(&mut at).fold(0.0, f64::max)
            };
            let least: f64 = (0..PARTS).map(&mut most).sum::<f64>() / f64::from(PARTS) * (unit as f64).exp2();
            assert!(found.to_f64() >= least && found.to_f64() < 2.0 * least, "{found:?}, {least}");
        }
    }

    /// `u = v = −1 + 2s` on `[0, 1]` is `2s` about the middle.
    #[test]
    fn the_growth_about_the_middle_is_that_of_the_same_path() {
        let problem = problem();
        let growth = |centre: &Centre, h: f64| {
            let mut curvature = Curvature::new(Arc::clone(&problem));
            growth(&problem, &mut curvature, centre, h, PARTS, Magnitude::ZERO)
        };
        for h in [1.0, 0.5] {
            let [begin, middle] = [growth(&line(-1, 2, 0), h), growth(&line(0, 2, 0).about_middle(0.5), h)];
            let ratio = begin.over(middle).to_f64();
            assert!((ratio - 1.0).abs() < 1e-9, "{begin:?}, {middle:?}");
        }
    }

    #[test]
    fn the_growth_counts_what_the_centre_does_at_the_end_of_a_part() {
        let problem = problem();
        let mut curvature = Curvature::new(Arc::clone(&problem));
        // u = v = 1 + 9 s³⁰, of which the least eigenvalue at the end is 1 − 10².
        let pair = |value: i32| vec![Ball::from_rational(&value.into(), 64); 2];
        let mut coefficients = vec![pair(0); 31];
        (coefficients[0], coefficients[30]) = (pair(1), pair(9));
        let centre = Centre::new(0, coefficients);
        for parts in [2, PARTS] {
            let found = growth(&problem, &mut curvature, &centre, 1.0, parts, Magnitude::ZERO).to_f64();
            assert!(found >= 99.0 / f64::from(parts), "{parts} parts: {found}");
        }
    }

    #[test]
    fn the_growth_is_that_of_the_whole_tube() {
        let problem = problem();
        let mut curvature = Curvature::new(Arc::clone(&problem));
        let resting = line(1, 0, 0);
        for distance in [1e-6, 1e-2, 0.5] {
            // Where u = v = 1 + d the least eigenvalue is 1 − u².
            let tube = Magnitude::above_f64(distance * std::f64::consts::SQRT_2 * 1.000_001);
            let found = growth(&problem, &mut curvature, &resting, 1.0, PARTS, tube).to_f64();
            assert!(found >= (1.0 + distance) * (1.0 + distance) - 1.0, "{distance}: {found}");
        }
        // The weights in f64 are not those of the centre.
        let third = Ball::from_rational(&(1, 3).into(), 128).midpoint();
        let centre = Centre::new(0, vec![vec![third.clone(), third]]);
        let found = growth(&problem, &mut curvature, &centre, 1.0, PARTS, Magnitude::ZERO);
        assert!(found.to_f64() >= 2.0 / 3.0, "{found:?}");
    }

    #[test]
    fn a_radius_is_inside_of_its_tube() {
        let (start, defect) = (Magnitude::power_of_two(-20), Magnitude::power_of_two(-20));
        // However much the tube is widened, the curvature in it is too much for it.
        let too_much = |tube: Magnitude| tube.scaled(19);
        assert!(tube(start, defect, too_much).is_none());
        assert!(tube(start, defect, |_| Magnitude::INFINITE).is_none());
        assert!(tube(Magnitude::ZERO, Magnitude::ZERO, |_| Magnitude::INFINITE).is_none());
        assert!(tube(start, Magnitude::INFINITE, |_| Magnitude::ZERO).is_none());
        // What is found is the bound of the theorem, and the tube was wider.
        for exponent in [0.0, 0.1, 1.0, 2.0, 5.0] {
            let mut widest = Magnitude::ZERO;
            let found = tube(start, defect, |around| {
                widest = around;
                Magnitude::above_f64(exponent)
            });
            let expected = exponent.exp() / f64::from(1 << 19);
            let found = found.unwrap();
            assert!(found < widest && (0.999_999 * expected..1.000_001 * expected).contains(&found.to_f64()));
        }
        assert!(tube(Magnitude::ZERO, Magnitude::ZERO, |_| Magnitude::ZERO).is_some_and(Magnitude::is_zero));
    }
}
