//! What axe-core finds, in the long tier.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::stage::{Stage, TO_OPEN_ALL};

const VERSION: &str = "4.14.1";

/// The script, which npm brings into the directory of what is built.
fn script() -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("axe-core-{VERSION}"));
    let file = directory.join("package/axe.min.js");
    if !file.exists() {
        fs::create_dir_all(&directory).unwrap();
        let bring = format!(
            "npm pack --silent axe-core@{VERSION} >/dev/null && tar -xzf axe-core-{VERSION}.tgz package/axe.min.js"
        );
        let status =
            Command::new("sh").args(["-c", &bring]).current_dir(&directory).status().expect("there is a shell");
        assert!(status.success(), "npm could not bring axe-core {VERSION}");
    }
    fs::read_to_string(file).unwrap()
}

/// What is serious or worse, and the first place where it was found.
const FINDINGS: &str = "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, help, nodes }) => `${id}: ${help}, ${nodes.length} times: ${nodes[0].html} ${nodes[0].failureSummary}`))";

pub fn axe_finds_nothing_serious(stage: &Stage) {
    if std::env::var_os("WITNESS_LONG").is_none_or(|value| value != "1") {
        return;
    }
    let script = script();
    for page in [stage.catalogue(), stage.own_run()] {
        for scheme in ["light", "dark"] {
            stage.visit(page, |tab| {
                tab.prefer(scheme);
                tab.value(&script);
                assert_eq!(tab.texts(FINDINGS), [""; 0], "{scheme}, closed");
                tab.value(TO_OPEN_ALL);
                assert_eq!(tab.texts(FINDINGS), [""; 0], "{scheme}, open");
            });
        }
    }
}
