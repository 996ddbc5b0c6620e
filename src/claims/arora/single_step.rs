//! A single step of descent lowers the loss by as much as (9) says (Lemma 7).

use rug::Rational;

use crate::claims::{Claim, Finding, OldAboutStep, OldOnSteps};
use crate::generate::exact::{end_to_end, multiple, norm_squared, product, root_above, sum};
use crate::generate::{
    self, Instance, Random, Sampled, largest_imbalance, largest_step, orthogonal, towards, with_singular_values,
};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Step;
use crate::reference::exact_algebra::null_space;

use super::nearly_balanced::{NearlyBalanced, widths};
use super::replay;
use super::theorem1::{Theorem1, assume_least_values, assume_target, depth, imbalance_squared, least_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.lemma7-single-step",
            include_str!("text/lemma7-single-step.md"),
            OldOnSteps(SingleStep::default()),
            Sampled::new("points that Lemma 7 speaks of", some_point),
        )
        .control(
            "condition 3 dropped: any imbalance",
            OldOnSteps(SingleStep { any_imbalance: true, ..SingleStep::default() }),
            replay(include_str!("specs/lemma7-unbalanced.toml")),
        )
        .control(
            "twice the fall of the loss",
            OldOnSteps(SingleStep { doubled: true, ..SingleStep::default() }),
            replay(include_str!("specs/one-layer-step.toml")),
        ),
    ]
}

/// `L(W(t+1)) − L(W(t)) ≤ −(η/2)σ_min(W(t))^{2(N−1)/N}‖G(t)‖_F²`.
#[doc = include_str!("text/lemma7-single-step.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SingleStep {
    /// A control: condition 3 is not required.
    pub any_imbalance: bool,
    /// A control: twice the fall.
    pub doubled: bool,
}

impl OldAboutStep for SingleStep {
    fn examine<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
        let point = &step.before;
        if !assume_target(point, finding) {
            return;
        }
        let Some(target) = point.setting().target() else { return };
        let n = depth(point.weights());
        let slope = point.product_gradient();
        let zero = point.constant(0);
        let margin_squared = assume_least_values(point, target, finding);
        finding.given("W(t) ≠ Φ", zero.equals(&slope.frobenius_squared()).not());
        if finding.applicable() == Truth::False {
            return;
        }
        let f_squared = target.frobenius_squared();
        let root = |square: &T| square.clone().sqrt_of_nonnegative();
        let theorem = Theorem1::with_margin(n, root(&margin_squared), root(&f_squared));
        // Squares and powers, so that no root is taken where none is needed.
        let limit = f_squared.clone().times(16);
        for spectrum in point.spectra() {
            finding.given_at_most("1: ‖W_j‖_σ^{2N} ≤ (4f)²", &spectrum.norm_squared().power(n), &limit);
        }
        finding.given_at_most("2: ‖W − Φ‖_σ² ≤ f²", &point.spectrum_of(slope).norm_squared(), &f_squared);
        if !self.any_imbalance {
            let twice = theorem.delta.clone().times(2).square();
            finding.given_at_most("3: max_j ‖D_j‖_F² ≤ (2δ*(c))²", &imbalance_squared(point.weights()), &twice);
        }
        finding.given_at_most("η ≤ η*(c)", &step.eta, &theorem.eta);
        if finding.applicable() == Truth::False {
            return;
        }
        // ℓ(t) − ℓ(t+1) = −⟨G, ΔW⟩ − ½‖ΔW‖_F², without the difference of two losses.
        let change = step.after.end_to_end().clone().minus(point.end_to_end());
        let fall = -slope.inner(&change) - &change.frobenius_squared().times((1, 2));
        let share = if self.doubled { Rational::from(1) } else { Rational::from((1, 2)) };
        let required = (least_power(point) * &step.eta * &slope.frobenius_squared()).times(share);
        finding.at_most("(η/2)σ_min(W)^{2(N−1)/N}‖G‖_F² ≤ ℓ(t) − ℓ(t+1)", &required, &fall);
    }
}

/// One step with `η*(c)` from layers whose imbalance is `2δ*(c)`, both to a thousandth; where the ends differ in width, the gradient
/// also lies where the layers do not reach, which is the worst case.
fn some_point(random: &mut Random) -> Instance {
    let depth = *random.choice(&[1, 2, 2, 3, 4]);
    let widths = widths(random, depth, 3);
    let (rows, columns) = (widths[depth], widths[0]);
    let nearly = NearlyBalanced::draw(random, &widths);
    let far = Rational::from(*random.choice(&[(1, 2), (1, 8), (1, 64), (1, 4096)]));
    let size = nearly.product_range(&Rational::new()).1 * far;
    let slope = if rows != columns && random.chance(2, 3) {
        unreached(random, &nearly, rows, columns)
    } else {
        let values: Vec<Rational> = (0..rows.min(columns)).map(|_| random.positive(4)).collect();
        with_singular_values(random, rows, columns, &values)
    };
    let norm = root_above(&norm_squared(slope.entries()), 2, 40);
    let slope = multiple(&slope, &(size / &norm));
    let distance = root_above(&norm_squared(slope.entries()), 2, 60);
    let n = depth as u32;
    let of = |layers: &[Matrix<Rational>]| sum(&end_to_end(layers, columns), &Rational::from(-1), &slope);
    // σ_min(Φ) ≥ σ_min(W) − ‖G‖_F.
    let margin = |step: &Rational| nearly.product_range(step).1 - &distance;
    let step = if depth == 1 {
        Rational::new()
    } else {
        nearly.largest_step(10, |layers, step| {
            let margin = margin(step);
            let allowed = largest_imbalance(n, &of(layers), &margin) * 2u32;
            margin > 0 && generate::imbalance_squared(layers) <= allowed.square()
        })
    };
    let layers = nearly.layers(&step);
    let target = of(&layers);
    let eta = largest_step(n, &target, &margin(&step));
    Instance::run(towards(target, layers, eta), 1)
}

/// A matrix whose rows, or columns, are orthogonal to those of the end-to-end matrix.
fn unreached(random: &mut Random, nearly: &NearlyBalanced, rows: usize, columns: usize) -> Matrix<Rational> {
    let layers = &nearly.balanced;
    let any = loop {
        let any = random.matrix(rows, columns, 4);
        if any.entries().iter().any(|entry| *entry != 0) {
            break any;
        }
    };
    // All singular values of a layer being alike or not, W_1ᵀW_1 has the kernel of W, and a rational basis of it is at hand.
    let of_rows = rows > columns;
    let end = if of_rows { layers[layers.len() - 1].transposed() } else { layers[0].clone() };
    let kernel = null_space(&end);
    let Some(direction) = kernel.first() else { return any };
    let other = if of_rows { columns } else { rows };
    let turned = orthogonal(random, other);
    let column: Vec<Rational> = turned.column(0).cloned().collect();
    let along = Matrix::from_fn(direction.len(), 1, |i, _| direction[i].clone());
    let across = Matrix::row_vector(column);
    let found = product(&along, &across);
    if of_rows { found } else { found.transposed() }
}
