//! A program that errs as far as it says it may, always to the same side: what is certified of it must hold, and may not be much more.

use std::ops::Range;
use std::sync::Arc;

use gradient_witness::number::{Magnitude, Matrix};
use gradient_witness::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
use gradient_witness::reference::long_run::{Centre, LongRun, PreciseRun, Run};
use rug::Rational;
use rug::float::Round;

/// Descent on ½(w_L⋯w_1 − φ)², wrong by as much as its chain of roundings allows.
#[derive(Debug)]
struct Adversary {
    target: Rational,
    weights: Vec<f64>,
    eta: f64,
    chains: Vec<u64>,
    /// The steps in which it errs, and how many times as much as it may.
    excess: (Range<u64>, u64),
    t: u64,
}

fn exact(value: f64) -> Rational {
    Rational::from_f64(value).expect("a finite number")
}

fn floor(value: &Rational) -> f64 {
    rug::Float::with_val_round(53, value, Round::Down).0.to_f64()
}

/// The partial derivatives, and the same with the absolute value of every number.
fn slopes(weights: &[Rational], target: &Rational) -> Vec<(Rational, Rational)> {
    let product = |without: usize| -> Rational {
        let others = weights.iter().enumerate().filter(|(k, _)| *k != without).map(|(_, weight)| weight);
        others.fold(Rational::from(1), |product, weight| product * weight)
    };
    let all = product(usize::MAX);
    let (residual, sum) =
        (Rational::from(&all - target), Rational::from(all.abs_ref()) + Rational::from(target.abs_ref()));
    (0..weights.len()).map(|k| (product(k) * &residual, product(k).abs() * &sum)).collect()
}

impl Centre for Adversary {
    fn t(&self) -> u64 {
        self.t
    }

    fn parameters(&self) -> &[f64] {
        &self.weights
    }

    fn eta(&self) -> f64 {
        self.eta
    }

    fn radius(&self) -> Option<&Rational> {
        None
    }

    fn chain_lengths(&self) -> &[u64] {
        &self.chains
    }

    fn advance(&mut self, steps: u64, stop: &mut dyn FnMut() -> bool) -> bool {
        for _ in 0..steps {
            if stop() {
                break;
            }
            let weights: Vec<Rational> = self.weights.iter().map(|&weight| exact(weight)).collect();
            let eta = exact(self.eta);
            for (k, (slope, sum)) in slopes(&weights, &self.target).into_iter().enumerate() {
                let unit = Rational::from((1, 1_u64 << 53));
                let roundings = unit.clone() * self.chains[k] * &eta * sum;
                let allowed = Rational::from(weights[k].abs_ref()) * unit + roundings;
                let times = if self.excess.0.contains(&self.t) { self.excess.1 } else { 1 };
                self.weights[k] = floor(&(weights[k].clone() - slope * &eta + allowed * times));
            }
            self.t += 1;
        }
        true
    }
}

struct Case {
    start: Vec<f64>,
    /// Where the program begins.
    from: Vec<f64>,
    target: f64,
    eta: Rational,
    /// The size of its steps.
    program: f64,
    chain: u64,
    excess: (Range<u64>, u64),
    steps: u64,
}

impl Case {
    fn problem(&self) -> Arc<Problem> {
        let network = Network::fully_connected(&vec![1; self.start.len() + 1]).unwrap();
        let number = |value: f64| Matrix::row_vector(vec![exact(value)]);
        let initial = self.start.iter().map(|&weight| number(weight)).collect();
        let (data, step) = (Data::Target(number(self.target)), StepRule::Constant(self.eta.clone()));
        Arc::new(Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, data, initial, step).unwrap())
    }

    fn run(&self) -> LongRun {
        let program = Adversary {
            target: exact(self.target),
            weights: self.from.clone(),
            eta: self.program,
            chains: vec![self.chain; self.start.len()],
            excess: self.excess.clone(),
            t: 0,
        };
        LongRun::new(self.problem(), Box::new(program)).unwrap()
    }
}

/// Runs the case, and holds the distance from the exact run against the radius at every hundredth of it, as long as there is one: the least ratio of
/// the radius to the distance in the end, and how many steps were certified.
fn assert_holds(case: &Case) -> (f64, u64) {
    assert_encloses(case, case.run())
}

fn assert_encloses(case: &Case, mut run: impl Run) -> (f64, u64) {
    // The exact run, in rationals cut to 300 bits.
    let cut = |value: &Rational| rug::Float::with_val(300, value).to_rational().expect("a finite number");
    let mut truth: Vec<Rational> = case.start.iter().map(|&weight| exact(weight)).collect();
    let mut ratio = f64::INFINITY;
    for t in 0..case.steps {
        let change = slopes(&truth, &exact(case.target));
        truth =
            truth.iter().zip(change).map(|(weight, (slope, _))| cut(&(weight.clone() - slope * &case.eta))).collect();
        if (t + 1) % case.steps.div_ceil(100) != 0 {
            continue;
        }
        if run.advance(t + 1, &mut || false).is_err() {
            return (ratio, t);
        }
        let centre = run.centre();
        let error = |(layer, truth): (&Matrix<_>, &Rational)| -> Rational {
            let weight: &gradient_witness::number::Ball = &layer.entries()[0];
            (weight.centre().to_rational().expect("a finite number") - truth).square()
        };
        let square: Rational = centre.iter().zip(&truth).map(error).sum();
        let radius: Magnitude = run.radius();
        let certified = radius.to_rational().expect("a bound");
        assert!(certified.square() >= square, "step {}: {square} beyond the radius {radius:?}", t + 1);
        ratio = radius.to_f64() / square.to_f64().sqrt();
    }
    (ratio, case.steps)
}

/// From near a saddle, where what is wrong grows, as the weights do.
fn escape() -> Case {
    Case {
        start: vec![0.0625; 3],
        from: vec![0.0625; 3],
        target: 1.0,
        eta: Rational::from((1, 64)),
        program: 1.0 / 64.0,
        chain: 1 << 20,
        excess: (0..0, 1),
        steps: 850,
    }
}

#[test]
fn what_is_certified_holds_of_a_program_that_errs_to_one_side() {
    let (ratio, steps) = assert_holds(&escape());
    assert!(steps == 850 && ratio < 2.0, "{ratio}, {steps} steps");
}

#[test]
fn what_is_certified_holds_after_a_saddle() {
    // On to the minimum, where errors add up and no longer grow.
    let (ratio, steps) = assert_holds(&Case { steps: 4000, ..escape() });
    assert!(steps == 4000 && ratio < 1000.0, "{ratio}, {steps} steps");
}

#[test]
fn what_is_certified_holds_of_a_program_with_another_step_size() {
    let program = (1.0 + 1.0 / 1048576.0) / 64.0;
    let (ratio, steps) = assert_holds(&Case { program, chain: 4, ..escape() });
    assert!(steps == 850 && ratio < 4.0, "{ratio}, {steps} steps");
}

#[test]
fn the_rounding_of_a_weight_counts() {
    // Each exact step adds one and a half units of the last place, and each step of the program two: one layer, a far target, hardly any gradient.
    let unit = 2.0_f64.powi(-52);
    let (target, eta) = (2.0_f64.powi(60), 1.5 * unit * 2.0_f64.powi(-60));
    let start = vec![1.0];
    let case =
        Case { from: start.clone(), start, target, eta: exact(eta), program: eta, chain: 1, steps: 5000, ..escape() };
    let (ratio, steps) = assert_holds(&case);
    assert!(steps == 5000 && ratio < 1.1, "{ratio}, {steps} steps");
}

#[test]
fn what_is_certified_holds_of_a_program_that_begins_elsewhere() {
    // The centre rests in one valley, and the exact run goes to the other: the curvature at the centre says nothing of it.
    let case = Case { start: vec![1.75, -2.0], from: vec![4.0, 0.25], chain: 1, steps: 600, ..escape() };
    let (_, steps) = assert_holds(&case);
    assert!(steps < 600);
    // Close by, the exact run comes to it.
    let case = Case { start: vec![4.0, 0.234375], steps: 200, ..case };
    let (ratio, steps) = assert_holds(&case);
    assert!(steps == 200 && ratio < 100.0, "{ratio}, {steps} steps");
}

#[test]
fn a_program_that_errs_more_than_it_says_is_found_out() {
    // From the first step on, from within a window on, and once in a while.
    for (errs, times) in [(0..u64::MAX, 3), (100..u64::MAX, 3), (201..202, 1 << 40), (402..403, 1 << 40)] {
        let begins = errs.start;
        let mut run = Case { excess: (errs, times), ..escape() }.run();
        let blind = run.advance(850, &mut || false).unwrap_err();
        assert!(begins < blind.t && blind.t < begins + 300, "{blind}");
        assert!(blind.what.contains("the f64"), "{blind}");
    }
}

#[test]
fn what_is_certified_holds_of_few_bits() {
    for bits in [16, 18, 20, 24, 32, 53, 60] {
        for case in
            [escape(), Case { start: vec![0.0625, 0.125, 0.25], target: 3.0, eta: Rational::from((1, 77)), ..escape() }]
        {
            let run = PreciseRun::new(case.problem(), bits).unwrap();
            let (_, steps) = assert_encloses(&case, run);
            assert!(steps == 850 || bits < 20, "{bits} bits: {steps} steps");
        }
    }
}

#[test]
fn a_step_that_is_too_long_makes_errors_grow() {
    // The curvature is 1 everywhere: an error is multiplied by 1 − 5/2.
    let eta = Rational::from((5, 2));
    let case =
        Case { start: vec![3.0], from: vec![3.0 + 1.0 / 1024.0], eta, program: 2.5, chain: 1, steps: 10, ..escape() };
    let (ratio, steps) = assert_holds(&case);
    assert!(steps == 10 && ratio < 1.01, "{ratio}, {steps} steps");
}
