//! The definitions of the paper's setting: which data, starts and balls it speaks of.
//!
//! Each predicate is the one that other claims state as a hypothesis. It must accept instances that were built inside the definition and reject
//! such as were built outside it, by constructions that do not use it.

use rug::Rational;

use crate::algebra::elimination::rank;
use crate::algebra::exact::{norm_squared, scaled};
use crate::algebra::max_margin::{MaxMargin, NoMargin};
use crate::claims::{AboutData, AboutPair, AboutStart, Claim, Domain, Finding, Hypotheses, OnData, OnPairs, OnStarts};
use crate::generate::{Cloud, Instance, Random, Sampled, Separable, Structure, aligned, fully_connected};
use crate::number::{Real, Truth};
use crate::problem::{Data, Loss, Matrix, Problem, StepRule};
use crate::reference::{Point, Setting};

use super::assumptions::{assume_separable, gradient_is_not_zero, risk_at_most_at_zero, support_spans, unit_ball};
use super::replay;
use super::separator::separator;
use super::smoothness::same_layer;
use super::terms::{absolute, equal_matrices, largest};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.data-normalised-separable",
            include_str!("text/data-normalised-separable.md"),
            OnData(NormalisedSeparable::default()),
            Sampled::new("data separable and not", some_data),
        )
        .definition()
        .control(
            "a margin of zero is enough: one z_i with its sign changed",
            OnData(NormalisedSeparable { any_margin: true, ..NormalisedSeparable::default() }),
            replay(include_str!("specs/not-separable.toml")).outside(),
        )
        .control(
            "examples of any length",
            OnData(NormalisedSeparable { any_length: true, ..NormalisedSeparable::default() }),
            replay(include_str!("specs/long-example.toml")).outside(),
        ),
        Claim::new(
            "JT19.assumption-2-init",
            include_str!("text/assumption-2-init.md"),
            OnStarts(GoodStart::default()),
            Sampled::new("starts good and bad", some_start),
        )
        .definition()
        .control(
            "R(W(0)) ≤ ℓ(0) alone: all layers zero",
            OnStarts(GoodStart { any_gradient: true, ..GoodStart::default() }),
            replay(include_str!("specs/all-zero.toml")).outside(),
        )
        .control(
            "∇R(W(0)) ≠ 0 alone: the antisymmetric start",
            OnStarts(GoodStart { any_risk: true, ..GoodStart::default() }),
            replay(include_str!("specs/antisymmetric.toml")).outside(),
        ),
        Claim::new(
            "JT19.assumption-3-support-span",
            include_str!("text/assumption-3-support-span.md"),
            OnData(SupportSpans::default()),
            Sampled::new("supports that span and that do not", some_support),
        )
        .definition()
        .control(
            "all examples in place of the support vectors",
            OnData(SupportSpans { all_examples: true }),
            replay(include_str!("specs/support-does-not-span.toml")).outside(),
        ),
        Claim::new(
            "JT19.ball",
            include_str!("text/ball.md"),
            OnPairs(InBall::default()),
            Sampled::new("pairs of points in a ball and not", some_pair),
        )
        .definition()
        .on_own_runs(OnPairs(InLeastBall))
        .control(
            "one layer in the ball is enough",
            OnPairs(InBall { some_layer: true }),
            one_layer_too_large(),
        ),
    ]
}

/// `‖x_i‖ ≤ 1` for all `i`, and `γ > 0`.
#[doc = include_str!("text/data-normalised-separable.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormalisedSeparable {
    /// A control: `γ ≥ 0` is enough.
    pub any_margin: bool,
    /// A control: the length of the examples does not matter.
    pub any_length: bool,
}

impl AboutData for NormalisedSeparable {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.labels()
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let short = self.any_length || unit_ball(setting);
        let separable = self.any_margin || separator(setting).is_some();
        finding.accepts("‖x_i‖ ≤ 1 for all i, and γ > 0", short && separable);
        // Whatever the answer, its reason is verified over all examples.
        let (Some(z), Some(exact)) = (setting.signed_examples(), setting.exact_signed_examples()) else { return };
        let combined = |weights: &[Rational]| {
            let row = weights.iter().map(|weight| setting.constant(weight.clone())).collect();
            Matrix::row_vector(row).times(z)
        };
        match MaxMargin::of(&exact) {
            Ok(margin) => {
                let p = margin.point().iter().map(|entry| setting.constant(entry.clone())).collect();
                let p = Matrix::row_vector(p);
                finding.asserted("λ_i ≥ 0, Σ λ_i = 1", is_convex(margin.weights()));
                equal_matrices(finding, "Σ λ_i z_i = γū", (&combined(margin.weights()), &p), || {
                    largest(&absolute(z))
                });
                let gamma_squared = setting.constant(margin.margin_squared().clone());
                for product in z.times_transpose(&p).entries() {
                    finding.at_most("γ² ≤ γ⟨ū, z_i⟩", &gamma_squared, product);
                }
                if short {
                    finding.at_most("γ² ≤ 1", &gamma_squared, &setting.constant(1));
                }
            }
            Err(NoMargin::NotSeparable { weights }) => {
                finding.asserted("λ_i ≥ 0, Σ λ_i = 1", is_convex(&weights));
                let sum = combined(&weights);
                let zero = Matrix::zeros(1, sum.columns(), setting.bits());
                equal_matrices(finding, "Σ λ_i z_i = 0: not separable", (&sum, &zero), || largest(&absolute(z)));
            }
            Err(NoMargin::NoExamples) => {}
        }
    }
}

fn is_convex(weights: &[Rational]) -> bool {
    weights.iter().all(|weight| *weight >= 0) && weights.iter().sum::<Rational>() == 1
}

/// Separable data in the unit ball, or such data with one example too long, or with one example and its opposite.
fn some_data(random: &mut Random) -> Instance {
    let dim = random.size(1, 5);
    let cloud = *random.choice(&Cloud::ALL);
    let examples = random.size(1, 8);
    let margin = Rational::from(*random.choice(&[(1, 1 << 20), (1, 16), (1, 4), (1, 2)]));
    let data = Separable::new(random, cloud, dim, examples, &margin);
    let mut rows: Vec<Vec<Rational>> = data.signed().to_vec();
    let mut labels = data.labels().to_vec();
    let flaw = random.below(6);
    let chosen = random.size(0, rows.len() - 1);
    match flaw {
        0 => {
            while norm_squared(&rows[chosen]) <= 1 {
                rows[chosen] = scaled(&rows[chosen], &Rational::from(2));
            }
        }
        1 => {
            rows.push(scaled(&rows[chosen], &Rational::from((-1, 2))));
            labels.push(random.sign());
        }
        2 => rows[chosen] = vec![Rational::new(); dim],
        _ => {}
    }
    let instance = one_layer(&rows, &labels, &vec![Rational::new(); dim]);
    if flaw <= 2 { instance.outside() } else { instance }
}

/// The data `x_i = y_i z_i`, `y_i` and one layer `w`.
fn one_layer(z: &[Vec<Rational>], labels: &[i32], w: &[Rational]) -> Instance {
    let data = Data::Examples {
        x: Matrix::from_fn(z.len(), w.len(), |i, j| Rational::from(&z[i][j] * labels[i])),
        y: Matrix::from_fn(labels.len(), 1, |i, _| Rational::from(labels[i])),
    };
    let layers = vec![Matrix::row_vector(w.to_vec())];
    Instance::point(network(Loss::logistic(), data, layers))
}

/// A fully-connected network of the widths of `layers`, which chain from the dimension of the data to 1.
fn network(loss: Loss, data: Data, layers: Vec<Matrix<Rational>>) -> Problem {
    fully_connected(loss, data, layers, StepRule::Constant(Rational::from((1, 8))))
}

/// `∇R(W(0)) ≠ 0` and `R(W(0)) ≤ ℓ(0)`.
#[doc = include_str!("text/assumption-2-init.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GoodStart {
    /// A control: the gradient may be zero.
    pub any_gradient: bool,
    /// A control: the risk may be anything.
    pub any_risk: bool,
}

impl AboutStart for GoodStart {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().labels()
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let gradient = if self.any_gradient { Truth::True } else { gradient_is_not_zero(start) };
        let risk = if self.any_risk { Truth::True } else { risk_at_most_at_zero(start) };
        finding.accepts("∇R(W(0)) ≠ 0 and R(W(0)) ≤ ℓ(0)", gradient.and(risk));
    }
}

/// Starts with positive margins, or with a zero first layer; and starts with two zero layers, with negative margins, or antisymmetric.
fn some_start(random: &mut Random) -> Instance {
    let depth = random.size(2, 5);
    let mut widths: Vec<usize> = (0..depth).map(|_| random.size(1, 4)).collect();
    widths.push(1);
    let cloud = *random.choice(&Cloud::ALL);
    let examples = random.size(1, 6);
    let data = Separable::new(random, cloud, widths[0], examples, &(1, 8).into());
    let loss = if random.chance(1, 2) { Loss::Exponential } else { Loss::logistic() };
    let size = Rational::from((random.between(1, 8), 4));
    let along = |random: &mut Random, size: &Rational| aligned(random, &widths, data.direction(), size);
    let inside = random.chance(1, 2);
    let layers = match (inside, random.below(3)) {
        // ⟨w, z_i⟩ = s^L⟨ū, z_i⟩ > 0.
        (true, 0 | 1) => along(random, &size),
        (true, _) => Structure::ZeroFirst.layers(random, &widths, 4),
        // With two zero layers every product of all layers but one is zero.
        (false, 0) => {
            let mut layers = Structure::Plain.layers(random, &widths, 4);
            let first = random.size(0, depth - 2);
            for k in [first, random.size(first + 1, depth - 1)] {
                layers[k] = layers[k].map(|_| Rational::new());
            }
            layers
        }
        (false, 1) => {
            let mut layers = along(random, &size);
            layers[0] = layers[0].map(|entry| Rational::from(-entry));
            layers
        }
        (false, _) => {
            let second = random.matrix(1, widths[0], 4).map(|entry| Rational::from(entry + 2u32));
            let first = second.transposed().map(|entry| Rational::from(-entry));
            let one = || Matrix::row_vector(vec![Rational::from(1)]);
            let data = Data::Examples { x: one(), y: one() };
            return Instance::point(network(loss, data, vec![first, second])).outside();
        }
    };
    let instance = Instance::point(network(loss, data.data(), layers));
    if inside { instance } else { instance.outside() }
}

/// The support vectors span the space.
#[doc = include_str!("text/assumption-3-support-span.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SupportSpans {
    /// The control: all examples in place of the support vectors.
    pub all_examples: bool,
}

impl AboutData for SupportSpans {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.labels()
    }

    fn assume<T: Real>(&self, setting: &Setting<T>, given: &mut Hypotheses) {
        assume_separable(setting, given);
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let spans = if self.all_examples {
            Truth::from(setting.exact_signed_examples().is_some_and(|z| rank(&z) == z.columns()))
        } else {
            // Without a margin there is no ū, and no S.
            separator(setting).map_or(Truth::Open, |margin| Truth::from(support_spans(margin)))
        };
        finding.accepts("span{z_i : i ∈ S} = R^d", spans);
    }
}

/// Data whose support vectors span the space by construction, or lie in a proper subspace.
fn some_support(random: &mut Random) -> Instance {
    let inside = random.chance(1, 2);
    let dim = random.size(if inside { 1 } else { 2 }, 5);
    let cloud = match (inside, dim) {
        (false, _) => Cloud::Flat,
        (true, 1) => Cloud::Spanning,
        (true, _) => *random.choice(&[Cloud::Spanning, Cloud::Cross, Cloud::Degenerate]),
    };
    let examples = random.size(if inside { dim } else { 1 }, 10);
    let margin = Rational::from(*random.choice(&[(1, 1 << 20), (1, 16), (1, 4), (1, 2)]));
    let data = Separable::new(random, cloud, dim, examples, &margin);
    let instance = one_layer(data.signed(), data.labels(), &vec![Rational::new(); dim]);
    if inside { instance } else { instance.outside() }
}

/// The radius of the ball of [`InBall`].
const RADIUS: (u32, u32) = (3, 2);

/// `W ∈ B(R)`, `max_k ‖W_k‖_F ≤ R`, for both points of a pair; and then the segment between them is in `B(R)`.
#[doc = include_str!("text/ball.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct InBall {
    /// The control: one layer of norm at most `R` is enough.
    pub some_layer: bool,
}

impl InBall {
    fn contains<T: Real>(self, layers: &[Matrix<T>], square: &T) -> Truth {
        let fits = layers.iter().map(|layer| layer.frobenius_squared().at_most(square));
        if self.some_layer {
            fits.map(Truth::not).fold(Truth::True, Truth::and).not()
        } else {
            fits.fold(Truth::True, Truth::and)
        }
    }
}

impl AboutPair for InBall {
    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        let square = first.constant(Rational::from(RADIUS)).square();
        let answers = [first, second].map(|point| self.contains(point.weights(), &square));
        for answer in answers {
            finding.accepts("max_k ‖W_k‖_F ≤ 3/2", answer);
        }
        if answers == [Truth::True; 2] {
            segment_in_ball(first, second, |_| square.clone(), finding);
        }
    }
}

/// Both ends of the pair are in the ball of the least `R` for which they are, and then the segment between them is.
///
/// A ball may have any radius. Layer by layer: `W_k` and `V_k` are in the ball of the larger of their norms, which is in `B(R)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct InLeastBall;

impl AboutPair for InLeastBall {
    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        let least = |k: usize| first.norms_squared()[k].clone().max(&second.norms_squared()[k]);
        segment_in_ball(first, second, least, finding);
    }
}

/// Points of the segment between `first` and `second` against the square of the radius for each layer.
fn segment_in_ball<T: Real>(first: &Point<T>, second: &Point<T>, square: impl Fn(usize) -> T, finding: &mut Finding) {
    for share in [(1, 8), (1, 2), (2, 3)].map(Rational::from) {
        let (near, far) = (first.constant(share.clone()), first.constant(Rational::from(1) - share));
        for (k, (one, other)) in first.weights().iter().zip(second.weights()).enumerate() {
            let between = one.scaled(&near).plus(&other.scaled(&far));
            finding
                .at_most("the segment is in the ball", &between.frobenius_squared(), &square(k))
                .layer(k + 1)
                .attained_if(same_layer(first, second, k), "the layer is the same at both ends");
        }
    }
}

/// A pair of points whose layers have rational norms: at most 3/2 all of them, often exactly that, or one too large in each point.
fn some_pair(random: &mut Random) -> Instance {
    let depth = random.size(1, 4);
    let mut widths: Vec<usize> = (0..depth).map(|_| random.size(1, 4)).collect();
    widths.push(1);
    let inside = random.chance(1, 2);
    let point = |random: &mut Random| -> Vec<Matrix<Rational>> {
        let too_large = random.size(0, depth - 1);
        widths
            .windows(2)
            .enumerate()
            .map(|(k, pair)| {
                let norm = match (inside || k != too_large, random.chance(1, 3)) {
                    (true, true) => Rational::from((3, 2)),
                    (true, false) => random.positive(6) * Rational::from((3, 2)),
                    (false, true) => Rational::from((1_500_001, 1_000_000)),
                    (false, false) => random.positive(6) + Rational::from((3, 2)),
                };
                let entries = scaled(&crate::generate::unit_vector(random, pair[0] * pair[1]), &norm);
                Matrix::from_fn(pair[1], pair[0], |i, j| entries[i * pair[0] + j].clone())
            })
            .collect()
    };
    let (first, second) = (point(random), point(random));
    let data = Separable::new(random, Cloud::Taught, widths[0], 2, &(1, 4).into());
    let instance = Instance::pair(network(Loss::logistic(), data.data(), first), second);
    if inside { instance } else { instance.outside() }
}

/// A pair of points outside of the ball each of which has one layer that would fit.
fn one_layer_too_large() -> Instance {
    let layers =
        |first: i32, second: i32| [first, second].map(|entry| Matrix::row_vector(vec![Rational::from(entry)])).to_vec();
    let one = || Matrix::row_vector(vec![Rational::from(1)]);
    let data = Data::Examples { x: one(), y: one() };
    Instance::pair(network(Loss::logistic(), data, layers(2, 1)), layers(1, 2)).outside()
}
