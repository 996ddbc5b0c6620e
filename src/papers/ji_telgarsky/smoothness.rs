//! How fast the gradient of the risk can change in a ball: Lemma 5 and the steps of its proof.

use rug::Integer;

use crate::claims::{AboutPair, Claim, Domain, Finding, Hypotheses, OnPairs};
use crate::generate::Family;
use crate::number::{Exact, Real, Sign};
use crate::problem::Matrix;
use crate::reference::{Point, network};

use super::assumptions::{assume_smooth_lipschitz, assume_unit_ball, constants_of_loss};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.smoothness-beta",
            include_str!("text/smoothness-beta.md"),
            OnPairs(RiskSmoothness::default()),
            Family::Pairs,
        )
        .control(
            "one tenth of β(R)",
            OnPairs(RiskSmoothness { share: (1, 10), ..RiskSmoothness::default() }),
            replay(include_str!("specs/smoothness-beta-tenth.toml")),
        )
        .control(
            "R ≥ 1 dropped",
            OnPairs(RiskSmoothness { any_radius: true, ..RiskSmoothness::default() }),
            replay(include_str!("specs/SL-11.toml")),
        )
        .control(
            "‖x_i‖ ≤ 1 dropped: one example of norm 4",
            OnPairs(RiskSmoothness { any_data: true, ..RiskSmoothness::default() }),
            replay(include_str!("specs/smoothness-beta-long-example.toml")),
        ),
        Claim::new(
            "JT19.eq23-to-eq25",
            include_str!("text/eq23-to-eq25.md"),
            OnPairs(GradientChange::default()),
            Family::Pairs,
        )
        .control(
            "the term (L−1)R^{L−2}G‖W−V‖ of (24) dropped",
            OnPairs(GradientChange { without_first_term: true }),
            replay(include_str!("specs/eq24-first-term.toml")),
        ),
    ]
}

/// `‖∇R(W) − ∇R(V)‖ ≤ β(R)‖W − V‖` on `B(R)`.
#[doc = include_str!("text/smoothness-beta.md")]
#[derive(Clone, Copy, Debug)]
pub struct RiskSmoothness {
    /// The share of `β(R)` in the bound, as a fraction: `(1, 1)` in the paper.
    pub share: (u32, u32),
    /// A control: `R` may be less than 1.
    pub any_radius: bool,
    /// A control: the examples may be long.
    pub any_data: bool,
}

impl Default for RiskSmoothness {
    fn default() -> Self {
        Self { share: (1, 1), any_radius: false, any_data: false }
    }
}

impl AboutPair for RiskSmoothness {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    fn assume<T: Real>(&self, first: &Point<T>, _second: &Point<T>, given: &mut Hypotheses) {
        assume_smooth_lipschitz(first.setting(), given);
        if !self.any_data {
            assume_unit_ball(first.setting(), given);
        }
    }

    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        let setting = first.setting();
        let (beta, lipschitz) = constants_of_loss(first);
        let mut radius_squared = common_radius_squared(first, second);
        if !self.any_radius {
            radius_squared = radius_squared.max(&first.constant(1));
        }
        // β(R) = β(1) R^{2L−2}, and R enters through its square alone.
        let power = radius_squared.power(layers_but_one(first));
        let depth = Integer::from(setting.depth());
        let beta = (beta + &lipschitz).times(depth.square() * 2u32).times(self.share) * &power;
        let distance_squared = distance_squared(first.weights(), second.weights());
        let bound_squared = beta.square() * &distance_squared;
        let change_squared = distance_squared_of_gradients(first, second);
        let left = change_squared.clone().sqrt_of_nonnegative();
        let right = beta * &distance_squared.sqrt_of_nonnegative();
        // No gradient in B(R) is longer than √L R^{L−1} G.
        let twice_longest_squared = (power * &lipschitz.square()).times(Integer::from(setting.depth()) * 4u32);
        let informative = bound_squared.below(&twice_longest_squared);
        finding
            .slack("‖∇R(W) − ∇R(V)‖ ≤ β(R)‖W − V‖", &(bound_squared - &change_squared), &left, &right)
            .informative_if(informative)
            .attained_if(same_point(first, second), SAME_POINT);
    }
}

/// The steps of the proof of Lemma 5: (23), (24), (25) and the same for every layer.
#[doc = include_str!("text/eq23-to-eq25.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GradientChange {
    /// The control: the first term of (24) is dropped.
    pub without_first_term: bool,
}

impl AboutPair for GradientChange {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    fn assume<T: Real>(&self, first: &Point<T>, _second: &Point<T>, given: &mut Hypotheses) {
        assume_smooth_lipschitz(first.setting(), given);
        assume_unit_ball(first.setting(), given);
    }

    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        let (beta, lipschitz) = constants_of_loss(first);
        let depth = first.setting().depth();
        let at_rest = same_point(first, second);
        let radius = common_radius_squared(first, second).sqrt_of_nonnegative();
        let distance = distance_squared(first.weights(), second.weights()).sqrt_of_nonnegative();
        let end_to_end_distance = distance_of(first.end_to_end(), second.end_to_end());
        let product_change = distance_of(first.product_gradient(), second.product_gradient());
        let power = radius.power(layers_but_one(first));
        // Neither of two gradients ∂R/∂W_k in B(R) is longer than R^{L−1} G, and no w than R^L.
        let twice_longest = (power.clone() * &lipschitz).times(2);

        if depth >= 2 {
            let replaced = one_layer_replaced(first, second);
            let factor = radius.power(layers_but_one(first) - 1) * &lipschitz;
            let right = factor * &distance_of(&first.weights()[1], &second.weights()[1]) + &replaced;
            let left = distance_of(&first.gradient()[0], &second.gradient()[0]);
            let informative = right.below(&twice_longest);
            let same = same_layer(first, second, 1);
            finding
                .at_most("(23) replacing W_2 by V_2 changes ∂R/∂W_1 by at most R^{L−2}G‖W_2 − V_2‖", &left, &right)
                .informative_if(informative)
                .attained_if(same, "W_2 = V_2: both sides are one number");
        }

        // (L−1)R^{L−2}G‖W−V‖; nothing for one layer.
        let of_the_layers = if depth >= 2 {
            (radius.power(layers_but_one(first) - 1) * &lipschitz).times(depth - 1) * &distance
        } else {
            first.constant(0)
        };
        let kept = if self.without_first_term { first.constant(0) } else { of_the_layers.clone() };
        let left = distance_of(&first.gradient()[0], &second.gradient()[0]);
        let right = kept + &(power.clone() * &product_change);
        let informative = right.below(&twice_longest);
        finding
            .at_most("(24) ‖∂R/∂W_1 − ∂R/∂V_1‖ ≤ (L−1)R^{L−2}G‖W−V‖ + R^{L−1}‖∇R(w)−∇R(v)‖", &left, &right)
            .informative_if(informative)
            .attained_if(depth == 1, "one layer: ∂R/∂W_1 is ∇R(w)")
            .attained_if(at_rest, SAME_POINT);

        let right = end_to_end_distance.clone() * &beta;
        let informative = right.below(&lipschitz.clone().times(2));
        finding
            .at_most("(25) ‖∇R(w) − ∇R(v)‖ ≤ β‖w − v‖", &product_change, &right)
            .informative_if(informative)
            .attained_if(same_end_to_end(first, second), "w = v: both sides are zero");

        let right = power.clone().times(depth) * &distance;
        let informative = right.below(&(power.clone() * &radius).times(2));
        finding
            .at_most("(25) ‖w − v‖ ≤ L R^{L−1}‖W − V‖", &end_to_end_distance, &right)
            .informative_if(informative)
            .attained_if(depth == 1, "one layer: w is W_1")
            .attained_if(at_rest, SAME_POINT);

        let right = of_the_layers + &((power.square() * &beta).times(depth) * &distance);
        let informative = right.below(&twice_longest);
        for (k, (own, other)) in first.gradient().iter().zip(second.gradient()).enumerate() {
            finding
                .at_most("‖∂R/∂W_k − ∂R/∂V_k‖ ≤ ((L−1)R^{L−2}G + βLR^{2L−2})‖W−V‖", &distance_of(own, other), &right)
                .layer(k + 1)
                .informative_if(informative)
                .attained_if(at_rest, SAME_POINT);
        }
    }
}

/// The square of the least `R` with both points in `B(R)`.
fn common_radius_squared<T: Real>(first: &Point<T>, second: &Point<T>) -> T {
    let norms = first.norms_squared().iter().chain(second.norms_squared());
    norms.fold(first.constant(0), |largest, norm| largest.max(norm))
}

/// `L − 1`.
fn layers_but_one<T: Real>(point: &Point<T>) -> u32 {
    point.setting().network().degree() - 1
}

/// `Σ_k ‖A_k − B_k‖_F²`.
fn distance_squared<T: Real>(first: &[Matrix<T>], second: &[Matrix<T>]) -> T {
    let squares = first.iter().zip(second).map(|(own, other)| own.clone().minus(other).frobenius_squared());
    squares.reduce(|sum, square| sum + &square).expect("a network has at least one layer")
}

fn distance_squared_of_gradients<T: Real>(first: &Point<T>, second: &Point<T>) -> T {
    distance_squared(first.gradient(), second.gradient())
}

/// `‖A − B‖_F`.
fn distance_of<T: Real>(first: &Matrix<T>, second: &Matrix<T>) -> T {
    first.clone().minus(second).frobenius()
}

/// `‖V_2ᵀ W_3ᵀ⋯W_Lᵀ ∇R(w) − ∂R/∂V_1‖_F`, the last term of (23).
fn one_layer_replaced<T: Real>(first: &Point<T>, second: &Point<T>) -> T {
    let above = first.weights()[2..]
        .iter()
        .rev()
        .fold(first.product_gradient().clone(), |slope, layer| layer.transpose_times(&slope));
    distance_of(&second.weights()[1].transpose_times(&above), &second.gradient()[0])
}

const SAME_POINT: &str = "W = V: both sides are zero";

/// Whether the two points are certainly one.
fn same_point<T: Real>(first: &Point<T>, second: &Point<T>) -> bool {
    (0..first.weights().len()).all(|k| same_layer(first, second, k))
}

/// Whether layer `k`, counted from 0, is certainly the same matrix at both points.
pub(super) fn same_layer<T: Real>(first: &Point<T>, second: &Point<T>, k: usize) -> bool {
    match (first.exact_weights(), second.exact_weights()) {
        (Some(own), Some(other)) => own[k] == other[k],
        _ => is_zero(&first.weights()[k].clone().minus(&second.weights()[k])),
    }
}

/// Whether `w` is certainly the same vector at both points.
fn same_end_to_end<T: Real>(first: &Point<T>, second: &Point<T>) -> bool {
    match (first.exact_weights(), second.exact_weights()) {
        (Some(own), Some(other)) => {
            let product = |layers: &[Matrix<rug::Rational>]| {
                let layers: Vec<_> = layers.iter().map(|layer| Matrix::from_rationals(layer, 0)).collect();
                network::end_to_end::<Exact>(first.setting().network(), &layers)
            };
            is_zero(&product(own).minus(&product(other)))
        }
        _ => is_zero(&first.end_to_end().clone().minus(second.end_to_end())),
    }
}

fn is_zero<T: Real>(matrix: &Matrix<T>) -> bool {
    matrix.entries().iter().all(|entry| entry.sign() == Sign::Zero)
}
