//! All claims that were asked for, those of one source of instances together.

use std::sync::Arc;

use rayon::prelude::*;

use crate::claims::{Check, Claim};
use crate::generate::Source;

use super::chance::verify_chance;
use super::identity::verify_identity;
use super::in_order::InOrder;
use super::instances::verify_on_instances;
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
    let found = InOrder::new(jobs.len(), claims, progress);
    jobs.par_iter().enumerate().with_max_len(1).for_each(|(place, job)| {
        if !options.limits.interrupted() {
            let verdicts = job.run(claims, options, progress);
            // What was under way when the user stopped it has not been finished, and is left out.
            if !options.limits.interrupted() {
                found.finished(place, &job.members, verdicts);
            }
        }
    });
    Report { seed: options.seed, claims: found.into_verdicts(), interrupted: options.limits.interrupted() }
}

/// Claims that are checked together.
struct Job {
    /// Where their instances come from; `None` of a single claim that is no statement about instances.
    source: Option<Arc<dyn Source>>,
    /// Their places among all claims.
    members: Vec<usize>,
}

impl Job {
    fn run(&self, claims: &[&Claim], options: &Options, progress: &dyn Progress) -> Vec<ClaimVerdict> {
        let group: Vec<&Claim> = self.members.iter().map(|&index| claims[index]).collect();
        match (&self.source, group[0].check()) {
            (None, Check::Identity(shapes)) => vec![verify_identity(group[0], shapes, options)],
            (None, Check::Chance(statement)) => vec![verify_chance(group[0], &**statement, options, progress)],
            (Some(source), _) | (None, Check::Instances(source)) => {
                verify_on_instances(&**source, &group, options, progress)
            }
        }
    }
}

/// All that is to be done: identities first, then claims about instances, source by source, then those about chance, which keep all
/// threads busy to the end.
fn jobs(claims: &[&Claim]) -> Vec<Job> {
    let alone = |is_one: fn(&Check) -> bool| {
        let places = (0..claims.len()).filter(move |&index| is_one(claims[index].check()));
        places.map(|index| Job { source: None, members: vec![index] })
    };
    let identities = alone(|check| matches!(check, Check::Identity(_)));
    let chance = alone(|check| matches!(check, Check::Chance(_)));
    let groups = by_source(claims).into_iter().map(|(source, members)| Job { source: Some(source), members });
    identities.chain(groups).chain(chance).collect()
}

/// The claims that are checked on instances, those of one source together, in the order of their first claim.
fn by_source(claims: &[&Claim]) -> Vec<(Arc<dyn Source>, Vec<usize>)> {
    let mut groups: Vec<(Arc<dyn Source>, Vec<usize>)> = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        if let Check::Instances(source) = claim.check() {
            match groups.iter_mut().find(|(known, _)| known.name() == source.name()) {
                Some((_, members)) => members.push(index),
                None => groups.push((Arc::clone(source), vec![index])),
            }
        }
    }
    groups
}
