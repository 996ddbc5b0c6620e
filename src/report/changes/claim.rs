//! What changed of one claim.

use serde_json::Value;

use super::{Change, Difference, Direction, TIME_FACTOR, TIME_FLOOR, What};
use crate::claims::Expected;
use crate::problem::parse_exact;
use crate::report::results::{ClaimResult, Control, SampleResult};
use crate::verify::Status;

/// The fields that are compared by their meaning. All others are compared as they were saved.
const COMPARED: [&str; 13] = [
    "id",
    "expected",
    "status",
    "evidence",
    "instances",
    "applicable",
    "informative",
    "attained",
    "undecided",
    "worst_ratio",
    "agrees_to",
    "max_bits",
    "control",
];

/// A claim before and after.
pub(super) struct Pair<'a> {
    pub(super) before: &'a ClaimResult,
    pub(super) after: &'a ClaimResult,
    /// Whether the newer results speak of one's own run.
    pub(super) own_run: bool,
    pub(super) same_seed: bool,
}

impl Pair<'_> {
    /// All changes of the claim.
    pub(super) fn changes(&self) -> Vec<Change> {
        let verdict = [self.status(), self.expected(), self.evidence(), self.control()];
        let bound = |what, of: fn(&ClaimResult) -> &Option<String>| self.bound(what, of(self.before), of(self.after));
        let numbers = [
            bound(What::Ratio, |claim| &claim.worst_ratio),
            bound(What::Agreement, |claim| &claim.agrees_to),
            self.time(),
            self.instances(),
            self.bits(),
            self.fields(),
        ];
        verdict.into_iter().chain(numbers).flatten().chain(self.samples()).collect()
    }

    /// The change of something, if it is one.
    fn change(&self, what: What, direction: Direction, before: String, after: String) -> Option<Change> {
        let id = self.after.id.clone();
        (before != after).then_some(Change { direction, id, difference: Difference { what, before, after } })
    }

    /// Whether it is for the worse how the claim came out.
    fn outcome(&self) -> Direction {
        let rank = |claim: &ClaimResult| match claim.status {
            Status::Undecided => 1,
            Status::Holds | Status::NotApplicable if self.own_run => 0,
            Status::Holds if claim.expected == Expected::Holds => 0,
            Status::Refuted if claim.expected == Expected::Refuted && (!self.own_run || claim.named == Some(false)) => {
                0
            }
            _ => 2,
        };
        Direction::of(rank(self.before), rank(self.after))
    }

    fn same_status(&self) -> bool {
        self.before.status == self.after.status
    }

    fn status(&self) -> Option<Change> {
        if self.same_status() {
            return None;
        }
        self.change(What::Status, self.outcome(), verdict(self.before), verdict(self.after))
    }

    fn expected(&self) -> Option<Change> {
        let word = |claim: &ClaimResult| claim.expected.word().to_owned();
        let direction = if self.same_status() { self.outcome() } else { Direction::Other };
        self.change(What::Expected, direction, word(self.before), word(self.after))
    }

    fn evidence(&self) -> Option<Change> {
        // What another verdict rests on is said with it.
        if !self.same_status() {
            return None;
        }
        let word = |claim: &ClaimResult| claim.evidence.map_or("none", |evidence| evidence.word()).to_owned();
        let direction = match (self.before.evidence, self.after.evidence) {
            (Some(before), Some(after)) => Direction::of(after, before),
            _ => Direction::Other,
        };
        self.change(What::Evidence, direction, word(self.before), word(self.after))
    }

    fn control(&self) -> Option<Change> {
        let word = |claim: &ClaimResult| claim.control.map_or("none", Control::word).to_owned();
        let rank = |claim: &ClaimResult| match claim.control {
            Some(Control::Caught) => 0,
            None => 1,
            Some(Control::Missed) => 2,
        };
        let direction = Direction::of(rank(self.before), rank(self.after));
        self.change(What::Control, direction, word(self.before), word(self.after))
    }

    /// Whether the same instances were looked at, as far as it can be told.
    fn same_instances(&self) -> bool {
        self.same_seed && self.before.instances == self.after.instances
    }

    fn bound(&self, what: What, before: &Option<String>, after: &Option<String>) -> Option<Change> {
        let exactly = |bound: &Option<String>| bound.as_deref().and_then(|digits| parse_exact(digits).ok());
        let direction = match (exactly(before), exactly(after)) {
            (Some(before), Some(after)) if before == after => return None,
            (Some(before), Some(after)) if self.same_instances() => Direction::of(before, after),
            _ => Direction::Other,
        };
        let word = |bound: &Option<String>| bound.clone().unwrap_or_else(|| "none".to_owned());
        self.change(what, direction, word(before), word(after))
    }

    fn time(&self) -> Option<Change> {
        let (before, after) = (self.before.seconds, self.after.seconds);
        let (less, more) = (before.min(after), before.max(after));
        if more < TIME_FACTOR * less || more - less < TIME_FLOOR {
            return None;
        }
        let direction = if after > before { Direction::Worse } else { Direction::Better };
        self.change(What::Time, direction, format!("{before:.2} s"), format!("{after:.2} s"))
    }

    fn instances(&self) -> Option<Change> {
        let lost = |count: fn(&ClaimResult) -> u64| Direction::of(count(self.after), count(self.before));
        let open = Direction::of(self.before.undecided, self.after.undecided);
        let directions = [lost(|claim| claim.applicable), lost(|claim| claim.informative), open];
        // What is worse in any count is worse.
        let direction = directions.into_iter().min().filter(|_| self.same_instances()).unwrap_or(Direction::Other);
        let (before, after) = (counts(self.before), counts(self.after));
        let different = |counts: [(u64, &str); 5], others: [(u64, &str); 5]| {
            let different = counts.into_iter().zip(others).filter(|(count, other)| count != other);
            different.map(|((count, name), _)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
        };
        self.change(What::Instances, direction, different(before, after), different(after, before))
    }

    fn bits(&self) -> Option<Change> {
        let bits = |claim: &ClaimResult| claim.max_bits.to_string();
        self.change(What::Bits, Direction::Other, bits(self.before), bits(self.after))
    }

    /// Samples of the same event in the same case.
    fn samples(&self) -> Vec<Change> {
        let rank = |sample: &SampleResult| match sample.agrees {
            Some(true) => 0,
            None => 1,
            Some(false) => 2,
        };
        let word = |sample: &SampleResult| match sample.agrees {
            Some(true) => "agrees".to_owned(),
            None => "not known".to_owned(),
            Some(false) => "disagrees".to_owned(),
        };
        let changed = |after: &SampleResult| {
            let is_same = |before: &&SampleResult| (&before.case, &before.event) == (&after.case, &after.event);
            let before = self.before.samples.iter().find(is_same)?;
            let what = What::Sample(format!("{}, {}", after.event, after.case));
            self.change(what, Direction::of(rank(before), rank(after)), word(before), word(after))
        };
        self.after.samples.iter().filter_map(changed).collect()
    }

    /// The fields that are not compared by their meaning and differ, all in one. Another verdict has others.
    fn fields(&self) -> Option<Change> {
        if !self.same_status() {
            return None;
        }
        let saved = |claim: &ClaimResult| match serde_json::to_value(claim) {
            Ok(Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let (before, after) = (saved(self.before), saved(self.after));
        let mut names: Vec<&str> = after.keys().chain(before.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| {
            let is_compared = COMPARED.contains(name) || matches!(*name, "seconds");
            !is_compared && before.get(*name) != after.get(*name)
        });
        let (before, after) = ("as before".to_owned(), names.join(", "));
        if names.is_empty() { None } else { self.change(What::Fields, Direction::Other, before, after) }
    }
}

/// What was found of a claim.
pub(super) fn verdict(claim: &ClaimResult) -> String {
    match claim.evidence {
        Some(evidence) => format!("{} ({})", claim.status.word(), evidence.word()),
        None => claim.status.word().to_owned(),
    }
}

/// How many instances there were of which kind.
fn counts(claim: &ClaimResult) -> [(u64, &'static str); 5] {
    [
        (claim.instances, "looked at"),
        (claim.applicable, "applicable"),
        (claim.informative, "informative"),
        (claim.attained, "attained"),
        (claim.undecided, "undecided"),
    ]
}
