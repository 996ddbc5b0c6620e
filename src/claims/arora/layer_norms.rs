//! The layers of an approximately balanced network are no larger than its end-to-end matrix allows (Lemma 6).

use rug::Rational;

use crate::claims::{Claim, Finding, OldAboutPoint, OldOnPoints};
use crate::generate::exact::power;
use crate::generate::{self, Instance, Random, Sampled};
use crate::number::{Real, Truth};
use crate::reference::Point;

use super::nearly_balanced::{NearlyBalanced, free, widths};
use super::replay;
use super::theorem1::imbalance_squared;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.lemma6-layer-norms",
            include_str!("text/lemma6-layer-norms.md"),
            OldOnPoints(LayerNorms::default()),
            Sampled::new("layers as unbalanced as Lemma 6 allows", at_the_limit),
        )
        .control(
            "an imbalance a hundred times as large: 0.3 in the place of 30",
            OldOnPoints(LayerNorms { hundredfold: true }),
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

impl OldAboutPoint for LayerNorms {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let depth = u32::try_from(point.weights().len()).unwrap_or(u32::MAX);
        let c_squared = point.end_to_end_spectrum().norm_squared();
        finding.given_below("C = ‖W_{1:N}‖_σ > 0", &point.constant(0), &c_squared);
        // ν ≤ C^{2/N}/(κN²) without roots: (κN²)^{2N} ν^{2N} ≤ C⁴.
        let kappa = if self.hundredfold { Rational::from((3, 10)) } else { Rational::from(30) };
        let scaled = power(&(kappa * depth.pow(2)), 2 * depth);
        let left = imbalance_squared(point.weights()).power(depth).times(scaled);
        finding.given_at_most("max_j ‖D_j‖_F ≤ C^{2/N}/(30N²), as (30N²‖D_j‖_F)^{2N} ≤ C⁴", &left, &c_squared.square());
        if finding.applicable() == Truth::False {
            return;
        }
        let bound = c_squared.times(2);
        for (k, spectrum) in point.spectra().iter().enumerate() {
            finding.at_most("‖W_j‖_σ^{2N} ≤ 2C²", &spectrum.norm_squared().power(depth), &bound).layer(k + 1);
        }
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
            let scaled = generate::imbalance_squared(layers) * Rational::from(30 * depth * depth).square();
            power(&scaled, depth as u32) < power(&c, 4)
        })
    };
    Instance::point(free(nearly.layers(&step)))
}
