//! One instance, all claims that look at it: the run is shared, and the precision is raised until every relation is decided.

use std::time::Instant;

use crate::claims::Statement;
use crate::generate::{Instance, Look};
use crate::number::{Ball, ShortBall};
use crate::time_limit::OutOfTime;

use super::When;
use super::agreement::LEAST_LOG2;
use super::events::Events;
use super::first_events::{EXACT_STEPS, FirstEvents};
use super::instance_verdict::{InstanceVerdict, NumberSystem, Subject};
use super::options::{Limits, OUT_OF_TIME};
use super::watch::watch;

/// The precision at which balls start.
pub(super) const FIRST_BITS: u32 = 128;

/// The precision at which flows start: most of what is said of them is no nearer to being false than their stretches are wide.
const FIRST_BITS_OF_FLOWS: u32 = 64;

/// No flow is enclosed at a higher precision: beyond 256 bits the Taylor coefficients take many times as long.
const MOST_BITS_OF_FLOWS: u32 = 256;

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
        let mut verdict = InstanceVerdict::new(NumberSystem::Rational);
        verdict.open(When::START, OUT_OF_TIME);
        vec![verdict; statements.len()]
    })
}

fn examine_in_time(
    statements: &[&dyn Statement],
    instance: &Instance,
    limits: &Limits,
    extent: Extent,
) -> Vec<InstanceVerdict> {
    let is_flow = matches!(instance.look, Look::Flow { .. });
    let max_bits = if is_flow { limits.max_bits.min(MOST_BITS_OF_FLOWS) } else { limits.max_bits };
    let mut all = Verdicts { found: vec![None; statements.len()], max_bits };
    let everyone = |bits| (0..statements.len()).map(|statement| Pending { statement, bits }).collect::<Vec<_>>();
    let mut pending = everyone(ShortBall::BITS);
    let mut first_events = FirstEvents::new(statements, instance, limits);
    if is_flow {
        // Over the rationals there is the start alone: what it refutes is refuted, and all else is seen later. A flow is enclosed around centres of any
        // precision, and short balls have but one.
        pending.retain_mut(|pending| {
            let verdict = examine_exactly(pending.statement, &mut first_events, instance, limits);
            pending.bits = FIRST_BITS_OF_FLOWS;
            let is_open = !verdict.is_final();
            all.found[pending.statement] = Some(verdict);
            is_open
        });
    } else if instance.look.steps() <= EXACT_STEPS {
        let exactly = |pending: &Pending| examine_exactly(pending.statement, &mut first_events, instance, limits);
        let found = pending.iter().map(exactly).collect();
        pending = all.settle(pending, found, |_| Some(ShortBall::BITS));
    }
    let after_balls = |verdict: &InstanceVerdict, bits: u32| {
        // Nothing is left to spend, or the precision that is asked for has been tried.
        let is_over = limits.exhausted() || bits >= max_bits;
        (!is_over).then(|| verdict.next_bits(bits).min(max_bits))
    };
    if limits.max_bits >= ShortBall::BITS && !is_flow && !pending.is_empty() {
        let (bits, asked) = (ShortBall::BITS, asked(statements, &pending));
        let events = Events::of(instance, bits, u64::MAX, instance.problem.check_room(bits).is_ok());
        let found = watch::<ShortBall>(&asked, &mut first_events, events, instance, bits, limits, extent);
        // What needs allocation may still say more with as many bits.
        let next = |verdict: &InstanceVerdict| match verdict.lacking {
            Some(_) if verdict.undecided.is_none() => after_balls(verdict, bits),
            _ => (!limits.exhausted()).then_some(FIRST_BITS),
        };
        pending = all.settle(pending, found, next);
    }
    // Each at its own precision; those that want the same share the run.
    while let Some(bits) = pending.iter().map(|pending| pending.bits.min(max_bits)).min() {
        let (now, later): (Vec<Pending>, Vec<Pending>) =
            pending.into_iter().partition(|pending: &Pending| pending.bits.min(max_bits) == bits);
        let asked = asked(statements, &now);
        let events = Events::enclosed(instance, bits, instance.problem.check_room(bits).is_ok());
        let found = watch::<Ball>(&asked, &mut first_events, events, instance, bits, limits, extent);
        pending = later;
        pending.extend(all.settle(now, found, |verdict| after_balls(verdict, bits)));
    }
    all.found.into_iter().flatten().collect()
}

/// A statement that is not decided, and the precision at which it is looked at next.
struct Pending {
    statement: usize,
    bits: u32,
}

/// The statements that are pending, with their places.
fn asked<'a>(statements: &[&'a dyn Statement], pending: &[Pending]) -> Vec<(usize, &'a dyn Statement)> {
    pending.iter().map(|pending| (pending.statement, statements[pending.statement])).collect()
}

/// What is known of each statement.
struct Verdicts {
    found: Vec<Option<InstanceVerdict>>,
    max_bits: u32,
}

impl Verdicts {
    /// Takes in what was found of the statements, and returns those that are to be looked at again at the precision `next`.
    fn settle(
        &mut self,
        asked: Vec<Pending>,
        found: Vec<InstanceVerdict>,
        next: impl Fn(&InstanceVerdict) -> Option<u32>,
    ) -> Vec<Pending> {
        let mut pending = Vec::new();
        for (Pending { statement, .. }, mut verdict) in asked.into_iter().zip(found) {
            match verdict.wants_more().then(|| next(&verdict)).flatten() {
                Some(bits) => pending.push(Pending { statement, bits }),
                None if !verdict.is_final() => verdict.give_up(self.max_bits),
                None => {}
            }
            if let Some(earlier) = &self.found[statement] {
                verdict.time += earlier.time;
            }
            self.found[statement] = Some(verdict);
        }
        pending
    }
}

/// What is known over the rationals of one statement on a short run.
fn examine_exactly(
    statement: usize,
    first_events: &mut FirstEvents<'_>,
    instance: &Instance,
    limits: &Limits,
) -> InstanceVerdict {
    let begun = Instant::now();
    let mut verdict = InstanceVerdict::new(NumberSystem::Rational);
    let mut t = When::START;
    for event in 0.. {
        if verdict.is_settled() {
            break;
        }
        if event > 0 && limits.exhausted() {
            verdict.open(t, OUT_OF_TIME);
            break;
        }
        match first_events.finding(statement, event) {
            Ok(Some(finding)) => {
                let finding = finding.clone();
                t = first_events.when(event);
                verdict.horizon = t.horizon();
                let subject = Subject {
                    t,
                    built: instance.built,
                    conclusion_only: limits.conclusion_only,
                    asked_log2: LEAST_LOG2,
                    asked_of_weights_log2: LEAST_LOG2,
                };
                verdict.take_in(&finding, subject);
            }
            Ok(None) => break,
            Err(cut) => {
                verdict.cut(t, &cut);
                break;
            }
        }
    }
    verdict.time = begun.elapsed();
    verdict
}

#[cfg(test)]
mod tests {
    use rug::Rational as Exact;

    use super::*;
    use crate::claims::{AboutData, AboutPoint, Finding, OnData, OnPoints};
    use crate::generate::towards;
    use crate::number::Real;
    use crate::problem::Matrix;
    use crate::reference::{Point, Setting};
    use crate::verify::Evidence;

    /// `√2·√3 = √6 + 2^−off`, as it stands or with all on one side; without `off` it is true, and no arithmetic decides it.
    #[derive(Clone, Copy, Default)]
    struct Roots {
        off: Option<u32>,
        on_one_side: bool,
    }

    impl AboutPoint for Roots {
        fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
            let root = |square: u32| point.constant(square).sqrt();
            let (left, mut right) = (root(2) * &root(3), root(6));
            if let Some(off) = self.off {
                right += &point.constant(Exact::from(1) >> off);
            }
            if self.on_one_side {
                finding.equal("√2·√3 − √6 − 2^−off = 0", &(left.clone() - &right), &left.constant(0));
            } else {
                finding.equal("√2·√3 = √6 + 2^−off", &left, &right);
            }
        }
    }

    /// The data are there.
    struct Data;

    impl AboutData for Data {
        fn conclude<T: Real>(&self, setting: &Setting<T>, finding: &mut Finding) {
            finding.asserted("a target", setting.target().is_some());
        }
    }

    /// Two layers of one weight each, from 1 towards 3.
    fn descent(steps: u64) -> Instance {
        let number = |value: u32| Matrix::row_vector(vec![Exact::from(value)]);
        Instance::run(towards(number(3), vec![number(1), number(1)], Exact::from((1, 7))), steps)
    }

    fn found(statement: &dyn Statement, instance: &Instance, max_bits: u32) -> InstanceVerdict {
        examine_instance(&[statement], instance, &Limits { max_bits, ..Limits::default() }).remove(0)
    }

    #[test]
    fn agreement_is_followed_to_where_a_difference_would_show() {
        let still = descent(0);
        for on_one_side in [false, true] {
            let verdict = found(&OnPoints(Roots { off: None, on_one_side }), &still, 4096);
            assert!(verdict.refuted.is_none() && verdict.undecided.is_none(), "{verdict:?}");
            assert_eq!((verdict.evidence(), verdict.informative), (Evidence::Numerical, true));
            assert!(verdict.agrees_log2.is_some_and(|log2| log2 < -1024.0), "{verdict:?}");
            // A difference that a higher precision shows is never taken for none at a lower one.
            for off in [100, 300, 1000] {
                for max_bits in [16, 64, 128, 256, 512, 1024, 4096] {
                    let verdict = found(&OnPoints(Roots { off: Some(off), on_one_side }), &still, max_bits);
                    let is_seen = max_bits > off + 16;
                    assert_eq!(
                        (verdict.refuted.is_some(), verdict.undecided.is_some()),
                        (is_seen, !is_seen),
                        "{off} {max_bits}"
                    );
                }
            }
        }
        let verdict = found(&OnPoints(Roots::default()), &still, 256);
        let remark = verdict.undecided.and_then(|failure| failure.remark).expect("why it is not decided");
        assert!(remark.starts_with("both sides agree to 2^-25") && remark.ends_with("beyond 256 bits"), "{remark}");
    }

    #[test]
    fn a_run_that_is_out_of_precision_leaves_open_what_waits_for_it_alone() {
        // What is not known of W(t) grows at every step, since a ball does not see the contraction: to 16 bits it is soon without bound.
        let lost = descent(1000);
        let verdicts = examine_instance(
            &[&OnData(Data), &OnPoints(Bounded)],
            &lost,
            &Limits { max_bits: 16, ..Limits::default() },
        );
        assert_eq!((verdicts[0].undecided.is_some(), verdicts[0].informative), (false, true), "{verdicts:?}");
        assert!(verdicts[1].undecided.is_some(), "{verdicts:?}");
    }

    /// Something at every point.
    struct Bounded;

    impl AboutPoint for Bounded {
        fn conclude<T: Real>(&self, _: &Point<T>, finding: &mut Finding) {
            finding.asserted("something", true);
        }
    }
}
