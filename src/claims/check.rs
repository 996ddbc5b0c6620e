//! How a claim is checked, and the controls that must come out the other way.

use std::fmt;
use std::sync::Arc;

use super::Statement;
use super::chance::ChanceStatement;
use super::statement::Formula;
use crate::generate::Source;
use crate::problem::Network;

/// The shape of a network and its data, and a number of steps, for which an identity is tested.
///
/// With examples and one output, the loss is a function of which nothing is known; with examples and more outputs, it is the
/// squared loss; without examples, it is the squared distance from a free target `Φ`.
///
/// ```
/// use gradient_witness::claims::Shape;
/// use gradient_witness::problem::Network;
/// let two_layers = Shape::fully_connected(&[2, 3, 1]).with_examples(2).with_steps(1);
/// assert_eq!((two_layers.examples, two_layers.steps), (2, 1));
/// let filters = Shape::of(Network::convolutional(5, &[2, 5])?);
/// assert_eq!((filters.examples, filters.steps), (0, 0));
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The network, whose weights are free.
    pub network: Network,
    /// The number of examples; 0 for a target in place of examples.
    pub examples: usize,
    /// The number of steps, each with a free step size and a free loss.
    pub steps: u64,
}

impl Shape {
    /// The start of `network` with a target, without steps.
    #[must_use]
    pub fn of(network: Network) -> Self {
        Self { network, examples: 0, steps: 0 }
    }

    /// The same of the fully-connected network of the widths `d_0, …, d_L`.
    ///
    /// # Panics
    ///
    /// If there is no such network: a mistake in the code that calls it.
    #[must_use]
    pub fn fully_connected(widths: &[usize]) -> Self {
        Self::of(Network::fully_connected(widths).expect("two widths or more, each at least 1"))
    }

    /// The same with so many examples in place of the target.
    #[must_use]
    pub fn with_examples(self, examples: usize) -> Self {
        Self { examples, ..self }
    }

    /// The same with so many steps.
    #[must_use]
    pub fn with_steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }
}

/// How a statement is checked.
pub enum Check {
    /// Its relations are equalities of polynomials in weights, data or target, `ℓ(m_i)`, `ℓ′(m_i)` and step sizes: exact polynomial
    /// identity testing for each shape.
    Identity {
        /// What is said.
        statement: Box<dyn Statement>,
        /// The shapes for which it is tested.
        shapes: Vec<Shape>,
    },
    /// The same, of free numbers that belong to no network.
    Formula(Box<dyn Formula>),
    /// On instances.
    Instances {
        /// What is said.
        statement: Box<dyn Statement>,
        /// Where the instances come from.
        source: Arc<dyn Source>,
    },
    /// About chance: case by case, by formulas and by sampling.
    Chance(Arc<dyn ChanceStatement>),
}

impl Check {
    /// The statement, if it is one that can be asked about a run: all but those about free numbers and about chance.
    #[must_use]
    pub fn statement(&self) -> Option<&dyn Statement> {
        match self {
            Self::Identity { statement, .. } | Self::Instances { statement, .. } => Some(&**statement),
            Self::Formula(_) | Self::Chance(_) => None,
        }
    }

    /// Where the instances come from, if there are any.
    #[must_use]
    pub fn source(&self) -> Option<&Arc<dyn Source>> {
        match self {
            Self::Instances { source, .. } => Some(source),
            Self::Identity { .. } | Self::Formula(_) | Self::Chance(_) => None,
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity { shapes, .. } => formatter.debug_tuple("Identity").field(shapes).finish(),
            Self::Formula(_) => formatter.write_str("Formula"),
            Self::Instances { source, .. } => formatter.debug_tuple("Instances").field(source).finish(),
            Self::Chance(statement) => formatter.debug_tuple("Chance").field(statement).finish(),
        }
    }
}

/// A variation of a statement that must come out the other way: refuted, or for a statement expected to be refuted, not.
#[derive(Debug)]
pub struct Control {
    /// What was changed.
    pub change: &'static str,
    /// The changed statement, and where it must fail (for the repaired form of a slip: where it must not). Of a source the first instance is
    /// looked at, which is mostly the only one.
    pub check: Check,
}
