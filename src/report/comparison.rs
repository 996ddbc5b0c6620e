//! What is told of an f64 run beside the certified one.

use rug::Float;
use rug::float::Round;

use super::digits;
use super::document::{Block, Document, Table};
use crate::audit::{Branch, Comparison, Deviation, FlowComparison, JudgedSteps, Row};
use crate::number::{decimal, nearest_f64, readable};
use crate::trajectory::Ending;

/// Significant digits of an error.
const DIGITS: usize = 4;

/// Some digits of an error, rounded upward.
pub(super) fn digits_of(value: &Float) -> Option<String> {
    value.is_finite().then(|| decimal(value, DIGITS, Round::Up).0)
}

/// The comparison as a table, with a few lines on what it shows.
#[must_use]
pub fn document(comparison: &Comparison) -> Document {
    let Comparison { bits, judged, distance } = comparison;
    let mut notes = notes(*bits, &distance.certified, &distance.fast);
    notes.push(described_steps(judged).into());
    if let Some(Branch { t, fast, certified }) = &distance.branched {
        notes.push(
            format!(
                "the runs branched at step {t}: the smoothness rule chose R = {fast} in f64 and R = {certified} exactly"
            )
            .into(),
        );
    }
    let table = table(distance.rows.iter().map(|row| cells(row.t.to_string(), row)));
    Document(vec![vec![table], notes])
}

/// The comparison of a flow, in the same form.
#[must_use]
pub fn flow_document(comparison: &FlowComparison) -> Document {
    let FlowComparison { bits, distance } = comparison;
    let mut notes = notes(*bits, &distance.certified, &distance.fast);
    notes.push("the f64 flow is measured and not judged: the error of a step of the integrator has no budget.".into());
    let table = table(distance.rows.iter().map(|row| cells(readable(nearest_f64(&row.t)), row)));
    Document(vec![vec![table], notes])
}

fn table(rows: impl Iterator<Item = Vec<String>>) -> Block {
    let header = vec!["t", "risk in f64", "error", "ulps", "bound", "worst weight", "error", "ulps", "bound"];
    Block::Table(Table { header, rows: rows.collect() })
}

fn notes(bits: u32, certified: &Ending, fast: &Ending) -> Vec<Block> {
    vec![
        "error is |f64 − mid|; bound is |f64 − mid| + rad, rounded upward, and no less than the true error.".into(),
        format!("certified at {bits} bits: {}", described(certified)).into(),
        format!("f64: {}", described(fast)).into(),
    ]
}

fn cells<T>(t: String, row: &Row<T>) -> Vec<String> {
    let mut cells = vec![t, format!("{:e}", row.risk.value)];
    cells.extend(columns(&row.risk));
    cells.push(format!("{:e} in layer {}", row.weight.value, row.layer));
    cells.extend(columns(&row.weight));
    cells
}

fn columns(error: &Deviation) -> [String; 3] {
    let digits = |value: &Float| digits_of(value).unwrap_or_else(|| "unknown".to_owned());
    [digits(&error.absolute()), digits::brief(error.ulps()), digits(&error.bound())]
}

fn described(ending: &Ending) -> &str {
    ending.reason().unwrap_or("finished")
}

fn described_steps(judged: &JudgedSteps) -> String {
    let JudgedSteps { steps, chain_length, worst_share, worst_at: (t, layer), exceeded, undecided } = judged;
    if *steps == 0 {
        return "no step to judge".to_owned();
    }
    let share = digits::rounded_up(*worst_share).unwrap_or_else(|| "more than all".to_owned());
    let verdict = match (exceeded, undecided) {
        (None, None) => "each of them within its bound".to_owned(),
        (Some(t), _) => format!("NOT within its bound at step {t}"),
        (None, Some(t)) => format!("not decided at step {t}, of which nothing bounds the rounding"),
    };
    format!(
        "{steps} f64 steps judged against certified ones, {verdict}; the worst used {share} of it, in layer {layer} at step {t} \
         (at most {chain_length} roundings in a chain)"
    )
}
