//! Gradient descent: `W_k(t+1) = W_k(t) − η_t G_k(t)`, all layers at once.

use std::sync::Arc;

use rug::{Integer, Rational};

use super::step_size::{SquaredNorm, StepSize};
use super::{Point, Setting};
use crate::number::{Real, Truth};
use crate::problem::Matrix;

pub use super::step_size::smoothness;

/// One step of gradient descent: from `before`, with step size `eta`, to `after`.
#[derive(Clone, Debug)]
pub struct Step<T> {
    /// The number `t` of the step: it leads from `W(t)` to `W(t+1)`.
    pub t: u64,
    /// `W(t)`.
    pub before: Arc<Point<T>>,
    /// `W(t+1)`.
    pub after: Arc<Point<T>>,
    /// The step size `η_t` in the number system of the run.
    pub eta: T,
    /// The step size `η_t`, exact.
    pub exact_eta: Rational,
    /// `R_t` under the smoothness rule.
    pub radius: Option<Rational>,
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A weight of `W(t)` is certainly beyond the range of f64, 2^1024 in absolute value.
    #[error("diverged: a weight of W({t}) is beyond 2^1024 in absolute value")]
    Diverged {
        /// The step at which it happened.
        t: u64,
    },
    /// Something that must be known at step `t` is not known at this precision.
    #[error("precision exhausted at step {t}: {what}")]
    PrecisionExhausted {
        /// The step at which it happened.
        t: u64,
        /// What could not be decided or computed.
        what: &'static str,
    },
}

/// A run of gradient descent over the number system `T`.
#[derive(Clone, Debug)]
pub struct Descent<T> {
    t: u64,
    point: Arc<Point<T>>,
    step_size: StepSize,
}

impl<T: Real> Descent<T> {
    /// Starts at the initial weights of the problem behind `setting`.
    ///
    /// # Errors
    ///
    /// [`Stop::Diverged`] if an initial weight is beyond 2^1024; [`Stop::PrecisionExhausted`] if a first radius or, of a flow, a step size is
    /// not to be had.
    pub fn new(setting: Arc<Setting<T>>) -> Result<Self, Stop> {
        let step_size = StepSize::first(&setting).map_err(|what| Stop::PrecisionExhausted { t: 0, what })?;
        let point = Arc::new(Point::initial(setting));
        check_range(&point, 0)?;
        Ok(Self { t: 0, point, step_size })
    }

    /// The number of steps taken.
    #[must_use]
    pub fn t(&self) -> u64 {
        self.t
    }

    /// `W(t)`.
    #[must_use]
    pub fn point(&self) -> &Arc<Point<T>> {
        &self.point
    }

    /// The step size of the next step.
    #[must_use]
    pub fn eta(&self) -> &Rational {
        self.step_size.eta()
    }

    /// `R_t` under the smoothness rule.
    #[must_use]
    pub fn radius(&self) -> Option<&Rational> {
        self.step_size.radius()
    }

    /// Takes one step.
    ///
    /// # Errors
    ///
    /// A [`Stop`] if `W(t+1)` is out of range or the step rule could not be decided; the run stays at `W(t)`.
    pub fn step(&mut self) -> Result<Step<T>, Stop> {
        let t = self.t + 1;
        let eta = self.point.constant(self.eta().clone());
        let after = if rests(&self.point) { Arc::clone(&self.point) } else { Arc::new(one_step(&self.point, &eta)) };
        check_range(&after, t)?;
        let norms = || -> Vec<SquaredNorm<T>> {
            let layers = after.weights().iter().zip(after.norms_squared());
            layers.map(|(layer, norm)| SquaredNorm::of(layer, norm)).collect()
        };
        let step_size = self.step_size.next(after.setting(), norms);
        let step_size = step_size.map_err(|what| Stop::PrecisionExhausted { t, what })?;
        let step = Step {
            t: self.t,
            before: std::mem::replace(&mut self.point, Arc::clone(&after)),
            eta,
            after,
            exact_eta: self.eta().clone(),
            radius: self.radius().cloned(),
        };
        self.step_size = step_size;
        self.t = t;
        Ok(step)
    }
}

/// `W_k − η G_k` for every layer. Where nothing moves, weights that are known exactly stay so.
#[must_use]
pub fn one_step<T: Real>(point: &Point<T>, eta: &T) -> Point<T> {
    if let Some(weights) = point.exact_weights().filter(|_| rests(point)) {
        return Point::from_rationals(Arc::clone(point.setting()), weights.to_vec());
    }
    let weights =
        point.weights().iter().zip(point.gradient()).map(|(layer, slope)| layer.minus_multiple(eta, slope)).collect();
    Point::new(Arc::clone(point.setting()), weights)
}

/// Whether the gradient is zero at a point whose exact weights are known: descent stays there, and the exact weights with it, which no
/// enclosure of a step could show.
fn rests<T: Real>(point: &Point<T>) -> bool {
    point.exact_weights().is_some() && point.is_critical() == Truth::True
}

fn check_range<T: Real>(point: &Point<T>, t: u64) -> Result<(), Stop> {
    // What f64 holds is within its range, whatever its uncertainty.
    let weights = || point.weights().iter().flat_map(Matrix::entries);
    if weights().all(|weight| weight.approximate().abs() < f64::MAX) {
        return Ok(());
    }
    let limit = point.constant(Rational::from(Integer::from(1) << 1024));
    for weight in weights() {
        if limit.below(&weight.clone().abs()) == Truth::True {
            return Err(Stop::Diverged { t });
        }
        if !weight.is_defined() {
            return Err(Stop::PrecisionExhausted { t, what: "a weight is no longer bounded" });
        }
    }
    Ok(())
}
