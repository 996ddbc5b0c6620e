//! Texts about the whole: how it is built, and what has to be trusted. Nothing is defined here.

#[doc = include_str!("../ARCHITECTURE.md")]
pub mod architecture {}

#[doc = include_str!("../TRUST.md")]
pub mod trust {}
