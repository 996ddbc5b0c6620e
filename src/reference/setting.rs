//! A problem brought into a number system.

use std::sync::Arc;

use crate::number::Ring;
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem};

/// The fixed part of a problem in the number system `T`: everything but the weights.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    problem: Arc<Problem>,
    bits: u32,
    data: LiftedData<T>,
}

#[derive(Clone, Debug)]
enum LiftedData<T> {
    Examples { x: Matrix<T>, y: Matrix<T>, z: Option<Matrix<T>> },
    Target(Matrix<T>),
}

impl<T: Ring> Setting<T> {
    /// Brings the data of `problem` into `T` at `bits` bits.
    #[must_use]
    pub fn new(problem: Arc<Problem>, bits: u32) -> Self {
        let lift = |matrix: &Matrix<rug::Rational>| matrix.map(|entry| T::from_rational(entry, bits));
        let data = match problem.data() {
            Data::Examples { x, y } => {
                // z_i = y_i x_i is formed from the exact data, so that it is enclosed as tightly as x_i itself.
                let z = problem.loss().is_classification().then(|| {
                    Matrix::from_fn(x.rows(), x.columns(), |i, j| {
                        T::from_rational(&rug::Rational::from(&x[(i, j)] * &y[(i, 0)]), bits)
                    })
                });
                LiftedData::Examples { x: lift(x), y: lift(y), z }
            }
            Data::Target(target) => LiftedData::Target(lift(target)),
        };
        Self { problem, bits, data }
    }

    /// The same problem with other examples: `x` has `n` rows of `d_0`, `y` has `n` rows of one label. For polynomial
    /// identities, whose data are free variables.
    #[must_use]
    pub fn with_examples(mut self, x: Matrix<T>, y: Matrix<T>) -> Self {
        let z = Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)].clone() * &y[(i, 0)]);
        self.data = LiftedData::Examples { x, y, z: Some(z) };
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

    /// The examples: `x` with `n` rows of `d_0`, `y` with `n` rows of `d_L`; `None` with a squared target.
    #[must_use]
    pub fn examples(&self) -> Option<(&Matrix<T>, &Matrix<T>)> {
        match &self.data {
            LiftedData::Examples { x, y, .. } => Some((x, y)),
            LiftedData::Target(_) => None,
        }
    }

    /// The signed examples `z_i = y_i x_i`, `n` rows of `d_0`; `None` unless the loss is one of classification.
    #[must_use]
    pub fn signed_examples(&self) -> Option<&Matrix<T>> {
        match &self.data {
            LiftedData::Examples { z, .. } => z.as_ref(),
            LiftedData::Target(_) => None,
        }
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
        self.examples().map_or(0, |(x, _)| x.rows())
    }

    /// The factor before the sum of the losses: `1/n` or 1.
    #[must_use]
    pub fn normaliser(&self) -> T {
        match (self.problem.normalisation(), self.count()) {
            (Normalisation::Mean, n) if n > 0 => self.constant((1, n)),
            _ => self.constant(1),
        }
    }
}
