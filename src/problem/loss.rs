//! The loss functions and how they are combined over the examples.

use rug::Rational;

/// The loss of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// `c · ln(1 + e^{−b·m})` of the margin `m = y f(x)`.
    Logistic {
        /// `c > 0`.
        scale: Rational,
        /// `b > 0`.
        steepness: Rational,
    },
    /// `e^{−m}` of the margin `m = y f(x)`.
    Exponential,
    /// `½‖f(x) − y‖²`.
    Squared,
    /// `½‖W_L⋯W_1 − Φ‖_F²`: no examples, one target.
    SquaredTarget,
}

impl Loss {
    /// `ln(1 + e^{−m})`, the logistic loss with scale and steepness 1.
    #[must_use]
    pub fn logistic() -> Self {
        Self::Logistic { scale: Rational::from(1), steepness: Rational::from(1) }
    }

    /// The loss as a run spec names it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Logistic { .. } => "logistic",
            Self::Exponential => "exponential",
            Self::Squared => "squared",
            Self::SquaredTarget => "squared-target",
        }
    }

    /// Whether the loss is a function of the margin `y f(x)` with labels ±1.
    #[must_use]
    pub fn is_classification(&self) -> bool {
        matches!(self, Self::Logistic { .. } | Self::Exponential)
    }
}

/// How the losses of the examples make up the risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalisation {
    /// `(1/n) Σ_i`.
    Mean,
    /// `Σ_i`.
    Sum,
}
