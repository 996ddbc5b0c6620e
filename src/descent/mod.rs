//! The f64 program: gradient descent on deep linear networks, as fast as the processor allows.
//!
//! This room exists so that there is something to hold against the reference. It starts from the same exact
//! [`Problem`](crate::problem::Problem), rounds it once, and from there has its own forms of everything: gradients of rank
//! one, squared losses through `XXᵀ` and `YXᵀ`, losses that neither overflow nor cancel, one fused pass for a layer's
//! update and for what the next layer needs of it, one text for all [`Instructions`] of vectors. [`budget`] says how far
//! one of its steps may be from the exact one.
//!
//! What may not enter: any formula, product or loss shared with the reference, which would let one slip hide in both; any
//! arithmetic but f64, except where the smoothness rule asks for an exact rational; any allocation inside a step.
//!
//! ```
//! use gradient_witness::descent::{Descent, StepOutcome};
//! use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
//! use rug::Rational;
//!
//! // f(x) = w₂w₁x on the single example x = 1, y = 1 with the loss ½(f(x) − y)², from w₁ = w₂ = 1/2 with η = 1.
//! let one = Matrix::row_vector(vec![Rational::from(1)]);
//! let half = Matrix::row_vector(vec![Rational::from((1, 2))]);
//! let problem = Problem::new(
//!     Network::fully_connected(&[1, 1, 1]).unwrap(),
//!     Loss::Squared,
//!     Normalisation::Mean,
//!     Data::Examples { x: one.clone(), y: one },
//!     vec![half.clone(), half],
//!     StepRule::Constant(Rational::from(1)),
//! )
//! .unwrap();
//! let mut descent = Descent::new(&problem).unwrap();
//! assert_eq!(descent.risk(), Ok(0.28125));
//! // Each weight moves by −η (w₂w₁ − 1)/2 = 3/8.
//! assert_eq!(descent.step(), StepOutcome::Advanced);
//! assert_eq!(descent.parameters(), [0.875, 0.875]);
//! ```

pub mod budget;
mod buffer;
mod calm;
mod convolutional;
mod diagonal;
mod divergence;
mod few_examples;
mod flow;
mod fully_connected;
mod instructions;
mod kernels;
mod layer;
mod layout;
mod loss;
mod machine;
mod many;
mod matrices;
mod moments;
mod narrow;
mod norms;
mod objective;
mod panel;
mod point;
mod products;
mod run;
mod start;
mod step_size;
mod stretch;
#[cfg(test)]
mod tests;

pub use divergence::{Divergence, StartError, StepOutcome};
pub use flow::{Failure, Flow, FlowOutcome, Tolerance};
pub use instructions::Instructions;
pub use many::advance_all;
pub use point::Observation;
pub use run::Descent;
