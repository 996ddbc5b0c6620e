//! Lemma 2(2) and its proof: what adjacent layers of a gradient flow have to do with each other at all times.
//!
//! At the start and at moments the inequalities are evaluated from `W(t)` alone. Over a stretch of time the layers move by more than what is
//! left of an inequality that is all but attained, as all are where the flow begins. What is open there follows from what the flow keeps
//! ([`JT19.balancedness-flow`](super::flow), proved): with `A_k = W_k(0)W_k(0)ᵀ − W_{k+1}(0)ᵀW_{k+1}(0)`, unit vectors `u = u_k` and
//! `v = v_{k+1}`, and `c = ⟨u, v⟩`,
//!
//! - (9): `‖W_{k+1}u‖² = σ_k² − uᵀA_ku`, and `A_k ⪯ W_k(0)W_k(0)ᵀ`;
//! - (10): `‖W_{k+1}u‖² − c²σ_{k+1}² = ‖W_{k+1}(u − cv)‖²`, since `W_{k+1}(u − cv)` is orthogonal to `W_{k+1}v`; at most
//!   `‖W_{k+1}‖_F² − σ_{k+1}²`, and so by Lemma 2(1) at most `D_{k+1} ≤ D`;
//! - (11) is the sum of both;
//! - (12): `σ_k² ≥ ‖W_kᵀv‖² = σ_{k+1}² + vᵀA_kv`, and `−A_k ⪯ W_{k+1}(0)ᵀW_{k+1}(0)`;
//! - Lemma 2(2) is (11) with (12).
//!
//! The three facts about the start are decided there: the order of matrices in rationals.

use std::sync::OnceLock;

use rug::Rational;

use crate::algebra::elimination::rank;
use crate::algebra::exact::{product, sum};
use crate::algebra::singular_vectors::TopSpace;
use crate::algebra::spectral::Spectrum;
use crate::algebra::subspace::squared_alignment;
use crate::algebra::symmetric::is_positive_semidefinite;
use crate::claims::{AboutFlow, Claim, Domain, Finding, FlowFold, OnFlows, Outcome, Relation};
use crate::generate::Family;
use crate::number::{Exact, Real, Truth};
use crate::problem::Matrix;
use crate::reference::{Moment, Point, Stretch};

use super::alignment::initial_imbalance;
use super::chain::image_squared;
use super::conserved::{is_balanced, is_whole, is_zero, largest_gap_kept, norms_of_imbalances};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let apart = replay(include_str!("specs/flow-apart.toml"));
    vec![
        Claim::new("JT19.eq9-to-eq12", include_str!("text/eq9-to-eq12.md"), OnFlows(Chain::default()), Family::Flows)
            .control("without the norms at the start", OnFlows(Chain { without_start: true }), apart),
        Claim::new(
            "JT19.lemma2-alignment",
            include_str!("text/lemma2-alignment.md"),
            OnFlows(Alignment::default()),
            Family::Flows,
        )
        .control("0.4 of the bound", OnFlows(Alignment { share: Some((2, 5)) }), apart),
    ]
}

/// When a point is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Start,
    Moment,
    /// All times of a stretch.
    Stretch,
}

/// A fold that looks at the start, moments and stretches, and remembers nothing of them.
pub(super) struct Looking<L>(pub(super) L);

impl<T, L: Fn(At, &Point<T>, &mut Finding) + Send> FlowFold<T> for Looking<L> {
    fn start(&mut self, start: &Point<T>, finding: &mut Finding) {
        (self.0)(At::Start, start, finding);
    }

    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        (self.0)(At::Moment, &moment.point, finding);
    }

    fn stretch(&mut self, stretch: &Stretch<T>, finding: &mut Finding) {
        (self.0)(At::Stretch, &stretch.point, finding);
    }
}

/// Asserts `left ≤ right`; where that is open, what is `kept` by the flow decides.
pub(super) fn at_most_or_kept<'a, T: Real>(
    finding: &'a mut Finding,
    label: &'static str,
    (left, right): (&T, &T),
    kept: impl FnOnce() -> bool,
) -> &'a mut Relation {
    if left.at_most(right) == Truth::Open && kept() {
        finding.asserted(label, true).between(left, right)
    } else {
        finding.at_most(label, left, right)
    }
}

/// Closes an open inequality by a fact that is looked for only then: both sides are equal by the `road`.
fn attained_where(relation: &mut Relation, fact: impl FnOnce() -> bool, road: &'static str) {
    if relation.outcome == Outcome::Open {
        relation.attained_if(fact(), road);
    }
}

/// What is known of the start of a flow.
struct Start<T> {
    /// `D`.
    imbalance: T,
    /// Whether `D = 0`.
    is_balanced: bool,
    /// `‖W_k(0)‖_2²`.
    norms: Vec<T>,
    /// Whether `D_{k+1} ≤ D`.
    gaps: Vec<bool>,
    /// Found when first asked for: fractions grow.
    pairs: Vec<OnceLock<Kept>>,
}

/// What the start says for ever of a layer and the next.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    /// `A_k ⪯ W_k(0)W_k(0)ᵀ`: `uᵀA_ku ≤ ‖W_k(0)‖_2²` for unit vectors.
    below: bool,
    /// `−A_k ⪯ W_{k+1}(0)ᵀW_{k+1}(0)`: `−vᵀA_kv ≤ ‖W_{k+1}(0)‖_2²` for unit vectors.
    above: bool,
    /// (9) is an equality for ever.
    is_nine_attained: bool,
    /// (12) is an equality for ever.
    is_twelve_attained: bool,
}

impl<T: Real> Start<T> {
    fn of(start: &Point<T>) -> Self {
        let is_balanced = is_balanced(start) == Truth::True;
        let imbalance = if is_balanced { start.constant(0) } else { initial_imbalance(start) };
        let norms = start.spectra().iter().map(Spectrum::norm_squared).collect();
        let kept = norms_of_imbalances(start);
        let is_gap_kept = |k: usize| {
            let gap = largest_gap_kept(start.norms_squared(), &kept, k + 1);
            gap.at_most(&imbalance) == Truth::True || is_whole(start, k + 1)
        };
        let gaps: Vec<bool> = (0..kept.len()).map(is_gap_kept).collect();
        Self { pairs: vec![OnceLock::new(); gaps.len()], imbalance, is_balanced, norms, gaps }
    }

    /// What is kept of the layers `k` and `k + 1`, counted from 0, of the flow that `point` is of.
    fn kept(&self, k: usize, point: &Point<T>) -> Kept {
        *self.pairs[k].get_or_init(|| {
            let start = point.setting().problem().initial();
            Kept::of(&start[k], &start[k + 1])
        })
    }
}

impl Kept {
    /// Of a layer and the next, at the start.
    fn of(below: &Matrix<Rational>, above: &Matrix<Rational>) -> Self {
        let (of_below, of_above) = (product(below, &below.transposed()), product(&above.transposed(), above));
        let (one, minus) = (Rational::from(1), Rational::from(-1));
        let own = sum(&of_below, &minus, &of_above);
        let is_at_least_zero = |matrix: Matrix<Rational>| {
            is_positive_semidefinite(&matrix.map(|entry| Exact::from(entry.clone()))) == Truth::True
        };
        let has_one_value = |layer: &Matrix<Rational>, gram: &Matrix<Rational>| rank(layer) <= 1 || is_scalar(gram);
        Self {
            below: is_at_least_zero(sum(&of_below, &minus, &own)),
            above: is_at_least_zero(sum(&of_above, &one, &own)),
            is_nine_attained: is_zero(above) && has_one_value(below, &of_below),
            is_twelve_attained: is_zero(below) && has_one_value(above, &of_above),
        }
    }
}

/// Whether a matrix is a multiple of the identity.
fn is_scalar(matrix: &Matrix<Rational>) -> bool {
    (0..matrix.rows()).all(|i| {
        (0..matrix.columns()).all(|j| if i == j { matrix[(i, j)] == matrix[(0, 0)] } else { matrix[(i, j)].is_zero() })
    })
}

/// The top singular spaces of layer `k`, counted from 0, on the left, and of the next on the right; `None` where one is not known.
fn top_spaces<T: Real>(point: &Point<T>, k: usize) -> Option<(TopSpace<T>, TopSpace<T>)> {
    let spectra = point.spectra();
    Some((spectra[k].top_space().ok()?, spectra[k + 1].top_space().ok()?))
}

/// (9)–(12): what adjacent layers' singular values and vectors have to do with each other along a flow.
#[doc = include_str!("text/eq9-to-eq12.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Chain {
    /// The control: 0 in the place of `‖W_k(0)‖_2²` and `‖W_{k+1}(0)‖_2²`.
    pub without_start: bool,
}

impl AboutFlow for Chain {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2).one_output()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let mut facts = Start::of(start);
        if self.without_start {
            facts.norms.fill(start.constant(0));
            facts.gaps.fill(false);
            facts.pairs.fill(OnceLock::from(Kept::default()));
        }
        let is_whole = !self.without_start;
        Box::new(Looking(move |at, point: &Point<T>, finding: &mut Finding| {
            for k in 0..facts.pairs.len() {
                facts.chain(k, if is_whole { at } else { At::Moment }, point, finding);
            }
        }))
    }
}

/// The road of equalities that come of one singular value.
const ONE_VALUE: &str =
    "one of the layers was zero, and the other had one singular value: both sides are equal for ever";

/// The road of equalities where `D = 0`.
const BALANCED: &str = "from a balanced start every layer has rank one and fits the next";

impl<T: Real> Start<T> {
    /// (9)–(12) for layers `k` and `k + 1`, counted from 0.
    fn chain(&self, k: usize, at: At, point: &Point<T>, finding: &mut Finding) {
        let always = || self.kept(k, point);
        let is_stretch = at == At::Stretch;
        let kept_below = || is_stretch && always().below;
        let kept_gap = || is_stretch && self.gaps[k];
        let kept_above = || is_stretch && always().above;
        let imbalance = &self.imbalance;
        let (below, above) = (&self.norms[k], &self.norms[k + 1]);
        let spectra = point.spectra();
        let (lower, upper) = (spectra[k].norm_squared(), spectra[k + 1].norm_squared());
        let nine = "(9) σ_k² − ‖W_k(0)‖_2² ≤ ‖W_{k+1}u_k‖²";
        let ten = "(10) ‖W_{k+1}u_k‖² − ⟨u_k, v_{k+1}⟩²σ_{k+1}² ≤ D";
        let eleven = "(11) σ_k² ≤ ⟨u_k, v_{k+1}⟩²σ_{k+1}² + D + ‖W_k(0)‖_2²";
        let twelve = "(12) σ_{k+1}² ≤ σ_k² + ‖W_{k+1}(0)‖_2²";

        let layer = k + 1;
        // At the start what is on the left of (9) is zero, and of (11) and (12) one term of the right.
        let is_trivial = at == At::Start || lower.at_most(below) == Truth::True;
        let gap = spectra[k + 1].rank_gap();
        let spaces = if is_trivial && gap.at_most(imbalance) == Truth::True { None } else { top_spaces(point, k) };
        let sides = spaces.as_ref().map(|(space, next)| {
            let cosine = squared_alignment(&next.right, &space.left);
            (image_squared(point, k, space), cosine)
        });
        let lost = imbalance.clone() + below;
        match &sides {
            _ if is_trivial => _ = finding.asserted(nine, true).layer(layer).informative_if(Truth::False),
            Some((image, _)) => {
                let relation = at_most_or_kept(finding, nine, (&(lower.clone() - below), image), kept_below);
                relation.layer(layer).informative_if(below.below(&lower));
                attained_where(relation, || always().is_nine_attained, ONE_VALUE);
            }
            None => _ = finding.asserted(nine, open_unless(kept_below())).layer(layer),
        }

        // ‖W_{k+1}(u_k − ⟨u_k, v_{k+1}⟩v_{k+1})‖², across v_{k+1}, where no singular value is the largest.
        let zero = point.constant(0);
        let across = match &sides {
            Some((image, cosine)) => {
                let rest = image.clone() - &(cosine.clone() * &upper);
                let most = (point.constant(1) - cosine).upper().max(&zero) * &gap.upper();
                T::between(&rest.lower().max(&zero), &rest.upper().min(&most.upper()).max(&zero))
            }
            None => T::between(&zero, &gap.upper()),
        };
        at_most_or_kept(finding, ten, (&across, imbalance), kept_gap)
            .layer(layer)
            .informative_if(imbalance.below(&upper))
            .attained_if(self.is_balanced, BALANCED);

        let kept_both = || kept_below() && kept_gap();
        match &sides {
            _ if is_trivial => _ = finding.asserted(eleven, true).layer(layer).informative_if(Truth::False),
            Some((_, cosine)) => {
                let right = cosine.clone() * &upper + &lost;
                let relation = at_most_or_kept(finding, eleven, (&lower, &right), kept_both);
                relation.layer(layer).informative_if(lost.below(&lower));
                attained_where(relation, || self.is_balanced && always().is_nine_attained, ONE_VALUE);
            }
            None => _ = finding.asserted(eleven, open_unless(kept_both())).layer(layer),
        }

        if at == At::Start {
            finding.asserted(twelve, true).layer(layer).informative_if(Truth::False);
        } else {
            let relation = at_most_or_kept(finding, twelve, (&upper, &(lower.clone() + above)), kept_above);
            relation.layer(layer).informative_if(above.below(&upper));
            attained_where(relation, || always().is_twelve_attained, ONE_VALUE);
        }
    }
}

fn open_unless(kept: bool) -> Truth {
    if kept { Truth::True } else { Truth::Open }
}

/// `⟨v_{k+1}, u_k⟩² ≥ 1 − (D + ‖W_{k+1}(0)‖_2² + ‖W_k(0)‖_2²)/‖W_{k+1}‖_2²`.
#[doc = include_str!("text/lemma2-alignment.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Alignment {
    /// The control: the share of the bound that is claimed, as numerator and denominator; without it all.
    pub share: Option<(u32, u32)>,
}

impl AboutFlow for Alignment {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2).one_output()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let facts = Start::of(start);
        let share = self.share;
        Box::new(Looking(move |at, point: &Point<T>, finding: &mut Finding| {
            for k in 0..facts.pairs.len() {
                let numerator = facts.imbalance.clone() + &facts.norms[k] + &facts.norms[k + 1];
                match share {
                    Some(share) => aligned(k, &numerator.times(share), At::Moment, || false, point, finding),
                    None => {
                        let kept = || {
                            let Kept { below, above, .. } = facts.kept(k, point);
                            below && above && facts.gaps[k]
                        };
                        aligned(k, &numerator, at, kept, point, finding);
                    }
                }
            }
        }))
    }
}

/// Layers `k` and `k + 1`, counted from 0. The trivial range, which asks for no vectors, comes first.
fn aligned<T: Real>(k: usize, numerator: &T, at: At, kept: impl Fn() -> bool, point: &Point<T>, finding: &mut Finding) {
    let label = "1 − ⟨v_{k+1}, u_k⟩² ≤ (D + ‖W_{k+1}(0)‖_2² + ‖W_k(0)‖_2²)/‖W_{k+1}‖_2²";
    let norm = point.spectra()[k + 1].norm_squared();
    // At the start the numerator has ‖W_{k+1}‖_2² as a term.
    if at == At::Start || norm.at_most(numerator) == Truth::True {
        finding.asserted(label, true).layer(k + 1).informative_if(Truth::False);
        return;
    }
    let kept = || at == At::Stretch && kept();
    let Some((below, above)) = top_spaces(point, k) else {
        finding.asserted(label, open_unless(kept())).layer(k + 1);
        return;
    };
    let misaligned = point.constant(1) - squared_alignment(&above.right, &below.left);
    at_most_or_kept(finding, label, (&misaligned, &(numerator.clone() / &norm)), kept)
        .layer(k + 1)
        .informative_if(numerator.below(&norm));
}
