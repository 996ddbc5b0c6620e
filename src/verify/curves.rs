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
            over_run::<Exact>(statement, events, failure.id, failure.t.horizon(), limits)
        }
        NumberSystem::Ball(bits) => {
            let events = Events::enclosed(instance, bits, instance.problem.check_room(bits).is_ok());
            over_run::<Ball>(statement, events, failure.id, failure.t.horizon(), limits)
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
    let t = shown.when().horizon();
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

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::claims::{AboutPoint, AboutStep, Hypotheses, OnPoints, OnSteps};
    use crate::generate::towards;
    use crate::problem::Matrix;
    use crate::reference::{Point, Step};

    /// What is said of the weight `w` of one layer, in each of the ways in which a relation is stated.
    #[derive(Clone, Copy)]
    enum Stated {
        AtMost,
        Below,
        Slack,
        Roots,
        Equal,
        Matrices,
        Implied,
        Between,
    }

    const STATED: [Stated; 8] = [
        Stated::AtMost,
        Stated::Below,
        Stated::Slack,
        Stated::Roots,
        Stated::Equal,
        Stated::Matrices,
        Stated::Implied,
        Stated::Between,
    ];

    /// Both sides: `w` and a limit that it exceeds at `t = 2` for the first time; or what it is not equal to from then on.
    fn sides<T: Real>(stated: Stated, point: &Point<T>) -> (T, T) {
        let (w, limit) = (point.weights()[0][(0, 0)].clone(), point.constant((23, 10)));
        match stated {
            Stated::Equal | Stated::Matrices => (w.clone().max(&limit), limit),
            _ => (w, limit),
        }
    }

    impl AboutPoint for Stated {
        fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
            let (left, right) = sides(*self, point);
            // Another of the same name, of another layer, and one of another name, come before it.
            finding.at_most("said", &point.constant(-1), &point.constant(0)).layer(1);
            finding.at_most("something else", &point.constant(-1), &point.constant(0)).layer(2);
            match self {
                Self::AtMost => _ = finding.at_most("said", &left, &right).layer(2),
                Self::Below => _ = finding.below("said", &left, &right).layer(2),
                Self::Slack => _ = finding.slack("said", &(right.clone() - &left), &left, &right).layer(2),
                Self::Roots => _ = finding.roots_at_most("said", &left.square(), &right.square()).layer(2),
                Self::Equal => _ = finding.equal("said", &left, &right).layer(2),
                Self::Matrices => {
                    let matrix = |side: &T| Matrix::row_vector(vec![right.clone(), side.clone(), right.clone()]);
                    finding.equal_matrices("said", &matrix(&left), &matrix(&right)).layer(2);
                }
                Self::Implied => {
                    finding.implied(|_| (), |part| _ = part.at_most("said", &left, &right).layer(2));
                }
                Self::Between => _ = finding.asserted("said", left.at_most(&right)).between(&left, &right).layer(2),
            }
        }
    }

    /// One layer of one weight: `w(t+1) − 3 = (w(t) − 3)/2` from `w(0) = 1`, so that `w(t) = 3 − 2^{1−t}`.
    fn halving(steps: u64) -> Instance {
        let number = |value: u32| Matrix::row_vector(vec![Rational::from(value)]);
        Instance::run(towards(number(3), vec![number(1)], (1, 2).into()), steps)
    }

    fn curve(statement: &dyn Statement, steps: u64) -> Curve {
        failing(statement, &halving(steps), &Limits::default()).expect("it fails, and has sides")
    }

    #[test]
    fn bands_hold_the_exact_sides_of_every_kind_of_relation() {
        // Balls decide the longer run, rationals the shorter one.
        for (limit, steps) in STATED.into_iter().flat_map(|stated| [(stated, 12), (stated, 2)]) {
            let instance = halving(steps);
            let curve = failing(&OnPoints(limit), &instance, &Limits::default()).expect("it fails, and has sides");
            assert_eq!((curve.id, curve.crosses), (RelationId { label: "said", layer: 2 }, Some(2)));
            let shown = Events::<Exact>::of(&instance, 64, u64::MAX, true).map(Result::unwrap);
            for (reading, shown) in curve.readings.iter().zip(shown) {
                let (left, right) = sides(limit, shown.event().point());
                for (band, exact) in reading.bands.iter().zip([left, right]) {
                    let exact = exact.exact().unwrap();
                    let [lower, upper] = [band.lower, band.upper].map(|bound| Rational::from_f64(bound).unwrap());
                    assert!(lower <= exact && exact <= upper, "{reading:?}: {exact}");
                    assert!(band.upper - band.lower < 1e-15, "{reading:?}");
                }
                assert_eq!(reading.mark == Standing::Fails, reading.t >= 2, "{reading:?}");
            }
            assert_eq!(curve.readings.len() as u64, steps + 1);
        }
    }

    #[test]
    fn of_matrices_the_entries_that_lie_farthest_apart_are_shown() {
        struct Entries;
        impl AboutPoint for Entries {
            fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
                let [zero, one, two] = [0, 1, 2].map(|value| point.constant(value));
                let left = Matrix::row_vector(vec![zero.clone(), one, two, zero.clone()]);
                finding.equal_matrices("all vanish", &left, &left.map(|_| zero.clone()));
            }
        }
        let bands = curve(&OnPoints(Entries), 5).readings[3].bands;
        assert_eq!(bands, [Band { lower: 2.0, upper: 2.0 }, Band { lower: 0.0, upper: 0.0 }]);
    }

    /// `w ≤ 9/4` where `w` is not 11/4, and, who knows, where it is not 23/8; by steps, so that nothing is said of the start.
    struct Elsewhere;

    impl AboutStep for Elsewhere {
        fn assume<T: Real>(&self, step: &Step<T>, given: &mut Hypotheses) {
            let w = &step.after.weights()[0][(0, 0)];
            let at = |place: (u32, u32)| w.equals(&step.eta.constant(place)) != Truth::False;
            given.that("w is elsewhere", !at((11, 4)));
            given.that("who knows", if at((23, 8)) { Truth::Open } else { Truth::True });
        }

        fn conclude<T: Real>(&self, step: &Step<T>, finding: &mut Finding) {
            finding.at_most("w ≤ 9/4", &step.after.weights()[0][(0, 0)], &step.eta.constant((9, 4)));
        }
    }

    #[test]
    fn where_a_hypothesis_fails_nothing_is_shown_to_fail() {
        let marks = |limits: &Limits| {
            let statement = OnSteps(Elsewhere);
            let curve = failing(&statement, &halving(5), limits).expect("it fails, and has sides");
            let marks: Vec<(u64, Standing)> = curve.readings.iter().map(|reading| (reading.t, reading.mark)).collect();
            (curve.crosses, marks)
        };
        use Standing::{Fails, Outside, Stands, Unsaid};
        // w = 2, 5/2, 11/4, 23/8, …
        let (crosses, counted) = marks(&Limits::default());
        assert_eq!((crosses, counted), (Some(2), vec![(1, Stands), (2, Fails), (3, Unsaid), (4, Outside), (5, Fails)]));
        let (crosses, counted) = marks(&Limits { conclusion_only: true, ..Limits::default() });
        assert_eq!((crosses, counted), (Some(2), vec![(1, Stands), (2, Fails), (3, Fails), (4, Fails), (5, Fails)]));
    }

    #[test]
    fn what_has_no_sides_has_no_curve_and_what_ends_early_says_so() {
        struct Bare;
        impl AboutPoint for Bare {
            fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
                finding.asserted("w < 2", point.weights()[0][(0, 0)].below(&point.constant(2)));
            }
        }
        assert!(failing(&OnPoints(Bare), &halving(5), &Limits::default()).is_none());
        let number = |value: Rational| Matrix::row_vector(vec![value]);
        let problem = towards(number(0.into()), vec![number(1.into())], Rational::from(1) << 20);
        let curve = failing(&OnPoints(Stated::AtMost), &Instance::run(problem, 100), &Limits::default()).unwrap();
        assert_eq!(curve.ends, Some("the run diverges"));
    }
}
