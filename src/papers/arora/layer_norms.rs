//! The layers of an approximately balanced network are no larger than its end-to-end matrix allows (Lemma 6).

use rug::Rational;

use crate::algebra::exact::{inner, power};
use crate::algebra::inertia::Inertia;
use crate::claims::{AboutPoint, Claim, Finding, Hypotheses, OnPoints};
use crate::generate::{self, Instance, Random, Sampled};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;

use super::end_to_end::end_to_end_spectrum;
use super::exact_constants::{exact_imbalance_squared, rational_root};
use super::nearly_balanced::{NearlyBalanced, free, widths};
use super::replay;
use super::theorem1::{depth, exact_start, imbalance_squared, multiple_of_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.lemma6-layer-norms",
            include_str!("text/lemma6-layer-norms.md"),
            OnPoints(LayerNorms::default()),
            Sampled::new("layers as unbalanced as Lemma 6 allows", at_the_limit),
        )
        .control(
            "an imbalance a hundred times as large: 0.3 in the place of 30",
            OnPoints(LayerNorms { hundredfold: true }),
            replay(include_str!("specs/unbalanced-scalars.toml")),
        ),
    ]
}

/// `‖W_j‖_σ ≤ C^{1/N}2^{1/(2N)}` with `C = ‖W_{1:N}‖_σ`, if no `‖D_j‖_F` exceeds `C^{2/N}/(30N²)`.
#[doc = include_str!("text/lemma6-layer-norms.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct LayerNorms {
    /// The control: an imbalance up to `C^{2/N}/(0.3N²)`.
    pub hundredfold: bool,
}

impl AboutPoint for LayerNorms {
    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let c_squared = end_to_end_spectrum(point).norm_squared();
        given.below("C = ‖W_{1:N}‖_σ > 0", &point.constant(0), &c_squared);
        // ν ≤ C^{2/N}/(κN²) without roots: (κN²)^{2N} ν^{2N} ≤ C⁴.
        let n = depth(point.weights());
        let left = imbalance_squared(point.weights()).times(self.kappa(n).square()).power(n);
        let right = c_squared.square();
        let truth = left.at_most(&right).or_else(|| self.exactly(point));
        given.between("max_j ‖D_j‖_F ≤ C^{2/N}/(30N²), as (30N²‖D_j‖_F)^{2N} ≤ C⁴", truth, &left, &right);
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let bound = end_to_end_spectrum(point).norm_squared().times(2);
        for (k, spectrum) in point.spectra().iter().enumerate() {
            let power = spectrum.norm_squared().power(depth(point.weights()));
            finding.at_most("‖W_j‖_σ^{2N} ≤ 2C²", &power, &bound).layer(k + 1);
        }
    }
}

impl LayerNorms {
    /// `30N²`, or the control's.
    fn kappa(self, depth: u32) -> Rational {
        let square = multiple_of_power(3, depth, 2);
        if self.hundredfold { square / 10u32 } else { square * 10u32 }
    }

    /// `(κN²ν)^N ≤ C²` for rational weights, where that is an equality or nearly one: `C²` has no conjugates below zero, so that it is no
    /// square root of a rational number unless it is rational.
    fn exactly<T: Real>(self, point: &Point<T>) -> Truth {
        let (Some(exact), Some(w)) = (exact_start(point), point.exact_end_to_end()) else { return Truth::Open };
        let n = depth(point.weights());
        let square = exact_imbalance_squared(&exact) * self.kappa(n).square();
        let Some(left) = rational_root(&power(&square, n), 2) else { return Truth::Open };
        let short = if w.rows() <= w.columns() { w } else { w.transposed() };
        let rest = Matrix::from_fn(short.rows(), short.rows(), |i, j| {
            let inner = inner(short.row(i), short.row(j));
            if i == j { &left - inner } else { -inner }
        });
        // All eigenvalues of WWᵀ lie below, or one does not.
        let inertia = Inertia::of(&rest);
        Truth::from(inertia.negative + inertia.zero > 0)
    }
}

/// Layers of a profile whose imbalance is the largest that Lemma 6 allows, to a thousandth.
fn at_the_limit(random: &mut Random) -> Instance {
    let depth = *random.choice(&[1, 2, 2, 3, 4, 6, 8]);
    let widths = if random.chance(1, 3) { vec![1; depth + 1] } else { widths(random, depth, 3) };
    let nearly = NearlyBalanced::draw(random, &widths);
    let step = if depth == 1 {
        Rational::new()
    } else {
        nearly.largest_step(10, |layers, step| {
            let c = nearly.product_range(step).0;
            let scaled = generate::imbalance_squared(layers) * multiple_of_power(30, depth as u32, 2).square();
            power(&scaled, depth as u32) < power(&c, 4)
        })
    };
    Instance::point(free(nearly.layers(&step)))
}
