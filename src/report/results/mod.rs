//! What a verification found, as it is saved: written as JSON and read back from it.
//!
//! Pages and summaries for other eyes than a terminal's are made from this and from nothing else, so that they come out the same whether a
//! verification has just ended or was saved long ago. Numbers that are bounds stand as decimal digits, rounded outward.

mod making;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::claims::{Expected, Scope, Symbol};
use crate::trajectory::Quantity;
use crate::verify::{Evidence, Hour, Status, Summary, When};

/// The form in which results are saved: a number that rises when what was a key is no more, or means something else.
pub const SCHEMA: u64 = 1;

/// A verification, on generated instances or on one's own run.
///
/// ```
/// use gradient_witness::report::results::Results;
/// use gradient_witness::verify::{Options, verify};
/// let claims = gradient_witness::papers::catalogue();
/// let one: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.gradient-layer").collect();
/// let results = Results::of(&verify(&one, &Options::default(), &()));
/// let saved = serde_json::to_string(&results)?;
/// assert_eq!(serde_json::from_str::<Results>(&saved)?, results);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The form, [`SCHEMA`].
    pub schema: u64,
    /// The version of the program.
    pub version: String,
    /// The seed of the instances; of a verification on one's own run the one of the command line, from which nothing is drawn.
    pub seed: u64,
    /// The command that makes it again, if one made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The number of applicable instances that were asked for of each claim, on generated instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<u64>,
    /// The file of the spec, on one's own run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
    /// Whether hypotheses were listed and not counted, on one's own run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion_only: Option<bool>,
    /// How many claims about chance or free numbers were left out, on one's own run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<usize>,
    /// What *holds* speaks of.
    pub scope_note: String,
    /// Whether claims that were not finished are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// One entry a claim, in the order of the catalogue.
    pub claims: Vec<ClaimResult>,
    /// How many claims came out how.
    pub summary: Summary,
    /// What becomes of one's own run, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunResult>,
}

/// What becomes of one's own run: risk, norms, imbalance and alignment over its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// The precision of the balls.
    pub bits: u32,
    /// The quantities, the risk first.
    pub series: Vec<SeriesResult>,
    /// Why they end before the run was to, if so.
    pub ends: Option<String>,
    /// What is not there because the network is too large.
    pub left_out: Vec<String>,
}

/// A quantity over a run, thinned to what a picture shows: the lists go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesResult {
    /// What it is.
    pub quantity: Quantity,
    /// The same in the notation of the papers.
    pub label: String,
    /// The layer, or the first of the pair of layers, counted from 1; 0 for the risk.
    pub layer: u64,
    /// Whether it was looked at after every step; else nothing is known of it at other steps than these.
    pub at_every_step: bool,
    /// The numbers of the points, in rising order.
    pub t: Vec<u64>,
    /// Its values at them.
    #[serde(flatten)]
    pub values: BandsResult,
}

/// What was found of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimResult {
    /// The id.
    pub id: String,
    /// The key of the paper.
    pub paper: String,
    /// What the catalogue expects.
    pub expected: Expected,
    /// What was found.
    pub status: Status,
    /// What it covers.
    pub scope: Scope,
    /// What it rests on.
    pub evidence: Option<Evidence>,
    /// Instances looked at.
    pub instances: u64,
    /// Those that meet the hypotheses.
    pub applicable: u64,
    /// Those of them on which the relation says more than a trivial bound.
    pub informative: u64,
    /// Instances on which an equality was proved.
    pub attained: u64,
    /// Instances that stayed undecided.
    pub undecided: u64,
    /// The largest left side over right side, rounded up.
    pub worst_ratio: Option<String>,
    /// The certified bound on the relative difference of an equality that no ball decides, rounded up.
    pub agrees_to: Option<String>,
    /// Of a limit, the certified distance from it at the latest time looked at and at all later ones, the worst instance, rounded up.
    #[serde(default)]
    pub within: Option<String>,
    /// The highest precision that was needed.
    pub max_bits: u32,
    /// The longest run.
    pub horizon: u64,
    /// Whether the negative control came out as it must; `None` if none was run.
    pub control: Option<Control>,
    /// Wall time in seconds, to the millisecond.
    pub seconds: f64,
    /// Remarks.
    pub note: String,
    /// Of the remarks, what is false on the instance that refutes it, or stayed open, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The finite-time inequalities through which a limit holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
    /// Depths of the applicable instances.
    pub depths: Option<Span>,
    /// Layer widths of the applicable instances.
    pub widths: Option<Span>,
    /// Numbers of examples of the applicable instances.
    pub examples: Option<Span>,
    /// Informative instances, depth by depth.
    pub informative_by_depth: Vec<InformativeAt>,
    /// The roads by which equality was proved, each with the number of relations it closed.
    pub roads: BTreeMap<String, u64>,
    /// Numbers without a verdict.
    pub trends: Vec<TrendResult>,
    /// The run that refutes it, as a run spec.
    pub counterexample: Option<String>,
    /// What makes the refutation again: a command, which reads the run spec from a file of the claim's name, or a call of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
    /// The confidence of what samples say, all together.
    pub confidence: Option<f64>,
    /// The samples that were drawn.
    pub samples: Vec<SampleResult>,
    /// Both sides over a run of the relation that refutes it, if that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<CurveResult>,
    /// Whether it was asked for by its id, on one's own run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<bool>,
    /// What became of each hypothesis, on one's own run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hypotheses: Option<Vec<HypothesisResult>>,
}

/// How a negative control came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// As it must.
    Caught,
    /// Not so: a defect of the check.
    Missed,
}

impl Control {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Missed => "missed",
        }
    }
}

/// How a claim came out, held against what was to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    AsExpected,
    /// Not so.
    NotAsExpected,
    /// That is not known.
    Undecided,
}

/// The smallest and the largest of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span(pub u64, pub u64);

/// How many instances of a depth were informative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InformativeAt {
    /// The depth.
    pub depth: u64,
    /// Informative instances.
    pub informative: u64,
    /// Applicable instances.
    pub applicable: u64,
}

/// A number without a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendResult {
    /// What it is.
    pub label: String,
    /// Its value; `None` if it is not finite.
    pub value: Option<f64>,
}

/// A sample of a claim about chance. Bounds of the exact probability are rounded outward.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleResult {
    /// The case.
    pub case: String,
    /// The event.
    pub event: String,
    /// The stream of random numbers.
    pub stream: String,
    /// How many draws.
    pub draws: u64,
    /// In how many the event was seen.
    pub seen: Option<u64>,
    /// In how many it was not decided.
    pub unclear: u64,
    /// The confidence interval of its probability.
    pub interval: (f64, f64),
    /// The confidence of the interval.
    pub confidence: f64,
    /// The exact probability, if it is known: at least, at most.
    pub exact: Option<(f64, f64)>,
    /// What the claim says it is at least.
    pub at_least: Option<f64>,
    /// What the claim says it is at most.
    pub at_most: Option<f64>,
    /// Whether the sample agrees with the exact probability.
    pub agrees: Option<bool>,
}

/// Both sides of a relation over a run, thinned to what a picture shows: the lists `t`, `left` and `right` go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveResult {
    /// What is asserted.
    pub relation: String,
    /// The layer or pair of layers it speaks of, counted from 1; 0 if it speaks of none.
    pub layer: u64,
    /// What stands between the sides; `None` if that was decided by other means.
    pub comparison: Option<Symbol>,
    /// The numbers of the points, or of the points that the steps lead to, in rising order.
    pub t: Vec<u64>,
    /// The left side at each of them.
    pub left: BandsResult,
    /// The right side at each of them.
    pub right: BandsResult,
    /// The first `t` at which the relation is certainly false although the hypotheses are certainly true.
    pub crosses: Option<u64>,
    /// Those in `t` at which it is certainly false although they are.
    pub failing: Vec<u64>,
    /// Those in `t` at which a hypothesis is not certainly true, so that a relation that is false refutes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<u64>,
    /// Why the lists end before the run does, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
}

/// Numbers of which it is certain that each lies within its radius of its middle, both taken as exact; `None` where nothing is said, or
/// nothing known that f64s can hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BandsResult {
    /// The middles.
    pub mid: Vec<Option<f64>>,
    /// The radii, three digits, rounded up.
    pub rad: Vec<Option<f64>>,
}

/// What became of a hypothesis over the subjects of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HypothesisResult {
    /// What is assumed.
    pub label: String,
    /// The number of subjects at which it is certainly true.
    pub met: u64,
    /// At which it is certainly false.
    pub unmet: u64,
    /// At which it is not decided.
    pub open: u64,
    /// The first subject at which it is not certainly true.
    pub first_not_met: Option<FailureResult>,
}

/// What did not come out true, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureResult {
    /// At which point, step or times.
    pub t: WhenResult,
    /// The left side, approximately.
    pub left: Option<f64>,
    /// The right side, approximately.
    pub right: Option<f64>,
    /// Both sides in digits, where it takes more of them to tell the sides apart.
    #[serde(flatten)]
    pub exactly: Option<DigitsResult>,
}

/// The number of a point or step, a time of a flow, or, in words, the times between two or where the risk is so small.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WhenResult {
    /// The number of a point or step.
    Step(u64),
    /// A time of a flow.
    Time(f64),
    /// `1/4 ≤ t ≤ 1/2`, in decimals.
    Between(String),
}

impl fmt::Display for WhenResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(t) => When::Step(*t).fmt(f),
            Self::Time(t) => When::At(Hour::Time(*t)).fmt(f),
            Self::Between(times) => f.write_str(times),
        }
    }
}

/// Two sides that it takes many digits to tell apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigitsResult {
    /// Left and right.
    pub digits: (String, String),
    /// The difference, where the digits do not show it.
    pub difference: Option<String>,
}

impl Results {
    /// How a claim of these came out: on one's own run as [`OwnRunReport::summary`](crate::verify::OwnRunReport::summary) counts it, else as
    /// [`Report::summary`](crate::verify::Report::summary) does.
    #[must_use]
    pub fn outcome(&self, claim: &ClaimResult) -> Outcome {
        let is_fine = match (&self.spec, claim.status) {
            (None, _) => claim.as_expected(),
            (Some(_), Status::Holds | Status::NotApplicable) => true,
            (Some(_), Status::Refuted) => claim.expected == Expected::Refuted && claim.named == Some(false),
            (Some(_), Status::Undecided | Status::Failed) => false,
        };
        match claim.status {
            _ if is_fine => Outcome::AsExpected,
            Status::Undecided => Outcome::Undecided,
            _ => Outcome::NotAsExpected,
        }
    }

    /// How many claims came out how.
    #[must_use]
    pub fn counted(&self) -> Summary {
        let mut summary = Summary::default();
        for claim in &self.claims {
            match self.outcome(claim) {
                Outcome::AsExpected => summary.as_expected += 1,
                Outcome::NotAsExpected => summary.not_as_expected += 1,
                Outcome::Undecided => summary.undecided += 1,
            }
        }
        summary
    }
}

impl ClaimResult {
    /// Whether the claim came out as the catalogue expects, with its control caught.
    #[must_use]
    pub fn as_expected(&self) -> bool {
        self.status.is_expected(self.expected) && self.control == Some(Control::Caught)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name under which a value is saved.
    fn saved(value: impl Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn what_is_saved_is_the_word_that_reports_use() {
        for status in [Status::Holds, Status::Refuted, Status::Undecided, Status::NotApplicable, Status::Failed] {
            assert_eq!(saved(status), status.word());
        }
        for evidence in
            [Evidence::Numerical, Evidence::Statistical, Evidence::Certified, Evidence::Exact, Evidence::Proved]
        {
            assert_eq!(saved(evidence), evidence.word());
        }
        for scope in [Scope::Identity, Scope::Instances, Scope::Instance, Scope::Consequence] {
            assert_eq!(saved(scope), scope.word());
        }
        assert_eq!(saved(Expected::Holds), Expected::Holds.word());
        assert_eq!(saved(Expected::Refuted), Expected::Refuted.word());
    }
}
