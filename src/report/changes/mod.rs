//! What changed between two verifications, each change once and in words.
//!
//! Statuses, what they rest on and how near they came to failing are compared claim by claim, whatever else was saved field by field. What is
//! worse comes before what is better, and that before what is neither; verdicts come before numbers. Every format shows the same list.

mod claim;

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use super::counted;
use super::results::{ClaimResult, Results};
use claim::{Pair, verdict};

/// A change of time is told if one time is at least so many times the other and they are at least [`TIME_FLOOR`] seconds apart.
///
/// Both, because two verifications by one program differ as well. Of the whole catalogue, on two cores that were busy with other work, times
/// of half a second and more apart differed by a factor of at most 1.3, and times with a factor above 2 between them by less than a tenth of a second.
pub(super) const TIME_FACTOR: f64 = 2.0;

/// See [`TIME_FACTOR`].
pub(super) const TIME_FLOOR: f64 = 0.5;

/// What changed from older results to newer ones.
///
/// ```
/// use gradient_witness::report::changes::Changes;
/// use gradient_witness::report::results::Results;
/// use gradient_witness::verify::{Options, Status, verify};
/// let claims = gradient_witness::papers::catalogue();
/// let claims: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.gradient-layer").collect();
/// let old = Results::of(&verify(&claims, &Options::default(), &()));
/// let mut new = old.clone();
/// new.claims[0].status = Status::Refuted;
/// let changes = Changes::between("old.json", &old, &new);
/// assert_eq!(changes.list[0].to_string(), "worse: JT19.gradient-layer: status: holds (proved) → refuted (proved)");
/// assert!(Changes::between("old.json", &old, &old).is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Where the older results come from.
    pub since: String,
    /// The version of the program that found them.
    pub version: String,
    /// In what the two verifications differ as a whole.
    pub conditions: Vec<Difference>,
    /// Ids that the newer results alone have, each with what was found.
    pub new: Vec<(String, String)>,
    /// Ids that the older results alone have, each with what was found.
    pub gone: Vec<(String, String)>,
    /// The changes of claims that both have, in the order in which they are told.
    pub list: Vec<Change>,
    /// How many claims both have.
    pub common: usize,
    /// How long each of them took, before and after.
    pub times: Vec<(String, Duration, Duration)>,
}

/// A change of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it is for the worse.
    pub direction: Direction,
    /// The claim.
    pub id: String,
    /// What changed.
    pub difference: Difference,
}

/// Something before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is.
    pub what: What,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// What a change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Less holds, on less evidence, or nearer to failing.
    Worse,
    /// The contrary.
    Better,
    /// Neither.
    Other,
}

/// What can change, in the order in which it is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The version of the program.
    Version,
    /// The seed of the instances.
    Seed,
    /// How many applicable instances were asked for.
    Asked,
    /// What the results speak of.
    Subject,
    /// Whether claims that were not finished are missing.
    Interrupted,
    /// How a claim came out, and on what evidence.
    Status,
    /// What the catalogue expects.
    Expected,
    /// What the same verdict rests on.
    Evidence,
    /// The negative control.
    Control,
    /// The largest left side over right side.
    Ratio,
    /// The bound on the relative difference of an equality.
    Agreement,
    /// Wall time.
    Time,
    /// Whether a sample, of this event in this case, agrees with the exact probability.
    Sample(String),
    /// How many instances there were, of which kind.
    Instances,
    /// The highest precision.
    Bits,
    /// Whatever else was saved of the same verdict, by the names of the fields.
    Fields,
}

impl Direction {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Other => "other",
        }
    }

    /// That of something that is the worse the more it is.
    fn of<T: Ord>(before: T, after: T) -> Self {
        match after.cmp(&before) {
            Ordering::Less => Self::Better,
            Ordering::Equal => Self::Other,
            Ordering::Greater => Self::Worse,
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "version",
            Self::Seed => "seed",
            Self::Asked => "instances asked for",
            Self::Subject => "subject",
            Self::Interrupted => "interrupted",
            Self::Status => "status",
            Self::Expected => "expected",
            Self::Evidence => "evidence",
            Self::Control => "control",
            Self::Ratio => "worst ratio",
            Self::Agreement => "agrees to",
            Self::Time => "time",
            Self::Sample(sample) => return write!(f, "sample: {sample}"),
            Self::Instances => "instances",
            Self::Bits => "bits",
            Self::Fields => "other fields",
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} → {}", self.what, self.before, self.after)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.direction.word(), self.id, self.difference)
    }
}

impl Changes {
    /// What changed from `old`, which comes from the file `since`, to `new`.
    #[must_use]
    pub fn between(since: &str, old: &Results, new: &Results) -> Self {
        let alone = |claims: &[ClaimResult], others: &[ClaimResult]| {
            let alone = claims.iter().filter(|claim| find(others, &claim.id).is_none());
            alone.map(|claim| (claim.id.clone(), verdict(claim))).collect()
        };
        let (own_run, same_seed) = (new.spec.is_some(), old.seed == new.seed);
        let before = new.claims.iter().map(|claim| find(&old.claims, &claim.id));
        let both = new.claims.iter().zip(before).filter_map(|(after, before)| Some((before?, after)));
        let pairs: Vec<Pair> = both.map(|(before, after)| Pair { before, after, own_run, same_seed }).collect();
        let mut list: Vec<Change> = pairs.iter().flat_map(Pair::changes).collect();
        list.sort_by(|a, b| (a.direction, &a.difference.what).cmp(&(b.direction, &b.difference.what)));
        Self {
            since: since.to_owned(),
            version: old.version.clone(),
            conditions: conditions(old, new),
            new: alone(&new.claims, &old.claims),
            gone: alone(&old.claims, &new.claims),
            list,
            common: pairs.len(),
            times: pairs.iter().map(|pair| (pair.after.id.clone(), time(pair.before), time(pair.after))).collect(),
        }
    }

    /// Whether both say the same, but for times that do not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.new.is_empty() && self.gone.is_empty() && self.list.is_empty()
    }

    /// All of it in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.is_empty() {
            return format!("Nothing changed in {}.", counted(self.common, "claim"));
        }
        let count = |direction| self.list.iter().filter(|change| change.direction == direction).count();
        format!(
            "{} in both: {} for the worse, {} for the better, {} other. {} new, {} gone.",
            counted(self.common, "claim"),
            counted(count(Direction::Worse), "change"),
            count(Direction::Better),
            count(Direction::Other),
            counted(self.new.len(), "claim"),
            self.gone.len(),
        )
    }

    /// The changes for the worse and for the better, and the others.
    #[must_use]
    pub fn judged_and_others(&self) -> (&[Change], &[Change]) {
        self.list.split_at(self.list.partition_point(|change| change.direction != Direction::Other))
    }

    /// What counts as a change, and what is no worse or better for it.
    #[must_use]
    pub fn reading(&self) -> String {
        let mut text = format!(
            "Ratios are compared as exact decimals: a larger one is nearer to failing. A time counts as changed from {TIME_FACTOR} times the \
             other and {TIME_FLOOR} s of difference on; less is what else the machine does."
        );
        if self.conditions.iter().any(|difference| matches!(difference.what, What::Seed | What::Asked | What::Subject))
        {
            text += " These are other instances, for which other ratios and counts are neither worse nor better.";
        }
        text
    }
}

/// How long a claim took. What is saved may be anything.
fn time(claim: &ClaimResult) -> Duration {
    Duration::try_from_secs_f64(claim.seconds).unwrap_or_default()
}

/// In what the two verifications differ as a whole.
fn conditions(old: &Results, new: &Results) -> Vec<Difference> {
    let subject = |results: &Results| {
        let spec = results.spec.clone().unwrap_or_else(|| "generated instances".to_owned());
        if results.conclusion_only == Some(true) { format!("the conclusion alone, on {spec}") } else { spec }
    };
    let unfinished = |results: &Results| if results.interrupted { "yes" } else { "no" }.to_owned();
    let asked = |results: &Results| match results.instances {
        Some(count) => format!("{count} of each claim"),
        None => "not said".to_owned(),
    };
    let told = [
        (What::Version, old.version.clone(), new.version.clone()),
        (What::Seed, old.seed.to_string(), new.seed.to_string()),
        (What::Asked, asked(old), asked(new)),
        (What::Subject, subject(old), subject(new)),
        (What::Interrupted, unfinished(old), unfinished(new)),
    ];
    let different = told.into_iter().filter(|(_, before, after)| before != after);
    different.map(|(what, before, after)| Difference { what, before, after }).collect()
}

fn find<'a>(claims: &'a [ClaimResult], id: &str) -> Option<&'a ClaimResult> {
    claims.iter().find(|claim| claim.id == id)
}
