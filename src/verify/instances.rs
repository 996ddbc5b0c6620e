//! Claims about instances: those of one source share its instances, until each has as many applicable ones as were asked for.

use rayon::prelude::*;

use crate::claims::{Claim, Expected, Statement};
use crate::generate::{Instance, Source};
use crate::problem::Spec;

use super::control::Caught;
use super::examine::{Extent, examine};
use super::instance_verdict::InstanceVerdict;
use super::options::{Options, Progress};
use super::verdict::{ClaimVerdict, Status};

/// A source may be asked for this many times the applicable instances that are wanted.
const TRIES: u64 = 8;

/// Instances are examined this many at a time; more would only cost memory.
const BATCH: u64 = 256;

/// Checks claims about the instances of `source`.
pub(super) fn verify_on_instances(
    source: &dyn Source,
    claims: &[&Claim],
    options: &Options,
    progress: &dyn Progress,
) -> Vec<ClaimVerdict> {
    let mut verdicts: Vec<ClaimVerdict> = claims.iter().map(|claim| ClaimVerdict::blank(claim)).collect();
    let mut wanting: Vec<usize> = (0..claims.len()).collect();
    let mut refutations: Vec<Option<u64>> = vec![None; claims.len()];
    let mut first = 0;
    let threads = rayon::current_num_threads() as u64;
    let end = options.instances.saturating_mul(TRIES);
    let mut source_ended = false;
    // A bound that was trivial wherever it applied has said nothing yet.
    let is_wanting = |verdict: &ClaimVerdict| {
        let has_spoken = verdict.informative > 0 || verdict.status == Status::Refuted;
        verdict.applicable < options.instances || !has_spoken
    };
    // As many instances at a time as the claim wants that wants the fewest, so that none is examined on more than it needs; but enough
    // for all threads. What a claim wants that has not spoken is not known.
    let wants = |verdict: &ClaimVerdict| match options.instances.saturating_sub(verdict.applicable) {
        0 => options.instances,
        wanted => wanted,
    };
    while !wanting.is_empty() && first < end && !options.limits.exhausted() {
        let wanted = wanting.iter().map(|&index| wants(&verdicts[index])).min().unwrap_or(0);
        let size = wanted.max(threads).clamp(1, BATCH).min(end - first);
        let statements: Vec<&dyn Statement> = wanting.iter().map(|&index| claims[index].statement()).collect();
        let batch: Vec<Option<(Instance, Vec<InstanceVerdict>)>> = (first..first + size)
            .into_par_iter()
            .map(|index| {
                let instance = source.instance(options.seed, index)?;
                let found = examine(&statements, &instance, &options.limits, Extent::Verdict);
                progress.instance();
                Some((instance, found))
            })
            .collect();
        source_ended = batch.iter().any(Option::is_none);
        for (offset, (instance, found)) in batch.into_iter().flatten().enumerate() {
            for (&index, found) in wanting.iter().zip(found) {
                let verdict = &mut verdicts[index];
                if is_wanting(verdict) {
                    if found.refuted.is_some() {
                        refutations[index].get_or_insert(first + offset as u64);
                    }
                    verdict.gather(&instance, found);
                }
            }
        }
        first += size;
        wanting.retain(|&index| is_wanting(&verdicts[index]));
        if source_ended {
            break;
        }
    }
    let controls: Vec<Caught> = claims.par_iter().map(|claim| Caught::run(claim, options)).collect();
    for (((claim, verdict), refutation), caught) in claims.iter().zip(&mut verdicts).zip(refutations).zip(controls) {
        verdict.conclude();
        verdict.name_inequalities();
        let enough = source_ended || verdict.applicable >= options.instances;
        if !enough && options.limits.exhausted() {
            verdict.cut_short();
        }
        if let Some(index) = refutation {
            verdict.counterexample = counterexample(source, claim, options, index);
            if verdict.counterexample.is_none() {
                verdict.note_replay(options);
            }
        }
        verdict.note_control(caught);
    }
    verdicts
}

/// A run spec that replays the refutation on instance `index`, shrunk unless the refutation is expected.
fn counterexample(source: &dyn Source, claim: &Claim, options: &Options, index: u64) -> Option<String> {
    let found = match claim.expected() {
        Expected::Holds => source.shrink(options.seed, index, &mut |instance| {
            examine(&[claim.statement()], instance, &options.limits, Extent::Verdict)[0].refuted.is_some()
        }),
        Expected::Refuted => None,
    };
    let instance = found.or_else(|| source.instance(options.seed, index))?;
    // A pair of arbitrary points is no run, and a spec cannot hold it.
    instance.partner.is_none().then(|| Spec::of_run((*instance.problem).clone(), instance.steps).to_toml())
}
