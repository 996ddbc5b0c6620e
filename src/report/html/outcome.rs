//! How a claim came out, in a word and a mark; a colour never says it alone.

use maud::{Markup, html};

use crate::claims::Expected;
use crate::report::results::ClaimResult;
use crate::verify::Status;

/// What is said of a status that the catalogue expects or does not.
pub(super) fn word(claim: &ClaimResult) -> &'static str {
    match (claim.status, claim.expected) {
        (Status::Holds, Expected::Holds) => "holds",
        (Status::Holds, Expected::Refuted) => "not refuted",
        (Status::Refuted, Expected::Refuted) => "false as printed",
        (Status::Refuted, Expected::Holds) => "refuted",
        (Status::Undecided, _) => "undecided",
        (Status::NotApplicable, _) => "not applicable",
        (Status::Failed, _) => "check failed",
    }
}

fn mark(status: Status) -> &'static str {
    match status {
        Status::Holds => "✓",
        Status::Refuted => "✗",
        Status::Undecided => "?",
        Status::NotApplicable => "–",
        Status::Failed => "!",
    }
}

/// Mark and word. What the catalogue does not expect is said.
pub(super) fn badge(claim: &ClaimResult) -> Markup {
    html! {
        span.outcome data-outcome=(claim.status.word()) {
            span.mark aria-hidden="true" { (mark(claim.status)) } " " (word(claim))
        }
        @if !claim.as_expected() { " " span.unexpected { "not as expected" } }
    }
}
