//! Every bad run spec gets one message, and the message names the file, the field and the fix.

use std::fs;

use gradient_witness::problem::{Spec, SpecError};
use tempfile::TempDir;

/// A spec in which a test replaces one line.
const GOOD: &str = r#"title = "three layers"
[network]
architecture = "fully-connected"
widths = [2, 3, 1]
[loss]
kind = "logistic"
normalisation = "mean"
scale = "1/50"
steepness = 1
[data]
x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]
y = [1, -1, -1]
[init]
weights = [[[0.5, -0.25], [0.125, 0.75], [-0.3, 0.1]], [[0.5, 0.25, -1.0]]]
[step]
rule = "constant"
eta = 0.01
[run]
steps = 1000
record = { every = 100 }
arithmetic = "f64"
"#;

const DIAGONAL: &str = r#"
[network]
architecture = "diagonal"
dim = 2
depth = 2
[loss]
kind = "squared-target"
[data]
target = [[1, 2]]
[init]
weights = [[1, 2], [3, 4]]
[step]
rule = "constant"
eta = "1/8"
[run]
steps = 0
"#;

const CONVOLUTIONAL: &str = r#"
[network]
architecture = "convolutional"
dim = 3
filters = [2, 3]
[loss]
kind = "exponential"
[data]
x = [[1, 2, 3]]
y = [1]
[init]
weights = [[1, 2], [3, 4, 5]]
[step]
rule = "constant"
eta = 1
[run]
steps = 5
"#;

const TABLE: &str = r#"
[network]
architecture = "fully-connected"
widths = [2, 1]
[loss]
kind = "logistic"
[data]
path = "train.csv"
[init]
kind = "gaussian"
std = 0.1
seed = 1
[step]
rule = "smoothness"
[run]
steps = 5
"#;

/// Writes the files into a new directory and reads `spec.toml` there.
fn read(files: &[(&str, &[u8])]) -> (TempDir, Result<Spec, SpecError>) {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(directory.path().join(name), content).unwrap();
    }
    let result = Spec::read(directory.path().join("spec.toml"));
    (directory, result)
}

/// Reads the spec with one line replaced, and the error that this must give.
fn error(good: &str, line: &str, replacement: &str, others: &[(&str, &[u8])]) -> SpecError {
    assert!(good.contains(line), "the good spec has no line {line:?}");
    let text = good.replacen(line, replacement, 1);
    let mut files = vec![("spec.toml", text.as_bytes())];
    files.extend_from_slice(others);
    let (directory, result) = read(&files);
    let error = result.expect_err(replacement);
    let message = error.to_string();
    assert_eq!(error.file.as_deref(), Some(directory.path().join("spec.toml").as_path()), "{message}");
    assert!(message.starts_with(&directory.path().join("spec.toml").display().to_string()), "{message}");
    assert!(!message.contains('\n'), "{message}");
    assert!(!error.problem.is_empty() && !error.fix.is_empty(), "{message}");
    if let Some(key) = &error.key {
        assert!(message.contains(&format!(" {key}: ")), "{message}");
    }
    if let Some(number) = error.line {
        // The line that is named holds the last part of the key, unless the key is missing or the TOML is broken.
        let named = text.lines().nth(number - 1).unwrap_or_default();
        let last = error.key.as_deref().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let missing = error.problem.contains("missing") || error.problem.contains("TOML");
        assert!(missing || named.contains(last.trim_matches('"')), "{message}: {named}");
    }
    error
}

/// Replaced line, its replacement, the key that is named, words of the problem, words of the fix.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str);

fn check(good: &str, cases: &[Case]) {
    assert!(read(&[("spec.toml", good.as_bytes()), ("train.csv", b"1,2,1\n3,4,-1\n")]).1.is_ok());
    for (line, replacement, key, problem, fix) in cases {
        let error = error(good, line, replacement, &[("train.csv", b"1,2,1\n3,4,-1\n")]);
        assert_eq!(error.key.as_deref(), Some(*key), "{replacement}: {error}");
        assert!(error.problem.contains(problem), "{replacement}: {error}");
        assert!(error.fix.contains(fix), "{replacement}: {error}");
    }
}

#[test]
fn files_that_are_no_specs() {
    let directory = tempfile::tempdir().unwrap();
    let missing = Spec::read(directory.path().join("absent.toml")).unwrap_err();
    assert!(missing.to_string().contains("absent.toml") && missing.problem.contains("cannot be read"));
    assert!(Spec::read(directory.path()).unwrap_err().problem.contains("cannot be read"));
    let (_kept, result) = read(&[("spec.toml", b"title = \"\xff\xfe\"")]);
    assert!(result.unwrap_err().problem.contains("UTF-8"));
    for (text, line) in [
        ("title = \"unclosed", 1),
        ("title = \"a\"\n[network\n", 2),
        ("\n\nwidths = [2, 3\n[loss]\n", 3),
        ("title = \"a\"\ntitle = \"b\"\n", 2),
        ("[run]\nsteps = 1\n[run]\n", 3),
        ("steps = 01\n", 1),
        ("x = 1__0\n", 1),
        ("x = .5\n", 1),
    ] {
        let (_kept, result) = read(&[("spec.toml", text.as_bytes())]);
        let error = result.unwrap_err();
        assert!(error.problem.contains("not TOML"), "{text}: {error}");
        assert!(error.line.is_some_and(|named| named.abs_diff(line) <= 1), "{text}: {error}");
    }
    // Deep nesting must not exhaust the stack.
    let (_kept, result) = read(&[("spec.toml", format!("x = {}", "[".repeat(100_000)).as_bytes())]);
    assert!(result.unwrap_err().problem.contains("not TOML"));
}

#[test]
fn keys_and_tables() {
    check(
        GOOD,
        &[
            ("title = \"three layers\"", "titel = \"x\"", "titel", "no such key", "did you mean title?"),
            ("title = \"three layers\"", "title = 3", "title", "whole number", "quotes"),
            ("title = \"three layers\"", "steps = 3", "steps", "no such key", "did you mean run.steps?"),
            ("title = \"three layers\"", "\"a b\\n\" = 3", "\"a b\\n\"", "no such key", "title, network"),
            ("[network]", "[netwrok]", "netwrok", "no such key", "did you mean network?"),
            ("[network]", "[[network]]", "network", "a list", "[network]"),
            ("[run]", "[step.run]", "step.run", "no such key", ""),
            (
                "widths = [2, 3, 1]",
                "witdhs = [2, 3, 1]",
                "network.witdhs",
                "no such key",
                "did you mean network.widths?",
            ),
            ("widths = [2, 3, 1]", "colour = 3", "network.colour", "no such key", "architecture, widths"),
            ("widths = [2, 3, 1]", "", "network.widths", "missing", "widths = [2, 3, 1]"),
            ("architecture = \"fully-connected\"", "", "network.architecture", "missing", "fully-connected"),
            ("kind = \"logistic\"", "", "loss.kind", "missing", "logistic"),
            (
                "normalisation = \"mean\"",
                "normalization = \"mean\"",
                "loss.normalization",
                "no such key",
                "loss.normalisation",
            ),
            ("x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]", "", "data.x", "missing", "x = "),
            ("y = [1, -1, -1]", "", "data.y", "missing", "y = "),
            ("eta = 0.01", "", "step.eta", "missing", "eta = "),
            ("rule = \"constant\"", "", "step.rule", "missing", "constant"),
            ("steps = 1000", "", "run.steps", "missing", "steps = 1000"),
            ("[step]\nrule = \"constant\"\neta = 0.01", "", "step", "missing", "[step]"),
            (
                "record = { every = 100 }",
                "record = { evry = 100 }",
                "run.record.evry",
                "no such key",
                "run.record.every",
            ),
        ],
    );
}

#[test]
fn types() {
    check(
        GOOD,
        &[
            ("widths = [2, 3, 1]", "widths = 3", "network.widths", "a whole number stands", "[2, 3, 1]"),
            ("widths = [2, 3, 1]", "widths = [2, 3.0, 1]", "network.widths", "a decimal stands", "without"),
            ("widths = [2, 3, 1]", "widths = [2, \"3\", 1]", "network.widths", "a string stands", "without quotes"),
            ("widths = [2, 3, 1]", "widths = [2, -3, 1]", "network.widths", "negative", "at least 0"),
            ("widths = [2, 3, 1]", "widths = [2, 99999999999999999999, 1]", "network.widths", "above", "at least 0"),
            ("kind = \"logistic\"", "kind = true", "loss.kind", "true or false stands", "logistic"),
            ("kind = \"logistic\"", "kind = 1979-05-27", "loss.kind", "a date stands", "logistic"),
            ("x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]", "x = [0.6, 0.2]", "data.x", "row 1: a decimal stands", "["),
            ("x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]", "x = [[[1]]]", "data.x", "row 1: entry 1: a list", "number"),
            (
                "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]",
                "x = [[1, 2], [3, true]]",
                "data.x",
                "row 2: entry 2",
                "number",
            ),
            ("y = [1, -1, -1]", "y = 1", "data.y", "a whole number stands", "["),
            ("y = [1, -1, -1]", "y = [1, [-1], -1]", "data.y", "entry 2", "number"),
            ("y = [1, -1, -1]", "y = [[1], -1, -1]", "data.y", "row 2: a whole number stands", "["),
            ("steps = 1000", "steps = 1e3", "run.steps", "a decimal stands", "whole number"),
            ("steps = 1000", "steps = -1", "run.steps", "negative", "at least 0"),
            ("steps = 1000", "steps = \"1000\"", "run.steps", "a string stands", "without quotes"),
            ("record = { every = 100 }", "record = 100", "run.record", "a whole number stands", "every = 100"),
            ("record = { every = 100 }", "record = {}", "run.record", "says nothing", "every"),
            ("record = { every = 100 }", "record = { every = 0 }", "run.record.every", "0 steps", "at least 1"),
            ("record = { every = 100 }", "record = { every = 1, at = [1] }", "run.record.at", "as well", "one"),
            ("record = { every = 100 }", "record = { at = [1, -1] }", "run.record.at", "negative", "at least 0"),
            ("record = { every = 100 }", "record = { at = 3 }", "run.record.at", "a whole number stands", "[0, 1, 10]"),
            ("arithmetic = \"f64\"", "arithmetic = 256", "run.arithmetic", "a whole number stands", "quotes"),
        ],
    );
}

#[test]
fn numbers() {
    check(
        GOOD,
        &[
            ("eta = 0.01", "eta = nan", "step.eta", "not a finite f64", "1.8e308"),
            ("eta = 0.01", "eta = inf", "step.eta", "not a finite f64", "1.8e308"),
            ("eta = 0.01", "eta = -inf", "step.eta", "not a finite f64", "1.8e308"),
            ("eta = 0.01", "eta = 1e400", "step.eta", "not a finite f64", "1.8e308"),
            ("eta = 0.01", "eta = \"1/0\"", "step.eta", "zero denominator", "not zero"),
            ("eta = 0.01", "eta = \"1e99999999\"", "step.eta", "exponent", "9999"),
            ("eta = 0.01", "eta = \"1e-99999999\"", "step.eta", "exponent", "9999"),
            ("eta = 0.01", "eta = \"fast\"", "step.eta", "\"fast\" is not a number", "fraction"),
            ("eta = 0.01", "eta = \"nan\"", "step.eta", "is not a number", "fraction"),
            ("eta = 0.01", "eta = \"\"", "step.eta", "is not a number", "fraction"),
            ("eta = 0.01", "eta = \" 1\"", "step.eta", "is not a number", "fraction"),
            ("eta = 0.01", "eta = [0.01]", "step.eta", "a list stands", "number"),
            ("eta = 0.01", "eta = 0", "step.eta", "not positive", "above 0"),
            ("eta = 0.01", "eta = 0.0", "step.eta", "not positive", "above 0"),
            ("eta = 0.01", "eta = -0.5", "step.eta", "-1/2 is not positive", "above 0"),
            ("eta = 0.01", "eta = \"-1/1024\"", "step.eta", "not positive", "above 0"),
            ("scale = \"1/50\"", "scale = 0", "loss.scale", "not positive", "above 0"),
            ("steepness = 1", "steepness = -1e-300", "loss.steepness", "not positive", "above 0"),
            ("steepness = 1", "steepness = \"1/0\"", "loss.steepness", "zero denominator", "not zero"),
            (
                "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]",
                "x = [[0.6, nan]]",
                "data.x",
                "row 1: entry 2: nan",
                "1.8e308",
            ),
            (
                "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]",
                "x = [[0.6, 1], [1e999, 2]]",
                "data.x",
                "row 2: entry 1",
                "1.8e308",
            ),
            ("y = [1, -1, -1]", "y = [1, inf, -1]", "data.y", "entry 2: inf", "1.8e308"),
            (
                "[[0.5, 0.25, -1.0]]]",
                "[[0.5, \"1/0\", -1.0]]]",
                "init.weights",
                "layer 2: row 1: entry 2: \"1/0\" has a zero denominator",
                "not zero",
            ),
        ],
    );
}

#[test]
fn shapes_and_labels() {
    check(
        GOOD,
        &[
            ("widths = [2, 3, 1]", "widths = []", "network.widths", "0 widths", "at least two"),
            ("widths = [2, 3, 1]", "widths = [2]", "network.widths", "1 width ", "at least two"),
            ("widths = [2, 3, 1]", "widths = [2, 0, 1]", "network.widths", "d_1 is 0", "at least 1"),
            ("widths = [2, 3, 1]", "widths = [2, 3, 2]", "network.widths", "dimension 2", "squared"),
            ("widths = [2, 3, 1]", "widths = [3, 3, 1]", "data.x", "2 numbers", "rows of 3"),
            ("widths = [2, 3, 1]", "widths = [2, 4, 1]", "init.weights", "W_1 is 3×2", "4×2"),
            ("widths = [2, 3, 1]", "widths = [2, 3, 3, 1]", "init.weights", "2 layers", "give 3"),
            ("widths = [2, 3, 1]", "widths = [4000000000, 4000000000, 1]", "network.widths", "more than", "smaller"),
            ("widths = [2, 3, 1]", "dim = 2", "network.dim", "no meaning", "leave it out"),
            ("x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]", "x = []", "data.x", "no examples", "at least one"),
            (
                "x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]]",
                "x = [[1, 2], [3]]",
                "data.x",
                "row 2 has length 1",
                "equally long",
            ),
            ("y = [1, -1, -1]", "y = [1, -1]", "data.y", "2 labels and 3 examples", "each row"),
            ("y = [1, -1, -1]", "y = [1, 0, -1]", "data.y", "label 2 is 0", "1 or -1"),
            ("y = [1, -1, -1]", "y = [1, -1, 2.5]", "data.y", "label 3 is 5/2", "1 or -1"),
            ("y = [1, -1, -1]", "y = [[1, 1], [1, 1], [1, 1]]", "data.y", "2 numbers", "give 1"),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\ntarget = [[1, 2]]", "data.target", "no meaning", "leave it out"),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\nlabel = 2", "data.label", "without data.path", "leave it out"),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\npath = \"train.csv\"", "data.x", "beside data.path", "leave it out"),
            (
                "y = [1, -1, -1]",
                "y = [1, -1, -1]\nwhiten = true\nunit_ball = true",
                "data.unit_ball",
                "white",
                "one of",
            ),
            ("y = [1, -1, -1]", "y = [1, -1, -1]\nwhiten = 1", "data.whiten", "a whole number stands", "true"),
            (
                "kind = \"logistic\"",
                "kind = \"logstic\"",
                "loss.kind",
                "there is no \"logstic\"",
                "did you mean \"logistic\"?",
            ),
            ("kind = \"logistic\"", "kind = \"hinge\"", "loss.kind", "there is no \"hinge\"", "one of \"logistic\""),
            ("kind = \"logistic\"", "kind = \"squared\"", "loss.scale", "no meaning", "leave it out"),
            (
                "normalisation = \"mean\"",
                "normalisation = \"average\"",
                "loss.normalisation",
                "no \"average\"",
                "\"mean\", \"sum\"",
            ),
            (
                "architecture = \"fully-connected\"",
                "architecture = \"dense\"",
                "network.architecture",
                "no \"dense\"",
                "diagonal",
            ),
            ("rule = \"constant\"", "rule = \"smoothness\"", "step.eta", "no meaning", "leave it out"),
            ("rule = \"constant\"", "rule = \"adam\"", "step.rule", "no \"adam\"", "\"constant\""),
        ],
    );
    check(
        DIAGONAL,
        &[
            ("dim = 2", "", "network.dim", "missing", "dim = 5"),
            ("dim = 2", "dim = 0", "network.dim", "0", "at least 1"),
            ("dim = 2", "dim = 3", "data.target", "1×2", "1 row of 3"),
            ("depth = 2", "depth = 0", "network.depth", "no layers", "at least 1"),
            ("depth = 2", "depth = 3", "init.weights", "2 layers", "give 3"),
            ("depth = 2", "depth = 4000000000", "network.depth", "more than", "smaller"),
            ("depth = 2", "depth = 18446744073709551615", "network.depth", "more than", "smaller"),
            ("depth = 2", "depth = 2\nwidths = [2, 1]", "network.widths", "no meaning", "leave it out"),
            ("depth = 2", "depth = 2\nfilters = [2]", "network.filters", "no meaning", "leave it out"),
            (
                "kind = \"squared-target\"",
                "kind = \"squared-target\"\nnormalisation = \"mean\"",
                "loss.normalisation",
                "no examples",
                "leave",
            ),
            (
                "kind = \"squared-target\"",
                "kind = \"squared\"",
                "data.target",
                "no meaning for the loss \"squared\"",
                "leave",
            ),
            ("target = [[1, 2]]", "", "data.target", "missing", "target = "),
            ("target = [[1, 2]]", "target = [1, 2]", "data.target", "row 1: a whole number stands", "["),
            ("target = [[1, 2]]", "target = []", "data.target", "0×0", "1 row of 2"),
            ("target = [[1, 2]]", "target = [[1, 2], [3, 4]]", "data.target", "2×2", "1 row of 2"),
            ("target = [[1, 2]]", "target = [[1, 2]]\nx = [[1, 2]]", "data.x", "no meaning", "leave it out"),
            ("target = [[1, 2]]", "target = [[1, 2]]\nwhiten = true", "data.whiten", "no meaning", "leave it out"),
            (
                "weights = [[1, 2], [3, 4]]",
                "weights = [[[1, 2]], [[3, 4]]]",
                "init.weights",
                "layer 1: entry 1: a list",
                "number",
            ),
            (
                "weights = [[1, 2], [3, 4]]",
                "weights = [[1, 2], [3]]",
                "init.weights",
                "w_2 has shape 1×1",
                "one row of 2",
            ),
            ("rule = \"constant\"\neta = \"1/8\"", "rule = \"smoothness\"", "step.rule", "logistic", "constant"),
        ],
    );
    check(
        CONVOLUTIONAL,
        &[
            ("filters = [2, 3]", "", "network.filters", "missing", "filters = [2, 5]"),
            ("filters = [2, 3]", "filters = []", "network.filters", "no layers", "[3]"),
            ("filters = [2, 3]", "filters = [4, 3]", "network.filters", "filter 1 has size 4", "at most 3"),
            ("filters = [2, 3]", "filters = [0, 3]", "network.filters", "filter 1 has size 0", "at least 1"),
            ("filters = [2, 3]", "filters = [3, 2]", "network.filters", "last filter has size 2", "equal to"),
            ("filters = [2, 3]", "filters = [2, 3]\ndepth = 2", "network.depth", "no meaning", "leave it out"),
            (
                "weights = [[1, 2], [3, 4, 5]]",
                "weights = [[1, 2, 3], [3, 4, 5]]",
                "init.weights",
                "w_1",
                "one row of 2",
            ),
        ],
    );
    let text = CONVOLUTIONAL.replace("exponential", "logistic").replace("\"constant\"\neta = 1", "\"smoothness\"");
    assert_eq!(read(&[("spec.toml", text.as_bytes())]).1.unwrap_err().key.as_deref(), Some("step.rule"));
}

#[test]
fn initial_weights_by_rule() {
    check(
        TABLE,
        &[
            ("kind = \"gaussian\"", "", "init.weights", "missing", "kind = "),
            ("kind = \"gaussian\"", "kind = \"gausian\"", "init.kind", "no \"gausian\"", "did you mean \"gaussian\"?"),
            (
                "kind = \"gaussian\"",
                "kind = \"gaussian\"\nweights = [[[1, 2]]]",
                "init.weights",
                "beside init.kind",
                "leave",
            ),
            ("kind = \"gaussian\"", "weights = [[[1, 2]]]", "init.std", "beside init.weights", "leave it out"),
            ("std = 0.1", "", "init.std", "missing", "std = 0.1"),
            ("std = 0.1", "std = 0", "init.std", "not positive", "above 0"),
            ("std = 0.1", "std = -1", "init.std", "not positive", "above 0"),
            ("std = 0.1", "std = \"1e-400\"", "init.std", "out of range", "1e-300"),
            ("std = 0.1", "std = \"1e400\"", "init.std", "out of range", "1e300"),
            ("std = 0.1", "std = true", "init.std", "true or false stands", "number"),
            ("seed = 1", "", "init.seed", "missing", "seed = 1"),
            ("seed = 1", "seed = -1", "init.seed", "negative", "at least 0"),
            ("seed = 1", "seed = 1.5", "init.seed", "a decimal stands", "whole number"),
            ("seed = 1", "seed = 18446744073709551616", "init.seed", "above 18446744073709551615", "whole number"),
        ],
    );
    let narrow = TABLE
        .replace("\"logistic\"", "\"squared-target\"")
        .replace("path = \"train.csv\"", "target = [[1, 0, 0], [0, 1, 0]]");
    let narrow = narrow.replace("\"smoothness\"", "\"constant\"\neta = 1").replace("\"gaussian\"", "\"balanced\"");
    check(
        &narrow.replace("[2, 1]", "[3, 2, 2]"),
        &[("widths = [3, 2, 2]", "widths = [3, 1, 2]", "init.kind", "d_1 is 1", "network.widths")],
    );
}

#[test]
fn arithmetics() {
    check(
        GOOD,
        &[
            ("arithmetic = \"f64\"", "arithmetic = \"f32\"", "run.arithmetic", "no arithmetic \"f32\"", "\"ball:256\""),
            ("arithmetic = \"f64\"", "arithmetic = \"rational\"", "run.arithmetic", "no rational values", "squared"),
            ("arithmetic = \"f64\"", "arithmetic = \"mpfr:0\"", "run.arithmetic", "0 bits", "16 to 1000000"),
            ("arithmetic = \"f64\"", "arithmetic = \"ball:1000000000\"", "run.arithmetic", "1000000000 bits", "16 to"),
            ("arithmetic = \"f64\"", "arithmetic = \"mpfr\"", "run.arithmetic", "needs a precision", "mpfr:256"),
        ],
    );
    check(
        CONVOLUTIONAL,
        &[("steps = 5", "steps = 5\narithmetic = \"rational\"", "run.arithmetic", "exponential", "ball")],
    );
    let rational = DIAGONAL.replace("steps = 0", "steps = 0\narithmetic = \"rational\"");
    assert!(read(&[("spec.toml", rational.as_bytes())]).1.is_ok());
}

#[test]
fn what_is_planned_is_called_planned() {
    let planned = "not supported yet";
    check(
        GOOD,
        &[
            (
                "architecture = \"fully-connected\"",
                "architecture = \"structured\"",
                "network.architecture",
                planned,
                "another",
            ),
            ("rule = \"constant\"", "rule = \"flow\"", "step.rule", planned, "constant"),
        ],
    );
    check(
        TABLE,
        &[
            ("kind = \"gaussian\"\nstd = 0.1\nseed = 1", "path = \"start.npz\"", "init.path", planned, "init.weights"),
            ("path = \"train.csv\"", "path = \"train.npz\"", "data.path", planned, ".csv"),
            ("path = \"train.csv\"", "path = \"train.safetensors\"", "data.path", planned, ".csv"),
            ("path = \"train.csv\"", "path = \"train.SVM\"", "data.path", planned, ".csv"),
            ("path = \"train.csv\"", "path = \"train.xlsx\"", "data.path", "not a .csv", "comma-separated"),
            ("path = \"train.csv\"", "path = \"train\"", "data.path", "not a .csv", "comma-separated"),
            ("path = \"train.csv\"", "path = \"a\\nb.csv\"", "data.path", "a b.csv: it cannot be read", "relative"),
            ("path = \"train.csv\"", "path = 3", "data.path", "a whole number stands", "quotes"),
        ],
    );
}

#[test]
fn columns_of_a_table() {
    check(
        TABLE,
        &[
            (
                "path = \"train.csv\"",
                "path = \"absent.csv\"",
                "data.path",
                "absent.csv: it cannot be read",
                "relative to the spec",
            ),
            ("path = \"train.csv\"", "path = \"train.csv\"\nlabel = 3", "data.label", "no column 3", "up to 2"),
            ("path = \"train.csv\"", "path = \"train.csv\"\nlabel = -1", "data.label", "negative", "at least 0"),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\nlabel = 1.0",
                "data.label",
                "a decimal stands",
                "name in quotes",
            ),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\ncolumns = []",
                "data.columns",
                "no features",
                "at least one",
            ),
            ("path = \"train.csv\"", "path = \"train.csv\"\ncolumns = 1", "data.columns", "a whole number stands", "["),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\ncolumns = [0, 2]",
                "data.columns",
                "is the label",
                "leave it out",
            ),
            ("path = \"train.csv\"", "path = \"train.csv\"\ncolumns = [0, 0]", "data.columns", "twice", "once"),
            ("path = \"train.csv\"", "path = \"train.csv\"\ncolumns = [0]", "data.path", "1 number", "rows of 2"),
            ("path = \"train.csv\"", "path = \"train.csv\"\nlabel = 0", "data.path", "label 2 is 3", "data.positive"),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\npositive = 1",
                "data.positive",
                "a whole number stands",
                "quotes",
            ),
            (
                "path = \"train.csv\"",
                "path = \"train.csv\"\npositive = \"yes\"",
                "data.positive",
                "no row has the label \"yes\"",
                "\"1\", \"-1\"",
            ),
        ],
    );
}

#[test]
fn contents_of_a_table() {
    let path = "path = \"train.csv\"";
    for (table, selection, key, problem, fix) in [
        (&b""[..], "", "data.path", "is empty", "at least one row"),
        (b"\n\n\n", "", "data.path", "is empty", "at least one row"),
        (b"a,b,c\n", "", "data.path", "header and no rows", "at least one example"),
        (
            b"1,2,1\n3,x,-1\n",
            "",
            "data.path",
            "row 2 (line 2), column 1 (counted from 0): \"x\" is not a number",
            "drop or complete",
        ),
        (
            b"a,b,c\n1,2,1\n3,,-1\n",
            "",
            "data.path",
            "row 2 (line 3), column \"b\": the number is missing",
            "drop or complete",
        ),
        (
            b"a,b,c\n1,2,1\n3,NA,-1\n",
            "",
            "data.path",
            "column \"b\": the number is missing (\"NA\")",
            "drop or complete",
        ),
        (b"a,b,c\n1,2,1\n3,inf,-1\n", "", "data.path", "\"inf\" is not a finite f64", "drop or complete"),
        (b"a,b,c\n1,2,1\n3,1e400,-1\n", "", "data.path", "\"1e400\" is not a finite f64", "drop or complete"),
        (b"1,?,1\n3,4,-1\n", "", "data.path", "row 1 (line 1), column 1", "drop or complete"),
        (b"?,?,1\n3,4,-1\n", "", "data.path", "row 1 (line 1), column 0", "drop or complete"),
        (b"1,abc,1\n3,4,-1\n", "", "data.path", "row 1 (line 1), column 1", "drop or complete"),
        (b"1,2,1\n3,4\n", "", "data.path", "line 2: 2 fields where the first row has 3", "same number"),
        (b"1,2,1\n3,\xff,1\n", "", "data.path", "line 2: it is not a text in UTF-8", "UTF-8"),
        (b"1\n2\n", "", "data.path", "no features", "commas"),
        (b"1;2;1\n3;4;-1\n", "", "data.path", "no features", "commas"),
        (b"a,b,c\n1,2,setosa\n", "", "data.path", "column \"c\": \"setosa\" is not a number", "data.positive"),
        (b"a,b,c\n1,2,setosa\n", "positive = \"sertosa\"", "data.positive", "no row", "did you mean \"setosa\"?"),
        (
            b"a,b,c\n1,2,yes\n3,4,\n",
            "positive = \"yes\"",
            "data.path",
            "column \"c\": the label is missing",
            "complete",
        ),
        (b"a,b,c\n1,2,1\n", "label = \"d\"", "data.label", "no column named \"d\"", "\"a\", \"b\", \"c\""),
        (b"width,b,c\n1,2,1\n", "label = \"widht\"", "data.label", "no column named", "did you mean \"width\"?"),
        (b"a,a,c\n1,2,1\n", "label = \"a\"", "data.label", "several columns", "number"),
        (b"a,b,c\n1,2,1\n", "columns = [\"a\", \"x\"]", "data.columns", "no column named \"x\"", "\"a\", \"b\""),
        (b"a,b,c\n1,2,0\n", "", "data.path", "label 1 is 0", "data.positive"),
        (b"a,b,c\n1,2,1\n2,4,1\n", "whiten = true", "data.whiten", "singular", "drop features"),
        (b"a,b,c\n1,2,1\n", "whiten = true", "data.whiten", "1 examples cannot span 2", "add examples"),
        (b"a,b,c\n0,0,1\n", "unit_ball = true", "data.unit_ball", "zero", "leave it out"),
    ] {
        let error = error(TABLE, path, &format!("{path}\n{selection}"), &[("train.csv", table)]);
        let text = String::from_utf8_lossy(table);
        assert_eq!(error.key.as_deref(), Some(key), "{text}: {error}");
        assert!(error.problem.contains(problem), "{text}: {error}");
        assert!(error.fix.contains(fix), "{text}: {error}");
    }
}

#[test]
fn without_a_file_the_message_stands_alone() {
    let error = Spec::parse("titel = 1", "".as_ref()).unwrap_err();
    assert_eq!(error.to_string(), "run spec: line 1: titel: there is no such key; did you mean title?");
    assert_eq!(error.file, None);
}
