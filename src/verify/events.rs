//! What there is to see, one event after the other, over any number system: a start, the other point of a pair, the steps; in balls also where a
//! flow passes. And why there is no more of it.

use std::sync::Arc;
use std::{iter, mem};

use rug::Rational;

use crate::claims::Event;
use crate::generate::{Instance, Look};
use crate::number::{Ball, Real, nearest_f64};
use crate::problem::{FlowRecording, Matrix, Problem};
use crate::reference::{
    Descent, EverAfter, Flow, FlowStop, Mark, Moment, PathBound, Point, Setting, Step, Stop, Stretch, Way,
};
use crate::time_limit::TimeLimit;

use super::options::{OUT_OF_TIME, TOO_LARGE};
use super::{Hour, When};

/// An event.
pub(super) enum Shown<T> {
    Start(Arc<Point<T>>),
    Pair(Arc<Point<T>>, Arc<Point<T>>),
    Step(Step<T>),
    Moment(Moment<T>),
    Stretch(Stretch<T>, Halves<T>),
    EverAfter(Box<EverAfter<T>>),
}

/// What shows a stretch in two halves, in the order of time.
pub(super) type Halves<T> = Box<dyn Fn() -> [Shown<T>; 2] + Send + Sync>;

impl<T> Shown<T> {
    /// As a statement sees it.
    pub(super) fn event(&self) -> Event<'_, T> {
        match self {
            Self::Start(point) => Event::Start(point),
            Self::Pair(first, second) => Event::Pair(first, second),
            Self::Step(step) => Event::Step(step),
            Self::Moment(moment) => Event::Moment(moment),
            Self::Stretch(stretch, _) => Event::Stretch(stretch),
            Self::EverAfter(after) => Event::EverAfter(after),
        }
    }

    /// When that is: at the point that was reached, or all along.
    pub(super) fn when(&self) -> When {
        match self {
            Self::Start(_) | Self::Pair(..) => When::START,
            Self::Step(step) => When::Step(step.t + 1),
            Self::Moment(moment) => When::At(hour(&moment.mark)),
            Self::Stretch(stretch, _) => When::Between(hour(&stretch.from), hour(&stretch.to)),
            Self::EverAfter(after) => When::EverAfter(hour(&after.from)),
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
    /// What comes after.
    pub(super) rest: Box<dyn Iterator<Item = Result<Shown<T>, End>> + 'a>,
}

/// The events, each computed when it is asked for; after an end there are none.
pub(super) struct Events<'a, T>(Stage<'a, T>);

enum Stage<'a, T> {
    Before(Box<dyn FnOnce() -> Result<Begun<'a, T>, End> + 'a>),
    Begun(Begun<'a, T>),
    Over,
}

impl<'a, T: Real> Events<'a, T> {
    /// Of `instance` at `bits` bits, with at most so many steps; of none if there is no room for its data. A flow has its start here.
    pub(super) fn of(instance: &'a Instance, bits: u32, most_steps: u64, has_room: bool) -> Self {
        Self::begin(move || {
            if !has_room {
                return Err(End::TooLarge);
            }
            let setting = Arc::new(Setting::new(Arc::clone(&instance.problem), bits));
            if let Look::Flow { .. } = instance.look {
                let start = Arc::new(Point::initial(setting));
                return Ok(Begun { start, partner: None, rest: Box::new(iter::empty()) });
            }
            let mut descent = Descent::new(setting)?;
            let steps = instance.look.steps().min(most_steps);
            Ok(Begun {
                start: Arc::clone(descent.point()),
                partner: instance.look.partner().cloned(),
                rest: Box::new((0..steps).map(move |_| Ok(Shown::Step(descent.step()?)))),
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

impl<'a> Events<'a, Ball> {
    /// As [`of`](Self::of), with all steps and, of a flow, its moments and the stretches between them.
    pub(super) fn enclosed(instance: &'a Instance, bits: u32, has_room: bool) -> Self {
        let Look::Flow { clock, record, horizon } = &instance.look else {
            return Self::of(instance, bits, u64::MAX, has_room);
        };
        Self::begin(move || {
            if !has_room {
                return Err(End::TooLarge);
            }
            let problem = &instance.problem;
            let flow = Flow::by(*clock, Arc::clone(problem), bits, None);
            let flow = flow.map_err(|_| End::PrecisionExhausted(TOO_LONG))?;
            let start = Arc::new(Point::initial(Arc::clone(flow.setting())));
            let rest = passages(Arc::clone(problem), flow, record, horizon);
            Ok(Begun { start, partner: None, rest: Box::new(rest) })
        })
    }
}

/// The stretches and moments of a flow, in the order of time, and what comes after the last of them.
fn passages<'a>(
    problem: Arc<Problem>,
    mut flow: Flow,
    record: &'a FlowRecording,
    horizon: &'a Rational,
) -> impl Iterator<Item = Result<Shown<Ball>, End>> + 'a {
    let mut next = Some(record.after(&flow.reached(), horizon));
    let mut is_over = false;
    iter::from_fn(move || {
        let Some(target) = &next else {
            let after = || {
                let later = PathBound::of(&flow.around()).ok().map(|bound| bound.limit().spread_out());
                Box::new(EverAfter { from: flow.mark(), point: flow.point(), later })
            };
            return (!mem::replace(&mut is_over, true)).then(|| Ok(Shown::EverAfter(after())));
        };
        match flow.pass_to(target) {
            Ok(Some(way)) => Some(Ok(along(way, &problem, flow.setting()))),
            Ok(None) => {
                next = (target < horizon).then(|| record.after(target, horizon));
                let (mark, time) = (flow.mark(), flow.time_of_risk());
                Some(Ok(Shown::Moment(Moment { mark, time, point: flow.point() })))
            }
            Err(FlowStop::PrecisionExhausted { what, .. }) => Some(Err(End::PrecisionExhausted(what))),
        }
    })
}

/// A way, enclosed as a whole, and in halves when that is asked for.
fn along(way: Way, problem: &Arc<Problem>, setting: &Arc<Setting<Ball>>) -> Shown<Ball> {
    let stretch = way.stretch(problem, setting);
    let (problem, setting) = (Arc::clone(problem), Arc::clone(setting));
    Shown::Stretch(stretch, Box::new(move || way.halves().map(|half| along(half, &problem, &setting))))
}

/// For the eye.
fn hour(mark: &Mark) -> Hour {
    match mark {
        Mark::Time(time) => Hour::Time(nearest_f64(time)),
        Mark::LogRisk(log_risk) => Hour::LogRisk(*log_risk),
    }
}

/// Why there is nothing to see of a flow.
const TOO_LONG: &str = "the gradient takes too many operations to be written down for the flow";

impl<T: Real> Iterator for Events<'_, T> {
    type Item = Result<Shown<T>, End>;

    fn next(&mut self) -> Option<Self::Item> {
        let (shown, begun) = match mem::replace(&mut self.0, Stage::Over) {
            Stage::Over => return None,
            Stage::Before(begin) => match begin() {
                Ok(begun) => (Shown::Start(Arc::clone(&begun.start)), begun),
                Err(end) => return Some(Err(end)),
            },
            Stage::Begun(Begun { start, partner: Some(partner), rest }) => {
                let second = Point::from_rationals(Arc::clone(start.setting()), partner);
                let pair = Shown::Pair(Arc::clone(&start), Arc::new(second));
                (pair, Begun { start, partner: None, rest })
            }
            Stage::Begun(mut begun) => match begun.rest.next()? {
                Ok(shown) => (shown, begun),
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
    use crate::number::Exact;

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
                Ok(shown) => numbers.push(shown.when().horizon()),
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
        assert!(matches!(first, Some(Err(End::OutOfTime))));
        assert!(events.next().is_none(), "what was lost is not begun again");
    }
}
