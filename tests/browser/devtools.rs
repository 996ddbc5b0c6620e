//! A Chromium without a window, spoken to in the DevTools protocol over a pair of pipes: one JSON object a message, ended by a zero byte.
//!
//! <https://chromedevtools.github.io/devtools-protocol/> says what can be asked. Chromium reads the file descriptor 3 and writes the
//! file descriptor 4, which a shell makes of the standard streams that every child can be given; it ends when the pipes close.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take. A machine that builds at the same time is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the program is called: Debian's, which has no window, first.
const NAMES: [&str; 5] =
    ["chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/// The program: the one that `WITNESS_CHROMIUM` names, or the first of the [`NAMES`] that is on the path.
pub fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("WITNESS_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES
        .iter()
        .find_map(|name| directories.iter().map(|directory| directory.join(name)).find(|program| program.is_file()))
}

/// A running browser. Several threads may speak to it at once.
pub struct Browser {
    process: Child,
    /// `None` once it is told to end.
    pipe: Mutex<Option<ChildStdin>>,
    last_id: AtomicU64,
    inbox: Arc<Inbox>,
    /// Its profile, which goes when it has ended.
    _profile: TempDir,
}

/// What came from the browser and was not looked at yet.
#[derive(Default)]
struct Inbox {
    mail: Mutex<Mail>,
    came: Condvar,
}

#[derive(Default)]
struct Mail {
    answers: HashMap<u64, Value>,
    /// By session, in the order in which they came.
    events: HashMap<String, Vec<Value>>,
    has_ended: bool,
}

impl Browser {
    /// Starts the program.
    pub fn start(program: &Path) -> Result<Self, String> {
        if !program.is_file() {
            return Err(format!("{}: there is no such program", program.display()));
        }
        let profile = TempDir::new().map_err(|error| format!("no directory for its profile: {error}"))?;
        let mut process = Command::new("/bin/sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"])
            .arg(program)
            .args(["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--force-color-profile=srgb"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("/bin/sh: {error}"))?;
        let pipe = process.stdin.take();
        let mut messages = BufReader::new(process.stdout.take().expect("it is piped"));
        let inbox = Arc::new(Inbox::default());
        let delivered = Arc::clone(&inbox);
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while messages.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let message = serde_json::from_slice(&std::mem::take(&mut message)).expect("a message is JSON");
                delivered.put(message);
            }
            delivered.mail.lock().unwrap().has_ended = true;
            delivered.came.notify_all();
        });
        let browser = Self { process, pipe: Mutex::new(pipe), last_id: AtomicU64::new(0), inbox, _profile: profile };
        browser
            .ask(None, "Browser.getVersion", json!({}))
            .map_err(|error| format!("{}: {error}", program.display()))?;
        Ok(browser)
    }

    /// Asks something, of the browser itself or of a session, and waits for the answer.
    pub fn ask(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value, String> {
        let id = 1 + self.last_id.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).expect("JSON can be written");
        bytes.push(0);
        if let Some(pipe) = self.pipe.lock().unwrap().as_mut() {
            pipe.write_all(&bytes).map_err(|_| "the browser has ended".to_owned())?;
        }
        let answer = self.inbox.wait(method, |mail| mail.answers.remove(&id))?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Waits for an event of a session; it stays among the [`events`](Self::events).
    pub fn wait_for(&self, session: &str, method: &str) -> Result<Value, String> {
        self.inbox.wait(method, |mail| {
            mail.events
                .get(session)?
                .iter()
                .find(|event| event["method"] == method)
                .map(|event| event["params"].clone())
        })
    }

    /// The events of a session since they were last taken.
    pub fn take_events(&self, session: &str) -> Vec<Value> {
        self.inbox.mail.lock().unwrap().events.remove(session).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.pipe.lock().map(|mut pipe| pipe.take()));
        let _ = self.process.wait();
    }
}

impl Inbox {
    fn put(&self, message: Value) {
        let mut mail = self.mail.lock().unwrap();
        if let Some(id) = message["id"].as_u64() {
            mail.answers.insert(id, message);
        } else if let Some(session) = message["sessionId"].as_str() {
            mail.events.entry(session.to_owned()).or_default().push(message);
        }
        self.came.notify_all();
    }

    /// Waits until `look` finds something.
    fn wait<T>(&self, what: &str, look: impl Fn(&mut Mail) -> Option<T>) -> Result<T, String> {
        let deadline = Instant::now() + PATIENCE;
        let mut mail = self.mail.lock().unwrap();
        loop {
            if let Some(found) = look(&mut mail) {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if mail.has_ended {
                return Err(format!("{what}: the browser has ended"));
            }
            if left.is_zero() {
                return Err(format!("{what}: no answer in {} seconds", PATIENCE.as_secs()));
            }
            mail = self.came.wait_timeout(mail, left).unwrap().0;
        }
    }
}
