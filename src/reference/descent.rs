//! Gradient descent: `W_k(t+1) = W_k(t) − η_t G_k(t)`, all layers at once.

use std::sync::Arc;

use rug::{Integer, Rational};

use super::loss::smoothness_constants;
use super::{Point, Setting};
use crate::algebra::exact::inner;
use crate::number::{Real, Truth};
use crate::problem::{Matrix, StepRule};

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
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Constant(Rational),
    Smoothness { radius: Rational, eta: Rational },
}

impl<T: Real> Descent<T> {
    /// Starts at the initial weights of the problem behind `setting`.
    ///
    /// # Errors
    ///
    /// [`Stop::Diverged`] if an initial weight is beyond 2^1024; [`Stop::PrecisionExhausted`] if a first radius or, of a flow, a step size is
    /// not to be had.
    pub fn new(setting: Arc<Setting<T>>) -> Result<Self, Stop> {
        let rule = match setting.problem().step() {
            StepRule::Constant(eta) => Rule::Constant(eta.clone()),
            StepRule::Flow => return Err(Stop::PrecisionExhausted { t: 0, what: "a flow has no step size" }),
            StepRule::Smoothness => {
                // The initial weights are rational, so the first radius is decided exactly whatever T is.
                let norms = setting.problem().initial().iter().map(|layer| inner(layer.entries(), layer.entries()));
                let radius = least_radius(&[norms.max().unwrap_or_default()], |norm, bound| Truth::from(norm <= bound))
                    .ok_or(Stop::PrecisionExhausted { t: 0, what: "the radius R_0" })?;
                let eta = smoothness_step(&setting, &radius);
                Rule::Smoothness { radius, eta }
            }
        };
        let point = Arc::new(Point::initial(setting));
        check_range(&point, 0)?;
        Ok(Self { t: 0, point, rule })
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
        match &self.rule {
            Rule::Constant(eta) | Rule::Smoothness { eta, .. } => eta,
        }
    }

    /// `R_t` under the smoothness rule.
    #[must_use]
    pub fn radius(&self) -> Option<&Rational> {
        match &self.rule {
            Rule::Constant(_) => None,
            Rule::Smoothness { radius, .. } => Some(radius),
        }
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
        let rule = match &self.rule {
            Rule::Constant(eta) => Rule::Constant(eta.clone()),
            Rule::Smoothness { radius, eta } => {
                match next_radius(&after, radius).map_err(|what| Stop::PrecisionExhausted { t, what })? {
                    None => Rule::Smoothness { radius: radius.clone(), eta: eta.clone() },
                    Some(radius) => Rule::Smoothness { eta: smoothness_step(after.setting(), &radius), radius },
                }
            }
        };
        let step = Step {
            t: self.t,
            before: std::mem::replace(&mut self.point, Arc::clone(&after)),
            eta,
            after,
            exact_eta: self.eta().clone(),
            radius: self.radius().cloned(),
        };
        self.rule = rule;
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

/// `min{1/β(R), 1}` with `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)` (Ji & Telgarsky, Lemma 5 and Assumption 5).
fn smoothness_step<T: Real>(setting: &Setting<T>, radius: &Rational) -> Rational {
    let beta = smoothness(setting, radius).expect("the smoothness rule goes with the logistic loss");
    if beta > 1 { beta.recip() } else { Rational::from(1) }
}

/// `β(R) = 2L²R^{2L−2}(β_ℓ + G_ℓ)` of Ji & Telgarsky's Lemma 5; `None` if the loss has no such constants.
#[must_use]
pub fn smoothness<T: Real>(setting: &Setting<T>, radius: &Rational) -> Option<Rational> {
    let (beta, lipschitz) = smoothness_constants(setting.loss())?;
    let depth = setting.depth();
    let mut value = (beta + lipschitz) * Rational::from(2 * depth * depth);
    for _ in 0..2 * depth - 2 {
        value *= radius;
    }
    Some(value)
}

/// The radius after a step that led to `after`: `None` if the old one stays, because every `‖W_k‖_F ≤ R − 1`.
fn next_radius<T: Real>(after: &Point<T>, radius: &Rational) -> Result<Option<Rational>, &'static str> {
    let room = Rational::from(radius - 1);
    let room_squared = Rational::from(&room * &room);
    let layers = after.weights().iter().zip(after.norms_squared());
    let norms: Vec<Enclosed<T>> = layers.map(|(layer, norm)| norm_squared(layer, norm)).collect();
    let inside = norms.iter().map(|norm| norm.at_most(&room_squared)).fold(Truth::True, Truth::and);
    match inside {
        Truth::True => Ok(None),
        Truth::Open => Err("whether the weights left the ball of radius R_t − 1 is not decided"),
        Truth::False => least_radius(&norms, Enclosed::at_most)
            .map(Some)
            .ok_or("the next radius R_t is not decided between two multiples of 1/16"),
    }
}

/// A squared norm: exact where every entry is, so that a tie is seen as one.
enum Enclosed<T> {
    Exact(Rational),
    Within(T),
}

fn norm_squared<T: Real>(layer: &Matrix<T>, norm_squared: &T) -> Enclosed<T> {
    let exact: Option<Vec<Rational>> = layer.entries().iter().map(Real::exact).collect();
    match exact {
        Some(entries) => Enclosed::Exact(inner(&entries, &entries)),
        None => Enclosed::Within(norm_squared.clone()),
    }
}

impl<T: Real> Enclosed<T> {
    fn at_most(&self, bound: &Rational) -> Truth {
        match self {
            Self::Exact(value) => Truth::from(value <= bound),
            Self::Within(value) => value.at_most(&value.constant(bound.clone())),
        }
    }
}

/// `m/16` for the least integer `m ≥ 16` with `(m − 16)² ≥ 256 · N` for every squared norm `N`; `None` if that is not decided.
fn least_radius<N>(norms: &[N], at_most: impl Fn(&N, &Rational) -> Truth) -> Option<Rational> {
    let fits = |steps: &Integer| {
        let bound = Rational::from((Integer::from(steps * steps), 256));
        norms.iter().map(|norm| at_most(norm, &bound)).fold(Truth::True, Truth::and)
    };
    // Doubling, then halving the bracket (low, high] of m − 16; each comparison may end the search as open.
    let (mut low, mut high) = (Integer::from(-1), Integer::new());
    loop {
        match fits(&high) {
            Truth::True => break,
            Truth::Open => return None,
            Truth::False => {
                low = high.clone();
                high = if high == 0 { Integer::from(1) } else { high * 2 };
            }
        }
    }
    while Integer::from(&high - &low) > 1 {
        let middle: Integer = Integer::from(&high + &low) / 2;
        match fits(&middle) {
            Truth::True => high = middle,
            Truth::False => low = middle,
            Truth::Open => return None,
        }
    }
    Some(Rational::from((high + 16, 16)))
}
