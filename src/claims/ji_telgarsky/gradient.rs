//! What the gradient of a deep linear network is and satisfies at every point, for every loss.

use crate::claims::{Claim, Finding, OldAboutPoint, OldNetworks, OldOnPoints, Shape};
use crate::generate::Instance;
use crate::number::{Real, Ring, dot};
use crate::problem::{Matrix, Network};
use crate::reference::{Point, differentiation, network};

use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::identity(
            "JT19.risk-network-equals-linear",
            include_str!("text/risk-network-equals-linear.md"),
            OldOnPoints(NetworkIsLinear::default()),
            shapes_from_one_layer(),
        )
        .control(
            "a rectifier after every layer",
            OldOnPoints(NetworkIsLinear { rectified: true }),
            negative_preactivation(),
        ),
        Claim::identity(
            "JT19.gradient-layer",
            include_str!("text/gradient-layer.md"),
            OldOnPoints(GradientLayer::default()),
            shapes_from_one_layer(),
        )
        .identity_control(
            "the factor 1/n dropped",
            OldOnPoints(GradientLayer { summed: true, ..GradientLayer::default() }),
            Shape { widths: vec![2, 1], examples: 2, steps: 0 },
        )
        .identity_control(
            "W_1ᵀ⋯W_{k−1}ᵀ in the opposite order",
            OldOnPoints(GradientLayer { reversed: true, ..GradientLayer::default() }),
            Shape { widths: vec![2, 2, 2, 1], examples: 2, steps: 0 },
        ),
        Claim::identity(
            "JT19.gradient-w1-norm",
            include_str!("text/gradient-w1-norm.md"),
            OldOnPoints(GradientFirstNorm::default()),
            shapes_from_one_layer(),
        )
        .identity_control(
            "∏‖W_k‖_F in place of ‖W_L⋯W_2‖",
            OldOnPoints(GradientFirstNorm { product_of_norms: true }),
            Shape { widths: vec![2, 2, 2, 1], examples: 2, steps: 0 },
        ),
        Claim::identity(
            "JT19.layer-balance-gradient",
            include_str!("text/layer-balance-gradient.md"),
            OldOnPoints(LayerBalanceGradient::default()),
            shapes(0),
        )
        .identity_control(
            "one entry of G_1 is changed by 10⁻⁶",
            OldOnPoints(LayerBalanceGradient { perturbed: true }),
            Shape { widths: vec![2, 3, 1], examples: 2, steps: 0 },
        ),
        Claim::identity(
            "JT19.homogeneity",
            include_str!("text/homogeneity.md"),
            OldOnPoints(Homogeneity::default()),
            shapes_from_one_layer(),
        )
        .control(
            "d‖W_k‖_F/dt, without the square, as the damaged print of (20) reads",
            OldOnPoints(Homogeneity { without_square: true }),
            negative_preactivation(),
        ),
        Claim::identity(
            "JT19.perp-derivative",
            include_str!("text/perp-derivative.md"),
            OldOnPoints(PerpDerivative::default()),
            shapes_of_several_examples(),
        )
        .identity_control(
            "an oblique projection",
            OldOnPoints(PerpDerivative { oblique: true }),
            Shape { widths: vec![2, 2, 1], examples: 2, steps: 0 },
        ),
    ]
}

/// Shapes of depths 2 to 6 on which the identities of this paper are proved.
#[must_use]
pub fn shapes(steps: u64) -> Vec<Shape> {
    let shape = |widths: &[usize], examples| Shape { widths: widths.to_vec(), examples, steps };
    vec![
        shape(&[1, 1, 1], 1),
        shape(&[2, 3, 1], 3),
        shape(&[3, 2, 4, 1], 2),
        shape(&[2, 1, 3, 2, 1], 3),
        shape(&[4, 3, 2, 3, 2, 1], 2),
        shape(&[2, 2, 2, 2, 2, 2, 1], 2),
    ]
}

/// The shapes of depths 2 to 6 and one of depth 1, without a step.
fn shapes_from_one_layer() -> Vec<Shape> {
    let one_layer = Shape { widths: vec![3, 1], examples: 2, steps: 0 };
    std::iter::once(one_layer).chain(shapes(0)).collect()
}

/// Shapes whose first example and whose gradient `g` are independent of each other: there is another example.
fn shapes_of_several_examples() -> Vec<Shape> {
    shapes_from_one_layer().into_iter().filter(|shape| shape.examples > 1).collect()
}

/// A point of two layers with a hidden unit that is negative on an example.
fn negative_preactivation() -> Instance {
    replay(include_str!("specs/negative-preactivation.toml"))
}

/// `f(x) = W_L(⋯(W_1 x)) = ⟨w, x⟩`.
#[doc = include_str!("text/risk-network-equals-linear.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NetworkIsLinear {
    /// The control: a rectifier `max{·, 0}` after every layer but the last.
    pub rectified: bool,
}

impl NetworkIsLinear {
    fn output<T: Real>(self, point: &Point<T>, input: &[T]) -> T {
        if !self.rectified {
            return network::output(point.setting().network(), point.weights(), input).swap_remove(0);
        }
        let zero = point.constant(0);
        let signal = point.weights().iter().fold(input.to_vec(), |signal, layer| {
            let active: Vec<T> = signal.into_iter().map(|entry| entry.max(&zero)).collect();
            (0..layer.rows()).map(|i| dot(layer.row(i), &active)).collect()
        });
        dot(&signal, &[point.constant(1)])
    }
}

impl OldAboutPoint for NetworkIsLinear {
    fn networks(&self) -> OldNetworks {
        OldNetworks::All
    }

    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some((x, y)) = point.setting().examples() else { return };
        for (i, margin) in point.margins().iter().enumerate() {
            let layer_by_layer = self.output(point, x.row(i)) * &y[(i, 0)];
            finding.equal("y f(x), layer by layer, is ⟨w, z⟩", &layer_by_layer, margin);
        }
    }
}

/// `G_k = W_{k+1}ᵀ⋯W_Lᵀ gᵀ W_1ᵀ⋯W_{k−1}ᵀ`.
#[doc = include_str!("text/gradient-layer.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientLayer {
    /// A control: the factor `1/n` is dropped.
    pub summed: bool,
    /// A control: `W_{k−1}ᵀ⋯W_1ᵀ` in place of `W_1ᵀ⋯W_{k−1}ᵀ`.
    pub reversed: bool,
}

impl GradientLayer {
    /// The formula as it stands, factor by factor.
    fn formula<T: Real>(self, point: &Point<T>, k: usize) -> Matrix<T> {
        let weights = point.weights();
        let above = weights[k + 1..].iter().rev();
        let mut product =
            above.fold(point.product_gradient().clone(), |product, layer| layer.transpose_times(&product));
        if self.reversed {
            product = weights[..k].iter().rev().fold(product, |product, layer| product.times_transpose(layer));
        } else {
            product = weights[..k].iter().fold(product, |product, layer| product.times_transpose(layer));
        }
        if self.summed {
            product = product.scaled(&point.constant(point.setting().count()));
        }
        product
    }
}

impl OldAboutPoint for GradientLayer {
    fn networks(&self) -> OldNetworks {
        OldNetworks::All
    }

    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let derivatives = differentiation::partial_derivatives(point);
        let fully_connected = matches!(point.setting().network(), Network::FullyConnected { .. });
        for (k, derivative) in derivatives.iter().enumerate() {
            if fully_connected {
                let formula = self.formula(point, k);
                finding
                    .equal_matrices("the layer formula is the derivative of the risk", &formula, derivative)
                    .layer(k + 1);
            }
            finding
                .equal_matrices(
                    "the gradient that descent follows is the derivative of the risk",
                    &point.gradient()[k],
                    derivative,
                )
                .layer(k + 1);
        }
    }
}

/// `‖G_1‖_F = ‖W_L⋯W_2‖ ‖g‖`.
#[doc = include_str!("text/gradient-w1-norm.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientFirstNorm {
    /// The control: `∏_{k≥2}‖W_k‖_F` in place of `‖W_L⋯W_2‖`.
    pub product_of_norms: bool,
}

impl OldAboutPoint for GradientFirstNorm {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let left = point.gradient()[0].frobenius_squared();
        let above = if self.product_of_norms {
            point.weights()[1..].iter().fold(point.constant(1), |product, layer| product * layer.frobenius_squared())
        } else {
            above_first(point).map_or_else(|| point.constant(1), |above| above.frobenius_squared())
        };
        let right = above * point.product_gradient().frobenius_squared();
        finding.equal("‖G_1‖_F² = ‖W_L⋯W_2‖² ‖g‖²", &left, &right);
    }
}

/// `W_L⋯W_2`; `None` for one layer.
pub(super) fn above_first<T: Real>(point: &Point<T>) -> Option<Matrix<T>> {
    network::product(&point.weights()[1..])
}

/// `W_{k+1}ᵀG_{k+1} = G_kW_kᵀ`.
#[doc = include_str!("text/layer-balance-gradient.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LayerBalanceGradient {
    /// The control: the first entry of `G_1` is changed by 10⁻⁶.
    pub perturbed: bool,
}

impl OldAboutPoint for LayerBalanceGradient {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let (weights, mut gradient) = (point.weights(), point.gradient().to_vec());
        if self.perturbed {
            gradient[0][(0, 0)] += &point.constant((1, 1_000_000));
        }
        for k in 1..weights.len() {
            let left = weights[k].transpose_times(&gradient[k]);
            let right = gradient[k - 1].times_transpose(&weights[k - 1]);
            finding.equal_matrices("W_{k+1}ᵀ G_{k+1} = G_k W_kᵀ", &left, &right).layer(k);
        }
    }
}

/// `⟨W_k, G_k⟩ = ⟨w, g⟩ = (1/n) Σ ℓ′(m_i) m_i` and `d‖W_k‖_F²/dt = −2⟨w, g⟩`.
#[doc = include_str!("text/homogeneity.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Homogeneity {
    /// The control: the derivative of `‖W_k‖_F` in place of that of its square.
    pub without_square: bool,
}

impl OldAboutPoint for Homogeneity {
    fn networks(&self) -> OldNetworks {
        OldNetworks::All
    }

    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let product = point.end_to_end().inner(point.product_gradient());
        if !point.slopes().is_empty() {
            let over_examples = dot(point.slopes(), point.margins()) * point.setting().normaliser();
            finding.equal("⟨w, g⟩ = (1/n) Σ ℓ′(m_i) m_i", &product, &over_examples);
        }
        let rate = product.clone().times(-2);
        for (k, (layer, slope)) in point.weights().iter().zip(point.gradient()).enumerate() {
            finding.equal("⟨W_k, G_k⟩ = ⟨w, g⟩", &layer.inner(slope), &product).layer(k + 1);
            let flowing = differentiation::moving(layer, &negative(slope));
            let norm = if self.without_square { flowing.frobenius() } else { flowing.frobenius_squared() };
            finding.equal("d‖W_k‖_F²/dt = −2⟨w, g⟩", norm.derivative(), &rate).layer(k + 1);
        }
    }
}

fn negative<T: Ring>(matrix: &Matrix<T>) -> Matrix<T> {
    matrix.map(|entry| -entry.clone())
}

/// `Πw = (W_L⋯W_2(W_1Π))ᵀ` and `d‖W_1Π‖_F²/dt = −2⟨Πw, g⟩` for the projections `Π` orthogonal to a vector and onto it.
#[doc = include_str!("text/perp-derivative.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct PerpDerivative {
    /// The control: a projection that is not orthogonal.
    pub oblique: bool,
}

impl OldAboutPoint for PerpDerivative {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(z) = point.setting().signed_examples() else { return };
        let (along, other) = (z.row(0), if self.oblique { z.row(1) } else { z.row(0) });
        // κΠ with κ = ⟨a, b⟩, so that no root and no quotient is needed: Π = I − abᵀ/⟨a, b⟩ and abᵀ/⟨a, b⟩.
        let scale = dot(along, other);
        let onto = Matrix::from_fn(along.len(), along.len(), |i, j| along[i].clone() * &other[j]);
        let identity = Matrix::identity(along.len(), point.setting().bits());
        let perpendicular = identity.scaled(&scale).minus(&onto);
        let first = &point.weights()[0];
        let flow = negative(&point.gradient()[0]);
        for (projection, product, derivative) in [
            (&perpendicular, "Π⊥w = (W_L⋯W_2(W_1Π⊥))ᵀ", "d‖W_1Π⊥‖_F²/dt = −2⟨Π⊥w, g⟩"),
            (&onto, "Πw = (W_L⋯W_2(W_1Π))ᵀ", "d‖W_1Π‖_F²/dt = −2⟨Πw, g⟩"),
        ] {
            let projected = point.end_to_end().times_transpose(projection);
            let through_first = match above_first(point) {
                Some(above) => above.times(&first.times(projection)),
                None => first.times(projection),
            };
            finding.equal_matrices(product, &through_first, &projected);
            let change = differentiation::moving(&first.times(projection), &flow.times(projection));
            let rate = projected.inner(point.product_gradient()).times(-2) * &scale;
            finding.equal(derivative, change.frobenius_squared().derivative(), &rate);
        }
    }
}
