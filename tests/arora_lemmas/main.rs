//! The lemmas behind Arora, Cohen, Golowich & Hu's Theorem 1, and what goes wrong without its hypotheses.

mod counterexamples;
mod floating_point;
mod instances;
mod own_runs;
mod tightness;

use gradient_witness::claims::Reading;
use gradient_witness::papers::catalogue;

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
