//! The reference: risk, gradient and descent written once, over any number system, as the papers write them.
//!
//! Speed comes from the number types and the matrix product underneath, never from cleverness in this text. Nothing of the
//! f64 program may enter here, nor may a formula of it: the two are checked against each other.

mod around;
pub mod balance;
mod critical;
pub mod curvature;
pub mod descent;
pub mod differentiation;
mod facts;
mod flow;
pub mod gradient;
mod layer;
pub mod long_run;
pub mod loss;
mod margin_bound;
pub mod network;
mod one_example;
mod path_bound;
mod point;
pub(crate) mod rounding;
mod separator;
mod setting;
mod smoothed_margin;
mod spectra;
mod step_size;

pub use around::Around;
pub use descent::{Descent, Step, Stop};
pub use facts::Fact;
pub use flow::{EverAfter, Flow, FlowStop, Mark, Moment, Stretch, Way, check_start};
pub use margin_bound::MarginBound;
pub use one_example::{NotOneExample, OneExample, Unreached};
pub use path_bound::{NoPathBound, PathBound};
pub use point::Point;
pub use separator::{margin_and_direction, separator};
pub use setting::Setting;
pub use smoothed_margin::SmoothedMargin;
