//! The JSON Schema of the run spec, as an editor uses it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gradient_witness::problem::{Spec, SpecError};
use jsonschema::Validator;
use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::draft7::meta::validate(&Spec::schema()).expect("the schema is one of draft 7");
    jsonschema::draft7::new(&Spec::schema()).expect("a schema")
});

/// What the parser refuses and the schema cannot: what a test put into a good spec, behind the path of a table if there is one, by reason.
const BEYOND: [(&str, &[&str]); 5] = [
    (
        "in JSON a decimal without a fraction is a whole number",
        &["widths = [2, 3.0, 1]", "steps = 1e3", "label = 1.0", "label = [2, 3.0]"],
    ),
    ("a string is held against no range", &["std = \"1e-400\"", "std = \"1e400\""]),
    (
        "nothing is counted or multiplied",
        &[
            "widths = [4000000000, 4000000000, 1]",
            "widths = [1, 100000, 1000000]",
            "widths = [100000, 1, 100000]",
            "dim = 4000000\nfilters = [1, 1, 1, 1, 1, 1, 1, 1, 4000000]",
            "x = [[0.6, 0.2], [-0.3, -0.1], [0.1, -0.9]]\ny = [1, 1, 1]",
            "x = [[0.6, 0.2], [0.1, -0.9], [-0.7, 0.7]]\ny = [1, 1, 1]",
            "x = [[0.6, 0.2], [0.1, -0.9], [-0.7, 0.7]]\ny = [-1, -1, -1]",
            "x = [[0.6, 0.2], [0, 0], [0.1, -0.9]]\ny = [1, 1, 1]",
        ],
    ),
    (
        "no value and no length is compared with another",
        &[
            "widths = [2, 3, 2]",
            "widths = [3, 3, 1]",
            "widths = [2, 4, 1]",
            "widths = [2, 3, 3, 1]",
            "widths = [3, 1, 2]",
            "x = [[1, 2], [3]]",
            "y = [1, -1]",
            "dim = 3",
            "depth = 3",
            "target = [[1, 2], [3, 4]]",
            "weights = [[1, 2], [3]]",
            "weights = [[1, 2, 3], [3, 4, 5]]",
            "filters = [4, 3]",
            "filters = [3, 2]",
            "columns = [0, 2]",
            "label = [2, 3]\ncolumns = [0, 3]",
            "label = [1, 2, 3]",
            "label = \"y1\"",
            "label = [2, 3]",
            "positive = \"yes\"\nnegative = [\"yes\"]",
            "positive = \"1\"\nnegative = [\"0\", \"1.0\"]",
            "tolerance = 1e-40",
            "tolerance = \"1e-9999\"",
            "arithmetic = \"certified\"",
            "arithmetic = \"ball:64\"",
            "record = { times = [0, 10, 1] }",
            "record = { log_risks = [10, 1] }",
            "record = { log_risks = [1, 2000] }",
            "record = { times = [1, \"301/3\"] }",
        ],
    ),
    (
        "the table is not read",
        &[
            "label = 3",
            "label = \"2\"",
            "label = \"d\"",
            "label = \"widht\"",
            "label = \"a\"",
            "label = [\"y1\", 2]",
            "label = [\"y1\", \"y3\"]",
            "label = [2, 4]",
            "label = [2, \"3\"]",
            "label = [0, 1]",
            "columns = [\"0\", \"1\"]",
            "columns = [\"a\", \"x\"]",
            "positive = \"yes\"",
            "positive = \"sertosa\"",
            "label = [\"y1\", 3]\nheader = false",
            "whiten = true",
            "unit_ball = true",
        ],
    ),
];

/// Checks that the schema refuses a text that the parser refuses with this `error`, or cannot, for a reason that is known.
pub fn check(text: &str, replacement: &str, error: &SpecError) {
    let place = replacement.strip_prefix("path = \"train.csv\"\n").unwrap_or(replacement);
    let reason = BEYOND.iter().find(|(_, places)| places.contains(&place)).map(|(reason, _)| *reason);
    // What is said of a path to a table is said of the table. Without a label the last column is one, of however many outputs.
    let of_table = error.key.as_deref() == Some("data.path") && text.contains(".csv\"");
    let beyond = of_table || reason.is_some() || error.problem.contains("one column is the label");
    let objections = objections(text);
    assert_eq!(beyond, objections.is_empty(), "{replacement:?}: {error}\n{reason:?}\n{objections:#?}");
}

/// Every place that is listed is one of a test.
#[test]
fn nothing_is_listed_that_no_test_has() {
    let tests = ["document", "flows", "shapes", "tables", "values"]
        .map(|name| std::fs::read_to_string(format!("tests/rooms/bad_specs/{name}.rs")).unwrap())
        .concat();
    for place in BEYOND.iter().flat_map(|(_, places)| *places) {
        assert!(tests.contains(&place.escape_debug().to_string()), "{place}");
    }
}

/// Why the schema refuses a text; nothing if it accepts it, or if the text is no TOML.
pub fn objections(text: &str) -> Vec<String> {
    let Ok(document) = DeTable::parse(text) else { return Vec::new() };
    let document = of_table(document.get_ref());
    SCHEMA.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn of_table(table: &DeTable<'_>) -> Value {
    let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), of(value.get_ref())));
    Value::Object(entries.collect::<Map<String, Value>>())
}

/// A TOML value as JSON, in which an integer beyond 64 bits is a float, and NaN and the infinities are nothing.
fn of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Integer(integer) => {
            let (text, radix) = (integer.as_str(), integer.radix());
            let float = || text.parse().ok().and_then(Number::from_f64);
            let unsigned = u64::from_str_radix(text, radix).map(Number::from);
            let number = i64::from_str_radix(text, radix).map(Number::from).or(unsigned).ok().or_else(float);
            number.map_or(Value::Null, Value::Number)
        }
        DeValue::Float(float) => {
            float.as_str().parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        DeValue::Array(entries) => entries.iter().map(|entry| of(entry.get_ref())).collect(),
        DeValue::Table(table) => of_table(table),
    }
}

/// The files that end in `.toml` below a directory.
fn specs_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            specs_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn every_spec_of_the_tree_is_accepted() {
    let mut paths = Vec::new();
    for directory in ["examples", "src/papers", "tests"] {
        specs_below(Path::new(directory), &mut paths);
    }
    assert!(paths.len() > 50, "{paths:?}");
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(objections(&text), [] as [String; 0], "{}", path.display());
    }
}

/// The choices of the schema are those of the parser, which names its own where it refuses another.
#[test]
fn choices_are_those_of_the_parser() {
    let schema = Spec::schema();
    let whole = "network = { architecture = \"?\" }\nloss = { kind = \"?\" }\ndata = {}\ninit = { kind = \"?\" }\nstep = { rule = \"?\" }\nrun = { steps = 1 }";
    for (key, before) in [
        ("network.architecture", vec![]),
        ("loss.kind", vec!["architecture = \"diagonal\", dim = 1, depth = 1"]),
        (
            "loss.normalisation",
            vec!["architecture = \"diagonal\", dim = 1, depth = 1", "kind = \"squared\", normalisation = \"?\""],
        ),
        (
            "init.kind",
            vec!["architecture = \"diagonal\", dim = 1, depth = 1", "kind = \"squared\"", "x = [[1]], y = [1]"],
        ),
        (
            "step.rule",
            vec![
                "architecture = \"diagonal\", dim = 1, depth = 1",
                "kind = \"squared\"",
                "x = [[1]], y = [1]",
                "kind = \"identity\"",
            ],
        ),
    ] {
        // The tables before that of the key are right, so that the parser comes to it.
        let tables = ["network", "loss", "data", "init"];
        let text: String = whole
            .lines()
            .map(|line| {
                let name = line.split(' ').next().unwrap();
                match tables.iter().position(|table| *table == name).and_then(|place| before.get(place)) {
                    Some(content) => format!("{name} = {{ {content} }}\n"),
                    None => format!("{line}\n"),
                }
            })
            .collect();
        let error = Spec::parse(&text, "".as_ref()).unwrap_err();
        assert_eq!(error.key.as_deref(), Some(key), "{error}");
        let (table, name) = key.split_once('.').unwrap();
        let choices = schema["properties"][table]["properties"][name]["enum"].as_array().unwrap();
        let list = choices.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
        assert_eq!(error.fix, format!("choose one of {list}"), "{key}");
    }
}
