//! How far one step in floating point may be from the exact one: the step over absolute values.
//!
//! Let `u` be the unit roundoff and let a program compute `W − ηG(W)` by additions and products in any order, every monomial of
//! the result passing through at most `m` roundings (those of the data and constants included). Each rounding multiplies the
//! monomials below it by some `1 + δ`, `|δ| ≤ u`, so the computed entry differs from the exact one by at most
//! `((1 + u)^m − 1) S ≤ γ_m S`, where `γ_m = mu/(1 − mu)` and `S` is the sum of the *absolute values* of all monomials: the same
//! expression with every number replaced by its absolute value and every minus by a plus. That is what the reference's own text of the gradient
//! computes over [`Majorant`]; the order in which the program adds does not enter, so the bound holds for all layouts alike.
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

use rug::Rational;

use super::gradient::{layer_gradients, margins, product_gradient};
use super::network::Products;
use super::{Point, Setting};
use crate::number::{Ball, Magnitude, Majorant, Matrix};
use crate::problem::Loss;

/// `2^−53`: half the distance from 1 to the next f64.
pub(crate) const UNIT_ROUNDOFF_LOG2: i64 = -53;

/// `2^−1022`: the least normal f64.
const LEAST_NORMAL_LOG2: i64 = -1022;

/// `γ_m = mu/(1 − mu)` for f64, `u = 2⁻⁵³`; `None` if `mu ≥ 1`, where nothing can be said.
///
/// ```
/// use gradient_witness::audit::gamma;
/// assert_eq!(gamma(1), Some(rug::Rational::from((1, (1u64 << 53) - 1))));
/// assert_eq!(gamma(1 << 53), None);
/// ```
#[must_use]
pub fn gamma(chain: u64) -> Option<Rational> {
    let unit = 1u64 << -UNIT_ROUNDOFF_LOG2;
    (chain < unit).then(|| Rational::from((chain, unit - chain)))
}

/// An upper bound of [`gamma`]; infinite where nothing can be said.
pub(crate) fn gamma_above(chain: u64) -> Magnitude {
    gamma(chain).map_or(Magnitude::INFINITE, |gamma| Magnitude::above_rational(&gamma))
}

/// The change `ηG(W)` at `point` with every term replaced by its absolute value, shaped as the weights; `setting` is that of the point.
///
/// The last operation of a step adds the change to the weight, which is rounded once and not `m` times. So an entry `w` after a
/// step in f64 is within `u|w| + γ_m C` of the exact one, `C` its entry here, if the step starts from the same weights with the same
/// `eta` and no chain of roundings is longer than `chain` = `m`. The module's head has the derivation.
///
/// Where the weights of `point` are enclosures, the result bounds the change at every point within them: weights enter with the greatest absolute
/// value, slopes with the greatest that they take there, and nothing is subtracted.
///
/// The result is infinite if `m·2⁻⁵³ ≥ 1`.
pub(crate) fn change_in_absolute_values(
    setting: &Setting<Majorant>,
    point: &Point<Ball>,
    eta: &Ball,
    chain: u64,
) -> Vec<Matrix<Magnitude>> {
    let magnitude = |value: &Ball| Majorant::of(value.greatest_absolute());
    let weights: Vec<Matrix<Majorant>> = point.weights().iter().map(|layer| layer.map(magnitude)).collect();
    let products = Products::new(setting.network(), &weights);
    let floor = Magnitude::above_rational(&chain.into()).scaled(LEAST_NORMAL_LOG2);
    let slopes = slopes(setting, point, products.end_to_end(), chain, floor);
    let at_product = product_gradient(setting, products.end_to_end(), &slopes);
    let eta = magnitude(eta);
    let change = |slope: &Majorant| {
        let change = *slope * eta;
        change.sum() + change.raised() * floor
    };
    let gradients = layer_gradients(setting.network(), &weights, &products, &at_product);
    gradients.iter().map(|layer| layer.map(change)).collect()
}

/// What enters for the slope of each example; empty unless the loss is one of classification.
fn slopes(
    setting: &Setting<Majorant>,
    point: &Point<Ball>,
    end_to_end: &Matrix<Majorant>,
    chain: u64,
    floor: Magnitude,
) -> Vec<Majorant> {
    let one = Magnitude::power_of_two(0);
    let (steepness, height) = match setting.loss() {
        Loss::Logistic { scale, steepness } => {
            (Magnitude::above_rational(steepness), Magnitude::above_rational(&Rational::from(scale * steepness)))
        }
        Loss::Exponential => (one, one),
        Loss::Squared | Loss::SquaredTarget => return Vec::new(),
    };
    let gamma = gamma_above(chain);
    // An exponential that underflows, and its products with the constants of the loss.
    let lost = floor * height.max(one);
    let enters = |(margin, slope): (&Majorant, &Ball)| {
        let exponent = (margin.sum() + margin.raised() * floor) * steepness;
        let sensitivity = exponent * ((exponent * gamma).exp_m1() + one);
        Majorant::of(slope.greatest_absolute() * (sensitivity + one) + lost)
    };
    margins(setting, end_to_end).iter().zip(point.slopes()).map(enters).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::problem::{Data, Network, Normalisation, Problem, StepRule};

    fn rows(rows: &[&[(i32, u32)]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&pair| Rational::from(pair)).collect()).collect())
            .unwrap()
    }

    /// A point, and the change of size `eta` from there in absolute values.
    fn change(
        widths: &[usize],
        (loss, data): (Loss, Data),
        weights: Vec<Matrix<Rational>>,
        (eta, chain): ((i32, u32), u64),
    ) -> (Point<Ball>, Vec<Matrix<Rational>>) {
        let (network, step) = (Network::fully_connected(widths).unwrap(), StepRule::Constant(Rational::from(1)));
        let problem = Arc::new(Problem::new(network, loss, Normalisation::Sum, data, weights, step).unwrap());
        let point = Point::initial(Arc::new(Setting::new(Arc::clone(&problem), 128)));
        let setting = Setting::new(problem, 128);
        let change = change_in_absolute_values(&setting, &point, &point.constant(eta), chain);
        let exact = |bound: &Magnitude| bound.to_rational().expect("a bound");
        (point, change.iter().map(|layer| layer.map(exact)).collect())
    }

    /// At least `expected`, and above it by less than so many units of 2⁻⁵³ of it.
    fn assert_just_above(bound: &Rational, expected: impl Into<Rational>, units: u32) {
        let expected = expected.into();
        let excess = Rational::from(bound - &expected);
        assert!(excess >= 0 && excess < (expected.clone() * units) >> 53_u32, "{bound} and {expected}");
    }

    /// `ηG` written out for two scalar layers, in absolute values.
    #[test]
    fn every_term_counts_with_its_absolute_value() {
        let data = Data::Examples { x: rows(&[&[(-5, 1)]]), y: rows(&[&[(7, 1)]]) };
        let weights = vec![rows(&[&[(2, 1)]]), rows(&[&[(-3, 1)]])];
        let (_, sums) = change(&[1, 1, 1], (Loss::Squared, data), weights, ((-1, 2), 1));
        // f = w₂w₁x, G₁ = w₂(f − y)x, G₂ = w₁(f − y)x with |w₂w₁x| + |y| = 37.
        assert_just_above(&sums[0][(0, 0)], (3 * 37 * 5, 2), 100);
        assert_just_above(&sums[1][(0, 0)], (2 * 37 * 5, 2), 100);
    }

    #[test]
    fn cancellation_in_the_end_to_end_matrix_is_not_seen() {
        // W₂W₁ = 1·1 + 1·(−1) = 0, target 0: the gradient vanishes, its terms do not.
        let weights = vec![rows(&[&[(1, 1)], &[(-1, 1)]]), rows(&[&[(1, 1), (1, 1)]])];
        let target = Data::Target(rows(&[&[(0, 1)]]));
        let (point, sums) = change(&[1, 2, 1], (Loss::SquaredTarget, target), weights, ((1, 1), 1));
        assert!(point.gradient().iter().flat_map(Matrix::entries).all(|slope| slope.greatest_absolute().is_zero()));
        for sum in sums.iter().flat_map(Matrix::entries) {
            assert_just_above(sum, 2, 100);
        }
    }

    #[test]
    fn the_slope_of_a_loss_answers_for_its_margin() {
        // One layer, z = (4, −4), w = (1, 1): the margin 0 is a difference of two terms of size 4, and both slopes there are −1.
        let logistic = Loss::Logistic { scale: Rational::from((1, 3)), steepness: Rational::from(6) };
        for (loss, steepness) in [(logistic, 6), (Loss::Exponential, 1)] {
            let data = Data::Examples { x: rows(&[&[(4, 1), (-4, 1)]]), y: rows(&[&[(1, 1)]]) };
            let (_, sums) = change(&[2, 1], (loss, data), vec![rows(&[&[(1, 1), (1, 1)]])], ((1, 1), 10));
            // e^{bγM} is above 1 by 6·8·10·2⁻⁵³, and nothing else is above the plain sum.
            assert_just_above(&sums[0][(0, 0)], 4 * (1 + steepness * 8), 600);
        }
    }

    #[test]
    fn what_underflows_is_allowed_for() {
        // w = 0 and a margin of 1000: the slope e^{−1000} is far below the least f64, which computes 0.
        let data = Data::Examples { x: rows(&[&[(1, 1), (1000, 1)]]), y: rows(&[&[(1, 1)]]) };
        let weights = vec![rows(&[&[(0, 1), (1, 1)]])];
        let (point, sums) = change(&[2, 1], (Loss::logistic(), data), weights, ((1, 1), 8));
        let moved = point.gradient()[0][(0, 0)].greatest_absolute().to_rational().unwrap();
        let bound = Rational::from(&sums[0][(0, 0)] * &gamma(8).unwrap());
        assert!(moved < bound);
        // The allowance is no larger than some units of the least f64.
        assert!(bound < Rational::from(1) >> 1045_u32);
    }

    #[test]
    fn a_chain_that_is_too_long_bounds_nothing() {
        assert!(gamma_above(1 << 53).is_infinite());
        assert_eq!(gamma(u64::MAX), None);
        let one = || rows(&[&[(1, 1)]]);
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let data = Data::Examples { x: one(), y: one() };
        let step = StepRule::Constant(Rational::from(1));
        let problem = Problem::new(network, Loss::logistic(), Normalisation::Sum, data, vec![one()], step).unwrap();
        let problem = Arc::new(problem);
        let point = Point::initial(Arc::new(Setting::new(Arc::clone(&problem), 128)));
        let change = change_in_absolute_values(&Setting::new(problem, 128), &point, &point.constant(1), 1 << 53);
        assert!(change[0][(0, 0)].is_infinite());
    }

    #[test]
    fn a_steep_loss_feels_the_underflow_of_its_margin() {
        // w = 0, so that no term of the margin has a size; b = 2¹⁰²², so that what underflows there is felt.
        let steepness = || Rational::from(1) << 1022u32;
        let loss = Loss::Logistic { scale: Rational::from(1) / steepness(), steepness: steepness() };
        let data = Data::Examples { x: rows(&[&[(1, 1)]]), y: rows(&[&[(1, 1)]]) };
        let (_, sums) = change(&[1, 1], (loss, data), vec![rows(&[&[(0, 1)]])], ((1, 1), 3));
        // |ℓ′|(1 + bM e^{bγM}) with |ℓ′| = ½ and M = 3·2⁻¹⁰²²: 2 and hardly more.
        assert_just_above(&sums[0][(0, 0)], 2, 100);
    }

    #[test]
    fn what_underflows_in_a_slope_grows_with_its_constants() {
        // cb = 2⁴⁰, and a margin of which the slope is far below what is allowed for: m·2⁻¹⁰²²·cb, and as much again for the products.
        let loss = Loss::Logistic { scale: Rational::from(1 << 20), steepness: Rational::from(1 << 20) };
        let data = Data::Examples { x: rows(&[&[(1, 1)]]), y: rows(&[&[(1, 1)]]) };
        let (_, sums) = change(&[1, 1], (loss, data), vec![rows(&[&[(1, 1)]])], ((1, 1), 8));
        let unit = (Rational::from(8) << 40_u32) >> 1022_u32;
        assert!(sums[0][(0, 0)] >= unit && sums[0][(0, 0)] <= unit * 2);
    }
}
