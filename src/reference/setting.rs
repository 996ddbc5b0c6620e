//! A problem brought into a number system.

use std::sync::{Arc, OnceLock};

use super::facts::{Fact, Facts};
use crate::algebra::exact::inner;
use crate::number::Ring;
use crate::problem::{ExactMatrix, Loss, Matrix, Network, Normalisation, Problem};
use crate::time_limit::check_exact;

/// The fixed part of a problem in the number system `T`: everything but the weights.
#[derive(Debug)]
pub struct Setting<T> {
    problem: Arc<Problem>,
    bits: u32,
    data: LiftedData<T>,
    normaliser: OnceLock<T>,
    /// Whether the data are those of the problem.
    is_as_given: bool,
    facts: Facts,
}

#[derive(Debug)]
enum LiftedData<T> {
    /// Those of the problem are brought into `T` when first asked for: a large table takes much room there, and no one needs both `x`
    /// and the signed examples `z` of it.
    Examples {
        x: OnceLock<Matrix<T>>,
        y: OnceLock<Matrix<T>>,
        z: OnceLock<Matrix<T>>,
    },
    Target(Matrix<T>),
}

impl<T: Ring> Setting<T> {
    /// Brings the data of `problem` into `T` at `bits` bits.
    #[must_use]
    pub fn new(problem: Arc<Problem>, bits: u32) -> Self {
        let data = match problem.target() {
            Some(target) => LiftedData::Target(target.map(|entry| T::from_rational(entry, bits))),
            None => LiftedData::Examples { x: OnceLock::new(), y: OnceLock::new(), z: OnceLock::new() },
        };
        Self { problem, bits, data, normaliser: OnceLock::new(), is_as_given: true, facts: Facts::default() }
    }

    /// The same problem with other examples: `x` has `n` rows of `d_0`, `y` has `n` rows of `d_L`. For polynomial
    /// identities, whose data are free variables.
    #[must_use]
    pub fn with_examples(&self, x: Matrix<T>, y: Matrix<T>) -> Self {
        let z = if self.loss().is_classification() {
            OnceLock::from(Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)].clone() * &y[(i, 0)]))
        } else {
            OnceLock::new()
        };
        self.with_data(LiftedData::Examples { x: OnceLock::from(x), y: OnceLock::from(y), z })
    }

    /// The same problem with another target, of the same shape. For polynomial identities, whose target is free.
    #[must_use]
    pub fn with_target(&self, target: Matrix<T>) -> Self {
        self.with_data(LiftedData::Target(target))
    }

    /// What is known of the problem's own data does not speak of these.
    fn with_data(&self, data: LiftedData<T>) -> Self {
        Self {
            problem: Arc::clone(&self.problem),
            bits: self.bits,
            data,
            normaliser: OnceLock::new(),
            is_as_given: false,
            facts: Facts::default(),
        }
    }

    /// Whether the data are those of the [problem](Self::problem), and no others in their place.
    #[must_use]
    pub fn is_as_given(&self) -> bool {
        self.is_as_given
    }

    /// What is known of this setting by the name of `F`, computed when it is first asked for.
    #[must_use]
    pub fn know<F: Fact<Self>>(&self) -> &F {
        self.facts.know(self)
    }

    /// The exact problem behind the numbers.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        self.problem.network()
    }

    /// The loss of one example.
    #[must_use]
    pub fn loss(&self) -> &Loss {
        self.problem.loss()
    }

    /// The precision in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The depth `L`.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.network().depth()
    }

    /// An exact constant at the precision of this setting.
    #[must_use]
    pub fn constant(&self, value: impl Into<rug::Rational>) -> T {
        T::from_rational(&value.into(), self.bits)
    }

    /// The examples of the problem.
    fn exact(&self) -> (&ExactMatrix, &ExactMatrix) {
        self.problem.exact_examples().expect("a problem without a target has examples")
    }

    fn lifted(&self, matrix: &ExactMatrix) -> Matrix<T> {
        matrix.map(|entry| T::from_rational(entry, self.bits))
    }

    /// The examples: `x` with `n` rows of `d_0`, `y` with `n` rows of `d_L`; `None` with a squared target.
    #[must_use]
    pub fn examples(&self) -> Option<(&Matrix<T>, &Matrix<T>)> {
        match &self.data {
            LiftedData::Examples { x, .. } => {
                let x = x.get_or_init(|| self.lifted(self.exact().0));
                self.labels().map(|y| (x, y))
            }
            LiftedData::Target(_) => None,
        }
    }

    /// The labels: `n` rows of `d_L`; `None` with a squared target.
    fn labels(&self) -> Option<&Matrix<T>> {
        match &self.data {
            LiftedData::Examples { y, .. } => Some(y.get_or_init(|| self.lifted(self.exact().1))),
            LiftedData::Target(_) => None,
        }
    }

    /// The signed examples `z_i = y_i x_i`, `n` rows of `d_0`; `None` unless the loss is one of classification.
    #[must_use]
    pub fn signed_examples(&self) -> Option<&Matrix<T>> {
        match &self.data {
            LiftedData::Examples { z, .. } if self.loss().is_classification() => Some(z.get_or_init(|| {
                // z_i is formed from the exact data, so that it is enclosed as tightly as x_i itself.
                let (x, y) = self.exact();
                x.map_multiplied(y, |entry| T::from_rational(entry, self.bits))
            })),
            _ => None,
        }
    }

    /// The exact signed examples `z_i = y_i x_i` of the problem, one a row; `None` unless the loss is one of classification, or if there are
    /// [other](Self::with_examples) examples in the place of those of the problem.
    #[must_use]
    pub fn exact_signed_examples(&self) -> Option<Matrix<rug::Rational>> {
        let (x, y) = self.problem.exact_examples().filter(|_| self.is_as_given && self.loss().is_classification())?;
        let entry = |entry: &rug::Rational| {
            check_exact(entry);
            entry.clone()
        };
        Some(x.map_multiplied(y, entry))
    }

    /// Whether `‖x_i‖ ≤ 1` for all examples of the problem, decided exactly when first asked for; false without examples.
    #[must_use]
    pub fn is_in_unit_ball(&self) -> bool {
        let InUnitBall(is_in_unit_ball) = self.know();
        *is_in_unit_ball
    }

    /// The target `Φ`, `d_L × d_0`; `None` with examples.
    #[must_use]
    pub fn target(&self) -> Option<&Matrix<T>> {
        match &self.data {
            LiftedData::Examples { .. } => None,
            LiftedData::Target(target) => Some(target),
        }
    }

    /// The number of examples `n`, 0 with a squared target.
    #[must_use]
    pub fn count(&self) -> usize {
        self.labels().map_or(0, Matrix::rows)
    }

    /// The factor before the sum of the losses: `1/n` or 1.
    #[must_use]
    pub fn normaliser(&self) -> &T {
        self.normaliser.get_or_init(|| match (self.problem.normalisation(), self.count()) {
            (Normalisation::Mean, n) if n > 0 => self.constant((1, n)),
            _ => self.constant(1),
        })
    }
}

/// Whether `‖x_i‖ ≤ 1` for all examples of the problem.
struct InUnitBall(bool);

impl<T: Ring> Fact<Setting<T>> for InUnitBall {
    fn of(setting: &Setting<T>) -> Self {
        let is_in = |x: &ExactMatrix, i: usize| {
            // Of up to 2³¹ squares a sum in f64 errs by less than 10⁻⁶ of itself, and by what underflows, which is less still.
            let nearly: f64 = x.nearest_row(i).iter().map(|entry| entry * entry).sum();
            if nearly < 1.0 - 4e-6 && x.columns() < 1 << 31 {
                return true;
            }
            let row = x.row(i);
            inner(&row, &row) <= 1
        };
        Self(setting.problem.exact_examples().is_some_and(|(x, _)| (0..x.rows()).all(|i| is_in(x, i))))
    }
}
