//! What a claim computes on one subject: hypotheses and relations, each with what is known of it.

use super::magnitude::{log2_at_least, log2_at_most};
use super::relation::{Hypothesis, Outcome, Relation, Symbol, Trend};
use super::{Band, Digits, Hypotheses};
use crate::number::{Real, Sign, Truth};
use crate::problem::Matrix;

/// The road of an equality that the arithmetic itself decided.
const EXACT_ARITHMETIC: &str = "exact arithmetic";

/// The hypotheses and relations that a claim computed on one subject.
///
/// ```
/// use gradient_witness::claims::{Finding, Outcome};
/// use gradient_witness::number::{Ball, Ring};
/// let (left, right) = (Ball::from_rational(&rug::Rational::from((1, 3)), 128), Ball::one(128));
/// let mut finding = Finding::default();
/// finding.at_most("1/3 ≤ 1", &left, &right);
/// assert_eq!(finding.relations()[0].outcome, Outcome::True);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Finding {
    given: Hypotheses,
    relations: Vec<Relation>,
    trends: Vec<Trend>,
    within: Option<f64>,
    degree: Option<u64>,
    unbounded: bool,
    conclusion_only: bool,
    /// Whether it is about what encloses a flow at all times from one on.
    of_all_later: bool,
    /// What the relations are called of which the sides are kept.
    kept: Option<&'static str>,
}

impl Finding {
    /// A finding into which conclusions go whatever becomes of the hypotheses.
    pub(crate) fn of_conclusions(conclusion_only: bool) -> Self {
        Self { conclusion_only, ..Self::default() }
    }

    /// Keeps, from here on and for every subject, all that is known of the sides of the relations with this label.
    pub(crate) fn keep_sides_of(&mut self, label: &'static str) {
        self.kept = Some(label);
    }

    /// The hypotheses, in the order in which they were stated.
    #[must_use]
    pub fn hypotheses(&self) -> &[Hypothesis] {
        self.given.stated()
    }

    /// All hypotheses together.
    #[must_use]
    pub fn applicable(&self) -> Truth {
        self.given.all()
    }

    /// Where hypotheses are stated.
    pub(super) fn assumed(&mut self) -> &mut Hypotheses {
        &mut self.given
    }

    /// Whether the conclusion is looked at: no hypothesis is certainly false, or they do not count.
    pub(super) fn is_asked_for_conclusion(&self) -> bool {
        self.conclusion_only || self.given.all() != Truth::False
    }

    /// Whether nothing is concluded here nor at any later step.
    pub(crate) fn is_over(&self) -> bool {
        !self.conclusion_only && self.given.is_closed()
    }

    /// The relations, in the order in which they were stated.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The trends.
    #[must_use]
    pub fn trends(&self) -> &[Trend] {
        &self.trends
    }

    /// The largest degree of a difference of two sides, when the numbers were [`Degree`](crate::number::Degree)s: `None` if there was none or one
    /// of them is no polynomial.
    #[must_use]
    pub fn degree(&self) -> Option<u64> {
        if self.unbounded { None } else { self.degree }
    }

    /// Of a limit, an upper bound of how far it still is: see [`limit`](Self::limit).
    #[must_use]
    pub fn within(&self) -> Option<f64> {
        self.within
    }

    /// Empties the finding for the next subject, keeping its storage.
    pub fn clear(&mut self) {
        self.given.clear();
        self.relations.clear();
        self.trends.clear();
        self.within = None;
        self.of_all_later = false;
    }

    /// Says that it is about what encloses a flow at all times from one on: what is certain is certain at all of them, and what is not says nothing.
    pub(super) fn speaks_of_all_later(&mut self) {
        self.of_all_later = true;
    }

    /// Whether that has been said.
    pub(crate) fn is_of_all_later(&self) -> bool {
        self.of_all_later
    }

    /// Leaves out what is open, and what is told without a verdict; whether all that is asserted was certain, and something was.
    pub(crate) fn keep_certain(&mut self) -> bool {
        self.trends.clear();
        let is_certain = self.applicable() == Truth::True && !self.relations.is_empty() && !self.has_open_relations();
        self.relations.retain(|relation| !relation.outcome.is_loose());
        is_certain
    }

    /// Concludes something that is said under hypotheses of its own, beside others that are said without them: its relations count where
    /// these are certainly true, nothing where one is certainly false, and where that is not decided what holds all the same.
    ///
    /// ```
    /// use gradient_witness::claims::Finding;
    /// let mut finding = Finding::default();
    /// let part = |finding: &mut Finding, applies: bool| {
    ///     finding.implied(|given| _ = given.that("it applies here", applies), |finding| _ = finding.asserted("something", true));
    /// };
    /// part(&mut finding, false);
    /// assert!(finding.relations().is_empty());
    /// part(&mut finding, true);
    /// assert_eq!(finding.relations().len(), 1);
    /// ```
    pub fn implied(&mut self, assume: impl FnOnce(&mut Hypotheses), conclude: impl FnOnce(&mut Self)) {
        let mut part = Self { kept: self.kept, ..Self::default() };
        assume(&mut part.given);
        if part.is_asked_for_conclusion() {
            conclude(&mut part);
        }
        self.degree = self.degree.max(part.degree);
        self.unbounded |= part.unbounded;
        match part.applicable() {
            Truth::True => {
                self.within = larger(self.within, part.within);
                self.relations.extend(part.relations);
                self.trends.extend(part.trends);
            }
            Truth::False => {}
            // What is true without them is true with them; only it may say nothing.
            Truth::Open if !part.relations.is_empty() => {
                self.relations.extend(part.relations.into_iter().map(|relation| {
                    let outcome = if relation.outcome.is_certain() { relation.outcome } else { Outcome::Open };
                    Relation { outcome, informative: false, ..relation }
                }));
            }
            Truth::Open => {
                let open = part.given.stated().iter().find(|hypothesis| hypothesis.truth == Truth::Open);
                self.asserted(open.map_or("a hypothesis of a part", |hypothesis| hypothesis.label), Truth::Open);
            }
        }
    }

    /// Whether something is open, or rests on an agreement of two sides.
    pub(crate) fn is_loose(&self) -> bool {
        self.given.stated().iter().any(|hypothesis| hypothesis.truth == Truth::Open)
            || self.relations.iter().any(|relation| relation.outcome.is_loose())
    }

    /// Whether a relation is open.
    pub(crate) fn has_open_relations(&self) -> bool {
        self.relations.iter().any(|relation| relation.outcome == Outcome::Open)
    }

    /// Takes over from `other`, what the same claim found on the same subject in another arithmetic, each hypothesis and relation that
    /// is decided there and not here.
    pub(crate) fn tighten(&mut self, other: &Self) {
        let named = |relation: &Relation| relation.id;
        // A claim may say no more after a hypothesis that is open here; decided there, it has gone on.
        if self.applicable() == Truth::Open {
            self.given.complete(&other.given);
            complete(&mut self.relations, &other.relations, named);
        }
        self.given.tighten(&other.given);
        // Where a claim says no more after a hypothesis that fails, it has fewer relations in one arithmetic than in the other.
        if !self.relations.iter().map(named).eq(other.relations.iter().map(named)) {
            return;
        }
        for (own, other) in self.relations.iter_mut().zip(&other.relations) {
            if own.outcome.is_loose() && !other.outcome.is_loose() {
                own.clone_from(other);
            }
        }
    }

    /// Whether a hypothesis is open, and every relation certainly true all the same: then it is true with the hypothesis, and may say nothing.
    pub(crate) fn holds_anyway(&self) -> bool {
        self.applicable() == Truth::Open && self.relations.iter().all(|relation| relation.outcome.is_certain())
    }

    /// Makes the finding on what encloses many points one on all of them. Such an enclosure can deny an equality that holds at each of them, and never come near
    /// to confirming it, so equalities that are not decided are left out; and how near an inequality comes to failing, or to say nothing, is
    /// not seen. Whether nothing was left out.
    pub(crate) fn over_many_points(&mut self) -> bool {
        let count = self.relations.len();
        self.relations.retain(|relation| !(relation.is_equality() && relation.outcome.is_loose()));
        for relation in &mut self.relations {
            (relation.ratio, relation.is_informative_open) = (None, false);
        }
        self.relations.len() == count
    }

    /// Whether there are equalities that are not decided.
    pub(crate) fn has_loose_equalities(&self) -> bool {
        self.relations.iter().any(|relation| relation.is_equality() && relation.outcome.is_loose())
    }

    /// Measures those of sides that may both vanish, without a word of what went into them, by a size of which log₂ is given.
    pub(crate) fn measure_vanishing_sides(&mut self, size_log2: f64) {
        for relation in self.relations.iter_mut().filter(|relation| relation.outcome == Outcome::Open) {
            if let Some(distance) = relation.distance_log2 {
                relation.outcome = Outcome::agreement((distance - size_log2).next_up());
            }
        }
    }

    /// Asserts `left ≤ right`.
    pub fn at_most<T: Real>(&mut self, label: &'static str, left: &T, right: &T) -> &mut Relation {
        self.slack(label, &(right.clone() - left), left, right)
    }

    /// Asserts `left ≤ right` of two numbers that are not negative, by their squares, which are given: roots would leave the
    /// rationals. Sides and ratio are those of the numbers themselves.
    ///
    /// ```
    /// use gradient_witness::claims::{Finding, Outcome};
    /// use gradient_witness::number::Exact;
    /// let mut finding = Finding::default();
    /// finding.roots_at_most("√2 ≤ √8", &Exact::from(rug::Rational::from(2)), &Exact::from(rug::Rational::from(8)));
    /// assert_eq!((finding.relations()[0].outcome, finding.relations()[0].ratio), (Outcome::True, Some(0.5_f64.next_up())));
    /// ```
    pub fn roots_at_most<T: Real>(
        &mut self,
        label: &'static str,
        left_squared: &T,
        right_squared: &T,
    ) -> &mut Relation {
        let relation = self.at_most(label, left_squared, right_squared);
        // A correctly rounded root is less than a unit in the last place away; an upper bound of a square is not negative.
        relation.ratio = relation.ratio.map(|square| square.max(0.0).sqrt().next_up());
        relation.sides = (relation.sides.0.sqrt(), relation.sides.1.sqrt());
        if let Some(bands) = &mut relation.bands {
            **bands = bands.map(Band::root);
        }
        if relation.outcome == Outcome::False {
            relation.digits = Digits::of_roots_where_needed(relation.sides, left_squared, right_squared);
        }
        relation
    }

    /// Asserts `left ≤ right` through `slack = right − left`, of which the caller has cancelled the common part by algebra;
    /// the sides are for the report.
    pub fn slack<T: Real>(&mut self, label: &'static str, slack: &T, left: &T, right: &T) -> &mut Relation {
        self.note_degree(slack);
        let outcome = match slack.sign() {
            Sign::Positive => Outcome::True,
            Sign::Zero => Outcome::Attained(EXACT_ARITHMETIC),
            Sign::Negative => Outcome::False,
            Sign::Open => Outcome::Open,
        };
        self.push(label, Symbol::AtMost, outcome, ratio(left, right), [left, right], || -slack.clone())
    }

    /// Asserts `left < right`.
    pub fn below<T: Real>(&mut self, label: &'static str, left: &T, right: &T) -> &mut Relation {
        let slack = right.clone() - left;
        self.note_degree(&slack);
        let outcome = match slack.sign() {
            Sign::Positive => Outcome::True,
            Sign::Zero | Sign::Negative => Outcome::False,
            Sign::Open => Outcome::Open,
        };
        self.push(label, Symbol::LessThan, outcome, ratio(left, right), [left, right], || -slack.clone())
    }

    /// Asserts `left = right`; the larger of the two in absolute value is taken as the largest term. Where both may vanish the harness
    /// measures their distance by the sizes of weights, data, slopes and step; a claim that knows the terms had better name them:
    /// [`equal_with_terms`](Self::equal_with_terms).
    pub fn equal<T: Real>(&mut self, label: &'static str, left: &T, right: &T) -> &mut Relation {
        let largest = left.clone().abs().max(&right.clone().abs());
        self.equal_with_terms(label, left, right, &largest)
    }

    /// Asserts `left = right`, `largest` being the largest term, in absolute value, that went into either side.
    pub fn equal_with_terms<T: Real>(
        &mut self,
        label: &'static str,
        left: &T,
        right: &T,
        largest: &T,
    ) -> &mut Relation {
        let (outcome, distance_log2) = self.equality(left, right, largest);
        self.push_equality(label, outcome, distance_log2, left, right)
    }

    /// Asserts that two matrices of one shape are equal; the largest entry is taken as the largest term. One relation; its
    /// sides are those of the entry that fails, or of the last.
    pub fn equal_matrices<T: Real>(
        &mut self,
        label: &'static str,
        left: &Matrix<T>,
        right: &Matrix<T>,
    ) -> &mut Relation {
        let mut entries = left.entries().iter().chain(right.entries());
        let Some(first) = entries.next() else {
            return self.asserted(label, (left.rows(), left.columns()) == (right.rows(), right.columns()));
        };
        let largest = entries.fold(first.clone().abs(), |largest, entry| largest.max(&entry.clone().abs()));
        self.equal_matrices_with_terms(label, left, right, &largest)
    }

    /// Asserts that two matrices of one shape are equal, `largest` being the largest term, in absolute value, that went into any entry of
    /// either: entries that vanish have come about by cancellation, and are small beside what was cancelled. One relation; its
    /// sides are those of the entry that fails, or of the last.
    pub fn equal_matrices_with_terms<T: Real>(
        &mut self,
        label: &'static str,
        left: &Matrix<T>,
        right: &Matrix<T>,
        largest: &T,
    ) -> &mut Relation {
        if (left.rows(), left.columns()) != (right.rows(), right.columns()) {
            return self.of_equality(label, false);
        }
        let Some(first) = left.entries().first() else { return self.of_equality(label, true) };
        let (mut outcome, mut distance_log2) = (Outcome::Attained(EXACT_ARITHMETIC), None);
        let mut sides = (first, first);
        for (a, b) in left.entries().iter().zip(right.entries()) {
            let (entry, distance) = self.equality(a, b, largest);
            if outcome != Outcome::False {
                sides = (a, b);
            }
            outcome = outcome.weaker(entry);
            distance_log2 = larger(distance_log2, distance);
        }
        let is_kept = self.kept == Some(label);
        let relation = self.push_equality(label, outcome, distance_log2, sides.0, sides.1);
        if is_kept && let Some((left, right)) = farthest_apart(left, right) {
            relation.keep(left, right);
        }
        relation
    }

    /// Asserts of a limit that the distance from it is at most `distance` from now on for ever; what is certified here by `truth`, and a statement about all
    /// later times. It says something where that is less than half of what the distance was at the start.
    ///
    /// The bound is reported, rounded up, as *within*, the worst of all instances. A trend decides nothing, and a distance of which no upper bound is known
    /// is open.
    ///
    /// ```
    /// use gradient_witness::claims::Finding;
    /// use gradient_witness::number::{Exact, Truth};
    /// let number = |value: (i32, i32)| Exact::from(rug::Rational::from(value));
    /// let mut finding = Finding::default();
    /// finding.limit("1/t → 0", Truth::True, &number((1, 8)), &number((1, 1)));
    /// assert_eq!(finding.within(), Some(0.125));
    /// assert!(finding.relations()[0].informative);
    /// ```
    pub fn limit<T: Real>(
        &mut self,
        label: &'static str,
        truth: impl Into<Truth>,
        distance: &T,
        at_start: &T,
    ) -> &mut Relation {
        let upper = Band::of(distance).upper;
        let truth = truth.into();
        let is_bounded = upper.is_finite();
        if truth == Truth::True && is_bounded {
            self.within = Some(self.within.map_or(upper, |within| within.max(upper)));
        }
        let truth = if is_bounded { truth } else { truth.and(Truth::Open) };
        let half = at_start.clone().times((1, 2));
        self.asserted(label, truth).between(distance, at_start).informative_if(distance.below(&half))
    }

    /// An equality of which all is known.
    fn of_equality(&mut self, label: &'static str, holds: bool) -> &mut Relation {
        let relation = self.asserted(label, holds);
        relation.symbol = Some(Symbol::Equal);
        relation
    }

    /// Asserts something that has been decided by other means, exactly or over the number system at hand.
    pub fn asserted(&mut self, label: &'static str, truth: impl Into<Truth>) -> &mut Relation {
        let outcome = match truth.into() {
            Truth::True => Outcome::True,
            Truth::False => Outcome::False,
            Truth::Open => Outcome::Open,
        };
        self.record(Relation::new(label, outcome, (f64::NAN, f64::NAN)))
    }

    /// The answer of a definition's predicate. On an instance that was built outside the definition, the harness expects
    /// `false`.
    pub fn accepts(&mut self, label: &'static str, truth: impl Into<Truth>) -> &mut Relation {
        let relation = self.asserted(label, truth);
        relation.membership = true;
        relation
    }

    /// Reports a number without a verdict.
    pub fn trend<T: Real>(&mut self, label: &'static str, value: &T) {
        self.trends.push(Trend { label, value: value.approximate() });
    }

    /// What is known of an equality; and where it is not known how large its terms are, an upper bound on log₂ of the distance of its sides.
    fn equality<T: Real>(&mut self, left: &T, right: &T, largest: &T) -> (Outcome, Option<f64>) {
        let difference = left.clone() - right;
        self.note_degree(&difference);
        match difference.sign() {
            Sign::Zero => (Outcome::Attained(EXACT_ARITHMETIC), None),
            Sign::Positive | Sign::Negative => (Outcome::False, None),
            Sign::Open => {
                let distance = log2_at_most(&difference);
                match log2_at_least(largest) {
                    Some(largest) => (Outcome::agreement((distance - largest).next_up()), None),
                    None => (Outcome::Open, Some(distance)),
                }
            }
        }
    }

    fn push_equality<T: Real>(
        &mut self,
        label: &'static str,
        outcome: Outcome,
        distance_log2: Option<f64>,
        left: &T,
        right: &T,
    ) -> &mut Relation {
        let relation = self.push(label, Symbol::Equal, outcome, None, [left, right], || left.clone() - right);
        relation.distance_log2 = distance_log2;
        relation
    }

    fn push<T: Real>(
        &mut self,
        label: &'static str,
        symbol: Symbol,
        outcome: Outcome,
        ratio: Option<f64>,
        [left, right]: [&T; 2],
        difference: impl FnOnce() -> T,
    ) -> &mut Relation {
        let sides = (left.approximate(), right.approximate());
        let is_false = outcome == Outcome::False;
        let digits = if is_false { Digits::where_needed(sides, left, right, &difference()) } else { None };
        let relation =
            self.record(Relation { symbol: Some(symbol), ratio, digits, ..Relation::new(label, outcome, sides) });
        relation.keep(left, right);
        relation
    }

    fn record(&mut self, mut relation: Relation) -> &mut Relation {
        if self.kept == Some(relation.id.label) {
            relation.bands = Some(Box::new([Band::WHOLE; 2]));
        }
        self.relations.push(relation);
        let last = self.relations.len() - 1;
        &mut self.relations[last]
    }

    fn note_degree<T: Real>(&mut self, difference: &T) {
        if let Some(degree) = difference.degree() {
            match degree.bound() {
                Some(bound) => self.degree = Some(self.degree.unwrap_or(0).max(bound)),
                None => self.unbounded = true,
            }
        }
    }
}

/// An upper bound on left over right, where the right side is certainly positive.
fn ratio<T: Real>(left: &T, right: &T) -> Option<f64> {
    (right.sign() == Sign::Positive).then(|| (left.clone() / right).upper_f64()).filter(|ratio| ratio.is_finite())
}

/// The entries of two matrices of one shape that lie farthest apart, as far as is certain, and then by the look of it: another entry may
/// be the one at a later step.
fn farthest_apart<'a, T: Real>(left: &'a Matrix<T>, right: &'a Matrix<T>) -> Option<(&'a T, &'a T)> {
    let distance = |(a, b): &(&T, &T)| {
        let distance = ((*a).clone() - *b).abs();
        (distance.lower_f64(), distance.approximate())
    };
    let farther = |one: &(&'a T, &'a T), other: &(&'a T, &'a T)| {
        let ((certain, seen), (other_certain, other_seen)) = (distance(one), distance(other));
        certain.total_cmp(&other_certain).then(seen.total_cmp(&other_seen))
    };
    left.entries().iter().zip(right.entries()).max_by(farther)
}

fn larger(first: Option<f64>, second: Option<f64>) -> Option<f64> {
    first.into_iter().chain(second).reduce(f64::max)
}

/// Adds the rest of `whole` to what is its beginning by name.
pub(super) fn complete<P: Clone, N: PartialEq>(beginning: &mut Vec<P>, whole: &[P], name: impl Fn(&P) -> N) {
    if beginning.iter().map(&name).eq(whole.iter().take(beginning.len()).map(&name)) {
        beginning.extend_from_slice(&whole[beginning.len().min(whole.len())..]);
    }
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Degree, Exact, Ring};

    /// What a claim says of a third in some arithmetic: an equality, a hypothesis, and an inequality of which the side `right` decides.
    fn found<T: Real>(one: &T, label: &'static str, right: (u32, u32)) -> Finding {
        let third = one.constant((1, 3));
        let mut finding = Finding::default();
        finding.assumed().at_most("1/3 ≤ 1/3", &third, &third);
        finding.equal("3·1/3 = 1", &third.clone().times(3), one);
        finding.at_most(label, &third, &one.constant(right)).layer(2);
        finding
    }

    #[test]
    fn what_vanishes_is_small_beside_the_terms_that_went_in() {
        let (third, one) = (Ball::from_rational(&Rational::from((1, 3)), 128), Ball::one(128));
        // 0, to a ball: a third less a third.
        let vanishing = Matrix::from_fn(1, 2, |_, _| third.clone() - &third);
        let mut finding = Finding::default();
        finding.equal_matrices("0 = 0", &vanishing, &vanishing);
        finding.equal_matrices_with_terms("0 = 0", &vanishing, &vanishing, &third);
        finding.equal_matrices_with_terms("0 = 1", &vanishing, &vanishing.map(|_| one.clone()), &third);
        assert_eq!(finding.relations()[0].outcome, Outcome::Open);
        assert!(matches!(finding.relations()[1].outcome, Outcome::Agrees { log2 } if log2 < -120.0));
        assert_eq!(finding.relations()[2].outcome, Outcome::False);
    }

    #[test]
    fn what_holds_under_an_open_hypothesis_holds_and_nothing_else_is_decided() {
        let (one, two) = (Ball::one(128), Ball::one(128).times(2));
        let mut finding = Finding::default();
        let open = |given: &mut Hypotheses| _ = given.that("who knows", Truth::Open);
        finding.implied(open, |part| _ = part.at_most("1 ≤ 2", &one, &two));
        finding.implied(open, |part| _ = part.at_most("2 ≤ 1", &two, &one));
        let found: Vec<_> = finding.relations().iter().map(|part| (part.outcome, part.informative)).collect();
        assert_eq!(found, [(Outcome::True, false), (Outcome::Open, false)]);
    }

    #[test]
    fn a_part_of_a_polynomial_identity_counts_with_its_degree() {
        let x = Degree::VARIABLE;
        let mut finding = Finding::default();
        finding.implied(|_| (), |part| _ = part.equal("x³ = x³", &x.power(3), &x.power(3)));
        assert_eq!(finding.degree(), Some(3));
    }

    #[test]
    fn another_arithmetic_decides_what_is_open_and_nothing_else() {
        let (ball, exact) = (Ball::one(128), Exact::from(Rational::from(1)));
        let mut loose = found(&ball, "1/3 ≤ 1/3", (1, 3));
        assert!(loose.is_loose() && loose.applicable() == Truth::Open);
        loose.tighten(&found(&exact, "1/3 ≤ 1/3", (1, 3)));
        assert!(!loose.is_loose() && loose.applicable() == Truth::True);
        assert!(loose.relations().iter().all(|relation| matches!(relation.outcome, Outcome::Attained(_))));
        // What the other says of something else, or of another layer, is not taken.
        let mut loose = found(&ball, "1/3 ≤ 1/3", (1, 3));
        loose.tighten(&found(&exact, "another", (1, 3)));
        assert_eq!(loose.relations()[1].outcome, Outcome::Open);
        let mut other = found(&exact, "1/3 ≤ 1/3", (1, 3));
        other.relations[1].layer(3);
        loose.tighten(&other);
        assert_eq!(loose.relations()[1].outcome, Outcome::Open);
        // A claim that stopped at an open hypothesis goes on, to what fails too.
        let mut stopped = Finding::default();
        let third = ball.constant((1, 3));
        stopped.assumed().at_most("1/3 ≤ 1/3", &third, &third);
        stopped.tighten(&found(&exact, "1/3 ≤ 1/4", (1, 4)));
        assert_eq!((stopped.applicable(), stopped.relations()[1].outcome), (Truth::True, Outcome::False));
        let mut stopped = Finding::default();
        stopped.assumed().at_most("1/3 ≤ 1/3", &third, &third);
        let mut further = found(&exact, "1/3 ≤ 1/4", (1, 4));
        further.assumed().that("another hypothesis", false);
        stopped.tighten(&further);
        assert_eq!(stopped.applicable(), Truth::False);
        // What is decided stays.
        let mut decided = found(&ball, "1/3 ≤ 1/2", (1, 2));
        decided.tighten(&found(&exact, "1/3 ≤ 1/2", (1, 4)));
        assert_eq!(decided.relations()[1].outcome, Outcome::True);
    }
}
