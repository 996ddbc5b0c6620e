//! The claims of Arora, Cohen, Golowich & Hu on set-up, Theorem 1, Lemma 2 and the flow come out as the catalogue expects, on the
//! evidence they should rest on and as tight as they were measured.

#[path = "../ji_telgarsky/family.rs"]
mod family;

mod hypotheses;
mod long_runs;
mod own_runs;
mod reasons;
mod runs;
mod setting;

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;

/// A claim of the catalogue.
fn claim(id: &str) -> Claim {
    let found = catalogue().into_iter().find(|claim| claim.id() == id);
    found.unwrap_or_else(|| panic!("{id} is in the catalogue"))
}
