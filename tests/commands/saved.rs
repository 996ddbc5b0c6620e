//! Saved results given to `witness report`: what is read, what is refused, what changed, and the summary in Markdown.

use serde_json::Value;

use super::{Desk, Told, witness};

/// Claims that take no time, of both papers.
const QUICK: [&str; 8] = [
    "--claim",
    "JT19.gradient-layer",
    "--claim",
    "JT19.layer-balance-gradient",
    "--claim",
    "JT19.SL-1",
    "--claim",
    "JT19.assumption-2-init",
];

/// A desk with a verification of some claims, `all.json`.
fn with_results() -> Desk {
    let desk = Desk::new();
    desk.witness(&[&["verify"], &QUICK[..], &["--format", "json", "--out", "all.json"]].concat()).quietly(0);
    desk
}

/// Saves what `change` makes of the results under another name.
fn save(desk: &Desk, name: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_str(&desk.read("all.json")).unwrap();
    change(&mut value);
    desk.write(name, format!("{value:#}\n"));
}

fn claim<'a>(saved: &'a mut Value, id: &str) -> &'a mut Value {
    saved["claims"].as_array_mut().unwrap().iter_mut().find(|claim| claim["id"] == id).unwrap()
}

/// Whether the command refuses its input in one line that begins so, and leaves nothing behind.
#[track_caller]
fn assert_refused(desk: &Desk, arguments: &[&str], begins: &str) {
    let before = desk.files();
    let Told { status, out, err } = desk.witness(&[&["report"], arguments, &["--out", "r.html"]].concat());
    assert_eq!((status, out.as_str()), (2, ""), "{err}");
    assert!(err.starts_with(&format!("error: {begins}")), "{err}\nis not\n{begins}");
    assert_eq!(err.lines().count(), 1, "{err}");
    assert_eq!(desk.files(), before);
}

#[test]
fn what_is_no_saved_verification_is_refused_in_a_line() {
    let desk = with_results();
    desk.write("run.toml", super::specs::LOGISTIC);
    desk.witness(&["compare", "run.toml", "--format", "json", "--out", "compare.json"]).quietly(0);
    desk.witness(&["claims", "--format", "json", "--out", "claims.json"]).quietly(0);
    desk.witness(&["run", "run.toml", "--out", "run.jsonl"]).quietly(0);
    let whole = desk.read("all.json");
    desk.write("cut.json", &whole[..whole.len() / 2]);
    desk.write("empty.json", "");
    save(&desk, "old-form.json", |saved| drop(saved.as_object_mut().unwrap().remove("schema")));
    save(&desk, "new-form.json", |saved| saved["schema"] = 7.into());
    save(&desk, "older.json", |saved| saved["version"] = "0.0.1".into());
    save(&desk, "status.json", |saved| saved["claims"][0]["status"] = "true".into());
    save(&desk, "unknown.json", |saved| saved["claims"][0]["id"] = "JT19.elsewhere".into());
    std::fs::create_dir(desk.path("folder")).unwrap();
    for (file, told) in [
        ("none.json", "it cannot be read: No such file or directory (os error 2); give a file that"),
        ("folder", "it cannot be read: Is a directory (os error 21); give a file that"),
        ("empty.json", "it is empty; give a file that `witness verify --format json --out FILE` has saved"),
        ("run.toml", "it is no JSON ("),
        ("compare.json", "it is a comparison (`witness compare --format json`), not results; give a file that"),
        ("claims.json", "it is the catalogue (`witness claims --format json`), not results; give a file that"),
        ("run.jsonl", "it is a trajectory (`witness run`), not results; give a file that"),
        ("cut.json", "it ends in line "),
        ("old-form.json", "schema: it is missing: the form in which witness 0.1.0 saved this is not known;"),
        ("new-form.json", "schema: 7 is not known to witness 0.1.0, which reads 1; read it with the program that"),
        ("older.json", "version: it was saved by witness 0.0.1, and this is 0.1.0: verify again with this program"),
        ("status.json", "claims[0].status: unknown variant `true`, expected one of `holds`, `refuted`, `undecided`"),
        ("unknown.json", "claims[0].id: there is no claim \"JT19.elsewhere\"; verify again with this program"),
    ] {
        assert_refused(&desk, &[file], &format!("{file}: {told}"));
        if !["older.json", "unknown.json"].contains(&file) {
            assert_refused(&desk, &["all.json", "--against", file], &format!("{file}: {told}"));
        }
    }
    // A name of a file can hold anything.
    desk.write("a\u{1b}[31m\nb", "");
    assert_refused(&desk, &["a\u{1b}[31m\nb"], "a\\u{1b}[31m\\nb: it is empty");
}

#[cfg(unix)]
#[test]
fn what_is_too_long_or_never_ends_is_not_read_whole() {
    let desk = with_results();
    std::fs::File::create(desk.path("long.json")).unwrap().set_len((1 << 28) + 1).unwrap();
    for file in ["long.json", "/dev/zero"] {
        let told = "it cannot be read: it has more than 256 MiB; give a file that `witness verify --format json";
        assert_refused(&desk, &[file], &format!("{file}: {told}"));
        assert_refused(&desk, &["all.json", "--against", file], &format!("{file}: {told}"));
    }
}

#[test]
fn where_a_report_cannot_go_is_told_and_nothing_is_lost() {
    let desk = with_results();
    let whole = desk.read("all.json");
    desk.write("old.json", &whole);
    std::fs::create_dir(desk.path("folder")).unwrap();
    let before = desk.files();
    for (out, told) in [
        ("folder", "folder: it cannot be written: it is a directory; give --out a path"),
        ("none/r.html", "none/r.html: it cannot be written: there is no such directory; give --out a path"),
        ("all.json", "all.json: it is the same file as all.json, which this command reads; give --out another one"),
        ("./old.json", "./old.json: it is the same file as old.json, which this command reads"),
    ] {
        let Told { status, out, err } = desk.witness(&["report", "all.json", "--against", "old.json", "--out", out]);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.starts_with(&format!("error: {told}")), "{err}");
        assert_eq!(
            (desk.files(), desk.read("all.json"), desk.read("old.json")),
            (before.clone(), whole.clone(), whole.clone())
        );
    }
    if cfg!(target_os = "linux") {
        let Told { status, err, .. } = desk.witness(&["report", "all.json", "--out", "/dev/full"]);
        assert_eq!(status, 2);
        assert!(err.starts_with("error: /dev/full: it cannot be written: No space left on device"), "{err}");
    }
}

#[test]
fn parts_of_a_verification_make_its_page() {
    let desk = with_results();
    for (name, parity) in [("even.json", 0), ("odd.json", 1)] {
        save(&desk, name, |saved| {
            let claims = saved["claims"].as_array_mut().unwrap();
            let mut place = 0;
            claims.retain(|_| {
                place += 1;
                place % 2 == parity
            });
            saved["summary"]["as_expected"] = claims.len().into();
        });
    }
    for format in ["html", "markdown"] {
        let report = |files: &[&str]| desk.witness(&[&["report", "--format", format], files].concat()).quietly(0);
        let whole = report(&["all.json"]);
        assert_eq!(report(&["even.json", "odd.json"]), whole);
        assert_eq!(report(&["odd.json", "even.json"]), whole);
        assert_eq!(report(&["odd.json", "all.json", "even.json"]), whole);
    }
    save(&desk, "seed.json", |saved| saved["seed"] = 2.into());
    assert_refused(&desk, &["odd.json", "seed.json"], "seed.json: seed: 2, but odd.json has 1; a report tells of one");
    save(&desk, "other.json", |saved| claim(saved, "JT19.SL-1")["status"] = "holds".into());
    assert_refused(
        &desk,
        &["all.json", "other.json"],
        "other.json: JT19.SL-1: holds (certified), control caught, but all.json has refuted (certified), control caught;",
    );
    desk.write("run.toml", super::specs::LOGISTIC);
    let own =
        ["verify", "--claim", "JT19.gradient-layer", "--spec", "run.toml", "--format", "json", "--out", "own.json"];
    desk.witness(&own).quietly(0);
    let mixed = "own.json: spec: the run of run.toml, but all.json has generated instances; a report tells of one";
    assert_refused(&desk, &["all.json", "own.json"], mixed);
    let compared =
        "own.json: spec: it speaks of the run of run.toml, and what is compared with it of generated instances";
    assert_refused(&desk, &["all.json", "--against", "own.json"], compared);
    let compared = "all.json: spec: it speaks of generated instances, and what is compared with it of one run";
    assert_refused(&desk, &["own.json", "--against", "all.json"], compared);
}

#[test]
fn what_changed_stands_first() {
    let desk = with_results();
    save(&desk, "old.json", |saved| {
        saved["version"] = "0.0.9".into();
        claim(saved, "JT19.SL-1")["status"] = "undecided".into();
        claim(saved, "JT19.SL-1")["evidence"] = Value::Null;
        claim(saved, "JT19.layer-balance-gradient")["evidence"] = "certified".into();
        claim(saved, "JT19.gradient-layer")["worst_ratio"] = "0.5".into();
        claim(saved, "JT19.assumption-2-init")["id"] = "JT19.before".into();
    });
    let told = desk.witness(&["report", "all.json", "--against", "old.json", "--format", "markdown"]).quietly(0);
    let (changes, _) = told.split_once("\n| paper | claims |").unwrap();
    for line in [
        "### What changed since `old.json`",
        "3 claims in both: 0 changes for the worse, 2 for the better, 1 other. 1 claim new, 1 gone.",
        "| version | `0.0.9` | `0.1.0` |",
        "| better | `JT19.SL-1` | status | `undecided` | `refuted (certified)` |",
        "| better | `JT19.layer-balance-gradient` | evidence | `certified` | `proved` |",
        "| other | `JT19.gradient-layer` | worst ratio | `0.5` | `none` |",
        "- `JT19.assumption-2-init`: holds (certified)",
        "- `JT19.before`: holds (certified)",
    ] {
        assert!(changes.contains(&format!("\n{line}\n")), "{line}: {changes}");
    }
    let page = desk.witness(&["report", "all.json", "--against", "old.json"]).quietly(0);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(place("What changed") < place("<details class=\"claim\""));
    assert!(place("<td>undecided</td><td>refuted (certified)</td>") < place("<td>certified</td><td>proved</td>"));
    let same = desk.witness(&["report", "all.json", "--against", "all.json", "--format", "markdown"]).quietly(0);
    assert!(same.contains("\nNothing changed in 4 claims.\n"), "{same}");
    assert!(desk.witness(&["report", "all.json", "--against", "all.json"]).quietly(0).contains("Nothing changed in 4"));
}

#[test]
fn a_summary_is_the_same_at_once_and_from_what_was_saved() {
    let desk = with_results();
    let at_once = desk.witness(&[&["verify", "--format", "markdown"], &QUICK[..]].concat()).quietly(0);
    assert_eq!(desk.witness(&["report", "all.json", "--format", "markdown"]).quietly(0), at_once);
    desk.write("run.toml", super::specs::LOGISTIC);
    let own = ["verify", "--claim", "JT19.gradient-layer", "--spec", "run.toml", "--format"];
    let at_once = desk.witness(&[&own[..], &["markdown"]].concat()).quietly(0);
    desk.witness(&[&own[..], &["json", "--out", "own.json"]].concat()).quietly(0);
    assert_eq!(desk.witness(&["report", "own.json", "--format", "markdown"]).quietly(0), at_once);
    // Status and summary go together in a pipe that adds to a file, as a step of continuous integration does.
    let output = witness().args(["verify", "--claim", "JT19.SL-1", "--format", "markdown"]).output().unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"## `witness "));
}
