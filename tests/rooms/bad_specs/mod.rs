//! Every bad run spec gets one message, and the message names the file, the field and the fix.

mod document;
mod flows;
mod shapes;
mod tables;
mod values;

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
    #[cfg(feature = "schema-tests")]
    crate::spec_schema::check(&text, replacement, &error);
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
