//! The shape that claims had; being replaced.

use crate::number::Real;
use crate::problem::Network;
use crate::reference::{Point, Setting, Step};

use super::{Event, Examine, Finding, Observer};

/// A statement about data alone.
pub trait OldAboutData: Send + Sync + 'static {
    /// Computes hypotheses and relations for the data of `setting`.
    fn examine<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding);
}

/// The networks that a statement speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OldNetworks {
    /// Fully-connected ones, `f(x) = W_L⋯W_1 x`. The harness states that as a hypothesis, so that a statement may rely on the shapes.
    #[default]
    FullyConnected,
    /// All architectures: diagonal and convolutional layers are rows of numbers, whatever the others are.
    All,
}

impl OldNetworks {
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
pub trait OldAboutPoint: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> OldNetworks {
        OldNetworks::default()
    }

    /// Computes hypotheses and relations at `point`.
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding);
}

/// A statement about the start of a run alone.
pub trait OldAboutStart: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> OldNetworks {
        OldNetworks::default()
    }

    /// Computes hypotheses and relations at `W(0)`.
    fn examine<T: Real>(&self, start: &Point<T>, finding: &mut Finding);
}

/// A statement about a pair of points in weight space; on a run, every `W(t), W(t+1)`.
pub trait OldAboutPair: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> OldNetworks {
        OldNetworks::default()
    }

    /// Computes hypotheses and relations for the pair.
    fn examine<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding);
}

/// A statement about a step of gradient descent.
pub trait OldAboutStep: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> OldNetworks {
        OldNetworks::default()
    }

    /// Computes hypotheses and relations for `step`.
    fn examine<T: Real>(&self, step: &Step<T>, finding: &mut Finding);
}

/// A statement about a run: a fold over every step.
pub trait OldAboutRun: Send + Sync + 'static {
    /// The networks that it speaks of.
    fn networks(&self) -> OldNetworks {
        OldNetworks::default()
    }

    /// Examines the start of a run and returns what examines each of its steps, in order. What the fold remembers of the run
    /// is up to it; the steps themselves are not kept.
    fn begin<T: Real>(&self, start: &Point<T>, finding: &mut Finding) -> OldFold<T>;
}

/// The part of a run claim that sees the steps one after the other.
pub type OldFold<T> = Box<dyn FnMut(&Step<T>, &mut Finding) + Send>;

/// Makes a [`Statement`] of an [`OldAboutData`]: it is examined once, at the start.
#[derive(Clone, Debug)]
pub struct OldOnData<S>(pub S);

/// Makes a [`Statement`] of an [`OldAboutPoint`]: it is examined at every point.
#[derive(Clone, Debug)]
pub struct OldOnPoints<S>(pub S);

/// Makes a [`Statement`] of an [`OldAboutStart`]: it is examined once, at the start.
#[derive(Clone, Debug)]
pub struct OldOnStarts<S>(pub S);

/// Makes a [`Statement`] of an [`OldAboutPair`]: it is examined on every pair.
#[derive(Clone, Debug)]
pub struct OldOnPairs<S>(pub S);

/// Makes a [`Statement`] of an [`OldAboutStep`]: it is examined at every step.
#[derive(Clone, Debug)]
pub struct OldOnSteps<S>(pub S);

/// Makes a [`Statement`] of an [`OldAboutRun`].
#[derive(Clone, Debug)]
pub struct OldOnRuns<S>(pub S);

impl<S: OldAboutData, T: Real> Examine<T> for OldOnData<S> {
    fn ends_at_start(&self) -> bool {
        true
    }

    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            if let Event::Start(point) = event {
                self.0.examine(point.setting(), finding);
            }
        })
    }
}

impl<S: OldAboutPoint, T: Real> Examine<T> for OldOnPoints<S> {
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

impl<S: OldAboutStart, T: Real> Examine<T> for OldOnStarts<S> {
    fn ends_at_start(&self) -> bool {
        true
    }

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

impl<S: OldAboutPair, T: Real> Examine<T> for OldOnPairs<S> {
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

impl<S: OldAboutStep, T: Real> Examine<T> for OldOnSteps<S> {
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

impl<S: OldAboutRun, T: Real> Examine<T> for OldOnRuns<S> {
    fn observer(&self) -> Observer<'_, T> {
        let mut fold: Option<OldFold<T>> = None;
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
