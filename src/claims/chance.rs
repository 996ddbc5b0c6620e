//! Statements about chance: probabilities that have a formula, and events that are drawn.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use super::{Finding, Hypotheses};
use crate::generate::{Draws, Random};
use crate::number::{Ball, Exact, Real, Sign, Special, Truth};

/// A statement about chance. It speaks of *cases*: choices of what it leaves open, such as dimensions, scales and thresholds.
///
/// For each case it states hypotheses through [`Chance::given`], and relations between numbers through [`Chance::finding`]; the
/// formulas are in [`number::special`](crate::number::special). And it names events that the harness draws, with a bound on
/// their probability ([`ChanceEvent::at_least`], [`ChanceEvent::at_most`]), their exact probability ([`ChanceEvent::exactly`]) or both. A bound is
/// decided by the exact probability where there is one, and the sample then checks the formula; else by the sample.
///
/// ```
/// use gradient_witness::claims::{AboutChance, Chance, Claim, OnChance};
/// use gradient_witness::number::{Special, Tracked, special};
/// use gradient_witness::verify::{Evidence, Options, Status, verify};
///
/// /// A normal number is at most `bound` with probability at least 9/10.
/// struct Mostly {
///     by_formula: bool,
/// }
///
/// impl AboutChance for Mostly {
///     type Case = u32;
///
///     fn examine<T: Special>(&self, bound: &u32, chance: &mut Chance<T>) {
///         let (limit, claimed) = (f64::from(*bound), chance.number((9, 10)));
///         let exact = special::normal_below(&chance.number(*bound));
///         let event = chance.event("Z ≤ bound", move |draws| Tracked::new(draws.normal()).at_most(Tracked::new(limit)));
///         event.at_least(claimed);
///         if self.by_formula {
///             event.exactly(exact);
///         }
///     }
/// }
///
/// let text = "# Statement\nA normal number is seldom large.\n# Source\nMine\nKind: probabilistic.";
/// for (by_formula, evidence) in [(true, Evidence::Certified), (false, Evidence::Statistical)] {
///     let claim = Claim::chance("mine.mostly", text, OnChance::new(Mostly { by_formula }, vec![2, 3]))
///         .chance_control("a smaller bound", OnChance::new(Mostly { by_formula }, vec![1]));
///     let report = verify(&[&claim], &Options::default(), &());
///     assert_eq!((report.claims[0].status, report.claims[0].control), (Status::Holds, Some(true)));
///     assert_eq!(report.claims[0].evidence, Some(evidence));
/// }
/// ```
pub trait AboutChance: Send + Sync + 'static {
    /// What one case is made of; reports show it as it displays itself, in the terms of the statement.
    type Case: Clone + Display + Send + Sync + 'static;

    /// Computes hypotheses and relations for `case` and names what is to be drawn.
    fn examine<T: Special>(&self, case: &Self::Case, chance: &mut Chance<T>);
}

/// Draws once and says whether the event happened; open if rounding leaves that open.
pub type Sampling = Arc<dyn Fn(&mut Draws) -> Truth + Send + Sync>;

/// Draws one number of a law.
pub type Number = Arc<dyn Fn(&mut Draws) -> f64 + Send + Sync>;

/// Two laws on the line that are said to be close, or the same.
#[derive(Clone)]
pub struct TwoLaws {
    /// What is compared.
    pub label: &'static str,
    /// A number of the first law.
    pub first: Number,
    /// A number of the second law.
    pub second: Number,
    /// What the largest difference of the two distribution functions is claimed not to exceed.
    pub at_most: f64,
}

/// What a statement about chance says of one case.
pub struct Chance<T> {
    bits: u32,
    finding: Finding,
    events: Vec<ChanceEvent<T>>,
    laws: Vec<TwoLaws>,
}

impl<T: Real> Chance<T> {
    /// Nothing said yet; numbers are made at `bits` bits.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self { bits, finding: Finding::default(), events: Vec::new(), laws: Vec::new() }
    }

    /// An exact number: `chance.number((1, 2))`.
    #[must_use]
    pub fn number(&self, value: impl Into<rug::Rational>) -> T {
        T::from_rational(&value.into(), self.bits)
    }

    /// Where hypotheses are stated.
    pub fn given(&mut self) -> &mut Hypotheses {
        self.finding.assumed()
    }

    /// Where relations between numbers are stated.
    pub fn finding(&mut self) -> &mut Finding {
        &mut self.finding
    }

    /// Names an event, which the harness draws with `sampling` if every hypothesis is met.
    pub fn event(
        &mut self,
        label: &'static str,
        sampling: impl Fn(&mut Draws) -> Truth + Send + Sync + 'static,
    ) -> &mut ChanceEvent<T> {
        self.events.push(ChanceEvent {
            label,
            sampling: Arc::new(sampling),
            at_least: None,
            at_most: None,
            exactly: None,
            within: None,
        });
        let last = self.events.len() - 1;
        &mut self.events[last]
    }

    /// Asserts that the distribution functions of two laws differ by at most `at_most` everywhere; equality in law implies it for
    /// every bound above 0, and is never confirmed by a sample. Decided by the inequality of Dvoretzky, Kiefer and Wolfowitz for
    /// independent samples of both.
    pub fn same_law(
        &mut self,
        label: &'static str,
        first: impl Fn(&mut Draws) -> f64 + Send + Sync + 'static,
        second: impl Fn(&mut Draws) -> f64 + Send + Sync + 'static,
        at_most: f64,
    ) {
        self.laws.push(TwoLaws { label, first: Arc::new(first), second: Arc::new(second), at_most });
    }

    /// What was said: hypotheses and relations, those between the bounds and the exact probabilities of events among them; the
    /// events; the laws that are compared.
    #[must_use]
    pub fn into_parts(mut self) -> (Finding, Vec<ChanceEvent<T>>, Vec<TwoLaws>) {
        for event in &self.events {
            let Some(exact) = &event.exactly else { continue };
            if let Some(bound) = &event.at_least {
                self.finding.at_most(event.label, bound, exact).informative_if(positive(bound));
            }
            if let Some(bound) = &event.at_most {
                self.finding.at_most(event.label, exact, bound).informative_if(bound.below(&bound.constant(1)));
            }
        }
        (self.finding, self.events, self.laws)
    }
}

fn positive<T: Real>(number: &T) -> Truth {
    match number.sign() {
        Sign::Positive => Truth::True,
        Sign::Open => Truth::Open,
        Sign::Zero | Sign::Negative => Truth::False,
    }
}

/// An event that is drawn, and what is said of its probability.
pub struct ChanceEvent<T> {
    label: &'static str,
    sampling: Sampling,
    at_least: Option<T>,
    at_most: Option<T>,
    exactly: Option<T>,
    within: Option<f64>,
}

impl<T: Real> ChanceEvent<T> {
    /// Asserts that the probability is at least `bound`. It says more than a trivial bound if `bound > 0`.
    pub fn at_least(&mut self, bound: T) -> &mut Self {
        self.at_least = Some(bound);
        self
    }

    /// Asserts that the probability is at most `bound`. It says more than a trivial bound if `bound < 1`.
    pub fn at_most(&mut self, bound: T) -> &mut Self {
        self.at_most = Some(bound);
        self
    }

    /// Gives the exact probability, from a formula: it is compared with the bounds in certified arithmetic, and the sample must
    /// agree with it.
    pub fn exactly(&mut self, probability: T) -> &mut Self {
        self.exactly = Some(probability);
        self
    }

    /// Asks for draws until the confidence interval is no longer than `length`, so that an exact probability is met by a sample
    /// that could have missed it. Without this call the length is 1/20 where there is an exact probability, and elsewhere what the
    /// bounds need.
    pub fn within(&mut self, length: f64) -> &mut Self {
        self.within = Some(length);
        self
    }

    /// What the event is.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// How it is drawn.
    #[must_use]
    pub fn sampling(&self) -> &Sampling {
        &self.sampling
    }

    /// The bound below which its probability is said not to lie, the bound above which it is said not to lie, and what it is
    /// said to be.
    #[must_use]
    pub fn said(&self) -> (Option<&T>, Option<&T>, Option<&T>) {
        (self.at_least.as_ref(), self.at_most.as_ref(), self.exactly.as_ref())
    }

    /// How long its confidence interval may be.
    #[must_use]
    pub fn wanted_length(&self) -> f64 {
        self.within.unwrap_or(if self.exactly.is_some() { 0.05 } else { 1.0 })
    }
}

/// A statement about chance with the cases on which it is checked: those listed first, then drawn ones.
pub struct OnChance<S: AboutChance> {
    statement: Arc<S>,
    listed: Vec<S::Case>,
    draw: Option<fn(&mut Random) -> S::Case>,
    confidence: rug::Rational,
}

impl<S: AboutChance> OnChance<S> {
    /// On the cases listed, whatever the seed; on fewer, the first of them, if fewer instances are asked for.
    #[must_use]
    pub fn new(statement: S, cases: Vec<S::Case>) -> Self {
        Self { statement: Arc::new(statement), listed: cases, draw: None, confidence: (999, 1000).into() }
    }

    /// On as many cases as instances are asked for, each drawn.
    #[must_use]
    pub fn drawn(statement: S, case: fn(&mut Random) -> S::Case) -> Self {
        Self { draw: Some(case), ..Self::new(statement, Vec::new()) }
    }

    /// On these cases first.
    #[must_use]
    pub fn starting_with(self, cases: Vec<S::Case>) -> Self {
        Self { listed: cases, ..self }
    }

    /// The confidence of a verdict that rests on samples, instead of 99.9 %.
    ///
    /// # Panics
    ///
    /// Unless it lies strictly between 0 and 1.
    #[must_use]
    pub fn confidence(mut self, confidence: impl Into<rug::Rational>) -> Self {
        self.confidence = confidence.into();
        assert!(self.confidence > 0 && self.confidence < 1, "a confidence lies between 0 and 1");
        self
    }
}

/// One case of a statement about chance, over the number systems of the harness.
pub trait ChanceCase: Send + Sync {
    /// Names the case.
    fn name(&self) -> String;

    /// What is said of it, over the rationals.
    fn over_rationals(&self) -> Chance<Exact>;

    /// What is said of it, over balls of `bits` bits.
    fn over_balls(&self, bits: u32) -> Chance<Ball>;
}

/// A statement about chance with its cases, whatever these are made of.
pub trait ChanceStatement: Send + Sync {
    /// The case with the given number, the same for the same seed on every machine; `None` past the end of a list.
    fn case(&self, seed: u64, index: u64) -> Option<Box<dyn ChanceCase>>;

    /// The confidence of a verdict that rests on samples.
    fn confidence(&self) -> &rug::Rational;
}

impl Debug for dyn ChanceStatement {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ChanceStatement").field("confidence", self.confidence()).finish_non_exhaustive()
    }
}

struct OneCase<S: AboutChance> {
    statement: Arc<S>,
    case: S::Case,
}

impl<S: AboutChance> OneCase<S> {
    fn examine<T: Special>(&self, bits: u32) -> Chance<T> {
        let mut chance = Chance::new(bits);
        self.statement.examine(&self.case, &mut chance);
        chance
    }
}

impl<S: AboutChance> ChanceCase for OneCase<S> {
    fn name(&self) -> String {
        self.case.to_string()
    }

    fn over_rationals(&self) -> Chance<Exact> {
        self.examine(0)
    }

    fn over_balls(&self, bits: u32) -> Chance<Ball> {
        self.examine(bits)
    }
}

impl<S: AboutChance> ChanceStatement for OnChance<S> {
    fn case(&self, seed: u64, index: u64) -> Option<Box<dyn ChanceCase>> {
        let listed = usize::try_from(index).ok().and_then(|index| self.listed.get(index)).cloned();
        let drawn = || self.draw.map(|draw| draw(&mut Random::new("cases of chance", seed, index)));
        let case = listed.or_else(drawn)?;
        Some(Box::new(OneCase { statement: Arc::clone(&self.statement), case }))
    }

    fn confidence(&self) -> &rug::Rational {
        &self.confidence
    }
}
