//! The risk as a function of the end-to-end map, and its pull on that map.
//!
//! **Margins** (logistic, exponential): the examples enter as the rows `y_i x_i`. **Residuals** (the squared losses): the
//! gradient is `E·XXᵀ − YXᵀ` up to the factor 1/n, so it needs two small matrices that are formed once, and a step does not
//! depend on n. The risk itself is *not* computed from them: `½(tr E·XXᵀ·Eᵀ − 2 tr E·XYᵀ + tr YYᵀ)` loses every digit when
//! the fit is good, because it is a small difference of large numbers. It is summed from the residuals, and only when asked
//! for.

use super::divergence::Divergence;
use super::kernels::{Scalar, add_rows, dot, product_transposed};
use super::loss::MarginLoss;

/// Examples that are summed in one block: two levels of summation keep the chain of roundings near √n.
pub(super) const EXAMPLES_PER_BLOCK: usize = 64;

/// The risk as a function of the end-to-end map.
#[derive(Clone, Debug)]
pub(super) enum Objective {
    /// A loss of the margin; one output.
    Margins(Margins),
    /// Half a squared distance.
    Residuals(Residuals),
}

/// A loss of the margins of `n` examples.
#[derive(Clone, Debug)]
pub(super) struct Margins {
    /// `y_i x_i`, one row an example.
    pub rows: Vec<f64>,
    pub loss: MarginLoss,
    /// `c/n` or `c`, the factor of the loss.
    pub value_weight: f64,
    /// `cb/n` or `cb`, the factor of its derivative in the margin.
    pub steepness_weight: f64,
    /// Work space, `d_0`.
    pub partial: Vec<f64>,
}

/// Half the squared distance to labels or to a target.
#[derive(Clone, Debug)]
pub(super) struct Residuals {
    /// `XXᵀ/n` or `XXᵀ`, `d_0 × d_0`; `None` is the identity.
    pub gram: Option<Vec<f64>>,
    /// `YXᵀ/n` or `YXᵀ`, or the target: `d_L × d_0`.
    pub cross: Vec<f64>,
    /// The examples, for the risk alone: `n` rows of `d_0`, `n` rows of `d_L`, and `1/n` or 1. Missing with a target.
    pub examples: Option<Examples>,
}

/// Examples with their labels.
#[derive(Clone, Debug)]
pub(super) struct Examples {
    /// `d_0`.
    pub inputs: usize,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub weight: f64,
}

impl Objective {
    /// Writes `−η ∂R/∂E` at the end-to-end map `E` (`d_L × d_0`) to `pull`.
    pub fn pull(&mut self, product: &[f64], eta: f64, pull: &mut [f64]) -> Result<(), Divergence> {
        match self {
            Self::Margins(Margins { rows, loss, steepness_weight, partial, .. }) => {
                let steepness = |example, margin| {
                    let exponent = loss.exponent(margin);
                    if !exponent.is_finite() {
                        return Err(Divergence::Margin { example });
                    }
                    let steepness = loss.steepness(exponent);
                    if steepness.is_finite() { Ok(steepness) } else { Err(Divergence::Loss { example }) }
                };
                pull_of_margins(rows, product, steepness, eta * *steepness_weight, partial, pull)
            }
            Self::Residuals(Residuals { gram, cross, .. }) => {
                pull_of_residuals(gram.as_deref(), cross, product, eta, pull);
                Ok(())
            }
        }
    }

    /// The risk at the end-to-end map `E`.
    pub fn risk(&self, product: &[f64]) -> Result<f64, Divergence> {
        let risk = match self {
            Self::Margins(Margins { rows, loss, value_weight, .. }) => {
                let mut sum = 0.0;
                for (example, row) in rows.chunks_exact(product.len()).enumerate() {
                    let exponent = loss.exponent(dot(row, product));
                    if !exponent.is_finite() {
                        return Err(Divergence::Margin { example });
                    }
                    let value = loss.value(exponent);
                    if !value.is_finite() {
                        return Err(Divergence::Loss { example });
                    }
                    sum += value;
                }
                value_weight * sum
            }
            Self::Residuals(Residuals { examples: Some(Examples { inputs, x, y, weight }), .. }) => {
                let outputs = product.len() / inputs;
                let mut sum = 0.0;
                for (x_row, y_row) in x.chunks_exact(*inputs).zip(y.chunks_exact(outputs)) {
                    for (map_row, label) in product.chunks_exact(*inputs).zip(y_row) {
                        let residual = dot(map_row, x_row) - label;
                        sum += residual * residual;
                    }
                }
                0.5 * weight * sum
            }
            Self::Residuals(Residuals { examples: None, cross, .. }) => {
                let squares = product.iter().zip(cross).map(|(entry, target)| (entry - target) * (entry - target));
                0.5 * squares.sum::<f64>()
            }
        };
        if risk.is_finite() { Ok(risk) } else { Err(Divergence::Risk) }
    }
}

/// `pull = factor · Σ_i steepness(i, m_i) · row_i` with the margins `m_i = row_i · product`.
pub(super) fn pull_of_margins<T: Scalar, E>(
    rows: &[T],
    product: &[T],
    mut steepness: impl FnMut(usize, T) -> Result<T, E>,
    factor: T,
    partial: &mut [T],
    pull: &mut [T],
) -> Result<(), E> {
    let inputs = product.len();
    let mut coefficients = [T::default(); EXAMPLES_PER_BLOCK];
    pull.fill(T::default());
    for (number, block) in rows.chunks(EXAMPLES_PER_BLOCK * inputs).enumerate() {
        let count = block.len() / inputs;
        for (i, (row, coefficient)) in block.chunks_exact(inputs).zip(&mut coefficients).enumerate() {
            *coefficient = steepness(number * EXAMPLES_PER_BLOCK + i, dot(row, product))?;
        }
        partial.fill(T::default());
        add_rows(partial, &coefficients[..count], block);
        for (sum, &term) in pull.iter_mut().zip(&*partial) {
            *sum = *sum + term;
        }
    }
    for entry in pull {
        *entry = *entry * factor;
    }
    Ok(())
}

/// `pull = η (cross − product · gram)`; a missing `gram` is the identity.
pub(super) fn pull_of_residuals<T: Scalar>(gram: Option<&[T]>, cross: &[T], product: &[T], eta: T, pull: &mut [T]) {
    match gram {
        None => pull.copy_from_slice(product),
        Some(gram) => {
            let inputs = gram.len().isqrt();
            // The Gram matrix is its own transpose.
            product_transposed(product, gram, pull, inputs, inputs);
        }
    }
    for (entry, &target) in pull.iter_mut().zip(cross) {
        *entry = eta * (target - *entry);
    }
}
