//! What did not come out true, and where.

use std::fmt;

use super::When;
use crate::claims::{Digits, Hypothesis, Relation, RelationId};
use crate::number::readable;

/// A hypothesis or relation that did not come out true, and where.
#[derive(Clone, Debug)]
pub struct Failure {
    /// At which point, step or time.
    pub t: When,
    /// What was asserted or assumed, and of which layer.
    pub id: RelationId,
    /// Both sides, approximately; NaN where there are none.
    pub sides: (f64, f64),
    /// Both sides in decimal digits, where it is certainly false and `sides` do not show it.
    pub digits: Option<Box<Digits>>,
    /// What else there is to say.
    pub remark: Option<String>,
    /// The hypotheses that were not met, when only the conclusion was asked for.
    pub despite: Vec<&'static str>,
}

impl Failure {
    /// Of something that has no sides.
    pub(super) fn bare(t: When, label: &'static str) -> Self {
        let sides = (f64::NAN, f64::NAN);
        Self { t, id: RelationId { label, layer: 0 }, sides, digits: None, remark: None, despite: Vec::new() }
    }

    /// The failure of a relation at the subject at `t`.
    pub(super) fn of(relation: &Relation, t: When) -> Self {
        let Relation { id, sides, ref digits, .. } = *relation;
        Self { id, sides, digits: digits.clone(), ..Self::bare(t, id.label) }
    }

    /// The failure of a hypothesis at the subject at `t`.
    pub(super) fn of_hypothesis(hypothesis: &Hypothesis, t: When) -> Self {
        let sides = hypothesis.sides.unwrap_or((f64::NAN, f64::NAN));
        Self { sides, digits: hypothesis.digits.clone(), ..Self::bare(t, hypothesis.label) }
    }

    /// What was asserted or assumed, with both sides, in one line.
    pub(super) fn what(&self) -> String {
        let mut text = self.id.label.to_owned();
        match (&self.digits, self.sides) {
            (Some(digits), _) => {
                text.push_str(&format!(": {} against {}", digits.left, digits.right));
                if let Some(difference) = &digits.difference {
                    text.push_str(&format!(", a difference of {difference}"));
                }
            }
            (None, (left, right)) if left.is_nan() && right.is_nan() => {}
            (None, (left, right)) => {
                let (left, right) = (readable(left), readable(right));
                text.push_str(&format!(": {left} against {right}"));
                if left == right {
                    text.push_str(", too close to be told apart");
                }
            }
        }
        if let Some(remark) = &self.remark {
            text.push_str(&format!("; {remark}"));
        }
        text
    }
}

/// Where and what, in one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.t)?;
        if self.id.layer > 0 {
            write!(f, ", layer {}", self.id.layer)?;
        }
        write!(f, ": {}", self.what())
    }
}

/// What became of a hypothesis over the subjects of one instance.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// What is assumed.
    pub label: &'static str,
    /// The number of subjects at which it is certainly true.
    pub met: u64,
    /// The number of subjects at which it is certainly false.
    pub unmet: u64,
    /// The number of subjects at which it is not decided.
    pub open: u64,
    /// The first subject at which it is not certainly true.
    pub first_not_met: Option<Failure>,
    /// Whether the statement has no meaning where it fails.
    pub of_domain: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Finding;
    use crate::number::{Ball, Real, Ring};

    #[test]
    fn what_is_not_true_says_so_in_words() {
        let third = Ball::from_rational(&rug::Rational::from((1, 3)), 64);
        let mut finding = Finding::default();
        finding.at_most("a", &third, &third);
        finding.at_most("b", &third.undefined(), &third.constant((206_086_149_u32, 100_000_000_u32)));
        finding.at_most("c", &third.constant(1), &third);
        finding.asserted("d", false);
        let said: Vec<String> =
            finding.relations().iter().map(|relation| Failure::of(relation, When::Step(2)).to_string()).collect();
        assert_eq!(
            said,
            [
                "at t = 2: a: 0.3333333 against 0.3333333, too close to be told apart",
                "at t = 2: b: unknown against 2.060861",
                "at t = 2: c: 1 against 0.3333333",
                "at t = 2: d",
            ]
        );
    }
}
