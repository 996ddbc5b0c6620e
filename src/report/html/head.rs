//! What the first screen says: how many statements came out how, what *holds* means, and what makes the page again.

use maud::{Markup, html};

use super::Subject;
use super::parts::{command, counted};
use crate::claims::Expected;
use crate::report::results::{ClaimResult, Results};
use crate::verify::{Evidence, Status};

/// The title of the page.
pub(super) fn title(results: &Results) -> String {
    match &results.spec {
        Some(spec) => format!("What holds of the run {spec}"),
        None => "What holds of the theory of deep linear networks".to_owned(),
    }
}

pub(super) fn head(subject: &Subject) -> Markup {
    let results = subject.results;
    html! {
        p.program { "gradient-witness " (results.version) ", a verification" }
        h1 { (title(results)) }
        @if results.interrupted {
            p.warning { strong { "Interrupted." } " Claims that were not finished are missing here." }
        }
        @if results.spec.is_some() { (of_a_run(results)) } @else { (of_the_catalogue(results)) }
        (environment(results))
    }
}

/// How many statements came out how, in one sentence; its numbers lead to them.
fn of_the_catalogue(results: &Results) -> Markup {
    let count = |wanted: &dyn Fn(&ClaimResult) -> bool| results.claims.iter().filter(|claim| wanted(claim)).count();
    let holding = count(&|claim| claim.status == Status::Holds && claim.expected == Expected::Holds);
    let wrong = count(&|claim| claim.status == Status::Refuted && claim.expected == Expected::Refuted);
    let undecided = count(&|claim| claim.status == Status::Undecided);
    let unexpected = results.counted().not_as_expected;
    let proved = count(&|claim| claim.evidence == Some(Evidence::Proved));
    html! {
        p.result {
            "Of " (counted(results.claims.len(), "statement")) ", "
            (found(holding, "holds", "hold", "#all", "status=holds")) ", "
            (found(wrong, "is false as printed", "are false as printed", "#false", "")) ", "
            (found(undecided, "is undecided", "are undecided", "#all", "status=undecided")) ", and "
            (found(unexpected, "came out otherwise than expected", "came out otherwise than expected", "#all", "status=unexpected")) "."
        }
        p.meaning {
            strong { "Holds" } " speaks of the instances checked: each of them met the statement, and a change that makes the statement false was caught \
            by the same check. It is not a proof; only what is " a href="#rests-proved" { "proved" } ", " (proved) " of these, is an identity for all \
            weights and data of the shapes listed. " strong { "False as printed" } " is final: it comes with an instance on which every hypothesis is \
            certainly true and the conclusion certainly false, and with the command that shows it. What each word rests on is said under "
            a href="#trust" { "What a verdict rests on" } "."
        }
    }
}

fn of_a_run(results: &Results) -> Markup {
    let asked: Vec<&ClaimResult> = results.claims.iter().filter(|claim| claim.expected == Expected::Holds).collect();
    let count = |status: Status| asked.iter().filter(|claim| claim.status == status).count();
    html! {
        p.result {
            "Of " (counted(asked.len(), "statement")) " asked of this run, "
            (found(count(Status::Holds), "holds", "hold", "#all", "status=holds")) ", "
            (found(count(Status::Refuted), "is refuted", "are refuted", "#all", "status=refuted")) ", "
            (found(count(Status::Undecided), "is undecided", "are undecided", "#all", "status=undecided")) ", and "
            (found(count(Status::NotApplicable), "does not apply", "do not apply", "#all", "status=not-applicable")) "."
        }
        p.meaning {
            strong { "Holds" } " speaks of this run alone: at every step that meets the hypotheses the conclusion is certainly true. "
            strong { "Refuted" } " says that at some step every hypothesis is certainly true and the conclusion certainly false. "
            @if results.conclusion_only == Some(true) {
                "Here the conclusion was checked by itself: hypotheses are listed and not counted. "
            }
            "What each word rests on is said under " a href="#trust" { "What a verdict rests on" } "."
        }
    }
}

/// A number of statements and what is said of them, a link to them if there are any.
fn found(count: usize, one: &str, many: &str, target: &str, filter: &str) -> Markup {
    let words = if count == 1 { one } else { many };
    html! {
        @if count == 0 {
            "none " (one)
        } @else {
            a href=(target) data-filter=[(!filter.is_empty()).then_some(filter)] { strong { (count) } " " (words) }
        }
    }
}

/// What was asked, and what asks it again.
fn environment(results: &Results) -> Markup {
    let seconds: f64 = results.claims.iter().map(|claim| claim.seconds).sum();
    html! {
        table.facts {
            caption { "How it was made" }
            tbody {
                @if let Some(again) = &results.command {
                    tr { th scope="row" { "Command" } td { (command(again, "the command that makes this again")) } }
                }
                tr { th scope="row" { "Version" } td { (results.version) } }
                @if results.spec.is_none() {
                    tr { th scope="row" { "Seed" } td { (results.seed) } }
                }
                @if let Some(instances) = results.instances {
                    tr { th scope="row" { "Instances asked" } td { (instances) " applicable ones of each claim" } }
                }
                tr { th scope="row" { "Work" } td { (format!("{seconds:.1}")) " s of checking, all claims together" } }
                tr { th scope="row" { "Finished" } td { @if results.interrupted { "no, interrupted" } @else { "yes" } } }
            }
        }
    }
}
