//! The smoothness rule.

use rug::{Float, Integer, Rational};

use super::samples::Source;
use super::{advance, start};
use crate::descent::StartError;
use crate::descent::{Descent, StepOutcome};
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};

fn exact(value: f64) -> Rational {
    Rational::from_f64(value).unwrap()
}

/// A logistic problem on a fully-connected network with the given weights, all labels 1.
fn problem(widths: &[usize], loss: Loss, x: &[&[f64]], weights: &[&[f64]]) -> Problem {
    let mut initial = Vec::new();
    for (pair, layer) in widths.windows(2).zip(weights) {
        initial.push(Matrix::from_fn(pair[1], pair[0], |i, j| exact(layer[i * pair[0] + j])));
    }
    let rows = x.iter().map(|row| row.iter().map(|&entry| exact(entry)).collect()).collect();
    Problem::new(
        Network::fully_connected(widths).unwrap(),
        loss,
        Normalisation::Mean,
        Data::Examples {
            x: Matrix::from_rows(rows).unwrap(),
            y: Matrix::from_fn(x.len(), 1, |_, _| Rational::from(1)),
        },
        initial,
        StepRule::Smoothness,
    )
    .unwrap()
}

fn radius(descent: &Descent) -> Rational {
    descent.radius().unwrap().clone()
}

/// `min{1/β(R), 1}` in 200 bits, by the formula of the rule.
fn eta_of(radius: &Rational, depth: u32, scale: f64, b: f64) -> f64 {
    let power = (1..depth).fold(Float::with_val(200, 1), |power, _| power * radius * radius);
    let slope = Float::with_val(200, scale) * b * b / 4u32 + Float::with_val(200, scale) * b;
    let beta = power * 2u32 * depth * depth * slope;
    if beta <= 1 { 1.0 } else { beta.recip().to_f64() }
}

#[test]
fn the_first_radius_is_the_least_multiple_that_fits() {
    let at = |weights: [f64; 2]| radius(&start(&problem(&[2, 1], Loss::logistic(), &[&[1.0, 0.0]], &[&weights])));
    assert_eq!(at([0.0, 0.0]), 1);
    // ‖(3/4, 1)‖ = 20/16: a tie, inside.
    assert_eq!(at([0.75, 1.0]), Rational::from((36, 16)));
    assert_eq!(at([0.75, 1.0 + f64::EPSILON]), Rational::from((37, 16)));
    assert_eq!(at([0.75, 1.0 - f64::EPSILON]), Rational::from((36, 16)));
    assert_eq!(at([1.0, 0.0]), 2);
    // The square exceeds 1 by 2⁻⁶⁰, which an f64 sum does not see.
    assert_eq!(at([1.0, (-30f64).exp2()]), Rational::from((33, 16)));
    // The norm is positive, its square underflows.
    assert_eq!(at([1e-300, 0.0]), Rational::from((17, 16)));
    assert_eq!(at([1.0 / 16.0, 0.0]), Rational::from((17, 16)));
    // The square overflows.
    let expected = Rational::from(Integer::from_f64(1e200).unwrap()) + 1u32;
    assert_eq!(at([1e200, 0.0]), expected);
    // The square exceeds 2⁸⁰ by 1, which an f64 sum does not see either.
    assert_eq!(at([40f64.exp2(), 1.0]), Rational::from(1u64 << 40) + Rational::from((17, 16)));
    // A tie whose square f64 rounds upward: (2²⁸ + 3)² is 9 above a multiple of 16.
    let tie = 24f64.exp2() + 3.0 / 16.0;
    assert_eq!(at([tie, 0.0]), exact(tie) + 1u32);
}

#[test]
fn a_start_at_zero_leaves_the_least_radius_at_once() {
    let mut descent = start(&problem(&[1, 1], Loss::logistic(), &[&[1.0]], &[&[0.0]]));
    assert_eq!((radius(&descent), descent.eta()), (Rational::from(1), 0.4));
    // w = 0.4/2 after the step: 3.2 sixteenths.
    advance(&mut descent);
    assert_eq!(radius(&descent), Rational::from((20, 16)));
}

#[test]
fn the_largest_layer_decides() {
    let weights: [&[f64]; 3] = [&[0.4], &[-2.0], &[1.0]];
    assert_eq!(radius(&start(&problem(&[1, 1, 1, 1], Loss::logistic(), &[&[1.0]], &weights))), 3);
}

#[test]
fn the_step_size_is_the_exact_rational_rounded_once() {
    // L = 1: β = 2(¼ + 1) whatever R is.
    assert_eq!(start(&problem(&[1, 1], Loss::logistic(), &[&[1.0]], &[&[3.0]])).eta(), 0.4);
    // L = 2, R = 2: β = 8·4·5/4 = 40.
    assert_eq!(start(&problem(&[1, 1, 1], Loss::logistic(), &[&[1.0]], &[&[1.0], &[1.0]])).eta(), 0.025);
    // L = 3, R = 2: β = 18·16·5/4 = 360.
    let three: [&[f64]; 3] = [&[1.0], &[1.0], &[1.0]];
    assert_eq!(start(&problem(&[1, 1, 1, 1], Loss::logistic(), &[&[1.0]], &three)).eta(), 1.0 / 360.0);
    // A small scale makes β < 1, and then the step is 1: c = 1/64, b = 2, R = 1, L = 1: β = 2(1/64 + 1/32).
    let small = Loss::Logistic { scale: Rational::from((1, 64)), steepness: Rational::from(2) };
    assert_eq!(start(&problem(&[1, 1], small, &[&[1.0]], &[&[0.0]])).eta(), 1.0);
    // c = 1/4, b = 4: β_ℓ = 1, G_ℓ = 1.
    let scaled = Loss::Logistic { scale: Rational::from((1, 4)), steepness: Rational::from(4) };
    assert_eq!(start(&problem(&[1, 1, 1], scaled, &[&[1.0]], &[&[0.0], &[0.0]])).eta(), 1.0 / 16.0);
}

/// The radius of every step of real runs, recomputed from the exact norms.
#[test]
fn the_radius_follows_the_norms() {
    let mut changes = 0;
    for seed in 0..6 {
        let mut source = Source::new(seed);
        let widths: &[usize] = [&[2, 1][..], &[2, 3, 1], &[2, 2, 2, 1]][seed as usize % 3];
        let weights: Vec<Vec<f64>> =
            widths.windows(2).map(|pair| (0..pair[0] * pair[1]).map(|_| 0.4 * source.uniform()).collect()).collect();
        let weights: Vec<&[f64]> = weights.iter().map(Vec::as_slice).collect();
        let x: [&[f64]; 2] = [&[1.0, 0.25], &[0.75, 0.5]];
        let mut descent = start(&problem(widths, Loss::logistic(), &x, &weights));
        let depth = widths.len() as u32 - 1;
        let mut expected: Option<Rational> = None;
        for _ in 0..400 {
            let largest = (1..=depth as usize)
                .map(|k| descent.weights(k).entries().iter().map(|&w| exact(w).square()).sum::<Rational>())
                .max()
                .unwrap();
            let inside = |radius: &Rational| Rational::from(radius - 1u32).square() >= largest;
            if !expected.as_ref().is_some_and(&inside) {
                let mut least = Rational::from(1);
                while !inside(&least) {
                    least += Rational::from((1, 16));
                }
                changes += u32::from(expected.is_some());
                expected = Some(least);
            }
            assert_eq!(descent.radius(), expected.as_ref());
            assert_eq!(descent.eta(), eta_of(expected.as_ref().unwrap(), depth, 1.0, 1.0));
            advance(&mut descent);
        }
    }
    assert!(changes >= 10, "the radius changed only {changes} times");
}

#[test]
fn a_tie_after_a_step_is_inside() {
    // x = 0 has no gradient: the norm stays at R − 1 exactly.
    let mut descent = start(&problem(&[2, 1], Loss::logistic(), &[&[0.0, 0.0]], &[&[0.75, 1.0]]));
    for _ in 0..3 {
        assert_eq!(descent.step(), StepOutcome::Advanced);
        assert_eq!(radius(&descent), Rational::from((36, 16)));
    }
}

#[test]
fn a_step_across_a_tie_is_noticed_where_a_sum_in_f64_is_not() {
    // From (1, 0) with R = 2, the second weight moves to 0.2·2⁻²⁸: the square of the norm, 1 + 2⁻⁶⁰·⁶, is 1 in f64.
    let mut descent = start(&problem(&[2, 1], Loss::logistic(), &[&[0.0, (-28f64).exp2()]], &[&[1.0, 0.0]]));
    assert_eq!(radius(&descent), 2);
    advance(&mut descent);
    let weights = descent.parameters();
    assert_eq!(weights[0] * weights[0] + weights[1] * weights[1], 1.0);
    assert_eq!(radius(&descent), Rational::from((33, 16)));
}

#[test]
fn the_rule_needs_the_logistic_loss() {
    let data = Data::Target(Matrix::row_vector(vec![Rational::from(1)]));
    let initial = vec![Matrix::row_vector(vec![Rational::from(1)])];
    let network = Network::fully_connected(&[1, 1]).unwrap();
    let problem = Problem::new(network, Loss::SquaredTarget, Normalisation::Sum, data, initial, StepRule::Smoothness);
    // Whoever notices first.
    if let Ok(problem) = problem {
        assert_eq!(Descent::new(&problem).map(|_| ()), Err(StartError::SmoothnessNeedsLogistic));
    }
}

#[test]
fn a_restart_finds_its_own_radius() {
    let mut descent = start(&problem(&[1, 1], Loss::logistic(), &[&[1.0]], &[&[3.0]]));
    assert_eq!(radius(&descent), 4);
    descent.set_weights(&[0.5]).unwrap();
    assert_eq!(radius(&descent), Rational::from((3, 2)));
}
