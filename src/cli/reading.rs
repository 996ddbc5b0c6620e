//! The run spec that a command is given, with what can be refused of it before it is followed.

use std::path::Path;
use std::sync::Arc;

use super::failure::Failure;
use crate::problem::{Plan, Spec, SpecError};
use crate::trajectory::check_start;

/// Reads a spec.
///
/// # Errors
///
/// What is wrong with it, or that its flow begins where it was to end.
pub(super) fn read(file: &Path) -> Result<Spec, Failure> {
    let spec = Spec::read(file)?;
    if let Plan::Flow(schedule) = &spec.plan {
        check_start(&Arc::new(spec.problem.clone()), schedule).map_err(|misfit| SpecError {
            file: Some(file.to_owned()),
            line: None,
            key: Some(misfit.key),
            problem: misfit.problem,
            fix: misfit.fix,
        })?;
    }
    Ok(spec)
}
