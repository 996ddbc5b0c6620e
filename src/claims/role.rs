//! What the catalogue says of a claim beside its statement, each in the word that reports use.

use serde::{Deserialize, Serialize};

/// What an id of the catalogue stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A statement that is true or false.
    Claim,
    /// A predicate that accepts some instances and rejects others.
    Definition,
    /// A slip in a paper: the statement as printed, expected to be refuted.
    Slip,
    /// A figure or table.
    Experiment,
}

impl Role {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Definition => "definition",
            Self::Slip => "slip",
            Self::Experiment => "experiment",
        }
    }
}

/// What a verdict covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All weights and data of the shapes listed, or all numbers, by polynomial identity testing.
    Identity,
    /// Every subject of each generated instance.
    Instances,
    /// One instance.
    Instance,
    /// A limit, through the finite-time inequalities named in the note.
    Consequence,
}

impl Scope {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Instances => "instances",
            Self::Instance => "instance",
            Self::Consequence => "consequence",
        }
    }
}

/// What the catalogue expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// The statement holds.
    Holds,
    /// The statement is false as printed.
    Refuted,
}

impl Expected {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
        }
    }
}

/// How sure the reading of the print is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The print says so beyond doubt.
    Certain,
    /// The printed form is known from a scan alone.
    FromAScan,
}

impl Reading {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::FromAScan => "from a scan",
        }
    }
}
