//! One instance, all claims that look at it: the run is shared, and the precision is raised until every relation is decided.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::claims::{Event, Examine, Finding, Hypothesis, Observer, Outcome, Relation, Statement, Trend};
use crate::generate::{Built, Instance};
use crate::number::{Ball, Real, ShortBall, Truth};
use crate::reference::{Descent, Point, Setting, Stop};

use super::first_events::{EXACT_STEPS, FirstEvents};
use super::verdict::Evidence;

/// The precision at which balls start.
pub(super) const FIRST_BITS: u32 = 128;

/// An arithmetic in which a verdict was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// Exact rationals.
    Rational,
    /// Balls at this many bits.
    Ball(u32),
}

/// What a verification may spend.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The highest precision.
    pub max_bits: u32,
    /// When to stop.
    pub deadline: Option<Instant>,
    /// Set from outside to stop at the next step.
    pub interrupted: Arc<AtomicBool>,
    /// Whether hypotheses are listed but not counted.
    pub conclusion_only: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bits: 4096, deadline: None, interrupted: Arc::default(), conclusion_only: false }
    }
}

impl Limits {
    /// Whether the user has stopped it.
    pub(super) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether nothing more may be spent.
    pub(super) fn exhausted(&self) -> bool {
        self.interrupted() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// A hypothesis or relation that did not come out true, and where.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The number of the point or step.
    pub t: u64,
    /// What was asserted or assumed.
    pub label: &'static str,
    /// The layer it speaks of, 0 if none.
    pub layer: usize,
    /// Both sides, approximately; NaN where there are none.
    pub sides: (f64, f64),
    /// The hypotheses that were not met, when only the conclusion was asked for.
    pub despite: Vec<&'static str>,
}

/// What became of a hypothesis over the subjects of one instance.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// What is assumed.
    pub label: &'static str,
    /// The number of subjects at which it is certainly true.
    pub met: u64,
    /// The number of subjects at which it is certainly false.
    pub unmet: u64,
    /// The number of subjects at which it is not decided.
    pub open: u64,
    /// The first subject at which it is not certainly true.
    pub first_not_met: Option<Failure>,
}

/// What was found on one instance for one claim.
#[derive(Clone, Debug)]
pub struct InstanceVerdict {
    /// Whether every hypothesis was certainly true at some subject, and something was asserted there.
    pub applicable: bool,
    /// Whether a relation said more than a trivial bound.
    pub informative: bool,
    /// The first relation that is certainly false although every hypothesis is certainly true.
    pub refuted: Option<Failure>,
    /// The first hypothesis or relation that stayed open.
    pub undecided: Option<Failure>,
    /// The first hypothesis that is certainly false.
    pub unmet: Option<Failure>,
    /// What became of each hypothesis, in the order in which the claim stated them first.
    pub assumptions: Vec<Assumption>,
    /// What was asserted where the hypotheses are met and said more than a trivial bound, each relation once.
    pub asserted: Vec<&'static str>,
    /// The roads by which equality was proved, with the number of relations each closed.
    pub attained: BTreeMap<&'static str, u64>,
    /// The largest left over right among informative inequalities, rounded upward.
    pub worst_ratio: Option<f64>,
    /// The largest log₂ of a relative difference among equalities reached by balls only.
    pub agrees_log2: Option<f64>,
    /// The arithmetic that decided.
    pub arithmetic: Arithmetic,
    /// Whether the verdict rests on a sample as well.
    pub sampled: bool,
    /// The number of steps that were looked at.
    pub horizon: u64,
    /// The trends at the last subject that reported any.
    pub trends: Vec<Trend>,
    /// Wall time: the claim's own, and its share of the run.
    pub time: Duration,
    /// Whether the claim has nothing to say of the run, from its start to its end.
    is_closed: bool,
}

impl InstanceVerdict {
    pub(super) fn new(arithmetic: Arithmetic) -> Self {
        Self {
            applicable: false,
            informative: false,
            refuted: None,
            undecided: None,
            unmet: None,
            assumptions: Vec::new(),
            asserted: Vec::new(),
            attained: BTreeMap::new(),
            worst_ratio: None,
            agrees_log2: None,
            arithmetic,
            sampled: false,
            horizon: 0,
            trends: Vec::new(),
            time: Duration::ZERO,
            is_closed: false,
        }
    }

    /// The weakest evidence that the verdict rests on.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match self.arithmetic {
            _ if self.refuted.is_none() && self.agrees_log2.is_some() => Evidence::Numerical,
            _ if self.sampled => Evidence::Statistical,
            Arithmetic::Rational => Evidence::Exact,
            Arithmetic::Ball(_) => Evidence::Certified,
        }
    }

    fn is_settled(&self) -> bool {
        self.refuted.is_some() || self.undecided.is_some()
    }

    /// Whether nothing more can change the verdict, or what is asked of it.
    fn is_done(&self, extent: Extent) -> bool {
        self.is_settled() || extent == Extent::Verdict && self.is_closed
    }

    /// Takes in what a sample says of the relations of an event.
    pub(super) fn take_in_sample(&mut self, finding: &Finding) {
        self.sampled |= !finding.relations().is_empty();
        self.take_in(finding, 0, Built::Inside, false);
    }

    pub(super) fn take_in(&mut self, finding: &Finding, t: u64, built: Built, conclusion_only: bool) {
        let mut despite = Vec::new();
        for (place, hypothesis) in finding.hypotheses().iter().enumerate() {
            self.assume(hypothesis, place, t);
        }
        for hypothesis in finding.hypotheses() {
            let failure = || not_met(hypothesis, t);
            match hypothesis.truth {
                Truth::True => {}
                Truth::False if !conclusion_only => {
                    self.unmet.get_or_insert_with(failure);
                    return;
                }
                Truth::False | Truth::Open if conclusion_only => despite.push(hypothesis.label),
                _ => {}
            }
        }
        if !conclusion_only
            && let Some(open) = finding.hypotheses().iter().find(|hypothesis| hypothesis.truth == Truth::Open)
        {
            self.undecided = Some(not_met(open, t));
            return;
        }
        if !finding.trends().is_empty() {
            self.trends = finding.trends().to_vec();
        }
        for relation in finding.relations() {
            self.applicable = true;
            self.judge(relation, t, built, &despite);
        }
    }

    /// Counts the hypothesis in the given place of a finding: it is mostly in the same place every time.
    fn assume(&mut self, hypothesis: &Hypothesis, place: usize, t: u64) {
        let is_here = |assumption: &Assumption| std::ptr::eq(assumption.label, hypothesis.label);
        let known = if self.assumptions.get(place).is_some_and(is_here) {
            Some(place)
        } else {
            self.assumptions.iter().position(|assumption| assumption.label == hypothesis.label)
        };
        let index = known.unwrap_or_else(|| {
            let label = hypothesis.label;
            self.assumptions.push(Assumption { label, met: 0, unmet: 0, open: 0, first_not_met: None });
            self.assumptions.len() - 1
        });
        let assumption = &mut self.assumptions[index];
        match hypothesis.truth {
            Truth::True => assumption.met += 1,
            Truth::False => assumption.unmet += 1,
            Truth::Open => assumption.open += 1,
        }
        if hypothesis.truth != Truth::True {
            assumption.first_not_met.get_or_insert_with(|| not_met(hypothesis, t));
        }
    }

    fn judge(&mut self, relation: &Relation, t: u64, built: Built, despite: &[&'static str]) {
        if relation.informative && !self.asserted.contains(&relation.label) {
            self.asserted.push(relation.label);
        }
        let failure = || Failure {
            t,
            label: relation.label,
            layer: relation.layer,
            sides: relation.sides,
            despite: despite.to_vec(),
        };
        let outcome = match relation.outcome {
            Outcome::True if relation.membership && built == Built::Outside => Outcome::False,
            Outcome::False if relation.membership && built == Built::Outside => Outcome::True,
            outcome => outcome,
        };
        match outcome {
            Outcome::True => {}
            Outcome::Attained(road) => *self.attained.entry(road).or_default() += 1,
            Outcome::Agrees { log2 } => {
                self.agrees_log2 = Some(self.agrees_log2.map_or(log2, |worst| worst.max(log2)));
            }
            Outcome::False => {
                self.refuted.get_or_insert_with(failure);
                return;
            }
            Outcome::Open => {
                self.undecided.get_or_insert_with(failure);
                return;
            }
        }
        if relation.informative {
            self.informative = true;
            if let Some(ratio) = relation.ratio {
                // What is certainly true has no ratio above 1, whatever the rounding of the quotient says.
                let ratio = ratio.min(1.0);
                self.worst_ratio = Some(self.worst_ratio.map_or(ratio, |worst| worst.max(ratio)));
            }
        }
    }

    fn open(&mut self, t: u64, label: &'static str) {
        let sides = (f64::NAN, f64::NAN);
        self.undecided.get_or_insert(Failure { t, label, layer: 0, sides, despite: Vec::new() });
    }
}

fn not_met(hypothesis: &Hypothesis, t: u64) -> Failure {
    let sides = hypothesis.sides.unwrap_or((f64::NAN, f64::NAN));
    Failure { t, label: hypothesis.label, layer: 0, sides, despite: Vec::new() }
}

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
    let mut verdicts: Vec<Option<InstanceVerdict>> = vec![None; statements.len()];
    let mut pending: Vec<usize> = (0..statements.len()).collect();
    let mut first_events = FirstEvents::new(statements, instance);
    if instance.steps <= EXACT_STEPS {
        let found = pending.iter().map(|&index| examine_exactly(index, &mut first_events, instance, limits)).collect();
        settle(&mut verdicts, &mut pending, found);
    }
    let mut is_over = false;
    if limits.max_bits >= ShortBall::BITS && !pending.is_empty() {
        let bits = ShortBall::BITS;
        let found = pass::<ShortBall>(statements, &pending, &mut first_events, instance, bits, limits, extent);
        settle(&mut verdicts, &mut pending, found);
        is_over = limits.exhausted();
    }
    let mut bits = FIRST_BITS.min(limits.max_bits);
    while !pending.is_empty() && !is_over {
        let found = pass::<Ball>(statements, &pending, &mut first_events, instance, bits, limits, extent);
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
            verdict.open(verdict.horizon, "the time budget is used up");
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

/// A statement that watches a run in balls.
struct Watching<'a, T> {
    /// Its place among the statements.
    statement: usize,
    observer: Observer<'a, T>,
    verdict: InstanceVerdict,
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
        for Watching { statement, observer, verdict } in
            self.watching.iter_mut().filter(|watching| !watching.verdict.is_done(extent))
        {
            let begun = Instant::now();
            self.finding.clear();
            observer(event, &mut self.finding);
            if t <= EXACT_STEPS
                && self.finding.is_loose()
                && let Ok(Some(exact)) = self.first_events.finding(*statement, self.shown)
            {
                self.finding.tighten(exact);
            }
            verdict.take_in(&self.finding, t, self.built, self.conclusion_only);
            verdict.is_closed = self.finding.is_closed() && !verdict.applicable;
            verdict.horizon = t;
            verdict.time += begun.elapsed();
        }
        self.shown += 1;
    }

    fn everyone_is_done(&self) -> bool {
        self.watching.iter().all(|watching| watching.verdict.is_done(self.extent))
    }

    fn stop(&mut self, t: u64, why: &'static str) {
        let extent = self.extent;
        for watching in self.watching.iter_mut().filter(|watching| !watching.verdict.is_done(extent)) {
            watching.verdict.open(t, why);
        }
    }
}

fn pass<'a, T: Real>(
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
        finding: Finding::default(),
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
