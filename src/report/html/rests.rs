//! What rests on what: limits, and the inequalities and claims through which they hold.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::formula::typeset;
use super::parts::{figure, wide};
use super::plot::{Graph, Text, graph};
use super::{Subject, outcome, prose};
use crate::claims::{Claim, Scope};
use crate::report::results::ClaimResult;

pub(super) fn section(subject: &Subject) -> Markup {
    let limits: Vec<&ClaimResult> = subject
        .results
        .claims
        .iter()
        .filter(|claim| claim.scope == Scope::Consequence || !claim.through.is_empty())
        .collect();
    let text_of = |id: &str| {
        let claim = subject.claims.get(id)?;
        Some(Text { role: claim.role(), check: claim.section("Check"), hypotheses: claim.section("Hypotheses") })
    };
    html! {
        @if !limits.is_empty() {
            section aria-labelledby="rests" {
                h2 id="rests" { "What rests on what" }
                p {
                    "A limit is not observed. It holds through inequalities that speak of finite times, which are checked at every step, and through the \
                    claims that its text names."
                }
                @for of_paper in Graph::of(subject.results, text_of) { (figure(&graph(&of_paper))) }
                (wide("What rests on what", &html! {
                    table.rests {
                        caption { "Limits, and what they hold through" }
                        thead { tr { th scope="col" { "Limit" } th scope="col" { "Inequalities checked at every step" } th scope="col" { "Claims named" } } }
                        tbody { @for limit in limits { (row(limit, subject)) } }
                    }
                }))
            }
        }
    }
}

fn row(limit: &ClaimResult, subject: &Subject) -> Markup {
    let named = subject.claims.get(limit.id.as_str()).map(|claim| named(claim, subject)).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (prose::id(&limit.id, subject)) br; (outcome::badge(limit, subject.results)) }
            td { ul { @for inequality in &limit.through { li { span.formula { (typeset(inequality)) } } } } }
            td {
                ul {
                    @for claim in named {
                        li { (prose::id(&claim.id, subject)) " " span.evidence { (claim.evidence.map_or("", |evidence| evidence.word())) } }
                    }
                }
            }
        }
    }
}

/// The claims of the results that the text of a claim names where it says how it is checked.
fn named<'a>(claim: &Claim, subject: &Subject<'a>) -> Vec<&'a ClaimResult> {
    let words: BTreeSet<&str> = claim.section("Check").split('`').skip(1).step_by(2).collect();
    subject.results.claims.iter().filter(|other| other.id != claim.id() && words.contains(other.id.as_str())).collect()
}
