//! What a claim says of itself is there, and a definition has instances of both kinds.

use gradient_witness::claims::{Expected, Role};
use gradient_witness::generate::Built;
use gradient_witness::papers::catalogue;

#[test]
fn every_heading_has_a_text() {
    for claim in catalogue() {
        for heading in ["Statement", "Source", "Hypotheses", "Check", "Control", "Notes"] {
            assert!(!claim.section(heading).is_empty(), "{} has no text under {heading}", claim.id());
        }
        assert!(!claim.kind().is_empty(), "the second line under Source of {} is no “Kind: …”", claim.id());
    }
}

#[test]
fn every_claim_has_its_place_in_its_paper() {
    let claims = catalogue();
    let words = [
        "Theorem",
        "Lemma",
        "Corollary",
        "Proposition",
        "Claim",
        "Definition",
        "Assumption",
        "Procedure",
        "Section",
        "Appendix",
    ];
    for claim in &claims {
        let theorem = claim.theorem();
        let (word, number) = theorem.split_once(' ').unwrap_or_default();
        assert!(words.contains(&word) && !number.contains(' '), "{}: {theorem:?} of {:?}", claim.id(), claim.source());
        // An id that names a theorem, `lemma8-alignment`, is of that theorem, whatever else its source names.
        let (_, name) = claim.id().split_once('.').unwrap();
        let first = name.split(['-', '.']).next().unwrap().replace("thm", "theorem");
        if first.ends_with(|letter: char| letter.is_ascii_digit())
            && words.iter().any(|word| first.starts_with(&word.to_lowercase()))
        {
            assert_eq!(first, theorem.to_lowercase().replacen(' ', "", 1), "{}: {:?}", claim.id(), claim.source());
        }
        // A paper is cited in one way.
        let same = claims.iter().find(|other| other.paper() == claim.paper()).unwrap();
        assert!(!claim.citation().is_empty() && claim.citation() == same.citation(), "{}", claim.id());
    }
}

#[test]
fn a_slip_is_marked_as_one_and_its_repaired_form_is_expected_to_hold() {
    let claims = catalogue();
    for claim in &claims {
        assert_eq!(claim.role() == Role::Slip, claim.expected() == Expected::Refuted, "{}", claim.id());
        if let Some(repaired) = claim.repairs() {
            let is_there = claims.iter().any(|other| other.id() == repaired && other.expected() == Expected::Holds);
            assert!(is_there, "{}: {repaired}", claim.id());
        }
    }
}

#[test]
fn definitions_have_instances_inside_and_outside() {
    let mut definitions = 0;
    for claim in catalogue().iter().filter(|claim| claim.role() == Role::Definition) {
        let Some(source) = claim.check().source() else { continue };
        let built = |index| source.instance(1, index).map(|instance| instance.built);
        let inside = (0..64).filter(|&index| built(index) == Some(Built::Inside)).count();
        assert!((16..=52).contains(&inside), "{}: {inside} of 64 inside", claim.id());
        definitions += 1;
    }
    assert!(definitions >= 9, "{definitions} definitions");
}
