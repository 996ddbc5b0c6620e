//! A run and what is recorded of it, in the arithmetic that one asks for.
//!
//! [`Trajectory`] trains a problem by the f64 program or by the reference over one of its number systems, in steps or along its flow, and
//! hands out a [`Record`] at each [`Position`] that is to be recorded. Whatever the arithmetic, what is recorded and how a run ends are told alike, so
//! whoever prints, plots or compares runs need not know who made them.
//!
//! Of a flow that is enclosed it also says what is known at t = ∞: a [`Limit`].
//!
//! [`Courses`] are for the eye: risk, norms, imbalance and alignment over a run, in balls whatever the arithmetic of the spec.
//!
//! The room exists because the two programs may not know each other, and something must run both. It takes no step of its own and has no
//! formula. Text does not enter either: how a number is written is a matter of [`report`](crate::report).
//!
//! ```
//! use std::sync::Arc;
//! use gradient_witness::problem::{Arithmetic, Spec};
//! use gradient_witness::trajectory::{Ending, Parts, Trajectory, Value};
//!
//! let spec = Spec::parse(
//!     r#"
//!     network = { architecture = "fully-connected", widths = [2, 2, 1] }
//!     loss = { kind = "logistic" }
//!     data = { x = [[0.6, 0.2], [0.1, -0.9]], y = [1, -1] }
//!     init = { weights = [[[0.5, -0.25], [0.1, 0.75]], [[0.5, "1/3"]]] }
//!     step = { rule = "constant", eta = 0.1 }
//!     run = { steps = 100, record = { every = 40 }, arithmetic = "ball:128" }
//!     "#,
//!     ".".as_ref(),
//! )?;
//! let mut trajectory = Trajectory::begin(Arc::new(spec.problem), &spec.plan, Parts::default()).unwrap();
//! let mut times = Vec::new();
//! for record in &mut trajectory {
//!     // A ball that holds the exact risk of the exact run.
//!     let Value::Ball(risk) = &record.risk else { unreachable!("this run is over balls") };
//!     assert!(risk.radius().to_float() < 1e-30);
//!     times.push(record.t.steps());
//! }
//! assert_eq!(times, [0, 40, 80, 100]);
//! assert_eq!(trajectory.ending(), Ending::Finished);
//! # Ok::<(), gradient_witness::problem::SpecError>(())
//! ```

mod certified;
mod courses;
mod enclosed;
mod ending;
mod flow;
mod limit;
mod observed;
mod position;
mod record;
mod recorded_steps;
mod run;
mod state;

pub use crate::reference::check_start;
pub(crate) use certified::certified_run;
pub use certified::long_run;
pub use courses::{Course, Courses, Quantity};
pub use ending::Ending;
pub use limit::{Direction, Limit};
pub use position::Position;
pub use record::{Parts, Record, Value};
pub(crate) use recorded_steps::RecordedSteps;
pub use run::{NoBeginning, Trajectory};
