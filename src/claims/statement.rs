//! How a claim is written: one short trait for each kind of subject, generic over the number system.

use crate::number::{Ball, Degree, Rational, Real, ShortBall};
use crate::problem::Network;
use crate::reference::{Point, Setting, Step};

use super::Finding;

/// A statement about data alone.
pub trait AboutData: Send + Sync + 'static {
    /// Computes hypotheses and relations for the data of `setting`.
    fn examine<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding);
}

/// The networks that a statement speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Networks {
    /// Fully-connected ones, `f(x) = W_L⋯W_1 x`. The harness states that as a hypothesis, so that a statement may rely on the shapes.
    #[default]
    FullyConnected,
    /// All architectures: diagonal and convolutional layers are rows of numbers, whatever the others are.
    All,
}

impl Networks {
    /// States the hypothesis; `false` if the network of `setting` is none of them.
    fn assume<T: Real>(self, setting: &Setting<T>, finding: &mut Finding) -> bool {
        match self {
            Self::All => true,
            Self::FullyConnected => {
                let is_one = matches!(setting.network(), Network::FullyConnected { .. });
                finding.given("the network is fully-connected", is_one);
                is_one
            }
        }
    }
}

/// A statement about a point in weight space.
pub trait AboutPoint: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> Networks {
        Networks::default()
    }

    /// Computes hypotheses and relations at `point`.
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding);
}

/// A statement about the start of a run alone.
pub trait AboutStart: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> Networks {
        Networks::default()
    }

    /// Computes hypotheses and relations at `W(0)`.
    fn examine<T: Real>(&self, start: &Point<T>, finding: &mut Finding);
}

/// A statement about a pair of points in weight space; on a run, every `W(t), W(t+1)`.
pub trait AboutPair: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> Networks {
        Networks::default()
    }

    /// Computes hypotheses and relations for the pair.
    fn examine<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding);
}

/// A statement about a step of gradient descent.
pub trait AboutStep: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> Networks {
        Networks::default()
    }

    /// Computes hypotheses and relations for `step`.
    fn examine<T: Real>(&self, step: &Step<T>, finding: &mut Finding);
}

/// A statement about a run: a fold over every step.
pub trait AboutRun: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> Networks {
        Networks::default()
    }

    /// Examines the start of a run and returns what examines each of its steps, in order. What the fold remembers of the run
    /// is up to it; the steps themselves are not kept.
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> Fold<T>;
}

/// The part of a run claim that sees the steps one after the other.
pub type Fold<T> = Box<dyn FnMut(&Step<T>, &mut Finding) + Send>;

/// What a statement is shown.
#[derive(Debug)]
pub enum Event<'a, T> {
    /// The first point of a run, or a single point.
    Start(&'a Point<T>),
    /// A pair of points that are not a step of descent.
    Pair(&'a Point<T>, &'a Point<T>),
    /// The next step of the run.
    Step(&'a Step<T>),
}

impl<T> Clone for Event<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Event<'_, T> {}

/// Sees the events of one instance in order and fills in a finding for each.
pub type Observer<'a, T> = Box<dyn FnMut(Event<'_, T>, &mut Finding) + Send + 'a>;

/// A statement that can be shown events over the number system `T`.
pub trait Examine<T>: Send + Sync {
    /// A new observer, for one instance.
    fn observer(&self) -> Observer<'_, T>;
}

/// A statement over every number system of the harness.
pub trait Statement: Examine<Rational> + Examine<ShortBall> + Examine<Ball> + Examine<Degree> + 'static {}

impl<S> Statement for S where S: Examine<Rational> + Examine<ShortBall> + Examine<Ball> + Examine<Degree> + 'static {}

/// Makes a [`Statement`] of an [`AboutData`]: it is examined once, at the start.
#[derive(Clone, Debug)]
pub struct OnData<S>(pub S);

/// Makes a [`Statement`] of an [`AboutPoint`]: it is examined at every point.
#[derive(Clone, Debug)]
pub struct OnPoints<S>(pub S);

/// Makes a [`Statement`] of an [`AboutStart`]: it is examined once, at the start.
#[derive(Clone, Debug)]
pub struct OnStarts<S>(pub S);

/// Makes a [`Statement`] of an [`AboutPair`]: it is examined on every pair.
#[derive(Clone, Debug)]
pub struct OnPairs<S>(pub S);

/// Makes a [`Statement`] of an [`AboutStep`]: it is examined at every step.
#[derive(Clone, Debug)]
pub struct OnSteps<S>(pub S);

/// Makes a [`Statement`] of an [`AboutRun`].
#[derive(Clone, Debug)]
pub struct OnRuns<S>(pub S);

impl<S: AboutData, T: Real> Examine<T> for OnData<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            if let Event::Start(point) = event {
                self.0.examine(point.setting(), finding);
            }
        })
    }
}

impl<S: AboutPoint, T: Real> Examine<T> for OnPoints<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let point: &Point<T> = match event {
                Event::Start(point) | Event::Pair(_, point) => point,
                Event::Step(step) => &step.after,
            };
            if self.0.networks().assume(point.setting(), finding) {
                self.0.examine(point, finding);
            }
        })
    }
}

impl<S: AboutStart, T: Real> Examine<T> for OnStarts<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            if let Event::Start(point) = event
                && self.0.networks().assume(point.setting(), finding)
            {
                self.0.examine(point, finding);
            }
        })
    }
}

impl<S: AboutPair, T: Real> Examine<T> for OnPairs<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let (first, second): (&Point<T>, &Point<T>) = match event {
                Event::Start(_) => return,
                Event::Pair(first, second) => (first, second),
                Event::Step(step) => (&step.before, &step.after),
            };
            if self.0.networks().assume(first.setting(), finding) {
                self.0.examine(first, second, finding);
            }
        })
    }
}

impl<S: AboutStep, T: Real> Examine<T> for OnSteps<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            if let Event::Step(step) = event
                && self.0.networks().assume(step.before.setting(), finding)
            {
                self.0.examine(step, finding);
            }
        })
    }
}

impl<S: AboutRun, T: Real> Examine<T> for OnRuns<S> {
    fn observer(&self) -> Observer<'_, T> {
        let mut fold: Option<Fold<T>> = None;
        Box::new(move |event, finding| match event {
            Event::Start(point) => {
                if self.0.networks().assume(point.setting(), finding) {
                    fold = Some(self.0.begin(point, finding));
                }
            }
            Event::Step(step) => {
                self.0.networks().assume(step.before.setting(), finding);
                if let Some(fold) = &mut fold {
                    fold(step, finding);
                }
            }
            Event::Pair(..) => {}
        })
    }
}
