//! What is trained: network, loss, data, initial weights and step rule, as a set of exact rationals.
//!
//! This is all that the f64 program and the reference have in common. No algorithm of training may enter here, and no
//! arithmetic but the exact one in which a specification is read.

mod data;
mod loss;
mod matrix;
mod network;
mod step;

pub use data::Data;
pub use loss::{Loss, Normalisation};
pub use matrix::Matrix;
pub use network::Network;
use rug::Rational;
pub use step::StepRule;

/// An exact training problem. Its parts fit each other: [`Problem::new`] has checked them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    network: Network,
    loss: Loss,
    normalisation: Normalisation,
    data: Data,
    initial: Vec<Matrix<Rational>>,
    step: StepRule,
}

impl Problem {
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

    /// The examples or the target.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
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

impl Problem {
    /// Puts a problem together.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] naming the first part that does not fit.
    pub fn new(
        network: Network,
        loss: Loss,
        normalisation: Normalisation,
        data: Data,
        initial: Vec<Matrix<Rational>>,
        step: StepRule,
    ) -> Result<Self, Misfit> {
        Ok(Self { network, loss, normalisation, data, initial, step })
    }
}

mod pending;
pub use pending::{Schedule, Spec};
