//! Small cases worked out by hand; all numbers are short binary fractions, so equality is exact.

use rug::Rational;

use super::definition::columns_of_the_map;
use super::samples::{Source, networks};
use super::{advance, start};
use crate::descent::Descent;
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

/// A matrix of binary fractions, given as rows.
fn matrix(rows: &[&[f64]]) -> Matrix<Rational> {
    let exact = |row: &&[f64]| row.iter().map(|&entry| Rational::from_f64(entry).unwrap()).collect();
    Matrix::from_rows(rows.iter().map(exact).collect()).unwrap()
}

fn problem(network: Network, loss: Loss, data: Data, initial: Vec<Matrix<Rational>>, eta: f64) -> Problem {
    let eta = StepRule::Constant(Rational::from_f64(eta).unwrap());
    Problem::new(network, loss, Normalisation::Sum, data, initial, eta).unwrap()
}

fn stepped(problem: &Problem) -> Descent {
    let mut descent = start(problem);
    advance(&mut descent);
    assert_eq!(descent.t(), 1);
    descent
}

fn widths(widths: &[usize]) -> Network {
    Network::fully_connected(widths).unwrap()
}

#[test]
fn two_layers_with_one_output() {
    // W_2 W_1 = [1 1], Φ = [1 0]: the pull is ¼[0 −1]; W_2 += pull·W_1ᵀ, W_1 += W_2ᵀ·pull.
    let initial = vec![matrix(&[&[1.0, 2.0], &[0.0, 1.0]]), matrix(&[&[1.0, -1.0]])];
    let target = Data::Target(matrix(&[&[1.0, 0.0]]));
    let problem = problem(widths(&[2, 2, 1]), Loss::SquaredTarget, target, initial, 0.25);
    let mut descent = start(&problem);
    assert_eq!(descent.end_to_end(), Ok(Matrix::row_vector(vec![1.0, 1.0])));
    assert_eq!(descent.risk(), Ok(0.5));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [1.0, 1.75, 0.0, 1.25, 0.5, -1.25]);
    assert_eq!(descent.weights(1), Matrix::from_rows(vec![vec![1.0, 1.75], vec![0.0, 1.25]]).unwrap());
    assert_eq!(descent.weights(2), Matrix::row_vector(vec![0.5, -1.25]));
    // What was asked for before the step must not linger: [½ −5/4]·W_1 = [½ 7/8 − 25/16].
    assert_eq!(descent.end_to_end(), Ok(Matrix::row_vector(vec![0.5, -0.6875])));
    assert_eq!(descent.risk(), Ok(0.5 * (0.25 + 0.6875 * 0.6875)));
}

#[test]
fn two_layers_with_two_outputs() {
    // W_2 W_1 = [1; 3], Φ = [0; 1]: the pull is ½[−1; −2].
    let initial = vec![matrix(&[&[1.0], &[2.0]]), matrix(&[&[1.0, 0.0], &[1.0, 1.0]])];
    let target = Data::Target(matrix(&[&[0.0], &[1.0]]));
    let problem = problem(widths(&[1, 2, 2]), Loss::SquaredTarget, target, initial, 0.5);
    let mut descent = start(&problem);
    assert_eq!(descent.risk(), Ok(2.5));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [-0.5, 1.0, 0.5, -1.0, 0.0, -1.0]);
}

#[test]
fn one_layer_and_the_moments_of_the_data() {
    // x = (1, 2), (0, 1) with y = 1, 3 and w = [1 0]: residuals 0 and −3, the gradient is −3·(0, 1).
    let data = Data::Examples { x: matrix(&[&[1.0, 2.0], &[0.0, 1.0]]), y: matrix(&[&[1.0], &[3.0]]) };
    let problem = problem(widths(&[2, 1]), Loss::Squared, data, vec![matrix(&[&[1.0, 0.0]])], 0.5);
    let mut descent = start(&problem);
    assert_eq!(descent.risk(), Ok(4.5));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [1.0, 1.5]);
}

#[test]
fn diagonal_layers() {
    // v = (3, −2), f(1, 1) = 1 against the label 0: the gradient in v is (1, 1).
    let data = Data::Examples { x: matrix(&[&[1.0, 1.0]]), y: matrix(&[&[0.0]]) };
    let initial = vec![matrix(&[&[1.0, 2.0]]), matrix(&[&[3.0, -1.0]])];
    let problem = problem(Network::diagonal(2, 2).unwrap(), Loss::Squared, data, initial, 0.5);
    let mut descent = start(&problem);
    assert_eq!(descent.end_to_end(), Ok(Matrix::row_vector(vec![3.0, -2.0])));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [-0.5, 2.5, 2.5, -2.0]);
}

#[test]
fn a_diagonal_layer_with_zeros() {
    // w_1 = (0, 2), w_2 = (0, 1), w_3 = (5, 1): two zeros stop the first entry, the second follows 2·1·1.
    let target = Data::Target(matrix(&[&[1.0, 3.0]]));
    let initial = vec![matrix(&[&[0.0, 2.0]]), matrix(&[&[0.0, 1.0]]), matrix(&[&[5.0, 1.0]])];
    let problem = problem(Network::diagonal(2, 3).unwrap(), Loss::SquaredTarget, target, initial, 1.0);
    assert_eq!(stepped(&problem).parameters(), [0.0, 3.0, 0.0, 3.0, 5.0, 3.0]);
}

#[test]
fn convolutional_layers() {
    // w_1 = (1, 2), w_2 = (1, 0, −1): the end-to-end vector is (−1, 2, −1). With x = e_1 and y = 0 the slope is f = −1.
    let data = Data::Examples { x: matrix(&[&[1.0, 0.0, 0.0]]), y: matrix(&[&[0.0]]) };
    let initial = vec![matrix(&[&[1.0, 2.0]]), matrix(&[&[1.0, 0.0, -1.0]])];
    let network = Network::convolutional(3, &[2, 3]).unwrap();
    let problem = problem(network, Loss::Squared, data, initial, 0.5);
    let mut descent = start(&problem);
    assert_eq!(descent.end_to_end(), Ok(Matrix::row_vector(vec![-1.0, 2.0, -1.0])));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [1.5, 1.5, 1.5, 0.0, 0.0]);
}

#[test]
fn the_logistic_loss_with_scale_and_steepness() {
    // At margin 0 the steepness is ½: W⁺ = η·cb·½·y·x, with c = ½, b = 4, y = −1.
    let data = Data::Examples { x: matrix(&[&[2.0, 4.0]]), y: matrix(&[&[-1.0]]) };
    let loss = Loss::Logistic { scale: Rational::from((1, 2)), steepness: Rational::from(4) };
    let problem = problem(widths(&[2, 1]), loss, data, vec![matrix(&[&[0.0, 0.0]])], 1.0);
    let mut descent = start(&problem);
    assert_eq!(descent.risk(), Ok(0.5 * std::f64::consts::LN_2));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [-2.0, -4.0]);
    // Now the margin is 20 and the exponent 80: e^{−80} is all that is left of the loss.
    let risk = descent.risk().unwrap();
    assert!((risk / (0.5 * (-80.0f64).exp()) - 1.0).abs() < 1e-15, "{risk}");
}

#[test]
fn the_exponential_loss() {
    let data = Data::Examples { x: matrix(&[&[2.0, 4.0], &[1.0, 0.0]]), y: matrix(&[&[-1.0], &[1.0]]) };
    let problem = problem(widths(&[2, 1]), Loss::Exponential, data, vec![matrix(&[&[0.0, 0.0]])], 0.5);
    let mut descent = start(&problem);
    assert_eq!(descent.risk(), Ok(2.0));
    advance(&mut descent);
    assert_eq!(descent.parameters(), [-0.5, -2.0]);
}

/// The same run under the mean with η and under the sum with η/n is the same to the bit when n is a power of two.
#[test]
fn mean_and_sum_differ_by_n_alone() {
    for loss in [Loss::logistic(), Loss::Exponential, Loss::Squared] {
        let data = Data::Examples {
            x: matrix(&[&[0.3, -0.7], &[0.9, 0.2], &[-0.4, 0.6], &[0.1, 0.1]]),
            y: matrix(&[&[1.0], &[-1.0], &[1.0], &[-1.0]]),
        };
        let run = |normalisation, eta: Rational| {
            let initial = vec![matrix(&[&[0.3, 0.4], &[-0.5, 0.6]]), matrix(&[&[0.7, 0.8]])];
            let (network, step) = (widths(&[2, 2, 1]), StepRule::Constant(eta));
            let problem = Problem::new(network, loss.clone(), normalisation, data.clone(), initial, step).unwrap();
            let mut descent = start(&problem);
            let risk = descent.risk().unwrap();
            for _ in 0..10 {
                advance(&mut descent);
            }
            (risk, descent.parameters().to_vec())
        };
        let (mean_risk, mean) = run(Normalisation::Mean, Rational::from((1, 4)));
        let (sum_risk, sum) = run(Normalisation::Sum, Rational::from((1, 16)));
        assert_eq!(4.0 * mean_risk, sum_risk);
        assert_eq!(mean, sum);
    }
}

#[test]
fn weights_can_be_set() {
    let target = Data::Target(matrix(&[&[1.0, 0.0]]));
    let initial = vec![matrix(&[&[1.0, 2.0], &[0.0, 1.0]]), matrix(&[&[1.0, -1.0]])];
    let problem = problem(widths(&[2, 2, 1]), Loss::SquaredTarget, target, initial, 0.25);
    let mut first = start(&problem);
    advance(&mut first);
    let between = first.parameters().to_vec();
    let mut second = start(&problem);
    assert!(second.risk().is_ok());
    second.set_weights(&between).unwrap();
    assert_eq!((second.t(), second.risk()), (0, first.risk()));
    advance(&mut first);
    advance(&mut second);
    assert_eq!(first.parameters(), second.parameters());
    assert!(second.set_weights(&between[1..]).is_err());
    assert!(second.set_weights(&[f64::NAN, 0.0, 0.0, 0.0, 0.0, 0.0]).is_err());
    assert_eq!(first.parameters(), second.parameters());
}

#[test]
fn the_risk_keeps_its_digits_near_zero() {
    // The fit is exact up to 2⁻⁴⁰; the moments are of order 1, so their difference would be noise of order 2⁻⁵².
    let data = Data::Examples { x: matrix(&[&[1.0, 0.5], &[0.3, 1.0]]), y: matrix(&[&[1.0], &[0.3]]) };
    let near = 1.0 + (-40f64).exp2();
    let problem = problem(widths(&[2, 1]), Loss::Squared, data, vec![matrix(&[&[near, 0.0]])], 0.5);
    let risk = start(&problem).risk().unwrap();
    let exact = 0.5 * (-80f64).exp2() * (1.0 + 0.09);
    assert!((risk / exact - 1.0).abs() < 1e-3, "{risk} {exact}");
}

/// The network as it is defined, applied to each unit vector, against the product of its layers. Weights k/16 with few bits
/// make both exact.
#[test]
fn the_end_to_end_map_is_the_network() {
    for (seed, network) in networks().into_iter().enumerate() {
        let mut source = Source::new(seed as u64);
        let shapes = network.layer_shapes();
        let initial: Vec<_> = shapes
            .into_iter()
            .map(|(rows, columns)| {
                Matrix::from_fn(rows, columns, |_, _| {
                    Rational::from_f64((source.uniform() * 16.0).round() / 16.0).unwrap()
                })
            })
            .collect();
        let target = Matrix::from_fn(network.output_dimension(), network.input_dimension(), |_, _| Rational::new());
        let problem = problem(network.clone(), Loss::SquaredTarget, Data::Target(target), initial, 1.0);
        let mut descent = start(&problem);
        let map = descent.end_to_end().unwrap();
        let columns = columns_of_the_map(&network, descent.parameters());
        for (j, column) in columns.iter().enumerate() {
            for (i, entry) in column.iter().enumerate() {
                assert_eq!(map[(i, j)], *entry, "{network:?}");
            }
        }
    }
}
