//! How a run spec writes a network.

use super::{Architecture, Layer, Network};
use crate::problem::Misfit;
use crate::problem::fit::misfit;
use crate::problem::spec::Section;

/// The keys of the table `[network]`.
pub(in crate::problem) const KEYS: &[&str] = &["architecture", "widths", "dim", "depth", "filters"];

/// The largest number of weights that a run spec may ask for: some hundred megabytes of rationals.
const MAX_WEIGHTS: usize = 1 << 22;

/// The largest number of entries that the products of neighbouring layers may have.
const MAX_PRODUCTS: usize = 1 << 25;

impl Network {
    /// The network that the table `[network]` describes.
    pub(in crate::problem) fn read(section: &Section<'_>) -> Result<Self, Misfit> {
        let names = ["fully-connected", "diagonal", "convolutional"];
        let fix = "add architecture = \"fully-connected\", \"diagonal\" or \"convolutional\"";
        let architecture = section.required("architecture", fix)?;
        let dimension = || section.required("dim", "add the dimension of the data, dim = 5")?.size();
        let network = match architecture.choice(&names, &["tensor", "structured"])? {
            "fully-connected" => {
                section.refuse(&["dim", "depth", "filters"], "for a fully-connected network")?;
                let fix = "add the dimensions of all layers, widths = [2, 3, 1]";
                Self::fully_connected(&section.required("widths", fix)?.sizes()?)?
            }
            "diagonal" => {
                section.refuse(&["widths", "filters"], "for a diagonal network")?;
                let depth = section.required("depth", "add the number of layers, depth = 3")?.size()?;
                let dim = dimension()?;
                // Before there is a list of so many layers.
                check_weights("network.depth", dim.checked_mul(depth))?;
                Self::diagonal(dim, depth)?
            }
            _ => {
                section.refuse(&["widths", "depth"], "for a convolutional network")?;
                let filters = section.required("filters", "add the sizes of all filters, filters = [2, 5]")?.sizes()?;
                Self::convolutional(dimension()?, &filters)?
            }
        };
        network.check_size()?;
        Ok(network)
    }

    /// The lines of the table `[network]`.
    pub(in crate::problem) fn lines(&self) -> String {
        let sizes = self.sizes().into_iter().map(|(key, size)| format!("{key} = {size}\n"));
        std::iter::once(format!("architecture = {:?}\n", self.architecture.name())).chain(sizes).collect()
    }

    /// The keys of the sizes, with their values.
    pub(super) fn sizes(&self) -> Vec<(&'static str, String)> {
        let dim = ("dim", self.input_dimension().to_string());
        match self.architecture {
            Architecture::FullyConnected => vec![("widths", format!("{:?}", self.widths()))],
            Architecture::Diagonal => vec![dim, ("depth", self.depth().to_string())],
            Architecture::Convolutional => {
                let filters: Vec<usize> = self.layers.iter().map(|layer| layer.shape().1).collect();
                vec![dim, ("filters", format!("{filters:?}"))]
            }
        }
    }

    /// What a run spec calls the dimension of the data.
    pub(in crate::problem) fn input_key(&self) -> &'static str {
        match self.architecture {
            Architecture::FullyConnected => "the first of network.widths",
            Architecture::Diagonal | Architecture::Convolutional => "network.dim",
        }
    }

    /// Refuses networks whose weights, or whose products of neighbouring layers, would not fit into memory.
    fn check_size(&self) -> Result<(), Misfit> {
        let (key, fix) = match self.architecture {
            Architecture::FullyConnected => ("network.widths", "make the first or the last width smaller"),
            Architecture::Diagonal => ("network.depth", "make the dimension or the depth smaller"),
            Architecture::Convolutional => ("network.filters", "make the dimension or the number of layers smaller"),
        };
        check_weights(key, self.sum(|layer| layer.shape().0.checked_mul(layer.shape().1)))?;
        // A step forms the products of the layers above each one and, of fully-connected ones, below; the end-to-end matrix among them.
        let above = self.sum(|layer| layer.columns().checked_mul(self.output_dimension()));
        let below = if self.is_fully_connected() {
            self.sum(|layer| layer.rows().checked_mul(self.input_dimension()))
        } else {
            Some(0)
        };
        let products = above.zip(below).and_then(|(above, below)| above.checked_add(below));
        if products.is_none_or(|count| count > MAX_PRODUCTS) {
            let count = in_words(products);
            let problem = format!(
                "the products of the layers up to the input and up to the output have {count} numbers, and {MAX_PRODUCTS} are allowed"
            );
            return Err(misfit(key, problem, fix));
        }
        Ok(())
    }

    /// A sum over all layers, if every term is there and the sum has room.
    fn sum(&self, term: impl Fn(&Layer) -> Option<usize>) -> Option<usize> {
        self.layers.iter().try_fold(0_usize, |sum, layer| sum.checked_add(term(layer)?))
    }
}

impl Architecture {
    /// The word of a run spec.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FullyConnected => "fully-connected",
            Self::Diagonal => "diagonal",
            Self::Convolutional => "convolutional",
        }
    }
}

fn check_weights(key: &str, weights: Option<usize>) -> Result<(), Misfit> {
    if weights.is_none_or(|count| count > MAX_WEIGHTS) {
        let count = in_words(weights);
        let problem = format!("the network has more than {MAX_WEIGHTS} weights: it has {count}");
        return Err(misfit(key, problem, "make it smaller"));
    }
    Ok(())
}

fn in_words(count: Option<usize>) -> String {
    count.map_or_else(|| "more than 2^64".to_owned(), |count| count.to_string())
}
