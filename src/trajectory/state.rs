//! A run that can be advanced and recorded, whatever its arithmetic.

use std::fmt::Debug;
use std::sync::Arc;

use rug::Rational;

use super::certified;
use super::ending::Ending;
use super::flow;
use super::limit::Limit;
use super::observed::of_f64;
use super::position::Position;
use super::record::{Parts, Record, Recordable, Value, matrix, values};
use super::run::NoBeginning;
use crate::algebra::spectral::{Effort, spectral_norm};
use crate::descent;
use crate::number::{Ball, Exact, Float, Magnitude, Matrix, Real};
use crate::problem::{Arithmetic, Network, Plan, Problem, SpectralNorm};
use crate::reference::{self, Point, Setting, Stop};
use crate::time_limit::TimeLimit;

/// The precision of what is irrational in a rational run: the norms.
const BITS_OF_NORMS: u32 = 128;

/// A run at some step, or at some time of a flow.
pub(super) trait State: Debug {
    /// Where it is.
    fn position(&self) -> Position;

    /// How far a flow is, as its clock counts.
    fn reached(&self) -> Rational {
        Rational::new()
    }

    /// The number of steps taken, be it for a flow.
    fn taken(&self) -> u64 {
        self.position().steps()
    }

    /// About how many multiplications a step takes, if that can be so many that one waits for it.
    fn products_of_step(&self) -> u64 {
        0
    }

    /// What bounds the distance of the exact weights, as one vector, from the centre of those that are known.
    fn radius(&self) -> Option<Magnitude> {
        None
    }

    /// Goes on to `to`, or as long as there is time.
    fn advance(&mut self, to: &Position, time: &TimeLimit) -> Result<(), Ending>;

    /// What a trajectory records of where it is.
    fn record(&mut self, parts: Parts) -> Result<Record, Ending>;

    /// What is known from here of t = ∞, or why nothing is; `None` unless the run is an enclosed flow.
    fn limit(&self, _parts: Parts) -> Option<Result<Limit, String>> {
        None
    }

    /// Goes back one step, from a state that cannot be recorded to one that perhaps can; `false` if the run has none.
    fn go_back(&mut self) -> bool {
        false
    }
}

/// Begins the run of `problem`.
pub(super) fn begin(problem: Arc<Problem>, plan: &Plan) -> Result<Box<dyn State>, NoBeginning> {
    let schedule = match plan {
        Plan::Descent(schedule) => schedule,
        Plan::Flow(schedule) => return flow::begin(problem, schedule),
    };
    Ok(match schedule.arithmetic {
        Arithmetic::F64 => Box::new(Fast { descent: descent::Descent::new(&problem)?, problem, is_torn: false }),
        Arithmetic::Mpfr(bits) => Reference::<Float>::begin(problem, bits),
        Arithmetic::Ball(bits) => Reference::<Ball>::begin(problem, bits),
        Arithmetic::Rational => Reference::<Exact>::begin(problem, BITS_OF_NORMS),
        Arithmetic::Certified(bits) => certified::begin(problem, bits)?,
    })
}

/// A run that ended before it had a first state.
impl State for Ending {
    fn position(&self) -> Position {
        Position::Step(0)
    }

    fn advance(&mut self, _to: &Position, _time: &TimeLimit) -> Result<(), Ending> {
        Err(self.clone())
    }

    fn record(&mut self, _parts: Parts) -> Result<Record, Ending> {
        Err(self.clone())
    }
}

/// The f64 program.
#[derive(Debug)]
struct Fast {
    descent: descent::Descent,
    problem: Arc<Problem>,
    /// Whether a step was left half-way: the state is worth nothing.
    is_torn: bool,
}

impl State for Fast {
    fn position(&self) -> Position {
        Position::Step(self.descent.t())
    }

    fn advance(&mut self, to: &Position, time: &TimeLimit) -> Result<(), Ending> {
        let to = to.steps();
        let steps = to.saturating_sub(self.descent.t());
        let Ok(outcome) = time.within(|| self.descent.advance_unless(steps, || time.is_over())) else {
            self.is_torn = true;
            return Err(Ending::out_of(time));
        };
        if let descent::StepOutcome::Diverged(divergence) = outcome {
            return Err(Ending::diverged(self.descent.t() + 1, divergence));
        }
        if self.descent.t() < to { Err(Ending::out_of(time)) } else { Ok(()) }
    }

    fn record(&mut self, parts: Parts) -> Result<Record, Ending> {
        if self.is_torn {
            return Err(Ending::Interrupted("a step was left half-way".to_owned()));
        }
        let t = self.descent.t();
        let seen = self.descent.observe().map_err(|divergence| Ending::diverged(t, divergence))?;
        let weights = || (1..=self.problem.depth()).map(|k| self.descent.weights(k)).collect();
        let record = || {
            let eta = Some(self.descent.eta().recorded()?);
            let known = of_f64(Position::Step(t), &seen, parts, weights)?;
            Some(Record { eta, radius: self.descent.radius().cloned(), ..known })
        };
        record().ok_or_else(|| Ending::Diverged(format!("diverged at step {t}: a number is not finite")))
    }
}

/// The reference over some number system.
#[derive(Debug)]
struct Reference<T> {
    descent: reference::Descent<T>,
    /// The state before the present one.
    before: Option<reference::Descent<T>>,
}

impl<T: Recorded> Reference<T> {
    fn begin(problem: Arc<Problem>, bits: u32) -> Box<dyn State> {
        match reference::Descent::<T>::new(Arc::new(Setting::new(problem, bits))) {
            Ok(descent) => Box::new(Self { descent, before: None }),
            Err(stop) => Box::new(T::ended(stop)),
        }
    }
}

impl<T: Recorded> State for Reference<T> {
    fn position(&self) -> Position {
        Position::Step(self.descent.t())
    }

    fn advance(&mut self, to: &Position, time: &TimeLimit) -> Result<(), Ending> {
        while self.descent.t() < to.steps() {
            if time.is_over() {
                return Err(Ending::out_of(time));
            }
            let before = self.descent.clone();
            // A step that is left half-way has not been taken: the run stays where it was.
            let Ok(taken) = time.within(|| self.descent.step()) else { return Err(Ending::out_of(time)) };
            taken.map_err(T::ended)?;
            self.before = Some(before);
        }
        Ok(())
    }

    fn record(&mut self, parts: Parts) -> Result<Record, Ending> {
        let t = self.descent.t();
        let point = self.descent.point();
        let record = || {
            let eta = Some(point.constant(self.descent.eta().clone()).recorded()?);
            Some(Record { eta, radius: self.descent.radius().cloned(), ..of_point(Position::Step(t), point, parts)? })
        };
        record().ok_or_else(|| T::ended(Stop::PrecisionExhausted { t, what: "a number is no longer bounded" }))
    }

    fn go_back(&mut self) -> bool {
        let before = self.before.take();
        before.map(|before| self.descent = before).is_some()
    }
}

/// What is recorded of a point alone; `None` if one of its numbers cannot be.
pub(super) fn of_point<T: Recorded>(t: Position, point: &Point<T>, parts: Parts) -> Option<Record> {
    let norms = T::norms(point.setting().network(), point.weights(), parts.spectral)?;
    Some(Record {
        t,
        risk: point.risk().recorded()?,
        time: None,
        log_time: None,
        log_risk: None,
        eta: None,
        radius: None,
        norms: norms.frobenius,
        norms_squared: norms.squared,
        spectral: norms.spectral,
        end_to_end: matrix(point.end_to_end())?,
        euclidean_radius: None,
        weights: match parts.weights {
            true => Some(point.weights().iter().map(matrix).collect::<Option<_>>()?),
            false => None,
        },
    })
}

/// What is recorded of the norms of the layers.
pub(super) struct Norms {
    frobenius: Vec<Value>,
    squared: Option<Vec<Value>>,
    spectral: Option<Vec<Value>>,
}

/// A number system whose runs can be recorded.
pub(super) trait Recorded: Real + Recordable {
    /// The norms of the layers; `None` if one of them is not finite.
    fn norms(network: &Network, weights: &[Matrix<Self>], spectral: bool) -> Option<Norms> {
        norms_of(network, weights, spectral)
    }

    /// How a run in this number system ends.
    fn ended(stop: Stop) -> Ending {
        stop.into()
    }
}

impl Recorded for Ball {}

impl Recorded for Float {
    /// Plain floats leave nothing undecided: what is not known is a number that overflowed the exponents of MPFR.
    fn ended(stop: Stop) -> Ending {
        match stop {
            Stop::Diverged { .. } => stop.into(),
            Stop::PrecisionExhausted { t, what } => {
                Ending::Diverged(format!("diverged at step {t}: {what}: a number overflows"))
            }
        }
    }
}

impl Recorded for Exact {
    /// Irrational, so enclosed; their squares are exact.
    fn norms(network: &Network, weights: &[Matrix<Self>], spectral: bool) -> Option<Norms> {
        let exact: Option<Vec<Matrix<rug::Rational>>> = weights.iter().map(Matrix::exact).collect();
        let balls: Vec<Matrix<Ball>> =
            exact?.iter().map(|layer| Matrix::from_rationals(layer, BITS_OF_NORMS)).collect();
        let squared: Vec<Exact> = weights.iter().map(Matrix::frobenius_squared).collect();
        Some(Norms { squared: Some(values(&squared)?), ..norms_of(network, &balls, spectral)? })
    }

    /// Exact numbers are always bounded, but not their length.
    fn ended(stop: Stop) -> Ending {
        match stop {
            Stop::Diverged { .. } => stop.into(),
            Stop::PrecisionExhausted { t, .. } => Ending::PrecisionExhausted(format!(
                "out of room at step {t}: a number takes more than {} bits, the most that exact rationals may have; take fewer steps, or \
                 choose ball:256",
                Self::SIZE_LIMIT
            )),
        }
    }
}

fn norms_of<T: Real + Recordable>(network: &Network, weights: &[Matrix<T>], spectral: bool) -> Option<Norms> {
    let frobenius: Vec<T> = weights.iter().map(Matrix::frobenius).collect();
    let norm = |kind| {
        let of = move |layer: &Matrix<T>| match kind {
            SpectralNorm::LargestSingularValue => spectral_norm(layer, Effort::Tight),
            SpectralNorm::LargestEntry => largest_entry(layer),
        };
        weights.iter().map(of).collect::<Vec<T>>()
    };
    let spectral = network.spectral_norm().filter(|_| spectral).map(norm);
    let spectral = match spectral {
        Some(spectral) => Some(values(&spectral)?),
        None => None,
    };
    Some(Norms { frobenius: values(&frobenius)?, squared: None, spectral })
}

/// `max_j |w_j|`.
fn largest_entry<T: Real>(layer: &Matrix<T>) -> T {
    layer.entries().iter().fold(T::zero(layer.bits()), |largest, entry| largest.max(&entry.clone().abs()))
}
