//! Large data: what is cheap is done, and what cannot be had is refused with its numbers.

use super::Desk;

/// A run of a few steps on `data.csv`.
fn spec(features: usize, loss: &str) -> String {
    format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = [{features}, 1]\n[loss]\nkind = \"{loss}\"\n\
         [data]\npath = \"data.csv\"\nheader = false\n[init]\nkind = \"zero-first\"\nstd = 1\nseed = 1\n\
         [step]\nrule = \"constant\"\neta = 1e-6\n[run]\nsteps = 2\n"
    )
}

fn desk(examples: usize, features: usize, loss: &str) -> Desk {
    let desk = Desk::with_spec(&spec(features, loss));
    let row = |i: usize| format!("{}{}\n", "0.5,1,".repeat(features / 2), if i.is_multiple_of(2) { 1 } else { -1 });
    desk.write("data.csv", (0..examples).map(row).collect::<String>());
    desk
}

#[test]
fn one_example_of_many_features_needs_no_square_of_them() {
    // XXᵀ would take 28.8 GB.
    let (records, summary) = desk(1, 60_000, "squared").witness(&["run", "run.toml"]).trajectory(0);
    assert_eq!((records.len(), &summary["outcome"]), (3, &"finished".into()));
    // W = 0, then W = ηx and W = η(2 − η‖x‖²)x: the residuals are 1, 1 − η‖x‖² and its square.
    let shrink = 1.0 - 1e-6 * 30_000.0 * 1.25;
    for (t, record) in records.iter().enumerate() {
        let residual = f64::powi(shrink, i32::try_from(t).unwrap());
        let risk = record["risk"].as_f64().unwrap();
        assert!((risk - residual * residual / 2.0).abs() < 1e-12, "{risk} at {t}");
    }
}

#[test]
fn data_that_do_not_fit_into_memory_are_refused_with_the_numbers() {
    let desk = desk(200, 200, "squared");
    for arguments in [
        &["run", "run.toml", "--arithmetic", "ball:1000000", "--out", "out"][..],
        &["run", "run.toml", "--arithmetic", "mpfr:1000000"],
        &["compare", "run.toml", "--bits", "1000000", "--out", "out"],
    ] {
        let told = desk.witness(arguments);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
        assert!(told.err.contains("40200 numbers, which at 1000000 bits take 4794 MiB"), "{told:?}");
        assert_eq!(desk.files(), ["data.csv", "run.toml"]);
    }
    assert_eq!(desk.witness(&["run", "run.toml", "--arithmetic", "ball:64"]).status, 0);
}
