//! A verdict does not contradict itself: over precisions and seeds it is the same or undecided, and over threads and kernels the whole report is
//! the same but for timings.

use std::process::Command;

use gradient_witness::claims::{Claim, Expected};
use gradient_witness::papers::catalogue;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, Options, Status, verify, verify_own_run};
use rayon::prelude::*;
use serde_json::Value;

use super::{CLAIMS, is_long, runs};

#[test]
fn over_precisions_a_verdict_is_the_same_or_undecided() {
    let claims: Vec<&Claim> = CLAIMS.iter().collect();
    let precisions: &[u32] =
        if is_long() { &[16, 24, 53, 64, 100, 128, 256, 512, 1024, 2048, 4096] } else { &[16, 64, 128, 512] };
    let broken: Vec<String> = runs::a_few()
        .par_iter()
        .flat_map_iter(|run| {
            let reports: Vec<_> = precisions
                .iter()
                .map(|&max_bits| {
                    verify_own_run(
                        &claims,
                        &run.spec.problem,
                        run.spec.schedule().unwrap().steps,
                        &Limits { max_bits, ..Limits::default() },
                    )
                    .claims
                })
                .collect();
            let mut broken = Vec::new();
            for (place, claim) in claims.iter().enumerate() {
                let mut decided: Option<(u32, Status)> = None;
                for (&bits, report) in precisions.iter().zip(&reports) {
                    let verdict = &report[place].verdict;
                    match (decided, verdict.status) {
                        (_, Status::Undecided) => {}
                        (None, status) => decided = Some((bits, status)),
                        (Some((earlier, before)), status) if before != status => broken.push(format!(
                            "{}: {} at {earlier} bits and {} at {bits}: {}\n    {}",
                            claim.id(),
                            before.word(),
                            status.word(),
                            verdict.note,
                            run.name
                        )),
                        _ => {}
                    }
                }
            }
            broken
        })
        .collect();
    assert!(broken.is_empty(), "{} contradictions:\n{}", broken.len(), broken.join("\n"));
}

fn own_run(id: &str, spec: &str, max_bits: u32) -> Status {
    let claims: Vec<&Claim> = CLAIMS.iter().filter(|claim| claim.id() == id).collect();
    let spec = Spec::parse(spec, ".".as_ref()).unwrap_or_else(|error| panic!("{error}"));
    verify_own_run(&claims, &spec.problem, spec.schedule().unwrap().steps, &Limits { max_bits, ..Limits::default() })
        .claims
        .remove(0)
        .verdict
        .status
}

/// Slopes of some `2^−1347`, which so few bits cannot tell from zero, make all the difference.
#[test]
fn slopes_that_may_vanish_decide_nothing() {
    let saturated = r#"
        network = { architecture = "fully-connected", widths = [2, 1, 1] }
        loss = { kind = "logistic", steepness = 40000, scale = "1e8130" }
        data = { x = [[1, 0], [1, "1/2"]], y = [1, 1] }
        init = { weights = [[["4/5", 0]], [["3/5"]]] }
        step = { rule = "constant", eta = 1 }
        run = { steps = 2 }
    "#;
    assert_eq!(own_run("JT19.SL-3", saturated, 16), Status::Undecided);
    assert_eq!(own_run("JT19.SL-3", saturated, 4096), Status::Refuted);
}

/// A run that ends after a step or two; what is not met by its data and its loss is not met whatever comes.
#[test]
fn what_the_data_exclude_is_not_applicable_however_the_run_ends() {
    let explodes = r#"
        network = { architecture = "fully-connected", widths = [1, 1, 1] }
        loss = { kind = "exponential" }
        data = { x = [[-1], [1]], y = [1, 1] }
        init = { weights = [[[-1]], [["3/5"]]] }
        step = { rule = "constant", eta = 40 }
        run = { steps = 6 }
    "#;
    for id in ["ACGH19.lemma1-single-step-descent", "ACGH19.gd-update", "JT19.descent-step", "JT19.theorem3-gd"] {
        assert_eq!(own_run(id, explodes, 512), Status::NotApplicable, "{id}");
    }
}

#[test]
fn over_seeds_no_verdict_is_another() {
    let claims = catalogue();
    let claims: Vec<&Claim> = claims.iter().collect();
    let (seeds, instances) = if is_long() { (2..12, 32) } else { (2..3, 2) };
    for seed in seeds {
        let report = verify(&claims, &Options { seed, instances, ..Options::default() }, &());
        for verdict in report.claims {
            let allowed = match verdict.expected {
                Expected::Holds => [Status::Holds, Status::Undecided, Status::NotApplicable],
                Expected::Refuted => [Status::Refuted, Status::Undecided, Status::NotApplicable],
            };
            assert!(
                allowed.contains(&verdict.status),
                "{} with seed {seed}: {:?}: {}",
                verdict.id,
                verdict.status,
                verdict.note
            );
            assert_ne!(verdict.control, Some(false), "{} with seed {seed}: {}", verdict.id, verdict.note);
        }
    }
}

/// The report of the program without timings.
fn report(arguments: &[&str], kernels: Option<&str>) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_witness"));
    command.args(["verify", "--quiet", "--instances", "2", "--format", "json"]).args(arguments);
    match kernels {
        Some(kernels) => command.env("WITNESS_KERNELS", kernels),
        None => command.env_remove("WITNESS_KERNELS"),
    };
    let output = command.output().expect("the program starts");
    let mut report: Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    for claim in report["claims"].as_array_mut().expect("a list of claims") {
        claim.as_object_mut().expect("a claim is an object").remove("seconds");
    }
    report
}

#[test]
fn threads_and_kernels_change_nothing_but_the_time() {
    let paper = ["--paper", "ACGH19", "--samples", "1000"];
    // Flows, a limit of them, runs, points and free numbers.
    let some = [
        "JT19.balancedness-flow.drift",
        "JT19.theorem1-risk-to-zero",
        "JT19.poster-theorem2",
        "JT19.lemma8-rank-gap",
        "JT19.lemma4-log",
        "JT19.lemma3-dual-weights.exceptions",
    ];
    let some: Vec<&str> = some.into_iter().flat_map(|id| ["--claim", id]).collect();
    let asked: &[&[&str]] = if is_long() { &[&[]] } else { &[&paper, &some] };
    for asked in asked {
        let usual = report(asked, None);
        assert!(usual["claims"].as_array().is_some_and(|claims| claims.len() > 5), "{asked:?}");
        let one_thread = [asked, &["--jobs", "1"][..]].concat();
        assert_eq!(usual, report(&one_thread, Some("plain")), "one thread with the plain kernels");
    }
}
