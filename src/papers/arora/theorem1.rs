//! The deficiency margin, the imbalance, and the hypotheses and the constants of Theorem 1: what most statements of the paper share.
//!
//! The margin taken is the largest there is, `c = σ_min(Φ) − ‖W(0) − Φ‖_F`: with it the hypotheses are weakest and the conclusions
//! strongest. Whether it is positive is decided exactly, from the rationals of the problem; so are the other hypotheses at equality,
//! where enclosures cannot tell.

use std::cmp::Ordering;
use std::sync::Arc;

use rug::ops::Pow;
use rug::{Integer, Rational};

use super::end_to_end::end_to_end_spectrum;
use super::exact_constants::{ExactConstants, exact_imbalance_squared};
use crate::algebra::elimination::rank;
use crate::algebra::exact::{inner, norm_squared, sum};
use crate::algebra::inertia::Inertia;
use crate::claims::Hypotheses;
use crate::number::{Exact, Real, Sign, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Setting, Step, balance};

/// `σ_min(W)^{2(N−1)/N}` for the end-to-end matrix of a point of depth `N`.
#[must_use]
pub fn least_power<T: Real>(point: &Point<T>) -> T {
    let depth = depth(point.weights());
    end_to_end_spectrum(point).least_squared().rational_power(depth - 1, depth)
}

/// The depth `N`.
#[must_use]
pub fn depth<T>(weights: &[Matrix<T>]) -> u32 {
    // Exact: no network has more layers than that.
    weights.len() as u32
}

/// `D_j = W_{j+1}ᵀW_{j+1} − W_jW_jᵀ`, `d_j × d_j`, for `1 ≤ j < N` (Definition 1).
#[must_use]
pub fn imbalances<T: Real>(weights: &[Matrix<T>]) -> Vec<Matrix<T>> {
    balance::imbalances(weights).iter().map(|matrix| matrix.map(|entry| -entry.clone())).collect()
}

/// `max_j ‖D_j‖_F²`; zero of a single layer.
///
/// # Panics
///
/// If there is no layer at all.
#[must_use]
pub fn imbalance_squared<T: Real>(weights: &[Matrix<T>]) -> T {
    let zero = weights[0][(0, 0)].constant(0);
    balance::imbalances(weights).iter().map(Matrix::frobenius_squared).fold(zero, |largest, square| {
        // The hull of a maximum with zero would lose the sign of a square.
        if largest.sign() == Sign::Zero { square } else { largest.max(&square) }
    })
}

/// Why both sides are equal where [`starts_at_target`].
pub const AT_TARGET: &str = "W(0) = Φ, exactly: nothing moves";

/// Whether a run starts at the target, exactly: then the gradient is zero and nothing moves.
#[must_use]
pub fn starts_at_target<T: Real>(start: &Point<T>) -> bool {
    start.exact_end_to_end().zip(exact_target(start.setting())).is_some_and(|(w, target)| w == *target)
}

/// Whether the weights are 0-balanced: exactly where they are exact.
#[must_use]
pub fn is_balanced<T: Real>(point: &Point<T>) -> Truth {
    match exact_start(point) {
        Some(exact) => imbalance_squared(exact.weights()).equals(&exact.constant(0)),
        None => imbalance_squared(point.weights()).equals(&point.constant(0)),
    }
}

/// The exact target `Φ` of the problem; `None` with examples.
#[must_use]
pub fn exact_target<T: Real>(setting: &Setting<T>) -> Option<&Matrix<Rational>> {
    setting.problem().target()
}

/// Whether there is a deficiency margin `c > 0` (Definition 2): `‖W − Φ‖_F < σ_min(Φ)`, decided exactly. With `A` the smaller of
/// `ΦΦᵀ` and `ΦᵀΦ` it says that `A − ‖W − Φ‖_F² I` is positive definite.
///
/// ```
/// use gradient_witness::papers::arora::theorem1::has_margin;
/// use gradient_witness::problem::Matrix;
/// let row = |entries: [i32; 2]| Matrix::row_vector(entries.map(rug::Rational::from).to_vec());
/// assert!(has_margin(&row([2, 3]), &row([3, 4])));
/// assert!(!has_margin(&row([0, 0]), &row([3, 4])));
/// ```
#[must_use]
pub fn has_margin(w: &Matrix<Rational>, target: &Matrix<Rational>) -> bool {
    compare_least_square(target, &distance_squared(w, target)).is_gt()
}

/// `‖A − B‖_F²`, exact, of two matrices of one shape.
#[must_use]
pub fn distance_squared(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Rational {
    norm_squared(sum(a, &Rational::from(-1), b).entries())
}

/// How `σ_min(A)²` compares with a number, decided exactly by the inertia of the smaller of `AAᵀ` and `AᵀA`, shifted by that number.
///
/// ```
/// use gradient_witness::papers::arora::theorem1::compare_least_square;
/// use gradient_witness::problem::Matrix;
/// use std::cmp::Ordering;
/// let row = Matrix::row_vector([3, 4].map(rug::Rational::from).to_vec());
/// assert_eq!(compare_least_square(&row, &25.into()), Ordering::Equal);
/// assert_eq!(compare_least_square(&row, &24.into()), Ordering::Greater);
/// ```
#[must_use]
pub fn compare_least_square(matrix: &Matrix<Rational>, bound: &Rational) -> Ordering {
    let short = if matrix.rows() <= matrix.columns() { matrix.clone() } else { matrix.transposed() };
    let inertia = Inertia::of(&Matrix::from_fn(short.rows(), short.rows(), |i, j| {
        let inner = inner(short.row(i), short.row(j));
        if i == j { inner - bound } else { inner }
    }));
    // The zeros of the smaller side are singular values; those of the larger side would be forced by the shape.
    match (inertia.negative, inertia.zero) {
        (0, 0) => Ordering::Greater,
        (0, _) => Ordering::Equal,
        _ => Ordering::Less,
    }
}

/// Whether a point has a deficiency margin: exactly where its weights are exact, else in its own arithmetic; false without a
/// target, and wherever the target or the widths exclude one.
#[must_use]
pub fn margin_exists<T: Real>(point: &Point<T>) -> Truth {
    let Some(target) = exact_target(point.setting()) else { return Truth::False };
    match point.exact_end_to_end() {
        Some(w) => Truth::from(has_margin(&w, target)),
        None => point
            .constant(0)
            .below(&margin(point, &Matrix::from_rationals(target, point.setting().bits())))
            .or_else(|| {
                let possible = !has_bottleneck(point) && rank(target) == target.rows().min(target.columns());
                if possible { Truth::Open } else { Truth::False }
            }),
    }
}

/// States as a hypothesis that a point has a deficiency margin.
pub fn assume_margin<T: Real>(point: &Point<T>, label: &'static str, given: &mut Hypotheses) {
    match point.setting().target() {
        None => given.that(label, false),
        Some(target) => {
            let distance = point.end_to_end().clone().minus(target).frobenius();
            given.between(label, margin_exists(point), &distance, &point.spectrum_of(target).least())
        }
    };
}

/// The largest deficiency margin, `σ_min(Φ) − ‖W − Φ‖_F`; a margin only if it is positive.
#[must_use]
pub fn margin<T: Real>(point: &Point<T>, target: &Matrix<T>) -> T {
    point.spectrum_of(target).least() - point.end_to_end().clone().minus(target).frobenius()
}

/// Whether a hidden width is below both ends, so that `W_{1:N}` has not full rank whatever the weights are.
#[must_use]
pub fn has_bottleneck<T: Real>(point: &Point<T>) -> bool {
    let ends = point.end_to_end().rows().min(point.end_to_end().columns());
    point.weights()[1..].iter().any(|layer| layer.columns() < ends)
}

/// States `c > 0` for the square of `c = min{σ_min(W), σ_min(Φ)}`. A rank that the widths or the target exclude is named first: balls
/// cannot tell a singular value from zero. So is the rank of `W`, where its weights are exact.
pub fn assume_least_values<T: Real>(point: &Point<T>, given: &mut Hypotheses) {
    let Some(target) = exact_target(point.setting()) else { return };
    let size = target.rows().min(target.columns());
    let (full, wide) = (rank(target) == size, !has_bottleneck(point));
    given.that("the target Φ has full rank min{d_0, d_N}, or else σ_min(Φ) = 0", full);
    given.that("min{d_1, …, d_{N−1}} ≥ min{d_0, d_N}, or else σ_min(W) = 0", wide);
    let (zero, square) = (point.constant(0), least_values_squared(point));
    let truth = zero.below(&square).or_else(|| match point.exact_end_to_end() {
        _ if !(full && wide) => Truth::False,
        Some(w) => Truth::from(rank(&w) == size),
        None => Truth::Open,
    });
    given.between("c = min{σ_min(W), σ_min(Φ)} > 0", truth, &zero, &square);
}

/// The square of `c = min{σ_min(W), σ_min(Φ)}`; undefined without a target.
#[must_use]
pub fn least_values_squared<T: Real>(point: &Point<T>) -> T {
    match point.setting().target() {
        Some(target) => end_to_end_spectrum(point).least_squared().min(&point.spectrum_of(target).least_squared()),
        None => point.constant(0).undefined(),
    }
}

/// `factor · N^power`, exact.
#[must_use]
pub fn multiple_of_power(factor: u32, depth: u32, power: u32) -> Rational {
    Rational::from(Integer::from(depth).pow(power) * factor)
}

/// The constants of Theorem 1.
#[derive(Clone, Debug)]
pub struct Theorem1<T> {
    /// The depth `N`.
    pub depth: u32,
    /// The margin `c`.
    pub margin: T,
    /// `f = ‖Φ‖_F`.
    pub norm: T,
    /// `δ*(c) = c²/(256 N³ f^{2(N−1)/N})`.
    pub delta: T,
    /// `η*(c) = c^{(4N−2)/N}/(6144 N³ f^{(6N−4)/N})`.
    pub eta: T,
}

impl<T: Real> Theorem1<T> {
    /// The constants for the depth `N`, a margin `c` and `f = ‖Φ‖_F`. They mean something only if both are positive.
    #[must_use]
    pub fn with_margin(depth: u32, margin: T, norm: T) -> Self {
        let delta = margin.square() / rate_power(&norm, depth).times(multiple_of_power(256, depth, 3));
        // c^{(4N−2)/N} = c² · c^a and f^{(6N−4)/N} = f² · f^{2a} with a = 2(N−1)/N: no exponent grows beyond 2N.
        let eta = margin.square() * &rate_power(&margin, depth)
            / (norm.square() * &rate_power(&norm, depth).square()).times(multiple_of_power(6144, depth, 3));
        Self { depth, margin, norm, delta, eta }
    }

    /// `c^{2(N−1)/N}`.
    #[must_use]
    pub fn rate(&self) -> T {
        rate_power(&self.margin, self.depth)
    }

    /// `(κf)^{2(N−1)/N}`.
    #[must_use]
    pub fn norm_power(&self, factor: u32) -> T {
        rate_power(&self.norm.clone().times(factor), self.depth)
    }
}

/// `x^{2(N−1)/N}` for `x ≥ 0`; undefined without a layer.
#[must_use]
pub fn rate_power<T: Real>(x: &T, depth: u32) -> T {
    let numerator = depth.checked_sub(1).and_then(|less| less.checked_mul(2));
    numerator.map_or_else(|| x.undefined(), |numerator| x.rational_power(numerator, depth))
}

/// What a control does without of what Theorem 1 assumes of a run; nothing of the theorem itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// P1 is not required: there may be no deficiency margin, and this fraction stands for `c`.
    pub margin: Option<(i32, i32)>,
    /// P2 is not required: the start may be unbalanced.
    pub balance: bool,
    /// P3 is not required: the step may be large.
    pub step: bool,
}

impl Dropped {
    /// The constants for the largest deficiency margin of a start, or for the number that stands for it; undefined without a target.
    /// They mean something only if that margin is positive.
    #[must_use]
    pub fn constants<T: Real>(self, start: &Point<T>) -> Theorem1<T> {
        let depth = depth(start.weights());
        let Some(target) = start.setting().target() else {
            let nothing = start.constant(0).undefined();
            return Theorem1::with_margin(depth, nothing.clone(), nothing);
        };
        let margin = match self.margin {
            None => margin(start, target),
            Some(margin) => start.constant(margin),
        };
        Theorem1::with_margin(depth, margin, target.frobenius())
    }

    /// States P1 and P2, which Theorem 1 assumes of the start.
    pub fn assume<T: Real>(self, start: &Point<T>, given: &mut Hypotheses) {
        let Some(target) = exact_target(start.setting()) else { return };
        if self.margin.is_none() {
            let full = rank(target) == target.rows().min(target.columns());
            given.that("the target Φ has full rank min{d_0, d_N}, or else there is no margin", full);
            assume_margin(start, "P1: a deficiency margin c > 0, ‖W(0) − Φ‖_F < σ_min(Φ)", given);
        }
        if !self.balance {
            let limit = self.constants(start).delta.square();
            let imbalance = imbalance_squared(start.weights());
            let truth = imbalance.at_most(&limit).or_else(|| {
                let Some(exact) = exact_start(start) else { return Truth::Open };
                let square = exact_imbalance_squared(&exact);
                // Balanced starts need no margin to be known.
                if square == 0 {
                    return Truth::True;
                }
                ExactConstants::of(&exact, self.margin)
                    .map_or(Truth::Open, |constants| constants.allow_imbalance(&square))
            });
            given.between("P2: the imbalance of the start is at most δ*(c)", truth, &imbalance, &limit);
        }
    }

    /// States P3, which Theorem 1 assumes of each step of the run that begins at `start`.
    pub fn step_sizes<T: Real>(self, start: &Point<T>) -> impl FnMut(&Step<T>, &mut Hypotheses) + Send + use<T> {
        let largest = self.constants(start).eta;
        let start = exact_start(start);
        let mut exact: Option<Option<ExactConstants>> = None;
        // Sums over the steps so far rest on all of them.
        let mut so_far = Truth::True;
        move |step, given| {
            if self.step {
                return;
            }
            let truth = step.eta.at_most(&largest).or_else(|| {
                let of_start = || ExactConstants::of(start.as_ref()?, self.margin);
                let constants = exact.get_or_insert_with(of_start).as_ref();
                constants.map_or(Truth::Open, |constants| constants.allow_step(&step.exact_eta))
            });
            so_far = so_far.and(truth);
            given.lasting_between("P3: η ≤ η*(c)", so_far, &step.eta, &largest);
        }
    }
}

/// The point over the rationals, if its weights are rational: what is said of a start alone can be decided there, whatever the
/// arithmetic of the run.
#[must_use]
pub fn exact_start<T: Real>(start: &Point<T>) -> Option<Point<Exact>> {
    let weights = start.exact_weights()?.to_vec();
    let setting = Setting::new(Arc::new(start.setting().problem().clone()), start.setting().bits());
    Some(Point::from_rationals(Arc::new(setting), weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[i32]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect())
            .expect("rows of one length")
    }

    #[test]
    fn the_least_singular_value_is_compared_exactly() {
        let compare = |rows: &[&[i32]], bound: Rational| compare_least_square(&matrix(rows), &bound);
        // σ = 3·√5 and √5.
        let tiny = Rational::from((1, 1_000_000));
        assert_eq!(compare(&[&[3, 0], &[4, 5]], Rational::from(5) - &tiny), Ordering::Greater);
        assert_eq!(compare(&[&[3, 0], &[4, 5]], Rational::from(5)), Ordering::Equal);
        assert_eq!(compare(&[&[3, 0], &[4, 5]], Rational::from(5) + &tiny), Ordering::Less);
        // Zeros forced by the shape do not count.
        assert_eq!(compare(&[&[3, 0, 0], &[0, 2, 0]], Rational::from(3)), Ordering::Greater);
        assert_eq!(compare(&[&[3, 0], &[0, 2], &[0, 0]], Rational::from(4)), Ordering::Equal);
        assert_eq!(compare(&[&[1, 1], &[1, 1]], Rational::new()), Ordering::Equal);
        assert_eq!(compare(&[&[0, 0], &[0, 0]], Rational::new()), Ordering::Equal);
        // Indefinite, with a positive first pivot, and with no positive diagonal entry.
        assert_eq!(compare(&[&[5, 0], &[0, 1]], Rational::from(2)), Ordering::Less);
        assert_eq!(compare(&[&[1, 1], &[1, 1]], Rational::from(1)), Ordering::Less);
        assert_eq!(compare(&[&[1, 0, 0], &[0, 2, 0], &[0, 0, 2]], Rational::from(1)), Ordering::Equal);
    }

    #[test]
    fn a_margin_needs_the_distance_below_the_least_singular_value() {
        let target = matrix(&[&[2, 0, 0], &[0, 1, 0]]);
        assert!(has_margin(&target, &target));
        assert!(!has_margin(&matrix(&[&[2, 0, 0], &[0, 0, 0]]), &target));
        assert!(has_margin(&matrix(&[&[2, 0, 0], &[0, 2, 0]]).map(|entry| entry * Rational::from((99, 100))), &target));
    }
}
