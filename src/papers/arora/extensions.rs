//! A target of deficient rank (footnote 3): null spaces that the start shares with it are kept.

use rug::Rational;

use crate::algebra::elimination::{null_space, rank};
use crate::algebra::exact::{identity, product, rectangular_diagonal};
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, at_every_point};
use crate::generate::{Instance, Random, Sampled, balanced_between, orthogonal, pythagorean, towards};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;

use super::loss::partial_product;
use super::theorem1::{exact_target, is_balanced};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.remark-extensions",
            include_str!("text/remark-extensions.md"),
            OnRuns(NullSpaces::default()),
            Sampled::new("starts that share null spaces with their target", |random| sharing(random, false)),
        )
        .control(
            "the null space of the start tilted by 10⁻³",
            OnRuns(NullSpaces { any_start: true }),
            sharing(&mut Random::new("a tilted null space", 1, 0), true),
        ),
    ]
}

/// From 0-balanced weights whose end-to-end matrix has the null spaces of `Φ`, `W_{1:N}(t)` keeps both for all `t`.
#[doc = include_str!("text/remark-extensions.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NullSpaces {
    /// The control: the null spaces of the start may differ from those of the target.
    pub any_start: bool,
}

/// The columns are a basis of the null space.
fn kernel<T: Real>(matrix: &Matrix<Rational>, bits: u32) -> Matrix<T> {
    let basis = null_space(matrix);
    Matrix::from_fn(matrix.columns(), basis.len(), |i, j| T::from_rational(&basis[j][i], bits))
}

/// Whether two matrices of one shape have the same null space and their transposes as well.
fn same_null_spaces(a: &Matrix<Rational>, b: &Matrix<Rational>) -> bool {
    let beside = |a: &Matrix<Rational>, b: &Matrix<Rational>| {
        Matrix::from_fn(a.rows(), 2 * a.columns(), |i, j| {
            if j < a.columns() { a[(i, j)].clone() } else { b[(i, j - a.columns())].clone() }
        })
    };
    let common = rank(a);
    rank(b) == common && rank(&beside(a, b)) == common && rank(&beside(&a.transposed(), &b.transposed())) == common
}

impl AboutRun for NullSpaces {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        given.that("0-balanced", is_balanced(start));
        let Some(target) = exact_target(start.setting()) else { return };
        let singular = rank(target) < target.rows().max(target.columns());
        given.that("Φ or its transpose has a null space", singular);
        if !self.any_start {
            let same = start.exact_end_to_end().map_or(Truth::Open, |w| same_null_spaces(target, &w).into());
            given.that("W(0) has the null spaces of Φ", same);
        }
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let bits = start.setting().bits();
        let kernels = exact_target(start.setting())
            .map(|target| (kernel::<T>(target, bits), kernel::<T>(&target.transposed(), bits)));
        Box::new(at_every_point(move |point: &Point<T>, finding: &mut Finding| {
            let Some((right, left)) = &kernels else { return };
            let terms = terms_of_product(point);
            let w = point.end_to_end();
            vanishes(finding, "W(t)x = 0 for every x with Φx = 0", (w, &terms), right);
            let (w, terms) = (w.transposed(), terms.transposed());
            vanishes(finding, "W(t)ᵀy = 0 for every y with Φᵀy = 0", (&w, &terms), left);
        }))
    }
}

/// What went into the entries of `W_{1:N}` with the last product, in absolute value: a row of `W` may be zero because its terms cancel.
fn terms_of_product<T: Real>(point: &Point<T>) -> Matrix<T> {
    let absolute = |matrix: &Matrix<T>| matrix.map(|entry| entry.clone().abs());
    let Some((last, below)) = point.weights().split_last() else { return absolute(point.end_to_end()) };
    absolute(last).times(&absolute(&partial_product(below, last.columns(), last.bits())))
}

/// Asserts `A·K = 0`, entry by entry, given the terms of `A`; the largest term is that of the products that cancel. Without a column in `K`
/// there is nothing to keep.
fn vanishes<T: Real>(
    finding: &mut Finding,
    label: &'static str,
    (matrix, terms): (&Matrix<T>, &Matrix<T>),
    kernel: &Matrix<T>,
) {
    if kernel.columns() == 0 {
        finding.asserted(label, true).informative_if(Truth::False);
        return;
    }
    let image = matrix.times(kernel);
    let largest = terms.times(&kernel.map(|entry| entry.clone().abs()));
    for (value, largest) in image.entries().iter().zip(largest.entries()) {
        finding.equal_with_terms(label, value, &value.constant(0), largest);
    }
}

/// A balanced start of rank `r` and a target with the same null spaces: `Φ = U M Vᵀ` with an invertible `r × r` matrix `M` between the singular
/// vectors of the start. If `tilted`, the first layer is turned by an angle of 10⁻³ afterwards, which keeps it balanced.
fn sharing(random: &mut Random, tilted: bool) -> Instance {
    let (input, output) = (random.size(2, 4), random.size(2, 4));
    let depth = random.size(1, 3);
    let mut widths = vec![input];
    widths.extend((1..depth).map(|_| random.size(1, 4)));
    widths.push(output);
    // A null space on one side at least.
    let most = widths.iter().copied().min().unwrap_or(1).min(input.max(output) - 1);
    let size = random.size(1, most);
    let gauges: Vec<Matrix<Rational>> = widths.iter().map(|&width| orthogonal(random, width)).collect();
    let values: Vec<Rational> = (0..size).map(|_| Rational::from((random.between(4, 8), 8))).collect();
    let mut layers = balanced_between(&gauges, &values);
    let inner = random.attempts(u64::MAX, |random, _| {
        let inner = random.matrix(size, size, 3);
        (rank(&inner) == size).then_some(inner)
    });
    let inner = inner.unwrap_or_else(|| identity(size));
    let embed = |rows, columns| rectangular_diagonal(rows, columns, &vec![Rational::from(1); size]);
    let middle = product(&product(&embed(output, size), &inner), &embed(size, input));
    let target = product(&product(&gauges[depth], &middle), &gauges[0].transposed());
    if tilted {
        let turn = rotation(input, &Rational::from((1, 2000)));
        layers[0] = product(&layers[0], &turn);
    }
    let steps = if depth == 3 { 1 } else { 2 };
    Instance::run(towards(target, layers, Rational::from((1, 8))), steps)
}

/// A rotation in the plane of the first and the last coordinate by an angle of about twice `half`.
fn rotation(size: usize, half: &Rational) -> Matrix<Rational> {
    let (sine, cosine) = pythagorean(half);
    let mut turn = identity(size);
    let last = size - 1;
    turn[(0, 0)] = cosine.clone();
    turn[(last, last)] = cosine;
    turn[(0, last)] = Rational::from(-&sine);
    turn[(last, 0)] = sine;
    turn
}
