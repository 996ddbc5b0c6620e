//! One instance, and where instances come from.

use std::fmt::Debug;
use std::sync::Arc;

use rug::Rational;

use super::{Random, Shrinker};
use crate::problem::{Clock, FlowRecording, FlowSchedule, Matrix, Plan, Problem};

/// So many simpler instances are tried.
const TRIES: u32 = 400;

/// How an instance of a definition was built, by a route that does not use the definition's predicate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Built {
    /// To satisfy the definition.
    #[default]
    Inside,
    /// To violate it.
    Outside,
    /// Nobody built it: a run that a user brings. Whether it satisfies the definition is what is asked.
    Unknown,
}

/// What is looked at in a problem; `P` is what is known of the other point of a pair, its weights or how to draw them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look<P = Vec<Matrix<Rational>>> {
    /// The initial weights.
    Point,
    /// The pair of the initial weights and another point.
    Pair(P),
    /// The run from the initial weights of so many steps of descent, the pairs `W(t), W(t+1)` among it.
    Run(u64),
    /// The flow from the initial weights to its last time, above 0, or its last `−ln R`: its moments, which are what is recorded and the last, and the stretches
    /// between.
    Flow {
        /// What the others are counted in.
        clock: Clock,
        /// What is a moment.
        record: FlowRecording,
        /// The last.
        horizon: Rational,
    },
}

impl<P> Look<P> {
    /// How many steps of descent are taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match self {
            Self::Point | Self::Pair(_) | Self::Flow { .. } => 0,
            Self::Run(steps) => *steps,
        }
    }

    /// The other point of a pair, if one is looked at.
    #[must_use]
    pub fn partner(&self) -> Option<&P> {
        match self {
            Self::Pair(partner) => Some(partner),
            Self::Point | Self::Run(_) | Self::Flow { .. } => None,
        }
    }
}

/// A problem and what to look at in it.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The exact problem.
    pub problem: Arc<Problem>,
    /// What to look at.
    pub look: Look,
    /// For definitions: how it was built.
    pub built: Built,
}

impl Instance {
    /// The initial weights of `problem`, without a step.
    #[must_use]
    pub fn point(problem: Problem) -> Self {
        Self::new(problem, Look::Point)
    }

    /// A run of `steps` steps.
    #[must_use]
    pub fn run(problem: Problem, steps: u64) -> Self {
        Self::new(problem, Look::Run(steps))
    }

    /// The flow to `horizon`, with moments where `record` says, both counted in `clock`, if the step rule of `problem` is the flow.
    #[must_use]
    pub fn flow(problem: Problem, clock: Clock, record: FlowRecording, horizon: Rational) -> Self {
        Self::new(problem, Look::Flow { clock, record, horizon })
    }

    /// What a plan follows: a run or a flow.
    #[must_use]
    pub fn of_plan(problem: Problem, plan: &Plan) -> Self {
        match plan {
            Plan::Descent(schedule) => Self::run(problem, schedule.steps),
            Plan::Flow(FlowSchedule { clock, record, horizon, .. }) => {
                Self::flow(problem, *clock, record.clone(), horizon.clone())
            }
        }
    }

    /// The pair of the initial weights of `problem` and `partner`, shaped alike.
    #[must_use]
    pub fn pair(problem: Problem, partner: Vec<Matrix<Rational>>) -> Self {
        Self::new(problem, Look::Pair(partner))
    }

    fn new(problem: Problem, look: Look) -> Self {
        Self { problem: Arc::new(problem), look, built: Built::Inside }
    }

    /// The same instance, marked as built outside the definition.
    #[must_use]
    pub fn outside(self) -> Self {
        Self { built: Built::Outside, ..self }
    }

    /// The same instance, brought by somebody of whom nothing is known.
    #[must_use]
    pub fn of_unknown_origin(self) -> Self {
        Self { built: Built::Unknown, ..self }
    }
}

/// Where instances come from.
pub trait Source: Debug + Send + Sync {
    /// A name; claims whose sources have the same name share instances and runs.
    fn name(&self) -> String;

    /// The instance that is made of what `random` draws, and of its number; `None` past the end of a finite source.
    fn draw(&self, random: &mut Random) -> Option<Instance>;

    /// The instance with the given number, the same for the same seed on every machine; `None` past the end of a finite source.
    fn instance(&self, seed: u64, index: u64) -> Option<Instance> {
        self.draw(&mut Random::new(&self.name(), seed, index))
    }

    /// A simpler instance than the one with the given number on which `still_fails`, if there is one: for shrinking a
    /// refutation.
    fn shrink(&self, seed: u64, index: u64, still_fails: &mut dyn FnMut(&Instance) -> bool) -> Option<Instance> {
        let mut shrinker = Shrinker::new(self, seed, index)?;
        let mut tries = 0;
        while tries < TRIES
            && let Some(simpler) = shrinker.next(self)
        {
            tries += 1;
            let fails = still_fails(simpler);
            shrinker.learn(fails);
        }
        shrinker.found()
    }
}

/// One instance, whatever the seed.
impl Source for Instance {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn draw(&self, random: &mut Random) -> Option<Instance> {
        (random.index() == 0).then(|| self.clone())
    }
}

/// A finite list of instances, whatever the seed.
#[derive(Clone, Debug)]
pub struct Fixed {
    name: &'static str,
    instances: Vec<Instance>,
}

impl Fixed {
    /// The list with a name of its own.
    #[must_use]
    pub fn new(name: &'static str, instances: Vec<Instance>) -> Self {
        Self { name, instances }
    }
}

impl Source for Fixed {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn draw(&self, random: &mut Random) -> Option<Instance> {
        usize::try_from(random.index()).ok().and_then(|index| self.instances.get(index)).cloned()
    }
}
