//! How large the ball of a window may be.
//!
//! Over a large ball many steps cost nothing but themselves, and over a small one the curvature is known better. If the curvature bound grows by `a` with a
//! unit of the ball, and a unit of time leads `v` further, balls of radius `D` take `v/D` windows in a unit of time, and add about `aD/2` to the logarithm
//! of the radius. With a price for that, in windows, there is a best `D`, which no other constant of the problem enters. It is looked for by doubling and
//! halving the number of steps for which a window is made; once it is passed, some windows are made without looking. The price is that of a number of steps,
//! divided by how many of them a window takes, which is counted and never measured: the radii are the same on every machine.
//!
//! What is decided here is a matter of speed and of sharpness, never of what is true; so it is done in f64.

use crate::number::{Magnitude, Matrix};
use crate::problem::Problem;
use crate::reference::curvature::{Bounds, Curvature};

/// A window is made for no more steps, so that a step may be audited now and then.
const MOST_STEPS: u64 = 1 << 16;

/// So many windows are made without looking once the best number of steps is passed.
const TRUSTED: u32 = 7;

/// Why there is no window.
pub(super) const NO_CURVATURE: &str = "the curvature between the centre and the exact run is not bounded";

/// The windows of a run, one after the other.
#[derive(Debug)]
pub(super) struct Windows {
    curvature: Curvature,
    /// About the best number of steps to make a window for.
    steps: u64,
    /// Whether the last look was in favour of more.
    is_rising: bool,
    /// How many windows are to be made without looking.
    trusted: u32,
    /// How many windows may be spent so that the radius is smaller by a factor `e`.
    price: f64,
}

/// A ball, and bounds over it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    /// Its radius around the centre with which the window begins.
    pub radius: Magnitude,
    /// For how many steps it is made.
    pub steps: u64,
    /// Curvature and gradient in it.
    pub bounds: Bounds,
}

/// Where a window is to begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beginning<'a> {
    /// The centre, rounded to f64.
    pub centre: &'a [Matrix<f64>],
    /// How far the centre is from these.
    pub rounding: Magnitude,
    /// The radius of the run there.
    pub radius: Magnitude,
    /// About how far a step leads.
    pub displacement: Magnitude,
    /// About what a step adds to the radius.
    pub error: Magnitude,
    /// The size of a step, or a little more.
    pub eta: Magnitude,
}

impl Windows {
    pub fn new(curvature: Curvature, price: f64) -> Self {
        Self { curvature, steps: 1, is_rising: true, trusted: 0, price }
    }

    /// The region of the next window; `None` where the curvature is not bounded even next to the exact run.
    pub fn next(&mut self, beginning: Beginning) -> Option<Region> {
        if let Some(trusted) = self.trusted.checked_sub(1) {
            self.trusted = trusted;
            let region = self.region(beginning, self.steps);
            if is_bounded(&region) {
                return Some(region);
            }
        }
        self.trusted = 0;
        loop {
            let inner = self.region(beginning, (self.steps / 2).max(1));
            if !is_bounded(&inner) {
                if inner.steps == 1 {
                    return None;
                }
                self.steps = (self.steps / 16).max(1);
                continue;
            }
            let outer = self.region(beginning, (2 * self.steps).min(MOST_STEPS));
            let is_rising = self.cost(beginning.eta, &outer) <= self.cost(beginning.eta, &inner);
            let better = if is_rising { outer } else { inner };
            if is_rising != self.is_rising || better.steps == self.steps {
                self.trusted = TRUSTED;
            } else {
                self.steps = better.steps;
            }
            self.is_rising = is_rising;
            return Some(better);
        }
    }

    /// The ball in which so many steps have room, though each be twice as long as it seems.
    fn region(&mut self, beginning: Beginning, steps: u64) -> Region {
        let Beginning { centre, rounding, radius, displacement, error, eta } = beginning;
        // With ηλ⁺ up to 2 nothing is stretched by that side of the spectrum.
        self.curvature.set_enough(Magnitude::power_of_two(1).over(eta));
        let others = Magnitude::above_rational(&(steps - 1).into());
        let way = others * (displacement + others * error).scaled(1);
        let ball = radius.scaled(1) + way + rounding.scaled(1);
        Region { radius: ball, steps, bounds: self.curvature.over_ball(centre, ball) }
    }

    /// What a step in the region costs, in windows.
    fn cost(&self, eta: Magnitude, region: &Region) -> f64 {
        let (down, up) = (eta * region.bounds.negative, eta * region.bounds.positive);
        1.0 / region.steps as f64 + self.price * down.to_f64().max(up.to_f64() - 2.0)
    }
}

/// About how many steps of a program in f64 take as long as a window: by counts of operations, since what is found may not depend on a clock.
///
/// A step multiplies every weight and every datum some times; the bounds multiply the matrices between any two layers, and take the powers of which the
/// norms are their spectral norms. The constants, in multiplications of a step, are what small networks take: measured once, of no consequence but for time.
pub(super) fn steps_of_a_window(problem: &Problem) -> f64 {
    const OF_A_STEP: f64 = 512.0;
    const OF_A_PAIR: f64 = 24e3;
    const OF_A_POWER: f64 = 5.0;
    let network = problem.network();
    let weights: f64 = network.layer_shapes().iter().map(|&(rows, columns)| rows as f64 * columns as f64).sum();
    let data = problem.exact_examples().map_or(0.0, |(x, _)| x.rows() as f64 * x.columns() as f64);
    let mut window = 0.0;
    for (k, upper) in network.layers().iter().enumerate() {
        for lower in &network.layers()[..=k] {
            let (rows, columns) = (upper.rows() as f64, lower.columns() as f64);
            let least = rows.min(columns);
            window += OF_A_PAIR + OF_A_POWER * 2.0 * (rows * columns * least + least.powi(3));
        }
    }
    window / (OF_A_STEP + weights + data)
}

fn is_bounded(region: &Region) -> bool {
    let Bounds { negative, positive, gradient } = region.bounds;
    ![negative, positive, gradient].into_iter().any(Magnitude::is_infinite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Data, Loss, Network, Normalisation, StepRule};
    use rug::Rational;
    use std::sync::Arc;

    /// Two scalar layers, one example, the exponential loss.
    fn curvature() -> Curvature {
        let number = |value: (i32, u32)| Matrix::row_vector(vec![Rational::from(value)]);
        let data = Data::Examples { x: number((1, 1)), y: number((1, 1)) };
        let initial = vec![number((1, 2)), number((1, 2))];
        let (network, step) = (Network::fully_connected(&[1, 1, 1]).unwrap(), StepRule::Constant(1.into()));
        let problem = Problem::new(network, Loss::Exponential, Normalisation::Mean, data, initial, step).unwrap();
        Curvature::new(Arc::new(problem))
    }

    const ETA_LOG2: i64 = -10;

    /// The next window, where a step leads so far.
    fn next(windows: &mut Windows, displacement: f64, radius: Magnitude) -> Option<Region> {
        let centre = [0.5, 0.5].map(|weight| Matrix::row_vector(vec![weight]));
        windows.next(Beginning {
            centre: &centre,
            rounding: Magnitude::ZERO,
            radius,
            displacement: Magnitude::above_f64(displacement),
            error: Magnitude::ZERO,
            eta: Magnitude::power_of_two(ETA_LOG2),
        })
    }

    /// For how many steps each of so many windows is made.
    fn steps(windows: &mut Windows, displacement: f64, count: usize) -> Vec<u64> {
        (0..count).map(|_| next(windows, displacement, Magnitude::ZERO).expect("a bound").steps).collect()
    }

    /// By trying all powers of two: the number of steps for which a step costs least, a price of `price` being paid for the curvature.
    fn best(displacement: f64, price: f64) -> u64 {
        let centre = [0.5, 0.5].map(|weight| Matrix::row_vector(vec![weight]));
        let mut curvature = curvature();
        let mut cost = |steps: u64| {
            let ball = Magnitude::above_f64(2.0 * (steps - 1) as f64 * displacement);
            let negative = curvature.over_ball(&centre, ball).negative.to_f64();
            1.0 / steps as f64 + price * negative * 2.0_f64.powi(ETA_LOG2 as i32)
        };
        let all = (0..=16).map(|log| 1 << log);
        all.min_by(|one, other| cost(*one).total_cmp(&cost(*other))).unwrap()
    }

    #[test]
    fn the_number_of_steps_is_doubled_until_the_best_is_passed_and_then_kept_for_some_windows() {
        let displacement = 2.0_f64.powi(-15) / 3.0;
        assert_eq!(best(displacement, 2048.0), 128);
        let found = steps(&mut Windows::new(curvature(), 2048.0), displacement, 26);
        let mut expected = vec![2, 4, 8, 16, 32, 64, 128, 256];
        // Past the best: a look back, and seven windows without looking.
        expected.push(128);
        expected.extend([256; 7]);
        // Down, and past it on the other side.
        expected.extend([128, 256]);
        expected.extend([128; 7]);
        expected.push(256);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_window_is_made_for_about_the_best_number_of_steps() {
        for price in [64.0, 2048.0, 65536.0] {
            for log in [-30, -20, -12, -6] {
                let displacement = 2.0_f64.powi(log);
                let best = best(displacement, price);
                let found = steps(&mut Windows::new(curvature(), price), displacement, 60);
                assert!(found[30..].iter().all(|steps| (best / 4..=4 * best).contains(steps)), "{best}: {found:?}");
                assert!(found[30..].iter().filter(|&&steps| steps == best).count() > 5, "{best}: {found:?}");
            }
        }
        assert!(best(2.0_f64.powi(-20), 64.0) > best(2.0_f64.powi(-20), 65536.0));
    }

    #[test]
    fn the_number_of_steps_follows_the_run() {
        let mut windows = Windows::new(curvature(), 2048.0);
        let (slow, fast) = (2.0_f64.powi(-24), 2.0_f64.powi(-12));
        for displacement in [slow, fast, slow, fast] {
            let found = steps(&mut windows, displacement, 40);
            let best = best(displacement, 2048.0);
            assert!(found[30..].iter().all(|steps| (best / 4..=4 * best).contains(steps)), "{best}: {found:?}");
        }
    }

    #[test]
    fn where_the_curvature_is_not_bounded_windows_are_short() {
        let mut windows = Windows::new(curvature(), 2048.0);
        steps(&mut windows, 2.0_f64.powi(-24), 40);
        // So far that the exponential is out of the range of all bounds.
        let far = 2.0_f64.powi(45);
        assert_eq!(steps(&mut windows, far, 3), [1, 1, 1]);
        assert!(next(&mut windows, 0.0, Magnitude::above_f64(far)).is_none());
        assert!(steps(&mut windows, 2.0_f64.powi(-24), 40)[39] > 1000);
    }

    #[test]
    fn a_window_takes_as_long_as_many_steps_and_as_more_the_wider_the_network_is() {
        let cost = |widths: &[usize], examples: usize| {
            let number = |rows, columns| Matrix::from_fn(rows, columns, |_, _| Rational::from(1));
            let data = Data::Examples { x: number(examples, widths[0]), y: number(examples, 1) };
            let network = Network::fully_connected(widths).unwrap();
            let initial = network.layer_shapes().into_iter().map(|(rows, columns)| number(rows, columns)).collect();
            let step = StepRule::Constant(1.into());
            steps_of_a_window(
                &Problem::new(network, Loss::logistic(), Normalisation::Mean, data, initial, step).unwrap(),
            )
        };
        assert!((200.0..400.0).contains(&cost(&[2, 3, 3, 1], 8)));
        // Layers of 3 × 4 and 1 × 3, two data of 4 numbers: three pairs, and the powers of 3 × 4, 1 × 4 and 1 × 3 matrices.
        let powers = f64::from((36 + 27) + (4 + 1) + (3 + 1));
        let expected = (3.0 * 24e3 + 10.0 * powers) / (512.0 + 15.0 + 8.0);
        assert!((cost(&[4, 3, 1], 2) / expected - 1.0).abs() < 1e-12);
        assert!((500.0..1000.0).contains(&cost(&[128, 32, 32, 1], 1)));
        assert!(cost(&[10, 10, 1], 1000) < cost(&[10, 10, 1], 10));
        assert!(cost(&[10, 10, 1], 10) < cost(&[10, 10, 10, 1], 10));
    }
}
