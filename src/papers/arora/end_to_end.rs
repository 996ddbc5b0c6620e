//! The singular values of the end-to-end matrix, which nearly every claim of the paper asks for.

use crate::algebra::spectral::Spectrum;
use crate::number::Real;
use crate::reference::{Fact, Point};

/// The singular values of `W = W_N⋯W_1`.
struct EndToEnd<T>(Spectrum<T>);

impl<T: Real> Fact<Point<T>> for EndToEnd<T> {
    fn of(point: &Point<T>) -> Self {
        Self(point.spectrum_of(point.end_to_end()))
    }
}

/// The singular values of `W = W_N⋯W_1`.
pub(super) fn end_to_end_spectrum<T: Real>(point: &Point<T>) -> &Spectrum<T> {
    let EndToEnd(spectrum) = point.know();
    spectrum
}
