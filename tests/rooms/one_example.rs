//! The closed form of two layers and one example: proved, against flows that are followed, against limits, and against numbers that are known.

use std::sync::Arc;

use gradient_witness::claims::{AboutNumbers, Claim, Finding};
use gradient_witness::number::{Ball, Magnitude, Matrix, Real, Ring};
use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Flow, NotOneExample, OneExample, PathBound, Point, Setting, Unreached};
use gradient_witness::verify::{Evidence, Options, verify};
use rug::Rational;

use crate::draws::following;

fn ratio(numerator: i64, denominator: i64) -> Rational {
    Rational::from((numerator, denominator))
}

fn general_logistic() -> Loss {
    Loss::Logistic { scale: ratio(3, 2), steepness: ratio(5, 4) }
}

fn networks() -> [Network; 5] {
    [
        Network::fully_connected(&[2, 3, 1]).unwrap(),
        Network::fully_connected(&[1, 1, 1]).unwrap(),
        Network::diagonal(3, 2).unwrap(),
        Network::convolutional(4, &[2, 4]).unwrap(),
        Network::convolutional(3, &[3, 3]).unwrap(),
    ]
}

/// A problem of one example whose example, label and weights are drawn.
fn drawn(network: &Network, loss: &Loss, seed: u64) -> Arc<Problem> {
    let mut state = following(seed + 1);
    let mut fraction = || {
        state = following(state);
        ratio((state >> 40).rem_euclid(2001) as i64 - 1000, 1000)
    };
    let x = Matrix::from_fn(1, network.input_dimension(), |_, _| fraction());
    let y = if loss.is_classification() { ratio(1 - 2 * (seed as i64 % 2), 1) } else { fraction() * 2_u32 };
    let shapes = network.layer_shapes();
    let weights = shapes.iter().map(|&(rows, columns)| Matrix::from_fn(rows, columns, |_, _| fraction())).collect();
    problem(network.clone(), loss.clone(), x, y, weights)
}

fn problem(
    network: Network,
    loss: Loss,
    x: Matrix<Rational>,
    y: Rational,
    weights: Vec<Matrix<Rational>>,
) -> Arc<Problem> {
    let data = Data::Examples { x, y: Matrix::row_vector(vec![y]) };
    Arc::new(Problem::new(network, loss, Normalisation::Mean, data, weights, StepRule::Flow).unwrap())
}

/// Weights `u`, `v` of one number each, with the squared loss of the example 1.
fn scalar(u: &str, v: &str, y: &str) -> Arc<Problem> {
    let [u, v, y] = [u, v, y].map(|text| text.parse::<Rational>().unwrap());
    let weights = vec![Matrix::row_vector(vec![u]), Matrix::row_vector(vec![v])];
    problem(
        Network::fully_connected(&[1, 1, 1]).unwrap(),
        Loss::Squared,
        Matrix::row_vector(vec![1.into()]),
        y,
        weights,
    )
}

/// At least how far weights that are told one by one are from a ball.
fn distance(point: &Point<Ball>, centre: &[Matrix<Ball>]) -> Magnitude {
    let entries = point.weights().iter().zip(centre).flat_map(|(one, other)| one.entries().iter().zip(other.entries()));
    let apart =
        |(one, other): (&Ball, &Ball)| (one.clone().with_bits(400) - &other.clone().with_bits(400)).least_absolute();
    Magnitude::euclidean(entries.map(apart))
}

/// How much is not known of the weights.
fn blur(point: &Point<Ball>) -> Magnitude {
    Magnitude::euclidean(point.weights().iter().flat_map(|layer| layer.entries()).map(Ball::radius))
}

/// `p` of the flow where it is.
fn output(flow: &Flow) -> Ball {
    let (setting, product) = (flow.setting(), flow.around().end_to_end());
    let input = setting.signed_examples().or_else(|| setting.examples().map(|(x, _)| x)).unwrap();
    product.times_transpose(input).entries()[0].clone()
}

/// `p = ½⟨v, M̂v⟩` with a linear and symmetric `M̂`, `∇R = r M̂v`, and where `M̂³ = |x|²M̂` the exponential: with `E″ = 1 + |x|²E`, `E = E′ = 0` at `ν = 0`, that is with
/// `E = (cosh |x|ν − 1)/|x|²`, `w = v + E′M̂v + EM̂²v` has `dw/dν = M̂w`, and is `v` at `ν = 0`.
struct ClosedForm {
    network: Network,
    /// A control: `dw/dν = −M̂w`.
    backward: bool,
    /// A control: the closed form of fully-connected networks is said of all.
    any: bool,
}

impl ClosedForm {
    fn of(network: &Network) -> Self {
        Self { network: network.clone(), backward: false, any: false }
    }
}

impl AboutNumbers for ClosedForm {
    fn conclude<T: Real>(&self, free: &mut dyn FnMut() -> T, finding: &mut Finding) {
        for loss in [Loss::logistic(), Loss::Squared] {
            let problem = drawn(&self.network, &loss, 1);
            let [lambda, y] = [free(), free()];
            let x = Matrix::row_vector((0..self.network.input_dimension()).map(|_| free()).collect());
            let setting = Setting::<T>::new(problem, lambda.bits());
            let setting = Arc::new(setting.with_examples(x.clone(), Matrix::row_vector(vec![y.clone()])));
            let mut weights = || -> Vec<Matrix<T>> {
                let shapes = self.network.layer_shapes();
                shapes.into_iter().map(|(rows, columns)| Matrix::from_fn(rows, columns, |_, _| free())).collect()
            };
            let (u, v) = (weights(), weights());
            let image = |v: &[Matrix<T>]| OneExample::image(&setting, v).unwrap();
            let sum = |one: &[Matrix<T>], factor: &T, other: &[Matrix<T>]| -> Vec<Matrix<T>> {
                one.iter().zip(other).map(|(one, other)| one.clone().plus(&other.scaled(factor))).collect()
            };
            let inner = |one: &[Matrix<T>], other: &[Matrix<T>]| -> T {
                one.iter().zip(other).fold(lambda.constant(0), |sum, (one, other)| sum + &one.inner(other))
            };
            let mut equal = |label: &'static str, one: &[Matrix<T>], other: &[Matrix<T>]| {
                for (one, other) in one.iter().zip(other) {
                    for (one, other) in one.entries().iter().zip(other.entries()) {
                        finding.equal(label, one, other);
                    }
                }
            };
            let once = image(&v);
            let [twice, thrice] = [image(&once), image(&image(&once))];
            equal("M̂(u + λv) = M̂u + λM̂v", &image(&sum(&u, &lambda, &v)), &sum(&image(&u), &lambda, &once));
            let [loss, slope] = [free(), free()];
            let point = Point::new(Arc::clone(&setting), v.clone());
            let classifies = setting.loss().is_classification();
            let point = if classifies { point.with_free_losses(vec![loss], vec![slope.clone()]) } else { point };
            let product = point.end_to_end().clone().times_transpose(&x).entries()[0].clone();
            let (p, r) = if classifies { (product * &y, slope) } else { (product.clone(), product - &y) };
            let zero = sum(&u, &lambda.constant(-1), &u);
            equal("∇R = r M̂v", point.gradient(), &sum(&zero, &r, &once));
            if self.network.is_fully_connected() || self.any {
                let squared = if classifies { x.frobenius_squared() * &y.square() } else { x.frobenius_squared() };
                let [e, first] = [free(), free()];
                let second = e.constant(1) + &(squared.clone() * &e);
                equal("M̂³v = |x|²M̂v", &thrice, &sum(&zero, &squared, &once));
                let w = sum(&sum(&v, &first, &once), &e, &twice);
                let rate = sum(&sum(&zero, &second, &once), &first, &twice);
                let sign = e.constant(if self.backward { -1 } else { 1 });
                equal("dw/dν = M̂w", &rate, &sum(&zero, &sign, &image(&w)));
            }
            finding.equal("p = ½⟨v, M̂v⟩", &p.times(2), &inner(&v, &once));
            finding.equal("⟨u, M̂v⟩ = ⟨M̂u, v⟩", &inner(&u, &once), &inner(&image(&u), &v));
        }
    }
}

/// The closed form solves the flow: so it is proved, for every number.
#[test]
fn the_closed_form_is_proved() {
    let text = "# Statement\nThe flow of two layers and one example.\n# Source\nMine\nKind: identity.\n# Notes\nNone.";
    for network in &networks() {
        let claim = Claim::formula("mine.closed-form", text, ClosedForm::of(network))
            .formula_control("backwards", ClosedForm { backward: true, ..ClosedForm::of(&networks()[0]) })
            .formula_control("a diagonal network", ClosedForm { any: true, ..ClosedForm::of(&networks()[2]) });
        let report = verify(&[&claim], &Options::default(), &());
        assert!(report.claims[0].as_expected(), "{network:?}: {report}");
        assert_eq!(report.claims[0].evidence, Some(Evidence::Proved));
    }
}

/// `v(ν)` of the diagonal network, `v_k = a cosh x_kν + b sinh x_kν`.
#[test]
fn the_exponential_is_that_of_numbers_that_are_known() {
    let x = [ratio(2, 1), ratio(-1, 3), Rational::new()];
    let [a, b] = [[ratio(1, 1), ratio(-5, 4), ratio(1, 2)], [ratio(1, 1), ratio(1, 8), ratio(3, 1)]];
    let row = |entries: &[Rational; 3]| Matrix::row_vector(entries.to_vec());
    let network = Network::diagonal(3, 2).unwrap();
    let problem = problem(network, Loss::Squared, row(&x), 1.into(), vec![row(&a), row(&b)]);
    for bits in [53, 200] {
        let closed = OneExample::new(Arc::clone(&problem), bits).unwrap();
        for nu in
            [ratio(0, 1), ratio(1, 1 << 40), ratio(1, 3), ratio(-5, 1), ratio(40, 1), ratio(-40, 1), ratio(200, 1)]
        {
            let wide =
                Ball::new(rug::Float::with_val(bits, 1), Magnitude::power_of_two(-20)) * Ball::from_rational(&nu, bits);
            let [point, around] = [Ball::from_rational(&nu, bits), wide].map(|nu| closed.at(&nu).unwrap());
            let size = Magnitude::euclidean(
                point.weights().iter().flat_map(|layer| layer.entries()).map(Ball::greatest_absolute),
            );
            for k in 0..3 {
                let number = |value: &Rational| Ball::from_rational(value, 2000);
                let exponent = number(&Rational::from(&x[k] * &nu));
                let [rising, falling] = [exponent.clone().exp(), (-exponent).exp()];
                let [sum, difference] = [number(&(a[k].clone() + &b[k])), number(&(a[k].clone() - &b[k]))];
                let rising = (rising * &sum).times((1, 2));
                let falling = (falling * &difference).times((1, 2));
                for (layer, known) in [rising.clone() + &falling, rising - &falling].iter().enumerate() {
                    let found = &point.weights()[layer].entries()[k];
                    assert!(found.contains(&known.clone()), "{bits} bits, ν = {nu}, {k}: {found:?}, {known:?}");
                    // ν itself is rounded.
                    let most = size
                        * Magnitude::above_f64(8.0 * nu.to_f64().abs().max(1.0))
                        * Magnitude::power_of_two(-i64::from(bits));
                    assert!(found.radius() <= most, "{bits} bits, ν = {nu}, {k}: {found:?} of {most:?}");
                    assert!(around.weights()[layer].entries()[k].contains(known));
                }
            }
        }
        assert_eq!(closed.at(&Ball::from_f64(1e4, bits)).unwrap_err(), Unreached::TooFar);
    }
}

/// Two weights `e^ν`: the squared loss of 4 is at `ν` at the time `ln(3/(4e^{−2ν} − 1))/8`, and of 1/4 at `2 ln((1 − e^{−2ν}/4)·4/3)`.
#[test]
fn the_time_is_that_of_one_number_that_is_known() {
    for (y, nus) in
        [("4", [ratio(1, 100), ratio(1, 2), ratio(69, 100)]), ("1/4", [ratio(-1, 100), ratio(-1, 2), ratio(-69, 100)])]
    {
        let closed = OneExample::new(scalar("1", "1", y), 160).unwrap();
        let y = Ball::from_rational(&y.parse().unwrap(), 400);
        for nu in nus {
            let time = closed.time(&Ball::from_rational(&nu, 160)).unwrap();
            // u² = p = y/(1 + (y − 1)e^{−2yt}).
            let p = Ball::from_rational(&(nu.clone() * 2_u32), 400).exp();
            let known = ((y.clone() - y.constant(1)) / (y.clone() / &p - y.constant(1))).ln() / y.clone().times(2);
            assert!(time.contains(&known), "ν = {nu}: {time:?}, {known:?}");
            assert!(time.radius() < Magnitude::power_of_two(-140), "ν = {nu}: {time:?}");
            // At the start no time has passed, and the way back is none of the flow.
            assert_eq!(closed.time(&-Ball::from_rational(&nu, 160)).unwrap_err(), Unreached::NotOnTheWay);
            assert_eq!(closed.time(&Ball::from_rational(&(nu * 200_u32), 160)).unwrap_err(), Unreached::NotOnTheWay);
        }
        assert!(closed.time(&Ball::zero(160)).unwrap().contains_rational(&Rational::new()));
    }
}

/// Where the flow is at a time the closed form is, and it says the same time.
#[test]
fn flows_meet_their_closed_form_at_every_time() {
    let losses = [Loss::Exponential, Loss::logistic(), general_logistic(), Loss::Squared];
    for (seed, (network, loss)) in
        networks().iter().flat_map(|network| losses.iter().map(move |loss| (network, loss))).enumerate()
    {
        let problem = drawn(network, loss, seed as u64);
        let closed = OneExample::new(Arc::clone(&problem), 128).unwrap();
        let mut flow = Flow::new(problem, 128, None).unwrap();
        // A squared loss is soon next to its limit, which is slowly told.
        let times = if *loss == Loss::Squared { [ratio(1, 4), ratio(1, 1)] } else { [ratio(1, 4), ratio(5, 1)] };
        for t in times {
            flow.advance(&t).unwrap();
            let what = format!("{network:?}, {loss:?}, t = {t}");
            let nu = closed.nu_of_output(&output(&flow)).unwrap_or_else(|why| panic!("{what}: {why}"));
            let point = closed.at(&nu).unwrap();
            let apart = distance(&point, &flow.centre());
            assert!(apart <= flow.radius() + blur(&point), "{what}: {apart:?}");
            let time = closed.time(&nu).unwrap_or_else(|why| panic!("{what}: {why}"));
            assert!(time.contains_rational(&t), "{what}: {time:?}");
            // What is not known is what is not known of the flow. Of the squared loss dt = dν/(y − p).
            let most = Magnitude::power_of_two(-90);
            let left = match flow.setting().examples() {
                Some((_, y)) if *loss == Loss::Squared => (y.entries()[0].clone() - output(&flow)).least_absolute(),
                _ => Magnitude::ONE,
            };
            assert!(blur(&point) < most, "{what}: {:?}", blur(&point));
            assert!(time.radius() < most.over(left), "{what}: {time:?}");
        }
    }
}

/// How late flows are followed, and in how many bits: the last in the long tier.
fn late() -> Vec<(Network, Loss, u32, u32)> {
    let [wide, narrow, diagonal, filter, full] = networks();
    let mut late = vec![
        (wide.clone(), Loss::Exponential, 53, 1_000_000),
        (narrow.clone(), Loss::Exponential, 160, 10_000),
        (diagonal.clone(), general_logistic(), 53, 10_000),
        (filter.clone(), Loss::Exponential, 53, 10_000),
        (full.clone(), Loss::logistic(), 53, 10_000),
    ];
    if std::env::var_os("WITNESS_LONG").is_some() {
        for network in [wide, narrow, diagonal, filter, full] {
            for loss in [Loss::Exponential, Loss::logistic(), general_logistic()] {
                late.extend(
                    [(53, 1_000_000), (160, 10_000)].map(|(bits, to)| (network.clone(), loss.clone(), bits, to)),
                );
            }
        }
    }
    late
}

/// Late flows come to where the closed form says, to the last bit that they know.
#[test]
fn late_flows_meet_their_closed_form() {
    for (number, (network, loss, bits, horizon)) in late().into_iter().enumerate() {
        let problem = drawn(&network, &loss, 40 + number as u64);
        let closed = OneExample::new(Arc::clone(&problem), bits).unwrap();
        let what = format!("{network:?}, {loss:?}, {bits} bits, −ln R = {horizon}");
        let mut late = Flow::late(problem, bits, None).unwrap();
        while late.pass_to_log_risk(&horizon.into()).unwrap_or_else(|why| panic!("{what}: {why}")).is_some() {}
        let nu = closed.nu_of_log_risk(&late.log_risk().unwrap()).unwrap();
        let point = closed.at(&nu).unwrap();
        let apart = distance(&point, &late.centre());
        assert!(apart <= late.radius() + blur(&point), "{what}: {apart:?}");
        let (elapsed, _) = late.elapsed().unwrap();
        assert!(closed.time(&nu).unwrap().may_meet(&elapsed), "{what}: {elapsed:?}");
        // At the horizon itself nearly all bits are known.
        let nu = closed.nu_of_log_risk(&Ball::from_rational(&horizon.into(), bits)).unwrap();
        let rounding = Magnitude::power_of_two(2 - i64::from(bits));
        assert!(nu.radius() <= nu.greatest_absolute() * rounding, "{what}: {nu:?}");
        let point = closed.at(&nu).unwrap();
        let size =
            Magnitude::euclidean(point.weights().iter().flat_map(|layer| layer.entries()).map(Ball::greatest_absolute));
        assert!(blur(&point) <= size * rounding.scaled(5), "{what}: {:?} of {size:?}", blur(&point));
        let log = closed.time(&nu).unwrap().ln();
        assert!(log.radius() <= log.greatest_absolute() * rounding.scaled(5), "{what}: {log:?}");
    }
}

/// The limits of regression are in the balls of the path bound, and are known to nearly all bits.
#[test]
fn limits_are_in_the_balls_of_the_path_bound() {
    let mut held = 0;
    for seed in 0..10 {
        let network = &networks()[seed as usize % 5];
        let problem = drawn(network, &Loss::Squared, seed);
        let closed = OneExample::new(Arc::clone(&problem), 160).unwrap();
        let nu = closed.limit().unwrap();
        let point = closed.at(&nu).unwrap();
        assert!(blur(&point) < Magnitude::power_of_two(-140), "seed {seed}: {:?}", blur(&point));
        let product = point.end_to_end().clone().times_transpose(point.setting().examples().unwrap().0);
        assert!(product.entries()[0].may_meet(&point.setting().examples().unwrap().1.entries()[0]));
        let mut flow = Flow::new(problem, 64, None).unwrap();
        for t in [0, 4, 16] {
            flow.advance(&t.into()).unwrap();
            let Ok(bound) = PathBound::of(&flow.around()) else { continue };
            held += 1;
            let apart = distance(&point, bound.limit().centre());
            assert!(apart <= bound.limit().radius() + blur(&point), "seed {seed}, t = {t}: {apart:?}");
        }
    }
    assert!(held > 15, "the bound held {held} times");
}

#[test]
fn where_there_is_no_answer_it_is_said_why() {
    let limit = |u, v, y| OneExample::new(scalar(u, v, y), 64).unwrap().limit();
    assert_eq!(limit("0", "0", "1").unwrap_err(), Unreached::Rests);
    // u = −v: the output −u² rises to 0.
    assert_eq!(limit("1", "-1", "1").unwrap_err(), Unreached::StopsAtZero);
    assert_eq!(limit("1", "-1", "0").unwrap_err(), Unreached::StopsAtZero);
    assert_eq!(limit("1/1000000", "1/1000000", "-1").unwrap_err(), Unreached::StopsAtZero);
    let half = Ball::from_f64(2.0, 64).ln();
    assert!(limit("1", "-1", "-1/4").unwrap().may_meet(&half) && limit("1", "1", "1/4").unwrap().may_meet(&-half));
    // Next to that 0 is passed.
    assert!(limit("1", "-999999999999/1000000000000", "1").is_ok());
    // Where it is at the start.
    assert!(limit("2", "3", "6").unwrap().contains_rational(&Rational::new()));
    // One component rises in a network of several, or none does.
    let row = |entries: &[i32]| Matrix::row_vector(entries.iter().map(|&entry| Rational::from(entry)).collect());
    let diagonal = |w: &[i32]| {
        let network = Network::diagonal(3, 2).unwrap();
        problem(network, Loss::Exponential, row(&[2, -1, 3]), 1.into(), vec![row(&[1, 1, 1]), row(w)])
    };
    let late = |w: &[i32]| OneExample::new(diagonal(w), 64).unwrap().nu_of_log_risk(&Ball::from_f64(5.0, 64));
    assert_eq!(late(&[-1, 1, -1]).unwrap_err(), Unreached::StopsAtZero);
    assert!(late(&[-1, -1, -1]).is_ok() && late(&[-1, 2, -1]).is_ok());
    assert_eq!(late(&[-1, -1, -1]).map(|_| ()), Ok(()));
    let closed = OneExample::new(diagonal(&[1, 1, 1]), 64).unwrap();
    assert_eq!(closed.limit().unwrap_err(), Unreached::Loss);
    assert_eq!(closed.time(&Ball::from_f64(-1.0, 64)).unwrap_err(), Unreached::NotOnTheWay);
    // Never so far.
    assert_eq!(closed.nu_of_output(&Ball::whole_line(64)).unwrap_err(), Unreached::TooFar);
    let squared = OneExample::new(scalar("1", "1", "4"), 64).unwrap();
    assert_eq!(squared.nu_of_log_risk(&Ball::from_f64(1.0, 64)).unwrap_err(), Unreached::Loss);
    let new = |network: Network| {
        let weights =
            network.layer_shapes().into_iter().map(|(rows, columns)| Matrix::from_fn(rows, columns, |_, _| 1.into()));
        let weights = weights.collect();
        let x = row(&vec![1; network.input_dimension()]);
        let outputs = network.output_dimension();
        let data = Data::Examples { x, y: row(&vec![1; outputs]) };
        let problem = Problem::new(network, Loss::Squared, Normalisation::Mean, data, weights, StepRule::Flow).unwrap();
        OneExample::new(Arc::new(problem), 64).unwrap_err()
    };
    assert_eq!(new(Network::fully_connected(&[1, 1]).unwrap()), NotOneExample::Layers);
    assert_eq!(new(Network::fully_connected(&[1, 2, 2]).unwrap()), NotOneExample::Outputs);
}
