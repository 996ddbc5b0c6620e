//! What is known of weights that lie within a Euclidean radius of exact ones.

use std::sync::Arc;

use super::{Point, Setting};
use crate::algebra::spectral::{Effort, spectral_norm};
use crate::number::{Ball, Magnitude, Matrix, Real};
use crate::problem::{Layer, Network, SpectralNorm};

/// Why what is enclosed by a centre and a radius does not go on where that [says nothing](says_nothing).
pub(super) const TOO_LARGE: &str = "the radius is larger than the weights, so that nothing is known of them";

/// Whether a radius says nothing of weights of this Euclidean norm. Zero weights have no size to be compared with.
pub(super) fn says_nothing(radius: Magnitude, size: Magnitude) -> bool {
    radius > size.max(Magnitude::ONE)
}

/// All weights within a Euclidean `radius` of those of `point`, all layers together as one vector.
///
/// What it encloses is sharper than what enclosures of each weight would give: a radius spread over `n` weights is smaller by up to `√n` than one for each
/// of them.
#[derive(Debug)]
pub struct Around {
    point: Point<Ball>,
    radius: Magnitude,
}

impl Around {
    /// The ball of that radius around exact weights, `W_1` first.
    #[must_use]
    pub fn new(setting: Arc<Setting<Ball>>, centre: Vec<Matrix<Ball>>, radius: Magnitude) -> Self {
        Self { point: Point::new(setting, centre), radius }
    }

    /// The risk: by the mean value theorem it differs from that at the centre by no more than the radius times the largest gradient. That is looked for in
    /// the enclosures of every weight, which hold the ball.
    #[must_use]
    pub fn risk(&self) -> Ball {
        let centre = self.point.risk();
        if self.radius.is_zero() {
            return centre.clone();
        }
        let gradient = self.spread_out().gradient_norm_squared().greatest_absolute().sqrt();
        enlarged(centre, gradient * self.radius)
    }

    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer.
    #[must_use]
    pub fn norms(&self) -> Vec<Ball> {
        let norm = |square: &Ball| enlarged(&square.clone().sqrt_of_nonnegative(), self.radius);
        self.point.norms_squared().iter().map(norm).collect()
    }

    /// `‖W_k‖₂`, or `max_j |w_{k,j}|`, of each layer; `None` where there is none. Neither changes by more than the Euclidean norm of the change.
    #[must_use]
    pub fn spectral(&self) -> Option<Vec<Ball>> {
        let kind = self.point.setting().network().spectral_norm()?;
        let norm = |layer: &Matrix<Ball>| match kind {
            SpectralNorm::LargestSingularValue => spectral_norm(layer, Effort::Tight),
            SpectralNorm::LargestEntry => layer
                .entries()
                .iter()
                .fold(self.point.constant(0), |largest, weight| largest.max(&weight.clone().abs())),
        };
        Some(self.point.weights().iter().map(|layer| enlarged(&norm(layer), self.radius)).collect())
    }

    /// The end-to-end map, `d_L × d_0`.
    #[must_use]
    pub fn end_to_end(&self) -> Matrix<Ball> {
        let change = self.change_of_product();
        self.point.end_to_end().map(|entry| enlarged(entry, change))
    }

    /// A bound of how far the end-to-end map is from that of the centre: see `change_of_product` in this file.
    #[must_use]
    pub fn change_of_product(&self) -> Magnitude {
        let norms = self.point.norms_squared().iter().map(|square| square.greatest_absolute().sqrt());
        change_of_product(self.point.setting().network(), norms, self.radius)
    }

    /// Every weight in a ball of its own: less than this knows.
    #[must_use]
    pub fn spread_out(&self) -> Point<Ball> {
        let widened = |layer: &Matrix<Ball>| layer.map(|weight| enlarged(weight, self.radius));
        Point::new(Arc::clone(self.point.setting()), self.point.weights().iter().map(widened).collect())
    }

    /// The exact weights in the middle, and what is computed there.
    pub(super) fn point(&self) -> &Point<Ball> {
        &self.point
    }

    /// The exact weights in the middle.
    #[must_use]
    pub fn centre(&self) -> &[Matrix<Ball>] {
        self.point.weights()
    }

    /// The radius.
    #[must_use]
    pub fn radius(&self) -> Magnitude {
        self.radius
    }
}

/// The norm of the map from the weights of a layer, as a vector, to its matrix: of a filter of `q` entries, each of which stands once in every row and column,
/// `√q` in the spectral norm.
pub(super) fn spread(layer: &Layer) -> Magnitude {
    match *layer {
        Layer::Circulant { size, .. } => Magnitude::above_rational(&rug::Rational::from(size)).sqrt(),
        Layer::Full { .. } | Layer::Diagonal { .. } => Magnitude::ONE,
    }
}

/// A bound of how far the end-to-end maps of weights with these norms, one for each layer, are from those of weights within `radius`, in the spectral norm, which
/// bounds every entry and the Euclidean norm of a vector.
///
/// A product of factors `M_k + E_k` differs from that of the `M_k` by the terms with at least one `E`, so by no more than `∏(s_k + e_k) − ∏ s_k` in the
/// spectral norm, where `‖M_k‖₂ ≤ s_k` and `‖E_k‖₂ ≤ e_k`. The norm of a layer's weights, times what the
/// layer makes of it, bounds that of its matrix.
pub(super) fn change_of_product(
    network: &Network,
    norms: impl IntoIterator<Item = Magnitude>,
    radius: Magnitude,
) -> Magnitude {
    // The product so far, and what its change may be: sums and products alone.
    let (mut product, mut change) = (Magnitude::ONE, Magnitude::ZERO);
    for (layer, norm) in network.layers().iter().zip(norms) {
        let spread = spread(layer);
        let (norm, error) = (norm * spread, radius * spread);
        change = change * (norm + error) + product * error;
        product = product * norm;
    }
    change
}

/// The numbers that are no further than `radius` from one of the ball.
pub(super) fn enlarged(ball: &Ball, radius: Magnitude) -> Ball {
    if radius.is_zero() { ball.clone() } else { Ball::new(ball.centre(), ball.radius() + radius) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radius_says_nothing_where_it_is_larger_than_the_weights_and_than_one() {
        let number = Magnitude::above_f64;
        assert!(says_nothing(number(4.1), number(4.0)) && !says_nothing(number(4.0), number(4.0)));
        // Of weights that are nearly zero, a radius of 1/2 says that they are not large.
        assert!(!says_nothing(number(0.5), number(1e-9)) && says_nothing(number(1.1), Magnitude::ZERO));
    }
}
