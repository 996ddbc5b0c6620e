//! Numbers, starts by rule and arithmetics.

use super::{CONVOLUTIONAL, DIAGONAL, GOOD, TABLE, check, read};

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
