//! Parts that several sections are made of: commands that are copied, wide things that scroll, pictures with their words.

use maud::{Markup, PreEscaped, html};

use super::formula::{is_formula, typeset};
use super::plot::Picture;
pub(super) use crate::report::counted;
use crate::report::document::Table;

/// A command, with a button that copies it. `what` says what is copied.
pub(super) fn command(text: &str, what: &str) -> Markup {
    html! {
        span.command {
            code { (text) }
            " "
            (copy(text, what))
        }
    }
}

/// A button that copies a text.
pub(super) fn copy(text: &str, what: &str) -> Markup {
    html! { button.copy type="button" data-copy=(text) aria-label={ "Copy " (what) } { "Copy" } }
}

/// What may be wider than the page: it scrolls in a box of its own, which the keyboard reaches.
pub(super) fn wide(name: &str, inner: &Markup) -> Markup {
    html! { div.wide role="region" aria-label=(name) tabindex="0" { (inner) } }
}

/// A picture, how to read it, and the same in numbers.
pub(super) fn figure(picture: &Picture) -> Markup {
    let Picture { svg, title, caption, table: numbers } = picture;
    html! {
        figure {
            (wide(title, &html! { (PreEscaped(svg)) }))
            figcaption { strong { @if is_formula(title) { (typeset(title)) } @else { (title) } "." } " " (caption) }
            details.numbers {
                summary { "The same in numbers" }
                (wide(&format!("{title}, in numbers"), &table(title, numbers)))
            }
        }
    }
}

/// A table whose first column names its rows.
pub(super) fn table(caption: &str, table: &Table) -> Markup {
    html! {
        table {
            caption { (caption) }
            thead { tr { @for head in &table.header { th scope="col" { (head) } } } }
            tbody {
                @for row in &table.rows {
                    tr { @for cell in row { td { (cell) } } }
                }
            }
        }
    }
}
