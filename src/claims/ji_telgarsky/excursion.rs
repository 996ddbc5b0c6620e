//! The part of the first layer that is orthogonal to the maximum-margin direction: how it moves in a step, and how little it can
//! grow while Lemma 4 holds (proof of Theorem 4).

use crate::claims::{Claim, Finding, Hypothesis, OldAboutRun, OldFold, OldOnRuns, Shape};
use crate::generate::Family;
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::Matrix;
use crate::reference::max_margin::MaxMargin;
use crate::reference::{Point, Setting, Step};

use super::assumptions::{StepRuleSoFar, assume_separable, assume_smooth_lipschitz, assume_unit_ball};
use super::gradient::shapes;
use super::one_step::at_rest;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.eq38",
            include_str!("text/eq38.md"),
            OldOnRuns(OrthogonalStep::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "the term η_t²‖∂R/∂W_1‖_F² dropped",
            OldOnRuns(OrthogonalStep { first_order: true }),
            replay(include_str!("specs/eq38-first-order.toml")),
        ),
        Claim::identity(
            "JT19.eq38.equality",
            include_str!("text/eq38.equality.md"),
            OldOnRuns(FirstLayerStep::default()),
            shapes(1),
        )
        .identity_control(
            "the term η_t²‖∂R/∂W_1‖_F² dropped",
            OldOnRuns(FirstLayerStep { first_order: true }),
            Shape { widths: vec![1, 1], examples: 1, steps: 1 },
        ),
        Claim::new(
            "JT19.theorem4-excursion",
            include_str!("text/theorem4-excursion.md"),
            OldOnRuns(Excursion::default()),
            Family::SmoothnessRuns,
        )
        .control(
            "⟨Π⊥w, g⟩ ≥ 0 dropped",
            OldOnRuns(Excursion { any_sign: true }),
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
    /// The complement for the data of `setting`, whose maximum margin is `margin`; `None` without examples of classification.
    pub(super) fn new(setting: &Setting<T>, margin: &MaxMargin) -> Option<Self> {
        let z = setting.exact_signed_examples()?;
        let (point, square) = (margin.point(), margin.margin_squared());
        let projector = Matrix::from_fn(point.len(), point.len(), |i, j| {
            let along = rug::Rational::from(&point[i] * &point[j]) / square;
            if i == j { 1 - along } else { -along }
        });
        let examples = Matrix::from_fn(z.rows(), z.columns(), |i, j| {
            (0..z.columns()).map(|k| rug::Rational::from(&z[(i, k)] * &projector[(k, j)])).sum::<rug::Rational>()
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

impl OldAboutRun for OrthogonalStep {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let first_order = self.first_order;
        let setting = start.setting();
        let mut assumed = Finding::default();
        let complement = assume_separable(setting, &mut assumed).and_then(|margin| Complement::new(setting, margin));
        let mut now = complement.as_ref().map(|complement| complement.first_layer_squared(start));
        Box::new(move |step, finding| {
            finding.given_again(assumed.hypotheses());
            let (Some(complement), Some(now)) = (&complement, &mut now) else { return };
            let along = complement.along_gradient(&step.before);
            let slope = &step.before.gradient()[0];
            let mut right = now.clone() - &(along * &step.eta).times(2);
            if !first_order {
                right += &(step.eta.square() * &step.before.gradient_norms_squared()[0]);
            }
            let next = complement.first_layer_squared(&step.after);
            finding
                .at_most("‖Π⊥W_1(t+1)‖_F² ≤ ‖Π⊥W_1(t)‖_F² − 2η_t⟨Π⊥w, g⟩ + η_t²‖∂R/∂W_1‖_F²", &next, &right)
                .attained_if(is_zero(slope), "∂R/∂W_1 is zero, and W_1 does not move");
            *now = next;
        })
    }
}

/// `‖W_1(t+1)‖_F² = ‖W_1(t)‖_F² − 2η_t⟨w, g⟩ + η_t²‖∂R/∂W_1‖_F²`.
#[doc = include_str!("text/eq38.equality.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstLayerStep {
    /// The control: the term of second order in `η_t` is dropped.
    pub first_order: bool,
}

impl OldAboutRun for FirstLayerStep {
    fn begin<T: Real>(&self, _start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let first_order = self.first_order;
        Box::new(move |step, finding| {
            let (before, after) = (&step.before, &step.after);
            let along = before.end_to_end().inner(before.product_gradient());
            let mut right = before.norms_squared()[0].clone() - &(along * &step.eta).times(2);
            if !first_order {
                right += &(step.eta.square() * &before.gradient_norms_squared()[0]);
            }
            finding.equal(
                "‖W_1(t+1)‖_F² = ‖W_1(t)‖_F² − 2η_t⟨w, g⟩ + η_t²‖∂R/∂W_1‖_F²",
                &after.norms_squared()[0],
                &right,
            );
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

/// What the fold of [`Excursion`] remembers.
struct Path<T> {
    assumed: Vec<Hypothesis>,
    rule: StepRuleSoFar,
    complement: Complement<T>,
    /// `√(2R_0)`.
    reserve: T,
    /// `‖Π⊥W_1‖_F²` where the run is.
    orthogonal_squared: T,
    window: Option<Window<T>>,
    any_sign: bool,
}

impl OldAboutRun for Excursion {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let setting = start.setting();
        let mut assumed = Finding::default();
        assume_smooth_lipschitz(setting, &mut assumed);
        assume_unit_ball(setting, &mut assumed);
        let complement = assume_separable(setting, &mut assumed).and_then(|margin| Complement::new(setting, margin));
        let assumed = assumed.hypotheses().to_vec();
        let Some(complement) = complement else {
            return Box::new(move |_, finding| {
                finding.given_again(&assumed);
            });
        };
        let mut path = Path {
            assumed,
            rule: StepRuleSoFar::default(),
            reserve: start.risk().clone().times(2).sqrt_of_nonnegative(),
            orthogonal_squared: complement.first_layer_squared(start),
            complement,
            window: None,
            any_sign: self.any_sign,
        };
        Box::new(move |step, finding| path.follow(step, finding))
    }
}

impl<T: Real> Path<T> {
    fn follow(&mut self, step: &Step<T>, finding: &mut Finding) {
        finding.given_again(&self.assumed);
        self.rule.assume(step, finding);
        let next = self.complement.first_layer_squared(&step.after);
        let first_layer_moves = !is_zero(&step.before.gradient()[0]);
        let margins_are_nonnegative = step.before.margins().iter().all(is_nonnegative);
        self.grow(step, &next, margins_are_nonnegative, finding);
        if margins_are_nonnegative {
            let (norm_squared, next_squared) = (&step.before.norms_squared()[0], &step.after.norms_squared()[0]);
            finding
                .at_most("‖W_1(t)‖_F ≤ ‖W_1(t+1)‖_F where no margin is negative", norm_squared, next_squared)
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
                        &share(&next, next_squared),
                        &larger,
                    )
                    .layer(1)
                    .informative_if(informative);
            }
        }
        self.orthogonal_squared = next;
    }

    /// What holds from `t_a` on while `⟨Π⊥w, g⟩ ≥ 0`. A sign that is not decided ends the window: nothing is claimed over it.
    fn grow(&mut self, step: &Step<T>, next: &T, margins_are_nonnegative: bool, finding: &mut Finding) {
        let along = self.complement.along_gradient(&step.before);
        if !self.any_sign && !is_nonnegative(&along) {
            self.window = None;
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
            .at_most(
                "‖Π⊥W_1(t+1)‖_F² ≤ ‖Π⊥W_1(t)‖_F² + 2(R(W(t)) − R(W(t+1))) where ⟨Π⊥w, g⟩ ≥ 0",
                next,
                &(self.orthogonal_squared.clone() + &spent),
            )
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
        if !margins_are_nonnegative {
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

/// The root of a quotient of two squares.
fn share<T: Real>(part_squared: &T, whole_squared: &T) -> T {
    part_squared.clone().sqrt_of_nonnegative() / &whole_squared.clone().sqrt_of_nonnegative()
}

/// Whether a number is certainly not negative.
fn is_nonnegative<T: Real>(number: &T) -> bool {
    matches!(number.sign(), Sign::Positive | Sign::Zero)
}

fn is_zero<T: Real>(matrix: &Matrix<T>) -> bool {
    matrix.entries().iter().all(|entry| entry.sign() == Sign::Zero)
}
