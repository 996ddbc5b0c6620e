//! Nothing that is expected to hold is refuted on a run that nobody made for it, and no check breaks.

use std::collections::BTreeMap;
use std::time::Duration;

use gradient_witness::claims::{Claim, Expected};
use gradient_witness::time_limit::TimeLimit;
use gradient_witness::verify::{ClaimVerdict, Limits, Status, verify_own_run};
use rayon::prelude::*;

use super::runs::Run;
use super::{CLAIMS, is_long, runs};

#[test]
fn nothing_that_is_expected_to_hold_is_refuted() {
    sweep(&runs::foreign());
}

#[test]
fn nor_is_it_at_depths_at_which_constants_leave_machine_integers() {
    sweep(&runs::deep());
}

fn sweep(runs: &[Run]) {
    let claims: Vec<&Claim> = CLAIMS.iter().collect();
    // What is not decided in this time is undecided, which breaks no law.
    let patience = Duration::from_secs(if is_long() { 300 } else { 8 });
    let found: Vec<(&Run, ClaimVerdict)> = runs
        .par_iter()
        .flat_map_iter(|run| {
            let limits = Limits { max_bits: 2048, time: TimeLimit::after(patience), ..Limits::default() };
            let report = verify_own_run(&claims, &run.spec, &limits);
            report.claims.into_iter().map(move |own| (run, own.verdict))
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for (run, ClaimVerdict { id, expected, status, note, .. }) in &found {
        *counts.entry(status.word()).or_default() += 1;
        if *status == Status::Failed || *status == Status::Refuted && *expected == Expected::Holds {
            broken.push(format!("{id}: {}: {note}\n    {}", status.word(), run.name));
        }
    }
    println!("{} claims on {} runs: {counts:?}", claims.len(), runs.len());
    assert!(broken.is_empty(), "{} verdicts:\n{}", broken.len(), broken.join("\n"));
}
