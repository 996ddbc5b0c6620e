//! Theorem 2 and what the poster says of the margin along a flow: limits that the normalised margin bounds for ever.

use crate::algebra::max_margin;
use crate::claims::{Claim, Hypotheses, OnFlows};
use crate::generate::{Cloud, ExampleRecipe, Family, Instance, Random, Recipe, Sampled};
use crate::number::{Real, Sign, dot};
use crate::problem::Matrix;
use crate::reference::{MarginBound, Point};

use super::assumptions::{assume_support, support_spans};
use super::floors::gamma_of_data;
use super::flow_limits::{BALANCED, claim, from_one, rank_defects};
use super::forever::{Bound, Distance, Forever, Limit, Part, Start};
use super::margin::{direction, distance, size_squared};
use super::replay;
use super::separator::separator;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let late = replay(include_str!("specs/flow-late.toml"));
    let theorem2 = |of_almost_all, wrong| MaxMargin { of_almost_all, wrong };
    let on_flows = |limit| OnFlows(Forever { limit, share: None, dropped: None });
    vec![
        claim(
            "JT19.theorem2-max-margin-flow",
            include_str!("text/theorem2-max-margin-flow.md"),
            theorem2(true, false),
            (1, 50),
            Family::Flows,
        )
        .control("ū of the data without a support vector", on_flows(theorem2(true, true)), late),
        claim(
            "JT19.poster-theorem2",
            include_str!("text/poster-theorem2.md"),
            theorem2(false, false),
            (1, 50),
            Sampled::new("flows on data that span, half of them with α = 0", spanning),
        )
        .control("ū of the data without a support vector", on_flows(theorem2(false, true)), late),
        claim(
            "JT19.poster-joint-norm-margin",
            include_str!("text/poster-joint-norm-margin.md"),
            JointNorm::default(),
            (1, 50),
            Family::Flows,
        )
        .control(
            "L^{−L} in place of L^{−L/2}",
            OnFlows(Forever { limit: JointNorm { whole_power: true }, share: None, dropped: None }),
            late,
        ),
        claim("JT19.poster-slow-rate", include_str!("text/poster-slow-rate.md"), SlowRate, (1, 50), Family::Flows),
    ]
}

/// A flow as of [`Family::Flows`], on data whose support vectors span the space: with `α = 0` in every other instance, where `ū` is a multiple of one support
/// vector and the others lie on one side of it.
fn spanning(random: &mut Random) -> Instance {
    let is_degenerate = random.index().is_multiple_of(2);
    let recipe = match Family::Flows.recipe(random) {
        Recipe::Examples(recipe) => {
            let mut widths = recipe.widths.clone();
            widths[0] = widths[0].max(2);
            let (cloud, examples) =
                (if is_degenerate { Cloud::Degenerate } else { Cloud::Spanning }, recipe.examples.max(widths[0]));
            Recipe::Examples(ExampleRecipe { cloud, examples, widths, ..recipe })
        }
        other @ Recipe::Target(_) => other,
    };
    recipe.build(random)
}

/// `w/∏‖W_k‖_F → ū` and `|⟨v_1, ū⟩| → 1`.
#[doc = include_str!("text/theorem2-max-margin-flow.md")]
#[derive(Clone, Copy, Debug)]
pub struct MaxMargin {
    /// Whether `α > 0` is assumed, which excludes a null set of data.
    pub of_almost_all: bool,
    /// A control: `ū` of the data without their first support vector.
    pub wrong: bool,
}

impl Limit for MaxMargin {
    const LABELS: &'static [&'static str] = &[
        "‖w/∏‖W_k‖_F − ū‖ ≤ √(2ε), ε = 1 − L^{L/2}γ̃(s)/γ, for t ≥ s",
        "1 − |⟨v_1, ū⟩| ≤ 1 + √(2ε) − √((1 − ε)² − D/‖W_1(s)‖_F²), ε = 1 − L^{L/2}γ̃(s)/γ, for t ≥ s",
    ];

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if self.of_almost_all {
            assume_support(start.setting(), given);
        } else {
            let spans = separator(start.setting()).is_some_and(support_spans);
            given.lasting("Assumption 3: the support vectors span the space", spans);
        }
    }

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let size = size_squared(point);
        let direction = if self.wrong { direction_without_one(point) } else { direction(point) };
        let of_product = match size.sign() {
            Sign::Positive => Distance::Of(distance(point, &size.sqrt_of_nonnegative(), &direction)),
            _ => Distance::Open,
        };
        let of_vector = match point.spectra()[0].top_pair() {
            Ok(first) => Distance::Of(point.constant(1) - &dot(&first.right, &direction).abs()),
            Err(_) => Distance::Open,
        };
        let part = |(label, distance)| Part { label, layer: 0, distance };
        [of_product, of_vector].into_iter().enumerate().map(part).collect()
    }

    /// `v = w/∏‖W_k‖_F` is no longer than 1, and `⟨v, γū⟩` is a mean of the `⟨v, z_i⟩`: so `⟨v, ū⟩ ≥ 1 − ε` and `|v − ū|² ≤ 2ε`. Of `v` no more than
    /// the second singular value of `W_1` over `‖W_1‖_F` is across `v_1`, whose square is at most `D/‖W_1‖_F²`.
    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        let one = point.constant(1);
        let missing = missing(point);
        let off = missing.clone().times(2).sqrt_of_nonnegative();
        let across = start.imbalance.clone() / &point.norms_squared()[0];
        let least = (one.clone() - &missing).max(&one.constant(0));
        let along = (least.square() - &across).max(&one.constant(0)).sqrt_of_nonnegative();
        let is_attained = start.is_along_margin.then_some(ALONG);
        let bounds = [off.clone(), (one.clone() + &off - &along).min(&one)];
        bounds.map(|bound| Bound { is_attained, ..Bound::constant(bound) }).to_vec()
    }
}

/// `ū` of the data without their first support vector.
fn direction_without_one<T: Real>(point: &Point<T>) -> Vec<T> {
    let setting = point.setting();
    let rest = separator(setting).zip(setting.exact_signed_examples()).and_then(|(margin, z)| {
        let others: Vec<usize> = (0..z.rows()).filter(|i| margin.support().first() != Some(i)).collect();
        max_margin::MaxMargin::of(&Matrix::from_fn(others.len(), z.columns(), |i, j| z[(others[i], j)].clone())).ok()
    });
    let Some(rest) = rest else { return vec![point.constant(0).undefined(); point.end_to_end().columns()] };
    let length = point.constant(rest.margin_squared().clone()).sqrt();
    rest.point().iter().map(|entry| point.constant(entry.clone()) / &length).collect()
}

/// Why a bound of zero is the distance.
const ALONG: &str = "one example, layers of rank one and one norm that lead along ū";

/// `ε = 1 − L^{L/2}γ̃/γ`, not negative.
fn missing<T: Real>(point: &Point<T>) -> T {
    let bound: &MarginBound<T> = point.know();
    bound.missing(&gamma_of_data(point))
}

/// `min_i ⟨w, z_i⟩/|W|ᴸ → L^{−L/2}γ`.
#[doc = include_str!("text/poster-joint-norm-margin.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct JointNorm {
    /// A control: `Lᴸ` in place of `L^{L/2}`.
    pub whole_power: bool,
}

impl Limit for JointNorm {
    const LABELS: &'static [&'static str] = &["|1 − L^{L/2} min_i ⟨w, z_i⟩/(γ|W|ᴸ)| ≤ 1 − L^{L/2}γ̃(s)/γ for t ≥ s"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let bound: &MarginBound<T> = point.know();
        let least = point.margins().iter().cloned().reduce(|least, margin| least.min(&margin));
        let is_somewhere = point.norms_squared().iter().any(|norm| norm.sign() == Sign::Positive);
        let distance = match least {
            Some(least) if is_somewhere => {
                let ratio = least * bound.per_norms() / &gamma_of_data(point);
                let depth = point.weights().len();
                let ratio = match u32::try_from(depth) {
                    Ok(power) if self.whole_power => ratio * &point.constant(depth).power(power).sqrt_of_nonnegative(),
                    _ => ratio,
                };
                Distance::Of((point.constant(1) - &ratio).abs())
            }
            _ => Distance::Open,
        };
        vec![Part { label: 0, layer: 0, distance }]
    }

    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        vec![Bound { is_attained: start.is_along_margin.then_some(ALONG), ..Bound::constant(missing(point)) }]
    }
}

/// `1 − ‖W_k‖_2/‖W_k‖_F` falls like a power of `ln(1/R)`.
#[doc = include_str!("text/poster-slow-rate.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SlowRate;

impl Limit for SlowRate {
    const LABELS: &'static [&'static str] =
        &["1 − ‖W_k‖_2/‖W_k‖_F ≤ 1 − √(1 − D/((q(s)/γ)^{2/L} − D)) for t ≥ s, q = ℓ⁻¹(Σ_i ℓ(m_i))"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        rank_defects(point)
    }

    /// `q ≤ γ∏‖W_k‖_F`, so some `‖W_k‖_F² ≥ (q/γ)^{2/L}`; `q` never falls. Two of them differ by at most `D`, for ever: `‖W_L‖_F² = σ_L² ≤ ‖W_k‖_F² + Σ_{j≥k} ‖A_j‖_2`
    /// by (6), and the largest is `D − Σ‖A_j‖_2` above `‖W_L‖_F²`.
    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        let depth = point.weights().len();
        let bound: &MarginBound<T> = point.know();
        let ratio = bound.margin().clone() / &gamma_of_data(point);
        let root = u32::try_from(depth).map_or_else(|_| ratio.undefined(), |depth| ratio.square().root(depth));
        let least = root - &start.imbalance;
        let share = match least.sign() {
            Sign::Positive => start.imbalance.clone() / &least,
            _ => point.constant(1),
        };
        let is_attained = start.is_balanced.then_some(BALANCED);
        vec![Bound { is_attained, ..Bound::constant(from_one(&share)) }; depth]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::generate::Source;
    use crate::number::Exact;
    use crate::reference::Setting;

    #[test]
    fn all_of_these_data_span_and_half_of_them_have_no_alpha() {
        let source = Sampled::new("spanning", spanning);
        for index in 0..24 {
            let instance = source.instance(7, index).expect("one for every number");
            let setting = Setting::<Exact>::new(Arc::clone(&instance.problem), 64);
            let margin = separator(&setting).expect("separable");
            assert!(support_spans(margin), "{index}");
            assert_eq!(margin.is_alpha_positive(), index % 2 == 1, "{index}");
        }
    }
}
