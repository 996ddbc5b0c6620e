//! All claims, by paper; each opens to its text and to what was found.

use maud::{Markup, html};

use super::prose::prose;
use super::{Subject, outcome};
use crate::report::results::ClaimResult;

pub(super) fn section(subject: &Subject) -> Markup {
    let papers = subject.results.claims.chunk_by(|a, b| a.paper == b.paper);
    html! {
        section aria-labelledby="all" {
            h2 id="all" { "All claims" }
            input type="search" id="filter" aria-label="filter the claims";
            @for paper in papers {
                h3 { (paper[0].paper) }
                @for claim in paper { (entry(claim, subject)) }
            }
        }
    }
}

fn entry(claim: &ClaimResult, subject: &Subject) -> Markup {
    let evidence = claim.evidence.map_or("", |evidence| evidence.word());
    html! {
        details.claim id=(claim.id) data-status=(claim.status.word()) data-evidence=(evidence) {
            summary { (outcome::badge(claim)) " " code { (claim.id) } " " span.evidence { (evidence) } }
            @if let Some(known) = subject.claims.get(claim.id.as_str()) {
                (prose(known.documentation(), 4, subject))
            }
        }
    }
}
