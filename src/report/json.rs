//! Verifications, comparisons and the catalogue as JSON.

use serde_json::{Map, Value, json};

use super::comparison::digits_of;
use super::discretisation::ends;
use super::json_lines::Printed;
use super::results::Results;
use super::{VERSION, digits};
use crate::audit::{Comparison, Deviation, Discretisation, FlowComparison, Row};
use crate::claims::Claim;
use crate::number::{Ball, decimal, nearest_f64};
use crate::trajectory::Ending;

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

/// A verification, as it is saved.
#[must_use]
pub fn verification(results: &Results) -> Value {
    // All its keys are strings, and a number that is none is null.
    serde_json::to_value(results).unwrap_or_default()
}

/// A comparison of the f64 run with the certified one.
#[must_use]
pub fn comparison(comparison: &Comparison) -> Value {
    let Comparison { bits, judged, distance } = comparison;
    let mut object = head(*bits);
    object.insert("records".to_owned(), distance.rows.iter().map(|row| record(row.t.into(), row)).collect());
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
    object.insert("f64".to_owned(), outcome(&distance.fast));
    object.insert("certified".to_owned(), outcome(&distance.certified));
    Value::Object(object)
}

/// A comparison of the flow in f64 with the enclosed one.
#[must_use]
pub fn flow_comparison(comparison: &FlowComparison) -> Value {
    let FlowComparison { bits, distance } = comparison;
    let mut object = head(*bits);
    let rows = distance.rows.iter().map(|row| record(nearest_f64(&row.t).printed(), row));
    object.insert("records".to_owned(), rows.collect());
    object.insert("f64".to_owned(), outcome(&distance.fast));
    object.insert("certified".to_owned(), outcome(&distance.certified));
    Value::Object(object)
}

/// The distances of descent from the flow.
#[must_use]
pub fn discretisation(measured: &Discretisation) -> Value {
    let interval = |ball: &Ball| {
        ends(ball, |end, round| decimal(end, 12, round).0)
            .map(|[lower, upper]| json!({ "lower": lower, "upper": upper }))
    };
    let rows = measured.gaps.iter().map(|gap| {
        json!({
            "t": nearest_f64(&gap.t).printed(),
            "steps": gap.steps,
            "distance": interval(&gap.distances[0]),
            "distance_half": interval(&gap.distances[1]),
            "ratio": gap.ratio().as_ref().and_then(interval),
        })
    });
    let mut object = head(measured.bits);
    object.insert("eta".to_owned(), measured.eta.printed());
    object.insert("records".to_owned(), rows.collect());
    object.insert("flow".to_owned(), outcome(&measured.flow));
    object.insert("descent".to_owned(), outcome(&measured.descents[0]));
    object.insert("descent_half".to_owned(), outcome(&measured.descents[1]));
    Value::Object(object)
}

/// What every comparison begins with.
fn head(bits: u32) -> Map<String, Value> {
    [("version".to_owned(), VERSION.into()), ("bits".to_owned(), bits.into())].into_iter().collect()
}

fn record<T>(t: Value, row: &Row<T>) -> Value {
    json!({ "t": t, "risk": deviation(&row.risk), "weight": deviation(&row.weight), "layer": row.layer })
}

fn outcome(ending: &Ending) -> Value {
    json!({ "outcome": ending.word(), "reason": ending.reason() })
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
