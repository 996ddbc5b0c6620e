//! What is said of a claim at the end, and on what evidence.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::claims::{Expected, Scope, Trend};

use super::counterexample::Counterexample;
use super::curves::Curve;
use super::remarks::Remarks;
use super::sample::SampleVerdict;

/// What was found. *Holds* speaks of the instances checked; it is not a proof unless the evidence is [`Evidence::Proved`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Some applicable, informative instance passed, and none did not.
    Holds,
    /// At least one instance has its hypotheses certified true and its conclusion certified false.
    Refuted,
    /// No instance refutes it and at least one is not decided.
    Undecided,
    /// No instance meets the hypotheses, or on all that do the bound is trivial.
    NotApplicable,
    /// The check itself broke.
    Failed,
}

impl Status {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
            Self::Undecided => "undecided",
            Self::NotApplicable => "not-applicable",
            Self::Failed => "failed",
        }
    }

    /// Whether it is what the catalogue expects.
    #[must_use]
    pub fn is_expected(self, expected: Expected) -> bool {
        match expected {
            Expected::Holds => self == Self::Holds,
            Expected::Refuted => self == Self::Refuted,
        }
    }
}

/// What a verdict rests on, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A certified bound on the relative difference of two sides that should be equal, far below what the inputs can distinguish.
    Numerical,
    /// A confidence interval.
    Statistical,
    /// Ball arithmetic.
    Certified,
    /// Rational arithmetic.
    Exact,
    /// Polynomial identity testing.
    Proved,
}

impl Evidence {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Numerical => "numerical",
            Self::Statistical => "statistical",
            Self::Certified => "certified",
            Self::Exact => "exact",
            Self::Proved => "proved",
        }
    }
}

/// The smallest and the largest of something over the applicable instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The smallest.
    pub least: u64,
    /// The largest.
    pub greatest: u64,
}

impl Range {
    /// The range of one value.
    #[must_use]
    pub fn of(value: u64) -> Self {
        Self { least: value, greatest: value }
    }

    /// The least range that holds both.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), greatest: self.greatest.max(other.greatest) }
    }
}

/// What was found of one claim.
#[derive(Clone, Debug)]
pub struct ClaimVerdict {
    /// The id.
    pub id: &'static str,
    /// Whether it is in the [catalogue](crate::papers::catalogue), so that the program knows it by its id.
    pub in_catalogue: bool,
    /// The key of the paper.
    pub paper: &'static str,
    /// What the catalogue expects.
    pub expected: Expected,
    /// What was found.
    pub status: Status,
    /// What it covers.
    pub scope: Scope,
    /// What it rests on; `None` if nothing was decided.
    pub evidence: Option<Evidence>,
    /// Instances looked at.
    pub instances: u64,
    /// Those that meet the hypotheses.
    pub applicable: u64,
    /// Those of them on which the relation says more than a trivial bound.
    pub informative: u64,
    /// What was asserted of the applicable instances and said more than a trivial bound, each relation once.
    pub asserted: Vec<&'static str>,
    /// Instances on which an equality was proved, and the relations closed by each road.
    pub attained: u64,
    /// The roads, each with the number of relations it closed.
    pub roads: BTreeMap<&'static str, u64>,
    /// Instances that stayed undecided.
    pub undecided: u64,
    /// The largest left over right, rounded upward.
    pub worst_ratio: Option<f64>,
    /// The largest log₂ of a relative difference among equalities reached by balls only.
    pub agrees_log2: Option<f64>,
    /// Of a limit that holds, an upper bound of how far it is at the latest time looked at and at all later ones, the worst of all instances.
    pub within: Option<f64>,
    /// The highest precision that was needed; 0 if all was exact.
    pub max_bits: u32,
    /// The longest run.
    pub horizon: u64,
    /// Whether every negative control came out as it must; `None` if the claim has none, which is a defect.
    pub control: Option<bool>,
    /// Wall time.
    pub time: Duration,
    /// Remarks: what failed, what stayed open, the error bound of an identity test.
    pub note: Remarks,
    /// Depths of the applicable instances.
    pub depths: Option<Range>,
    /// Layer widths of the applicable instances.
    pub widths: Option<Range>,
    /// Numbers of examples of the applicable instances.
    pub examples: Option<Range>,
    /// Informative share by depth: depth, informative instances, applicable instances.
    pub informative_by_depth: Vec<(u64, u64, u64)>,
    /// The trends of the last applicable instance: numbers without a verdict.
    pub trends: Vec<Trend>,
    /// What makes a refutation again.
    pub counterexample: Option<Counterexample>,
    /// What leaves it undecided: the first instance that did.
    pub left_open: Option<Counterexample>,
    /// The confidence of what samples say here, all together; `None` without samples.
    pub confidence: Option<f64>,
    /// The samples that were drawn, in the order of the cases.
    pub samples: Vec<SampleVerdict>,
    /// Both sides over a run of the relation that fails, if that was [asked for](Report::draw_curves).
    pub curves: Vec<Curve>,
}

impl ClaimVerdict {
    /// The sample that stands for all in a line: the first whose bound says something, or the first.
    #[must_use]
    pub fn headline(&self) -> Option<&SampleVerdict> {
        self.samples.iter().find(|sample| sample.is_informative()).or_else(|| self.samples.first())
    }

    /// The number of draws of all samples together.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.samples.iter().map(|sample| sample.draws).sum()
    }

    /// Whether it applies to few of the instances that were looked at.
    #[must_use]
    pub fn is_scarce(&self) -> bool {
        self.applicable < self.instances / 8
    }

    /// Whether the claim came out as the catalogue expects, with its control caught.
    #[must_use]
    pub fn as_expected(&self) -> bool {
        self.status.is_expected(self.expected) && self.control == Some(true)
    }
}

/// What was found of all claims that were asked for.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed of the instances.
    pub seed: u64,
    /// One verdict a claim, in the order of the catalogue.
    pub claims: Vec<ClaimVerdict>,
    /// Whether it was interrupted: claims that were not finished are missing.
    pub interrupted: bool,
}

/// How many claims came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// As the catalogue expects.
    pub as_expected: usize,
    /// Not as it expects.
    pub not_as_expected: usize,
    /// Undecided.
    pub undecided: usize,
}

impl Report {
    /// How many claims came out how.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for claim in &self.claims {
            if claim.as_expected() {
                summary.as_expected += 1;
            } else if claim.status == Status::Undecided {
                summary.undecided += 1;
            } else {
                summary.not_as_expected += 1;
            }
        }
        summary
    }
}
