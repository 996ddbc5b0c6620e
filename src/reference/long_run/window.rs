//! How large the ball of a window may be.
//!
//! Over a large ball many steps cost nothing but themselves, and over a small one the curvature is known better. So the number of steps for which a
//! window is made is doubled as long as the larger ball costs little: as long as the growth of the radius in a step is hardly above that over a
//! smaller ball, or so small that, added up over the run, it will not matter. What is decided here is a matter of speed and of sharpness, never of
//! what is true; so it is done in f64.

use crate::number::{Magnitude, Matrix};
use crate::reference::curvature::{Bounds, Curvature};

/// A window is made for no more steps: some of them are audited, and rounding errors are bounded with the largest weights of a window.
const MOST_STEPS: u64 = 1 << 16;

/// By how much the growth over a larger ball may exceed that over a smaller one.
const EXCESS: f64 = 0.1;

/// Why there is no window.
pub(super) const NO_CURVATURE: &str = "the curvature between the centre and the exact run is not bounded";

/// The windows of a run, one after the other.
#[derive(Debug)]
pub(super) struct Windows {
    curvature: Curvature,
    /// For how many steps the next window is to be made.
    steps: u64,
    /// The sum of the step sizes so far.
    time: f64,
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
    pub fn new(curvature: Curvature) -> Self {
        Self { curvature, steps: 1, time: 0.0 }
    }

    /// So many steps of this size have been taken.
    pub fn pass(&mut self, steps: u64, eta: Magnitude) {
        self.time += steps as f64 * eta.to_f64();
    }

    /// The region of the next window; `None` where the curvature is not bounded even next to the exact run.
    pub fn next(&mut self, beginning: Beginning) -> Option<Region> {
        loop {
            let steps = self.steps;
            if steps == 1 {
                let region = self.region(beginning, 1);
                self.steps = 2;
                return is_bounded(&region).then_some(region);
            }
            let inner = self.region(beginning, steps.div_ceil(4));
            if !is_bounded(&inner) {
                self.steps = (steps / 16).max(1);
                continue;
            }
            let outer = self.region(beginning, steps);
            if self.is_as_good(beginning.eta, &inner, &outer) {
                self.steps = (2 * steps).min(MOST_STEPS);
                return Some(outer);
            }
            self.steps = (steps / 2).max(1);
            return Some(inner);
        }
    }

    /// The ball in which so many steps have room, though each be twice as long as it seems.
    fn region(&mut self, beginning: Beginning, steps: u64) -> Region {
        let Beginning { centre, rounding, radius, displacement, error, .. } = beginning;
        let others = Magnitude::above_rational(&(steps - 1).into());
        let way = others * (displacement + others * error).scaled(1);
        let ball = radius.scaled(1) + way + rounding.scaled(1);
        Region { radius: ball, steps, bounds: self.curvature.over_ball(centre, ball) }
    }

    /// Whether the radius grows over the outer region hardly more than over the inner one.
    fn is_as_good(&self, eta: Magnitude, inner: &Region, outer: &Region) -> bool {
        let growth = |region: &Region| {
            let (down, up) = (eta * region.bounds.negative, eta * region.bounds.positive);
            down.to_f64().max(up.to_f64() - 2.0)
        };
        // What is allowed at time T is a share of 1/(1/λ + T), which adds up to a power of T with a small exponent.
        let soon = 4.0 / inner.bounds.positive.to_f64();
        let allowance = EXCESS * eta.to_f64() / (soon + self.time);
        growth(outer) <= (1.0 + EXCESS) * growth(inner) + allowance
    }
}

fn is_bounded(region: &Region) -> bool {
    let Bounds { negative, positive, gradient } = region.bounds;
    ![negative, positive, gradient].into_iter().any(Magnitude::is_infinite)
}
