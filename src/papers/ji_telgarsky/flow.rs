//! What gradient flow does to the risk and keeps of the layers, by derivative: at every point, for every loss.

use crate::claims::{AboutPoint, Claim, Domain, Finding, OnPoints, Shape};
use crate::number::{Real, dot};
use crate::papers::arora::balance::FlowBalance;
use crate::problem::{Matrix, Network};
use crate::reference::{Point, differentiation};

use super::gradient::shapes;
use super::terms::{equal, in_absolute_values};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let smallest = || Shape::fully_connected(&[2, 2, 1]).with_examples(2);
    vec![
        Claim::identity(
            "JT19.flow-descent",
            include_str!("text/flow-descent.md"),
            OnPoints(FlowDescent::default()),
            all_shapes(1),
        )
        .identity_control("dR/dt = +‖∇R‖²", OnPoints(FlowDescent { uphill: true }), smallest()),
        Claim::identity(
            "JT19.balancedness-flow",
            include_str!("text/balancedness-flow.md"),
            OnPoints(FlowBalance::default()),
            all_shapes(2).into_iter().filter(|shape| shape.network.is_fully_connected()).collect(),
        )
        .identity_control(
            "the first layer flows twice as fast",
            OnPoints(FlowBalance { uneven: true }),
            smallest(),
        ),
        Claim::identity(
            "JT19.norm-gap-flow",
            include_str!("text/norm-gap-flow.md"),
            OnPoints(NormGapFlow::default()),
            all_shapes(2),
        )
        .identity_control("weight decay on the first layer", OnPoints(NormGapFlow { decay: true }), smallest()),
    ]
}

/// Shapes of every architecture and at least so many layers: with free `ℓ` and `ℓ′`, with the squared loss of several outputs, and with a target.
fn all_shapes(least_depth: usize) -> Vec<Shape> {
    let others = [
        Network::fully_connected(&[3, 1]),
        Network::fully_connected(&[2, 3, 2]),
        Network::diagonal(3, 1),
        Network::diagonal(3, 3),
        Network::convolutional(4, &[4]),
        Network::convolutional(4, &[2, 3, 4]),
    ];
    let others = others.into_iter().flatten().flat_map(|network| {
        let of_target = Shape::of(network);
        [of_target.clone().with_examples(2), of_target]
    });
    let all = shapes(0).into_iter().chain(others);
    all.filter(|shape| shape.network.depth() >= least_depth).collect()
}

/// `dR/dt = −‖∇R‖² = −Σ_k ‖G_k‖_F²` along `dW/dt = −∇R(W)`.
#[doc = include_str!("text/flow-descent.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FlowDescent {
    /// The control: the sign of the right side is changed.
    pub uphill: bool,
}

impl AboutPoint for FlowDescent {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let rate = differentiation::derivative_along(point, &downhill(point));
        let norm = point.gradient_norm_squared().clone();
        let expected = if self.uphill { norm } else { -norm };
        equal(finding, "dR/dt = −‖∇R‖²", (&rate, &expected), || {
            in_absolute_values(point).gradient_norm_squared().clone()
        });
    }
}

/// `−∇R(W)`.
fn downhill<T: Real>(point: &Point<T>) -> Vec<Matrix<T>> {
    point.gradient().iter().map(|slope| slope.map(|entry| -entry.clone())).collect()
}

/// `d/dt (‖W_k‖_F² − ‖W_j‖_F²) = 0` for every pair of layers along `dW/dt = −∇R(W)`.
#[doc = include_str!("text/norm-gap-flow.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormGapFlow {
    /// The control: `dW_1/dt = −G_1 − W_1`.
    pub decay: bool,
}

impl AboutPoint for NormGapFlow {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.layers(2)
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let mut flow = downhill(point);
        if self.decay {
            flow[0] = flow[0].clone().minus(&point.weights()[0]);
        }
        let rates: Vec<T> = point
            .weights()
            .iter()
            .zip(&flow)
            .map(|(layer, change)| differentiation::moving(layer, change).frobenius_squared().derivative().clone())
            .collect();
        for k in 1..rates.len() {
            for j in 0..k {
                equal(finding, "d‖W_k‖_F²/dt = d‖W_j‖_F²/dt", (&rates[k], &rates[j]), || {
                    let magnitudes = in_absolute_values(point);
                    dot(magnitudes.end_to_end().entries(), magnitudes.product_gradient().entries()).times(2)
                })
                .layer(k + 1);
            }
        }
    }
}
