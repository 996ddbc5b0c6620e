//! The field `F = −∇R` of the flow as a recorded text: the reference's own gradient, written down once and played over any number.

use std::sync::Arc;

use crate::number::{Ball, Disc, Known, Magnitude, NotRecorded, Recorded, Series, Text, TooWide};
use crate::problem::{Matrix, Problem};
use crate::reference::{Point, Setting};

/// The gradient of one problem, from all weights as one list to all slopes as one list: layer by layer, row by row.
#[derive(Clone, Debug)]
pub(super) struct Field {
    text: Text,
}

impl Field {
    /// Runs the gradient of `problem` over a number that writes down what is asked of it.
    pub fn new(problem: &Arc<Problem>) -> Result<Self, NotRecorded> {
        let inputs = problem.initial().iter().map(|layer| layer.entries().len()).sum();
        let text = Text::record(inputs, |weights| {
            let setting = Arc::new(Setting::new(Arc::clone(problem), 64));
            let point = Point::<Recorded>::new(setting, shaped(problem, weights)).from_narrower_end();
            flattened(point.gradient())
        })?;
        Ok(Self { text })
    }

    /// How many operations it has.
    pub fn operations(&self) -> usize {
        self.text.operations()
    }

    /// A player of the coefficients of `∇R(c(s))`, of those of `c(s)`.
    pub fn series(&self, bits: u32) -> Series<'_, Ball> {
        self.text.series(bits)
    }

    /// A bound of `|F(c(z))|` for `|z| ≤ radius`, where the entries of `c(z)` are in the discs, and in those of `twice` for `|z| ≤ 2 radius`; the
    /// coefficients of everything in `F(c)` are as far `known` as they were computed.
    pub fn sup(&self, known: &Known, radius: Magnitude, discs: &[Disc], twice: &[Disc]) -> Result<Magnitude, TooWide> {
        Ok(Magnitude::euclidean(self.text.over_discs_with(known, radius, discs, twice)?.iter().map(Disc::most)))
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
