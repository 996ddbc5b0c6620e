//! What a claim of one's own takes, in one line: `use gradient_witness::prelude::*;`.
//!
//! - the subjects of a statement, a trait each, and what makes a [`Statement`](crate::claims::Statement) of it: [`AboutPoint`] and
//!   [`OnPoints`], [`AboutStep`] and [`OnSteps`], …;
//! - what its methods are given: a [`Point`], a [`Step`] or a [`Setting`] over any [`Real`], what their problem is ([`Loss`], [`StepRule`], …), [`Hypotheses`] to state and a [`Finding`] to fill;
//! - what is made of it: a [`Claim`], with instances from a [`Family`], from a function ([`Sampled`]), from a spec ([`replay`])
//!   or of shapes alone ([`Shape`]);
//! - what is asked of it: [`verify`] with [`Options`], [`verify_own_run`] with [`Limits`].
//!
//! Statements about chance have a vocabulary of their own: see [`AboutChance`](crate::claims::AboutChance).

pub use rug::Rational;

pub use crate::claims::{
    AboutData, AboutNumbers, AboutPair, AboutPoint, AboutRun, AboutStart, AboutStep, Claim, Domain, Finding, Fold,
    Hypotheses, OnData, OnPairs, OnPoints, OnRuns, OnStarts, OnSteps, Shape, assuming, at_every_point,
};
pub use crate::generate::{Family, Instance, Random, Sampled, replay};
pub use crate::number::{Real, Special, Truth};
pub use crate::problem::{Loss, Matrix, Normalisation, Spec, StepRule};
pub use crate::reference::{Fact, Point, Setting, Step};
pub use crate::verify::{Counterexample, Evidence, Limits, Options, Report, Status, verify, verify_own_run};
