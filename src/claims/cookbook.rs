#![doc = include_str!("cookbook.md")]

#[cfg(doc)]
use super::{AboutNumbers, AboutPoint, AboutRun, AboutStep, Claim, Finding, Hypotheses, Relation};
#[cfg(doc)]
use crate::generate::Random;
