//! Claims of Arora, Cohen, Golowich & Hu on set-up, Theorem 1, Lemma 2 and the flow, on runs that nobody made for them; and Theorem 1 to its
//! very end.

mod hypotheses;
mod long_runs;
mod own_runs;
mod reasons;

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;

/// A claim of the catalogue.
fn claim(id: &str) -> Claim {
    let found = catalogue().into_iter().find(|claim| claim.id() == id);
    found.unwrap_or_else(|| panic!("{id} is in the catalogue"))
}
