//! Claims: the vocabulary in which a statement of a paper is written, and the statements.
//!
//! A claim is a function from a subject to hypotheses and relations over any number system. From that one shape the harness in
//! [`verify`](crate::verify) derives everything else. A claim computes; it decides nothing: no verdict, no tolerance and no
//! precision may be chosen here.
//!
//! # Check your own theorem
//!
//! A claim of your own has the same shape and the same rights as the built-in ones. Write a struct, implement the trait of its
//! subject ([`AboutData`], [`AboutStart`], [`AboutPoint`], [`AboutPair`], [`AboutStep`] or [`AboutRun`]). Its `conclude` states relations with
//! [`Finding::at_most`], [`Finding::equal`] and theirs; what it assumes goes into `assume`, through [`Hypotheses`]; the networks, losses and
//! data without which its terms mean nothing are its [`Domain`] (fully-connected networks unless it says otherwise). `conclude` is called
//! only where the hypotheses may hold, so it need not ask. A claim without a control has not come out as expected: add a variation, or an
//! instance outside the hypotheses, that must be refuted. A statement about chance has no instances but cases, and is written with
//! [`AboutChance`].
//!
//! ```
//! use gradient_witness::claims::{AboutStep, Claim, Finding, OnSteps};
//! use gradient_witness::generate::{Family, Instance};
//! use gradient_witness::number::Real;
//! use gradient_witness::problem::Spec;
//! use gradient_witness::reference::Step;
//! use gradient_witness::verify::{Options, Status, verify};
//!
//! /// The risk never rises.
//! struct Monotone;
//!
//! impl AboutStep for Monotone {
//!     fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
//!         finding.at_most("R(W(t+1)) ≤ R(W(t))", step.after.risk(), step.before.risk());
//!     }
//! }
//!
//! // Without the step rule it is false: a constant step of 40.
//! let far = Spec::parse(
//!     r#"
//!     network = { architecture = "fully-connected", widths = [2, 2, 1] }
//!     loss = { kind = "logistic" }
//!     data = { x = [["3/5", "4/5"], ["3/5", "-4/5"]], y = [1, 1] }
//!     init = { weights = [[["-1/10", 0], ["-2/5", "-3/10"]], [["-1/5", 0]]] }
//!     step = { rule = "constant", eta = 40 }
//!     run = { steps = 2 }
//!     "#,
//!     std::path::Path::new("."),
//! )?;
//! let text = "# Statement\nThe risk never rises.\n# Source\nMine\nKind: finite-time inequality.";
//! let claim = Claim::new("mine.monotone", text, OnSteps(Monotone), Family::SmoothnessRuns).control(
//!     "the step rule dropped",
//!     OnSteps(Monotone),
//!     Instance::run(far.problem, far.schedule.steps),
//! );
//! let report = verify(&[&claim], &Options { instances: 2, ..Options::default() }, &());
//! assert_eq!(report.claims[0].status, Status::Holds);
//! assert_eq!(report.claims[0].control, Some(true));
//! # Ok::<(), gradient_witness::problem::SpecError>(())
//! ```

mod chance;
mod check;
mod claim;
mod digits;
mod domain;
mod finding;
mod fold;
mod hypotheses;
mod magnitude;
mod relation;
mod role;
mod statement;

pub use chance::{
    AboutChance, Chance, ChanceCase, ChanceStatement, Event as ChanceEvent, Number, OnChance, Sampling, TwoLaws,
};
pub use check::{Check, Control, Shape};
pub use claim::Claim;
pub use digits::Digits;
pub use domain::Domain;
pub use finding::Finding;
pub use fold::{Fold, assuming, at_every_point};
pub use hypotheses::Hypotheses;
pub(crate) use magnitude::log2_at_least;
pub use relation::{Hypothesis, Outcome, Relation, Trend};
pub use role::{Expected, Reading, Role, Scope};
pub use statement::{
    AboutData, AboutPair, AboutPoint, AboutRun, AboutStart, AboutStep, Event, Examine, Observer, OnData, OnPairs,
    OnPoints, OnRuns, OnStarts, OnSteps, Statement,
};
