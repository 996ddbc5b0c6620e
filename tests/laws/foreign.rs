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
    // Some statements take long there: each has a time of its own, so that no other is left undecided for them.
    let runs = runs::deep();
    let asked: Vec<(&Run, &Claim)> = runs.iter().flat_map(|run| CLAIMS.iter().map(move |claim| (run, claim))).collect();
    let patience = Duration::from_millis(if is_long() { 20_000 } else { 400 });
    let found = asked.par_iter().flat_map_iter(|(run, claim)| examined(&[claim], run, patience)).collect();
    let decided = judged(found);
    assert!(2 * decided > asked.len(), "{decided} of {} are decided: too few to say anything", asked.len());
}

fn sweep(runs: &[Run]) {
    let claims: Vec<&Claim> = CLAIMS.iter().collect();
    // What is not decided in this time is undecided, which breaks no law.
    let patience = Duration::from_secs(if is_long() { 300 } else { 8 });
    judged(runs.par_iter().flat_map_iter(|run| examined(&claims, run, patience)).collect());
}

fn examined<'a>(claims: &[&Claim], run: &'a Run, patience: Duration) -> Vec<(&'a Run, ClaimVerdict)> {
    let limits = Limits { max_bits: 2048, time: TimeLimit::after(patience), ..Limits::default() };
    let report = verify_own_run(claims, &run.spec.problem, run.spec.schedule().unwrap().steps, &limits);
    report.claims.into_iter().map(|own| (run, own.verdict)).collect()
}

/// Fails if one of the verdicts breaks the law; else how many are decided.
fn judged(found: Vec<(&Run, ClaimVerdict)>) -> usize {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for (run, ClaimVerdict { id, expected, status, note, .. }) in &found {
        *counts.entry(status.word()).or_default() += 1;
        if *status == Status::Failed || *status == Status::Refuted && *expected == Expected::Holds {
            broken.push(format!("{id}: {}: {note}\n    {}", status.word(), run.name));
        }
    }
    println!("{} verdicts: {counts:?}", found.len());
    assert!(broken.is_empty(), "{} verdicts:\n{}", broken.len(), broken.join("\n"));
    found.len() - counts.get("undecided").copied().unwrap_or(0)
}
