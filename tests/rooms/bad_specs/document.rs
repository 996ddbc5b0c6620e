//! Files that are no specs, keys, tables and types.

use gradient_witness::problem::Spec;

use super::{GOOD, TABLE, check, read};

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
fn what_is_planned_is_called_planned() {
    let planned = "not supported yet";
    check(
        GOOD,
        &[(
            "architecture = \"fully-connected\"",
            "architecture = \"structured\"",
            "network.architecture",
            planned,
            "\"convolutional\"",
        )],
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
fn without_a_file_the_message_stands_alone() {
    let error = Spec::parse("titel = 1", "".as_ref()).unwrap_err();
    assert_eq!(error.to_string(), "run spec: line 1: titel: there is no such key; did you mean title?");
    assert_eq!(error.file, None);
}
