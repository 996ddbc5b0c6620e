//! The harness: from claims and instances to verdicts.
//!
//! It runs the reference over one instance for all claims that look at it, raises the precision until every relation is
//! decided, runs the negative controls, tests polynomial identities and draws what claims about chance speak of. Nothing here knows any claim in particular.

mod chance;
mod confidence;
mod control;
mod examine;
mod first_events;
mod identity;
mod own_run;
mod suite;
mod verdict;

pub use chance::SampleVerdict;
pub use confidence::{Interval, clopper_pearson, distance_of_laws};
pub use control::Caught;
pub use examine::{Arithmetic, Assumption, Failure, InstanceVerdict, Limits, examine_instance};
pub use identity::{IdentityVerdict, examine_identity};
pub use own_run::{OwnRunReport, OwnRunVerdict, verify_own_run};
pub use suite::{Options, Progress, verify};
pub use verdict::{ClaimVerdict, Evidence, Range, Report, Status, Summary};
