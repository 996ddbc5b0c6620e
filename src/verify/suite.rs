//! All claims that were asked for, those of one source of instances together.

use rayon::prelude::*;

use crate::claims::{ChanceStatement, Check, Claim, Formula, Shape, Statement};
use crate::generate::Source;

use super::chance::verify_chance;
use super::identity::{verify_formula, verify_identity};
use super::in_order::InOrder;
use super::instances::{Asked, verify_on_instances};
use super::options::{Options, Progress};
use super::verdict::{ClaimVerdict, Report};

/// Checks every claim. The verdicts come in the order of `claims` and do not depend on the number of threads.
///
/// ```
/// use gradient_witness::{papers, verify};
/// let claims = papers::catalogue();
/// let one: Vec<_> = claims.iter().filter(|claim| claim.id() == "JT19.layer-balance-gradient").collect();
/// let report = verify::verify(&one, &verify::Options::default(), &());
/// assert_eq!(report.claims[0].status, verify::Status::Holds);
/// assert_eq!(report.claims[0].evidence, Some(verify::Evidence::Proved));
/// ```
#[must_use]
pub fn verify(claims: &[&Claim], options: &Options, progress: &dyn Progress) -> Report {
    let jobs = jobs(claims);
    let found = InOrder::new(claims, progress);
    jobs.par_iter().with_max_len(1).for_each(|job| {
        if !options.limits.interrupted() {
            let verdicts = job.run(options, progress);
            // What was under way when the user stopped it has not been finished, and is left out.
            if !options.limits.interrupted() {
                found.finished(&job.members(), verdicts);
            }
        }
    });
    Report { seed: options.seed, claims: found.into_verdicts(), interrupted: options.limits.interrupted() }
}

/// Claims that are checked together, each with its place among all.
enum Job<'a> {
    Identity(usize, &'a Claim, &'a dyn Statement, &'a [Shape]),
    Formula(usize, &'a Claim, &'a dyn Formula),
    /// Those whose instances come from one source.
    Instances(&'a dyn Source, Vec<Asked<'a>>),
    Chance(usize, &'a Claim, &'a dyn ChanceStatement),
}

impl Job<'_> {
    /// The places of its claims.
    fn members(&self) -> Vec<usize> {
        match self {
            Self::Identity(place, ..) | Self::Formula(place, ..) | Self::Chance(place, ..) => vec![*place],
            Self::Instances(_, members) => members.iter().map(|asked| asked.place).collect(),
        }
    }

    fn run(&self, options: &Options, progress: &dyn Progress) -> Vec<ClaimVerdict> {
        match self {
            Self::Identity(_, claim, statement, shapes) => vec![verify_identity(claim, *statement, shapes, options)],
            Self::Formula(_, claim, formula) => vec![verify_formula(claim, *formula, options)],
            Self::Chance(_, claim, statement) => vec![verify_chance(claim, *statement, options, progress)],
            Self::Instances(source, members) => verify_on_instances(*source, members, options, progress),
        }
    }
}

/// All that is to be done: identities first, then claims about instances, source by source, in the order of their first claim, then those
/// about chance, which keep all threads busy to the end.
fn jobs<'a>(claims: &[&'a Claim]) -> Vec<Job<'a>> {
    let (mut identities, mut chance) = (Vec::new(), Vec::new());
    let mut groups: Vec<(String, &'a dyn Source, Vec<Asked<'a>>)> = Vec::new();
    for (place, &claim) in claims.iter().enumerate() {
        match claim.check() {
            Check::Identity { statement, shapes } => identities.push(Job::Identity(place, claim, &**statement, shapes)),
            Check::Formula(formula) => identities.push(Job::Formula(place, claim, &**formula)),
            Check::Chance(statement) => chance.push(Job::Chance(place, claim, &**statement)),
            Check::Instances { statement, source } => {
                let (asked, name) = (Asked { place, claim, statement: &**statement }, source.name());
                match groups.iter_mut().find(|(known, ..)| *known == name) {
                    Some((.., members)) => members.push(asked),
                    None => groups.push((name, &**source, vec![asked])),
                }
            }
        }
    }
    let groups = groups.into_iter().map(|(_, source, members)| Job::Instances(source, members));
    identities.into_iter().chain(groups).chain(chance).collect()
}
