//! What is trained: network, loss, data, initial weights and step rule, as a set of exact rationals.
//!
//! This is all that the f64 program and the reference have in common. No algorithm of training may enter here: no gradient, no
//! loss, no step. Numbers are read exactly; what must be computed (random starts, whitening) is computed once, by functions that
//! round correctly and in a fixed order, rounded to f64 and exact from there, so that a problem is the same set of rationals on
//! every machine.

mod arithmetic;
mod data;
mod draw;
mod exact_matrix;
mod fit;
mod frobenius;
mod initial;
pub(crate) mod input;
mod loss;
mod network;
mod prepare;
mod room;
mod schedule;
mod spec;
mod step;
mod stored;
mod table;

pub use crate::number::{MAX_EXPONENT, MAX_LENGTH, Matrix, NumberError, nearest_f64, parse_exact, parse_nearest_f64};
pub use arithmetic::{Arithmetic, ArithmeticError};
pub use data::Data;
pub use exact_matrix::ExactMatrix;
pub use frobenius::FrobeniusNorm;
pub use initial::{balanced_weights, gaussian_matrix, gaussian_weights, identity_weights, zero_first_weights};
pub use loss::{Loss, Normalisation};
pub use network::{Architecture, Layer, MOST_LAYERS, Network, SpectralNorm, Triplet};
pub use prepare::{unit_ball, whiten};
pub use room::TooLarge;
use rug::Rational;
pub use schedule::{Clock, FlowRecording, FlowSchedule, Plan, Recording, Schedule};
pub use spec::{Preparation, Spec, SpecError};
pub use step::StepRule;
pub(crate) use stored::Stored;

/// An exact training problem. Its parts fit each other: [`Problem::new`] has checked them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    network: Network,
    loss: Loss,
    normalisation: Normalisation,
    data: Stored,
    initial: Vec<Matrix<Rational>>,
    step: StepRule,
}

impl Problem {
    /// Puts a problem together. With the loss squared-target the normalisation has no meaning and becomes
    /// [`Normalisation::Mean`].
    ///
    /// # Errors
    ///
    /// A [`Misfit`] naming the first part that does not fit: a loss that needs other data or another output,
    /// labels that are not ±1 for a loss of classification, shapes of weights that do not chain, a step that is not positive.
    ///
    /// ```
    /// use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
    /// use rug::Rational;
    ///
    /// let row = |entries: &[i32]| Matrix::row_vector(entries.iter().copied().map(Rational::from).collect());
    /// let network = Network::fully_connected(&[2, 1])?;
    /// let problem = |label: i32| {
    ///     Problem::new(
    ///         network.clone(),
    ///         Loss::logistic(),
    ///         Normalisation::Mean,
    ///         Data::Examples { x: row(&[3, 4]), y: row(&[label]) },
    ///         vec![row(&[0, 0])],
    ///         StepRule::Smoothness,
    ///     )
    /// };
    /// assert_eq!(problem(-1).unwrap().depth(), 1);
    /// assert_eq!(problem(0).unwrap_err().key, "data.y");
    /// # Ok::<(), gradient_witness::problem::Misfit>(())
    /// ```
    pub fn new(
        network: Network,
        loss: Loss,
        normalisation: Normalisation,
        data: Data,
        initial: Vec<Matrix<Rational>>,
        step: StepRule,
    ) -> Result<Self, Misfit> {
        Self::of_stored(network, loss, normalisation, data.into(), initial, step)
    }

    /// The same of data in whichever form they are kept.
    fn of_stored(
        network: Network,
        loss: Loss,
        normalisation: Normalisation,
        data: Stored,
        initial: Vec<Matrix<Rational>>,
        step: StepRule,
    ) -> Result<Self, Misfit> {
        fit::check_loss(&loss)?;
        fit::check_data(&network, &loss, &data)?;
        fit::check_initial(&network, &initial)?;
        fit::check_step(&network, &loss, &step)?;
        // One problem, one form: with a target there is nothing to take a mean or a sum over.
        let normalisation = if loss == Loss::SquaredTarget { Normalisation::Mean } else { normalisation };
        Ok(Self { network, loss, normalisation, data, initial, step })
    }

    /// The same problem from other initial weights.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] if the weights are not shaped as [`Network::layer_shapes`] says.
    pub fn with_initial(&self, initial: Vec<Matrix<Rational>>) -> Result<Self, Misfit> {
        fit::check_initial(&self.network, &initial)?;
        Ok(Self { initial, ..self.clone() })
    }

    /// The same problem with another step rule.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] if the step is not positive or the rule is not defined for this network and loss.
    pub fn with_step(&self, step: StepRule) -> Result<Self, Misfit> {
        fit::check_step(&self.network, &self.loss, &step)?;
        Ok(Self { step, ..self.clone() })
    }

    /// The number of layers `L`.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.network.depth()
    }

    /// The examples `x` (`n` rows of `d_0`) and `y` (`n` rows of `d_L`), unless the problem has a target instead. They are rationals,
    /// which take a hundred bytes and more each: [`exact_examples`](Self::exact_examples) does without.
    #[must_use]
    pub fn examples(&self) -> Option<(&Matrix<Rational>, &Matrix<Rational>)> {
        match self.data.data() {
            Data::Examples { x, y } => Some((x, y)),
            Data::Target(_) => None,
        }
    }

    /// The same as [`examples`](Self::examples) in eight bytes a number.
    #[must_use]
    pub fn exact_examples(&self) -> Option<(&ExactMatrix, &ExactMatrix)> {
        self.data.examples().map(|examples| (&examples.x, &examples.y))
    }

    /// The data, shared with this problem.
    pub(crate) fn stored(&self) -> &Stored {
        &self.data
    }

    /// The target, unless the problem has examples instead.
    #[must_use]
    pub fn target(&self) -> Option<&Matrix<Rational>> {
        self.data.target()
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The loss of one example.
    #[must_use]
    pub fn loss(&self) -> &Loss {
        &self.loss
    }

    /// Mean or sum over the examples.
    #[must_use]
    pub fn normalisation(&self) -> Normalisation {
        self.normalisation
    }

    /// The examples or the target, as rationals: see [`examples`](Self::examples).
    #[must_use]
    pub fn data(&self) -> &Data {
        self.data.data()
    }

    /// The initial weights, `W_1` first, shaped as [`Network::layer_shapes`] says.
    #[must_use]
    pub fn initial(&self) -> &[Matrix<Rational>] {
        &self.initial
    }

    /// The step rule.
    #[must_use]
    pub fn step(&self) -> &StepRule {
        &self.step
    }
}

/// Why the parts of a problem do not fit each other.
///
/// `key` names the part as a run spec calls it (`data.y`, `init.weights`, …), `problem` says what is wrong with it and `fix` what
/// would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}; {fix}")]
pub struct Misfit {
    /// The part, as a run spec calls it.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    pub fix: String,
}
