//! What texts for people say of a verdict.

use std::fmt::Write;

use super::digits::{brief, rounded_up};
use super::style::{Style, Tone};
use crate::verify::{Assumption, ClaimVerdict, OwnRunVerdict, Range, Status};

/// What was found of one claim on the user's own run.
pub(super) fn own_verdict(own: &OwnRunVerdict, conclusion_only: bool, style: Style) -> String {
    let verdict = &own.verdict;
    let tone = match verdict.status {
        Status::Holds => Tone::Good,
        Status::Refuted | Status::Failed => Tone::Bad,
        Status::Undecided | Status::NotApplicable => Tone::Doubtful,
    };
    let mut text = format!("\n{}: {}", verdict.id, style.paint(tone, verdict.status.word()));
    if let Some(evidence) = verdict.evidence {
        let _ = write!(text, " ({})", evidence.word());
    }
    text.push('\n');
    if !verdict.note.is_empty() {
        let _ = writeln!(text, "  {}", verdict.note);
    }
    if !own.assumptions.is_empty() {
        let _ = writeln!(text, "  hypotheses{}:", if conclusion_only { ", listed and not counted" } else { "" });
        for assumption in &own.assumptions {
            text.push_str(&hypothesis(assumption, style));
        }
    }
    if let Some(ratio) = verdict.worst_ratio.and_then(rounded_up) {
        let _ = writeln!(text, "  left over right at most {ratio}");
    }
    for trend in &verdict.trends {
        let _ = writeln!(text, "  {} {}", trend.label, brief(trend.value));
    }
    if verdict.max_bits > 0 {
        let steps = match verdict.horizon {
            0 => String::new(),
            1 => ", 1 step".to_owned(),
            steps => format!(", {steps} steps"),
        };
        let _ = writeln!(text, "  {} bits{steps}, {:.2} s", verdict.max_bits, verdict.time.as_secs_f64());
    }
    text
}

/// What became of a hypothesis: where it fails first, and by how much.
fn hypothesis(assumption: &Assumption, style: Style) -> String {
    let (tone, word) = match (assumption.unmet, assumption.open) {
        (0, 0) => (Tone::Good, "met"),
        (0, _) => (Tone::Doubtful, "open"),
        _ => (Tone::Bad, "fails"),
    };
    let mut line = format!("    {} {}", style.paint(tone, &format!("{word:<5}")), assumption.label);
    if let Some(failure) = &assumption.first_not_met {
        let _ = write!(line, ", first at t = {}", failure.t);
        let (left, right) = failure.sides;
        if let Some(digits) = &failure.digits {
            let _ = write!(line, ": {} against {}", digits.left, digits.right);
            if let Some(difference) = &digits.difference {
                let _ = write!(line, ", by {difference}");
            }
        } else if !left.is_nan() || !right.is_nan() {
            let _ = write!(line, ": {} against {}, by {}", brief(left), brief(right), brief(left - right));
        }
    }
    line.push('\n');
    line
}

/// How near a relation came to failing.
pub(super) fn margin(verdict: &ClaimVerdict) -> String {
    match (verdict.worst_ratio.and_then(rounded_up), verdict.agrees_log2) {
        // Rounded upward: no less than the exponent.
        (None, Some(log2)) => format!("agrees to 2^{:.0}", log2.ceil()),
        (Some(ratio), _) => format!("ratio ≤ {ratio}"),
        (None, None) => String::new(),
    }
}

pub(super) fn mark(verdict: &ClaimVerdict) -> (Tone, &'static str) {
    if verdict.as_expected() {
        (Tone::Good, "ok  ")
    } else if verdict.status == Status::Undecided {
        (Tone::Doubtful, "?   ")
    } else {
        (Tone::Bad, "FAIL")
    }
}

/// The range that was covered: depths, widths, numbers of examples, horizon.
pub(super) fn covered(verdict: &ClaimVerdict) -> String {
    let mut parts = Vec::new();
    let mut part = |name: &str, range: Option<Range>| {
        if let Some(range) = range {
            parts.push(format!("{name} {range}"));
        }
    };
    part("depth", verdict.depths);
    part("widths", verdict.widths);
    part("n", verdict.examples.filter(|examples| examples.greatest > 0));
    if let Some(confidence) = verdict.confidence {
        parts.push(format!("{} draws, confidence {confidence}", verdict.draws()));
    } else if verdict.applicable > 0 && verdict.depths.is_some() {
        parts.push(format!("t ≤ {}", verdict.horizon));
    }
    parts.join(", ")
}

pub(super) fn counts(verdict: &ClaimVerdict) -> String {
    let mut text = format!("{} of {} applicable", verdict.applicable, verdict.instances);
    if verdict.informative < verdict.applicable {
        let _ = write!(text, ", {} informative", verdict.informative);
    }
    if verdict.undecided > 0 {
        let _ = write!(text, ", {} undecided", verdict.undecided);
    }
    text
}
