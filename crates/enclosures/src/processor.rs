//! Whether instructions that only some processors have may be used.

use std::sync::OnceLock;

/// The environment variable that, set to `plain`, keeps to what every processor has: results must not depend on it.
const VARIABLE: &str = "WITNESS_KERNELS";

/// Whether the user wants the plain kernels, as on a processor without vector instructions. Asked once.
#[must_use]
pub fn is_plain() -> bool {
    static PLAIN: OnceLock<bool> = OnceLock::new();
    *PLAIN.get_or_init(|| std::env::var_os(VARIABLE).is_some_and(|value| value == "plain"))
}
