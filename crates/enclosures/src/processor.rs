//! Which instructions the arithmetic may use.
//!
//! Products of matrices of balls and floats use vector instructions where the processor has them. What they give is the same to the last
//! bit as what plain instructions give; the tests hold them to that. To look at the plain ones (under an emulator, or when in doubt
//! of a processor) set the environment variable `WITNESS_KERNELS` to `plain` before the program starts.

use std::sync::OnceLock;

/// The environment variable that, set to `plain`, keeps to what every processor has.
const VARIABLE: &str = "WITNESS_KERNELS";

/// Whether the environment asks for instructions that every processor has, and no others. It is looked at once.
#[must_use]
pub fn is_plain() -> bool {
    static PLAIN: OnceLock<bool> = OnceLock::new();
    *PLAIN.get_or_init(|| std::env::var_os(VARIABLE).is_some_and(|value| value == "plain"))
}
