//! What is refuted: the printed statement beside the repaired one, the instance that shows it, and the command that shows it again.

use maud::{Markup, html};

use super::formula::typeset;
use super::parts::{command, copy, counted, figure, wide};
use super::plot::{Curves, curves};
use super::prose::prose;
use super::{Subject, outcome};
use crate::claims::{Claim, Expected, Reading};
use crate::report::results::ClaimResult;
use crate::verify::Status;

/// So many points of a run at the least make a picture that says more than the numbers do.
const POINTS: usize = 3;

pub(super) fn section(subject: &Subject) -> Markup {
    let reading = |claim: &ClaimResult| subject.claims.get(claim.id.as_str()).map(|claim| claim.reading());
    let refuted = || subject.results.claims.iter().filter(|claim| claim.status == Status::Refuted);
    let unexpected: Vec<_> = refuted().filter(|claim| claim.expected == Expected::Holds).collect();
    let expected = || refuted().filter(|claim| claim.expected == Expected::Refuted);
    let scanned: Vec<_> = expected().filter(|claim| reading(claim) == Some(Reading::FromAScan)).collect();
    let certain: Vec<_> = expected().filter(|claim| reading(claim) != Some(Reading::FromAScan)).collect();
    let title = if subject.results.spec.is_some() { "What it refutes" } else { "What is false as printed" };
    html! {
        section aria-labelledby="false" {
            h2 id="false" { (title) }
            @match refuted().count() {
                0 => p { "Nothing that was checked is refuted." },
                1 => {},
                _ => (overview(&[&unexpected[..], &certain[..], &scanned[..]].concat(), subject)),
            }
            (group("Refuted, and not expected to be", None, &unexpected, subject))
            (group("As printed", None, &certain, subject))
            (group("From a scan", Some(
                "The print of these is known from a scan alone: that a sign, an exponent or a column was lost in scanning cannot be excluded."
            ), &scanned, subject))
        }
    }
}

/// All of them at a glance, each a link to where it is shown.
fn overview(claims: &[&ClaimResult], subject: &Subject) -> Markup {
    let name = "At a glance";
    wide(
        name,
        &html! {
            table {
                caption { (name) }
                thead { tr { th scope="col" { "Statement" } th scope="col" { "Where it stands" } th scope="col" { "Reading" } th scope="col" { "Evidence" } } }
                tbody {
                    @for claim in claims {
                        @let known = subject.claims.get(claim.id.as_str());
                        tr {
                            th scope="row" { a.id href={ "#refuted-" (claim.id) } { (claim.id) } }
                            td { @if let Some(known) = known { (known.source()) } }
                            td { @if let Some(known) = known { (known.reading().word()) } }
                            td { (claim.evidence.map_or("", |evidence| evidence.word())) }
                        }
                    }
                }
            }
        },
    )
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
        article.refutation id={ "refuted-" (claim.id) } {
            h4 { a href={ "#" (claim.id) } { (claim.id) } }
            p.source { (outcome::badge(claim, subject.results)) @if let Some(known) = known { " " (known.source()) } }
            @if let Some(known) = known { (sides(known, subject)) }
            @if let Some(failure) = &claim.failure {
                h5 { "The instance" }
                p { "It fails " span.formula { (typeset(failure)) } "." }
            }
            @for curve in claim.curves.iter().filter(|curve| curve.t.len() >= POINTS) { (figure(&curves(&Curves::of(curve)))) }
            (replay(claim, subject))
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
fn replay(claim: &ClaimResult, subject: &Subject) -> Markup {
    let id = &claim.id;
    let what = format!("the command that refutes {id}");
    html! {
        @if let Some(spec) = &subject.results.spec {
            h5 { "Check it yourself" }
            p { (command(&on_run(id, spec, subject.results.conclusion_only), &what)) }
        } @else if let Some(again) = &claim.replay {
            h5 { "Check it yourself" }
            @match &claim.counterexample {
                Some(spec) => {
                    p {
                        "Save this as " code { (id) ".toml" } " " (copy(spec, &format!("the run spec {id}.toml"))) " and run "
                        (command(again, &what))
                        " It says " code { "refuted" } "."
                    }
                    pre.spec id={ "spec-" (id) } tabindex="0" aria-label={ "run spec of " (id) } { (spec) }
                }
                None => {
                    p { "No run shows it; the same verification does: " (command(again, &what)) }
                }
            }
        }
    }
}

/// The command that asks a claim of one's own run.
fn on_run(id: &str, spec: &str, conclusion_only: Option<bool>) -> String {
    let mut words = vec!["witness", "verify", "--claim", id, "--spec", spec];
    words.extend(conclusion_only.filter(|only| *only).map(|_| "--conclusion-only"));
    // No path has a zero byte in it.
    shlex::try_join(words).unwrap_or_default()
}
