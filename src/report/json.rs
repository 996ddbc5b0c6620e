//! Verifications, comparisons and the catalogue as JSON.

use serde_json::{Map, Value, json};

use super::comparison::digits_of;
use super::json_lines::Printed;
use super::note::note;
use super::{SCOPE_NOTE, VERSION, digits};
use crate::audit::{Comparison, Deviation};
use crate::claims::Claim;
use crate::verify::{
    Assumption, ClaimVerdict, Counterexample, Failure, OwnRunReport, Range, Report, SampleVerdict, Summary,
};

/// The catalogue: what each claim is, without its text.
#[must_use]
pub fn catalogue(claims: &[&Claim]) -> Value {
    let entry = |claim: &&Claim| {
        json!({
            "id": claim.id(),
            "paper": claim.paper(),
            "source": claim.source(),
            "role": claim.role().word(),
            "kind": claim.kind(),
            "expected": claim.expected().word(),
            "scope": claim.scope().word(),
            "repairs": claim.repairs(),
            "reading": claim.reading().word(),
        })
    };
    json!({ "claims": claims.iter().map(entry).collect::<Vec<Value>>() })
}

/// A verification on generated instances.
#[must_use]
pub fn verification(report: &Report) -> Value {
    let mut object = Map::new();
    object.insert("version".to_owned(), VERSION.into());
    object.insert("seed".to_owned(), report.seed.into());
    object.insert("scope_note".to_owned(), SCOPE_NOTE.into());
    if report.interrupted {
        object.insert("interrupted".to_owned(), true.into());
    }
    object.insert("claims".to_owned(), report.claims.iter().map(verdict_of).map(Value::Object).collect());
    object.insert("summary".to_owned(), summary(report.summary()));
    Value::Object(object)
}

/// A verification on the user's own run, read from the file `spec`. It has a seed as every verification has, that of the command
/// line; nothing is drawn from it.
#[must_use]
pub fn own_run(report: &OwnRunReport, spec: &str, seed: u64) -> Value {
    let claims = report.claims.iter().map(|own| {
        let mut object = verdict_of(&own.verdict);
        object.insert("hypotheses".to_owned(), own.assumptions.iter().map(assumption).collect());
        Value::Object(object)
    });
    let mut object = Map::new();
    object.insert("version".to_owned(), VERSION.into());
    object.insert("seed".to_owned(), seed.into());
    object.insert("spec".to_owned(), spec.into());
    object.insert("conclusion_only".to_owned(), report.conclusion_only.into());
    object.insert("scope_note".to_owned(), SCOPE_NOTE.into());
    if report.interrupted {
        object.insert("interrupted".to_owned(), true.into());
    }
    object.insert("claims".to_owned(), claims.collect());
    object.insert("summary".to_owned(), summary(report.summary()));
    Value::Object(object)
}

/// A comparison of the f64 run with the certified one.
#[must_use]
pub fn comparison(comparison: &Comparison) -> Value {
    let Comparison { bits, judged, distance } = comparison;
    let rows = distance.rows.iter().map(
        |row| json!({ "t": row.t, "risk": deviation(&row.risk), "weight": deviation(&row.weight), "layer": row.layer }),
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

fn deviation(error: &Deviation) -> Value {
    json!({
        "f64": error.value.printed(),
        "certified": error.exact.printed(),
        "absolute": digits_of(&error.absolute()),
        "ulps": error.ulps().printed(),
        "bound": digits_of(&error.bound()),
    })
}

fn summary(summary: Summary) -> Value {
    json!({
        "as_expected": summary.as_expected,
        "not_as_expected": summary.not_as_expected,
        "undecided": summary.undecided,
    })
}

fn verdict_of(verdict: &ClaimVerdict) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("id", verdict.id.into());
    put("paper", verdict.paper.into());
    put("expected", verdict.expected.word().into());
    put("status", verdict.status.word().into());
    put("scope", verdict.scope.word().into());
    put("evidence", verdict.evidence.map(|evidence| evidence.word()).into());
    put("instances", verdict.instances.into());
    put("applicable", verdict.applicable.into());
    put("informative", verdict.informative.into());
    put("attained", verdict.attained.into());
    put("undecided", verdict.undecided.into());
    put("worst_ratio", verdict.worst_ratio.and_then(digits::rounded_up).into());
    put("agrees_to", verdict.agrees_log2.and_then(digits::power_of_two_rounded_up).into());
    put("max_bits", verdict.max_bits.into());
    put("horizon", verdict.horizon.into());
    put("control", verdict.control.map(|caught| if caught { "caught" } else { "missed" }).into());
    put("seconds", rounded_seconds(verdict.time).into());
    put("note", note(verdict).into());
    put("depths", range(verdict.depths));
    put("widths", range(verdict.widths));
    put("examples", range(verdict.examples));
    put("informative_by_depth", verdict.informative_by_depth.iter().map(|row| informative_at(*row)).collect());
    put("roads", verdict.roads.iter().map(|(road, count)| ((*road).to_owned(), Value::from(*count))).collect());
    put("trends", verdict.trends.iter().map(|trend| json!({ "label": trend.label, "value": trend.value })).collect());
    put("counterexample", verdict.counterexample.as_ref().and_then(Counterexample::spec).into());
    put("confidence", verdict.confidence.into());
    put("samples", verdict.samples.iter().map(sample).collect());
    object
}

/// One sample of a claim about chance. Bounds of the exact probability are rounded outward.
fn sample(sample: &SampleVerdict) -> Value {
    json!({
        "case": sample.case,
        "event": sample.label,
        "stream": sample.stream,
        "draws": sample.draws,
        "seen": sample.seen,
        "unclear": sample.unclear,
        "interval": [sample.interval.lower, sample.interval.upper],
        "confidence": sample.confidence,
        "exact": sample.exact.map(|(least, greatest)| [least, greatest]),
        "at_least": sample.at_least,
        "at_most": sample.at_most,
        "agrees": sample.agrees,
    })
}

fn informative_at((depth, informative, applicable): (u64, u64, u64)) -> Value {
    json!({ "depth": depth, "informative": informative, "applicable": applicable })
}

fn range(range: Option<Range>) -> Value {
    range.map_or(Value::Null, |range| json!([range.least, range.greatest]))
}

/// Wall time in seconds, to the millisecond.
fn rounded_seconds(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

fn assumption(assumption: &Assumption) -> Value {
    json!({
        "label": assumption.label,
        "met": assumption.met,
        "unmet": assumption.unmet,
        "open": assumption.open,
        "first_not_met": assumption.first_not_met.as_ref().map(failure),
    })
}

fn failure(failure: &Failure) -> Value {
    // Sides that are not there are NaN, and NaN becomes null.
    let mut value = json!({ "t": failure.t, "left": failure.sides.0, "right": failure.sides.1 });
    if let Some(digits) = &failure.digits {
        value["digits"] = json!([digits.left, digits.right]);
        value["difference"] = digits.difference.as_deref().into();
    }
    value
}
