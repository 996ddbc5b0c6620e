//! A row a claim, under a heading a paper and a heading a theorem; details below it where they are news.

use std::fmt::Write;

use super::digits::{brief, slack};
use super::document::{Block, Column, Columns, Document, Note, Row, Text, Tone};
use super::note::{note, remarks};
use super::verification::{covered, margin, mark};
use crate::claims::{Claim, Expected};
use crate::verify::{ClaimVerdict, Remark, Status};

/// How a claim came out, against what is expected; what that rests on; to how many instances it applied, of how many; how near it came to failing.
pub static COLUMNS: Columns = Columns {
    columns: &[
        Column { head: "", letters: 4, right: false },
        Column { head: "found", letters: 7, right: false },
        Column { head: "evidence", letters: 11, right: false },
        Column { head: "instances", letters: 6, right: true },
        Column { head: "ratio", letters: 7, right: true },
    ],
    name: "claim",
};

/// What the columns hold.
pub(super) const LEGEND: &str = "instances: applicable/looked at; ratio: largest left over right side, 1 where equality is proved, →… how near a limit comes and stays";

/// Rows, told one after another: a heading stands where a paper or a theorem begins.
#[derive(Clone, Debug, Default)]
pub struct ClaimRows {
    verbose: bool,
    paper: Option<&'static str>,
    theorem: String,
}

impl ClaimRows {
    /// No row has been told; with `verbose` all there is to say of a claim stands below it, else what is news.
    #[must_use]
    pub fn new(verbose: bool) -> Self {
        Self { verbose, ..Self::default() }
    }

    /// The next row, behind what it begins.
    pub fn next(&mut self, claim: &Claim, verdict: &ClaimVerdict) -> Document {
        let mut groups = Vec::new();
        let mut group = Vec::new();
        if self.paper != Some(claim.paper()) {
            let paper = Text::toned(Tone::Strong, claim.paper());
            let citation = claim.citation();
            let heading = if citation.is_empty() { paper } else { paper.then(format!(": {citation}")) };
            groups.push(Vec::new());
            group.extend([Block::Heading(heading), Block::Heads(&COLUMNS)]);
            (self.paper, self.theorem) = (Some(claim.paper()), String::new());
        }
        let theorem = claim.theorem();
        if self.theorem != theorem {
            if !theorem.is_empty() {
                group.push(Block::Heading(Text::toned(Tone::Strong, theorem.as_str())));
            }
            self.theorem = theorem;
        }
        group.push(Block::Row(&COLUMNS, row(verdict, self.verbose)));
        groups.push(group);
        Document(groups)
    }
}

/// What was found of one claim.
fn row(verdict: &ClaimVerdict, verbose: bool) -> Row {
    let (tone, mark) = mark(verdict);
    let is_decided = matches!(verdict.status, Status::Holds | Status::Refuted);
    let evidence = verdict.evidence.filter(|_| is_decided).map_or("", |evidence| evidence.word());
    let cells = vec![
        Text::toned(tone, mark),
        Text::toned(if verdict.as_expected() { Tone::Plain } else { tone }, verdict.status.word()),
        evidence.into(),
        format!("{}/{}", verdict.applicable, verdict.instances).into(),
        tightness(verdict).into(),
    ];
    let mut notes: Vec<Note> = news(verdict).map(Note::from).into_iter().collect();
    if verbose {
        notes.extend(details(verdict, notes.is_empty()));
    }
    Row { cells, name: verdict.id.to_owned(), notes }
}

/// How near it came to failing, where that says something: every claim that holds has a ratio of at most 1.
pub(super) fn tightness(verdict: &ClaimVerdict) -> String {
    if let (Status::Holds, Some(within)) = (verdict.status, verdict.within) {
        return format!("→{}", slack(within));
    }
    match (verdict.worst_ratio, verdict.agrees_log2) {
        _ if verdict.status != Status::Holds => String::new(),
        (Some(ratio), _) if ratio < 1.0 => slack(ratio),
        (Some(1.0), _) if verdict.attained > 0 => "1".to_owned(),
        // Rounded upward: no less than the exponent.
        (None, Some(log2)) => format!("2^{:.0}", log2.ceil()),
        _ => String::new(),
    }
}

/// What there is to know of a claim though nobody asks: it is false as printed, it did not come out as expected, it applies to little.
fn news(verdict: &ClaimVerdict) -> Option<Text> {
    let (tone, _) = mark(verdict);
    let said = match (verdict.status, verdict.expected) {
        _ if verdict.as_expected() && verdict.status == Status::Refuted => Text::from("false as printed, as expected"),
        (Status::Holds, _) if verdict.as_expected() => {
            let is_scarce = |remark: &&Remark| matches!(remark, Remark::Scarce { .. });
            return verdict.note.all().iter().find(is_scarce).map(|remark| remark.to_string().into());
        }
        (Status::Refuted, Expected::Holds) => Text::toned(tone, "refuted, and expected to hold"),
        (Status::Holds, Expected::Refuted) => Text::toned(tone, "not refuted, and expected to be"),
        (Status::Failed, _) => Text::toned(tone, "the check broke"),
        // The remarks say the rest.
        _ if !verdict.note.is_empty() => return Some(Text::toned(tone, note(verdict))),
        _ => return None,
    };
    Some(if verdict.note.is_empty() { said } else { said.then(": ").followed_by(remarks(verdict)) })
}

/// All else there is to say.
fn details(verdict: &ClaimVerdict, with_remarks: bool) -> Vec<Note> {
    let mut parts = vec![covered(verdict)];
    if verdict.informative < verdict.applicable {
        let mut text = format!("{} of {} informative", verdict.informative, verdict.applicable);
        let depths = verdict.informative_by_depth.iter().filter(|(_, informative, all)| informative < all);
        for (place, (depth, informative, all)) in depths.enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{} {informative} of {all} at depth {depth}", if place == 0 { ":" } else { "," });
        }
        parts.push(text);
    }
    if verdict.undecided > 0 {
        parts.push(format!("{} undecided", verdict.undecided));
    }
    parts.push(margin(verdict));
    parts.extend(verdict.control.map(|caught| format!("control {}", if caught { "caught" } else { "missed" })));
    if verdict.max_bits > 0 {
        parts.push(format!("{} bits", verdict.max_bits));
    }
    parts.push(format!("{:.2} s", verdict.time.as_secs_f64()));
    parts.retain(|part| !part.is_empty());
    let mut notes = vec![Note::from(parts.join("; "))];
    if with_remarks && !verdict.note.is_empty() {
        notes.push(remarks(verdict).into());
    }
    notes.extend(verdict.roads.iter().map(|(road, count)| format!("equality by {road}: {count}").into()));
    notes.extend(verdict.samples.iter().map(|sample| sample.summary().into()));
    notes.extend(verdict.trends.iter().map(|trend| format!("{} = {}", trend.label, brief(trend.value)).into()));
    notes
}
