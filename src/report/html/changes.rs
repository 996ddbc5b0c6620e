//! What changed since older results: the first section, if there are any to compare with.

use std::time::Duration;

use maud::{Markup, html};

use super::Subject;
use super::parts::{counted, figure, wide};
use super::plot::{Times, times};
use crate::report::changes::{Change, Changes, Difference, Direction};

/// So many are seen at once; more have to be opened.
const ROWS: usize = 20;

pub(super) fn section(changes: &Changes, subject: &Subject) -> Markup {
    let Changes { since, version, conditions, new, gone, .. } = changes;
    let (judged, others) = changes.judged_and_others();
    html! {
        section aria-labelledby="changes" {
            h2 id="changes" { "What changed" }
            p { "Since " code { (since) } ", saved by witness " (version) ": " strong { (changes.sentence()) } }
            @if !conditions.is_empty() { (whole(conditions)) }
            @if !judged.is_empty() { (table("Claim by claim, what is worse first", judged, subject)) }
            @if !others.is_empty() {
                details open[others.len() <= ROWS] {
                    summary { (counted(others.len(), "other change")) }
                    (table("What is neither worse nor better", others, subject))
                }
            }
            @for (title, claims) in [("New", new), ("Gone", gone)] {
                @if !claims.is_empty() {
                    details open[claims.len() <= ROWS] {
                        summary { (title) ": " (counted(claims.len(), "claim")) }
                        ul { @for (id, verdict) in claims { li { (name(id, subject)) ": " (verdict) } } }
                    }
                }
            }
            @if changes.times.len() > 1 { (figure(&times(&seconds(changes)))) }
            @if !changes.is_empty() { p.meaning { (changes.reading()) } }
        }
    }
}

/// How long the claims took that both verifications have.
fn seconds(changes: &Changes) -> Vec<Times> {
    let times = |(id, before, after): &(String, Duration, Duration)| Times {
        id: id.clone(),
        before: before.as_secs_f64(),
        now: after.as_secs_f64(),
    };
    changes.times.iter().map(times).collect()
}

/// In what the verifications differ as a whole.
fn whole(conditions: &[Difference]) -> Markup {
    let caption = "In what the two verifications differ as a whole";
    let table = html! {
        table {
            caption { (caption) }
            thead { tr { th scope="col" { "What" } (before_and_now()) } }
            tbody { @for difference in conditions { tr { (cells(difference)) } } }
        }
    };
    wide(caption, &table)
}

fn table(caption: &str, changes: &[Change], subject: &Subject) -> Markup {
    let table = html! {
        table.changes {
            caption { (caption) }
            thead { tr { th scope="col" { "Change" } th scope="col" { "Claim" } th scope="col" { "What" } (before_and_now()) } }
            tbody {
                @for Change { direction, id, difference } in changes {
                    tr data-direction=(direction.word()) {
                        td { span aria-hidden="true" { (mark(*direction)) } " " (direction.word()) }
                        td { (name(id, subject)) }
                        (cells(difference))
                    }
                }
            }
        }
    };
    wide(caption, &table)
}

fn mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Worse => "▼",
        Direction::Better => "▲",
        Direction::Other => "•",
    }
}

fn before_and_now() -> Markup {
    html! { th scope="col" { "Before" } th scope="col" { "Now" } }
}

fn cells(Difference { what, before, after }: &Difference) -> Markup {
    html! { td { (what) } td { (before) } td { (after) } }
}

/// The id of a claim, which leads to it if the page has it.
fn name(id: &str, subject: &Subject) -> Markup {
    html! {
        @if subject.anchors.contains(id) { a href={ "#" (id) } { code { (id) } } } @else { code { (id) } }
    }
}
