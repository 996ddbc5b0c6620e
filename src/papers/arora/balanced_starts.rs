//! Balanced starts: what they look like, the identity, and Procedure 1.

use rug::Rational;

use crate::algebra::exact;
use crate::algebra::exact::{power, product, rectangular_diagonal};
use crate::claims::{AboutStart, Claim, Domain, Finding, Hypotheses, OnStarts};
use crate::generate::{Fixed, Instance, Random, Sampled, balanced, balanced_between, orthogonal, towards};
use crate::number::{Real, Truth};
use crate::problem::{Matrix, Network, identity_weights};
use crate::reference::Point;

use super::gram::smaller_gram;
use super::replay;
use super::theorem1::{depth, has_bottleneck, imbalances, is_balanced};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    vec![
        Claim::new(
            "ACGH19.balanced-singular-values",
            include_str!("text/balanced-singular-values.md"),
            OnStarts(BalancedSingularValues::default()),
            Sampled::new("balanced layers", some_balanced),
        )
        .control(
            "one of two layers 1.01 times as large, the other 1.01 times smaller",
            OnStarts(BalancedSingularValues { any_start: true }),
            replay(include_str!("specs/rescaled-layers.toml")),
        ),
        Claim::new(
            "ACGH19.residual-init-balanced",
            include_str!("text/residual-init-balanced.md"),
            OnStarts(ResidualStart::default()),
            Fixed::new("identities", identities()),
        )
        .control(
            "2I in place of one of the identities",
            OnStarts(ResidualStart { any_start: true }),
            replay(include_str!("specs/one-layer-doubled.toml")),
        ),
        Claim::new(
            "ACGH19.procedure1-balanced-init",
            include_str!("text/procedure1-balanced-init.md"),
            OnStarts(BalancedStart::default()),
            Sampled::new("Procedure 1", |random| procedure1(random, 0)),
        )
        .control(
            "roots of degree N + 1 in place of N",
            OnStarts(BalancedStart { any_factors: true }),
            procedure1(&mut Random::new("roots of degree N + 1", 1, 0), 1),
        )
        .control(
            "a hidden width below min{d_0, d_N}, into which the factors do not fit",
            OnStarts(BalancedStart { any_factors: true }),
            replay(include_str!("specs/truncated-factors.toml")),
        ),
    ]
}

/// Whether all entries are equal.
fn equal<T: Real>(left: &Matrix<T>, right: &Matrix<T>) -> Truth {
    if (left.rows(), left.columns()) != (right.rows(), right.columns()) {
        return Truth::False;
    }
    left.entries().iter().zip(right.entries()).map(|(a, b)| a.equals(b)).fold(Truth::True, Truth::and)
}

/// `M^exponent` of a square matrix and an exponent from 1 on, by squaring.
fn power_of<T: Real>(matrix: &Matrix<T>, exponent: usize) -> Matrix<T> {
    if exponent < 2 {
        return matrix.clone();
    }
    let half = power_of(matrix, exponent / 2);
    let square = half.times(&half);
    if exponent.is_multiple_of(2) { square } else { square.times(matrix) }
}

/// `tr M, tr M², …, tr M^count`.
fn traces_of_powers<T: Real>(matrix: &Matrix<T>, count: usize) -> Vec<T> {
    let mut power = matrix.clone();
    let mut traces = vec![power.trace()];
    while traces.len() < count {
        power = power.times(matrix);
        traces.push(power.trace());
    }
    traces
}

/// The non-zero singular values of every layer of a balanced network are the `N`-th roots of those of its end-to-end matrix.
#[doc = include_str!("text/balanced-singular-values.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct BalancedSingularValues {
    /// The control: the start need not be balanced.
    pub any_start: bool,
}

impl AboutStart for BalancedSingularValues {
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if !self.any_start {
            given.that("0-balanced", is_balanced(start));
        }
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let weights = start.weights();
        // Sums of the first r powers determine r numbers, and more of them do no harm: zeros add nothing.
        let count = weights.iter().map(|layer| layer.rows().min(layer.columns())).max().unwrap_or(1);
        let gram = smaller_gram(&weights[0]);
        let first = traces_of_powers(&gram, count);
        for (k, layer) in weights.iter().enumerate().skip(1) {
            for (sum, of_first) in traces_of_powers(&smaller_gram(layer), count).iter().zip(&first) {
                finding.equal("Σ_i σ_i(W_k)^{2p} = Σ_i σ_i(W_1)^{2p}", sum, of_first).layer(k + 1);
            }
        }
        let of_product = traces_of_powers(&smaller_gram(start.end_to_end()), count);
        for (sum, of_first) in of_product.iter().zip(&traces_of_powers(&power_of(&gram, weights.len()), count)) {
            finding.equal("Σ_i σ_i(W_{1:N})^{2p} = Σ_i σ_i(W_1)^{2Np}", sum, of_first);
        }
    }
}

/// Layers that are balanced exactly, of one to four layers; singular values that are repeated or zero among them.
fn some_balanced(random: &mut Random) -> Instance {
    let widths: Vec<usize> = (0..=random.size(1, 4)).map(|_| random.size(1, 4)).collect();
    let rank = widths.iter().copied().min().unwrap_or(1);
    let values: Vec<Rational> = (0..rank).map(|_| Rational::from((random.between(0, 6), 4))).collect();
    let layers = balanced(random, &widths, &values);
    let target = random.matrix(widths[widths.len() - 1], widths[0], 4);
    Instance::point(towards(target, layers, Rational::from(1)))
}

/// `W_j(0) = I` for all `j` is 0-balanced, and `W_{1:N}(0) = I`.
#[doc = include_str!("text/residual-init-balanced.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct ResidualStart {
    /// The control: the layers need not be identities.
    pub any_start: bool,
}

/// Whether every layer is the identity matrix, exactly.
pub(super) fn all_identities<T: Real>(point: &Point<T>) -> Truth {
    let bits = point.setting().bits();
    let is_identity = |layer: &Matrix<T>| equal(layer, &Matrix::identity(layer.columns(), bits));
    point.weights().iter().map(is_identity).fold(Truth::True, Truth::and)
}

impl AboutStart for ResidualStart {
    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if !self.any_start {
            given.that("W_j(0) = I for every j", all_identities(start));
        }
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        for (j, d) in imbalances(start.weights()).iter().enumerate() {
            let zero = Matrix::zeros(d.rows(), d.columns(), start.setting().bits());
            finding.equal_matrices("W_{j+1}ᵀW_{j+1} − W_jW_jᵀ = 0", d, &zero).layer(j + 1);
        }
        let identity = Matrix::identity(start.end_to_end().columns(), start.setting().bits());
        finding.equal_matrices("W_{1:N}(0) = I", start.end_to_end(), &identity);
    }
}

/// The identity start that specs call `identity`, for one to six layers of one to five units.
fn identities() -> Vec<Instance> {
    let sizes = (1..=6).flat_map(|depth| (1..=5).map(move |width| vec![width; depth + 1]));
    sizes
        .map(|widths| {
            let width = widths[0];
            let network = Network::fully_connected(&widths).expect("sizes from 1 on");
            let layers = identity_weights(&network);
            let target = Matrix::from_fn(width, width, |i, j| Rational::from(i + 2 * j));
            Instance::point(towards(target, layers, Rational::from(1)))
        })
        .collect()
}

/// Procedure 1: `W_1 ≃ Σ^{1/N}Vᵀ`, `W_j ≃ Σ^{1/N}`, `W_N ≃ UΣ^{1/N}` give `W_{1:N} = A = UΣVᵀ`, balanced exactly.
#[doc = include_str!("text/procedure1-balanced-init.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct BalancedStart {
    /// The control: the layers need not be made of `N`-th roots, nor need there be room for them.
    pub any_factors: bool,
}

impl AboutStart for BalancedStart {
    /// With one layer, step (iii) of the procedure assigns `W_1` twice.
    fn domain(&self) -> Domain {
        Domain::default().target().layers(2)
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if self.any_factors {
            return;
        }
        let room = !has_bottleneck(start);
        given.that("min{d_1, …, d_{N−1}} ≥ min{d_0, d_N}", room);
        let target = start.setting().target().filter(|_| room);
        given.that(
            "the layers are Σ^{1/N}Vᵀ, Σ^{1/N}, …, UΣ^{1/N} for A = Φ = UΣVᵀ",
            target.map_or(Truth::False, |target| is_factored(start, target)),
        );
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let Some(target) = start.setting().target() else { return };
        for (j, d) in imbalances(start.weights()).iter().enumerate() {
            let zero = Matrix::zeros(d.rows(), d.columns(), start.setting().bits());
            finding.equal_matrices("W_{j+1}ᵀW_{j+1} = W_jW_jᵀ", d, &zero).layer(j + 1);
        }
        finding.equal_matrices("W_{1:N}(0) = A", start.end_to_end(), target);
    }
}

/// Whether the layers are the factors of Procedure 1 for a thin singular value decomposition of `A`: rows `s_iv_iᵀ` of the first and columns
/// `s_iu_i` of the last that are orthogonal, `s_i` on the diagonals between, `Av_i = s_i^N u_i`, and nothing else in `A`. There must be
/// room for as many rows and columns. No root is taken: of rational layers it is decided exactly.
fn is_factored<T: Real>(start: &Point<T>, a: &Matrix<T>) -> Truth {
    let weights = start.weights();
    let (first, last) = (&weights[0], &weights[weights.len() - 1]);
    let between = &weights[1..weights.len() - 1];
    let rank = a.rows().min(a.columns());
    let squares: Vec<T> = (0..rank).map(|i| Matrix::row_vector(first.row(i).to_vec()).frobenius_squared()).collect();
    let zero = start.constant(0);
    let diagonal = |rows: usize, columns: usize, value: &dyn Fn(usize) -> T| {
        Matrix::from_fn(rows, columns, |i, j| if i == j && i < rank { value(i) } else { zero.clone() })
    };
    let of_squares = |size: usize| diagonal(size, size, &|i| squares[i].clone());
    let mut truth = equal(&first.times_transpose(first), &of_squares(first.rows()))
        .and(equal(&last.transpose_times(last), &of_squares(last.columns())));
    for layer in between {
        truth = truth.and(equal(layer, &diagonal(layer.rows(), layer.columns(), &|i| layer[(i, i)].clone())));
        for (i, square) in squares.iter().enumerate() {
            truth = truth.and(zero.at_most(&layer[(i, i)])).and(layer[(i, i)].square().equals(square));
        }
    }
    let depth = depth(weights);
    let mut rest = a.frobenius_squared();
    for (i, square) in squares.iter().enumerate() {
        // s_i^N: an odd depth has layers between, on whose diagonals s_i is.
        let half = square.power(depth / 2);
        let sigma = between.first().filter(|_| depth % 2 == 1).map_or(half.clone(), |layer| half * &layer[(i, i)]);
        rest -= &sigma.square();
        let image = Matrix::row_vector(first.row(i).to_vec()).times_transpose(a);
        let expected = Matrix::row_vector(last.column(i).map(|entry| entry.clone() * &sigma).collect());
        truth = truth.and(equal(&image, &expected));
    }
    truth.and(rest.equals(&zero))
}

/// Procedure 1 for a matrix with rational singular vectors and values that are `(N + more)`-th powers, of which the `(N + more)`-th roots
/// are taken.
fn procedure1(random: &mut Random, more: u32) -> Instance {
    let (input, output) = (random.size(1, 4), random.size(1, 4));
    let rank = input.min(output);
    let depth = random.size(2, 5);
    let mut widths = vec![input];
    widths.extend((1..depth).map(|_| rank + random.size(0, 2)));
    widths.push(output);
    let roots: Vec<Rational> = (0..rank).map(|i| Rational::from((random.between(i64::from(i > 0), 6), 4))).collect();
    let roots = if more > 0 { vec![Rational::from(2); rank] } else { roots };
    let mut gauges: Vec<Matrix<Rational>> = widths.iter().map(|&width| exact::identity(width)).collect();
    gauges[0] = orthogonal(random, input);
    gauges[depth] = orthogonal(random, output);
    let layers = balanced_between(&gauges, &roots);
    let values: Vec<Rational> = roots.iter().map(|root| power(root, depth as u32 + more)).collect();
    let diagonal = rectangular_diagonal(output, input, &values);
    let a = product(&product(&gauges[depth], &diagonal), &gauges[0].transposed());
    Instance::point(towards(a, layers, Rational::from(1)))
}
