//! Claims asked about a run that nobody built for them: where both sides are equal for a reason, the reason is found, along the run as well.

use gradient_witness::claims::Claim;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, OwnRunVerdict, Status, verify_own_run};

use crate::claim;

fn asked(ids: &[&str], widths: &str, target: &str, init: &str, eta: &str) -> Vec<OwnRunVerdict> {
    let text = format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\nkind = \"squared-target\"\n\
         [data]\ntarget = {target}\n[init]\n{init}\n[step]\nrule = \"constant\"\neta = {eta}\n[run]\nsteps = 6\n"
    );
    let spec = Spec::parse(&text, std::path::Path::new(".")).expect("a valid spec");
    let claims: Vec<Claim> = ids.iter().map(|id| claim(id)).collect();
    verify_own_run(
        &claims.iter().collect::<Vec<_>>(),
        &spec.problem,
        spec.schedule().unwrap().steps,
        &Limits::default(),
    )
    .claims
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
            assert!(own.verdict.note.to_string().contains(reason), "{}: {}", own.verdict.id, own.verdict.note);
        }
    }
}

fn spec(text: &str) -> Spec {
    Spec::parse(text, std::path::Path::new(".")).expect("a valid spec")
}

fn verdict(id: &str, spec: &Spec) -> OwnRunVerdict {
    verify_own_run(&[&claim(id)], &spec.problem, spec.schedule().unwrap().steps, &Limits::default()).claims.remove(0)
}

#[test]
fn the_least_delta_is_printed_where_it_is_no_rational() {
    let text = "[network]\narchitecture = \"fully-connected\"\nwidths = [2, 2, 1]\n[loss]\nkind = \"squared\"\n\
                [data]\nx = [[1, 1], [1, -1]]\ny = [1, 0]\n[init]\n\
                weights = [[[0.5, 0.25], [-0.25, 0.75]], [[0.5, -0.125]]]\n\
                [step]\nrule = \"constant\"\neta = 0.0625\n[run]\nsteps = 0\n";
    let own = verdict("ACGH19.delta-balanced", &spec(text));
    assert_eq!(own.verdict.status, Status::Holds, "{}", own.verdict.note);
    // D_1 = [[1/4, −1/16], [−1/16, 1/64]] − [[5/16, 1/16], [1/16, 5/8]].
    let expected = (0.0625_f64.powi(2) + 2.0 * 0.125_f64.powi(2) + (0.015_625_f64 - 0.625).powi(2)).sqrt();
    let [least] = own.verdict.trends.as_slice() else { panic!("{:?}", own.verdict.trends) };
    assert!((least.value - expected).abs() < 1e-12 && (expected - 0.637_57).abs() < 1e-5, "{least:?}");
}

#[test]
fn a_run_without_a_margin_refutes_no_definition() {
    let start = "weights = [[[0, 1], [1, 0]], [[1, 0], [3, 1]]]";
    for target in ["[[1, 0], [0, 1]]", "[[1, 1], [1, 1]]"] {
        let own = asked(&["ACGH19.deficiency-margin"], "[2, 2, 2]", target, start, "\"1/200\"").remove(0);
        assert_eq!(own.verdict.status, Status::Holds, "{}", own.verdict.note);
        let [largest] = own.verdict.trends.as_slice() else { panic!("{:?}", own.verdict.trends) };
        assert!(largest.value < 0.0, "{largest:?}");
    }
}

#[test]
fn inputs_are_white_over_the_rationals_at_every_step() {
    let text = "[network]\narchitecture = \"fully-connected\"\nwidths = [1, 2, 1]\n[loss]\nkind = \"squared\"\n\
                [data]\nx = [[-1], [-1], [1]]\ny = [0.5, 1, -0.25]\n[init]\n\
                weights = [[[0.5], [0.25]], [[0.75, -0.5]]]\n\
                [step]\nrule = \"constant\"\neta = \"1/3\"\n[run]\nsteps = 6\n";
    let own = verdict("ACGH19.whitened-loss.optimum", &spec(text));
    assert_eq!(own.verdict.status, Status::Holds, "{}", own.verdict.note);
    // 1 + 10⁻³⁰ is not 1.
    let off = text.replace(
        "[[-1], [-1], [1]]",
        "[[-1], [-1], [\"1000000000000000000000000000001/1000000000000000000000000000000\"]]",
    );
    let own = verdict("ACGH19.whitened-loss.optimum", &spec(&off));
    assert_eq!(own.verdict.status, Status::NotApplicable, "{}", own.verdict.note);
    // Labels that a line explains: c = 0, exactly.
    let fitted = text.replace("[0.5, 1, -0.25]", "[\"1/3\", \"1/3\", \"-1/3\"]");
    let own = verdict("ACGH19.whitened-loss.optimum", &spec(&fitted));
    assert_eq!(own.verdict.status, Status::Holds, "{}", own.verdict.note);
}

#[test]
fn roots_that_are_no_rationals_are_no_hypothesis_of_the_eigenvalues() {
    let id = ["ACGH19.flow-PW-eigenvalues"];
    let identity = "[[1, 0], [0, 1]]";
    all_hold(&id, "[2, 2]", identity, "weights = [[[1, 1], [0, 1]]]", "\"1/16\"");
    // Balanced scalars and rectangles, of which σ_min(W)^{2/N} is no multiple of 2⁻¹², nor always rational.
    all_hold(&id, "[1, 1, 1]", "[[1]]", "weights = [[[\"1/3\"]], [[\"1/3\"]]]", "\"1/16\"");
    all_hold(&id, "[2, 1, 1]", "[[1, 0]]", "weights = [[[\"1/3\", \"1/3\"]], [[\"1/3\"]]]", "\"1/16\"");
    let rotated = "weights = [[[1, 1], [0, 1]], [[1, 0], [1, 1]]]";
    all_hold(&id, "[2, 2, 2]", identity, rotated, "\"1/16\"");
    // Rectangular, balanced (W_2ᵀW_2 = W_1W_1ᵀ = [[2, 1], [1, 1]]), with σ_min(W) irrational.
    let tall = "weights = [[[1, 1], [0, 1]], [[1, 0], [1, 1], [0, 0]]]";
    all_hold(&id, "[2, 2, 3]", "[[1, 0], [0, 1], [0, 0]]", tall, "\"1/16\"");
    // Unbalanced.
    let any = "weights = [[[1, 2], [0, 1]], [[1, \"1/3\"], [1, 1]]]";
    all_hold(&id, "[2, 2, 2]", identity, any, "\"1/16\"");
    let any = "weights = [[[1, 2], [0, 1]], [[1, \"1/3\"], [1, 1], [0, 1]]]";
    all_hold(&id, "[2, 2, 3]", "[[1, 0], [0, 1], [0, 0]]", any, "\"1/16\"");
}

#[test]
fn a_least_eigenvalue_that_is_zero_is_not_negative() {
    let ask = |target| {
        asked(&["ACGH19.claim5-negative-eigenvalue"], "[2, 2, 2]", target, "kind = \"identity\"", "\"1/16\"").remove(0)
    };
    let own = ask("[[1, 1], [1, 1]]");
    assert_eq!(own.verdict.status, Status::NotApplicable, "{}", own.verdict.note);
    assert!(own.verdict.note.to_string().contains("−λ < 0"), "{}", own.verdict.note);
    assert_eq!(
        ask("[[1, 1], [1, \"999999999999999999999999999999/1000000000000000000000000000000\"]]").verdict.status,
        Status::Holds
    );
}

#[test]
fn eigenvalues_that_are_no_rationals_are_no_hypothesis_of_lemma_18() {
    all_hold(
        &["ACGH19.lemma18-symmetric-evolution"],
        "[2, 2, 2]",
        "[[1, 1], [1, 0]]",
        "kind = \"identity\"",
        "\"1/16\"",
    );
}

#[test]
fn a_start_at_the_target_stays_there_exactly() {
    const IDS: [&str; 10] = [
        "ACGH19.loss-equals-end-to-end-loss",
        "ACGH19.gd-update",
        "ACGH19.deficiency-margin",
        "ACGH19.claim1-sigma-min-lower-bound",
        "ACGH19.margin-implies-critical-is-global",
        "ACGH19.flow-end-to-end-ode",
        "ACGH19.flow-PW-eigenvalues",
        "ACGH19.flow-descent",
        "ACGH19.lemma3-lidskii",
        "ACGH19.flow-balance-conserved",
    ];
    let target = "[[\"1/3\", 0], [1, \"1/7\"]]";
    all_hold(&IDS[..9], "[2, 2]", target, "weights = [[[\"1/3\", 0], [1, \"1/7\"]]]", "\"1/20\"");
    let layers = "weights = [[[\"1/3\", 0], [1, \"1/7\"]], [[1, 0], [0, 1]]]";
    for own in asked(&[&IDS[..5], &IDS[8..]].concat(), "[2, 2, 2]", target, layers, "\"1/20\"") {
        assert_eq!(own.verdict.status, Status::Holds, "{}: {}", own.verdict.id, own.verdict.note);
    }
}

#[test]
fn singular_vectors_that_descent_keeps_attain_the_bounds_of_lemma_3() {
    const ID: [&str; 1] = ["ACGH19.lemma3-lidskii"];
    // Symmetric targets from the identity, with eigenvalues that are irrational, repeated, negative or zero.
    let identity = "kind = \"identity\"";
    for target in [SYMMETRIC, "[[2, 0], [0, \"1/2\"]]", "[[2, 0], [0, 2]]", "[[2, 0], [0, -2]]", "[[1, 1], [1, 1]]"] {
        all_hold(&ID, "[2, 2, 2]", target, identity, "\"1/20\"");
        all_hold(&ID, "[2, 2]", target, identity, "\"1/20\"");
    }
    // Balanced layers of one output, and a first layer that is zero.
    for init in ["kind = \"balanced\"\nstd = 0.3\nseed = 1", "kind = \"zero-first\"\nstd = 0.3\nseed = 1"] {
        all_hold(&ID, "[3, 3, 3, 1]", "[[1, 2, 3]]", init, "\"1/20\"");
        all_hold(&ID, "[3, 3, 1]", "[[1, 2, 3]]", init, "\"1/20\"");
        all_hold(&ID, "[3, 3, 3]", "[[1, 2, 3], [0, 1, 2], [1, 0, \"1/3\"]]", init, "\"1/20\"");
        all_hold(&ID, "[1, 3, 1]", "[[2]]", init, "\"1/20\"");
    }
    // Along the only direction there is.
    all_hold(&ID, "[2, 1, 1]", "[[1, 2]]", "weights = [[[\"1/3\", \"2/3\"]], [[\"1/2\"]]]", "\"1/20\"");
    all_hold(&ID, "[2, 1]", "[[1, 2]]", "weights = [[[\"1/3\", \"2/3\"]]]", "\"1/20\"");
    // One layer that starts elsewhere leaves its direction, and the bound is strict.
    all_hold(&ID, "[2, 1]", "[[1, 2]]", "weights = [[[\"1/3\", \"1/3\"]]]", "\"1/20\"");
}

#[test]
fn conclusions_are_looked_at_whatever_was_assumed() {
    let limits = Limits { conclusion_only: true, ..Limits::default() };
    let identity = "kind = \"identity\"";
    let gaussian = "kind = \"gaussian\"\nstd = 0.3\nseed = 1";
    const UNBALANCED: &str = "weights = [[[1, 0], [0, 0.125]], [[0.125, 0], [0, 1]]]";
    const ZERO: &str = "weights = [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]";
    const NEAR: &str = "weights = [[[1, 0], [0, 1]], [[1, 0], [0, 0.9]]]";
    for (id, widths, target, init, eta) in [
        ("residual-half-distance", "[2, 2, 2]", "[[2, 0], [0, -2]]", identity, "\"1/20\""),
        ("flow-end-to-end-ode", "[3, 3, 2]", "[[1, 2, 3], [0, 1, 2]]", gaussian, "\"1/20\""),
        ("flow-descent", "[2, 2, 2]", "[[0.125, -0.01], [0, 0.125]]", UNBALANCED, "1"),
        ("remark-extensions", "[3, 3, 2]", "[[1, 2, 3], [0, 1, 2]]", gaussian, "\"1/20\""),
        ("claim5-negative-eigenvalue", "[1, 1, 1]", "[[-0.5]]", "weights = [[[-1]], [[1]]]", "0.1"),
        ("lemma18-symmetric-evolution", "[2, 2, 2]", "[[1, 1], [0, 1]]", identity, "0.25"),
        ("claim4-unbalanced-divergence", "[2, 2, 2]", "[[2, 0], [0, -2]]", identity, "\"1/20\""),
        ("lemma17-alternating-signs", "[2, 2, 2]", "[[2, 0], [0, -2]]", identity, "\"1/20\""),
        ("claim4-growth-rate", "[2, 2, 2]", "[[2, 0], [0, -2]]", identity, "\"1/20\""),
        ("margin-implies-critical-is-global", "[2, 2, 2]", "[[1, 0], [0, 1]]", ZERO, "0.1"),
        ("margin-requires-no-bottleneck", "[2, 2, 2]", "[[1, 0], [0, 1]]", NEAR, "0.1"),
    ] {
        let text = format!(
            "[network]\narchitecture = \"fully-connected\"\nwidths = {widths}\n[loss]\nkind = \"squared-target\"\n\
             [data]\ntarget = {target}\n[init]\n{init}\n[step]\nrule = \"constant\"\neta = {eta}\n[run]\nsteps = 6\n"
        );
        let id = format!("ACGH19.{id}");
        let run = spec(&text);
        let own = verify_own_run(&[&claim(&id)], &run.problem, run.schedule().unwrap().steps, &limits).claims.remove(0);
        assert_eq!(own.verdict.status, Status::Refuted, "{id}: {}", own.verdict.note);
        // With its hypotheses it does not apply, or holds where it does.
        let own = verdict(&id, &spec(&text));
        assert!([Status::NotApplicable, Status::Holds].contains(&own.verdict.status), "{id}: {}", own.verdict.note);
    }
}

#[test]
fn numbers_that_grow_with_the_depth_do_not_wrap() {
    const IDS: [&str; 7] = [
        "ACGH19.claim4-unbalanced-divergence",
        "ACGH19.lemma17-alternating-signs",
        "ACGH19.claim4-growth-rate",
        "ACGH19.S1",
        "ACGH19.balance-step-identity",
        "ACGH19.lemma3-lidskii",
        "ACGH19.flow-PW-eigenvalues",
    ];
    for depth in [89_usize, 128, 182, 256, 323, 1700] {
        let widths = vec![1; depth + 1];
        let weights = vec!["[[\"999/1000\"]]"; depth].join(", ");
        let init = format!("weights = [{weights}]");
        // The last three compute for seconds at the greatest depth.
        let ids = if depth > 323 { &IDS[..4] } else { &IDS[..] };
        for own in asked(ids, &format!("{widths:?}"), "[[1]]", &init, "\"1/1000000\"") {
            assert!(
                [Status::NotApplicable, Status::Holds].contains(&own.verdict.status),
                "{} at depth {depth}: {}",
                own.verdict.id,
                own.verdict.note
            );
        }
    }
}
