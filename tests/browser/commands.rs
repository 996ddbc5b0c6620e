//! The commands on the page: copied with its buttons, run in a shell, and held against what the page says of them.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::stage::{Stage, TO_OPEN_ALL, WITNESS};
use super::tab::Tab;

/// Copies what the button of this number copies, with a click or a key, and says what is in the clipboard then.
fn copied(stage: &Stage, tab: &Tab, number: usize) -> String {
    let _alone = stage.clipboard();
    tab.value("navigator.clipboard.writeText('nothing was copied')");
    tab.value(&format!("document.querySelectorAll('button.copy')[{number}].focus()"));
    tab.press("Enter");
    tab.text("navigator.clipboard.readText()")
}

/// Runs a command in a directory, as somebody who pasted it into a shell: its exit status and what it printed.
fn run(command: &str, directory: &Path) -> (Option<i32>, String) {
    let programs = Path::new(WITNESS).parent().unwrap().to_str().unwrap();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let output = Command::new("sh").args(["-c", command]).current_dir(directory).env("PATH", path).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

/// The number of the first button that copies what a condition on `text` says.
fn button(tab: &Tab, condition: &str) -> usize {
    let found = format!(
        "[...document.querySelectorAll('button.copy')].map((e) => e.dataset.copy).findIndex((text) => {condition})"
    );
    let found = tab.value(&found);
    found.as_u64().unwrap_or_else(|| panic!("no button copies a text of which {condition}")).try_into().unwrap()
}

fn permit_clipboard(tab: &Tab) {
    tab.permit("clipboard-read", "granted");
    tab.permit("clipboard-write", "granted");
}

pub fn every_refutation_is_shown_again_by_the_command_beside_it(stage: &Stage) {
    let page = stage.catalogue();
    stage.visit(page, |tab| {
        permit_clipboard(tab);
        let refuted = page.refuted();
        assert!(refuted.len() > 10);
        for claim in refuted {
            let id = claim["id"].as_str().unwrap();
            let desk = TempDir::new().unwrap();
            let spec = claim["counterexample"].as_str();
            if spec.is_some() {
                let spec_beside =
                    tab.text(&format!("document.getElementById({}).textContent", json!(format!("spec-{id}"))));
                assert_eq!(Some(&*spec_beside), spec, "{id}");
                assert_eq!(copied(stage, tab, button(tab, &format!("text === {}", json!(spec)))), spec_beside, "{id}");
                std::fs::write(desk.path().join(format!("{id}.toml")), spec_beside).unwrap();
            }
            let asks = json!(format!(" --claim {id} "));
            let number = button(tab, &format!("text.startsWith('witness ') && `${{text}} `.includes({asks})"));
            let command = copied(stage, tab, number);
            let beside = format!(
                "document.querySelectorAll('button.copy')[{number}].parentElement.querySelector('code').textContent"
            );
            assert_eq!(command, tab.text(&beside), "what is copied is what is shown");
            let (status, told) = run(&command, desk.path());
            // On a run of one's own a refutation is a failure; of the catalogue it is what is expected.
            assert_eq!(status, Some(if spec.is_some() { 1 } else { 0 }), "{command}: {told}");
            assert!(told.contains(id) && told.contains("refuted"), "{command}: {told}");
        }
    });
}

pub fn the_command_of_the_whole_makes_the_results_again(stage: &Stage) {
    let page = stage.own_run();
    stage.visit(page, |tab| {
        permit_clipboard(tab);
        let command = copied(stage, tab, button(tab, "text.startsWith('witness verify')"));
        let (status, told) = run(&format!("{command} --format json"), page.file.parent().unwrap());
        assert_eq!(status, Some(0), "{command}: {told}");
        let again: Value = serde_json::from_str(&told).unwrap();
        let verdicts = |results: &Value| -> Vec<Value> {
            let claims = results["claims"].as_array().unwrap().iter();
            claims.map(|claim| json!([claim["id"], claim["status"], claim["worst_ratio"]])).collect()
        };
        assert_eq!(verdicts(&again), verdicts(&page.results));
    });
}

pub fn a_command_is_selected_where_the_clipboard_refuses(stage: &Stage) {
    let _alone = stage.clipboard();
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
