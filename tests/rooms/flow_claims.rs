//! What statements are shown of a flow, and what is made of what they say.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gradient_witness::claims::{
    AboutFlow, AboutPoint, AboutStep, Finding, FlowFold, Hypotheses, OnFlows, OnPoints, OnSteps, Statement, throughout,
};
use gradient_witness::generate::{Instance, towards};
use gradient_witness::number::{Real, Truth};
use gradient_witness::problem::{Clock, FlowRecording, Matrix, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Moment, Point, Step, Stretch};
use gradient_witness::verify::{Hour, InstanceVerdict, Limits, NumberSystem, When, examine_instance};
use rug::Rational;

/// One layer of one weight towards 3: `w(t) = 3 − 2 e^{−t}`.
fn decay(moments: &[(u32, u32)], horizon: u32) -> Instance {
    let number = |value: u32| Matrix::row_vector(vec![Rational::from(value)]);
    let problem = towards(number(3), vec![number(1)], 1.into());
    let (network, loss, data) = (problem.network().clone(), problem.loss().clone(), problem.data().clone());
    let initial = problem.initial().to_vec();
    let problem = Problem::new(network, loss, Normalisation::Mean, data, initial, StepRule::Flow).unwrap();
    let moments = moments.iter().map(|&moment| Rational::from(moment)).collect();
    Instance::flow(problem, Clock::Time, FlowRecording::At(moments), horizon.into())
}

fn found(statement: &dyn Statement, instance: &Instance) -> InstanceVerdict {
    examine_instance(&[statement], instance, &Limits::default()).remove(0)
}

/// `w ≤ limit`, or `w = limit`, or `w < limit` where `w ≥ from`.
#[derive(Clone, Copy)]
enum Said {
    AtMost(Rational2),
    Equal(Rational2),
    BelowFrom(Rational2, Rational2),
}

type Rational2 = (u32, u32);

fn weight<T: Real>(point: &Point<T>) -> &T {
    &point.weights()[0][(0, 0)]
}

impl AboutPoint for Said {
    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        if let Self::BelowFrom(_, from) = self {
            given.at_most("from ≤ w", &point.constant(*from), weight(point));
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        match self {
            Self::AtMost(limit) => _ = finding.at_most("w ≤ limit", weight(point), &point.constant(*limit)),
            Self::Equal(value) => _ = finding.equal("w = value", weight(point), &point.constant(*value)),
            Self::BelowFrom(limit, _) => _ = finding.below("w < limit", weight(point), &point.constant(*limit)),
        }
    }
}

#[test]
fn what_is_said_of_points_is_said_of_all_times() {
    let flow = decay(&[(1, 1)], 4);
    let holds = found(&OnPoints(Said::AtMost((3, 1))), &flow);
    assert!(holds.refuted.is_none() && holds.undecided.is_none() && holds.informative, "{holds:?}");
    assert_eq!(holds.horizon, 4);

    // It is false from t = ln 2 to the next moment and beyond: between moments, where nobody recorded anything.
    let refuted = found(&OnPoints(Said::AtMost((2, 1))), &flow).refuted.expect("w(1) is more than 2");
    let When::Between(Hour::Time(from), Hour::Time(to)) = refuted.t else { panic!("{:?}", refuted.t) };
    assert!(from > 0.69 && to < 1.0 && to - from < 0.5, "{from} ≤ t ≤ {to}");
}

#[test]
fn an_equality_is_denied_over_a_stretch_and_confirmed_nowhere() {
    let flow = decay(&[(1, 1)], 2);
    assert!(found(&OnPoints(Said::Equal((1, 1))), &flow).refuted.is_some(), "it leaves its start");
    // At rest what is equal stays equal; stretches say nothing of it, and moments agree.
    let mut still = decay(&[(1, 1)], 2);
    let number = Matrix::row_vector(vec![Rational::from(3)]);
    let problem = towards(number.clone(), vec![number], 1.into());
    let (network, loss, data) = (problem.network().clone(), problem.loss().clone(), problem.data().clone());
    let initial = problem.initial().to_vec();
    still.problem = Arc::new(Problem::new(network, loss, Normalisation::Mean, data, initial, StepRule::Flow).unwrap());
    let found = found(&OnPoints(Said::Equal((3, 1))), &still);
    assert!(found.refuted.is_none() && found.undecided.is_none() && found.informative, "{found:?}");
}

#[test]
fn a_hypothesis_that_begins_to_be_true_leaves_nothing_open() {
    // w ≥ 2 from ln 2 on. What is concluded is true before and after, or false from some time after, or false only before.
    let flow = decay(&[(1, 1)], 4);
    let holds = found(&OnPoints(Said::BelowFrom((3, 1), (2, 1))), &flow);
    assert!(holds.refuted.is_none() && holds.undecided.is_none() && holds.informative, "{holds:?}");
    let refuted = found(&OnPoints(Said::BelowFrom((5, 2), (2, 1))), &flow).refuted.expect("w goes beyond 5/2");
    assert!(matches!(refuted.t, When::Between(Hour::Time(from), _) if from > 1.38), "{:?}", refuted.t);
    // Where it holds, nothing is below 2: as long as it is not known whether it holds, that refutes nothing.
    let refuted = found(&OnPoints(Said::BelowFrom((2, 1), (2, 1))), &flow).refuted.expect("w ≥ 2");
    assert!(matches!(refuted.t, When::Between(Hour::Time(from), _) if from > 0.69), "{:?}", refuted.t);
}

/// Counts what it is shown, and says of stretches that a weight is not `avoided`.
struct Counting {
    moments: AtomicUsize,
    stretches: AtomicUsize,
}

impl AboutFlow for &'static Counting {
    fn begin<T: Real>(&self, _: &Point<T>) -> Box<dyn FlowFold<T>> {
        Box::new(Counter(self, Rational::new()))
    }
}

struct Counter(&'static Counting, Rational);

impl<T: Real> FlowFold<T> for Counter {
    fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
        self.0.moments.fetch_add(1, Ordering::Relaxed);
        assert_eq!(moment.mark.time(), Some(&self.1), "stretches lead up to each moment");
        finding.at_most("w ≤ 3", weight(&moment.point), &moment.point.constant(3));
    }

    fn stretch(&mut self, stretch: &Stretch<T>, _: &mut Finding) {
        self.0.stretches.fetch_add(1, Ordering::Relaxed);
        assert_eq!(stretch.from.time(), Some(&self.1), "nothing is left out");
        self.1.clone_from(stretch.to.time().unwrap());
    }
}

#[test]
fn a_fold_sees_stretches_and_moments_in_their_order() {
    static SEEN: Counting = Counting { moments: AtomicUsize::new(0), stretches: AtomicUsize::new(0) };
    let found = found(&OnFlows(&SEEN), &decay(&[(1, 3), (1, 2), (2, 1)], 4));
    assert!(found.undecided.is_none() && found.informative, "{found:?}");
    assert_eq!(SEEN.moments.load(Ordering::Relaxed), 4);
    assert!(SEEN.stretches.load(Ordering::Relaxed) >= 4);
}

/// A stretch on which something is open is shown in halves, until that is decided.
#[test]
fn what_is_open_is_looked_at_more_closely() {
    struct Near;
    impl AboutFlow for Near {
        fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
            // At t it is 3 − 2 e^{−t}, and e^{−t} ≥ 1 − t: the flow is as near to this as its square is small.
            let start = weight(start).clone();
            Box::new(throughout(move |point: &Point<T>, finding: &mut Finding| {
                let gap = point.constant(3) - weight(point);
                finding.at_most(
                    "(3 − w)² ≤ 4 + (w − w(0))/1000",
                    &gap.square(),
                    &(point.constant(4) + &(weight(point).clone() - &start).times((1, 1000))),
                );
            }))
        }
    }
    let found = found(&OnFlows(Near), &decay(&[], 1));
    // At 0 both sides are equal, and near it as good as that.
    assert!(found.refuted.is_none(), "{found:?}");
}

/// Says something of steps.
struct OfSteps;

impl AboutStep for OfSteps {
    fn conclude<T: Real>(&self, _: &Step<T>, finding: &mut Finding) {
        finding.asserted("there is a step", true);
    }
}

#[test]
fn what_speaks_of_steps_says_nothing_of_a_flow_and_the_reverse() {
    let unmet = |statement: &dyn Statement, instance: &Instance| {
        let found = found(statement, instance);
        assert!(!found.applicable && found.undecided.is_none() && found.refuted.is_none(), "{found:?}");
        found.unmet.expect("why it does not apply").id.label
    };
    assert_eq!(unmet(&OnSteps(OfSteps), &decay(&[], 1)), "steps of gradient descent");
    static SEEN: Counting = Counting { moments: AtomicUsize::new(0), stretches: AtomicUsize::new(0) };
    let number = |value: u32| Matrix::row_vector(vec![Rational::from(value)]);
    let run = Instance::run(towards(number(3), vec![number(1)], (1, 2).into()), 5);
    assert_eq!(unmet(&OnFlows(&SEEN), &run), "gradient flow");
    assert_eq!(SEEN.moments.load(Ordering::Relaxed), 0);
}

/// What stays open at one time, whatever the precision, may be refuted at a later one.
#[test]
fn what_no_precision_decides_does_not_end_the_search() {
    /// Open at the first moment for good, false at the second.
    struct Late;
    impl AboutFlow for Late {
        fn begin<T: Real>(&self, _: &Point<T>) -> Box<dyn FlowFold<T>> {
            Box::new(LateFold)
        }
    }
    struct LateFold;
    impl<T: Real> FlowFold<T> for LateFold {
        fn moment(&mut self, moment: &Moment<T>, finding: &mut Finding) {
            if moment.mark.time().is_some_and(|time| *time == 1) {
                finding.asserted("said later", Truth::Open).beyond_precision();
            } else {
                finding.asserted("false", false);
            }
        }
    }
    let refuted = found(&OnFlows(Late), &decay(&[(1, 1)], 2));
    assert_eq!(refuted.refuted.map(|failure| failure.t), Some(When::At(Hour::Time(2.0))));
    // Without the second it is open, and no precision is tried in vain.
    let open = found(&OnFlows(Late), &decay(&[], 1));
    assert_eq!((open.undecided.is_some(), open.arithmetic), (true, NumberSystem::Ball(64)));
}

/// Where the rest of the path has a bound, what is said of points is said of all later times as well, as far as it is certain.
#[test]
fn what_is_certain_for_ever_after_is_certain_at_all_times() {
    /// `w = w`, which no ball confirms, and `w ≤ 4`.
    struct Both;
    impl AboutPoint for Both {
        fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
            finding.equal("w = w", weight(point), weight(point));
            finding.at_most("w ≤ 4", weight(point), &point.constant(4));
        }
    }
    /// `2 ≤ w` where it is.
    struct Beyond;
    impl AboutPoint for Beyond {
        fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
            given.at_most("2 ≤ w", &point.constant(2), weight(point));
        }
        fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
            finding.at_most("2 ≤ w again", &point.constant(2), weight(point));
        }
    }
    /// `w(0) ≤ w ≤ limit`.
    struct Throughout(Rational2);
    impl AboutFlow for Throughout {
        fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn FlowFold<T>> {
            let (start, limit) = (weight(start).clone(), start.constant(self.0));
            Box::new(throughout(move |point: &Point<T>, finding: &mut Finding| {
                finding.at_most("w ≤ limit", weight(point), &limit);
                finding.at_most("w(0) ≤ w + 1", &start, &(weight(point).clone() + &point.constant(1)));
            }))
        }
    }
    // At t = 4 it is 3 − 2e⁻⁴, so that between 2.92 and 3 lies all that comes.
    let flow = decay(&[(1, 1)], 4);
    let for_ever = |statement: &dyn Statement| {
        let found = found(statement, &flow);
        assert!(found.refuted.is_none() && found.undecided.is_none() && found.informative, "{found:?}");
        assert_eq!(found.horizon, 4);
        found.is_for_ever
    };
    assert!(for_ever(&OnPoints(Said::AtMost((4, 1)))));
    assert!(for_ever(&OnPoints(Said::AtMost((301, 100)))));
    // True so long, and false later.
    assert!(!for_ever(&OnPoints(Said::AtMost((298, 100)))));
    // True for ever, and no ball with a radius says so.
    assert!(!for_ever(&OnPoints(Said::AtMost((3, 1)))));
    // A hypothesis that begins to be true does not matter where the conclusion is true in any case.
    assert!(for_ever(&OnPoints(Said::BelowFrom((4, 1), (2, 1)))));
    // About ln 2 it is open, however short the stretch, and so it is not said of all times.
    assert!(!for_ever(&OnPoints(Beyond)));
    // An equality is left out over stretches.
    assert!(!for_ever(&OnPoints(Both)));
    assert!(for_ever(&OnFlows(Throughout((4, 1)))) && !for_ever(&OnFlows(Throughout((298, 100)))));

    // Too early there is no bound: ½(uv − 1)² from near 0, at t = 1.
    let number = |value: (i32, i32)| Matrix::row_vector(vec![Rational::from(value)]);
    let problem = towards(number((1, 1)), vec![number((1, 8)), number((1, 16))], 1.into());
    let (network, loss, data) = (problem.network().clone(), problem.loss().clone(), problem.data().clone());
    let initial = problem.initial().to_vec();
    let problem = Problem::new(network, loss, Normalisation::Mean, data, initial, StepRule::Flow).unwrap();
    let flow =
        |horizon: u32| Instance::flow(problem.clone(), Clock::Time, FlowRecording::At(Vec::new()), horizon.into());
    assert!(!found(&OnPoints(Said::AtMost((4, 1))), &flow(1)).is_for_ever);
    assert!(found(&OnPoints(Said::AtMost((4, 1))), &flow(20)).is_for_ever);
}
