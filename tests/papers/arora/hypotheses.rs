//! The hypotheses of Theorem 1 and of Lemma 7 at depths where constants such as `6144N³` leave 32 bits, at their boundary, and where they
//! fail and the conclusion is asked for alone.

use std::path::Path;

use gradient_witness::claims::Claim;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, OwnRunVerdict, Status, verify_own_run};
use rug::Rational;

use crate::claim;

/// Claims of Theorem 1 and its proof that hold of every run which meets its hypotheses.
const OF_THEOREM_1: [&str; 8] = [
    "ACGH19.thm1-linear-convergence",
    "ACGH19.lemma1-single-step-descent",
    "ACGH19.thm1-contraction-product",
    "ACGH19.lemma2-A-balancedness-2delta",
    "ACGH19.lemma2-Aprime-step-drift",
    "ACGH19.lemma2-B-descent",
    "ACGH19.lemma2-C-layer-norms",
    "ACGH19.lemma2-gradient-sum",
];

fn ask(ids: &[&str], spec: &str, limits: &Limits) -> Vec<OwnRunVerdict> {
    let spec = Spec::parse(spec, Path::new(".")).expect("a valid spec");
    let claims: Vec<Claim> = ids.iter().map(|id| claim(id)).collect();
    verify_own_run(&claims.iter().collect::<Vec<_>>(), &spec.problem, spec.schedule().unwrap().steps, limits).claims
}

fn spec(widths: &[usize], target: &str, weights: &str, eta: &Rational, steps: u32) -> String {
    format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = {widths:?}\n[loss]\nkind = \"squared-target\"\n\
         [data]\ntarget = {target}\n[init]\nweights = {weights}\n[step]\nrule = \"constant\"\neta = \"{eta}\"\n\
         [run]\nsteps = {steps}\n"
    )
}

/// One step of scalar layers towards 1, all of them alike.
fn scalars(depth: usize, weight: &str, eta: &Rational) -> String {
    let weights = vec![format!("[[\"{weight}\"]]"); depth].join(", ");
    spec(&vec![1; depth + 1], "[[1]]", &format!("[{weights}]"), eta, 1)
}

fn all_are(status: Status, ids: &[&str], spec: &str, limits: &Limits) {
    for own in ask(ids, spec, limits) {
        assert_eq!(own.verdict.status, status, "{}: {}", own.verdict.id, own.verdict.note);
    }
}

#[test]
fn the_constants_of_deep_networks_are_exact() {
    let with_lemma_7 = |ids: &[&'static str]| [ids, &["ACGH19.lemma7-single-step"]].concat();
    for depth in [89, 128, 182, 256, 323] {
        // Φ = 1, and the layers are 0.999: η* = c^{(4N−2)/N}/(6144N³) with c = 0.999^N, far below 10⁻⁸.
        let steep = scalars(depth, "999/1000", &Rational::from((1, 100_000_000)));
        all_are(Status::NotApplicable, &with_lemma_7(&OF_THEOREM_1), &steep, &Limits::default());
        let flat = scalars(depth, "999/1000", &Rational::from((1, 10_000_000_000_000_000_u64)));
        all_are(Status::Holds, &with_lemma_7(&OF_THEOREM_1), &flat, &Limits::default());
        let point = scalars(depth, "999/1000", &Rational::from(1));
        let constants = ["ACGH19.lemma7-eta-preconditions", "ACGH19.lemma7-delta-preconditions"];
        all_are(Status::Holds, &constants, &point, &Limits::default());
    }
}

#[test]
fn one_thousand_and_seven_hundred_layers_are_no_limit() {
    const IDS: [&str; 3] =
        ["ACGH19.lemma1-single-step-descent", "ACGH19.lemma7-single-step", "ACGH19.lemma2-B-descent"];
    let steep = scalars(1700, "999/1000", &Rational::from((1, 10_000_000)));
    all_are(Status::NotApplicable, &IDS, &steep, &Limits::default());
    let flat = scalars(1700, "999/1000", &Rational::from((1, 10_u64.pow(18))));
    all_are(Status::Holds, &IDS, &flat, &Limits::default());
}

#[test]
fn the_largest_step_is_allowed_and_a_little_more_is_not() {
    // c = f = 1 at the target itself, where both sides of the conclusion are zero.
    for depth in [1_u32, 2, 3, 5, 89] {
        let largest = Rational::from(rug::Integer::from(6144) * depth * depth * depth).recip();
        let beyond = &largest * Rational::from((1_000_000_001, 1_000_000_000));
        let ids = ["ACGH19.lemma1-single-step-descent", "ACGH19.lemma7-single-step", "ACGH19.lemma2-gradient-sum"];
        let count = if depth == 1 { 2 } else { 3 };
        all_are(Status::Holds, &ids[..count], &scalars(depth as usize, "1", &largest), &Limits::default());
        all_are(Status::NotApplicable, &ids, &scalars(depth as usize, "1", &beyond), &Limits::default());
    }
    // One layer, η* = c²/(6144f²): Φ = (3, 0; 4, 5) has σ_min² = 5, which is no square, and W(0) = Φ − (2, 0; 0, 1)/2 is at a distance
    // of √5/2 from it, so that c² = 5/4.
    let (target, start) = ("[[3, 0], [4, 5]]", "[[[2, 0], [4, \"9/2\"]]]");
    let largest = Rational::from((5, 4 * 6144 * 50));
    let beyond = &largest * Rational::from((1_000_000_001, 1_000_000_000));
    for (eta, status) in [(largest, Status::Holds), (beyond, Status::NotApplicable)] {
        all_are(status, &OF_THEOREM_1[..3], &spec(&[2, 2], target, start, &eta, 2), &Limits::default());
    }
}

#[test]
fn the_largest_imbalance_is_allowed_and_a_little_more_is_not() {
    // Two scalar layers 1 and r: c = r, δ = r² − 1, and Φ = f with c²/(256·8·f) = δ.
    for (more, status) in [("0", Status::Holds), ("1/1000000000", Status::NotApplicable)] {
        let r = Rational::from((10_001, 10_000));
        let square = Rational::from(&r * &r);
        let f = square.clone() / ((square - 1u32) * 2048u32);
        // A larger f has the smaller δ*.
        let f = f + more.parse::<Rational>().expect("a rational");
        let run =
            spec(&[1, 1, 1], &format!("[[\"{f}\"]]"), &format!("[[[1]], [[\"{r}\"]]]"), &(1, 10_000_000).into(), 2);
        all_are(
            status,
            &["ACGH19.lemma1-single-step-descent", "ACGH19.lemma2-A-balancedness-2delta"],
            &run,
            &Limits::default(),
        );
    }
}

#[test]
fn a_margin_of_exactly_zero_is_none() {
    let zero = spec(&[1, 1], "[[1]]", "[[[0]]]", &(1, 10_000).into(), 1);
    all_are(Status::NotApplicable, &OF_THEOREM_1[..3], &zero, &Limits::default());
    let little = spec(&[1, 1], "[[1]]", "[[[\"1/10\"]]]", &(1, 1_000_000_000).into(), 1);
    all_are(Status::Holds, &OF_THEOREM_1[..3], &little, &Limits::default());
}

#[test]
fn a_run_that_starts_at_its_target_meets_all_and_stays() {
    // Thirds are no balls without a radius.
    let thirds = "[[[\"1/3\", 0], [0, \"1/3\"]], [[\"1/3\", 0], [0, \"1/3\"]]]";
    let run = spec(&[2, 2, 2], "[[\"1/9\", 0], [0, \"1/9\"]]", thirds, &(1, 10_000_000).into(), 12);
    all_are(Status::Holds, &OF_THEOREM_1, &run, &Limits::default());
    all_are(Status::Holds, &["ACGH19.lemma7-single-step"], &run, &Limits::default());
}

#[test]
fn the_conclusion_alone_is_looked_at_where_the_step_is_too_large() {
    // The loss rises from 0.018 to 0.497.
    let run = spec(&[1, 1, 1], "[[1]]", "[[[\"9/10\"]], [[\"9/10\"]]]", &3.into(), 2);
    let refuted = [
        "ACGH19.thm1-linear-convergence",
        "ACGH19.lemma1-single-step-descent",
        "ACGH19.thm1-contraction-product",
        "ACGH19.lemma2-B-descent",
        "ACGH19.lemma2-C-layer-norms",
        "ACGH19.lemma2-gradient-sum",
        "ACGH19.lemma7-single-step",
    ];
    all_are(Status::NotApplicable, &refuted, &run, &Limits::default());
    all_are(Status::Refuted, &refuted, &run, &Limits { conclusion_only: true, ..Limits::default() });
    // Scalars of one size stay balanced, however large the step is.
    let balanced = ["ACGH19.lemma2-A-balancedness-2delta", "ACGH19.lemma2-Aprime-step-drift"];
    all_are(Status::Holds, &balanced, &run, &Limits { conclusion_only: true, ..Limits::default() });
}
