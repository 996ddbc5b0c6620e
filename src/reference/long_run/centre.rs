//! What a long run asks of the program whose iterates are its centre.

use std::fmt::Debug;

use rug::Rational;

use crate::number::{Ball, Magnitude, Matrix};
use crate::problem::Network;
use crate::reference::around::enlarged;

/// The precision of what is computed beside the centre: what it adds to a rounding error of f64 is below 2⁻⁶⁰ of it.
pub(super) const BITS: u32 = 128;

/// A program in f64 that takes the steps of a problem: its iterates are the centre of a [`LongRun`](super::LongRun), which knows nothing else of
/// it. It starts from the nearest f64 of every initial weight, and rounds no more than it says.
pub trait Centre: Debug {
    /// The number of steps taken.
    fn t(&self) -> u64;

    /// All weights, `W_1` first, each layer row by row; they are finite.
    fn parameters(&self) -> &[f64];

    /// The size of the next step.
    fn eta(&self) -> f64;

    /// `R_t`, exact, under the smoothness rule.
    fn radius(&self) -> Option<&Rational>;

    /// The longest chain of roundings that ends in a weight of each layer, those of the data and of the constants and the last addition to
    /// the weight included. Every rounding has a relative error of at most 2⁻⁵³, or an absolute one of at most 2⁻¹⁰⁷⁵ below the normal range.
    fn chain_lengths(&self) -> &[u64];

    /// Takes so many steps, or fewer as soon as `stop` says so. *False* if there was one that could not be taken: the state is that before it.
    fn advance(&mut self, steps: u64, stop: &mut dyn FnMut() -> bool) -> bool;
}

/// The weights of a network, layer by layer, that lie in one slice.
pub(super) fn layers(network: &Network, parameters: &[f64]) -> Vec<Matrix<f64>> {
    let mut rest = parameters;
    let layer = |(rows, columns): (usize, usize)| {
        let (entries, others) = rest.split_at((rows * columns).min(rest.len()));
        rest = others;
        Matrix::from_entries(columns, entries.to_vec())
    };
    network.layer_shapes().into_iter().map(layer).collect()
}

/// The weights as enclosures of this radius, entry by entry.
pub(super) fn widened(layers: &[Matrix<f64>], radius: Magnitude) -> Vec<Matrix<Ball>> {
    layers.iter().map(|layer| layer.map(|&weight| enlarged(&Ball::from_f64(weight, BITS), radius))).collect()
}

/// An upper bound of the Euclidean distance of two points.
///
/// In f64 with `u = 2⁻⁵³`: a difference is below the computed one by a factor of at least `1 − u`, a square above the range of underflow too, and a term of
/// a sum of `n` terms passes through at most `n` roundings. So the sum of the squares is at most `(1 − u)^{−(n+3)} ≤ 1 + 2(n + 3)u ≤ 1 + 8nu` times the
/// computed one, `n` being no more than what fits into memory; what underflows adds less than 2⁻¹⁰⁷³ a term.
pub(super) fn distance(one: &[f64], other: &[f64]) -> Magnitude {
    const LANES: usize = 8;
    let mut lanes = [0.0_f64; LANES];
    for (one, other) in one.chunks(LANES).zip(other.chunks(LANES)) {
        for (lane, (one, other)) in lanes.iter_mut().zip(one.iter().zip(other)) {
            let difference = one - other;
            *lane += difference * difference;
        }
    }
    let terms = Magnitude::above_f64(one.len() as f64);
    let growth = Magnitude::ONE + terms.scaled(-50);
    let square = Magnitude::above_f64(lanes.iter().sum()) * growth + terms.scaled(-1072);
    // Equal points are at no distance, whatever may have underflowed elsewhere.
    if one == other { Magnitude::ZERO } else { square.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_no_less_than_the_exact_one() {
        let exact = |value: f64| Rational::from_f64(value).unwrap();
        for (scale, n) in [(1.0, 1), (1e-3, 17), (1e-160, 9), (1e150, 30), (5e-324, 3)] {
            let one: Vec<f64> = (0..n).map(|i| scale * (0.1 + f64::from(i) * 0.7)).collect();
            let other: Vec<f64> = (0..n).map(|i| scale * (0.3 + f64::from(i * i) * 0.2)).collect();
            let square: Rational = one.iter().zip(&other).map(|(a, b)| (exact(*a) - exact(*b)).square()).sum();
            let bound = distance(&one, &other).to_rational().unwrap();
            assert!(bound.clone().square() >= square, "{scale}");
            if scale > 1e-100 {
                assert!(bound.square() <= square.clone() + (square >> 40_u32), "{scale}");
            }
            assert!(distance(&one, &one).is_zero());
        }
        assert!(distance(&[1e308, 0.0], &[-1e308, 0.0]).is_infinite());
    }

    #[test]
    fn layers_lie_one_after_the_other() {
        let network = Network::fully_connected(&[2, 3, 1]).unwrap();
        let parameters: Vec<f64> = (0..9).map(f64::from).collect();
        let layers = layers(&network, &parameters);
        assert_eq!((layers[0][(2, 1)], layers[1][(0, 2)]), (5.0, 8.0));
        assert_eq!((layers[0].rows(), layers[1].rows()), (3, 1));
    }
}
