//! The f64 trajectory beside the certified one.

use rug::Float;
use rug::float::Round;
use serde_json::{Map, Value, json};

use super::trajectory::Printed;
use super::{VERSION, digits};
use crate::audit::{Branch, Comparison, Deviation, JudgedSteps};
use crate::number::decimal;
use crate::trajectory::Ending;

/// Significant digits of an error.
const DIGITS: usize = 4;

/// Some digits, rounded upward.
fn digits_of(value: &Float) -> Option<String> {
    value.is_finite().then(|| decimal(value, DIGITS, Round::Up).0)
}

/// The comparison as JSON.
#[must_use]
pub fn json(comparison: &Comparison) -> Value {
    let Comparison { bits, judged, distance } = comparison;
    let rows = distance.rows.iter().map(
        |row| json!({ "t": row.t, "risk": error_json(&row.risk), "weight": error_json(&row.weight), "layer": row.layer }),
    );
    let mut object = Map::new();
    object.insert("version".to_owned(), VERSION.into());
    object.insert("bits".to_owned(), (*bits).into());
    object.insert("records".to_owned(), rows.collect());
    object.insert(
        "steps".to_owned(),
        json!({
            "judged": judged.steps,
            "chain_length": judged.chain_length,
            "worst_share": digits::rounded_up(judged.worst_share),
            "worst_t": judged.worst_at.0,
            "worst_layer": judged.worst_at.1,
            "exceeded_t": judged.exceeded,
            "undecided_t": judged.undecided,
        }),
    );
    let branched = distance
        .branched
        .as_ref()
        .map(|branch| json!({ "t": branch.t, "f64": branch.fast.printed(), "certified": branch.certified.printed() }));
    object.insert("branched".to_owned(), branched.into());
    for (name, ending) in [("f64", &distance.fast), ("certified", &distance.certified)] {
        object.insert(name.to_owned(), json!({ "outcome": ending.word(), "reason": ending.reason() }));
    }
    Value::Object(object)
}

fn error_json(error: &Deviation) -> Value {
    json!({
        "f64": error.value.printed(),
        "certified": error.exact.printed(),
        "absolute": digits_of(&error.absolute()),
        "ulps": error.ulps().printed(),
        "bound": digits_of(&error.bound()),
    })
}

/// The comparison as a table for people, with a few lines on what it shows.
#[must_use]
pub fn table(comparison: &Comparison) -> String {
    let Comparison { bits, judged, distance } = comparison;
    let header = ["t", "risk in f64", "error", "ulps", "bound", "worst weight", "error", "ulps", "bound"];
    let mut table = super::terminal::table(&header);
    for row in &distance.rows {
        let [error, ulps, bound] = columns(&row.risk);
        let [weight_error, weight_ulps, weight_bound] = columns(&row.weight);
        let place = format!("{:e} in layer {}", row.weight.value, row.layer);
        let risk = format!("{:e}", row.risk.value);
        table.add_row([row.t.to_string(), risk, error, ulps, bound, place, weight_error, weight_ulps, weight_bound]);
    }
    let mut text = format!("{}\n\n", table.trim_fmt());
    text += "error is |f64 − mid|; bound is |f64 − mid| + rad, rounded upward, and no less than the true error.\n";
    text += &format!("certified at {bits} bits: {}\n", described(&distance.certified));
    text += &format!("f64: {}\n", described(&distance.fast));
    text += &described_steps(judged);
    if let Some(Branch { t, fast, certified }) = &distance.branched {
        text += &format!(
            "the runs branched at step {t}: the smoothness rule chose R = {fast} in f64 and R = {certified} exactly\n"
        );
    }
    text
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
        return "no step to judge\n".to_owned();
    }
    let share = digits::rounded_up(*worst_share).unwrap_or_else(|| "more than all".to_owned());
    let verdict = match (exceeded, undecided) {
        (None, None) => "each of them within its bound".to_owned(),
        (Some(t), _) => format!("NOT within its bound at step {t}"),
        (None, Some(t)) => format!("not decided at step {t}, of which nothing bounds the rounding"),
    };
    format!(
        "{steps} f64 steps judged against certified ones, {verdict}; the worst used {share} of it, in layer {layer} at step {t} \
         (at most {chain_length} roundings in a chain)\n"
    )
}
