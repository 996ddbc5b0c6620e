//! What gradient descent adds to the differences between adjacent layers, exactly, and how large it can become.

use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, Shape, assuming};
use crate::generate::Family;
use crate::number::{Real, Truth, dot};
use crate::problem::Matrix;
use crate::reference::{Point, Step, balance};

use super::assumptions::{StepRuleSoFar, assume_smooth_lipschitz, assume_unit_ball};
use super::gradient::shapes;
use super::replay;
use super::summed_gradients::SummedGradients;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let slip = replay(include_str!("specs/SL-1.toml"));
    let smallest = Shape::fully_connected(&[2, 2, 1]).with_examples(2).with_steps(2);
    vec![
        Claim::identity(
            "JT19.pk-qk-norms",
            include_str!("text/pk-qk-norms.md"),
            OnRuns(SummedGradientNorms::default()),
            shapes(2),
        )
        .identity_control(
            "the sum of squares dropped: ‖P_k‖_F = tr P_k",
            OnRuns(SummedGradientNorms { without_squares: true }),
            smallest.clone(),
        )
        .on_own_runs(OnRuns(GrowingGradientNorms)),
        Claim::identity(
            "JT19.balancedness-gd",
            include_str!("text/balancedness-gd.md"),
            OnRuns(Balancedness::default()),
            shapes(2),
        )
        .identity_control("+ Q_{k+1} in place of − Q_{k+1}", OnRuns(Balancedness { plus: true }), smallest),
        Claim::identity(
            "JT19.norm-balance-gd",
            include_str!("text/norm-balance-gd.md"),
            OnRuns(NormBalance::default()),
            shapes(2),
        )
        .identity_control(
            "the signs of tr P_k and tr Q_j as printed",
            OnRuns(NormBalance { printed: true }),
            Shape::fully_connected(&[1, 1, 1]).with_examples(1).with_steps(1),
        ),
        Claim::new("JT19.SL-1", include_str!("text/SL-1.md"), OnRuns(NormBalance { printed: true }), slip)
            .expected_refuted(Some("JT19.norm-balance-gd"))
            .control("the repaired signs", OnRuns(NormBalance::default()), slip),
        Claim::new(
            "JT19.norm-gap-gd",
            include_str!("text/norm-gap-gd.md"),
            OnRuns(NormGap::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "the step rule dropped: constant step 40",
            OnRuns(NormGap { any_step: true }),
            replay(include_str!("specs/SL-4.toml")),
        ),
    ]
}

/// The road of an equality between sums that nothing was added to.
pub(super) const AT_REST: &str = "the gradient is zero, and nothing moves";

/// Whether the gradient at `start` is exactly zero, so that descent stays there for ever.
pub(super) fn starts_at_rest<T: Real>(start: &Point<T>) -> bool {
    start.is_critical() == Truth::True
}

/// `‖P_k‖_2 ≤ tr P_k` and `‖Q_k‖_2 ≤ tr Q_k = tr P_k`, by the sum of squares over all pairs of columns and rows.
#[doc = include_str!("text/pk-qk-norms.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SummedGradientNorms {
    /// The control: the sum of squares is dropped.
    pub without_squares: bool,
}

impl AboutRun for SummedGradientNorms {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let with_squares = !self.without_squares;
        let mut sums = SummedGradients::new(start.weights());
        // The columns (rows) of η_τ G_k(τ), of which P_k (Q_k) is the sum of a aᵀ.
        let mut columns: Vec<Vec<Vec<T>>> = vec![Vec::new(); start.weights().len()];
        let mut rows = columns.clone();
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            for (k, slope) in step.before.gradient().iter().enumerate() {
                let scaled = slope.scaled(&step.eta);
                columns[k].extend(columns_of(&scaled));
                rows[k].extend(columns_of(&scaled.transposed()));
                finding.equal("tr Q_k = tr P_k", &sums.q()[k].trace(), &sums.p()[k].trace()).layer(k + 1);
                for (label, sum, vectors) in
                    [(P_IS_LONG, &sums.p()[k], &columns[k]), (Q_IS_LONG, &sums.q()[k], &rows[k])]
                {
                    let excess = sum.trace().square() - sum.frobenius_squared();
                    let squares = if with_squares { minors_squared(vectors, &excess) } else { excess.constant(0) };
                    finding.equal_with_terms(label, &excess, &squares, &sum.trace().square()).layer(k + 1);
                }
            }
        })
    }
}

const P_IS_LONG: &str = "(tr P_k)² − ‖P_k‖_F² is a sum of squares";
const Q_IS_LONG: &str = "(tr Q_k)² − ‖Q_k‖_F² is a sum of squares";

fn columns_of<T: Real>(matrix: &Matrix<T>) -> impl Iterator<Item = Vec<T>> {
    (0..matrix.columns()).map(|j| matrix.column(j).cloned().collect())
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

/// [`SummedGradientNorms`] along a run of any length: the sum over all pairs is kept as it grows.
#[doc = include_str!("text/pk-qk-norms.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct GrowingGradientNorms;

impl AboutRun for GrowingGradientNorms {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let at_rest = starts_at_rest(start);
        let mut sums = SummedGradients::new(start.weights());
        let mut squares: Vec<[Minors<T>; 2]> = start
            .weights()
            .iter()
            .map(|layer| [layer.rows(), layer.columns()].map(|size| Minors::none(size, &layer[(0, 0)])))
            .collect();
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            for (k, slope) in step.before.gradient().iter().enumerate() {
                let scaled = slope.scaled(&step.eta);
                let [of_p, of_q] = &mut squares[k];
                columns_of(&scaled).for_each(|column| of_p.add(&column));
                columns_of(&scaled.transposed()).for_each(|row| of_q.add(&row));
                finding
                    .equal("tr Q_k = tr P_k", &sums.q()[k].trace(), &sums.p()[k].trace())
                    .layer(k + 1)
                    .attained_if(at_rest, AT_REST);
                for (label, sum, minors) in [(P_IS_LONG, &sums.p()[k], &*of_p), (Q_IS_LONG, &sums.q()[k], &*of_q)] {
                    let whole = sum.trace().square();
                    let excess = whole.clone() - sum.frobenius_squared();
                    finding
                        .equal_with_terms(label, &excess, &minors.twice_squared, &whole)
                        .layer(k + 1)
                        .attained_if(at_rest, AT_REST);
                }
            }
        })
    }
}

/// `Σ (a_i b_j − a_j b_i)²` over all ordered pairs of the vectors so far and all `i < j`, without keeping them.
struct Minors<T> {
    /// `Σ a aᵀ`.
    gram: Matrix<T>,
    twice_squared: T,
}

impl<T: Real> Minors<T> {
    fn none(size: usize, like: &T) -> Self {
        Self { gram: Matrix::zeros(size, size, like.bits()), twice_squared: T::zero(like.bits()) }
    }

    /// One more vector `b`: with `M = Σ a aᵀ` the sum of `(a_i b_j − a_j b_i)²` over the others is `M_ii b_j² − 2M_ij b_i b_j + M_jj b_i²`.
    fn add(&mut self, b: &[T]) {
        let mut added = T::zero(self.twice_squared.bits());
        for j in 0..b.len() {
            for i in 0..j {
                added.add_product(&self.gram[(i, i)], &b[j].square());
                added.add_product(&self.gram[(j, j)], &b[i].square());
                added -= &(self.gram[(i, j)].clone() * &b[i] * &b[j]).times(2);
            }
        }
        self.twice_squared += &added.times(2);
        for i in 0..b.len() {
            for j in 0..b.len() {
                self.gram[(i, j)].add_product(&b[i], &b[j]);
            }
        }
    }
}

/// `W_kW_kᵀ(t) − W_{k+1}ᵀW_{k+1}(t) = A_k + P_k(t) − Q_{k+1}(t)`.
#[doc = include_str!("text/balancedness-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Balancedness {
    /// The control: `+ Q_{k+1}`.
    pub plus: bool,
}

impl AboutRun for Balancedness {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let plus = self.plus;
        let at_rest = starts_at_rest(start);
        let initial = balance::imbalances(start.weights());
        let initial_terms = terms_of_imbalances(start);
        let mut sums = SummedGradients::new(start.weights());
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            let terms = terms_of_imbalances(&step.after);
            for (k, now) in balance::imbalances(step.after.weights()).iter().enumerate() {
                let (p, q) = (&sums.p()[k], &sums.q()[k + 1]);
                let expected = initial[k].clone().plus(p);
                let expected = if plus { expected.plus(q) } else { expected.minus(q) };
                let largest = [largest_on_diagonal(p), largest_on_diagonal(q)]
                    .iter()
                    .fold(terms[k].clone().max(&initial_terms[k]), |largest, term| largest.max(term));
                finding
                    .equal_matrices_with_terms(
                        "W_kW_kᵀ − W_{k+1}ᵀW_{k+1} = A_k + P_k − Q_{k+1}",
                        now,
                        &expected,
                        &largest,
                    )
                    .layer(k + 1)
                    .attained_if(at_rest, AT_REST);
            }
        })
    }
}

/// The largest entry of `W_kW_kᵀ` and of `W_{k+1}ᵀW_{k+1}` for `1 ≤ k < L`: it stands on the diagonal, as in every matrix that is positive
/// semidefinite, and is a squared length of a row of `W_k` or a column of `W_{k+1}`.
fn terms_of_imbalances<T: Real>(point: &Point<T>) -> Vec<T> {
    let pairs = point.weights().windows(2);
    pairs.map(|pair| longest_row_squared(&pair[0]).max(&longest_row_squared(&pair[1].transposed()))).collect()
}

fn longest_row_squared<T: Real>(matrix: &Matrix<T>) -> T {
    let squares = (0..matrix.rows()).map(|i| dot(matrix.row(i), matrix.row(i)));
    squares.fold(T::zero(matrix.bits()), |largest, square| largest.max(&square))
}

fn largest_on_diagonal<T: Real>(matrix: &Matrix<T>) -> T {
    (0..matrix.rows()).fold(T::zero(matrix.bits()), |largest, i| largest.max(&matrix[(i, i)]))
}

/// `‖W_k(t)‖_F² − ‖W_j(t)‖_F² = ‖W_k(0)‖_F² − ‖W_j(0)‖_F² + tr P_k(t) − tr Q_j(t)`.
#[doc = include_str!("text/norm-balance-gd.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NormBalance {
    /// The signs of `tr P_k` and `tr Q_j` as printed.
    pub printed: bool,
}

impl AboutRun for NormBalance {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let printed = self.printed;
        let at_rest = !printed && starts_at_rest(start);
        let initial = balance::norms_squared(start.weights());
        let mut sums = SummedGradients::new(start.weights());
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            sums.add(step);
            let now = step.after.norms_squared();
            for k in 1..now.len() {
                for j in 0..k {
                    let left = now[k].clone() - &now[j];
                    let (p, q) = (sums.p()[k].trace(), sums.q()[j].trace());
                    let terms = [&now[j], &initial[k], &initial[j], &p, &q];
                    let largest = terms.iter().fold(now[k].clone(), |largest, term| largest.max(term));
                    let added = p - q;
                    let right = initial[k].clone() - &initial[j] + if printed { -added } else { added };
                    finding
                        .equal_with_terms("‖W_k‖_F² − ‖W_j‖_F² has changed by tr P_k − tr Q_j", &left, &right, &largest)
                        .layer(k + 1)
                        .attained_if(at_rest, AT_REST);
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

impl AboutRun for NormGap {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_unit_ball(start.setting(), given);
        assume_smooth_lipschitz(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let at_rest = starts_at_rest(start);
        let initial = balance::norms_squared(start.weights());
        let bound = start.risk().clone().times(2);
        let mut rule = (!self.any_step).then(StepRuleSoFar::default);
        Box::new(assuming(
            move |step: &Step<T>, given: &mut Hypotheses| {
                if let Some(rule) = &mut rule {
                    rule.assume(step, given);
                }
            },
            move |step: &Step<T>, finding: &mut Finding| {
                let change: Vec<T> =
                    step.after.norms_squared().iter().zip(&initial).map(|(now, then)| now.clone() - then).collect();
                for k in 1..change.len() {
                    for j in 0..k {
                        let drift = (change[k].clone() - &change[j]).abs();
                        finding
                            .at_most("|change of ‖W_k‖_F² − ‖W_j‖_F²| ≤ 2R_0", &drift, &bound)
                            .layer(k + 1)
                            .attained_if(at_rest, AT_REST);
                    }
                }
            },
        ))
    }
}
