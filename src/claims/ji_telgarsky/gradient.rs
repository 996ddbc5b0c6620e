//! What the gradient of a deep linear network satisfies at every point, for every loss.

use crate::claims::{AboutPoint, Claim, Finding, OnPoints, Shape};
use crate::number::Real;
use crate::reference::Point;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::identity(
            "JT19.layer-balance-gradient",
            include_str!("text/layer-balance-gradient.md"),
            OnPoints(LayerBalanceGradient::default()),
            shapes(0),
        )
        .identity_control(
            "one entry of G_1 is changed by 10⁻⁶",
            OnPoints(LayerBalanceGradient { perturbed: true }),
            Shape { widths: vec![2, 3, 1], examples: 2, steps: 0 },
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

/// `W_{k+1}ᵀG_{k+1} = G_kW_kᵀ`.
#[doc = include_str!("text/layer-balance-gradient.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LayerBalanceGradient {
    /// The control: the first entry of `G_1` is changed by 10⁻⁶.
    pub perturbed: bool,
}

impl AboutPoint for LayerBalanceGradient {
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
