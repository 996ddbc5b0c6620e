//! Laws that every claim of the catalogue obeys, whatever it says: a new claim is under them from its first day, and there is no list to keep.
//!
//! - [`foreign`]: nothing that is expected to hold is refuted on a run that nobody made for it.
//! - [`consistent`]: a verdict does not contradict itself over precisions and seeds, nor depend on threads and kernels.
//! - [`conclusions`]: with a failing hypothesis the conclusion can be looked at alone.
//! - [`boundaries`]: hypotheses are met exactly at their boundary and not above it.
//! - [`families`]: nothing that is expected to hold is refuted on an instance that was generated for another claim.
//! - [`texts`]: what a claim says of itself is there.
//!
//! That it comes out as expected, its controls included, is tested one by one in `tests/claims`.
//!
//! With `WITNESS_LONG=1` the grid of runs is several times as wide.

mod boundaries;
mod conclusions;
mod consistent;
mod families;
mod foreign;
mod runs;
mod texts;

use std::sync::LazyLock;

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;

/// Every claim that can be asked about a run.
static CLAIMS: LazyLock<Vec<Claim>> =
    LazyLock::new(|| catalogue().into_iter().filter(|claim| claim.statement().is_some()).collect());

/// Whether the long tier is asked for.
fn is_long() -> bool {
    std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1")
}
