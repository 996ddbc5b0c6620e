//! `witness report` and `witness verify --format html`: the page.

use crate::Desk;

/// A desk with the results of a claim that holds and of a slip, as JSON.
fn with_results() -> Desk {
    let desk = Desk::new();
    let verify =
        ["verify", "--claim", "JT19.gradient-layer", "--claim", "JT19.SL-1", "--format", "json", "--out", "r.json"];
    desk.witness(&verify).quietly(0);
    desk
}

#[test]
fn a_page_is_made_from_saved_results() {
    let desk = with_results();
    desk.witness(&["report", "r.json", "--out", "r.html"]).quietly(0);
    let page = desk.read("r.html");
    assert!(page.starts_with("<!DOCTYPE html>"));
    for id in ["JT19.gradient-layer", "JT19.SL-1"] {
        assert_eq!(page.matches(&format!(r#"<details class="claim" id="{id}""#)).count(), 1, "{id}");
    }
    assert_eq!(desk.witness(&["report", "r.json"]).quietly(0), page, "the same results give the same bytes");
}

#[test]
fn a_verification_makes_its_page_at_once() {
    let desk = Desk::new();
    let page = desk.witness(&["verify", "--claim", "JT19.SL-1", "--format", "html"]).quietly(0);
    assert!(page.contains(r#"<details class="claim" id="JT19.SL-1""#), "{page}");
    // What repairs it was not asked for, and is shown beside it.
    assert!(page.contains("JT19.norm-balance-gd"), "{page}");
    let json = desk.witness(&["verify", "--claim", "JT19.SL-1", "--format", "json"]).json(0);
    desk.write("run.toml", json["claims"][0]["counterexample"].as_str().unwrap());
    let page = desk.witness(&["verify", "--claim", "JT19.SL-1", "--spec", "run.toml", "--format", "html"]).out;
    assert!(page.contains("<h1>What holds of the run run.toml</h1>") && page.contains("Risk over t"), "{page}");
}

#[test]
fn what_is_no_verification_gives_no_page() {
    let desk = Desk::new();
    desk.write("r.json", "{}");
    for file in ["r.json", "none.json"] {
        let told = desk.witness(&["report", file, "--out", "r.html"]);
        assert_eq!((told.status, told.out.as_str()), (2, ""));
        assert!(told.err.starts_with(&format!("error: {file}: ")), "{}", told.err);
        assert_eq!(desk.files(), ["r.json"]);
    }
}

#[test]
fn results_say_which_command_makes_them_again() {
    let desk = Desk::new();
    let spec =
        desk.witness(&["verify", "--claim", "JT19.SL-1", "--format", "json"]).json(0)["claims"][0]["counterexample"]
            .clone();
    desk.write("its run.toml", spec.as_str().unwrap());
    let again = |arguments: &str| {
        let words: Vec<&str> =
            arguments.split(' ').map(|word| if word == "RUN" { "its run.toml" } else { word }).collect();
        let told = desk.witness(&[&words[..], &["--format", "json"]].concat());
        serde_json::from_str::<serde_json::Value>(&told.out).unwrap()["command"].as_str().unwrap().to_owned()
    };
    for (asked, command) in [
        ("verify --claim JT19.SL-1 --seed 1 --jobs 2", "witness verify --claim JT19.SL-1"),
        (
            "--claim JT19.SL-1 --instances 5 --seed 7 --max-bits 512",
            "witness verify --claim JT19.SL-1 --seed 7 --instances 5 --max-bits 512",
        ),
        (
            "verify --claim JT19.SL-1 --spec RUN --conclusion-only",
            "witness verify --claim JT19.SL-1 --spec 'its run.toml' --conclusion-only",
        ),
        ("verify --claim JT19.SL-1 --instances 64 --budget 100", "witness verify --claim JT19.SL-1 --budget 100"),
    ] {
        assert_eq!(again(asked), command);
    }
}
