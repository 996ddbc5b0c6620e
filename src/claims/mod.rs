//! Claims: the vocabulary in which a statement of a paper is written, and the statements.
//!
//! A claim is a function from a subject to hypotheses and relations over any number system. From that one shape the harness in
//! [`verify`](crate::verify) derives everything else. A claim computes; it decides nothing: no verdict, no tolerance and no
//! precision may be chosen here.
//!
//! Whoever writes a claim of their own begins with the [`cookbook`].

mod band;
mod chance;
mod check;
mod claim;
pub mod cookbook;
mod digits;
mod domain;
mod finding;
mod fold;
mod hypotheses;
mod magnitude;
mod relation;
mod role;
mod statement;

pub use band::Band;
pub use chance::{AboutChance, Chance, ChanceCase, ChanceEvent, ChanceStatement, Number, OnChance, Sampling, TwoLaws};
pub use check::{Check, Control, Shape};
pub use claim::Claim;
pub use digits::Digits;
pub use domain::Domain;
pub use finding::Finding;
pub use fold::{FlowFold, Fold, assuming, at_every_point, throughout};
pub use hypotheses::Hypotheses;
pub(crate) use magnitude::log2_at_least;
pub use relation::{Hypothesis, Outcome, Relation, RelationId, Symbol, Trend};
pub use role::{Expected, Reading, Role, Scope};
pub use statement::{
    AboutData, AboutFlow, AboutNumbers, AboutPair, AboutPoint, AboutRun, AboutStart, AboutStep, Event, Examine,
    Formula, Observer, OnData, OnFlows, OnPairs, OnPoints, OnRuns, OnStarts, OnSteps, Statement,
};
