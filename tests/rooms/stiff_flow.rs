//! Flows that are stiff: decays of very different lengths, against closed forms.

use std::sync::Arc;

use gradient_witness::number::{Ball, Magnitude, Matrix, Real, Ring};
use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::{Flow, Mark};
use rug::Rational;

const BITS: u32 = 400;

fn exact(value: &Rational) -> Ball {
    Ball::from_rational(value, BITS)
}

/// A layer of one output and an example along each axis, of length `x_i`, with the label `y_i`: `w_i′ = −x_i (x_i w_i − y_i)`.
struct Linear {
    x: Vec<Rational>,
    y: Vec<Rational>,
    initial: Vec<Rational>,
}

impl Linear {
    fn problem(&self) -> Arc<Problem> {
        let count = self.x.len();
        let x = Matrix::from_fn(count, count, |i, j| if i == j { self.x[i].clone() } else { Rational::new() });
        let data = Data::Examples { x, y: Matrix::from_entries(1, self.y.clone()) };
        let network = Network::fully_connected(&[count, 1]).unwrap();
        let initial = vec![Matrix::row_vector(self.initial.clone())];
        Arc::new(Problem::new(network, Loss::Squared, Normalisation::Sum, data, initial, StepRule::Flow).unwrap())
    }

    /// `w_i(t) = y_i/x_i + (w_i(0) − y_i/x_i) e^{−x_i² t}`.
    fn at(&self, t: &Rational) -> Vec<Ball> {
        let weight = |i: usize| {
            let limit = Rational::from(&self.y[i] / &self.x[i]);
            let decay = exact(&-(Rational::from(&self.x[i] * &self.x[i]) * t)).exp();
            exact(&Rational::from(&self.initial[i] - &limit)) * &decay + exact(&limit)
        };
        (0..self.x.len()).map(weight).collect()
    }
}

/// How far weights are from a centre at least, all together.
fn distance(weights: &[Ball], centre: &[Ball]) -> Magnitude {
    let apart = weights.iter().zip(centre).map(|(one, other)| (one.clone() - other).least_absolute());
    Magnitude::euclidean(apart)
}

/// Rates from 10⁻⁶ to 10⁸: the enclosure at the ends of steps and inside of them holds the closed form, so does what is said of stretches, whole and halved, and few
/// steps are taken.
#[test]
fn a_stiff_linear_flow_is_enclosed_in_few_steps() {
    let ratio = |numerator: i64, denominator: i64| Rational::from((numerator, denominator));
    let linear = Linear {
        x: vec![ratio(1, 1000), ratio(1, 1), ratio(30, 1), ratio(10_000, 1)],
        y: vec![ratio(1, 2000), ratio(-1, 1), ratio(20, 1), ratio(5000, 1)],
        initial: vec![ratio(1, 1), ratio(1, 3), ratio(-1, 1), ratio(3, 1)],
    };
    for bits in [53, 128] {
        let problem = linear.problem();
        let mut flow = Flow::new(Arc::clone(&problem), bits, None).unwrap();
        let (setting, end) = (Arc::clone(flow.setting()), Rational::from(100));
        let mut inside = ratio(1, 100_000_007);
        while *flow.time() < end {
            // Some steps are looked at inside.
            inside *= Rational::from((7, 2));
            let to = if inside > *flow.time() { inside.clone().min(end.clone()) } else { end.clone() };
            let way = flow.pass(&to).unwrap().unwrap();
            let off = distance(&linear.at(flow.time()), flow.centre()[0].entries());
            assert!(off <= flow.radius(), "{bits} bits, t = {}: {off:?} of {:?}", flow.time(), flow.radius());
            let stretches = std::iter::once(way.clone()).chain(way.halves()).map(|way| way.stretch(&problem, &setting));
            for stretch in stretches {
                let (Mark::Time(from), Mark::Time(to)) = (&stretch.from, &stretch.to) else {
                    panic!("{:?} is not a time", stretch.from)
                };
                let third = Rational::from(to - from) / 3_u32;
                for t in [from.clone(), Rational::from(from + &third), to.clone()] {
                    for (weight, over) in linear.at(&t).iter().zip(stretch.point.weights()[0].entries()) {
                        let off = (weight.clone() - &over.midpoint()).least_absolute();
                        assert!(off <= over.radius(), "{bits} bits, {t} in {from} to {to}");
                    }
                }
            }
        }
        assert!(flow.steps() <= 130, "{bits} bits: {} steps", flow.steps());
        let most = Magnitude::power_of_two(12 - i64::from(bits));
        assert!(flow.radius() <= most, "{bits} bits: {:?}", flow.radius());
    }
}

/// Two layers along the axes, balanced: `p_i = w_{1,i}w_{2,i}` follows `p′ = −2x²p(p − T)`, a logistic curve.
#[test]
fn a_stiff_flow_of_two_layers_is_enclosed_in_few_steps() {
    let (lengths, targets, starts) = ([1, 300], [2, 1], [(1, 2), (5, 4)]);
    let diagonal = |entries: [Rational; 2]| {
        Matrix::from_fn(2, 2, |i, j| if i == j { entries[i].clone() } else { Rational::new() })
    };
    let x = diagonal(lengths.map(Rational::from));
    let y = diagonal([0, 1].map(|i| Rational::from(lengths[i] * targets[i])));
    let initial = vec![diagonal(starts.map(Rational::from)); 2];
    let network = Network::fully_connected(&[2, 2, 2]).unwrap();
    let data = Data::Examples { x, y };
    let problem = Problem::new(network, Loss::Squared, Normalisation::Sum, data, initial, StepRule::Flow).unwrap();
    let mut flow = Flow::new(Arc::new(problem), 53, None).unwrap();
    for t in [(1, 1_000_000), (1, 1000), (1, 1), (20, 1)].map(Rational::from) {
        flow.advance(&t).unwrap();
        let weight = |i: usize| {
            let (target, start) = (Rational::from(targets[i]), Rational::from(starts[i]));
            let before = target.clone() / Rational::from(&start * &start) - 1_u32;
            let rate = Rational::from(2 * lengths[i] * lengths[i]) * &target;
            let decay = exact(&-(rate * &t)).exp() * &exact(&before) + Ball::one(BITS);
            (exact(&target) / &decay).sqrt()
        };
        let zero = Ball::zero(BITS);
        let layer = [weight(0), zero.clone(), zero, weight(1)];
        let centre: Vec<Ball> = flow.centre().iter().flat_map(|layer| layer.entries().to_vec()).collect();
        let off = distance(&[layer.clone(), layer].concat(), &centre);
        assert!(off <= flow.radius(), "t = {t}: {off:?} of {:?}", flow.radius());
    }
    assert!(flow.steps() <= 110, "{} steps", flow.steps());
    assert!(flow.radius() <= Magnitude::power_of_two(-44), "{:?}", flow.radius());
}
