//! What is refuted: the printed statement beside the repaired one, the instance that shows it, and the command that shows it again.

use maud::{Markup, html};

use super::formula::typeset;
use super::parts::{command, copy, counted, figure};
use super::plot::{Curves, curves};
use super::prose::prose;
use super::{Subject, outcome};
use crate::claims::{Claim, Expected, Reading};
use crate::report::results::ClaimResult;
use crate::verify::Status;

pub(super) fn section(subject: &Subject) -> Markup {
    let reading = |claim: &ClaimResult| subject.claims.get(claim.id.as_str()).map(|claim| claim.reading());
    let refuted = || subject.results.claims.iter().filter(|claim| claim.status == Status::Refuted);
    let unexpected: Vec<_> = refuted().filter(|claim| claim.expected == Expected::Holds).collect();
    let expected = || refuted().filter(|claim| claim.expected == Expected::Refuted);
    let scanned: Vec<_> = expected().filter(|claim| reading(claim) == Some(Reading::FromAScan)).collect();
    let certain: Vec<_> = expected().filter(|claim| reading(claim) != Some(Reading::FromAScan)).collect();
    html! {
        section aria-labelledby="false" {
            h2 id="false" { "What is false as printed" }
            @if unexpected.is_empty() && scanned.is_empty() && certain.is_empty() { p { "Nothing that was checked is refuted." } }
            (group("Refuted, and not expected to be", None, &unexpected, subject))
            (group("As printed", None, &certain, subject))
            (group("From a scan", Some(
                "The print of these is known from a scan alone: that a sign, an exponent or a column was lost in scanning cannot be excluded."
            ), &scanned, subject))
        }
    }
}

fn group(title: &str, remark: Option<&str>, claims: &[&ClaimResult], subject: &Subject) -> Markup {
    html! {
        @if !claims.is_empty() {
            h3 { (title) " " span.count { (counted(claims.len(), "statement")) } }
            @if let Some(remark) = remark { p { (remark) } }
            @for claim in claims { (refutation(claim, subject)) }
        }
    }
}

fn refutation(claim: &ClaimResult, subject: &Subject) -> Markup {
    let known = subject.claims.get(claim.id.as_str());
    html! {
        article.refutation {
            h4 { a href={ "#" (claim.id) } { (claim.id) } }
            p.source { (outcome::badge(claim, subject.results)) @if let Some(known) = known { " " (known.source()) } }
            @if let Some(known) = known { (sides(known, subject)) }
            @if let Some(failure) = &claim.failure {
                h5 { "The instance" }
                p { "It fails " span.formula { (typeset(failure)) } "." }
            }
            @for curve in &claim.curves { (figure(&curves(&Curves::of(curve)))) }
            (replay(claim))
        }
    }
}

/// The statement as printed, beside the claim by which it is repaired.
fn sides(known: &Claim, subject: &Subject) -> Markup {
    let repaired = known.repairs().and_then(|id| subject.claims.get(id));
    let statement = |claim: &Claim| prose(claim.section("Statement"), 6, subject);
    html! {
        div.sides {
            div.side {
                h5 { "Printed" }
                (statement(known))
            }
            div.side {
                h5 { "Repaired" }
                @match repaired {
                    Some(repaired) => {
                        (statement(repaired))
                        p.source { (super::prose::id(repaired.id(), subject)) }
                    }
                    None => {
                        p.source { "No claim of its own. What is true on the same instance:" }
                        (prose(known.section("Control"), 6, subject))
                    }
                }
            }
        }
    }
}

/// How it is shown again.
fn replay(claim: &ClaimResult) -> Markup {
    let id = &claim.id;
    html! {
        @if let Some(again) = &claim.replay {
            h5 { "Check it yourself" }
            @match &claim.counterexample {
                Some(spec) => {
                    p {
                        "Save this as " code { (id) ".toml" } " " (copy(spec, &format!("the run spec {id}.toml"))) " and run "
                        (command(again, &format!("the command that refutes {id}")))
                        " It says " code { "refuted" } "."
                    }
                    pre.spec id={ "spec-" (id) } tabindex="0" aria-label={ "run spec of " (id) } { (spec) }
                }
                None => {
                    p { "No run shows it; the same verification does: " (command(again, &format!("the command that refutes {id}"))) }
                }
            }
        }
    }
}
