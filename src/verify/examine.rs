//! One instance, all claims that look at it: the run is shared, and the precision is raised until every relation is decided.

use std::time::Instant;

use crate::claims::Statement;
use crate::generate::Instance;
use crate::number::{Ball, ShortBall};
use crate::time_limit::OutOfTime;

use super::first_events::{EXACT_STEPS, FirstEvents};
use super::instance_verdict::{Arithmetic, InstanceVerdict};
use super::options::{Limits, OUT_OF_TIME};
use super::watch::watch;

/// The precision at which balls start.
pub(super) const FIRST_BITS: u32 = 128;

/// What is known of every statement on `instance`, in the order of `statements`.
///
/// Short runs are first tried over the rationals; what stays open there goes to balls of 128 bits, first to those that need no
/// allocation, and whatever stays open at one precision is tried again at twice that. What balls leave open of the start and the first
/// steps of any run is settled over the rationals where it can be.
#[must_use]
pub fn examine_instance(statements: &[&dyn Statement], instance: &Instance, limits: &Limits) -> Vec<InstanceVerdict> {
    examine(statements, instance, limits, Extent::Everything)
}

/// How much of a run is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it, so that the hypotheses are counted at every subject.
    Everything,
    /// What the verdict needs: not the rest of a run that a claim has nothing to say of.
    Verdict,
}

/// As [`examine_instance`]; the [assumptions](InstanceVerdict::assumptions) are complete only if everything is looked at.
pub(super) fn examine(
    statements: &[&dyn Statement],
    instance: &Instance,
    limits: &Limits,
    extent: Extent,
) -> Vec<InstanceVerdict> {
    // What takes long is cut short where it is called; here the limit is set once for all of it.
    let found = limits.time.within(|| examine_in_time(statements, instance, limits, extent));
    found.unwrap_or_else(|OutOfTime| {
        let mut verdict = InstanceVerdict::new(Arithmetic::Rational);
        verdict.open(0, OUT_OF_TIME);
        vec![verdict; statements.len()]
    })
}

fn examine_in_time(
    statements: &[&dyn Statement],
    instance: &Instance,
    limits: &Limits,
    extent: Extent,
) -> Vec<InstanceVerdict> {
    let mut verdicts: Vec<Option<InstanceVerdict>> = vec![None; statements.len()];
    let mut pending: Vec<usize> = (0..statements.len()).collect();
    let mut first_events = FirstEvents::new(statements, instance, limits);
    if instance.steps <= EXACT_STEPS {
        let found = pending.iter().map(|&index| examine_exactly(index, &mut first_events, instance, limits)).collect();
        settle(&mut verdicts, &mut pending, found);
    }
    let mut is_over = false;
    if limits.max_bits >= ShortBall::BITS && !pending.is_empty() {
        let bits = ShortBall::BITS;
        let found = watch::<ShortBall>(statements, &pending, &mut first_events, instance, bits, limits, extent);
        settle(&mut verdicts, &mut pending, found);
        is_over = limits.exhausted();
    }
    let mut bits = FIRST_BITS.min(limits.max_bits);
    while !pending.is_empty() && !is_over {
        let found = watch::<Ball>(statements, &pending, &mut first_events, instance, bits, limits, extent);
        settle(&mut verdicts, &mut pending, found);
        is_over = bits >= limits.max_bits || limits.exhausted();
        bits = bits.saturating_mul(2).min(limits.max_bits);
    }
    verdicts.into_iter().flatten().collect()
}

fn settle(verdicts: &mut [Option<InstanceVerdict>], pending: &mut Vec<usize>, found: Vec<InstanceVerdict>) {
    let mut open = Vec::new();
    for (&index, mut verdict) in pending.iter().zip(found) {
        if verdict.refuted.is_none() && verdict.undecided.is_some() {
            open.push(index);
        }
        if let Some(earlier) = &verdicts[index] {
            verdict.time += earlier.time;
        }
        verdicts[index] = Some(verdict);
    }
    *pending = open;
}

/// What is known over the rationals of one statement on a short run.
fn examine_exactly(
    statement: usize,
    first_events: &mut FirstEvents<'_>,
    instance: &Instance,
    limits: &Limits,
) -> InstanceVerdict {
    let begun = Instant::now();
    let mut verdict = InstanceVerdict::new(Arithmetic::Rational);
    for event in 0.. {
        if verdict.is_settled() {
            break;
        }
        if event > 0 && limits.exhausted() {
            verdict.open(verdict.horizon, OUT_OF_TIME);
            break;
        }
        match first_events.finding(statement, event) {
            Ok(Some(finding)) => {
                let finding = finding.clone();
                verdict.horizon = first_events.t(event);
                verdict.take_in(&finding, verdict.horizon, instance.built, limits.conclusion_only);
            }
            Ok(None) => break,
            Err(why) => {
                verdict.open(verdict.horizon, why);
                break;
            }
        }
    }
    verdict.time = begun.elapsed();
    verdict
}
