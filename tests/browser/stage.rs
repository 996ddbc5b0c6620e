//! One browser, and the pages that are looked at in it, each made once, by the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

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

/// The keys of results under which there is free text.
const FREE: [&str; 12] = [
    "command",
    "scope_note",
    "note",
    "failure",
    "replay",
    "label",
    "case",
    "event",
    "stream",
    "relation",
    "ends",
    "name",
];

/// A path that a shell, a page and an address each take for something else unless it is quoted.
const AWKWARD: &str = "it's <b> & $HOME/script><img src=x onerror=alert(1)> #1 %41.toml";

/// A short run to which a good part of the catalogue applies.
const OWN_RUN: &str = "title = '</script><img src=x onerror=alert(1)>'
network = { architecture = 'fully-connected', widths = [2, 2, 1] }
loss = { kind = 'logistic', scale = '1/50' }
data = { x = [[0.6, 0.2], [0.1, -0.9], [-0.5, 0.3]], y = [1, -1, -1] }
init = { kind = 'balanced', std = 0.5, seed = 1 }
step = { rule = 'smoothness' }
run = { steps = 60 }
";

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
    /// Tabs share it: whoever copies holds this.
    clipboard: Mutex<()>,
    catalogue: OnceLock<Page>,
    own_run: OnceLock<Page>,
    hostile: OnceLock<Page>,
}

impl Stage {
    pub fn new(browser: Browser) -> Self {
        let desk = TempDir::new().expect("a temporary directory can be made");
        Self {
            browser,
            desk,
            clipboard: Mutex::default(),
            catalogue: OnceLock::new(),
            own_run: OnceLock::new(),
            hostile: OnceLock::new(),
        }
    }

    /// Waits for the clipboard.
    pub fn clipboard(&self) -> MutexGuard<'_, ()> {
        self.clipboard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A path in the directory of all tests.
    pub fn path(&self, name: &str) -> PathBuf {
        self.desk.path().join(name)
    }

    /// The page of the whole catalogue, of few instances.
    pub fn catalogue(&self) -> &Page {
        self.catalogue.get_or_init(|| self.verified("all", &["--instances", "2"]))
    }

    /// The page of a run of the user's own, in a file of an awkward name.
    pub fn own_run(&self) -> &Page {
        self.own_run.get_or_init(|| {
            let spec = self.path(AWKWARD);
            fs::create_dir_all(spec.parent().unwrap()).unwrap();
            fs::write(spec, OWN_RUN).unwrap();
            self.verified("own", &["--spec", AWKWARD])
        })
    }

    /// The page of results in which every text that the catalogue does not know is [`HOSTILE`].
    pub fn hostile(&self) -> &Page {
        self.hostile.get_or_init(|| {
            let mut results = self.catalogue().results.clone();
            poison(&mut results);
            self.page("hostile", results)
        })
    }

    /// The page of what `witness verify` finds with these arguments.
    fn verified(&self, name: &str, arguments: &[&str]) -> Page {
        let saved = format!("{name}.json");
        let arguments = [&["verify", "--curves", "--format", "json", "--out", &saved], arguments].concat();
        witness(self.desk.path(), &arguments);
        self.page(name, serde_json::from_str(&fs::read_to_string(self.path(&saved)).unwrap()).unwrap())
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
    assert!(output.status.success(), "witness {arguments:?}: {output:?}");
    output
}

/// Replaces whatever is free text in results.
fn poison(results: &mut Value) {
    match results {
        Value::Array(entries) => entries.iter_mut().for_each(poison),
        Value::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Value::String(text) if key == "counterexample" => *text = format!("# {HOSTILE}\n{text}"),
                    Value::String(text) if FREE.contains(&key.as_str()) && !text.is_empty() => {
                        *text = HOSTILE.to_owned()
                    }
                    _ => poison(value),
                }
            }
        }
        _ => {}
    }
}
