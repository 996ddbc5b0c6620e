//! A tab: a page in it, what a person does there, and what the page did.

use std::path::Path;

use serde_json::{Value, json};

use super::devtools::Browser;

/// A tab of its own profile, which ends with it.
pub struct Tab<'browser> {
    browser: &'browser Browser,
    session: String,
    context: String,
}

/// What a page did that a quiet page does not.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed {
    /// It wrote to the console, or the browser did on its behalf.
    Said(String),
    /// An exception nobody caught.
    Threw(String),
    /// It asked for something over the network, or for another file.
    Asked(String),
    /// It opened a dialog.
    Opened(String),
}

impl<'browser> Tab<'browser> {
    /// A tab with nothing in it, of the size of a usual window.
    pub fn new(browser: &'browser Browser) -> Self {
        let ask = |session: Option<&str>, method: &str, parameters: Value| {
            browser.ask(session, method, parameters).unwrap_or_else(|error| panic!("{error}"))
        };
        let text = |value: &Value| value.as_str().expect("a name is text").to_owned();
        let context = text(&ask(None, "Target.createBrowserContext", json!({}))["browserContextId"]);
        let target = json!({ "url": "about:blank", "browserContextId": context, "width": 1200, "height": 900 });
        let target = &ask(None, "Target.createTarget", target)["targetId"];
        let attached = ask(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let tab = Self { browser, session: text(&attached["sessionId"]), context };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.ask(&format!("{domain}.enable"), json!({}));
        }
        // Only one tab of a browser has the focus; in this one the page behaves as if it had it.
        tab.ask("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        tab
    }

    /// Asks something of the tab.
    #[track_caller]
    pub fn ask(&self, method: &str, parameters: Value) -> Value {
        self.browser.ask(Some(&self.session), method, parameters).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Opens a file, with this fragment in its address, and waits until it is loaded.
    #[track_caller]
    pub fn open(&self, page: &Path, fragment: &str) {
        self.browser.take_events(&self.session);
        self.ask("Page.navigate", json!({ "url": address(page) + fragment }));
        self.browser.wait_for(&self.session, "Page.loadEventFired").unwrap_or_else(|error| panic!("{error}"));
    }

    /// The value of an expression in the page; promises are waited for.
    #[track_caller]
    pub fn value(&self, expression: &str) -> Value {
        let parameters =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let answer = self.ask("Runtime.evaluate", parameters);
        if let Some(exception) = answer.get("exceptionDetails") {
            panic!("{}: {}", first_line(expression), exception["exception"]["description"]);
        }
        answer["result"]["value"].clone()
    }

    /// The value of an expression, as text.
    #[track_caller]
    pub fn text(&self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().unwrap_or_else(|| panic!("{}: {value}", first_line(expression))).to_owned()
    }

    /// The value of an expression, as a list of texts.
    #[track_caller]
    pub fn texts(&self, expression: &str) -> Vec<String> {
        let value = self.value(expression);
        serde_json::from_value(value).unwrap_or_else(|error| panic!("{}: {error}", first_line(expression)))
    }

    /// Whether an expression is true.
    #[track_caller]
    pub fn holds(&self, expression: &str) -> bool {
        let value = self.value(expression);
        value.as_bool().unwrap_or_else(|| panic!("{}: {value}", first_line(expression)))
    }

    /// Presses a key and lets it go: one of the named ones, as `KeyboardEvent.key` has them.
    #[track_caller]
    pub fn press(&self, key: &str) {
        self.press_with(key, false);
    }

    /// Presses a key while shift is held.
    #[track_caller]
    pub fn press_with(&self, key: &str, shift: bool) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            " " => (32, " "),
            "End" => (35, ""),
            "Home" => (36, ""),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            _ => panic!("the number of the key {key} is not known here"),
        };
        let modifiers = if shift { 8 } else { 0 };
        let event = |kind: &str, text: &str| {
            json!({ "type": kind, "key": key, "code": if key == " " { "Space" } else { key }, "windowsVirtualKeyCode": code,
                    "modifiers": modifiers, "text": text })
        };
        self.ask("Input.dispatchKeyEvent", event(if text.is_empty() { "rawKeyDown" } else { "keyDown" }, text));
        self.ask("Input.dispatchKeyEvent", event("keyUp", ""));
    }

    /// Types text where the focus is, letter by letter.
    #[track_caller]
    pub fn type_in(&self, text: &str) {
        for letter in text.chars() {
            let letter = letter.to_string();
            self.ask("Input.dispatchKeyEvent", json!({ "type": "keyDown", "key": letter, "text": letter }));
            self.ask("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": letter }));
        }
    }

    /// Clicks the middle of the first line of the element that a selector finds, scrolled into view.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        let found = format!("document.querySelector({})", json!(selector));
        self.ask(
            "Runtime.evaluate",
            json!({ "expression": format!("{found}.scrollIntoView({{ block: 'center', behavior: 'instant' }})") }),
        );
        let place = self.value(&format!(
            "(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])({found}.getClientRects()[0])"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Whether dark colours are preferred.
    pub fn prefer(&self, scheme: &str) {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.ask("Emulation.setEmulatedMedia", json!({ "features": feature }));
    }

    /// Gives the page this many pixels.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Grants or denies the page a permission.
    pub fn permit(&self, name: &str, setting: &str) {
        let permission =
            json!({ "permission": { "name": name }, "setting": setting, "browserContextId": self.context });
        self.browser.ask(None, "Browser.setPermission", permission).unwrap_or_else(|error| panic!("{error}"));
    }

    /// What the page did, since it was opened or this was last asked, that a quiet page does not.
    pub fn take_deeds(&self) -> Vec<Deed> {
        // An answer comes after the events that were sent before it.
        self.ask("Runtime.evaluate", json!({ "expression": "0" }));
        self.browser.take_events(&self.session).iter().filter_map(deed).collect()
    }
}

impl Drop for Tab<'_> {
    fn drop(&mut self) {
        let _ = self.browser.ask(None, "Target.disposeBrowserContext", json!({ "browserContextId": self.context }));
    }
}

/// What names an expression in a message.
fn first_line(expression: &str) -> &str {
    expression.lines().next().unwrap_or_default()
}

/// The address of a file.
pub fn address(file: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let path = file.to_str().expect("the path of a temporary file is text");
    let quoted =
        path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    format!("file://{}", quoted.collect::<String>())
}

fn deed(event: &Value) -> Option<Deed> {
    let parameters = &event["params"];
    match event["method"].as_str()? {
        "Runtime.consoleAPICalled" => Some(Deed::Said(parameters["args"].to_string())),
        "Log.entryAdded" => Some(Deed::Said(parameters["entry"]["text"].to_string())),
        "Runtime.exceptionThrown" => {
            Some(Deed::Threw(parameters["exceptionDetails"]["exception"]["description"].to_string()))
        }
        "Page.javascriptDialogOpening" => Some(Deed::Opened(parameters["message"].to_string())),
        "Network.requestWillBeSent" if parameters["type"] != "Document" => {
            Some(Deed::Asked(parameters["request"]["url"].to_string()))
        }
        _ => None,
    }
}
