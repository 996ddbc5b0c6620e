//! What a verification is asked for and may spend, and whom it tells of what is finished.

use std::num::NonZeroU64;

use super::verdict::ClaimVerdict;
use crate::time_limit::TimeLimit;

/// What is said of that which was not finished.
pub(super) const OUT_OF_TIME: &str = "the time budget is used up";

/// Why a check has not been made at a precision at which the data do not fit into memory.
pub(super) const TOO_LARGE: &str = "the data are too large for this precision";

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
    /// When to stop, whatever is being computed.
    pub time: TimeLimit,
    /// Whether hypotheses are listed but not counted.
    pub conclusion_only: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bits: 4096, time: TimeLimit::default(), conclusion_only: false }
    }
}

impl Limits {
    /// Whether the user has stopped it.
    pub(super) fn interrupted(&self) -> bool {
        self.time.is_interrupted()
    }

    /// Whether nothing more may be spent.
    pub(super) fn exhausted(&self) -> bool {
        self.time.is_over()
    }
}

/// Is told what has been finished.
pub trait Progress: Sync {
    /// A claim has its verdict. Claims are told of in their order: each waits for those before it.
    fn claim(&self, verdict: &ClaimVerdict);

    /// So many more claims have their verdicts, whether they were told of or not.
    fn finished(&self, _claims: usize) {}

    /// An instance of a source has been examined.
    fn instance(&self) {}
}

/// Tells nobody.
impl Progress for () {
    fn claim(&self, _verdict: &ClaimVerdict) {}
}
