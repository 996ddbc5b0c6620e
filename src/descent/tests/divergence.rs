//! Nothing leaves the range of f64 unnamed, and a failed step leaves the last good state.

use rug::Rational;

use super::start;
use crate::descent::{Descent, Divergence, Outcome, StartError};
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
        Network::FullyConnected { widths: vec![1; weights.len() + 1] },
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
        assert_eq!(descent.step(), Outcome::Diverged(expected));
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
fn the_risk_may_overflow_before_the_step_does() {
    let mut descent = start(&chain(&[1e200], Loss::SquaredTarget, 0.0, 0.5));
    assert_eq!(descent.risk(), Err(Divergence::Risk));
    assert_eq!(descent.observe(), Err(Divergence::Risk));
    // The sum of squares of the weights overflows, the weights do not.
    assert_eq!(descent.step(), Outcome::Advanced);
    assert_eq!(descent.parameters(), [5e199]);
    let mut descent = start(&chain(&[-710.0], Loss::Exponential, 1.0, 1.0));
    assert_eq!(descent.risk(), Err(Divergence::Loss { example: 0 }));
}

#[test]
fn a_norm_may_overflow_before_a_weight_does() {
    let problem = Problem::new(
        Network::Diagonal { dim: 2, depth: 1 },
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
    let mut outcome = Outcome::Advanced;
    while outcome == Outcome::Advanced && descent.t() < 2000 {
        assert!(descent.parameters()[0].is_finite());
        outcome = descent.step();
    }
    assert_eq!(outcome, Outcome::Diverged(Divergence::Step { layer: 1 }));
    assert_eq!((descent.t(), descent.parameters()[0].abs()), (1023, 1023f64.exp2()));
}

#[test]
fn large_margins_are_no_divergence() {
    for x in [1e6, -1e6] {
        let mut descent = start(&chain(&[1.0], Loss::logistic(), x, 1e-6));
        assert_eq!(descent.risk(), Ok(if x > 0.0 { 0.0 } else { 1e6 }));
        assert_eq!(descent.step(), Outcome::Advanced);
        assert_eq!(descent.parameters(), [if x > 0.0 { 1.0 } else { 0.0 }]);
    }
}

#[test]
fn numbers_out_of_range_are_refused_by_name() {
    let huge = Rational::from(10) * (Rational::from(1) << 1030);
    let tiny = Rational::from(1) >> 1100;
    let problem = |weight: &Rational, x: &Rational, eta: &Rational, loss: Loss| {
        let data = Data::Examples { x: Matrix::row_vector(vec![x.clone()]), y: row(&[1.0]) };
        let network = Network::FullyConnected { widths: vec![1, 1] };
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
    assert_eq!(refused(&problem(&one, &large, &one, Loss::Squared)), key("data.x"));
    assert!(Descent::new(&problem(&one, &large, &one, Loss::Exponential)).is_ok());
}
