//! A problem brought into a number system.

use std::sync::{Arc, OnceLock};

use crate::algebra::exact::inner;
use crate::algebra::max_margin::{AlphaSquared, MaxMargin};
use crate::number::Ring;
use crate::problem::{ExactMatrix, Loss, Matrix, Network, Normalisation, Problem};
use crate::time_limit::check_exact;

/// The fixed part of a problem in the number system `T`: everything but the weights.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    problem: Arc<Problem>,
    bits: u32,
    data: LiftedData<T>,
    max_margin: OnceLock<Option<Arc<MaxMargin>>>,
    alpha_squared: OnceLock<AlphaSquared>,
    in_unit_ball: OnceLock<bool>,
    normaliser: OnceLock<T>,
}

#[derive(Clone, Debug)]
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
        Self {
            problem,
            bits,
            data,
            max_margin: OnceLock::new(),
            alpha_squared: OnceLock::new(),
            in_unit_ball: OnceLock::new(),
            normaliser: OnceLock::new(),
        }
    }

    /// The same problem with other examples: `x` has `n` rows of `d_0`, `y` has `n` rows of `d_L`. For polynomial
    /// identities, whose data are free variables.
    #[must_use]
    pub fn with_examples(mut self, x: Matrix<T>, y: Matrix<T>) -> Self {
        let z = if self.loss().is_classification() {
            OnceLock::from(Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)].clone() * &y[(i, 0)]))
        } else {
            OnceLock::new()
        };
        self.data = LiftedData::Examples { x: OnceLock::from(x), y: OnceLock::from(y), z };
        // What is decided from the problem's own examples does not speak of these.
        self.max_margin = OnceLock::from(None);
        self.normaliser = OnceLock::new();
        self
    }

    /// The same problem with another target, of the same shape. For polynomial identities, whose target is free.
    #[must_use]
    pub fn with_target(mut self, target: Matrix<T>) -> Self {
        self.data = LiftedData::Target(target);
        self.normaliser = OnceLock::new();
        self
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

    /// The exact signed examples `z_i = y_i x_i` of the problem, one a row; `None` unless the loss is one of classification.
    #[must_use]
    pub fn exact_signed_examples(&self) -> Option<Matrix<rug::Rational>> {
        let (x, y) = self.problem.exact_examples().filter(|_| self.loss().is_classification())?;
        let entry = |entry: &rug::Rational| {
            check_exact(entry);
            entry.clone()
        };
        Some(x.map_multiplied(y, entry))
    }

    /// The maximum-margin separator of the examples, decided exactly when first asked for; `None` if there is none: the examples are
    /// not separable, or the loss is not one of classification.
    #[must_use]
    pub fn max_margin(&self) -> Option<&MaxMargin> {
        let decide = || MaxMargin::of(&self.exact_signed_examples()?).ok().map(Arc::new);
        self.max_margin.get_or_init(decide).as_deref()
    }

    /// `α²` of the examples, as [`MaxMargin::alpha_squared`] gives it, decided when first asked for; `None` if they are not
    /// separable.
    #[must_use]
    pub fn alpha_squared(&self) -> Option<&AlphaSquared> {
        let margin = self.max_margin()?;
        Some(self.alpha_squared.get_or_init(|| margin.alpha_squared()))
    }

    /// Whether `‖x_i‖ ≤ 1` for all examples of the problem, decided exactly when first asked for; false without examples.
    #[must_use]
    pub fn is_in_unit_ball(&self) -> bool {
        let is_in = |x: &ExactMatrix, i: usize| {
            // Of up to 2³¹ squares a sum in f64 errs by less than 10⁻⁶ of itself, and by what underflows, which is less still.
            let nearly: f64 = x.nearest_row(i).iter().map(|entry| entry * entry).sum();
            if nearly < 1.0 - 4e-6 && x.columns() < 1 << 31 {
                return true;
            }
            let row = x.row(i);
            inner(&row, &row) <= 1
        };
        let decide = || self.problem.exact_examples().is_some_and(|(x, _)| (0..x.rows()).all(|i| is_in(x, i)));
        *self.in_unit_ball.get_or_init(decide)
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
