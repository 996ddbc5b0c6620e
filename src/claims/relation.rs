//! A hypothesis, a relation and a trend, each with what is known of it.

use serde::{Deserialize, Serialize};

use super::{Band, Digits};
use crate::number::{Real, Truth};

/// An equality over balls agrees once its certified relative difference is below this power of two; how much farther it must go is for the
/// harness to say.
const AGREEMENT_LOG2: f64 = -64.0;

/// What is known of a relation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Certainly true, and strictly where the relation is an inequality.
    True,
    /// Certainly true with equality; the road that proved the equality.
    Attained(&'static str),
    /// An equality of which a certified bound on the difference, relative to the largest term, is below 2⁻⁶⁴; the harness follows it
    /// further before it passes.
    Agrees {
        /// An upper bound on log₂ of that relative difference.
        log2: f64,
    },
    /// Certainly false.
    False,
    /// Not decided at this precision.
    Open,
}

impl Outcome {
    /// What a certified bound on log₂ of a relative difference says of an equality.
    pub(super) fn agreement(log2: f64) -> Self {
        if log2 < AGREEMENT_LOG2 { Self::Agrees { log2 } } else { Self::Open }
    }

    /// Whether it is certainly true.
    pub(super) fn is_certain(self) -> bool {
        matches!(self, Self::True | Self::Attained(_))
    }

    /// Whether it is open, or rests on an agreement of two sides.
    pub(super) fn is_loose(self) -> bool {
        matches!(self, Self::Open | Self::Agrees { .. })
    }

    /// The weaker of two outcomes of equalities.
    pub(super) fn weaker(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Agrees { log2: a }, Self::Agrees { log2: b }) => Self::Agrees { log2: a.max(b) },
            (Self::Agrees { log2 }, _) | (_, Self::Agrees { log2 }) => Self::Agrees { log2 },
            (first, _) => first,
        }
    }
}

/// A hypothesis and what is known of it.
#[derive(Clone, Debug)]
pub struct Hypothesis {
    /// What is assumed.
    pub label: &'static str,
    /// What is known of it.
    pub truth: Truth,
    /// For an inequality: both sides, approximately.
    pub sides: Option<(f64, f64)>,
    /// Both sides in decimal digits, where it is certainly false and `sides` do not show it.
    pub digits: Option<Box<Digits>>,
    /// Whether the statement has no meaning where it fails: see [`Domain`](super::Domain).
    pub of_domain: bool,
}

/// What tells a relation from the others that a claim states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RelationId {
    /// What is asserted.
    pub label: &'static str,
    /// The layer or pair of layers it speaks of, counted from 1; 0 if it speaks of none.
    pub layer: usize,
}

/// What stands between the two sides of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbol {
    /// ≤.
    AtMost,
    /// <.
    LessThan,
    /// =.
    Equal,
}

/// A relation and what is known of it.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Which one it is.
    pub id: RelationId,
    /// What is known of it.
    pub outcome: Outcome,
    /// Whether it says more than a trivial bound here.
    pub informative: bool,
    /// Whether that is not decided.
    pub(crate) is_informative_open: bool,
    /// For an inequality: an upper bound on left over right, where the right side is certainly positive.
    pub ratio: Option<f64>,
    /// Both sides, approximately.
    pub sides: (f64, f64),
    /// Both sides in decimal digits, where it is certainly false and `sides` do not show it.
    pub digits: Option<Box<Digits>>,
    /// What stands between the sides; `None` if it has been decided by other means, and any sides are for the report.
    pub symbol: Option<Symbol>,
    /// Both sides with all that is known of them, if the finding was told to keep those of this relation.
    pub(super) bands: Option<Box<[Band; 2]>>,
    /// Of an open equality, the terms of which are not known: an upper bound on log₂ of the distance of its sides.
    pub(super) distance_log2: Option<f64>,
    /// Whether it is the answer of a definition's predicate, to be compared with how the instance was built.
    pub membership: bool,
    /// Whether it is open for a reason of which no precision knows more.
    pub(crate) is_beyond_precision: bool,
    /// Whether its sides are made of weights alone.
    pub(crate) is_of_weights_alone: bool,
}

impl Relation {
    pub(super) fn new(label: &'static str, outcome: Outcome, sides: (f64, f64)) -> Self {
        Self {
            id: RelationId { label, layer: 0 },
            outcome,
            informative: true,
            is_informative_open: false,
            ratio: None,
            sides,
            digits: None,
            symbol: None,
            bands: None,
            distance_log2: None,
            membership: false,
            is_beyond_precision: false,
            is_of_weights_alone: false,
        }
    }

    /// Whether it is an equality.
    #[must_use]
    pub fn is_equality(&self) -> bool {
        self.symbol == Some(Symbol::Equal)
    }

    /// Both sides with all that is known of them, if they were [kept](super::Finding::keep_sides_of).
    pub(crate) fn bands(&self) -> Option<[Band; 2]> {
        self.bands.as_deref().copied()
    }

    /// Names the layer that the relation speaks of.
    pub fn layer(&mut self, k: usize) -> &mut Self {
        self.id.layer = k;
        self
    }

    /// Says whether the relation is more than a trivial bound here; without this call it counts as informative.
    /// An open answer counts as trivial.
    pub fn informative_if(&mut self, truth: Truth) -> &mut Self {
        (self.informative, self.is_informative_open) = (truth == Truth::True, truth == Truth::Open);
        self
    }

    /// Says that no precision decides what is open here: a flow, say, has not come so far.
    pub fn beyond_precision(&mut self) -> &mut Self {
        self.is_beyond_precision = true;
        self
    }

    /// Says that both sides are made of the weights alone: no loss, no slope and no step is in them, and a difference is hidden by none, however small these are.
    pub fn of_weights_alone(&mut self) -> &mut Self {
        self.is_of_weights_alone = true;
        self
    }

    /// Names the two sides of something that has been decided by other means; they are for the report.
    pub fn between<T: Real>(&mut self, left: &T, right: &T) -> &mut Self {
        self.sides = (left.approximate(), right.approximate());
        self.keep(left, right);
        if self.outcome == Outcome::False {
            self.digits = Digits::where_needed(self.sides, left, right, &(left.clone() - right));
        }
        self
    }

    /// Keeps all that is known of the sides, if they are to be kept.
    pub(super) fn keep<T: Real>(&mut self, left: &T, right: &T) {
        if let Some(bands) = &mut self.bands {
            **bands = [Band::of(left), Band::of(right)];
        }
    }

    /// Closes an open inequality by a structural fact: if `fact` holds, both sides are equal for the reason named by `road`.
    /// What is decided otherwise stays as it is.
    pub fn attained_if(&mut self, fact: bool, road: &'static str) -> &mut Self {
        if fact && self.outcome == Outcome::Open {
            self.outcome = Outcome::Attained(road);
        }
        self
    }
}

/// A number printed as a trend: no verdict rests on it.
#[derive(Clone, Debug)]
pub struct Trend {
    /// What the number is.
    pub label: &'static str,
    /// Its value, approximately.
    pub value: f64,
}
