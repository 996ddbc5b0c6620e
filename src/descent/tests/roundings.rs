//! The chains of the budget, counted by the program itself: its loops run over a number that counts its own roundings.

use rug::Rational;

use super::counting::{Chain, Counting, EXACT};
use super::samples::{Kind, kinds};
use crate::descent::budget::layer_chain_lengths;
use crate::descent::buffer::Buffer;
use crate::descent::calm::Calm;
use crate::descent::diagonal::TargetSteps;
use crate::descent::few_examples::FewExamples;
use crate::descent::layout::{Layers, Layout, with_layout};
use crate::descent::loss::MarginLoss;
use crate::descent::machine::Operation;
use crate::descent::narrow::NarrowSteps;
use crate::descent::objective::{Margins, Objective, Residuals};
use crate::descent::panel::Panel;
use crate::descent::start::has_moments;
use crate::problem::{Data, Loss, Matrix, Network, Normalisation, Problem};

/// No bounds.
const ANY: Calm<Chain> = Calm { map: EXACT, beyond: EXACT, slope: EXACT };

/// Numbers of the given chain in the shape of a panel, exact zeros about them.
fn filled(panel: Panel, chain: Chain) -> Buffer<Chain> {
    let mut buffer = Buffer::new(panel.length);
    panel.write(buffer.blocks_mut(), &vec![chain; panel.rows * panel.columns]);
    buffer
}

/// Once rounded, if some entry is no f64.
fn rounded_data(matrix: &Matrix<Rational>) -> Chain {
    EXACT.rounded(u64::from(matrix.entries().iter().any(|entry| entry.to_f64() != *entry)))
}

/// The objective of a problem: its data as they are, its constants as the loss has them.
fn objective(problem: &Problem, map: Panel, examples: usize) -> Objective<Chain> {
    let data = match problem.data() {
        Data::Target(target) => rounded_data(target),
        Data::Examples { x, y } if *problem.loss() == Loss::Squared => Chain(rounded_data(x).0.max(rounded_data(y).0)),
        Data::Examples { x, .. } => rounded_data(x),
    };
    let mean = problem.normalisation() == Normalisation::Mean;
    let (loss, constants_are_f64) = match problem.loss() {
        Loss::SquaredTarget => {
            let cross = filled(map, data);
            return Objective::Residuals(Residuals { map, gram: None, cross, examples: None });
        }
        Loss::Squared if !has_moments(examples, map.columns) => {
            let Data::Examples { x, y } = problem.data() else { panic!("examples") };
            let [columns, rows, labels] = FewExamples::<Chain>::shapes(map, examples);
            return Objective::FewExamples(FewExamples {
                map,
                columns: (columns, filled(columns, rounded_data(x))),
                rows: (rows, filled(rows, rounded_data(x))),
                labels: (labels, filled(labels, rounded_data(y))),
                residuals: Buffer::new(labels.length),
                weight: EXACT.rounded(u64::from(mean && !examples.is_power_of_two())),
                examples: None,
            });
        }
        Loss::Squared => {
            let moment = EXACT.rounded(2 + u64::from(mean) + 2 * u64::from(data != EXACT));
            let shape = Residuals::<Chain>::shape_of_gram(map);
            let gram = Some((shape, filled(shape, moment)));
            return Objective::Residuals(Residuals { map, gram, cross: filled(map, moment), examples: None });
        }
        Loss::Exponential => (MarginLoss::Exponential, true),
        // The samples' other steepness is 5/3, and their other scale 1/50.
        Loss::Logistic { steepness, .. } if *steepness == 1 => (MarginLoss::Logistic { steepness: None }, true),
        Loss::Logistic { .. } => (MarginLoss::Logistic { steepness: Some(EXACT.rounded(1)) }, false),
    };
    let weight = EXACT.rounded(u64::from(!constants_are_f64 || mean && !examples.is_power_of_two()));
    let shape = Margins::<Chain>::shape_of_rows(examples, map.columns);
    let mut rows = Buffer::new(shape.length);
    shape.write(rows.blocks_mut(), &vec![data; examples * map.columns]);
    let partial = Buffer::new(map.stride);
    Objective::Margins(Margins { count: examples, rows, loss, value_weight: EXACT, steepness_weight: weight, partial })
}

/// The chain of each layer's weights after a step, as the loops of the program produce it.
fn counted(problem: &Problem, examples: usize) -> Vec<u64> {
    let parameters: usize = problem.network().layer_shapes().iter().map(|(rows, columns)| rows * columns).sum();
    with_layout!(Layers::<Chain>::new(problem.network()), mut layout => {
        layout.write(&vec![EXACT; parameters]);
        let mut objective = objective(problem, layout.map(), examples);
        let mut pull = Buffer::new(layout.map().length);
        layout.evaluate(Counting);
        objective.pull(Counting, layout.product(), EXACT, ANY, pull.blocks_mut()).unwrap();
        layout.update(Counting, pull.blocks());
        let chains = |panel: &Panel| {
            let numbers = layout.weights()[panel.range()].as_flattened().iter().filter_map(|chain| chain.0);
            // What pads the weights is still an exact zero.
            assert_eq!(numbers.clone().count(), panel.rows * panel.columns);
            numbers.max().unwrap()
        };
        layout.layers().iter().map(chains).collect()
    })
}

#[test]
fn the_budget_counts_what_the_loops_do() {
    for f64_only in [true, false] {
        for examples in [1, 3, 8, 13, 70, 200] {
            for kind in kinds(examples, &Rational::from((1, 4)), f64_only) {
                let problem = kind.problem(1);
                assert_eq!(layer_chain_lengths(&problem), counted(&problem, examples), "{kind:?}");
            }
        }
    }
}

#[test]
fn the_budget_counts_long_sums_too() {
    let full = |widths: &[usize]| Network::fully_connected(widths).unwrap();
    let convolutional = |dim, filters: &[usize]| Network::convolutional(dim, filters).unwrap();
    for network in [
        full(&[40, 33, 1]),
        full(&[100, 7, 50, 1]),
        full(&[15, 31, 12]),
        full(&[64, 16, 13, 23]),
        full(&[70, 65, 129, 66]),
        Network::diagonal(30, 3).unwrap(),
        convolutional(37, &[19, 20, 37]),
        convolutional(16, &[16, 16]),
    ] {
        for loss in [Loss::SquaredTarget, Loss::Squared] {
            let (normalisation, eta) = (Normalisation::Sum, Rational::from(1));
            let kind = Kind { network: network.clone(), loss, normalisation, examples: 1, eta, f64_only: true };
            let problem = kind.problem(1);
            assert_eq!(layer_chain_lengths(&problem), counted(&problem, 1), "{kind:?}");
            let many = Kind { examples: network.input_dimension(), ..kind };
            let problem = many.problem(1);
            assert_eq!(layer_chain_lengths(&problem), counted(&problem, many.examples), "{many:?}");
        }
    }
}

/// The chain of each layer's weights after one of the steps that have a text of their own; `None` if there is none.
fn counted_apart(problem: &Problem, examples: usize) -> Option<Vec<u64>> {
    let shapes = problem.network().layer_shapes();
    let parameters: usize = shapes.iter().map(|(rows, columns)| rows * columns).sum();
    let mut weights = vec![EXACT; parameters];
    match Layers::<Chain>::new(problem.network()) {
        Layers::RankOne(mut layout) => {
            layout.write(&weights);
            let Objective::Margins(margins) = objective(problem, layout.map(), examples) else { return None };
            assert_eq!(NarrowSteps::new(&mut layout, &margins, EXACT, 1, ANY)?.run(Counting), 1);
            layout.read(&mut weights);
        }
        Layers::Diagonal(mut layout) => {
            layout.write(&weights);
            let Objective::Residuals(Residuals { gram: None, cross, .. }) = objective(problem, layout.map(), examples)
            else {
                return None;
            };
            let steps = TargetSteps { layout: &mut layout, target: cross.blocks(), eta: EXACT, steps: 1, calm: ANY };
            assert!(steps.run(Counting).is_ok());
            layout.read(&mut weights);
        }
        _ => return None,
    }
    let mut rest = &weights[..];
    let mut chains = Vec::new();
    for (rows, columns) in shapes {
        let (layer, after) = rest.split_at(rows * columns);
        chains.push(layer.iter().filter_map(|chain| chain.0).max()?);
        rest = after;
    }
    Some(chains)
}

#[test]
fn the_budget_counts_the_steps_apart_too() {
    let mut count = 0;
    for examples in [1, 3, 8, 13, 64] {
        for kind in kinds(examples, &Rational::from((1, 4)), false) {
            let problem = kind.problem(1);
            if let Some(counted) = counted_apart(&problem, examples) {
                assert_eq!(layer_chain_lengths(&problem), counted, "{kind:?}");
                count += 1;
            }
        }
    }
    assert!(count > 200, "{count}");
}
