//! Texts about the whole: how it is built, what has to be trusted, how a run is described. Nothing is defined here.

#[doc = include_str!("../ARCHITECTURE.md")]
pub mod architecture {}

#[doc = include_str!("../TRUST.md")]
pub mod trust {}

#[doc = include_str!("problem/spec/reference.md")]
pub mod run_spec {}
