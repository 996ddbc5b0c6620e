//! What a deficiency margin says of the network and of the landscape: no hidden width is too small, and a critical point is a global
//! minimum.

use rug::Rational;

use crate::algebra::elimination::{rank as exact_rank, solve};
use crate::algebra::exact::{end_to_end, rectangular_diagonal, sum};
use crate::claims::{AboutPoint, Claim, Domain, Finding, Hypotheses, OnPoints};
use crate::generate::{Instance, Random, Sampled, Structure, towards};
use crate::number::Real;
use crate::problem::Matrix;
use crate::reference::Point;

use super::loss::partial_product;
use super::margin::{between_rotations, direction};
use super::replay;
use super::theorem1::{
    assume_margin, compare_least_square, distance_squared, exact_target, has_bottleneck, has_margin,
};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
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

/// A network with a hidden width below `min{d_0, d_N}` has no deficiency margin: `‖W_{1:N} − Φ‖_F ≥ σ_min(Φ)`.
#[doc = include_str!("text/margin-requires-no-bottleneck.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBottleneck {
    /// The control: no bottleneck is required.
    pub any_widths: bool,
}

impl AboutPoint for NoBottleneck {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        if !self.any_widths {
            given.that("a hidden width below min{d_0, d_N}", has_bottleneck(point));
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let Some(target) = point.setting().target() else { return };
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

/// The road of the equality at a global minimum.
const AT_TARGET: &str = "W = Φ, exactly: both sides are zero";

/// The road of the equality for `N = 1`, where the other factor is an empty product.
const ONE_LAYER: &str = "one layer: its gradient is G";

impl AboutPoint for CriticalIsGlobal {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn assume<T: Real>(&self, point: &Point<T>, given: &mut Hypotheses) {
        if !self.any_point {
            assume_margin(point, "W_{1:N} has a deficiency margin: ‖W − Φ‖_F < σ_min(Φ)", given);
        }
    }

    fn conclude<T: Real>(&self, point: &Point<T>, finding: &mut Finding) {
        let (weights, bits) = (point.weights(), point.setting().bits());
        let residual = point.product_gradient();
        let square = residual.frobenius_squared();
        let last = weights.len() - 1;
        let exact = point.exact_end_to_end().zip(exact_target(point.setting()));
        let at_target = exact.is_some_and(|(w, target)| w == *target);
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
                .attained_if(at_target, AT_TARGET)
                .attained_if(last == 0, ONE_LAYER)
                .attained_if(residual.rows() == 1, "one output: ∂L^N/∂W_1 is a column times a row");
        }
        if residual.columns() <= residual.rows() {
            let below = factor(&weights[..last]);
            finding.below("0 < σ_min(W_{1:N−1})", &point.constant(0), &below);
            let right = &point.gradient_norms_squared()[last];
            finding
                .at_most("σ_min(W_{1:N−1})²‖G‖_F² ≤ ‖∂L^N/∂W_N‖_F²", &(below * &square), right)
                .attained_if(at_target, AT_TARGET)
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
    let layers = random.attempts(u64::MAX, |random, _| {
        let layers = Structure::Plain.layers(random, &widths, 6);
        (exact_rank(&end_to_end(&layers, input)) == input.min(output)).then_some(layers)
    });
    let layers = layers.unwrap_or_else(|| {
        let ones = vec![Rational::from(1); input.min(output)];
        widths.windows(2).map(|pair| rectangular_diagonal(pair[1], pair[0], &ones)).collect()
    });
    let w = end_to_end(&layers, input);
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
