//! How far the support reaches in the directions orthogonal to the maximum-margin direction.

use rug::Rational;

use crate::algebra::max_margin::AlphaSquared;
use crate::claims::{AboutData, Claim, Domain, Finding, Hypotheses, OnData};
use crate::generate::{Cloud, Instance, Random, Sampled, Separable, Structure, classification};
use crate::number::{Real, Truth};
use crate::problem::{Loss, StepRule};
use crate::reference::Setting;

use super::assumptions::{assume_separable, assume_unit_ball, support_spans};
use super::replay;
use super::separator::{ORTHOGONAL, alpha_squared, alpha_squared_at_most, separator};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma3-alpha-positive",
            include_str!("text/lemma3-alpha-positive.md"),
            OnData(AlphaPositive::default()),
            Sampled::new("data in general position", general_data),
        )
        .control(
            "general position dropped: a support vector with multiplier zero",
            OnData(AlphaPositive { any_multipliers: true, ..AlphaPositive::default() }),
            replay(include_str!("specs/zero-multiplier.toml")),
        )
        .control(
            "Assumption 3 dropped: support vectors that do not span",
            OnData(AlphaPositive { any_span: true, ..AlphaPositive::default() }),
            replay(include_str!("specs/support-does-not-span.toml")),
        ),
    ]
}

/// `α > 0`, and `α² ≤ 1 − γ²`.
#[doc = include_str!("text/lemma3-alpha-positive.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct AlphaPositive {
    /// A control: support vectors may have multiplier zero.
    pub any_multipliers: bool,
    /// A control: the support vectors need not span the space.
    pub any_span: bool,
}

impl AboutData for AlphaPositive {
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS.labels()
    }

    fn assume<T: Real>(&self, setting: &Setting<T>, given: &mut Hypotheses) {
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
        let Some(margin) = separator(setting) else { return };
        let dimension = margin.point().len();
        given.that(ORTHOGONAL, dimension > 1);
        if !self.any_span {
            given.that("Assumption 3: the support vectors span the space", support_spans(margin));
        }
        if !self.any_multipliers {
            let all_positive = margin.support().iter().all(|&i| margin.weights()[i] > 0);
            let general = margin.support().len() <= dimension && all_positive;
            given.that("general position: |S| ≤ d, all multipliers positive", general);
        }
    }

    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
        let Some(margin) = separator(setting) else {
            finding.asserted("α > 0, by duality", Truth::Open);
            return;
        };
        // By duality, and by the vertices of a polytope.
        finding.asserted("α > 0, by duality", margin.is_alpha_positive());
        let at_most = match alpha_squared(setting) {
            Some(AlphaSquared::Finite(square)) => {
                finding.below("0 < α²", &setting.constant(0), &setting.constant(square.clone()));
                Some(square.clone())
            }
            // More vertices than can be looked at: one direction bounds α from above as well.
            Some(AlphaSquared::TooManyCandidates) => alpha_squared_at_most(margin, setting),
            Some(AlphaSquared::Infinite) | None => None,
        };
        if let Some(at_most) = at_most {
            let room = Rational::from(1) - margin.margin_squared();
            finding.at_most("α² ≤ 1 − γ²", &setting.constant(at_most), &setting.constant(room));
        }
    }
}

/// Data in general position most of the time: labels of a teacher, or support vectors that span positively.
fn general_data(random: &mut Random) -> Instance {
    let dim = random.size(2, 5);
    let cloud = *random.choice(&[Cloud::Taught, Cloud::Taught, Cloud::Spanning, Cloud::Cross]);
    let examples = random.size(dim, 12);
    let margin = Rational::from(*random.choice(&[(1, 1000), (1, 16), (1, 4), (1, 2)]));
    let data = Separable::new(random, cloud, dim, examples, &margin);
    let layers = Structure::Plain.layers(random, &[dim, 1], 4);
    Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
}
