//! With one constant step size descent leaves the ball for which the step was chosen, and by when (Lemma 6).

use rug::Rational;

use crate::claims::{Claim, Finding, OldAboutRun, OldFold, OldOnRuns};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::problem::StepRule;
use crate::reference::{Point, Setting, descent};

use super::assumptions::{
    assume_decreasing_loss, assume_good_start, assume_separable, assume_smooth_lipschitz, assume_unit_ball,
};
use super::energy::GradientFloorConstant;
use super::floors::gamma;
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma6-escape",
            include_str!("text/lemma6-escape.md"),
            OldOnRuns(Escape::default()),
            Family::EscapeRuns,
        )
        .control(
            "Assumption 2 dropped: a start that never leaves",
            OldOnRuns(Escape { any_start: true }),
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

impl OldAboutRun for Escape {
    fn begin<T: Real>(&self, start: &Point<T>, _finding: &mut Finding) -> OldFold<T> {
        let setting = start.setting();
        let mut assumed = Finding::default();
        assume_decreasing_loss(setting, &mut assumed);
        assume_smooth_lipschitz(setting, &mut assumed);
        assume_unit_ball(setting, &mut assumed);
        let margin = assume_separable(setting, &mut assumed);
        if !self.any_start {
            assume_good_start(start, &mut assumed);
        }
        let balls = balls(start);
        assumed.given("the constant step η = 1/β(R) for an R ≥ 1", !balls.is_empty());
        let mut watches: Vec<Watch<T>> = balls
            .into_iter()
            .map(|ball| {
                let inside = ball.contains(start);
                Watch { ball, limit: None, stage: if inside == Truth::True { Stage::Inside } else { Stage::Outside } }
            })
            .collect();
        let gamma = margin.map(|margin| gamma(start, margin));
        Box::new(move |step, finding| {
            finding.given_again(assumed.hypotheses());
            let Some(gamma) = &gamma else { return };
            if assumed.applicable() == Truth::False {
                return;
            }
            for watch in &mut watches {
                watch.see(step.t + 1, &step.after, &step.eta, gamma, finding);
            }
        })
    }
}

/// A ball `B(R)` for which the step is `1/β(R)`.
struct Ball<T> {
    radius: T,
    /// `R^{2e}`, exact, with the `exponent` `e`: `‖W_k‖_F ≤ R` if `‖W_k‖_F^{2e}` is at most this.
    power: Rational,
    exponent: u32,
}

impl<T: Real> Ball<T> {
    fn contains(&self, point: &Point<T>) -> Truth {
        let power = point.constant(self.power.clone());
        let norms = point.norms_squared().iter();
        norms.map(|square| square.power(self.exponent).at_most(&power)).fold(Truth::True, Truth::and)
    }
}

/// The balls whose step is the constant step of the run: one for two layers or more; for one layer, where `β` does not depend on
/// `R`, a few that hold the start; none if there is no such `R ≥ 1`.
fn balls<T: Real>(start: &Point<T>) -> Vec<Ball<T>> {
    let setting: &Setting<T> = start.setting();
    let StepRule::Constant(eta) = setting.problem().step() else { return Vec::new() };
    let Some(beta_at_one) = descent::smoothness(setting, &1.into()) else { return Vec::new() };
    // R^{2L−2} = 1/(η β(1)).
    let power = (beta_at_one * eta).recip();
    if setting.depth() > 1 {
        let exponent = u32::try_from(setting.depth() - 1).unwrap_or(u32::MAX);
        if power < 1 {
            return Vec::new();
        }
        let logarithm = start.constant(power.clone()).ln().times((1, 2 * exponent));
        return vec![Ball { radius: logarithm.exp(), power, exponent }];
    }
    if power != 1 {
        return Vec::new();
    }
    let norm = start.norms_squared()[0].upper_f64().sqrt();
    let Some(quarters) = rug::Integer::from_f64((4.0 * norm).ceil().max(4.0)) else { return Vec::new() };
    [0, 1, 2, 4]
        .iter()
        .map(|&more| {
            let radius = Rational::from((rug::Integer::from(&quarters + more), 4));
            Ball { radius: start.constant(radius.clone()), power: radius.square(), exponent: 1 }
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
    ball: Ball<T>,
    /// `2β(R)R(W(1))/c(R)²`, once `W(1)` is known.
    limit: Option<T>,
    stage: Stage,
}

impl<T: Real> Watch<T> {
    /// Looks at `W(t)`, `t ≥ 1`.
    fn see(&mut self, t: u64, point: &Point<T>, eta: &T, gamma: &T, finding: &mut Finding) {
        if self.stage == Stage::Outside {
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
        match inside {
            Truth::False => {
                // t ≤ 1 + ⌊x⌋ if and only if t ≤ 1 + x.
                self.stage = Stage::Outside;
                finding.at_most(
                    "W(t) ∉ B(R) for a t ≤ 1 + ⌊2β(R)R(W(1))/c(R)²⌋",
                    &time,
                    &(point.constant(1) + &*limit),
                );
            }
            // Still inside at t: the run leaves at t + 1 or later, which is in time if t ≤ x.
            Truth::True => match time.at_most(limit) {
                Truth::True => {}
                late => {
                    finding.asserted("W(t) ∉ B(R) for a t ≤ 1 + ⌊2β(R)R(W(1))/c(R)²⌋", late);
                }
            },
            Truth::Open => {
                finding.asserted("whether W(t) ∈ B(R)", Truth::Open);
            }
        }
    }
}
