//! What every picture obeys, for the tests of each.

use super::letters::width;
use super::{FINENESS, Picture};
use crate::report::results::Results;

/// A text in a picture and the box that it takes at most, in pixels.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) left: f64,
    pub(super) right: f64,
    top: f64,
    bottom: f64,
}

/// A claim: its id, in which the paper stands before the full stop, its scope, its status, the evidence, and the inequalities that it goes
/// through.
type Saved<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, &'a [&'a str]);

/// Results of claims.
pub(super) fn results(claims: &[Saved]) -> Results {
    let claim = |(id, scope, status, evidence, through): &Saved| {
        serde_json::json!({
            "id": id, "paper": id.split('.').next(), "expected": "holds", "status": status, "scope": scope, "evidence": evidence,
            "instances": 1, "applicable": 1, "informative": 1, "attained": 0, "undecided": 0, "worst_ratio": null, "agrees_to": null,
            "max_bits": 0, "horizon": 0, "control": null, "seconds": 0, "note": "", "through": through, "depths": null, "widths": null,
            "examples": null, "informative_by_depth": [], "roads": {}, "trends": [], "counterexample": null, "confidence": null,
            "samples": []
        })
    };
    let results = serde_json::json!({
        "schema": 1, "version": "", "seed": 1, "scope_note": "", "claims": claims.iter().map(claim).collect::<Vec<_>>(),
        "summary": { "as_expected": 0, "not_as_expected": 0, "undecided": 0 }
    });
    serde_json::from_value(results).unwrap()
}

/// The value of an attribute of the element that starts at `element`.
pub(super) fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let tag = element.split('>').next().unwrap();
    let value = tag.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in {tag}")).1;
    value.split('"').next().unwrap()
}

/// All elements of a kind: each as the text from its start on.
pub(super) fn elements<'a>(svg: &'a str, kind: &str) -> Vec<&'a str> {
    let start = format!("<{kind} ");
    svg.match_indices(&start).map(|(place, _)| &svg[place..]).collect()
}

fn number(element: &str, name: &str) -> f64 {
    attribute(element, name).parse().unwrap()
}

/// All texts of a picture.
pub(super) fn labels(svg: &str) -> Vec<Label> {
    let fineness = f64::from(FINENESS);
    let label = |element: &str| {
        let content = element.split_once('>').unwrap().1.split("</text>").next().unwrap().trim();
        let text = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
            .iter()
            .fold(content.to_owned(), |text, (escaped, letter)| text.replace(escaped, letter));
        let (x, y, size) =
            (number(element, "x") / fineness, number(element, "y") / fineness, number(element, "font-size") / fineness);
        let bold = if element.split('>').next().unwrap().contains("bold") { 1.15 } else { 1.0 };
        let wide = width(&text, size) * bold;
        let left = match attribute(element, "text-anchor") {
            "start" => x,
            "middle" => x - wide / 2.0,
            _ => x - wide,
        };
        // A letter is no higher over its line than 0.76 em, and no deeper under it than 0.24.
        let base = match attribute(element, "dy") {
            "0.76em" => y + 0.76 * size,
            "0.5ex" => y + 0.27 * size,
            _ => y - 0.27 * size,
        };
        Label { text, left, right: left + wide, top: base - 0.76 * size, bottom: base + 0.24 * size }
    };
    elements(svg, "text").into_iter().map(label).collect()
}

/// That a picture may stand in the page and can be read: nothing that its content security policy forbids, elements that close, every text
/// inside of the picture and no two on one another, and a table whose rows fit its head.
pub(super) fn assert_sound(picture: &Picture) {
    let svg = &picture.svg;
    for forbidden in [" style=", "<script", "<style", " id=", " onload", "url(", "NaN", "inf"] {
        assert!(!svg.contains(forbidden), "{forbidden} in {svg}");
    }
    assert_closed(svg);
    let fineness = f64::from(FINENESS);
    let (wide, high) = (number(svg, "width"), number(svg, "height"));
    assert_eq!(attribute(svg, "viewBox"), format!("0 0 {} {}", wide * fineness, high * fineness));
    let labels = labels(svg);
    for (place, label) in labels.iter().enumerate() {
        let inside = label.left >= -1.0 && label.right <= wide + 1.0 && label.top >= -1.0 && label.bottom <= high + 1.0;
        assert!(inside, "{label:?} is not inside of {wide} by {high}");
        for other in &labels[..place] {
            let apart = label.left >= other.right
                || other.left >= label.right
                || label.top >= other.bottom
                || other.top >= label.bottom;
            assert!(apart, "{label:?} is on {other:?}");
        }
    }
    assert!(!picture.title.is_empty() && picture.caption.starts_with("How to read it:"), "{}", picture.caption);
    assert!(picture.table.rows.iter().all(|row| row.len() == picture.table.header.len()));
}

/// That every element is closed, in its order, and that quotes and angles stand where they may.
fn assert_closed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part} does not end"));
        assert!(!text.contains('>'), "> in {text}");
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "in {svg}");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} is not closed");
}
