//! The harness: from claims and instances to verdicts.
//!
//! It runs the reference over one instance for all claims that look at it, raises the precision until every relation is
//! decided, runs the negative controls and tests polynomial identities. Nothing here knows any claim in particular.

mod control;
mod examine;
mod identity;
mod own_run;
mod suite;
mod verdict;

pub use control::Caught;
pub use examine::{Arithmetic, Assumption, Failure, InstanceVerdict, Limits, examine_instance};
pub use identity::{IdentityVerdict, examine_identity};
pub use own_run::{OwnRunReport, OwnRunVerdict, verify_own_run};
pub use suite::{Options, Progress, verify};
pub use verdict::{ClaimVerdict, Evidence, Range, Report, Status, Summary};
