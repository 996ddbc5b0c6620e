//! With a failing hypothesis the conclusion is looked at alone, if it is asked for.

use gradient_witness::claims::Claim;
use gradient_witness::verify::{Limits, Status, verify_own_run};
use rayon::prelude::*;

use super::{CLAIMS, runs};

/// A hypothesis keeps a claim from saying anything; without it there is a conclusion, unless the statement has no meaning there.
#[test]
fn the_conclusion_is_looked_at_whatever_the_hypotheses_say() {
    let claims: Vec<&Claim> = CLAIMS.iter().collect();
    let broken: Vec<String> = runs::a_few()
        .par_iter()
        .flat_map_iter(|run| {
            let limits = Limits { max_bits: 256, ..Limits::default() };
            let with = verify_own_run(&claims, &run.spec.problem, run.spec.schedule().unwrap().steps, &limits).claims;
            let without = verify_own_run(
                &claims,
                &run.spec.problem,
                run.spec.schedule().unwrap().steps,
                &Limits { conclusion_only: true, ..limits },
            )
            .claims;
            let mut broken = Vec::new();
            for (with, without) in with.iter().zip(&without) {
                let outside = without.assumptions.iter().any(|assumption| assumption.of_domain && assumption.unmet > 0);
                let fails = with.assumptions.iter().any(|assumption| assumption.unmet > 0);
                let nothing = without.verdict.status == Status::NotApplicable && without.verdict.applicable == 0;
                if fails && !outside && nothing && !without.is_rejected {
                    broken.push(format!("{}: {}\n    {}", with.verdict.id, without.verdict.note, run.name));
                }
            }
            broken
        })
        .collect();
    assert!(broken.is_empty(), "{} conclusions that were not looked at:\n{}", broken.len(), broken.join("\n"));
}
