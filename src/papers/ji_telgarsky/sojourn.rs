//! How long a gradient flow may stay in a ball (Lemma 1): no longer than its risk lasts.
//!
//! The time in a ball is enclosed: the lengths of the stretches that are certainly inside, and of those that may be. A stretch may be shown
//! again in two halves, and so counts only once a moment after it has been seen. From where no norm ever falls, a ball that has been left is
//! left for good.

use rug::Rational;

use crate::claims::{AboutFlow, Claim, Domain, Finding, FlowFold, Hypotheses, OnFlows, Outcome, Relation};
use crate::generate::Family;
use crate::number::{Real, Truth};
use crate::reference::{EverAfter, MarginBound, Moment, Point, Stretch};

use super::assumptions::{assume_decreasing_loss, assume_good_start, assume_separable, assume_unit_ball};
use super::energy::{GradientFloorConstant, margin_or_undefined};
use super::replay;

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "JT19.lemma1-finite-sojourn",
            include_str!("text/lemma1-finite-sojourn.md"),
            OnFlows(Sojourn::default()),
            Family::Flows,
        )
        .control(
            "Assumption 2 dropped: a flow that never leaves",
            OnFlows(Sojourn { any_start: true, ..Sojourn::default() }),
            replay(include_str!("specs/flow-trapped.toml")),
        )
        .control(
            "0.2 of the bound",
            OnFlows(Sojourn { share: (1, 5), ..Sojourn::default() }),
            replay(include_str!("specs/flow-sojourn.toml")),
        ),
    ]
}

/// `|{t ≥ t_1 : W(t) ∈ B(R)}| ≤ R(W(t_1))/c(R)²`.
#[doc = include_str!("text/lemma1-finite-sojourn.md")]
#[derive(Clone, Copy, Debug)]
pub struct Sojourn {
    /// A control: Assumption 2 is not required.
    pub any_start: bool,
    /// A control: the share of the bound that is claimed, as numerator and denominator.
    pub share: (u32, u32),
}

impl Default for Sojourn {
    fn default() -> Self {
        Self { any_start: false, share: (1, 1) }
    }
}

impl AboutFlow for Sojourn {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.labels()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let setting = start.setting();
        assume_decreasing_loss(setting, given);
        assume_unit_ball(setting, given);
        assume_separable(setting, given);
        if !self.any_start {
            assume_good_start(start, given);
        }
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
        let (share, gamma) = (self.share, margin_or_undefined(start));
        let (passed, balls) = (Vec::new(), Vec::new());
        Box::new(Following { share, gamma, floor: None, passed, counted: 0, balls, is_timeless: false })
    }
}

/// The fold of [`Sojourn`].
struct Following<T> {
    share: (u32, u32),
    /// `γ`.
    gamma: T,
    /// `c(R)` for the first moment, which is `t_1`.
    floor: Option<GradientFloorConstant<T>>,
    /// What has been passed since then.
    passed: Vec<Passed<T>>,
    /// How many of these have been counted.
    counted: usize,
    balls: Vec<NormBall<T>>,
    /// Whether stretches do not tell the time.
    is_timeless: bool,
}

/// A stretch of the flow.
struct Passed<T> {
    to: Rational,
    length: Rational,
    /// `max_k ‖W_k‖_F²`, enclosed at all its times.
    largest: T,
}

/// A ball `B(R)`, and how long the flow has been in it.
struct NormBall<T> {
    radius: T,
    /// `R(W(t_1))/c(R)²`.
    bound: T,
    /// The time that was certainly spent in it.
    inside: Rational,
    /// The time of which that is not known.
    perhaps: Rational,
}

/// `max_k ‖W_k‖_F²`.
fn largest_norm<T: Real>(point: &Point<T>) -> T {
    point.norms_squared().iter().fold(point.constant(0), |largest, norm| largest.max(norm))
}

impl<T: Real> NormBall<T> {
    fn contains(&self, largest: &T) -> Truth {
        largest.at_most(&self.radius.square())
    }

    fn count(&mut self, passed: &[Passed<T>]) {
        for stretch in passed {
            match self.contains(&stretch.largest) {
                Truth::True => self.inside += &stretch.length,
                Truth::False => {}
                Truth::Open => self.perhaps += &stretch.length,
            }
        }
    }

    fn judge<'a>(&self, label: &'static str, finding: &'a mut Finding) -> &'a mut Relation {
        let most = self.radius.constant(Rational::from(&self.inside + &self.perhaps));
        let relation =
            finding.at_most(label, &T::between(&self.radius.constant(self.inside.clone()), &most), &self.bound);
        if relation.outcome == Outcome::Open {
            // How finely time is cut does not depend on it.
            relation.beyond_precision();
        }
        relation
    }
}

impl<T: Real> Following<T> {
    /// A ball with `W(t)` on its sphere, unless the last one is not much smaller.
    fn begin_ball(&mut self, point: &Point<T>) {
        let Some(floor) = &self.floor else { return };
        let radius = largest_norm(point).upper().sqrt_of_nonnegative().upper();
        let is_new = |last: &NormBall<T>| last.radius.clone().times(LARGER).below(&radius) == Truth::True;
        if self.balls.last().is_none_or(is_new) {
            let bound = (floor.risk.clone() / &floor.squared(point.setting(), &radius)).times(self.share);
            let mut ball = NormBall { radius, bound, inside: Rational::new(), perhaps: Rational::new() };
            ball.count(&self.passed);
            self.balls.push(ball);
        }
    }
}

/// A ball is larger than the one before by so much: however many moments there are, there are few balls.
const LARGER: (u32, u32) = (9, 8);

impl<T: Real> FlowFold<T> for Following<T> {
    fn stretch(&mut self, stretch: &Stretch<T>, _: &mut Finding) {
        let (Some(from), Some(to), Some(length)) = (stretch.from.time(), stretch.to.time(), stretch.passed()) else {
            // Where the clock is another, stretches do not tell the time.
            self.is_timeless = true;
            return;
        };
        if self.floor.is_none() {
            return;
        }
        // What is shown again in halves is not passed twice.
        while self.passed.last().is_some_and(|last| last.to > *from) {
            self.passed.pop();
        }
        let to = to.clone();
        self.passed.push(Passed { to, length, largest: largest_norm(&stretch.point) });
    }

    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        let point = &moment.point;
        if self.is_timeless {
            return;
        }
        if self.floor.is_none() {
            self.floor = Some(GradientFloorConstant::new(point, self.gamma.clone()));
        }
        let largest = largest_norm(point);
        for ball in &mut self.balls {
            ball.count(&self.passed[self.counted..]);
            let has_left = ball.contains(&largest).not();
            ball.judge("|{t_1 ≤ s ≤ t : W(s) ∈ B(R)}| ≤ R(W(t_1))/c(R)²", finding).informative_if(has_left);
        }
        self.counted = self.passed.len();
        if self.balls.is_empty() {
            finding.asserted("at t_1 no time has passed", true).informative_if(Truth::False);
        }
        self.begin_ball(point);
    }

    fn ever_after(&mut self, after: &EverAfter<T>, finding: &mut Finding) {
        if self.is_timeless || after.point.know::<MarginBound<T>>().holds() != Truth::True {
            return;
        }
        let largest = largest_norm(&after.point);
        for ball in self.balls.iter().filter(|ball| ball.contains(&largest) == Truth::False) {
            ball.judge("|{t ≥ t_1 : W(t) ∈ B(R)}| ≤ R(W(t_1))/c(R)²", finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::number::{Ball, Ring};
    use crate::problem::{Matrix, Spec};
    use crate::reference::{Mark, Setting};

    /// One weight that is somewhere between two numbers.
    fn between(setting: &Arc<Setting<Ball>>, least: u32, most: u32) -> Point<Ball> {
        let number = |value: u32| Ball::from_rational(&value.into(), 64);
        Point::new(Arc::clone(setting), vec![Matrix::row_vector(vec![Ball::between(&number(least), &number(most))])])
    }

    #[test]
    fn what_is_shown_again_in_halves_is_passed_once() {
        let spec = Spec::parse(include_str!("specs/flow-sojourn.toml"), ".".as_ref()).unwrap();
        let setting = Arc::new(Setting::<Ball>::new(Arc::new(spec.problem), 64));
        let start = Point::initial(Arc::clone(&setting));
        let mut fold = Sojourn::default().begin(&start);
        let mut finding = Finding::default();
        let mut moment = |fold: &mut Box<dyn FlowFold<Ball>>, time: u32, weight: u32| {
            finding.clear();
            fold.moment(
                &Moment {
                    mark: Mark::Time(time.into()),
                    time: Ball::from_rational(&time.into(), 64),
                    point: between(&setting, weight, weight),
                },
                &mut finding,
            );
            finding.relations().iter().map(|relation| relation.ratio).collect::<Vec<_>>()
        };
        moment(&mut fold, 1, 2);
        // From 1 to 5 in two halves, and the second of these in two: inside from 1 to 3 at least, and until 4 at most.
        for ([from, to], [least, most]) in
            [([1, 5], [1, 9]), ([1, 3], [1, 2]), ([3, 5], [1, 9]), ([3, 4], [1, 3]), ([4, 5], [3, 9])]
        {
            let stretch = Stretch {
                from: Mark::Time(from.into()),
                to: Mark::Time(to.into()),
                point: between(&setting, least, most),
            };
            fold.stretch(&stretch, &mut Finding::default());
        }
        let ratios = moment(&mut fold, 5, 9);
        // R(W(1)) = e⁻², c(2) = e⁻², γ = 1: the bound is e².
        let most = 3.0 / 2.0_f64.exp();
        assert!(matches!(ratios[..], [Some(ratio)] if (ratio - most).abs() < 1e-9), "{ratios:?}");
    }
}
