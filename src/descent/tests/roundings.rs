//! The chains of the budget, counted by the program itself: its loops run over a number that counts its own roundings.

use std::convert::Infallible;
use std::ops::{Add, Mul, Sub};

use rug::Rational;

use super::samples::kinds;
use crate::descent::budget::{EXP_ULPS, layer_chain_lengths};
use crate::descent::layout::{Layer, layout_for};
use crate::descent::objective::{pull_of_margins, pull_of_residuals};
use crate::problem::{Loss, Network, Normalisation, Problem};

/// The length of the longest chain of roundings behind a number; `None` is an exact zero, which rounds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Chain(Option<u64>);

const EXACT: Chain = Chain(Some(0));

impl Add for Chain {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.max(b) + 1)),
            (a, b) => Self(a.or(b)),
        }
    }
}

impl Sub for Chain {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        // A sign rounds nothing.
        Add::add(self, other)
    }
}

impl Mul for Chain {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0.zip(other.0).map(|(a, b)| a + b + 1))
    }
}

fn rounded(chain: Chain, times: u64) -> Chain {
    Chain(chain.0.map(|length| length + times))
}

/// The chain of each layer's weights after a step, as the loops of the program produce it.
fn counted(problem: &Problem, examples: usize) -> Vec<u64> {
    let network = problem.network();
    let layers = Layer::all(network);
    let parameters = layers.iter().map(|layer| layer.rows * layer.columns).sum();
    let weights = vec![EXACT; parameters];
    let mut layout = layout_for::<Chain>(network);
    layout.evaluate(&weights);
    let product = layout.product();
    let inputs = network.input_dimension();
    let mut pull = vec![EXACT; product.len()];
    // Data that are f64s; the constants as the loss has them.
    let mean = problem.normalisation() == Normalisation::Mean;
    let constant_is_f64 = !mean || examples.is_power_of_two();
    match problem.loss() {
        Loss::SquaredTarget => pull_of_residuals(None, &vec![EXACT; product.len()], product, EXACT, &mut pull),
        Loss::Squared => {
            let moment = rounded(EXACT, 2 + u64::from(mean));
            let (gram, cross) = (vec![moment; inputs * inputs], vec![moment; product.len()]);
            pull_of_residuals(Some(&gram), &cross, product, EXACT, &mut pull);
        }
        loss => {
            let of_steepness = if *loss == Loss::Exponential { 2 * EXP_ULPS } else { 2 * EXP_ULPS + 2 };
            let constant = if constant_is_f64 { EXACT } else { rounded(EXACT, 1) };
            pull_of_margins(
                &vec![EXACT; examples * inputs],
                product,
                |_, margin| Ok::<_, Infallible>(rounded(margin, of_steepness)),
                EXACT * constant,
                &mut vec![EXACT; inputs],
                &mut pull,
            )
            .unwrap();
        }
    }
    let mut next = vec![EXACT; parameters];
    let mut squares = vec![EXACT; layers.len()];
    layout.update(&weights, &pull, &mut next, &mut squares);
    layers.iter().map(|layer| next[layer.range()].iter().filter_map(|chain| chain.0).max().unwrap()).collect()
}

#[test]
fn the_budget_counts_what_the_loops_do() {
    for examples in [1, 3, 8, 70, 200] {
        for kind in kinds(examples, &Rational::from((1, 4)), true) {
            // A steepness other than 1 is a constant factor that the counting number does not see.
            if matches!(&kind.loss, Loss::Logistic { steepness, .. } if *steepness != 1) {
                continue;
            }
            let problem = kind.problem(1);
            let counted = counted(&problem, examples);
            assert_eq!(layer_chain_lengths(&problem), counted, "{kind:?}");
        }
    }
}

#[test]
fn the_budget_counts_long_sums_too() {
    for widths in [vec![40, 33, 1], vec![100, 7, 50, 1], vec![15, 31, 12], vec![64, 16, 13, 23]] {
        let kind = super::samples::Kind {
            network: Network::FullyConnected { widths },
            loss: Loss::SquaredTarget,
            normalisation: Normalisation::Sum,
            examples: 1,
            eta: Rational::from(1),
            f64_only: true,
        };
        let problem = kind.problem(1);
        assert_eq!(layer_chain_lengths(&problem), counted(&problem, 1), "{kind:?}");
    }
}
