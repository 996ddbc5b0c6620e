//! What a claim assumes of one subject, each hypothesis with what is known of it.

use super::Digits;
use super::relation::Hypothesis;
use crate::number::{Real, Truth};

/// The hypotheses of a claim on one subject.
///
/// They are stated one after the other, whether those before hold or not; none of them tells its truth back to the claim, so that what is
/// assumed cannot hide what is concluded.
///
/// ```
/// use gradient_witness::claims::Hypotheses;
/// use gradient_witness::number::{Ball, Ring, Truth};
/// let (third, one) = (Ball::from_rational(&rug::Rational::from((1, 3)), 128), Ball::one(128));
/// let mut given = Hypotheses::default();
/// given.at_most("1/3 ≤ 1", &third, &one).that("W_1 ≠ 0", true);
/// assert_eq!(given.all(), Truth::True);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hypotheses {
    stated: Vec<Hypothesis>,
    closed: bool,
}

impl Hypotheses {
    /// In the order in which they were stated.
    #[must_use]
    pub fn stated(&self) -> &[Hypothesis] {
        &self.stated
    }

    /// All of them together.
    #[must_use]
    pub fn all(&self) -> Truth {
        self.stated.iter().fold(Truth::True, |all, hypothesis| all.and(hypothesis.truth))
    }

    /// Whether one of them [lasts](Self::lasting) and is certainly false: at every later step too.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Those with which a statement has no meaning: see [`Domain`](super::Domain).
    pub(super) fn of_domain(&mut self, label: &'static str, holds: bool) {
        self.closed |= !holds;
        self.stated.push(Hypothesis { label, truth: holds.into(), sides: None, digits: None, of_domain: true });
    }

    /// States a hypothesis that has been decided by other means, exactly or over the number system at hand.
    pub fn that(&mut self, label: &'static str, truth: impl Into<Truth>) -> &mut Self {
        self.state(label, truth.into())
    }

    /// States the hypothesis `left ≤ right`.
    pub fn at_most<T: Real>(&mut self, label: &'static str, left: &T, right: &T) -> &mut Self {
        self.between(label, left.at_most(right), left, right)
    }

    /// States the hypothesis `left < right`.
    pub fn below<T: Real>(&mut self, label: &'static str, left: &T, right: &T) -> &mut Self {
        self.between(label, left.below(right), left, right)
    }

    /// States a hypothesis about `left` and `right` that has been decided by other means; the sides are for the report.
    pub fn between<T: Real>(&mut self, label: &'static str, truth: impl Into<Truth>, left: &T, right: &T) -> &mut Self {
        let (truth, sides) = (truth.into(), (left.approximate(), right.approximate()));
        let digits = match truth {
            Truth::False => Digits::where_needed(sides, left, right, &(left.clone() - right)),
            Truth::True | Truth::Open => None,
        };
        self.stated.push(Hypothesis { label, truth, sides: Some(sides), digits, of_domain: false });
        self
    }

    /// States a hypothesis about all steps of a run up to this one, or about what is the same at each, such as data and loss. If it is certainly false it stays so, and the harness need not look
    /// at the rest of the run.
    pub fn lasting(&mut self, label: &'static str, truth: impl Into<Truth>) -> &mut Self {
        let truth = truth.into();
        self.closed |= truth == Truth::False;
        self.state(label, truth)
    }

    /// As [`lasting`](Self::lasting), about `left` and `right`; the sides are for the report.
    pub fn lasting_between<T: Real>(
        &mut self,
        label: &'static str,
        truth: impl Into<Truth>,
        left: &T,
        right: &T,
    ) -> &mut Self {
        let truth = truth.into();
        self.closed |= truth == Truth::False;
        self.between(label, truth, left, right)
    }

    /// States again what was assumed of the start of a run: it belongs to every step.
    pub(crate) fn again(&mut self, earlier: &[Hypothesis]) {
        self.closed |= earlier.iter().any(|hypothesis| hypothesis.truth == Truth::False);
        self.stated.extend_from_slice(earlier);
    }

    /// Empties the list, keeping its storage.
    pub(super) fn clear(&mut self) {
        self.stated.clear();
        self.closed = false;
    }

    /// Takes over from `other`, what the same claim assumes of the same subject in another arithmetic, what is decided there and not here.
    pub(super) fn tighten(&mut self, other: &Self) {
        for (own, other) in self.stated.iter_mut().zip(&other.stated) {
            if own.label == other.label && own.truth == Truth::Open {
                own.truth = other.truth;
                own.digits.clone_from(&other.digits);
            }
        }
    }

    /// Adds those that `other` has behind these.
    pub(super) fn complete(&mut self, other: &Self) {
        super::finding::complete(&mut self.stated, &other.stated, |hypothesis| hypothesis.label);
    }

    fn state(&mut self, label: &'static str, truth: Truth) -> &mut Self {
        self.stated.push(Hypothesis { label, truth, sides: None, digits: None, of_domain: false });
        self
    }
}
