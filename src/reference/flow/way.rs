//! What the flow passes through between two times.

use std::sync::Arc;

use rug::Rational;

use super::centre::two_to;
use super::field::shaped;
use super::{Step, working_bits};
use crate::number::{Ball, Magnitude, Matrix, Ring};
use crate::problem::Problem;
use crate::reference::{Point, Setting};

/// The flow at a time.
#[derive(Debug)]
pub struct Moment<T> {
    /// The time.
    pub time: Rational,
    /// `W(time)`.
    pub point: Point<T>,
}

/// The flow over a stretch of time.
#[derive(Debug)]
pub struct Stretch<T> {
    /// The first time.
    pub from: Rational,
    /// The last time.
    pub to: Rational,
    /// Encloses every `W(s)` with `from ≤ s ≤ to`, each weight in a number of its own. What is certain of it is certain at all these times.
    pub point: Point<T>,
}

/// All of the flow from a time on.
#[derive(Debug)]
pub struct EverAfter<T> {
    /// The time.
    pub from: Rational,
    /// `W(from)`, from which what is said of later times follows.
    pub point: Point<T>,
}

/// What was passed within one step of the enclosure. It can be cut in two, and each half is enclosed more sharply.
#[derive(Clone, Debug)]
pub struct Way {
    step: Arc<Step>,
    from: Rational,
    to: Rational,
}

impl Way {
    pub(super) fn new(step: Arc<Step>, from: Rational, to: Rational) -> Self {
        Self { step, from, to }
    }

    /// From its first time to the middle, and from there to the last.
    #[must_use]
    pub fn halves(&self) -> [Self; 2] {
        let middle = Rational::from(&self.from + &self.to) / 2_u32;
        let part = |from: &Rational, to: &Rational| Self::new(Arc::clone(&self.step), from.clone(), to.clone());
        [part(&self.from, &middle), part(&middle, &self.to)]
    }

    /// All of it as one point: no weight of the flow is further from that of the centre, anywhere in the step, than the radius of the step.
    #[must_use]
    pub fn stretch(&self, problem: &Problem, setting: &Arc<Setting<Ball>>) -> Stretch<Ball> {
        let (centre, bits) = (&self.step.centre, working_bits(setting.bits()));
        let in_units = |time: Rational| (time - &self.step.start.time) * two_to(-centre.unit());
        let middle = Ball::from_rational(&in_units(Rational::from(&self.from + &self.to) / 2_u32), bits);
        let half = Magnitude::above_rational(&(Rational::from(&self.to - &self.from) / 2_u32)).scaled(-centre.unit());
        let last = Magnitude::above_rational(&in_units(self.to.clone()));
        let enclosed = centre
            .around(&middle, half, last, bits)
            .into_iter()
            .map(|weight| Ball::new(weight.centre(), weight.radius() + self.step.radius).with_bits(setting.bits()));
        let weights: Vec<Matrix<Ball>> = shaped(problem, &enclosed.collect::<Vec<Ball>>());
        Stretch { from: self.from.clone(), to: self.to.clone(), point: Point::new(Arc::clone(setting), weights) }
    }
}
