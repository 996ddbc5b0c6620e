//! One run in one number system, and all statements that watch it.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::claims::{Event, Examine, Finding, Observer, Statement};
use crate::generate::Instance;
use crate::number::Real;
use crate::time_limit::OutOfTime;

use super::agreement::{LEAST_LOG2, Measure, input_bits};
use super::events::{End, Events};
use super::examine::Extent;
use super::first_events::{EXACT_STEPS, FirstEvents};
use super::instance_verdict::{InstanceVerdict, NumberSystem, Subject};
use super::observe::{Cut, observe};
use super::options::{Limits, OUT_OF_TIME};

/// A statement that watches a run in balls.
struct Watching<'a, T> {
    /// Its place among the statements.
    statement: usize,
    observer: Observer<'a, T>,
    /// What it finds of the event that is shown.
    finding: Finding,
    verdict: InstanceVerdict,
    /// Whether it has nothing to say beyond the start of a run.
    ends_at_start: bool,
    /// Whether small slopes can hide no difference from it: what is asked of agreement at least is enough.
    is_identity: bool,
    /// Whether the observer has seen all that it looks at, or was cut short, and sees nothing more.
    is_done: bool,
}

impl<T: Real> Watching<'_, T> {
    /// Fills in the finding; in what time.
    fn look(&mut self, event: Event<'_, T>, limits: &Limits) -> (Result<(), Cut>, Duration) {
        let begun = Instant::now();
        self.finding.clear();
        (observe(&mut self.observer, event, &mut self.finding, limits), begun.elapsed())
    }

    /// Whether nothing more can change the verdict, or what is asked of it.
    fn is_done(&self, extent: Extent) -> bool {
        self.is_done || self.verdict.is_settled() || extent == Extent::Verdict && self.verdict.is_closed
    }
}

/// The statements that watch a run, and what they have found so far.
struct Watch<'a, 'b, T> {
    watching: Vec<Watching<'a, T>>,
    first_events: &'b mut FirstEvents<'a>,
    /// The number of events that were shown.
    shown: usize,
    instance: &'b Instance,
    /// The bits in which the problem is written, once an equality has asked for them.
    input_bits: Option<f64>,
    limits: &'b Limits,
    extent: Extent,
}

impl<T: Real> Watch<'_, '_, T> {
    fn show(&mut self, event: Event<'_, T>, t: u64) {
        let (limits, extent) = (self.limits, self.extent);
        let (built, conclusion_only) = (self.instance.built, limits.conclusion_only);
        let subject = Subject { t, built, conclusion_only, asked_log2: LEAST_LOG2 };
        let mut measure = None;
        let mut watching: Vec<&mut Watching<'_, T>> =
            self.watching.iter_mut().filter(|watching| !watching.is_done(extent)).collect();
        // One run alone keeps the threads busy by its claims; of many instances each has its own.
        let looks: Vec<(Result<(), Cut>, Duration)> = match extent {
            Extent::Everything => {
                watching.par_iter_mut().with_max_len(1).map(|watching| watching.look(event, limits)).collect()
            }
            Extent::Verdict => watching.iter_mut().map(|watching| watching.look(event, limits)).collect(),
        };
        let mut begun = Instant::now();
        for (Watching { statement, finding, verdict, is_done, ends_at_start, is_identity, .. }, (look, time)) in
            watching.into_iter().zip(looks)
        {
            verdict.time += time;
            if let Err(cut) = look {
                verdict.cut(t, &cut);
                *is_done = true;
                continue;
            }
            if t <= EXACT_STEPS && finding.is_loose() {
                match self.first_events.finding(*statement, self.shown) {
                    Ok(Some(exact)) => finding.tighten(exact),
                    Err(cut @ Cut::Panicked(_)) => verdict.cut(t, &cut),
                    _ => {}
                }
            }
            let mut subject = subject;
            if finding.has_loose_equalities() {
                let mut measured = || {
                    let bits = *self.input_bits.get_or_insert_with(|| input_bits(&self.instance.problem));
                    *measure.get_or_insert_with(|| Measure::of(bits, event))
                };
                match limits.time.within(&mut measured) {
                    Ok(Measure { asked_log2, size_log2 }) => {
                        finding.measure_vanishing_sides(size_log2);
                        if !*is_identity {
                            subject.asked_log2 = asked_log2;
                        }
                    }
                    Err(OutOfTime) => verdict.open(t, OUT_OF_TIME),
                }
            }
            verdict.take_in(finding, subject);
            verdict.is_closed = finding.is_over() && !verdict.applicable;
            verdict.horizon = t;
            *is_done = *ends_at_start;
            let ended = Instant::now();
            verdict.time += ended - begun;
            begun = ended;
        }
        self.shown += 1;
    }

    fn everyone_is_done(&self) -> bool {
        self.watching.iter().all(|watching| watching.is_done(self.extent))
    }

    fn stop(&mut self, t: u64, why: &'static str) {
        let extent = self.extent;
        for watching in self.watching.iter_mut().filter(|watching| !watching.is_done(extent)) {
            watching.verdict.open(t, why);
        }
    }
}

/// What each `pending` statement finds of the run of `instance`, at `bits` of precision.
pub(super) fn watch<'a, T: Real>(
    statements: &[&'a dyn Statement],
    pending: &[usize],
    first_events: &mut FirstEvents<'a>,
    instance: &Instance,
    bits: u32,
    limits: &Limits,
    extent: Extent,
) -> Vec<InstanceVerdict>
where
    // Written for every lifetime: a trait object's own is its reference's.
    for<'b> dyn Statement + 'b: Examine<T>,
{
    let begun = Instant::now();
    let watching = pending
        .iter()
        .map(|&statement| Watching {
            statement,
            observer: Examine::<T>::observer(statements[statement]),
            finding: Finding::of_conclusions(limits.conclusion_only),
            verdict: InstanceVerdict::new(NumberSystem::Ball(bits)),
            ends_at_start: Examine::<T>::ends_at_start(statements[statement]),
            is_identity: Examine::<T>::is_identity(statements[statement]),
            is_done: false,
        })
        .collect();
    let mut watch = Watch { watching, first_events, shown: 0, instance, input_bits: None, limits, extent };
    run(&mut watch, bits);
    let own: Duration = watch.watching.iter().map(|watching| watching.verdict.time).sum();
    let share = begun.elapsed().saturating_sub(own).div_f64(pending.len().max(1) as f64);
    watch
        .watching
        .into_iter()
        .map(|mut watching| {
            watching.verdict.time += share;
            watching.verdict
        })
        .collect()
}

fn run<T: Real>(watch: &mut Watch<'_, '_, T>, bits: u32) {
    let (instance, limits) = (watch.instance, watch.limits);
    let mut events = Events::<T>::of(instance, bits, u64::MAX, instance.problem.check_room(bits).is_ok());
    let mut t = 0;
    while !watch.everyone_is_done() {
        // No step is begun that there is no time for.
        let next = if watch.shown > 0 && limits.exhausted() {
            Some(Err(End::OutOfTime))
        } else {
            events.next_within(&limits.time)
        };
        match next {
            Some(Ok(shown)) => {
                t = shown.t();
                watch.show(shown.event(), t);
            }
            Some(Err(end)) => {
                if let Some(why) = end.why() {
                    watch.stop(t, why);
                }
                return;
            }
            None => return,
        }
    }
}
