//! Gradient flow from balanced weights (Section 3.2.2): the end-to-end matrix follows an equation of its own, and the loss falls.

use rug::Rational as Exact;

use crate::claims::{Claim, Finding, OldAboutStart, OldOnStarts};
use crate::generate::exact::{end_to_end, power_of_two, sum};
use crate::generate::{Instance, Random, Sampled, balanced, towards};
use crate::number::{Ball, Dual, Rational, Real, Ring, Truth};
use crate::problem::Matrix;
use crate::reference::spectral::{Effort, Spectrum};
use crate::reference::symmetric::{is_positive_definite, is_positive_semidefinite};
use crate::reference::{Point, differentiation, network};

use super::gram::{powers, tensor_sum};
use super::replay;
use super::theorem1::{assume_target, compare_least_square, depth, exact_start, is_balanced, least_power};

/// The claims of this family.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let unbalanced = replay(include_str!("specs/unbalanced.toml"));
    vec![
        Claim::new(
            "ACGH19.flow-end-to-end-ode",
            include_str!("text/flow-end-to-end-ode.md"),
            OldOnStarts(EndToEndFlow::default()),
            Sampled::new("balanced layers and a target", balanced_layers),
        )
        .control(
            "balance dropped: an imbalance of 1/10",
            OldOnStarts(EndToEndFlow { any_start: true, ..EndToEndFlow::default() }),
            replay(include_str!("specs/imbalance-of-a-tenth.toml")),
        )
        .control(
            "matrices written row by row as vectors",
            OldOnStarts(EndToEndFlow { row_by_row: true, ..EndToEndFlow::default() }),
            replay(include_str!("specs/rectangular-balanced.toml")),
        ),
        Claim::new(
            "ACGH19.flow-PW-eigenvalues",
            include_str!("text/flow-PW-eigenvalues.md"),
            OldOnStarts(Eigenvalues::default()),
            Sampled::new("balanced layers and a target", balanced_layers),
        )
        .control(
            "1.01 σ_min^{2(N−1)/N} as the bound, for a rectangular matrix",
            OldOnStarts(Eigenvalues { factor: Factor::More }),
            replay(include_str!("specs/rectangular-balanced.toml")),
        )
        .control(
            "N σ_min^{2(N−1)/N} as the bound, for a rectangular matrix",
            OldOnStarts(Eigenvalues { factor: Factor::Depth }),
            replay(include_str!("specs/rectangular-balanced.toml")),
        ),
        Claim::new(
            "ACGH19.flow-descent",
            include_str!("text/flow-descent.md"),
            OldOnStarts(FlowDescent::default()),
            Sampled::new("balanced layers and a target", balanced_layers),
        )
        .control(
            "balance dropped; the bound without its half",
            OldOnStarts(FlowDescent { any_start: true, ..FlowDescent::default() }),
            unbalanced.clone(),
        )
        .control(
            "balance dropped; (10) as printed",
            OldOnStarts(FlowDescent { any_start: true, halved: true }),
            unbalanced,
        ),
    ]
}

/// Whether the statement applies: a squared target and, unless dropped, exact balance.
fn assume<T: Real>(start: &Point<T>, any_start: bool, finding: &mut Finding) -> bool {
    if !assume_target(start, finding) {
        return false;
    }
    if !any_start {
        finding.given("0-balanced", is_balanced(start));
    }
    finding.applicable() != Truth::False
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

impl EndToEndFlow {
    fn vector<T: Real>(self, matrix: &Matrix<T>) -> Matrix<T> {
        let entries = if self.row_by_row { matrix.entries().to_vec() } else { matrix.transposed().entries().to_vec() };
        Matrix::row_vector(entries).transposed()
    }
}

impl OldAboutStart for EndToEndFlow {
    fn examine<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        if !assume(start, self.any_start, finding) {
            return;
        }
        let weights = start.weights();
        let (first, last) = (&weights[0], &weights[weights.len() - 1]);
        let w = start.end_to_end();
        // The N-th roots of WᵀW and WWᵀ: positive semidefinite by their form, and roots because the N-th powers say so.
        let (right_root, left_root) = (first.transpose_times(first), last.times_transpose(last));
        let (right, left) = (powers(&right_root, weights.len() + 1), powers(&left_root, weights.len() + 1));
        finding.equal_matrices("(W_1ᵀW_1)^N = WᵀW", &right[weights.len()], &w.transpose_times(w));
        finding.equal_matrices("(W_NW_Nᵀ)^N = WWᵀ", &left[weights.len()], &w.times_transpose(w));
        let matrix = tensor_sum(&right[..weights.len()], &left[..weights.len()]);
        let flowing: Vec<Matrix<Dual<T>>> = weights
            .iter()
            .zip(start.gradient())
            .map(|(layer, slope)| differentiation::moving(layer, &slope.map(|entry| -entry.clone())))
            .collect();
        let rate = network::product(&flowing).map(|product| product.map(|entry| entry.derivative().clone()));
        let Some(rate) = rate else { return };
        let residual = start.product_gradient();
        let flow = matrix.times(&self.vector(residual)).map(|entry| -entry.clone());
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

impl OldAboutStart for Eigenvalues {
    fn examine<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        if !assume_target(start, finding) {
            return;
        }
        finding.given("0-balanced", is_balanced(start));
        if finding.applicable() == Truth::False {
            return;
        }
        let root = rational_root(start);
        finding.given("σ_min(W)^{2/N} is rational, so that the bound can be subtracted exactly", root.is_some());
        let (Some(root), Some(exact)) = (root, exact_start(start)) else { return };
        let weights = exact.weights();
        let (first, last) = (&weights[0], &weights[weights.len() - 1]);
        let right = powers(&first.transpose_times(first), weights.len());
        let left = powers(&last.times_transpose(last), weights.len());
        let matrix = tensor_sum(&right, &left);
        let count = depth(weights);
        let bound = root.power(count - 1);
        let square = exact.end_to_end().rows() == exact.end_to_end().columns();
        let least = bound.clone().times(if square { count } else { 1 });
        let factor = match self.factor {
            Factor::Printed => Exact::from(1),
            Factor::More => Exact::from((101, 100)),
            Factor::Depth => Exact::from(count),
        };
        let above = |bound: &Rational| {
            let identity = Matrix::identity(matrix.rows(), matrix.bits());
            matrix.clone().minus(&identity.scaled(bound))
        };
        let transposed = matrix.transposed();
        let symmetric = matrix.entries().iter().zip(transposed.entries()).map(|(a, b)| a.equals(b));
        finding.asserted("P_W = P_Wᵀ", symmetric.fold(Truth::True, Truth::and));
        finding.asserted("P_W ⪰ 0", is_positive_semidefinite(&matrix));
        finding.asserted("P_W − σ_min(W)^{2(N−1)/N} I ⪰ 0", is_positive_semidefinite(&above(&bound.times(factor))));
        let touches = is_positive_semidefinite(&above(&least)).and(is_positive_definite(&above(&least)).not());
        finding.asserted("λ_min(P_W) = Nσ_min(W)^{2(N−1)/N} if d_0 = d_N, without the N if not", touches);
    }
}

/// `σ_min(W)^{2/N}` if it is a multiple of 2⁻¹²: guessed from its enclosure and verified exactly.
fn rational_root<T: Real>(start: &Point<T>) -> Option<Rational> {
    let exact = start.exact_end_to_end()?;
    let count = depth(start.weights());
    let ball = Matrix::<Ball>::from_rationals(&exact, 128);
    let approximate = Spectrum::of(&ball, Effort::Quick).least().approximate().powf(2.0 / f64::from(count));
    let units = rug::Integer::from_f64((approximate * 4096.0).round())?;
    let guess = Exact::from((units, 4096));
    let power = (0..count).fold(Exact::from(1), |power, _| power * &guess);
    compare_least_square(&exact, &power).is_eq().then(|| Rational::from(guess))
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

impl OldAboutStart for FlowDescent {
    fn examine<T: Real>(&self, start: &Point<T>, finding: &mut Finding) {
        if !assume(start, self.any_start, finding) {
            return;
        }
        let downhill: Vec<Matrix<T>> = start.gradient().iter().map(|slope| slope.map(|entry| -entry.clone())).collect();
        let fall = -differentiation::derivative_along(start, &downhill);
        let promised = start.product_gradient().frobenius_squared() * &least_power(start);
        let promised = if self.halved { promised.times((1, 2)) } else { promised };
        finding.at_most("σ_min(W)^{2(N−1)/N}‖W − Φ‖_F² ≤ −dL¹(W)/dτ", &promised, &fall);
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
    let values: Vec<Exact> = (0..input.min(output)).map(|_| Exact::from((random.between(3, 12), 8))).collect();
    let layers = balanced(random, &widths, &values);
    let w = end_to_end(&layers, input);
    let size = power_of_two(-(random.between(0, 6) as i32));
    let target = sum(&w, &size, &random.matrix(output, input, 4));
    Instance::point(towards(target, layers, Exact::from((1, 1000))))
}
