//! How a run ends early.

/// What stopped being a finite number.
///
/// Every intermediate result of a step reaches one of the quantities that are checked, and an infinity among the factors
/// of a sum never leaves the sum finite; so nothing overflows without being named here. Underflow is not divergence: a
/// steepness that is too small for an f64 is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Divergence {
    /// The product of the layers.
    #[error("the end-to-end map overflows")]
    EndToEnd,
    /// The margin of an example, or its product with the steepness of the loss.
    #[error("the margin of example {} overflows", example + 1)]
    Margin {
        /// The example, counted from 0.
        example: usize,
    },
    /// The loss of an example: `e^{−m}` for a margin `m < −709.78`.
    #[error("the loss of example {} overflows", example + 1)]
    Loss {
        /// The example, counted from 0.
        example: usize,
    },
    /// The risk, although the loss of each example is finite or because a residual is too large to be squared.
    #[error("the risk overflows")]
    Risk,
    /// A weight after the step, or something on the way to it.
    #[error("the step of layer {layer} overflows")]
    Step {
        /// The layer, counted from 1.
        layer: usize,
    },
    /// The norm of a layer whose weights are all finite.
    #[error("the norm of layer {layer} overflows")]
    Norm {
        /// The layer, counted from 1.
        layer: usize,
    },
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a run that diverged must not go on as if it had not"]
pub enum StepOutcome {
    /// The step was taken.
    Advanced,
    /// The step could not be taken; weights and `t` are those before it.
    Diverged(Divergence),
}

/// Why a run cannot begin, or begin again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// A number of the problem is beyond the range of f64.
    #[error("{key}: a number is beyond the range of f64 (about 5e-324 to 1.8e308)")]
    OutOfRange {
        /// The number's place, as a run spec calls it.
        key: &'static str,
    },
    /// Numbers of the problem are in the range of f64, and what a step needs of them is not.
    #[error("{key}: {what} is beyond the range of f64 (about 5e-324 to 1.8e308)")]
    ProductOutOfRange {
        /// The numbers' place, as a run spec calls it.
        key: &'static str,
        /// What is formed of them.
        what: &'static str,
    },
    /// The smoothness rule without the logistic loss, for which alone it is defined.
    #[error("step.rule: the smoothness rule needs the logistic loss")]
    SmoothnessNeedsLogistic,
    /// A flow, which has no steps.
    #[error("step.rule: a flow has no steps")]
    Flow,
    /// Instructions that the processor does not have.
    #[error("the processor does not have these instructions")]
    NoSuchInstructions,
    /// Weights that do not fit the network.
    #[error("{given} weights for a network that has {expected}")]
    Count {
        /// How many the network has.
        expected: usize,
        /// How many were given.
        given: usize,
    },
    /// A weight that is NaN or infinite.
    #[error("weight {index} is not finite")]
    NotFinite {
        /// Its place among all weights, counted from 0.
        index: usize,
    },
}
