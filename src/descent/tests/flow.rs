//! Gradient flow against closed forms, what it conserves, and the slope against the update.

use rug::Rational;

use super::samples::{Kind, kinds, networks};
use crate::descent::buffer::Buffer;
use crate::descent::calm::Calm;
use crate::descent::layout::{Layers, Layout, with_layout};
use crate::descent::machine::{Machine, Operation};
use crate::descent::objective::Objective;
use crate::descent::point::Point;
use crate::descent::stretch::{Evaluation, Pull};
use crate::descent::{Divergence, Failure, Flow, FlowOutcome, Instructions, Tolerance};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

fn rational(value: f64) -> Rational {
    Rational::from_f64(value).unwrap()
}

/// Layers of one weight each, on the single example x = y = 1.
fn scalar(loss: Loss, weights: &[f64]) -> Problem {
    let entry = |value| Matrix::row_vector(vec![rational(value)]);
    let network = Network::fully_connected(&vec![1; weights.len() + 1]).unwrap();
    let data = Data::Examples { x: entry(1.0), y: entry(1.0) };
    let initial = weights.iter().map(|&weight| entry(weight)).collect();
    Problem::new(network, loss, Normalisation::Sum, data, initial, StepRule::Constant(Rational::from(1))).unwrap()
}

fn begun(problem: &Problem) -> Flow {
    Flow::new(problem).unwrap()
}

fn follow(flow: &mut Flow, time: f64) {
    assert_eq!(flow.advance_to(time), FlowOutcome::Advanced);
    assert_eq!(flow.t(), time);
}

fn logistic() -> Problem {
    let network = Network::fully_connected(&[2, 3, 2, 1]).unwrap();
    let kind = Kind {
        network,
        loss: Loss::logistic(),
        normalisation: Normalisation::Mean,
        examples: 1,
        eta: Rational::from(1),
        f64_only: true,
    };
    kind.problem(5)
}

/// From zero the first step is as long as one likes, and with a tolerance that everything meets all steps are equal.
#[test]
fn half_the_step_has_a_256th_of_the_error() {
    let error = |steps: i32| {
        let mut flow = begun(&scalar(Loss::Exponential, &[0.0]));
        flow.set_tolerance(Tolerance { relative: 0.0, absolute: f64::MAX });
        for step in 1..=steps {
            follow(&mut flow, 4.0 * f64::from(step) / f64::from(steps));
        }
        assert_eq!(flow.steps(), steps as u64);
        (flow.parameters()[0] - 5f64.ln()).abs()
    };
    for steps in [8, 16] {
        let order = (error(steps) / error(2 * steps)).log2();
        assert!((7.5..8.6).contains(&order), "{steps} steps: {order}");
    }
}

#[test]
fn one_weight_under_the_exponential_loss() {
    // w' = e^{−w}; the last start has a slope of 10³⁰⁴.
    for start in [0.0f64, 1.0, -3.0, -700.0] {
        let mut flow = begun(&scalar(Loss::Exponential, &[start]));
        for time in [1e-3, 1.0, 50.0, 1e6, 1e12] {
            follow(&mut flow, time);
            let exact = (start.exp() + time).ln();
            assert!((flow.parameters()[0] - exact).abs() < 2e-14 * exact.abs().max(1.0), "{start}, {time}");
        }
    }
}

#[test]
fn squared_losses_of_one_and_two_layers() {
    // w' = 1 − w, and with two equal layers the square u of a weight has u' = 2u(1 − u).
    let mut flow = begun(&scalar(Loss::Squared, &[-2.0]));
    for time in [0.1, 1.0, 5.0, 40.0] {
        follow(&mut flow, time);
        assert!((flow.parameters()[0] - (1.0 - 3.0 * (-time).exp())).abs() < 1e-14, "{time}");
    }
    let start = 1e-6f64;
    let mut flow = begun(&scalar(Loss::Squared, &[start, start]));
    for time in [1.0, 10.0, 14.0, 30.0] {
        follow(&mut flow, time);
        let square = 1.0 / (1.0 + (1.0 / (start * start) - 1.0) * (-2.0 * time).exp());
        assert!((flow.parameters()[0] / square.sqrt() - 1.0).abs() < 3e-14, "{time}");
    }
}

#[test]
fn what_the_flow_conserves_stays() {
    for (seed, kind) in kinds(3, &Rational::from(1), false).into_iter().enumerate() {
        let problem = kind.problem(seed as u64);
        let differences = |flow: &mut Flow| -> Vec<f64> {
            let squares: Vec<f64> = flow.observe().unwrap().norms.into_iter().map(|norm| norm * norm).collect();
            squares.windows(2).map(|pair| pair[1] - pair[0]).collect()
        };
        let mut flow = begun(&problem);
        let before = differences(&mut flow);
        follow(&mut flow, 3.0);
        for (before, after) in before.iter().zip(differences(&mut flow)) {
            assert!((before - after).abs() < 2e-13, "{kind:?}: {before} {after}");
        }
    }
}

#[test]
fn steps_grow_with_time() {
    let mut flow = begun(&logistic());
    let mut steps = Vec::new();
    for time in [1e3, 1e5, 1e7, 1e9] {
        follow(&mut flow, time);
        steps.push(flow.steps());
    }
    let taken: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(taken.iter().all(|&taken| taken < 200), "{taken:?}");
    assert!(taken[2] < 2 * taken[0], "{taken:?}");
}

#[test]
fn where_nothing_pulls_the_flow_stands_still() {
    let start = [0.0, 0.0, 0.0];
    let mut flow = begun(&scalar(Loss::Exponential, &start));
    follow(&mut flow, 1e300);
    assert_eq!((flow.parameters(), flow.steps()), (&start[..], 0));
    // The fit is exact.
    let mut flow = begun(&scalar(Loss::Squared, &[0.5, 2.0]));
    follow(&mut flow, 1e6);
    assert_eq!((flow.parameters(), flow.steps()), (&[0.5, 2.0][..], 0));
}

#[test]
fn times_on_the_way_change_nothing_but_roundings() {
    let problem = logistic();
    let (mut at_once, mut in_parts) = (begun(&problem), begun(&problem));
    follow(&mut at_once, 20.0);
    for part in 1..=100 {
        follow(&mut in_parts, 0.2 * f64::from(part));
    }
    for (one, other) in at_once.parameters().iter().zip(in_parts.parameters()) {
        assert!((one - other).abs() < 1e-14, "{one} {other}");
    }
    // What is over is over.
    assert_eq!(in_parts.advance_to(1.0), FlowOutcome::Advanced);
    assert_eq!(in_parts.advance_to(f64::NAN), FlowOutcome::Advanced);
    assert_eq!(in_parts.t(), 20.0);
}

#[test]
fn failures_are_named_and_leave_the_last_good_state() {
    // At a margin of −1000 the loss itself is out of range.
    let mut flow = begun(&scalar(Loss::Exponential, &[-1000.0]));
    let failure = FlowOutcome::Failed(Failure::Diverged(Divergence::Loss { example: 0 }));
    assert_eq!(flow.advance_to(1.0), failure);
    assert_eq!((flow.t(), flow.parameters()), (0.0, &[-1000.0][..]));
    // No step meets a tolerance of nothing, or one that is no number.
    for relative in [0.0, f64::NAN] {
        let mut flow = begun(&logistic());
        follow(&mut flow, 1.0);
        let before = flow.parameters().to_vec();
        flow.set_tolerance(Tolerance { relative, absolute: 0.0 });
        assert_eq!(flow.advance_to(2.0), FlowOutcome::Failed(Failure::StepUnderflow));
        assert_eq!((flow.t(), flow.parameters()), (1.0, &before[..]));
        flow.set_tolerance(Tolerance::default());
        follow(&mut flow, 2.0);
    }
}

#[test]
fn a_flow_is_stopped_when_asked() {
    let mut flow = begun(&logistic());
    let mut asked = 0;
    let outcome = flow.advance_to_unless(1e300, || {
        asked += 1;
        asked > 2
    });
    assert_eq!(outcome, FlowOutcome::Advanced);
    assert!(flow.t() > 0.0 && flow.t() < 1e300);
}

#[test]
fn instructions_agree() {
    for network in networks() {
        let kind = Kind {
            network,
            loss: Loss::Squared,
            normalisation: Normalisation::Mean,
            examples: 5,
            eta: Rational::from(1),
            f64_only: true,
        };
        let problem = kind.problem(3);
        let ends: Vec<Vec<f64>> = Instructions::available()
            .map(|instructions| {
                let mut flow = Flow::with_instructions(&problem, instructions).unwrap();
                follow(&mut flow, 2.0);
                flow.parameters().to_vec()
            })
            .collect();
        for end in &ends[1..] {
            assert!(end.iter().zip(&ends[0]).all(|(one, other)| (one - other).abs() < 1e-13), "{kind:?}");
        }
    }
}

/// The slope and the update at the same weights and a pull that is so large that the update leaves nothing of the weights.
struct SlopeAndUpdate<'a> {
    layers: &'a mut Layers<f64>,
    objective: &'a mut Objective<f64>,
    pull: &'a mut Buffer<f64>,
}

impl Operation<f64> for SlopeAndUpdate<'_> {
    type Output = [Vec<f64>; 2];

    fn run<M: Machine<Number = f64>>(self, m: M) -> Self::Output {
        let Self { layers, objective, pull } = self;
        with_layout!(layers, layout => {
            assert!(m.apart(Evaluation(layout, Calm::RANGE)));
            let (product, eta) = (layout.product(), 2f64.powi(200));
            m.apart(Pull { objective, product, eta, calm: Calm::RANGE, pull: pull.blocks_mut() }).unwrap();
            let mut slope = Buffer::new(layout.weights().len());
            layout.slope(m, pull.blocks(), slope.blocks_mut());
            layout.update(m, pull.blocks());
            [slope.numbers().to_vec(), layout.weights().as_flattened().to_vec()]
        })
    }
}

#[test]
fn the_slope_is_what_the_update_adds() {
    for (seed, kind) in kinds(9, &Rational::from(1), true).into_iter().enumerate() {
        let problem = kind.problem(seed as u64);
        for instructions in Instructions::available() {
            let Point { mut layout, mut objective, mut pull, .. } = Point::new(&problem, instructions).unwrap();
            let both = SlopeAndUpdate { layers: &mut layout, objective: &mut objective, pull: &mut pull };
            let [slope, updated] = instructions.run(both);
            for (slope, updated) in slope.iter().zip(&updated) {
                assert!((slope - updated).abs() <= 1e-15 * updated.abs(), "{kind:?}: {slope} {updated}");
            }
            assert!(slope.iter().any(|entry| entry.abs() > 1e50), "{kind:?}");
        }
    }
}
