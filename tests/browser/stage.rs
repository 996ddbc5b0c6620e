//! One browser, and the pages that are looked at in it, each made once, by the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::devtools::Browser;
use super::tab::Tab;

/// The program `witness`.
pub const WITNESS: &str = env!("CARGO_BIN_EXE_witness");

/// Opens everything on a page that can be opened.
pub const TO_OPEN_ALL: &str = "document.querySelectorAll('details').forEach((part) => { part.open = true; })";

/// What a page must not do, in a text that it shows.
pub const HOSTILE: &str =
    "</script><img src=x onerror=alert(1)><script>alert(2)</script>--><svg onload=alert(3)>&quot;'\"";

/// A page that the program made, and the results that it was made from.
pub struct Page {
    pub file: PathBuf,
    pub results: Value,
}

impl Page {
    /// The claims in it.
    pub fn claims(&self) -> &[Value] {
        self.results["claims"].as_array().expect("claims are a list")
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<&str> {
        self.claims().iter().map(|claim| claim["id"].as_str().unwrap()).collect()
    }

    /// The claims that were refuted.
    pub fn refuted(&self) -> Vec<&Value> {
        self.claims().iter().filter(|claim| claim["status"] == "refuted").collect()
    }
}

/// Where the tests play.
pub struct Stage {
    browser: Browser,
    desk: TempDir,
    catalogue: OnceLock<Page>,
    own_run: OnceLock<Page>,
    hostile: OnceLock<Page>,
}

impl Stage {
    pub fn new(browser: Browser) -> Self {
        let desk = TempDir::new().expect("a temporary directory can be made");
        Self { browser, desk, catalogue: OnceLock::new(), own_run: OnceLock::new(), hostile: OnceLock::new() }
    }

    /// A path in the directory of all tests.
    pub fn path(&self, name: &str) -> PathBuf {
        self.desk.path().join(name)
    }

    /// The page of the whole catalogue, of few instances.
    pub fn catalogue(&self) -> &Page {
        self.catalogue.get_or_init(|| {
            let saved = self.path("all.json");
            witness(self.desk.path(), &["verify", "--instances", "2", "--format", "json", "--out", "all.json"]);
            self.page("all", read(&saved))
        })
    }

    /// The page of a run of the user's own.
    pub fn own_run(&self) -> &Page {
        self.own_run.get_or_init(|| {
            let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/iris/iris.toml");
            let spec = spec.to_str().expect("the path is text");
            witness(
                self.desk.path(),
                &["verify", "--spec", spec, "--claim", "JT19.ball", "--format", "json", "--out", "own.json"],
            );
            self.page("own", read(&self.path("own.json")))
        })
    }

    /// The page of results in which every text that may come from outside is [`HOSTILE`].
    pub fn hostile(&self) -> &Page {
        self.hostile.get_or_init(|| {
            let mut results = self.catalogue().results.clone();
            for key in ["version", "spec", "scope_note"] {
                results[key] = json!(HOSTILE);
            }
            for claim in results["claims"].as_array_mut().unwrap() {
                claim["note"] = json!(HOSTILE);
                if let Some(spec) = claim["counterexample"].as_str() {
                    claim["counterexample"] = json!(format!("# {HOSTILE}\n{spec}"));
                }
                for list in ["samples", "trends", "hypotheses"] {
                    for entry in claim[list].as_array_mut().into_iter().flatten() {
                        for value in entry.as_object_mut().unwrap().values_mut().filter(|value| value.is_string()) {
                            *value = json!(HOSTILE);
                        }
                    }
                }
            }
            self.page("hostile", results)
        })
    }

    /// The page of these results.
    fn page(&self, name: &str, results: Value) -> Page {
        fs::write(self.path(&format!("{name}.json")), results.to_string()).unwrap();
        let file = format!("{name}.html");
        witness(self.desk.path(), &["report", &format!("{name}.json"), "--out", &file]);
        Page { file: self.path(&file), results }
    }

    /// Opens a page in a tab of its own and holds it against the law of all of them: whatever is done there, it says nothing, throws
    /// nothing, and asks for nothing.
    pub fn visit(&self, page: &Page, act: impl FnOnce(&Tab)) {
        self.visit_at(page, "", act);
    }

    /// The same, with a fragment in the address.
    pub fn visit_at(&self, page: &Page, fragment: &str, act: impl FnOnce(&Tab)) {
        let tab = Tab::new(&self.browser);
        tab.open(&page.file, fragment);
        act(&tab);
        assert_eq!(tab.take_deeds(), [], "a page is quiet");
    }

    /// The same, in a tab that runs no script.
    pub fn visit_without_script(&self, page: &Page, act: impl FnOnce(&Tab)) {
        let tab = Tab::new(&self.browser);
        tab.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        tab.open(&page.file, "");
        act(&tab);
        assert_eq!(tab.take_deeds(), [], "a page is quiet");
    }
}

/// Runs the program in a directory; it must end well.
fn witness(directory: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(WITNESS).current_dir(directory).args(arguments).output().expect("it can be started");
    assert!(output.status.code() == Some(0), "witness {arguments:?}: {output:?}");
    output
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}
