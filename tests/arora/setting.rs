//! The set-up: identities, definitions, and what holds at a point.

use gradient_witness::claims::{Check, Role, Scope};
use gradient_witness::generate::Built;
use gradient_witness::verify::{Evidence, Options, Status, verify};

use super::claim;
use super::family::{come_out, is_as_tight_as_measured};

#[test]
fn the_identities_are_proved() {
    for id in [
        "ACGH19.whitened-loss",
        "ACGH19.loss-equals-end-to-end-loss",
        "ACGH19.gd-update",
        "ACGH19.flow-balance-conserved",
        "ACGH19.balance-step-identity",
    ] {
        let claim = claim(id);
        assert_eq!(claim.scope(), Scope::Identity);
        let verdict = verify(&[&claim], &Options::default(), &()).claims.remove(0);
        assert_eq!((verdict.status, verdict.control), (Status::Holds, Some(true)), "{id}: {}", verdict.note);
        assert_eq!(verdict.evidence, Some(Evidence::Proved), "{id}");
        assert!(verdict.instances >= 5 && verdict.instances == verdict.informative, "{id}");
    }
}

#[test]
fn what_is_rational_is_decided_exactly() {
    let report = come_out(
        &[
            "ACGH19.whitened-loss.optimum",
            "ACGH19.delta-balanced",
            "ACGH19.balanced-singular-values",
            "ACGH19.residual-init-balanced",
            "ACGH19.procedure1-balanced-init",
            "ACGH19.deficiency-margin",
            "ACGH19.remark-extensions",
            "ACGH19.flow-end-to-end-ode",
            "ACGH19.flow-PW-eigenvalues",
        ],
        30,
    );
    for verdict in &report.claims {
        assert_eq!(verdict.evidence, Some(Evidence::Exact), "{}", verdict.id);
        assert_eq!(verdict.instances, verdict.applicable, "{}: instances are made to meet the hypotheses", verdict.id);
    }
}

#[test]
fn bounds_at_a_point_hold_and_are_attained() {
    let report = come_out(
        &[
            "ACGH19.claim1-sigma-min-lower-bound",
            "ACGH19.margin-requires-no-bottleneck",
            "ACGH19.margin-implies-critical-is-global",
            "ACGH19.residual-half-distance",
            "ACGH19.flow-descent",
        ],
        32,
    );
    for verdict in &report.claims {
        is_as_tight_as_measured(&report, verdict.id, 0.999..=1.0);
        assert!(verdict.attained > 0, "{} is attained", verdict.id);
        assert_eq!(verdict.instances, verdict.applicable, "{}: instances are made to meet the hypotheses", verdict.id);
    }
}

#[test]
fn definitions_have_instances_of_both_kinds() {
    for id in ["ACGH19.delta-balanced", "ACGH19.deficiency-margin"] {
        let claim = claim(id);
        assert_eq!(claim.role(), Role::Definition, "{id}");
        let Check::Instances(source) = claim.check() else { panic!("{id} has instances") };
        let built = |index| source.instance(1, index).map(|instance| instance.built);
        let inside = (0..64).filter(|&index| built(index) == Some(Built::Inside)).count();
        assert!((16..=48).contains(&inside), "{id}: {inside} of 64 inside");
    }
    assert_eq!(claim("ACGH19.loss-equals-end-to-end-loss").role(), Role::Definition);
}
