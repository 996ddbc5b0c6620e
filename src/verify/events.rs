//! What there is to see, one event after the other, over any number system: a start, the other point of a pair, the steps. And why there is
//! no more of it.

use std::mem;
use std::sync::Arc;

use rug::Rational;

use crate::claims::Event;
use crate::generate::Instance;
use crate::number::Real;
use crate::problem::Matrix;
use crate::reference::{Descent, Point, Setting, Step, Stop};
use crate::time_limit::TimeLimit;

use super::options::{OUT_OF_TIME, TOO_LARGE};

/// An event.
#[derive(Debug)]
pub(super) enum Shown<T> {
    Start(Arc<Point<T>>),
    Pair(Arc<Point<T>>, Arc<Point<T>>),
    Step(Step<T>),
}

impl<T> Shown<T> {
    /// As a statement sees it.
    pub(super) fn event(&self) -> Event<'_, T> {
        match self {
            Self::Start(point) => Event::Start(point),
            Self::Pair(first, second) => Event::Pair(first, second),
            Self::Step(step) => Event::Step(step),
        }
    }

    /// The number of the point that was reached.
    pub(super) fn t(&self) -> u64 {
        match self {
            Self::Start(_) | Self::Pair(..) => 0,
            Self::Step(step) => step.t + 1,
        }
    }
}

/// Why there is nothing more to see, although there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A weight of `W(t)` is beyond 2^1024.
    Diverged { t: u64 },
    /// Something that has to be known is not known at this precision: what.
    PrecisionExhausted(&'static str),
    /// The time is used up.
    OutOfTime,
    /// The data do not fit into memory at this precision.
    TooLarge,
}

impl End {
    /// Why what comes next is not decided. Divergence ends a run: what was said of the steps before it stands, and nothing is left to decide.
    pub(super) fn why(self) -> Option<&'static str> {
        match self {
            Self::Diverged { t: 0 } => Some("the initial weights are beyond 2^1024"),
            Self::Diverged { .. } => None,
            Self::PrecisionExhausted(what) => Some(what),
            Self::OutOfTime => Some(OUT_OF_TIME),
            Self::TooLarge => Some(TOO_LARGE),
        }
    }
}

impl From<Stop> for End {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Diverged { t } => Self::Diverged { t },
            Stop::PrecisionExhausted { what, .. } => Self::PrecisionExhausted(what),
        }
    }
}

/// What has begun.
pub(super) struct Begun<'a, T> {
    pub(super) start: Arc<Point<T>>,
    /// The other point of a pair, if one is looked at.
    pub(super) partner: Option<Vec<Matrix<Rational>>>,
    /// How many steps are looked at.
    pub(super) steps: u64,
    /// Takes a step.
    pub(super) step: Box<dyn FnMut() -> Result<Step<T>, End> + 'a>,
}

/// The events, each computed when it is asked for; after an end there are none.
pub(super) struct Events<'a, T>(Stage<'a, T>);

enum Stage<'a, T> {
    Before(Box<dyn FnOnce() -> Result<Begun<'a, T>, End> + 'a>),
    Begun(Begun<'a, T>),
    Over,
}

impl<'a, T: Real> Events<'a, T> {
    /// Of `instance` at `bits` bits, with at most so many steps; of none if there is no room for its data.
    pub(super) fn of(instance: &'a Instance, bits: u32, most_steps: u64, has_room: bool) -> Self {
        Self::begin(move || {
            if !has_room {
                return Err(End::TooLarge);
            }
            let mut descent = Descent::new(Arc::new(Setting::new(Arc::clone(&instance.problem), bits)))?;
            Ok(Begun {
                start: Arc::clone(descent.point()),
                partner: instance.look.partner().cloned(),
                steps: instance.look.steps().min(most_steps),
                step: Box::new(move || Ok(descent.step()?)),
            })
        })
    }

    /// Of what `begin` makes.
    pub(super) fn begin(begin: impl FnOnce() -> Result<Begun<'a, T>, End> + 'a) -> Self {
        Self(Stage::Before(Box::new(begin)))
    }

    /// As `next`, in the time that there is.
    pub(super) fn next_within(&mut self, time: &TimeLimit) -> Option<Result<Shown<T>, End>> {
        // What was being made when the time ran out is lost, and all after it.
        time.within(|| self.next()).unwrap_or(Some(Err(End::OutOfTime)))
    }
}

impl<T: Real> Iterator for Events<'_, T> {
    type Item = Result<Shown<T>, End>;

    fn next(&mut self) -> Option<Self::Item> {
        let (shown, begun) = match mem::replace(&mut self.0, Stage::Over) {
            Stage::Over => return None,
            Stage::Before(begin) => match begin() {
                Ok(begun) => (Shown::Start(Arc::clone(&begun.start)), begun),
                Err(end) => return Some(Err(end)),
            },
            Stage::Begun(Begun { start, partner: Some(partner), steps, step }) => {
                let second = Point::from_rationals(Arc::clone(start.setting()), partner);
                let pair = Shown::Pair(Arc::clone(&start), Arc::new(second));
                (pair, Begun { start, partner: None, steps, step })
            }
            Stage::Begun(Begun { steps: 0, .. }) => return None,
            Stage::Begun(mut begun) => match (begun.step)() {
                Ok(step) => (Shown::Step(step), Begun { steps: begun.steps - 1, ..begun }),
                Err(end) => return Some(Err(end)),
            },
        };
        self.0 = Stage::Begun(begun);
        Some(Ok(shown))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::generate::towards;
    use crate::number::{Ball, Exact};

    /// One layer of one weight, from `start` towards 3 with the step `eta`.
    fn run(start: Rational, eta: u32, steps: u64) -> Instance {
        let number = |value: Rational| Matrix::row_vector(vec![value]);
        Instance::run(towards(number(3.into()), vec![number(start)], eta.into()), steps)
    }

    /// The numbers of the points that are shown, and how it ends.
    fn seen<T: Real>(mut events: Events<'_, T>) -> (Vec<u64>, Option<End>) {
        let (mut numbers, mut end) = (Vec::new(), None);
        for shown in &mut events {
            match shown {
                Ok(shown) => numbers.push(shown.t()),
                Err(why) => end = Some(why),
            }
        }
        assert!(events.next().is_none(), "after the end there is nothing");
        (numbers, end)
    }

    #[test]
    fn a_start_a_pair_and_steps() {
        let still = run(1.into(), 1, 3);
        assert_eq!(seen(Events::<Exact>::of(&still, 64, u64::MAX, true)), (vec![0, 1, 2, 3], None));
        assert_eq!(seen(Events::<Exact>::of(&still, 64, 2, true)), (vec![0, 1, 2], None));
        let pair = Instance::pair((*still.problem).clone(), vec![Matrix::row_vector(vec![7.into()])]);
        let [start, second] =
            &Events::<Exact>::of(&pair, 64, u64::MAX, true).map(Result::unwrap).collect::<Vec<_>>()[..]
        else {
            panic!("two events");
        };
        assert!(matches!(start, Shown::Start(_)));
        let Shown::Pair(first, second) = second else { panic!("a pair") };
        assert_eq!([first, second].map(|point| point.exact_weights().unwrap()[0][(0, 0)].clone()), [1, 7]);
    }

    #[test]
    fn every_end_has_its_name() {
        let far: Rational = Rational::from(1) << 1030;
        let diverging = run(1.into(), 1 << 20, 100);
        let (numbers, end) = seen(Events::<Exact>::of(&diverging, 64, u64::MAX, true));
        assert_eq!((numbers.len(), end), (52, Some(End::Diverged { t: 52 })));
        assert_eq!(end.and_then(End::why), None, "what was said of the steps before stands");
        let nowhere = run(far, 1, 100);
        let (numbers, end) = seen(Events::<Exact>::of(&nowhere, 64, u64::MAX, true));
        assert_eq!((numbers, end), (vec![], Some(End::Diverged { t: 0 })));
        assert_eq!(end.and_then(End::why), Some("the initial weights are beyond 2^1024"));

        // Two layers of one weight: what is not known of them grows at every step, and doubles its digits when it is larger than they are.
        let number = |value: u32| Matrix::row_vector(vec![Rational::from(value)]);
        let lost = Instance::run(towards(number(3), vec![number(1), number(1)], (1, 7).into()), 1000);
        let (_, end) = seen(Events::<Ball>::of(&lost, 16, u64::MAX, true));
        assert!(matches!(end, Some(End::PrecisionExhausted(_))), "{end:?}");

        let still = run(1.into(), 1, 3);
        assert_eq!(seen(Events::<Exact>::of(&still, 64, 3, false)), (vec![], Some(End::TooLarge)));

        let mut events = Events::<Exact>::of(&still, 64, 3, true);
        let first = events.next_within(&TimeLimit::after(Duration::ZERO));
        assert!(matches!(first, Some(Err(End::OutOfTime))), "{first:?}");
        assert!(events.next().is_none(), "what was lost is not begun again");
    }
}
