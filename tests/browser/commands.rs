//! The commands on the page: copied with its buttons, run in a shell, and held against what the page says of them.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::stage::{Stage, TO_OPEN_ALL, WITNESS};
use super::tab::Tab;

/// Copies what the button of this number copies, with a click or a key, and says what is in the clipboard then.
fn copied(tab: &Tab, number: usize) -> String {
    tab.value("navigator.clipboard.writeText('nothing was copied')");
    tab.value(&format!("document.querySelectorAll('button.copy')[{number}].focus()"));
    tab.press("Enter");
    tab.text("navigator.clipboard.readText()")
}

/// Runs a command as somebody who pasted it, in a directory with these files: its exit status and what it printed.
fn run(command: &str, files: &[(String, String)]) -> (Option<i32>, String) {
    let desk = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(desk.path().join(name), text).unwrap();
    }
    let programs = Path::new(WITNESS).parent().unwrap().to_str().unwrap();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let output = Command::new("sh").args(["-c", command]).current_dir(desk.path()).env("PATH", path).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

pub fn every_refutation_is_shown_again_by_the_command_beside_it(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        tab.permit("clipboard-read", "granted");
        tab.permit("clipboard-write", "granted");
        tab.value(TO_OPEN_ALL);
        let refuted = page.refuted();
        assert!(refuted.len() > 10);
        for claim in refuted {
            let id = claim["id"].as_str().unwrap();
            let asks = format!("--claim {id}");
            let number = "[...document.querySelectorAll('button.copy')].findIndex(({ dataset }) => ` ${dataset.copy} `.includes(ASKS))";
            let number = tab.value(&number.replace("ASKS", &json!(format!(" {asks} ")).to_string())).as_i64().unwrap();
            let number = usize::try_from(number).unwrap_or_else(|_| panic!("no command of {id}"));
            let command = copied(tab, number);
            let beside = format!("document.querySelectorAll('button.copy')[{number}].parentElement.querySelector('code').textContent");
            assert_eq!(command, tab.text(&beside), "what is copied is what is shown");
            let spec = format!("document.getElementById({})?.textContent ?? ''", json!(format!("spec-{id}")));
            let spec = tab.text(&spec);
            assert_eq!(spec, claim["counterexample"].as_str().unwrap_or_default(), "the spec of {id}");
            let files = if spec.is_empty() { vec![] } else { vec![(format!("{id}.toml"), spec.clone())] };
            let (status, told) = run(&command, &files);
            // Of a run of one's own a refutation is a failure; of the catalogue it is what is expected.
            assert_eq!(status, Some(if spec.is_empty() { 0 } else { 1 }), "{command}: {told}");
            assert!(told.contains(id) && told.contains("refuted"), "{command}: {told}");
        }
    });
}

pub fn the_command_at_the_top_makes_the_results_again(stage: &Stage) {
    let page = stage.own_run();
    stage.visit(page, |tab| {
        tab.permit("clipboard-read", "granted");
        tab.permit("clipboard-write", "granted");
        let (status, told) = run(&format!("{} --format json", copied(tab, 0)), &[]);
        assert_eq!(status, Some(0), "{told}");
        let again: serde_json::Value = serde_json::from_str(&told).unwrap();
        let verdicts = |results: &serde_json::Value| -> Vec<serde_json::Value> {
            results["claims"]
                .as_array()
                .unwrap()
                .iter()
                .map(|claim| json!([claim["id"], claim["status"], claim["worst_ratio"]]))
                .collect()
        };
        assert_eq!(verdicts(&again), verdicts(&page.results));
    });
}

pub fn a_command_is_selected_where_the_clipboard_refuses(stage: &Stage) {
    for without in [false, true] {
        stage.visit(stage.catalogue(), |tab| {
            tab.permit("clipboard-write", "denied");
            if without {
                tab.value("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
            }
            tab.value(TO_OPEN_ALL);
            let last = "[...document.querySelectorAll('button.copy')].at(-1)";
            tab.value(&format!("{last}.focus()"));
            tab.press("Enter");
            tab.value("new Promise((done) => setTimeout(done, 100))");
            assert_eq!(tab.text("getSelection().toString().trim()"), tab.text(&format!("{last}.dataset.copy")));
        });
    }
}
