//! What there is to say of a verdict in one line, and how a refutation is replayed.

use std::fmt::Write;

use super::document::{Note, Text, Tone};
use crate::verify::{ClaimVerdict, Counterexample, Limits, Remark, Status, Verification};

/// The remarks on a verdict, and what makes a refutation again that no run replays. The program knows the claims of the catalogue alone; any
/// other is replayed in code.
#[must_use]
pub fn note(verdict: &ClaimVerdict) -> String {
    remarks(verdict).0.into_iter().map(|(_, part)| part).collect()
}

/// The same, in which a command is one.
pub(super) fn remarks(verdict: &ClaimVerdict) -> Text {
    let mut parts: Vec<Text> = verdict.note.all().iter().map(|remark| remark.to_string().into()).collect();
    let is_run = matches!(verdict.counterexample, Some(Counterexample::Run { .. } | Counterexample::Flow { .. }));
    if let Some(again) = again(verdict).filter(|_| !is_run) {
        let tone = if verdict.in_catalogue { Tone::Command } else { Tone::Plain };
        // Behind what is refuted.
        parts.insert(parts.len().min(1), Text::from("replayed by ").and(tone, again));
    }
    let joined = parts.into_iter().reduce(|first, second| first.then("; ").followed_by(second));
    joined.unwrap_or_default()
}

/// What makes a refutation again: a command, whose run spec, if it names one, is the counterexample; or a call of the library, of a claim that
/// the program does not know and that no run refutes.
pub(super) fn again(verdict: &ClaimVerdict) -> Option<String> {
    let id = verdict.id;
    match verdict.counterexample.as_ref().filter(|_| verdict.status == Status::Refuted)? {
        Counterexample::Run { .. } | Counterexample::Flow { .. } => {
            verdict.in_catalogue.then(|| format!("witness verify --claim {id} --spec {id}.toml"))
        }
        Counterexample::Pair(_, again) | Counterexample::Case(again) => {
            Some(if verdict.in_catalogue { command(id, again) } else { call(again) })
        }
    }
}

/// What is false on the instance that refutes a claim, or stayed open, and where.
pub(super) fn failure(verdict: &ClaimVerdict) -> Option<String> {
    let remarks = verdict.note.all().iter();
    let mut failures = remarks
        .filter(|remark| matches!(remark, Remark::Failed(_) | Remark::FailedFor(..) | Remark::FailedOf(..)))
        .map(Remark::to_string);
    failures.next()
}

/// The finite-time inequalities through which a limit holds.
pub(super) fn through(verdict: &ClaimVerdict) -> Vec<String> {
    let inequalities = verdict.note.all().iter().filter_map(|remark| match remark {
        Remark::Through(inequalities) => Some(inequalities),
        _ => None,
    });
    inequalities.flatten().map(|inequality| (*inequality).to_owned()).collect()
}

/// How a refutation of a claim that the program knows is replayed, if a run does it: the commands that save the run and replay it.
pub(super) fn replay(verdict: &ClaimVerdict) -> Vec<Note> {
    let typed = |command: String| Text::toned(Tone::Command, command).into();
    match (&verdict.counterexample, again(verdict)) {
        (Some(Counterexample::Run { .. } | Counterexample::Flow { .. }), Some(again)) => {
            vec![typed(format!("witness verify --claim {} --counterexamples .", verdict.id)), typed(again)]
        }
        _ => Vec::new(),
    }
}

/// The command that repeats a verification.
pub(super) fn command(id: &str, again: &Verification) -> String {
    let Verification { seed, instances, .. } = again;
    let mut text = format!("witness verify --claim {id} --seed {seed} --instances {instances}");
    // Writing to a string cannot fail.
    if let Some(draws) = again.draws {
        let _ = write!(text, " --samples {draws}");
    }
    if let Some(bits) = unusual_bits(again) {
        let _ = write!(text, " --max-bits {bits}");
    }
    text
}

/// The call that does.
fn call(again: &Verification) -> String {
    let Verification { seed, instances, .. } = again;
    let mut options = format!("seed: {seed}, instances: {instances}, ");
    if let Some(draws) = again.draws {
        let _ = write!(options, "draws: NonZeroU64::new({draws}), ");
    }
    if let Some(bits) = unusual_bits(again) {
        let _ = write!(options, "limits: Limits {{ max_bits: {bits}, ..Limits::default() }}, ");
    }
    format!("verify(&[&claim], &Options {{ {options}..Options::default() }}, &())")
}

fn unusual_bits(again: &Verification) -> Option<u32> {
    Some(again.max_bits).filter(|bits| *bits != Limits::default().max_bits)
}

#[cfg(test)]
mod tests {
    use super::super::document::Block;
    use super::super::verification::Checked;
    use crate::claims::Expected;
    use crate::papers::catalogue;
    use crate::verify::{Options, Report, verify};

    #[test]
    fn a_refutation_that_nobody_expected_says_how_it_is_replayed() {
        let claims = catalogue();
        let slip: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.SL-1").collect();
        let mut report = verify(&slip, &Options::default(), &());
        let commands = |report: &Report| {
            let options = Options::default();
            let checked = Checked { report, options: &options, time: std::time::Duration::ZERO, verbose: false };
            let groups = checked.end().0;
            let blocks = groups.into_iter().flatten();
            let notes = blocks.filter_map(|block| if let Block::Note(note) = block { Some(note) } else { None });
            let details = notes.flat_map(|note| note.details);
            details.flat_map(|detail| detail.text.0).map(|(_, text)| text).collect::<Vec<String>>()
        };
        assert!(commands(&report).is_empty());
        report.claims[0].expected = Expected::Holds;
        let told = commands(&report);
        assert!(told[0].ends_with("witness verify --claim JT19.SL-1 --counterexamples ."), "{told:?}");
        assert!(told[1].ends_with("witness verify --claim JT19.SL-1 --spec JT19.SL-1.toml"), "{told:?}");
    }
}
