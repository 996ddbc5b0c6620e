//! How far one step in floating point may be from the exact one: the step over absolute values.
//!
//! Let `u` be the unit roundoff and let a program compute `W − ηG(W)` by additions and products in any order, every monomial of
//! the result passing through at most `m` roundings (those of the data and constants included). Each rounding multiplies the
//! monomials below it by some `1 + δ`, `|δ| ≤ u`, so the computed entry differs from the exact one by at most
//! `((1 + u)^m − 1) S ≤ γ_m S`, where `γ_m = mu/(1 − mu)` and `S` is the sum of the *absolute values* of all monomials: the same
//! expression with every number replaced by its absolute value and every minus by a plus. That is what stands here; the order
//! in which the program adds does not enter, so the bound holds for all layouts alike.
//!
//! **The slope of a loss of the margin** is no polynomial. Both of them satisfy `|ℓ″| ≤ b|ℓ′|`, so a margin that is wrong by at
//! most `γ_m M`, `M` its own sum of absolute values, changes the slope by a factor between `e^{−bγ_m M}` and `e^{bγ_m M}`. The `k`
//! roundings of the slope itself, an exponential counting as its stated error, come on top; with `m` counting all of them,
//! `e^{bγ_m M}(1 + u)^k − 1 ≤ ((1 + u)^m − 1)(1 + bM e^{bγ_m M})` because `e^x − 1 ≤ x e^x`. So a slope enters as
//! `|ℓ′|(1 + bM e^{bγ_m M})`.
//!
//! **Underflow.** A product that falls below the normal range errs by `u·2⁻¹⁰²²` instead of `u` times itself. That reaches the result
//! multiplied by what is left of its monomial, which is at most that monomial with every factor raised to at least 1. So
//! `m·2⁻¹⁰²²` times the same sum over raised numbers is added; it is felt only where all else is as small.

use super::gradient::layer_gradients;
use super::network::Products;
use super::{Point, loss};
use crate::number::Real;
use crate::problem::{Loss, Matrix};

/// `2^−53`: half the distance from 1 to the next f64.
const UNIT_ROUNDOFF_LOG2: u32 = 53;

/// `2^−1022`: the least normal f64.
const LEAST_NORMAL_LOG2: u32 = 1022;

/// `γ_m = mu/(1 − mu)` for f64, `u = 2⁻⁵³`; `None` if `mu ≥ 1`, where nothing can be said.
///
/// ```
/// use gradient_witness::reference::absolute::gamma;
/// assert_eq!(gamma(1), Some(rug::Rational::from((1, (1u64 << 53) - 1))));
/// assert_eq!(gamma(1 << 53), None);
/// ```
#[must_use]
pub fn gamma(chain: u64) -> Option<rug::Rational> {
    let unit = 1u64 << UNIT_ROUNDOFF_LOG2;
    (chain < unit).then(|| rug::Rational::from((chain, unit - chain)))
}

/// The change `ηG(W)` with every term replaced by its absolute value, shaped as the weights.
///
/// The last operation of a step adds the change to the weight, which is rounded once and not `m` times. So an entry `w` after a
/// step in f64 is within `u|w| + γ_m C` of the exact one, `C` its entry here, if the step starts from the same weights with the same
/// `eta` and no chain of roundings is longer than `chain` = `m`. The module's head has the derivation.
///
/// The result is not defined if `m·2⁻⁵³ ≥ 1`.
#[must_use]
pub fn change_in_absolute_values<T: Real>(point: &Point<T>, eta: &T, chain: u64) -> Vec<Matrix<T>> {
    let one = point.constant(1);
    let absolute = Magnitudes::of(point, eta, &|value| value.clone().abs());
    let raised = Magnitudes::of(point, eta, &|value| value.clone().abs().max(&one));
    let floor = point.constant(rug::Rational::from(chain) >> LEAST_NORMAL_LOG2);
    let slopes = slopes(point, &absolute, &raised, chain, &floor);
    let raised_slopes: Vec<T> = slopes.iter().map(|slope| slope.clone().max(&one)).collect();
    let underflow = raised.change(point, &raised_slopes);
    let change = absolute.change(point, &slopes);
    change.into_iter().zip(underflow).map(|(sum, extra)| sum.plus(&extra.scaled(&floor))).collect()
}

/// The step `W − ηG(W)` with every term replaced by its absolute value, shaped as the weights: `γ_m` times an entry bounds the
/// error of that entry after a step in f64, as [`change_in_absolute_values`] says more sharply.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::number::{Exact, Ring};
/// use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
/// use gradient_witness::reference::{Point, Setting, absolute::step_in_absolute_values};
/// let number = |value: i32| Matrix::row_vector(vec![rug::Rational::from(value)]);
/// let problem = Problem::new(
///     Network::fully_connected(&[1, 1])?,
///     Loss::Squared,
///     Normalisation::Mean,
///     Data::Examples { x: number(2), y: number(7) },
///     vec![number(3)],
///     StepRule::Constant(rug::Rational::from(1)),
/// )?;
/// let point = Point::initial(Arc::new(Setting::<Exact>::new(Arc::new(problem), 64)));
/// // W − η(Wx − y)x = 3 − (6 − 7)·2; in absolute values 3 + (6 + 7)·2.
/// let sum = &step_in_absolute_values(&point, &point.constant(1), 0)[0][(0, 0)];
/// assert_eq!(sum.to_string(), "29");
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
#[must_use]
pub fn step_in_absolute_values<T: Real>(point: &Point<T>, eta: &T, chain: u64) -> Vec<Matrix<T>> {
    let change = change_in_absolute_values(point, eta, chain);
    point
        .weights()
        .iter()
        .zip(change)
        .map(|(layer, change)| layer.map(|weight| weight.clone().abs()).plus(&change))
        .collect()
}

/// What enters for the slope of each example; empty unless the loss is one of classification.
fn slopes<T: Real>(
    point: &Point<T>,
    absolute: &Magnitudes<T>,
    raised: &Magnitudes<T>,
    chain: u64,
    floor: &T,
) -> Vec<T> {
    let (steepness, height) = match point.setting().loss() {
        Loss::Logistic { scale, steepness } => (steepness.clone(), rug::Rational::from(scale * steepness)),
        Loss::Exponential => (rug::Rational::from(1), rug::Rational::from(1)),
        Loss::Squared | Loss::SquaredTarget => return Vec::new(),
    };
    let one = point.constant(1);
    let gamma = match gamma(chain) {
        Some(gamma) => point.constant(gamma),
        // One divided by zero: not defined in any number system, as it must be.
        None => one.clone() / &point.constant(0),
    };
    // An exponential that underflows, and its products with the constants of the loss.
    let lost = floor.clone() * &point.constant(height).max(&one);
    let margins = absolute.margins().into_iter().zip(raised.margins());
    (point.margins().iter().zip(margins))
        .map(|(margin, (sum, extra))| {
            let exponent = (sum + &(extra * floor)).times(steepness.clone());
            let sensitivity = exponent.clone() * &(exponent * &gamma).exp();
            loss::slope(point.setting().loss(), margin).abs() * &(sensitivity + &one) + &lost
        })
        .collect()
}

/// The numbers of a step, each replaced by a magnitude.
struct Magnitudes<T> {
    weights: Vec<Matrix<T>>,
    products: Products<T>,
    /// `x` and `y` of the examples; the signed examples have the magnitudes of `x`.
    examples: Option<(Matrix<T>, Matrix<T>)>,
    target: Option<Matrix<T>>,
    normaliser: T,
    eta: T,
}

impl<T: Real> Magnitudes<T> {
    fn of(point: &Point<T>, eta: &T, magnitude: &dyn Fn(&T) -> T) -> Self {
        let setting = point.setting();
        let weights: Vec<Matrix<T>> = point.weights().iter().map(|layer| layer.map(magnitude)).collect();
        Self {
            products: Products::new(setting.network(), &weights),
            weights,
            examples: setting.examples().map(|(x, y)| (x.map(magnitude), y.map(magnitude))),
            target: setting.target().map(|target| target.map(magnitude)),
            normaliser: magnitude(setting.normaliser()),
            eta: magnitude(eta),
        }
    }

    /// The sum of absolute values behind each margin.
    fn margins(&self) -> Vec<T> {
        match &self.examples {
            Some((x, _)) => x.times_transpose(self.products.end_to_end()).entries().to_vec(),
            None => Vec::new(),
        }
    }

    /// `ηG`, all terms added. `slopes` are those of the examples for the losses of classification.
    fn change(&self, point: &Point<T>, slopes: &[T]) -> Vec<Matrix<T>> {
        let at_product = match (point.setting().loss(), &self.examples, &self.target) {
            (Loss::Logistic { .. } | Loss::Exponential, Some((x, _)), _) => {
                Matrix::row_vector(slopes.to_vec()).times(x).scaled(&self.normaliser)
            }
            (_, Some((x, y)), _) => {
                x.times_transpose(self.products.end_to_end()).plus(y).transpose_times(x).scaled(&self.normaliser)
            }
            (_, None, Some(target)) => self.products.end_to_end().clone().plus(target),
            (_, None, None) => unreachable!("a setting has examples or a target"),
        };
        let network = point.setting().network();
        layer_gradients(network, &self.weights, &self.products, &at_product)
            .into_iter()
            .map(|slope| slope.scaled(&self.eta))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::number::{Ball, Exact, Ring, Truth};
    use crate::problem::{Data, Network, Normalisation, Problem, StepRule};
    use crate::reference::Setting;

    type Rational = rug::Rational;

    fn rows(rows: &[&[(i32, u32)]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&pair| Rational::from(pair)).collect()).collect())
            .unwrap()
    }

    fn point<T: Real>(network: Network, loss: Loss, data: Data, weights: Vec<Matrix<Rational>>) -> Point<T> {
        let step = StepRule::Constant(Rational::from(1));
        let problem = Problem::new(network, loss, Normalisation::Sum, data, weights, step).unwrap();
        Point::initial(Arc::new(Setting::new(Arc::new(problem), 128)))
    }

    /// `W − ηG` written out for two scalar layers, and the same in absolute values.
    #[test]
    fn every_term_counts_with_its_absolute_value() {
        let scalars = Network::fully_connected(&[1, 1, 1]).unwrap();
        let data = Data::Examples { x: rows(&[&[(-5, 1)]]), y: rows(&[&[(7, 1)]]) };
        let weights = vec![rows(&[&[(2, 1)]]), rows(&[&[(-3, 1)]])];
        let point: Point<Exact> = point(scalars, Loss::Squared, data, weights);
        let sums = step_in_absolute_values(&point, &point.constant((-1, 2)), 0);
        // f = w₂w₁x, G₁ = w₂(f − y)x, G₂ = w₁(f − y)x with |w₂w₁x| + |y| = 37.
        assert_eq!(sums[0][(0, 0)].to_string(), (Rational::from(2) + Rational::from((3 * 37 * 5, 2))).to_string());
        assert_eq!(sums[1][(0, 0)].to_string(), (Rational::from(3) + Rational::from((2 * 37 * 5, 2))).to_string());
    }

    #[test]
    fn cancellation_in_the_end_to_end_matrix_is_not_seen() {
        // W₂W₁ = 1·1 + 1·(−1) = 0, target 0: the gradient vanishes, its terms do not.
        let network = Network::fully_connected(&[1, 2, 1]).unwrap();
        let weights = vec![rows(&[&[(1, 1)], &[(-1, 1)]]), rows(&[&[(1, 1), (1, 1)]])];
        let point: Point<Exact> = point(network, Loss::SquaredTarget, Data::Target(rows(&[&[(0, 1)]])), weights);
        assert!(point.gradient().iter().flat_map(Matrix::entries).all(|slope| slope.to_string() == "0"));
        let sums = step_in_absolute_values(&point, &point.constant(1), 0);
        assert!(sums.iter().flat_map(Matrix::entries).all(|sum| sum.to_string() == "3"));
    }

    #[test]
    fn the_slope_of_a_loss_answers_for_its_margin() {
        // One layer, z = (4, −4), w = (1, 1): the margin 0 is a difference of two terms of size 4.
        let network = Network::fully_connected(&[2, 1]).unwrap();
        let data = || Data::Examples { x: rows(&[&[(4, 1), (-4, 1)]]), y: rows(&[&[(1, 1)]]) };
        let weights = || vec![rows(&[&[(1, 1), (1, 1)]])];
        let loss = Loss::Logistic { scale: Rational::from((1, 3)), steepness: Rational::from(6) };
        let point_of = |loss| point::<Ball>(network.clone(), loss, data(), weights());
        let (logistic, exponential) = (point_of(loss), point_of(Loss::Exponential));
        for (point, slope, steepness) in [(logistic, Rational::from(1), 6), (exponential, Rational::from(1), 1)] {
            let sum = step_in_absolute_values(&point, &point.constant(1), 10)[0][(0, 0)].clone();
            let expected = Rational::from(1) + slope * Rational::from(4) * Rational::from(1 + steepness * 8);
            // e^{bγM} is above 1 by 6·8·10·2⁻⁵³, and nothing else is above the plain sum.
            let excess = sum - &point.constant(expected.clone());
            assert_eq!(excess.sign(), crate::number::Sign::Positive);
            assert_eq!(excess.below(&point.constant((expected * Rational::from(500)) >> 53u32)), Truth::True);
        }
    }

    #[test]
    fn what_underflows_is_allowed_for() {
        // w = 0 and a margin of 1000: the slope e^{−1000} is far below the least f64, which computes 0.
        let network = Network::fully_connected(&[2, 1]).unwrap();
        let data = Data::Examples { x: rows(&[&[(1, 1), (1000, 1)]]), y: rows(&[&[(1, 1)]]) };
        let point: Point<Ball> = point(network, Loss::logistic(), data, vec![rows(&[&[(0, 1), (1, 1)]])]);
        let moved = point.gradient()[0][(0, 0)].clone().abs();
        let sum = step_in_absolute_values(&point, &point.constant(1), 8)[0][(0, 0)].clone();
        let bound = sum.times(gamma(8).unwrap());
        assert_eq!(moved.below(&bound), Truth::True);
        // The allowance is no larger than some units of the least f64.
        assert_eq!(bound.below(&Ball::from_rational(&(Rational::from(1) >> 1045u32), 128)), Truth::True);
    }

    #[test]
    fn a_chain_that_is_too_long_bounds_nothing() {
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let data = Data::Examples { x: rows(&[&[(1, 1)]]), y: rows(&[&[(1, 1)]]) };
        let point: Point<Ball> = point(network, Loss::logistic(), data, vec![rows(&[&[(1, 1)]])]);
        assert!(!step_in_absolute_values(&point, &point.constant(1), 1 << 53)[0][(0, 0)].is_defined());
        assert_eq!(gamma(u64::MAX), None);
    }

    #[test]
    fn a_steep_loss_feels_the_underflow_of_its_margin() {
        // w = 0, so that no term of the margin has a size; b = 2¹⁰²², so that what underflows there is felt.
        let steepness = || Rational::from(1) << 1022u32;
        let loss = Loss::Logistic { scale: Rational::from(1) / steepness(), steepness: steepness() };
        let data = Data::Examples { x: rows(&[&[(1, 1)]]), y: rows(&[&[(1, 1)]]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let point: Point<Ball> = point(network, loss, data, vec![rows(&[&[(0, 1)]])]);
        let sum = change_in_absolute_values(&point, &point.constant(1), 3)[0][(0, 0)].clone();
        // |ℓ′|(1 + bM e^{bγM}) with |ℓ′| = ½ and M = 3·2⁻¹⁰²²: 2 and hardly more.
        let excess = sum - &point.constant(2);
        assert_eq!(excess.sign(), crate::number::Sign::Positive);
        assert_eq!(excess.below(&point.constant(Rational::from(16) >> 53u32)), Truth::True);
    }

    #[test]
    fn what_underflows_in_a_slope_grows_with_its_constants() {
        // cb = 2⁴⁰, and a margin of which the slope is far below what is allowed for: m·2⁻¹⁰²²·cb, and as much again for the products.
        let loss = Loss::Logistic { scale: Rational::from(1 << 20), steepness: Rational::from(1 << 20) };
        let data = Data::Examples { x: rows(&[&[(1, 1)]]), y: rows(&[&[(1, 1)]]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let point: Point<Ball> = point(network, loss, data, vec![rows(&[&[(1, 1)]])]);
        let sum = change_in_absolute_values(&point, &point.constant(1), 8)[0][(0, 0)].clone();
        let unit = point.constant((Rational::from(8) << 40u32) >> 1022u32);
        assert_ne!(unit.below(&sum), Truth::False);
        assert_eq!(sum.below(&unit.times(2)), Truth::True);
    }
}
