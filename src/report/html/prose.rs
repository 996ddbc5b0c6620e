//! The texts of the claims and of the documentation, which are Markdown. Whatever stands in them is text: no tag of theirs is a tag of the page.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::Subject;
use super::formula::{is_formula, typeset};
use super::parts::wide;
use crate::verify::Evidence;

/// A text in Markdown. Its headings begin at level `top`; ids in backticks are links to their claims.
pub(super) fn prose(text: &str, top: u8, subject: &Subject) -> Markup {
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES);
    Prose { top, subject }.until(&mut events, None)
}

/// The id of a claim, a link to it if the page has it.
pub(super) fn id(id: &str, subject: &Subject) -> Markup {
    html! {
        @if subject.anchors.contains(id) { a.id href={ "#" (id) } { (id) } } @else { span.id { (id) } }
    }
}

struct Prose<'a> {
    top: u8,
    subject: &'a Subject<'a>,
}

impl Prose<'_> {
    /// What stands before the end of `tag`, or of the text.
    fn until(&self, events: &mut Parser, tag: Option<TagEnd>) -> Markup {
        let mut parts = Vec::new();
        while let Some(event) =
            events.next().filter(|event| !matches!((event, tag), (Event::End(end), Some(tag)) if *end == tag))
        {
            parts.push(self.part(event, events));
        }
        html! { @for part in parts { (part) } }
    }

    fn part(&self, event: Event, events: &mut Parser) -> Markup {
        match event {
            Event::Start(tag) => {
                let inner = self.until(events, Some(tag.to_end()));
                self.element(&tag, &inner)
            }
            Event::Code(text) => self.code(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => html! { (&*text) },
            Event::SoftBreak | Event::HardBreak => html! { "\n" },
            Event::Rule => html! { hr; },
            _ => html! {},
        }
    }

    fn element(&self, tag: &Tag, inner: &Markup) -> Markup {
        match tag {
            Tag::Heading { level, .. } => self.heading(*level, inner),
            Tag::List(None) => html! { ul { (inner) } },
            Tag::List(Some(_)) => html! { ol { (inner) } },
            Tag::Item => html! { li { (inner) } },
            Tag::Emphasis => html! { em { (inner) } },
            Tag::Strong => html! { strong { (inner) } },
            Tag::CodeBlock(_) => html! { pre { code { (inner) } } },
            Tag::BlockQuote(_) => html! { blockquote { (inner) } },
            Tag::Table(_) => wide("table", &html! { table { (inner) } }),
            Tag::TableHead => html! { thead { tr { (PreEscaped(inner.0.replace("td>", "th>"))) } } },
            Tag::TableRow => html! { tr id=[evidence(inner).map(|word| format!("rests-{word}"))] { (inner) } },
            Tag::TableCell => html! { td { (inner) } },
            Tag::Link { dest_url, .. } if dest_url.starts_with("https://") => html! { a href=(dest_url) { (inner) } },
            Tag::Paragraph => html! { p { (inner) } },
            _ => inner.clone(),
        }
    }

    fn heading(&self, level: HeadingLevel, inner: &Markup) -> Markup {
        match self.top + level as u8 - 1 {
            ..=2 => html! { h2 { (inner) } },
            3 => html! { h3 { (inner) } },
            4 => html! { h4 { (inner) } },
            5 => html! { h5 { (inner) } },
            _ => html! { h6 { (inner) } },
        }
    }

    fn code(&self, text: &str) -> Markup {
        if self.subject.anchors.contains(text) {
            id(text, self.subject)
        } else if is_formula(text) {
            html! { span.formula { (typeset(text)) } }
        } else {
            html! { code { (text) } }
        }
    }
}

/// The evidence that a row of a table begins with: the place where it is said what it rests on.
fn evidence(row: &Markup) -> Option<&'static str> {
    let words = [Evidence::Proved, Evidence::Exact, Evidence::Certified, Evidence::Statistical, Evidence::Numerical];
    words.map(Evidence::word).into_iter().find(|word| row.0.starts_with(&format!("<td><code>{word}</code>")))
}
