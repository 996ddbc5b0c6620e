//! Ctrl-C: what was finished is written, marked as interrupted.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Exit;
use super::failure::Failure;

/// Files that are being written and have not been put in their place.
static PENDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A flag that Ctrl-C sets from now on. What is under way ends at its next step; whoever cannot wait for that presses Ctrl-C
/// again, which leaves at once and leaves no file behind.
pub(super) fn flag() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    let handled = ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            let pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
            for path in pending.iter() {
                // A file that is gone already is no loss.
                let _ = std::fs::remove_file(path);
            }
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
    handled.map_err(|error| Failure::System { what: "waiting for Ctrl-C", problem: error.to_string() })?;
    Ok(flag)
}

/// Has a second Ctrl-C remove `path`.
pub(super) fn will_write(path: &Path) {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
}

/// A second Ctrl-C no longer touches `path`.
pub(super) fn wrote(path: &Path) {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner).retain(|pending| pending != path);
}
