//! A limit speaks of a run only under the theorem's own assumptions, whatever holds of its parts.

use gradient_witness::claims::{Claim, Scope};
use gradient_witness::papers::catalogue;
use gradient_witness::problem::Spec;
use gradient_witness::verify::{Limits, Status, verify_own_run};

/// Separable data whose support vectors span the plane, a start with positive margins, the step rule: inside all three theorems.
const INSIDE: &str = r#"
[network]
architecture = "fully-connected"
widths = [2, 2, 1]

[loss]
kind = "logistic"

[data]
x = [["3/5", "4/5"], ["3/5", "-4/5"]]
y = [1, 1]

[init]
weights = [[["1/2", 0], [0, "1/4"]], [["1/2", 0]]]

[step]
rule = "smoothness"

[run]
steps = 20
"#;

fn status(id: &str, spec: &str) -> (Status, String) {
    let claims = catalogue();
    let claim: Vec<&Claim> = claims.iter().filter(|claim| claim.id() == id).collect();
    let spec = Spec::parse(spec, std::path::Path::new(".")).expect("a spec that can be read");
    let verdict =
        verify_own_run(&claim, &spec.problem, spec.schedule().unwrap().steps, &Limits::default()).claims.remove(0);
    assert_eq!(verdict.verdict.scope, Scope::Instance);
    let failing: Vec<String> = verdict
        .assumptions
        .iter()
        .filter(|assumption| assumption.unmet > 0)
        .map(|assumption| assumption.label.to_owned())
        .collect();
    (verdict.verdict.status, failing.join("; "))
}

fn changed(old: &str, new: &str) -> String {
    assert!(INSIDE.contains(old));
    INSIDE.replace(old, new)
}

#[test]
fn inside_the_theorems_they_hold() {
    for id in ["JT19.theorem3-gd", "JT19.theorem4-max-margin-gd", "JT19.corollary2"] {
        assert_eq!(status(id, INSIDE).0, Status::Holds, "{id}");
    }
}

#[test]
fn a_start_above_the_risk_at_zero_is_outside_assumption_2() {
    let spec = changed(r#"[["1/2", 0]]]"#, r#"[["-1/2", 0]]]"#);
    for id in ["JT19.theorem3-gd", "JT19.theorem4-max-margin-gd", "JT19.corollary2"] {
        let (status, failing) = status(id, &spec);
        assert_eq!(status, Status::NotApplicable, "{id}");
        assert!(failing.contains("Assumption 2"), "{id}: {failing}");
    }
}

#[test]
fn a_step_of_any_size_is_outside_assumption_5() {
    let spec = changed("rule = \"smoothness\"", "rule = \"constant\"\neta = 2");
    for id in ["JT19.theorem3-gd", "JT19.theorem4-max-margin-gd", "JT19.corollary2"] {
        let (status, failing) = status(id, &spec);
        assert_eq!(status, Status::NotApplicable, "{id}");
        assert!(failing.contains("Assumption 5"), "{id}: {failing}");
    }
}

#[test]
fn support_vectors_on_a_line_are_outside_assumption_3() {
    let spec = changed(r#"x = [["3/5", "4/5"], ["3/5", "-4/5"]]"#, r#"x = [["3/5", 0], ["4/5", "1/5"]]"#);
    assert_eq!(status("JT19.theorem3-gd", &spec).0, Status::Holds);
    for id in ["JT19.theorem4-max-margin-gd", "JT19.corollary2"] {
        let (status, failing) = status(id, &spec);
        assert_eq!(status, Status::NotApplicable, "{id}");
        assert!(failing.contains("Assumption 3"), "{id}: {failing}");
    }
}
