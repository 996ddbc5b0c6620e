//! One exact step by the definitions alone, for comparison.
//!
//! Outputs are computed layer by layer as the networks are defined. Because a network is linear in each single weight, the
//! derivative of its output in that weight is the output of the network with the layer replaced by the unit matrix of that
//! entry: no transpose, no partial product, no rule of differentiation that the program could share a slip with. All in
//! 400-bit numbers, which is exact for the purpose.

use rug::{Float, Rational};

use crate::problem::{Architecture, Data, Loss, Network, Normalisation, Problem};

const BITS: u32 = 400;

fn exact(value: f64) -> Float {
    Float::with_val(BITS, value)
}

fn rational(value: &Rational) -> Float {
    Float::with_val(BITS, value)
}

fn zero() -> Float {
    Float::new(BITS)
}

/// The exact step from some f64 weights, and what the budget's inequality needs.
pub struct ExactStep {
    /// The weights after the step, layer by layer.
    pub weights: Vec<Vec<Float>>,
    /// The sum of absolute values `A`, layer by layer.
    pub absolute: Vec<Vec<Float>>,
}

/// `f(x)`, layer by layer.
fn output(network: &Network, weights: &[Vec<Float>], x: &[Float]) -> Vec<Float> {
    let dot = |a: &[Float], b: &[Float]| a.iter().zip(b).fold(zero(), |sum, (a, b)| sum + Float::with_val(BITS, a * b));
    let mut state = x.to_vec();
    match network.architecture() {
        Architecture::FullyConnected => {
            for layer in weights {
                state = layer.chunks(state.len()).map(|row| dot(row, &state)).collect();
            }
            state
        }
        Architecture::Diagonal => {
            for layer in weights {
                state = state.iter().zip(layer).map(|(a, b)| Float::with_val(BITS, a * b)).collect();
            }
            vec![state.iter().fold(zero(), |sum, entry| sum + entry)]
        }
        Architecture::Convolutional => {
            let dim = network.input_dimension();
            let (last, filters) = weights.split_last().unwrap();
            for filter in filters {
                state = (0..dim)
                    .map(|i| {
                        let window: Vec<_> = (0..filter.len()).map(|j| state[(i + j) % dim].clone()).collect();
                        dot(&window, filter)
                    })
                    .collect();
            }
            vec![dot(&state, last)]
        }
    }
}

/// The weights of each layer, exact.
fn exact_layers(network: &Network, parameters: &[f64]) -> Vec<Vec<Float>> {
    let mut rest = parameters;
    let mut layers = Vec::new();
    for (rows, columns) in network.layer_shapes() {
        let (layer, after) = rest.split_at(rows * columns);
        layers.push(layer.iter().map(|&w| exact(w)).collect());
        rest = after;
    }
    layers
}

/// `f(e_j)` for each unit vector: the columns of the end-to-end map, layer by layer.
pub fn columns_of_the_map(network: &Network, parameters: &[f64]) -> Vec<Vec<Float>> {
    let layers = exact_layers(network, parameters);
    let inputs = network.input_dimension();
    let unit = |j: usize| (0..inputs).map(|i| exact(if i == j { 1.0 } else { 0.0 })).collect::<Vec<_>>();
    (0..inputs).map(|j| output(network, &layers, &unit(j))).collect()
}

/// The layers with layer `k` replaced by the unit matrix of entry `e`.
fn with_unit(weights: &[Vec<Float>], k: usize, e: usize) -> Vec<Vec<Float>> {
    let mut replaced = weights.to_vec();
    replaced[k] = vec![zero(); weights[k].len()];
    replaced[k][e] = exact(1.0);
    replaced
}

/// One exact step with step size `eta` from `parameters`; `gamma` is the γ of the exponent's bracket.
pub fn exact_step(problem: &Problem, parameters: &[f64], eta: f64, gamma: &Rational) -> ExactStep {
    let network = problem.network();
    let weights = exact_layers(network, parameters);
    let magnitudes: Vec<Vec<Float>> =
        weights.iter().map(|layer| layer.iter().map(|w| w.clone().abs()).collect()).collect();

    let (inputs, labels, share) = examples(problem);
    // For each example and output: ∂R/∂f_a and the sum of absolute values that stands for it.
    let mut slopes = Vec::new();
    for (x, y) in inputs.iter().zip(&labels) {
        let absolute_x: Vec<Float> = x.iter().map(|entry| entry.clone().abs()).collect();
        let f = output(network, &weights, x);
        let absolute_f = output(network, &magnitudes, &absolute_x);
        let of_example: Vec<(Float, Float)> = f
            .iter()
            .zip(&absolute_f)
            .zip(y)
            .map(|((f, absolute_f), y)| {
                let (slope, absolute) = slope(problem.loss(), f, absolute_f, y, gamma);
                (slope * &share, absolute * &share)
            })
            .collect();
        slopes.push((absolute_x, of_example));
    }
    let mut result = ExactStep { weights: weights.clone(), absolute: magnitudes.clone() };
    for k in 0..weights.len() {
        for e in 0..weights[k].len() {
            let (direction, absolute_direction) = (with_unit(&weights, k, e), with_unit(&magnitudes, k, e));
            let (mut derivative, mut absolute) = (zero(), zero());
            for (x, (absolute_x, of_example)) in inputs.iter().zip(&slopes) {
                let along = output(network, &direction, x);
                let absolute_along = output(network, &absolute_direction, absolute_x);
                for (((slope, absolute_slope), along), absolute_along) in
                    of_example.iter().zip(along).zip(absolute_along)
                {
                    derivative += along * slope;
                    absolute += absolute_along * absolute_slope;
                }
            }
            result.weights[k][e] -= derivative * eta;
            result.absolute[k][e] = absolute;
        }
    }
    result
}

/// Inputs, labels and the factor of the sum; a target is the sum over unit vectors.
fn examples(problem: &Problem) -> (Vec<Vec<Float>>, Vec<Vec<Float>>, Float) {
    match problem.data() {
        Data::Target(target) => {
            let columns = target.columns();
            let unit = |j: usize| (0..columns).map(|i| exact(if i == j { 1.0 } else { 0.0 })).collect();
            let label = |j: usize| target.column(j).map(rational).collect();
            ((0..columns).map(unit).collect(), (0..columns).map(label).collect(), exact(1.0))
        }
        Data::Examples { x, y } => {
            let rows = |matrix: &crate::problem::Matrix<Rational>| {
                (0..matrix.rows()).map(|i| matrix.row(i).iter().map(rational).collect()).collect()
            };
            let share = match problem.normalisation() {
                Normalisation::Mean => exact(1.0) / x.rows() as u64,
                Normalisation::Sum => exact(1.0),
            };
            (rows(x), rows(y), share)
        }
    }
}

/// The derivative of one example's loss in the output, and the sum of absolute values that stands for it.
fn slope(loss: &Loss, f: &Float, absolute_f: &Float, y: &Float, gamma: &Rational) -> (Float, Float) {
    let (scale, b) = match loss {
        Loss::Squared | Loss::SquaredTarget => {
            return (Float::with_val(BITS, f - y), Float::with_val(BITS, absolute_f + y.clone().abs()));
        }
        Loss::Logistic { scale, steepness } => (rational(scale), rational(steepness)),
        Loss::Exponential => (exact(1.0), exact(1.0)),
    };
    let exponent = Float::with_val(BITS, f * y) * &b;
    let steepness = match loss {
        Loss::Exponential => (-exponent).exp(),
        _ => (exponent.exp() + 1u32).recip(),
    };
    let size = steepness * scale * &b;
    let z = Float::with_val(BITS, absolute_f * &b);
    let bracket = (Float::with_val(BITS, &z * gamma)).exp() * z + 1u32;
    (-Float::with_val(BITS, &size * y), size * bracket)
}
