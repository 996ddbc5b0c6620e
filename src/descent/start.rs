//! The rounding of an exact problem to f64.

use rug::Rational;

use super::buffer::Buffer;
use super::divergence::StartError;
use super::layer::Layer;
use super::loss::MarginLoss;
use super::objective::{Examples, Margins, Objective, Residuals};
use super::panel::Panel;
use super::step_size::{Smoothness, StepSize};
use crate::problem::nearest_f64;
use crate::problem::{Data, Loss, Matrix, Normalisation, Problem, StepRule};

/// The nearest f64, if there is a finite one.
fn rounded(exact: &Rational, key: &'static str) -> Result<f64, StartError> {
    Some(nearest_f64(exact)).filter(|value| value.is_finite()).ok_or(StartError::OutOfRange { key })
}

/// The nearest f64 of a positive number, if it is finite and positive too: a step size or a scale that rounds to zero would
/// stop the run without a word.
fn rounded_positive(exact: &Rational, key: &'static str) -> Result<f64, StartError> {
    rounded(exact, key).and_then(|value| if value > 0.0 { Ok(value) } else { Err(StartError::OutOfRange { key }) })
}

/// The nearest f64 of each entry, row by row.
fn rounded_entries(matrix: &Matrix<Rational>, key: &'static str) -> Result<Vec<f64>, StartError> {
    matrix.entries().iter().map(|entry| rounded(entry, key)).collect()
}

/// The initial weights, `W_1` first, row by row.
pub(super) fn initial_weights(problem: &Problem) -> Result<Vec<f64>, StartError> {
    let layers: Vec<_> =
        problem.initial().iter().map(|layer| rounded_entries(layer, "init.weights")).collect::<Result<_, _>>()?;
    Ok(layers.concat())
}

/// The step rule, before it has seen any weights.
pub(super) fn step_size(problem: &Problem, layers: &[Layer]) -> Result<StepSize, StartError> {
    match (problem.step(), problem.loss()) {
        (StepRule::Constant(eta), _) => Ok(StepSize::Constant(rounded_positive(eta, "step.eta")?)),
        (StepRule::Smoothness, Loss::Logistic { scale, steepness }) => {
            Ok(StepSize::Smoothness(Smoothness::new(scale, steepness, layers)))
        }
        (StepRule::Smoothness, _) => Err(StartError::SmoothnessNeedsLogistic),
    }
}

/// The numbers, row by row, among blocks shaped as `panel`.
fn in_blocks(panel: Panel, numbers: &[f64]) -> Buffer<f64> {
    let mut buffer = Buffer::new(panel.length);
    panel.write(buffer.blocks_mut(), numbers);
    buffer
}

/// The risk as a function of the end-to-end map, which is shaped as `map`.
pub(super) fn objective(problem: &Problem, map: Panel) -> Result<Objective<f64>, StartError> {
    let (x, y) = match problem.data() {
        Data::Examples { x, y } => (x, y),
        Data::Target(target) => {
            let cross = in_blocks(map, &rounded_entries(target, "data.target")?);
            return Ok(Objective::Residuals(Residuals { map, gram: None, cross, examples: None }));
        }
    };
    let share = match problem.normalisation() {
        Normalisation::Mean => Rational::from((1u32, x.rows() as u64)),
        Normalisation::Sum => Rational::from(1),
    };
    let (loss, scale, slope) = match problem.loss() {
        Loss::Logistic { scale, steepness } => {
            let rounded = rounded_positive(steepness, "loss.steepness")?;
            let steepness_unless_one = (rounded != 1.0).then_some(rounded);
            let slope = Rational::from(scale * steepness);
            (MarginLoss::Logistic { steepness: steepness_unless_one }, scale.clone(), slope)
        }
        Loss::Exponential => (MarginLoss::Exponential, Rational::from(1), Rational::from(1)),
        Loss::Squared | Loss::SquaredTarget => return squared(x, y, problem.normalisation(), map),
    };
    let signed = Matrix::from_fn(x.rows(), x.columns(), |i, j| Rational::from(&x[(i, j)] * &y[(i, 0)]));
    let rows = Margins::<f64>::shape_of_rows(x.rows(), x.columns());
    Ok(Objective::Margins(Margins {
        count: x.rows(),
        rows: in_blocks(rows, &rounded_entries(&signed, "data.x")?),
        loss,
        value_weight: rounded_positive(&(scale * &share), "loss.scale")?,
        steepness_weight: rounded_positive(&(slope * &share), "loss.scale")?,
        partial: Buffer::new(map.stride),
    }))
}

/// The squared loss through its second moments.
fn squared(
    x: &Matrix<Rational>,
    y: &Matrix<Rational>,
    normalisation: Normalisation,
    map: Panel,
) -> Result<Objective<f64>, StartError> {
    let count = match normalisation {
        Normalisation::Mean => x.rows() as f64,
        Normalisation::Sum => 1.0,
    };
    let x_columns = rounded_entries(&x.transposed(), "data.x")?;
    let y_columns = rounded_entries(&y.transposed(), "data.y")?;
    let (x_rows, y_rows) = (rounded_entries(x, "data.x")?, rounded_entries(y, "data.y")?);
    let inputs = x.columns();
    let moment = |a: &[f64], b: &[f64]| compensated_dot(a, b) / count;
    let mut gram = vec![0.0; inputs * inputs];
    for (i, a) in x_columns.chunks_exact(x.rows()).enumerate() {
        for (j, b) in x_columns.chunks_exact(x.rows()).enumerate().take(i + 1) {
            gram[i * inputs + j] = moment(a, b);
            gram[j * inputs + i] = gram[i * inputs + j];
        }
    }
    let cross: Vec<f64> = y_columns
        .chunks_exact(x.rows())
        .flat_map(|a| x_columns.chunks_exact(x.rows()).map(move |b| moment(a, b)))
        .collect();
    if gram.iter().chain(&cross).any(|entry| !entry.is_finite()) {
        return Err(StartError::OutOfRange { key: "data.x" });
    }
    let examples = Examples { x: x_rows, y: y_rows, weight: 1.0 / count };
    let shape = Residuals::<f64>::shape_of_gram(map);
    Ok(Objective::Residuals(Residuals {
        map,
        gram: Some((shape, in_blocks(shape, &gram))),
        cross: in_blocks(map, &cross),
        examples: Some(examples),
    }))
}

/// `Σ_i a_i b_i` as if in twice the precision and rounded once (Ogita, Rump & Oishi 2005, algorithm Dot2): the second
/// moments are formed once and enter every step, so their error should not grow with n.
fn compensated_dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut sum, mut compensation) = (0.0f64, 0.0f64);
    for (&x, &y) in a.iter().zip(b) {
        let product = x * y;
        let product_error = x.mul_add(y, -product);
        let next = sum + product;
        let virtual_term = next - sum;
        let sum_error = (sum - (next - virtual_term)) + (product - virtual_term);
        sum = next;
        compensation += product_error + sum_error;
    }
    sum + compensation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moments_are_summed_as_if_in_twice_the_precision() {
        assert_eq!(compensated_dot(&[1e16, 1.0, -1e16], &[1.0, 1.0, 1.0]), 1.0);
        // (1 + 2⁻⁵²)² − 1 = 2⁻⁵¹ + 2⁻¹⁰⁴; the product alone would lose the last term.
        let near = 1.0 + f64::EPSILON;
        assert_eq!(compensated_dot(&[near, -1.0], &[near, 1.0]), 2.0 * f64::EPSILON + f64::EPSILON * f64::EPSILON);
        let thirds = vec![1.0 / 3.0; 30_000];
        let exact = Rational::from_f64(1.0 / 3.0).map(|third| third.square() * 30_000u32).unwrap_or_default();
        assert_eq!(compensated_dot(&thirds, &thirds), nearest_f64(&exact));
    }

    #[test]
    fn a_run_starts_at_the_nearest_numbers() {
        assert_eq!(rounded(&Rational::from((2, 3)), ""), Ok(2.0 / 3.0));
        let least = Rational::from(1) >> 1074;
        assert_eq!(rounded(&(least * Rational::from((3, 2))), ""), Ok(f64::from_bits(2)));
        assert_eq!(rounded(&(Rational::from(1) << 1024), "x"), Err(StartError::OutOfRange { key: "x" }));
        // Too small for an f64 is zero for a weight, and an error for a step size.
        assert_eq!(rounded(&(Rational::from(1) >> 1100), ""), Ok(0.0));
        assert!(rounded_positive(&(Rational::from(1) >> 1100), "").is_err());
    }
}
