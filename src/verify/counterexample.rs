//! What makes a refutation again.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::generate::{Instance, Look};
use crate::problem::{Arithmetic, FlowSchedule, Problem, Spec};

use super::examine::FIRST_BITS;
use super::options::Options;

/// The arithmetic in which `witness run` follows a flow that refutes.
const ARITHMETIC: Arithmetic = Arithmetic::Certified(Some(FIRST_BITS));

/// What makes a refutation again, or a check break again.
#[derive(Clone, Debug)]
pub enum Counterexample {
    /// A run: [`verify_own_run`](super::verify_own_run) sees the same.
    Run {
        /// What is trained.
        problem: Arc<Problem>,
        /// How many steps; 0 for the initial weights alone.
        steps: u64,
    },
    /// A flow: [`verify_own_flow`](super::verify_own_flow) sees the same.
    Flow {
        /// What flows.
        problem: Arc<Problem>,
        /// How far, and its moments.
        schedule: FlowSchedule,
    },
    /// A pair of points, which is no run: [`examine_instance`](super::examine_instance) sees the same, and so does a verification that is asked
    /// the same.
    Pair(Instance, Verification),
    /// A case of a claim about chance, by a formula or a sample.
    Case(Verification),
}

/// What a verification was asked, as far as what it finds depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The seed.
    pub seed: u64,
    /// The number of applicable instances, or of cases.
    pub instances: u64,
    /// The number of draws of each event, if it was given.
    pub draws: Option<NonZeroU64>,
    /// The highest precision.
    pub max_bits: u32,
}

impl Verification {
    pub(super) fn of(options: &Options) -> Self {
        let Options { seed, instances, draws, ref limits } = *options;
        Self { seed, instances, draws, max_bits: limits.max_bits }
    }
}

impl Counterexample {
    /// An instance that a verification found.
    pub(super) fn of(instance: &Instance, options: &Options) -> Self {
        match &instance.look {
            Look::Point | Look::Run(_) => {
                Self::Run { problem: Arc::clone(&instance.problem), steps: instance.look.steps() }
            }
            Look::Flow { clock, record, horizon } => {
                let (clock, record, horizon) = (*clock, record.clone(), horizon.clone());
                let schedule = FlowSchedule { clock, horizon, tolerance: None, record, arithmetic: ARITHMETIC };
                Self::Flow { problem: Arc::clone(&instance.problem), schedule }
            }
            Look::Pair(_) => Self::Pair(instance.clone(), Verification::of(options)),
        }
    }

    /// The run spec that replays it, if it is a run or a flow.
    #[must_use]
    pub fn spec(&self) -> Option<String> {
        match self {
            Self::Run { problem, steps } => Some(Spec::of_run((**problem).clone(), *steps).to_toml()),
            Self::Flow { problem, schedule } => Some(Spec::of_flow((**problem).clone(), schedule.clone()).to_toml()),
            Self::Pair(..) | Self::Case(_) => None,
        }
    }

    /// The verification that finds it again, if no run spec does.
    #[must_use]
    pub fn verification(&self) -> Option<&Verification> {
        match self {
            Self::Run { .. } | Self::Flow { .. } => None,
            Self::Pair(_, verification) | Self::Case(verification) => Some(verification),
        }
    }
}
