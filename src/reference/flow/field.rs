//! The field `F` of the flow as a recorded text: the reference's own gradient, written down once and played over any number.

use std::sync::Arc;

use crate::number::{Ball, Disc, Known, Magnitude, NotRecorded, Recorded, Series, Text, TooWide};
use crate::problem::{Matrix, Problem};
use crate::reference::gradient::layer_gradients;
use crate::reference::network::Products;
use crate::reference::{Point, Setting, SmoothedMargin};

/// The gradient of what the flow descends, `−F`, from all weights as one list to all slopes as one list: layer by layer, row by row. Beside it the slope by the
/// end-to-end matrix: of the smoothed margin that is its [pull](SmoothedMargin::pull), as which it is known here of the risk, too. And of the smoothed margin its
/// [exponential](SmoothedMargin::exponential), by which its time passes.
#[derive(Clone, Debug)]
pub(super) struct Field {
    text: Text,
    weights: usize,
    /// The entries of an end-to-end matrix.
    pull: usize,
}

/// The n-th Taylor coefficients of the gradient, and of what is known beside it: the pull, and the exponential of the smoothed margin.
pub(super) struct Slopes<'a> {
    pub gradient: &'a [Ball],
    pub beside: &'a [Ball],
}

/// Bounds on a complex disc of times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sup {
    /// Of the norm of the gradient.
    pub gradient: Magnitude,
    /// Of the norm of the pull, and of the exponential.
    pub pull: Magnitude,
    pub exponential: Magnitude,
}

/// A player of the coefficients of the gradient at `c(s)`, of those of `c(s)`.
#[derive(Debug)]
pub(super) struct Player<'a> {
    series: Series<'a, Ball>,
    weights: usize,
}

impl Player<'_> {
    /// Forgets all coefficients.
    pub fn restart(&mut self) {
        self.series.restart();
    }

    /// The next coefficients.
    pub fn next(&mut self, weights: &[Ball]) -> Slopes<'_> {
        let (gradient, beside) = self.series.next(weights).split_at(self.weights);
        Slopes { gradient, beside }
    }

    /// What is known of the coefficients so far.
    pub fn known(&self) -> Known {
        self.series.known()
    }
}

impl Field {
    /// Of the risk: runs the gradient of `problem` over a number that writes down what is asked of it.
    pub fn new(problem: &Arc<Problem>) -> Result<Self, NotRecorded> {
        Self::record(problem, |setting, weights| {
            let point = Point::<Recorded>::new(setting, weights).from_narrower_end();
            let mut outputs = flattened(point.gradient());
            outputs.extend(point.product_gradient().entries().iter().cloned());
            outputs
        })
    }

    /// Of `−q`, the smoothed margin told by the margin of example `beside`.
    pub fn of_smoothed_margin(problem: &Arc<Problem>, beside: usize) -> Result<Self, NotRecorded> {
        Self::record(problem, |setting, weights| {
            let network = setting.network();
            let products = Products::from_narrower_end(network, &weights);
            let margin = SmoothedMargin::beside(beside, &setting, products.end_to_end().row(0));
            let pull = margin.pull(&setting).unwrap_or_else(|| products.end_to_end().clone());
            let mut outputs = flattened(&layer_gradients(network, &weights, &products, &pull));
            outputs.extend(pull.entries().iter().cloned());
            outputs.push(margin.exponential());
            outputs
        })
    }

    fn record(
        problem: &Arc<Problem>,
        outputs: impl FnOnce(Arc<Setting<Recorded>>, Vec<Matrix<Recorded>>) -> Vec<Recorded>,
    ) -> Result<Self, NotRecorded> {
        let weights = problem.initial().iter().map(|layer| layer.entries().len()).sum();
        let text = Text::record(weights, |weights| {
            outputs(Arc::new(Setting::new(Arc::clone(problem), 64)), shaped(problem, weights))
        })?;
        let network = problem.network();
        Ok(Self { text, weights, pull: network.input_dimension().saturating_mul(network.output_dimension()) })
    }

    /// How many operations it has.
    pub fn operations(&self) -> usize {
        self.text.operations()
    }

    /// How many of the numbers beside the gradient are the pull.
    pub fn pull(&self) -> usize {
        self.pull
    }

    /// A player of the coefficients at so many bits.
    pub fn series(&self, bits: u32) -> Player<'_> {
        Player { series: self.text.series(bits), weights: self.weights }
    }

    /// Bounds at `c(z)` for `|z| ≤ radius`, where the entries of `c(z)` are in the discs, and in those of `twice` for `|z| ≤ 2 radius`; the
    /// coefficients of everything in `F(c)` are as far `known` as they were computed.
    pub fn sup(&self, known: &Known, radius: Magnitude, discs: &[Disc], twice: &[Disc]) -> Result<Sup, TooWide> {
        let discs = self.text.over_discs_with(known, radius, discs, twice)?;
        let norm = |discs: &[Disc]| Magnitude::euclidean(discs.iter().map(Disc::most));
        let (gradient, beside) = discs.split_at(self.weights);
        let (pull, exponential) = beside.split_at(self.pull);
        Ok(Sup { gradient: norm(gradient), pull: norm(pull), exponential: norm(exponential) })
    }
}

/// All weights as one list.
pub(super) fn flattened<T: Clone>(layers: &[Matrix<T>]) -> Vec<T> {
    layers.iter().flat_map(|layer| layer.entries().iter().cloned()).collect()
}

/// The layers of a list of all weights.
pub(super) fn shaped<T: Clone>(problem: &Problem, weights: &[T]) -> Vec<Matrix<T>> {
    let mut rest = weights;
    let layers = problem.initial().iter().map(|layer| {
        let (own, others) = rest.split_at(layer.entries().len());
        rest = others;
        Matrix::from_entries(layer.columns(), own.to_vec())
    });
    layers.collect()
}
