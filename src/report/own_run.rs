//! What is told of a verification on the user's own run.

use super::digits::{brief, rounded_up};
use super::document::{Block, Document, Note, Text, Tone};
use super::note::note;
use super::{SCOPE_NOTE, title};
use crate::verify::{Assumption, Failure, OwnRunReport, OwnRunVerdict, Status};
use crate::visible::visible;

/// A verification on the run of this name: the file of its spec, say.
#[must_use]
pub fn document(report: &OwnRunReport, name: &str) -> Document {
    let mut groups = vec![vec![Block::Heading(title_of(report, name)), SCOPE_NOTE.into()]];
    groups.extend(report.claims.iter().map(|own| vec![Block::Note(verdict(own, report.conclusion_only))]));
    if report.interrupted {
        groups.push(vec![interrupted()]);
    }
    Document(groups)
}

pub(super) fn title_of(report: &OwnRunReport, name: &str) -> Text {
    let subject = if report.conclusion_only { "the conclusion alone, on " } else { "" };
    title().then(format!(": {subject}{}", visible(name)))
}

pub(super) fn interrupted() -> Block {
    Text::toned(Tone::Doubtful, "interrupted: what was not finished is left out").into()
}

/// What was found of one claim.
pub(super) fn verdict(own: &OwnRunVerdict, conclusion_only: bool) -> Note {
    let verdict = &own.verdict;
    let tone = match verdict.status {
        Status::Holds => Tone::Good,
        Status::Refuted | Status::Failed => Tone::Bad,
        Status::Undecided | Status::NotApplicable => Tone::Doubtful,
    };
    let mut text = Text::from(format!("{}: ", verdict.id)).and(tone, verdict.status.word());
    if let Some(evidence) = verdict.evidence {
        text = text.then(format!(" ({})", evidence.word()));
    }
    let mut details: Vec<Note> = Vec::new();
    if !verdict.note.is_empty() {
        details.push(note(verdict).into());
    }
    if !own.assumptions.is_empty() {
        let counted = if conclusion_only { ", listed and not counted" } else { "" };
        let assumptions = own.assumptions.iter().map(hypothesis).collect();
        details.push(Note { text: format!("hypotheses{counted}:").into(), details: assumptions });
    }
    details.extend(
        verdict.worst_ratio.and_then(rounded_up).map(|ratio| format!("left over right at most {ratio}").into()),
    );
    details.extend(verdict.trends.iter().map(|trend| format!("{} {}", trend.label, brief(trend.value)).into()));
    if verdict.max_bits > 0 {
        let steps = match verdict.horizon {
            0 => String::new(),
            1 => ", 1 step".to_owned(),
            steps => format!(", {steps} steps"),
        };
        details.push(format!("{} bits{steps}, {:.2} s", verdict.max_bits, verdict.time.as_secs_f64()).into());
    }
    Note { text, details }
}

/// What became of a hypothesis.
fn hypothesis(assumption: &Assumption) -> Note {
    let (tone, word) = match (assumption.unmet, assumption.open) {
        (0, 0) => (Tone::Good, "met  "),
        (0, _) => (Tone::Doubtful, "open "),
        _ => (Tone::Bad, "fails"),
    };
    let mut text = Text::toned(tone, word).then(format!(" {}", assumption.label));
    if let Some(failure) = &assumption.first_not_met {
        text = text.then(format!(", {}", place(failure)));
    }
    text.into()
}

/// Where a hypothesis fails first, and by how much.
pub(super) fn place(failure: &Failure) -> String {
    let mut text = format!("first at {}", failure.t);
    let (left, right) = failure.sides;
    if let Some(digits) = &failure.digits {
        text += &format!(": {} against {}", digits.left, digits.right);
        if let Some(difference) = &digits.difference {
            text += &format!(", by {difference}");
        }
    } else if !left.is_nan() || !right.is_nan() {
        text += &format!(": {} against {}, by {}", brief(left), brief(right), brief(left - right));
    }
    text
}
