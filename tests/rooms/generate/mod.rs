//! What the generated instances promise, checked exactly and by other routes than they are built.

mod data;
mod families;
mod runs;
mod shrinking;
mod targets;
mod weights;

use gradient_witness::algebra::exact::{end_to_end, norm_squared, product, scaled, sum};
use gradient_witness::generate::{ExampleRecipe, Family, Instance, Random, Recipe, Source};
use gradient_witness::problem::{Data, Matrix};
use rug::Rational;

fn rational(numerator: i64, denominator: i64) -> Rational {
    Rational::from((numerator, denominator))
}

fn is_zero(matrix: &Matrix<Rational>) -> bool {
    matrix.entries().iter().all(|entry| *entry == 0)
}

fn examples(instance: &Instance) -> (&Matrix<Rational>, &Matrix<Rational>) {
    match instance.problem.data() {
        Data::Examples { x, y } => (x, y),
        Data::Target(_) => panic!("this instance has a target"),
    }
}

fn widths(instance: &Instance) -> Vec<usize> {
    assert!(instance.problem.network().is_fully_connected());
    instance.problem.network().widths()
}

/// `z_i = y_i x_i` from the problem.
fn signed(instance: &Instance) -> Vec<Vec<Rational>> {
    let (x, y) = examples(instance);
    (0..x.rows()).map(|i| scaled(x.row(i), &y[(i, 0)])).collect()
}

/// The gradient's factor `W_L⋯W_2`, as one matrix.
fn above(layers: &[Matrix<Rational>]) -> Matrix<Rational> {
    end_to_end(&layers[1..], layers[0].rows())
}

/// The families with examples.
fn with_examples() -> impl Iterator<Item = Family> {
    Family::ALL.into_iter().filter(|&family| family != Family::TargetRuns)
}

fn draw(family: Family, seed: u64, index: u64) -> ExampleRecipe {
    match family.recipe(&mut Random::new(family.name(), seed, index)) {
        Recipe::Examples(recipe) => recipe,
        Recipe::Target(recipe) => panic!("{recipe:?}"),
    }
}

/// The first instances of a family with examples.
fn first(family: Family, count: u64) -> impl Iterator<Item = (ExampleRecipe, Instance)> {
    (0..count).map(move |index| {
        let instance = family.instance(1, index).expect("a family has an instance for every number");
        (draw(family, 1, index), instance)
    })
}

/// `‖W_{k+1}ᵀW_{k+1} − W_kW_kᵀ‖_F²`.
fn imbalance_squared(pair: &[Matrix<Rational>]) -> Rational {
    let upper = product(&pair[1].transposed(), &pair[1]);
    let lower = product(&pair[0], &pair[0].transposed());
    norm_squared(sum(&upper, &rational(-1, 1), &lower).entries())
}
