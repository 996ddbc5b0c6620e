//! Two starts of the paper's appendix: one that always meets Assumption 2, and one that shows what its second half is for.

use rug::Rational;

use crate::claims::{
    AboutPoint, AboutRun, AboutStep, Claim, Domain, Finding, Fold, Hypotheses, OnPoints, OnRuns, OnSteps, Shape,
};
use crate::generate::{Family, Instance, Random, Sampled, fully_connected};
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::{Data, Loss, Matrix, StepRule};
use crate::reference::{Point, Step, loss};

use super::assumptions::{assume_decreasing_loss, assume_separable, loss_at_zero, margins_are_zero, nonzero};
use super::gradient::above_first;
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.appendix-a-zero-first-layer",
            include_str!("text/appendix-a-zero-first-layer.md"),
            OnPoints(ZeroFirstLayer::default()),
            Family::ZeroFirst,
        )
        .control(
            "W_L⋯W_2 ≠ 0 dropped: all layers zero",
            OnPoints(ZeroFirstLayer { any_product: true }),
            replay(include_str!("specs/all-zero.toml")),
        ),
        Claim::new(
            "JT19.appendix-a-antisymmetric-trap",
            include_str!("text/appendix-a-antisymmetric-trap.md"),
            OnRuns(AntisymmetricTrap::default()),
            Sampled::new("antisymmetric trap", trapped_run),
        )
        .control(
            "W_1 = −W_2ᵀ dropped: one entry of W_2 is changed by 10⁻⁶",
            OnRuns(AntisymmetricTrap { any_start: true }),
            replay(include_str!("specs/antisymmetric-perturbed.toml")),
        ),
        Claim::identity(
            "JT19.appendix-a-antisymmetric-trap.invariance",
            include_str!("text/appendix-a-antisymmetric-trap.invariance.md"),
            OnSteps(AntisymmetricInvariance::default()),
            [(1, 1), (2, 1), (3, 2), (5, 3)]
                .map(|(width, examples)| Shape::fully_connected(&[1, width, 1]).with_examples(examples).with_steps(2))
                .to_vec(),
        )
        .identity_control(
            "W_1 + W_2ᵀ is not multiplied at all",
            OnSteps(AntisymmetricInvariance { constant: true }),
            Shape::fully_connected(&[1, 2, 1]).with_examples(1).with_steps(1),
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

impl AboutPoint for ZeroFirstLayer {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels().layers(2)
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        assume_decreasing_loss(point.setting(), given);
        assume_separable(point.setting(), given);
        given.that("W_1 = 0", zero(&point.weights()[0]));
        if !self.any_product
            && let Some(above) = above_first(point)
        {
            given.that("W_L⋯W_2 ≠ 0", nonzero(&above.frobenius_squared()));
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let setting = point.setting();
        finding
            .equal("R = ℓ(0)", point.risk(), &loss_at_zero(point))
            .attained_if(margins_are_zero(point), "every margin is zero");
        let first = point.gradient()[0].frobenius_squared();
        let Some(margin) = separator(setting) else {
            finding.asserted("γ⟨g, ū⟩ ≤ ℓ′(0) γ²", Truth::Open);
            finding.below("0 < ‖G_1‖_F²", &point.constant(0), &first);
            return;
        };
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
        if let Some(above) = above_first(point) {
            let floor = above.frobenius_squared() * slope.square() * &gamma_squared;
            finding.at_most("(‖W_L⋯W_2‖ |ℓ′(0)| γ)² ≤ ‖G_1‖_F²", &floor, &first);
        }
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

impl AboutRun for AntisymmetricTrap {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        for (label, truth) in self.hypotheses(start) {
            given.that(label, truth);
        }
    }

    fn begin<T: Real>(&self, _start: &Point<T>) -> Box<dyn Fold<T>> {
        Box::new(RiskAbove)
    }
}

/// Looks at every point of a run of the trap.
struct RiskAbove;

impl<T: Real> Fold<T> for RiskAbove {
    fn conclude_start(&mut self, start: &Point<T>, finding: &mut Finding) {
        judge(start, finding);
        finding.below("0 < ‖∇R(W(0))‖²", &start.constant(0), start.gradient_norm_squared());
    }

    fn conclude(&mut self, step: &Step<T>, finding: &mut Finding) {
        judge(&step.after, finding);
    }
}

fn judge<T: Real>(point: &Point<T>, finding: &mut Finding) {
    let label = "ℓ(0) ≤ R(W(t))";
    match point.margins() {
        // ℓ falls, so the sign of the only margin decides; near the trap's bottom R − ℓ(0) itself is lost to rounding.
        [margin] => finding.slack(label, &-margin.clone(), &loss_at_zero(point), point.risk()),
        _ => finding.at_most(label, &loss_at_zero(point), point.risk()),
    };
    finding.trend("R(W(t))", point.risk());
}

/// A run of the trap: one to five hidden units, and step sizes from small ones to such as overshoot.
fn trapped_run(random: &mut Random) -> Instance {
    let width = random.size(1, 5);
    let second = Matrix::from_fn(1, width, |_, _| random.positive(8) / 2u32 * random.sign());
    let first = second.transposed().map(|entry| Rational::from(-entry));
    // A step beyond 2e^{−‖W_1‖²} leads away from zero, and e^{‖W_1‖²} is soon beyond all numbers: few of those.
    let (eta, steps) = *random.choice(&[((1, 64), 200), ((1, 8), 100), ((1, 4), 100), ((1, 2), 60), ((4, 1), 1)]);
    let one = || Matrix::row_vector(vec![Rational::from(1)]);
    let data = Data::Examples { x: one(), y: one() };
    let eta = StepRule::Constant(Rational::from(eta));
    Instance::run(fully_connected(Loss::Exponential, data, vec![first, second], eta), steps)
}

/// `W_1 + W_2ᵀ` is multiplied by `1 − η g` at every step, if the data have one dimension.
#[doc = include_str!("text/appendix-a-antisymmetric-trap.invariance.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AntisymmetricInvariance {
    /// The control: the factor is 1.
    pub constant: bool,
}

impl AboutStep for AntisymmetricInvariance {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output().layers(2)
    }

    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        let weights = step.before.weights();
        given.that("two layers", weights.len() == 2);
        given.that("one input", weights[0].columns() == 1);
    }

    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let label = "W_1 + W_2ᵀ is multiplied by 1 − η g";
        let ([first, second], [next_first, next_second]) = (step.before.weights(), step.after.weights()) else {
            finding.asserted(label, Truth::Open);
            return;
        };
        if first.columns() != 1 || second.rows() != 1 {
            finding.asserted(label, Truth::Open);
            return;
        }
        let one = step.before.constant(1);
        let factor = if self.constant { one } else { one - step.eta.clone() * &step.before.product_gradient()[(0, 0)] };
        let before = first.clone().plus(&second.transposed()).scaled(&factor);
        let after = next_first.clone().plus(&next_second.transposed());
        // An antisymmetric start has sums of zero: what went in are the layers, before and after.
        let layers = [(first, Some(&factor)), (second, Some(&factor)), (next_first, None), (next_second, None)];
        let largest = layers.iter().fold(step.before.constant(0), |largest, (layer, factor)| {
            let entry = layer.entries().iter().fold(largest.constant(0), |most, entry| most.max(&entry.clone().abs()));
            largest.max(&factor.map_or_else(|| entry.clone(), |factor| entry.clone() * &factor.clone().abs()))
        });
        finding.equal_matrices_with_terms(label, &after, &before, &largest);
        let sum = second.clone().plus(&first.transposed());
        let square = first.frobenius_squared();
        let product = sum.times(first)[(0, 0)].clone() - &square;
        let end_to_end = &step.before.end_to_end()[(0, 0)];
        let largest = square.max(&second.frobenius_squared());
        finding.equal_with_terms("W_2W_1 = (W_2 + W_1ᵀ)W_1 − ‖W_1‖²", end_to_end, &product, &largest);
    }
}
