//! Two starts of the paper's appendix: one that always meets Assumption 2, and one that shows what its second half is for.

use rug::Rational;

use crate::claims::{
    Claim, Finding, OldAboutPoint, OldAboutRun, OldAboutStep, OldFold, OldOnPoints, OldOnRuns, OldOnSteps, Shape,
};
use crate::generate::{Family, Instance, Random, Sampled};
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use crate::reference::{Point, Step, loss};

use super::assumptions::{assume_decreasing_loss, assume_separable, loss_at_zero, margins_are_zero, nonzero};
use super::gradient::above_first;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.appendix-a-zero-first-layer",
            include_str!("text/appendix-a-zero-first-layer.md"),
            OldOnPoints(ZeroFirstLayer::default()),
            Family::ZeroFirst,
        )
        .control(
            "W_L⋯W_2 ≠ 0 dropped: all layers zero",
            OldOnPoints(ZeroFirstLayer { any_product: true }),
            replay(include_str!("specs/all-zero.toml")),
        ),
        Claim::new(
            "JT19.appendix-a-antisymmetric-trap",
            include_str!("text/appendix-a-antisymmetric-trap.md"),
            OldOnRuns(AntisymmetricTrap::default()),
            Sampled::new("antisymmetric trap", trapped_run),
        )
        .control(
            "W_1 = −W_2ᵀ dropped: one entry of W_2 is changed by 10⁻⁶",
            OldOnRuns(AntisymmetricTrap { any_start: true }),
            replay(include_str!("specs/antisymmetric-perturbed.toml")),
        ),
        Claim::identity(
            "JT19.appendix-a-antisymmetric-trap.invariance",
            include_str!("text/appendix-a-antisymmetric-trap.invariance.md"),
            OldOnSteps(AntisymmetricInvariance::default()),
            [(1, 1), (2, 1), (3, 2), (5, 3)]
                .map(|(width, examples)| Shape { widths: vec![1, width, 1], examples, steps: 2 })
                .to_vec(),
        )
        .identity_control(
            "W_1 + W_2ᵀ is not multiplied at all",
            OldOnSteps(AntisymmetricInvariance { constant: true }),
            Shape { widths: vec![1, 2, 1], examples: 1, steps: 1 },
        ),
    ]
}

/// `W_1 = 0`, `W_L⋯W_2 ≠ 0` is a start as Assumption 2 asks for.
#[doc = include_str!("text/appendix-a-zero-first-layer.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ZeroFirstLayer {
    /// The control: `W_L⋯W_2 ≠ 0` is not required.
    pub any_product: bool,
}

impl OldAboutPoint for ZeroFirstLayer {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let setting = point.setting();
        assume_decreasing_loss(setting, finding);
        let Some(margin) = assume_separable(setting, finding) else { return };
        finding.given("W_1 = 0", zero(&point.weights()[0]));
        let Some(above) = above_first(point) else {
            finding.given("L ≥ 2", false);
            return;
        };
        let above = above.frobenius_squared();
        if !self.any_product {
            finding.given("W_L⋯W_2 ≠ 0", nonzero(&above));
        }
        finding
            .equal("R = ℓ(0)", point.risk(), &loss_at_zero(point))
            .attained_if(margins_are_zero(point), "every margin is zero");
        let slope = loss::slope(setting.loss(), &point.constant(0));
        let p: Vec<T> = margin.point().iter().map(|entry| point.constant(entry.clone())).collect();
        let gamma_squared = point.constant(margin.margin_squared().clone());
        let along = dot(point.product_gradient().row(0), &p);
        if let Some(z) = setting.signed_examples() {
            let heights = (0..z.rows()).fold(point.constant(0), |sum, i| sum + dot(z.row(i), &p));
            let mean = heights * setting.normaliser() * &slope;
            finding.equal("γ⟨g, ū⟩ = (1/n) Σ ℓ′(0) γ⟨z_i, ū⟩", &along, &mean);
        }
        finding.at_most("γ⟨g, ū⟩ ≤ ℓ′(0) γ²", &along, &(slope.clone() * &gamma_squared));
        finding.below("⟨g, ū⟩ < 0", &along, &point.constant(0));
        let first = point.gradient()[0].frobenius_squared();
        let floor = above * slope.square() * &gamma_squared;
        finding.at_most("(‖W_L⋯W_2‖ |ℓ′(0)| γ)² ≤ ‖G_1‖_F²", &floor, &first);
        finding.below("0 < ‖G_1‖_F²", &point.constant(0), &first);
    }
}

/// Whether every entry is zero.
fn zero<T: Real>(matrix: &Matrix<T>) -> Truth {
    let is_zero = |entry: &T| match entry.sign() {
        Sign::Zero => Truth::True,
        Sign::Positive | Sign::Negative => Truth::False,
        Sign::Open => Truth::Open,
    };
    matrix.entries().iter().map(is_zero).fold(Truth::True, Truth::and)
}

/// A run from which no step size escapes: `R(W(t)) > ℓ(0)` for ever.
#[doc = include_str!("text/appendix-a-antisymmetric-trap.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AntisymmetricTrap {
    /// The control: `W_1(0) = −W_2(0)ᵀ` is not required.
    pub any_start: bool,
}

impl AntisymmetricTrap {
    /// The hypotheses on the problem and its start, decided exactly.
    fn hypotheses<T: Real>(self, start: &Point<T>) -> [(&'static str, bool); 3] {
        let setting = start.setting();
        let weights = start.exact_weights().unwrap_or_default();
        let one_example = setting.exact_signed_examples().is_some_and(|z| z.entries() == [Rational::from(1)]);
        let (antisymmetric, nonzero) = match weights {
            [first, second] => (
                self.any_start || first.entries().iter().zip(second.entries()).all(|(a, b)| *a == Rational::from(-b)),
                first.entries().iter().any(|entry| !entry.is_zero()),
            ),
            _ => (false, false),
        };
        [
            ("two layers, the single example z = 1 and the exponential loss", {
                one_example && *setting.loss() == Loss::Exponential && weights.len() == 2
            }),
            ("W_1(0) = −W_2(0)ᵀ", antisymmetric),
            ("W_1(0) ≠ 0", nonzero),
        ]
    }
}

impl OldAboutRun for AntisymmetricTrap {
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> OldFold<T> {
        let hypotheses = self.hypotheses(start);
        let judge = move |point: &Point<T>, finding: &mut Finding| {
            for (label, truth) in hypotheses {
                finding.given(label, truth);
            }
            let Some(margin) = point.margins().first() else { return };
            // ℓ falls, so the sign of the margin decides; near the trap's bottom R − ℓ(0) itself is lost to rounding.
            finding.slack("ℓ(0) ≤ R(W(t))", &-margin.clone(), &loss_at_zero(point), point.risk());
            finding.trend("R(W(t))", point.risk());
        };
        judge(start, finding);
        finding.below("0 < ‖∇R(W(0))‖²", &start.constant(0), start.gradient_norm_squared());
        Box::new(move |step, finding| judge(&step.after, finding))
    }
}

/// A run of the trap: one to five hidden units, and step sizes from small ones to such as overshoot.
fn trapped_run(random: &mut Random) -> Instance {
    let width = random.size(1, 5);
    let second = Matrix::from_fn(1, width, |_, _| random.positive(8) / 2u32 * random.sign());
    let first = second.transposed().map(|entry| Rational::from(-entry));
    // A step beyond 2e^{−‖W_1‖²} leads away from zero, and e^{‖W_1‖²} is soon beyond all numbers: few of those.
    let (eta, steps) = *random.choice(&[((1, 64), 200), ((1, 8), 100), ((1, 4), 100), ((1, 2), 60), ((4, 1), 1)]);
    let one = || Matrix::row_vector(vec![Rational::from(1)]);
    let problem = Problem::new(
        Network::FullyConnected { widths: vec![1, width, 1] },
        Loss::Exponential,
        Normalisation::Mean,
        Data::Examples { x: one(), y: one() },
        vec![first, second],
        StepRule::Constant(Rational::from(eta)),
    );
    Instance::run(problem.expect("two layers around one hidden width, one example and a positive step"), steps)
}

/// `W_1 + W_2ᵀ` is multiplied by `1 − η g` at every step, if the data have one dimension.
#[doc = include_str!("text/appendix-a-antisymmetric-trap.invariance.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AntisymmetricInvariance {
    /// The control: the factor is 1.
    pub constant: bool,
}

impl OldAboutStep for AntisymmetricInvariance {
    fn examine<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let ([first, second], [next_first, next_second]) = (step.before.weights(), step.after.weights()) else {
            return;
        };
        if first.columns() != 1 || second.rows() != 1 {
            return;
        }
        let one = step.before.constant(1);
        let factor = if self.constant { one } else { one - step.eta.clone() * &step.before.product_gradient()[(0, 0)] };
        let before = first.clone().plus(&second.transposed()).scaled(&factor);
        let after = next_first.clone().plus(&next_second.transposed());
        finding.equal_matrices("W_1 + W_2ᵀ is multiplied by 1 − η g", &after, &before);
        let sum = second.clone().plus(&first.transposed());
        let product = sum.times(first)[(0, 0)].clone() - first.frobenius_squared();
        finding.equal("W_2W_1 = (W_2 + W_1ᵀ)W_1 − ‖W_1‖²", &step.before.end_to_end()[(0, 0)], &product);
    }
}
