//! Run specs as users write them, and the exact problems they mean.

use std::path::Path;

use gradient_witness::problem::{
    Arithmetic, Clock, Data, FlowRecording, FlowSchedule, Loss, Matrix, Network, Normalisation, Plan, Problem,
    Recording, Spec, StepRule, balanced_weights, gaussian_matrix, gaussian_weights, identity_weights, parse_exact,
    unit_ball, whiten, zero_first_weights,
};
use proptest::prelude::*;
use rug::Rational;

fn parse(text: &str) -> Spec {
    Spec::parse(text, Path::new("")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn ratio(text: &str) -> Rational {
    parse_exact(text).unwrap()
}

/// A spec of two examples in the plane with one layer, and other tables where a test puts them.
fn spec(data: &str, init: &str, rest: &str) -> String {
    format!(
        "[network]\narchitecture = \"fully-connected\"\nwidths = [2, 1]\n[loss]\nkind = \"squared\"\n[data]\n{data}\n[init]\n{init}\n{rest}"
    )
}

const ZERO: &str = "weights = [[[0, 0]]]";
const STEP: &str = "[step]\nrule = \"constant\"\neta = 1\n[run]\nsteps = 7\n";

#[test]
fn every_form_of_a_number() {
    let text = spec(
        r#"x = [[0.1, "0.1"], ["1/10", 1e-1], [0x1F, 1_000], [+3, -0.0], [9007199254740993, 123456789012345678901234567890]]
        y = ["1e-9999", "-2.5e3", 0b11, 5.0, -7]"#,
        ZERO,
        STEP,
    );
    let spec = parse(&text);
    let (x, y) = spec.problem.examples().unwrap();
    let nearest = Rational::from_f64(0.1).unwrap();
    let expected = [
        [nearest.clone(), ratio("1/10")],
        [ratio("1/10"), nearest],
        [ratio("31"), ratio("1000")],
        [ratio("3"), ratio("0")],
        [ratio("9007199254740993"), ratio("123456789012345678901234567890")],
    ];
    assert_eq!(*x, Matrix::from_fn(5, 2, |i, j| expected[i][j].clone()));
    assert_eq!(y.entries(), [ratio("1e-9999"), ratio("-2500"), ratio("3"), ratio("5"), ratio("-7")]);
}

#[test]
fn what_is_missing_has_its_default() {
    let plain = parse(&spec("x = [[1, 2]]\ny = [3]", ZERO, STEP));
    assert_eq!(plain.title, None);
    assert_eq!(plain.problem.normalisation(), Normalisation::Mean);
    assert_eq!(plain.schedule().unwrap().record, Recording::Every(1));
    assert_eq!(plain.plan.arithmetic(), Arithmetic::F64);
    assert_eq!(plain.preparation, gradient_witness::problem::Preparation::default());
    let logistic = parse(&spec("x = [[1, 2]]\ny = [1]", ZERO, STEP).replace("squared", "logistic"));
    assert_eq!(*logistic.problem.loss(), Loss::logistic());
    assert_eq!(Spec::of_run(plain.problem.clone(), 7), plain);
}

#[test]
fn the_rest_is_as_written() {
    let text =
        spec("x = [[1, 2]]\ny = [[3]]", ZERO, "[step]\nrule = \"constant\"\neta = \"1/1024\"\n[run]\nsteps = 0\n");
    let text = text.replace("[network]", "title = \"a \\\"title\\\"\"\n[network]");
    let text = text.replace("\"squared\"", "\"squared\"\nnormalisation = \"sum\"");
    let read = parse(&(text.clone() + "record = { at = [5, 1] }\narithmetic = \"ball:16\"\n"));
    assert_eq!(read.title.as_deref(), Some("a \"title\""));
    assert_eq!(read.problem.normalisation(), Normalisation::Sum);
    assert_eq!(*read.problem.step(), StepRule::Constant(ratio("1/1024")));
    let schedule = read.schedule().unwrap();
    assert_eq!((schedule.steps, &schedule.record), (0, &Recording::At(vec![5, 1])));
    assert_eq!(schedule.arithmetic, Arithmetic::Ball(16));
    // A table of its own means the same as an inline one.
    assert_eq!(parse(&(text + "[run.record]\nevery = 3\n")).schedule().unwrap().record, Recording::Every(3));
}

#[test]
fn a_flow_goes_by_time() {
    let flow = |run: &str| {
        let rest = format!("[step]\nrule = \"flow\"\n[run]\n{run}");
        parse(&spec("x = [[1, 2]]\ny = [[3]]", ZERO, &rest))
    };
    let read = flow(
        "until = { time = \"1/3\" }\ntolerance = 1e-20\nrecord = { every = 0.125 }\narithmetic = \"certified:128\"\n",
    );
    assert_eq!(*read.problem.step(), StepRule::Flow);
    let schedule = FlowSchedule {
        clock: Clock::Time,
        horizon: ratio("1/3"),
        tolerance: Rational::from_f64(1e-20),
        record: FlowRecording::Every(ratio("1/8")),
        arithmetic: Arithmetic::Certified(Some(128)),
    };
    assert_eq!(read.plan, Plan::Flow(schedule));
    let error = read.schedule().unwrap_err().to_string();
    assert!(error.starts_with("run spec: step.rule: the run is a gradient flow"), "{error}");
    let Plan::Flow(plain) = flow("until = { time = 1024 }\n").plan else { panic!("a flow") };
    let halves = (0..10).map(|k| Rational::from(1 << k)).collect();
    assert_eq!((plain.tolerance, plain.record), (None, FlowRecording::At(halves)));
    let Plan::Flow(timed) = flow("until.time = 2\nrecord.times = [0, \"1/3\", 2]\narithmetic = \"f64\"\n").plan else {
        panic!("a flow")
    };
    assert_eq!(timed.record, FlowRecording::At(vec![ratio("0"), ratio("1/3"), ratio("2")]));
}

#[test]
fn several_outputs_go_with_the_squared_losses() {
    let two = spec("x = [[1, 2]]\ny = [[3, 4]]", "weights = [[[1, 2], [3, 4]]]", STEP).replace("[2, 1]", "[2, 2]");
    let problem = parse(&two).problem;
    assert_eq!(problem.examples().unwrap().1.entries(), [3, 4]);
    assert_eq!(problem.initial()[0].row(1), [3, 4]);
    let target =
        two.replace("squared", "squared-target").replace("x = [[1, 2]]\ny = [[3, 4]]", "target = [[1, 2], [3, 4]]");
    let problem = parse(&target).problem;
    assert!(matches!(problem.data(), Data::Target(target) if target.row(1) == [3, 4]));
}

#[test]
fn the_other_architectures() {
    let text = spec("x = [[1, 2]]\ny = [1]", "weights = [[1, 2], [3, 4]]", STEP);
    let wide = "architecture = \"fully-connected\"\nwidths = [2, 1]";
    let diagonal = parse(&text.replace(wide, "architecture = \"diagonal\"\ndim = 2\ndepth = 2")).problem;
    assert_eq!(*diagonal.network(), Network::diagonal(2, 2).unwrap());
    assert_eq!(diagonal.initial()[1].row(0), [3, 4]);
    let text = text.replace("[1, 2], [3", "[1], [3");
    let convolutional =
        parse(&text.replace(wide, "architecture = \"convolutional\"\ndim = 2\nfilters = [1, 2]")).problem;
    assert_eq!(*convolutional.network(), Network::convolutional(2, &[1, 2]).unwrap());
    assert_eq!(convolutional.initial()[0].row(0), [1]);
}

#[test]
fn initial_weights_by_rule_are_those_of_the_functions() {
    let network = Network::fully_connected(&[2, 3, 2, 1]).unwrap();
    let initial = |init: &str| {
        let text = spec("x = [[1, 2]]\ny = [1]", init, STEP).replace("[2, 1]", "[2, 3, 2, 1]");
        let spec = parse(&text);
        (spec.problem.initial().to_vec(), spec.preparation.imbalance)
    };
    let std = ratio("1/3");
    let with = |kind: &str| initial(&format!("kind = \"{kind}\"\nstd = \"1/3\"\nseed = 18446744073709551615"));
    assert_eq!(with("gaussian"), (gaussian_weights(&network, &std, u64::MAX).unwrap(), None));
    assert_eq!(with("zero-first"), (zero_first_weights(&network, &std, u64::MAX).unwrap(), None));
    assert_eq!(with("identity"), (identity_weights(&network), None));
    assert_eq!(initial("kind = \"identity\""), (identity_weights(&network), None));
    let (weights, imbalance) = with("balanced");
    assert_eq!(weights, balanced_weights(&network, &std, u64::MAX).unwrap());
    let imbalance = imbalance.expect("the imbalance is reported");
    assert!(imbalance.upper() < 1e-14 && imbalance.lower() > 0.0, "{imbalance}");
}

#[test]
fn white_data_and_data_in_the_ball() {
    let x = "x = [[3, 0.5], [-1, 4], [2, 2]]\ny = [1, 2, 3]";
    let plain = parse(&spec(x, ZERO, STEP)).problem;
    let plain = plain.examples().unwrap().0;
    let white = parse(&spec(&format!("{x}\nwhiten = true"), ZERO, STEP));
    assert_eq!(*white.problem.examples().unwrap().0, whiten(plain).unwrap());
    let residual = white.preparation.whitening_residual.expect("the residual is reported");
    assert_eq!(Some(&residual), white.problem.whitening_residual().as_ref());
    assert!(residual.upper() < 1e-15, "{residual}");
    let ball = parse(&spec(&format!("{x}\nunit_ball = true"), ZERO, STEP));
    assert_eq!(*ball.problem.examples().unwrap().0, unit_ball(plain).unwrap());
    // ‖(−1, 4)‖ = √17, above 4 and below 8.
    assert_eq!(ball.problem.examples().unwrap().0[(1, 1)], 0.5);
    assert_eq!(ball.preparation.whitening_residual, None);
    let neither = parse(&spec(&format!("{x}\nunit_ball = false\nwhiten = false"), ZERO, STEP));
    assert_eq!(neither.problem.examples().unwrap().0, plain);
}

/// Reads a table through a spec of its own directory.
fn table(content: &[u8], selection: &str, features: usize) -> Spec {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("train.csv"), content).unwrap();
    let weights = format!("weights = [[[{}]]]", vec!["0"; features].join(", "));
    let text = spec(&format!("path = \"train.csv\"\n{selection}"), &weights, STEP)
        .replace("[2, 1]", &format!("[{features}, 1]"));
    Spec::parse(&text, directory.path()).unwrap_or_else(|error| panic!("{error}"))
}

fn entries(spec: &Spec) -> (Vec<f64>, Vec<f64>) {
    let (x, y) = spec.problem.examples().unwrap();
    let plain =
        |matrix: &Matrix<Rational>| matrix.entries().iter().map(gradient_witness::problem::nearest_f64).collect();
    (plain(x), plain(y))
}

#[test]
fn a_table_with_or_without_a_header() {
    let expected = (vec![1.0, 2.5, -3.0, 4e-3], vec![5.0, 6.0]);
    for content in [
        "1,2.5,5\n-3,4e-3,6\n",
        "1,2.5,5\r\n-3,4e-3,6",
        " 1 , 2.5 ,5\n\n-3,\"4e-3\",6\n",
        "a,b,c\n1,2.5,5\n-3,4e-3,6\n",
        "\u{feff}a,b,c\n1,2.5,5\n-3,4e-3,6\n",
        ",b,c\n1,2.5,5\n-3,4e-3,6\n",
        "a,b,\"c\nd\"\n1,2.5,5\n-3,4e-3,6\n",
        "a,b,c\r1,2.5,5\r\r-3,4e-3,6\r",
        "1x1,1x2,# label\n1,2.5,5\n-3,4e-3,6\n",
        " \"a\" ,\"b\", c\n 1, \"2.5\" ,5\n \t \n-3,4e-3,6\n",
    ] {
        assert_eq!(entries(&table(content.as_bytes(), "", 2)), expected, "{content:?}");
    }
    // Numeric names: only a selection by name tells that they are names.
    let years = b"2019,2020,2021\n1,2.5,5\n-3,4e-3,6\n";
    assert_eq!(entries(&table(years, "label = \"2021\"", 2)), expected);
    assert_eq!(entries(&table(years, "", 2)).1, [2021.0, 5.0, 6.0]);
    // Whoever says which it is has no need to name a column.
    assert_eq!(entries(&table(years, "header = true", 2)), expected);
    assert_eq!(entries(&table(b"0,1,2\n3,4,5\n", "header = false", 2)).1, [2.0, 5.0]);
    assert_eq!(entries(&table(b"a,a,3\n1,2.5,5\n-3,4e-3,6\n", "header = true", 2)), expected);
}

#[test]
fn labels_of_classes() {
    let signs = |content: &str, selection: &str| entries(&table(content.as_bytes(), selection, 1)).1;
    // Two labels: the other one is −1. More of them: one against the rest.
    assert_eq!(signs("x,y\n1,yes\n2,no\n3,yes\n", "positive = \"yes\""), [1.0, -1.0, 1.0]);
    assert_eq!(signs("x,y\n1,a\n2,b\n3,c\n", "positive = \"b\""), [-1.0, 1.0, -1.0]);
    assert_eq!(signs("1,a\n2,b\n2,a\n", "positive = \" a \""), [1.0, -1.0, 1.0]);
    assert_eq!(signs("x,y\n1,a\n2,a\n", "positive = \"a\""), [1.0, 1.0]);
    // A number is compared as a number.
    assert_eq!(signs("x,y\n1,1\n2,1.0\n3,0\n4,+1e0\n5,-1\n", "positive = \"1\""), [1.0, 1.0, -1.0, 1.0, -1.0]);
    assert_eq!(signs("x,y\n1,9007199254740993\n2,9007199254740992\n", "positive = \"9007199254740993\""), [1.0, -1.0]);
    assert_eq!(signs("x,y\n1,2\n2,0\n", "positive = \"2.0\"\nnegative = [\"0.00\"]"), [1.0, -1.0]);
    // What is listed is a label, whatever it looks like.
    assert_eq!(signs("x,y\n1,yes\n2,?\n3,\n", "positive = \"yes\"\nnegative = [\"?\", \"\"]"), [1.0, -1.0, -1.0]);
    assert_eq!(signs("x,y\n1,NA\n2,EU\n", "positive = \"NA\""), [1.0, -1.0]);
    assert_eq!(signs("x,y\n1,+\n2,-\n", "positive = \"+\""), [1.0, -1.0]);
    assert_eq!(signs("x,y\n1,1st\n2,2nd\n3,crew\n", "positive = \"1st\""), [1.0, -1.0, -1.0]);
}

#[test]
fn columns_by_name_and_by_number() {
    let content = b"id,w,h,class,note\n7,1,2,yes,x\n8,3,4,no,y\n9,5,6,maybe,z\n";
    let of = |selection: &str, features| entries(&table(content, selection, features));
    let labels = "label = \"class\"\npositive = \"yes\"\n";
    assert_eq!(
        of(&format!("{labels}columns = [\"w\", \"h\"]"), 2),
        (vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![1.0, -1.0, -1.0])
    );
    assert_eq!(of(&format!("{labels}columns = [2, \"w\"]"), 2).0, [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]);
    assert_eq!(of("label = 0\ncolumns = [1]", 1), (vec![1.0, 3.0, 5.0], vec![7.0, 8.0, 9.0]));
    // A label in the middle leaves the others in their order; a positive label may be a number's text.
    let numbers = b"1,0,2\n3,1,4\n";
    assert_eq!(entries(&table(numbers, "label = 1\npositive = \"1\"", 2)), (vec![1.0, 2.0, 3.0, 4.0], vec![-1.0, 1.0]));
    // Text in a column that is not used does no harm.
    assert_eq!(entries(&table(b"1,x,5\n2,y,6\n", "columns = [0]", 1)), (vec![1.0, 2.0], vec![5.0, 6.0]));
}

#[test]
fn several_labels_are_several_outputs() {
    let of = |content: &str, selection: &str| {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("train.csv"), content).unwrap();
        let text = spec(&format!("path = \"train.csv\"\n{selection}"), "weights = [[[0, 0], [0, 0]]]", STEP)
            .replace("[2, 1]", "[2, 2]");
        let read = Spec::parse(&text, directory.path()).unwrap_or_else(|error| panic!("{selection}: {error}"));
        assert_eq!(parse(&read.to_toml()), read);
        entries(&read)
    };
    let named = "a,y1,b,y2\n1,3,2,4\n5,7,6,0.5\n";
    let (x, y) = (vec![1.0, 2.0, 5.0, 6.0], vec![3.0, 4.0, 7.0, 0.5]);
    assert_eq!(of(named, "label = [\"y1\", \"y2\"]"), (x.clone(), y.clone()));
    assert_eq!(of(named, "label = [1, \"y2\"]"), (x.clone(), y.clone()));
    // Words in the first row are a header, also where columns have numbers; so says the spec where they are numbers.
    assert_eq!(of(named, "label = [1, 3]"), (x.clone(), y.clone()));
    assert_eq!(of("2020,2021,2022,2023\n1,3,2,4\n5,7,6,0.5\n", "label = [1, 3]\nheader = true"), (x.clone(), y));
    // The outputs are in the order of the list.
    assert_eq!(of(named, "label = [\"y2\", \"y1\"]").1, [4.0, 3.0, 0.5, 7.0]);
    assert_eq!(
        of(named, "label = [3, 1]\ncolumns = [\"b\", \"a\"]"),
        (vec![2.0, 1.0, 6.0, 5.0], vec![4.0, 3.0, 0.5, 7.0])
    );
    // A label that is no word: the first row is an example.
    assert_eq!(of("1,3,2,4\n5,7,6,0.5\n", "label = [1, 3]").0, x);
}

#[test]
fn a_field_is_the_exact_value_of_its_nearest_f64() {
    let spec = table(b"0.1,9007199254740993,1\n", "", 2);
    let x = spec.problem.examples().unwrap().0;
    assert_eq!(x.entries(), [Rational::from_f64(0.1).unwrap(), ratio("9007199254740993")]);
}

#[test]
fn iris() {
    let spec = Spec::read("examples/iris/iris.toml").unwrap();
    let (x, y) = spec.problem.examples().unwrap();
    assert_eq!((x.rows(), x.columns()), (150, 4));
    assert_eq!(y.entries().iter().filter(|label| **label == 1).count(), 50);
    // The longest flower is (7.9, 3.8, 6.4, 2.0), of norm 10.9: divided by 16.
    assert_eq!(x[(0, 0)], Rational::from_f64(5.1 / 16.0).unwrap());
    assert!(spec.preparation.imbalance.as_ref().is_some_and(|imbalance| imbalance.upper() < 1e-14));
    assert_eq!(parse(&spec.to_toml()), spec);
}

#[test]
fn absolute_paths_are_taken_as_they_are() {
    let path = std::fs::canonicalize("examples/iris/iris.csv").unwrap();
    let selection = format!("path = {:?}\npositive = \"setosa\"\ncolumns = [0, 1]", path.to_str().unwrap());
    let text = spec(&selection, ZERO, STEP);
    assert_eq!(Spec::parse(&text, Path::new("/nowhere")).unwrap().problem.examples().unwrap().0.rows(), 150);
}

#[test]
fn what_was_drawn_replays_from_its_numbers() {
    let text = spec(
        "x = [[3, 0.5], [-1, 4], [2, 2]]\ny = [1, 2, 3]\nwhiten = true",
        "kind = \"balanced\"\nstd = 2\nseed = 5",
        STEP,
    );
    let drawn = parse(&text);
    let written = drawn.to_toml();
    assert!(!written.contains("whiten") && !written.contains("balanced"));
    assert_eq!(parse(&written), drawn);
}

#[test]
fn a_written_spec_is_readable() {
    let problem = Problem::new(
        Network::fully_connected(&[2, 2, 1]).unwrap(),
        Loss::Logistic { scale: ratio("1/50"), steepness: Rational::from(1) },
        Normalisation::Mean,
        Data::Examples {
            x: Matrix::from_fn(2, 2, |i, j| Rational::from((i as i32 * 2 + j as i32, 2))),
            y: Matrix::from_fn(2, 1, |i, _| Rational::from(1 - 2 * i as i32)),
        },
        vec![
            Matrix::from_fn(2, 2, |i, j| Rational::from((1, 3)) * (i + j) as u32),
            Matrix::row_vector(vec![1.into(), ratio("-1e-9")]),
        ],
        StepRule::Smoothness,
    )
    .unwrap();
    let mut spec = Spec::of_run(problem, 10);
    spec.title = Some("a counterexample".to_owned());
    let Plan::Descent(schedule) = &mut spec.plan else { panic!("steps") };
    schedule.arithmetic = Arithmetic::Ball(256);
    assert_eq!(
        spec.to_toml(),
        r#"title = "a counterexample"

[network]
architecture = "fully-connected"
widths = [2, 2, 1]

[loss]
kind = "logistic"
scale = "1/50"
steepness = 1
normalisation = "mean"

[data]
x = [
    [0, 0.5],
    [1, 1.5],
]
y = [1, -1]

[init]
weights = [
    [
        [0, "1/3"],
        ["1/3", "2/3"],
    ],
    [[1, "-1/1000000000"]],
]

[step]
rule = "smoothness"

[run]
steps = 10
record = { every = 1 }
arithmetic = "ball:256"
"#
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_spec_makes_it_panic(place in 0_usize..700, length in 0_usize..12, junk in "\\PC{0,6}|[0-9\\[\\],\"{}=.e-]{0,6}") {
        let good = spec("x = [[3, 0.5], [-1, 4]]\ny = [1, \"2/3\"]\nwhiten = true", "kind = \"balanced\"\nstd = 2\nseed = 5", STEP);
        let start = place.min(good.len());
        let end = (start + length).min(good.len());
        let damaged = format!("{}{junk}{}", &good[..start], &good[end..]);
        if let Err(error) = Spec::parse(&damaged, Path::new("/nonexistent")) {
            prop_assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn no_table_makes_it_panic(content in "[0-9a-e,\n\". -]{0,60}|\\PC{0,30}", selection in 0_usize..6) {
        let selection = ["", "label = 0", "label = \"a\"", "positive = \"a\"", "columns = [0]", "whiten = true"][selection];
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("train.csv"), content).unwrap();
        let text = spec(&format!("path = \"train.csv\"\n{selection}"), ZERO, STEP);
        if let Err(error) = Spec::parse(&text, directory.path()) {
            prop_assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn gaussian_draws_are_prefixes_of_each_other(rows in 1_usize..5, columns in 1_usize..5, seed: u64) {
        let std = Rational::from((1, 7));
        let small = gaussian_matrix(rows, columns, &std, seed).unwrap();
        let large = gaussian_matrix(rows + 1, columns, &std, seed).unwrap();
        prop_assert_eq!(small.entries(), &large.entries()[..rows * columns]);
    }
}
