//! Nothing that is expected to hold is refuted on an instance of any family, whatever it was made for: its hypotheses say where it applies.
//! On its own family it does not stay undecided either.

use gradient_witness::claims::{Check, Claim, Expected, Role};
use gradient_witness::generate::{Family, Instance, Look, Source};
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Limits, examine_instance};
use rayon::prelude::*;

use super::is_long;

/// Each family with the number of instances, and of steps of a run, that are looked at.
const FAMILIES: [(Family, u64, u64); 8] = [
    (Family::Points, 64, 0),
    (Family::Pairs, 64, 0),
    (Family::SmoothnessRuns, 16, 12),
    (Family::ShortRuns, 64, 6),
    (Family::ZeroFirst, 32, 0),
    (Family::FarPoints, 32, 0),
    (Family::EscapeRuns, 16, 12),
    (Family::TargetRuns, 16, 12),
];

/// Not the seed from which the claims are checked.
const SEED: u64 = 3;

#[test]
fn nothing_is_refuted_on_an_instance_of_any_family() {
    // A definition is asked about its own instances only.
    let is_meant = |claim: &Claim| {
        claim.expected() == Expected::Holds
            && claim.role() == Role::Claim
            && matches!(claim.check(), Check::Instances { .. })
    };
    let claims: Vec<Claim> = catalogue().into_iter().filter(is_meant).collect();
    let times = if is_long() { 16 } else { 1 };
    let all: Vec<(Family, u64, u64)> = FAMILIES
        .iter()
        .flat_map(|&(family, count, steps)| (0..times * count).map(move |index| (family, index, steps)))
        .collect();
    let broken: Vec<String> = all
        .par_iter()
        .flat_map_iter(|&(family, index, steps)| {
            let mut instance = family.instance(SEED, index).expect("a family has an instance for every number");
            if let Look::Run(all) = &mut instance.look {
                *all = steps.min(*all);
            }
            let fails = move |what: String| format!("instance {index} of seed {SEED} of {}: {what}", family.name());
            failures(&claims, family, &instance).into_iter().map(fails)
        })
        .collect();
    assert!(broken.is_empty(), "{} verdicts:\n{}", broken.len(), broken.join("\n"));
}

/// What is refuted, or stays undecided on an instance of its own family.
fn failures(claims: &[Claim], family: Family, instance: &Instance) -> Vec<String> {
    let statements: Vec<_> = claims.iter().filter_map(Claim::statement).collect();
    let verdicts = examine_instance(&statements, instance, &Limits::default());
    let mut found = Vec::new();
    for (claim, verdict) in claims.iter().zip(verdicts) {
        let is_own = claim.check().source().is_some_and(|source| source.name() == family.name());
        let undecided = verdict.undecided.filter(|_| is_own);
        found.extend(verdict.refuted.or(undecided).map(|failure| format!("{}: {failure}", claim.id())));
    }
    found
}
