//! The f64 program held against the reference.
//!
//! Two questions, and they differ. *Is each f64 step right?* is judged ([`Judge`]): from the same f64 weights, with the same f64 step size, a
//! certified step is done on the exact problem, and the f64 step must be within a bound that is derived from the number of its operations
//! ([`budget`](crate::descent::budget)) and from the sum of the absolute values of all that it adds. *How far is the f64 run from the exact
//! run?* is measured ([`Deviation`]): errors that are right step by step may grow along the run, and how much is a property of the problem. An
//! [`Audit`] asks both of a whole run.
//!
//! The room exists because the two programs share no formula and neither may know the other: here they meet, as strangers. What a layout
//! rounds, the f64 program says of itself; what follows from that for a step is said here. No step is taken and no gradient computed here,
//! and no tolerance enters that is not derived.
//!
//! ```
//! use std::sync::Arc;
//! use gradient_witness::audit::Audit;
//! use gradient_witness::problem::Spec;
//! use gradient_witness::time_limit::TimeLimit;
//! use gradient_witness::trajectory::Ending;
//!
//! let spec = Spec::parse(
//!     r#"
//!     network = { architecture = "fully-connected", widths = [2, 2, 1] }
//!     loss = { kind = "logistic" }
//!     data = { x = [[0.6, 0.2], [0.1, -0.9]], y = [1, -1] }
//!     init = { weights = [[[0.5, -0.25], [0.1, 0.75]], [[0.5, "1/3"]]] }
//!     step = { rule = "constant", eta = 0.1 }
//!     run = { steps = 20, record = { every = 10 } }
//!     "#,
//!     ".".as_ref(),
//! )?;
//! let mut audit = Audit::begin(Arc::new(spec.problem.clone())).unwrap();
//! let comparison = audit.compare(spec.schedule()?, 128, &TimeLimit::default(), &|_| {});
//! // Each step is within its bound, and the budget is no looser than it must be.
//! assert_eq!((comparison.judged.steps, comparison.judged.exceeded, comparison.judged.undecided), (20, None, None));
//! assert!(0.1 < comparison.judged.worst_share && comparison.judged.worst_share <= 1.0);
//! // After 20 steps no weight is further than 10⁻¹⁴ from the exact run.
//! let last = comparison.distance.rows.last().unwrap();
//! assert!(last.t == 20 && last.weight.bound() < 1e-14);
//! assert_eq!(comparison.distance.certified, Ending::Finished);
//! # Ok::<(), gradient_witness::problem::SpecError>(())
//! ```

mod comparison;
mod deviation;
mod discretisation;
mod distance;
mod flow;
mod judge;
mod precision;
mod steps;

pub use crate::reference::rounding::gamma;
pub use comparison::{Audit, Comparison};
pub use deviation::{Deviation, Row};
pub use discretisation::{Discretisation, Gap, Undivided};
pub use distance::{Branch, Distance};
pub use flow::{FlowComparison, FlowDistance, compare_flow};
pub use judge::{Judge, StepVerdict};
pub use steps::JudgedSteps;
