//! What gradient descent adds to the differences between adjacent layers, exactly, and how large it can become.

use crate::claims::{Claim, Finding, OldAboutRun, OldFold, OldOnRuns, Shape};
use crate::generate::{Family, Fixed};
use crate::number::Real;
use crate::reference::{Point, balance};

use super::assumptions::{StepRuleSoFar, assume_smooth_lipschitz, assume_unit_ball};
use super::gradient::shapes;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let slip = replay(include_str!("specs/SL-1.toml"));
    let smallest = Shape { widths: vec![2, 2, 1], examples: 2, steps: 2 };
    vec![
        Claim::identity(
            "JT19.pk-qk-norms",
            include_str!("text/pk-qk-norms.md"),
            OldOnRuns(SummedGradientNorms::default()),
            shapes(2),
        )
        .identity_control(
            "the sum of squares dropped: ‖P_k‖_F = tr P_k",
            OldOnRuns(SummedGradientNorms { without_squares: true }),
            smallest.clone(),
        ),
        Claim::identity(
            "JT19.balancedness-gd",
            include_str!("text/balancedness-gd.md"),
            OldOnRuns(Balancedness::default()),
            shapes(2),
        )
        .identity_control("+ Q_{k+1} in place of − Q_{k+1}", OldOnRuns(Balancedness { plus: true }), smallest),
        Claim::identity(
            "JT19.norm-balance-gd",
            include_str!("text/norm-balance-gd.md"),
            OldOnRuns(NormBalance::default()),
            shapes(2),
        )
        .identity_control(
            "the signs of tr P_k and tr Q_j as printed",
            OldOnRuns(NormBalance { printed: true }),
            Shape { widths: vec![1, 1, 1], examples: 1, steps: 1 },
        ),
        Claim::new(
            "JT19.SL-1",
            include_str!("text/SL-1.md"),
            OldOnRuns(NormBalance { printed: true }),
            Fixed::new("JT19.SL-1", vec![slip.clone()]),
        )
        .expected_refuted(Some("JT19.norm-balance-gd"))
        .control("the repaired signs", OldOnRuns(NormBalance::default()), slip),
        Claim::new(
            "JT19.norm-gap-gd",
            include_str!("text/norm-gap-gd.md"),
            OldOnRuns(NormGap::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "the step rule dropped: constant step 40",
            OldOnRuns(NormGap { any_step: true }),
            replay(include_str!("specs/SL-4.toml")),
        ),
    ]
}

/// `‖P_k‖_2 ≤ tr P_k` and `‖Q_k‖_2 ≤ tr Q_k = tr P_k`.
#[doc = include_str!("text/pk-qk-norms.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SummedGradientNorms {
    /// The control: the sum of squares is dropped.
    pub without_squares: bool,
}

impl OldAboutRun for SummedGradientNorms {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let with_squares = !self.without_squares;
        let mut sums = balance::SummedGradients::new(start.weights());
        // The columns (rows) of η_τ G_k(τ), of which P_k (Q_k) is the sum of a aᵀ.
        let mut columns: Vec<Vec<Vec<T>>> = vec![Vec::new(); start.weights().len()];
        let mut rows = columns.clone();
        Box::new(move |step, finding| {
            sums.add(step);
            for (k, slope) in step.before.gradient().iter().enumerate() {
                let scaled = slope.scaled(&step.eta);
                columns[k].extend((0..scaled.columns()).map(|j| scaled.column(j).cloned().collect()));
                rows[k].extend((0..scaled.rows()).map(|i| scaled.row(i).to_vec()));
                finding.equal("tr Q_k = tr P_k", &sums.q()[k].trace(), &sums.p()[k].trace()).layer(k + 1);
                for (label, sum, vectors) in [
                    ("(tr P_k)² − ‖P_k‖_F² is a sum of squares", &sums.p()[k], &columns[k]),
                    ("(tr Q_k)² − ‖Q_k‖_F² is a sum of squares", &sums.q()[k], &rows[k]),
                ] {
                    let excess = sum.trace().square() - sum.frobenius_squared();
                    let squares = if with_squares { minors_squared(vectors, &excess) } else { excess.constant(0) };
                    finding.equal_with_terms(label, &excess, &squares, &sum.trace().square()).layer(k + 1);
                }
            }
        })
    }
}

/// `Σ (a_i b_j − a_j b_i)²` over all ordered pairs of vectors `a`, `b` and all `i < j`: twice each pair of vectors, which makes
/// up for counting each pair of places once.
fn minors_squared<T: Real>(vectors: &[Vec<T>], like: &T) -> T {
    let mut sum = like.constant(0);
    for a in vectors {
        for b in vectors {
            for j in 0..a.len() {
                for i in 0..j {
                    let minor = a[i].clone() * &b[j] - a[j].clone() * &b[i];
                    sum.add_product(&minor, &minor);
                }
            }
        }
    }
    sum
}

/// `W_kW_kᵀ(t) − W_{k+1}ᵀW_{k+1}(t) = A_k + P_k(t) − Q_{k+1}(t)`.
#[doc = include_str!("text/balancedness-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Balancedness {
    /// The control: `+ Q_{k+1}`.
    pub plus: bool,
}

impl OldAboutRun for Balancedness {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let plus = self.plus;
        let initial = balance::imbalances(start.weights());
        let mut sums = balance::SummedGradients::new(start.weights());
        Box::new(move |step, finding| {
            sums.add(step);
            for (k, now) in balance::imbalances(step.after.weights()).iter().enumerate() {
                let expected = initial[k].clone().plus(&sums.p()[k]);
                let q = &sums.q()[k + 1];
                let expected = if plus { expected.plus(q) } else { expected.minus(q) };
                finding.equal_matrices("W_kW_kᵀ − W_{k+1}ᵀW_{k+1} = A_k + P_k − Q_{k+1}", now, &expected).layer(k + 1);
            }
        })
    }
}

/// `‖W_k(t)‖_F² − ‖W_j(t)‖_F² = ‖W_k(0)‖_F² − ‖W_j(0)‖_F² + tr P_k(t) − tr Q_j(t)`.
#[doc = include_str!("text/norm-balance-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormBalance {
    /// The signs of `tr P_k` and `tr Q_j` as printed.
    pub printed: bool,
}

impl OldAboutRun for NormBalance {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let printed = self.printed;
        let initial = balance::norms_squared(start.weights());
        let mut sums = balance::SummedGradients::new(start.weights());
        Box::new(move |step, finding| {
            sums.add(step);
            let now = step.after.norms_squared();
            for k in 1..now.len() {
                for j in 0..k {
                    let left = now[k].clone() - &now[j];
                    let added = sums.p()[k].trace() - sums.q()[j].trace();
                    let right = initial[k].clone() - &initial[j] + if printed { -added } else { added };
                    let largest = now[k].clone().max(&now[j]);
                    finding
                        .equal_with_terms("‖W_k‖_F² − ‖W_j‖_F² has changed by tr P_k − tr Q_j", &left, &right, &largest)
                        .layer(k + 1);
                }
            }
        })
    }
}

/// `|(‖W_k(t)‖_F² − ‖W_j(t)‖_F²) − (‖W_k(0)‖_F² − ‖W_j(0)‖_F²)| ≤ 2R_0`.
#[doc = include_str!("text/norm-gap-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormGap {
    /// The control: the step rule is not required.
    pub any_step: bool,
}

impl OldAboutRun for NormGap {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let required = !self.any_step;
        let initial = balance::norms_squared(start.weights());
        let bound = start.risk().clone().times(2);
        let mut rule = StepRuleSoFar::default();
        Box::new(move |step, finding| {
            assume_unit_ball(step.before.setting(), finding);
            assume_smooth_lipschitz(step.before.setting(), finding);
            if required {
                rule.assume(step, finding);
            }
            let change: Vec<T> =
                step.after.norms_squared().iter().zip(&initial).map(|(now, then)| now.clone() - then).collect();
            for k in 1..change.len() {
                for j in 0..k {
                    let drift = (change[k].clone() - &change[j]).abs();
                    finding.at_most("|change of ‖W_k‖_F² − ‖W_j‖_F²| ≤ 2R_0", &drift, &bound).layer(k + 1);
                }
            }
        })
    }
}
