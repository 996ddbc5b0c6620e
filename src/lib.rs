//! Verified-property test harness for the theory of deep linear networks.
pub mod claims;
pub mod cli;
pub mod descent;
pub mod generate;
pub mod number;
pub mod problem;
pub mod reference;
pub mod report;
pub mod verify;
