//! What every test asks of claims that are checked together, sharing their runs.

use std::ops::RangeInclusive;

use gradient_witness::claims::Expected;
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Evidence, Options, Report, verify};

/// Checks the claims `ids` on `instances` applicable instances each: every one comes out as the catalogue expects, with its
/// controls caught, a quarter of the instances informative and nothing undecided. Returns what was found.
pub fn come_out(ids: &[&str], instances: u64) -> Report {
    let all = catalogue();
    let claims: Vec<_> = all.iter().filter(|claim| ids.contains(&claim.id())).collect();
    assert_eq!(claims.len(), ids.len(), "claims of the catalogue among {ids:?}");
    let report = verify(&claims, &Options { instances, ..Options::default() }, &());
    for verdict in &report.claims {
        println!(
            "{}: {:?}, {} applicable of {}, {} informative, worst ratio {:?}, {} bits, {:?}, {:?}; {}",
            verdict.id,
            verdict.status,
            verdict.applicable,
            verdict.instances,
            verdict.informative,
            verdict.worst_ratio,
            verdict.max_bits,
            verdict.roads,
            verdict.time,
            verdict.note
        );
    }
    for verdict in &report.claims {
        assert!(
            verdict.as_expected(),
            "{}: {:?}, control {:?}; {}",
            verdict.id,
            verdict.status,
            verdict.control,
            verdict.note
        );
        assert!(verdict.evidence >= Some(Evidence::Certified), "{}: evidence {:?}", verdict.id, verdict.evidence);
        assert_eq!(verdict.undecided, 0, "{}: {}", verdict.id, verdict.note);
        if verdict.expected == Expected::Holds {
            assert_eq!(verdict.applicable, instances, "{}: applicable", verdict.id);
            assert!(
                4 * verdict.informative >= verdict.applicable,
                "{}: informative {}",
                verdict.id,
                verdict.informative
            );
        }
    }
    report
}

/// The largest left over right lies where it was measured: a bound that has become looser is as wrong as one that fails.
pub fn is_as_tight_as_measured(report: &Report, id: &str, range: RangeInclusive<f64>) {
    let found = report.claims.iter().find(|verdict| verdict.id == id).and_then(|verdict| verdict.worst_ratio);
    assert!(found.is_some_and(|ratio| range.contains(&ratio)), "{id}: {found:?} outside {range:?}");
}
