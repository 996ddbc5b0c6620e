//! A single step of descent lowers the loss by as much as (9) says (Lemma 7).

use rug::Rational;

use crate::algebra::elimination::null_space;
use crate::algebra::exact::{end_to_end, inner, multiple, norm_squared, product, root_above, sum};
use crate::algebra::inertia::Inertia;
use crate::claims::{AboutRun, Claim, Domain, Finding, Fold, Hypotheses, OnRuns, assuming};
use crate::generate::{
    self, Instance, Random, Sampled, largest_imbalance, largest_step, orthogonal, towards, with_singular_values,
};
use crate::number::{Exact, Real, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, Step};

use super::convergence::decrease;
use super::exact_constants::{ExactConstants, exact_imbalance_squared, least_square, rational_root};
use super::nearly_balanced::{NearlyBalanced, widths};
use super::replay;
use super::theorem1::{
    AT_TARGET, Theorem1, assume_least_values, compare_least_square, depth, exact_start, exact_target,
    imbalance_squared, least_power, least_values_squared, starts_at_target,
};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.lemma7-single-step",
            include_str!("text/lemma7-single-step.md"),
            OnRuns(SingleStep::default()),
            Sampled::new("points that Lemma 7 speaks of", some_point),
        )
        .control(
            "condition 3 dropped: any imbalance",
            OnRuns(SingleStep { any_imbalance: true, ..SingleStep::default() }),
            replay(include_str!("specs/lemma7-unbalanced.toml")),
        )
        .control(
            "twice the fall of the loss",
            OnRuns(SingleStep { doubled: true, ..SingleStep::default() }),
            replay(include_str!("specs/one-layer-step.toml")),
        ),
    ]
}

/// `L(W(t+1)) − L(W(t)) ≤ −(η/2)σ_min(W(t))^{2(N−1)/N}‖G(t)‖_F²`.
#[doc = include_str!("text/lemma7-single-step.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SingleStep {
    /// A control: condition 3 is not required.
    pub any_imbalance: bool,
    /// A control: twice the fall.
    pub doubled: bool,
}

impl AboutRun for SingleStep {
    fn domain(&self) -> Domain {
        Domain::default().target()
    }

    fn begin<T: Real>(&self, start: &Point<T>) -> Box<dyn Fold<T>> {
        let (statement, at_target) = (*self, starts_at_target(start));
        let assume = move |step: &Step<T>, given: &mut Hypotheses| statement.assume_conditions(step, given);
        Box::new(assuming(assume, move |step: &Step<T>, finding: &mut Finding| {
            let slope_squared = step.before.product_gradient().frobenius_squared();
            let share = if statement.doubled { Rational::from(1) } else { Rational::from((1, 2)) };
            let required = (least_power(&step.before) * &step.eta * &slope_squared).times(share);
            finding
                .at_most("(η/2)σ_min(W)^{2(N−1)/N}‖G‖_F² ≤ ℓ(t) − ℓ(t+1)", &required, &decrease(step))
                .attained_if(at_target, AT_TARGET);
        }))
    }
}

impl SingleStep {
    /// States conditions 1 to 3 and the size of the step, for the largest `c` that meets condition 4.
    fn assume_conditions<T: Real>(self, step: &Step<T>, given: &mut Hypotheses) {
        let point = &step.before;
        let Some(target) = point.setting().target() else { return };
        assume_least_values(point, given);
        let f_squared = target.frobenius_squared();
        let margin_squared = least_values_squared(point);
        let root = |square: &T| square.clone().sqrt_of_nonnegative();
        let theorem = Theorem1::with_margin(depth(point.weights()), root(&margin_squared), root(&f_squared));
        let exact = Exactly::at(point);
        // Squares and powers, so that no root is taken where none is needed.
        let limit = f_squared.clone().times(16);
        for (j, spectrum) in point.spectra().iter().enumerate() {
            let size = spectrum.norm_squared().power(theorem.depth);
            let truth = size.at_most(&limit).or_else(|| exact.as_ref().map_or(Truth::Open, |exact| exact.layer(j)));
            given.between("1: ‖W_j‖_σ^{2N} ≤ (4f)²", truth, &size, &limit);
        }
        let size = point.spectrum_of(point.product_gradient()).norm_squared();
        let truth = size.at_most(&f_squared).or_else(|| exact.as_ref().map_or(Truth::Open, Exactly::distance));
        given.between("2: ‖W − Φ‖_σ² ≤ f²", truth, &size, &f_squared);
        let constants = || exact.as_ref().and_then(Exactly::constants);
        if !self.any_imbalance {
            let (imbalance, twice) = (imbalance_squared(point.weights()), theorem.delta.clone().times(2).square());
            let truth = imbalance.at_most(&twice).or_else(|| {
                let quarter = exact.as_ref().map(|exact| exact_imbalance_squared(&exact.point) / 4u32);
                match (quarter, constants()) {
                    (Some(quarter), _) if quarter == 0 => Truth::True,
                    (Some(quarter), Some(constants)) => constants.allow_imbalance(&quarter),
                    _ => Truth::Open,
                }
            });
            given.between("3: max_j ‖D_j‖_F² ≤ (2δ*(c))²", truth, &imbalance, &twice);
        }
        let truth = step
            .eta
            .at_most(&theorem.eta)
            .or_else(|| constants().map_or(Truth::Open, |constants| constants.allow_step(&step.exact_eta)));
        given.between("η ≤ η*(c)", truth, &step.eta, &theorem.eta);
    }
}

/// The conditions at a point of rational weights, decided exactly.
struct Exactly {
    point: Point<Exact>,
    product: Matrix<Rational>,
    target: Matrix<Rational>,
    norm_squared: Rational,
}

impl Exactly {
    fn at<T: Real>(point: &Point<T>) -> Option<Self> {
        let target = exact_target(point.setting())?.clone();
        let norm_squared = norm_squared(target.entries());
        Some(Self { point: exact_start(point)?, product: point.exact_end_to_end()?, target, norm_squared })
    }

    /// `‖W_j‖_σ^{2N} ≤ 16f²`, where that is an equality or nearly one: the square of a singular value is no root of a rational unless it
    /// is rational, since its conjugates are not negative.
    fn layer(&self, j: usize) -> Truth {
        let weights = self.point.exact_weights().unwrap_or_default();
        let limit = rational_root(&Rational::from(&self.norm_squared * 16u32), depth(self.point.weights()));
        limit.zip(weights.get(j)).map_or(Truth::Open, |(limit, layer)| Truth::from(is_of_norm_at_most(layer, &limit)))
    }

    /// `‖W − Φ‖_σ ≤ f`.
    fn distance(&self) -> Truth {
        let slope = sum(&self.product, &Rational::from(-1), &self.target);
        Truth::from(is_of_norm_at_most(&slope, &self.norm_squared))
    }

    /// The constants for `c = min{σ_min(W), σ_min(Φ)}`, if its square is rational and not zero.
    fn constants(&self) -> Option<ExactConstants> {
        let of_target = least_square(&self.target);
        let margin_squared = match &of_target {
            Some(square) if compare_least_square(&self.product, square).is_ge() => of_target,
            _ => least_square(&self.product).filter(|square| compare_least_square(&self.target, square).is_ge()),
        };
        ExactConstants::with_margin(&self.point, margin_squared.filter(|square| *square > 0)?)
    }
}

/// `‖A‖_σ² ≤ κ`.
fn is_of_norm_at_most(matrix: &Matrix<Rational>, limit: &Rational) -> bool {
    let short = if matrix.rows() <= matrix.columns() { matrix.clone() } else { matrix.transposed() };
    let rest = Matrix::from_fn(short.rows(), short.rows(), |i, j| {
        let inner = inner(short.row(i), short.row(j));
        if i == j { limit - inner } else { -inner }
    });
    Inertia::of(&rest).negative == 0
}

/// One step with `η*(c)` from layers whose imbalance is `2δ*(c)`, both to a thousandth; where the ends differ in width, the gradient
/// also lies where the layers do not reach, which is the worst case.
fn some_point(random: &mut Random) -> Instance {
    let depth = *random.choice(&[1, 2, 2, 3, 4]);
    let widths = widths(random, depth, 3);
    let (rows, columns) = (widths[depth], widths[0]);
    let nearly = NearlyBalanced::draw(random, &widths);
    let far = Rational::from(*random.choice(&[(1, 2), (1, 8), (1, 64), (1, 4096)]));
    let size = nearly.product_range(&Rational::new()).1 * far;
    let slope = if rows != columns && random.chance(2, 3) {
        unreached(random, &nearly, rows, columns)
    } else {
        let values: Vec<Rational> = (0..rows.min(columns)).map(|_| random.positive(4)).collect();
        with_singular_values(random, rows, columns, &values)
    };
    let norm = root_above(&norm_squared(slope.entries()), 2, 40);
    let slope = multiple(&slope, &(size / &norm));
    let distance = root_above(&norm_squared(slope.entries()), 2, 60);
    let n = depth as u32;
    let of = |layers: &[Matrix<Rational>]| sum(&end_to_end(layers, columns), &Rational::from(-1), &slope);
    // σ_min(Φ) ≥ σ_min(W) − ‖G‖_F.
    let margin = |step: &Rational| nearly.product_range(step).1 - &distance;
    let step = if depth == 1 {
        Rational::new()
    } else {
        nearly.largest_step(10, |layers, step| {
            let margin = margin(step);
            let allowed = largest_imbalance(n, &of(layers), &margin) * 2u32;
            margin > 0 && generate::imbalance_squared(layers) <= allowed.square()
        })
    };
    let layers = nearly.layers(&step);
    let target = of(&layers);
    let eta = largest_step(n, &target, &margin(&step));
    Instance::run(towards(target, layers, eta), 1)
}

/// A matrix whose rows, or columns, are orthogonal to those of the end-to-end matrix.
fn unreached(random: &mut Random, nearly: &NearlyBalanced, rows: usize, columns: usize) -> Matrix<Rational> {
    let layers = &nearly.balanced;
    let entries = random.vector(rows * columns, 4);
    let any = Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].clone());
    // All singular values of a layer being alike or not, W_1ᵀW_1 has the kernel of W, and a rational basis of it is at hand.
    let of_rows = rows > columns;
    let end = if of_rows { layers[layers.len() - 1].transposed() } else { layers[0].clone() };
    let kernel = null_space(&end);
    let Some(direction) = kernel.first() else { return any };
    let other = if of_rows { columns } else { rows };
    let turned = orthogonal(random, other);
    let column: Vec<Rational> = turned.column(0).cloned().collect();
    let along = Matrix::from_fn(direction.len(), 1, |i, _| direction[i].clone());
    let across = Matrix::row_vector(column);
    let found = product(&along, &across);
    if of_rows { found } else { found.transposed() }
}
