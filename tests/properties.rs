//! The claims as properties of generated instances: proptest draws recipes, and shrinks what fails.
//!
//! A claim is never refuted on an instance of any family, since its hypotheses say where it applies; on its own family it
//! does not stay undecided either.

#[path = "support/mod.rs"]
mod support;

use gradient_witness::claims::{Check, Claim, Expected, Role};
use gradient_witness::generate::{Family, Look, Recipe};
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{Limits, examine_instance};
use proptest::prelude::*;
use support::{Recipes, config};

/// The claims that are checked on instances and expected to hold; a definition is asked about its own instances only.
fn claims() -> Vec<Claim> {
    let is_meant = |claim: &Claim| {
        claim.expected() == Expected::Holds
            && claim.role() == Role::Claim
            && matches!(claim.check(), Check::Instances(_))
    };
    catalogue().into_iter().filter(is_meant).collect()
}

/// None of the claims is refuted on the first `steps` steps of the recipe, and none that is made for it stays undecided.
fn nothing_fails(claims: &[Claim], family: Family, recipe: &Recipe, steps: u64) -> Result<(), TestCaseError> {
    let mut instance = recipe.build();
    if let Look::Run(all) = &mut instance.look {
        *all = steps.min(*all);
    }
    let statements: Vec<_> = claims.iter().map(Claim::statement).collect();
    let verdicts = examine_instance(&statements, &instance, &Limits::default());
    prop_assert_eq!(verdicts.len(), claims.len());
    for (claim, verdict) in claims.iter().zip(verdicts) {
        prop_assert!(verdict.refuted.is_none(), "{}: {:?}", claim.id(), verdict.refuted);
        let is_own = matches!(claim.check(), Check::Instances(source) if source.name() == family.name());
        prop_assert!(!is_own || verdict.undecided.is_none(), "{}: {:?}", claim.id(), verdict.undecided);
    }
    Ok(())
}

macro_rules! families {
    ($($name:ident: $family:expr, $cases:expr, $steps:expr;)+) => {$(
        #[test]
        fn $name() {
            let claims = claims();
            proptest!(config($cases), |(recipe in Recipes($family))| nothing_fails(&claims, $family, &recipe, $steps)?);
        }
    )+};
}

families! {
    points: Family::Points, 64, 0;
    pairs: Family::Pairs, 64, 0;
    smoothness_runs: Family::SmoothnessRuns, 16, 12;
    short_runs: Family::ShortRuns, 64, 6;
    zero_first: Family::ZeroFirst, 32, 0;
    far_points: Family::FarPoints, 32, 0;
    escape_runs: Family::EscapeRuns, 16, 12;
    target_runs: Family::TargetRuns, 16, 12;
}
