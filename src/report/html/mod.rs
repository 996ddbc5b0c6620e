//! A verification as one page to look at: a file that asks the network for nothing and is readable without script.
//!
//! A section is a file, in the order of the page. All are made from [`Results`], so that what was saved gives the same bytes as what has just
//! been found; the texts of the claims come from the catalogue. `page.css` and `page.js` stand in the page, and nothing else may run or
//! colour it: its content security policy names them by their hashes. A section decides nothing, and says no number that is not in the results.

mod changes;
mod claims;
mod formula;
mod head;
mod outcome;
pub mod plot;
mod prose;
mod shell;

use std::collections::{BTreeMap, BTreeSet};

use maud::html;

use super::changes::Changes;
use super::results::Results;
use crate::claims::Claim;

/// The page of a verification, and of what changed since an older one. The texts are those of the claims of `catalogue` that have the ids of the results; a claim that is not there is
/// shown without text.
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
    let body = html! {
        header { (head::head(&subject)) }
        main id="main" {
            @if let Some(changes) = changes { (changes::section(changes, &subject)) }
            (claims::section(&subject))
        }
    };
    shell::document(&head::title(results), results, &body)
}

/// What a page speaks of.
struct Subject<'a> {
    results: &'a Results,
    /// The claims of the catalogue by id.
    claims: BTreeMap<&'a str, &'a Claim>,
    /// The ids that the page has a place for.
    anchors: BTreeSet<&'a str>,
}
