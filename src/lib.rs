//! Verified-property test harness for the theory of deep linear networks.
pub mod number;
pub mod problem;
