//! What a statement speaks of: the networks, losses and data without which its terms mean nothing.

use super::Hypotheses;
use crate::number::Real;
use crate::reference::Setting;

/// The networks that a statement speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Networks {
    #[default]
    FullyConnected,
    All,
}

/// What the examples are, if there must be some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Examples,
    Labelled,
    Target,
}

/// What a statement speaks of.
///
/// The harness states each part as a hypothesis. Where one of them fails, the terms of the statement have no meaning (a layer that is
/// not there, the target of a run that has examples), and the statement is not asked at all, not even for its conclusion alone: whoever
/// writes one may rely on the shapes. What a theorem *assumes* of numbers is no part of it and belongs into `assume`.
///
/// ```
/// use gradient_witness::claims::Domain;
/// // Matrices, one output, labels ±1, and a second layer.
/// const DEEP_CLASSIFIERS: Domain = Domain::FULLY_CONNECTED.one_output().labels().layers(2);
/// assert_ne!(DEEP_CLASSIFIERS, Domain::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    networks: Networks,
    one_output: bool,
    given: Option<Given>,
    least_depth: usize,
    is_deeper: bool,
    square: bool,
}

impl Default for Domain {
    fn default() -> Self {
        Self::FULLY_CONNECTED
    }
}

impl Domain {
    /// Fully-connected networks, `f(x) = W_L⋯W_1 x`, of any depth, with any loss and data.
    pub const FULLY_CONNECTED: Self = Self {
        networks: Networks::FullyConnected,
        one_output: false,
        given: None,
        least_depth: 1,
        is_deeper: true,
        square: false,
    };

    /// All architectures: diagonal and convolutional layers are rows of numbers, whatever the others are.
    pub const ALL_NETWORKS: Self = Self { networks: Networks::All, ..Self::FULLY_CONNECTED };

    /// Only networks of one output: `W_L` is a row.
    #[must_use]
    pub const fn one_output(self) -> Self {
        Self { one_output: true, ..self }
    }

    /// Only data that are examples.
    #[must_use]
    pub const fn examples(self) -> Self {
        Self { given: Some(Given::Examples), ..self }
    }

    /// Only examples with labels ±1 and a loss of the margin: there are `z_i = y_i x_i`, margins and slopes `ℓ′(m_i)`.
    #[must_use]
    pub const fn labels(self) -> Self {
        Self { given: Some(Given::Labelled), ..self }
    }

    /// Only the loss of a target `Φ`, without examples.
    #[must_use]
    pub const fn target(self) -> Self {
        Self { given: Some(Given::Target), ..self }
    }

    /// Only networks of at least this many layers.
    #[must_use]
    pub const fn layers(self, least: usize) -> Self {
        Self { least_depth: least, ..self }
    }

    /// Only networks of this many layers, of which the statement names each.
    #[must_use]
    pub const fn just_layers(self, count: usize) -> Self {
        Self { least_depth: count, is_deeper: false, ..self }
    }

    /// Only layers that are square matrices, all of one size.
    #[must_use]
    pub const fn square_layers(self) -> Self {
        Self { square: true, ..self }
    }

    /// States what the domain excludes; whether `setting` lies in it.
    pub(super) fn state<T: Real>(self, setting: &Setting<T>, given: &mut Hypotheses) -> bool {
        let network = setting.network();
        let mut inside = true;
        let mut state = |label, holds: bool| {
            given.of_domain(label, holds);
            inside &= holds;
        };
        if self.networks == Networks::FullyConnected {
            state("the network is fully-connected", network.is_fully_connected());
        }
        if self.one_output {
            state("one output", network.output_dimension() == 1);
        }
        match self.given {
            None => {}
            Some(Given::Examples) => state("the data are examples", setting.problem().exact_examples().is_some()),
            Some(Given::Labelled) => state("labels ±1 and a loss of the margin", setting.loss().is_classification()),
            Some(Given::Target) => state("a squared target", setting.problem().target().is_some()),
        }
        if self.square {
            let dim = network.input_dimension();
            let is_square = network.is_fully_connected() && network.widths().iter().all(|width| *width == dim);
            state("square layers of one size", is_square);
        }
        match self.least_depth {
            least if !self.is_deeper => state("as many layers as the statement names", network.depth() == least),
            0 | 1 => {}
            2 => state("at least two layers", network.depth() >= 2),
            3 => state("at least three layers", network.depth() >= 3),
            least => state("as many layers as the statement names", network.depth() >= least),
        }
        inside
    }
}
