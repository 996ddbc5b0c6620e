//! The f64 program against the reference: every step within the bound derived for it, wherever the numbers lie.

use std::sync::Arc;

use gradient_witness::audit::Judge;
use gradient_witness::descent::{Descent, Instructions, StepOutcome};
use gradient_witness::generate::{Family, Source};
use gradient_witness::number::Truth;
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use proptest::prelude::*;
use rug::Rational;

use super::support::{Instances, config};

/// The largest share of the bound that some steps used, after checking each with all instructions.
fn worst_share(problem: &Problem, steps: u64) -> f64 {
    Instructions::available().map(|instructions| worst_share_of(problem, steps, instructions)).fold(0.0, f64::max)
}

fn worst_share_of(problem: &Problem, steps: u64, instructions: Instructions) -> f64 {
    let judge = Judge::new(Arc::new(problem.clone()));
    let mut descent = Descent::with_instructions(problem, instructions).unwrap();
    let mut before = judge.weights(&descent);
    let mut worst = 0.0_f64;
    for t in 0..steps {
        let eta = descent.eta();
        if let StepOutcome::Diverged(_) = descent.step() {
            break;
        }
        let after = judge.weights(&descent);
        let verdict = judge.step(&before, eta, &after);
        assert!(verdict.within == Truth::True, "step {t}: {verdict:?} of {problem:?}");
        worst = worst.max(verdict.share);
        before = after;
    }
    worst
}

proptest! {
    #![proptest_config(config(16))]

    #[test]
    fn smoothness_runs(instance in Instances(Family::SmoothnessRuns)) {
        worst_share(&instance.problem, 20);
    }

    #[test]
    fn short_runs(instance in Instances(Family::ShortRuns)) {
        worst_share(&instance.problem, instance.look.steps());
    }

    #[test]
    fn target_runs(instance in Instances(Family::TargetRuns)) {
        worst_share(&instance.problem, 10);
    }

    #[test]
    fn points(instance in Instances(Family::Points)) {
        worst_share(&instance.problem, 1);
    }

    /// Weights, data and step sizes from far below the least normal f64 to large ones, with zeros among them.
    #[test]
    fn numbers_of_every_size(problem in problems_of_every_size()) {
        // What cannot begin or diverges is no step; what is computed must be right.
        if Descent::new(&problem).is_ok() {
            worst_share(&problem, 2);
        }
    }
}

fn problems_of_every_size() -> impl Strategy<Value = Problem> {
    let network = prop_oneof![
        (1_usize..4, 1_usize..4, 1_usize..3).prop_map(|(a, b, c)| Network::fully_connected(&[a, b, c]).unwrap()),
        (1_usize..4, 1_usize..4).prop_map(|(a, b)| Network::fully_connected(&[a, b, b, 1]).unwrap()),
        (1_usize..4, 1_usize..4).prop_map(|(dim, depth)| Network::diagonal(dim, depth).unwrap()),
        (2_usize..5, 1_usize..3).prop_map(|(dim, size)| Network::convolutional(dim, &[size, dim]).unwrap()),
    ];
    let loss = prop_oneof![
        Just(Loss::logistic()),
        Just(Loss::Logistic { scale: Rational::from((1, 50)), steepness: Rational::from(3) }),
        Just(Loss::Exponential),
        Just(Loss::Squared),
        Just(Loss::SquaredTarget),
    ];
    let sizes = (-340_i32..20, -340_i32..20, -340_i32..4);
    (network, loss, sizes, any::<u64>(), 1_usize..4).prop_map(
        |(network, loss, (of_weights, of_data, of_eta), seed, n)| {
            let loss = if loss.is_classification() && network.output_dimension() > 1 { Loss::Squared } else { loss };
            let mut state = seed | 1;
            let mut number = |size: i32| {
                // A multiplicative generator does for numbers that only must differ.
                state = crate::draws::following(state);
                let value = Rational::from(((state >> 40) as i64 % 1000 - 500, (state >> 20) % 7 + 1));
                if state >> 61 == 0 { Rational::new() } else { scaled(value, size) }
            };
            let mut table = |rows, columns, size| Matrix::from_fn(rows, columns, |_, _| number(size));
            let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
            let weights =
                network.layer_shapes().into_iter().map(|(rows, columns)| table(rows, columns, of_weights)).collect();
            let data = match &loss {
                Loss::SquaredTarget => Data::Target(table(outputs, inputs, of_data)),
                Loss::Squared => Data::Examples { x: table(n, inputs, of_data), y: table(n, outputs, 0) },
                _ => {
                    let y = Matrix::from_fn(n, 1, |i, _| Rational::from(if (seed >> i) & 1 == 0 { 1 } else { -1 }));
                    Data::Examples { x: table(n, inputs, of_data), y }
                }
            };
            let eta = StepRule::Constant(scaled(Rational::from((1, 3)), of_eta));
            Problem::new(network, loss, Normalisation::Mean, data, weights, eta).unwrap()
        },
    )
}

fn scaled(value: Rational, exponent: i32) -> Rational {
    if exponent < 0 { value >> exponent.unsigned_abs() } else { value << exponent.unsigned_abs() }
}

#[test]
fn the_bound_is_no_looser_than_it_must_be() {
    let shares: Vec<f64> = (0..8)
        .map(|index| worst_share(&Family::SmoothnessRuns.instance(1, index).expect("an instance").problem, 200))
        .collect();
    assert!(shares.iter().all(|&share| share > 0.1), "{shares:?}");
}

#[test]
fn a_step_that_underflows_is_within_its_bound() {
    // e^{−1000} is zero in f64, and the weight that it should move is zero too.
    let row = |entries: &[i32]| Matrix::row_vector(entries.iter().map(|&entry| Rational::from(entry)).collect());
    let problem = Problem::new(
        Network::fully_connected(&[2, 1]).unwrap(),
        Loss::logistic(),
        Normalisation::Mean,
        Data::Examples { x: row(&[1, 1000]), y: row(&[1]) },
        vec![row(&[0, 1])],
        StepRule::Constant(Rational::from(1)),
    )
    .unwrap();
    assert!(worst_share(&problem, 1) <= 1.0);
}

/// Shapes that fill vectors, groups and blocks, and shapes that do not.
#[test]
fn networks_of_every_width() {
    let full = |widths: &[usize]| Network::fully_connected(widths).unwrap();
    let networks = [
        full(&[9, 17, 8, 1]),
        full(&[20, 3, 12, 1]),
        full(&[8, 9, 16, 10]),
        Network::diagonal(19, 3).unwrap(),
        Network::convolutional(35, &[12, 35]).unwrap(),
    ];
    for network in &networks {
        let loss = if network.output_dimension() == 1 { Loss::logistic() } else { Loss::Squared };
        let share = worst_share(&thirds(network, &loss, 7), 2);
        assert!((0.01..=1.0).contains(&share), "{network:?}: {share}");
    }
}

/// All instructions but the scalar ones fuse a product with its sum, and agree on every bit of every weight; and many steps
/// together are as many single ones.
#[test]
fn runs_do_not_depend_on_the_instructions_nor_on_where_one_looks() {
    let full = |widths: &[usize]| Network::fully_connected(widths).unwrap();
    for (network, loss) in [
        (full(&[3, 2, 4, 1]), Loss::logistic()),
        (full(&[5, 7, 1]), Loss::logistic()),
        (full(&[11, 9, 10, 1]), Loss::logistic()),
        (full(&[2, 4, 3]), Loss::Squared),
        (Network::diagonal(9, 3).unwrap(), Loss::SquaredTarget),
        (Network::diagonal(9, 5).unwrap(), Loss::SquaredTarget),
        (Network::convolutional(9, &[4, 9]).unwrap(), Loss::SquaredTarget),
    ] {
        let problem = thirds(&network, &loss, 3);
        let mut runs: Vec<_> = Instructions::available()
            .map(|instructions| (instructions, Descent::with_instructions(&problem, instructions).unwrap()))
            .collect();
        for (instructions, run) in &mut runs {
            assert_eq!(run.advance(1500), StepOutcome::Advanced);
            let mut singly = Descent::with_instructions(&problem, *instructions).unwrap();
            for _ in 0..1500 {
                assert_eq!(singly.step(), StepOutcome::Advanced);
            }
            assert_eq!(run.parameters(), singly.parameters(), "{instructions:?}");
        }
        runs.retain(|(instructions, _)| *instructions != Instructions::Scalar);
        for pair in runs.windows(2) {
            assert_eq!(pair[0].1.parameters(), pair[1].1.parameters(), "{network:?}");
        }
    }
}

/// Prints, for every architecture and loss, the largest share of the bound that a step used.
#[test]
fn every_architecture_with_every_loss() {
    let full = |widths: &[usize]| Network::fully_connected(widths).unwrap();
    let networks = [
        full(&[3, 1]),
        full(&[3, 2, 4, 1]),
        full(&[2, 4, 3]),
        Network::diagonal(4, 3).unwrap(),
        Network::convolutional(5, &[3, 5]).unwrap(),
    ];
    let losses = [
        Loss::logistic(),
        Loss::Logistic { scale: Rational::from((1, 50)), steepness: Rational::from(3) },
        Loss::Exponential,
        Loss::Squared,
        Loss::SquaredTarget,
    ];
    for (number, network) in networks.iter().enumerate() {
        for loss in losses.iter().filter(|loss| !loss.is_classification() || network.output_dimension() == 1) {
            let share = worst_share(&thirds(network, loss, number as u32), 200);
            println!("{network:?}, {loss:?}: {share:.3} of the bound");
            // A step that stays far below its bound would pass with a wrong one too.
            assert!((0.1..=1.0).contains(&share), "{network:?}, {loss:?}: {share}");
        }
    }
}

/// A problem whose numbers are no f64.
fn thirds(network: &Network, loss: &Loss, seed: u32) -> Problem {
    let mut state = seed;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rational::from((i64::from(state >> 16) % 1000 - 500, 1500))
    };
    let mut table = |rows, columns| Matrix::from_fn(rows, columns, |_, _| number());
    let (inputs, outputs, n) = (network.input_dimension(), network.output_dimension(), 6);
    let weights = network.layer_shapes().into_iter().map(|(rows, columns)| table(rows, columns)).collect();
    let data = match loss {
        Loss::SquaredTarget => Data::Target(table(outputs, inputs)),
        Loss::Squared => Data::Examples { x: table(n, inputs), y: table(n, outputs) },
        _ => Data::Examples {
            x: table(n, inputs),
            y: Matrix::from_fn(n, 1, |i, _| Rational::from(if i % 2 == 0 { 1 } else { -1 })),
        },
    };
    let eta = StepRule::Constant(Rational::from((1, 7)));
    Problem::new(network.clone(), loss.clone(), Normalisation::Mean, data, weights, eta).unwrap()
}
