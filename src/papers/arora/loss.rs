//! The loss of Section 2, its gradient, and one step of gradient descent.

use crate::claims::{
    AboutPoint, AboutRun, AboutStep, Claim, Domain, Finding, Fold, Hypotheses, OnPoints, OnRuns, OnSteps, Shape,
    at_every_point,
};
use crate::generate::{Instance, Random, Sampled, Structure, fully_connected};
use crate::number::{Exact, Real, Ring};
use crate::problem::{Data, ExactMatrix, Loss, Matrix, Normalisation, StepRule};
use crate::reference::{Point, Setting, Step, differentiation, network};

use rug::Rational;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let square = Shape::fully_connected(&[2, 2, 2, 2]).with_steps(1);
    vec![
        Claim::identity(
            "ACGH19.whitened-loss",
            include_str!("text/whitened-loss.md"),
            OnPoints(WhitenedLoss::default()),
            [&[2, 2][..], &[1, 3], &[3, 2, 2], &[2, 3, 1, 2], &[2, 1, 2, 2, 3]]
                .into_iter()
                .zip([1, 2, 3, 4, 3])
                .map(|(widths, examples)| Shape::fully_connected(widths).with_examples(examples))
                .collect(),
        )
        .identity_control(
            "inputs that are not whitened, and the term that whitening removes left out",
            OnPoints(WhitenedLoss { as_if_whitened: true }),
            Shape::fully_connected(&[2, 2]).with_examples(3),
        ),
        Claim::new(
            "ACGH19.whitened-loss.optimum",
            include_str!("text/whitened-loss.optimum.md"),
            OnRuns(WhitenedOptimum::default()),
            Sampled::new("whitened inputs", |random| whitened(random, false)),
        )
        .control(
            "1 is added to one entry of the whitened inputs",
            OnRuns(WhitenedOptimum { any_inputs: true }),
            whitened(&mut Random::new("inputs that are no longer whitened", 1, 0), true),
        ),
        Claim::identity(
            "ACGH19.loss-equals-end-to-end-loss",
            include_str!("text/loss-equals-end-to-end-loss.md"),
            OnSteps(EndToEndLoss::default()),
            target_shapes(1),
        )
        .definition()
        .identity_control(
            "the factor ½ dropped: the loss is ‖W − Φ‖_F²",
            OnSteps(EndToEndLoss { without_half: true }),
            square.clone(),
        ),
        Claim::identity(
            "ACGH19.gd-update",
            include_str!("text/gd-update.md"),
            OnSteps(DescentUpdate::default()),
            target_shapes(1),
        )
        .identity_control(
            "the two outer factors exchanged",
            OnSteps(DescentUpdate { change: Change::Exchanged }),
            square.clone(),
        )
        .identity_control(
            "W_{j+1:N} without its transpose",
            OnSteps(DescentUpdate { change: Change::Untransposed }),
            square.clone(),
        )
        .identity_control(
            "the gradient of the first layer is scaled by 1.001",
            OnSteps(DescentUpdate { change: Change::Scaled }),
            square,
        ),
    ]
}

/// Shapes of depths 1 to 5 with a target, on which the identities of this paper are proved.
#[must_use]
pub fn target_shapes(steps: u64) -> Vec<Shape> {
    [&[2, 3][..], &[1, 1, 1], &[2, 3, 2], &[3, 1, 2], &[3, 2, 4, 2], &[1, 2, 3, 1, 2], &[2, 1, 2, 2, 1, 3]]
        .into_iter()
        .map(|widths| Shape::fully_connected(widths).with_steps(steps))
        .collect()
}

/// `W_{i:j}` for the layers `W_i, …, W_j` given, the identity of size `size` if there are none.
pub(super) fn partial_product<T: Real>(layers: &[Matrix<T>], size: usize, bits: u32) -> Matrix<T> {
    network::product(layers).unwrap_or_else(|| Matrix::identity(size, bits))
}

/// The examples of a point, of which `Λ_xx` is never written down: it has as many rows as there are features.
struct Correlations<'a, T> {
    x: &'a Matrix<T>,
    yx: Matrix<T>,
    /// `Tr(Λ_yy)`.
    labels: T,
    /// `c = −½ Tr(Λ_yxΛ_yxᵀ) + ½ Tr(Λ_yy)`.
    constant: T,
    share: T,
}

impl<'a, T: Real> Correlations<'a, T> {
    fn of((x, y): (&'a Matrix<T>, &Matrix<T>)) -> Self {
        let share = x[(0, 0)].constant((1, x.rows()));
        let yx = y.transpose_times(x).scaled(&share);
        let labels = y.frobenius_squared() * &share;
        let constant = (labels.clone() - yx.frobenius_squared()).times((1, 2));
        Self { x, yx, labels, constant, share }
    }

    /// `Tr(WΛ_xxWᵀ)`.
    fn outputs(&self, w: &Matrix<T>) -> T {
        self.x.times_transpose(w).frobenius_squared() * &self.share
    }

    /// `½ Tr(W(Λ_xx − I)Wᵀ)`, zero if the inputs are whitened.
    fn unwhitened(&self, w: &Matrix<T>) -> T {
        (self.outputs(w) - w.frobenius_squared()).times((1, 2))
    }
}

/// `Λ_yx` and `c` for inputs that are whitened, exactly.
struct Whitened<T> {
    exact_yx: Matrix<Rational>,
    yx: Matrix<T>,
    constant: T,
}

/// Whether `(1/m)XXᵀ = I`: the data are rational.
fn is_white(x: &ExactMatrix) -> bool {
    let (count, features) = (x.rows(), x.columns());
    let entry = |i: usize, j: usize| {
        (0..count).fold(Rational::new(), |sum, k| sum + x.entry(k, i) * x.entry(k, j)) / Rational::from(count)
    };
    // The rank of XXᵀ is at most m.
    count >= features && (0..features).all(|i| (0..=i).all(|j| entry(i, j) == u32::from(i == j)))
}

impl<T: Real> Whitened<T> {
    fn of(setting: &Setting<T>) -> Option<Self> {
        let (x, y) = setting.problem().exact_examples().filter(|(x, _)| is_white(x))?;
        let exact = |matrix: &ExactMatrix| matrix.map(|entry| Exact::from_rational(entry, setting.bits()));
        let (x, y) = (exact(x), exact(y));
        let correlations = Correlations::of((&x, &y));
        let exact_yx = correlations.yx.exact()?;
        Some(Self {
            yx: Matrix::from_rationals(&exact_yx, setting.bits()),
            exact_yx,
            constant: setting.constant(correlations.constant.exact()?),
        })
    }
}

/// `(1/2m) Σ_i ‖W_N(⋯(W_1 x_i)) − y_i‖²`, layer by layer.
fn squared_loss<T: Real>(point: &Point<T>, (x, y): (&Matrix<T>, &Matrix<T>)) -> T {
    let sum = (0..x.rows()).fold(point.constant(0), |sum, i| {
        let output = network::output(point.setting().network(), point.weights(), x.row(i));
        output.into_iter().zip(y.row(i)).fold(sum, |sum, (entry, label)| sum + (entry - label).square())
    });
    sum.times((1, 2 * x.rows()))
}

fn assume_squared<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) {
    let squared = matches!(setting.loss(), Loss::Squared) && setting.problem().normalisation() == Normalisation::Mean;
    given.that("the mean of squared losses", squared);
}

/// `(1/2m)‖WX − Y‖_F² = ½‖W − Λ_yx‖_F² + c + ½ Tr(W(Λ_xx − I)Wᵀ)`.
#[doc = include_str!("text/whitened-loss.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct WhitenedLoss {
    /// The control: the last term is left out although the inputs are not whitened.
    pub as_if_whitened: bool,
}

impl AboutPoint for WhitenedLoss {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.examples()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        assume_squared(point.setting(), given);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(examples) = point.setting().examples() else { return };
        let (loss, correlations) = (squared_loss(point, examples), Correlations::of(examples));
        let w = point.end_to_end();
        let Correlations { yx, labels, .. } = &correlations;
        let outputs = correlations.outputs(w);
        // ½Tr(WΛ_xxWᵀ) and ½Tr(Λ_yy) bound what is cancelled in the first equation; ½‖W‖² and ½‖Λ_yx‖² come in with the second.
        let terms = outputs.clone().max(labels).times((1, 2));
        let expanded = (outputs + labels).times((1, 2)) - w.inner(yx);
        let label = "(1/2m)‖WX − Y‖² = ½Tr(WΛ_xxWᵀ) − Tr(WΛ_yxᵀ) + ½Tr(Λ_yy)";
        finding.equal_with_terms(label, &loss, &expanded, &terms);
        let mut completed = w.clone().minus(yx).frobenius_squared().times((1, 2)) + &correlations.constant;
        if !self.as_if_whitened {
            completed += &correlations.unwhitened(w);
        }
        let terms = terms.max(&w.frobenius_squared().max(&yx.frobenius_squared()).times((1, 2)));
        let label = "(1/2m)‖WX − Y‖² = ½‖W − Λ_yx‖² + c + ½Tr(W(Λ_xx − I)Wᵀ)";
        finding.equal_with_terms(label, &loss, &completed, &terms);
    }
}

/// With whitened inputs `(1/2m)‖WX − Y‖_F² = ½‖W − Λ_yx‖_F² + c ≥ c ≥ 0`.
#[doc = include_str!("text/whitened-loss.optimum.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct WhitenedOptimum {
    /// The control: the inputs need not be whitened.
    pub any_inputs: bool,
}

impl AboutRun for WhitenedOptimum {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.examples()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_squared(start.setting(), given);
        if !self.any_inputs {
            let white = start.setting().problem().exact_examples().is_some_and(|(x, _)| is_white(x));
            given.that("whitened inputs: (1/m)XXᵀ = I", white);
        }
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let whitened = Whitened::of(start.setting());
        Box::new(at_every_point(move |point: &Point<T>, finding: &mut Finding| {
            let Some(examples) = point.setting().examples() else { return };
            let correlations = Correlations::of(examples);
            let (w, loss) = (point.end_to_end(), squared_loss(point, examples));
            let (yx, constant) = match &whitened {
                Some(exact) => (&exact.yx, &exact.constant),
                None => (&correlations.yx, &correlations.constant),
            };
            let distance = w.clone().minus(yx).frobenius_squared().times((1, 2));
            let terms = [correlations.labels.clone(), w.frobenius_squared(), yx.frobenius_squared()];
            let [labels, weights, best] = terms.map(|square| square.times((1, 2)));
            let terms = labels.max(&weights).max(&best);
            let label = "(1/2m)‖WX − Y‖² = ½‖W − Λ_yx‖² + c";
            finding.equal_with_terms(label, &loss, &(distance.clone() + constant), &terms);
            finding.at_most("0 ≤ c", &point.constant(0), constant);
            // What both sides have in common is cancelled.
            let slack = if whitened.is_some() { distance } else { distance + correlations.unwhitened(w) };
            let is_best =
                whitened.as_ref().is_some_and(|exact| point.exact_end_to_end().is_some_and(|w| w == exact.exact_yx));
            finding.slack("c ≤ (1/2m)‖WX − Y‖²", &slack, constant, &loss).attained_if(is_best, "W = Λ_yx, exactly");
        }))
    }
}

/// Inputs that are rows of a Hadamard matrix, any labels and any weights; one entry of the inputs larger by 1 if `broken`.
fn whitened(random: &mut Random, broken: bool) -> Instance {
    let exponent = random.size(u32::from(broken) as usize, 3);
    let count = 1_usize << exponent;
    let input = random.size(1, count.min(4));
    let output = random.size(1, 3);
    let mut features: Vec<usize> = (0..count).collect();
    random.shuffle(&mut features);
    // Sylvester's matrix has the entry (−1)^⟨i, j⟩, the inner product of the binary digits.
    let entry = |i: usize, j: usize| if (i & features[j]).count_ones().is_multiple_of(2) { 1 } else { -1 };
    let mut x = Matrix::from_fn(count, input, |i, j| Rational::from(entry(i, j)));
    if broken {
        x[(0, 0)] += 1u32;
    }
    let mut widths = vec![input];
    widths.extend((1..random.size(1, 3)).map(|_| random.size(1, 3)));
    widths.push(output);
    let layers = Structure::Plain.layers(random, &widths, 6);
    let y = random.matrix(count, output, 4);
    let step = StepRule::Constant(Rational::from(1));
    Instance::point(fully_connected(Loss::Squared, Data::Examples { x, y }, layers, step))
}

/// `L^N(W_1, …, W_N) = L¹(W_{1:N}) = ½‖W_{1:N} − Φ‖_F²`, `dL¹/dW = W − Φ`, and the exact expansion of `L¹`.
#[doc = include_str!("text/loss-equals-end-to-end-loss.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct EndToEndLoss {
    /// The control: the loss is `‖W − Φ‖_F²`.
    pub without_half: bool,
}

impl EndToEndLoss {
    fn loss<T: Ring>(self, w: &Matrix<T>, target: &Matrix<T>) -> T {
        let square = w.clone().minus(target).frobenius_squared();
        if self.without_half { square } else { square.times((1, 2)) }
    }
}

impl AboutStep for EndToEndLoss {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let (before, after) = (&step.before, &step.after);
        let Some(target) = before.setting().target() else { return };
        // The columns of W_{1:N} are the outputs for the unit vectors, found layer by layer.
        let bits = before.setting().bits();
        let unit = Matrix::<T>::identity(target.columns(), bits);
        let columns: Vec<Vec<T>> = (0..target.columns())
            .map(|j| network::output(before.setting().network(), before.weights(), unit.row(j)))
            .collect();
        let w = Matrix::from_fn(target.rows(), target.columns(), |i, j| columns[j][i].clone());
        let loss = self.loss(&w, target);
        // Near the target W and Φ are cancelled.
        let squares = |w: &Matrix<T>| w.frobenius_squared().max(&target.frobenius_squared());
        let terms = squares(&w);
        let label = "L^N(W_1, …, W_N) = ½‖W_{1:N} − Φ‖_F²";
        finding.equal_with_terms(label, before.risk(), &loss, &terms);
        let lifted = target.map(|entry| crate::number::Dual::fixed(entry.clone()));
        let slope = Matrix::from_fn(w.rows(), w.columns(), |i, j| {
            let direction = Matrix::from_fn(w.rows(), w.columns(), |k, l| before.constant(i32::from((i, j) == (k, l))));
            self.loss(&differentiation::moving(&w, &direction), &lifted).derivative().clone()
        });
        let gradient = before.product_gradient();
        finding.equal_matrices_with_terms("dL¹/dW = W − Φ", &slope, gradient, &terms.clone().sqrt_of_nonnegative());
        let label = "‖dL¹/dW‖_F² = 2L¹(W)";
        finding.equal_with_terms(label, &slope.frobenius_squared(), &loss.clone().times(2), &terms);
        let change = after.end_to_end().clone().minus(&w);
        let expanded = loss + slope.inner(&change) + change.frobenius_squared().times((1, 2));
        let label = "L¹(W + Δ) = L¹(W) + ⟨W − Φ, Δ⟩ + ½‖Δ‖_F²";
        finding.equal_with_terms(label, after.risk(), &expanded, &terms.max(&squares(after.end_to_end())));
    }
}

/// What a control changes in the gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// `W_{1:j−1}ᵀ G W_{j+1:N}ᵀ`.
    Exchanged,
    /// `W_{j+1:N} G W_{1:j−1}ᵀ`.
    Untransposed,
    /// The gradient of the first layer is scaled by 1.001.
    Scaled,
}

/// `∂L^N/∂W_j = W_{j+1:N}ᵀ (W_{1:N} − Φ) W_{1:j−1}ᵀ`, and gradient descent subtracts `η` times it from every layer at once.
#[doc = include_str!("text/gd-update.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct DescentUpdate {
    /// The control.
    pub change: Change,
}

/// What stands on either side of the residual in the gradient of a layer.
pub(super) struct Around<T> {
    /// `W_{j+1:N}`.
    pub above: Matrix<T>,
    /// `W_{1:j−1}`.
    pub below: Matrix<T>,
}

/// `W_{j+1:N}` and `W_{1:j−1}` for every `j`, each found from its neighbour.
pub(super) fn around_each_layer<T: Real>(point: &Point<T>) -> Vec<Around<T>> {
    let (weights, network, bits) = (point.weights(), point.setting().network(), point.setting().bits());
    let mut above = vec![Matrix::identity(network.output_dimension(), bits)];
    for layer in weights[1..].iter().rev() {
        above.push(above[above.len() - 1].times(layer));
    }
    let mut below = Matrix::identity(network.input_dimension(), bits);
    let mut around = Vec::with_capacity(weights.len());
    for (layer, above) in weights.iter().zip(above.into_iter().rev()) {
        let next = layer.times(&below);
        around.push(Around { above, below });
        below = next;
    }
    around
}

impl DescentUpdate {
    fn gradient<T: Real>(self, residual: &Matrix<T>, Around { above, below }: &Around<T>, j: usize) -> Matrix<T> {
        match self.change {
            Change::Exchanged => below.transpose_times(residual).times_transpose(above),
            Change::Untransposed => above.times(residual).times_transpose(below),
            Change::Scaled if j == 0 => {
                above.transpose_times(residual).times_transpose(below).map(|entry| entry.clone().times((1001, 1000)))
            }
            Change::None | Change::Scaled => above.transpose_times(residual).times_transpose(below),
        }
    }
}

impl AboutStep for DescentUpdate {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let before = &step.before;
        let Some(target) = before.setting().target() else { return };
        let (weights, bits) = (before.weights(), before.setting().bits());
        let w = partial_product(weights, 0, bits);
        let residual = w.clone().minus(target);
        // Near the target W and Φ are cancelled: their norms bound what went into the residual.
        let cancelled = w.frobenius_squared().max(&target.frobenius_squared());
        let around = around_each_layer(before);
        for (j, derivative) in differentiation::partial_derivatives(before).iter().enumerate() {
            let formula = self.gradient(&residual, &around[j], j);
            let outer = around[j].above.frobenius_squared() * &around[j].below.frobenius_squared();
            let terms = (outer * &cancelled).sqrt_of_nonnegative();
            let label = "W_{j+1:N}ᵀ (W_{1:N} − Φ) W_{1:j−1}ᵀ is the derivative of the loss";
            finding.equal_matrices_with_terms(label, &formula, derivative, &terms).layer(j + 1);
            let next = weights[j].clone().minus(&formula.scaled(&step.eta));
            let terms = weights[j].frobenius_squared().sqrt_of_nonnegative().max(&(terms * &step.eta).abs());
            let label = "W_j(t+1) = W_j(t) − η ∂L^N/∂W_j";
            finding.equal_matrices_with_terms(label, &step.after.weights()[j], &next, &terms).layer(j + 1);
        }
    }
}
