//! Claims asked about a run that nobody built for them: where both sides are equal for a reason, the reason is found, along the run as well.

use gradient_witness::claims::Claim;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, OwnRunVerdict, Status, verify_own_run};

use super::claim;

fn asked(ids: &[&str], widths: &str, target: &str, init: &str, eta: &str) -> Vec<OwnRunVerdict> {
    let text = format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\nkind = \"squared-target\"\n\
         [data]\ntarget = {target}\n[init]\n{init}\n[step]\nrule = \"constant\"\neta = {eta}\n[run]\nsteps = 6\n"
    );
    let spec = Spec::parse(&text, std::path::Path::new(".")).expect("a valid spec");
    let claims: Vec<Claim> = ids.iter().map(|id| claim(id)).collect();
    verify_own_run(&claims.iter().collect::<Vec<_>>(), &spec, &Limits::default()).claims
}

fn all_hold(ids: &[&str], widths: &str, target: &str, init: &str, eta: &str) {
    for own in asked(ids, widths, target, init, eta) {
        assert_eq!(own.verdict.status, Status::Holds, "{}: {}", own.verdict.id, own.verdict.note);
    }
}

/// Symmetric, with eigenvalues at the same distance below and above 1.
const SYMMETRIC: &str = "[[\"5/4\", \"1/10\"], [\"1/10\", \"3/4\"]]";

#[test]
fn layers_that_stay_balanced_exactly_leave_nothing_open() {
    const IDS: [&str; 5] = [
        "ACGH19.margin-implies-critical-is-global",
        "ACGH19.residual-half-distance",
        "ACGH19.lemma5-partial-products",
        "ACGH19.lemma5-sigma-min",
        "ACGH19.lemma7-higher-order-terms",
    ];
    all_hold(&IDS, "[2, 2, 2]", SYMMETRIC, "kind = \"identity\"", "\"1/1000000\"");
    all_hold(&IDS[..4], "[2, 2, 2, 2]", SYMMETRIC, "kind = \"identity\"", "\"1/20\"");
    all_hold(&["ACGH19.lemma7-linear-part"], "[2, 2, 2, 2]", SYMMETRIC, "kind = \"identity\"", "\"1/1000000\"");
}

#[test]
fn one_layer_one_output_and_scalars_are_reasons() {
    let start = "weights = [[[\"1/2\", \"1/2\"]], [[\"7/10\"]]]";
    let target = "[[\"3/5\", \"4/5\"]]";
    all_hold(&["ACGH19.margin-implies-critical-is-global"], "[2, 1, 1]", target, start, "\"1/20\"");
    // With two layers both sides are one and the same, which is true and says nothing.
    let own = asked(&["ACGH19.lemma7-linear-part.order"], "[2, 1, 1]", target, start, "\"1/20\"").remove(0);
    assert_eq!(own.verdict.status, Status::NotApplicable, "{}", own.verdict.note);
    all_hold(&["ACGH19.lemma3-lidskii"], "[1, 1, 1]", "[[1]]", "weights = [[[\"1/2\"]], [[\"1/3\"]]]", "\"1/20\"");
    let one_layer = ["ACGH19.margin-implies-critical-is-global", "ACGH19.flow-descent"];
    all_hold(&one_layer, "[2, 2]", SYMMETRIC, "kind = \"identity\"", "\"1/20\"");
}

#[test]
fn a_kernel_that_the_shape_forces_is_left_out_of_the_order() {
    let start = "weights = [[[\"1/2\", \"1/3\", 1], [1, \"1/7\", 0]], [[1, 2], [0, \"1/3\"]], [[1, 1], [\"1/5\", 2]]]";
    let target = "[[1, 0, 0], [0, 1, 0]]";
    all_hold(&["ACGH19.lemma7-linear-part.order"], "[3, 2, 2, 2]", target, start, "\"1/100\"");
}

#[test]
fn a_free_parameter_is_reported_and_refutes_nothing() {
    // ‖D_1(0)‖ = 4 − 1/4, and it falls along the run.
    let start = "weights = [[[\"1/2\"]], [[2]]]";
    let own = asked(&["ACGH19.delta-balanced"], "[1, 1, 1]", "[[2]]", start, "\"1/20\"").remove(0);
    assert_eq!(own.verdict.status, Status::Holds, "{}", own.verdict.note);
    // Where it grows, and where it may be zero.
    let still = "weights = [[[\"1/3\"]], [[\"1/3\"]]]";
    let growing = "weights = [[[\"4/5\", \"3/5\"]], [[1]]]";
    all_hold(&["ACGH19.delta-balanced"], "[1, 1, 1]", "[[1]]", still, "\"1/10\"");
    all_hold(&["ACGH19.delta-balanced"], "[2, 1, 1]", "[[2, 0]]", growing, "\"1/10\"");
    let [least] = own.verdict.trends.as_slice() else { panic!("{:?}", own.verdict.trends) };
    assert!(least.label.contains("no δ below") && (least.value - 3.75).abs() < 1e-12, "{least:?}");
}

#[test]
fn ranks_that_the_widths_or_the_target_exclude_are_named() {
    let start = "weights = [[[\"1/3\", \"1/3\"]], [[1], [\"1/2\"]]]";
    let full = "weights = [[[\"1/3\", 1], [0, \"1/3\"]], [[1, 0], [\"1/2\", 1]]]";
    for (widths, target, start, reason) in [
        ("[2, 1, 2]", "[[1, 0], [0, 1]]", start, "or else σ_min(W) = 0"),
        ("[2, 2, 2]", "[[1, 1], [\"1/3\", \"1/3\"]]", full, "or else σ_min(Φ) = 0"),
    ] {
        let ids = ["ACGH19.lemma7-eta-preconditions", "ACGH19.lemma7-delta-preconditions", "ACGH19.lemma7-single-step"];
        for own in asked(&ids, widths, target, start, "\"1/10\"") {
            assert_eq!(own.verdict.status, Status::NotApplicable, "{}: {}", own.verdict.id, own.verdict.note);
            assert!(own.verdict.note.contains(reason), "{}: {}", own.verdict.id, own.verdict.note);
        }
    }
}
