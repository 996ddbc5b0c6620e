//! How large the ball of a window may be.
//!
//! Over a large ball many steps cost nothing but themselves, and over a small one the curvature is known better. If the curvature bound grows by `a` with a
//! unit of the ball, and a unit of time leads `v` further, balls of radius `D` take `v/D` windows in a unit of time, and add about `aD/2` to the logarithm
//! of the radius. With a price for that, in windows, there is a best `D`, which no constant of the problem enters. It is looked for by doubling and
//! halving the number of steps for which a window is made; once it is passed, some windows are made without looking. What is decided here is a matter of speed and of sharpness, never of what is true; so it is
//! done in f64.

use crate::number::{Magnitude, Matrix};
use crate::reference::curvature::{Bounds, Curvature};

/// A window is made for no more steps: some of them are audited, and rounding errors are bounded with the largest weights of a window.
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

fn is_bounded(region: &Region) -> bool {
    let Bounds { negative, positive, gradient } = region.bounds;
    ![negative, positive, gradient].into_iter().any(Magnitude::is_infinite)
}
