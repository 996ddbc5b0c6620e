//! A trajectory as JSON Lines: one object a recorded step, the summary last.
//!
//! Reals become text here, each number system in the form that loses nothing: an f64 as a JSON number that reads back exactly, an
//! MPFR number as enough decimal digits, a ball as `mid` and `rad` which enclose it *as printed*, a rational as `p/q`. A number
//! that is not finite has no form; a record is made of finite numbers or not at all.

use serde::Serialize;
use serde_json::{Number, Value, json};

use crate::number::{Ball, Exact, Float, Real};
use crate::problem::Matrix;

/// A number that a trajectory can hold.
pub trait Printed {
    /// The number as JSON; `None` if it is not finite, or nothing is known of it.
    fn printed(&self) -> Option<Value>;
}

impl Printed for f64 {
    fn printed(&self) -> Option<Value> {
        Number::from_f64(*self).map(Value::Number)
    }
}

impl Printed for Float {
    fn printed(&self) -> Option<Value> {
        self.is_defined().then(|| Value::String(self.to_string()))
    }
}

impl Printed for Ball {
    fn printed(&self) -> Option<Value> {
        self.to_decimal().map(|decimal| json!({ "mid": decimal.mid, "rad": decimal.rad }))
    }
}

impl Printed for Exact {
    fn printed(&self) -> Option<Value> {
        self.value().and_then(Printed::printed)
    }
}

impl Printed for rug::Rational {
    /// `p/q` in lowest terms, integers too: `3/1`.
    fn printed(&self) -> Option<Value> {
        Some(Value::String(format!("{}/{}", self.numer(), self.denom())))
    }
}

/// All numbers of a slice; `None` if one of them is not finite.
#[must_use]
pub fn printed_all<T: Printed>(numbers: &[T]) -> Option<Vec<Value>> {
    numbers.iter().map(Printed::printed).collect()
}

/// The rows of a matrix; `None` if an entry is not finite.
#[must_use]
pub fn printed_rows<T: Printed>(matrix: &Matrix<T>) -> Option<Vec<Vec<Value>>> {
    (0..matrix.rows()).map(|i| printed_all(matrix.row(i))).collect()
}

/// A recorded step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// The number of the step.
    pub t: u64,
    /// `R(W(t))`.
    pub risk: Value,
    /// `η_t`, the size of the step from `t` to `t + 1`.
    pub eta: Value,
    /// `R_t` under the smoothness rule, else null.
    pub radius: Option<Value>,
    /// `‖W_k‖_F`, or `‖w_k‖₂`, of each layer.
    pub norms: Vec<Value>,
    /// The exact squares of the norms, where the norms are irrational and the rest is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub norms_squared: Option<Vec<Value>>,
    /// `‖W_k‖₂` of each layer, `max_j |w_{k,j}|` of a diagonal one; null for convolutional networks and where it was not asked for.
    pub spectral: Option<Vec<Value>>,
    /// The end-to-end map, row by row; a vector is one row.
    pub end_to_end: Vec<Vec<Value>>,
    /// The weights of each layer, as a run spec writes them: rows of a matrix, or one vector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<Value>>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All steps were taken.
    Finished,
    /// A number left the range of f64.
    Diverged,
    /// Something that must be known was not known at the precision.
    PrecisionExhausted,
    /// Stopped from outside.
    Interrupted,
    /// Not gone on with, because the run beside it ended; in a comparison alone.
    Stopped,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The steps that were taken.
    pub steps: u64,
    /// Wall time of the stepping loop alone.
    pub seconds: f64,
    /// The arithmetic, as a run spec names it.
    pub arithmetic: String,
    /// How the run ended.
    pub outcome: Outcome,
    /// Why it ended so, unless it finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last step that was reached.
    pub last_t: u64,
    /// The version of this program.
    pub version: &'static str,
}

impl Record {
    /// The line of a recorded step, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        json!(self).to_string()
    }
}

impl Summary {
    /// The last line, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        json!({ "summary": self }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Ring;

    #[test]
    fn each_number_system_has_its_form() {
        let third = rug::Rational::from((-1, 3));
        assert_eq!((0.1 + 0.2).printed().unwrap().to_string(), "0.30000000000000004");
        assert_eq!(1e-300.printed().unwrap().to_string(), "1e-300");
        assert_eq!(Float::from_rational(&third, 24).printed().unwrap(), json!("-0.333333343"));
        assert_eq!(
            Ball::from_rational(&third, 24).printed().unwrap(),
            json!({"mid": "-0.333333343267", "rad": "1.4902e-8"})
        );
        assert_eq!(Exact::from_rational(&third, 0).printed().unwrap(), json!("-1/3"));
        assert_eq!(Exact::from_rational(&rug::Rational::from(2), 0).printed().unwrap(), json!("2/1"));
    }

    #[test]
    fn what_is_not_finite_has_none() {
        assert_eq!(f64::NAN.printed(), None);
        assert_eq!(f64::INFINITY.printed(), None);
        assert_eq!(Ball::whole_line(64).printed(), None);
        assert_eq!((Float::one(64) / &Float::zero(64)).printed(), None);
        assert_eq!(Exact::undefined().printed(), None);
        assert_eq!(printed_all(&[1.0, f64::NAN]), None);
        assert_eq!(printed_rows(&Matrix::row_vector(vec![1.0, f64::NEG_INFINITY])), None);
    }

    #[test]
    fn the_summary_is_the_one_of_the_format() {
        let summary = Summary {
            steps: 3,
            seconds: 0.5,
            arithmetic: "ball:64".to_owned(),
            outcome: Outcome::PrecisionExhausted,
            reason: None,
            last_t: 3,
            version: "0.0.0",
        };
        assert_eq!(
            summary.line(),
            r#"{"summary":{"steps":3,"seconds":0.5,"arithmetic":"ball:64","outcome":"precision-exhausted","last_t":3,"version":"0.0.0"}}"#
        );
    }
}
