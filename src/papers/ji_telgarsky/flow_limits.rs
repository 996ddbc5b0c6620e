//! The limits of Theorem 1, and what bounds the distance from each of them for ever.

use crate::algebra::subspace::squared_alignment;
use crate::claims::{Claim, OnFlows};
use crate::generate::{Family, Source};
use crate::number::{Real, Sign};
use crate::problem::Matrix;
use crate::reference::{MarginBound, Point};

use super::forever::{Bound, Distance, Dropped, Forever, Limit, Part, Start};
use super::margin::size_squared;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let at_zero = replay(include_str!("specs/flow-at-zero.toml"));
    let at_rest = replay(include_str!("specs/flow-at-rest.toml"));
    let risk_to_zero = |dropped| OnFlows(Forever { limit: RiskToZero, share: None, dropped: Some(dropped) });
    vec![
        of_theorem1("JT19.theorem1-risk-to-zero", include_str!("text/theorem1-risk-to-zero.md"), RiskToZero, (1, 10))
            .control(
                "R(W(0)) ≤ ℓ(0) dropped: from W_2 = −W_1ᵀ",
                risk_to_zero(Dropped::SmallRisk),
                replay(include_str!("specs/flow-trapped.toml")),
            )
            .control(
                "separability dropped",
                risk_to_zero(Dropped::Separable),
                replay(include_str!("specs/flow-not-separable.toml")),
            ),
        of_theorem1(
            "JT19.theorem1-norms-diverge",
            include_str!("text/theorem1-norms-diverge.md"),
            NormsDiverge,
            (1, 2),
        ),
        of_theorem1("JT19.theorem1-rank-one", include_str!("text/theorem1-rank-one.md"), RankOne, (1, 10)),
        of_theorem1("JT19.theorem1-interlayer", include_str!("text/theorem1-interlayer.md"), Interlayer, (1, 1000)),
        of_theorem1("JT19.theorem1-product", include_str!("text/theorem1-product.md"), Product, (1, 50)),
        Claim::new("JT19.poster-theorem1", include_str!("text/poster-theorem1.md"), theorem1(false), Family::Flows)
            .consequence()
            .control("∇R(W(0)) ≠ 0 dropped: from W = 0", theorem1(true), at_zero)
            .control("∇R(W(0)) ≠ 0 dropped: from W_1 ≠ 0, W_2 = 0", theorem1(true), at_rest),
        Claim::new("JT19.SL-5", include_str!("text/SL-5.md"), theorem1(true), at_zero)
            .expected_refuted(Some("JT19.poster-theorem1"))
            .control(
                "∇R(W(0)) ≠ 0: from a start that moves",
                theorem1(false),
                replay(include_str!("specs/flow-limits.toml")),
            ),
    ]
}

/// A limit of Theorem 1, which is false from a critical start.
fn of_theorem1<S: Limit>(id: &'static str, text: &'static str, limit: S, share: (u32, u32)) -> Claim {
    claim(id, text, limit, share, Family::Flows).control(
        "∇R(W(0)) ≠ 0 dropped: from W = 0",
        OnFlows(Forever { limit, share: None, dropped: Some(Dropped::NotCritical) }),
        replay(include_str!("specs/flow-at-zero.toml")),
    )
}

/// A limit, and as a control a share of each bound.
pub(super) fn claim<S: Limit>(
    id: &'static str,
    text: &'static str,
    limit: S,
    share: (u32, u32),
    source: impl Source + 'static,
) -> Claim {
    let instance = replay(include_str!("specs/flow-limits.toml"));
    let statement = |share| OnFlows(Forever { limit, share, dropped: None });
    Claim::new(id, text, statement(None), source).consequence().control(
        "a share of the bounds",
        statement(Some(share)),
        instance,
    )
}

/// `R(W(t)) → 0`.
#[doc = include_str!("text/theorem1-risk-to-zero.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RiskToZero;

impl Limit for RiskToZero {
    const LABELS: &'static [&'static str] = &["1/R(W(t)) ≥ 1/R(W(s)) + κ²L²q²/|W|² (t − s) for t ≥ s, q and W at s"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        vec![Part { label: 0, layer: 0, distance: Distance::Of(point.risk().clone()) }]
    }

    fn bounds<T: Real>(&self, _: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        let rate = point.know::<MarginBound<T>>().rate().clone();
        vec![Bound { rate: Some(rate), ..Bound::constant(point.risk().clone()) }]
    }
}

/// `‖W_k(t)‖_F → ∞`.
#[doc = include_str!("text/theorem1-norms-diverge.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormsDiverge;

impl Limit for NormsDiverge {
    const LABELS: &'static [&'static str] = &["‖W_k(t)‖_F ≥ ‖W_k(s)‖_F for t ≥ s"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let part = |(k, square): (usize, &T)| {
            let distance = match square.sign() {
                Sign::Zero => Distance::Infinite,
                Sign::Positive => Distance::Of(reciprocal_root(square)),
                Sign::Negative | Sign::Open => Distance::Open,
            };
            Part { label: 0, layer: k + 1, distance }
        };
        point.norms_squared().iter().enumerate().map(part).collect()
    }

    fn bounds<T: Real>(&self, _: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        point.norms_squared().iter().map(|square| Bound::constant(reciprocal_root(square))).collect()
    }
}

fn reciprocal_root<T: Real>(square: &T) -> T {
    square.constant(1) / &square.clone().sqrt_of_nonnegative()
}

/// `‖W_k/‖W_k‖_F − u_kv_kᵀ‖_F → 0`.
#[doc = include_str!("text/theorem1-rank-one.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RankOne;

impl Limit for RankOne {
    const LABELS: &'static [&'static str] = &["‖W_k/‖W_k‖_F − u_kv_kᵀ‖_F² ≤ 2(1 − √(1 − D/‖W_k(s)‖_F²)) for t ≥ s"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let squared = |part: Part<Distance<T>>| match part.distance {
            Distance::Of(defect) => Part { distance: Distance::Of(defect.times(2)), ..part },
            _ => part,
        };
        rank_defects(point).into_iter().map(squared).collect()
    }

    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        let is_attained = start.is_balanced.then_some(BALANCED);
        let bound = |square: &T| {
            let at_once = from_one(&(start.imbalance.clone() / square)).times(2);
            Bound { is_attained, ..Bound::constant(at_once) }
        };
        point.norms_squared().iter().map(bound).collect()
    }
}

/// Why a bound of `D = 0` is the distance.
pub(super) const BALANCED: &str = "from a balanced start every layer has rank one for ever";

/// `1 − ‖W_k‖_2/‖W_k‖_F` of every layer, by the rank gap.
pub(super) fn rank_defects<T: Real>(point: &Point<T>) -> Vec<Part<Distance<T>>> {
    let part = |(k, square): (usize, &T)| {
        let distance = match square.sign() {
            Sign::Positive => Distance::Of(from_one(&(point.spectra()[k].rank_gap().clone() / square))),
            _ => Distance::Open,
        };
        Part { label: 0, layer: k + 1, distance }
    };
    point.norms_squared().iter().enumerate().map(part).collect()
}

/// `1 − √(1 − x)` for `0 ≤ x ≤ 1`, with nothing that cancels; at most 1 for what is larger.
pub(super) fn from_one<T: Real>(x: &T) -> T {
    let one = x.constant(1);
    let rest = (one.clone() - x).max(&x.constant(0));
    x.clone().min(&one) / &(one + &rest.sqrt_of_nonnegative())
}

/// `|⟨v_{k+1}, u_k⟩| → 1`.
#[doc = include_str!("text/theorem1-interlayer.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Interlayer;

impl Limit for Interlayer {
    const LABELS: &'static [&'static str] =
        &["1 − |⟨v_{k+1}, u_k⟩| ≤ 1 − √(1 − (D + ‖W_{k+1}(0)‖_2² + ‖W_k(0)‖_2²)/(‖W_{k+1}(s)‖_F² − D)) for t ≥ s"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let spectra = point.spectra();
        let part = |k: usize| {
            let distance = match (spectra[k].top_space(), spectra[k + 1].top_space()) {
                (Ok(below), Ok(above)) => {
                    let cosine = squared_alignment(&above.right, &below.left).sqrt_of_nonnegative();
                    Distance::Of(point.constant(1) - &cosine)
                }
                _ => Distance::Open,
            };
            Part { label: 0, layer: k + 1, distance }
        };
        (0..spectra.len().saturating_sub(1)).map(part).collect()
    }

    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        misalignments(start, point).iter().map(|share| Bound::constant(from_one(share))).collect()
    }
}

/// `1 − ⟨v_{k+1}, u_k⟩²` at most, from the point on: Lemma 2(2), with `‖W_{k+1}‖_2² ≥ ‖W_{k+1}‖_F² − D` by Lemma 2(1), which never falls.
fn misalignments<T: Real>(start: &Start<T>, point: &Point<T>) -> Vec<T> {
    let (zero, one) = (point.constant(0), point.constant(1));
    let pairs = start.norms.windows(2).zip(&point.norms_squared()[1..]);
    pairs
        .map(|(initial, square)| {
            let lost = start.imbalance.clone() + &initial[0] + &initial[1];
            let least = square.clone() - &start.imbalance;
            match least.sign() {
                Sign::Positive => (lost / &least).min(&one).max(&zero),
                _ => one.clone(),
            }
        })
        .collect()
}

/// `|⟨w/∏‖W_k‖_F, v_1⟩| → 1`.
#[doc = include_str!("text/theorem1-product.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Product;

impl Limit for Product {
    const LABELS: &'static [&'static str] =
        &["1 − |⟨w/∏‖W_k‖_F, v_1⟩| ≤ 1 − ∏ρ_k ∏c_k + Σe_k, each as good as it is at s, for t ≥ s"];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let size = size_squared(point);
        let distance = match (size.sign(), point.spectra()[0].top_pair()) {
            (Sign::Positive, Ok(first)) => {
                let along = point.end_to_end().inner(&Matrix::row_vector(first.right)).abs();
                Distance::Of(point.constant(1) - &(along / &size.sqrt_of_nonnegative()))
            }
            _ => Distance::Open,
        };
        vec![Part { label: 0, layer: 0, distance }]
    }

    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        let one = point.constant(1);
        // ρ_k² = 1 − (‖W_k‖_F² − σ_k²)/‖W_k‖_F², and e_k is at most the root of the same share.
        let shares: Vec<T> =
            point.norms_squared().iter().map(|square| (start.imbalance.clone() / square).min(&one)).collect();
        let last = shares.len() - 1;
        let ranks = shares[..last].iter().fold(one.clone(), |product, share| product * &(one.clone() - share));
        let aligned = misalignments(start, point);
        let cosines = aligned.iter().fold(one.clone(), |product, share| product * &(one.clone() - share));
        let between = shares.iter().take(last).skip(1);
        let second = between.fold(point.constant(0), |sum, share| sum + &share.clone().sqrt_of_nonnegative());
        let kept = (ranks * &cosines).max(&point.constant(0)).sqrt_of_nonnegative();
        let is_attained = (last == 0).then_some("of one layer w is the top right singular vector");
        vec![Bound { is_attained, ..Bound::constant((one.clone() - &kept + &second).min(&one)) }]
    }
}

/// All of Theorem 1, with or without the hypothesis that the start is no critical point.
fn theorem1(any_start: bool) -> OnFlows<Forever<Theorem1>> {
    OnFlows(Forever { limit: Theorem1, share: None, dropped: any_start.then_some(Dropped::NotCritical) })
}

/// The five limits together.
#[doc = include_str!("text/poster-theorem1.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Theorem1;

impl Limit for Theorem1 {
    const LABELS: &'static [&'static str] = &[
        RiskToZero::LABELS[0],
        NormsDiverge::LABELS[0],
        RankOne::LABELS[0],
        Interlayer::LABELS[0],
        Product::LABELS[0],
    ];

    fn distances<T: Real>(&self, point: &Point<T>) -> Vec<Part<Distance<T>>> {
        let limits = [
            RiskToZero.distances(point),
            NormsDiverge.distances(point),
            RankOne.distances(point),
            Interlayer.distances(point),
            Product.distances(point),
        ];
        let parts = limits.into_iter().enumerate();
        parts.flat_map(|(label, parts)| parts.into_iter().map(move |part| Part { label, ..part })).collect()
    }

    fn bounds<T: Real>(&self, start: &Start<T>, point: &Point<T>) -> Vec<Bound<T>> {
        [
            RiskToZero.bounds(start, point),
            NormsDiverge.bounds(start, point),
            RankOne.bounds(start, point),
            Interlayer.bounds(start, point),
            Product.bounds(start, point),
        ]
        .concat()
    }
}
