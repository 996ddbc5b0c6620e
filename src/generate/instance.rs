//! One instance, and where instances come from.

use std::fmt::Debug;
use std::sync::Arc;

use rug::Rational;

use crate::problem::{Matrix, Problem};

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

/// A problem and what to look at in it.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The exact problem.
    pub problem: Arc<Problem>,
    /// The other point of a pair; without it, pairs are the steps of the run.
    pub partner: Option<Vec<Matrix<Rational>>>,
    /// How many steps of descent to take: 0 to look at the initial weights alone.
    pub steps: u64,
    /// For definitions: how it was built.
    pub built: Built,
}

impl Instance {
    /// The initial weights of `problem`, without a step.
    #[must_use]
    pub fn point(problem: Problem) -> Self {
        Self::run(problem, 0)
    }

    /// A run of `steps` steps.
    #[must_use]
    pub fn run(problem: Problem, steps: u64) -> Self {
        Self { problem: Arc::new(problem), partner: None, steps, built: Built::Inside }
    }

    /// The pair of the initial weights of `problem` and `partner`, shaped alike.
    #[must_use]
    pub fn pair(problem: Problem, partner: Vec<Matrix<Rational>>) -> Self {
        Self { partner: Some(partner), ..Self::run(problem, 0) }
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

    /// The instance with the given number, the same for the same seed on every machine; `None` past the end of a finite source.
    fn instance(&self, seed: u64, index: u64) -> Option<Instance>;

    /// A simpler instance than the one with the given number on which `still_fails`, if there is one: for shrinking a
    /// refutation.
    fn shrink(&self, seed: u64, index: u64, still_fails: &mut dyn FnMut(&Instance) -> bool) -> Option<Instance> {
        let _ = (seed, index, still_fails);
        None
    }
}

/// One instance, whatever the seed.
impl Source for Instance {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn instance(&self, _seed: u64, index: u64) -> Option<Instance> {
        (index == 0).then(|| self.clone())
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

    fn instance(&self, _seed: u64, index: u64) -> Option<Instance> {
        usize::try_from(index).ok().and_then(|index| self.instances.get(index)).cloned()
    }
}
