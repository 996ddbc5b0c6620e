//! The rooms of the library, each through its public names.

mod arrows;
mod bad_specs;
mod chance;
#[cfg(feature = "cli")]
mod changes;
mod curvature;
mod curves;
#[path = "../../crates/enclosures/src/draws.rs"]
mod draws;
mod f64_steps;
mod flow;
mod flow_claims;
mod generate;
mod late_flow;
mod long_runs;
#[cfg(feature = "cli")]
mod markdown;
mod one_example;
mod own_theorem;
mod path_bound;
mod reference;
#[cfg(feature = "cli")]
mod saved_results;
#[cfg(feature = "schema-tests")]
mod spec_schema;
mod specs;
mod stiff_flow;
mod support;
mod texts;
mod time_limits;
