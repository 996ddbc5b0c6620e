//! Approximate balancedness (Definition 1), and what gradient flow and gradient descent do to it.

use std::sync::Arc;

use rug::Rational;

use crate::algebra::exact;
use crate::claims::{
    AboutPoint, AboutRun, AboutStep, Claim, Domain, Finding, Fold, OnPoints, OnRuns, OnSteps, Shape, at_every_point,
};
use crate::generate::{Instance, Random, Sampled, balanced_between, orthogonal, towards};
use crate::number::{Ball, Dual, Real, Ring, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step, balance, differentiation};

use super::loss::{Around, around_each_layer, target_shapes};
use super::theorem1::{imbalance_squared, imbalances};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let smallest = Shape::fully_connected(&[2, 2, 2]).with_steps(1);
    vec![
        Claim::new(
            "ACGH19.delta-balanced",
            include_str!("text/delta-balanced.md"),
            OnPoints(DeltaBalanced::default()),
            Sampled::new("layers of known imbalance", known_imbalance),
        )
        .definition()
        .on_own_runs(OnRuns(LeastDelta))
        .control(
            "the sum over the pairs in place of the largest",
            OnPoints(DeltaBalanced { change: Variant::Sum }),
            every_pair_at_the_bound(),
        )
        .control(
            "W_{j+1}W_{j+1}ᵀ − W_jᵀW_j, the transposes exchanged",
            OnPoints(DeltaBalanced { change: Variant::Exchanged }),
            balanced_square(),
        ),
        Claim::identity(
            "ACGH19.flow-balance-conserved",
            include_str!("text/flow-balance-conserved.md"),
            OnPoints(FlowBalance::default()),
            target_shapes(0).into_iter().filter(|shape| shape.network.depth() > 1).collect(),
        )
        .identity_control(
            "the first layer flows twice as fast",
            OnPoints(FlowBalance { uneven: true }),
            smallest.clone().with_steps(0),
        ),
        Claim::identity(
            "ACGH19.balance-step-identity",
            include_str!("text/balance-step-identity.md"),
            OnSteps(BalanceStep::default()),
            target_shapes(1).into_iter().filter(|shape| shape.network.depth() > 1).collect(),
        )
        .identity_control(
            "each layer is updated with the layers below it already updated",
            OnSteps(BalanceStep { descent: Perturbed::Sequential }),
            smallest.clone(),
        )
        .identity_control(
            "the gradient of the first layer is scaled by 1.001",
            OnSteps(BalanceStep { descent: Perturbed::Scaled }),
            smallest,
        ),
    ]
}

/// The bound of [`DeltaBalanced`].
const DELTA: (u32, u32) = (1, 4);

/// How the definition is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// As printed.
    #[default]
    Printed,
    /// The sum over the pairs of layers in place of the largest.
    Sum,
    /// `W_{j+1}W_{j+1}ᵀ − W_jᵀW_j`.
    Exchanged,
}

/// `‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F ≤ δ` for `1 ≤ j < N`.
#[doc = include_str!("text/delta-balanced.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct DeltaBalanced {
    /// The control.
    pub change: Variant,
}

impl AboutPoint for DeltaBalanced {
    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let delta = point.constant(Rational::from(DELTA));
        let weights = point.weights();
        let answer = match self.change {
            Variant::Printed => {
                let fits = |d: Matrix<T>| d.frobenius_squared().at_most(&delta.square());
                imbalances(weights).into_iter().map(fits).fold(Truth::True, Truth::and)
            }
            Variant::Sum => {
                let sum = imbalances(weights).iter().fold(point.constant(0), |sum, d| sum + d.frobenius());
                sum.at_most(&delta)
            }
            Variant::Exchanged => weights
                .windows(2)
                .map(|pair| {
                    let (upper, lower) = (pair[1].times_transpose(&pair[1]), pair[0].transpose_times(&pair[0]));
                    if upper.rows() == lower.rows() {
                        upper.minus(&lower).frobenius_squared().at_most(&delta.square())
                    } else {
                        Truth::False
                    }
                })
                .fold(Truth::True, Truth::and),
        };
        finding.accepts("‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F ≤ 1/4 for every j", answer);
    }
}

/// The least `δ` for which a run is δ-balanced at `W(0), …, W(t)`. The definition leaves `δ` free, so that a run alone refutes nothing:
/// there is a least one as soon as every `‖D_j‖_F` is a number.
#[derive(Clone, Copy, Debug)]
struct LeastDelta;

impl AboutRun for LeastDelta {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut largest = start.constant(0);
        Box::new(at_every_point(move |point: &Point<T>, finding: &mut Finding| {
            largest = largest.clone().max(&imbalance_squared(point.weights()));
            let is_bounded = if largest.is_defined() { Truth::True } else { Truth::Open };
            finding.asserted(
                "‖W_{j+1}ᵀW_{j+1} − W_jW_jᵀ‖_F ≤ δ for the largest of these norms, and no smaller δ",
                is_bounded,
            );
            // Rationals seldom have a root; what is printed is one in any case.
            let square = largest.lower();
            let square = match square.exact() {
                Some(square) => Ball::from_rational(&square, PRINTED_BITS),
                None => Ball::zero(PRINTED_BITS).undefined(),
            };
            finding.trend("W(0), …, W(t) are δ-balanced for no δ below", &square.sqrt_of_nonnegative());
        }))
    }
}

/// The precision of a root that is only printed.
const PRINTED_BITS: u32 = 128;

/// Two singular values whose squares differ by `gap`, for a positive `part` below `√gap`.
fn two_values(gap: &Rational, part: &Rational) -> (Rational, Rational) {
    let quotient = Rational::from(gap / part);
    (Rational::from(&quotient - part) / 2u32, (quotient + part) / 2u32)
}

/// Layers `O_j Σ_j O_{j−1}ᵀ` with the first singular value as given for each layer and the others all ½.
fn with_first_values(random: &mut Random, widths: &[usize], first: &[Rational]) -> Vec<Matrix<Rational>> {
    let gauges: Vec<Matrix<Rational>> = widths.iter().map(|&width| orthogonal(random, width)).collect();
    let rank = widths.iter().copied().min().unwrap_or(1);
    let layer = |(pair, first): (&[Matrix<Rational>], &Rational)| {
        let mut values = vec![Rational::from((1, 2)); rank];
        values[0] = first.clone();
        balanced_between(pair, &values).remove(0)
    };
    gauges.windows(2).zip(first).map(layer).collect()
}

/// A point without a target of its own: `Φ = W`.
fn at_its_target(layers: Vec<Matrix<Rational>>) -> Instance {
    let target = exact::end_to_end(&layers, layers[0].columns());
    Instance::point(towards(target, layers, Rational::from(1)))
}

/// Layers each pair of which is balanced, or `e` from balance in one direction, `e` known: at most 1/4 inside, often exactly 1/4 for
/// every pair, or more for one pair or all outside.
fn known_imbalance(random: &mut Random) -> Instance {
    let inside = random.chance(1, 2);
    let depth = random.size(if inside { 1 } else { 2 }, 4);
    let widths: Vec<usize> = (0..=depth).map(|_| random.size(1, 4)).collect();
    let factor = Rational::from(if inside {
        *random.choice(&[(1, 1), (1, 1), (1, 2), ((1 << 20) - 1, 1 << 20)])
    } else {
        *random.choice(&[((1 << 20) + 1, 1 << 20), (3, 2), (4, 1)])
    });
    let gap = Rational::from(DELTA) * factor;
    let (low, high) = two_values(&gap, &Rational::from(*random.choice(&[(1, 16), (1, 8), (1, 4)])));
    let first: Vec<Rational> = if random.chance(1, 2) {
        (0..depth).map(|k| if k % 2 == 0 { low.clone() } else { high.clone() }).collect()
    } else {
        let rise = random.size(1, depth.max(2) - 1);
        (0..depth).map(|k| if k < rise { low.clone() } else { high.clone() }).collect()
    };
    let instance = at_its_target(with_first_values(random, &widths, &first));
    if inside { instance } else { instance.outside() }
}

/// Three layers, each pair exactly 1/4 from balance.
fn every_pair_at_the_bound() -> Instance {
    let (low, high) = two_values(&Rational::from(DELTA), &Rational::from((1, 4)));
    let mut random = Random::new("every pair at the bound", 1, 0);
    at_its_target(with_first_values(&mut random, &[2, 3, 2, 2], &[low.clone(), high, low]))
}

/// Two balanced square layers whose outer singular vectors differ.
fn balanced_square() -> Instance {
    let matrix = |entries: [i32; 4]| Matrix::from_fn(2, 2, |i, j| Rational::from(entries[2 * i + j]));
    let (turn, stretch) = (matrix([0, 1, -1, 0]), matrix([2, 0, 0, 1]));
    // W_1 = Σ and W_2 = QΣ: balanced, but W_2W_2ᵀ has its singular vectors exchanged.
    let second = exact::product(&turn, &stretch);
    at_its_target(vec![stretch, second])
}

/// `d/dτ (W_{j+1}ᵀW_{j+1} − W_jW_jᵀ) = 0` along gradient flow.
#[doc = include_str!("text/flow-balance-conserved.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FlowBalance {
    /// The control: the first layer flows twice as fast.
    pub uneven: bool,
}

impl AboutPoint for FlowBalance {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let flowing: Vec<Matrix<Dual<T>>> = point
            .weights()
            .iter()
            .zip(point.gradient())
            .enumerate()
            .map(|(j, (layer, slope))| {
                let speed = point.constant(if self.uneven && j == 0 { -2 } else { -1 });
                differentiation::moving(layer, &slope.scaled(&speed))
            })
            .collect();
        let rate = |matrix: Matrix<Dual<T>>| matrix.map(|entry| entry.derivative().clone());
        let terms = terms_of_gradient_squared(point);
        for (j, pair) in flowing.windows(2).enumerate() {
            let (upper, lower) = (pair[1].transpose_times(&pair[1]), pair[0].times_transpose(&pair[0]));
            // A bound of the products W_{j+1}ᵀg_{j+1} and g_jW_jᵀ, whose sums are the rates, and of what was cancelled in the gradient.
            let largest =
                (j..j + 2).fold(point.constant(0), |sum, k| sum + point.norms_squared()[k].clone() * &terms[k]);
            let largest = largest.sqrt_of_nonnegative();
            let label = "d/dτ W_{j+1}ᵀW_{j+1} = d/dτ W_jW_jᵀ";
            equal_entries(finding, label, j + 1, (&rate(upper), &rate(lower)), &largest);
        }
    }
}

/// For every layer, what bounds the squares of the terms that went into its gradient. At a minimum these cancel, and the gradient is small
/// beside them.
fn terms_of_gradient_squared<T: Real>(point: &Point<T>) -> Vec<T> {
    let (setting, w) = (point.setting(), point.end_to_end());
    let product = match (setting.target(), setting.examples(), setting.signed_examples()) {
        (Some(target), ..) => w.frobenius_squared().max(&target.frobenius_squared()),
        // (WX − Y)Xᵀ, and Σ_i ℓ′(m_i) z_i.
        (None, Some((x, y)), None) => {
            let outputs = x.times_transpose(w).frobenius_squared().max(&y.frobenius_squared());
            outputs * &x.frobenius_squared() * &setting.normaliser().square()
        }
        (None, _, Some(z)) => {
            let slopes = point.slopes().iter().fold(point.constant(0), |sum, slope| sum + slope.square());
            slopes * &z.frobenius_squared() * &setting.normaliser().square()
        }
        (None, None, None) => point.constant(0),
    };
    let around = around_each_layer(point);
    around
        .iter()
        .map(|Around { above, below }| product.clone() * &above.frobenius_squared() * &below.frobenius_squared())
        .collect()
}

/// Asserts that two matrices are equal, entry by entry, `largest` being the largest term that went into any of them.
fn equal_entries<T: Real>(
    finding: &mut Finding,
    label: &'static str,
    layer: usize,
    (left, right): (&Matrix<T>, &Matrix<T>),
    largest: &T,
) {
    for (left, right) in left.entries().iter().zip(right.entries()) {
        finding.equal_with_terms(label, left, right, largest).layer(layer);
    }
}

/// The descent whose steps are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Perturbed {
    /// Gradient descent, all layers at once.
    #[default]
    No,
    /// Each layer is updated with the layers below it already updated.
    Sequential,
    /// The gradient of the first layer is scaled by 1.001.
    Scaled,
}

/// `D_j(t+1) = D_j(t) + η²(g_{j+1}ᵀg_{j+1} − g_jg_jᵀ)`.
#[doc = include_str!("text/balance-step-identity.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct BalanceStep {
    /// The control.
    pub descent: Perturbed,
}

impl BalanceStep {
    fn next<T: Real>(self, step: &Step<T>) -> Vec<Matrix<T>> {
        let before = &step.before;
        match self.descent {
            Perturbed::No => step.after.weights().to_vec(),
            Perturbed::Sequential => {
                let mut weights = before.weights().to_vec();
                for j in 0..weights.len() {
                    let point = Point::new(Arc::clone(before.setting()), weights.clone());
                    weights[j] = weights[j].clone().minus(&point.gradient()[j].scaled(&step.eta));
                }
                weights
            }
            Perturbed::Scaled => {
                let mut weights = step.after.weights().to_vec();
                let more = step.eta.clone().times((1, 1000));
                weights[0] = weights[0].clone().minus(&before.gradient()[0].scaled(&more));
                weights
            }
        }
    }
}

impl AboutStep for BalanceStep {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let before = &step.before;
        let slopes = before.gradient();
        let (then, now) = (balance::imbalances(before.weights()), balance::imbalances(&self.next(step)));
        let eta_squared = step.eta.square();
        let scalars = before.weights().iter().all(|layer| (layer.rows(), layer.columns()) == (1, 1));
        let others = if scalars { products_of_all_but_two(before) } else { Vec::new() };
        for (j, (then, now)) in then.iter().zip(&now).enumerate() {
            let (upper, lower) = (slopes[j + 1].transpose_times(&slopes[j + 1]), slopes[j].times_transpose(&slopes[j]));
            // The room of the reference has −D_j.
            let expected = then.clone().minus(&upper.minus(&lower).scaled(&eta_squared));
            let largest = step.after.norms_squared()[j].clone() + &step.after.norms_squared()[j + 1];
            let label = "D_j(t+1) = D_j(t) + η²(g_{j+1}ᵀg_{j+1} − g_jg_jᵀ)";
            equal_entries(finding, label, j + 1, (now, &expected), &largest);
            if let Some(others) = others.get(j) {
                let product = before.product_gradient()[(0, 0)].clone() * others;
                let shrunk = then[(0, 0)].clone() * &(before.constant(1) - eta_squared.clone() * &product.square());
                let label = "scalar layers: D_j(t+1) = D_j(t)(1 − η²G²∏_{i≠j,j+1}w_i²)";
                finding.equal_with_terms(label, &now[(0, 0)], &shrunk, &largest).layer(j + 1);
            }
        }
    }
}

/// `∏_{i≠j,j+1} w_i` of scalar layers, for every pair `j`.
fn products_of_all_but_two<T: Real>(point: &Point<T>) -> Vec<T> {
    let scalars: Vec<&T> = point.weights().iter().map(|layer| &layer[(0, 0)]).collect();
    let products = |scalars: &mut dyn Iterator<Item = &T>| {
        scalars.fold(vec![point.constant(1)], |mut products, scalar| {
            products.push(products[products.len() - 1].clone() * scalar);
            products
        })
    };
    let below = products(&mut scalars.iter().copied());
    let above = products(&mut scalars.iter().copied().rev());
    let pairs = scalars.len().saturating_sub(1);
    (0..pairs).map(|j| below[j].clone() * &above[pairs - 1 - j]).collect()
}
