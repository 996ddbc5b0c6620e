//! The harness: from claims and instances to verdicts.
//!
//! It runs the reference over one instance for all claims that look at it, raises the precision until every relation is
//! decided, runs the negative controls, tests polynomial identities and draws what claims about chance speak of. Nothing here
//! knows any claim in particular.
//!
//! From the whole to its parts: `suite` shares all claims out to `instances`, `identity` and `chance`; `own_run` asks them about a user's run.
//! `events` are what there is to see of an instance or of a shape. `examine` decides claims on one instance, in `first_events` over the
//! rationals and in `watch` over balls; what they find is an `instance_verdict`, a `failure` is what did not come out true, and `precision`
//! whether more of it may say more. `observe` is where they call the code of a claim, and `agreement` how far two sides must agree that no ball
//! decides. When the verdicts are there and somebody asks, `curves` has the sides of a relation that fails over the run, and `thinning` what a
//! picture shows of so many numbers. `sample` draws events and `confidence` judges them. `tally` adds up the `verdict` on a claim, with `remarks` on it and the
//! `counterexample`, and `control` runs its negative controls.

mod agreement;
mod chance;
mod confidence;
mod control;
mod counterexample;
mod curves;
mod events;
mod examine;
mod failure;
mod first_events;
mod identity;
mod in_order;
mod instance_verdict;
mod instances;
mod observe;
mod options;
mod own_run;
mod precision;
mod remarks;
mod sample;
mod suite;
mod tally;
mod thinning;
mod verdict;
mod watch;
mod when;

use crate::panics;

pub use confidence::{Interval, clopper_pearson, distance_of_laws};
pub use control::Caught;
pub use counterexample::{Counterexample, Verification};
pub use curves::{Curve, Standing};
pub use examine::examine_instance;
pub use failure::{Assumption, Failure};
pub use identity::{IdentityVerdict, examine_formula, examine_identity};
pub use instance_verdict::{InstanceVerdict, NumberSystem};
pub use options::{Limits, Options, Progress};
pub use own_run::{OwnRunReport, OwnRunVerdict, verify_own_flow, verify_own_run};
pub use remarks::{Remark, Remarks};
pub use sample::SampleVerdict;
pub use suite::verify;
pub use thinning::Reading;
pub(crate) use thinning::{Thinned, column_beginnings};
pub use verdict::{ClaimVerdict, Evidence, Range, Report, Status, Summary};
pub use when::{Hour, When};
