//! The theorems about gradient descent over runs so long that no instance of a source is: a million certified steps with `WITNESS_LONG=1`, else the first
//! of them.

use std::path::Path;

use gradient_witness::claims::Claim;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Evidence, Limits, Status, verify_own_run};

use super::claim;

#[test]
fn the_theorems_hold_at_each_of_a_million_steps() {
    let is_long = std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/long");
    for (file, ids) in [
        ("theorem-1.toml", &["ACGH19.thm1-linear-convergence"][..]),
        ("theorems-3-4.toml", &["JT19.theorem3-gd", "JT19.theorem4-max-margin-gd"]),
    ] {
        let spec = Spec::read(examples.join(file)).expect("a spec of a run");
        let all = spec.schedule().expect("of descent").steps;
        assert_eq!(all, 1_000_000, "{file}");
        let steps = if is_long { all } else { 1000 };
        let claims: Vec<Claim> = ids.iter().map(|id| claim(id)).collect();
        let report = verify_own_run(&claims.iter().collect::<Vec<_>>(), &spec.problem, steps, &Limits::default());
        assert_eq!(report.claims.len(), ids.len());
        for told in &report.claims {
            let verdict = &told.verdict;
            assert_eq!((verdict.status, verdict.horizon), (Status::Holds, steps), "{report}");
            assert!(verdict.evidence >= Some(Evidence::Certified), "{report}");
        }
    }
}
