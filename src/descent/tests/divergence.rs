//! Nothing leaves the range of f64 unnamed, and a failed step leaves the last good state.

use rug::Rational;

use super::start;
use crate::descent::{Descent, Divergence, StartError, StepOutcome};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

fn row(entries: &[f64]) -> Matrix<Rational> {
    Matrix::row_vector(entries.iter().map(|&entry| Rational::from_f64(entry).unwrap()).collect())
}

/// Layers of width 1 with the given weights, on `x` with label 1 or on the target `x`.
fn chain(weights: &[f64], loss: Loss, x: f64, eta: f64) -> Problem {
    let data = match loss {
        Loss::SquaredTarget => Data::Target(row(&[x])),
        _ => Data::Examples { x: row(&[x]), y: row(&[1.0]) },
    };
    Problem::new(
        Network::fully_connected(&vec![1; weights.len() + 1]).unwrap(),
        loss,
        Normalisation::Sum,
        data,
        weights.iter().map(|&weight| row(&[weight])).collect(),
        StepRule::Constant(Rational::from_f64(eta).unwrap()),
    )
    .unwrap()
}

/// Takes a step that must fail in the given way and change nothing.
fn diverges(descent: &mut Descent, expected: Divergence) {
    let (t, before) = (descent.t(), descent.parameters().to_vec());
    for _ in 0..2 {
        assert_eq!(descent.step(), StepOutcome::Diverged(expected));
        assert_eq!((descent.t(), descent.parameters()), (t, &before[..]));
    }
}

#[test]
fn each_overflow_has_a_name() {
    diverges(&mut start(&chain(&[1e200, 1e200], Loss::logistic(), 1.0, 1.0)), Divergence::EndToEnd);
    diverges(&mut start(&chain(&[1e300], Loss::logistic(), 1e10, 1.0)), Divergence::Margin { example: 0 });
    diverges(&mut start(&chain(&[-1e300], Loss::Exponential, 1e10, 1.0)), Divergence::Margin { example: 0 });
    diverges(&mut start(&chain(&[-710.0], Loss::Exponential, 1.0, 1.0)), Divergence::Loss { example: 0 });
    diverges(&mut start(&chain(&[0.0], Loss::SquaredTarget, 1e308, 10.0)), Divergence::Step { layer: 1 });
    diverges(&mut start(&chain(&[1e-10, 1e300], Loss::SquaredTarget, 1e295, 1.0)), Divergence::Step { layer: 1 });
}

#[test]
fn the_risk_may_overflow_before_the_weights_do() {
    let overflows = chain(&[1e200], Loss::SquaredTarget, 0.0, 0.5);
    let mut descent = start(&overflows);
    assert_eq!(descent.risk(), Err(Divergence::Risk));
    assert_eq!(descent.observe(), Err(Divergence::Risk));
    // Halved, the weight is a number, but its square is none.
    diverges(&mut descent, Divergence::Risk);
    let mut descent = start(&chain(&[1e200], Loss::SquaredTarget, 0.0, 1.0));
    assert_eq!(descent.step(), StepOutcome::Advanced);
    assert_eq!(descent.parameters(), [0.0]);
    let mut descent = start(&chain(&[-710.0], Loss::Exponential, 1.0, 1.0));
    assert_eq!(descent.risk(), Err(Divergence::Loss { example: 0 }));
}

/// The number of steps of a run that is taken so many at a time, how it ends, and where.
fn ending(problem: &Problem, at_a_time: u64, observed: bool) -> (u64, Option<Divergence>, Vec<u64>) {
    let mut descent = start(problem);
    let mut divergence = None;
    while divergence.is_none() && descent.t() < 2000 {
        match descent.advance(at_a_time) {
            StepOutcome::Advanced if observed => assert!(descent.observe().is_ok(), "{}", descent.t()),
            StepOutcome::Advanced => {}
            StepOutcome::Diverged(of) => divergence = Some(of),
        }
    }
    (descent.t(), divergence, descent.parameters().iter().map(|weight| weight.to_bits()).collect())
}

#[test]
fn a_run_ends_at_the_same_step_whoever_looks_at_it() {
    let matrix = |rows: usize, columns: usize, scale: f64| {
        let entry = |i: usize, j: usize| Rational::from_f64(scale * (1.0 + (3 * i + 5 * j) as f64 % 7.0)).unwrap();
        Matrix::from_fn(rows, columns, entry)
    };
    let problem = |network: Network, loss: Loss, scale: f64, eta: f64| {
        let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
        let data = match loss {
            Loss::SquaredTarget => Data::Target(matrix(outputs, inputs, 1.0)),
            Loss::Squared => Data::Examples { x: matrix(3, inputs, 1.0), y: matrix(3, outputs, 1.0) },
            _ => Data::Examples {
                x: matrix(3, inputs, 1.0),
                y: Matrix::from_fn(3, 1, |i, _| Rational::from(1 - 2 * (i as i32 % 2))),
            },
        };
        let initial = network.layer_shapes().iter().map(|&(rows, columns)| matrix(rows, columns, scale)).collect();
        let step = StepRule::Constant(Rational::from_f64(eta).unwrap());
        Problem::new(network, loss, Normalisation::Mean, data, initial, step).unwrap()
    };
    let full = |widths: &[usize]| Network::fully_connected(widths).unwrap();
    let conv = Network::convolutional(4, &[2, 4]).unwrap();
    let logistic = |scale: f64, steepness: f64| Loss::Logistic {
        scale: Rational::from_f64(scale).unwrap(),
        steepness: Rational::from_f64(steepness).unwrap(),
    };
    // The slope is as good as constant, and both weights grow by 2^1015 a step.
    let two_that_grow = Problem::new(
        full(&[2, 1]),
        logistic(1022f64.exp2(), (-1022f64).exp2()),
        Normalisation::Mean,
        Data::Examples { x: row(&[0.5, 0.5]), y: row(&[1.0]) },
        vec![row(&[0.0, 0.0])],
        StepRule::Constant(Rational::from(1) << 1017),
    )
    .unwrap();
    let cases = [
        problem(full(&[2, 1]), Loss::Squared, 0.0, 10.0),
        problem(full(&[2, 1]), Loss::Squared, 0.0, 0.06),
        problem(full(&[3, 2]), Loss::Squared, 0.1, 0.09),
        problem(full(&[3, 3, 2]), Loss::Squared, 0.1, 0.2),
        problem(full(&[4, 2]), Loss::SquaredTarget, 0.1, 2.5),
        problem(Network::diagonal(3, 1).unwrap(), Loss::SquaredTarget, 0.5, 2.8),
        problem(Network::diagonal(3, 2).unwrap(), Loss::SquaredTarget, 0.5, 1.0),
        problem(Network::diagonal(3, 6).unwrap(), Loss::SquaredTarget, 0.5, 1.0),
        problem(conv.clone(), Loss::SquaredTarget, 0.5, 1.0),
        problem(conv, Loss::Squared, 0.5, 1.0),
        problem(full(&[2, 1]), Loss::Exponential, 0.01, 0.5),
        problem(full(&[2, 2, 1]), Loss::Exponential, 0.05, 0.3),
        problem(full(&[20, 1]), Loss::Exponential, 0.005, 0.01),
        problem(full(&[2, 1]), logistic(1e10, 1e150), 0.01, 1e-10),
        two_that_grow,
    ];
    let mut ways = std::collections::BTreeSet::new();
    for problem in &cases {
        let expected = ending(problem, 1, true);
        let Some(divergence) = expected.1 else { panic!("{problem:?}") };
        ways.insert(format!("{divergence}").split(' ').nth(1).unwrap().to_owned());
        for (at_a_time, observed) in [(1, false), (2000, true), (7, true), (50, false), (3, true)] {
            assert_eq!(ending(problem, at_a_time, observed), expected, "{at_a_time} at a time: {problem:?}");
        }
    }
    assert!(ways.contains("risk") && ways.len() >= 3, "{ways:?}");
}

#[test]
fn a_norm_may_overflow_before_a_weight_does() {
    let problem = Problem::new(
        Network::diagonal(2, 1).unwrap(),
        Loss::SquaredTarget,
        Normalisation::Sum,
        Data::Target(row(&[1.5e308, 1.5e308])),
        vec![row(&[1.5e308, 1.5e308])],
        StepRule::Constant(Rational::from(1)),
    )
    .unwrap();
    assert_eq!(start(&problem).observe(), Err(Divergence::Norm { layer: 1 }));
}

#[test]
fn a_run_that_doubles_its_error_ends_by_name() {
    // w ↦ w − 3w = −2w.
    let mut descent = start(&chain(&[1.0], Loss::SquaredTarget, 0.0, 3.0));
    let mut outcome = StepOutcome::Advanced;
    while outcome == StepOutcome::Advanced && descent.t() < 2000 {
        assert!(descent.parameters()[0].is_finite());
        outcome = descent.step();
    }
    assert_eq!(outcome, StepOutcome::Diverged(Divergence::Risk));
    assert_eq!((descent.t(), descent.parameters()[0].abs()), (511, 511f64.exp2()));
}

#[test]
fn large_margins_are_no_divergence() {
    for x in [1e6, -1e6] {
        let mut descent = start(&chain(&[1.0], Loss::logistic(), x, 1e-6));
        assert_eq!(descent.risk(), Ok(if x > 0.0 { 0.0 } else { 1e6 }));
        assert_eq!(descent.step(), StepOutcome::Advanced);
        assert_eq!(descent.parameters(), [if x > 0.0 { 1.0 } else { 0.0 }]);
    }
}

#[test]
fn numbers_out_of_range_are_refused_by_name() {
    let huge = Rational::from(10) * (Rational::from(1) << 1030);
    let tiny = Rational::from(1) >> 1100;
    let problem = |weight: &Rational, x: &Rational, eta: &Rational, loss: Loss| {
        let data = Data::Examples { x: Matrix::row_vector(vec![x.clone()]), y: row(&[1.0]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let initial = vec![Matrix::row_vector(vec![weight.clone()])];
        let step = StepRule::Constant(eta.clone());
        Problem::new(network, loss, Normalisation::Mean, data, initial, step).unwrap()
    };
    let one = Rational::from(1);
    let refused = |problem: &Problem| Descent::new(problem).map(|_| ()).unwrap_err();
    let key = |key| StartError::OutOfRange { key };
    assert_eq!(refused(&problem(&huge, &one, &one, Loss::Squared)), key("init.weights"));
    assert_eq!(refused(&problem(&one, &huge, &one, Loss::Squared)), key("data.x"));
    assert_eq!(refused(&problem(&one, &huge, &one, Loss::Exponential)), key("data.x"));
    assert_eq!(refused(&problem(&one, &one, &huge, Loss::Squared)), key("step.eta"));
    assert_eq!(refused(&problem(&one, &one, &tiny, Loss::Squared)), key("step.eta"));
    let steep = Loss::Logistic { scale: one.clone(), steepness: huge.clone() };
    assert_eq!(refused(&problem(&one, &one, &one, steep)), key("loss.steepness"));
    // Each number is in range, the second moment is not.
    let large = Rational::from_f64(1e200).unwrap();
    let product = StartError::ProductOutOfRange { key: "data.x", what: "the sum of the products of two features" };
    assert_eq!(refused(&problem(&one, &large, &one, Loss::Squared)), product);
    assert!(Descent::new(&problem(&one, &large, &one, Loss::Exponential)).is_ok());
}
