//! Fully-connected networks: bounds by the norms of products of their layers.
//!
//! `|⟨G, A_k V B_kj U C_j⟩| = |tr(C_j Gᵀ A_k V B_kj U)| ≤ ‖C_j Gᵀ A_k‖_2 ‖B_kj‖_2 |V| |U|`, the norms of `V` and `U` being those of Frobenius. What the
//! ball adds to each of the two is what [`Moving`] says of the product of `G`, `A_k`, `C_j`, and of layers.

use super::Norms;
use super::convex::Convex;
use super::mixed::Mixed;
use super::moving::Moving;
use crate::algebra::norm_ball::NormBall;
use crate::number::Magnitude;
use crate::problem::Matrix;

/// Beyond this depth a product of layers between two others is bounded by the product of their norms.
pub(super) const MOST_MULTIPLIED: usize = 64;

/// Beyond this depth nothing is known: there would be too many pairs of layers.
pub(super) const MOST_LAYERS: usize = 512;

/// Products of the layers at the centre, from either end up to each layer, and their spectral norms over the ball.
pub(super) struct Ends {
    /// `A_k` or `C_k`, for `k` from 1.
    pub products: Vec<NormBall>,
    pub norms: Vec<Moving>,
}

impl Ends {
    /// `C_1 = I`, `C_2 = W_1`, …, `C_{L+1} = W_L ⋯ W_1`.
    fn from_input(layers: &[NormBall], norms: &[Moving]) -> Self {
        let mut ends = Self::new(layers[0].centre().columns(), layers.len());
        for (layer, norm) in layers.iter().zip(norms) {
            ends.push(*norm, layer, |below| layer.times(below));
        }
        ends
    }

    /// `A_L = I`, …, `A_1 = W_L ⋯ W_2`.
    fn from_output(layers: &[NormBall], norms: &[Moving]) -> Self {
        let rows = layers.last().map_or(0, |layer| layer.centre().rows());
        let mut ends = Self::new(rows, layers.len());
        for (layer, norm) in layers.iter().zip(norms).skip(1).rev() {
            ends.push(*norm, layer, |above| above.times(layer));
        }
        ends.products.reverse();
        ends.norms.reverse();
        ends
    }

    fn new(size: usize, depth: usize) -> Self {
        let (mut products, mut norms) = (Vec::with_capacity(depth + 1), Vec::with_capacity(depth + 1));
        products.push(NormBall::identity(size));
        norms.push(Moving::ONE);
        Self { products, norms }
    }

    fn last(&self) -> &NormBall {
        &self.products[self.products.len() - 1]
    }

    /// One layer more, of this norm: the first of them is the product itself.
    fn push(&mut self, norm: Moving, layer: &NormBall, times: impl FnOnce(&NormBall) -> NormBall) {
        let (product, norm) = if self.products.len() == 1 {
            (layer.clone(), norm)
        } else {
            let product = times(self.last());
            let spectral = product.spectral();
            (product, self.norms[self.norms.len() - 1].times(norm).of_size(spectral))
        };
        self.products.push(product);
        self.norms.push(norm);
    }
}

/// What is known of a network at the centre of a ball, and over it: products of the layers and norms of them.
pub(super) struct Centre {
    /// `W_k`.
    layers: Vec<NormBall>,
    norms: Vec<Moving>,
    /// `A_k` and `C_k`; the last of these is `P`.
    pub above: Ends,
    pub below: Ends,
    /// At least `‖Λ″‖` over the ball.
    pub bend: Magnitude,
    /// `C_j Gᵀ`.
    carried: Vec<NormBall>,
    carried_norms: Vec<Moving>,
    pub pairs: Vec<Pair>,
}

/// What is known of two layers `j < k`.
pub(super) struct Pair {
    pub j: usize,
    pub k: usize,
    /// `B_kj`, `None` for the identity; and for any product beyond [`MOST_MULTIPLIED`].
    pub between: Option<NormBall>,
    pub between_norm: Moving,
    /// `C_j Gᵀ A_k` and its spectral norm; what that changes by is a bound in the Frobenius norm.
    pub inner: NormBall,
    pub inner_norm: Moving,
}

impl Centre {
    /// The centre of the ball of `radius`, its weights shaped as those of a fully-connected network.
    pub fn new(convex: &Convex, centre: &[Matrix<f64>], radius: Magnitude) -> Self {
        let depth = centre.len();
        let layers: Vec<NormBall> = centre.iter().map(|layer| NormBall::exact(layer.clone())).collect();
        let norms: Vec<Moving> = layers.iter().map(|layer| Moving { size: layer.spectral(), change: radius }).collect();
        let below = Ends::from_input(&layers, &norms);
        let above = Ends::from_output(&layers, &norms);

        let slope = convex.at(below.last());
        let bend = slope.bend_within(below.norms[depth].change);
        let gradient = slope.gradient;
        let gradient_norm = Moving { size: gradient.frobenius(), change: bend * below.norms[depth].change };
        let carried: Vec<NormBall> =
            below.products[..depth].iter().map(|product| product.times_transpose(&gradient)).collect();
        let carried_norms = (carried.iter().zip(&below.norms))
            .map(|(product, norm)| norm.times(gradient_norm).of_size(product.spectral()))
            .collect();
        let mut centre = Self { layers, norms, above, below, bend, carried, carried_norms, pairs: Vec::new() };
        centre.pairs = centre.pairs();
        centre
    }

    fn pairs(&self) -> Vec<Pair> {
        let depth = self.depth();
        let mut pairs = Vec::with_capacity(depth * depth / 2);
        for j in 0..depth {
            let mut between: Option<NormBall> = None;
            let mut between_norm = Moving::ONE;
            for k in j + 1..depth {
                let inner = self.inner(j, k);
                let inner_norm = self.inner_norm(j, k).of_size(inner.spectral());
                let (next, norm) = match &between {
                    // Nothing is between two layers after the last of them.
                    _ if depth > MOST_MULTIPLIED || k + 1 == depth => (None, between_norm.times(self.norms[k])),
                    Some(below) => {
                        let next = self.layers[k].times(below);
                        let norm = between_norm.times(self.norms[k]).of_size(next.spectral());
                        (Some(next), norm)
                    }
                    None => (Some(self.layers[k].clone()), self.norms[k]),
                };
                pairs.push(Pair { j, k, between, between_norm, inner, inner_norm });
                (between, between_norm) = (next, norm);
            }
        }
        pairs
    }

    /// The number of layers.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// `C_j Gᵀ A_k`.
    fn inner(&self, j: usize, k: usize) -> NormBall {
        self.carried[j].times(&self.above.products[k])
    }

    /// A bound of its spectral norm by those of its factors, and what it changes by in the Frobenius norm.
    fn inner_norm(&self, j: usize, k: usize) -> Moving {
        self.carried_norms[j].times(self.above.norms[k])
    }

    /// About `‖Λ″‖ Σ_k ‖A_k‖²‖C_k‖²` at the centre itself: no bound.
    pub fn stiffness(&self) -> f64 {
        let norms = self.above.norms.iter().zip(&self.below.norms);
        let squares = norms.map(|(above, below)| (above.size * below.size).to_f64().powi(2));
        self.bend.to_f64() * squares.sum::<f64>()
    }

    /// The norms of which bounds are made.
    pub fn norms(&self) -> Norms {
        let depth = self.depth();
        let mut mixed = Mixed::new(depth);
        for pair in &self.pairs {
            mixed.set(pair.j, pair.k, pair.inner_norm.most() * pair.between_norm.most());
        }
        let derivative = (0..depth).map(|k| self.above.norms[k].most() * self.below.norms[k].most()).collect();
        // ∂R/∂W_k = A_kᵀ G C_kᵀ is the transpose of C_k Gᵀ A_k; here its norm is that of Frobenius.
        let slope_of = |k| Moving { size: self.inner(k, k).frobenius(), ..self.inner_norm(k, k) };
        Norms { mixed, derivative, bend: self.bend, slopes: (0..depth).map(slope_of).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three numbers: `‖Λ″‖ (w₂²w₃² + w₁²w₃² + w₁²w₂²)`.
    #[test]
    fn the_stiffness_is_the_first_term_at_the_centre() {
        let number = |value: f64| Matrix::row_vector(vec![value]);
        let linear = NormBall::exact(number(1.0));
        let convex = Convex::Quadratic { linear, moment: None, bend: Magnitude::above_f64(3.0) };
        let weights = [2.0, 5.0, 7.0].map(number);
        // A ball makes no difference.
        let centre = Centre::new(&convex, &weights, Magnitude::ONE);
        let expected = 3.0 * (35.0_f64.powi(2) + 14.0_f64.powi(2) + 10.0_f64.powi(2));
        assert!((centre.stiffness() / expected - 1.0).abs() < 1e-9, "{} for {expected}", centre.stiffness());
    }
}
