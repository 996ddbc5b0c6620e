//! Many runs at once.

use rayon::prelude::*;

use super::divergence::StepOutcome;
use super::run::Descent;

/// Advances each of some runs by `steps` steps, on all cores, and says what became of each, in their order.
///
/// The runs do not depend on each other, so the result is that of advancing them one after the other.
///
/// ```
/// use gradient_witness::descent::{Descent, StepOutcome, advance_all};
/// use gradient_witness::problem::Spec;
/// let spec = r#"
///     network = { architecture = "diagonal", dim = 2, depth = 2 }
///     loss = { kind = "squared" }
///     data = { x = [[1, 2]], y = [1] }
///     init = { weights = [[0.5, 0.25], [0.5, 0.25]] }
///     step = { rule = "constant", eta = 0.01 }
///     run = { steps = 10 }
/// "#;
/// let spec = Spec::parse(spec, ".".as_ref())?;
/// let mut runs: Vec<Descent> = (0..4).map(|_| Descent::new(&spec.problem).unwrap()).collect();
/// for (seed, run) in runs.iter_mut().enumerate() {
///     run.set_weights(&[0.1 * seed as f64; 4]).unwrap();
/// }
/// assert_eq!(advance_all(&mut runs, 1000), [StepOutcome::Advanced; 4]);
/// assert!(runs.iter().all(|run| run.t() == 1000));
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
pub fn advance_all(runs: &mut [Descent], steps: u64) -> Vec<StepOutcome> {
    runs.par_iter_mut().map(|run| run.advance(steps)).collect()
}
