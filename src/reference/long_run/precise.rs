//! The run whose centre has as many bits as one likes.

use std::sync::Arc;

use rug::Rational;

use super::growth::Growth;
use super::window::{Beginning, NO_CURVATURE, Region, Windows};
use super::{Blind, Run, TOO_LARGE, says_nothing, squared_norms};
use crate::number::{Ball, Magnitude, Matrix, Real};
use crate::problem::Problem;
use crate::reference::curvature::Curvature;
use crate::reference::descent::one_step;
use crate::reference::step_size::StepSize;
use crate::reference::{Point, Setting};

/// Windows that may be spent so that the radius is smaller by a factor `e`: a window costs about as much as a step.
const PRICE: f64 = 4096.0;

/// A run of gradient descent whose exact iterates are known to lie within a Euclidean radius of points of so many bits.
///
/// Each step is taken in balls from the point: the midpoints are the next one, and `ε` is the Euclidean norm of the radii.
#[derive(Debug)]
pub struct PreciseRun {
    setting: Arc<Setting<Ball>>,
    t: u64,
    centre: Arc<Point<Ball>>,
    radius: Magnitude,
    step_size: StepSize,
    windows: Windows,
    window: Option<Window>,
    /// The length of the last step, and what it added to the radius.
    last: (Magnitude, Magnitude),
}

/// Some steps in a ball over which the growth of the radius is known.
#[derive(Clone, Copy, Debug)]
struct Window {
    region: Region,
    /// The centre is no further than this from that of the ball.
    way: Magnitude,
    /// The last step for which it is made.
    end: u64,
}

impl PreciseRun {
    /// Begins with the run of `problem`, at so many bits.
    ///
    /// # Errors
    ///
    /// [`Blind`] if the step size is not known.
    pub fn new(problem: Arc<Problem>, bits: u32) -> Result<Self, Blind> {
        let setting = Arc::new(Setting::<Ball>::new(Arc::clone(&problem), bits));
        let (centre, radius) = split(Point::initial(Arc::clone(&setting)).weights());
        let step_size = StepSize::first(&setting).map_err(|what| Blind { t: 0, radius, what: what.to_owned() })?;
        let centre = Arc::new(Point::new(Arc::clone(&setting), centre));
        let (windows, last) = (Windows::new(Curvature::new(problem), PRICE), (Magnitude::ZERO, Magnitude::ZERO));
        Ok(Self { setting, t: 0, centre, radius, step_size, windows, window: None, last })
    }

    fn blind(&self, what: impl Into<String>) -> Blind {
        Blind { t: self.t, radius: self.radius, what: what.into() }
    }

    /// The window in which the next step may be taken: both the centre and the exact weights are in its ball.
    fn window(&mut self, eta: Magnitude) -> Result<Window, Blind> {
        let holds = |window: &Window| window.way + self.radius <= window.region.radius;
        if let Some(window) = self.window.filter(|window| self.t < window.end && holds(window)) {
            return Ok(window);
        }
        let near: Vec<Matrix<f64>> = self.centre.weights().iter().map(|layer| layer.map(Real::approximate)).collect();
        let weights = || self.centre.weights().iter().flat_map(Matrix::entries);
        if says_nothing(self.radius, Magnitude::euclidean(weights().map(Ball::greatest_absolute))) {
            return Err(self.blind(TOO_LARGE));
        }
        let error = |(weight, &near): (&Ball, &f64)| {
            (weight.clone() - &Ball::from_f64(near, weight.centre().prec())).greatest_absolute()
        };
        let rounding = Magnitude::euclidean(weights().zip(near.iter().flat_map(Matrix::entries)).map(error));
        let (displacement, error) = self.last;
        let beginning = Beginning { centre: &near, rounding, radius: self.radius, displacement, error, eta };
        let region = self.windows.next(beginning).ok_or_else(|| self.blind(NO_CURVATURE))?;
        let window = Window { region, way: rounding, end: self.t.saturating_add(region.steps.saturating_mul(4)) };
        if window.way + self.radius > region.radius {
            return Err(self.blind("the exact run is not in the ball of the window"));
        }
        Ok(window)
    }

    fn step(&mut self) -> Result<(), Blind> {
        let eta = Magnitude::above_rational(self.step_size.eta());
        let mut window = self.window(eta)?;
        let after = one_step(&self.centre, &self.setting.constant(self.step_size.eta().clone()));
        let (centre, error) = split(after.weights());
        if error.is_infinite() {
            return Err(self.blind("a weight is no longer bounded"));
        }
        let radius = Growth::of_step(eta, &window.region.bounds, error).applied(self.radius);
        let norms = || squared_norms(&centre, radius);
        let step_size = self.step_size.next(&self.setting, norms);
        let step_size = step_size.map_err(|what| Blind { t: self.t + 1, radius, what: what.to_owned() })?;
        let displacement = eta * self.centre.gradient_norm_squared().greatest_absolute().sqrt() + error;
        window.way += displacement;
        self.last = (displacement, error);
        self.window = Some(window);
        self.centre = Arc::new(Point::new(Arc::clone(&self.setting), centre));
        (self.radius, self.step_size, self.t) = (radius, step_size, self.t + 1);
        Ok(())
    }
}

impl Run for PreciseRun {
    fn t(&self) -> u64 {
        self.t
    }

    fn centre(&self) -> Vec<Matrix<Ball>> {
        self.centre.weights().to_vec()
    }

    fn radius(&self) -> Magnitude {
        self.radius
    }

    fn step_size(&self) -> Option<(&Rational, Option<&Rational>)> {
        Some((self.step_size.eta(), self.step_size.radius()))
    }

    fn setting(&self) -> &Arc<Setting<Ball>> {
        &self.setting
    }

    fn advance(&mut self, to: u64, stop: &mut dyn FnMut() -> bool) -> Result<(), Blind> {
        while self.t < to && !stop() {
            self.step()?;
        }
        Ok(())
    }
}

/// The midpoints, and the Euclidean norm of the radii.
fn split(weights: &[Matrix<Ball>]) -> (Vec<Matrix<Ball>>, Magnitude) {
    let midpoints = weights.iter().map(|layer| layer.map(Real::midpoint)).collect();
    let radii = weights.iter().flat_map(Matrix::entries).map(Ball::radius);
    (midpoints, Magnitude::euclidean(radii))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Data, Loss, Network, Normalisation, StepRule};

    /// Three scalar layers that leave a saddle.
    fn problem() -> Arc<Problem> {
        let number =
            |numerator: i32, denominator: i32| Matrix::row_vector(vec![Rational::from((numerator, denominator))]);
        let initial = vec![number(1, 17), number(1, 9), number(1, 5)];
        let (data, step) = (Data::Target(number(1, 1)), StepRule::Constant(Rational::from((1, 50))));
        let network = Network::fully_connected(&[1; 4]).unwrap();
        Arc::new(Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, data, initial, step).unwrap())
    }

    /// The squared distance of the centre from f64 numbers, exact.
    fn square_to(run: &PreciseRun, start: &[f64]) -> Rational {
        let weights = run.centre.weights().iter().flat_map(Matrix::entries);
        let exact = |weight: &Ball| weight.centre().to_rational().expect("a finite number");
        let start = start.iter().map(|&start| Rational::from_f64(start).expect("a finite number"));
        weights.zip(start).map(|(weight, start)| (exact(weight) - start).square()).sum()
    }

    #[test]
    fn both_ends_of_every_step_are_in_the_ball_of_its_window() {
        // At 16 bits the radius fills a good part of the ball; at 128 the ball begins beside the centre.
        for bits in [16, 20, 60, 128] {
            let mut run = PreciseRun::new(problem(), bits).unwrap();
            let (mut last, mut start, mut windows) = (None, Vec::new(), 0);
            for t in 0..600 {
                let before: Vec<f64> =
                    run.centre.weights().iter().flat_map(Matrix::entries).map(Real::approximate).collect();
                let radius = run.radius.to_rational().unwrap();
                let squares = |run: &PreciseRun| (square_to(run, &start), square_to(run, &before));
                let (to_start, to_near) = squares(&run);
                if let Err(blind) = run.step() {
                    assert_eq!((bits, blind.what.as_str()), (16, TOO_LARGE), "step {t}");
                    break;
                }
                let window = run.window.unwrap();
                let is_new =
                    last.replace((window.end, window.region.radius)) != Some((window.end, window.region.radius));
                let from_start = if is_new {
                    start = before;
                    windows += 1;
                    to_near
                } else {
                    to_start
                };
                // The step before was rounded upward into the way.
                let (way, ball) = (window.way.to_rational().unwrap(), window.region.radius.to_rational().unwrap());
                let way_before = way.clone() - run.last.0.to_rational().unwrap();
                assert!(way_before.clone().square() >= from_start, "{bits} bits, step {t}: the centre is further away");
                let slack = ball.clone() >> 40_u32;
                assert!(way_before + radius <= ball + slack, "{bits} bits, step {t}: the exact weights are outside");
                assert!(way.square() >= square_to(&run, &start), "{bits} bits, step {t}: the step is longer");
            }
            assert!(windows > 3, "{windows} windows at {bits} bits");
        }
    }

    /// Whether the radius `R_t` of the smoothness rule stays is not decided where the weights are about as large as it lets them be: after the step, so
    /// that the run stays before it.
    #[test]
    fn a_step_size_that_is_not_decided_is_that_of_the_next_step() {
        let number = |numerator: i32| Matrix::row_vector(vec![Rational::from((numerator, 16))]);
        let (data, initial) = (Data::Examples { x: number(16), y: number(16) }, vec![number(15), number(15)]);
        let network = Network::fully_connected(&[1; 3]).unwrap();
        let problem =
            Problem::new(network, Loss::logistic(), Normalisation::Mean, data, initial, StepRule::Smoothness).unwrap();
        let mut run = PreciseRun::new(Arc::new(problem), 10).unwrap();
        let blind = run.advance(10_000, &mut || false).unwrap_err();
        assert!(blind.what.contains("R_t"), "{blind}");
        assert_eq!((blind.t, run.t() > 0), (run.t() + 1, true), "{blind}");
    }
}
