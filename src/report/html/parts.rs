//! Parts that several sections are made of: commands that are copied, wide things that scroll, pictures with their words.

use maud::{Markup, html};

/// A number of things: `1 claim`, `2 claims`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

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
