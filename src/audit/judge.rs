//! Whether one step of the f64 program is right, up to the rounding of its operations.

use std::sync::Arc;

use crate::descent::Descent;
use crate::descent::budget::layer_chain_lengths;
use crate::number::{Ball, Magnitude, Majorant, Matrix, Truth};
use crate::problem::Problem;
use crate::reference::descent::one_step;
use crate::reference::rounding::{UNIT_ROUNDOFF_LOG2, change_in_absolute_values, gamma_above};
use crate::reference::{Point, Setting};

/// The precision of a certified step: what it adds to the difference is below 2⁻⁶⁰ of the bound.
const BITS: u32 = 128;

/// Judges steps of the f64 program on one problem.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::audit::Judge;
/// use gradient_witness::descent::Descent;
/// use gradient_witness::number::Truth;
/// use gradient_witness::problem::Spec;
/// let spec = Spec::parse(
///     r#"
///     network = { architecture = "fully-connected", widths = [2, 2, 1] }
///     loss = { kind = "logistic" }
///     data = { x = [[0.6, 0.2], [0.1, -0.9]], y = [1, -1] }
///     init = { weights = [[[0.5, -0.25], [0.1, 0.75]], [[0.5, "1/3"]]] }
///     step = { rule = "constant", eta = 0.1 }
///     run = { steps = 10 }
///     "#,
///     ".".as_ref(),
/// )?;
/// let judge = Judge::new(Arc::new(spec.problem.clone()));
/// let mut descent = Descent::new(&spec.problem).unwrap();
/// for _ in 0..10 {
///     let (before, eta) = (judge.weights(&descent), descent.eta());
///     let _ = descent.step();
///     let verdict = judge.step(&before, eta, &judge.weights(&descent));
///     assert!(verdict.within == Truth::True && verdict.share < 1.0);
/// }
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
#[derive(Debug)]
pub struct Judge {
    setting: Arc<Setting<Ball>>,
    /// The same with the absolute values of its numbers.
    majorants: Setting<Majorant>,
    /// The longest chain of roundings that ends in a weight of each layer.
    chains: Vec<u64>,
}

/// How one step of the f64 program came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepVerdict {
    /// Whether every weight is within its bound; open where nothing bounds one: beyond about 10²³ a margin that is rounded says nothing
    /// of the slope of a loss.
    pub within: Truth,
    /// The largest share of its bound that a weight used, rounded upward; infinite if nothing bounds one.
    pub share: f64,
    /// The layer of that weight, counted from 1.
    pub layer: usize,
}

impl Judge {
    /// A judge of steps on `problem`.
    #[must_use]
    pub fn new(problem: Arc<Problem>) -> Self {
        let chains = layer_chain_lengths(&problem);
        let majorants = Setting::new(Arc::clone(&problem), BITS);
        Self { setting: Arc::new(Setting::new(problem, BITS)), majorants, chains }
    }

    /// The longest chain of roundings that ends in a weight: the `m` of the bound `γ_m`.
    #[must_use]
    pub fn chain_length(&self) -> u64 {
        self.chains.iter().copied().max().unwrap_or(0)
    }

    /// The weights of the f64 program, layer by layer.
    #[must_use]
    pub fn weights(&self, descent: &Descent) -> Vec<Matrix<f64>> {
        (1..=self.setting.depth()).map(|k| descent.weights(k)).collect()
    }

    /// Judges the step of size `eta` from `before` to `after`, `W_1` first: every weight `ŵ` of `after` must satisfy
    /// `|ŵ − w⁺| ≤ u|w| + γ_m C`, where `w⁺` is the exact weight after a step from `before`, `w` the weight of `before`, `u = 2⁻⁵³` and `C` the
    /// change in absolute values. The bound is rounded upward, by less than a millionth of a millionth of itself.
    #[must_use]
    pub fn step(&self, before: &[Matrix<f64>], eta: f64, after: &[Matrix<f64>]) -> StepVerdict {
        let exact = |layers: &[Matrix<f64>]| -> Vec<Matrix<Ball>> {
            layers.iter().map(|layer| layer.map(|&weight| Ball::from_f64(weight, BITS))).collect()
        };
        let point = Point::new(Arc::clone(&self.setting), exact(before));
        let eta = Ball::from_f64(eta, BITS);
        let certified = one_step(&point, &eta);
        let changes = change_in_absolute_values(&self.majorants, &point, &eta, self.chain_length());
        let (mut within, mut share, mut worst) = (Truth::True, Magnitude::ZERO, 1);
        for (k, reached) in exact(after).iter().enumerate() {
            // A chain for which there is no γ bounds nothing.
            let gamma = gamma_above(self.chains.get(k).copied().unwrap_or(u64::MAX));
            let entries = reached.entries().iter().zip(certified.weights()[k].entries());
            let scales = point.weights()[k].entries().iter().zip(changes[k].entries());
            for ((reached, certified), (weight, &change)) in entries.zip(scales) {
                let difference = reached.clone() - certified;
                let bound = weight.greatest_absolute().scaled(UNIT_ROUNDOFF_LOG2) + change * gamma;
                within = within.and(is_at_most(&difference, bound));
                let used = difference.greatest_absolute().over(bound);
                if used > share {
                    (share, worst) = (used, k + 1);
                }
            }
        }
        StepVerdict { within, share: share.to_f64(), layer: worst }
    }
}

/// `|difference| ≤ bound`.
fn is_at_most(difference: &Ball, bound: Magnitude) -> Truth {
    if difference.least_absolute() > bound {
        Truth::False
    } else if difference.greatest_absolute() <= bound && !bound.is_infinite() {
        Truth::True
    } else {
        Truth::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::StepOutcome;
    use crate::problem::{Data, Loss, Network, Normalisation, StepRule};

    fn row(entries: &[(i32, u32)]) -> Matrix<rug::Rational> {
        Matrix::row_vector(entries.iter().map(|&pair| rug::Rational::from(pair)).collect())
    }

    fn problem() -> Problem {
        Problem::new(
            Network::fully_connected(&[2, 1]).unwrap(),
            Loss::Squared,
            Normalisation::Mean,
            Data::Examples { x: row(&[(1, 3), (1, 7)]), y: row(&[(2, 1)]) },
            vec![row(&[(1, 10), (3, 1)])],
            StepRule::Constant(rug::Rational::from((1, 10))),
        )
        .unwrap()
    }

    #[test]
    fn a_wrong_step_is_told_from_a_rounded_one() {
        let problem = problem();
        let judge = Judge::new(Arc::new(problem.clone()));
        let mut descent = Descent::new(&problem).unwrap();
        let before = judge.weights(&descent);
        assert_eq!(descent.step(), StepOutcome::Advanced);
        let after = judge.weights(&descent);
        let right = judge.step(&before, 0.1, &after);
        assert!(right.within == Truth::True && right.share <= 1.0 && right.share > 0.0, "{right:?}");
        // Some units in the last place are forgiven, as many as the chain is long, and no more.
        let mut wrong = after.clone();
        wrong[0].entries_mut()[1] *= 1.0 + 64.0 * f64::EPSILON;
        assert_eq!(judge.step(&before, 0.1, &wrong).within, Truth::False);
        // So is another step size.
        assert_eq!(judge.step(&before, 0.1 * (1.0 + 1e-12), &after).within, Truth::False);
    }

    #[test]
    fn a_weight_that_is_exact_is_within_a_bound_of_zero() {
        // x = 0: nothing moves, and the change in absolute values is as good as zero.
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let data = Data::Examples { x: row(&[(0, 1)]), y: row(&[(0, 1)]) };
        let step = StepRule::Constant(rug::Rational::from(1));
        let problem =
            Problem::new(network, Loss::Squared, Normalisation::Mean, data, vec![row(&[(0, 1)])], step).unwrap();
        let zero = vec![Matrix::row_vector(vec![0.0])];
        let verdict = Judge::new(Arc::new(problem)).step(&zero, 1.0, &zero);
        assert_eq!((verdict.within, verdict.share), (Truth::True, 0.0));
    }
}
