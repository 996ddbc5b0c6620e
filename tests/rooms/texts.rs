//! The gradient of the reference as a recorded text, against the reference itself: its value, and coefficient by coefficient the Taylor series of
//! its run over jets.

use std::sync::Arc;

use gradient_witness::number::{Ball, Exact, Jet, Real, Recorded, Ring, Text, Truth};
use gradient_witness::problem::{Loss, Matrix, Problem};
use gradient_witness::reference::{Point, Setting};
use rug::Rational;

use crate::reference::{Draw, problems};

/// The entries of all matrices, one after the other.
fn entries<T: Clone>(matrices: &[Matrix<T>]) -> Vec<T> {
    matrices.iter().flat_map(Matrix::entries).cloned().collect()
}

/// Matrices shaped as the weights of the problem, of these entries.
fn weights<T: Clone>(problem: &Problem, entries: &[T]) -> Vec<Matrix<T>> {
    let mut rest = entries;
    let shapes = problem.network().layer_shapes();
    let layers = shapes.iter().map(|&(rows, columns)| {
        let (own, others) = rest.split_at(rows * columns);
        rest = others;
        Matrix::from_entries(columns, own.to_vec())
    });
    layers.collect()
}

fn gradient<T: Real>(problem: &Arc<Problem>, entries_of_weights: &[T], bits: u32) -> Vec<T> {
    let setting = Arc::new(Setting::new(Arc::clone(problem), bits));
    entries(Point::new(setting, weights(problem, entries_of_weights)).gradient())
}

fn text(problem: &Arc<Problem>) -> Text {
    let inputs = entries(problem.initial()).len();
    Text::record(inputs, |x: &[Recorded]| gradient(problem, x, 64)).expect("the gradient can be recorded")
}

fn lifted<T: Ring>(values: &[Rational], bits: u32) -> Vec<T> {
    values.iter().map(|value| T::from_rational(value, bits)).collect()
}

fn name(problem: &Problem) -> String {
    format!("{:?}, {:?}, {:?}", problem.network(), problem.loss(), problem.normalisation())
}

fn is_squared(problem: &Problem) -> bool {
    matches!(problem.loss(), Loss::Squared | Loss::SquaredTarget)
}

/// Whether two balls meet, and are narrow beside a number of their size.
fn are_near(one: &Ball, other: &Ball) -> bool {
    let room = Real::max(one.clone().abs(), &one.constant(1)).upper_f64() * 1e-20;
    one.may_meet(other) && (one.clone() - other).abs().upper_f64() < room
}

#[test]
fn a_recorded_gradient_is_the_gradient() {
    for problem in problems().into_iter().map(Arc::new) {
        let (text, values) = (text(&problem), entries(problem.initial()));
        let bits = 128;
        let balls: Vec<Ball> = lifted(&values, bits);
        let expected = gradient(&problem, &balls, bits);
        let found = text.evaluate(&balls, bits);
        assert_eq!((text.inputs(), text.outputs()), (values.len(), expected.len()));
        for (found, expected) in found.iter().zip(&expected) {
            assert!(are_near(found, expected), "{}: {found:?} {expected:?}", name(&problem));
        }
        if is_squared(&problem) {
            let numbers: Vec<Exact> = lifted(&values, bits);
            let expected = gradient(&problem, &numbers, bits);
            for (found, expected) in text.evaluate(&numbers, bits).iter().zip(&expected) {
                assert_eq!(found.equals(expected), Truth::True, "{}", name(&problem));
            }
        }
    }
}

/// The coefficients of the gradient along `W(t) = Σ W_n t^n`, by jets.
fn by_jets<T: Real>(problem: &Arc<Problem>, coefficients: &[Vec<T>], bits: u32) -> Vec<Jet<T>> {
    let jets: Vec<Jet<T>> = (0..coefficients[0].len())
        .map(|weight| Jet::new(coefficients.iter().map(|row| row[weight].clone()).collect()))
        .collect();
    gradient(problem, &jets, bits)
}

fn compare<T: Real>(problem: &Arc<Problem>, values: &[Vec<Rational>], bits: u32, agree: impl Fn(&T, &T) -> bool) {
    let coefficients: Vec<Vec<T>> = values.iter().map(|row| lifted(row, bits)).collect();
    let jets = by_jets(problem, &coefficients, bits);
    let text = text(problem);
    let mut series = text.series::<T>(bits);
    // The second time from the room of the first.
    for _ in 0..2 {
        for (n, row) in coefficients.iter().enumerate() {
            for (found, jet) in series.next(row).iter().zip(&jets) {
                assert!(
                    agree(found, &jet.coefficient(n)),
                    "coefficient {n}: {}\n{found:?}\n{:?}",
                    name(problem),
                    jet.coefficient(n)
                );
            }
        }
        series.restart();
    }
}

#[test]
fn the_series_of_a_text_is_that_of_jets() {
    let mut draw = Draw(3);
    for problem in problems().into_iter().map(Arc::new) {
        let first = entries(problem.initial());
        let mut row = || first.iter().map(|_| draw.sixteenths()).collect();
        let values: Vec<Vec<Rational>> = [first.clone(), row(), row(), row(), row(), row()].to_vec();
        if is_squared(&problem) {
            compare(&problem, &values, 64, |one: &Exact, other| one.equals(other) == Truth::True);
        }
        compare(&problem, &values, 128, are_near);
    }
}
