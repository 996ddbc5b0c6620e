//! Deep linear networks: lists of layers.
//!
//! What kinds of layers there are, what each does with its parameters, and how a run spec writes the networks made of them stands in this
//! folder alone. Of the rest, only the f64 program knows kinds, because it has a way of its own to hold each: a new one gets a layout
//! (`descent/layout.rs`), its roundings (`descent/budget.rs`) and its definition in the tests there. Everybody else asks a [`Network`] for its
//! layers, and a [`Layer`] for its shapes and for the entries of its matrix. No product and no gradient may enter.

mod layer;
mod spec;

use std::fmt;

pub use layer::{Layer, Triplet};
pub(super) use spec::KEYS;

use super::Misfit;
use super::fit::misfit;

/// A deep linear network, without its weights: the layers whose matrices `M_1, …, M_L` multiply to its end-to-end matrix `M_L ⋯ M_1`, so that
/// `f(x) = M_L ⋯ M_1 x`.
///
/// Layers are counted from 1 as in the papers, `M_1` being applied first. Every network has at least one layer, no size is zero, and the
/// shapes chain.
///
/// ```
/// use gradient_witness::problem::{Layer, Network};
/// let network = Network::convolutional(5, &[2, 5])?;
/// assert_eq!(network.layers(), [Layer::Circulant { dim: 5, size: 2 }, Layer::Full { rows: 1, columns: 5 }]);
/// assert_eq!(network.layer_shapes(), [(1, 2), (1, 5)]);
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    architecture: Architecture,
    layers: Vec<Layer>,
}

/// What a run spec calls a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `f(x) = W_L ⋯ W_1 x`.
    FullyConnected,
    /// `f(x) = Σ_j x_j ∏_k w_{k,j}`: diagonal layers before a row.
    Diagonal,
    /// `f(x) = ((x ⋆ w_1) ⋆ … ⋆ w_{L−1})ᵀ w_L` with the circular cross-correlation
    /// `[a ⋆ b]_i = Σ_{j=1}^{k} a_{((i+j−2) mod d)+1} b_j`: circulant layers before a row.
    Convolutional,
}

/// The norm of a layer that a trajectory records as `spectral`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpectralNorm {
    /// The largest singular value of the weights as they are shaped.
    LargestSingularValue,
    /// The largest absolute value of a weight, which is the norm of a diagonal matrix.
    LargestEntry,
}

/// The most layers that a network may have: constants of theorems have powers of the depth, or have it as an exponent, and multiples of this
/// are far from the end of machine integers.
pub const MOST_LAYERS: usize = 1 << 20;

impl Network {
    /// The fully-connected network of the widths `d_0, …, d_L`.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names `network.widths`: there are fewer than two, or one is 0; or there are more than [`MOST_LAYERS`].
    ///
    /// ```
    /// use gradient_witness::problem::Network;
    /// assert_eq!(Network::fully_connected(&[2, 3, 1])?.layer_shapes(), [(3, 2), (1, 3)]);
    /// assert_eq!(Network::fully_connected(&[2]).unwrap_err().key, "network.widths");
    /// # Ok::<(), gradient_witness::problem::Misfit>(())
    /// ```
    pub fn fully_connected(widths: &[usize]) -> Result<Self, Misfit> {
        if widths.len() < 2 {
            let count = widths.len();
            return Err(misfit(
                "network.widths",
                format!("{count} width{} given", if count == 1 { " is" } else { "s are" }),
                "give at least two, the dimensions of the data and of the output: widths = [2, 1]",
            ));
        }
        if let Some(layer) = widths.iter().position(|&width| width == 0) {
            return Err(misfit("network.widths", format!("d_{layer} is 0"), "make every width at least 1"));
        }
        check_depth("network.widths", widths.len() - 1)?;
        let layers = widths.windows(2).map(|pair| Layer::Full { rows: pair[1], columns: pair[0] }).collect();
        Ok(Self { architecture: Architecture::FullyConnected, layers })
    }

    /// The diagonal network of `depth` layers on data of dimension `dim`.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names `network.dim` or `network.depth`, if it is 0, or there are more than [`MOST_LAYERS`].
    pub fn diagonal(dim: usize, depth: usize) -> Result<Self, Misfit> {
        check_dimension(dim)?;
        if depth == 0 {
            return Err(misfit("network.depth", "there are no layers", "make the depth at least 1"));
        }
        check_depth("network.depth", depth)?;
        let before = std::iter::repeat_n(Layer::Diagonal { dim }, depth - 1);
        Ok(Self { architecture: Architecture::Diagonal, layers: before.chain([Layer::row(dim)]).collect() })
    }

    /// The convolutional network of the filter sizes `k_1, …, k_L` on data of dimension `dim`.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] that names `network.dim`, if it is 0, or `network.filters`: there are none, one is 0 or larger than `dim`, the last is
    /// not `dim`, or there are more than [`MOST_LAYERS`].
    pub fn convolutional(dim: usize, filters: &[usize]) -> Result<Self, Misfit> {
        check_dimension(dim)?;
        if let Some(layer) = filters.iter().position(|size| !(1..=dim).contains(size)) {
            return Err(misfit(
                "network.filters",
                format!("filter {} has size {} and the data have dimension {dim}", layer + 1, filters[layer]),
                format!("make every filter size at least 1 and at most {dim}"),
            ));
        }
        let Some((&last, before)) = filters.split_last() else {
            return Err(misfit(
                "network.filters",
                "there are no layers",
                format!("give at least the last filter's size, filters = [{dim}]"),
            ));
        };
        if last != dim {
            return Err(misfit(
                "network.filters",
                format!("the last filter has size {last}"),
                format!("make it equal to the dimension of the data, {dim}"),
            ));
        }
        check_depth("network.filters", filters.len())?;
        let before = before.iter().map(|&size| Layer::Circulant { dim, size });
        Ok(Self { architecture: Architecture::Convolutional, layers: before.chain([Layer::row(dim)]).collect() })
    }

    /// What a run spec calls it.
    #[must_use]
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// Whether the weights of every layer are the entries of its matrix, with no condition on them.
    #[must_use]
    pub fn is_fully_connected(&self) -> bool {
        self.architecture == Architecture::FullyConnected
    }

    /// The layers, the first being applied first.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The number of layers `L`.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// The degree of the end-to-end matrix in the weights, which is the depth, as an exponent; it is at most [`MOST_LAYERS`].
    #[must_use]
    pub fn degree(&self) -> u32 {
        // Exact: so much was checked when the network was made.
        self.layers.len() as u32
    }

    /// The dimension `d_0` of the data.
    #[must_use]
    pub fn input_dimension(&self) -> usize {
        self.layers.first().map_or(0, Layer::columns)
    }

    /// The dimension `d_L` of the output: 1 for diagonal and convolutional networks.
    #[must_use]
    pub fn output_dimension(&self) -> usize {
        self.layers.last().map_or(0, Layer::rows)
    }

    /// The dimensions `d_0, …, d_L` between the layers.
    #[must_use]
    pub fn widths(&self) -> Vec<usize> {
        self.layers.iter().map(Layer::columns).chain([self.output_dimension()]).collect()
    }

    /// Rows and columns of each layer's weights, those of the first layer first: those of its matrix where they are its entries, one row
    /// elsewhere.
    #[must_use]
    pub fn layer_shapes(&self) -> Vec<(usize, usize)> {
        self.layers.iter().map(Layer::shape).collect()
    }

    /// The norm of each layer that a trajectory records as `spectral`; `None` where it records none.
    #[must_use]
    pub fn spectral_norm(&self) -> Option<SpectralNorm> {
        match self.architecture {
            Architecture::FullyConnected => Some(SpectralNorm::LargestSingularValue),
            Architecture::Diagonal => Some(SpectralNorm::LargestEntry),
            Architecture::Convolutional => None,
        }
    }

    /// The weight, 0 or 1, in row `i` and column `j` of every layer's weights in the start that multiplies to an identity.
    pub(super) fn weight_of_identity(&self, i: usize, j: usize) -> u32 {
        u32::from(self.architecture == Architecture::Diagonal || i == j)
    }
}

/// As a run spec tells its sizes: `widths [2, 3, 1]`, `dim 5, filters [2, 5]`.
impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes().into_iter().map(|(key, size)| format!("{key} {size}")).collect();
        formatter.write_str(&sizes.join(", "))
    }
}

fn check_depth(key: &str, depth: usize) -> Result<(), Misfit> {
    if depth > MOST_LAYERS {
        let problem = format!("the network has {depth} layers, and {MOST_LAYERS} are allowed");
        return Err(misfit(key, problem, "give fewer of them"));
    }
    Ok(())
}

fn check_dimension(dim: usize) -> Result<(), Misfit> {
    if dim == 0 {
        return Err(misfit("network.dim", "the dimension is 0", "make it at least 1"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_a_network() {
        let key = |network: Result<Network, Misfit>| network.unwrap_err().key;
        for widths in [&[][..], &[2], &[2, 0, 1], &[0, 1]] {
            assert_eq!(key(Network::fully_connected(widths)), "network.widths");
        }
        assert_eq!(key(Network::diagonal(0, 1)), "network.dim");
        for depth in [0, MOST_LAYERS + 1, (1 << 32) + 1] {
            assert_eq!(key(Network::diagonal(2, depth)), "network.depth");
        }
        for filters in [&[][..], &[0, 2], &[3, 2], &[2, 1]] {
            assert_eq!(key(Network::convolutional(2, filters)), "network.filters");
        }
        assert_eq!(key(Network::convolutional(0, &[0])), "network.dim");
    }

    #[test]
    fn layers_chain_and_end_in_the_output() {
        let networks = [
            Network::fully_connected(&[4, 3, 2]),
            Network::fully_connected(&[2, 1]),
            Network::diagonal(3, 1),
            Network::diagonal(3, 4),
            Network::convolutional(4, &[4]),
            Network::convolutional(4, &[1, 3, 4]),
        ];
        for network in networks.map(Result::unwrap) {
            for pair in network.layers().windows(2) {
                assert_eq!(pair[0].rows(), pair[1].columns(), "{network:?}");
            }
            assert_eq!(network.widths().len(), network.depth() + 1);
            assert_eq!(network.widths()[0], network.input_dimension());
        }
    }

    #[test]
    fn networks_print_their_sizes() {
        let text = |network: Result<Network, Misfit>| network.unwrap().to_string();
        assert_eq!(text(Network::fully_connected(&[2, 3, 1])), "widths [2, 3, 1]");
        assert_eq!(text(Network::diagonal(3, 4)), "dim 3, depth 4");
        assert_eq!(text(Network::convolutional(5, &[2, 5])), "dim 5, filters [2, 5]");
    }
}
