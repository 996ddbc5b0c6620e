//! Whether the parts of a problem fit each other.
//!
//! The one place that knows: a [`Problem`](super::Problem) exists only if every check here passed, whether it was read from
//! a run spec, drawn by a generator or put together by a library's user.

use rug::Rational;

use super::stored::{Examples, Stored};
use super::{ExactMatrix, Loss, Matrix, Misfit, Network, StepRule};
use crate::number::decimal;

/// A [`Misfit`] from its three sentences.
pub(super) fn misfit(key: &str, problem: impl Into<String>, fix: impl Into<String>) -> Misfit {
    Misfit { key: key.to_owned(), problem: problem.into(), fix: fix.into() }
}

/// Checks the loss by itself.
pub(super) fn check_loss(loss: &Loss) -> Result<(), Misfit> {
    if let Loss::Logistic { scale, steepness } = loss {
        check_positive("loss.scale", scale)?;
        check_positive("loss.steepness", steepness)?;
    }
    Ok(())
}

pub(super) fn check_positive(key: &str, value: &Rational) -> Result<(), Misfit> {
    if *value <= 0 {
        return Err(misfit(key, format!("{} is not positive", brief(value)), "give a number above 0"));
    }
    Ok(())
}

/// Checks the data against the network and the loss.
pub(super) fn check_data(network: &Network, loss: &Loss, data: &Stored) -> Result<(), Misfit> {
    let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
    if loss.is_classification() && outputs != 1 {
        return Err(misfit(
            "network.widths",
            format!("the output has dimension {outputs}, and this loss is one of a single margin"),
            "end the widths in 1, or choose the loss \"squared\"",
        ));
    }
    match (loss, data.examples(), data.target()) {
        (Loss::SquaredTarget, _, Some(target)) => {
            if (target.rows(), target.columns()) != (outputs, inputs) {
                return Err(misfit(
                    "data.target",
                    format!("the target is {}×{}", target.rows(), target.columns()),
                    format!("give {outputs} row{} of {inputs}, as the network's end-to-end matrix", plural(outputs)),
                ));
            }
            Ok(())
        }
        (Loss::SquaredTarget, _, None) => Err(misfit(
            "data.target",
            "the loss squared-target is a distance to a target, and there are examples instead",
            "give the target, or choose the loss \"squared\"",
        )),
        (_, None, _) => Err(misfit(
            "data.target",
            "only the loss squared-target has a target",
            "give examples x and y, or choose the loss \"squared-target\"",
        )),
        (_, Some(Examples { x, y }), _) => check_examples(network, loss, x, y),
    }
}

fn check_examples(network: &Network, loss: &Loss, x: &ExactMatrix, y: &ExactMatrix) -> Result<(), Misfit> {
    let (inputs, outputs) = (network.input_dimension(), network.output_dimension());
    if x.rows() == 0 {
        return Err(misfit("data.x", "there are no examples", "give at least one row"));
    }
    if x.columns() != inputs {
        return Err(misfit(
            "data.x",
            format!("the rows have {} number{}", x.columns(), plural(x.columns())),
            format!("give rows of {inputs}, or change {}", network.input_key()),
        ));
    }
    if y.rows() != x.rows() {
        return Err(misfit(
            "data.y",
            format!("there are {} labels and {} examples", y.rows(), x.rows()),
            "give one label to each row of x",
        ));
    }
    if y.columns() != outputs {
        return Err(misfit(
            "data.y",
            format!("the labels have {} number{}", y.columns(), plural(y.columns())),
            format!("give {outputs}, the dimension of the output, to each example"),
        ));
    }
    if loss.is_classification()
        && let Some((i, label)) =
            (0..y.rows()).map(|i| (i, y.entry(i, 0))).find(|(_, label)| *label != 1 && *label != -1)
    {
        return Err(misfit(
            "data.y",
            format!("label {} is {}, and the loss is one of classification", i + 1, brief(&label)),
            "make every label 1 or -1",
        ));
    }
    Ok(())
}

/// Checks the shapes of the initial weights.
pub(super) fn check_initial(network: &Network, initial: &[Matrix<Rational>]) -> Result<(), Misfit> {
    let shapes = network.layer_shapes();
    if initial.len() != shapes.len() {
        return Err(misfit(
            "init.weights",
            format!("there are weights for {} layer{}", initial.len(), plural(initial.len())),
            format!("give {}, the depth of the network", shapes.len()),
        ));
    }
    for (k, (weights, &(rows, columns))) in initial.iter().zip(&shapes).enumerate() {
        if (weights.rows(), weights.columns()) != (rows, columns) {
            let (problem, fix) = if network.is_fully_connected() {
                (
                    format!("W_{} is {}×{}", k + 1, weights.rows(), weights.columns()),
                    format!("make it {rows}×{columns}, or change network.widths"),
                )
            } else {
                (
                    format!("w_{} has shape {}×{}", k + 1, weights.rows(), weights.columns()),
                    format!("make it one row of {columns}"),
                )
            };
            return Err(misfit("init.weights", problem, fix));
        }
    }
    Ok(())
}

/// Checks the step rule against the network and the loss.
pub(super) fn check_step(network: &Network, loss: &Loss, step: &StepRule) -> Result<(), Misfit> {
    match step {
        StepRule::Constant(eta) => check_positive("step.eta", eta),
        StepRule::Flow => Ok(()),
        StepRule::Smoothness => {
            let fix = "choose the rule \"constant\" with an eta";
            if !matches!(loss, Loss::Logistic { .. }) {
                return Err(misfit("step.rule", "the rule smoothness is defined for the logistic loss alone", fix));
            }
            if !network.is_fully_connected() {
                return Err(misfit(
                    "step.rule",
                    "the rule smoothness is defined for fully-connected networks alone",
                    fix,
                ));
            }
            Ok(())
        }
    }
}

/// The plural's letter.
fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A number short enough for a message.
pub(super) fn brief(value: &Rational) -> String {
    let text = value.to_string();
    let rounded = || decimal(&rug::Float::with_val(f64::MANTISSA_DIGITS, value), 7, rug::float::Round::Nearest).0;
    if text.len() <= 40 { text } else { format!("about {}", rounded()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Data, Normalisation, Problem};

    fn matrix(rows: &[&[i32]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect())
            .unwrap()
    }

    /// A problem that fits, in parts that a test may spoil.
    struct Parts {
        network: Network,
        loss: Loss,
        normalisation: Normalisation,
        data: Data,
        initial: Vec<Matrix<Rational>>,
        step: StepRule,
    }

    impl Parts {
        fn fitting() -> Self {
            Self {
                network: Network::fully_connected(&[2, 3, 1]).unwrap(),
                loss: Loss::logistic(),
                normalisation: Normalisation::Mean,
                data: Data::Examples { x: matrix(&[&[1, 0], &[0, 1], &[2, 2]]), y: matrix(&[&[1], &[-1], &[1]]) },
                initial: vec![matrix(&[&[1, 2], &[3, 4], &[5, 6]]), matrix(&[&[1, 2, 3]])],
                step: StepRule::Constant(Rational::from((1, 8))),
            }
        }

        fn spoiled(spoil: impl FnOnce(&mut Self)) -> Result<Problem, Misfit> {
            let mut parts = Self::fitting();
            spoil(&mut parts);
            Problem::new(parts.network, parts.loss, parts.normalisation, parts.data, parts.initial, parts.step)
        }

        fn key(spoil: impl FnOnce(&mut Self)) -> String {
            Self::spoiled(spoil).expect_err("the parts were spoiled").key
        }
    }

    #[test]
    fn parts_that_fit_are_accepted() {
        let problem = Parts::spoiled(|_| {}).unwrap();
        assert_eq!(problem.depth(), 2);
        let (x, y) = problem.examples().unwrap();
        assert_eq!((x.rows(), y.rows()), (3, 3));
        assert!(Parts::spoiled(|parts| parts.step = StepRule::Smoothness).is_ok());
        assert!(Parts::spoiled(|parts| parts.normalisation = Normalisation::Sum).is_ok());
        assert!(
            Parts::spoiled(|parts| {
                parts.loss = Loss::SquaredTarget;
                parts.data = Data::Target(matrix(&[&[1, 2]]));
            })
            .is_ok()
        );
        assert!(
            Parts::spoiled(|parts| {
                parts.network = Network::fully_connected(&[2, 2]).unwrap();
                parts.loss = Loss::Squared;
                parts.data = Data::Examples { x: matrix(&[&[1, 0]]), y: matrix(&[&[1, 7]]) };
                parts.initial = vec![matrix(&[&[1, 0], &[0, 1]])];
            })
            .is_ok()
        );
        for network in [Network::diagonal(2, 2).unwrap(), Network::convolutional(2, &[2, 2]).unwrap()] {
            let parts = |loss, data| {
                let network = network.clone();
                Parts::spoiled(move |parts| {
                    parts.network = network;
                    parts.loss = loss;
                    parts.data = data;
                    parts.initial = vec![matrix(&[&[1, 2]]), matrix(&[&[3, 4]])];
                })
            };
            assert!(parts(Loss::SquaredTarget, Data::Target(matrix(&[&[1, 2]]))).is_ok());
            assert!(parts(Loss::Exponential, Parts::fitting().data).is_ok());
        }
    }

    #[test]
    fn a_single_margin_needs_a_single_output() {
        assert_eq!(Parts::key(|parts| parts.network = Network::fully_connected(&[2, 3, 2]).unwrap()), "network.widths");
    }

    #[test]
    fn data_against_network_and_loss() {
        let examples = |x: &[&[i32]], y: &[&[i32]]| Data::Examples { x: matrix(x), y: matrix(y) };
        assert_eq!(Parts::key(|parts| parts.data = examples(&[], &[])), "data.x");
        assert_eq!(Parts::key(|parts| parts.data = examples(&[&[1, 2, 3]], &[&[1]])), "data.x");
        assert_eq!(Parts::key(|parts| parts.data = examples(&[&[1, 2]], &[&[1], &[1]])), "data.y");
        assert_eq!(Parts::key(|parts| parts.data = examples(&[&[1, 2]], &[&[1, 1]])), "data.y");
        assert_eq!(Parts::key(|parts| parts.data = examples(&[&[1, 2]], &[&[0]])), "data.y");
        assert_eq!(Parts::key(|parts| parts.data = Data::Target(matrix(&[&[1, 2]]))), "data.target");
        assert_eq!(Parts::key(|parts| parts.loss = Loss::SquaredTarget), "data.target");
        assert_eq!(
            Parts::key(|parts| {
                parts.loss = Loss::SquaredTarget;
                parts.data = Data::Target(matrix(&[&[1], &[2]]));
            }),
            "data.target"
        );
    }

    #[test]
    fn losses_weights_and_steps() {
        let logistic =
            |scale, steepness| Loss::Logistic { scale: Rational::from(scale), steepness: Rational::from(steepness) };
        assert_eq!(Parts::key(|parts| parts.loss = logistic(0, 1)), "loss.scale");
        assert_eq!(Parts::key(|parts| parts.loss = logistic(1, -1)), "loss.steepness");
        assert_eq!(Parts::key(|parts| parts.initial.truncate(1)), "init.weights");
        assert_eq!(Parts::key(|parts| parts.initial.swap(0, 1)), "init.weights");
        for eta in [0, -1] {
            assert_eq!(Parts::key(|parts| parts.step = StepRule::Constant(Rational::from(eta))), "step.eta");
        }
        assert_eq!(
            Parts::key(|parts| {
                parts.step = StepRule::Smoothness;
                parts.loss = Loss::Exponential;
            }),
            "step.rule"
        );
        assert_eq!(
            Parts::key(|parts| {
                parts.step = StepRule::Smoothness;
                parts.network = Network::diagonal(2, 1).unwrap();
                parts.initial = vec![matrix(&[&[1, 2]])];
            }),
            "step.rule"
        );
    }

    #[test]
    fn a_target_has_nothing_to_sum() {
        let problem = |normalisation| {
            Parts::spoiled(|parts| {
                parts.loss = Loss::SquaredTarget;
                parts.data = Data::Target(matrix(&[&[1, 2]]));
                parts.normalisation = normalisation;
            })
        };
        assert_eq!(problem(Normalisation::Sum), problem(Normalisation::Mean));
    }

    #[test]
    fn changed_parts_are_checked_again() {
        let problem = Parts::spoiled(|_| {}).unwrap();
        assert_eq!(problem.with_initial(vec![]).unwrap_err().key, "init.weights");
        assert_eq!(problem.with_step(StepRule::Constant(Rational::new())).unwrap_err().key, "step.eta");
        let weights = vec![matrix(&[&[0, 0], &[0, 0], &[0, 1]]), matrix(&[&[0, 0, 0]])];
        assert_eq!(problem.with_initial(weights.clone()).unwrap().initial(), weights);
        assert_eq!(*problem.with_step(StepRule::Smoothness).unwrap().step(), StepRule::Smoothness);
    }
}
