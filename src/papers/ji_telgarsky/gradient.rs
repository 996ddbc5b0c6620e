//! What the gradient of a deep linear network is and satisfies at every point, for every loss.

use crate::claims::{AboutPoint, Claim, Domain, Finding, OnPoints, Shape};
use crate::generate::Replay;
use crate::number::{Real, Ring, dot};
use crate::problem::Matrix;
use crate::reference::{Point, differentiation, network};

use super::replay;
use super::terms::{absolute, equal, equal_matrices, in_absolute_values, largest};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::identity(
            "JT19.risk-network-equals-linear",
            include_str!("text/risk-network-equals-linear.md"),
            OnPoints(NetworkIsLinear::default()),
            shapes_from_one_layer(),
        )
        .control(
            "a rectifier after every layer",
            OnPoints(NetworkIsLinear { rectified: true }),
            negative_preactivation(),
        ),
        Claim::identity(
            "JT19.gradient-layer",
            include_str!("text/gradient-layer.md"),
            OnPoints(GradientLayer::default()),
            shapes_from_one_layer(),
        )
        .identity_control(
            "the factor 1/n dropped",
            OnPoints(GradientLayer { summed: true, ..GradientLayer::default() }),
            Shape::fully_connected(&[2, 1]).with_examples(2),
        )
        .identity_control(
            "W_1ᵀ⋯W_{k−1}ᵀ in the opposite order",
            OnPoints(GradientLayer { reversed: true, ..GradientLayer::default() }),
            Shape::fully_connected(&[2, 2, 2, 1]).with_examples(2),
        ),
        Claim::identity(
            "JT19.gradient-w1-norm",
            include_str!("text/gradient-w1-norm.md"),
            OnPoints(GradientFirstNorm::default()),
            shapes_from_one_layer(),
        )
        .identity_control(
            "∏‖W_k‖_F in place of ‖W_L⋯W_2‖",
            OnPoints(GradientFirstNorm { product_of_norms: true }),
            Shape::fully_connected(&[2, 2, 2, 1]).with_examples(2),
        ),
        Claim::identity(
            "JT19.layer-balance-gradient",
            include_str!("text/layer-balance-gradient.md"),
            OnPoints(LayerBalanceGradient::default()),
            shapes(0),
        )
        .identity_control(
            "one entry of G_1 is changed by 10⁻⁶",
            OnPoints(LayerBalanceGradient { perturbed: true }),
            Shape::fully_connected(&[2, 3, 1]).with_examples(2),
        ),
        Claim::identity(
            "JT19.homogeneity",
            include_str!("text/homogeneity.md"),
            OnPoints(Homogeneity::default()),
            shapes_from_one_layer(),
        )
        .control(
            "d‖W_k‖_F/dt, without the square, as the damaged print of (20) reads",
            OnPoints(Homogeneity { without_square: true }),
            negative_preactivation(),
        ),
        Claim::identity(
            "JT19.perp-derivative",
            include_str!("text/perp-derivative.md"),
            OnPoints(PerpDerivative::default()),
            shapes_of_several_examples(),
        )
        .identity_control(
            "an oblique projection",
            OnPoints(PerpDerivative { oblique: true }),
            Shape::fully_connected(&[2, 2, 1]).with_examples(2),
        ),
    ]
}

/// Shapes of depths 2 to 6 on which the identities of this paper are proved.
#[must_use]
pub fn shapes(steps: u64) -> Vec<Shape> {
    let shape = |widths: &[usize], examples| Shape::fully_connected(widths).with_examples(examples).with_steps(steps);
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
    let one_layer = Shape::fully_connected(&[3, 1]).with_examples(2);
    std::iter::once(one_layer).chain(shapes(0)).collect()
}

/// Shapes whose first example and whose gradient `g` are independent of each other: there is another example.
fn shapes_of_several_examples() -> Vec<Shape> {
    shapes_from_one_layer().into_iter().filter(|shape| shape.examples > 1).collect()
}

/// A point of two layers with a hidden unit that is negative on an example.
fn negative_preactivation() -> Replay {
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

impl AboutPoint for NetworkIsLinear {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.one_output().labels()
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some((x, y)) = point.setting().examples() else { return };
        for (i, margin) in point.margins().iter().enumerate() {
            let layer_by_layer = self.output(point, x.row(i)) * &y[(i, 0)];
            equal(finding, "y f(x), layer by layer, is ⟨w, z⟩", (&layer_by_layer, margin), || {
                in_absolute_values(point).margins()[i].clone()
            });
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

impl AboutPoint for GradientLayer {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let derivatives = differentiation::partial_derivatives(point);
        let fully_connected = point.setting().network().is_fully_connected();
        let terms = |k: usize| largest(&in_absolute_values(point).gradient()[k]);
        for (k, derivative) in derivatives.iter().enumerate() {
            if fully_connected {
                let label = "the layer formula is the derivative of the risk";
                equal_matrices(finding, label, (&self.formula(point, k), derivative), || terms(k)).layer(k + 1);
            }
            let label = "the gradient that descent follows is the derivative of the risk";
            equal_matrices(finding, label, (&point.gradient()[k], derivative), || terms(k)).layer(k + 1);
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

impl AboutPoint for GradientFirstNorm {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output()
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let left = point.gradient()[0].frobenius_squared();
        let above = if self.product_of_norms {
            point.weights()[1..].iter().fold(point.constant(1), |product, layer| product * layer.frobenius_squared())
        } else {
            above_first(point).map_or_else(|| point.constant(1), |above| above.frobenius_squared())
        };
        let right = above * point.product_gradient().frobenius_squared();
        equal(finding, "‖G_1‖_F² = ‖W_L⋯W_2‖² ‖g‖²", (&left, &right), || {
            in_absolute_values(point).gradient()[0].frobenius_squared()
        });
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

impl AboutPoint for LayerBalanceGradient {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let (weights, mut gradient) = (point.weights(), point.gradient().to_vec());
        if self.perturbed {
            gradient[0][(0, 0)] += &point.constant((1, 1_000_000));
        }
        for k in 1..weights.len() {
            let left = weights[k].transpose_times(&gradient[k]);
            let right = gradient[k - 1].times_transpose(&weights[k - 1]);
            equal_matrices(finding, "W_{k+1}ᵀ G_{k+1} = G_k W_kᵀ", (&left, &right), || {
                let point = in_absolute_values(point);
                largest(&point.weights()[k].transpose_times(&point.gradient()[k]))
            })
            .layer(k);
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

impl AboutPoint for Homogeneity {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let terms = || {
            let point = in_absolute_values(point);
            point.end_to_end().inner(point.product_gradient())
        };
        let product = point.end_to_end().inner(point.product_gradient());
        if !point.slopes().is_empty() {
            let over_examples = dot(point.slopes(), point.margins()) * point.setting().normaliser();
            equal(finding, "⟨w, g⟩ = (1/n) Σ ℓ′(m_i) m_i", (&product, &over_examples), terms);
        }
        let rate = product.clone().times(-2);
        for (k, (layer, slope)) in point.weights().iter().zip(point.gradient()).enumerate() {
            equal(finding, "⟨W_k, G_k⟩ = ⟨w, g⟩", (&layer.inner(slope), &product), terms).layer(k + 1);
            let flowing = differentiation::moving(layer, &negative(slope));
            let norm = if self.without_square { flowing.frobenius() } else { flowing.frobenius_squared() };
            let label = "d‖W_k‖_F²/dt = −2⟨w, g⟩";
            equal(finding, label, (norm.derivative(), &rate), || terms().times(2)).layer(k + 1);
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

impl AboutPoint for PerpDerivative {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(z) = point.setting().signed_examples() else { return };
        let (along, other) = (z.row(0), if self.oblique { z.row(z.rows() - 1) } else { z.row(0) });
        // κΠ with κ = ⟨a, b⟩, so that no root and no quotient is needed: Π = I − abᵀ/⟨a, b⟩ and abᵀ/⟨a, b⟩.
        let scale = dot(along, other);
        let onto = Matrix::from_fn(along.len(), along.len(), |i, j| along[i].clone() * &other[j]);
        let multiple = Matrix::identity(along.len(), point.setting().bits()).scaled(&scale);
        let perpendicular = multiple.clone().minus(&onto);
        let terms_of_perpendicular = absolute(&multiple).plus(&absolute(&onto));
        let first = &point.weights()[0];
        let flow = negative(&point.gradient()[0]);
        for (projection, terms_of_projection, product, derivative) in [
            (&perpendicular, terms_of_perpendicular, "Π⊥w = (W_L⋯W_2(W_1Π⊥))ᵀ", "d‖W_1Π⊥‖_F²/dt = −2⟨Π⊥w, g⟩"),
            (&onto, absolute(&onto), "Πw = (W_L⋯W_2(W_1Π))ᵀ", "d‖W_1Π‖_F²/dt = −2⟨Πw, g⟩"),
        ] {
            let magnitudes = || in_absolute_values(point);
            let projected = point.end_to_end().times_transpose(projection);
            let through_first = match above_first(point) {
                Some(above) => above.times(&first.times(projection)),
                None => first.times(projection),
            };
            equal_matrices(finding, product, (&through_first, &projected), || {
                largest(&magnitudes().end_to_end().times_transpose(&terms_of_projection))
            });
            let change = differentiation::moving(&first.times(projection), &flow.times(projection));
            let rate = projected.inner(point.product_gradient()).times(-2) * &scale;
            equal(finding, derivative, (change.frobenius_squared().derivative(), &rate), || {
                let project = |matrix: &Matrix<T>| matrix.times(&terms_of_projection);
                project(&magnitudes().weights()[0]).inner(&project(&magnitudes().gradient()[0])).times(2)
            });
        }
    }
}
