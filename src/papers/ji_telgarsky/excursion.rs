//! The part of the first layer that is orthogonal to the maximum-margin direction: how it moves in a step, and how little it can
//! grow while Lemma 4 holds (proof of Theorem 4).

use rug::Rational;

use crate::algebra::exact::inner;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, Shape, assuming};
use crate::generate::Family;
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::Matrix;
use crate::reference::{Point, Setting, Step};

use super::assumptions::{StepRuleSoFar, assume_separable, assume_smooth_lipschitz, assume_unit_ball};
use super::balance::{AT_REST, starts_at_rest};
use super::gradient::shapes;
use super::one_step::at_rest;
use super::replay;
use super::separator::separator;
use super::symmetry::heights_balance;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.eq38",
            include_str!("text/eq38.md"),
            OnRuns(OrthogonalStep::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "the term η_t²‖∂R/∂W_1‖_F² dropped",
            OnRuns(OrthogonalStep { first_order: true }),
            replay(include_str!("specs/eq38-first-order.toml")),
        ),
        Claim::identity(
            "JT19.eq38.equality",
            include_str!("text/eq38.equality.md"),
            OnRuns(FirstLayerStep::default()),
            shapes(1),
        )
        .identity_control(
            "the term η_t²‖∂R/∂W_1‖_F² dropped",
            OnRuns(FirstLayerStep { first_order: true }),
            Shape::fully_connected(&[1, 1]).with_examples(1).with_steps(1),
        ),
        Claim::new(
            "JT19.theorem4-excursion",
            include_str!("text/theorem4-excursion.md"),
            OnRuns(Excursion::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "⟨Π⊥w, g⟩ ≥ 0 dropped",
            OnRuns(Excursion { any_sign: true }),
            replay(include_str!("specs/excursion-sign.toml")),
        ),
    ]
}

/// The orthogonal complement of the maximum-margin direction `ū`.
///
/// `ū` is irrational in general, but `Π⊥ = I − ppᵀ/‖p‖²` with the rational `p = γū` is rational, and so is `Π⊥z_i`: what is zero by
/// the data alone is zero here.
#[derive(Clone, Debug)]
pub(super) struct Complement<T> {
    projector: Matrix<T>,
    examples: Matrix<T>,
}

impl<T: Real> Complement<T> {
    /// The complement for the data of `setting`; `None` if they are not separable.
    pub(super) fn new(setting: &Setting<T>) -> Option<Self> {
        let (z, margin) = (setting.exact_signed_examples()?, separator(setting)?);
        let (point, square) = (margin.point(), margin.margin_squared());
        let projector = Matrix::from_fn(point.len(), point.len(), |i, j| {
            let along = Rational::from(&point[i] * &point[j]) / square;
            if i == j { 1 - along } else { -along }
        });
        let examples = Matrix::from_fn(z.rows(), z.columns(), |i, j| {
            (0..z.columns()).map(|k| Rational::from(&z[(i, k)] * &projector[(k, j)])).sum::<Rational>()
        });
        let bits = setting.bits();
        Some(Self {
            projector: Matrix::from_rationals(&projector, bits),
            examples: Matrix::from_rationals(&examples, bits),
        })
    }

    /// `‖Π⊥W_1‖_F²`, the rows of `W_1` being projected.
    pub(super) fn first_layer_squared(&self, point: &Point<T>) -> T {
        point.weights()[0].times(&self.projector).frobenius_squared()
    }

    /// `⟨Π⊥w, g⟩ = (1/n) Σ ℓ′(m_i)⟨w, Π⊥z_i⟩`.
    pub(super) fn along_gradient(&self, point: &Point<T>) -> T {
        let w = point.end_to_end();
        let mut sum = point.constant(0);
        for (i, slope) in point.slopes().iter().enumerate() {
            sum.add_product(slope, &dot(w.row(0), self.examples.row(i)));
        }
        sum * point.setting().normaliser()
    }
}

/// `‖Π⊥W_1(t+1)‖_F² ≤ ‖Π⊥W_1(t)‖_F² − 2η_t⟨Π⊥w, g⟩ + η_t²‖∂R/∂W_1‖_F²`.
#[doc = include_str!("text/eq38.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct OrthogonalStep {
    /// The control: the term of second order in `η_t` is dropped.
    pub first_order: bool,
}

impl AboutRun for OrthogonalStep {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        assume_separable(start.setting(), given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let label = "‖Π⊥W_1(t+1)‖_F² ≤ ‖Π⊥W_1(t)‖_F² − 2η_t⟨Π⊥w, g⟩ + η_t²‖∂R/∂W_1‖_F²";
        let first_order = self.first_order;
        let Some(complement) = Complement::new(start.setting()) else { return Box::new(WithoutMargin(label)) };
        let mut now = complement.first_layer_squared(start);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            let along = complement.along_gradient(&step.before);
            let slope = &step.before.gradient()[0];
            let mut right = now.clone() - &(along * &step.eta).times(2);
            if !first_order {
                right += &(step.eta.square() * &step.before.gradient_norms_squared()[0]);
            }
            let next = complement.first_layer_squared(&step.after);
            finding.at_most(label, &next, &right).attained_if(is_zero(slope), "∂R/∂W_1 is zero, and W_1 does not move");
            now = next;
        })
    }
}

/// What is said of data without a maximum-margin direction: nothing is known of what is orthogonal to it.
struct WithoutMargin(&'static str);

impl<T: Real> Fold<T> for WithoutMargin {
    fn conclude(&mut self, _step: &Step<T>, finding: &mut Finding) {
        finding.asserted(self.0, Truth::Open);
    }
}

/// `‖W_1(t+1)‖_F² = ‖W_1(t)‖_F² − 2η_t⟨w, g⟩ + η_t²‖∂R/∂W_1‖_F²`.
#[doc = include_str!("text/eq38.equality.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstLayerStep {
    /// The control: the term of second order in `η_t` is dropped.
    pub first_order: bool,
}

impl AboutRun for FirstLayerStep {
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let first_order = self.first_order;
        let at_rest = starts_at_rest(start);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            let (before, after) = (&step.before, &step.after);
            let along = (before.end_to_end().inner(before.product_gradient()) * &step.eta).times(2);
            let second = step.eta.square() * &before.gradient_norms_squared()[0];
            let norm = &before.norms_squared()[0];
            let largest = norm.clone().max(&second).max(&along.clone().abs());
            let mut right = norm.clone() - &along;
            if !first_order {
                right += &second;
            }
            finding
                .equal_with_terms(
                    "‖W_1(t+1)‖_F² = ‖W_1(t)‖_F² − 2η_t⟨w, g⟩ + η_t²‖∂R/∂W_1‖_F²",
                    &after.norms_squared()[0],
                    &right,
                    &largest,
                )
                .attained_if(at_rest && !first_order, AT_REST);
        })
    }
}

/// While `⟨Π⊥w, g⟩ ≥ 0`, `‖Π⊥W_1‖_F²` grows by at most twice what the risk falls.
#[doc = include_str!("text/theorem4-excursion.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Excursion {
    /// The control: the sign of `⟨Π⊥w, g⟩` does not matter.
    pub any_sign: bool,
}

/// The start `t_a` of a time over which `⟨Π⊥w, g⟩ ≥ 0`.
struct Window<T> {
    /// `‖Π⊥W_1(t_a)‖_F²`.
    orthogonal_squared: T,
    /// `R(W(t_a))`.
    risk: T,
    /// `(‖Π⊥W_1(t_a)‖_F + √(2R_0))/‖W_1(t_a)‖_F`, as long as no margin has been negative since; `None` also if `W_1(t_a)` may be zero.
    share: Option<T>,
}

const GROWS: &str = "‖Π⊥W_1(t+1)‖_F² ≤ ‖Π⊥W_1(t)‖_F² + 2(R(W(t)) − R(W(t+1))) where ⟨Π⊥w, g⟩ ≥ 0";
const RISES: &str = "‖W_1(t)‖_F ≤ ‖W_1(t+1)‖_F where no margin is negative";

/// What the fold of [`Excursion`] remembers.
struct Path<T> {
    /// Whether `w` is a multiple of `ū` for ever, so that `⟨Π⊥w, g⟩ = 0`.
    on_ray: bool,
    complement: Complement<T>,
    /// `√(2R_0)`.
    reserve: T,
    /// `‖Π⊥W_1‖_F²` where the run is.
    orthogonal_squared: T,
    window: Option<Window<T>>,
    any_sign: bool,
}

impl AboutRun for Excursion {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let setting = start.setting();
        assume_smooth_lipschitz(setting, given);
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let Some(complement) = Complement::new(start.setting()) else {
            return Box::new(WithoutMargin("‖Π⊥W_1‖_F² grows by at most 2(R(W(t_a)) − R(W(t_b)))"));
        };
        let mut path = Path {
            on_ray: stays_on_ray(start),
            reserve: start.risk().clone().times(2).sqrt_of_nonnegative(),
            orthogonal_squared: complement.first_layer_squared(start),
            complement,
            window: None,
            any_sign: self.any_sign,
        };
        let mut rule = StepRuleSoFar::default();
        Box::new(assuming(
            move |step: &Step<T>, given: &mut Hypotheses| rule.assume(step, given),
            move |step: &Step<T>, finding: &mut Finding| path.follow(step, finding),
        ))
    }
}

impl<T: Real> Path<T> {
    fn follow(&mut self, step: &Step<T>, finding: &mut Finding) {
        let next = self.complement.first_layer_squared(&step.after);
        let first_layer_moves = !is_zero(&step.before.gradient()[0]);
        let margins_are_nonnegative = no_margin_is_negative(&step.before);
        self.grow(step, &next, margins_are_nonnegative, finding);
        finding.implied(
            |given| _ = given.that("no margin is negative", margins_are_nonnegative),
            |finding| self.rise(step, &next, first_layer_moves, finding),
        );
        self.orthogonal_squared = next;
    }

    /// Where no margin is negative `W_1` grows, and little of that across `ū`.
    fn rise(&self, step: &Step<T>, next: &T, first_layer_moves: bool, finding: &mut Finding) {
        let (norm_squared, next_squared) = (&step.before.norms_squared()[0], &step.after.norms_squared()[0]);
        finding
            .at_most(RISES, norm_squared, next_squared)
            .layer(1)
            .attained_if(!first_layer_moves, "∂R/∂W_1 is zero, and W_1 does not move");
        if norm_squared.sign() == Sign::Positive {
            let norm = norm_squared.clone().sqrt();
            let one = step.before.constant(1);
            let larger = (self.orthogonal_squared.clone().sqrt_of_nonnegative() + &one) / &norm;
            let informative = larger.below(&one);
            finding
                .at_most(
                    "‖Π⊥W_1(t+1)‖_F/‖W_1(t+1)‖_F ≤ (‖Π⊥W_1(t)‖_F + 1)/‖W_1(t)‖_F where no margin is negative",
                    &share(next, next_squared),
                    &larger,
                )
                .layer(1)
                .informative_if(informative);
        }
    }

    /// What holds from `t_a` on while `⟨Π⊥w, g⟩ ≥ 0`. A sign that is not decided ends the window: nothing is claimed over it.
    fn grow(&mut self, step: &Step<T>, next: &T, margins_are_nonnegative: Truth, finding: &mut Finding) {
        let along = self.complement.along_gradient(&step.before);
        let holds =
            if self.any_sign || self.on_ray || is_on_ray(&step.before) { Truth::True } else { is_nonnegative(&along) };
        if holds != Truth::True {
            self.window = None;
            match holds {
                Truth::Open => finding.asserted(GROWS, Truth::Open).layer(1),
                _ => finding.asserted("⟨Π⊥w, g⟩ < 0", true).layer(1).informative_if(Truth::False),
            };
            return;
        }
        let informative = Truth::from(self.any_sign || along.sign() == Sign::Positive);
        let norm_squared = &step.before.norms_squared()[0];
        let window = self.window.get_or_insert_with(|| Window {
            orthogonal_squared: self.orthogonal_squared.clone(),
            risk: step.before.risk().clone(),
            share: (norm_squared.sign() == Sign::Positive).then(|| {
                let orthogonal = self.orthogonal_squared.clone().sqrt_of_nonnegative();
                (orthogonal + &self.reserve) / &norm_squared.clone().sqrt()
            }),
        });
        let at_rest = at_rest(step);
        let spent = (step.before.risk().clone() - step.after.risk()).times(2);
        finding
            .at_most(GROWS, next, &(self.orthogonal_squared.clone() + &spent))
            .layer(1)
            .informative_if(informative)
            .attained_if(at_rest, "the gradient is zero, and nothing moves");
        let spent = (window.risk.clone() - step.after.risk()).times(2);
        finding
            .at_most(
                "‖Π⊥W_1(t_b)‖_F² ≤ ‖Π⊥W_1(t_a)‖_F² + 2(R(W(t_a)) − R(W(t_b))) while ⟨Π⊥w, g⟩ ≥ 0",
                next,
                &(window.orthogonal_squared.clone() + &spent),
            )
            .layer(1)
            .informative_if(informative)
            .attained_if(at_rest, "the gradient is zero, and nothing moves");
        if margins_are_nonnegative != Truth::True {
            window.share = None;
        }
        if let Some(largest) = &window.share {
            let informative = largest.below(&step.before.constant(1));
            finding
                .at_most(
                    "‖Π⊥W_1(t_b)‖_F/‖W_1(t_b)‖_F ≤ (‖Π⊥W_1(t_a)‖_F + √(2R_0))/‖W_1(t_a)‖_F while ⟨Π⊥w, g⟩ ≥ 0 and no \
                     margin is negative",
                    &share(next, &step.after.norms_squared()[0]),
                    largest,
                )
                .layer(1)
                .informative_if(informative);
        }
    }
}

/// Whether no margin is negative, decided exactly where the weights are exact: some may be zero.
fn no_margin_is_negative<T: Real>(point: &Point<T>) -> Truth {
    let enclosed = point.margins().iter().map(is_nonnegative).fold(Truth::True, Truth::and);
    match (enclosed, point.exact_end_to_end(), point.setting().exact_signed_examples()) {
        (Truth::Open, Some(w), Some(z)) => Truth::from((0..z.rows()).all(|i| inner(w.row(0), z.row(i)) >= 0)),
        (truth, ..) => truth,
    }
}

/// Whether `w` is certainly a multiple of `ū`, where the weights are exact: equality in the inequality of Cauchy and Schwarz.
fn is_on_ray<T: Real>(point: &Point<T>) -> bool {
    let (Some(w), Some(margin)) = (point.exact_end_to_end(), separator(point.setting())) else { return false };
    let (w, p) = (w.row(0), margin.point());
    inner(w, p).square() == inner(w, w) * margin.margin_squared()
}

/// Whether `w` is a multiple of `ū` at the start and ever after, decided exactly.
///
/// Where `w` is one and the examples of every height sum to a multiple of `ū`, `g` is a multiple of `ū`, and a step leaves `M = W_1Π⊥` as it is. If
/// `W_2M = 0` and `(W_1ū)ᵀM = 0`, then `W_L⋯W_2M = 0`, so that `w` is one; and both are kept, since `W_2` changes by a multiple of `b(W_1ū)ᵀ` for some `b`,
/// and `W_1ū` by one of `(W_L⋯W_2)ᵀ`.
fn stays_on_ray<T: Real>(start: &Point<T>) -> bool {
    let (setting, Some(weights)) = (start.setting(), start.exact_weights()) else { return false };
    let (Some(z), Some(margin)) = (setting.exact_signed_examples(), separator(setting)) else { return false };
    let (p, first) = (margin.point(), &weights[0]);
    if !heights_balance(&z, p) {
        return false;
    }
    let heights: Vec<Rational> = (0..first.rows()).map(|i| inner(first.row(i), p)).collect();
    let across = Matrix::from_fn(first.rows(), first.columns(), |i, j| {
        &first[(i, j)] - Rational::from(&heights[i] * &p[j]) / margin.margin_squared()
    });
    let columns: Vec<Vec<Rational>> = (0..across.columns()).map(|j| across.column(j).cloned().collect()).collect();
    let is_orthogonal = |row: &[Rational]| columns.iter().all(|column| inner(row, column).is_zero());
    match weights.get(1) {
        None => across.entries().iter().all(Rational::is_zero),
        Some(second) => is_orthogonal(&heights) && (0..second.rows()).all(|i| is_orthogonal(second.row(i))),
    }
}

/// The root of a quotient of two squares.
fn share<T: Real>(part_squared: &T, whole_squared: &T) -> T {
    part_squared.clone().sqrt_of_nonnegative() / &whole_squared.clone().sqrt_of_nonnegative()
}

fn is_nonnegative<T: Real>(number: &T) -> Truth {
    match number.sign() {
        Sign::Positive | Sign::Zero => Truth::True,
        Sign::Negative => Truth::False,
        Sign::Open => Truth::Open,
    }
}

fn is_zero<T: Real>(matrix: &Matrix<T>) -> bool {
    matrix.entries().iter().all(|entry| entry.sign() == Sign::Zero)
}
