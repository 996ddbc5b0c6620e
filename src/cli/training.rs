//! A run that can be advanced and recorded, whatever its arithmetic.

use std::sync::Arc;

use serde_json::Value;

use crate::algebra::spectral::{Effort, spectral_norm};
use crate::descent;
use crate::number::{Ball, Exact, Float, Real};
use crate::problem::{Arithmetic, Matrix, Network, Problem, Spec, SpectralNorm};
use crate::reference::{self, Setting, Stop};
use crate::report::trajectory::{Outcome, Printed, Record, printed_all, printed_rows};
use crate::time_limit::TimeLimit;

/// The precision of what is irrational in a rational run: the norms.
const BITS_OF_NORMS: u32 = 128;

/// Why a run stopped before its last step.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub outcome: Outcome,
    pub reason: String,
}

impl End {
    fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into() }
    }

    pub(super) fn interrupted() -> Self {
        Self::new(Outcome::Interrupted, "stopped by the user")
    }
}

/// What is recorded beside what always is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub weights: bool,
    pub spectral: bool,
}

/// The most that spectral norms of one record may cost in certified arithmetic, in units of `rows · columns · min(rows, columns)`: that of a
/// layer of 101×101, which takes about a second and a half at 256 bits, and there a step takes milliseconds.
const MOST_SPECTRAL: u128 = 1 << 20;

/// Whether the spectral norms of a network are so cheap in `arithmetic` that they are recorded unasked.
pub(super) fn has_cheap_spectral_norms(network: &Network, arithmetic: Arithmetic) -> bool {
    let singular = network.spectral_norm() == Some(SpectralNorm::LargestSingularValue);
    let shapes = if singular && arithmetic != Arithmetic::F64 { network.layer_shapes() } else { Vec::new() };
    let cost = shapes
        .iter()
        .map(|&(rows, columns)| (rows as u128 * columns as u128).saturating_mul(rows.min(columns) as u128));
    cost.fold(0, u128::saturating_add) <= MOST_SPECTRAL
}

/// A run at some step.
pub(super) trait Training {
    /// The number of steps taken.
    fn t(&self) -> u64;

    /// Goes on to step `to`, or as long as there is time.
    fn advance(&mut self, to: u64, time: &TimeLimit) -> Result<(), End>;

    /// What a trajectory records of the present step.
    fn record(&mut self, parts: Parts) -> Result<Record, End>;

    /// Goes back one step, from a state that cannot be recorded to one that perhaps can; `false` if the run has none.
    fn go_back(&mut self) -> bool;
}

/// Begins the run of `spec` in the given arithmetic; `Err(Ok(_))` if it ends before it has a first state.
pub(super) fn begin(
    spec: &Spec,
    arithmetic: Arithmetic,
) -> Result<Result<Box<dyn Training>, End>, descent::StartError> {
    let problem = Arc::new(spec.problem.clone());
    Ok(match arithmetic {
        Arithmetic::F64 => Ok(Box::new(Fast { descent: descent::Descent::new(&problem)?, problem, is_torn: false })),
        Arithmetic::Mpfr(bits) => Reference::<Float>::boxed(problem, bits),
        Arithmetic::Ball(bits) => Reference::<Ball>::boxed(problem, bits),
        Arithmetic::Rational => Reference::<Exact>::boxed(problem, BITS_OF_NORMS),
    })
}

/// The f64 program.
struct Fast {
    descent: descent::Descent,
    problem: Arc<Problem>,
    /// Whether a step was left half-way: the state is worth nothing.
    is_torn: bool,
}

impl Training for Fast {
    fn t(&self) -> u64 {
        self.descent.t()
    }

    fn advance(&mut self, to: u64, time: &TimeLimit) -> Result<(), End> {
        let steps = to.saturating_sub(self.descent.t());
        let Ok(outcome) = time.within(|| self.descent.advance_unless(steps, || time.is_over())) else {
            self.is_torn = true;
            return Err(End::interrupted());
        };
        if let descent::Outcome::Diverged(divergence) = outcome {
            let reason = format!("diverged at step {}: {divergence}", self.descent.t() + 1);
            return Err(End::new(Outcome::Diverged, reason));
        }
        if self.descent.t() < to { Err(End::interrupted()) } else { Ok(()) }
    }

    fn record(&mut self, parts: Parts) -> Result<Record, End> {
        if self.is_torn {
            return Err(End::interrupted());
        }
        let t = self.descent.t();
        let diverged = |what: String| End::new(Outcome::Diverged, format!("diverged at step {t}: {what}"));
        let seen = self.descent.observe().map_err(|divergence| diverged(divergence.to_string()))?;
        let weights = parts.weights.then(|| {
            let layers: Vec<Matrix<f64>> = (1..=self.problem.depth()).map(|k| self.descent.weights(k)).collect();
            printed_weights(self.problem.network(), &layers)
        });
        let record = || {
            Some(Record {
                t: seen.t,
                risk: seen.risk.printed()?,
                eta: seen.eta.printed()?,
                radius: seen.radius.as_ref().and_then(Printed::printed),
                norms: printed_all(&seen.norms)?,
                norms_squared: None,
                spectral: match &seen.spectral {
                    Some(spectral) if parts.spectral => Some(printed_all(spectral)?),
                    _ => None,
                },
                end_to_end: printed_rows(&seen.end_to_end)?,
                weights: match weights {
                    Some(weights) => Some(weights?),
                    None => None,
                },
            })
        };
        record().ok_or_else(|| diverged("a number is not finite".to_owned()))
    }

    /// No step leads to a state that cannot be recorded.
    fn go_back(&mut self) -> bool {
        false
    }
}

/// The reference over some number system.
struct Reference<T> {
    descent: reference::Descent<T>,
    /// The state before the present one.
    before: Option<reference::Descent<T>>,
}

impl<T: Recorded> Reference<T> {
    fn boxed(problem: Arc<Problem>, bits: u32) -> Result<Box<dyn Training>, End> {
        match reference::Descent::<T>::new(Arc::new(Setting::new(problem, bits))) {
            Ok(descent) => Ok(Box::new(Self { descent, before: None })),
            Err(stop) => Err(T::ended(stop)),
        }
    }
}

impl<T: Recorded> Training for Reference<T> {
    fn t(&self) -> u64 {
        self.descent.t()
    }

    fn advance(&mut self, to: u64, time: &TimeLimit) -> Result<(), End> {
        while self.descent.t() < to {
            if time.is_over() {
                return Err(End::interrupted());
            }
            let before = self.descent.clone();
            // A step that is left half-way has not been taken: the run stays where it was.
            let Ok(taken) = time.within(|| self.descent.step()) else { return Err(End::interrupted()) };
            taken.map_err(T::ended)?;
            self.before = Some(before);
        }
        Ok(())
    }

    fn record(&mut self, parts: Parts) -> Result<Record, End> {
        let t = self.descent.t();
        let point = self.descent.point();
        let network = point.setting().network();
        let record = || {
            let norms = T::norms(network, point.weights(), parts.spectral)?;
            Some(Record {
                t,
                risk: point.risk().printed()?,
                eta: point.constant(self.descent.eta().clone()).printed()?,
                radius: self.descent.radius().and_then(Printed::printed),
                norms: norms.frobenius,
                norms_squared: norms.squared,
                spectral: norms.spectral,
                end_to_end: printed_rows(point.end_to_end())?,
                weights: match parts.weights {
                    true => Some(printed_weights(network, point.weights())?),
                    false => None,
                },
            })
        };
        record().ok_or_else(|| T::ended(Stop::PrecisionExhausted { t, what: "a number is no longer bounded" }))
    }

    fn go_back(&mut self) -> bool {
        let before = self.before.take();
        before.map(|before| self.descent = before).is_some()
    }
}

/// What is printed of the norms of the layers.
struct Norms {
    frobenius: Vec<Value>,
    squared: Option<Vec<Value>>,
    spectral: Option<Vec<Value>>,
}

/// A number system whose runs can be recorded.
trait Recorded: Real + Printed {
    /// The norms of the layers; `None` if one of them is not finite.
    fn norms(network: &Network, weights: &[Matrix<Self>], spectral: bool) -> Option<Norms> {
        norms_of(network, weights, spectral)
    }

    /// How a run in this number system ends.
    fn ended(stop: Stop) -> End {
        let outcome = match stop {
            Stop::Diverged { .. } => Outcome::Diverged,
            Stop::PrecisionExhausted { .. } => Outcome::PrecisionExhausted,
        };
        End::new(outcome, stop.to_string())
    }
}

impl Recorded for Ball {}

impl Recorded for Float {
    /// Plain floats leave nothing undecided: what is not known is a number that overflowed the exponents of MPFR.
    fn ended(stop: Stop) -> End {
        match stop {
            Stop::Diverged { .. } => End::new(Outcome::Diverged, stop.to_string()),
            Stop::PrecisionExhausted { t, what } => {
                End::new(Outcome::Diverged, format!("diverged at step {t}: {what}: a number overflows"))
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
        Some(Norms { squared: Some(printed_all(&squared)?), ..norms_of(network, &balls, spectral)? })
    }

    /// Exact numbers are always bounded, but not their length.
    fn ended(stop: Stop) -> End {
        match stop {
            Stop::Diverged { .. } => End::new(Outcome::Diverged, stop.to_string()),
            Stop::PrecisionExhausted { t, .. } => {
                let limit = Self::SIZE_LIMIT;
                let reason = format!(
                    "out of room at step {t}: a number takes more than {limit} bits, the most that exact rationals may have; take fewer \
                     steps, or choose ball:256"
                );
                End::new(Outcome::PrecisionExhausted, reason)
            }
        }
    }
}

fn norms_of<T: Real + Printed>(network: &Network, weights: &[Matrix<T>], spectral: bool) -> Option<Norms> {
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
        Some(spectral) => Some(printed_all(&spectral)?),
        None => None,
    };
    Some(Norms { frobenius: printed_all(&frobenius)?, squared: None, spectral })
}

/// `max_j |w_j|`.
fn largest_entry<T: Real>(layer: &Matrix<T>) -> T {
    layer.entries().iter().fold(T::zero(layer.bits()), |largest, entry| largest.max(&entry.clone().abs()))
}

/// The weights as a run spec writes them: rows of a matrix, or one vector.
fn printed_weights<T: Printed>(network: &Network, layers: &[Matrix<T>]) -> Option<Vec<Value>> {
    let printed = |layer: &Matrix<T>| {
        if network.is_fully_connected() {
            printed_rows(layer).map(Value::from)
        } else {
            printed_all(layer.entries()).map(Value::from)
        }
    };
    layers.iter().map(printed).collect()
}
