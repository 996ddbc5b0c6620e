//! All that was found on one's own run, as a table: claims by paper, definitions and what is false as printed apart from them, and what does
//! not apply by the hypothesis that fails.

use std::time::Duration;

use super::SCOPE_NOTE;
use super::claim_rows::tightness;
use super::document::{Block, Column, Columns, Document, Note, Row, Text, Tone};
use super::note::remarks;
use super::own_run::{interrupted, place, title_of};
use crate::claims::{Expected, Role};
use crate::verify::{OwnRunReport, OwnRunVerdict, Remark, Status, When};

/// How many claims of those that do not apply for one reason are named.
const NAMED: usize = 3;

/// How a claim came out; what that rests on; how near it came to failing.
static COLUMNS: Columns = Columns {
    columns: &[
        Column { head: "", letters: 4, right: false },
        Column { head: "found", letters: 9, right: false },
        Column { head: "evidence", letters: 11, right: false },
        Column { head: "ratio", letters: 7, right: true },
    ],
    name: "claim",
};

/// What the last column holds.
const LEGEND: &str = "ratio: largest left side over right side, 1 where equality was proved, 2^… how nearly two sides agree, →… how near a limit comes and stays";

/// A verification of many claims on one's own run.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was found.
    pub report: &'a OwnRunReport,
    /// The name of the run: the file of its spec, say.
    pub name: &'a str,
    /// The command that asks all these claims.
    pub command: &'a str,
    /// How long it took.
    pub time: Duration,
}

impl Asked<'_> {
    /// The table.
    #[must_use]
    pub fn document(&self) -> Document {
        let claims = &self.report.claims;
        let shown: Vec<&OwnRunVerdict> =
            claims.iter().filter(|own| own.verdict.status != Status::NotApplicable).collect();
        let rows = |wanted: &dyn Fn(&OwnRunVerdict) -> bool| {
            let wanted = shown.iter().filter(|own| wanted(own));
            wanted.map(|own| Block::Row(&COLUMNS, row(own))).collect::<Vec<Block>>()
        };
        let mut head = vec![Block::Heading(title_of(self.report, self.name)), SCOPE_NOTE.into()];
        if !shown.is_empty() {
            head.push(LEGEND.into());
        }
        let mut groups = vec![head];
        let mut section = |heading: Text, rows: Vec<Block>| {
            if !rows.is_empty() {
                let heads = matches!(rows[0], Block::Row(..)).then_some(Block::Heads(&COLUMNS));
                groups.push([vec![Block::Heading(heading)], heads.into_iter().collect(), rows].concat());
            }
        };
        let mut papers: Vec<&str> = shown.iter().map(|own| own.verdict.paper).collect();
        papers.dedup();
        for paper in papers {
            let of_paper = |own: &OwnRunVerdict| own.verdict.paper == paper && kind(own) == Kind::Claim;
            section(Text::toned(Tone::Strong, paper), rows(&of_paper));
        }
        section(Text::toned(Tone::Strong, "definitions"), rows(&|own| kind(own) == Kind::Definition));
        section(
            Text::toned(Tone::Strong, "false as printed").then(": some runs refute it, and this one may"),
            rows(&|own| kind(own) == Kind::Slip),
        );
        let reasons = reasons(self.report).iter().map(|reason| Block::Note(reason.note())).collect();
        let heading = Text::toned(Tone::Strong, "not applicable");
        section(heading.then(format!(": {}, by what fails first", claims.len() - shown.len())), reasons);
        let mut end = vec![Block::Terms(self.terms())];
        end.extend(self.report.interrupted.then(interrupted));
        groups.push(end);
        Document(groups)
    }

    /// How many came out how and in what time, what the run says of statements that are false as printed, and what to type next.
    fn terms(&self) -> Vec<(&'static str, Text)> {
        let claims = &self.report.claims;
        let of = |status: Status| claims.iter().filter(move |own| own.verdict.status == status);
        let summary = self.report.summary();
        let tone = match (summary.not_as_expected, summary.undecided) {
            _ if summary.not_as_expected > 0 => Tone::Bad,
            (_, 0) if !self.report.nothing_applies() => Tone::Good,
            _ => Tone::Doubtful,
        };
        let words = [
            (Status::Holds, "hold"),
            (Status::Refuted, "refuted"),
            (Status::Undecided, "undecided"),
            (Status::Failed, "broke"),
            (Status::NotApplicable, "not applicable"),
        ];
        // What is false as printed has a line of its own.
        let count = |status: Status| match status {
            Status::Refuted => of(status).filter(|own| !own.passed()).count(),
            _ => of(status).count(),
        };
        let is_told = |status: &Status| *status != Status::Failed || count(*status) > 0;
        let counts = words.iter().filter(|(status, _)| is_told(status));
        let counts: Vec<String> = counts.map(|(status, word)| format!("{} {word}", count(*status))).collect();
        let counts =
            if self.report.nothing_applies() { "nothing applies to this run".to_owned() } else { counts.join(", ") };
        let checked = format!("{} in {:.1} s: ", claims.len(), self.time.as_secs_f64());
        let mut terms = vec![("checked", Text::from(checked).and(tone, counts))];
        let is_for_ever =
            |own: &&OwnRunVerdict| own.verdict.note.all().iter().any(|said| matches!(said, Remark::ForEver));
        let for_ever = of(Status::Holds).filter(is_for_ever).count();
        if for_ever > 0 {
            terms.push(("for ever", format!("{for_ever} of those that hold are certain at all t ≥ 0").into()));
        }
        let slips: Vec<&str> = of(Status::Refuted).filter(|own| own.passed()).map(|own| own.verdict.id).collect();
        if !slips.is_empty() {
            terms.push((
                "false",
                format!("{} as printed, and so on this run: {}", slips.len(), slips.join(", ")).into(),
            ));
        }
        if self.report.left_out > 0 {
            let said = format!("{} about chance or free numbers, of which no run can speak", self.report.left_out);
            terms.push(("left out", said.into()));
        }
        let failed = claims.iter().find(|own| !own.passed());
        let holds = || of(Status::Holds).find(|own| kind(own) == Kind::Claim);
        if let Some(own) = failed.or_else(holds).or(claims.first()) {
            let command = format!("{} --claim {}", self.command, own.verdict.id);
            terms.push(("next", Text::toned(Tone::Command, command)));
        }
        terms
    }
}

/// Under which heading it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Claim,
    Definition,
    Slip,
}

fn kind(own: &OwnRunVerdict) -> Kind {
    match (own.role, own.verdict.expected) {
        (Role::Definition, _) => Kind::Definition,
        (_, Expected::Refuted) => Kind::Slip,
        _ => Kind::Claim,
    }
}

/// The row of a claim, and below it what is news.
fn row(own: &OwnRunVerdict) -> Row {
    let verdict = &own.verdict;
    let (tone, mark) = match verdict.status {
        Status::Undecided => (Tone::Doubtful, "?"),
        _ if !own.passed() => (Tone::Bad, "FAIL"),
        // That it is false is known.
        _ if kind(own) == Kind::Slip => (Tone::Plain, ""),
        _ => (Tone::Good, "ok"),
    };
    let found = if mark == "ok" { Text::from(verdict.status.word()) } else { Text::toned(tone, verdict.status.word()) };
    let evidence = verdict.evidence.filter(|_| verdict.status != Status::Undecided);
    let cells = vec![
        Text::toned(tone, mark),
        found,
        evidence.map_or("", |evidence| evidence.word()).into(),
        tightness(verdict).into(),
    ];
    let is_news = verdict.status != Status::Holds && !verdict.note.is_empty();
    let notes = is_news.then(|| remarks(verdict).into()).into_iter().collect();
    Row { cells, name: verdict.id.to_owned(), notes }
}

/// Why claims do not apply, and which.
struct Reason<'a> {
    text: String,
    /// Where it fails first and by how much, of the first claim of which there is more to say than that.
    example: Option<String>,
    claims: Vec<&'a str>,
}

/// Why claims do not apply, what is so of most first.
fn reasons(report: &OwnRunReport) -> Vec<Reason<'_>> {
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    for own in report.claims.iter().filter(|own| own.verdict.status == Status::NotApplicable) {
        let (text, example) = match own.verdict.note.all().first() {
            Some(Remark::NotApplicable(label)) => {
                let assumption = own.assumptions.iter().find(|assumption| assumption.label == *label);
                let failure = assumption.and_then(|assumption| assumption.first_not_met.as_ref());
                // That it fails is said; numbers and a later place are news.
                let example = failure.filter(|failure| failure.t != When::START || !failure.sides.0.is_nan());
                ((*label).to_owned(), example.map(place))
            }
            Some(remark) => (remark.to_string(), None),
            None => (own.verdict.status.word().to_owned(), None),
        };
        match reasons.iter_mut().find(|reason| reason.text == text) {
            Some(reason) => {
                reason.claims.push(own.verdict.id);
                reason.example = reason.example.take().or(example);
            }
            None => reasons.push(Reason { text, example, claims: vec![own.verdict.id] }),
        }
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.claims.len()));
    reasons
}

impl Reason<'_> {
    fn note(&self) -> Note {
        let example = self.example.as_ref().map_or(String::new(), |example| format!(", {example}"));
        let (named, others) = self.claims.split_at(NAMED.min(self.claims.len()));
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        Note {
            text: format!("{:>3}  {}{example}", self.claims.len(), self.text).into(),
            details: vec![format!("   {}{more}", named.join(", ")).into()],
        }
    }
}
