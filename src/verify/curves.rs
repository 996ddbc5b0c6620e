//! Both sides of a relation over a run: what a picture of a refutation shows.
//!
//! Nothing of it is kept while claims are checked, so that it costs nothing where nobody asks for it, and changes no verdict. Who asks has the
//! instance looked at again: once for the relation that fails, and once more from end to end, in the arithmetic that decided.

use std::sync::Arc;

use rayon::prelude::*;

use crate::claims::{Band, Claim, Examine, Finding, Outcome, RelationId, Statement, Symbol};
use crate::generate::Instance;
use crate::number::{Ball, Exact, Real, Truth};
use crate::problem::Problem;

use super::counterexample::Counterexample;
use super::events::{Events, Shown};
use super::examine::{Extent, FIRST_BITS, examine};
use super::first_events::EXACT_STEPS;
use super::instance_verdict::NumberSystem;
use super::observe::observe;
use super::options::{Limits, OUT_OF_TIME};
use super::own_run::OwnRunReport;
use super::thinning::{Reading, Thinned};
use super::verdict::{ClaimVerdict, Report, Status};

/// Both sides of a relation over a run.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Which relation.
    pub id: RelationId,
    /// What stands between the sides; `None` if it is decided by other means.
    pub symbol: Option<Symbol>,
    /// Left and right, thinned to what a picture shows. Of an equality of matrices, the two entries that lie farthest apart.
    pub readings: Vec<Reading<Standing, 2>>,
    /// The first `t` at which the relation is certainly false although every hypothesis is certainly true.
    pub crosses: Option<u64>,
    /// Why it ends before the run does, if so.
    pub ends: Option<&'static str>,
}

/// What becomes of a relation at a point or step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is certainly false, and that counts.
    Fails,
    /// It is not certainly false.
    Stands,
    /// A hypothesis is not certainly true, so that whatever becomes of the relation does not count.
    Outside,
    /// Nothing is said of it: a hypothesis is false, or it speaks of other points.
    Unsaid,
}

impl Report {
    /// Adds to each verdict on a claim that a run refutes the relation that fails on it, over that run.
    pub fn draw_curves(&mut self, claims: &[&Claim], limits: &Limits) {
        self.claims.par_iter_mut().for_each(|verdict| {
            if let Some(Counterexample::Run { problem, steps }) = &verdict.counterexample {
                let (problem, steps) = (Arc::clone(problem), *steps);
                draw(verdict, claims, problem, steps, limits);
            }
        });
    }
}

impl OwnRunReport {
    /// The same of the user's own run.
    pub fn draw_curves(&mut self, claims: &[&Claim], problem: &Problem, steps: u64, limits: &Limits) {
        let problem = Arc::new(problem.clone());
        let verdicts = self.claims.par_iter_mut().map(|own| &mut own.verdict);
        verdicts.for_each(|verdict| draw(verdict, claims, Arc::clone(&problem), steps, limits));
    }
}

fn draw(verdict: &mut ClaimVerdict, claims: &[&Claim], problem: Arc<Problem>, steps: u64, limits: &Limits) {
    let claim = claims.iter().find(|claim| claim.id() == verdict.id);
    if verdict.status == Status::Refuted
        && let Some(statement) = claim.and_then(|claim| claim.own_run_statement())
    {
        let instance = Instance::run((*problem).clone(), steps).of_unknown_origin();
        verdict.curves.extend(failing(statement, &instance, limits));
    }
}

/// The relation by which `statement` fails on `instance`, over its run.
fn failing(statement: &dyn Statement, instance: &Instance, limits: &Limits) -> Option<Curve> {
    let found = examine(&[statement], instance, limits, Extent::Verdict).pop()?;
    let failure = found.refuted?;
    let curve = match found.arithmetic {
        NumberSystem::Rational => {
            let events = Events::of(instance, FIRST_BITS, EXACT_STEPS, instance.problem.has_exact_room());
            over_run::<Exact>(statement, events, failure.id, failure.t, limits)
        }
        NumberSystem::Ball(bits) => {
            let events = Events::of(instance, bits, u64::MAX, instance.problem.check_room(bits).is_ok());
            over_run::<Ball>(statement, events, failure.id, failure.t, limits)
        }
    };
    // Something that is decided by other means may have no sides.
    let has_sides = curve.readings.iter().flat_map(|reading| reading.bands).any(|band| band != Band::WHOLE);
    has_sides.then_some(curve)
}

/// The relation `id`, which fails first at `crosses`, over the events.
fn over_run<T: Real>(
    statement: &dyn Statement,
    mut events: Events<'_, T>,
    id: RelationId,
    crosses: u64,
    limits: &Limits,
) -> Curve
where
    for<'b> dyn Statement + 'b: Examine<T>,
{
    let mut observer = Examine::<T>::observer(statement);
    let mut finding = Finding::of_conclusions(limits.conclusion_only);
    finding.keep_sides_of(id.label);
    let (mut symbol, mut ends) = (None, None);
    let mut readings = Thinned::default();
    while let Some(next) = events.next_within(&limits.time) {
        let shown: Shown<T> = match next {
            Ok(shown) => shown,
            Err(end) => {
                ends = Some(end.why().unwrap_or("the run diverges"));
                break;
            }
        };
        if limits.exhausted() {
            ends = Some(OUT_OF_TIME);
            break;
        }
        finding.clear();
        if let Err(cut) = observe(&mut observer, shown.event(), &mut finding, limits) {
            ends = Some(cut.why().unwrap_or("the check broke"));
            break;
        }
        let reading = reading(&finding, id, &shown, crosses, limits, &mut symbol);
        readings.push(reading);
        if Examine::<T>::ends_at_start(statement) {
            break;
        }
    }
    let mut readings = readings.finish();
    // What speaks of steps says nothing of the start.
    let said = |reading: &Reading<Standing, 2>| reading.mark != Standing::Unsaid;
    let begin = readings.iter().position(said).unwrap_or(0);
    let end = readings.iter().rposition(said).map_or(0, |last| last + 1);
    readings = readings.drain(begin..end.max(begin)).collect();
    Curve { id, symbol, readings, crosses: Some(crosses), ends }
}

/// What is read off an event.
fn reading<T: Real>(
    finding: &Finding,
    id: RelationId,
    shown: &Shown<T>,
    crosses: u64,
    limits: &Limits,
    symbol: &mut Option<Symbol>,
) -> Reading<Standing, 2> {
    let t = shown.t();
    // Of several of one name the one that fails.
    let mut named = finding.relations().iter().filter(|relation| relation.id == id).peekable();
    let first = named.peek().copied();
    let Some(relation) = named.find(|relation| relation.outcome == Outcome::False).or(first) else {
        return Reading { t, mark: Standing::Unsaid, bands: [Band::WHOLE; 2] };
    };
    *symbol = relation.symbol;
    let counts = limits.conclusion_only || finding.applicable() == Truth::True;
    let fails = relation.outcome == Outcome::False || t == crosses;
    let mark = match (counts, fails) {
        (true, true) => Standing::Fails,
        (true, false) => Standing::Stands,
        (false, _) => Standing::Outside,
    };
    Reading { t, mark, bands: relation.bands().unwrap_or([Band::WHOLE; 2]) }
}
