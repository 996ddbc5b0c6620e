//! The lemmas behind Arora, Cohen, Golowich & Hu's Theorem 1, and what goes wrong without its hypotheses, come out as the
//! catalogue expects.

mod counterexamples;
mod floating_point;
mod instances;
mod lemmas;
mod own_runs;
mod tightness;

use std::ops::RangeInclusive;

use gradient_witness::claims::{Expected, Reading, Role};
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Evidence, Options, Report, Status, verify};

/// Checks the claims `ids` on `instances` applicable instances each: every one comes out as the catalogue expects, with its
/// controls caught, a quarter of the instances informative and nothing undecided. Returns what was found.
fn come_out(ids: &[&str], instances: u64) -> Report {
    let all = catalogue();
    let claims: Vec<_> = all.iter().filter(|claim| ids.contains(&claim.id())).collect();
    assert_eq!(claims.len(), ids.len(), "claims of the catalogue among {ids:?}");
    for claim in &claims {
        for heading in ["Statement", "Source", "Hypotheses", "Check", "Control", "Notes"] {
            assert!(!claim.section(heading).is_empty(), "{} has no text under {heading}", claim.id());
        }
    }
    let report = verify(&claims, &Options { instances, ..Options::default() }, &());
    for verdict in &report.claims {
        println!(
            "{}: {:?} on {:?}, {} applicable of {}, {} informative, worst ratio {:?}, {:?}; {}",
            verdict.id,
            verdict.status,
            verdict.evidence,
            verdict.applicable,
            verdict.instances,
            verdict.informative,
            verdict.worst_ratio,
            verdict.roads,
            verdict.note
        );
    }
    for verdict in &report.claims {
        let id = verdict.id;
        assert!(verdict.as_expected(), "{id}: {:?}, control {:?}; {}", verdict.status, verdict.control, verdict.note);
        assert_eq!(verdict.control, Some(true), "{id}: {}", verdict.note);
        assert!(verdict.evidence >= Some(Evidence::Certified), "{id}: evidence {:?}", verdict.evidence);
        assert_eq!(verdict.undecided, 0, "{id}: {}", verdict.note);
        if verdict.expected == Expected::Holds && verdict.evidence != Some(Evidence::Proved) {
            assert_eq!(verdict.applicable, instances, "{id}: applicable");
            assert!(4 * verdict.informative >= verdict.applicable, "{id}: informative {}", verdict.informative);
        }
    }
    report
}

/// The slips `ids` are refuted exactly, marked as slips that are known from a scan, and their repaired forms are in the catalogue.
fn are_refuted(ids: &[&str]) {
    let all = catalogue();
    for verdict in come_out(ids, 1).claims {
        assert_eq!((verdict.status, verdict.evidence), (Status::Refuted, Some(Evidence::Exact)), "{}", verdict.id);
        let slip = all.iter().find(|claim| claim.id() == verdict.id).expect("it came from the catalogue");
        assert_eq!((slip.role(), slip.reading()), (Role::Slip, Reading::FromAScan), "{}", verdict.id);
        let repaired = slip.repairs().expect("every slip here has a repaired form");
        assert!(all.iter().any(|claim| claim.id() == repaired && claim.expected() == Expected::Holds), "{repaired}");
    }
}

/// The largest left over right lies where it was measured: a bound that has become looser is as wrong as one that fails.
fn is_as_tight_as_measured(report: &Report, id: &str, range: RangeInclusive<f64>) {
    let found = report.claims.iter().find(|verdict| verdict.id == id).and_then(|verdict| verdict.worst_ratio);
    assert!(found.is_some_and(|ratio| range.contains(&ratio)), "{id}: {found:?} outside {range:?}");
}
