//! How a claim is written: one short trait for each kind of subject, generic over the number system.
//!
//! Each has the same three parts. The [`Domain`] says of what the statement speaks. `assume` states what it assumes, `conclude` what follows;
//! they are apart, so that a hypothesis that fails cannot keep anybody from looking at the conclusion: the harness decides whether it is
//! asked for.

use crate::number::{Ball, Degree, Exact, Real, ShortBall};
use crate::problem::StepRule;
use crate::reference::{EverAfter, Moment, Point, Setting, Step, Stretch};

use super::relation::Hypothesis;
use super::{Domain, Finding, FlowFold, Fold, Hypotheses};

/// A statement about data alone.
pub trait AboutData: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of; of any unless said otherwise.
    fn domain(&self) -> Domain {
        Domain::ALL_NETWORKS
    }

    /// States what it assumes of the data of `setting`; nothing unless said otherwise.
    fn assume<T: Real>(&self, setting: &Setting<T>, given: &mut Hypotheses) {
        let _ = (setting, given);
    }

    /// Computes relations for the data of `setting`.
    fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding);
}

/// A statement about free numbers alone: equalities of polynomials that belong to no network, and are proved once for all.
///
/// ```
/// use gradient_witness::claims::{AboutNumbers, Claim, Finding};
/// use gradient_witness::number::Real;
/// use gradient_witness::verify::{Evidence, Options, verify};
///
/// /// `(a + b)² = a² + kab + b²`.
/// struct Square(u32);
///
/// impl AboutNumbers for Square {
///     fn conclude<T: Real>(&self, free: &mut dyn FnMut() -> T, finding: &mut Finding) {
///         let (a, b) = (free(), free());
///         let sum = a.square() + &(a.clone() * &b).times(self.0) + &b.square();
///         finding.equal("(a + b)² = a² + 2ab + b²", &(a + &b).square(), &sum);
///     }
/// }
///
/// let claim = Claim::formula("mine.square", "# Statement\nA square of a sum.", Square(2)).formula_control("ab once", Square(1));
/// let report = verify(&[&claim], &Options::default(), &());
/// assert!(report.claims[0].as_expected(), "{report}");
/// assert_eq!(report.claims[0].evidence, Some(Evidence::Proved));
/// ```
pub trait AboutNumbers: Send + Sync + 'static {
    /// Computes equalities of polynomials in numbers that are free: each call of `free` makes another. What is said of stated numbers is an
    /// equality of constants.
    fn conclude<T: Real>(&self, free: &mut dyn FnMut() -> T, finding: &mut Finding);
}

/// An [`AboutNumbers`] over the number systems by which identities are proved.
pub trait Formula: Send + Sync {
    /// Over degrees.
    fn over_degrees(&self, free: &mut dyn FnMut() -> Degree, finding: &mut Finding);

    /// Over rationals.
    fn over_rationals(&self, free: &mut dyn FnMut() -> Exact, finding: &mut Finding);
}

impl<S: AboutNumbers> Formula for S {
    fn over_degrees(&self, free: &mut dyn FnMut() -> Degree, finding: &mut Finding) {
        self.conclude(free, finding);
    }

    fn over_rationals(&self, free: &mut dyn FnMut() -> Exact, finding: &mut Finding) {
        self.conclude(free, finding);
    }
}

/// A statement about a point in weight space.
pub trait AboutPoint: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// States what it assumes of `point`; nothing unless said otherwise.
    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        let _ = (point, given);
    }

    /// Computes relations at `point`.
    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding);
}

/// A statement about the start of a run alone.
pub trait AboutStart: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// States what it assumes of `W(0)`; nothing unless said otherwise.
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let _ = (start, given);
    }

    /// Computes relations at `W(0)`.
    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding);
}

/// A statement about a pair of points in weight space; on a run, every `W(t), W(t+1)`.
pub trait AboutPair: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// States what it assumes of the pair; nothing unless said otherwise.
    fn assume<T: Real>(&self, first: &Point<T>, second: &Point<T>, given: &mut Hypotheses) {
        let _ = (first, second, given);
    }

    /// Computes relations for the pair.
    fn conclude<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding);
}

/// A statement about a step of gradient descent.
pub trait AboutStep: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// States what it assumes of `step`; nothing unless said otherwise.
    fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
        let _ = (step, given);
    }

    /// Computes relations for `step`.
    fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding);
}

/// A statement about a run: a fold over every step.
pub trait AboutRun: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// States what it assumes of the start, and so at every step; nothing unless said otherwise.
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let _ = (start, given);
    }

    /// What examines each step of the run that begins at `start`, in order. What the fold remembers of the run is up to it; the steps
    /// themselves are not kept. The start need not meet what was assumed of it.
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>>;
}

/// A statement about gradient flow: a fold over its moments and the stretches between.
///
/// What is to be said of each `W(t)` by itself is a statement about a [point](AboutPoint), which flows are shown as well.
pub trait AboutFlow: Send + Sync + 'static {
    /// The networks, losses and data that it speaks of.
    fn domain(&self) -> Domain {
        Domain::default()
    }

    /// States what it assumes of the start, and so at every time; nothing unless said otherwise.
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        let _ = (start, given);
    }

    /// What examines the flow that begins at `start`, in the order of time. The start need not meet what was assumed of it.
    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>>;
}

/// What a statement is shown.
#[derive(Debug)]
pub enum Event<'a, T> {
    /// The first point of a run, or a single point.
    Start(&'a Point<T>),
    /// A pair of points that are not a step of descent.
    Pair(&'a Point<T>, &'a Point<T>),
    /// The next step of the run.
    Step(&'a Step<T>),
    /// The next moment of the flow.
    Moment(&'a Moment<T>),
    /// The next stretch of the flow, which ends at a moment or at another stretch. A stretch of which something stays open may be shown in two halves
    /// instead.
    Stretch(&'a Stretch<T>),
    /// All times of the flow from the last moment on: where one point encloses it at all of them, statements about points are shown that.
    EverAfter(&'a EverAfter<T>),
}

impl<'a, T> Event<'a, T> {
    /// The point that was reached.
    #[must_use]
    pub fn point(self) -> &'a Point<T> {
        match self {
            Self::Start(point) | Self::Pair(_, point) => point,
            Self::Step(step) => &step.after,
            Self::Moment(moment) => &moment.point,
            Self::Stretch(stretch) => &stretch.point,
            Self::EverAfter(after) => &after.point,
        }
    }
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

    /// Whether it has nothing to say beyond the first event, the start of a run.
    fn ends_at_start(&self) -> bool {
        false
    }

    /// Whether its equalities are identities of polynomials: they hold of free numbers in the place of losses, slopes and steps, and so say
    /// nothing of how small these are.
    fn is_identity(&self) -> bool {
        false
    }
}

/// A statement over every number system of the harness.
pub trait Statement: Examine<Exact> + Examine<ShortBall> + Examine<Ball> + Examine<Degree> + 'static {}

impl<S> Statement for S where S: Examine<Exact> + Examine<ShortBall> + Examine<Ball> + Examine<Degree> + 'static {}

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

/// Makes a [`Statement`] of an [`AboutFlow`].
#[derive(Clone, Debug)]
pub struct OnFlows<S>(pub S);

/// A [`Statement`] whose equalities are identities of polynomials.
pub(super) struct Identity<S>(pub(super) S);

impl<T, S: Examine<T>> Examine<T> for Identity<S> {
    fn observer(&self) -> Observer<'_, T> {
        self.0.observer()
    }

    fn ends_at_start(&self) -> bool {
        self.0.ends_at_start()
    }

    fn is_identity(&self) -> bool {
        true
    }
}

/// Hypotheses first; the conclusion unless one of them is certainly false, or if they do not count.
fn examine<T: Real>(
    domain: Domain,
    setting: &Setting<T>,
    finding: &mut Finding,
    assume: impl FnOnce(&mut Hypotheses),
    conclude: impl FnOnce(&mut Finding),
) {
    if domain.state(setting, finding.assumed()) {
        assume(finding.assumed());
        if finding.is_asked_for_conclusion() {
            conclude(finding);
        }
    }
}

impl<S: AboutData, T: Real> Examine<T> for OnData<S> {
    fn ends_at_start(&self) -> bool {
        true
    }

    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let Event::Start(point) = event else { return };
            let (statement, setting) = (&self.0, &**point.setting());
            examine(
                statement.domain(),
                setting,
                finding,
                |given| statement.assume(setting, given),
                |finding| statement.conclude(setting, finding),
            );
        })
    }
}

impl<S: AboutPoint, T: Real> Examine<T> for OnPoints<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let statement = &self.0;
            let point = match event {
                Event::EverAfter(after) => {
                    // W(from) has been looked at as a moment, and is not all that is meant.
                    let Some(later) = &after.later else { return };
                    finding.speaks_of_all_later();
                    later
                }
                event => event.point(),
            };
            examine(
                statement.domain(),
                point.setting(),
                finding,
                |given| statement.assume(point, given),
                |finding| statement.conclude(point, finding),
            );
        })
    }
}

impl<S: AboutStart, T: Real> Examine<T> for OnStarts<S> {
    fn ends_at_start(&self) -> bool {
        true
    }

    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let Event::Start(start) = event else { return };
            let statement = &self.0;
            examine(
                statement.domain(),
                start.setting(),
                finding,
                |given| statement.assume(start, given),
                |finding| statement.conclude(start, finding),
            );
        })
    }
}

impl<S: AboutPair, T: Real> Examine<T> for OnPairs<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let (first, second): (&Point<T>, &Point<T>) = match event {
                Event::Start(point) => {
                    self.0.domain().state(point.setting(), finding.assumed());
                    state_descent(point.setting(), finding.assumed());
                    return;
                }
                Event::Pair(first, second) => (first, second),
                Event::Step(step) => (&step.before, &step.after),
                Event::Moment(_) | Event::Stretch(_) | Event::EverAfter(_) => return,
            };
            let statement = &self.0;
            examine(
                statement.domain(),
                first.setting(),
                finding,
                |given| statement.assume(first, second, given),
                |finding| statement.conclude(first, second, finding),
            );
        })
    }
}

impl<S: AboutStep, T: Real> Examine<T> for OnSteps<S> {
    fn observer(&self) -> Observer<'_, T> {
        Box::new(|event, finding| {
            let step: &Step<T> = match event {
                Event::Step(step) => step,
                // What has no meaning there has none at any step.
                Event::Start(point) | Event::Pair(point, _) => {
                    self.0.domain().state(point.setting(), finding.assumed());
                    state_descent(point.setting(), finding.assumed());
                    return;
                }
                Event::Moment(_) | Event::Stretch(_) | Event::EverAfter(_) => return,
            };
            let statement = &self.0;
            examine(
                statement.domain(),
                step.before.setting(),
                finding,
                |given| statement.assume(step, given),
                |finding| statement.conclude(step, finding),
            );
        })
    }
}

impl<S: AboutRun, T: Real> Examine<T> for OnRuns<S> {
    fn observer(&self) -> Observer<'_, T> {
        let mut on_start: Vec<Hypothesis> = Vec::new();
        let mut fold: Option<Box<dyn Fold<T>>> = None;
        Box::new(move |event, finding| match event {
            Event::Start(start) => {
                let is_inside = self.0.domain().state(start.setting(), finding.assumed());
                if state_descent(start.setting(), finding.assumed()) && is_inside {
                    self.0.assume(start, finding.assumed());
                    fold = Some(self.0.begin(start));
                }
                on_start = finding.hypotheses().to_vec();
                if let (Some(fold), true) = (&mut fold, finding.is_asked_for_conclusion()) {
                    fold.conclude_start(start, finding);
                }
            }
            Event::Step(step) => {
                finding.assumed().again(&on_start);
                let Some(fold) = &mut fold else { return };
                if !finding.is_over() {
                    fold.assume(step, finding.assumed());
                }
                // What a fold remembers is of every step, those included at which a hypothesis fails.
                if !finding.is_over() {
                    fold.conclude(step, finding);
                }
            }
            Event::Pair(..) | Event::Moment(_) | Event::Stretch(_) | Event::EverAfter(_) => {}
        })
    }
}

impl<S: AboutFlow, T: Real> Examine<T> for OnFlows<S> {
    fn observer(&self) -> Observer<'_, T> {
        let mut on_start: Vec<Hypothesis> = Vec::new();
        let mut fold: Option<Box<dyn FlowFold<T>>> = None;
        Box::new(move |event, finding| {
            if let Event::Start(start) = event {
                let is_inside = self.0.domain().state(start.setting(), finding.assumed());
                let is_flow = start.setting().problem().step() == &StepRule::Flow;
                finding.assumed().of_domain("gradient flow", is_flow);
                if is_inside && is_flow {
                    self.0.assume(start, finding.assumed());
                    fold = Some(self.0.begin(start));
                }
                on_start = finding.hypotheses().to_vec();
            } else {
                finding.assumed().again(&on_start);
            }
            let Some(fold) = fold.as_mut().filter(|_| finding.is_asked_for_conclusion()) else { return };
            match event {
                Event::Start(start) => fold.start(start, finding),
                Event::Moment(moment) => fold.moment(moment, finding),
                Event::Stretch(stretch) => fold.stretch(stretch, finding),
                Event::EverAfter(after) => fold.ever_after(after, finding),
                Event::Pair(..) | Event::Step(_) => {}
            }
        })
    }
}

/// States of a flow that there are no steps of descent; whether there are.
fn state_descent<T: Real>(setting: &Setting<T>, given: &mut Hypotheses) -> bool {
    let is_flow = setting.problem().step() == &StepRule::Flow;
    if is_flow {
        given.of_domain("steps of gradient descent", false);
    }
    !is_flow
}
