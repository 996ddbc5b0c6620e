//! Gradient flow from balanced weights (Section 3.2.2): the end-to-end matrix follows an equation of its own, and the loss falls.

use rug::Rational;

use crate::algebra::exact::{end_to_end, inner, power_of_two, sum};
use crate::algebra::spectral::{Effort, Spectrum};
use crate::algebra::symmetric::{eigenvalues, is_positive_definite, is_positive_semidefinite};
use crate::claims::{AboutStart, Claim, Domain, Finding, Hypotheses, OnStarts};
use crate::generate::{Instance, Random, Sampled, balanced, towards};
use crate::number::{Ball, Dual, Exact, Real, Ring, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, differentiation, network};

use super::end_to_end::end_to_end_spectrum;
use super::gram::{powers, tensor_sum};
use super::replay;
use super::theorem1::{compare_least_square, depth, exact_start, exact_target, is_balanced, least_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let unbalanced = replay(include_str!("specs/unbalanced.toml"));
    vec![
        Claim::new(
            "ACGH19.flow-end-to-end-ode",
            include_str!("text/flow-end-to-end-ode.md"),
            OnStarts(EndToEndFlow::default()),
            Sampled::new("balanced layers and a target", balanced_layers),
        )
        .control(
            "balance dropped: an imbalance of 1/10",
            OnStarts(EndToEndFlow { any_start: true, ..EndToEndFlow::default() }),
            replay(include_str!("specs/imbalance-of-a-tenth.toml")),
        )
        .control(
            "matrices written row by row as vectors",
            OnStarts(EndToEndFlow { row_by_row: true, ..EndToEndFlow::default() }),
            replay(include_str!("specs/rectangular-balanced.toml")),
        ),
        Claim::new(
            "ACGH19.flow-PW-eigenvalues",
            include_str!("text/flow-PW-eigenvalues.md"),
            OnStarts(Eigenvalues::default()),
            Sampled::new("balanced layers and a target", balanced_layers),
        )
        .control(
            "1.01 σ_min^{2(N−1)/N} as the bound, for a rectangular matrix",
            OnStarts(Eigenvalues { factor: Factor::More }),
            replay(include_str!("specs/rectangular-balanced.toml")),
        )
        .control(
            "N σ_min^{2(N−1)/N} as the bound, for a rectangular matrix",
            OnStarts(Eigenvalues { factor: Factor::Depth }),
            replay(include_str!("specs/rectangular-balanced.toml")),
        ),
        Claim::new(
            "ACGH19.flow-descent",
            include_str!("text/flow-descent.md"),
            OnStarts(FlowDescent::default()),
            Sampled::new("balanced layers and a target", balanced_layers),
        )
        .control(
            "balance dropped; the bound without its half",
            OnStarts(FlowDescent { any_start: true, ..FlowDescent::default() }),
            unbalanced,
        )
        .control(
            "balance dropped; (10) as printed",
            OnStarts(FlowDescent { any_start: true, halved: true }),
            unbalanced,
        ),
    ]
}

/// `d vec(W)/dτ = −P_W vec(dL¹/dW(W))` along gradient flow.
#[doc = include_str!("text/flow-end-to-end-ode.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct EndToEndFlow {
    /// A control: the layers need not be balanced.
    pub any_start: bool,
    /// A control: the vectors hold the matrices row by row.
    pub row_by_row: bool,
}

/// `P_W` has `(d_0 d_N)²` entries. Up to this many it is written down; its products with vectors never need that.
const LARGEST_WRITTEN: usize = 1 << 16;

fn is_written<T: Real>(w: &Matrix<T>) -> bool {
    let size = w.rows().saturating_mul(w.columns());
    size.saturating_mul(size) <= LARGEST_WRITTEN
}

impl EndToEndFlow {
    fn vector<T: Real>(self, matrix: &Matrix<T>) -> Matrix<T> {
        let entries = if self.row_by_row { matrix.entries().to_vec() } else { matrix.transposed().entries().to_vec() };
        Matrix::row_vector(entries).transposed()
    }

    /// `P_W vec(G)`, given the powers of both roots: column by column it is `Σ_j (WWᵀ)^{(j−1)/N} G (WᵀW)^{(N−j)/N}`.
    fn image<T: Real>(self, right: &[Matrix<T>], left: &[Matrix<T>], residual: &Matrix<T>) -> Matrix<T> {
        if self.row_by_row || is_written(residual) {
            return tensor_sum(right, left).times(&self.vector(residual));
        }
        let zero = Matrix::zeros(residual.rows(), residual.columns(), residual.bits());
        let sum = right.iter().zip(left.iter().rev());
        self.vector(&sum.fold(zero, |sum, (right, left)| sum.plus(&left.times(residual).times(right))))
    }
}

impl AboutStart for EndToEndFlow {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if !self.any_start {
            given.that("0-balanced", is_balanced(start));
        }
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let weights = start.weights();
        let (first, last) = (&weights[0], &weights[weights.len() - 1]);
        let w = start.end_to_end();
        // The N-th roots of WᵀW and WWᵀ: positive semidefinite by their form, and roots because the N-th powers say so.
        let (right_root, left_root) = (first.transpose_times(first), last.times_transpose(last));
        let (right, left) = (powers(&right_root, weights.len() + 1), powers(&left_root, weights.len() + 1));
        finding.equal_matrices("(W_1ᵀW_1)^N = WᵀW", &right[weights.len()], &w.transpose_times(w));
        finding.equal_matrices("(W_NW_Nᵀ)^N = WWᵀ", &left[weights.len()], &w.times_transpose(w));
        let flowing: Vec<Matrix<Dual<T>>> = weights
            .iter()
            .zip(start.gradient())
            .map(|(layer, slope)| differentiation::moving(layer, &slope.map(|entry| -entry.clone())))
            .collect();
        let rate = network::product(&flowing).map(|product| product.map(|entry| entry.derivative().clone()));
        let Some(rate) = rate else { return };
        let residual = start.product_gradient();
        let image = self.image(&right[..weights.len()], &left[..weights.len()], residual);
        let flow = image.map(|entry| -entry.clone());
        finding.equal_matrices("d vec(W)/dτ = −P_W vec(W − Φ)", &self.vector(&rate), &flow);
        if w.rows() == 1 {
            // ‖w‖^{2/N} = ‖W_1‖_F², since W_1 has rank one.
            let square = first.frobenius_squared();
            let count = depth(weights);
            let along = w.inner(residual).times(count - 1);
            let norm_squared = w.frobenius_squared();
            // Both sides times ‖w‖², so that w = 0 needs no exception.
            let bracket = residual.scaled(&norm_squared).plus(&w.scaled(&along));
            let formula = bracket.scaled(&-square.power(count - 1));
            finding.equal_matrices(
                "one output: ‖w‖²dw/dτ = −‖w‖^{2(N−1)/N}(‖w‖²g + (N−1)w⟨w, g⟩)",
                &rate.scaled(&norm_squared),
                &formula,
            );
        }
    }
}

/// What the least eigenvalue is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Factor {
    /// `σ_min(W)^{2(N−1)/N}`.
    #[default]
    Printed,
    /// 1.01 of it.
    More,
    /// `N` times as much.
    Depth,
}

/// `P_W` is positive semidefinite with `λ_min(P_W) ≥ σ_min(W)^{2(N−1)/N}`.
#[doc = include_str!("text/flow-PW-eigenvalues.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Eigenvalues {
    /// The control.
    pub factor: Factor,
}

/// Up to this many rows `P_W` is examined.
const LARGEST_DECIDED: usize = 64;

impl AboutStart for Eigenvalues {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        if start.end_to_end().entries().len() > LARGEST_DECIDED {
            finding.asserted("P_W ⪰ 0: P_W has too many entries to be written down", Truth::Open);
            return;
        }
        match RootedProduct::of(start) {
            Some(roots) => match rational_root(start) {
                Some(root) => self.with_rational_root(&roots, &root, finding),
                None => self.with_rational_powers(&roots, start, finding),
            },
            None => self.with_enclosed_powers(start, finding),
        }
    }
}

/// The `N`-th roots of `WᵀW` and of `WWᵀ` where they are `W_1ᵀW_1` and `W_NW_Nᵀ`, as they are at balanced layers, and `P_W`: all rational.
struct RootedProduct {
    right: Vec<Matrix<Exact>>,
    left: Vec<Matrix<Exact>>,
    matrix: Matrix<Exact>,
    output: usize,
    input: usize,
}

impl RootedProduct {
    fn of<T: Real>(start: &Point<T>) -> Option<Self> {
        let exact = exact_start(start)?;
        let (weights, w) = (exact.weights(), exact.end_to_end());
        let (first, last, count) = (&weights[0], &weights[weights.len() - 1], weights.len());
        let mut right = powers(&first.transpose_times(first), count + 1);
        let mut left = powers(&last.times_transpose(last), count + 1);
        let same = |a: &Matrix<Exact>, b: &Matrix<Exact>| {
            a.entries().iter().zip(b.entries()).all(|(a, b)| a.equals(b) == Truth::True)
        };
        let (right_power, left_power) = (right.pop()?, left.pop()?);
        let are_roots = same(&right_power, &w.transpose_times(w)) && same(&left_power, &w.times_transpose(w));
        let matrix = tensor_sum(&right, &left);
        are_roots.then(|| Self { right, left, matrix, output: w.rows(), input: w.columns() })
    }

    /// `P_W − bI`.
    fn above(&self, bound: &Exact) -> Matrix<Exact> {
        let identity = Matrix::identity(self.matrix.rows(), self.matrix.bits());
        self.matrix.clone().minus(&identity.scaled(bound))
    }
}

const SYMMETRIC: &str = "P_W = P_Wᵀ";
const NOT_NEGATIVE: &str = "P_W ⪰ 0";
const BOUNDED: &str = "P_W − σ_min(W)^{2(N−1)/N} I ⪰ 0";
const TIGHT: &str = "λ_min(P_W) = Nσ_min(W)^{2(N−1)/N} if d_0 = d_N, without the N if not";

impl Eigenvalues {
    fn factor(self, count: u32) -> Rational {
        match self.factor {
            Factor::Printed => Rational::from(1),
            Factor::More => Rational::from((101, 100)),
            Factor::Depth => Rational::from(count),
        }
    }

    /// The bound is rational and is subtracted.
    fn with_rational_root(self, roots: &RootedProduct, root: &Exact, finding: &mut Finding) {
        let matrix = &roots.matrix;
        let count = roots.right.len() as u32;
        let bound = root.power(count - 1);
        let least = bound.clone().times(if roots.output == roots.input { count } else { 1 });
        finding.asserted(SYMMETRIC, is_symmetric(matrix));
        finding.asserted(NOT_NEGATIVE, is_positive_semidefinite(matrix));
        finding.asserted(BOUNDED, is_positive_semidefinite(&roots.above(&bound.times(self.factor(count)))));
        let rest = roots.above(&least);
        finding.asserted(TIGHT, is_positive_semidefinite(&rest).and(is_positive_definite(&rest).not()));
    }

    /// The bound is not rational, and need not be subtracted. If `d_0 ≠ d_N`, let `E` be the root of the smaller of `WWᵀ` and `WᵀW`, so that
    /// `λ_min(E^{N−1})` is the bound: `P_W` is at least `E^{N−1}` beside the identity, and equal to it where the root of the larger vanishes.
    fn with_rational_powers<T: Real>(self, roots: &RootedProduct, start: &Point<T>, finding: &mut Finding) {
        let RootedProduct { right, left, matrix, output, input } = roots;
        finding.asserted(SYMMETRIC, is_symmetric(matrix));
        finding.asserted(NOT_NEGATIVE, is_positive_semidefinite(matrix));
        if output == input || self.factor != Factor::Printed {
            return self.with_enclosed_bound(&lifted(matrix, start.setting().bits()), start, finding);
        }
        let last = left.len() - 1;
        let (one, root, beside) = if output < input {
            (Matrix::identity(*input, matrix.bits()), right.get(1), false)
        } else {
            (Matrix::identity(*output, matrix.bits()), left.get(1), true)
        };
        let part = if beside { right[last].kronecker(&one) } else { one.kronecker(&left[last]) };
        finding.asserted(BOUNDED, is_positive_semidefinite(&matrix.clone().minus(&part)));
        // With one layer P_W is the identity, and the bound is 1.
        let vanishes = root.map_or(Truth::True, |root| is_positive_definite(root).not());
        finding.asserted(TIGHT, vanishes);
    }

    /// In balls, with the roots that are there whatever the layers are.
    fn with_enclosed_powers<T: Real>(self, start: &Point<T>, finding: &mut Finding) {
        let count = depth(start.weights());
        let roots = end_to_end_spectrum(start);
        let (right, left): (Vec<_>, Vec<_>) =
            (0..count).map(|j| (roots.right_power(j, count), roots.left_power(j, count))).unzip();
        let matrix = tensor_sum(&right, &left);
        finding.equal_matrices(SYMMETRIC, &matrix, &matrix.transposed()).of_weights_alone();
        self.with_enclosed_bound(&matrix, start, finding);
    }

    fn with_enclosed_bound<T: Real>(self, matrix: &Matrix<T>, start: &Point<T>, finding: &mut Finding) {
        let (w, count) = (start.end_to_end(), depth(start.weights()));
        let bound = least_power(start);
        let least = eigenvalues(matrix, Effort::Tight).pop().unwrap_or_else(|| bound.undefined());
        let is_square = w.rows() == w.columns();
        if is_square || self.factor != Factor::Printed {
            finding.at_most(BOUNDED, &bound.clone().times(self.factor(count)), &least);
        }
        // If d_0 ≠ d_N this says more.
        finding.equal(TIGHT, &least, &bound.times(if is_square { count } else { 1 })).of_weights_alone();
    }
}

fn is_symmetric(matrix: &Matrix<Exact>) -> Truth {
    let transposed = matrix.transposed();
    let entries = matrix.entries().iter().zip(transposed.entries());
    entries.map(|(a, b)| a.equals(b)).fold(Truth::True, Truth::and)
}

fn lifted<T: Real>(matrix: &Matrix<Exact>, bits: u32) -> Matrix<T> {
    matrix.map(|entry| entry.exact().map_or_else(|| T::zero(bits).undefined(), |entry| T::from_rational(&entry, bits)))
}

/// `σ_min(W)^{2/N}` if it is a multiple of 2⁻¹²: guessed from its enclosure and verified exactly. With one layer only its power 0 is asked
/// for, and 1 stands for it.
fn rational_root<T: Real>(start: &Point<T>) -> Option<Exact> {
    let exact = start.exact_end_to_end()?;
    let count = depth(start.weights());
    if count == 1 {
        return Some(Exact::from(Rational::from(1)));
    }
    let ball = Matrix::<Ball>::from_rationals(&exact, 128);
    let approximate = Spectrum::of(&ball, Effort::Quick).least().approximate().powf(2.0 / f64::from(count));
    let units = rug::Integer::from_f64((approximate * 4096.0).round())?;
    let guess = Rational::from((units, 4096));
    let power = (0..count).fold(Rational::from(1), |power, _| power * &guess);
    compare_least_square(&exact, &power).is_eq().then(|| Exact::from(guess))
}

/// `dL¹(W)/dτ ≤ −σ_min(W)^{2(N−1)/N}‖dL¹/dW(W)‖_F²` along gradient flow.
#[doc = include_str!("text/flow-descent.md")]
#[derive(Clone, Copy, Debug, Default)]
pub struct FlowDescent {
    /// The control: the layers need not be balanced.
    pub any_start: bool,
    /// A half on the right side, as in (10).
    pub halved: bool,
}

impl AboutStart for FlowDescent {
    fn domain(&self) -> Domain {
        Domain::FULLY_CONNECTED.target()
    }

    fn assume<T: Real>(&self, start: &Point<T>, given: &mut Hypotheses) {
        if !self.any_start {
            given.that("0-balanced", is_balanced(start));
        }
    }

    fn conclude<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        let downhill: Vec<Matrix<T>> = start.gradient().iter().map(|slope| slope.map(|entry| -entry.clone())).collect();
        let fall = -differentiation::derivative_along(start, &downhill);
        let promised = start.product_gradient().frobenius_squared() * &least_power(start);
        let promised = if self.halved { promised.times((1, 2)) } else { promised };
        let relation = finding.at_most("σ_min(W)^{2(N−1)/N}‖W − Φ‖_F² ≤ −dL¹(W)/dτ", &promised, &fall);
        let (Some(w), Some(target)) = (start.exact_end_to_end(), exact_target(start.setting())) else { return };
        let residual = sum(&w, &Rational::from(-1), target);
        let is_zero = |matrix: &Matrix<Rational>| matrix.entries().iter().all(Rational::is_zero);
        relation.attained_if(is_zero(&residual), "W = Φ, exactly: both sides are zero");
        // −dL¹(W)/dτ is ‖w‖^{2(N−1)/N}(‖G‖² + (N−1)⟨w, G⟩²/‖w‖²) for balanced layers.
        let is_balanced = is_balanced(start) == Truth::True && !self.halved;
        let is_vector = w.rows() == 1 || w.columns() == 1;
        let is_orthogonal = inner(w.entries(), residual.entries()).is_zero();
        relation.attained_if(
            is_balanced && is_vector && is_orthogonal,
            "one output or one input, and G is orthogonal to W",
        );
        relation.attained_if(is_balanced && is_zero(&w) && start.weights().len() > 1, "W = 0: both sides are zero");
    }
}

/// Balanced layers with rational singular values, and a target at some distance.
fn balanced_layers(random: &mut Random) -> Instance {
    let count = random.size(1, 4);
    let largest = if count > 3 { 2 } else { 3 };
    let (input, output) = (random.size(1, largest), random.size(1, largest));
    let mut widths = vec![input];
    widths.extend((1..count).map(|_| input.min(output) + random.size(0, 1)));
    widths.push(output);
    let values: Vec<Rational> = (0..input.min(output)).map(|_| Rational::from((random.between(3, 12), 8))).collect();
    let layers = balanced(random, &widths, &values);
    let w = end_to_end(&layers, input);
    let size = power_of_two(-(random.between(0, 6) as i32));
    let target = sum(&w, &size, &random.matrix(output, input, 4));
    Instance::point(towards(target, layers, Rational::from((1, 1000))))
}
