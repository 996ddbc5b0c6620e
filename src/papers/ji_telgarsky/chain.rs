//! The chain of inequalities between the singular values of adjacent layers in the proof of Lemma 8.

use crate::algebra::singular_vectors::TopSpace;
use crate::algebra::spectral::{Spectrum, spectral_norm_squared_at_least};
use crate::algebra::subspace::{lengths_squared, squared_alignment};
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::balance;
use crate::reference::{Point, Step};

use super::alignment::{assume_lemma8, initial_imbalance, under_the_step_rule};
use super::balance::{AT_REST, starts_at_rest};
use super::replay;
use super::summed_gradients::SummedGradients;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let slip = replay(include_str!("specs/SL-2.toml"));
    let sums = replay(include_str!("specs/SL-3.toml"));
    vec![
        Claim::new(
            "JT19.singular-chain-gd",
            include_str!("text/singular-chain-gd.md"),
            OnRuns(SingularChain::default()),
            Family::SmoothnessRuns,
        )
        .control("P_k in place of Q_{k+1} in (31), as printed", OnRuns(SingularChain { printed: true }), slip),
        Claim::new("JT19.SL-2", include_str!("text/SL-2.md"), OnRuns(SingularChain { printed: true }), slip)
            .expected_refuted(Some("JT19.singular-chain-gd"))
            .control("Q_{k+1} in place of P_k", OnRuns(SingularChain::default()), slip),
        Claim::new("JT19.SL-3", include_str!("text/SL-3.md"), OnRuns(SummedSpectralNorms { printed: true }), sums)
            .expected_refuted(Some("JT19.pk-qk-norms"))
            .from_a_scan()
            .control("each at most the trace", OnRuns(SummedSpectralNorms::default()), sums),
    ]
}

/// (31), (33)–(36): what adjacent layers' singular values and vectors have to do with each other along a run.
#[doc = include_str!("text/singular-chain-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SingularChain {
    /// `P_k` in place of `Q_{k+1}` in (31), as printed.
    pub printed: bool,
}

impl AboutRun for SingularChain {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_lemma8(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let printed = self.printed;
        let mut sums = SummedGradients::new(start.weights());
        let imbalances: Vec<T> =
            balance::imbalances(start.weights()).iter().map(|a| start.spectrum_of(a).norm()).collect();
        let initial: Vec<T> = start.spectra().iter().map(Spectrum::norm_squared).collect();
        let energy = initial_imbalance(start) + start.risk().clone().times(2);
        Box::new(under_the_step_rule(false, move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            let after = &step.after;
            let spectra = after.spectra();
            for k in 0..imbalances.len() {
                let (lower, upper) = (spectra[k].norm_squared(), spectra[k + 1].norm_squared());
                let own = NormFloor::of(&sums.q()[k + 1]);
                let other = printed.then(|| NormFloor::of(&sums.p()[k]));
                let base = lower.clone() + &imbalances[k];
                let right = other.as_ref().unwrap_or(&own).added_to(base, &upper, after);
                finding.at_most("(31) σ_{k+1}² ≤ σ_k² + ‖A_k‖_2 + ‖Q_{k+1}‖_2", &upper, &right).layer(k + 1);
                let right = own.added_to(lower + &initial[k + 1], &upper, after);
                finding.at_most("(36) σ_{k+1}² ≤ σ_k² + ‖W_{k+1}(0)‖_2² + ‖Q_{k+1}‖_2", &upper, &right).layer(k + 1);
                chain_through_vectors(after, k, &initial[k], &sums.p()[k], &energy, finding);
            }
        }))
    }
}

/// (33)–(35) for layers `k` and `k + 1`, counted from 0: where a bound is trivial no vector is asked for.
fn chain_through_vectors<T: Real>(
    after: &Point<T>,
    k: usize,
    initial: &T,
    p: &Matrix<T>,
    energy: &T,
    finding: &mut Finding,
) {
    let spectra = after.spectra();
    let (lower, upper) = (spectra[k].norm_squared(), spectra[k + 1].norm_squared());
    // A lower bound on ‖P_k‖_2 makes (33) and (35) stronger; the norm itself is computed only where that does not decide.
    let lost_at_least = initial.clone() + spectral_norm_squared_at_least(p).lower().sqrt_of_nonnegative();
    if lower.at_most(&lost_at_least) == Truth::True && upper.at_most(energy) == Truth::True {
        finding.asserted("(33)–(35) in their trivial range", true).layer(k + 1).informative_if(Truth::False);
        return;
    }
    let (Ok(space), Ok(above)) = (spectra[k].top_space(), spectra[k + 1].top_space()) else {
        finding.asserted("(33)–(35): the top singular vectors of both layers", Truth::Open).layer(k + 1);
        return;
    };
    let image = image_squared(after, k, &space);
    let aligned = squared_alignment(&above.right, &space.left) * &upper;
    let left_of_33 = |lost: &T| lower.clone() - lost;
    let right_of_35 = |lost: &T| aligned.clone() + energy + lost;
    let is_decided = left_of_33(&lost_at_least).below(&image).and(lower.below(&right_of_35(&lost_at_least)));
    let lost = match is_decided {
        Truth::True => lost_at_least,
        _ => initial.clone() + after.spectrum_of(p).norm(),
    };
    finding
        .at_most("(33) σ_k² − ‖W_k(0)‖_2² − ‖P_k‖_2 ≤ ‖W_{k+1}u_k‖²", &left_of_33(&lost), &image)
        .layer(k + 1)
        .informative_if(lost.below(&lower));
    let label = "(34) ‖W_{k+1}u_k‖² ≤ ⟨u_k, v_{k+1}⟩²σ_{k+1}² + D + 2R_0";
    // What W_{k+1} makes of the part of u_k across v_{k+1} is at most the second singular value, whichever top pairs are chosen.
    let across = spectra[k + 1].second().square();
    if space.left.dimension() > 1 && across.below(energy) == Truth::True {
        finding.at_most(label, &across, energy).layer(k + 1).informative_if(energy.below(&upper));
    } else {
        finding.at_most(label, &image, &(aligned.clone() + energy)).layer(k + 1).informative_if(energy.below(&upper));
    }
    finding
        .at_most("(35) σ_k² ≤ ⟨u_k, v_{k+1}⟩²σ_{k+1}² + D + 2R_0 + …", &lower, &right_of_35(&lost))
        .layer(k + 1)
        .informative_if((energy.clone() + &lost).below(&lower));
}

/// `‖W_{k+1}u_k‖²`; over all choices of `u_k` if the largest singular value of `W_k` is or may be repeated.
pub(super) fn image_squared<T: Real>(point: &Point<T>, k: usize, space: &TopSpace<T>) -> T {
    let above = &point.weights()[k + 1];
    match point.spectra()[k].top_pair() {
        Ok(pair) => above.times_transpose(&Matrix::row_vector(pair.left)).frobenius_squared(),
        Err(_) => lengths_squared(&space.left, &above.transposed()),
    }
}

/// A matrix with a lower bound on its spectral norm that needs no decomposition.
struct NormFloor<'a, T> {
    matrix: &'a Matrix<T>,
    at_least: T,
}

impl<'a, T: Real> NormFloor<'a, T> {
    fn of(matrix: &'a Matrix<T>) -> Self {
        Self { matrix, at_least: spectral_norm_squared_at_least(matrix).lower().sqrt_of_nonnegative() }
    }

    /// `base` plus the norm, or plus the lower bound if that already decides that the sum is more than `left`.
    fn added_to(&self, base: T, left: &T, point: &Point<T>) -> T {
        let less = base.clone() + &self.at_least;
        if left.below(&less) == Truth::True { less } else { base + point.spectrum_of(self.matrix).norm() }
    }
}

/// `‖P_k‖_2` against `‖Q_k‖_2`, and each against its trace.
#[doc = include_str!("text/SL-3.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SummedSpectralNorms {
    /// The equality as printed; otherwise the bounds by the trace.
    pub printed: bool,
}

impl AboutRun for SummedSpectralNorms {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let printed = self.printed;
        let at_rest = starts_at_rest(start);
        let mut sums = SummedGradients::new(start.weights());
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            for (k, (p, q)) in sums.p().iter().zip(sums.q()).enumerate() {
                let norms = [p, q].map(|sum| step.after.spectrum_of(sum).norm());
                if printed {
                    finding.equal("‖P_k‖_2 = ‖Q_k‖_2", &norms[0], &norms[1]).layer(k + 1);
                    continue;
                }
                for (label, sum, norm) in [("‖P_k‖_2 ≤ tr P_k", p, &norms[0]), ("‖Q_k‖_2 ≤ tr Q_k", q, &norms[1])]
                {
                    finding
                        .at_most(label, norm, &sum.trace())
                        .layer(k + 1)
                        .attained_if(sum.rows() == 1, "a matrix of one entry is its own norm")
                        .attained_if(
                            step.t == 0 && step.before.end_to_end().rows() == 1,
                            "after one step the sum has rank one",
                        )
                        .attained_if(at_rest, AT_REST);
                }
            }
        })
    }
}
