//! `witness compare` of a flow: the f64 integrator beside the enclosure, and descent with small steps beside the flow.

use rug::ops::Pow;
use rug::{Float, Rational};
use serde_json::Value;

use super::Desk;
use super::run::assert_encloses;
use super::specs::{LOGISTIC, every_kind};

/// One weight and one example x = y = 1 with the squared loss: `w(t) = 1 − (1 − w_0) e^{−t}`, and a step of descent multiplies `1 − w` by `1 − H`.
const ONE_WEIGHT: &str = r#"
[network]
architecture = "fully-connected"
widths = [1, 1]
[loss]
kind = "squared"
[data]
x = [[1]]
y = [1]
[init]
weights = [[["-1/3"]]]
[step]
rule = "flow"
[run]
until = { time = 2 }
record = { times = [0.5, 1] }
"#;

/// The flow of a spec of steps.
fn flow(spec: &str) -> String {
    let (problem, _) = spec.split_once("[step]").unwrap();
    format!("{problem}[step]\nrule = \"flow\"\n[run]\nuntil = {{ time = 2 }}\nrecord = {{ every = 1 }}\n")
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("{value}")).parse().unwrap()
}

fn float(value: &Value) -> Float {
    Float::with_val(256, Float::parse(value.as_str().unwrap()).unwrap())
}

fn records(told: &Value) -> &[Value] {
    told["records"].as_array().unwrap()
}

#[test]
fn the_integrator_is_near_the_flow_for_every_architecture_and_loss() {
    for (name, spec) in every_kind() {
        let desk = Desk::with_spec(&flow(&spec));
        let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(0);
        let times: Vec<f64> = records(&told).iter().map(|record| record["t"].as_f64().unwrap()).collect();
        assert_eq!(times, [0.0, 1.0, 2.0], "{name}");
        for record in records(&told) {
            for part in [&record["risk"], &record["weight"]] {
                assert!(number(&part["absolute"]) <= number(&part["bound"]), "{name}");
                assert!(number(&part["bound"]) < 1e-13, "{name}: {part}");
            }
        }
        for run in ["f64", "certified"] {
            assert_eq!(told[run]["outcome"], "finished", "{name}");
        }
    }
}

#[test]
fn the_error_of_the_integrator_is_that_of_its_weights() {
    let desk = Desk::with_spec(ONE_WEIGHT);
    let told = desk.witness(&["compare", "run.toml", "--format", "json"]).json(0);
    for (record, time) in records(&told).iter().zip([0.0, 0.5, 1.0, 2.0]) {
        let weight = &record["weight"];
        let exact = || 1u32 - Float::with_val(600, -time).exp() * Rational::from((4, 3));
        let error = Float::with_val(600, weight["f64"].as_f64().unwrap() - exact()).abs();
        // At 256 bits the enclosure is narrow, and it holds the weight.
        let rad = assert_encloses(&weight["certified"], &Float::with_val(600, exact()), 0.0);
        assert!(rad < 1e-60, "{time}: {weight}");
        // The error is told to four digits, rounded upward.
        let told = float(&weight["bound"]);
        assert!(error <= told && told <= 1.001 * error.clone(), "{error} {weight}");
    }
}

#[test]
fn precision_is_raised_until_the_error_can_be_told_from_the_radius() {
    let desk = Desk::with_spec(ONE_WEIGHT);
    let told = desk.witness(&["compare", "run.toml", "--bits", "53", "--format", "json"]).json(0);
    assert_eq!(told["bits"], 106);
}

#[test]
fn times_in_quotes_are_what_they_say() {
    let desk = Desk::with_spec(&ONE_WEIGHT.replace("[0.5, 1]", "[\"0.1\"]"));
    let told = desk.witness(&["compare", "run.toml", "--eta", "0.1", "--format", "json"]).json(0);
    assert_eq!((&records(&told)[1]["t"], &records(&told)[1]["steps"]), (&0.1.into(), &1.into()));
}

#[test]
fn distances_hold_the_true_ones_and_ratios_hold_theirs() {
    for eta in ["1/10", "0.05", "1/1000"] {
        let desk = Desk::with_spec(ONE_WEIGHT);
        let told = desk.witness(&["compare", "run.toml", "--eta", eta, "--format", "json"]).json(0);
        let step = match eta {
            "0.05" => Rational::from((1, 20)),
            _ => eta.parse().unwrap(),
        };
        assert_eq!(records(&told).len(), 4);
        for (record, time) in records(&told).iter().zip([Rational::new(), (1, 2).into(), 1.into(), 2.into()]) {
            let distance = |step: Rational| {
                let steps = Rational::from(&time / &step);
                assert!(steps.is_integer());
                let descent = Float::with_val(256, 1 - step).pow(steps.numer());
                let flow = Float::with_val(256, -Rational::from(&time)).exp();
                (flow - descent).abs() * Rational::from((4, 3))
            };
            let (whole, half) = (distance(step.clone()), distance(Rational::from(&step / 2)));
            for (told, exact) in [(&record["distance"], &whole), (&record["distance_half"], &half)] {
                let (lower, upper) = (float(&told["lower"]), float(&told["upper"]));
                assert!(lower <= *exact && *exact <= upper, "{eta}, t = {time}: {exact} {told}");
                assert!(time == 0 || Float::with_val(53, &upper - &lower) < 1e-3 * exact.clone(), "{eta}: {told}");
            }
            if time == 0 {
                assert!(record["ratio"].is_null(), "{record}");
                continue;
            }
            let ratio = whole / half;
            let (lower, upper) = (float(&record["ratio"]["lower"]), float(&record["ratio"]["upper"]));
            assert!(lower <= ratio && ratio <= upper && upper < 1.01 * lower.clone(), "{eta}, t = {time}: {ratio}");
            // O(H).
            assert!(1.8 < lower && upper < 2.2, "{eta}, t = {time}: {lower} {upper}");
            assert_eq!(record["steps"], Rational::from(&time / &step).numer().to_u64().unwrap());
        }
        for run in ["flow", "descent", "descent_half"] {
            assert_eq!(told[run]["outcome"], "finished");
        }
    }
}

#[test]
fn precision_is_raised_until_the_ratio_is_known() {
    let desk = Desk::with_spec(ONE_WEIGHT);
    let told = desk.witness(&["compare", "run.toml", "--eta", "1/100", "--bits", "16", "--format", "json"]).json(0);
    assert_eq!(told["bits"], 32);
    let told = desk.witness(&["compare", "run.toml", "--eta", "1/100", "--format", "json"]).json(0);
    assert_eq!((&told["bits"], &told["eta"]), (&53.into(), &"1/100".into()));
}

#[test]
fn the_tables_are_for_people() {
    let desk = Desk::with_spec(ONE_WEIGHT);
    let table = desk.witness(&["compare", "run.toml"]).quietly(0);
    for part in ["risk in f64", "ulps", "certified at 256 bits: finished", "measured and not judged"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let table = desk.witness(&["compare", "run.toml", "--eta", "1/1000"]).quietly(0);
    for part in ["distance", "with half the step", "ratio", "2000", "steps of 1/2000, certified: finished"] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn where_nothing_moves_there_is_no_distance() {
    // The second is no f64: its rounding is no motion.
    for optimum in ["1", "\"-1/3\""] {
        let spec =
            ONE_WEIGHT.replace("y = [1]", &format!("y = [{optimum}]")).replace("[\"-1/3\"]", &format!("[{optimum}]"));
        let desk = Desk::with_spec(&spec);
        let told = desk.witness(&["compare", "run.toml", "--eta", "1/2", "--format", "json"]).json(0);
        assert_eq!(told["bits"], 53);
        for record in records(&told) {
            assert_eq!((&record["distance"]["upper"], &record["ratio"]), (&"0".into(), &Value::Null), "{record}");
        }
    }
}

#[test]
fn descent_that_cannot_be_enclosed_is_undecided() {
    // 1 − H = −3, and after two thousand steps that is 3^2000.
    let desk = Desk::with_spec(&ONE_WEIGHT.replace("time = 2 }", "time = 8000 }").replace("[0.5, 1]", "[4]"));
    let told = desk.witness(&["compare", "run.toml", "--eta", "4", "--format", "json"]).json(3);
    assert_eq!(
        (&told["descent"]["outcome"], &told["flow"]["outcome"]),
        (&"precision-exhausted".into(), &"stopped".into())
    );
    assert_eq!(records(&told).len(), 2);
}

#[test]
fn sizes_of_steps_that_make_no_sense_are_refused() {
    let refused = |spec: &str, eta: &str, parts: &[&str]| {
        let desk = Desk::with_spec(spec);
        let told = desk.witness(&["compare", "run.toml", "--eta", eta, "--out", "table.txt"]);
        assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
        assert_eq!(desk.files(), ["run.toml"]);
        for part in parts {
            assert!(told.err.contains(part), "{part}: {}", told.err);
        }
    };
    for eta in ["0", "-1/10", "-0.5"] {
        refused(ONE_WEIGHT, eta, &["run.toml: --eta", "is not positive", "give a size above 0"]);
    }
    refused(ONE_WEIGHT, "0.3", &["run.toml: --eta", "the time 1/2 is no multiple of the step 3/10", "divides"]);
    refused(ONE_WEIGHT, "1/4000000000000000000000", &["run.toml: --eta", "give a larger size"]);
    // It divides what is recorded, but not the horizon.
    refused(&ONE_WEIGHT.replace("time = 2 }", "time = 2.25 }"), "1/2", &["the time 9/4 is no multiple"]);
    let tenth = ONE_WEIGHT.replace("[0.5, 1]", "[0.1]");
    let not = "the time 0.1 (exactly 3602879701896397/36028797018963968) is no multiple";
    refused(&tenth, "1/10", &[not, "write the time in quotes, \"0.1\""]);
    // Nor would it be in quotes.
    refused(&tenth, "1/3", &[not, "give a size that divides"]);
    let every = ONE_WEIGHT.replace("{ times = [0.5, 1] }", "{ every = 0.5 }");
    refused(&every, "1/3", &["the time 1/2 is no multiple"]);
    refused(LOGISTIC, "1/10", &["run.toml: --eta", "takes steps of its own", "step.rule = \"flow\""]);
    for eta in ["x", "1/0", ""] {
        refused(ONE_WEIGHT, eta, &["--eta"]);
    }
}
