//! A trajectory as JSON Lines: one object a recorded step, the summary last.
//!
//! Reals become text here, each number system in the form that loses nothing: an f64 as a JSON number that reads back exactly, an
//! MPFR number as enough decimal digits, a ball as `mid` and `rad` which enclose it *as printed*, a rational as `p/q`. A number
//! that is not finite has no form; a record is made of finite numbers or not at all.

use serde_json::{Map, Value as Json, json};

use super::VERSION;
use crate::number::{Ball, Float, Magnitude, Matrix, Ring};
use crate::problem::{Arithmetic, Network, nearest_f64};
use crate::trajectory::{Limit, Position, Record, Trajectory, Value};

/// A number as JSON; null if it is not finite or nothing is known of it.
pub(super) trait Printed {
    fn printed(&self) -> Json;
}

impl Printed for f64 {
    fn printed(&self) -> Json {
        (*self).into()
    }
}

impl Printed for Float {
    fn printed(&self) -> Json {
        self.to_string().into()
    }
}

impl Printed for Ball {
    fn printed(&self) -> Json {
        self.to_decimal().map_or(Json::Null, |decimal| json!({ "mid": decimal.mid, "rad": decimal.rad }))
    }
}

impl Printed for Magnitude {
    /// The radius of a ball.
    fn printed(&self) -> Json {
        let ball = Ball::new(rug::Float::new(rug::float::prec_min()), *self);
        ball.to_decimal().map_or(Json::Null, |decimal| decimal.rad.into())
    }
}

impl Printed for rug::Rational {
    /// `p/q` in lowest terms, integers too: `3/1`.
    fn printed(&self) -> Json {
        format!("{}/{}", self.numer(), self.denom()).into()
    }
}

impl Printed for Value {
    fn printed(&self) -> Json {
        match self {
            Self::F64(value) => value.printed(),
            Self::Float(value) => value.printed(),
            Self::Ball(value) => value.printed(),
            Self::Rational(value) => value.printed(),
        }
    }
}

fn list(values: &[Value]) -> Json {
    values.iter().map(Printed::printed).collect()
}

/// A bound of the Euclidean distance between numbers and what is printed of them, as decimals. An f64 counts as what it is read back as.
///
/// A number of `bits` bits has `1 + ⌈bits · log₁₀ 2⌉` digits, so half a unit of the last one is at most `2^−(bits + 1)` of it.
fn printing_distance<'a>(numbers: impl Iterator<Item = &'a Value>) -> Magnitude {
    let distance = |number: &Value| match number {
        Value::Float(number) => Magnitude::above(&number.value()).scaled(-i64::from(number.bits()) - 1),
        _ => Magnitude::ZERO,
    };
    Magnitude::euclidean(numbers.map(distance))
}

fn rows(matrix: &Matrix<Value>) -> Json {
    (0..matrix.rows()).map(|i| list(matrix.row(i))).collect()
}

/// A step as it is; a time in the arithmetic.
fn position(position: &Position, arithmetic: Arithmetic) -> Json {
    match (position, arithmetic.precision()) {
        (Position::Step(steps), _) => (*steps).into(),
        (Position::Time(time), Some(bits)) if arithmetic != Arithmetic::F64 => {
            Ball::from_rational(time, bits).printed()
        }
        (Position::Time(time), _) => nearest_f64(time).printed(),
        (Position::LogRisk(log_risk), _) => json!({ "log_risk": nearest_f64(log_risk).printed() }),
    }
}

/// The line of a recorded step or time of a run of `network`, without its end.
#[must_use]
pub fn record(record: &Record, network: &Network, arithmetic: Arithmetic) -> String {
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    let or_null = |value: &Option<Value>| value.as_ref().map_or(Json::Null, Printed::printed);
    match (&record.time, &record.log_time) {
        (Some(time), _) if time.approximate().is_finite() => put("t", time.printed()),
        (_, Some(log_time)) => put("ln_t", log_time.printed()),
        _ => put("t", position(&record.t, arithmetic)),
    };
    put("risk", record.risk.printed());
    if !matches!(record.t, Position::Step(_)) {
        put("log_risk", or_null(&record.log_risk));
    }
    put("eta", or_null(&record.eta));
    put("radius", record.radius.as_ref().map_or(Json::Null, Printed::printed));
    put_known(record, network, &mut put);
    Json::Object(object).to_string()
}

/// The line of what is known of t = ∞, without its end.
#[must_use]
pub fn limit(limit: &Limit, network: &Network, arithmetic: Arithmetic) -> String {
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    match limit {
        Limit::Weights(record) => {
            put("from", position(&record.t, arithmetic));
            put("risk", record.risk.printed());
            put_known(record, network, &mut put);
        }
        Limit::Direction(known) => {
            put("from", position(&known.from, arithmetic));
            put("direction", list(&known.direction));
            put("max_margin_direction", list(&known.max_margin));
            put("within", known.within.printed());
        }
    }
    json!({ "limit": object }).to_string()
}

/// What is known of the weights.
fn put_known(record: &Record, network: &Network, put: &mut impl FnMut(&str, Json) -> Option<Json>) {
    put("norms", list(&record.norms));
    if let Some(squares) = &record.norms_squared {
        put("norms_squared", list(squares));
    }
    put("spectral", record.spectral.as_deref().map_or(Json::Null, list));
    put("end_to_end", rows(&record.end_to_end));
    if let Some(radius) = record.euclidean_radius {
        let centre = record.weights.iter().flatten().flat_map(Matrix::entries);
        put("euclidean_radius", (radius + printing_distance(centre)).printed());
    }
    if let Some(weights) = &record.weights {
        // As a run spec writes them: rows of a matrix, or one vector.
        let layer =
            |layer: &Matrix<Value>| if network.is_fully_connected() { rows(layer) } else { list(layer.entries()) };
        put("weights", weights.iter().map(layer).collect());
    }
}

/// The last line, without its end; of a flow of which nothing is known at t = ∞ it says why.
#[must_use]
pub fn summary(trajectory: &Trajectory, arithmetic: Arithmetic, no_limit: Option<&str>) -> String {
    let ending = trajectory.ending();
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    put("steps", trajectory.taken().into());
    put("seconds", trajectory.stepping_time().as_secs_f64().into());
    put("arithmetic", arithmetic.to_string().into());
    put("outcome", ending.word().into());
    if let Some(reason) = ending.reason() {
        put("reason", reason.into());
    }
    put("last_t", position(&trajectory.last_t(), arithmetic));
    if let Some(radius) = trajectory.euclidean_radius() {
        put("euclidean_radius", radius.printed());
    }
    if let Some(why) = no_limit {
        put("no_limit", why.into());
    }
    put("version", VERSION.into());
    json!({ "summary": object }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_system_has_its_form() {
        let third = rug::Rational::from((-1, 3));
        let printed = |value: Value| value.printed();
        assert_eq!(printed(Value::F64(0.1 + 0.2)).to_string(), "0.30000000000000004");
        assert_eq!(printed(Value::F64(1e-300)).to_string(), "1e-300");
        assert_eq!(printed(Value::Float(Float::from_rational(&third, 24))), json!("-0.333333343"));
        assert_eq!(
            printed(Value::Ball(Ball::from_rational(&third, 24))),
            json!({"mid": "-0.333333343267", "rad": "1.4902e-8"})
        );
        assert_eq!(printed(Value::Rational(third)), json!("-1/3"));
        assert_eq!(printed(Value::Rational(2.into())), json!("2/1"));
    }

    /// What is read is no further from the number than is said, and that is little.
    #[test]
    fn the_distance_of_what_is_printed_is_bounded() {
        let numbers = [(1, 3), (-2, 7), (1, 8), (99_999, 7), (1, 999_983)].map(rug::Rational::from);
        for bits in [16, 24, 53, 128] {
            for number in &numbers {
                let float = Float::from_rational(number, bits);
                let read = crate::number::parse_exact(&float.to_string()).unwrap();
                let exact = float.value().to_rational().unwrap();
                let bound = printing_distance([Value::Float(float)].iter()).to_rational().unwrap();
                assert!(rug::Rational::from(&read - &exact).abs() <= bound, "{exact} is printed as {read}");
                assert!(bound <= exact.abs() >> bits);
            }
        }
        let pair = [3, 4].map(|value| Value::Float(Float::from_rational(&value.into(), 24)));
        let bound = printing_distance(pair.iter()).to_f64();
        assert!((5.0..5.1).contains(&(bound * f64::from(1 << 25))), "{bound}");
        assert!(printing_distance([Value::F64(0.1)].iter()).is_zero());
    }

    #[test]
    fn what_is_not_known_is_null() {
        assert_eq!((f64::NAN.printed(), f64::INFINITY.printed()), (Json::Null, Json::Null));
        assert_eq!(Ball::whole_line(64).printed(), Json::Null);
    }
}
