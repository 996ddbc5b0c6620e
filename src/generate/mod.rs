//! Instances on which claims are checked: structure-aware, deterministic for a seed, shrinking.
//!
//! Proptest, quickcheck, `verify` and the benches draw from here. An instance is an exact problem and what to look at in it;
//! no claim is named here, and nothing is trained.

mod instance;

pub use instance::{Built, Fixed, Instance, Source};

mod pending;
pub use pending::Family;
