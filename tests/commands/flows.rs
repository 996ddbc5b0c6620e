//! Gradient flow, as a user follows it: `witness run` on a spec with `rule = "flow"`.

use std::path::Path;

use gradient_witness::problem::{FlowRecording, Plan, Spec};
use rug::{Float, Rational};
use serde_json::{Value, json};

use super::Desk;
use super::bad_input::{changed, refused};
use super::run::{assert_encloses, enclosure};

/// One weight and one example, x = y = 1, with the exponential loss: `w′ = e^{−w}` from 0, so `w(t) = ln(1 + t)` and `R = 1/(1 + t)`.
const LOGARITHM: &str = r#"
[network]
architecture = "fully-connected"
widths = [1, 1]
[loss]
kind = "exponential"
[data]
x = [[1]]
y = [1]
[init]
weights = [[[0]]]
[step]
rule = "flow"
[run]
until = { time = 3 }
record = { times = ["1/3", 1] }
"#;

const BITS: u32 = 600;

/// `ln(1 + t)` at the recorded times.
fn logarithms() -> Vec<Float> {
    let times = [(0, 1), (1, 3), (1, 1), (3, 1)].map(Rational::from);
    times.map(|time| Float::with_val(BITS, time + 1_u32).ln()).into()
}

/// Whether a value is within its radius, and a tolerance, of what it should be.
#[track_caller]
fn assert_near(value: &Value, expected: &Float, tolerance: f64) {
    assert!(assert_encloses(value, expected, tolerance) < 1e-14, "{value} is wide");
}

#[test]
fn a_flow_whose_course_is_known_is_followed() {
    let desk = Desk::with_spec(LOGARITHM);
    for (arithmetic, tolerance) in
        [("f64", 1e-14), ("certified", 0.0), ("certified:128", 0.0), ("ball:128", 0.0), ("ball:53", 0.0)]
    {
        let told = desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]);
        let (records, summary) = told.trajectory(0);
        assert_eq!(records.len(), 4, "{arithmetic}");
        for (record, expected) in records.iter().zip(&logarithms()) {
            let exp = expected.clone().exp();
            assert_near(&record["risk"], &exp.clone().recip(), tolerance);
            assert_near(&record["log_risk"], expected, tolerance);
            assert_near(&record["norms"][0], expected, tolerance);
            assert_near(&record["end_to_end"][0][0], expected, tolerance);
            assert_near(&record["t"], &(exp - 1_u32), 1e-16);
            assert_eq!((&record["eta"], &record["radius"]), (&Value::Null, &Value::Null));
            let (weight, radius) = (&record["weights"][0][0][0], &record["euclidean_radius"]);
            match arithmetic {
                "f64" => assert!(weight.is_f64() && radius.is_null()),
                "certified" => assert!(weight.is_number() && radius.is_string()),
                "certified:128" => assert!(weight.is_string() && radius.is_string()),
                _ => assert!(weight.is_object() && radius.is_null()),
            }
            // The exact weight is within the radius of the one that is printed.
            let (weight, own) = enclosure(weight);
            let radius = if radius.is_string() { enclosure(radius).0 } else { own + tolerance };
            assert!((weight - expected).abs() <= radius, "{arithmetic}: {record}");
        }
        assert_eq!((&summary["outcome"], &summary["arithmetic"]), (&json!("finished"), &json!(arithmetic)));
        assert_eq!(summary["last_t"], records[3]["t"]);
        assert_eq!(summary["euclidean_radius"].is_string(), arithmetic != "f64", "{summary}");
        assert!(summary["steps"].as_u64().unwrap() > 1);
    }
}

#[test]
fn a_ball_and_a_centre_are_one_computation() {
    let desk = Desk::with_spec(LOGARITHM);
    let run = |arithmetic| desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]).trajectory(0);
    let ((balls, of_balls), (centres, of_centres)) = (run("ball:128"), run("certified:128"));
    for key in ["steps", "last_t", "euclidean_radius"] {
        assert_eq!(of_balls[key], of_centres[key]);
    }
    for (ball, centre) in balls.iter().zip(&centres) {
        for key in ["t", "risk", "log_risk", "norms", "spectral", "end_to_end"] {
            assert_eq!(ball[key], centre[key]);
        }
    }
}

/// Without a list of times it is the end, halved again and again.
#[test]
fn what_is_recorded_of_a_flow_is_said_in_its_spec() {
    let times = |record: &str| {
        let spec = changed(LOGARITHM, "record = { times = [\"1/3\", 1] }", record);
        let spec = changed(&spec, "time = 3", "time = 2");
        let (records, _) = Desk::with_spec(&spec).witness(&["run", "run.toml"]).trajectory(0);
        records.iter().map(|record| record["t"].as_f64().unwrap()).collect::<Vec<f64>>()
    };
    let halved: Vec<f64> = (0..=10).rev().map(|k| 2.0 / f64::from(1 << k)).collect();
    assert_eq!(times(""), [&[0.0][..], &halved].concat());
    assert_eq!(times("record = { every = 0.75 }"), [0.0, 0.75, 1.5, 2.0]);
    assert_eq!(times("record = { times = [] }"), [0.0, 2.0]);
    assert_eq!(times("record = { times = [0, 0.5, 2] }"), [0.0, 0.5, 2.0]);
}

/// `−ln R = w` and `t = e^w − 1`: records tell the time as long as f64 numbers reach it, and then its logarithm.
#[test]
fn a_flow_is_followed_to_where_no_number_shows_its_risk() {
    let spec = changed(LOGARITHM, "until = { time = 3 }", "until = { log_risk = 100000 }");
    let spec = changed(&spec, "record = { times = [\"1/3\", 1] }", "record = { log_risks = [-1, 1, 100] }");
    for arithmetic in ["certified", "certified:128", "ball:128"] {
        let told = Desk::with_spec(&spec).witness(&["run", "run.toml", "--arithmetic", arithmetic]);
        let (records, summary) = told.trajectory(0);
        let [start, early, late, last] = &records[..] else { panic!("{records:?}") };
        assert_eq!(enclosure(&start["t"]).0, 0);
        for (record, log_risk) in [(early, 1), (late, 100), (last, 100_000)] {
            let exact = Float::with_val(BITS, log_risk);
            let (mid, rad) = enclosure(&record["log_risk"]);
            assert!((mid - &exact).abs() <= rad.clone() * 3_u32, "{record}");
            assert!(rad < f64::from(log_risk) * 1e-12, "{record}");
            let (time, expected) = match log_risk {
                100_000 => (&record["ln_t"], exact),
                _ => (&record["t"], exact.exp_m1()),
            };
            let (mid, rad) = enclosure(time);
            assert!((mid - &expected).abs() <= rad * 3_u32 + expected.clone() * 1e-9_f64, "{record}");
        }
        assert!(last["t"].is_null() && early["ln_t"].is_null());
        assert_eq!((&summary["outcome"], &summary["last_t"]), (&json!("finished"), &json!({ "log_risk": 1e5 })));
    }
    let spec = changed(&spec, "[-1, 1, 100]", "[-1]");
    let spec = changed(&spec, "log_risk = 100000", "log_risk = 0");
    let told = Desk::with_spec(&spec).witness(&["run", "run.toml", "--arithmetic", "certified"]);
    assert_eq!(told.status, 2);
    assert!(told.err.contains("run.until.log_risk") && told.err.contains("not above"), "{told:?}");
    let late = changed(&spec, "log_risk = 0", "log_risk = 10");
    let told = Desk::with_spec(&late).witness(&["compare", "run.toml"]);
    assert_eq!(told.status, 2);
    assert!(told.err.contains("by −ln R"), "{told:?}");
}

/// However long a flow were followed, what nothing separates has no small risk: whoever reads the spec says so before anything is computed.
#[test]
fn a_risk_that_no_flow_comes_near_is_refused() {
    let late = changed(LOGARITHM, "time = 3", "log_risk = 3");
    let late = changed(&late, "record = { times = [\"1/3\", 1] }", "");
    let late = changed(&late, "x = [[1]]\ny = [1]", "x = [[1], [2]]\ny = [1, -1]");
    let desk = Desk::with_spec(&late);
    let commands: [&[&str]; 4] = [
        &["run", "run.toml", "--out", "out"],
        &["compare", "run.toml", "--out", "out"],
        &["check", "run.toml"],
        &["verify", "--spec", "run.toml", "--out", "out"],
    ];
    for command in commands {
        let parts = ["run.toml: ", "run.until.log_risk", "no hyperplane through zero", "ℓ(0)", "time = 100"];
        refused(&desk.witness(command), &parts);
        assert_eq!(desk.files(), ["run.toml"]);
    }
    let apart = changed(&late, "y = [1, -1]", "y = [1, 1]");
    let told = Desk::with_spec(&apart).witness(&["run", "run.toml"]);
    assert_eq!(told.trajectory(0).1["outcome"], "finished");
}

/// Whoever asks for fewer records gets the same ones.
#[test]
fn the_course_of_a_flow_does_not_depend_on_what_is_recorded() {
    let last = |record: &str| {
        let spec = changed(LOGARITHM, "record = { times = [\"1/3\", 1] }", record);
        let told = Desk::with_spec(&spec).witness(&["run", "run.toml", "--arithmetic", "certified:128"]);
        let (mut records, summary) = told.trajectory(0);
        (records.pop().unwrap(), summary["steps"].clone())
    };
    assert_eq!(last("record = { every = 0.25 }"), last("record = { times = [] }"));
}

/// The specs in `examples/flow`, by name.
fn examples() -> Vec<(String, Spec)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flow");
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let specs = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    specs.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), Spec::read(&path).unwrap())).collect()
}

/// The examples up to a short time, in three arithmetics: what they enclose meets.
#[test]
fn the_examples_are_followed() {
    let examples = examples();
    assert!(examples.len() >= 5);
    for (name, mut spec) in examples {
        let Plan::Flow(schedule) = &mut spec.plan else { panic!("{name} is no flow") };
        assert!(schedule.horizon >= 100, "{name}");
        (schedule.horizon, schedule.record) = (Rational::from((1, 10)), FlowRecording::At(Vec::new()));
        schedule.tolerance = None;
        let desk = Desk::with_spec(&spec.to_toml());
        let run = |arithmetic| {
            let told = desk.witness(&["run", "run.toml", "--weights", "--arithmetic", arithmetic]);
            let (mut records, summary) = told.trajectory(0);
            assert_eq!(summary["outcome"], "finished", "{name}");
            records.pop().unwrap()
        };
        let (coarse, fine, fast) = (run("ball:128"), run("certified:192"), run("f64"));
        let (wide, narrow) = (enclosure(&coarse["risk"]), enclosure(&fine["risk"]));
        let distance = Float::with_val(BITS, &narrow.0 - &wide.0).abs();
        assert!(narrow.1 < wide.1 && distance <= wide.1 + narrow.1, "{name}: {coarse} {fine}");
        assert!(enclosure(&fine["euclidean_radius"]).0 < 1e-50, "{name}: {fine}");
        let (risk, _) = enclosure(&fast["risk"]);
        assert!((risk - narrow.0).abs() < 1e-12, "{name}: {fast} {fine}");
    }
}

#[test]
fn a_flow_that_meets_its_budget_says_how_far_it_came() {
    let (_, spec) = examples().into_iter().find(|(name, _)| name == "squared").unwrap();
    let desk = Desk::with_spec(&spec.to_toml());
    let (records, summary) = desk.witness(&["run", "run.toml", "--arithmetic", "certified:16"]).trajectory(3);
    assert_eq!(summary["outcome"], "precision-exhausted", "{summary}");
    let (reached, _) = enclosure(&summary["last_t"]);
    let reason = summary["reason"].as_str().unwrap();
    assert!(reached > 0 && reached < 100, "{summary}");
    assert!(reason.starts_with("precision exhausted at t = ") && reason.len() < 150, "{reason}");
    // It does not go on until nothing at all is bounded: the norm of the weights is about 4.
    assert!(reason.ends_with("nothing is known of them"), "{reason}");
    let (radius, _) = enclosure(&summary["euclidean_radius"]);
    assert!(radius > 3 && radius < 100, "{summary}");
    assert_eq!(records[records.len() - 1]["t"], summary["last_t"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_reached() {
    let spec = changed(LOGARITHM, "time = 3", "time = \"1e9999\"");
    let desk =
        Desk::with_spec(&changed(&spec, "{ times = [\"1/3\", 1] }", "{ times = [] }\narithmetic = \"certified:1024\""));
    let (records, _) = super::run::interrupted(&desk);
    assert_eq!(records[0]["t"]["mid"], "0");
}

/// Whoever waits for minutes knows why.
#[cfg(unix)]
#[test]
fn a_flow_whose_steps_are_dear_says_so() {
    let dear = |bits| {
        let spec = changed(LOGARITHM, "time = 3", "time = \"1e9999\"");
        let record = format!("{{ times = [] }}\narithmetic = \"certified:{bits}\"");
        let desk = Desk::with_spec(&changed(&spec, "{ times = [\"1/3\", 1] }", &record));
        let (_, remarked) = super::run::interrupted(&desk);
        remarked.contains("multiplications") && remarked.contains("fewer bits")
    };
    assert!(!dear(1024) && dear(100_000));
}

#[test]
fn bad_flows_are_refused() {
    let timed = changed(LOGARITHM, "record =", "tolerance = 1e-9\nrecord =");
    let cases: &[(&str, &str, &[&str])] = &[
        ("time = 3", "time = 0", &["run.until.time", "not positive", "above 0"]),
        ("time = 3", "time = -3", &["run.until.time", "not positive", "above 0"]),
        ("time = 3", "steps = 3", &["run.until.steps", "no such key"]),
        ("time = 3", "time = \"1e400\"", &["run.until.time", "beyond the range of f64", "certified"]),
        ("until = { time = 3 }", "", &["run.until", "missing", "until = { time = 100 }"]),
        ("1e-9", "0", &["run.tolerance", "not positive"]),
        ("1e-9", "-1e-9", &["run.tolerance", "not positive"]),
        ("1e-9", "1e-20", &["run.tolerance", "2^-53, the precision of f64", "certified:128"]),
        ("[\"1/3\", 1]", "[1, \"1/3\"]", &["run.record.times", "1/3 does not come after 1", "increasing"]),
        ("[\"1/3\", 1]", "[1, 4]", &["run.record.times", "4 is beyond the last time, 3"]),
        ("[\"1/3\", 1]", "[-1, 1]", &["run.record.times", "-1 is negative"]),
        ("\"flow\"", "\"flow\"\neta = 0.1", &["step.eta", "no meaning", "leave it out"]),
        ("until =", "steps = 9\nuntil =", &["run.steps", "no meaning", "leave it out"]),
        ("until =", "arithmetic = \"rational\"\nuntil =", &["run.arithmetic", "exponential", "ball:256"]),
        ("until =", "arithmetic = \"mpfr:64\"\nuntil =", &["run.arithmetic", "mpfr:64", "certified"]),
        ("rule = \"flow\"", "rule = \"constant\"\neta = 1", &["run.until", "\"flow\"", "leave it out"]),
    ];
    for (from, to, parts) in cases {
        let desk = Desk::with_spec(&changed(&timed, from, to));
        for reader in
            [&["run", "run.toml", "--out", "out"][..], &["compare", "run.toml", "--out", "out"], &["check", "run.toml"]]
        {
            refused(&desk.witness(reader), &[&["run.toml: "], *parts].concat());
            assert_eq!(desk.files(), ["run.toml"], "{to}");
        }
    }
    let desk = Desk::with_spec(&timed);
    for arithmetic in ["mpfr:64", "rational", "certified:15", "certified:1000001"] {
        let told = desk.witness(&["run", "run.toml", "--arithmetic", arithmetic]);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
        assert!(told.err.contains("--arithmetic"), "{told:?}");
    }
}

#[test]
fn claims_are_asked_of_a_flow_at_all_its_times() {
    let desk = Desk::with_spec(LOGARITHM);
    let text = desk.witness(&["verify", "--spec", "run.toml", "--claim", "JT19.theorem1-gradient-floor"]).quietly(0);
    assert!(text.contains("holds"), "{text}");
    // What speaks of steps has nothing to say of it, and nothing else is asked.
    let text = desk.witness(&["verify", "--spec", "run.toml", "--claim", "JT19.descent-step"]).quietly(4);
    assert!(text.contains("not applicable") && text.contains("steps of gradient descent"), "{text}");
}

#[test]
fn a_gradient_that_is_too_long_to_write_down_is_refused() {
    let wide = LOGARITHM
        .replace("[1, 1]", "[1, 600, 600, 1]")
        .replace("weights = [[[0]]]", "kind = \"gaussian\"\nstd = 0.1\nseed = 1");
    let desk = Desk::with_spec(&wide);
    let told = desk.witness(&["run", "run.toml", "--arithmetic", "certified"]);
    refused(&told, &["run.toml: run.arithmetic", "operations, more than the 1000000", "smaller layers"]);
}

#[test]
fn a_flow_is_described() {
    let desk = Desk::with_spec(LOGARITHM);
    let text = desk.witness(&["check", "run.toml"]).quietly(0);
    for part in ["none: gradient flow, W' = −∇R(W)", "until t = 3, by `witness run` in f64", "witness run run.toml"]
    {
        assert!(text.contains(part), "{text}");
    }
    assert!(
        text.contains("can speak of it, as far as its beginning shows") && text.contains("verify --spec"),
        "{text}"
    );
    let told = desk.witness(&["check", "run.toml", "--format", "json"]).json(0);
    assert_eq!((&told["step"], &told["steps"], &told["until"]), (&json!("flow"), &Value::Null, &json!("3")));
}

#[test]
fn what_speaks_of_steps_does_not_apply_to_a_flow_that_ends_early() {
    // In so little time the flow gets somewhere, and not to its end.
    let spec = include_str!("../../examples/flow/saddles.toml").replace("time = 100", "time = 100000");
    let desk = Desk::with_spec(&spec);
    let command =
        ["verify", "--spec", "run.toml", "--claim", "ACGH19.gd-update", "--budget", "0.5", "--format", "json"];
    let results = desk.witness(&command).json(4);
    assert_eq!(results["claims"][0]["status"], "not-applicable", "{results}");
}
