//! What changed since older results: the first section, if there are any to compare with.

use maud::{Markup, html};

use super::parts::wide;
use super::{Subject, prose};
use crate::report::changes::{Change, Changes, Difference};

/// So many rows are seen at once; what is behind them opens.
const ROWS: usize = 50;

pub(super) fn section(changes: &Changes, subject: &Subject) -> Markup {
    let Changes { since, version, conditions, new, gone, list, .. } = changes;
    html! {
        section aria-labelledby="changes" {
            h2 id="changes" { "What changed" }
            p { "Since " code { (since) } ", saved by witness " (version) ". " strong { (changes.sentence()) } }
            @if !conditions.is_empty() {
                (wide("In what the two verifications differ as a whole", &html! {
                    table {
                        caption { "In what the two verifications differ as a whole" }
                        thead { tr { th scope="col" { "what" } th scope="col" { "before" } th scope="col" { "now" } } }
                        tbody { @for difference in conditions { tr { (cells(difference)) } } }
                    }
                }))
            }
            @let (first, rest) = list.split_at(list.len().min(ROWS));
            @if !first.is_empty() { (table("Claim by claim, what is worse first", first, subject)) }
            @if !rest.is_empty() {
                details {
                    summary { (rest.len()) " more" }
                    (table("Claim by claim, the rest", rest, subject))
                }
            }
            @for (title, claims) in [("New", new), ("Gone", gone)] {
                @if !claims.is_empty() {
                    details open[claims.len() <= ROWS] {
                        summary { (title) ": " (claims.len()) }
                        ul { @for (id, verdict) in claims { li { (prose::id(id, subject)) ": " (verdict) } } }
                    }
                }
            }
            @if !changes.is_empty() { p.note { (changes.reading()) } }
        }
    }
}

fn table(caption: &str, changes: &[Change], subject: &Subject) -> Markup {
    wide(
        caption,
        &html! {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "direction" }
                        th scope="col" { "claim" }
                        th scope="col" { "what" }
                        th scope="col" { "before" }
                        th scope="col" { "now" }
                    }
                }
                tbody {
                    @for Change { direction, id, difference } in changes {
                        tr data-direction=(direction.word()) {
                            td { (direction.word()) }
                            td { (prose::id(id, subject)) }
                            (cells(difference))
                        }
                    }
                }
            }
        },
    )
}

fn cells(Difference { what, before, after }: &Difference) -> Markup {
    html! { td { (what) } td { (before) } td { (after) } }
}
