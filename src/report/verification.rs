//! What is told of a verification on generated instances.

use std::collections::BTreeMap;

use super::digits::{brief, rounded_up};
use super::document::{Block, Document, Note, Table, Text, Tone};
use super::note::{note, replay};
use super::{SCOPE_NOTE, title};
use crate::claims::Expected;
use crate::verify::{ClaimVerdict, Range, Report, Status};

/// What stands above the claims.
#[must_use]
pub fn head(seed: u64, instances: u64, claims: usize) -> Document {
    let claims = if claims == 1 { "1 claim".to_owned() } else { format!("{claims} claims") };
    let title = title().then(format!(": {claims}, {instances} applicable instances each, seed {seed}"));
    Document(vec![vec![Block::Heading(title), SCOPE_NOTE.into()]])
}

/// What was found of one claim: how it came out, status, evidence, id, what was covered, how many instances, how near it came to failing; and
/// then of its control, its time, and what else there is to say.
#[must_use]
pub fn cells(verdict: &ClaimVerdict) -> ([Text; 7], Vec<Text>) {
    let (tone, mark) = mark(verdict);
    let columns = [
        Text::toned(tone, mark),
        verdict.status.word().into(),
        verdict.evidence.map_or("", |evidence| evidence.word()).into(),
        verdict.id.into(),
        covered(verdict).into(),
        counts(verdict).into(),
        margin(verdict).into(),
    ];
    let mut others = Vec::new();
    match verdict.control {
        Some(true) => others.push("control caught".into()),
        Some(false) => others.push(Text::toned(Tone::Bad, "control missed")),
        // A check that was not finished has had no time for it.
        None if verdict.status == Status::Undecided => {}
        None => others.push(Text::toned(Tone::Bad, "no control")),
    }
    others.push(format!("{:.2} s", verdict.time.as_secs_f64()).into());
    others.extend(verdict.headline().map(|sample| sample.summary().into()));
    let is_scarce = verdict.status == Status::Holds && verdict.is_scarce();
    if verdict.as_expected() && (verdict.status == Status::Refuted || is_scarce) {
        others.push(note(verdict).into());
    }
    others.extend(verdict.trends.iter().map(|trend| format!("{} = {}", trend.label, brief(trend.value)).into()));
    (columns, others)
}

/// The summary of a verification, and what must be said of claims that did not come out as expected; of a refutation, how it is replayed.
#[must_use]
pub fn end(report: &Report) -> Document {
    let mut group = vec![Block::Table(by_paper(report))];
    let mut groups = Vec::new();
    if let Some(attained) = attained(report) {
        groups.push(std::mem::replace(&mut group, vec![Block::Table(attained)]));
    }
    for verdict in report.claims.iter().filter(|verdict| !verdict.as_expected()) {
        let mut text = Text::from(format!("{}: ", verdict.id)).and(mark(verdict).0, verdict.status.word());
        if !verdict.note.is_empty() {
            text = text.then(format!(", {}", note(verdict)));
        }
        group.push(Block::Note(Note { text, details: replay(verdict) }));
    }
    let summary = report.summary();
    let tone = match (summary.not_as_expected, summary.undecided) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Doubtful,
        _ => Tone::Bad,
    };
    group.push(Text::toned(tone, summary.to_string()).into());
    if report.interrupted {
        group.push(Text::toned(Tone::Doubtful, "interrupted: claims that were not finished are left out").into());
    }
    groups.push(group);
    Document(groups)
}

/// How many claims of each paper came out how.
fn by_paper(report: &Report) -> Table {
    let mut papers: Vec<&str> = Vec::new();
    for verdict in &report.claims {
        if !papers.contains(&verdict.paper) {
            papers.push(verdict.paper);
        }
    }
    let row = |paper: &str| {
        let count = |wanted: &dyn Fn(&ClaimVerdict) -> bool| {
            report.claims.iter().filter(|verdict| verdict.paper == paper && wanted(verdict)).count().to_string()
        };
        vec![
            paper.to_owned(),
            count(&|_| true),
            count(&|verdict| verdict.as_expected() && verdict.expected == Expected::Holds),
            count(&|verdict| verdict.as_expected() && verdict.expected == Expected::Refuted),
            count(&|verdict| !verdict.as_expected() && verdict.status != Status::Undecided),
            count(&|verdict| verdict.status == Status::Undecided),
            count(&|verdict| verdict.control == Some(true)),
        ]
    };
    Table {
        header: vec![
            "paper",
            "claims",
            "hold",
            "refuted as expected",
            "not as expected",
            "undecided",
            "controls caught",
        ],
        rows: papers.into_iter().map(row).collect(),
    }
}

/// The relations that hold with equality, by the road that proved it; nothing if there are none.
fn attained(report: &Report) -> Option<Table> {
    let mut roads: BTreeMap<&str, (u64, Vec<&str>)> = BTreeMap::new();
    for verdict in &report.claims {
        for (&road, &relations) in &verdict.roads {
            let (sum, claims) = roads.entry(road).or_default();
            *sum += relations;
            claims.push(verdict.id);
        }
    }
    let row = |(road, (relations, claims)): (&str, (u64, Vec<&str>))| {
        let shown = match claims[..] {
            [one] => one.to_owned(),
            [first, ..] => format!("{first} and {} more", claims.len() - 1),
            [] => String::new(),
        };
        vec![road.to_owned(), relations.to_string(), shown]
    };
    let header = vec!["equality proved by", "relations", "claims"];
    (!roads.is_empty()).then(|| Table { header, rows: roads.into_iter().map(row).collect() })
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

/// How a claim came out.
pub(super) fn mark(verdict: &ClaimVerdict) -> (Tone, &'static str) {
    if verdict.as_expected() {
        (Tone::Good, "ok")
    } else if verdict.status == Status::Undecided {
        (Tone::Doubtful, "?")
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

/// How many instances it applied to.
pub(super) fn counts(verdict: &ClaimVerdict) -> String {
    let mut text = format!("{} of {} applicable", verdict.applicable, verdict.instances);
    if verdict.informative < verdict.applicable {
        text += &format!(", {} informative", verdict.informative);
    }
    if verdict.undecided > 0 {
        text += &format!(", {} undecided", verdict.undecided);
    }
    text
}
