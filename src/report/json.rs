//! Verifications, comparisons and the catalogue as JSON.

use serde_json::{Map, Value, json};

use super::comparison::digits_of;
use super::json_lines::Printed;
use super::results::Results;
use super::{VERSION, digits};
use crate::audit::{Comparison, Deviation};
use crate::claims::Claim;

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
