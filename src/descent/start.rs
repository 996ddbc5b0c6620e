//! The rounding of an exact problem to f64.

use rug::Rational;

use super::buffer::Buffer;
use super::divergence::StartError;
use super::few_examples::FewExamples;
use super::layer::Layer;
use super::loss::MarginLoss;
use super::moments::moments;
use super::objective::{Examples, Margins, Objective, Residuals};
use super::panel::Panel;
use super::step_size::{Smoothness, StepSize};
use crate::problem::nearest_f64;
use crate::problem::{ExactMatrix, Loss, Matrix, Normalisation, Problem, StepRule};

/// The nearest f64, if there is a finite one.
fn rounded(exact: &Rational, key: &'static str) -> Result<f64, StartError> {
    Some(nearest_f64(exact)).filter(|value| value.is_finite()).ok_or(StartError::OutOfRange { key })
}

/// The nearest f64 of a positive number, if it is finite and positive too: a step size or a scale that rounds to zero would
/// stop the run without a word.
fn rounded_positive(exact: &Rational, key: &'static str) -> Result<f64, StartError> {
    rounded(exact, key).and_then(|value| if value > 0.0 { Ok(value) } else { Err(StartError::OutOfRange { key }) })
}

/// The same of what is formed of the numbers of the loss.
fn product(exact: &Rational, what: &'static str) -> Result<f64, StartError> {
    rounded_positive(exact, "loss.scale").map_err(|_| StartError::ProductOutOfRange { key: "loss.scale", what })
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
        (StepRule::Flow, _) => Err(StartError::Flow),
    }
}

/// The numbers, row by row, among blocks shaped as `panel`.
fn in_blocks(panel: Panel, numbers: &[f64]) -> Buffer<f64> {
    let mut buffer = Buffer::new(panel.length);
    panel.write(buffer.blocks_mut(), numbers);
    buffer
}

/// The f64 nearest to each entry; all must be finite.
fn nearest<'a>(matrix: &'a ExactMatrix, key: &'static str) -> Result<&'a [f64], StartError> {
    let entries = matrix.nearest_entries();
    if entries.iter().all(|entry| entry.is_finite()) { Ok(entries) } else { Err(StartError::OutOfRange { key }) }
}

/// The risk as a function of the end-to-end map, which is shaped as `map`.
pub(super) fn objective(problem: &Problem, map: Panel) -> Result<Objective<f64>, StartError> {
    let Some((x, y)) = problem.exact_examples() else {
        let target = problem.target().map_or(Ok(Vec::new()), |target| rounded_entries(target, "data.target"))?;
        let cross = in_blocks(map, &target);
        return Ok(Objective::Residuals(Residuals { map, gram: None, cross, examples: None }));
    };
    let share = match problem.normalisation() {
        Normalisation::Mean => Rational::from((1u32, x.rows() as u64)),
        Normalisation::Sum => Rational::from(1),
    };
    let (loss, scale, slope) = match problem.loss() {
        Loss::Logistic { scale, steepness } => {
            let rounded = rounded_positive(steepness, "loss.steepness")?;
            rounded_positive(scale, "loss.scale")?;
            let steepness_unless_one = (rounded != 1.0).then_some(rounded);
            let slope = Rational::from(scale * steepness);
            (MarginLoss::Logistic { steepness: steepness_unless_one }, scale.clone(), slope)
        }
        Loss::Exponential => (MarginLoss::Exponential, Rational::from(1), Rational::from(1)),
        Loss::Squared | Loss::SquaredTarget => return squared(problem, x, y, map),
    };
    let (numbers, labels) = (nearest(x, "data.x")?, nearest(y, "data.y")?);
    let shape = Margins::<f64>::shape_of_rows(x.rows(), x.columns());
    let mut rows = Buffer::new(shape.length);
    let mut signed = vec![0.0; x.columns()];
    for (i, (row, label)) in numbers.chunks_exact(x.columns()).zip(labels).enumerate() {
        // Labels are ±1: a product with one of them is exact. Adding zero takes the sign from a zero.
        signed.iter_mut().zip(row).for_each(|(signed, entry)| *signed = label * entry + 0.0);
        shape.write_row(rows.blocks_mut(), i, &signed);
    }
    Ok(Objective::Margins(Margins {
        count: x.rows(),
        rows,
        loss,
        value_weight: product(&(scale * &share), "the scale over the number of examples")?,
        steepness_weight: product(&(slope * &share), "scale times steepness over the number of examples")?,
        partial: Buffer::new(map.stride),
    }))
}

/// Whether the squared loss goes through its second moments: not if they are larger than the examples.
pub(super) fn has_moments(count: usize, inputs: usize) -> bool {
    count >= inputs
}

/// The squared loss through its second moments, or through its examples if they are few.
fn squared(problem: &Problem, x: &ExactMatrix, y: &ExactMatrix, map: Panel) -> Result<Objective<f64>, StartError> {
    let (count, inputs, outputs) = (x.rows(), x.columns(), y.columns());
    let divisor = match problem.normalisation() {
        Normalisation::Mean => count as f64,
        Normalisation::Sum => 1.0,
    };
    let (x, y) = (nearest(x, "data.x")?, nearest(y, "data.y")?);
    let examples = Some(Examples { data: problem.stored().clone(), weight: 1.0 / divisor });
    if !has_moments(count, inputs) {
        let [columns, rows, labels] = FewExamples::<f64>::shapes(map, count);
        return Ok(Objective::FewExamples(FewExamples {
            map,
            columns: (columns, in_blocks(columns, &transposed(x, inputs))),
            rows: (rows, in_blocks(rows, x)),
            residuals: Buffer::new(labels.length),
            labels: (labels, in_blocks(labels, &transposed(y, outputs))),
            weight: 1.0 / divisor,
            examples,
        }));
    }
    let [gram, cross] = [moments(x, x, inputs, inputs, divisor), moments(y, x, outputs, inputs, divisor)];
    let finite = |moments: &[f64]| moments.iter().all(|entry| entry.is_finite());
    if !finite(&gram) {
        return Err(StartError::ProductOutOfRange { key: "data.x", what: "the sum of the products of two features" });
    }
    if !finite(&cross) {
        let what = "the sum of the products of a feature and a label";
        return Err(StartError::ProductOutOfRange { key: "data.y", what });
    }
    let shape = Residuals::<f64>::shape_of_gram(map);
    Ok(Objective::Residuals(Residuals {
        map,
        gram: Some((shape, in_blocks(shape, &gram))),
        cross: in_blocks(map, &cross),
        examples,
    }))
}

/// A matrix of so many columns, row by row, transposed.
fn transposed(numbers: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).flat_map(|j| numbers[j..].iter().step_by(columns).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
