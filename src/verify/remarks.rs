//! What there is to say of a verdict beside its counts: values, each with its words.

use std::fmt;

use crate::problem::Network;

use super::failure::Failure;
use super::options::OUT_OF_TIME;
use super::sample::SampleVerdict;

/// Remarks on a verdict, in the order in which they are read.
#[derive(Clone, Debug, Default)]
pub struct Remarks(Vec<Remark>);

/// One remark.
#[derive(Clone, Debug)]
pub enum Remark {
    /// What is certainly false or stayed open on an instance.
    Failed(Failure),
    /// The same in a case of a claim about chance.
    FailedFor(String, Failure),
    /// The same in the test of an identity for a network.
    FailedOf(Network, Failure),
    /// A hypothesis that no instance meets.
    NotApplicable(&'static str),
    /// There was no instance, or nothing was asserted of any.
    NothingExamined,
    /// Wherever the claim applies its bound is trivial.
    Trivial,
    /// Equalities that no ball decides agree.
    Agreement {
        /// The largest log₂ of a relative difference.
        log2: f64,
        /// The most bits with which it was found.
        max_bits: u32,
    },
    /// It is certain at all times of a flow, beyond the last that was looked at too.
    ForEver,
    /// The finite-time inequalities through which a limit holds.
    Through(Vec<&'static str>),
    /// An identity was tested for so many shapes, and its degree is at most this.
    Tested {
        /// How many shapes.
        shapes: u64,
        /// The bound on the degree.
        degree: u64,
    },
    /// A formula was tested: so many equalities of free numbers, and their degree is at most this.
    TestedFreely {
        /// How many equalities.
        equalities: u64,
        /// The bound on the degree.
        degree: u64,
    },
    /// What was drawn, in a verdict of which there is nothing else to say.
    Drawn(SampleVerdict),
    /// It applies to few instances.
    Scarce {
        /// To how many.
        applicable: u64,
        /// Of how many.
        instances: u64,
        /// How many were asked for.
        wanted: u64,
    },
    /// The time is used up.
    OutOfTime,
    /// The check broke: why.
    Broken(String),
    /// The instance on which it did.
    OnInstance {
        /// Its number.
        index: u64,
        /// The seed of its source.
        seed: u64,
    },
    /// The network of the identity test in which it did, and the seed.
    OnNetwork(Network, u64),
    /// The seed of what was drawn when it did.
    OnSeed(u64),
    /// A sample does not agree with the formula.
    Contradicted(SampleVerdict),
    /// A control did not come out as it must: what was changed.
    ControlMissed(&'static str),
    /// The code of a control broke: what was changed, and why.
    ControlBroken(String),
    /// The claim has no control.
    NoControl,
}

impl Remarks {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Remark] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a remark behind the others.
    pub(super) fn add(&mut self, remark: Remark) {
        self.0.push(remark);
    }

    /// Takes a remark in the place of all others.
    pub(super) fn replace(&mut self, remark: Remark) {
        self.0.clear();
        self.add(remark);
    }

    /// As [`add`](Self::add), if there is no other.
    pub(super) fn add_if_empty(&mut self, remark: impl FnOnce() -> Remark) {
        if self.is_empty() {
            self.add(remark());
        }
    }

    /// Takes back that nothing applies.
    pub(super) fn applies(&mut self) {
        self.0.retain(|remark| !matches!(remark, Remark::NotApplicable(_)));
    }
}

/// All remarks in one line.
impl fmt::Display for Remarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, remark) in self.0.iter().enumerate() {
            write!(f, "{}{remark}", if place > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => write!(f, "{failure}"),
            Self::FailedFor(case, failure) => write!(f, "for {case}: {}", failure.what()),
            Self::FailedOf(network, failure) => write!(f, "{failure} for {network}"),
            Self::NotApplicable(label) => write!(f, "not applicable: {label}"),
            Self::NothingExamined => f.write_str("there was nothing to examine"),
            Self::Trivial => f.write_str("wherever it applies the bound is trivial"),
            Self::Agreement { log2, max_bits } => {
                let log2 = log2.ceil();
                write!(
                    f,
                    "equalities that no ball decides agree to 2^{log2:.0} of the largest term, with at most {max_bits} bits"
                )
            }
            Self::ForEver => f.write_str("certain at all t ≥ 0"),
            Self::Through(inequalities) => write!(f, "through {}", inequalities.join("; ")),
            Self::Tested { shapes, degree } => {
                write!(f, "{shapes} shapes, degree at most {degree}, error at most 2^-100")
            }
            Self::TestedFreely { equalities, degree } => {
                let word = if *equalities == 1 { "equality" } else { "equalities" };
                write!(f, "{equalities} {word} of free numbers, degree at most {degree}, error at most 2^-100")
            }
            Self::Drawn(sample) => f.write_str(&sample.summary()),
            Self::Scarce { applicable, instances, wanted } => {
                write!(f, "it applies to {applicable} of {instances} instances; {wanted} were wanted")
            }
            Self::OutOfTime => f.write_str(OUT_OF_TIME),
            Self::Broken(why) => f.write_str(why),
            Self::OnInstance { index, seed } => write!(f, "instance {index} of seed {seed}"),
            Self::OnNetwork(network, seed) => write!(f, "for {network}, seed {seed}"),
            Self::OnSeed(seed) => write!(f, "seed {seed}"),
            Self::Contradicted(sample) => write!(f, "the sample contradicts the formula: {}", sample.summary()),
            Self::ControlMissed(change) => write!(f, "control missed: {change}"),
            Self::ControlBroken(message) => write!(f, "its control panicked: {message}"),
            Self::NoControl => f.write_str("it has no control: nothing shows that its check can fail"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_stand_in_one_line_and_that_nothing_applies_is_taken_back() {
        let mut remarks = Remarks::default();
        assert!(remarks.is_empty() && remarks.to_string().is_empty());
        remarks.add_if_empty(|| Remark::NotApplicable("one layer"));
        remarks.add_if_empty(|| Remark::Trivial);
        assert_eq!(remarks.to_string(), "not applicable: one layer");
        remarks.applies();
        assert!(remarks.is_empty());
        remarks.add(Remark::Agreement { log2: -1100.5, max_bits: 2048 });
        remarks.add(Remark::Through(vec!["a ≤ b", "b ≤ c"]));
        remarks.applies();
        let agree = "equalities that no ball decides agree to 2^-1100 of the largest term, with at most 2048 bits";
        assert_eq!(remarks.to_string(), format!("{agree}; through a ≤ b; b ≤ c"));
        remarks.replace(Remark::Broken("panicked at t = 3: why".to_owned()));
        remarks.add(Remark::OnInstance { index: 5, seed: 1 });
        assert_eq!(remarks.to_string(), "panicked at t = 3: why; instance 5 of seed 1");
    }
}
