//! Whether a flow begins before it ends.

use std::sync::Arc;

use crate::number::{Ball, Real, Truth, readable};
use crate::problem::{Clock, FlowSchedule, Misfit, Problem};
use crate::reference::{Point, Setting, SmoothedMargin};

/// The precision of `−ln R(W(0))`.
const BITS: u32 = 128;

/// Checks that a flow that is followed by `−ln R` has not reached its last value at the start.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::problem::{Plan, Spec};
/// use gradient_witness::reference::check_start;
/// let text = r#"
///     network = { architecture = "fully-connected", widths = [1, 1] }
///     loss = { kind = "exponential" }
///     data = { x = [[1]], y = [1] }
///     init = { weights = [[[2]]] }
///     step = { rule = "flow" }
///     run = { until = { log_risk = 1 }, arithmetic = "certified" }
/// "#;
/// let spec = Spec::parse(text, ".".as_ref())?;
/// let Plan::Flow(schedule) = &spec.plan else { unreachable!("its rule is the flow") };
/// let misfit = check_start(&Arc::new(spec.problem.clone()), schedule).unwrap_err();
/// assert_eq!(misfit.to_string(), "run.until.log_risk: 1 is not above −ln R(W(0)) = 2; give a larger value");
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
///
/// # Errors
///
/// A [`Misfit`] that names `run.until.log_risk`.
pub fn check_start(problem: &Arc<Problem>, schedule: &FlowSchedule) -> Result<(), Misfit> {
    if schedule.clock == Clock::Time {
        return Ok(());
    }
    let start = Point::<Ball>::initial(Arc::new(Setting::new(Arc::clone(problem), BITS)));
    let margin: &SmoothedMargin<Ball> = start.know();
    let reached = margin.log_risk(problem);
    if reached.below(&start.constant(schedule.horizon.clone())) == Truth::True {
        return Ok(());
    }
    let horizon = crate::number::nearest_f64(&schedule.horizon);
    Err(Misfit {
        key: "run.until.log_risk".to_owned(),
        problem: format!("{} is not above −ln R(W(0)) = {}", readable(horizon), readable(reached.approximate())),
        fix: "give a larger value".to_owned(),
    })
}
