//! One run in one number system, and all statements that watch it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::claims::{Event, Examine, Finding, Observer, Statement};
use crate::generate::{Built, Instance};
use crate::number::Real;
use crate::reference::{Descent, Point, Setting, Stop};

use super::examine::Extent;
use super::first_events::{EXACT_STEPS, FirstEvents};
use super::instance_verdict::{Arithmetic, InstanceVerdict};
use super::options::Limits;

/// A statement that watches a run in balls.
struct Watching<'a, T> {
    /// Its place among the statements.
    statement: usize,
    observer: Observer<'a, T>,
    verdict: InstanceVerdict,
}

impl<T> Watching<'_, T> {
    /// Whether nothing more can change the verdict, or what is asked of it.
    fn is_done(&self, extent: Extent) -> bool {
        self.verdict.is_settled() || extent == Extent::Verdict && self.verdict.is_closed
    }
}

/// The statements that watch a run, and what they have found so far.
struct Watch<'a, 'b, T> {
    watching: Vec<Watching<'a, T>>,
    first_events: &'b mut FirstEvents<'a>,
    /// The number of events that were shown.
    shown: usize,
    finding: Finding,
    built: Built,
    conclusion_only: bool,
    extent: Extent,
}

impl<T: Real> Watch<'_, '_, T> {
    fn show(&mut self, event: Event<'_, T>, t: u64) {
        let extent = self.extent;
        let mut begun = Instant::now();
        for Watching { statement, observer, verdict } in
            self.watching.iter_mut().filter(|watching| !watching.is_done(extent))
        {
            self.finding.clear();
            observer(event, &mut self.finding);
            if t <= EXACT_STEPS
                && self.finding.is_loose()
                && let Ok(Some(exact)) = self.first_events.finding(*statement, self.shown)
            {
                self.finding.tighten(exact);
            }
            verdict.take_in(&self.finding, t, self.built, self.conclusion_only);
            verdict.is_closed = self.finding.is_over() && !verdict.applicable;
            verdict.horizon = t;
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
            verdict: InstanceVerdict::new(Arithmetic::Ball(bits)),
        })
        .collect();
    let mut watch = Watch {
        watching,
        first_events,
        shown: 0,
        finding: Finding::of_conclusions(limits.conclusion_only),
        built: instance.built,
        conclusion_only: limits.conclusion_only,
        extent,
    };
    run(&mut watch, instance, bits, limits);
    let own: Duration = watch.watching.iter().map(|watching| watching.verdict.time).sum();
    let share = begun.elapsed().saturating_sub(own) / u32::try_from(pending.len().max(1)).unwrap_or(u32::MAX);
    watch
        .watching
        .into_iter()
        .map(|mut watching| {
            watching.verdict.time += share;
            watching.verdict
        })
        .collect()
}

fn run<T: Real>(watch: &mut Watch<'_, '_, T>, instance: &Instance, bits: u32, limits: &Limits) {
    let setting = Arc::new(Setting::<T>::new(Arc::clone(&instance.problem), bits));
    let mut descent = match Descent::new(Arc::clone(&setting)) {
        Ok(descent) => descent,
        Err(stop) => return watch.stop(0, what_stopped(&stop)),
    };
    watch.show(Event::Start(descent.point()), 0);
    if let Some(partner) = &instance.partner {
        watch.show(Event::Pair(descent.point(), &Point::from_rationals(setting, partner.clone())), 0);
    }
    for _ in 0..instance.steps {
        if watch.everyone_is_done() {
            return;
        }
        if limits.exhausted() {
            return watch.stop(descent.t(), "the time budget is used up");
        }
        match descent.step() {
            Ok(step) => watch.show(Event::Step(&step), step.t + 1),
            // Divergence ends the run; what was said of the steps before it stands.
            Err(Stop::Diverged { .. }) => return,
            Err(stop) => return watch.stop(descent.t(), what_stopped(&stop)),
        }
    }
}

pub(super) fn what_stopped(stop: &Stop) -> &'static str {
    match stop {
        Stop::Diverged { .. } => "the initial weights are beyond 2^1024",
        Stop::PrecisionExhausted { what, .. } => what,
    }
}
