//! How far one step of the f64 program may be from the exact step: the table of tolerances, with its derivation.
//!
//! # The judgement
//!
//! Take the f64 weights `W` and the f64 step size η as exact numbers, do one exact (or certified) step from there on the
//! *exact problem*, and call its result `W⁺`. Then every weight `ŵ⁺` of the f64 step satisfies
//!
//! > `|ŵ⁺ − w⁺| ≤ u·|w| + γ_m · η · A`,  `γ_m = mu/(1 − mu)`,  `u = 2⁻⁵³`,
//!
//! and therefore also the simpler `|ŵ⁺ − w⁺| ≤ γ_m (|w| + η·A)`. `m` is [`chain_length`], or the sharper
//! [`layer_chain_lengths`] entry of the weight's own layer. `A` is the derivative of the risk in `w` with every number in it
//! replaced by its absolute value and every difference by a sum:
//!
//! - squared losses: `A = Σ_i Σ_a (|f|_a(x_i) + |y_{i,a}|) · |∂f_a/∂w|(x_i)`, over n under the mean, where `|f|` is the
//!   network with weights `|W|` applied to `|x_i|`, and `|∂f_a/∂w|` likewise. In matrices, with the absolute value of every
//!   factor: `(|W_L|⋯|W_{k+1}|)ᵀ (|W_L|⋯|W_1||X||X|ᵀ + |Y||X|ᵀ) (|W_{k−1}|⋯|W_1|)ᵀ`. The squared target is the case
//!   `x_i = e_i`, `y_i = Φe_i`, sum.
//! - losses of the margin: `A = Σ_i |ℓ′(m_i)| (1 + Z_i e^{γ_m Z_i}) · |∂f/∂w|(x_i)`, over n under the mean, with
//!   `Z_i = b·|f|(x_i)` (b = 1 for the exponential loss). The bracket is the price of an exponent that is itself rounded:
//!   an error of at most `γ Z` in it changes `e^{−z}` and `1/(1 + e^z)` by at most the factor `1 + γ Z e^{γZ}`.
//!
//! Underflow is outside the model. A product below 2⁻¹⁰²² in absolute value has an absolute error of up to 2⁻¹⁰⁷⁵ in place of a
//! relative one; where such numbers occur the judge has to allow for it.
//!
//! # The derivation
//!
//! Each f64 operation multiplies its exact result by some `1 + δ`, `|δ| ≤ u`. A weight's change is a sum of products, and
//! each of those products collects one factor `1 + δ` for each rounding on its way to the weight. The number of them is at
//! most the longest chain of operations, so the sum's error is at most `γ_m` times the sum of the products' absolute values
//! (Higham, *Accuracy and Stability of Numerical Algorithms*, Lemma 3.1). The chain is the one of the loops as they run,
//! which is the same with all [`Instructions`](super::Instructions): vectors of eight lanes, rows in groups of eight, the
//! two levels of a long sum. Where a product and its sum are rounded once and not twice, the chain is shorter than is
//! counted here. The last addition, weight plus change, rounds the weight itself once: that is the `u·|w|` above.
//!
//! With
//! - `dot(n)` = ⌈n/8⌉ + ⌈log₂ min(n, 8)⌉ for a sum of n products in eight lanes that are added pairwise at the end, or over
//!   n rows whose products are added pairwise by eights and then one after the other,
//! - `product(n)` = min(n, 64) + ⌈n/64⌉ − 1 for a sum of n products in a product of matrices, one after the other in blocks
//!   of 64,
//! - `windows(n)` = ⌈n/2⌉ + 1 (1 for n = 1) for a sum of n windows in two alternating sums:
//!
//! | quantity | roundings on top of its inputs |
//! |---|---|
//! | `left_{L−1} = W_L` | 0 |
//! | `left_{k−1} = left_k W_k` | one output `dot(d_k)`, several `product(d_k)`, diagonal 1, convolutional `windows(k_k)` |
//! | end-to-end map | that of `left_0` |
//! | margin of an example | `dot(d_0)`, + 1 for data that are no f64, + 1 for `b·m` if b ≠ 1, + 1 if b is no f64 |
//! | `1/(1 + e^z)` | 4: one addition, one division, and two for `exp` |
//! | `e^{−z}` | 2 |
//! | sum over n examples | `dot(min(n, 64))` + ⌈n/64⌉ − 1, + 1 for data that are no f64 |
//! | times `η·(cb/n)` | 2, + 1 if `cb/n` is no f64 |
//! | `XXᵀ`, `YXᵀ` | 2 for the compensated dot product, + 1 for the division by n, + 2 for data that are no f64 |
//! | `η(YXᵀ − E·XXᵀ)` | one output `dot(d_0)` + 2, several `product(d_0)` + 2; with a target `Φ` in place of the moments 2 |
//! | the same over fewer examples than `d_0`: residual `Y − EX` | one output `dot(d_0)` + 1, several `product(d_0)` + 1, + 1 for data that are no f64 |
//! | times `η·(1/n)`, times `Xᵀ` | 2, + 1 if `1/n` is no f64, and one output `dot(n)`, several `product(n)`, + 1 for data that are no f64 |
//! | `right_k` from `right_{k−1}` | one output `dot(d_{k−1})`, several `product(d_{k−1})`, diagonal 1, convolutional `windows(k_k)` |
//! | change of `W_k`, k < L, from `left_k` and `right_{k−1}` | one output and diagonal 1, several `product(d_L)`, convolutional `windows(d)` |
//! | weight plus change | 1 |
//!
//! In `e^{−|z|}/(1 + e^{−|z|})` the exponential's error enters numerator and denominator with opposite effect and is
//! counted once. The compensated dot product errs by `u` relative to its result and by `γ_n²` relative to the absolute
//! values, the latter below `u` for n < 2²⁶. The error of `exp` is derived where it is written, and a test holds it
//! against MPFR with all instructions.

use rug::Rational;

use super::machine::LANES;
use super::objective::EXAMPLES_PER_BLOCK;
use super::products::TERMS_PER_BLOCK;
use super::start::has_moments;
use crate::problem::nearest_f64;
use crate::problem::{ExactMatrix, Layer, Loss, Matrix, Network, Normalisation, Problem};

/// The error of `exp` in roundings, each a relative error of at most 2⁻⁵³.
pub const EXP_ROUNDINGS: u64 = 2;

/// The longest chain of roundings that ends in one updated weight of any layer.
#[must_use]
pub fn chain_length(problem: &Problem) -> u64 {
    layer_chain_lengths(problem).into_iter().max().unwrap_or(1)
}

/// The longest chain of roundings that ends in one updated weight, for each layer, `W_1` first.
#[must_use]
pub fn layer_chain_lengths(problem: &Problem) -> Vec<u64> {
    let layers = LayerChains::of(problem.network());
    // left[k] is the chain of W_L⋯W_{k+1}, the end-to-end map's first; W_L itself has none.
    let depth = layers.len();
    let mut left = vec![0; depth];
    for k in (1..depth).rev() {
        left[k - 1] = left[k] + layers[k - 1].left;
    }
    let mut right = pull_chain(problem, left[0]);
    let mut lengths = Vec::with_capacity(depth);
    for (k, layer) in layers.iter().enumerate() {
        let of_left = left.get(k + 1).copied().unwrap_or(0);
        lengths.push(of_left + right + layer.change + 1);
        right += layer.right;
    }
    lengths
}

/// The roundings that one layer adds.
struct LayerChains {
    /// From `left_k` to `left_{k−1}`.
    left: u64,
    /// From `right_{k−1}` to `right_k`.
    right: u64,
    /// From `left_k` and `right_{k−1}` to the change of the weights.
    change: u64,
}

impl LayerChains {
    /// The layers of a network, `W_1` first.
    fn of(network: &Network) -> Vec<Self> {
        let outputs = network.output_dimension();
        let chains = |layer: &Layer| match *layer {
            Layer::Full { rows, columns } if outputs == 1 => Self { left: dot(rows), right: dot(columns), change: 1 },
            Layer::Full { rows, columns } => {
                Self { left: product(rows), right: product(columns), change: product(outputs) }
            }
            Layer::Diagonal { .. } => Self { left: 1, right: 1, change: 1 },
            Layer::Circulant { dim, size } => Self { left: windows(size), right: windows(size), change: windows(dim) },
        };
        let mut layers: Vec<Self> = network.layers().iter().map(chains).collect();
        // The last layer's left factor is the identity, which no layout multiplies by, and nothing is carried through that layer.
        if let Some(last) = layers.last_mut() {
            last.change = 0;
        }
        layers
    }
}

/// The chain of the pull on an end-to-end map whose own chain is `map`.
fn pull_chain(problem: &Problem, map: u64) -> u64 {
    let inputs = problem.network().input_dimension();
    let Some((x, y)) = problem.exact_examples() else {
        // Map minus target, times η.
        return map.max(problem.target().map_or(0, rounding_of_entries)) + 2;
    };
    let count = x.rows();
    let mean = problem.normalisation() == Normalisation::Mean;
    let (steepness, slope) = match problem.loss() {
        Loss::Logistic { scale, steepness } => (steepness.clone(), Rational::from(scale * steepness)),
        Loss::Exponential | Loss::Squared | Loss::SquaredTarget => (Rational::from(1), Rational::from(1)),
    };
    let of_steepness = match problem.loss() {
        Loss::Logistic { .. } => EXP_ROUNDINGS + 2,
        Loss::Exponential => EXP_ROUNDINGS,
        Loss::Squared | Loss::SquaredTarget => {
            let of_product = if problem.network().output_dimension() == 1 { dot } else { product };
            if !has_moments(count, inputs) {
                let share = if mean { Rational::from((1, count as u64)) } else { Rational::from(1) };
                let product = map + of_product(inputs) + rounding_of_data(x);
                let residual = product.max(rounding_of_data(y)) + 1;
                return residual + 2 + rounding_of(&share) + of_product(count) + rounding_of_data(x);
            }
            let data = rounding_of_data(x).max(rounding_of_data(y));
            let moments = 2 + u64::from(mean) + 2 * data;
            return map + moments + of_product(inputs) + 2;
        }
    };
    let data = rounding_of_data(x);
    let margin = map + dot(inputs) + data + u64::from(steepness != 1) + rounding_of(&steepness);
    let sum = dot(count.min(EXAMPLES_PER_BLOCK)) + count.div_ceil(EXAMPLES_PER_BLOCK) as u64 - 1 + data;
    let weight = if mean { slope / count as u64 } else { slope };
    margin + of_steepness + sum + 2 + rounding_of(&weight)
}

/// The chain of a sum of `n` products in eight lanes, or over rows in groups of eight.
fn dot(n: usize) -> u64 {
    n.div_ceil(LANES) as u64 + u64::from(n.min(LANES).next_power_of_two().ilog2())
}

/// The chain of a sum of `n` products in a product of matrices: one after the other, in blocks.
fn product(n: usize) -> u64 {
    (n.min(TERMS_PER_BLOCK) + n.div_ceil(TERMS_PER_BLOCK) - 1) as u64
}

/// The chain of a sum of `n` windows, alternately in two sums.
fn windows(n: usize) -> u64 {
    n.div_ceil(2) as u64 + u64::from(n > 1)
}

/// 1 if the rational is no f64, else 0.
fn rounding_of(exact: &Rational) -> u64 {
    u64::from(Rational::from_f64(nearest_f64(exact)).as_ref() != Some(exact))
}

/// 1 if some number of the data is no f64, else 0.
fn rounding_of_data(matrix: &ExactMatrix) -> u64 {
    u64::from(!matrix.is_all_f64())
}

/// 1 if some entry is no f64, else 0.
fn rounding_of_entries(matrix: &Matrix<Rational>) -> u64 {
    matrix.entries().iter().map(rounding_of).max().unwrap_or(0)
}
