//! How a claim came out, in a word and a mark; a colour never says it alone.

use maud::{Markup, html};

use crate::claims::Expected;
use crate::report::results::{ClaimResult, Outcome, Results};
use crate::verify::Status;

/// What is said of a status that the catalogue expects or does not.
pub(super) fn word(claim: &ClaimResult, results: &Results) -> &'static str {
    match (claim.status, claim.expected) {
        (Status::Holds, Expected::Holds) => "holds",
        (Status::Holds, Expected::Refuted) => "not refuted",
        (Status::Refuted, Expected::Refuted) if results.spec.is_none() => "false as printed",
        (Status::Refuted, _) => "refuted",
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

/// Whether a claim came out otherwise than it was to be expected.
pub(super) fn is_unexpected(claim: &ClaimResult, results: &Results) -> bool {
    results.outcome(claim) == Outcome::NotAsExpected
}

/// Mark and word. What was not to be expected is said.
pub(super) fn badge(claim: &ClaimResult, results: &Results) -> Markup {
    // Of one's own run it is neither good nor bad whether it refutes what is known to be false.
    let is_known = results.spec.is_some() && claim.expected == Expected::Refuted;
    html! {
        span.outcome data-outcome=(if is_known { "known" } else { claim.status.word() }) {
            span.mark aria-hidden="true" { (mark(claim.status)) } " " (word(claim, results))
        }
        @if is_unexpected(claim, results) { " " span.unexpected { "not as expected" } }
    }
}
