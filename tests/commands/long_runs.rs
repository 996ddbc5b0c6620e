//! `witness run` in certified arithmetic: an exact centre, and one radius.

use std::path::Path;

use gradient_witness::problem::{Plan, Recording, Spec};
use rug::Float;

use super::Desk;
use super::run::enclosure;
use super::specs::every_kind;

/// The specs in `examples/long`, by name, with so few steps.
fn examples(steps: u64) -> Vec<(String, Spec)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/long");
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let specs = files.map(|path| {
        let (name, mut spec) = (path.file_stem().unwrap().to_str().unwrap().to_owned(), Spec::read(&path).unwrap());
        let Plan::Descent(schedule) = &mut spec.plan else { panic!("{name} is a flow") };
        assert_eq!(schedule.steps, 1_000_000, "{name}");
        (schedule.steps, schedule.record) = (steps, Recording::Every(steps / 2));
        (name, spec)
    });
    specs.collect()
}

#[test]
fn the_examples_of_long_runs_are_certified() {
    let examples = examples(300);
    assert_eq!(examples.len(), 6);
    for (name, spec) in examples {
        let desk = Desk::with_spec(&spec.to_toml());
        let run = |arithmetic: &str| {
            let told = desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]);
            let (mut records, summary) = told.trajectory(0);
            assert_eq!((&summary["outcome"], records.len()), (&"finished".into(), 3), "{name}: {summary}");
            records.pop().unwrap()
        };
        let (coarse, fine) = (run("certified"), run("certified:128"));
        let radius = |record: &serde_json::Value| enclosure(&record["euclidean_radius"]).0;
        assert!(radius(&coarse) < 1e-9 && radius(&fine) < 1e-31, "{name}: {coarse}, {fine}");
        assert!(coarse["weights"][0][0][0].is_number() && fine["weights"][0][0][0].is_string());
        let (wide, narrow) = (enclosure(&coarse["risk"]), enclosure(&fine["risk"]));
        let distance = Float::with_val(600, &narrow.0 - &wide.0).abs();
        assert!(narrow.1 < wide.1 && distance <= wide.1 + narrow.1, "{name}: {coarse}, {fine}");
    }
}

#[test]
fn every_architecture_and_loss_can_be_certified() {
    for (name, spec) in every_kind() {
        let desk = Desk::with_spec(&spec);
        let (balls, _) = desk.witness(&["run", "run.toml", "--arithmetic", "ball:256"]).trajectory(0);
        for arithmetic in ["certified", "certified:100"] {
            let (records, _) = desk.witness(&["run", "run.toml", "--arithmetic", arithmetic]).trajectory(0);
            assert_eq!(records.len(), balls.len(), "{name}");
            for (record, ball) in records.iter().zip(&balls) {
                assert_eq!((&record["t"], &record["radius"]), (&ball["t"], &ball["radius"]), "{name}");
                let ((one, of_one), (other, of_other)) = (enclosure(&record["risk"]), enclosure(&ball["risk"]));
                assert!((one - other).abs() <= of_one.clone() + of_other, "{name}: {record}, {ball}");
                assert!(of_one < 1e-12, "{name}: {record}");
            }
        }
    }
}

#[test]
fn a_certified_run_that_is_blind_says_where_and_how_far() {
    let (_, mut spec) = examples(2).into_iter().find(|(name, _)| name == "saddles").unwrap();
    let Plan::Descent(schedule) = &mut spec.plan else { panic!("a flow") };
    (schedule.steps, schedule.record) = (100, Recording::Every(100));
    // Steps a hundred times as long as those that lead anywhere.
    let text = spec.to_toml().replace("eta = 0.02", "eta = 2");
    let (records, summary) = Desk::with_spec(&text).witness(&["run", "run.toml"]).trajectory(3);
    assert_eq!(summary["outcome"], "precision-exhausted", "{summary}");
    let reason = summary["reason"].as_str().unwrap();
    assert!(reason.starts_with("precision exhausted at step ") && reason.contains("; the radius is "), "{reason}");
    let last = &records[records.len() - 1];
    assert_eq!((&last["t"], &last["euclidean_radius"]), (&summary["last_t"], &summary["euclidean_radius"]));
}
