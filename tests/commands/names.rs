//! Names that hold more than letters.

use super::specs::LOGISTIC;
use super::{Desk, Told};

/// A colour, a line break, a window title, a reversal of direction, a control sequence in one byte of Latin-1 and two that XML has no way to
/// write.
const NAME: &str = "a\u{1b}[31m\n\u{1b}]0;x\u{7}\u{202e}\u{9b}2J\u{fffe}\u{ffff}.toml";

/// How it is shown.
const SHOWN: &str = "a\\u{1b}[31m\\n\\u{1b}]0;x\\u{7}\\u{202e}\\u{9b}2J\\u{fffe}\\u{ffff}.toml";

#[track_caller]
fn is_clean(text: &str) {
    let hidden =
        |character: char| character.is_control() && character != '\n' || "\u{202e}\u{fffe}\u{ffff}".contains(character);
    assert!(!text.contains(hidden), "{text:?}");
}

#[test]
fn a_name_moves_no_cursor_and_turns_no_text() {
    let desk = Desk::new();
    desk.write(NAME, LOGISTIC);
    let verify = |more: &[&str]| {
        let arguments = [&["verify", "--claim", "JT19.descent-step", "--spec", NAME], more].concat();
        desk.witness(&arguments).quietly(0)
    };
    for (format, shown) in [("table", SHOWN), ("junit", SHOWN), ("json", "a\\u001b[31m\\n")] {
        let told = verify(&["--format", format]);
        is_clean(&told);
        assert!(told.contains(shown), "{format}: {told}");
    }
    let value: serde_json::Value = serde_json::from_str(&verify(&["--format", "json"])).unwrap();
    assert_eq!(value["spec"], NAME);
    desk.write("broken", "");
    for arguments in [
        &["run", "missing\u{1b}[2J"][..],
        &["run", NAME, "--out", "no\u{202e}where/a"],
        &["run", NAME, "--arithmetic", "ball\u{1b}[2J"],
        &["run", NAME, "--arithmetic=ball\u{9b}2J"],
        &["run", NAME, "extra\n\u{1b}[2J"],
        &["explain", "JT19.\u{1b}[2J"],
        &["verify", "--paper", "\u{202e}"],
        &["verify", "--format", "\u{1b}"],
        &["\u{1b}[2J"],
    ] {
        let Told { status, err, .. } = desk.witness(arguments);
        assert_eq!(status, 2, "{arguments:?}: {err}");
        is_clean(&err);
    }
}

#[test]
fn a_label_or_a_key_is_no_command() {
    for spec in [
        LOGISTIC.replace("[data]", "[data]\n\"k\\u001b[2J\\u202e\" = 1"),
        LOGISTIC.replace("\"logistic\"", "\"log\\u001b[2J\\u202e\""),
        LOGISTIC.replace("[[0.6, 0.2]", "[[\"\\u001b[2J\\u202e\", 0.2]"),
    ] {
        let told = Desk::with_spec(&spec).witness(&["run", "run.toml"]);
        assert_eq!(told.status, 2, "{told:?}");
        is_clean(&told.err);
    }
    let desk = Desk::with_spec(
        &LOGISTIC
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some(("x", _)) => "path = \"t.csv\"\nlabel = \"class\"\npositive = \"no\"\n".to_owned(),
                Some(("y", _)) => String::new(),
                _ => format!("{line}\n"),
            })
            .collect::<String>(),
    );
    desk.write("t.csv", "a\u{1b}[2J,b\u{202e},class\n1,2,\u{1b}[31myes\n3,4,\u{202e}maybe\n");
    let told = desk.witness(&["run", "run.toml"]);
    assert_eq!(told.status, 2, "{told:?}");
    is_clean(&told.err);
}
