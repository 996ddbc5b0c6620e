//! The lemmas asked about runs that nobody built for them: tiny weights, deep networks, layers that stay balanced or of one direction, hypotheses
//! at their boundary, and hypotheses that fail where the conclusion is asked for alone.

use std::path::Path;

use gradient_witness::claims::Claim;
use gradient_witness::papers::catalogue;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, Status, verify_own_run};
use rug::Rational;

fn spec(widths: &[usize], target: &str, weights: &str, eta: &str, steps: u32) -> String {
    format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = {widths:?}\n[loss]\nkind = \"squared-target\"\n\
         [data]\ntarget = {target}\n[init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = \"{eta}\"\n\
         [run]\nsteps = {steps}\n"
    )
}

/// Scalar layers towards 1.
fn scalars(depth: usize, weight: &str, eta: &str, steps: u32) -> String {
    let weights = vec![format!("[[\"{weight}\"]]"); depth].join(", ");
    spec(&vec![1; depth + 1], "[[1]]", &format!("[{weights}]"), eta, steps)
}

fn all_are(status: Status, ids: &[&str], spec: &str, limits: &Limits) {
    let spec = Spec::parse(spec, Path::new(".")).expect("a valid spec");
    let claims: Vec<Claim> = catalogue().into_iter().filter(|claim| ids.contains(&claim.id())).collect();
    assert_eq!(claims.len(), ids.len());
    for own in
        verify_own_run(&claims.iter().collect::<Vec<_>>(), &spec.problem, spec.schedule().unwrap().steps, limits).claims
    {
        assert_eq!(own.verdict.status, status, "{}: {}", own.verdict.id, own.verdict.note);
    }
}

fn conclusion_only() -> Limits {
    Limits { conclusion_only: true, ..Limits::default() }
}

#[test]
fn balanced_layers_meet_28_however_small_they_are() {
    for weight in ["1/10000000000", "1/100000000000000000000000000000000000000000000000000"] {
        for depth in [2, 3, 5] {
            all_are(
                Status::Holds,
                &["ACGH19.lemma7-linear-part"],
                &scalars(depth, weight, "1/10000000", 1),
                &Limits::default(),
            );
            let products = ["ACGH19.lemma5-partial-products", "ACGH19.lemma5-sigma-min", "ACGH19.lemma6-layer-norms"];
            all_are(Status::Holds, &products, &scalars(depth, weight, "1/10000000", 1), &Limits::default());
        }
    }
}

#[test]
fn lemmas_on_deep_networks_are_decided_by_exact_constants() {
    const IDS: [&str; 5] = [
        "ACGH19.lemma5-sigma-min",
        "ACGH19.lemma6-layer-norms",
        "ACGH19.lemma7-higher-order-terms",
        "ACGH19.lemma7-step-size",
        "ACGH19.lemma7-linear-part",
    ];
    for depth in [89, 182, 323] {
        all_are(Status::Holds, &IDS, &scalars(depth, "999/1000", "1/100000000000000", 1), &Limits::default());
    }
}

#[test]
fn the_imbalance_of_lemma_6_is_allowed_up_to_its_limit_and_no_further() {
    // W_2 = diag(1, v) and W_1 = diag(1, u) times a rotation, C = 1: ‖D_1‖_F = v² − u² = 1/120 for v = 31/120 and u = 29/120.
    for (more, status) in
        [(Rational::new(), Status::Holds), (Rational::from((1, 1_000_000_000)), Status::NotApplicable)]
    {
        let v = Rational::from((31, 120)) + more;
        let weights = format!("[[[\"3/5\", \"4/5\"], [\"-29/150\", \"29/200\"]], [[1, 0], [0, \"{v}\"]]]");
        let run = spec(&[2, 2, 2], "[[1, 0], [0, 1]]", &weights, "1/1000000000", 0);
        all_are(status, &["ACGH19.lemma6-layer-norms"], &run, &Limits::default());
    }
}

#[test]
fn the_step_of_the_expansion_is_allowed_up_to_its_limit_and_no_further() {
    // 2ηBN = 1 for N = 2 and B = 3/4.
    const IDS: [&str; 2] = ["ACGH19.lemma7-higher-order-terms", "ACGH19.lemma7-step-size"];
    all_are(Status::Holds, &IDS, &scalars(2, "1/2", "1/3", 1), &Limits::default());
    all_are(Status::NotApplicable, &IDS, &scalars(2, "1/2", "33333333334/100000000000", 1), &Limits::default());
}

#[test]
fn layers_of_one_direction_attain_the_first_link_at_every_step() {
    let ids = ["ACGH19.lemma7-higher-order-terms"];
    all_are(Status::Holds, &ids, &scalars(2, "1/3", "1/20", 40), &Limits::default());
    all_are(Status::Holds, &ids, &scalars(4, "2/3", "1/20", 40), &Limits::default());
    let third = "[[\"1/3\", 0], [0, \"1/3\"]]";
    let multiples = spec(&[2, 2, 2], "[[1, 0], [0, 1]]", &format!("[{third}, {third}]"), "1/20", 40);
    all_are(Status::Holds, &ids, &multiples, &Limits::default());
    let row = spec(&[2, 1, 1], "[[\"3/5\", \"4/5\"]]", "[[[\"1/5\", \"4/15\"]], [[\"1/3\"]]]", "1/20", 40);
    all_are(Status::Holds, &ids, &row, &Limits::default());
}

#[test]
fn one_small_layer_moves_as_far_as_the_step_says() {
    // M is free above ‖W_1‖, and η ≤ M/(2B) asks for more than ‖W_1‖ here; of a zero layer as well.
    for weight in ["1/1000", "0"] {
        all_are(Status::Holds, &["ACGH19.lemma7-step-size"], &scalars(1, weight, "1/20", 30), &Limits::default());
    }
}

#[test]
fn layers_of_low_rank_are_no_exception_to_the_order() {
    let low = "[[1, \"1/3\", 0], [\"1/3\", \"1/9\", 0], [0, 0, 0]]";
    let run = spec(&[3, 3, 3, 3], "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]", &format!("[{low}, {low}, {low}]"), "1/100", 12);
    all_are(Status::Holds, &["ACGH19.lemma7-linear-part.order"], &run, &Limits::default());
}

#[test]
fn conclusions_are_looked_at_where_hypotheses_fail() {
    let uneven = spec(&[1, 1, 1], "[[1]]", "[[[3]], [[\"1/3\"]]]", "1/1000", 0);
    all_are(Status::NotApplicable, &["ACGH19.lemma6-layer-norms"], &uneven, &Limits::default());
    all_are(Status::Refuted, &["ACGH19.lemma6-layer-norms"], &uneven, &conclusion_only());
    let diagonals =
        spec(&[2, 2, 2], "[[1, 0], [0, 1]]", "[[[1, 0], [0, \"1/8\"]], [[\"1/8\", 0], [0, 1]]]", "1/1000", 0);
    all_are(Status::NotApplicable, &["ACGH19.lemma7-linear-part"], &diagonals, &Limits::default());
    all_are(Status::Refuted, &["ACGH19.lemma7-linear-part"], &diagonals, &conclusion_only());
    let one_layer = scalars(1, "1/2", "1/1000", 0);
    all_are(Status::NotApplicable, &["ACGH19.lemma7-linear-part.order"], &one_layer, &Limits::default());
    all_are(Status::Refuted, &["ACGH19.lemma7-linear-part.order"], &one_layer, &conclusion_only());
    // Layers that are no identities are balanced or not; Procedure 1 for another target does not reach it.
    let halves = scalars(2, "1/2", "1/1000", 0);
    let ids = ["ACGH19.residual-init-balanced", "ACGH19.procedure1-balanced-init"];
    all_are(Status::NotApplicable, &ids, &halves, &Limits::default());
    all_are(Status::Refuted, &ids, &halves, &conclusion_only());
}
