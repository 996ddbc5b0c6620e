//! One's own run: what becomes of it over its steps, and what was asked of it, what does not apply by the hypothesis that fails.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::formula::typeset;
use super::found::first_not_met;
use super::parts::{counted, figure, wide};
use super::plot::{Series, series};
use super::{Subject, outcome, prose};
use crate::claims::{Expected, Role};
use crate::report::results::{ClaimResult, HypothesisResult, RunResult};
use crate::verify::Status;

/// Risk, norms, imbalance and alignment over the steps.
pub(super) fn course(subject: &Subject) -> Markup {
    let Some(run) = &subject.results.run else { return html! {} };
    let RunResult { bits, ends, left_out, .. } = run;
    html! {
        section aria-labelledby="run" {
            h2 id="run" { "The run" }
            p { "Each value is a ball of " (bits) " bits that encloses the exact run of the exact problem." }
            @if let Some(why) = ends { p.warning { "It ends here before the run does: " (why) "." } }
            @for what in left_out { p.source { "Not here, because the network is too large: " (what) "." } }
            @for quantity in Series::of(run) { (figure(&series(&quantity))) }
        }
    }
}

/// What was asked of the run.
pub(super) fn asked(subject: &Subject) -> Markup {
    let role = |claim: &ClaimResult| subject.claims.get(claim.id.as_str()).map(|claim| claim.role());
    let applying = |wanted: &dyn Fn(&ClaimResult) -> bool| -> Vec<&ClaimResult> {
        let claims = subject.results.claims.iter();
        claims.filter(|claim| claim.status != Status::NotApplicable && wanted(claim)).collect()
    };
    let slip = |claim: &ClaimResult| claim.expected == Expected::Refuted;
    let definition = |claim: &ClaimResult| role(claim) == Some(Role::Definition);
    html! {
        section aria-labelledby="asked" {
            h2 id="asked" { "What was asked of it" }
            (table("Claims", &applying(&|claim| !slip(claim) && !definition(claim)), subject))
            (table("Definitions", &applying(&|claim| definition(claim)), subject))
            (table("False as printed: there are runs that refute these, and this one may", &applying(&slip), subject))
            (not_applicable(subject))
            @if let Some(count) = subject.results.left_out.filter(|count| *count > 0) {
                p { (counted(count, "claim")) " about chance or free numbers " @if count == 1 { "was" } @else { "were" } " left out: a run has no subject for them." }
            }
        }
    }
}

fn table(title: &str, claims: &[&ClaimResult], subject: &Subject) -> Markup {
    let has_places = claims.iter().any(|claim| claim.failure.is_some());
    html! {
        @if !claims.is_empty() {
            (wide(title, &html! {
                table.asked {
                    caption { (title) }
                    thead {
                        tr { th scope="col" { "Claim" } th scope="col" { "Outcome" } th scope="col" { "Evidence" } th scope="col" { "Left over right" } @if has_places { th scope="col" { "Where" } } }
                    }
                    tbody {
                        @for claim in claims {
                            tr {
                                th scope="row" { (prose::id(&claim.id, subject)) }
                                td { (outcome::badge(claim, subject.results)) }
                                td { (claim.evidence.map_or("", |evidence| evidence.word())) }
                                td.number { @if let Some(ratio) = &claim.worst_ratio { "at most " (ratio) } }
                                @if has_places { td { @if let Some(failure) = &claim.failure { span.formula { (typeset(failure)) } } } }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Claims that do not apply, by what fails first, the most frequent first.
fn not_applicable(subject: &Subject) -> Markup {
    let mut reasons: Vec<(&str, Vec<&ClaimResult>, Option<String>)> = Vec::new();
    for claim in subject.results.claims.iter().filter(|claim| claim.status == Status::NotApplicable) {
        let failing = claim.hypotheses.iter().flatten().find(|hypothesis| hypothesis.unmet > 0);
        let why = failing.map_or(claim.note.as_str(), |hypothesis: &HypothesisResult| &hypothesis.label);
        match reasons.iter_mut().find(|reason| reason.0 == why) {
            Some(reason) => reason.1.push(claim),
            None => reasons.push((why, vec![claim], failing.and_then(first_not_met))),
        }
    }
    reasons.sort_by_key(|reason| Reverse(reason.1.len()));
    html! {
        @if !reasons.is_empty() {
            (wide("Not applicable, by what fails first", &html! {
                table.asked {
                    caption { "Not applicable, by what fails first" }
                    thead { tr { th scope="col" { "Hypothesis" } th scope="col" { "First not met" } th scope="col" { "Claims" } } }
                    tbody {
                        @for (why, claims, place) in &reasons {
                            tr {
                                th scope="row" { span.formula { (typeset(why)) } }
                                td { @if let Some(place) = place { (place) } }
                                td { @for (number, claim) in claims.iter().enumerate() { @if number > 0 { ", " } (prose::id(&claim.id, subject)) } }
                            }
                        }
                    }
                }
            }))
        }
    }
}
