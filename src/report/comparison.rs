//! The f64 trajectory beside the certified one.

use rug::Float;
use rug::float::Round;
use serde_json::{Map, Value, json};

use super::trajectory::{Outcome, Printed};
use super::{VERSION, digits};
use crate::number::{Ball, Real, decimal};

/// Significant digits of an error.
const DIGITS: usize = 4;

/// A run in f64 beside the certified one.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The precision of the certified run.
    pub bits: u32,
    /// The recorded steps that both runs reached.
    pub rows: Vec<Row>,
    /// The judgement of the f64 steps, all of them.
    pub judged: Judged,
    /// The first step at which the smoothness rule chose different radii.
    pub branched: Option<Branch>,
    /// How the f64 run ended, and why if before its last step.
    pub fast: Ending,
    /// How the certified run ended, and why if before its last step.
    pub certified: Ending,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// How.
    pub outcome: Outcome,
    /// Why, unless it finished.
    pub reason: Option<String>,
}

/// One recorded step.
#[derive(Clone, Debug)]
pub struct Row {
    /// The step.
    pub t: u64,
    /// The risk.
    pub risk: Error,
    /// The weight that is furthest off.
    pub weight: Error,
    /// The layer of that weight, counted from 1.
    pub layer: usize,
}

/// An f64 beside the enclosure of the number that it stands for.
#[derive(Clone, Debug)]
pub struct Error {
    /// The f64.
    pub value: f64,
    /// The enclosure.
    pub exact: Ball,
}

/// What was found of the f64 steps, judged one by one.
#[derive(Clone, Debug)]
pub struct Judged {
    /// How many.
    pub steps: u64,
    /// The longest chain of roundings in a step.
    pub chain_length: u64,
    /// The largest share of its bound that a weight used, rounded upward.
    pub worst_share: f64,
    /// The step and the layer (from 1) of that weight.
    pub worst_at: (u64, usize),
    /// The first step that is certainly not within its bound.
    pub exceeded: Option<u64>,
    /// The first step of which that is not decided: nothing bounds it.
    pub undecided: Option<u64>,
}

/// Where the two runs took different radii.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The step `t` of the radii `R_t`.
    pub t: u64,
    /// The radius of the f64 run.
    pub fast: rug::Rational,
    /// The radius of the certified run.
    pub certified: rug::Rational,
}

impl Error {
    fn difference(&self) -> Ball {
        Ball::from_f64(self.value, f64::MANTISSA_DIGITS) - &self.exact
    }

    /// `|value − mid|`: the error, but for what is not known of the exact number; infinite if nothing is known of it.
    #[must_use]
    pub fn absolute(&self) -> Float {
        known(&self.difference()).map_or_else(infinity, |difference| difference.centre().abs())
    }

    /// `|value − mid| + rad`, rounded upward: no less than the error. Infinite if nothing is known of the exact number.
    #[must_use]
    pub fn bound(&self) -> Float {
        let upper = self.difference().abs().upper();
        known(&upper).map_or_else(infinity, |upper| upper.centre())
    }

    /// The error in units of the last place of the f64, the distance to the next f64 away from zero.
    #[must_use]
    pub fn ulps(&self) -> f64 {
        let unit = self.value.abs().next_up() - self.value.abs();
        Float::with_val(f64::MANTISSA_DIGITS, self.absolute() / unit).to_f64()
    }

    /// Whether the enclosure is so wide that its radius, not the error, is what one would see: above a hundredth of both the error
    /// and the unit of the last place.
    #[must_use]
    pub fn is_blurred(&self) -> bool {
        let unit = self.value.abs().next_up() - self.value.abs();
        let radius = Float::with_val(f64::MANTISSA_DIGITS, self.exact.radius().to_float() * 100u32);
        !self.exact.is_defined() || (radius > unit && radius > self.absolute())
    }

    fn json(&self) -> Value {
        json!({
            "f64": self.value.printed(),
            "certified": self.exact.printed(),
            "absolute": digits_of(&self.absolute()),
            "ulps": self.ulps().printed(),
            "bound": digits_of(&self.bound()),
        })
    }

    fn columns(&self) -> [String; 3] {
        let digits = |value: &Float| digits_of(value).unwrap_or_else(|| "unknown".to_owned());
        [digits(&self.absolute()), digits::brief(self.ulps()), digits(&self.bound())]
    }
}

/// The ball, unless it is the whole line, whose centre means nothing.
fn known(ball: &Ball) -> Option<&Ball> {
    ball.is_defined().then_some(ball)
}

fn infinity() -> Float {
    Float::with_val(f64::MANTISSA_DIGITS, rug::float::Special::Infinity)
}

/// Some digits, rounded upward.
fn digits_of(value: &Float) -> Option<String> {
    value.is_finite().then(|| decimal(value, DIGITS, Round::Up).0)
}

impl Comparison {
    /// The comparison as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows = self
            .rows
            .iter()
            .map(|row| json!({ "t": row.t, "risk": row.risk.json(), "weight": row.weight.json(), "layer": row.layer }));
        let mut object = Map::new();
        object.insert("version".to_owned(), VERSION.into());
        object.insert("bits".to_owned(), self.bits.into());
        object.insert("records".to_owned(), rows.collect());
        object.insert(
            "steps".to_owned(),
            json!({
                "judged": self.judged.steps,
                "chain_length": self.judged.chain_length,
                "worst_share": digits::rounded_up(self.judged.worst_share),
                "worst_t": self.judged.worst_at.0,
                "worst_layer": self.judged.worst_at.1,
                "exceeded_t": self.judged.exceeded,
                "undecided_t": self.judged.undecided,
            }),
        );
        let branched = self.branched.as_ref().map(
            |branch| json!({ "t": branch.t, "f64": branch.fast.printed(), "certified": branch.certified.printed() }),
        );
        object.insert("branched".to_owned(), branched.into());
        for (name, ending) in [("f64", &self.fast), ("certified", &self.certified)] {
            object.insert(name.to_owned(), json!({ "outcome": ending.outcome, "reason": ending.reason }));
        }
        Value::Object(object)
    }

    /// The comparison as a table for people, with a few lines on what it shows.
    #[must_use]
    pub fn table(&self) -> String {
        let header = ["t", "risk in f64", "error", "ulps", "bound", "worst weight", "error", "ulps", "bound"];
        let mut table = super::terminal::table(&header);
        for row in &self.rows {
            let [error, ulps, bound] = row.risk.columns();
            let [weight_error, weight_ulps, weight_bound] = row.weight.columns();
            let place = format!("{:e} in layer {}", row.weight.value, row.layer);
            let risk = format!("{:e}", row.risk.value);
            table.add_row([
                row.t.to_string(),
                risk,
                error,
                ulps,
                bound,
                place,
                weight_error,
                weight_ulps,
                weight_bound,
            ]);
        }
        let mut text = format!("{}\n\n", table.trim_fmt());
        text += "error is |f64 − mid|; bound is |f64 − mid| + rad, rounded upward, and no less than the true error.\n";
        text += &format!("certified at {} bits: {}\n", self.bits, self.certified.describe());
        text += &format!("f64: {}\n", self.fast.describe());
        text += &self.judged.describe();
        if let Some(Branch { t, fast, certified }) = &self.branched {
            text += &format!(
                "the runs branched at step {t}: the smoothness rule chose R = {fast} in f64 and R = {certified} exactly\n"
            );
        }
        text
    }
}

impl Ending {
    fn describe(&self) -> &str {
        self.reason.as_deref().unwrap_or("finished")
    }
}

impl Judged {
    fn describe(&self) -> String {
        let Self { steps, chain_length, worst_share, worst_at: (t, layer), exceeded, undecided } = self;
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
}
