//! The reference against itself by other routes: the gradient against differentiation of the risk, outputs layer by layer
//! against the end-to-end product, balls against floats of twice the precision and against exact rationals.

use std::sync::Arc;

use gradient_witness::algebra::exact_spectrum::top_is_repeated;
use gradient_witness::number::{Ball, Dual, Exact, Float, Real, Ring, Truth};
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Descent, Point, Setting, balance, loss, network};
use rug::Rational;

/// A fixed source of rationals k/16 between −2 and 2.
pub struct Draw(pub u64);

impl Draw {
    pub fn sixteenths(&mut self) -> Rational {
        self.0 = crate::draws::following(self.0);
        Rational::from(((self.0 >> 58) as i64 - 32, 16))
    }

    fn matrix(&mut self, rows: usize, columns: usize) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| self.sixteenths())
    }
}

fn networks() -> Vec<Network> {
    let full = |widths: &[usize]| Network::fully_connected(widths).unwrap();
    vec![
        full(&[1, 1]),
        full(&[3, 1]),
        full(&[2, 3, 1]),
        full(&[3, 2, 4, 1]),
        full(&[2, 1, 3, 2, 2, 1]),
        full(&[3, 2]),
        full(&[2, 4, 3]),
        full(&[3, 2, 2, 2]),
        Network::diagonal(3, 1).unwrap(),
        Network::diagonal(3, 4).unwrap(),
        Network::convolutional(4, &[4]).unwrap(),
        Network::convolutional(4, &[2, 4]).unwrap(),
        Network::convolutional(5, &[1, 3, 5]).unwrap(),
    ]
}

fn losses() -> Vec<Loss> {
    vec![
        Loss::logistic(),
        Loss::Logistic { scale: Rational::from((1, 50)), steepness: Rational::from(3) },
        Loss::Exponential,
        Loss::Squared,
        Loss::SquaredTarget,
    ]
}

/// Every architecture with every loss that fits it, as mean and as sum.
pub fn problems() -> Vec<Problem> {
    let mut draw = Draw(7);
    let mut problems = Vec::new();
    for network in networks() {
        for loss in losses() {
            for normalisation in [Normalisation::Mean, Normalisation::Sum] {
                if loss.is_classification() && network.output_dimension() > 1 {
                    continue;
                }
                let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
                let data = match loss {
                    Loss::SquaredTarget => Data::Target(draw.matrix(outputs, inputs)),
                    Loss::Squared => Data::Examples { x: draw.matrix(3, inputs), y: draw.matrix(3, outputs) },
                    _ => Data::Examples {
                        x: draw.matrix(3, inputs),
                        y: Matrix::from_fn(3, 1, |i, _| Rational::from(if i == 1 { -1 } else { 1 })),
                    },
                };
                let weights =
                    network.layer_shapes().iter().map(|&(rows, columns)| draw.matrix(rows, columns)).collect();
                let rule = StepRule::Constant(Rational::from((1, 64)));
                problems.push(
                    Problem::new(network.clone(), loss.clone(), normalisation, data, weights, rule)
                        .expect("the parts fit"),
                );
            }
        }
    }
    problems
}

/// The risk at `weights`, differentiated in the direction of one entry.
fn derivative<T: Real>(problem: &Arc<Problem>, bits: u32, layer: usize, entry: usize) -> T {
    let setting = Arc::new(Setting::<Dual<T>>::new(Arc::clone(problem), bits));
    let mut weights: Vec<Matrix<Dual<T>>> =
        problem.initial().iter().map(|layer| Matrix::from_rationals(layer, bits)).collect();
    let place = &mut weights[layer].entries_mut()[entry];
    *place = Dual::variable(place.value().clone());
    Point::new(setting, weights).risk().derivative().clone()
}

#[test]
fn gradient_is_the_derivative_of_the_risk() {
    for problem in problems() {
        let problem = Arc::new(problem);
        let exact = !problem.loss().is_classification();
        let ball = Point::initial(Arc::new(Setting::<Ball>::new(Arc::clone(&problem), 128)));
        let rational = Point::initial(Arc::new(Setting::<Exact>::new(Arc::clone(&problem), 128)));
        // Both enclosures come from some hundred operations on 128 bits: they are at most 2⁻¹⁰⁰ of the largest term wide.
        let largest = ball.gradient_norm_squared().clone().sqrt_of_nonnegative().upper_f64() + ball.risk().upper_f64();
        for (layer, gradient) in ball.gradient().iter().enumerate() {
            for (entry, claimed) in gradient.entries().iter().enumerate() {
                if exact {
                    let expected = derivative::<Exact>(&problem, 128, layer, entry);
                    let claimed = &rational.gradient()[layer].entries()[entry];
                    assert_eq!(claimed.equals(&expected), Truth::True, "{problem:?}, layer {layer}, entry {entry}");
                } else {
                    let expected = derivative::<Ball>(&problem, 128, layer, entry);
                    assert_ne!(claimed.equals(&expected), Truth::False, "{problem:?}, layer {layer}, entry {entry}");
                    let difference = claimed.clone() - &expected;
                    assert!(
                        difference.abs().upper_f64() <= largest * 2f64.powi(-100),
                        "{problem:?}, layer {layer}, entry {entry}"
                    );
                }
            }
        }
    }
}

#[test]
fn outputs_layer_by_layer_are_the_end_to_end_product() {
    for problem in problems() {
        let setting = Arc::new(Setting::<Exact>::new(Arc::new(problem), 64));
        let point = Point::initial(Arc::clone(&setting));
        let Some((x, _)) = setting.examples() else { continue };
        let outputs = x.times_transpose(point.end_to_end());
        for i in 0..x.rows() {
            let layered = network::output(setting.network(), point.weights(), x.row(i));
            assert_eq!(layered.len(), outputs.columns());
            for (by_layers, by_product) in layered.iter().zip(outputs.row(i)) {
                assert_eq!(by_layers.equals(by_product), Truth::True, "{:?}", setting.problem());
            }
        }
    }
}

/// The weights after `steps` steps; `None` if the run stopped before.
fn weights_after<T: Real>(problem: &Arc<Problem>, bits: u32, steps: u64) -> Option<Vec<T>> {
    let setting = Arc::new(Setting::<T>::new(Arc::clone(problem), bits));
    let mut descent = Descent::new(setting).ok()?;
    for _ in 0..steps {
        descent.step().ok()?;
    }
    Some(descent.point().weights().iter().flat_map(|layer| layer.entries().to_vec()).collect())
}

#[test]
fn balls_contain_floats_of_twice_the_precision() {
    for problem in problems() {
        let problem = Arc::new(problem);
        let Some(balls) = weights_after::<Ball>(&problem, 128, 20) else { continue };
        let floats = weights_after::<Float>(&problem, 256, 20).expect("floats go as far as balls");
        for (ball, float) in balls.iter().zip(&floats) {
            let value = float.exact().expect("a defined float");
            // The float itself is off by about 2⁻²³⁰; a ball of 128 bits is far wider unless it is a point.
            assert!(ball.is_point() || ball.contains_rational(&value), "{problem:?}: {ball:?} and {value}");
        }
    }
}

#[test]
fn balls_contain_the_exact_run() {
    for problem in problems().into_iter().filter(|problem| !problem.loss().is_classification()) {
        let problem = Arc::new(problem);
        let balls = weights_after::<Ball>(&problem, 64, 3).expect("three steps stay in range");
        let Some(exact) = weights_after::<Exact>(&problem, 64, 3) else { continue };
        for (ball, exact) in balls.iter().zip(&exact) {
            assert!(ball.contains_rational(exact.value().expect("a rational run")), "{problem:?}");
        }
    }
}

#[test]
fn the_smoothness_rule_follows_the_weights() {
    let problem = Problem::new(
        Network::fully_connected(&[1, 1, 1]).unwrap(),
        Loss::logistic(),
        Normalisation::Mean,
        Data::Examples {
            x: Matrix::row_vector(vec![Rational::from(1)]),
            y: Matrix::row_vector(vec![Rational::from(1)]),
        },
        vec![Matrix::row_vector(vec![Rational::from(1)]), Matrix::row_vector(vec![Rational::from(2)])],
        StepRule::Smoothness,
    )
    .expect("the parts fit");
    let mut descent = Descent::new(Arc::new(Setting::<Ball>::new(Arc::new(problem), 128))).expect("in range");
    // The largest norm is 2 = 48/16 − 1: a tie, which is inside. β(3) = 2·4·9·(1/4 + 1) = 90.
    assert_eq!(descent.radius(), Some(&Rational::from(3)));
    assert_eq!(descent.eta(), &Rational::from((1, 90)));
    let mut changes = 0;
    for _ in 0..200 {
        let before = descent.radius().cloned();
        descent.step().expect("decided");
        let radius = descent.radius().cloned().expect("a radius under the smoothness rule");
        let largest = descent.point().weights().iter().map(|layer| layer.frobenius().upper_f64()).fold(0.0, f64::max);
        assert!(largest <= radius.to_f64() - 1.0 + 1e-12);
        assert!(radius.to_f64() - 1.0 - 1.0 / 16.0 <= largest || Some(&radius) == before.as_ref());
        changes += u32::from(before != Some(radius));
    }
    assert!(changes > 2, "the radius changed {changes} times");
}

#[test]
fn precision_does_not_change_what_is_enclosed() {
    for problem in problems() {
        let problem = Arc::new(problem);
        let (Some(coarse), Some(fine)) =
            (weights_after::<Ball>(&problem, 100, 10), weights_after::<Ball>(&problem, 300, 10))
        else {
            continue;
        };
        for (coarse, fine) in coarse.iter().zip(&fine) {
            assert!(coarse.may_meet(fine), "{problem:?}");
            assert!(fine.bits() > coarse.bits());
        }
    }
}

#[test]
fn the_slope_of_the_loss_is_bounded_beyond_the_exponents() {
    // e^{10¹⁰} is beyond MPFR's exponents; the slope there is zero to any precision, not unknown.
    let slope = loss::slope(&Loss::logistic(), &Ball::from_rational(&Rational::from(10_000_000_000u64), 128));
    assert!(slope.is_defined());
    assert!(slope.clone().abs().upper_f64() < 1e-300);
    let near = Ball::from_rational(&Rational::from(700), 128);
    let other_form = -((-near.clone()).exp() / (near.constant(1) + (-near.clone()).exp()));
    assert_eq!(loss::slope(&Loss::logistic(), &near).equals(&other_form), Truth::Open);
}

#[test]
fn imbalances_are_those_of_adjacent_layers() {
    let layer = |rows: &[&[i32]]| {
        let rows = rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect();
        Matrix::<Exact>::from_rationals(&Matrix::from_rows(rows).expect("rows of one length"), 64)
    };
    // A_1 = W_1W_1ᵀ − W_2ᵀW_2 with W_1 = (1, 2; 0, 3), W_2 = (1, −1).
    let imbalances = balance::imbalances(&[layer(&[&[1, 2], &[0, 3]]), layer(&[&[1, -1]])]);
    assert_eq!(imbalances.len(), 1);
    let expected = [[4, 7], [7, 8]];
    for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let entry = imbalances[0][(i, j)].value().expect("a rational").clone();
        assert_eq!(entry, expected[i][j], "{i}, {j}");
    }
}

#[test]
fn the_top_singular_value_is_told_from_lower_repeated_ones() {
    let diagonal = |values: [i32; 5]| Matrix::from_fn(5, 5, |i, j| Rational::from(if i == j { values[i] } else { 0 }));
    for (values, repeated) in [
        ([3, 1, 1, 2, 2], false),
        ([1, 3, 1, 3, 2], true),
        ([2, 2, 1, 1, 0], true),
        ([0, 0, 0, 0, 1], false),
        ([2, 1, 1, 1, 0], false),
    ] {
        assert_eq!(top_is_repeated(&diagonal(values)), repeated, "{values:?}");
    }
}

#[test]
fn the_constants_of_assumption_4_scale_with_the_loss() {
    let loss = Loss::Logistic { scale: Rational::from(2), steepness: Rational::from((3, 5)) };
    // c b²/4 and c b.
    assert_eq!(loss::smoothness_constants(&loss), Some((Rational::from((9, 50)), Rational::from((6, 5)))));
    assert_eq!(loss::smoothness_constants(&Loss::Exponential), None);
}

#[test]
fn a_point_of_rationals_keeps_them() {
    let problem = Arc::new(problems().remove(0));
    let setting = Arc::new(Setting::<Ball>::new(Arc::clone(&problem), 64));
    let weights: Vec<Matrix<Rational>> =
        problem.initial().iter().map(|layer| layer.map(|entry| entry.clone() / 3u32)).collect();
    let point = Point::from_rationals(setting, weights.clone());
    assert_eq!(point.exact_weights(), Some(weights.as_slice()));
    for (ball, exact) in point.weights()[0].entries().iter().zip(weights[0].entries()) {
        assert!(ball.contains_rational(exact));
    }
}

#[test]
fn losses_of_huge_margins_keep_their_relative_accuracy() {
    let losses = [
        (Loss::logistic(), Rational::from(1), Rational::from(1)),
        (
            Loss::Logistic { scale: Rational::from((1, 50)), steepness: Rational::from(3) },
            Rational::from((1, 50)),
            Rational::from(3),
        ),
    ];
    for (loss, scale, steepness) in losses {
        for size in [100_000, 1_000_000, 10_000_000] {
            let ball = |value: Rational| Ball::from_rational(&value, 128);
            let near = |found: Ball, expected: &Rational| {
                let error = (found - &ball(expected.clone())).abs().upper_f64();
                assert!(error <= expected.to_f64().abs() * 2f64.powi(-90), "{loss:?} at ±{size}: {error}");
            };
            let exponent = Rational::from(&steepness * size);
            let (lost, won) = (ball(Rational::from(-size)), ball(Rational::from(size)));
            // ℓ(−m) = cbm and ℓ(m) = c e^{−bm}, both but for a factor 1 + O(e^{−bm}); the same for the slopes −cb and −cb e^{−bm}.
            let height = Rational::from(&scale * &steepness);
            near(loss::value(&loss, &lost), &Rational::from(&scale * &exponent));
            near(loss::slope(&loss, &lost), &-height.clone());
            near(loss::value(&loss, &won).times(scale.clone().recip()).ln(), &-exponent.clone());
            near((-loss::slope(&loss, &won)).times(height.recip()).ln(), &-exponent);
        }
    }
}

#[test]
fn a_point_is_defined_if_all_its_weights_are() {
    let problem = Arc::new(problems().remove(3));
    let setting = Arc::new(Setting::<Ball>::new(Arc::clone(&problem), 64));
    assert!(Point::initial(Arc::clone(&setting)).is_defined());
    let mut weights = Point::initial(Arc::clone(&setting)).weights().to_vec();
    let last = weights.last_mut().and_then(|layer| layer.entries_mut().last_mut()).expect("a weight");
    *last = last.constant(1) / &last.constant(0);
    assert!(!Point::new(setting, weights).is_defined());
}
