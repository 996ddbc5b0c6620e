//! What is told of descent beside the flow that it follows.

use rug::Float;
use rug::float::Round;

use super::document::{Block, Document, Table};
use crate::audit::{Discretisation, Gap};
use crate::number::{Ball, decimal, nearest_f64, readable};
use crate::trajectory::Ending;

/// The precision of the end of an interval before it is printed.
const BITS: u32 = 128;

/// Both ends of a ball of numbers that are not negative, rounded outward; `None` if nothing is known.
pub(super) fn ends(ball: &Ball, digits: impl Fn(&Float, Round) -> String) -> Option<[String; 2]> {
    let [lower, upper] = [ball.lower_float(BITS), ball.upper_float(BITS)];
    let lower = if lower.is_sign_negative() { Float::new(BITS) } else { lower };
    upper.is_finite().then(|| [digits(&lower, Round::Down), digits(&upper, Round::Up)])
}

/// Both ends for the eye, four digits each, or six where they are near 1.
fn between(ball: &Ball) -> String {
    let digits = |end: &Float, round| match end.get_exp() {
        Some(-8..=8) => decimal(end, 6, round).0,
        Some(_) => {
            let (_, digits, exponent) = end.to_sign_string_exp_round(10, Some(4), round);
            format!("{}.{}e{}", &digits[..1], &digits[1..], exponent.unwrap_or(0) - 1)
        }
        None => "0".to_owned(),
    };
    ends(ball, digits).map_or_else(
        || "unknown".to_owned(),
        |[lower, upper]| if lower == upper { lower } else { format!("{lower}–{upper}") },
    )
}

/// The distances as a table, with a few lines on what it shows.
#[must_use]
pub fn document(measured: &Discretisation) -> Document {
    let Discretisation { eta, bits, gaps, flow, descents } = measured;
    let table = Table {
        header: vec!["t", "steps", "distance", "with half the step", "ratio"],
        rows: gaps.iter().map(row).collect(),
    };
    let described = |ending: &Ending| ending.reason().unwrap_or("finished").to_owned();
    let notes: Vec<Block> = vec![
        format!(
            "distance is that of gradient descent with steps of {eta} from the flow at the same time, in the Euclidean norm of all weights, and \
             certainly between the two numbers; to first order in the step it is halved with the step, and the ratio is 2."
        )
        .into(),
        format!("flow, certified at {bits} bits: {}", described(flow)).into(),
        format!("descent with steps of {eta}, certified: {}", described(&descents[0])).into(),
        format!("descent with steps of {}, certified: {}", rug::Rational::from(eta / 2), described(&descents[1])).into(),
    ];
    Document(vec![vec![Block::Table(table)], notes])
}

fn row(gap: &Gap) -> Vec<String> {
    vec![
        readable(nearest_f64(&gap.t)),
        gap.steps.to_string(),
        between(&gap.distances[0]),
        between(&gap.distances[1]),
        gap.ratio().map_or_else(|| "–".to_owned(), |ratio| between(&ratio)),
    ]
}
