//! What the flow passes through between two times.

use std::sync::Arc;

use rug::Rational;

use super::centre::two_to;
use super::field::shaped;
use super::{Step, working_bits};
use crate::number::{Ball, Magnitude, Matrix, Real, Ring};
use crate::problem::Problem;
use crate::reference::{Around, Point, Setting, SmoothedMargin};

/// Where on a flow, as its horizon counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// At a time.
    Time(Rational),
    /// Where `−ln R` is about this, of a [late](super::Flow::late) flow.
    LogRisk(f64),
}

impl Mark {
    /// The time, if that is what counts.
    #[must_use]
    pub fn time(&self) -> Option<&Rational> {
        match self {
            Self::Time(time) => Some(time),
            Self::LogRisk(_) => None,
        }
    }
}

/// The flow at a time.
#[derive(Debug)]
pub struct Moment<T> {
    /// Where that is.
    pub mark: Mark,
    /// The time `t`; undefined where it has no bound.
    pub time: T,
    /// `W(time)`.
    pub point: Point<T>,
}

/// The flow over a stretch of time.
#[derive(Debug)]
pub struct Stretch<T> {
    /// Where it begins.
    pub from: Mark,
    /// Where it ends.
    pub to: Mark,
    /// Encloses every `W(s)` with `from ≤ s ≤ to`, each weight in a number of its own. What is certain of it is certain at all these times.
    pub point: Point<T>,
}

impl<T> Stretch<T> {
    /// How much time passes in it, if its ends are times.
    #[must_use]
    pub fn passed(&self) -> Option<Rational> {
        Some(Rational::from(self.to.time()? - self.from.time()?))
    }
}

/// All of the flow from a time on.
#[derive(Debug)]
pub struct EverAfter<T> {
    /// From where on.
    pub from: Mark,
    /// `W` there, from which what is said of later times follows.
    pub point: Point<T>,
    /// Encloses every `W(s)` with `s ≥ from`, each weight in a number of its own, and with them the limit: where the [path bound](crate::reference::PathBound)
    /// holds. What is certain of it is certain at all these times.
    pub later: Option<Point<T>>,
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

    /// The first time.
    pub(super) fn from(&self) -> &Rational {
        &self.from
    }

    /// The last time.
    pub(super) fn to(&self) -> &Rational {
        &self.to
    }

    /// A bound of the distance from the centre anywhere in the step.
    pub(super) fn radius(&self) -> Magnitude {
        self.step.radius
    }

    /// Where the flow is at a time of the step; `None` if it is out of range.
    pub(super) fn around(&self, time: &Rational, setting: &Arc<Setting<Ball>>) -> Option<Around> {
        let state = self.step.at(time, setting.bits())?;
        Some(Around::new(Arc::clone(setting), shaped(setting.problem(), &state.weights), state.radius))
    }

    /// The pull at the centre over all of it, if that is what the flow goes by.
    pub(super) fn pull(&self, bits: u32) -> Option<Vec<Ball>> {
        let bits = working_bits(bits);
        let (middle, half, last) = self.extent(bits);
        Some(self.step.beside.as_ref()?.pull.enclosed(&middle, half, last, bits))
    }

    /// The integral of `e^{bq}` at the centre over it, likewise.
    pub(super) fn exponential(&self, bits: u32) -> Option<Ball> {
        let unit = self.step.centre.unit();
        let at = |time: &Rational| Ball::from_rational(&self.step.place(time), working_bits(bits));
        let integral = self.step.beside.as_ref()?.exponential.as_ref()?.integral(&at(&self.from), &at(&self.to));
        Some(integral.times(two_to(unit)))
    }

    /// A time of the step, as the horizon counts.
    fn mark(&self, time: &Rational, setting: &Arc<Setting<Ball>>) -> Mark {
        // Of the flow of the risk no exponential is known.
        let exponential = self.step.beside.as_ref().and_then(|beside| beside.exponential.as_ref());
        if exponential.is_none() {
            return Mark::Time(time.clone());
        }
        let log_risk = self.around(time, setting).map(|around| {
            let margin: &SmoothedMargin<Ball> = around.point().know();
            margin.log_risk(setting.problem()).approximate()
        });
        Mark::LogRisk(log_risk.unwrap_or(f64::NAN))
    }

    /// Its middle, half of its length and how far its times are at most from the origin, in the unit of the centre.
    fn extent(&self, bits: u32) -> (Ball, Magnitude, Magnitude) {
        let [first, last] = [&self.from, &self.to].map(|time| self.step.place(time));
        let half = Magnitude::above_rational(&(Rational::from(&last - &first) / 2_u32));
        let middle = Ball::from_rational(&(Rational::from(&first + &last) / 2_u32), bits);
        (middle, half, Magnitude::above_rational(&first).max(Magnitude::above_rational(&last)))
    }

    /// All of it as one point: no weight of the flow is further from that of the centre, anywhere in the step, than the radius of the step.
    #[must_use]
    pub fn stretch(&self, problem: &Problem, setting: &Arc<Setting<Ball>>) -> Stretch<Ball> {
        let (centre, bits) = (&self.step.centre, working_bits(setting.bits()));
        let (middle, half, last) = self.extent(bits);
        let enclosed = centre
            .around(&middle, half, last, bits)
            .into_iter()
            .map(|weight| Ball::new(weight.centre(), weight.radius() + self.step.radius).with_bits(setting.bits()));
        let weights: Vec<Matrix<Ball>> = shaped(problem, &enclosed.collect::<Vec<Ball>>());
        Stretch {
            from: self.mark(&self.from, setting),
            to: self.mark(&self.to, setting),
            point: Point::new(Arc::clone(setting), weights),
        }
    }
}
