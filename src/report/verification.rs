//! What is told of a verification on generated instances, before and after its [rows](super::claim_rows).

use std::collections::BTreeMap;
use std::time::Duration;

use super::digits::rounded_up;
use super::document::{Block, Document, Note, Table, Text, Tone};
use super::note::{command, remarks, replay};
use super::{SCOPE_NOTE, claim_rows, title};
use crate::verify::{ClaimVerdict, Evidence, Options, Range, Remark, Report, Status, Verification};

/// How many claims that are not decided are named at the end.
const NAMED: usize = 10;

/// What stands above the claims.
#[must_use]
pub fn head(seed: u64, instances: u64, claims: usize) -> Document {
    let title = title().then(format!(": {}, {instances} applicable instances each, seed {seed}", counted(claims)));
    Document(vec![vec![Block::Heading(title), SCOPE_NOTE.into(), claim_rows::LEGEND.into()]])
}

fn counted(claims: usize) -> String {
    if claims == 1 { "1 claim".to_owned() } else { format!("{claims} claims") }
}

/// A verification that has ended, and what it was asked.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    /// What was found.
    pub report: &'a Report,
    /// What was asked.
    pub options: &'a Options,
    /// How long it took.
    pub time: Duration,
    /// Whether all there is to say is wanted.
    pub verbose: bool,
}

impl Checked<'_> {
    /// What stands below the claims: what did not come out as expected and how it is replayed, what was checked, what held, what is false, what
    /// is open, how long it took, and what to try next.
    #[must_use]
    pub fn end(&self) -> Document {
        let report = self.report;
        let mut groups = Vec::new();
        if self.verbose {
            groups.extend(attained(report).map(|table| vec![Block::Table(table)]));
        }
        groups.extend(Some(self.unexpected()).filter(|notes| !notes.is_empty()));
        if report.claims.iter().any(|verdict| verdict.paper != report.claims[0].paper) {
            groups.push(vec![Block::Table(by_paper(report))]);
        }
        let mut group = vec![Block::Terms(self.terms())];
        if report.interrupted {
            group.push(Text::toned(Tone::Doubtful, "interrupted: claims that were not finished are left out").into());
        }
        groups.push(group);
        Document(groups)
    }

    /// What did not come out as expected; of a refutation, how it is replayed.
    fn unexpected(&self) -> Vec<Block> {
        let claims = &self.report.claims;
        let is_open = |verdict: &&ClaimVerdict| verdict.status == Status::Undecided;
        let open = claims.iter().filter(is_open);
        let failed = claims.iter().filter(|verdict| !verdict.as_expected() && !is_open(verdict));
        let told = |verdict: &ClaimVerdict| {
            let mut text = Text::from(format!("{}: ", verdict.id)).and(mark(verdict).0, verdict.status.word());
            if !verdict.note.is_empty() {
                text = text.then(", ").followed_by(remarks(verdict));
            }
            Block::Note(Note { text, details: replay(verdict) })
        };
        let more = open.clone().count().saturating_sub(NAMED);
        let mut blocks: Vec<Block> = failed.chain(open.take(NAMED)).map(told).collect();
        if more > 0 {
            blocks.push(format!("and {more} more undecided").into());
        }
        blocks
    }

    /// What was checked and how long that took, what holds, what is false as printed, and what to try next.
    fn terms(&self) -> Vec<(&'static str, Text)> {
        let claims = &self.report.claims;
        let summary = self.report.summary();
        let tone = match (summary.not_as_expected, summary.undecided) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Doubtful,
            _ => Tone::Bad,
        };
        let checked = format!("{} in {:.1} s: ", counted(claims.len()), self.time.as_secs_f64());
        let mut terms = vec![("checked", Text::from(checked).and(tone, summary.to_string()))];
        let expected =
            |status: Status| claims.iter().filter(move |verdict| verdict.as_expected() && verdict.status == status);
        let ladder =
            [Evidence::Proved, Evidence::Exact, Evidence::Certified, Evidence::Statistical, Evidence::Numerical];
        let on = |evidence: Evidence| {
            let count = expected(Status::Holds).filter(|verdict| verdict.evidence == Some(evidence)).count();
            (count > 0).then(|| format!("{count} {}", evidence.word()))
        };
        let rungs: Vec<String> = ladder.into_iter().filter_map(on).collect();
        if !rungs.is_empty() {
            terms.push(("hold", format!("{}: {}", expected(Status::Holds).count(), rungs.join(", ")).into()));
        }
        let slips: Vec<&str> = expected(Status::Refuted).map(|verdict| verdict.id).collect();
        if !slips.is_empty() {
            terms
                .push(("slips", format!("{} false as printed, as expected: {}", slips.len(), slips.join(", ")).into()));
        }
        terms.extend(self.next().map(|command| ("next", Text::toned(Tone::Command, command))));
        terms
    }

    /// The command to try next: the one that may decide what is open, or the one that explains what is false.
    fn next(&self) -> Option<String> {
        let claims = &self.report.claims;
        let explain = |verdict: &ClaimVerdict| format!("witness explain {}", verdict.id);
        if let Some(verdict) =
            claims.iter().find(|verdict| !verdict.as_expected() && verdict.status != Status::Undecided)
        {
            return Some(explain(verdict));
        }
        if let Some(verdict) = claims.iter().find(|verdict| verdict.status == Status::Undecided) {
            let Options { seed, instances, draws, ref limits } = *self.options;
            let is_over = verdict.note.all().iter().any(|remark| matches!(remark, Remark::OutOfTime));
            let max_bits = if is_over { limits.max_bits } else { limits.max_bits.saturating_mul(2) };
            return Some(command(verdict.id, &Verification { seed, instances, draws, max_bits }));
        }
        claims.iter().find(|verdict| verdict.status == Status::Refuted).or(claims.first()).map(explain)
    }
}

/// How many claims of each paper came out how, and of all.
fn by_paper(report: &Report) -> Table {
    let mut papers: Vec<&str> = Vec::new();
    for verdict in &report.claims {
        if !papers.contains(&verdict.paper) {
            papers.push(verdict.paper);
        }
    }
    let row = |paper: Option<&str>| {
        let count = |wanted: &dyn Fn(&ClaimVerdict) -> bool| {
            let of_paper = |verdict: &&ClaimVerdict| paper.is_none_or(|paper| verdict.paper == paper);
            report.claims.iter().filter(of_paper).filter(|verdict| wanted(verdict)).count().to_string()
        };
        vec![
            paper.unwrap_or("all").to_owned(),
            count(&|_| true),
            count(&|verdict| verdict.as_expected() && verdict.status == Status::Holds),
            count(&|verdict| verdict.as_expected() && verdict.status == Status::Refuted),
            count(&|verdict| verdict.status == Status::Undecided),
            count(&|verdict| !verdict.as_expected() && verdict.status != Status::Undecided),
        ]
    };
    Table {
        header: vec!["paper", "claims", "hold", "false as printed", "undecided", "not as expected"],
        rows: papers.into_iter().map(Some).chain([None]).map(row).collect(),
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
    if let Some(within) = verdict.within.and_then(rounded_up) {
        return format!("within {within} for ever");
    }
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
