//! Bounds of the Hessian over a ball, held against its quadratic form at points of the ball: exact where the loss is squared, certified elsewhere. The
//! form is the second derivative of the risk by dual numbers, which know no formula of products; directions are nearly the extreme eigenvectors.

use std::sync::Arc;

use gradient_witness::number::{Dual, Exact, Float, Magnitude, Real, Ring, ShortBall, Truth};
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::curvature::{Bounds, Curvature};
use gradient_witness::reference::{Point, Setting};
use nalgebra::{DMatrix, SymmetricEigen};
use rug::Rational;

type Weights = Vec<Matrix<f64>>;

/// Numbers in (−1, 1).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn matrix(&mut self, rows: usize, columns: usize, scale: f64) -> Matrix<f64> {
        Matrix::from_fn(rows, columns, |_, _| self.next() * scale)
    }

    fn weights(&mut self, network: &Network, scale: f64) -> Weights {
        network.layer_shapes().into_iter().map(|(rows, columns)| self.matrix(rows, columns, scale)).collect()
    }
}

fn rational(value: f64) -> Rational {
    Rational::from_f64(value).expect("a finite number")
}

fn rationals(matrix: &Matrix<f64>) -> Matrix<Rational> {
    matrix.map(|entry| rational(*entry))
}

fn problem(network: Network, loss: Loss, count: usize, draws: &mut Draws) -> Arc<Problem> {
    let (columns, rows) = (network.input_dimension(), network.output_dimension());
    let data = match loss {
        Loss::SquaredTarget => Data::Target(rationals(&draws.matrix(rows, columns, 2.0))),
        _ => {
            let x = rationals(&draws.matrix(count, columns, 1.0));
            let y = draws.matrix(count, rows, 2.0);
            let y = if loss.is_classification() { y.map(|entry| entry.signum()) } else { y };
            Data::Examples { x, y: rationals(&y) }
        }
    };
    let initial = draws.weights(&network, 1.0).iter().map(rationals).collect();
    let step = StepRule::Constant(1.into());
    Arc::new(Problem::new(network, loss, Normalisation::Mean, data, initial, step).expect("a problem"))
}

/// `Σ a_i b_i` over all layers.
fn inner(one: &[Matrix<f64>], other: &[Matrix<f64>]) -> f64 {
    let pairs = one.iter().zip(other).flat_map(|(one, other)| one.entries().iter().zip(other.entries()));
    pairs.map(|(a, b)| a * b).sum()
}

/// `W + sV`
fn plus(weights: &[Matrix<f64>], factor: f64, direction: &[Matrix<f64>]) -> Weights {
    let layer = |(one, other): (&Matrix<f64>, &Matrix<f64>)| {
        Matrix::from_fn(one.rows(), one.columns(), |i, j| one[(i, j)] + factor * other[(i, j)])
    };
    weights.iter().zip(direction).map(layer).collect()
}

fn exact_square(weights: &[Matrix<f64>]) -> Rational {
    weights.iter().flat_map(Matrix::entries).map(|entry| rational(*entry).square()).sum()
}

/// `⟨V, H(W)V⟩` in a number system.
fn form<T: Real>(problem: &Arc<Problem>, weights: &[Matrix<f64>], direction: &[Matrix<f64>]) -> T {
    let setting = Arc::new(Setting::<Dual<Dual<T>>>::new(Arc::clone(problem), 128));
    let number = |value: f64| T::from_rational(&rational(value), 128);
    let moving = |(layer, change): (&Matrix<f64>, &Matrix<f64>)| {
        Matrix::from_fn(layer.rows(), layer.columns(), |i, j| {
            let (value, slope) = (number(layer[(i, j)]), number(change[(i, j)]));
            Dual::new(Dual::new(value, slope.clone()), Dual::fixed(slope))
        })
    };
    let point = Point::new(setting, weights.iter().zip(direction).map(moving).collect());
    point.risk().derivative().derivative().clone()
}

/// The Hessian in floating point, column by column as derivatives of the gradient.
fn approximate_hessian(problem: &Arc<Problem>, weights: &[Matrix<f64>]) -> DMatrix<f64> {
    let setting = Arc::new(Setting::<Dual<Float>>::new(Arc::clone(problem), 64));
    let number = |value: f64| Float::from_rational(&rational(value), 64);
    let count = weights.iter().map(|layer| layer.entries().len()).sum();
    let mut hessian = DMatrix::zeros(count, count);
    for column in 0..count {
        let mut index = 0;
        let moving = |entry: &f64| {
            let slope = if index == column { 1.0 } else { 0.0 };
            index += 1;
            Dual::new(number(*entry), number(slope))
        };
        let mut moving = moving;
        let moved = weights.iter().map(|layer| layer.map(&mut moving)).collect();
        let point = Point::new(Arc::clone(&setting), moved);
        for (row, entry) in point.gradient().iter().flat_map(Matrix::entries).enumerate() {
            hessian[(row, column)] = entry.derivative().approximate();
        }
    }
    hessian
}

/// The least and the greatest eigenvalue of the Hessian and their vectors, in floating point.
fn extremes(problem: &Arc<Problem>, weights: &[Matrix<f64>]) -> [(f64, Weights); 2] {
    let hessian = approximate_hessian(problem, weights);
    let eigen = SymmetricEigen::new((&hessian + hessian.transpose()) / 2.0);
    let pair = |index: usize| {
        let mut entries = eigen.eigenvectors.column(index).iter().copied().collect::<Vec<_>>().into_iter();
        let layers = weights.iter().map(|layer| layer.map(|_| entries.next().expect("an entry a weight"))).collect();
        (eigen.eigenvalues[index], layers)
    };
    [pair(eigen.eigenvalues.imin()), pair(eigen.eigenvalues.imax())]
}

/// What the bounds say is so, at one point of the ball.
fn assert_holds(problem: &Arc<Problem>, bounds: &Bounds, weights: &[Matrix<f64>], directions: &[Weights], what: &str) {
    let exact = |bound: Magnitude| bound.to_rational();
    for direction in directions {
        let size = exact_square(direction);
        let least = exact(bounds.negative).map(|bound| -bound * &size);
        let most = exact(bounds.positive).map(|bound| bound * &size);
        let is_between = |value: &dyn Fn(&Rational, bool) -> bool| {
            assert!(
                least.as_ref().is_none_or(|least| value(least, true)),
                "λ⁻ = {:?}: {what}",
                bounds.negative.to_f64()
            );
            assert!(most.as_ref().is_none_or(|most| value(most, false)), "λ⁺ = {:?}: {what}", bounds.positive.to_f64());
        };
        if problem.loss().is_classification() {
            let found: ShortBall = form(problem, weights, direction);
            is_between(&|bound, is_lower| {
                let bound = found.constant(bound.clone());
                (if is_lower { found.below(&bound) } else { bound.below(&found) }) != Truth::True
            });
        } else {
            let found = form::<Exact>(problem, weights, direction).exact().expect("a polynomial");
            is_between(&|bound, is_lower| if is_lower { found >= *bound } else { found <= *bound });
        }
    }
    let Some(bound) = exact(bounds.gradient) else { return };
    let setting = Arc::new(Setting::<ShortBall>::new(Arc::clone(problem), 128));
    let point = Point::from_rationals(setting, weights.iter().map(rationals).collect());
    let norm = point.gradient_norm_squared();
    assert_ne!(norm.constant(bound.square()).below(norm), Truth::True, "gradient {}: {what}", bounds.gradient.to_f64());
}

/// Checks a ball at its centre and at some points on its border, and returns the bounds with the extreme eigenvalues at the centre.
fn check(
    curvature: &mut Curvature,
    problem: &Arc<Problem>,
    centre: &[Matrix<f64>],
    radius: f64,
    draws: &mut Draws,
) -> (Bounds, [f64; 2]) {
    let bounds = curvature.over_ball(centre, Magnitude::above_f64(radius));
    let what = format!("{:?} {} radius {radius}", problem.network(), problem.loss().name());
    let at = extremes(problem, centre);
    let eigenvalues = [at[0].0, at[1].0];
    let mut vectors: Vec<Weights> = at.into_iter().map(|(_, vector)| vector).collect();
    vectors.push(draws.weights(problem.network(), 1.0));
    assert_holds(problem, &bounds, centre, &vectors, &what);
    let moves = if radius == 0.0 { 0 } else { 3 };
    for index in 0..moves {
        let direction = if index < 2 { vectors[index].clone() } else { draws.weights(problem.network(), 1.0) };
        let factor = radius / inner(&direction, &direction).sqrt() * (1.0 - 1e-6);
        if !factor.is_normal() {
            continue;
        }
        let moved = plus(centre, factor, &direction);
        let away = exact_square(&plus(&moved, -1.0, centre));
        assert!(away <= rational(radius).square(), "a point of the ball");
        let vectors: Vec<Weights> = extremes(problem, &moved).into_iter().map(|(_, vector)| vector).collect();
        assert_holds(problem, &bounds, &moved, &vectors, &format!("{what}, moved"));
    }
    (bounds, eigenvalues)
}

fn losses() -> Vec<Loss> {
    let steep = Loss::Logistic { scale: Rational::from((2, 3)), steepness: Rational::from(5) };
    vec![Loss::Squared, Loss::SquaredTarget, Loss::logistic(), steep, Loss::Exponential]
}

fn networks(has_one_output: bool) -> Vec<Network> {
    let widths: &[&[usize]] = if has_one_output {
        &[&[2, 1], &[1, 1, 1], &[3, 2, 1], &[2, 2, 2, 1], &[1, 1, 1, 1, 1]]
    } else {
        &[&[2, 3], &[3, 2, 2], &[2, 2, 2, 2], &[2, 1, 2, 1, 2]]
    };
    let full = widths.iter().map(|widths| Network::fully_connected(widths));
    let others = if has_one_output {
        vec![
            Network::diagonal(3, 2),
            Network::diagonal(2, 4),
            Network::convolutional(3, &[2, 3]),
            Network::convolutional(4, &[3, 2, 4]),
            Network::convolutional(3, &[1, 3, 2, 3]),
        ]
    } else {
        Vec::new()
    };
    full.chain(others).map(|network| network.expect("a network")).collect()
}

/// Small and large weights, none at all, and some layers zero; balls of radius 0, small and larger than the weights.
#[test]
fn the_form_at_every_point_of_a_ball_lies_between_the_bounds() {
    let mut draws = Draws(1);
    for loss in losses() {
        for network in networks(true).into_iter().chain(if loss.is_classification() { vec![] } else { networks(false) })
        {
            let problem = problem(network.clone(), loss.clone(), 4, &mut draws);
            let mut curvature = Curvature::new(Arc::clone(&problem));
            for scale in [0.0, 1e-3, 1.0, 3.0] {
                let mut centre = draws.weights(&network, scale);
                if scale == 3.0 {
                    let last = centre.len() - 1;
                    centre[last] = centre[last].map(|_| 0.0);
                }
                for radius in [0.0, 1e-9, 0.3] {
                    check(&mut curvature, &problem, &centre, radius, &mut draws);
                }
            }
        }
    }
}

/// What the bounds of these points are compared with: −λ_min and λ_max in floating point.
fn ratios((bounds, [least, most]): (Bounds, [f64; 2])) -> (f64, f64) {
    (bounds.negative.to_f64() / -least, bounds.positive.to_f64() / most)
}

/// Where runs begin, and where the Hessian is known: the bound of the negative curvature is hardly more than it.
#[test]
fn the_bounds_are_near_where_the_products_are_aligned() {
    let mut draws = Draws(2);
    // W_l = αI and w_L = 0.
    for (alpha, most) in [(0.025, 2.3), (0.5, 1.9)] {
        let network = Network::fully_connected(&[4, 4, 4, 1]).expect("a network");
        let problem = problem(network, Loss::logistic(), 8, &mut draws);
        let identity = Matrix::from_fn(4, 4, |i, j| if i == j { alpha } else { 0.0 });
        let centre = vec![identity.clone(), identity, Matrix::row_vector(vec![0.0; 4])];
        let (negative, _) =
            ratios(check(&mut Curvature::new(Arc::clone(&problem)), &problem, &centre, 1e-6, &mut draws));
        assert!(negative < most, "{alpha}: {negative}");
    }
    // Two weights, or a diagonal network of two layers at zero: the bound is the curvature.
    for network in [Network::fully_connected(&[1, 1, 1]), Network::diagonal(5, 2)] {
        let network = network.expect("a network");
        let zero: Weights =
            network.layer_shapes().iter().map(|&(rows, columns)| Matrix::from_fn(rows, columns, |_, _| 0.0)).collect();
        for loss in [Loss::Squared, Loss::logistic(), Loss::Exponential] {
            let problem = problem(network.clone(), loss, 6, &mut draws);
            let (negative, positive) =
                ratios(check(&mut Curvature::new(Arc::clone(&problem)), &problem, &zero, 0.0, &mut draws));
            assert!(negative < 1.01 && positive < 1.01, "{negative} {positive}");
        }
    }
}

/// One step of descent in f64, nearly.
fn step(problem: &Arc<Problem>, weights: &[Matrix<f64>], eta: f64) -> Weights {
    let setting = Arc::new(Setting::<Float>::new(Arc::clone(problem), 64));
    let lift = |layer: &Matrix<f64>| layer.map(|entry| Float::from_rational(&rational(*entry), 64));
    let point = Point::new(setting, weights.iter().map(lift).collect());
    let gradient: Weights = point.gradient().iter().map(|layer| layer.map(Real::approximate)).collect();
    plus(weights, -eta, &gradient)
}

/// Runs past saddles: from a multiple of the identity and noise to targets whose singular values are far apart, whitened or with data.
fn runs_past_saddles(draws: &mut Draws) -> Vec<(Arc<Problem>, Weights)> {
    let mut runs = Vec::new();
    for (width, depth, loss) in [(3, 3, Loss::SquaredTarget), (2, 4, Loss::Squared), (3, 2, Loss::Squared)] {
        let network = Network::fully_connected(&vec![width; depth + 1]).expect("a network");
        let target = Matrix::from_fn(width, width, |i, j| if i == j { 2.0 / (1.0 + 3.0 * i as f64) } else { 0.0 });
        let mixed =
            |matrix: Matrix<f64>, draws: &mut Draws| plus(&[matrix], 0.2, &[draws.matrix(width, width, 1.0)]).remove(0);
        let target = mixed(target, draws);
        let data = match loss {
            Loss::SquaredTarget => Data::Target(rationals(&target)),
            _ => {
                let x = rationals(&draws.matrix(6, width, 1.5));
                let image = |i: usize, j: usize| -> Rational {
                    (0..width).map(|k| rational(target[(j, k)]) * &x[(i, k)]).sum()
                };
                Data::Examples { y: Matrix::from_fn(6, width, image), x: x.clone() }
            }
        };
        let start: Weights = (0..depth)
            .map(|_| {
                let identity = Matrix::from_fn(width, width, |i, j| if i == j { 0.35 } else { 0.0 });
                plus(&[identity], 0.02, &[draws.matrix(width, width, 1.0)]).remove(0)
            })
            .collect();
        let initial = start.iter().map(rationals).collect();
        let problem = Problem::new(network, loss, Normalisation::Mean, data, initial, StepRule::Constant(1.into()));
        runs.push((Arc::new(problem.expect("a problem")), start));
    }
    runs
}

/// Along runs of squared losses, where a factorisation of one point serves at others: small balls and large ones, with a use for `λ⁺` and without.
#[test]
fn the_bounds_hold_along_runs_past_saddles() {
    let mut draws = Draws(3);
    for (problem, start) in runs_past_saddles(&mut draws) {
        let mut curvature = Curvature::new(Arc::clone(&problem));
        let mut asked = Curvature::new(Arc::clone(&problem));
        asked.set_enough(Magnitude::above_f64(0.5));
        let mut weights = start;
        for index in 0..20 {
            let radius = [0.0, 1e-8, 1e-3, 0.05][index % 4];
            let (bounds, eigenvalues) = check(&mut curvature, &problem, &weights, radius, &mut draws);
            let (with_upper, _) = check(&mut asked, &problem, &weights, radius, &mut draws);
            if radius < 1e-7 && index >= 8 {
                let [least, most] = eigenvalues;
                assert!(
                    bounds.negative.to_f64() < 1.35 * -least + 0.05,
                    "{index}: {} {least}",
                    bounds.negative.to_f64()
                );
                assert!(with_upper.positive.to_f64() < 1.3 * most, "{index}: {} {most}", with_upper.positive.to_f64());
            }
            for _ in 0..10 {
                weights = step(&problem, &weights, 0.05);
            }
        }
        assert!(curvature.factorisations() < asked.factorisations());
    }
}

/// A path of short steps past saddles: a factorisation serves for many balls, and the bounds stay near the eigenvalues.
#[test]
fn few_factorisations_serve_along_a_path() {
    let mut draws = Draws(6);
    for ((problem, start), most) in runs_past_saddles(&mut draws).into_iter().zip([[210, 280], [140, 200], [60, 110]]) {
        let mut curvature = Curvature::new(Arc::clone(&problem));
        let mut asked = Curvature::new(Arc::clone(&problem));
        let enough = 2.0;
        asked.set_enough(Magnitude::above_f64(enough));
        let (mut weights, mut sums) = (start, [0.0; 4]);
        for index in 0..400 {
            let radius = Magnitude::above_f64(1e-7);
            let bounds = [curvature.over_ball(&weights, radius), asked.over_ball(&weights, radius)];
            assert_eq!(bounds[0].negative, bounds[1].negative, "{index}");
            if index % 10 == 0 {
                let [(least, _), (largest, _)] = extremes(&problem, &weights);
                let values = [bounds[0].negative.to_f64(), -least, bounds[1].positive.to_f64(), largest.max(enough)];
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
            weights = step(&problem, &weights, 0.05);
        }
        let [negative, exact_negative, positive, exact_positive] = sums;
        assert!(negative < 1.3 * exact_negative && positive < 1.2 * exact_positive, "{sums:?}");
        let counts = [&curvature, &asked].map(Curvature::factorisations);
        assert!(counts[0] <= most[0] && counts[1] <= most[1], "{counts:?} factorisations, {most:?} at most");
    }
}

/// Weights at the ends of what f64 has room for, and beyond: the bounds hold, or there are none.
#[test]
fn the_bounds_hold_at_the_ends_of_the_range_or_are_infinite() {
    let mut draws = Draws(4);
    for loss in losses() {
        for network in networks(true) {
            let problem = problem(network.clone(), loss.clone(), 3, &mut draws);
            let mut curvature = Curvature::new(Arc::clone(&problem));
            for scale in [4e-324, 1e-310, 1e-170, 1e-60, 1e60, 1e160, 1e300] {
                let centre = draws.weights(&network, scale);
                for radius in [0.0, 1e-290, 1e200] {
                    let bounds = curvature.over_ball(&centre, Magnitude::above_f64(radius));
                    let directions = [draws.weights(&network, 1.0)];
                    let what = format!("{network:?} {} scale {scale} radius {radius}", loss.name());
                    assert_holds(&problem, &bounds, &centre, &directions, &what);
                    assert!(scale > 1.0 || radius > 1.0 || !bounds.negative.is_infinite(), "{what}");
                }
            }
            for bad in [f64::NAN, f64::INFINITY] {
                let mut centre = draws.weights(&network, 1.0);
                centre[0].entries_mut()[0] = bad;
                assert_eq!(curvature.over_ball(&centre, Magnitude::ZERO).gradient, Magnitude::INFINITE, "{network:?}");
            }
            let bounds = curvature.over_ball(&draws.weights(&network, 1.0), Magnitude::INFINITE);
            assert!(
                bounds.gradient.is_infinite() && (network.depth() == 1 || bounds.negative.is_infinite()),
                "{network:?}"
            );
        }
    }
}

/// As many layers as have bounds, and more: a thousand numbers 1.
#[test]
fn very_deep_networks_have_bounds_or_none() {
    for (depth, has_bounds) in [(65, true), (300, true), (1000, false)] {
        let network = Network::fully_connected(&vec![1; depth + 1]).expect("a network");
        let problem = problem(network, Loss::SquaredTarget, 1, &mut Draws(5));
        let ones = vec![Matrix::row_vector(vec![1.0]); depth];
        let bounds = Curvature::new(problem).over_ball(&ones, Magnitude::ZERO);
        assert_eq!(!bounds.positive.is_infinite(), has_bounds, "{depth}");
    }
}
