//! The flow that climbs the smoothed margin, in a time of its own: against the flow of the risk, against a closed form, and against itself.

use std::sync::Arc;

use gradient_witness::generate::{Family, Source};
use gradient_witness::number::{Ball, Magnitude, Matrix, Real, Ring, Truth};
use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::Flow;
use rug::Rational;

use crate::draws::following;

fn ratio(numerator: i64, denominator: i64) -> Rational {
    Rational::from((numerator, denominator))
}

/// A network, a loss of the margin, data and weights for every number.
fn drawn(seed: u64) -> Arc<Problem> {
    let mut state = seed;
    let mut fraction = || {
        state = following(state);
        ratio((state >> 40).rem_euclid(2001) as i64 - 1000, 1000)
    };
    let network = match seed % 5 {
        0 => Network::fully_connected(&[2, 3, 1]),
        1 => Network::fully_connected(&[2, 2, 2, 1]),
        2 => Network::fully_connected(&[3, 1]),
        3 => Network::diagonal(3, 2),
        _ => Network::convolutional(4, &[2, 4]),
    };
    let network = network.unwrap();
    let loss = match seed / 5 % 3 {
        0 => Loss::Exponential,
        1 => Loss::logistic(),
        _ => Loss::Logistic { scale: ratio(3, 2), steepness: ratio(5, 4) },
    };
    let inputs = network.input_dimension();
    let x = Matrix::from_fn(4, inputs, |_, _| fraction());
    let data = Data::Examples { x, y: Matrix::from_fn(4, 1, |i, _| if i % 3 == 0 { (-1).into() } else { 1.into() }) };
    let shapes = network.layer_shapes();
    let weights = shapes.iter().map(|&(rows, columns)| Matrix::from_fn(rows, columns, |_, _| fraction())).collect();
    let normalisation = if seed.is_multiple_of(2) { Normalisation::Mean } else { Normalisation::Sum };
    Arc::new(Problem::new(network, loss, normalisation, data, weights, StepRule::Flow).unwrap())
}

fn reach(flow: &mut Flow, target: &Rational) {
    while flow.pass_to_log_risk(target).unwrap_or_else(|stop| panic!("{stop}")).is_some() {}
    let log_risk = flow.log_risk().unwrap();
    assert_eq!(log_risk.constant(target.clone()).at_most(&log_risk), Truth::True);
}

fn distance_below(one: &Flow, other: &Flow) -> Magnitude {
    let weights = |flow: &Flow| -> Vec<Ball> {
        flow.centre().iter().flat_map(|layer| layer.entries().to_vec()).map(|weight| weight.with_bits(400)).collect()
    };
    let apart = weights(one).into_iter().zip(weights(other)).map(|(one, other)| (one - other).least_absolute());
    Magnitude::euclidean(apart)
}

/// Both have the same orbit: where the risk of one is that of the other so are the weights, and the time that is told of the late one is that of the other.
#[test]
fn a_late_flow_is_the_flow_of_the_risk_in_another_time() {
    for seed in 0..30 {
        let problem = drawn(seed);
        let t = ratio(1 + seed as i64 % 7, 2);
        let mut flow = Flow::new(Arc::clone(&problem), 128, None).unwrap();
        flow.advance(&t).unwrap();
        let reached = -flow.around().risk().ln();
        let mut late = Flow::late(problem, 128, None).unwrap();
        reach(&mut late, &reached.midpoint().exact().unwrap());
        let slack = Magnitude::power_of_two(-80);
        let apart = distance_below(&flow, &late);
        assert!(apart <= flow.radius() + late.radius() + slack, "seed {seed}: {apart:?}");
        let (time, log_time) = late.elapsed().unwrap();
        let off = (time.clone().with_bits(400) - time.constant(t.clone())).least_absolute();
        assert!(off <= slack, "seed {seed}: {time:?} for {t}");
        assert!(time.radius() <= Magnitude::power_of_two(-20), "seed {seed}: {time:?}");
        let off = (log_time.clone().with_bits(400) - log_time.constant(t.clone()).with_bits(400).ln()).least_absolute();
        assert!(off <= slack, "seed {seed}: {log_time:?} for {t}");
    }
}

/// One weight, one example `z`, the exponential loss: `q = zw` and `w′ = z` in its own time, and `t = (e^{zw} − e^{zw_0})/z²` in that of the risk.
#[test]
fn one_weight_climbs_as_fast_as_its_example_is_long() {
    let number = |value: Rational| Matrix::row_vector(vec![value]);
    let data = Data::Examples { x: number(ratio(3, 2)), y: number(1.into()) };
    let (network, initial) = (Network::fully_connected(&[1, 1]).unwrap(), vec![number(ratio(1, 3))]);
    let normalisation = Normalisation::Sum;
    let problem = Problem::new(network, Loss::Exponential, normalisation, data, initial, StepRule::Flow).unwrap();
    for bits in [53, 128] {
        let mut late = Flow::late(Arc::new(problem.clone()), bits, None).unwrap();
        for target in [1, 10, 1000, 100_000] {
            reach(&mut late, &target.into());
            let exact = |value: Rational| Ball::from_rational(&value, 400);
            // −ln R = zw, so τ = (target/z − w_0)/z.
            let time = exact((Rational::from(target) * ratio(2, 3) - ratio(1, 3)) * ratio(2, 3));
            let off = (exact(late.time().clone()) - &time).greatest_absolute();
            let most = Magnitude::above_rational(&target.into()).scaled(4 - i64::from(bits.min(60)));
            assert!(off <= most + late.radius().scaled(2), "{bits} bits, {target}: {off:?}");
            let (_, log_time) = late.elapsed().unwrap();
            let start = exact(ratio(1, 2)).exp();
            let expected = ((exact(target.into()).exp() - start) * exact(ratio(4, 9))).ln();
            let off = (log_time.clone().with_bits(400) - &expected).least_absolute();
            // Where it stops −ln R is beyond the target by hardly more than is not known of it.
            assert!(
                off <= most.scaled(4) + late.log_risk().unwrap().radius().scaled(2),
                "{bits} bits, {target}: {off:?}"
            );
        }
    }
}

/// One layer and one example, or examples of which all but one are soon far behind: weights move evenly in the time of the smoothed margin, beside what vanishes. No step is too
/// long for it, and none so long that nothing is known.
#[test]
fn what_moves_evenly_is_followed_from_rest_to_far_away() {
    let eighths = |columns: usize, entries: &[i64]| {
        Matrix::from_entries(columns, entries.iter().map(|&entry| ratio(entry, 8)).collect::<Vec<Rational>>())
    };
    let cases = [
        (eighths(1, &[-6]), eighths(1, &[0])),
        (eighths(1, &[6]), eighths(1, &[3])),
        (eighths(3, &[6, 1, -3]), eighths(3, &[0, 0, 0])),
        (eighths(2, &[6, 1, 2, 5]), eighths(2, &[0, 0])),
        (eighths(2, &[4, 0, 8, 0, 9, 1]), eighths(2, &[0, 0])),
    ];
    for (number, (z, initial)) in cases.into_iter().enumerate() {
        for loss in [Loss::Exponential, Loss::logistic()] {
            for bits in [64, 128, 256] {
                let y = if number == 0 { -1 } else { 1 };
                let data = Data::Examples { x: z.clone(), y: Matrix::from_fn(z.rows(), 1, |_, _| y.into()) };
                let network = Network::fully_connected(&[z.columns(), 1]).unwrap();
                let initial = vec![initial.clone()];
                let problem = Problem::new(network, loss.clone(), Normalisation::Mean, data, initial, StepRule::Flow);
                let mut late = Flow::late(Arc::new(problem.unwrap()), bits, None).unwrap();
                for target in [ratio(5, 8), 1.into(), 50.into(), 100.into()] {
                    reach(&mut late, &target);
                }
                let most = if z.rows() > 1 { 100 } else { 45 };
                assert!(late.steps() < most, "{number}, {loss:?}, {bits} bits: {} steps", late.steps());
            }
        }
    }
}

/// Whoever follows a flow by its time and asks for a risk is told so at once.
#[test]
fn a_flow_by_its_time_is_sent_to_no_risk() {
    let mut flow = Flow::new(drawn(0), 64, None).unwrap();
    assert!(flow.pass_to_log_risk(&1.into()).is_err());
    assert_eq!(flow.steps(), 0);
}

/// At 160 bits a stiff flow goes by collocation as it does at 53, in tens of steps and not in thousands.
#[test]
fn more_bits_take_hardly_more_steps() {
    let matrix = |columns: usize, entries: &[i64]| {
        Matrix::from_entries(columns, entries.iter().map(|&entry| ratio(entry, 4)).collect())
    };
    let data = Data::Examples { x: matrix(2, &[4, 8, 8, 4, 12, -1]), y: matrix(1, &[4; 3]) };
    let (network, initial) =
        (Network::fully_connected(&[2, 1, 1]).unwrap(), vec![matrix(2, &[2, -1]), matrix(1, &[4])]);
    let rule = StepRule::Flow;
    let problem = Problem::new(network, Loss::Exponential, Normalisation::Mean, data, initial, rule).unwrap();
    let problem = Arc::new(problem);
    let target = ratio(10_000, 1);
    let steps = [53, 160].map(|bits| {
        let mut flow = Flow::late(Arc::clone(&problem), bits, None).unwrap();
        reach(&mut flow, &target);
        let log_risk = flow.log_risk().unwrap();
        assert!(log_risk.radius() <= Magnitude::above_rational(&target).scaled(60 - i64::from(bits)), "{log_risk:?}");
        flow.steps()
    });
    assert!(steps.iter().all(|&steps| steps < 60), "{steps:?}");
}

/// Where some weights move evenly and others do not, coefficients that are not known from zero are kept: without them the others are not followed.
#[test]
fn what_hardly_moves_holds_up_nothing() {
    let instance = Family::Flows.instance(1, 90).unwrap();
    let mut flow = Flow::late(Arc::clone(&instance.problem), 64, None).unwrap();
    reach(&mut flow, &ratio(100, 1));
    assert!(flow.steps() < 150, "{} steps", flow.steps());
}
