//! What layers have to do with each other at every `W`, given `A_k` and `D` of `W` itself.
//!
//! Gradient flow keeps `A_k = W_kW_kᵀ − W_{k+1}ᵀW_{k+1}` ([`JT19.balancedness-flow`](super::flow)), and with them `D`: what holds at every `W` with the
//! `A_k` of `W` is what the paper says of `W(t)` with those of `W(0)`.

use std::sync::Arc;

use rug::Rational;

use crate::algebra::elimination::rank;
use crate::algebra::exact::{image, inner, multiple, norm_squared, product, rectangular_diagonal, scaled, sum};
use crate::algebra::exact_pair::exact_vectors;
use crate::algebra::symmetric::is_positive_semidefinite;
use crate::claims::{
    AboutFlow, AboutPoint, AboutStart, Claim, Domain, Finding, FlowFold, Hypotheses, OnFlows, OnPoints, OnStarts,
    Outcome, Relation, throughout,
};
use crate::generate::{
    Cloud, Family, Instance, Random, Sampled, Separable, Structure, aligned, classification, disturbed, orthogonal,
};
use crate::number::{Exact, Real, Sign, Truth};
use crate::problem::{Loss, Matrix, StepRule};
use crate::reference::{Point, balance};

use super::alignment::{initial_imbalance, largest_rank_gap};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let zero_first = replay(include_str!("specs/first-layer-zero.toml"));
    vec![
        Claim::new(
            "JT19.D-zero-when-balanced",
            include_str!("text/D-zero-when-balanced.md"),
            OnStarts(Imbalance::default()),
            Sampled::new("starts balanced and not", some_start),
        )
        .control("traces in place of norms", OnStarts(Imbalance { traces: true, ..Imbalance::default() }), zero_first)
        .control(
            "A_k = 0 dropped",
            OnStarts(Imbalance { any_start: true, ..Imbalance::default() }),
            zero_first,
        ),
        Claim::new(
            "JT19.balanced-init-rank-one",
            include_str!("text/balanced-init-rank-one.md"),
            OnStarts(BalancedRankOne::default()),
            Sampled::new("balanced starts of one output", balanced_start),
        )
        .control(
            "layers of equal norm in place of A_k = 0",
            OnStarts(BalancedRankOne { equal_norms: true }),
            replay(include_str!("specs/equal-norms.toml")),
        ),
        Claim::new(
            "JT19.eq6-singular-chain",
            include_str!("text/eq6-singular-chain.md"),
            OnPoints(SingularChain::default()),
            Family::Points,
        )
        .on_own_runs(OnFlows(AlongFlow(SingularChain::default())))
        .control("½‖A_k‖_2 in place of ‖A_k‖_2", OnPoints(SingularChain { halved: true }), zero_first),
        Claim::new(
            "JT19.lemma2-rank-gap",
            include_str!("text/lemma2-rank-gap.md"),
            OnPoints(RankGap::default()),
            Sampled::new("layers above a top singular value that they share, and others", shared_top),
        )
        .on_own_runs(OnFlows(AlongFlow(RankGap::default())))
        .control(
            "½D in place of D",
            OnPoints(RankGap { halved: true }),
            replay(include_str!("specs/multiple-of-identity.toml")),
        ),
    ]
}

/// `A_k` of rational weights.
pub(super) fn exact_imbalances(weights: &[Matrix<Rational>]) -> Vec<Matrix<Rational>> {
    let minus = Rational::from(-1);
    weights
        .windows(2)
        .map(|pair| {
            let (below, above) = (&pair[0], &pair[1]);
            sum(&product(below, &below.transposed()), &minus, &product(&above.transposed(), above))
        })
        .collect()
}

/// Whether every entry is zero.
pub(super) fn is_zero(matrix: &Matrix<Rational>) -> bool {
    matrix.entries().iter().all(Rational::is_zero)
}

/// Whether every `A_k` is zero: exactly where the weights are exact.
pub(super) fn is_balanced<T: Real>(point: &Point<T>) -> Truth {
    if let Some(weights) = point.exact_weights() {
        // Balanced layers have one norm, which is quickly seen.
        let mut norms = weights.iter().map(|layer| norm_squared(layer.entries()));
        let first = norms.next();
        let is_one = norms.all(|norm| Some(norm) == first);
        return Truth::from(is_one && exact_imbalances(weights).iter().all(is_zero));
    }
    let imbalances = balance::imbalances(point.weights());
    let signs = imbalances.iter().flat_map(Matrix::entries).map(|entry| match entry.sign() {
        Sign::Zero => Truth::True,
        Sign::Positive | Sign::Negative => Truth::False,
        Sign::Open => Truth::Open,
    });
    signs.fold(Truth::True, Truth::and)
}

/// `D ≥ 0`, and `D = 0` if every `A_k` is zero.
#[doc = include_str!("text/D-zero-when-balanced.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Imbalance {
    /// A control: `tr A_k` in place of `‖A_k‖_2`.
    pub traces: bool,
    /// A control: `D = 0` at every start.
    pub any_start: bool,
}

impl AboutStart for Imbalance {
    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let d = if self.traces { self.of_traces(start) } else { initial_imbalance(start) };
        let zero = start.constant(0);
        let balanced = is_balanced(start);
        // D is zero only there.
        finding
            .at_most("0 ≤ D", &zero, &d)
            .informative_if(Truth::from(start.weights().len() > 1))
            .attained_if(balanced == Truth::True && !self.traces, "every A_k is zero, and all norms are equal");
        finding.implied(
            |given| _ = given.that("A_k = 0 for all k < L", if self.any_start { Truth::True } else { balanced }),
            |finding| _ = finding.equal_with_terms("D = 0", &d, &zero, &largest_norm(start)),
        );
    }
}

impl Imbalance {
    fn of_traces<T: Real>(self, start: &Point<T>) -> T {
        let last = &start.norms_squared()[start.weights().len() - 1];
        let traces = balance::imbalances(start.weights()).iter().map(Matrix::trace).collect::<Vec<T>>();
        traces.iter().fold(largest_norm(start) - last, |sum, trace| sum + trace)
    }
}

/// `max_k ‖W_k‖_F²`.
fn largest_norm<T: Real>(point: &Point<T>) -> T {
    point.norms_squared().iter().fold(point.constant(0), |largest, norm| largest.max(norm))
}

/// Balanced layers half of the time, others else; one to five of them.
fn some_start(random: &mut Random) -> Instance {
    let structure = if random.chance(1, 2) { Structure::Balanced } else { *random.choice(&Structure::ALL) };
    start_of(random, structure)
}

/// Balanced layers.
fn balanced_start(random: &mut Random) -> Instance {
    start_of(random, Structure::Balanced)
}

fn start_of(random: &mut Random, structure: Structure) -> Instance {
    let mut widths: Vec<usize> = (0..random.size(1, 5)).map(|_| random.size(1, 5)).collect();
    widths.push(1);
    let layers = structure.layers(random, &widths, 6);
    let data = Separable::new(random, Cloud::Taught, widths[0], 2, &(1, 4).into());
    Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
}

/// Layers with every `A_k` zero and one output have rank one and one singular value, and fit each other.
#[doc = include_str!("text/balanced-init-rank-one.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct BalancedRankOne {
    /// The control: `‖W_k‖_F` the same for all `k` in place of `A_k = 0`.
    pub equal_norms: bool,
}

impl AboutStart for BalancedRankOne {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if self.equal_norms {
            let norms = start.norms_squared();
            let equal = norms.iter().map(|norm| norm.equals(&norms[0])).fold(Truth::True, Truth::and);
            given.that("‖W_k‖_F is the same for all k", equal);
        } else {
            given.that("A_k = 0 for all k < L", is_balanced(start));
        }
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let norms = start.norms_squared();
        for (k, layer) in start.weights().iter().enumerate() {
            let has_rank_one = match start.exact_weights() {
                Some(weights) => Truth::from(rank(&weights[k]) == usize::from(!is_zero(&weights[0]))),
                None => Truth::Open,
            };
            finding.asserted("W_k has rank one; zero if W_1 is zero", has_rank_one).layer(k + 1);
            // With rank one the norms are the singular values.
            finding.equal("‖W_k‖_F² = ‖W_1‖_F²", &norms[k], &norms[0]).layer(k + 1);
            if let Some(above) = start.weights().get(k + 1) {
                // ‖W_{k+1}W_k‖_F = σ_{k+1}σ_k|⟨v_{k+1}, u_k⟩|.
                let product = above.times(layer).frobenius_squared();
                let largest = norms[k + 1].clone() * &norms[k];
                finding
                    .equal("|⟨v_{k+1}, u_k⟩| = 1: ‖W_{k+1}W_k‖_F² = ‖W_{k+1}‖_F²‖W_k‖_F²", &product, &largest)
                    .layer(k + 1);
            }
        }
    }
}

/// `σ_{k+1}² ≤ σ_k² + ‖A_k‖_2`. On a flow `A_k` is taken from the start.
#[doc = include_str!("text/eq6-singular-chain.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SingularChain {
    /// The control: half of `‖A_k‖_2`.
    pub halved: bool,
}

impl AboutPoint for SingularChain {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let spectra = point.spectra();
        let start = start_of_flow(point);
        for (k, norm) in norms_of_imbalances(start.as_ref().unwrap_or(point)).into_iter().enumerate() {
            let norm = if self.halved { norm.times((1, 2)) } else { norm };
            let (lower, upper) = (spectra[k].norm_squared(), spectra[k + 1].norm_squared());
            let most = lower + &norm;
            let slack = match &start {
                // σ_k² is ‖W_k‖_F² without the rank gap of W_k, and ‖W_k‖_F² − ‖W_{k+1}‖_F², the trace of A_k, is kept as well.
                Some(start) => {
                    let (norms, gap) = (start.norms_squared(), |k: usize| spectra[k].rank_gap().clone());
                    norms[k].clone() - &norms[k + 1] + norm + gap(k + 1) - &gap(k)
                }
                None => most.clone() - &upper,
            };
            let relation = finding.slack("σ_{k+1}² ≤ σ_k² + ‖A_k‖_2", &slack, &upper, &most).layer(k + 1);
            if !self.halved && relation.outcome == Outcome::Open {
                relation.attained_if(is_tight(point, k), TIGHT);
            }
        }
    }
}

/// A statement about points, asked of flows alone, at all their times.
#[derive(Clone, Copy, Debug)]
struct AlongFlow<S>(S);

impl<S: AboutPoint + Copy> AboutFlow for AlongFlow<S> {
    fn domain(&self) -> Domain {
        self.0.domain()
    }

    fn begin<T: Real>(&self, _: &Point<T>) -> Box<dyn FlowFold<T>> {
        let Self(statement) = *self;
        Box::new(throughout(move |point: &Point<T>, finding: &mut Finding| statement.conclude(point, finding)))
    }
}

/// The start of the flow that `point` is of, which has the same `A_k` and differences of norms, and no width; `None` elsewhere.
fn start_of_flow<T: Real>(point: &Point<T>) -> Option<Point<T>> {
    let setting = point.setting();
    (setting.problem().step() == &StepRule::Flow).then(|| Point::initial(Arc::clone(setting)))
}

/// `‖A_k‖_2` for `1 ≤ k < L`.
pub(super) fn norms_of_imbalances<T: Real>(point: &Point<T>) -> Vec<T> {
    balance::imbalances(point.weights()).iter().map(|imbalance| point.spectrum_of(imbalance).norm()).collect()
}

/// The road of an equality in (6).
const TIGHT: &str = "v_{k+1} is u_k, and what A_k has least";

/// The weights whose `A_k` are known exactly to be those of the point: its own where they are exact, and on a flow those of its start.
fn weights_of_imbalances<T: Real>(point: &Point<T>) -> Option<&[Matrix<Rational>]> {
    let problem = point.setting().problem();
    point.exact_weights().or_else(|| (problem.step() == &StepRule::Flow).then(|| problem.initial()))
}

/// Whether it is seen exactly that `σ_{k+1}² = σ_k² + ‖A_k‖_2`, `k` counted from 0.
///
/// - If `A_k = 0`, both sides are `σ_k²`.
/// - If the last layer is a row and `A_j ⪯ 0` for all `j ≥ k`: `W_jW_jᵀ = W_{j+1}ᵀW_{j+1} + A_j` has rank one at most if `W_{j+1}ᵀW_{j+1}` has, from the
///   last downwards. It is then a multiple of the same `vvᵀ`, `A_j` is one that is not positive, and the three add up.
/// - If `W_k = 0`, `−A_k` is `W_{k+1}ᵀW_{k+1}`.
/// - If a top right singular vector `v` of `W_{k+1}` is a top left one of `W_k`, so that `A_kv = −(σ_{k+1}² − σ_k²)v`, and no eigenvalue of `A_k` is
///   larger in absolute value.
fn is_tight<T: Real>(point: &Point<T>, k: usize) -> bool {
    let Some(weights) = weights_of_imbalances(point) else { return false };
    let imbalances = exact_imbalances(weights);
    let is_row = weights.last().is_some_and(|last| last.rows() == 1);
    let falls = |imbalance: &Matrix<Rational>| is_semidefinite(&imbalance.map(|entry| Rational::from(-entry)));
    if is_zero(&imbalances[k]) || is_row && imbalances[k..].iter().all(falls) {
        return true;
    }
    // What follows is said of these weights alone.
    point
        .exact_weights()
        .is_some_and(|weights| is_zero(&weights[k]) || shares_top(&weights[k], &weights[k + 1], &imbalances[k]))
}

fn is_semidefinite(matrix: &Matrix<Rational>) -> bool {
    is_positive_semidefinite(&matrix.map(|entry| Exact::from(entry.clone()))) == Truth::True
}

/// The last case of [`is_tight`], for a `v` of the basis that is found for the top space of `above`, if `σ_{k+1}²` is rational.
fn shares_top(below: &Matrix<Rational>, above: &Matrix<Rational>, imbalance: &Matrix<Rational>) -> bool {
    let Some(top) = exact_vectors(above, 0) else { return false };
    let gram = product(below, &below.transposed());
    let shifted = |by: &Rational, sign: i32, matrix: &Matrix<Rational>| {
        Matrix::from_fn(matrix.rows(), matrix.rows(), |i, j| {
            let entry = Rational::from(&matrix[(i, j)] * sign);
            if i == j { entry + by } else { entry }
        })
    };
    top.right.iter().any(|v| {
        let image = image(&gram, v);
        let square = inner(&image, v) / norm_squared(v);
        let lost = Rational::from(&top.square - &square);
        image == scaled(v, &square)
            && is_semidefinite(&shifted(&square, -1, &gram))
            && is_semidefinite(&shifted(&lost, 1, imbalance))
            && is_semidefinite(&shifted(&lost, -1, imbalance))
    })
}

/// `‖W_k‖_F² − ‖W_k‖_2² ≤ D_k ≤ D`, `D_k = ‖W_k‖_F² − ‖W_L‖_F² + Σ_{j≥k} ‖A_j‖_2`. On a flow `D_k` and `D` are taken from the start.
#[doc = include_str!("text/lemma2-rank-gap.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct RankGap {
    /// The control: half of `D_k` and of `D`.
    pub halved: bool,
}

impl AboutPoint for RankGap {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.one_output()
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let share = if self.halved { (1, 2) } else { (1, 1) };
        let start = start_of_flow(point);
        let start = start.as_ref().unwrap_or(point);
        let (norms, imbalances) = (start.norms_squared(), norms_of_imbalances(start));
        let last = norms.len() - 1;
        let whole = initial_imbalance(start).times(share);
        for k in 0..norms.len() {
            let gap = point.spectra()[k].rank_gap();
            let own = largest_gap_kept(norms, &imbalances, k).times(share);
            let is_open = |relation: &Relation| !self.halved && relation.outcome == Outcome::Open;
            let largest = largest_rank_gap(point, k);
            let relation = finding.at_most("‖W_k‖_F² − ‖W_k‖_2² ≤ D_k", gap, &own).layer(k + 1);
            relation.informative_if(own.below(&largest));
            if is_open(relation) {
                relation.attained_if((k..last).all(|j| is_tight(point, j)), "(6) is tight from W_k to W_L");
            }
            let relation = finding.at_most("‖W_k‖_F² − ‖W_k‖_2² ≤ D", gap, &whole).layer(k + 1);
            relation.informative_if(whole.below(&largest));
            if is_open(relation) {
                let is_tight = (k..last).all(|j| is_tight(point, j)) && is_whole(point, k);
                relation.attained_if(is_tight, "(6) is tight from W_k to W_L, and D_k = D");
            }
        }
    }
}

/// `D_k`, `k` counted from 0, by the norms of the layers and of the `A_k`: 0 of the last layer, which is a row.
pub(super) fn largest_gap_kept<T: Real>(norms: &[T], imbalances: &[T], k: usize) -> T {
    let last = norms.len() - 1;
    if k == last {
        return norms[last].constant(0);
    }
    imbalances[k..].iter().fold(norms[k].clone() - &norms[last], |sum, norm| sum + norm)
}

/// `W_1` with two singular values `a > b`, and above it rank-one layers of norm `c` that go on from its top pair, `a² ≤ c² ≤ a² + b²`: `D_1` is from `2b²`
/// down to `b²`, the rank gap. At times somewhat disturbed, or of any structure.
fn shared_top(random: &mut Random) -> Instance {
    let mut widths: Vec<usize> = (0..random.size(2, 4)).map(|_| random.size(2, 4)).collect();
    widths.push(1);
    let layers = if random.chance(3, 4) {
        let (a, b, most) = *random.choice(&[(4, 3, 5), (12, 5, 13), (15, 8, 17)]);
        let c = Rational::from(*random.choice(&[(2 * most, 2), (2 * a, 2), (a + most, 2)]));
        let values = [a, b].map(Rational::from);
        let (left, right) = (orthogonal(random, widths[1]), orthogonal(random, widths[0]));
        let first = product(&product(&left, &rectangular_diagonal(widths[1], widths[0], &values)), &right);
        let top: Vec<Rational> = left.column(0).cloned().collect();
        let above = aligned(random, &widths[1..], &top, &c);
        let layers =
            std::iter::once(first).chain(above).map(|layer| multiple(&layer, &Rational::from((1, 8)))).collect();
        if random.chance(1, 3) { disturbed(random, layers, -6) } else { layers }
    } else {
        random.choice(&Structure::ALL).layers(random, &widths, 6)
    };
    let data = Separable::new(random, Cloud::Taught, widths[0], 2, &(1, 4).into());
    Instance::point(classification(&data, Loss::logistic(), layers, StepRule::Smoothness))
}

/// Whether it is seen exactly that `D_k = D`: the layers up to `W_k`, counted from 0, are balanced, and no layer is larger.
pub(super) fn is_whole<T: Real>(point: &Point<T>, k: usize) -> bool {
    let Some(weights) = weights_of_imbalances(point) else { return false };
    let imbalances = exact_imbalances(weights);
    let norms: Vec<Rational> = weights.iter().map(|layer| norm_squared(layer.entries())).collect();
    // On a flow all norms change by the same.
    imbalances[..k].iter().all(is_zero) && norms.iter().all(|norm| *norm <= norms[k])
}
