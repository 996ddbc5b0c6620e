//! All claims, by paper and theorem; each opens to its text and to what was found.

use maud::{Markup, html};

use super::parts::counted;
use super::prose::prose;
use super::{Subject, filter, found, outcome};
use crate::claims::Claim;
use crate::report::results::ClaimResult;

/// The headings of a claim's text, in the order in which they are read.
const HEADINGS: [&str; 6] = ["Statement", "Source", "Hypotheses", "Check", "Control", "Notes"];

pub(super) fn section(subject: &Subject) -> Markup {
    let papers = subject.results.claims.chunk_by(|a, b| a.paper == b.paper);
    html! {
        section aria-labelledby="all" {
            h2 id="all" { "All claims" }
            (filter::controls(subject.results))
            @for claims in papers { (paper(claims, subject)) }
        }
    }
}

fn paper(claims: &[ClaimResult], subject: &Subject) -> Markup {
    let citations =
        claims.iter().filter_map(|claim| subject.claims.get(claim.id.as_str())).map(|claim| claim.citation());
    let citation = citations.into_iter().find(|citation| !citation.is_empty());
    let theorem = |claim: &ClaimResult| subject.claims.get(claim.id.as_str()).map(|claim| claim.theorem());
    html! {
        section.paper aria-label=(claims[0].paper) {
            h3 {
                @if let Some(citation) = citation { (citation) " " }
                span.count { (claims[0].paper) ", " (counted(claims.len(), "claim")) }
            }
            @for family in claims.chunk_by(|a, b| theorem(a) == theorem(b)) {
                div.family {
                    h4 { (theorem(&family[0]).unwrap_or_else(|| "Others".to_owned())) }
                    @for claim in family { (entry(claim, subject)) }
                }
            }
        }
    }
}

fn entry(claim: &ClaimResult, subject: &Subject) -> Markup {
    let evidence = claim.evidence.map_or("", |evidence| evidence.word());
    let known = subject.claims.get(claim.id.as_str());
    html! {
        details.claim id=(claim.id) data-status=(claim.status.word()) data-evidence=(evidence) data-scope=(claim.scope.word())
            data-paper=(claim.paper) data-unexpected[outcome::is_unexpected(claim, subject.results)]
        {
            summary {
                (outcome::badge(claim, subject.results))
                " " span.id { (claim.id) }
                " " span.evidence { (evidence) }
                " " span.ratio {
                    @if let Some(ratio) = claim.worst_ratio.as_deref().filter(|ratio| *ratio != "1") { "ratio ≤ " (ratio) }
                }
            }
            div.inside {
                @if let Some(known) = known { (text(known, subject)) }
                (found::found(claim, subject))
            }
        }
    }
}

fn text(known: &Claim, subject: &Subject) -> Markup {
    html! {
        @for heading in HEADINGS {
            @let text = known.section(heading);
            @if !text.is_empty() {
                h5 { (heading) }
                // Where it stands, and below it the kind.
                (prose(&text.replacen("\nKind: ", "\n\nKind: ", 1), 6, subject))
            }
        }
    }
}
