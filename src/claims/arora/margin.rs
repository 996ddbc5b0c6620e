//! The deficiency margin (Definition 2) and what follows from it at a point.

use rug::Rational;

use crate::claims::{AboutPair, AboutPoint, Claim, Finding, OnPairs, OnPoints};
use crate::generate::exact::{end_to_end, multiple, product, rectangular_diagonal, sum};
use crate::generate::{Instance, Random, Sampled, Structure, orthogonal, towards, unit_vector};
use crate::number::{Real, Truth};
use crate::problem::Matrix;
use crate::reference::Point;
use crate::reference::exact_algebra::{rank as exact_rank, solve};

use super::loss::partial_product;
use super::replay;
use super::theorem1::{
    assume_margin, assume_target, compare_least_square, distance_squared, exact_target, has_bottleneck, has_margin,
    margin, margin_exists,
};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let wide = replay(include_str!("specs/rectangular-margin.toml"));
    vec![
        Claim::new(
            "ACGH19.deficiency-margin",
            include_str!("text/deficiency-margin.md"),
            OnPoints(DeficiencyMargin::default()),
            Sampled::new("points inside and outside the deficiency margin", known_margin),
        )
        .definition()
        .control(
            "the max{d_0, d_N}-th singular value in place of the min{d_0, d_N}-th",
            OnPoints(DeficiencyMargin { larger_side: true }),
            wide,
        ),
        Claim::new(
            "ACGH19.claim1-sigma-min-lower-bound",
            include_str!("text/claim1-sigma-min-lower-bound.md"),
            OnPairs(LeastSingularValue::default()),
            Sampled::new("pairs of which one has a margin", pair_with_margin),
        )
        .control(
            "1.001 c in place of c, where the bound is attained",
            OnPairs(LeastSingularValue { factor: (1001, 1000), ..LeastSingularValue::default() }),
            attained_pair(&mut Random::new("an attained bound", 1, 0)),
        )
        .control(
            "the second matrix may be farther from the target: W′ = 0",
            OnPairs(LeastSingularValue { any_second: true, ..LeastSingularValue::default() }),
            zero_partner(),
        ),
        Claim::new(
            "ACGH19.margin-requires-no-bottleneck",
            include_str!("text/margin-requires-no-bottleneck.md"),
            OnPoints(NoBottleneck::default()),
            Sampled::new("networks with a bottleneck", bottleneck),
        )
        .control(
            "widened: a network without a bottleneck",
            OnPoints(NoBottleneck { any_widths: true }),
            replay(include_str!("specs/widened.toml")),
        ),
        Claim::new(
            "ACGH19.margin-implies-critical-is-global",
            include_str!("text/margin-implies-critical-is-global.md"),
            OnPoints(CriticalIsGlobal::default()),
            Sampled::new("points with a deficiency margin", with_margin),
        )
        .control(
            "the margin dropped: all weights zero",
            OnPoints(CriticalIsGlobal { any_point: true }),
            replay(include_str!("specs/all-weights-zero.toml")),
        ),
    ]
}

/// `‖W − Φ‖_F ≤ σ_min(Φ) − c` for some `c > 0`.
#[doc = include_str!("text/deficiency-margin.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct DeficiencyMargin {
    /// The control: the `max{d_0, d_N}`-th singular value, which is 0 unless `d_0 = d_N`.
    pub larger_side: bool,
}

impl AboutPoint for DeficiencyMargin {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        if !assume_target(point, finding) {
            return;
        }
        let (Some(exact), Some(target)) = (exact_target(point.setting()), point.setting().target()) else { return };
        let full = exact_rank(exact) == exact.rows().min(exact.columns());
        finding.given("the target Φ has full rank min{d_0, d_N}, or else there is no margin", full);
        if !full {
            return;
        }
        let w = point.end_to_end();
        let exists = if self.larger_side && w.rows() != w.columns() { Truth::False } else { margin_exists(point) };
        let distance = w.clone().minus(target).frobenius();
        finding.accepts("‖W − Φ‖_F < σ_min(Φ)", exists).between(&distance, &point.spectrum_of(target).least());
    }
}

/// A matrix with the given singular values between random orthogonal ones, and the smallest value.
fn between_rotations(
    random: &mut Random,
    rows: usize,
    columns: usize,
) -> (Matrix<Rational>, Matrix<Rational>, Rational) {
    let values: Vec<Rational> = (0..rows.min(columns)).map(|_| Rational::from((random.between(4, 16), 8))).collect();
    let smallest = values.iter().min().cloned().unwrap_or_default();
    let (left, right) = (orthogonal(random, rows), orthogonal(random, columns));
    let of = |values: &[Rational]| product(&product(&left, &rectangular_diagonal(rows, columns, values)), &right);
    // The nearest matrix of lower rank: the smallest value replaced by zero.
    let place = values.iter().position(|value| *value == smallest).unwrap_or(0);
    let mut lower = values.clone();
    lower[place] = Rational::new();
    (of(&values), of(&lower), smallest)
}

/// A matrix of Frobenius norm 1.
fn direction(random: &mut Random, rows: usize, columns: usize) -> Matrix<Rational> {
    let entries = unit_vector(random, rows * columns);
    Matrix::from_fn(rows, columns, |i, j| entries[i * columns + j].clone())
}

/// `W` as a network of one layer, or of two of which the second is orthogonal.
fn network_with(random: &mut Random, w: Matrix<Rational>, target: Matrix<Rational>) -> Instance {
    let layers = if random.chance(1, 2) {
        vec![w]
    } else {
        let turn = orthogonal(random, w.rows());
        vec![product(&turn.transposed(), &w), turn]
    };
    Instance::point(towards(target, layers, Rational::from(1)))
}

/// Inside: a point at a distance below the smallest singular value of the target, which is known. Outside: any matrix of lower
/// rank, the nearest among them, or a point at that distance or farther.
fn known_margin(random: &mut Random) -> Instance {
    let (rows, columns) = (random.size(1, 4), random.size(1, 4));
    let (target, lower, smallest) = between_rotations(random, rows, columns);
    let inside = random.chance(1, 2);
    let w = if inside {
        let share = Rational::from(*random.choice(&[(0, 1), (1, 2), (9, 10), ((1 << 20) - 1, 1 << 20)]));
        sum(&target, &(share * &smallest), &direction(random, rows, columns))
    } else {
        match random.size(0, 3) {
            0 => lower,
            1 => sum(&target, &smallest, &direction(random, rows, columns)),
            2 => {
                let more = Rational::from(((1 << 20) + 1, 1 << 20));
                sum(&target, &(more * &smallest), &direction(random, rows, columns))
            }
            // One row is a combination of the others, so that the rank is lower on the shorter side.
            _ => {
                let shorter = product(&rank_lost(rows.min(columns)), &short(&random.matrix(rows, columns, 4)));
                if rows <= columns { shorter } else { shorter.transposed() }
            }
        }
    };
    let instance = network_with(random, w, target);
    if inside { instance } else { instance.outside() }
}

fn short(matrix: &Matrix<Rational>) -> Matrix<Rational> {
    if matrix.rows() <= matrix.columns() { matrix.clone() } else { matrix.transposed() }
}

/// The identity, but that the first row is the sum of the others.
fn rank_lost(size: usize) -> Matrix<Rational> {
    Matrix::from_fn(size, size, |i, j| Rational::from(i32::from(if i == 0 { j > 0 } else { i == j })))
}

/// If `W` has margin `c` with respect to `Φ` and `‖W′ − Φ‖_F ≤ ‖W − Φ‖_F`, then `σ_min(W′) ≥ c`.
#[doc = include_str!("text/claim1-sigma-min-lower-bound.md")]
#[derive(Clone, Copy, Debug)]
pub struct LeastSingularValue {
    /// A control: this multiple of `c`.
    pub factor: (i32, i32),
    /// A control: the second matrix may be farther from the target.
    pub any_second: bool,
}

impl Default for LeastSingularValue {
    fn default() -> Self {
        Self { factor: (1, 1), any_second: false }
    }
}

impl AboutPair for LeastSingularValue {
    fn examine<T: Real>(&self, first: &Point<T>, second: &Point<T>, finding: &mut Finding) {
        if !assume_target(first, finding) {
            return;
        }
        let Some(target) = first.setting().target() else { return };
        assume_margin(first, "W has a deficiency margin c > 0: ‖W − Φ‖_F < σ_min(Φ)", finding);
        if finding.applicable() == Truth::False {
            return;
        }
        if !self.any_second {
            let label = "‖W′ − Φ‖_F ≤ ‖W − Φ‖_F";
            let exactly = exact_target(first.setting()).and_then(|target| {
                let squares =
                    [second, first].map(|point| point.exact_end_to_end().map(|w| distance_squared(&w, target)));
                let [Some(second), Some(first)] = squares else { return None };
                Some(second <= first)
            });
            let square = |point: &Point<T>| point.end_to_end().clone().minus(target).frobenius_squared();
            match exactly {
                Some(decided) => finding.given(label, decided),
                None => finding.given_at_most(label, &square(second), &square(first)),
            };
        }
        let bound = margin(first, target).times(Rational::from(self.factor));
        let least = second.end_to_end_spectrum().singular_values().pop().unwrap_or_else(|| second.constant(0));
        finding.at_most("c ≤ σ_min(W′)", &bound, &least);
    }
}

/// A pair of one-layer networks: `W` with a margin, `W′` no farther from the target; every sixth time the bound is attained.
fn pair_with_margin(random: &mut Random) -> Instance {
    if random.chance(1, 6) {
        return attained_pair(random);
    }
    let (rows, columns) = (random.size(1, 4), random.size(1, 4));
    let (target, lower, smallest) = between_rotations(random, rows, columns);
    let share = Rational::from(*random.choice(&[(1, 8), (1, 2), (9, 10), (99, 100)]));
    let distance = Rational::from(&share * &smallest);
    let w = sum(&target, &distance, &direction(random, rows, columns));
    let partner = if random.chance(1, 2) {
        // Towards the nearest matrix of lower rank, where σ_min falls fastest; not quite as far, so that the bound is not attained.
        let back = sum(&target, &Rational::from(-1), &lower);
        let less = Rational::from(*random.choice(&[(1, 2), (15, 16), (1023, 1024)]));
        sum(&target, &(-(less * share)), &back)
    } else {
        let less = Rational::from(*random.choice(&[(0, 1), (1, 2), (1, 1)]));
        sum(&target, &(less * distance), &direction(random, rows, columns))
    };
    pair(w, partner, target)
}

fn pair(w: Matrix<Rational>, partner: Matrix<Rational>, target: Matrix<Rational>) -> Instance {
    Instance::pair(towards(target, vec![w], Rational::from(1)), vec![partner])
}

/// `Φ` diagonal, `W′ = Φ − ‖W − Φ‖_F u vᵀ` for the least singular pair: `σ_min(W′) = c`, and all of it rational.
fn attained_pair(random: &mut Random) -> Instance {
    let (rows, columns) = (random.size(1, 4), random.size(1, 4));
    let values: Vec<Rational> =
        (0..rows.min(columns)).map(|i| Rational::from((4 + i as i64 + random.between(0, 3) * 4, 4))).collect();
    let place = (0..values.len()).min_by_key(|&i| values[i].clone()).unwrap_or(0);
    let target = rectangular_diagonal(rows, columns, &values);
    let distance = Rational::from(*random.choice(&[(3, 10), (1, 2), (7, 8)]));
    let mut partner = target.clone();
    partner[(place, place)] -= &distance;
    let w = sum(&target, &distance, &direction(random, rows, columns));
    pair(w, partner, target)
}

/// `Φ = diag(2, 1)`, `W` near it, `W′ = 0`.
fn zero_partner() -> Instance {
    let target = rectangular_diagonal(2, 2, &[Rational::from(2), Rational::from(1)]);
    pair(multiple(&target, &Rational::from((9, 10))), Matrix::from_fn(2, 2, |_, _| Rational::new()), target)
}

/// A network with a hidden width below `min{d_0, d_N}` has no deficiency margin: `‖W_{1:N} − Φ‖_F ≥ σ_min(Φ)`.
#[doc = include_str!("text/margin-requires-no-bottleneck.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBottleneck {
    /// The control: no bottleneck is required.
    pub any_widths: bool,
}

impl AboutPoint for NoBottleneck {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        if !assume_target(point, finding) {
            return;
        }
        let Some(target) = point.setting().target() else { return };
        if !self.any_widths {
            let narrow = has_bottleneck(point);
            finding.given("a hidden width below min{d_0, d_N}", narrow);
            if !narrow {
                return;
            }
        }
        let square = point.end_to_end().clone().minus(target).frobenius_squared();
        let touches = point
            .exact_end_to_end()
            .zip(exact_target(point.setting()))
            .is_some_and(|(w, target)| compare_least_square(target, &distance_squared(&w, target)).is_eq());
        finding
            .at_most("σ_min(Φ)² ≤ ‖W_{1:N} − Φ‖_F²", &point.spectrum_of(target).least_squared(), &square)
            .attained_if(
                touches,
                "A − ‖W − Φ‖_F² I, A the smaller of ΦΦᵀ and ΦᵀΦ, is singular and not negative, exactly",
            );
    }
}

/// A network with a bottleneck at any weights, at the best there are for it, or during gradient descent towards its target.
fn bottleneck(random: &mut Random) -> Instance {
    let (input, output) = (random.size(2, 4), random.size(2, 4));
    let (target, lower, _) = between_rotations(random, output, input);
    let ends = input.min(output);
    if random.chance(1, 3) {
        // W_{1:2} is the nearest matrix of lower rank: its non-zero rows or columns are a basis after the rotation.
        let (left, right) = factors(&lower, ends - 1);
        let problem = towards(target, vec![right, left], Rational::from(1));
        return Instance::point(problem);
    }
    let depth = random.size(2, 4);
    let mut widths: Vec<usize> = vec![input];
    widths.extend((1..depth).map(|_| random.size(1, 4)));
    widths.push(output);
    widths[1 + random.size(0, depth - 2)] = random.size(1, ends - 1);
    let layers = Structure::Plain.layers(random, &widths, 6);
    Instance::run(towards(target, layers, Rational::from((1, 16))), 30)
}

/// Two matrices with `rank` inner dimensions whose product is the given matrix, which has that rank at most.
fn factors(matrix: &Matrix<Rational>, rank: usize) -> (Matrix<Rational>, Matrix<Rational>) {
    // Columns that are independent span the others.
    let mut chosen: Vec<usize> = Vec::new();
    for j in 0..matrix.columns() {
        let with: Vec<usize> = chosen.iter().copied().chain([j]).collect();
        let part = Matrix::from_fn(matrix.rows(), with.len(), |i, k| matrix[(i, with[k])].clone());
        if with.len() <= rank && exact_rank(&part) == with.len() {
            chosen = with;
        }
    }
    let basis = Matrix::from_fn(matrix.rows(), chosen.len(), |i, k| matrix[(i, chosen[k])].clone());
    let columns: Vec<Vec<Rational>> = (0..matrix.columns())
        .map(|j| {
            let column: Vec<Rational> = matrix.column(j).cloned().collect();
            solve(&basis, &column).unwrap_or_else(|| vec![Rational::new(); chosen.len()])
        })
        .collect();
    let weights = Matrix::from_fn(chosen.len(), matrix.columns(), |k, j| columns[j][k].clone());
    (basis, weights)
}

/// With a margin, `σ_min(W_{2:N})‖G‖_F ≤ ‖∂L^N/∂W_1‖_F` if `d_N ≤ d_0` and `σ_min(W_{1:N−1})‖G‖_F ≤ ‖∂L^N/∂W_N‖_F` if `d_0 ≤ d_N`,
/// with positive factors: a critical point has `G = 0`.
#[doc = include_str!("text/margin-implies-critical-is-global.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct CriticalIsGlobal {
    /// The control: no margin is required.
    pub any_point: bool,
}

/// The road of the equality for `N = 1`, where the other factor is an empty product.
const ONE_LAYER: &str = "one layer: its gradient is G";

impl AboutPoint for CriticalIsGlobal {
    fn examine<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        if !assume_target(point, finding) {
            return;
        }
        if !self.any_point {
            assume_margin(point, "W_{1:N} has a deficiency margin: ‖W − Φ‖_F < σ_min(Φ)", finding);
            if finding.applicable() == Truth::False {
                return;
            }
        }
        let (weights, bits) = (point.weights(), point.setting().bits());
        let residual = point.product_gradient();
        let square = residual.frobenius_squared();
        let last = weights.len() - 1;
        let factor = |layers: &[Matrix<T>]| match layers {
            [] => point.constant(1),
            layers => point.spectrum_of(&partial_product(layers, 0, bits)).least_squared(),
        };
        if residual.rows() <= residual.columns() {
            let above = factor(&weights[1..]);
            finding.below("0 < σ_min(W_{2:N})", &point.constant(0), &above);
            let right = &point.gradient_norms_squared()[0];
            finding
                .at_most("σ_min(W_{2:N})²‖G‖_F² ≤ ‖∂L^N/∂W_1‖_F²", &(above * &square), right)
                .attained_if(last == 0, ONE_LAYER)
                .attained_if(residual.rows() == 1, "one output: ∂L^N/∂W_1 is a column times a row");
        }
        if residual.columns() <= residual.rows() {
            let below = factor(&weights[..last]);
            finding.below("0 < σ_min(W_{1:N−1})", &point.constant(0), &below);
            let right = &point.gradient_norms_squared()[last];
            finding
                .at_most("σ_min(W_{1:N−1})²‖G‖_F² ≤ ‖∂L^N/∂W_N‖_F²", &(below * &square), right)
                .attained_if(last == 0, ONE_LAYER)
                .attained_if(residual.columns() == 1, "one input: ∂L^N/∂W_N is a column times a row");
        }
    }
}

/// Layers of any balance, and a target so near their product that there is a margin.
fn with_margin(random: &mut Random) -> Instance {
    let depth = random.size(1, 4);
    let (input, output) = (random.size(1, 4), random.size(1, 4));
    let mut widths = vec![input];
    widths.extend((1..depth).map(|_| input.min(output) + random.size(0, 2)));
    widths.push(output);
    loop {
        let layers = Structure::Plain.layers(random, &widths, 6);
        let w = end_to_end(&layers, input);
        if exact_rank(&w) < input.min(output) {
            continue;
        }
        let away = direction(random, output, input);
        let mut size = Rational::from(4);
        loop {
            let target = sum(&w, &size, &away);
            if has_margin(&w, &target) {
                return Instance::point(towards(target, layers, Rational::from(1)));
            }
            size /= 2u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_the_sum_of_the_others_costs_one_rank() {
        for size in 1..=5 {
            assert_eq!(exact_rank(&rank_lost(size)), size - 1);
        }
    }
}
