//! Who imports whom: no arrow runs back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in reading order, each with the rooms that it may import beside the ground floor, all of them further up. The f64 program and the
/// reference do not know each other, and only what is there to run both and to hold one against the other knows both. Nobody but the command
/// line knows a paper.
const ROOMS: [(&str, &[&str]); 16] = [
    ("visible", &[]),
    ("documentation", &[]),
    ("panics", &[]),
    ("problem", &["visible"]),
    ("reference", &["problem"]),
    ("descent", &["problem"]),
    ("generate", &["panics", "problem"]),
    ("claims", &["problem", "reference", "generate"]),
    ("verify", &["panics", "problem", "reference", "generate", "claims"]),
    ("prelude", &["problem", "reference", "generate", "claims", "verify"]),
    ("harness", &["problem", "reference", "generate", "claims", "verify"]),
    ("trajectory", &["problem", "reference", "descent", "claims", "verify"]),
    ("audit", &["problem", "reference", "descent", "trajectory"]),
    ("papers", &["problem", "reference", "generate", "claims", "verify"]),
    ("report", &["visible", "problem", "claims", "verify", "trajectory", "audit"]),
    ("cli", &["visible", "problem", "claims", "verify", "descent", "trajectory", "audit", "papers", "report"]),
];

/// The rooms that a source text names, but for what its comments say. A paper may be looked at by the tests of any room.
fn imported(text: &str) -> BTreeSet<String> {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let names = |text: &str| -> BTreeSet<String> {
        let code: Vec<&str> = text.lines().filter(is_code).collect();
        let code = code.join("\n");
        let paths = code.split("crate::").skip(1);
        paths
            .map(|path| path.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect())
            .collect()
    };
    let mut found = names(text);
    if !names(text.split("#[cfg(test)]").next().unwrap_or(text)).contains("papers") {
        found.remove("papers");
    }
    found
}

/// All source files, each with the room that it belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    fn walk(room: Option<&str>, directory: &Path, found: &mut Vec<(String, PathBuf)>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let room = room.unwrap_or(name);
            if path.is_dir() {
                walk(Some(room), &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((room.to_owned(), path));
            }
        }
    }
    let mut found = Vec::new();
    walk(None, &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.retain(|(room, _)| room != "lib" && room != "main");
    found
}

#[test]
fn no_arrow_runs_back() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut wrong = Vec::new();
    for (room, path) in sources() {
        let may_import = allowed.get(room.as_str()).unwrap_or_else(|| panic!("{room} has no place in the table"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("crate::{"), "{}: each room is imported by a line of its own", path.display());
        for name in imported(&text) {
            // A file of tests is one of those that may look at a paper.
            let is_room = allowed.contains_key(name.as_str()) && !(name == "papers" && path.ends_with("tests.rs"));
            if is_room && name != room && !may_import.contains(&name.as_str()) {
                wrong.push(format!("{}: {room} imports {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_itself_has_no_arrow_that_runs_back() {
    let order: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    for (place, (room, may_import)) in ROOMS.iter().enumerate() {
        for name in *may_import {
            assert!(order[..place].contains(name), "{room} may import {name}, which does not stand above it");
        }
    }
    let knowing = |name: &str| -> Vec<&str> {
        ROOMS.iter().filter(|(_, may_import)| may_import.contains(&name)).map(|(room, _)| *room).collect()
    };
    assert_eq!(knowing("papers"), ["cli"]);
    assert_eq!(knowing("descent"), ["trajectory", "audit", "cli"]);
}

#[test]
fn imports_are_found_wherever_they_stand() {
    let found = |text: &str| imported(text).into_iter().collect::<Vec<String>>();
    assert_eq!(found("use crate::verify::{Report, Status};\n//! [x](crate::cli)\n"), ["verify"]);
    assert_eq!(found("fn f() -> crate::descent::Descent {\n    // crate::cli\n}"), ["descent"]);
    assert_eq!(found("#[cfg(test)]\nmod tests {\n    use crate::papers::catalogue;\n}"), [""; 0]);
    assert_eq!(found("use crate::papers;\n#[cfg(test)]\nmod tests {}\n"), ["papers"]);
}
