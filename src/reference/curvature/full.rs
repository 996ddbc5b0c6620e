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
const MOST_MULTIPLIED: usize = 64;

/// Beyond this depth, nothing is known: there would be millions of pairs of layers.
pub(super) const MOST_LAYERS: usize = 2048;

/// Products of the layers at the centre, from either end up to each layer, and their spectral norms over the ball.
struct Ends {
    /// `A_k` or `C_k`, for `k` from 1.
    products: Vec<NormBall>,
    norms: Vec<Moving>,
}

impl Ends {
    /// `C_1 = I`, `C_2 = W_1`, …, `C_{L+1} = W_L ⋯ W_1`.
    fn from_input(layers: &[NormBall], norms: &[Moving]) -> Self {
        let mut ends = Self::new(layers[0].centre().columns(), layers.len());
        for (layer, norm) in layers.iter().zip(norms) {
            ends.push(layer.times(ends.last()), *norm);
        }
        ends
    }

    /// `A_L = I`, …, `A_1 = W_L ⋯ W_2`.
    fn from_output(layers: &[NormBall], norms: &[Moving]) -> Self {
        let rows = layers.last().map_or(0, |layer| layer.centre().rows());
        let mut ends = Self::new(rows, layers.len());
        for (layer, norm) in layers.iter().zip(norms).skip(1).rev() {
            ends.push(ends.last().times(layer), *norm);
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

    /// One layer more.
    fn push(&mut self, product: NormBall, layer: Moving) {
        let norm = self.norms[self.norms.len() - 1].times(layer).of_size(product.spectral());
        self.products.push(product);
        self.norms.push(norm);
    }
}

/// The norms, at weights that are shaped as those of a network of at most [`MOST_LAYERS`].
pub(super) fn norms(convex: &Convex, centre: &[Matrix<f64>], radius: Magnitude) -> Norms {
    let depth = centre.len();
    let layers: Vec<NormBall> = centre.iter().map(|layer| NormBall::exact(layer.clone())).collect();
    let norms: Vec<Moving> = layers.iter().map(|layer| Moving { size: layer.spectral(), change: radius }).collect();
    let below = Ends::from_input(&layers, &norms);
    let above = Ends::from_output(&layers, &norms);

    let slope = convex.at(below.last());
    let bend = slope.bend_within(below.norms[depth].change);
    let gradient = Moving { size: slope.gradient.frobenius(), change: bend * below.norms[depth].change };

    // C_j Gᵀ
    let carried: Vec<NormBall> =
        below.products[..depth].iter().map(|product| product.times_transpose(&slope.gradient)).collect();
    let carried_norms: Vec<Moving> = carried
        .iter()
        .zip(&below.norms)
        .map(|(product, norm)| norm.times(gradient).of_size(product.spectral()))
        .collect();
    // C_j Gᵀ A_k and its spectral norm. One factor has one column, and then there is nothing to gain, if there is one output.
    let has_one_output = slope.gradient.centre().rows() == 1;
    let inner = |j: usize, k: usize| carried[j].times(&above.products[k]);
    let norm_of = |j: usize, k: usize| {
        let bound = carried_norms[j].times(above.norms[k]);
        if has_one_output { bound } else { bound.of_size(inner(j, k).spectral()) }
    };

    let mut mixed = Mixed::new(depth);
    for j in 0..depth {
        // B_kj and its norm.
        let mut between: Option<NormBall> = None;
        let mut norm = Moving::ONE;
        for k in j + 1..depth {
            mixed.set(j, k, norm_of(j, k).most() * norm.most());
            norm = norm.times(norms[k]);
            if depth <= MOST_MULTIPLIED && k + 1 < depth {
                let product = between.as_ref().map_or_else(|| layers[k].clone(), |below| layers[k].times(below));
                norm = norm.of_size(product.spectral());
                between = Some(product);
            }
        }
    }
    let derivative = (0..depth).map(|k| above.norms[k].most() * below.norms[k].most()).collect();
    // ∂R/∂W_k = A_kᵀ G C_kᵀ is the transpose of C_k Gᵀ A_k; here its norm is that of Frobenius.
    let slope_of = |k: usize| {
        let bound = carried_norms[k].times(above.norms[k]);
        if has_one_output { bound } else { Moving { size: inner(k, k).frobenius(), ..bound } }
    };
    Norms { mixed, derivative, bend, slopes: (0..depth).map(slope_of).collect() }
}
