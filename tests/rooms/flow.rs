//! Gradient flow, enclosed: against closed forms, against itself at other precisions and steps, and against what a flow conserves.

use std::sync::Arc;

use gradient_witness::number::{Ball, Magnitude, Matrix, Real, Ring};
use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Flow, FlowStop, Stretch};
use gradient_witness::time_limit::TimeLimit;
use rug::Rational;

use crate::draws::following;

/// The precision of what is compared with.
const BITS: u32 = 400;

fn matrix(rows: &[&[Rational]]) -> Matrix<Rational> {
    Matrix::from_rows(rows.iter().map(|row| row.to_vec()).collect()).expect("rows of one length")
}

fn ratio(numerator: i64, denominator: i64) -> Rational {
    Rational::from((numerator, denominator))
}

fn number(value: &Rational) -> Ball {
    Ball::from_rational(value, BITS)
}

fn problem(network: Network, loss: Loss, data: Data, weights: Vec<Matrix<Rational>>) -> Arc<Problem> {
    let step = StepRule::Flow;
    Arc::new(Problem::new(network, loss, Normalisation::Sum, data, weights, step).expect("parts that fit"))
}

/// Layers of one weight each, and examples `(x, y)`.
fn chain(loss: Loss, examples: &[(Rational, Rational)], weights: &[Rational]) -> Arc<Problem> {
    let column = |part: fn(&(Rational, Rational)) -> &Rational| {
        Matrix::from_entries(1, examples.iter().map(|example| part(example).clone()).collect())
    };
    let data = Data::Examples { x: column(|(x, _)| x), y: column(|(_, y)| y) };
    let network = Network::fully_connected(&vec![1; weights.len() + 1]).expect("layers of one weight");
    problem(network, loss, data, weights.iter().map(|weight| matrix(&[std::slice::from_ref(weight)])).collect())
}

fn started(problem: &Arc<Problem>, bits: u32, tolerance: Option<Rational>) -> Flow {
    Flow::new(Arc::clone(problem), bits, tolerance.as_ref()).expect("a short text")
}

fn advanced(problem: &Arc<Problem>, bits: u32, tolerance: Option<Rational>, to: &Rational) -> Flow {
    let mut flow = started(problem, bits, tolerance);
    let found = flow.advance(to);
    found.unwrap_or_else(|stop| panic!("{stop}: {stop:?}, {bits} bits"));
    assert_eq!(flow.time(), to);
    flow
}

/// All weights of the centre.
fn centre(flow: &Flow) -> Vec<Ball> {
    flow.centre().iter().flat_map(|layer| layer.entries().to_vec()).collect()
}

/// A lower bound of the distance between two points in the norm of all weights.
fn distance_below(one: &[Ball], other: &[Ball]) -> Magnitude {
    let differences = one.iter().zip(other).map(|(one, other)| (one.clone() - other).least_absolute());
    let squared = differences.map(|difference| number(&difference.to_rational().expect("finite")).square());
    squared.fold(Ball::zero(BITS), |sum, term| sum + term).sqrt_of_nonnegative().least_absolute()
}

/// That the true weights are in the enclosure; the share of the radius by which they are off the centre.
#[track_caller]
fn assert_encloses(flow: &Flow, truth: &[Ball], what: &str) -> f64 {
    let distance = distance_below(&centre(flow), truth);
    assert!(
        distance <= flow.radius(),
        "{what}, t = {}: {distance:?} off, and the radius is {:?}",
        flow.time(),
        flow.radius()
    );
    if flow.radius().is_zero() { 0.0 } else { distance.over(flow.radius()).to_f64() }
}

const TIMES: [(i64, i64); 5] = [(1, 1 << 20), (1, 7), (1, 1), (10, 3), (40, 1)];

/// The precisions and tolerances at which everything is tried.
fn settings() -> Vec<(u32, Option<Rational>)> {
    let tolerances = [None, Some(ratio(1, 1 << 30)), Some(ratio(1, 1000))];
    [24, 53, 64, 128, 256].into_iter().flat_map(|bits| tolerances.clone().map(|tolerance| (bits, tolerance))).collect()
}

/// `w′ = −x² (w − a)`: `w(t) = a + (w_0 − a) e^{−x² t}`. Also where a weight is nearly at rest and what moves it is stiff, so that nothing tells at first
/// how long a step can be.
#[test]
fn one_weight_decays_to_the_best_one() {
    let a = ratio(1, 3);
    let near = &a + ratio(1, 1 << 40);
    let cases = [(ratio(3, 2), ratio(5, 7)), (ratio(1 << 20, 1), near), (ratio(1, 1 << 20), ratio(100, 1))];
    for (x, start) in cases {
        let problem = chain(Loss::Squared, &[(x.clone(), Rational::from(&a * &x))], std::slice::from_ref(&start));
        let rate = Rational::from(&x * &x);
        for (bits, tolerance) in settings() {
            let mut flow = started(&problem, bits, tolerance.clone());
            for time in TIMES {
                let rated = Rational::from(time);
                flow.advance(&Rational::from(&rated / &rate)).unwrap();
                let truth = number(&a) + number(&Rational::from(&start - &a)) * (-number(&rated)).exp();
                assert_encloses(&flow, &[truth], &format!("x = {x}, {bits} bits"));
            }
            assert!(
                bits != 128 || tolerance.is_some() || flow.radius() < Magnitude::power_of_two(-108),
                "{:?}",
                flow.radius()
            );
        }
    }
}

/// `w′ = e^{−w}`: `w(t) = ln(e^{w_0} + t)`. A tolerance is kept, and steps are as long as it allows: the error is seen.
#[test]
fn one_weight_grows_like_a_logarithm() {
    let start = ratio(-1, 2);
    let problem = chain(Loss::Exponential, &[(1.into(), 1.into())], std::slice::from_ref(&start));
    let mut shares = Vec::new();
    for (bits, tolerance) in settings() {
        let mut flow = started(&problem, bits, tolerance.clone());
        for time in TIMES {
            let time = Rational::from(time);
            flow.advance(&time).unwrap();
            let truth = (number(&start).exp() + number(&time)).ln();
            let share = assert_encloses(&flow, &[truth], &format!("{bits} bits, {tolerance:?}"));
            if bits >= 128 && tolerance.is_some() {
                shares.push(share);
            }
        }
        if let Some(tolerance) = tolerance {
            assert!(
                bits < 53 || flow.radius() < Magnitude::above_rational(&tolerance),
                "{tolerance}: {:?}",
                flow.radius()
            );
        }
    }
    assert!(shares.iter().any(|&share| share > 1e-3), "the defect is seen: {shares:?}");
}

/// `w′ = 3 e^{−3w}`: `w(t) = ln(e^{3w_0} + 9t) / 3`. In the time in which the weight would change by as much as it is large the series converges nowhere
/// near: on the first discs the gradient has bounds that are beyond f64.
#[test]
fn a_steep_descent_is_followed_in_few_steps() {
    for (start, bits) in [(-4, 53), (-4, 128), (-30, 64)] {
        let start = Rational::from(start);
        let problem = chain(Loss::Exponential, &[(3.into(), 1.into())], std::slice::from_ref(&start));
        for tolerance in [None, Some(ratio(1, 1_000_000))] {
            let flow = advanced(&problem, bits, tolerance.clone(), &1.into());
            let truth = ((number(&start) * &number(&3.into())).exp() + number(&9.into())).ln() / number(&3.into());
            assert_encloses(&flow, &[truth], &format!("from {start}, {bits} bits, {tolerance:?}"));
            assert!(flow.steps() < 1000, "from {start}, {bits} bits, {tolerance:?}: {} steps", flow.steps());
        }
    }
}

/// `u = v`, `p = u v`, `R = ½ (p − a)²`: `p′ = −2 p (p − a)`, so `p(t) = a / (1 + (a/p_0 − 1) e^{−2at})`. It begins near the saddle at zero and
/// leaves it like `e^{at}`: what the rounding of the start was, it is now so many times.
#[test]
fn the_escape_from_a_saddle_is_enclosed() {
    let (a, start) = (ratio(3, 2), ratio(1, 3000));
    let problem = chain(Loss::Squared, &[(1.into(), a.clone())], &[start.clone(), start.clone()]);
    let mut largest: f64 = 0.0;
    for bits in [24, 53, 64, 128, 256] {
        for time in [(1, 2), (2, 1), (7, 2), (11, 2)] {
            let time = Rational::from(time);
            let flow = advanced(&problem, bits, None, &time);
            let decay = (-number(&(time * Rational::from(&a * 2)))).exp();
            let excess = number(&(&a / start.clone().square() - 1)) * &decay;
            let root = (number(&a) / (excess + number(&1.into()))).sqrt();
            largest = largest.max(assert_encloses(&flow, &[root.clone(), root], &format!("{bits} bits")));
        }
    }
    assert!(largest > 0.1, "the amplification is real: {largest}");
}

/// `R = ½ (u v − a)²` from beside the line `u = −v`, along which it comes down to the saddle at zero and then leaves it in another direction. There the
/// least eigenvalue of the Hessian is `u v − a` with the eigenvector (1, 1), always: the rounding of the start grows by all that is allowed for.
#[test]
fn an_error_beside_a_saddle_grows_as_much_as_is_certified() {
    let start = [1.into(), ratio(-999, 1000)];
    let problem = chain(Loss::Squared, &[(1.into(), ratio(3, 2))], &start);
    let mut shares = Vec::new();
    for time in [(1, 1), (2, 1), (3, 1), (4, 1)] {
        let time = Rational::from(time);
        let truth = advanced(&problem, 256, None, &time);
        assert!(truth.radius() < Magnitude::power_of_two(-220));
        for bits in [24, 53] {
            let flow = advanced(&problem, bits, None, &time);
            shares.push(assert_encloses(&flow, &centre(&truth), &format!("{bits} bits")));
        }
    }
    assert!(shares.iter().any(|&share| share > 0.1), "the growth is real: {shares:?}");
}

/// Two examples that pull with almost the same force: the gradient is known to far fewer bits than the weight.
#[test]
fn a_gradient_of_large_terms_is_charged_for_its_roundings() {
    let huge: Rational = Rational::from(1) << 40_u32;
    let (a, b) = (&huge + ratio(1, 3), -huge);
    let problem = chain(Loss::Squared, &[(1.into(), a.clone()), (1.into(), b.clone())], &[0.into()]);
    let mean = Rational::from(&a + &b) / 2;
    let mut shares = Vec::new();
    for bits in [64, 128, 256] {
        for time in [(1, 8), (3, 1)] {
            let time = Rational::from(time);
            let flow = advanced(&problem, bits, None, &time);
            let truth = number(&mean) * (number(&1.into()) - (-number(&(time * 2))).exp());
            shares.push(assert_encloses(&flow, &[truth], &format!("{bits} bits")));
        }
    }
    assert!(shares.iter().any(|&share| share > 1e-2), "the roundings are seen: {shares:?}");
}

/// The centre is cut to its bits at a landing inside of a step, and that is all the error there is.
#[test]
fn a_landing_is_charged_for_its_rounding() {
    let problem = chain(Loss::Exponential, &[(1.into(), 1.into())], &[ratio(1, 2)]);
    let mut shares = Vec::new();
    for k in 1..20 {
        let time = ratio(k, 1000);
        let flow = advanced(&problem, 24, None, &time);
        let truth = (number(&ratio(1, 2)).exp() + number(&time)).ln();
        shares.push(assert_encloses(&flow, &[truth], "24 bits"));
    }
    assert!(shares.iter().any(|&share| share > 0.2), "{shares:?}");
}

#[test]
fn a_flow_does_not_depend_on_the_times_at_which_it_is_looked_at() {
    let problem = drawn(3);
    for bits in [53, 128] {
        let mut flow = started(&problem, bits, None);
        for k in 0..=40 {
            flow.advance(&ratio(k, 20)).unwrap();
        }
        // What has passed is left as it is.
        flow.advance(&1.into()).unwrap();
        assert_eq!(*flow.time(), 2);
        let other = advanced(&problem, bits, None, &2.into());
        assert_eq!((flow.radius(), flow.steps()), (other.radius(), other.steps()));
        for (one, other) in centre(&flow).iter().zip(centre(&other)) {
            assert_eq!(one.centre(), other.centre());
        }
    }
}

/// Nothing moves from a critical point, however it is critical, and it costs no step.
#[test]
fn a_critical_start_stands_still() {
    let target = |rows: &[&[Rational]]| Data::Target(matrix(rows));
    let zero = || Rational::new();
    let origin = problem(
        Network::fully_connected(&[2, 2, 2]).unwrap(),
        Loss::SquaredTarget,
        target(&[&[1.into(), zero()], &[zero(), 1.into()]]),
        vec![matrix(&[&[zero(), zero()], &[zero(), zero()]]); 2],
    );
    let minimum = chain(Loss::Squared, &[(ratio(1, 7), ratio(3, 49))], &[ratio(3, 7)]);
    let opposite = [(ratio(1, 3), 1.into()), (ratio(-1, 3), 1.into())];
    let balanced = chain(Loss::logistic(), &opposite, &[zero()]);
    for problem in [origin, minimum, balanced] {
        for bits in [53, 128] {
            let mut flow = started(&problem, bits, None);
            let radius = flow.radius();
            flow.advance(&Rational::from((Rational::from(1) << 100_u32).numer())).unwrap();
            assert_eq!((flow.radius(), flow.steps()), (radius, 0));
            let truth: Vec<Ball> = problem.initial().iter().flat_map(Matrix::entries).map(number).collect();
            assert_encloses(&flow, &truth, "rest");
        }
    }
}

/// A weight of zero that does move, and weights that hardly do.
#[test]
fn a_flow_from_zero_and_a_flow_that_has_arrived() {
    let problem = chain(Loss::Squared, &[(1.into(), ratio(1, 3))], &[0.into()]);
    for bits in [53, 128, 256] {
        let mut flow = started(&problem, bits, None);
        for time in [1_i64, 100, 1000] {
            flow.advance(&time.into()).unwrap();
            let truth = number(&ratio(1, 3)) * (number(&1.into()) - (-number(&time.into())).exp());
            assert_encloses(&flow, &[truth], &format!("{bits} bits"));
        }
        assert!(flow.steps() < 400, "{} steps", flow.steps());
    }
}

/// A network, a loss, data and weights for every number.
fn drawn(seed: u64) -> Arc<Problem> {
    let mut state = seed;
    let mut fraction = || {
        state = following(state);
        ratio((state >> 40).rem_euclid(2001) as i64 - 1000, 1000)
    };
    let layers: Vec<usize> =
        [vec![2, 3, 1], vec![2, 2, 2, 1], vec![3, 1], vec![2, 2, 2, 2, 1]][seed as usize % 4].clone();
    let network = match seed / 4 % 3 {
        0 => Network::fully_connected(&layers).unwrap(),
        1 => Network::diagonal(3, 2 + seed as usize % 2).unwrap(),
        _ => Network::convolutional(4, [&[2, 4][..], &[2, 3, 4]][seed as usize % 2]).unwrap(),
    };
    let inputs = network.input_dimension();
    let loss = match seed / 12 % 4 {
        0 => Loss::logistic(),
        1 => Loss::Exponential,
        2 => Loss::Squared,
        _ => Loss::SquaredTarget,
    };
    let data = if loss == Loss::SquaredTarget {
        Data::Target(Matrix::from_fn(1, inputs, |_, _| fraction()))
    } else {
        let x = Matrix::from_fn(4, inputs, |_, _| fraction());
        Data::Examples { x, y: Matrix::from_fn(4, 1, |i, _| if i % 3 == 0 { (-1).into() } else { 1.into() }) }
    };
    let shapes = network.layer_shapes();
    let weights = shapes.iter().map(|&(rows, columns)| Matrix::from_fn(rows, columns, |_, _| fraction())).collect();
    problem(network, loss, data, weights)
}

/// Every pair of enclosures of the same flow meets, a finer one lies in a coarser one, and what a flow conserves drifts no more than the radius
/// allows.
#[test]
fn enclosures_of_one_flow_agree() {
    let count = if std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1") { 200 } else { 20 };
    for case in 0..count {
        // Every network with every loss is among the first 48.
        let problem = drawn(case * 7);
        for time in [ratio(1, 3), 3.into()] {
            let coarse = advanced(&problem, 53, Some(ratio(1, 1 << 20)), &time);
            let flows = [
                advanced(&problem, 53, None, &time),
                advanced(&problem, 100, Some(ratio(1, 1 << 40)), &time),
                advanced(&problem, 128, None, &time),
            ];
            assert!(coarse.radius() < Magnitude::power_of_two(-10), "{case}: {:?}", coarse.radius());
            for (number, flow) in flows.iter().enumerate() {
                for other in flows[..number].iter().chain([&coarse]) {
                    let distance = distance_below(&centre(flow), &centre(other));
                    assert!(
                        distance <= flow.radius() + other.radius(),
                        "{case}, t = {time}: {distance:?} of {:?} + {:?}",
                        flow.radius(),
                        other.radius()
                    );
                }
                assert_conserves(&problem, flow);
            }
        }
    }
}

/// `‖W_{k+1}‖² − ‖W_k‖²` is conserved by every flow, and `W_{k+1}ᵀ W_{k+1} − W_k W_kᵀ` between full layers: of weights within `r` it is off by at
/// most `4 max |W_k| r + 2 r²`.
#[track_caller]
fn assert_conserves(problem: &Problem, flow: &Flow) {
    let initial: Vec<Matrix<Ball>> =
        problem.initial().iter().map(|layer| Matrix::from_rationals(layer, BITS)).collect();
    let weights: Vec<Matrix<Ball>> =
        flow.centre().iter().map(|layer| layer.map(|weight| weight.clone().with_bits(BITS))).collect();
    let largest = weights.iter().map(|layer| layer.frobenius().greatest_absolute()).fold(Magnitude::ZERO, Ord::max);
    let r = flow.radius();
    let allowed = largest * r.scaled(2) + (r * r).scaled(1);
    let imbalance = |pair: &[Matrix<Ball>]| pair[1].frobenius_squared() - pair[0].frobenius_squared();
    for (before, after) in initial.windows(2).zip(weights.windows(2)) {
        let drift = (imbalance(after) - imbalance(before)).least_absolute();
        assert!(drift <= allowed, "{drift:?} of {allowed:?}");
        if problem.network().is_fully_connected() {
            let matrix =
                |pair: &[Matrix<Ball>]| pair[1].transpose_times(&pair[1]).minus(&pair[0].times_transpose(&pair[0]));
            let drift = matrix(after).minus(&matrix(before)).frobenius().least_absolute();
            assert!(drift <= allowed, "{drift:?} of {allowed:?}");
        }
    }
}

#[test]
fn a_flow_that_cannot_go_on_says_where_and_why() {
    // Eight bits, and weights that tear apart.
    let problem = chain(Loss::Squared, &[(1.into(), 3.into())], &[ratio(1, 1 << 30), ratio(1, 1 << 30), ratio(1, 3)]);
    let mut flow = started(&problem, 8, None);
    let FlowStop::PrecisionExhausted { t, radius, what } = flow.advance(&1000.into()).unwrap_err();
    assert_eq!((&t, radius), (flow.time(), flow.radius()));
    assert!(t > 0 && t < 1000 && what.contains("nothing is known of them"), "{t}: {what}");
    // As soon as the weights, of which the largest is to be about 3, are not known.
    assert!(radius > Magnitude::ONE && radius < Magnitude::power_of_two(8), "{radius:?}");
    // More layers than the curvature is bounded for.
    let deep = chain(Loss::Squared, &[(1.into(), 3.into())], &vec![1.into(); 513]);
    let mut flow = started(&deep, 53, None);
    let FlowStop::PrecisionExhausted { t, what, .. } = flow.advance(&1.into()).unwrap_err();
    assert!(t == 0 && what.contains("curvature"), "{t}: {what}");
}

/// Weights that are all zero have no size from which the degree of a centre could follow.
#[test]
fn a_flow_from_zero_is_followed_in_few_steps_at_any_precision() {
    for bits in [64, 512, 4000] {
        let problem = chain(Loss::Exponential, &[(1.into(), 1.into())], &[Rational::new()]);
        // w = ln(1 + t), analytic for |t| < 1.
        let mut flow = started(&problem, bits, None);
        flow.advance(&ratio(1, 1000)).unwrap();
        assert_eq!(flow.steps(), 1, "{bits} bits");
    }
}

#[test]
fn a_flow_is_left_in_time_and_is_where_it_was() {
    let problem = drawn(0);
    let mut flow = started(&problem, 128, None);
    let limit = TimeLimit::after(std::time::Duration::from_millis(30));
    assert!(limit.within(|| flow.advance(&Rational::from(1_000_000_000))).is_err());
    let (time, radius) = (flow.time().clone(), flow.radius());
    assert!(!radius.is_infinite() && time < 1_000_000_000);
    // What was begun is begun anew.
    let to = &time + ratio(1, 100);
    flow.advance(&to).unwrap();
    let other = advanced(&problem, 256, None, &to);
    assert!(distance_below(&centre(&flow), &centre(&other)) <= flow.radius() + other.radius());
}

/// A stretch encloses the flow at all its times, its ends among them, and its halves do so more sharply.
#[test]
fn every_moment_of_a_stretch_is_in_it() {
    let count = if std::env::var_os("WITNESS_LONG").is_some_and(|value| value == "1") { 100 } else { 12 };
    let mut state = 1;
    for case in 0..count {
        let problem = drawn(case * 7);
        let horizon = ratio(3, 1);
        // So coarse that the radius of the step is felt as well.
        let mut flow = started(&problem, 53, (case % 2 == 0).then(|| ratio(1, 1000)));
        let mut fine = started(&problem, 128, None);
        let mut reached = Rational::new();
        while let Some(way) = flow.pass(&horizon).unwrap() {
            let whole = way.stretch(&problem, flow.setting());
            assert_eq!(whole.from.time(), Some(&reached), "stretches follow each other");
            assert_eq!(whole.to.time(), Some(flow.time()));
            reached.clone_from(flow.time());
            let halves = way.halves();
            let parts = halves.iter().flat_map(|half| [half.clone()].into_iter().chain(half.halves()));
            let mut parts: Vec<_> = parts.map(|part| part.stretch(&problem, flow.setting())).collect();
            let size = |stretch: &Stretch<Ball>| {
                let entries = stretch.point.weights().iter().flat_map(Matrix::entries);
                entries.map(Ball::radius).fold(Magnitude::ZERO, |sum, radius| sum + radius)
            };
            let rest = flow.radius().scaled(4);
            assert!(size(&parts[0]) <= size(&whole).scaled(-1).scaled(1), "{case}: halves are no wider");
            assert!(size(&parts[1]).scaled(2) <= size(&whole) + size(&whole) + rest, "{case}: quarters are narrower");
            parts.push(whole);
            let ends = |part: &Stretch<Ball>| [&part.from, &part.to].map(|mark| mark.time().unwrap().clone());
            state = following(state);
            let share = ratio((state >> 40).rem_euclid(1000) as i64, 1000);
            let mut times: Vec<(Rational, &Stretch<Ball>)> = Vec::new();
            for part in &parts {
                let [from, to] = ends(part);
                let between = Rational::from(&to - &from) * &share + &from;
                times.extend([from, between, to].map(|time| (time, part)));
            }
            times.sort_by(|(one, _), (other, _)| one.cmp(other));
            for (time, part) in times {
                fine.advance(&time).unwrap();
                let enclosed = part.point.weights().iter().flat_map(Matrix::entries);
                for (enclosure, truth) in enclosed.zip(centre(&fine)) {
                    let away = (enclosure.midpoint() - &truth).least_absolute();
                    assert!(
                        away <= enclosure.radius() + fine.radius(),
                        "{case}, {time} of {:?}–{:?}",
                        part.from,
                        part.to
                    );
                }
            }
        }
        assert_eq!(reached, horizon);
    }
}
