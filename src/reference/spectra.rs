//! The singular values of what there is at a point.

use super::{Fact, Point};
use crate::algebra::spectral::{Effort, Spectrum};
use crate::number::Real;
use crate::problem::Matrix;

/// Up to this precision singular values are enclosed with little effort.
const QUICK_BITS: u32 = 128;

/// The singular values of every layer.
#[derive(Debug)]
struct Spectra<T>(Vec<Spectrum<T>>);

impl<T: Real> Fact<Point<T>> for Spectra<T> {
    fn of(point: &Point<T>) -> Self {
        Self(point.weights().iter().map(|layer| point.spectrum_of(layer)).collect())
    }
}

impl<T: Real> Point<T> {
    /// The singular values of every layer.
    #[must_use]
    pub fn spectra(&self) -> &[Spectrum<T>] {
        let Spectra(spectra) = self.know();
        spectra
    }

    /// The singular values of a matrix made at this point: with little effort at the lowest precisions, where most bounds are
    /// decided, and as tightly as the precision allows above.
    #[must_use]
    pub fn spectrum_of(&self, matrix: &Matrix<T>) -> Spectrum<T> {
        let effort = if self.setting().bits() <= QUICK_BITS { Effort::Quick } else { Effort::Tight };
        Spectrum::of(matrix, effort)
    }
}
