//! The controls by which the script narrows the list of claims. Without script they are not shown, and the list is whole.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::report::results::{ClaimResult, Results};

pub(super) fn controls(results: &Results) -> Markup {
    let words = |word: fn(&ClaimResult) -> &str| {
        results.claims.iter().map(word).filter(|word| !word.is_empty()).collect::<BTreeSet<_>>()
    };
    html! {
        div.controls.scripted role="search" aria-label="the claims" {
            label { span { "Text" } input type="search" id="filter" autocomplete="off" spellcheck="false"; }
            (choice("status", "Status", words(|claim| claim.status.word()), Some(("unexpected", "not as expected"))))
            (choice("evidence", "Evidence", words(|claim| claim.evidence.map_or("", |evidence| evidence.word())), None))
            (choice("scope", "Scope", words(|claim| claim.scope.word()), None))
            (choice("paper", "Paper", words(|claim| &claim.paper), None))
            button type="button" id="clear" { "Show all" }
            output id="shown" for="filter status evidence scope paper" {}
        }
    }
}

fn choice(id: &str, name: &str, words: BTreeSet<&str>, more: Option<(&str, &str)>) -> Markup {
    html! {
        label {
            span { (name) }
            select id=(id) {
                option value="" { "any" }
                @for word in words { option value=(word) { (word) } }
                @if let Some((value, word)) = more { option value=(value) { (word) } }
            }
        }
    }
}
