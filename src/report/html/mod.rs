//! A verification as one page to look at: a file that asks the network for nothing and is readable without script.
//!
//! A section is a file, in the order of the page. All are made from [`Results`], so that what was saved gives the same bytes as what has just
//! been found; the texts of the claims come from the catalogue. `page.css` and `page.js` stand in the page, and nothing else may run or
//! colour it: its content security policy names them by their hashes. A section decides nothing, and says no number that is not in the results.

mod changes;
mod claims;
mod evidence;
mod filter;
mod formula;
mod found;
mod head;
mod outcome;
mod own_run;
mod parts;
pub mod plot;
mod prose;
mod refuted;
mod rests;
mod shell;
#[cfg(test)]
mod tests;
mod tight;

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::changes::Changes;
use super::results::Results;
use crate::claims::Claim;

/// What stands behind the words of a verdict.
const TRUST: &str = include_str!("../../../TRUST.md");

/// The page of a verification, and of what changed since an older one. The texts are those of the claims of `catalogue` that have the ids of
/// the results; a claim that is not there is shown without text.
///
/// ```
/// use gradient_witness::report::html::page;
/// use gradient_witness::report::results::Results;
/// use gradient_witness::verify::{Options, verify};
/// let claims = gradient_witness::papers::catalogue();
/// let claims: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.gradient-layer").collect();
/// let results = Results::of(&verify(&claims, &Options::default(), &()));
/// assert!(page(&results, None, &claims).contains(r#"<details class="claim" id="JT19.gradient-layer""#));
/// ```
#[must_use]
pub fn page(results: &Results, changes: Option<&Changes>, catalogue: &[&Claim]) -> String {
    let subject = Subject {
        results,
        claims: catalogue.iter().map(|claim| (claim.id(), *claim)).collect(),
        anchors: results.claims.iter().map(|claim| claim.id.as_str()).collect(),
    };
    let changed = html! { @if let Some(changes) = changes { (changes::section(changes, &subject)) } };
    let sections = match results.spec {
        Some(_) => vec![
            ("changes", "What changed", changed),
            ("run", "The run", own_run::course(&subject)),
            ("asked", "What was asked of it", own_run::asked(&subject)),
            ("false", "What it refutes", refuted::section(&subject)),
            ("all", "All claims", claims::section(&subject)),
            ("trust", "What a verdict rests on", trust(&subject)),
        ],
        None => vec![
            ("changes", "What changed", changed),
            ("ladder", "On what evidence", evidence::section(&subject)),
            ("false", "What is false as printed", refuted::section(&subject)),
            ("tight", "How tight the bounds are", tight::section(&subject)),
            ("all", "All claims", claims::section(&subject)),
            ("rests", "What rests on what", rests::section(&subject)),
            ("trust", "What a verdict rests on", trust(&subject)),
        ],
    };
    let sections: Vec<_> = sections.into_iter().filter(|(_, _, section)| !section.0.is_empty()).collect();
    let body = html! {
        header {
            a.skip href="#main" { "Skip to the results" }
            button type="button" id="theme" class="scripted" { "Theme: auto" }
            (head::head(&subject))
        }
        nav aria-labelledby="contents" {
            h2 id="contents" { "Contents" }
            ol { @for (anchor, title, _) in &sections { li { a href={ "#" (anchor) } { (title) } } } }
        }
        main id="main" { @for (_, _, section) in &sections { (section) } }
    };
    shell::document(&head::title(results), results, &body)
}

fn trust(subject: &Subject) -> Markup {
    // The title has the anchor of the section.
    let (title, text) = TRUST.trim_start_matches("# ").split_once('\n').unwrap_or((TRUST, ""));
    html! {
        section.trust aria-labelledby="trust" {
            h2 id="trust" { (title) }
            (prose::prose(text, 2, subject))
        }
    }
}

/// What a page speaks of.
struct Subject<'a> {
    results: &'a Results,
    /// The claims of the catalogue by id.
    claims: BTreeMap<&'a str, &'a Claim>,
    /// The ids that the page has a place for.
    anchors: BTreeSet<&'a str>,
}
