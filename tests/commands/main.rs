//! The command line, run as a user runs it.

mod bad_input;
mod catalogue;
mod compare;
mod compare_flow;
mod completions;
mod every_spec;
mod flows;
mod limits;
mod long_runs;
mod names;
mod outputs;
mod own_run;
mod report;
mod run;
mod saved;
mod sizes;
mod specs;
mod table;
mod verify;

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A directory of one test, with the files that it wrote.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A desk with the spec `run.toml`.
    fn with_spec(spec: &str) -> Self {
        let desk = Self::new();
        desk.write("run.toml", spec);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files, hidden ones too.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// `witness` with these arguments, at this desk.
    fn witness(&self, arguments: &[&str]) -> Told {
        let mut command = witness();
        let output = command.current_dir(self.0.path()).args(arguments).output().unwrap();
        Told::from(output)
    }
}

/// The program, in an environment without wishes.
fn witness() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("witness"));
    command.env_remove("NO_COLOR").env_remove("WITNESS_LONG").env("TERM", "xterm");
    command
}

/// What the program said.
#[derive(Debug)]
struct Told {
    status: i32,
    out: String,
    err: String,
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("the program ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Told {
    /// Standard output, if the program ended with this status and had nothing else to say.
    #[track_caller]
    fn quietly(self, status: i32) -> String {
        assert_eq!(self.status, status, "{self:#?}");
        assert_eq!(self.remarks(), "", "{self:#?}");
        self.out
    }

    /// Standard error without the lines of progress, `JT19: 58 of 58 claims, 2.1 s`.
    fn remarks(&self) -> String {
        let is_progress = |line: &str| {
            let rest = line.split_once(": ").and_then(|(_, rest)| rest.split_once(" of "));
            rest.is_some_and(|(told, rest)| {
                told.parse::<usize>().is_ok() && rest.contains(" claims, ") && rest.ends_with(" s")
            })
        };
        self.err.lines().filter(|line| !is_progress(line)).map(|line| line.to_owned() + "\n").collect()
    }

    /// Standard output as one JSON object.
    #[track_caller]
    fn json(self, status: i32) -> Value {
        let text = self.quietly(status);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Standard output as JSON Lines: the records, and the summary.
    #[track_caller]
    fn trajectory(self, status: i32) -> (Vec<Value>, Value) {
        lines(&self.quietly(status))
    }

    /// What is known of a flow at t = ∞, and the summary.
    #[track_caller]
    fn limit(self, status: i32) -> (Value, Value) {
        let text = self.quietly(status);
        let limit = text.lines().rev().nth(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
        let limit = limit.and_then(|line| line.get("limit").cloned()).unwrap_or_else(|| panic!("no limit: {text}"));
        (limit, lines(&text).1)
    }
}

/// JSON Lines: the records, but for that of t = ∞, and the summary.
#[track_caller]
fn lines(text: &str) -> (Vec<Value>, Value) {
    assert!(text.ends_with('\n'), "{text}");
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().expect("a trajectory has a summary");
    let summary = last.get("summary").unwrap_or_else(|| panic!("no summary: {last}")).clone();
    lines.pop_if(|line| line.get("limit").is_some());
    assert!(lines.iter().all(|line| line.get("summary").is_none() && line.get("limit").is_none()));
    (lines, summary)
}

/// Holds text against the file of this name in `snapshots/`.
#[track_caller]
fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The wall time in a text, and the version of the program, replaced.
fn without_seconds(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("\"seconds\":") {
        Some((before, after)) => {
            let rest =
                after.trim_start_matches(|character: char| character.is_ascii_digit() || ".e-".contains(character));
            format!("{before}\"seconds\":0{rest}").replace(env!("CARGO_PKG_VERSION"), "VERSION")
        }
        None => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}
