//! What was saved over the steps of a run, as the pictures take it.

use super::plot::{self, Curves, Picture, Track};
use crate::claims::Symbol;
use crate::report::results::{BandsResult, CurveResult};

/// Both sides of the relation that refutes a claim.
pub(super) fn sides(curve: &CurveResult) -> Picture {
    let track = |name: &str, bands: &BandsResult| Track {
        name: name.to_owned(),
        mid: bands.mid.clone(),
        rad: bands.rad.clone(),
    };
    let step = |t: &u64| *t as f64;
    plot::curves(&Curves {
        relation: curve.relation.clone(),
        layer: Some(curve.layer).filter(|layer| *layer > 0),
        comparison: match curve.comparison {
            Some(Symbol::AtMost) => "≤",
            Some(Symbol::LessThan) => "<",
            Some(Symbol::Equal) => "=",
            None => "related to",
        }
        .to_owned(),
        t: curve.t.iter().map(step).collect(),
        left: track("left side", &curve.left),
        right: track("right side", &curve.right),
        crosses: curve.crosses.as_ref().map(step),
        failing: curve.failing.iter().map(step).collect(),
    })
}
