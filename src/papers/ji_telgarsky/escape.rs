//! With one constant step size descent leaves the ball for which the step was chosen, and by when (Lemma 6).

use rug::ops::Pow;
use rug::{Integer, Rational};

use crate::algebra::exact::inner;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::problem::StepRule;
use crate::reference::{Point, Setting, Step, descent};

use super::assumptions::{
    assume_decreasing_loss, assume_good_start, assume_separable, assume_smooth_lipschitz, assume_unit_ball,
};
use super::energy::{GradientFloorConstant, margin_or_undefined};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma6-escape",
            include_str!("text/lemma6-escape.md"),
            OnRuns(Escape::default()),
            Family::EscapeRuns,
        )
        .control(
            "Assumption 2 dropped: a start that never leaves",
            OnRuns(Escape { any_start: true }),
            replay(include_str!("specs/antisymmetric-trap-constant.toml")),
        ),
    ]
}

/// With the constant step `1/β(R)` some `t ≤ 1 + ⌊2β(R)R(W(1))/c(R)²⌋` has `max_k ‖W_k(t)‖_F > R`.
#[doc = include_str!("text/lemma6-escape.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Escape {
    /// The control: Assumption 2 is not required.
    pub any_start: bool,
}

const IN_TIME: &str = "W(t) ∉ B(R) for a t ≤ 1 + ⌊2β(R)R(W(1))/c(R)²⌋";

impl AboutRun for Escape {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let setting = start.setting();
        assume_decreasing_loss(setting, given);
        assume_smooth_lipschitz(setting, given);
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
        if !self.any_start {
            assume_good_start(start, given);
        }
        given.that("the constant step η = 1/β(R) for an R ≥ 1", has_a_ball(start));
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let mut watches: Vec<Watch<T>> = balls(start)
            .into_iter()
            .map(|ball| {
                let stage = if ball.contains_exactly(start) { Stage::Inside } else { Stage::Outside };
                Watch { ball, limit: None, stage, may_have_left: false }
            })
            .collect();
        let gamma = margin_or_undefined(start);
        Box::new(move |step: &Step<T>, finding: &mut Finding| {
            if watches.is_empty() {
                // No radius belongs to the steps: there is no time to be in.
                finding.asserted(IN_TIME, Truth::Open);
            }
            for watch in &mut watches {
                watch.see(step.t + 1, &step.after, &step.eta, &gamma, finding);
            }
        })
    }
}

/// A ball `B(R)` for which the step is `1/β(R)`.
struct NormBall<T> {
    radius: T,
    /// `R^{2e}`, exact, with the `exponent` `e`: `‖W_k‖_F ≤ R` if `‖W_k‖_F^{2e}` is at most this.
    power: Rational,
    exponent: u32,
}

impl<T: Real> NormBall<T> {
    fn contains(&self, point: &Point<T>) -> Truth {
        let power = point.constant(self.power.clone());
        let norms = point.norms_squared().iter();
        norms.map(|square| square.power(self.exponent).at_most(&power)).fold(Truth::True, Truth::and)
    }

    /// As [`contains`](Self::contains), of the start of a run: over the rationals the sphere belongs to the ball.
    fn contains_exactly(&self, start: &Point<T>) -> bool {
        start.exact_weights().is_some_and(|weights| {
            let norms = weights.iter().map(|layer| inner(layer.entries(), layer.entries()));
            norms.max().is_some_and(|largest| largest.pow(self.exponent) <= self.power)
        })
    }
}

/// `1/(η β(1))` for the constant step of the run, which is `R^{2L−2}` where the step is `1/β(R)`; `None` under another rule or where the
/// loss has no `β`.
fn power_of_radius<T: Real>(setting: &Setting<T>) -> Option<Rational> {
    let StepRule::Constant(eta) = setting.problem().step() else { return None };
    Some((descent::smoothness(setting, &1.into())? * eta).recip())
}

/// Whether the step is `1/β(R)` for an `R ≥ 1`, exactly; with one layer `β` does not depend on `R`.
fn has_a_ball<T: Real>(start: &Point<T>) -> bool {
    let setting: &Setting<T> = start.setting();
    power_of_radius(setting).is_some_and(|power| if setting.depth() > 1 { power >= 1 } else { power == 1 })
}

/// The balls whose step is the constant step of the run: one for two layers or more; for one layer, where the statement is about every
/// `R ≥ 1`, a few that hold the start; none if the step is of no ball.
fn balls<T: Real>(start: &Point<T>) -> Vec<NormBall<T>> {
    let setting: &Setting<T> = start.setting();
    let Some(power) = power_of_radius(setting) else { return Vec::new() };
    if setting.depth() > 1 {
        let exponent = setting.depth() - 1;
        let logarithm = start.constant(power.clone()).ln().times(Rational::from((1, Integer::from(exponent) * 2u32)));
        let Ok(exponent) = u32::try_from(exponent) else { return Vec::new() };
        return vec![NormBall { radius: logarithm.exp(), power, exponent }];
    }
    let Some([layer]) = start.exact_weights() else { return Vec::new() };
    // The least multiple of 1/4 that is at least 1 and at least the norm.
    let sixteen_squares: Integer = (inner(layer.entries(), layer.entries()) * 16u32).ceil().into_numer_denom().0;
    let (root, remainder) = sixteen_squares.sqrt_rem(Integer::new());
    let quarters = (if remainder.is_zero() { root } else { root + 1u32 }).max(Integer::from(4));
    [0, 1, 2, 4]
        .iter()
        .map(|&more| {
            let radius = Rational::from((Integer::from(&quarters + more), 4));
            NormBall { radius: start.constant(radius.clone()), power: radius.square(), exponent: 1 }
        })
        .collect()
}

/// How far a run has been followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Every point so far lies in the ball.
    Inside,
    /// The run has left the ball, or it did not start there.
    Outside,
}

/// A run and a ball that it has to leave.
struct Watch<T> {
    ball: NormBall<T>,
    /// `2β(R)R(W(1))/c(R)²`, once `W(1)` is known.
    limit: Option<T>,
    stage: Stage,
    /// Whether the run may have left before: of some point it is not known.
    may_have_left: bool,
}

impl<T: Real> Watch<T> {
    /// Looks at `W(t)`, `t ≥ 1`.
    fn see(&mut self, t: u64, point: &Point<T>, eta: &T, gamma: &T, finding: &mut Finding) {
        if self.stage == Stage::Outside {
            if t == 1 {
                finding.asserted("the run leaves B(R)", true).informative_if(Truth::False);
            }
            return;
        }
        let inside = self.ball.contains(point);
        if inside == Truth::False && t == 1 {
            self.stage = Stage::Outside;
            finding.asserted("the run leaves B(R)", true).informative_if(Truth::False);
            return;
        }
        let limit = self.limit.get_or_insert_with(|| {
            let floor = GradientFloorConstant::new(point, gamma.clone());
            floor.risk.clone().times(2) / &(floor.squared(point.setting(), &self.ball.radius) * eta)
        });
        let time = point.constant(t);
        if inside == Truth::False {
            // t ≤ 1 + ⌊x⌋ if and only if t ≤ 1 + x.
            self.stage = Stage::Outside;
            let last = point.constant(1) + &*limit;
            if self.may_have_left && time.at_most(&last) != Truth::True {
                finding.asserted(IN_TIME, Truth::Open).between(&time, &last);
            } else {
                finding.at_most(IN_TIME, &time, &last);
            }
            return;
        }
        // Still inside at t: the run leaves at t + 1 or later, which is in time if t ≤ x. Until then it does not matter whether it is.
        self.may_have_left |= inside == Truth::Open;
        match time.at_most(limit) {
            Truth::True => {
                finding
                    .asserted("the time in which W(t) has to leave B(R) is not over", true)
                    .informative_if(Truth::False);
            }
            Truth::False if !self.may_have_left => {
                finding.asserted(IN_TIME, false).between(&time, limit);
            }
            _ => {
                finding.asserted(IN_TIME, Truth::Open).between(&time, limit);
            }
        }
    }
}
