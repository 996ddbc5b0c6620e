//! `witness run`: trajectories.

use rug::{Float, Rational};
use serde_json::{Value, json};

use super::specs::{DYADIC, LOGISTIC, every_kind};
use super::{Desk, assert_snapshot, lines, without_seconds};

const BITS: u32 = 600;

/// Checks that a number is enclosed, within a tolerance beyond its radius, which is returned.
#[track_caller]
pub fn assert_encloses(value: &Value, exact: &Float, tolerance: f64) -> Float {
    let (mid, rad) = enclosure(value);
    let distance = Float::with_val(BITS, mid - exact).abs();
    assert!(distance <= Float::with_val(BITS, &rad + tolerance), "{value} is not {exact}");
    rad
}

/// A number of any arithmetic: its middle and its radius.
pub fn enclosure(value: &Value) -> (Float, Float) {
    let number = |value: &Value| match value {
        Value::Number(number) => Float::with_val(BITS, number.as_f64().unwrap()),
        Value::String(text) => match text.split_once('/') {
            Some(_) => Float::with_val(BITS, text.parse::<Rational>().unwrap()),
            None => Float::with_val(BITS, Float::parse(text).unwrap()),
        },
        other => panic!("{other} is no number"),
    };
    match value.get("mid") {
        Some(mid) => (number(mid), number(&value["rad"])),
        None => (number(value), Float::new(BITS)),
    }
}

/// All numbers in a record, with their places, but for what is exact by definition.
fn numbers(record: &Value) -> Vec<(String, (Float, Float))> {
    fn walk(place: &str, value: &Value, found: &mut Vec<(String, (Float, Float))>) {
        match value {
            Value::Array(entries) => {
                for (i, entry) in entries.iter().enumerate() {
                    walk(&format!("{place}[{i}]"), entry, found);
                }
            }
            Value::Null => {}
            _ => found.push((place.to_owned(), enclosure(value))),
        }
    }
    let mut found = Vec::new();
    for (key, value) in record.as_object().unwrap() {
        if !["t", "radius", "norms_squared"].contains(&key.as_str()) {
            walk(key, value, &mut found);
        }
    }
    found
}

#[test]
fn trajectories_of_the_reference_are_the_same_bit_for_bit() {
    for (name, spec, arithmetics) in [
        ("logistic", LOGISTIC, ["mpfr:64", "ball:64", "ball:128"]),
        ("dyadic", DYADIC, ["mpfr:64", "ball:64", "rational"]),
    ] {
        let desk = Desk::with_spec(spec);
        for arithmetic in arithmetics {
            let told = desk.witness(&["run", "run.toml", "--arithmetic", arithmetic, "--weights"]).quietly(0);
            let name = format!("run-{name}-{}", arithmetic.replace(':', "-"));
            assert_snapshot(&name, &without_seconds(&told));
        }
    }
}

#[test]
fn f64_is_exact_where_nothing_is_rounded() {
    let desk = Desk::with_spec(DYADIC);
    let (fast, summary) = desk.witness(&["run", "run.toml", "--weights"]).trajectory(0);
    assert_eq!(summary["arithmetic"], "f64");
    let (exact, _) = desk.witness(&["run", "run.toml", "--weights", "--arithmetic", "rational"]).trajectory(0);
    assert_eq!(fast.len(), 3);
    // The second step multiplies too many digits for f64.
    for (fast, exact) in fast.iter().zip(&exact).take(2) {
        for key in ["risk", "eta", "end_to_end", "weights"] {
            let part = |record: &Value| numbers(&json!({ key: record[key] }));
            assert_eq!(part(fast), part(exact), "{key}");
        }
    }
}

/// The ball contains the plain run at twice the precision and the rational run; the f64 run is near.
#[test]
fn the_arithmetics_agree_for_every_architecture_and_loss() {
    let slack = |value: &Float| Float::with_val(BITS, value.clone().abs() >> 220_u32);
    for (name, spec) in every_kind() {
        let desk = Desk::with_spec(&spec);
        let run = |arithmetic: &str| desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]);
        let (balls, _) = run("ball:128").trajectory(0);
        let (floats, _) = run("mpfr:256").trajectory(0);
        let (fast, _) = run("f64").trajectory(0);
        assert_eq!((balls.len(), floats.len(), fast.len()), (4, 4, 4), "{name}");
        let rational = run("rational");
        let rational = if name.contains("squared") {
            rational.trajectory(0).0
        } else {
            assert_eq!(rational.status, 2, "{name}");
            assert!(rational.err.contains("ball:256"), "{}", rational.err);
            Vec::new()
        };
        for (t, ball) in balls.iter().enumerate() {
            let ball = numbers(ball);
            let (float, fast) = (numbers(&floats[t]), numbers(&fast[t]));
            assert!(ball.len() > 10, "{name}");
            for (i, (place, (mid, rad))) in ball.iter().enumerate() {
                let context = format!("{name}, t = {t}, {place}");
                assert_eq!((place, place), (&float[i].0, &fast[i].0), "{context}");
                let distance = |other: &Float| Float::with_val(BITS, mid - other).abs();
                let (middle, _) = &float[i].1;
                assert!(distance(middle) <= Float::with_val(BITS, rad + slack(mid)), "{context}");
                let error = Float::with_val(BITS, mid.clone().abs() + 1u32) * 1e-13;
                assert!(distance(&fast[i].1.0) <= error, "{context}");
                assert!(*rad <= Float::with_val(BITS, mid.clone().abs() + 1u32) >> 110_u32, "{context}");
            }
            let Some(exact) = rational.get(t).map(numbers) else { continue };
            for ((place, (mid, rad)), (_, (exact, of_exact))) in ball.iter().zip(&exact) {
                let distance = Float::with_val(BITS, mid - exact).abs();
                let reach = Float::with_val(BITS, rad + of_exact) + slack(mid);
                assert!(distance <= reach, "{name}, t = {t}, {place}");
            }
        }
        assert_eq!(balls[0]["spectral"].is_null(), name.contains("convolutional"), "{name}");
    }
}

#[test]
fn rational_norms_are_enclosed_and_their_squares_exact() {
    let desk = Desk::with_spec(DYADIC);
    let (records, _) = desk.witness(&["run", "run.toml", "--arithmetic", "rational"]).trajectory(0);
    assert_eq!(records[0]["norms_squared"], json!(["5/16", "9/4"]));
    assert_eq!(records[0]["risk"].as_str().unwrap().split('/').count(), 2);
    assert_eq!(records[0]["eta"], "1/8");
    for record in &records {
        for (norm, square) in
            record["norms"].as_array().unwrap().iter().zip(record["norms_squared"].as_array().unwrap())
        {
            let (mid, rad) = enclosure(norm);
            let (square, _) = enclosure(square);
            let at = |end: Float| Float::with_val(BITS, end.square_ref());
            assert!(at(Float::with_val(BITS, &mid - &rad)) <= square && square <= at(mid + rad));
        }
    }
}

#[test]
fn values_have_the_form_of_their_arithmetic() {
    let desk = Desk::with_spec(LOGISTIC);
    let record =
        |arithmetic: &str| desk.witness(&["run", "run.toml", "--arithmetic", arithmetic]).trajectory(0).0.remove(0);
    let keys = ["t", "risk", "eta", "radius", "norms", "spectral", "end_to_end"];
    for arithmetic in ["f64", "mpfr:100", "ball:100"] {
        let record = record(arithmetic);
        assert_eq!(record.as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{arithmetic}");
        assert_eq!(record["radius"].as_str().unwrap().split('/').count(), 2);
        assert_eq!(record["end_to_end"].as_array().unwrap().len(), 1);
        assert_eq!(record["end_to_end"][0].as_array().unwrap().len(), 2);
    }
    assert!(record("f64")["risk"].is_number());
    let text = record("mpfr:100")["risk"].as_str().unwrap().to_owned();
    let back = gradient_witness::number::Float::new(Float::with_val(100, Float::parse(&text).unwrap()));
    assert_eq!(back.to_string(), text);
    let ball = record("ball:100")["risk"].clone();
    assert_eq!(ball.as_object().unwrap().keys().collect::<Vec<_>>(), ["mid", "rad"]);
}

#[test]
fn the_schedule_says_what_is_recorded() {
    for (record, steps, expected) in [
        ("{ every = 3 }", 7, vec![0, 3, 6, 7]),
        ("{ at = [5, 0, 5, 99] }", 7, vec![0, 5, 7]),
        ("{ every = 1 }", 0, vec![0]),
    ] {
        let spec = LOGISTIC.replace("{ every = 10 }", record).replace("steps = 20", &format!("steps = {steps}"));
        for arithmetic in ["f64", "ball:64"] {
            let desk = Desk::with_spec(&spec);
            let (records, summary) = desk.witness(&["run", "run.toml", "--arithmetic", arithmetic]).trajectory(0);
            let times: Vec<u64> = records.iter().map(|record| record["t"].as_u64().unwrap()).collect();
            assert_eq!(times, expected, "{record}");
            assert_eq!(summary["steps"], steps);
            assert_eq!(summary["last_t"], steps);
            assert_eq!(summary["outcome"], "finished");
            assert_eq!(summary["version"], env!("CARGO_PKG_VERSION"));
            assert!(summary["seconds"].as_f64().unwrap() >= 0.0);
        }
    }
}

#[test]
fn a_file_gets_what_standard_output_gets() {
    let desk = Desk::with_spec(LOGISTIC);
    let shown = desk.witness(&["run", "run.toml"]).quietly(0);
    assert_eq!(desk.witness(&["run", "run.toml", "--out", "run.jsonl"]).quietly(0), "");
    assert_eq!(without_seconds(&desk.read("run.jsonl")), without_seconds(&shown));
    assert_eq!(desk.files(), ["run.jsonl", "run.toml"]);
    // An older file is replaced, through a link too.
    desk.write("old.jsonl", "old");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("old.jsonl", desk.path("link.jsonl")).unwrap();
        desk.witness(&["run", "run.toml", "--out", "link.jsonl"]).quietly(0);
        assert!(desk.path("link.jsonl").is_symlink());
        assert_eq!(lines(&desk.read("old.jsonl")).0.len(), 3);
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| std::fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("run.jsonl"), mode("run.toml"), "a result is as readable as any new file");
    }
}

#[test]
fn divergence_is_an_outcome() {
    let desk = Desk::with_spec(&DYADIC.replace("\"1/8\"", "1000").replace("steps = 2", "steps = 50"));
    for arithmetic in ["f64", "mpfr:64", "ball:64", "rational"] {
        let (records, summary) = desk.witness(&["run", "run.toml", "--arithmetic", arithmetic]).trajectory(0);
        assert_eq!(summary["outcome"], "diverged", "{arithmetic}");
        let last = summary["last_t"].as_u64().unwrap();
        assert!(last < 50 && records.last().unwrap()["t"] == last, "{arithmetic}: {summary}");
        assert!(summary["reason"].as_str().unwrap().contains("diverged"), "{summary}");
    }
}

#[test]
fn overflow_at_the_start_leaves_the_summary_alone() {
    // e^{1000} is beyond f64, and so are the risk and the slope.
    let spec = LOGISTIC
        .replace("\"logistic\"", "\"exponential\"")
        .replace("\"smoothness\"", "\"constant\"\neta = 1")
        .replace("[[0.6, 0.2]", "[[6000, 2000]");
    let desk = Desk::with_spec(&spec);
    let (records, summary) = desk.witness(&["run", "run.toml"]).trajectory(0);
    assert_eq!((records.len(), &summary["outcome"], &summary["last_t"]), (0, &json!("diverged"), &json!(0)));
    let (records, _) = desk.witness(&["run", "run.toml", "--arithmetic", "ball:64"]).trajectory(0);
    assert!(!records.is_empty());
}

#[test]
fn an_open_comparison_ends_the_run() {
    // The norm starts at R_0 − 1 exactly and moves by much less than 16 bits can tell.
    let spec = r#"
        network = { architecture = "fully-connected", widths = [1, 1] }
        loss = { kind = "logistic", scale = "1/1000000000" }
        data = { x = [[1]], y = [1] }
        init = { weights = [[["1/3"]], [[1]]] }
        step = { rule = "smoothness" }
        run = { steps = 5 }
    "#;
    let spec = spec.replace("widths = [1, 1]", "widths = [1, 1, 1]");
    let desk = Desk::with_spec(&spec);
    let (_, summary) = desk.witness(&["run", "run.toml", "--arithmetic", "ball:16"]).trajectory(3);
    assert_eq!(summary["outcome"], "precision-exhausted");
    assert!(summary["reason"].as_str().unwrap().contains("step 1"), "{summary}");
    let (_, summary) = desk.witness(&["run", "run.toml", "--arithmetic", "ball:64"]).trajectory(0);
    assert_eq!(summary["outcome"], "finished");
}

/// What is left of a run without end after Ctrl-C: every record up to the last step or time that the summary names, and no other file; and what was
/// remarked.
#[cfg(unix)]
#[track_caller]
pub fn interrupted(desk: &Desk) -> (Vec<Value>, String) {
    use std::process::{Command, Stdio};
    let child = Command::new(assert_cmd::cargo::cargo_bin!("witness"))
        .current_dir(desk.0.path())
        .args(["run", "run.toml", "--out", "run.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Once the hidden file is there it listens.
    while desk.files().len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!desk.path("run.jsonl").exists(), "nothing half-written is in its place");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let told = super::Told::from(child.wait_with_output().unwrap());
    assert_eq!(told.status, 130);
    let (records, summary) = lines(&desk.read("run.jsonl"));
    assert_eq!(summary["outcome"], "interrupted");
    assert_eq!(records[records.len() - 1]["t"], summary["last_t"]);
    assert_eq!(desk.files(), ["run.jsonl", "run.toml"]);
    (records, told.err)
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_finished() {
    let endless = LOGISTIC.replace("steps = 20", "steps = 1000000000000").replace("every = 10", "every = 100000000000");
    let desk = Desk::with_spec(&endless);
    assert_eq!(interrupted(&desk).0[0]["t"], 0);
}

#[cfg(unix)]
#[test]
fn a_reader_who_leaves_early_is_no_error() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let desk = Desk::with_spec(&LOGISTIC.replace("steps = 20", "steps = 300000").replace("every = 10", "every = 1"));
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("witness"))
        .current_dir(desk.0.path())
        .args(["run", "run.toml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"t\":0,"));
    let told = super::Told::from(child.wait_with_output().unwrap());
    assert_eq!((told.status, told.err.as_str()), (0, ""));
}

/// Ten times the step that least squares bear.
pub const TOO_LARGE: &str = r#"
[network]
architecture = "fully-connected"
widths = [2, 1]
[loss]
kind = "squared"
[data]
x = [[1, 2], [3, 4], [5, 6]]
y = [1, 2, 3]
[init]
weights = [[[0, 0]]]
[step]
rule = "constant"
eta = 10
[run]
steps = 1000
"#;

/// The second step leads to a weight near −10⁵², and e to that power is a number for nobody.
const TWO_LABELS: &str = r#"
[network]
architecture = "fully-connected"
widths = [1, 1]
[loss]
kind = "exponential"
[data]
x = [[1], [1]]
y = [1, -1]
[init]
weights = [[[1]]]
[step]
rule = "constant"
eta = 100
[run]
steps = 50
"#;

#[test]
fn a_run_ends_at_the_same_step_whatever_is_recorded() {
    for (spec, arithmetics) in
        [(TOO_LARGE, &["f64", "mpfr:64", "ball:64"][..]), (TWO_LABELS, &["f64", "mpfr:64", "ball:64"])]
    {
        for arithmetic in arithmetics {
            let end = |record: &str| {
                let desk = Desk::with_spec(&format!("{spec}record = {record}\n"));
                let told = desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]);
                let status = told.status;
                let (mut records, mut summary) = lines(&told.out);
                summary["seconds"] = 0.into();
                assert_eq!(summary["last_t"], summary["steps"], "{record}: {summary}");
                (status, summary, records.pop().unwrap())
            };
            let expected = end("{ every = 1 }");
            assert_ne!(expected.1["outcome"], "finished", "{}", expected.1);
            for record in [
                "{ every = 2 }",
                "{ every = 3 }",
                "{ every = 62 }",
                "{ every = 100 }",
                "{ at = [] }",
                "{ at = [5, 90] }",
            ] {
                assert_eq!(end(record), expected, "{arithmetic}, {record}");
            }
        }
    }
}

#[test]
fn spectral_norms_are_left_out_where_they_are_not_wanted_or_too_dear() {
    let small = Desk::with_spec(LOGISTIC);
    for arithmetic in ["f64", "ball:64", "mpfr:64"] {
        let run = ["run", "run.toml", "--arithmetic", arithmetic];
        let (with, _) = small.witness(&run).trajectory(0);
        let (without, _) = small.witness(&[&run[..], &["--no-spectral"]].concat()).trajectory(0);
        assert_eq!(with.len(), without.len());
        for (mut with, without) in with.into_iter().zip(without) {
            assert!(with["spectral"].is_array());
            with["spectral"] = Value::Null;
            assert_eq!(with, without);
        }
    }
    let large = Desk::with_spec(
        r#"
        network = { architecture = "fully-connected", widths = [300, 120, 2] }
        loss = { kind = "squared-target" }
        data = { path = "missing.csv" }
        init = { kind = "identity" }
        step = { rule = "constant", eta = 0.25 }
        run = { steps = 0 }
        "#
        .replace(
            "path = \"missing.csv\"",
            &format!("target = [{row}, {row}]", row = format!("[{}]", vec!["1"; 300].join(", "))),
        )
        .as_str(),
    );
    let begun = std::time::Instant::now();
    let told = large.witness(&["run", "run.toml", "--arithmetic", "ball:128"]);
    assert!(told.err.contains("spectral is null"), "{}", told.err);
    assert!(lines(&told.out).0[0]["spectral"].is_null() && told.status == 0);
    assert!(begun.elapsed().as_secs() < 60);
    let told = large.witness(&["--quiet", "run", "run.toml", "--arithmetic", "ball:128"]).quietly(0);
    assert!(lines(&told).0[0]["spectral"].is_null());
}

#[test]
fn the_help_says_what_every_field_is() {
    let help = Desk::new().witness(&["run", "--help"]).quietly(0);
    let said: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let desk = Desk::with_spec(DYADIC);
    for arithmetic in ["f64", "rational"] {
        let (records, summary) =
            desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]).trajectory(0);
        for key in records[0].as_object().unwrap().keys().chain(summary.as_object().unwrap().keys()) {
            assert!(said.contains(&key.as_str()), "{key}: {help}");
        }
    }
}
