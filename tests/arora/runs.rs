//! Runs under the hypotheses of Theorem 1.

use gradient_witness::claims::{Expected, Role};
use gradient_witness::verify::{Evidence, Options, Status, verify};

use super::claim;
use super::family::{come_out, is_as_tight_as_measured};

#[test]
fn the_induction_holds_along_runs_and_is_as_loose_as_measured() {
    let report = come_out(
        &[
            "ACGH19.lemma1-single-step-descent",
            "ACGH19.thm1-contraction-product",
            "ACGH19.lemma2-Aprime-step-drift",
            "ACGH19.lemma2-B-descent",
            "ACGH19.lemma2-C-layer-norms",
            "ACGH19.lemma2-gradient-sum",
        ],
        8,
    );
    for (id, range) in [
        // The decrease is at least 1.999 times what is promised.
        ("ACGH19.lemma1-single-step-descent", 0.49..=0.5003),
        ("ACGH19.lemma2-B-descent", 0.49..=0.5003),
        // The margin is nearly the least singular value of the start.
        ("ACGH19.thm1-contraction-product", 0.99..=1.0),
        // At most 1/8.
        ("ACGH19.lemma2-Aprime-step-drift", 0.005..=0.126),
        ("ACGH19.lemma2-C-layer-norms", 0.4..=0.75),
        ("ACGH19.lemma2-gradient-sum", 0.4..=0.5003),
    ] {
        is_as_tight_as_measured(&report, id, range);
    }
}

#[test]
fn runs_reach_the_end_that_theorem_1_sets_in_half_the_time() {
    let report = come_out(&["ACGH19.thm1-linear-convergence"], 4);
    is_as_tight_as_measured(&report, "ACGH19.thm1-linear-convergence", 0.4..=0.5003);
    assert!(report.claims[0].horizon >= 1500, "{} steps", report.claims[0].horizon);
}

#[test]
fn the_slip_is_refuted_exactly_and_its_repair_is_not() {
    let slip = claim("ACGH19.S3");
    assert_eq!((slip.role(), slip.expected()), (Role::Slip, Expected::Refuted));
    let verdict = verify(&[&slip], &Options::default(), &()).claims.remove(0);
    assert_eq!((verdict.status, verdict.control), (Status::Refuted, Some(true)), "{}", verdict.note);
    assert_eq!(verdict.evidence, Some(Evidence::Exact));
}
