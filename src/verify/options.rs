//! What a verification is asked for and may spend, and whom it tells of what is finished.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::verdict::ClaimVerdict;

/// What to verify with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed of the instances.
    pub seed: u64,
    /// The number of applicable instances a claim.
    pub instances: u64,
    /// The number of draws of each event of a claim about chance; without it, as many as it takes to decide.
    pub draws: Option<NonZeroU64>,
    /// Precision, time and interruption.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, instances: 64, draws: None, limits: Limits::default() }
    }
}

/// What a verification may spend.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The highest precision.
    pub max_bits: u32,
    /// When to stop.
    pub deadline: Option<Instant>,
    /// Set from outside to stop at the next step.
    pub interrupted: Arc<AtomicBool>,
    /// Whether hypotheses are listed but not counted.
    pub conclusion_only: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bits: 4096, deadline: None, interrupted: Arc::default(), conclusion_only: false }
    }
}

impl Limits {
    /// Whether the user has stopped it.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether nothing more may be spent.
    pub(super) fn exhausted(&self) -> bool {
        self.interrupted() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Is told what has been finished.
pub trait Progress: Sync {
    /// A claim has its verdict.
    fn claim(&self, verdict: &ClaimVerdict);

    /// An instance of a source has been examined.
    fn instance(&self) {}
}

/// Tells nobody.
impl Progress for () {
    fn claim(&self, _verdict: &ClaimVerdict) {}
}
