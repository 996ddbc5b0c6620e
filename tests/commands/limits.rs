//! What `witness run` says of a flow at t = ∞.

use gradient_witness::number::parse_exact;
use rug::{Float, Rational};
use serde_json::{Value, json};

use super::Desk;
use super::bad_input::changed;
use super::run::{assert_encloses, enclosure};

const BITS: u32 = 400;

fn number(value: &Rational) -> Float {
    Float::with_val(BITS, value)
}

/// All weights that are printed, and the radius around them.
fn weights(limit: &Value) -> (Vec<Float>, Float) {
    fn flattened(value: &Value) -> Vec<Float> {
        match value {
            Value::Array(values) => values.iter().flat_map(flattened).collect(),
            other => vec![enclosure(other).0],
        }
    }
    (flattened(&limit["weights"]), enclosure(&limit["euclidean_radius"]).0)
}

fn distance(one: &[Float], other: &[Float]) -> Float {
    let squares = one.iter().zip(other).map(|(a, b)| Float::with_val(BITS, a - b).square());
    squares.fold(Float::new(BITS), |sum, square| sum + square).sqrt()
}

/// From zero-asymmetric starts all goes on in the row space of `X`, and the end-to-end vector becomes `Xᵀ(XXᵀ)⁻¹y`.
#[test]
fn zero_asymmetric_starts_go_to_the_solution_of_least_norm() {
    let specs = [
        (2, "100", "60", include_str!("../../examples/flow/zero-asymmetric-2.toml")),
        (3, "180", "120", include_str!("../../examples/flow/zero-asymmetric-3.toml")),
        (4, "170", "140", include_str!("../../examples/flow/zero-asymmetric-4.toml")),
    ];
    // XXᵀ = [[21/16, −1/4], [−1/4, 17/16]], of determinant 341/256, and y = (1, 1/4).
    let multipliers = [Rational::from((288, 341)), Rational::from((148, 341))];
    let rows = [[(1, 1), (1, 2), (-1, 4)], [(-1, 2), (3, 4), (1, 2)]];
    let solution: Vec<Rational> = (0..3)
        .map(|j| {
            (0..2).map(|i| Rational::from(rows[i][j]) * &multipliers[i]).fold(Rational::new(), |sum, term| sum + term)
        })
        .collect();
    let least = Float::with_val(BITS, 1) >> 90_u32;
    for (depth, time, sooner, spec) in specs {
        let run = |spec: &str| Desk::with_spec(spec).witness(&["run", "run.toml"]).limit(0);
        let (limit, summary) = run(spec);
        assert!(summary["steps"].as_u64().unwrap() <= 100, "{depth} layers: {summary}");
        assert_eq!((&limit["risk"], &limit["from"]["mid"]), (&json!({ "mid": "0", "rad": "0" }), &json!(time)));
        let (centre, radius) = weights(&limit);
        assert!(radius < least, "{depth} layers: {radius}");
        for (entry, truth) in limit["end_to_end"][0].as_array().unwrap().iter().zip(&solution) {
            let rad = assert_encloses(entry, &number(truth), 0.0);
            assert!(rad < least.clone() * 8_u32, "{depth} layers: {entry}");
        }
        // What is known sooner is known less well, and the two meet.
        let (before, wider) = weights(&run(&changed(spec, &format!("time = {time}"), &format!("time = {sooner}"))).0);
        assert!(
            wider > radius && distance(&centre, &before) <= Float::with_val(BITS, &wider + &radius),
            "{depth} layers"
        );
    }
}

/// One weight and one example, `w′ = y − w` from 0: the limit is `y = 3`.
const DECAY: &str = r#"
[network]
architecture = "fully-connected"
widths = [1, 1]
[loss]
kind = "squared"
[data]
x = [[1], [1]]
y = [2, 4]
[init]
weights = [[[0]]]
[step]
rule = "flow"
[run]
until = { time = 3 }
"#;

#[test]
fn a_limit_is_told_in_the_arithmetic_of_the_flow() {
    let desk = Desk::with_spec(DECAY);
    let told = |arithmetic| desk.witness(&["run", "run.toml", "--arithmetic", arithmetic]);
    for arithmetic in ["certified", "certified:128", "ball:128"] {
        let (limit, summary) = told(arithmetic).limit(0);
        // The path that is left is 3e⁻³, and the residual that stays, 1 and −1, makes a risk of ½.
        let (weight, radius) = match arithmetic {
            "ball:128" => enclosure(&limit["weights"][0][0][0]),
            _ => (enclosure(&limit["weights"][0][0][0]).0, enclosure(&limit["euclidean_radius"]).0),
        };
        let off = (weight - 3_u32).abs();
        assert!(off <= radius && radius < off * 1.000_1_f64, "{arithmetic}: {limit}");
        assert_eq!(limit["risk"], json!({ "mid": "0.5", "rad": "0" }));
        assert_eq!((&limit["from"]["mid"], &summary["no_limit"]), (&json!("3"), &Value::Null));
        assert_encloses(&limit["end_to_end"][0][0], &Float::with_val(BITS, 3), 0.0);
        let keys: Vec<&str> = limit.as_object().unwrap().keys().map(String::as_str).collect();
        let radius = if arithmetic == "ball:128" { &[][..] } else { &["euclidean_radius"] };
        let expected = [&["from", "risk", "norms", "spectral", "end_to_end"][..], radius, &["weights"]].concat();
        assert_eq!(keys, expected);
    }
    // The f64 program encloses nothing.
    let text = told("f64").quietly(0);
    assert!(!text.contains("limit"), "{text}");
}

#[test]
fn where_nothing_is_known_of_the_limit_it_is_said_why() {
    let why = |spec: &str| {
        let text = Desk::with_spec(spec).witness(&["run", "run.toml", "--arithmetic", "certified"]).quietly(0);
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert!(!text.contains("{\"limit\""), "{text}");
        last["summary"]["no_limit"].as_str().unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    let two = changed(&changed(DECAY, "[1, 1]", "[1, 1, 1]"), "[[[0]]]", "[[[1]], [[0]]]");
    let early = changed(&two, "time = 3", "time = \"1/1000\"");
    assert!(why(&early).contains("the residual is too large still"));
    let saddle = changed(&two, "[[[1]], [[0]]]", "[[[0]], [[0]]]");
    assert!(why(&saddle).contains("may be singular"));
    let classes = changed(&changed(DECAY, "squared", "logistic"), "[2, 4]", "[1, 1]");
    assert!(why(&changed(&classes, "time = 3", "time = \"1/1000\"")).contains("not below that of margin 0"));
    let mixed = changed(&classes, "y = [1, 1]", "y = [1, -1]");
    assert!(why(&mixed).contains("not separable"));
}

/// Of separable examples it is the direction that has a limit.
#[test]
fn a_direction_is_within_what_is_said_of_the_maximum_margin() {
    // Two layers from (1, 0): the examples (2, 1) and (2, −1) have ū = (1, 0), and γ = 2.
    let spec = changed(DECAY, "[1, 1]", "[2, 2, 1]");
    let spec = changed(&changed(&spec, "squared", "exponential"), "x = [[1], [1]]", "x = [[2, 1], [2, -1]]");
    let spec = changed(&changed(&spec, "[2, 4]", "[1, 1]"), "[[[0]]]", "[[[1, 0.5], [0, 0.5]], [[1, 0.25]]]");
    let run = |time: &str, spec: &str| {
        let spec = changed(spec, "time = 3", &format!("time = {time}"));
        Desk::with_spec(&spec).witness(&["run", "run.toml", "--arithmetic", "certified:128"])
    };
    let mut before: Option<Float> = None;
    for time in ["10", "100", "1000"] {
        let (limit, _) = run(time, &spec).limit(0);
        let vector =
            |key: &str| limit[key].as_array().unwrap().iter().map(|entry| enclosure(entry).0).collect::<Vec<_>>();
        let (direction, best) = (vector("direction"), vector("max_margin_direction"));
        assert!(distance(&best, &[number(&1.into()), number(&0.into())]) < 1e-30, "{limit}");
        let within = Float::with_val(BITS, parse_exact(limit["within"].as_str().unwrap()).unwrap());
        assert!(distance(&direction, &best) <= within, "t = {time}: {limit}");
        // It never grows, and at last says something.
        assert!(before.as_ref().is_none_or(|before| within < *before), "t = {time}: {limit}");
        before = Some(within);
    }
    assert!(before.is_some_and(|within| within < 0.5));

    // In a convolutional network w may be longer than the product of the norms.
    let convolutional = changed(
        &spec,
        "architecture = \"fully-connected\"\nwidths = [2, 2, 1]",
        "architecture = \"convolutional\"\ndim = 2\nfilters = [2, 2]",
    );
    let convolutional = changed(&convolutional, "[[[1, 0.5], [0, 0.5]], [[1, 0.25]]]", "[[1, 0.5], [1, 0.25]]");
    let text = run("100", &convolutional).quietly(0);
    assert!(text.contains("\"no_limit\":\"in a convolutional network") && !text.contains("{\"limit\""), "{text}");
    let diagonal =
        changed(&convolutional, "\"convolutional\"\ndim = 2\nfilters = [2, 2]", "\"diagonal\"\ndim = 2\ndepth = 2");
    assert!(run("100", &diagonal).limit(0).0["within"].is_string());
}

#[test]
fn what_is_certain_at_all_times_is_said_to_be() {
    let two = changed(&changed(DECAY, "[1, 1]", "[1, 1, 1]"), "[[[0]]]", "[[[1]], [[0.5]]]");
    let told = |time: &str, arguments: &[&str]| {
        let desk = Desk::with_spec(&changed(&two, "time = 3", &format!("time = {time}")));
        desk.witness(&[&["verify", "--spec", "run.toml"], arguments].concat()).out
    };
    let claim = ["--claim", "JT19.theorem1-product-half"];
    let certain = "certain at all t ≥ 0";
    assert!(
        told("30", &claim).contains(certain)
            && told("30", &[]).contains(&format!("for ever 5 of those that hold are {certain}"))
    );
    assert!(told("30", &[&claim[..], &["--format", "json"]].concat()).contains(certain));
    // Of an equality no ball can be certain; and too early there is no bound of what comes.
    assert!(!told("30", &["--claim", "JT19.homogeneity"]).contains(certain));
    assert!(!told("\"1/100\"", &claim).contains(certain));
}
