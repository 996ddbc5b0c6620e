//! Ctrl-C: what was finished is written, marked as interrupted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::Failure;

/// A flag that Ctrl-C sets from now on.
pub(super) fn flag() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    let handled = ctrlc::set_handler(move || raised.store(true, Ordering::Relaxed));
    handled.map_err(|error| Failure::System { what: "waiting for Ctrl-C", problem: error.to_string() })?;
    Ok(flag)
}
