//! The loss of Section 2, its gradient, and one step of gradient descent.

use crate::claims::{Claim, Finding, OldAboutPoint, OldAboutStep, OldOnPoints, OldOnSteps, Shape};
use crate::generate::{Instance, Random, Sampled, Structure};
use crate::number::{Real, Ring, Truth};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use crate::reference::{Point, Step, differentiation, network};

use rug::Rational;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let square = Shape { widths: vec![2, 2, 2, 2], examples: 0, steps: 1 };
    vec![
        Claim::identity(
            "ACGH19.whitened-loss",
            include_str!("text/whitened-loss.md"),
            OldOnPoints(WhitenedLoss::default()),
            [&[2, 2][..], &[1, 3], &[3, 2, 2], &[2, 3, 1, 2], &[2, 1, 2, 2, 3]]
                .into_iter()
                .zip([1, 2, 3, 4, 3])
                .map(|(widths, examples)| Shape { widths: widths.to_vec(), examples, steps: 0 })
                .collect(),
        )
        .identity_control(
            "inputs that are not whitened, and the term that whitening removes left out",
            OldOnPoints(WhitenedLoss { as_if_whitened: true }),
            Shape { widths: vec![2, 2], examples: 3, steps: 0 },
        ),
        Claim::new(
            "ACGH19.whitened-loss.optimum",
            include_str!("text/whitened-loss.optimum.md"),
            OldOnPoints(WhitenedOptimum::default()),
            Sampled::new("whitened inputs", |random| whitened(random, false)),
        )
        .control(
            "1 is added to one entry of the whitened inputs",
            OldOnPoints(WhitenedOptimum { any_inputs: true }),
            whitened(&mut Random::new("inputs that are no longer whitened", 1, 0), true),
        ),
        Claim::identity(
            "ACGH19.loss-equals-end-to-end-loss",
            include_str!("text/loss-equals-end-to-end-loss.md"),
            OldOnSteps(EndToEndLoss::default()),
            target_shapes(1),
        )
        .definition()
        .identity_control(
            "the factor ½ dropped: the loss is ‖W − Φ‖_F²",
            OldOnSteps(EndToEndLoss { without_half: true }),
            square.clone(),
        ),
        Claim::identity(
            "ACGH19.gd-update",
            include_str!("text/gd-update.md"),
            OldOnSteps(DescentUpdate::default()),
            target_shapes(1),
        )
        .identity_control(
            "the two outer factors exchanged",
            OldOnSteps(DescentUpdate { change: Change::Exchanged }),
            square.clone(),
        )
        .identity_control(
            "W_{j+1:N} without its transpose",
            OldOnSteps(DescentUpdate { change: Change::Untransposed }),
            square.clone(),
        )
        .identity_control(
            "the gradient of the first layer is scaled by 1.001",
            OldOnSteps(DescentUpdate { change: Change::Scaled }),
            square,
        ),
    ]
}

/// Shapes of depths 1 to 5 with a target, on which the identities of this paper are proved.
#[must_use]
pub fn target_shapes(steps: u64) -> Vec<Shape> {
    [&[2, 3][..], &[1, 1, 1], &[2, 3, 2], &[3, 1, 2], &[3, 2, 4, 2], &[1, 2, 3, 1, 2], &[2, 1, 2, 2, 1, 3]]
        .into_iter()
        .map(|widths| Shape { widths: widths.to_vec(), examples: 0, steps })
        .collect()
}

/// `W_{i:j}` for the layers `W_i, …, W_j` given, the identity of size `size` if there are none.
pub(super) fn partial_product<T: Real>(layers: &[Matrix<T>], size: usize, bits: u32) -> Matrix<T> {
    network::product(layers).unwrap_or_else(|| Matrix::identity(size, bits))
}

/// The correlations of a set of examples: `Λ_xx`, `Λ_yx`, `Λ_yy`.
struct Correlations<T> {
    xx: Matrix<T>,
    yx: Matrix<T>,
    yy: Matrix<T>,
}

impl<T: Real> Correlations<T> {
    fn of(point: &Point<T>) -> Option<Self> {
        let (x, y) = point.setting().examples()?;
        let share = point.constant((1, x.rows()));
        let over = |a: &Matrix<T>, b: &Matrix<T>| a.transpose_times(b).scaled(&share);
        Some(Self { xx: over(x, x), yx: over(y, x), yy: over(y, y) })
    }

    /// `c = −½ Tr(Λ_yxΛ_yxᵀ) + ½ Tr(Λ_yy)`.
    fn constant(&self) -> T {
        (self.yy.trace() - self.yx.frobenius_squared()).times((1, 2))
    }

    /// `½ Tr(W(Λ_xx − I)Wᵀ)`, zero if the inputs are whitened.
    fn unwhitened(&self, w: &Matrix<T>) -> T {
        let excess = self.xx.clone().minus(&Matrix::identity(self.xx.rows(), w.bits()));
        w.times(&excess).inner(w).times((1, 2))
    }
}

/// `(1/2m) Σ_i ‖W_N(⋯(W_1 x_i)) − y_i‖²`, layer by layer.
fn squared_loss<T: Real>(point: &Point<T>) -> Option<T> {
    let (x, y) = point.setting().examples()?;
    let sum = (0..x.rows()).fold(point.constant(0), |sum, i| {
        let output = network::output(point.setting().network(), point.weights(), x.row(i));
        output.into_iter().zip(y.row(i)).fold(sum, |sum, (entry, label)| sum + (entry - label).square())
    });
    Some(sum.times((1, 2 * x.rows())))
}

fn is_squared<T: Real>(point: &Point<T>, finding: &mut Finding) {
    let setting = point.setting();
    let squared = matches!(setting.loss(), Loss::Squared) && setting.problem().normalisation() == Normalisation::Mean;
    finding.given("the mean of squared losses", squared);
}

/// `(1/2m)‖WX − Y‖_F² = ½‖W − Λ_yx‖_F² + c + ½ Tr(W(Λ_xx − I)Wᵀ)`.
#[doc = include_str!("text/whitened-loss.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct WhitenedLoss {
    /// The control: the last term is left out although the inputs are not whitened.
    pub as_if_whitened: bool,
}

impl OldAboutPoint for WhitenedLoss {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        is_squared(point, finding);
        let (Some(loss), Some(correlations)) = (squared_loss(point), Correlations::of(point)) else { return };
        let w = point.end_to_end();
        let Correlations { xx, yx, yy } = &correlations;
        let expanded = (w.times(xx).inner(w) + yy.trace()).times((1, 2)) - w.inner(yx);
        finding.equal("(1/2m)‖WX − Y‖² = ½Tr(WΛ_xxWᵀ) − Tr(WΛ_yxᵀ) + ½Tr(Λ_yy)", &loss, &expanded);
        let mut completed = w.clone().minus(yx).frobenius_squared().times((1, 2)) + correlations.constant();
        if !self.as_if_whitened {
            completed += &correlations.unwhitened(w);
        }
        finding.equal("(1/2m)‖WX − Y‖² = ½‖W − Λ_yx‖² + c + ½Tr(W(Λ_xx − I)Wᵀ)", &loss, &completed);
    }
}

/// With whitened inputs `(1/2m)‖WX − Y‖_F² = ½‖W − Λ_yx‖_F² + c ≥ c ≥ 0`.
#[doc = include_str!("text/whitened-loss.optimum.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct WhitenedOptimum {
    /// The control: the inputs need not be whitened.
    pub any_inputs: bool,
}

impl OldAboutPoint for WhitenedOptimum {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        is_squared(point, finding);
        let (Some(loss), Some(correlations)) = (squared_loss(point), Correlations::of(point)) else { return };
        if !self.any_inputs {
            let identity = Matrix::<T>::identity(correlations.xx.rows(), point.setting().bits());
            let entries = correlations.xx.entries().iter().zip(identity.entries());
            let whitened = entries.map(|(a, b)| a.equals(b)).fold(Truth::True, Truth::and);
            finding.given("whitened inputs: (1/m)XXᵀ = I", whitened);
        }
        let constant = correlations.constant();
        let distance = point.end_to_end().clone().minus(&correlations.yx).frobenius_squared().times((1, 2));
        finding.equal("(1/2m)‖WX − Y‖² = ½‖W − Λ_yx‖² + c", &loss, &(distance + &constant));
        finding.at_most("0 ≤ c", &point.constant(0), &constant);
        finding.at_most("c ≤ (1/2m)‖WX − Y‖²", &constant, &loss);
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
    let problem = Problem::new(
        Network::FullyConnected { widths },
        Loss::Squared,
        Normalisation::Mean,
        Data::Examples { x, y },
        layers,
        StepRule::Constant(Rational::from(1)),
    );
    Instance::point(problem.expect("inputs, labels and layers are made for each other"))
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

impl OldAboutStep for EndToEndLoss {
    fn examine<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let (before, after) = (&step.before, &step.after);
        finding.given("a squared target", matches!(before.setting().loss(), Loss::SquaredTarget));
        let Some(target) = before.setting().target() else { return };
        // The columns of W_{1:N} are the outputs for the unit vectors, found layer by layer.
        let bits = before.setting().bits();
        let unit = Matrix::<T>::identity(target.columns(), bits);
        let columns: Vec<Vec<T>> = (0..target.columns())
            .map(|j| network::output(before.setting().network(), before.weights(), unit.row(j)))
            .collect();
        let w = Matrix::from_fn(target.rows(), target.columns(), |i, j| columns[j][i].clone());
        let loss = self.loss(&w, target);
        finding.equal("L^N(W_1, …, W_N) = ½‖W_{1:N} − Φ‖_F²", before.risk(), &loss);
        let lifted = target.map(|entry| crate::number::Dual::fixed(entry.clone()));
        let slope = Matrix::from_fn(w.rows(), w.columns(), |i, j| {
            let direction = Matrix::from_fn(w.rows(), w.columns(), |k, l| before.constant(i32::from((i, j) == (k, l))));
            self.loss(&differentiation::moving(&w, &direction), &lifted).derivative().clone()
        });
        finding.equal_matrices("dL¹/dW = W − Φ", &slope, before.product_gradient());
        finding.equal("‖dL¹/dW‖_F² = 2L¹(W)", &slope.frobenius_squared(), &loss.clone().times(2));
        let change = after.end_to_end().clone().minus(&w);
        let expanded = loss + slope.inner(&change) + change.frobenius_squared().times((1, 2));
        finding.equal("L¹(W + Δ) = L¹(W) + ⟨W − Φ, Δ⟩ + ½‖Δ‖_F²", after.risk(), &expanded);
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

impl DescentUpdate {
    fn gradient<T: Real>(self, point: &Point<T>, target: &Matrix<T>, j: usize) -> Matrix<T> {
        let (weights, bits) = (point.weights(), point.setting().bits());
        let residual = partial_product(weights, 0, bits).minus(target);
        let above = partial_product(&weights[j + 1..], target.rows(), bits);
        let below = partial_product(&weights[..j], target.columns(), bits);
        match self.change {
            Change::Exchanged => below.transpose_times(&residual).times_transpose(&above),
            Change::Untransposed => above.times(&residual).times_transpose(&below),
            Change::Scaled if j == 0 => above
                .transpose_times(&residual)
                .times_transpose(&below)
                .scaled(&point.constant(Rational::from((1001, 1000)))),
            Change::None | Change::Scaled => above.transpose_times(&residual).times_transpose(&below),
        }
    }
}

impl OldAboutStep for DescentUpdate {
    fn examine<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let before = &step.before;
        finding.given("a squared target", matches!(before.setting().loss(), Loss::SquaredTarget));
        let Some(target) = before.setting().target() else { return };
        for (j, derivative) in differentiation::partial_derivatives(before).iter().enumerate() {
            let formula = self.gradient(before, target, j);
            finding
                .equal_matrices(
                    "W_{j+1:N}ᵀ (W_{1:N} − Φ) W_{1:j−1}ᵀ is the derivative of the loss",
                    &formula,
                    derivative,
                )
                .layer(j + 1);
            let next = before.weights()[j].clone().minus(&formula.scaled(&step.eta));
            finding.equal_matrices("W_j(t+1) = W_j(t) − η ∂L^N/∂W_j", &step.after.weights()[j], &next).layer(j + 1);
        }
    }
}
