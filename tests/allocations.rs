//! A step of the f64 program allocates nothing: no byte, for any architecture, loss or step rule, or of the flow. And the catalogue is made without reading
//! the specs in it.
//!
//! What is counted is every call of Rust's global allocator. GMP has its own, and the smoothness rule uses it at the steps at
//! which its radius changes, and at no other.

#[path = "../crates/enclosures/src/draws.rs"]
mod draws;

use gradient_witness::descent::{Descent, Flow, FlowOutcome, Instructions, StepOutcome};
use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
use rug::Rational;

/// Numbers k/64 in [−1/2, 1/2) from a fixed linear congruence.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> Rational {
        self.0 = draws::following(self.0);
        Rational::from(((self.0 >> 58) as i64 - 32, 64))
    }

    fn matrix(&mut self, rows: usize, columns: usize) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| self.next())
    }
}

fn networks() -> Vec<Network> {
    vec![
        Network::fully_connected(&[3, 1]).unwrap(),
        Network::fully_connected(&[10, 20, 11, 1]).unwrap(),
        Network::fully_connected(&[4, 9, 8, 3]).unwrap(),
        Network::diagonal(9, 4).unwrap(),
        Network::convolutional(9, &[2, 8, 9]).unwrap(),
    ]
}

fn problem(network: &Network, loss: &Loss, normalisation: Normalisation, step: StepRule) -> Problem {
    let mut numbers = Numbers(1);
    let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
    let examples = 70;
    let data = match loss {
        Loss::SquaredTarget => Data::Target(numbers.matrix(outputs, inputs)),
        _ if loss.is_classification() => Data::Examples {
            x: numbers.matrix(examples, inputs),
            y: Matrix::from_fn(examples, 1, |i, _| Rational::from(if i % 3 == 0 { -1 } else { 1 })),
        },
        _ => Data::Examples { x: numbers.matrix(examples, inputs), y: numbers.matrix(examples, outputs) },
    };
    let initial = network.layer_shapes().into_iter().map(|(rows, columns)| numbers.matrix(rows, columns)).collect();
    Problem::new(network.clone(), loss.clone(), normalisation, data, initial, step).expect("parts that fit")
}

/// The bytes that `steps` steps ask of the allocator, one by one and together, with all instructions.
fn bytes_of_steps(problem: &Problem, steps: u32) -> u64 {
    let bytes = |instructions| {
        let mut descent = Descent::with_instructions(problem, instructions).expect("numbers in range");
        let mut advanced = 0;
        let counted = allocation_counter::measure(|| {
            for _ in 0..steps {
                advanced += u32::from(descent.step() == StepOutcome::Advanced);
            }
            advanced += u32::from(descent.advance(u64::from(steps)) == StepOutcome::Advanced);
        });
        assert_eq!(advanced, steps + 1);
        counted.bytes_total
    };
    Instructions::available().map(bytes).sum()
}

#[test]
fn no_step_allocates_a_byte() {
    let constant = || StepRule::Constant(Rational::from((1, 256)));
    for network in networks() {
        let mut losses = vec![Loss::Squared, Loss::SquaredTarget];
        if network.output_dimension() == 1 {
            losses.extend([Loss::logistic(), Loss::Exponential]);
        }
        for loss in losses {
            for normalisation in [Normalisation::Mean, Normalisation::Sum] {
                let problem = problem(&network, &loss, normalisation, constant());
                assert_eq!(bytes_of_steps(&problem, 20), 0, "{network:?}, {loss:?}, {normalisation:?}");
            }
        }
    }
}

#[test]
fn the_smoothness_rule_allocates_nothing_either() {
    let network = Network::fully_connected(&[10, 5, 1]).unwrap();
    let problem = problem(&network, &Loss::logistic(), Normalisation::Mean, StepRule::Smoothness);
    assert_eq!(bytes_of_steps(&problem, 50), 0);
}

#[test]
fn the_flow_allocates_nothing_either() {
    for network in networks() {
        let mut losses = vec![Loss::Squared, Loss::SquaredTarget];
        if network.output_dimension() == 1 {
            losses.extend([Loss::logistic(), Loss::Exponential]);
        }
        for loss in losses {
            let problem = problem(&network, &loss, Normalisation::Mean, StepRule::Constant(Rational::from(1)));
            for instructions in Instructions::available() {
                let mut flow = Flow::with_instructions(&problem, instructions).expect("numbers in range");
                let mut outcomes = [FlowOutcome::Advanced; 2];
                let counted = allocation_counter::measure(|| {
                    outcomes = [1.0, 2.0].map(|time| flow.advance_to(time));
                });
                assert_eq!(outcomes, [FlowOutcome::Advanced; 2], "{network:?}, {loss:?}");
                assert!(flow.steps() >= 2, "{network:?}, {loss:?}");
                assert_eq!(counted.bytes_total, 0, "{network:?}, {loss:?}");
            }
        }
    }
}

#[test]
fn a_step_that_fails_allocates_nothing() {
    let network = Network::fully_connected(&[2, 2, 1]).unwrap();
    let problem = problem(&network, &Loss::Exponential, Normalisation::Sum, StepRule::Constant(Rational::from(1)));
    let mut descent = Descent::new(&problem).expect("numbers in range");
    descent.set_weights(&[-1e3, 1e3, 1e3, -1e3, 1e3, 1e4]).expect("six finite weights");
    let mut outcome = StepOutcome::Advanced;
    let counted = allocation_counter::measure(|| outcome = descent.step());
    assert!(matches!(outcome, StepOutcome::Diverged(_)), "{outcome:?}");
    assert_eq!(counted.bytes_total, 0);
}

/// A claim or two hundred are a few boxes each. A spec that is read, its matrices of rationals and its names, is hundreds.
#[test]
fn the_catalogue_is_made_without_reading_a_spec() {
    let mut claims = Vec::new();
    let counted = allocation_counter::measure(|| claims = gradient_witness::papers::catalogue());
    let (allocations, claims) = (counted.count_total, claims.len() as u64);
    assert!(allocations < 32 * claims, "{allocations} allocations for {claims} claims");
}

/// The counter counts: setting a run up does allocate.
#[test]
fn the_counter_sees_allocations() {
    let network = Network::diagonal(3, 2).unwrap();
    let problem = problem(&network, &Loss::SquaredTarget, Normalisation::Mean, StepRule::Constant(Rational::from(1)));
    assert!(allocation_counter::measure(|| drop(Descent::new(&problem))).bytes_total > 0);
}
