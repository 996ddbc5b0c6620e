//! What the papers' claims say of runs that nobody made for them, and facts about single statements. That each claim comes out as expected is
//! tested in `tests/claims`.

mod arora;
mod ji_telgarsky;
mod long_runs;

use gradient_witness::claims::{Claim, Reading};
use gradient_witness::papers::catalogue;

/// A claim of the catalogue.
fn claim(id: &str) -> Claim {
    let found = catalogue().into_iter().find(|claim| claim.id() == id);
    found.unwrap_or_else(|| panic!("{id} is in the catalogue"))
}

#[test]
fn what_is_known_from_a_scan_alone_is_marked() {
    let claims = catalogue();
    let marked = claims.iter().filter(|claim| claim.reading() == Reading::FromAScan).map(|claim| claim.id());
    assert_eq!(
        marked.collect::<Vec<_>>(),
        [
            "JT19.SL-3",
            "JT19.SL-6",
            "ACGH19.lemma5-sigma-min.printed",
            "ACGH19.lemma7-linear-part.order.printed",
            "ACGH19.claim4-unbalanced-divergence.printed",
            "ACGH19.lemma17-alternating-signs.printed",
            "ACGH19.S1",
        ]
    );
}
