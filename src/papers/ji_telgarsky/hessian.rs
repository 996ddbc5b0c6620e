//! With two layers or more the Hessian of the risk is unbounded.

use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;
use crate::reference::differentiation::second_derivative_along;

use super::assumptions::{assume_separable, nonzero};
use super::gradient::above_first;
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.poster-hessian-unbounded",
            include_str!("text/poster-hessian-unbounded.md"),
            OnPoints(UnboundedHessian::default()),
            Family::Points,
        )
        .control(
            "one layer, where β of the loss is a bound",
            OnPoints(UnboundedHessian { any_depth: true }),
            replay(include_str!("specs/one-layer.toml")),
        ),
    ]
}

/// Whatever `B` is, some `W` has an eigenvalue of `∇²R(W)` that is at least `B`.
#[doc = include_str!("text/poster-hessian-unbounded.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct UnboundedHessian {
    /// The control: one layer is enough.
    pub any_depth: bool,
}

/// The bounds that are passed, each with what is concluded.
const BOUNDS: [(u64, &str); 3] = [
    (1_000, "10³ ≤ ⟨V, ∇²R(W_c)V⟩/‖V‖² for c of the formula"),
    (1_000_000, "10⁶ ≤ ⟨V, ∇²R(W_c)V⟩/‖V‖² for c of the formula"),
    (1_000_000_000_000, "10¹² ≤ ⟨V, ∇²R(W_c)V⟩/‖V‖² for c of the formula"),
];

impl AboutPoint for UnboundedHessian {
    fn domain(&self) -> Domain {
        let classifiers = Domain::FULLY_CONNECTED.one_output().labels();
        if self.any_depth { classifiers } else { classifiers.layers(2) }
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        assume_separable(point.setting(), given);
        let above = above_first(point).map_or_else(|| point.constant(1), |above| above.frobenius_squared());
        given.that("W_L⋯W_2 ≠ 0", nonzero(&above));
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(direction) = steep_direction(point) else {
            finding.asserted("ū, to make V of", Truth::Open);
            return;
        };
        let length_squared = direction[0].frobenius_squared();
        let curvature = |point: &Point<T>| second_derivative_along(point, &direction) / &length_squared;
        let here = curvature(point);
        finding.below("0 < ⟨V, ∇²R(W)V⟩/‖V‖²", &point.constant(0), &here);
        for (bound, label) in BOUNDS {
            let bound = point.constant(bound);
            // The quotient at W_c is c² times that at W; twice as much c as that asks for, and one c for all W that are enclosed.
            let c = (bound.clone() / &here).sqrt().times(2).upper();
            finding.at_most(label, &bound, &curvature(&rescaled(point, &c))).informative_if(here.below(&bound));
        }
    }
}

/// `V = ((W_L⋯W_2)ᵀ γūᵀ, 0, …, 0)`; `None` if there is no `ū`.
fn steep_direction<T: Real>(point: &Point<T>) -> Option<Vec<Matrix<T>>> {
    let p = separator(point.setting())?.point().iter().map(|entry| point.constant(entry.clone())).collect();
    let p = Matrix::row_vector(p);
    let first = match above_first(point) {
        Some(above) => above.transpose_times(&p),
        None => p,
    };
    let others = point.weights()[1..].iter().map(|layer| Matrix::zeros(layer.rows(), layer.columns(), layer.bits()));
    Some(std::iter::once(first).chain(others).collect())
}

/// `W_c = (W_1/c, cW_2, W_3, …)`, which has the same end-to-end vector; `W` itself for one layer.
fn rescaled<T: Real>(point: &Point<T>, c: &T) -> Point<T> {
    let mut weights = point.weights().to_vec();
    if let [first, second, ..] = weights.as_mut_slice() {
        *first = first.map(|entry| entry.clone() / c);
        *second = second.scaled(c);
    }
    Point::new(point.setting().clone(), weights)
}
