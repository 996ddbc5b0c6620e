//! The three architectures of deep linear networks.

/// A deep linear network, without its weights.
///
/// Layers are counted from 1 as in the papers, `W_1` being applied first. The weights of a fully-connected layer `k` are a
/// `d_k × d_{k−1}` matrix; those of a diagonal or convolutional layer are one row. The methods speak of networks that pass
/// [`check`](Network::check), as that of every [`Problem`](super::Problem) does; without widths there is no dimension to return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// `f(x) = W_L ⋯ W_1 x`.
    FullyConnected {
        /// `d_0, …, d_L`: at least two entries, each at least 1.
        widths: Vec<usize>,
    },
    /// `f(x) = Σ_j x_j ∏_k w_{k,j}`.
    Diagonal {
        /// The dimension `d` of the data and of every layer.
        dim: usize,
        /// The number of layers `L`.
        depth: usize,
    },
    /// `f(x) = ((x ⋆ w_1) ⋆ … ⋆ w_{L−1})ᵀ w_L` with the circular cross-correlation
    /// `[a ⋆ b]_i = Σ_{j=1}^{k} a_{((i+j−2) mod d)+1} b_j`.
    Convolutional {
        /// The dimension `d` of the data.
        dim: usize,
        /// The filter sizes `k_1, …, k_L`, each at most `d`, the last equal to `d`.
        filters: Vec<usize>,
    },
}

impl Network {
    /// The number of layers `L`.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::FullyConnected { widths } => widths.len() - 1,
            Self::Diagonal { depth, .. } => *depth,
            Self::Convolutional { filters, .. } => filters.len(),
        }
    }

    /// The dimension `d_0` of the data.
    #[must_use]
    pub fn input_dimension(&self) -> usize {
        match self {
            Self::FullyConnected { widths } => widths[0],
            Self::Diagonal { dim, .. } | Self::Convolutional { dim, .. } => *dim,
        }
    }

    /// The dimension `d_L` of the output: 1 for diagonal and convolutional networks.
    #[must_use]
    pub fn output_dimension(&self) -> usize {
        match self {
            Self::FullyConnected { widths } => widths[widths.len() - 1],
            Self::Diagonal { .. } | Self::Convolutional { .. } => 1,
        }
    }

    /// Rows and columns of each layer's weights, `W_1` first.
    #[must_use]
    pub fn layer_shapes(&self) -> Vec<(usize, usize)> {
        match self {
            Self::FullyConnected { widths } => widths.windows(2).map(|pair| (pair[1], pair[0])).collect(),
            Self::Diagonal { dim, depth } => vec![(1, *dim); *depth],
            Self::Convolutional { filters, .. } => filters.iter().map(|&size| (1, size)).collect(),
        }
    }
}
