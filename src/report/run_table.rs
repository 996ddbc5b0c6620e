//! All that was found on one's own run, as a table: claims by paper, definitions and what is false as printed apart from them, and what does
//! not apply by the hypothesis that fails.

use super::document::{Block, Document, Note, Text, Tone};
use super::note::note;
use super::own_run::{place, title_of};
use super::verification::margin;
use super::{SCOPE_NOTE, own_run};
use crate::claims::{Expected, Role};
use crate::verify::{OwnRunReport, OwnRunVerdict, Remark, Status};
use crate::visible::visible;

/// How many claims of those that do not apply for one reason are named.
const NAMED: usize = 3;

/// A verification of many claims on the run of this name: the file of its spec, say.
#[must_use]
pub fn document(report: &OwnRunReport, name: &str) -> Document {
    let applies = |own: &&OwnRunVerdict| own.verdict.status != Status::NotApplicable;
    let shown: Vec<&OwnRunVerdict> = report.claims.iter().filter(applies).collect();
    let width = shown.iter().map(|own| own.verdict.id.len()).max().unwrap_or(0);
    let rows = |wanted: &dyn Fn(&OwnRunVerdict) -> bool| {
        shown.iter().filter(|own| wanted(own)).map(|own| Block::Note(row(own, width))).collect::<Vec<Block>>()
    };
    let mut groups = vec![vec![Block::Heading(title_of(report, name)), SCOPE_NOTE.into()]];
    let mut section = |heading: Text, rows: Vec<Block>| {
        if !rows.is_empty() {
            groups.push([vec![Block::Heading(heading)], rows].concat());
        }
    };
    let mut papers: Vec<&str> = shown.iter().map(|own| own.verdict.paper).collect();
    papers.dedup();
    for paper in papers {
        section(Text::toned(Tone::Strong, paper), rows(&|own| own.verdict.paper == paper && kind(own) == Kind::Claim));
    }
    section(Text::toned(Tone::Strong, "definitions"), rows(&|own| kind(own) == Kind::Definition));
    section(
        Text::toned(Tone::Strong, "false as printed").then(": there are runs that refute it, and this one may"),
        rows(&|own| kind(own) == Kind::Slip),
    );
    let reasons: Vec<Block> = reasons(report).iter().map(|reason| Block::Note(reason.note())).collect();
    let heading = format!(": {}, by what fails first", report.claims.len() - shown.len());
    section(Text::toned(Tone::Strong, "not applicable").then(heading), reasons);
    groups.push(end(report, name));
    Document(groups)
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

/// The line of a claim, and below it what is news.
fn row(own: &OwnRunVerdict, width: usize) -> Note {
    let verdict = &own.verdict;
    let (tone, mark) = match verdict.status {
        Status::Undecided => (Tone::Doubtful, "?"),
        Status::Failed | Status::Refuted if !own.passed() => (Tone::Bad, "FAIL"),
        // That it is false is known.
        _ if kind(own) == Kind::Slip => (Tone::Plain, ""),
        _ => (Tone::Good, "ok"),
    };
    let evidence = verdict.evidence.map_or("", |evidence| evidence.word());
    let text = Text::toned(tone, format!("{mark:<4}")).then(format!(
        " {:<9} {evidence:<10} {:<width$}  {}",
        verdict.status.word(),
        verdict.id,
        margin(verdict)
    ));
    let is_news = !matches!(verdict.status, Status::Holds) && !verdict.note.is_empty();
    Note { text, details: is_news.then(|| note(verdict).into()).into_iter().collect() }
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
                let example = failure.filter(|failure| failure.t > 0 || !failure.sides.0.is_nan());
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
        let text = Text::from(format!("{:>4} ", self.claims.len())).then(format!("{}{example}", self.text));
        let (named, others) = self.claims.split_at(NAMED.min(self.claims.len()));
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        Note { text, details: vec![format!("   {}{more}", named.join(", ")).into()] }
    }
}

/// How many came out how, and what to type next.
fn end(report: &OwnRunReport, name: &str) -> Vec<Block> {
    let count = |wanted: Kind, status: Status| {
        report.claims.iter().filter(|own| kind(own) == wanted && own.verdict.status == status).count()
    };
    let claims = |status| count(Kind::Claim, status);
    let (refuted, undecided) = (claims(Status::Refuted), claims(Status::Undecided));
    let failed = report.claims.iter().filter(|own| own.verdict.status == Status::Failed).count();
    let summary = report.summary();
    let tone = match (summary.not_as_expected, summary.undecided) {
        _ if report.nothing_applies() => Tone::Doubtful,
        (0, 0) => Tone::Good,
        (0, _) => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let mut text = if report.nothing_applies() {
        Text::toned(tone, format!("nothing applies to this run: {} not applicable", report.claims.len()))
    } else {
        let outcome = format!("claims: {} hold, {refuted} refuted, {undecided} undecided", claims(Status::Holds));
        Text::toned(tone, outcome).then(format!(", {} not applicable", claims(Status::NotApplicable)))
    };
    if failed > 0 {
        text = text.and(Tone::Bad, format!("; {failed} checks broke"));
    }
    let mut blocks: Vec<Block> = vec![text.into()];
    let refuted_slips = count(Kind::Slip, Status::Refuted);
    let slips = refuted_slips + count(Kind::Slip, Status::Holds) + count(Kind::Slip, Status::Undecided);
    if slips > 0 {
        blocks.push(
            format!("false as printed: {slips} that can speak of this run, {refuted_slips} refuted by it").into(),
        );
    }
    if report.left_out > 0 {
        blocks.push(format!("left out: {} about chance, of which no run can speak", report.left_out).into());
    }
    if report.interrupted {
        blocks.push(own_run::interrupted());
    }
    blocks.push(format!("more of one of them: witness verify --spec {} --claim ID", visible(name)).into());
    blocks
}
