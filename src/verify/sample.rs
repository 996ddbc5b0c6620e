//! Samples of the events of a claim about chance, drawn until they are decided.
//!
//! The error that a sample may have is shared out equally among [`STAGES`] sizes, each four times the one before, at which it may be
//! decided. So a gap is decided with about as many draws as it needs, and looking more than once is paid for.

use std::iter::Sum;

use rayon::prelude::*;
use rug::Rational;

use crate::claims::{ChanceEvent, Finding, Number, TwoLaws};
use crate::generate::Draws;
use crate::number::{Ball, Real, Ring, Truth};
use crate::time_limit::check;

use super::confidence::{Interval, clopper_pearson, distance_of_laws};
use super::examine::FIRST_BITS;
use super::options::Options;
use super::panics::passed_on;

/// The number of sample sizes at which an event may be decided.
const STAGES: u32 = 6;

/// The first of them.
const FIRST_DRAWS: u64 = 1000;

/// Draws are made in blocks, each with a stream of its own, so that the sample does not depend on the threads.
const BLOCK: u64 = 250;

/// What was drawn of one event of one case, or of two laws.
#[derive(Clone, Debug)]
pub struct SampleVerdict {
    /// The case.
    pub case: String,
    /// The event, or what is compared.
    pub label: &'static str,
    /// The name of its stream of draws: with the seed, it makes the same sample again.
    pub stream: String,
    /// The number of draws; of two laws, of each.
    pub draws: u64,
    /// How often the event certainly happened; `None` of two laws.
    pub seen: Option<u64>,
    /// How often rounding left open whether it happened: these count against whatever is to be decided.
    pub unclear: u64,
    /// The confidence interval of its probability, or of the distance of the two distribution functions.
    pub interval: Interval,
    /// The confidence of that interval, all looks at it together.
    pub confidence: f64,
    /// Bounds of the exact probability, where a formula gives it.
    pub exact: Option<(f64, f64)>,
    /// The claimed lower bound.
    pub at_least: Option<f64>,
    /// The claimed upper bound.
    pub at_most: Option<f64>,
    /// Whether the sample agrees with the exact probability, where there is one.
    pub agrees: Option<bool>,
}

impl SampleVerdict {
    /// Whether the bound on the probability, or on the distance, is more than a trivial one.
    #[must_use]
    pub fn is_informative(&self) -> bool {
        self.at_least.is_some_and(|bound| bound > 0.0) || self.at_most.is_some_and(|bound| bound < 1.0)
    }

    /// The sample in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let Interval { lower, upper } = self.interval;
        let mut text = format!("{}: ", self.label);
        match self.seen {
            Some(seen) => {
                let frequency = seen as f64 / self.draws.max(1) as f64;
                text.push_str(&format!("drawn {frequency:.4}, in [{lower:.4}, {upper:.4}]"));
            }
            None => text.push_str(&format!("distance in [{lower:.4}, {upper:.4}]")),
        }
        if let Some((least, most)) = self.exact {
            text.push_str(&format!("; exactly {:.6}", f64::midpoint(least, most)));
        }
        if let Some(bound) = self.at_least {
            text.push_str(&format!("; claimed at least {bound:.6}"));
        }
        if let Some(bound) = self.at_most {
            text.push_str(&format!("; claimed at most {bound:.6}"));
        }
        text.push_str(&format!("; {} draws for {}", self.draws, self.case));
        text
    }
}

/// A sample that is being drawn.
pub(super) struct Sample<'a> {
    pub(super) case: String,
    pub(super) stream: String,
    /// The error that its verdict may have.
    pub(super) error: &'a Rational,
    pub(super) options: &'a Options,
}

impl Sample<'_> {
    /// The sample sizes, and the error at each.
    fn stages(&self) -> (Vec<u64>, Rational) {
        let sizes: Vec<u64> = match self.options.draws {
            Some(draws) => vec![draws.get()],
            None => (0..STAGES).map(|stage| FIRST_DRAWS << (2 * stage)).collect(),
        };
        let error = Rational::from(self.error / sizes.len() as u64);
        (sizes, error)
    }

    /// Draws an event until it is decided.
    pub(super) fn of_event(&self, event: &ChanceEvent<Ball>) -> (SampleVerdict, Finding) {
        let (sizes, error) = self.stages();
        let (mut draws, mut seen, mut unclear) = (0, 0, 0);
        let mut interval = Interval { lower: 0.0, upper: 1.0 };
        for size in sizes {
            let sampling = event.sampling();
            let Some(blocks) = self.blocks(&self.stream, draws, size, |draws| sampling(draws), Counts::of) else {
                break;
            };
            let counts: Counts = blocks.into_iter().sum();
            let (all_seen, all_unclear) = (seen + counts.seen, unclear + counts.unclear);
            let look = || clopper_pearson(size, all_seen, all_seen + all_unclear, &error);
            let Ok(narrowed) = self.options.limits.time.within(look) else { break };
            (draws, seen, unclear, interval) = (size, all_seen, all_unclear, narrowed);
            let truths: Vec<Truth> = relations(event, interval).iter().map(|relation| relation.truth).collect();
            let decided =
                truths.iter().all(|truth| *truth == Truth::True) && interval.length() <= event.wanted_length();
            let ended = truths.contains(&Truth::False) || agrees(event, interval) == Some(false);
            if decided || ended {
                break;
            }
        }
        let (at_least, at_most, exact) = event.said();
        let verdict = SampleVerdict {
            case: self.case.clone(),
            label: event.label(),
            stream: self.stream.clone(),
            draws,
            seen: Some(seen),
            unclear,
            interval,
            confidence: (Rational::from(1) - self.error).to_f64(),
            exact: exact.map(|exact| (exact.lower_f64(), exact.upper_f64())),
            at_least: at_least.map(Real::approximate),
            at_most: at_most.map(Real::approximate),
            agrees: agrees(event, interval),
        };
        let mut finding = Finding::default();
        for relation in relations(event, interval) {
            relation.assert(&mut finding);
        }
        (verdict, finding)
    }

    /// Draws from two laws until their distance is decided.
    pub(super) fn of_laws(&self, laws: &TwoLaws) -> (SampleVerdict, Finding) {
        let (sizes, error) = self.stages();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let mut interval = Interval { lower: 0.0, upper: 1.0 };
        let decide = |interval: Interval| match interval {
            Interval { upper, .. } if upper <= laws.at_most => Truth::True,
            Interval { lower, .. } if lower > laws.at_most => Truth::False,
            _ => Truth::Open,
        };
        for size in sizes {
            let begin = first.len() as u64;
            let drawn = |side: &str, law: &Number| {
                let stream = format!("{}, {side} law", self.stream);
                self.blocks(&stream, begin, size, |draws| law(draws), |numbers| numbers.collect::<Vec<f64>>())
            };
            let (Some(more), Some(others)) = (drawn("first", &laws.first), drawn("second", &laws.second)) else {
                break;
            };
            first.extend(more.into_iter().flatten());
            second.extend(others.into_iter().flatten());
            interval = distance_of_laws(&mut first, &mut second, &error);
            if decide(interval) != Truth::Open {
                break;
            }
        }
        let verdict = SampleVerdict {
            case: self.case.clone(),
            label: laws.label,
            stream: self.stream.clone(),
            draws: first.len() as u64,
            seen: None,
            unclear: 0,
            interval,
            confidence: (Rational::from(1) - self.error).to_f64(),
            exact: None,
            at_least: None,
            at_most: Some(laws.at_most),
            agrees: None,
        };
        let sides = (f64::midpoint(interval.lower, interval.upper), laws.at_most);
        let mut finding = Finding::default();
        Decided { label: laws.label, truth: decide(interval), sides, informative: (laws.at_most < 1.0).into() }
            .assert(&mut finding);
        (verdict, finding)
    }

    /// What each block keeps of the draws from `first` to before `end`; `None` if nothing more may be spent before all are made. A
    /// draw depends on the stream, the seed and its place in its block alone.
    fn blocks<D, R: Send>(
        &self,
        stream: &str,
        first: u64,
        end: u64,
        draw: impl Fn(&mut Draws) -> D + Sync,
        keep: impl Fn(&mut dyn Iterator<Item = D>) -> R + Sync,
    ) -> Option<Vec<R>> {
        (first / BLOCK..end.div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                let limits = &self.options.limits;
                if limits.exhausted() {
                    return None;
                }
                let draw_all = || {
                    let mut draws = Draws::new(stream, self.options.seed, block);
                    let all = (block * BLOCK..end.min((block + 1) * BLOCK)).map(|index| {
                        check();
                        (index, draw(&mut draws))
                    });
                    keep(&mut all.filter(|(index, _)| *index >= first).map(|(_, drawn)| drawn))
                };
                passed_on(|| limits.time.within(draw_all)).ok()
            })
            .collect()
    }
}

/// How often an event happened, and how often that could not be told.
#[derive(Clone, Copy, Default)]
struct Counts {
    seen: u64,
    unclear: u64,
}

impl Counts {
    fn of(outcomes: &mut dyn Iterator<Item = Truth>) -> Self {
        outcomes.fold(Self::default(), |counts, outcome| match outcome {
            Truth::True => Self { seen: counts.seen + 1, ..counts },
            Truth::Open => Self { unclear: counts.unclear + 1, ..counts },
            Truth::False => counts,
        })
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, more| Self { seen: sum.seen + more.seen, unclear: sum.unclear + more.unclear })
    }
}

/// A bound that the interval was compared with.
struct Decided {
    label: &'static str,
    truth: Truth,
    sides: (f64, f64),
    informative: Truth,
}

impl Decided {
    fn assert(self, finding: &mut Finding) {
        let relation = finding.asserted(self.label, self.truth);
        relation.sides = self.sides;
        relation.informative_if(self.informative);
    }
}

/// What the interval says of the bounds; nothing where a formula has decided them.
fn relations(event: &ChanceEvent<Ball>, interval: Interval) -> Vec<Decided> {
    let (at_least, at_most, None) = event.said() else { return Vec::new() };
    let (lower, upper) = ends(interval);
    let middle = f64::midpoint(interval.lower, interval.upper);
    let decide = |certainly: Truth, certainly_not: Truth| match (certainly, certainly_not) {
        (Truth::True, _) => Truth::True,
        (_, Truth::True) => Truth::False,
        _ => Truth::Open,
    };
    let below = at_least.map(|bound| Decided {
        label: event.label(),
        truth: decide(bound.at_most(&lower), upper.below(bound)),
        sides: (bound.approximate(), middle),
        informative: bound.constant(0).below(bound),
    });
    let above = at_most.map(|bound| Decided {
        label: event.label(),
        truth: decide(upper.at_most(bound), bound.below(&lower)),
        sides: (middle, bound.approximate()),
        informative: bound.below(&bound.constant(1)),
    });
    below.into_iter().chain(above).collect()
}

/// Whether the interval may hold the exact probability, where there is one.
fn agrees(event: &ChanceEvent<Ball>, interval: Interval) -> Option<bool> {
    let (lower, upper) = ends(interval);
    let apart = |exact: &Ball| exact.below(&lower) == Truth::True || upper.below(exact) == Truth::True;
    event.said().2.map(|exact| !apart(exact))
}

fn ends(interval: Interval) -> (Ball, Ball) {
    (Ball::from_f64(interval.lower, FIRST_BITS), Ball::from_f64(interval.upper, FIRST_BITS))
}
