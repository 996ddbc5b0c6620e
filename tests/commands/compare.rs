//! `witness compare`: the f64 trajectory beside the certified one.

use serde_json::Value;

use super::Desk;
use super::run::TOO_LARGE;
use super::specs::{DYADIC, LOGISTIC, every_kind};

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn every_step_is_within_its_bound_for_every_architecture_and_loss() {
    for (name, spec) in every_kind() {
        let desk = Desk::with_spec(&spec.replace("steps = 3", "steps = 100\nrecord = { every = 50 }"));
        let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(0);
        let steps = &told["steps"];
        assert_eq!(steps["judged"], 100, "{name}");
        assert!(steps["exceeded_t"].is_null(), "{name}");
        let share = number(&steps["worst_share"]);
        // A bound that nothing comes near would judge nothing.
        assert!(0.1 < share && share <= 1.0, "{name}: {share}");
        assert!(told["branched"].is_null(), "{name}");
        for record in told["records"].as_array().unwrap() {
            for part in [&record["risk"], &record["weight"]] {
                assert!(number(&part["absolute"]) <= number(&part["bound"]), "{name}");
                assert!(number(&part["bound"]) < 1e-12, "{name}");
            }
        }
        let times: Vec<u64> =
            told["records"].as_array().unwrap().iter().map(|record| record["t"].as_u64().unwrap()).collect();
        assert_eq!(times, [0, 50, 100], "{name}");
    }
}

#[test]
fn an_exact_run_has_no_error() {
    let desk = Desk::with_spec(&DYADIC.replace("steps = 2", "steps = 1"));
    let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(0);
    for record in told["records"].as_array().unwrap() {
        assert_eq!((number(&record["risk"]["absolute"]), number(&record["weight"]["absolute"])), (0.0, 0.0));
    }
    assert_eq!(number(&told["steps"]["worst_share"]), 0.0);
}

#[test]
fn precision_is_raised_until_the_error_can_be_told_from_the_radius() {
    let desk = Desk::with_spec(&DYADIC.replace("steps = 2", "steps = 200\nrecord = { every = 100 }"));
    let told = desk.witness(&["compare", "run.toml", "--bits", "16", "--format", "json"]).json(0);
    assert!(told["bits"].as_u64().unwrap() > 64, "{}", told["bits"]);
    let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(0);
    assert!(told["bits"].as_u64().unwrap() >= 256);
}

#[test]
fn runs_that_branch_are_told_apart() {
    // The exact norm is above 1 by less than f64 can tell, so the radius is 33/16 and in f64 it is 2.
    let spec = LOGISTIC.replace(
        "[[[0.5, -0.25], [0.125, 0.75]], [[0.5, -1.0]]]",
        "[[[\"1152921504606846977/1152921504606846976\", 0], [0, 0]], [[0, 0]]]",
    );
    let desk = Desk::with_spec(&spec);
    let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(1);
    assert_eq!(told["branched"]["t"], 0);
    assert_eq!((&told["branched"]["f64"], &told["branched"]["certified"]), (&"2/1".into(), &"33/16".into()));
    let told = desk.witness(&["compare", "run.toml"]).quietly(1);
    assert!(told.contains("the runs branched at step 0"), "{told}");
}

#[test]
fn divergence_is_told_and_no_failure() {
    let desk = Desk::with_spec(&DYADIC.replace("\"1/8\"", "1000").replace("steps = 2", "steps = 50"));
    let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(0);
    assert_eq!(told["f64"]["outcome"], "diverged");
    assert!(told["steps"]["judged"].as_u64().unwrap() > 0);
}

#[test]
fn a_run_that_was_stopped_beside_the_other_did_not_finish() {
    let told = |spec: &str, status: i32| {
        let desk = Desk::with_spec(spec);
        let table = desk.witness(&["compare", "run.toml"]).quietly(status);
        assert!(!table.contains(": finished"), "{table}");
        desk.witness(&["compare", "run.toml", "--format", "json"]).json(status)
    };
    let (mut steps, mut last_rows) = (Vec::new(), Vec::new());
    for record in ["{ every = 1 }", "{ every = 7 }", "{ every = 100 }", "{ at = [3] }"] {
        let told = told(&format!("{TOO_LARGE}record = {record}\n"), 0);
        assert_eq!((&told["f64"]["outcome"], &told["certified"]["outcome"]), (&"diverged".into(), &"stopped".into()));
        assert!(told["certified"]["reason"].as_str().unwrap().contains("the f64 run ended"), "{told}");
        steps.push(told["f64"]["reason"].clone());
        last_rows.push(told["records"].as_array().unwrap().last().unwrap().clone());
    }
    assert!(steps.iter().all(|step| *step == steps[0]), "{steps:?}");
    // The last step that both reached is shown, whatever the schedule says.
    assert!(last_rows.iter().all(|row| *row == last_rows[0]), "{last_rows:?}");
    // The other way round: a tie that no precision resolves.
    let tie =
        LOGISTIC.replace("[[0.5, -0.25], [0.125, 0.75]], [[0.5, -1.0]]", "[[\"7/25\", \"24/25\"], [0, 0]], [[0, 0]]");
    let told = told(&tie, 3);
    assert_eq!(
        (&told["f64"]["outcome"], &told["certified"]["outcome"]),
        (&"stopped".into(), &"precision-exhausted".into())
    );
}

#[test]
fn the_table_is_for_people() {
    let desk = Desk::with_spec(LOGISTIC);
    let told = desk.witness(&["compare", "run.toml", "--out", "table.txt"]).quietly(0);
    assert_eq!(told, "");
    let table = desk.read("table.txt");
    for part in ["risk in f64", "ulps", "certified at 256 bits: finished", "20 f64 steps judged", "each of them within"]
    {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn a_tie_that_no_precision_resolves_is_undecided() {
    // The second layer is zero, so the first does not move; its norm is 1 and equals R_0 − 1, which no ball around its entries can tell.
    let spec = LOGISTIC.replace("[[0.5, -0.25], [0.125, 0.75]], [[0.5, -1.0]]", "[[TIE], [0, 0]], [[0, 0]]");
    let desk = Desk::with_spec(&spec.replace("TIE", "\"7/25\", \"24/25\""));
    let told = desk.witness(&["compare", "run.toml", "--bits", "2048", "--format", "json"]).json(3);
    assert_eq!(told["bits"], 4096);
    assert_eq!(told["certified"]["outcome"], "precision-exhausted");
    assert!(told["certified"]["reason"].as_str().unwrap().contains("step 1"), "{told}");
    assert!(told["branched"].is_null());
    assert_eq!(told["steps"]["judged"], 20);
}

#[test]
fn a_step_that_nothing_bounds_is_undecided_and_not_exceeded() {
    // A margin of 10³⁰⁰ may be off by 10²⁸⁴, and what the slope of the loss makes of that is beyond every number.
    let spec = LOGISTIC
        .replace("[[0.5, -0.25], [0.125, 0.75]], [[0.5, -1.0]]", "[[1e300, 0], [0, 0]], [[1, 0]]")
        .replace("rule = \"smoothness\"", "rule = \"constant\"\neta = 1e-302");
    let desk = Desk::with_spec(&spec);
    let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(3);
    assert_eq!((&told["steps"]["exceeded_t"], &told["steps"]["undecided_t"]), (&Value::Null, &0.into()));
    assert!(told["steps"]["worst_share"].is_null(), "{told}");
    let table = desk.witness(&["compare", "run.toml"]).quietly(3);
    assert!(table.contains("not decided at step 0") && !table.contains("NOT"), "{table}");
}
