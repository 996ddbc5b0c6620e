//! One run in one number system, and all statements that watch it.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::claims::{Event, Examine, Finding, Observer, Statement};
use crate::generate::{Instance, Look};
use crate::number::{Real, Truth};
use crate::time_limit::OutOfTime;

use super::When;
use super::agreement::{LEAST_LOG2, LEAST_LOG2_OF_FLOWS, Measure, input_bits};
use super::events::{End, Events, Shown};
use super::examine::Extent;
use super::first_events::{EXACT_STEPS, FirstEvents};
use super::instance_verdict::{InstanceVerdict, NumberSystem, Subject};
use super::observe::{Cut, observe};
use super::options::{Limits, OUT_OF_TIME};

/// A stretch of a flow of which something stays open is halved so many times, one half after the other: each half doubles what is looked at.
const MOST_HALVINGS: u32 = 6;

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
    /// Shows an event to all that look at it still.
    fn show(&mut self, shown: &Shown<T>) {
        let extent = self.extent;
        let everyone: Vec<usize> =
            (0..self.watching.len()).filter(|place| !self.watching[*place].is_done(extent)).collect();
        self.show_to(&everyone, shown, MOST_HALVINGS);
        self.shown += 1;
    }

    /// Shows an event to some of them, by their places; a stretch of a flow of which something stays open, in halves instead, as often as that is
    /// allowed.
    fn show_to(&mut self, places: &[usize], shown: &Shown<T>, halvings: u32) {
        let (event, t, limits, extent) = (shown.event(), shown.when(), self.limits, self.extent);
        let (built, conclusion_only) = (self.instance.built, limits.conclusion_only);
        let is_flow = matches!(self.instance.look, Look::Flow { .. });
        let least_log2 = if is_flow { LEAST_LOG2_OF_FLOWS } else { LEAST_LOG2 };
        let subject = Subject { t, built, conclusion_only, asked_log2: least_log2, asked_of_weights_log2: least_log2 };
        let is_stretch = matches!(event, Event::Stretch(_));
        let mut measure = None;
        let is_shown = |place: &usize| places.contains(place);
        let mut watching: Vec<(usize, &mut Watching<'_, T>)> =
            self.watching.iter_mut().enumerate().filter(|(place, _)| is_shown(place)).collect();
        // One run alone keeps the threads busy by its claims; of many instances each has its own.
        let looks: Vec<(Result<(), Cut>, Duration)> = match extent {
            Extent::Everything => {
                watching.par_iter_mut().with_max_len(1).map(|(_, watching)| watching.look(event, limits)).collect()
            }
            Extent::Verdict => watching.iter_mut().map(|(_, watching)| watching.look(event, limits)).collect(),
        };
        let mut open = Vec::new();
        let mut begun = Instant::now();
        for ((place, watching), (look, time)) in watching.into_iter().zip(looks) {
            let Watching { statement, finding, verdict, is_done, ends_at_start, is_identity, .. } = watching;
            verdict.time += time;
            if let Err(cut) = look {
                verdict.cut(t, &cut);
                *is_done = true;
                continue;
            }
            if is_stretch {
                let is_whole = finding.over_many_points();
                // Where a hypothesis begins or ends to be true it is open, however short the stretch: what does not follow without it is not said there.
                if !conclusion_only && finding.holds_anyway() {
                    verdict.has_gaps |= !is_whole;
                    continue;
                }
                if halvings > 0 && finding.is_loose() {
                    open.push(place);
                    continue;
                }
                verdict.has_gaps |= !is_whole || finding.applicable() == Truth::Open;
                if !conclusion_only && finding.applicable() == Truth::Open {
                    verdict.count_assumptions(finding, t);
                    continue;
                }
            }
            if finding.is_of_all_later() {
                let is_whole = finding.over_many_points();
                let is_certain = finding.keep_certain();
                if finding.applicable() == Truth::Open {
                    continue;
                }
                verdict.is_for_ever = is_whole && is_certain && !verdict.has_gaps && !conclusion_only;
            }
            if self.shown as u64 <= EXACT_STEPS && finding.is_loose() {
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
                    *measure.get_or_insert_with(|| Measure::of(bits, event, least_log2))
                };
                match limits.time.within(&mut measured) {
                    Ok(Measure { asked_log2, asked_of_weights_log2, size_log2 }) => {
                        finding.measure_vanishing_sides(size_log2);
                        if !*is_identity {
                            (subject.asked_log2, subject.asked_of_weights_log2) = (asked_log2, asked_of_weights_log2);
                        }
                    }
                    Err(OutOfTime) => verdict.open(t, OUT_OF_TIME),
                }
            }
            verdict.is_beyond_precision |= is_stretch && finding.has_open_relations();
            verdict.take_in(finding, subject);
            // What is over stays so, whatever is said of later events.
            verdict.is_closed = (verdict.is_closed || finding.is_over()) && !verdict.applicable;
            verdict.horizon = t.horizon();
            *is_done = *ends_at_start;
            let ended = Instant::now();
            verdict.time += ended - begun;
            begun = ended;
        }
        if let (Shown::Stretch(_, halves), false) = (shown, open.is_empty()) {
            match limits.time.within(halves) {
                Ok(halves) => halves.iter().for_each(|half| self.show_to(&open, half, halvings - 1)),
                Err(OutOfTime) => open.iter().for_each(|&place| self.watching[place].verdict.open(t, OUT_OF_TIME)),
            }
        }
    }

    fn everyone_is_done(&self) -> bool {
        self.watching.iter().all(|watching| watching.is_done(self.extent))
    }

    fn stop(&mut self, t: When, why: &'static str) {
        let extent = self.extent;
        for watching in self.watching.iter_mut().filter(|watching| !watching.is_done(extent)) {
            watching.verdict.open(t, why);
        }
    }
}

/// What each `pending` statement, which goes with its place among all, finds of the events of `instance`, at `bits` of precision.
pub(super) fn watch<'a, T: Real>(
    pending: &[(usize, &'a dyn Statement)],
    first_events: &mut FirstEvents<'a>,
    events: Events<'_, T>,
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
        .map(|&(place, statement)| Watching {
            statement: place,
            observer: Examine::<T>::observer(statement),
            finding: Finding::of_conclusions(limits.conclusion_only),
            verdict: InstanceVerdict::new(NumberSystem::Ball(bits)),
            ends_at_start: Examine::<T>::ends_at_start(statement),
            is_identity: Examine::<T>::is_identity(statement),
            is_done: false,
        })
        .collect();
    let mut watch = Watch { watching, first_events, shown: 0, instance, input_bits: None, limits, extent };
    run(&mut watch, events);
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

fn run<T: Real>(watch: &mut Watch<'_, '_, T>, mut events: Events<'_, T>) {
    let limits = watch.limits;
    let mut t = When::START;
    while !watch.everyone_is_done() {
        // No step is begun that there is no time for.
        let next = if watch.shown > 0 && limits.exhausted() {
            Some(Err(End::OutOfTime))
        } else {
            events.next_within(&limits.time)
        };
        match next {
            Some(Ok(shown)) => {
                t = shown.when();
                watch.show(&shown);
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
