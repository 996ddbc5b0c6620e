//! Text for people: the catalogue, one claim in full, verifications.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use super::digits::brief;
pub use super::style::Style;
use super::style::Tone;
use super::wording::{counts, covered, margin, mark, own_verdict};
use super::{SCOPE_NOTE, VERSION};
use crate::claims::{Claim, Expected};
use crate::verify::{ClaimVerdict, OwnRunReport, Report, Status};
use crate::visible::visible;

/// A line under the header and none elsewhere.
const PLAIN: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// An empty table, fitted to the terminal if it is shown on one, else as wide as it needs to be.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(PLAIN).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.to_vec());
    table
}

/// The catalogue as a table, one line a claim.
#[must_use]
pub fn catalogue(claims: &[&Claim]) -> String {
    let mut table = table(&["id", "role", "expected", "checked as", "kind", "source"]);
    for claim in claims {
        table.add_row([
            claim.id(),
            claim.role().word(),
            claim.expected().word(),
            claim.scope().word(),
            claim.kind(),
            claim.source(),
        ]);
    }
    format!("{}\n{} entries; `witness explain ID` prints one in full.\n", table.trim_fmt(), claims.len())
}

/// One claim in full.
#[must_use]
pub fn explanation(claim: &Claim, style: Style) -> String {
    let mut text = format!("{}\n\n", style.paint(Tone::Heading, claim.id()));
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<10} {value}");
    };
    line("role", claim.role().word());
    line("expected", claim.expected().word());
    line("checked as", claim.scope().word());
    line("reading", claim.reading().word());
    if let Some(repaired) = claim.repairs() {
        line("repaired", repaired);
    }
    for heading in claim.documentation().lines() {
        match heading.strip_prefix("# ") {
            Some(title) => {
                let _ = write!(text, "\n{}\n", style.paint(Tone::Heading, title.trim()));
            }
            None => {
                let _ = writeln!(text, "{heading}");
            }
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What stands above the lines of a verification on generated instances.
#[must_use]
pub fn verification_head(seed: u64, instances: u64, claims: usize, style: Style) -> String {
    let title = style.paint(Tone::Heading, &format!("witness {VERSION}"));
    let claims = if claims == 1 { "1 claim".to_owned() } else { format!("{claims} claims") };
    format!("{title}: {claims}, {instances} applicable instances each, seed {seed}\n{SCOPE_NOTE}\n\n")
}

/// The line of one claim; ids are padded to `id_width`.
#[must_use]
pub fn claim_line(verdict: &ClaimVerdict, id_width: usize, style: Style) -> String {
    let (tone, mark) = mark(verdict);
    let mut line = format!(
        "{} {:<14} {:<11} {:<id_width$}  {:<43}  {:<35}  {:<17}",
        style.paint(tone, mark),
        verdict.status.word(),
        verdict.evidence.map_or("", |evidence| evidence.word()),
        verdict.id,
        covered(verdict),
        counts(verdict),
        margin(verdict),
    );
    match verdict.control {
        Some(true) => line.push_str("  control caught"),
        Some(false) => line.push_str(&format!("  {}", style.paint(Tone::Bad, "control missed"))),
        // A check that was not finished has had no time for it.
        None if verdict.status == Status::Undecided => {}
        None => line.push_str(&format!("  {}", style.paint(Tone::Bad, "no control"))),
    }
    let _ = write!(line, "  {:.2} s", verdict.time.as_secs_f64());
    if let Some(sample) = verdict.headline() {
        let _ = write!(line, "  {}", sample.summary());
    }
    let is_scarce = verdict.status == Status::Holds && verdict.is_scarce();
    if verdict.as_expected() && (verdict.status == Status::Refuted || is_scarce) {
        let _ = write!(line, "  {}", verdict.note);
    }
    for trend in &verdict.trends {
        let _ = write!(line, "  {} = {}", trend.label, brief(trend.value));
    }
    line.push('\n');
    line
}

/// The summary table of a verification, and what must be said of claims that did not come out as expected.
#[must_use]
pub fn verification_end(report: &Report, style: Style) -> String {
    let mut papers: Vec<&str> = Vec::new();
    for verdict in &report.claims {
        if !papers.contains(&verdict.paper) {
            papers.push(verdict.paper);
        }
    }
    let header = ["paper", "claims", "hold", "refuted as expected", "not as expected", "undecided", "controls caught"];
    let mut table = table(&header);
    for paper in papers {
        let count = |wanted: &dyn Fn(&ClaimVerdict) -> bool| {
            report.claims.iter().filter(|verdict| verdict.paper == paper && wanted(verdict)).count().to_string()
        };
        table.add_row([
            paper.to_owned(),
            count(&|_| true),
            count(&|verdict| verdict.as_expected() && verdict.expected == Expected::Holds),
            count(&|verdict| verdict.as_expected() && verdict.expected == Expected::Refuted),
            count(&|verdict| !verdict.as_expected() && verdict.status != Status::Undecided),
            count(&|verdict| verdict.status == Status::Undecided),
            count(&|verdict| verdict.control == Some(true)),
        ]);
    }
    let mut text = format!("\n{}\n{}", table.trim_fmt(), attained(report));
    for verdict in report.claims.iter().filter(|verdict| !verdict.as_expected()) {
        text.push_str(&remark(verdict, style));
    }
    let summary = report.summary();
    let tone = match (summary.not_as_expected, summary.undecided) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let _ = writeln!(text, "{}", style.paint(tone, &summary.to_string()));
    if report.interrupted {
        let _ = writeln!(
            text,
            "{}",
            style.paint(Tone::Doubtful, "interrupted: claims that were not finished are left out")
        );
    }
    text
}

/// The relations that hold with equality, by the road that proved it; nothing if there are none.
fn attained(report: &Report) -> String {
    let mut roads: BTreeMap<&str, (u64, Vec<&str>)> = BTreeMap::new();
    for verdict in &report.claims {
        for (&road, &relations) in &verdict.roads {
            let (sum, claims) = roads.entry(road).or_default();
            *sum += relations;
            claims.push(verdict.id);
        }
    }
    if roads.is_empty() {
        return String::new();
    }
    let mut table = table(&["equality proved by", "relations", "claims"]);
    for (road, (relations, claims)) in roads {
        let shown = match claims[..] {
            [one] => one.to_owned(),
            [first, ..] => format!("{first} and {} more", claims.len() - 1),
            [] => String::new(),
        };
        table.add_row([road.to_owned(), relations.to_string(), shown]);
    }
    format!("\n{}\n", table.trim_fmt())
}

/// A verification on the user's own run, read from the file `spec`.
#[must_use]
pub fn own_run(report: &OwnRunReport, spec: &str, style: Style) -> String {
    let subject = if report.conclusion_only { "the conclusion alone, on " } else { "" };
    let title = style.paint(Tone::Heading, &format!("witness {VERSION}"));
    let mut text = format!("{title}: {subject}{}\n{SCOPE_NOTE}\n", visible(spec));
    for own in &report.claims {
        text.push_str(&own_verdict(own, report.conclusion_only, style));
    }
    if report.interrupted {
        let _ = writeln!(text, "\n{}", style.paint(Tone::Doubtful, "interrupted: what was not finished is left out"));
    }
    text
}

/// What must be said of a claim that did not come out as expected.
fn remark(verdict: &ClaimVerdict, style: Style) -> String {
    let (tone, _) = mark(verdict);
    let mut text = format!("{}: {}", verdict.id, style.paint(tone, verdict.status.word()));
    if !verdict.note.is_empty() {
        let _ = write!(text, ", {}", verdict.note);
    }
    text.push('\n');
    if verdict.counterexample.is_some() && verdict.in_catalogue {
        let _ = writeln!(text, "  save the counterexample: witness verify --claim {} --counterexamples .", verdict.id);
        let _ = writeln!(text, "  replay it:               witness verify --claim {0} --spec {0}.toml", verdict.id);
    }
    text
}
