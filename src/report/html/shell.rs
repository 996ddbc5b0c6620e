//! The document around a page: what it may load and run, which is the style and the script that stand in it, and the results themselves.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::plot::dark_rules;
use crate::report::results::Results;
use crate::report::{VERSION, json};

const SCRIPT: &str = include_str!("page.js");

/// The whole document.
pub(super) fn document(title: &str, results: &Results, body: &Markup) -> String {
    let style = style();
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT)
    );
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "witness " (VERSION) };
                title { (title) }
                style { (PreEscaped(&style)) }
            }
            body {
                (body)
                p id="said" role="status" aria-live="polite" {}
                script type="application/json" id="results" { (PreEscaped(data(results))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string() + "\n"
}

/// The style of the page, and of its pictures where it is dark.
fn style() -> String {
    let (by_system, by_choice) =
        (dark_rules(":root:not([data-theme=light]) svg"), dark_rules(":root[data-theme=dark] svg"));
    format!(
        "{}@media screen and (prefers-color-scheme: dark) {{\n{by_system}}}\n@media screen {{\n{by_choice}}}\n",
        include_str!("page.css")
    )
}

/// The source expression of a policy that allows exactly this text.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// The results as JSON in which no tag can begin or end: it stands in strings alone that a tag could.
fn data(results: &Results) -> String {
    json::verification(results).to_string().replace('<', "\\u003c")
}
