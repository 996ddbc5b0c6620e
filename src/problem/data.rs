//! What a network is trained on.

use rug::Rational;

use super::Matrix;

/// The training data, exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Examples `(x_i, y_i)`.
    Examples {
        /// `n` rows of `d_0` numbers.
        x: Matrix<Rational>,
        /// `n` rows of `d_L` numbers; ±1 for the losses of classification.
        y: Matrix<Rational>,
    },
    /// The target `Φ` of the end-to-end matrix: `d_L` rows of `d_0`.
    Target(Matrix<Rational>),
}
