//! What holds of a gradient flow for ever after, once all examples together have a smaller loss than one of margin 0: the margin bound.
//!
//! Losses of the margin `m`, `ℓ(m) = e^{−m}` or `c ln(1 + e^{−bm})`, and any network whose end-to-end vector `w` is homogeneous of degree `L` in all weights `W`. Let
//! `S = Σ_i ℓ(m_i)` and `q = ℓ⁻¹(S)`. As long as `S < ℓ(0)`:
//!
//! - `0 < q ≤ m_i` for all `i`, since `ℓ(m_i) ≤ S` and `ℓ` falls;
//! - `−ℓ′ = φ(ℓ)` with a concave `φ`, `φ(0) = 0`, so that `φ(S) ≤ Σφ(ℓ(m_i))`; and so the `p_i = ℓ′(m_i)/ℓ′(q)` have a sum of at least 1;
//! - `⟨W, ∇q⟩ = L Σ p_i m_i ≥ Lq`, and by the inequality of Cauchy and Schwarz `|∇q|² ≥ L²q²/|W|²`;
//! - the flow goes along `∇q`, which rises; so `S` never reaches `ℓ(0)` again, and all this holds for ever;
//! - `γ̃ = q/|W|ᴸ` never falls: along the flow of `q` its logarithm has the derivative `|∇q|²/q − L⟨W, ∇q⟩/|W|² ≥ 0`, as `⟨W, ∇q⟩² ≤ |W|²|∇q|²` and
//!   `⟨W, ∇q⟩ ≥ Lq`;
//! - no `‖W_k‖_F` ever falls: `d‖W_k‖²/dt = −2 Σ ν ℓ′(m_i) m_i > 0`, where the risk is `νS`;
//! - `q` rises by at least `L²q²/|W|² = L² q^{2−2/L} γ̃^{2/L}` in a unit of the time of its own flow, and neither factor falls.

use super::facts::Fact;
use super::{Point, SmoothedMargin};
use crate::number::{Real, Truth};
use crate::problem::Loss;

/// The margin bound at a point of a flow with a loss of the margin.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::number::{Ball, Truth};
/// use gradient_witness::problem::Spec;
/// use gradient_witness::reference::{MarginBound, Point, Setting};
/// let text = r#"
///     network = { architecture = "fully-connected", widths = [1, 1, 1] }
///     loss = { kind = "exponential" }
///     data = { x = [[1]], y = [1] }
///     init = { weights = [[[2]], [[2]]] }
///     step = { rule = "flow" }
///     run = { until = { time = 1 }, arithmetic = "certified" }
/// "#;
/// let spec = Spec::parse(text, ".".as_ref())?;
/// let start = Point::<Ball>::initial(Arc::new(Setting::new(Arc::new(spec.problem), 64)));
/// // q = 4 and |W|² = 8: from the start on the margin over the norms is as large as it can be.
/// let bound: &MarginBound<Ball> = start.know();
/// assert_eq!(bound.holds(), Truth::True);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
#[derive(Debug)]
pub struct MarginBound<T> {
    holds: Truth,
    margin: T,
    rate: T,
    per_norms: T,
    floor: T,
}

impl<T: Real> Fact<Point<T>> for MarginBound<T> {
    fn of(point: &Point<T>) -> Self {
        let setting = point.setting();
        let kind = setting.loss();
        let margin = point.know::<SmoothedMargin<T>>().value().clone();
        // ℓ falls, so S < ℓ(0) where q > 0.
        let holds = point.constant(0).below(&margin);
        let depth = setting.network().depth();
        let size = point.norms_squared().iter().fold(point.constant(0), |sum, norm| sum + norm);
        // −ℓ′ ≥ κ ℓ where ℓ ≤ ℓ(0), for the logistic loss with κ = b/(2 ln 2): 1 − e^{−x} ≥ x/(2 ln 2) for 0 ≤ x ≤ ln 2; and 2 ln 2 < 25/18. For the exponential
        // loss κ = 1 would do, and be attained by one layer along one example.
        let steepness = match kind {
            Loss::Logistic { steepness, .. } => steepness.clone(),
            _ => rug::Rational::from(1),
        };
        let kappa = point.constant(steepness * rug::Rational::from((18, 25)));
        let speed = (margin.clone().times(depth)).square() / &size;
        let rate = kappa.square() * &speed;
        let per_norms = u32::try_from(depth).map_or_else(
            |_| size.undefined(),
            |power| (point.constant(depth) / &size).power(power).sqrt_of_nonnegative(),
        );
        Self { holds, floor: per_norms.clone() * &margin, per_norms, margin, rate }
    }
}

impl<T: Real> MarginBound<T> {
    /// Whether `S < ℓ(0)`, and so whether all the rest holds from here on for ever.
    #[must_use]
    pub fn holds(&self) -> Truth {
        self.holds
    }

    /// `q = ℓ⁻¹(S)` here, which no margin is below, and never falls.
    #[must_use]
    pub fn margin(&self) -> &T {
        &self.margin
    }

    /// `(L/|W|²)^{L/2}` here, which is at most `1/∏‖W_k‖_F`, and equal to it if all norms are.
    #[must_use]
    pub fn per_norms(&self) -> &T {
        &self.per_norms
    }

    /// `L^{L/2} γ̃ = q (L/|W|²)^{L/2}` here, which `min_i ⟨w, z_i⟩/∏‖W_k‖_F` is not below from here on: `∏‖W_k‖_F ≤ (|W|²/L)^{L/2}`, and `γ̃` never falls. So is
    /// `min_i ⟨w, z_i⟩/|w|` where `|w| ≤ ∏‖W_k‖_F`, in networks that are fully-connected or diagonal.
    #[must_use]
    pub fn normalised_margin(&self) -> &T {
        &self.floor
    }

    /// `ε = 1 − L^{L/2}γ̃/γ` here, not negative, for data of the margin `γ`. Where `|w| ≤ ∏‖W_k‖_F` the unit vector `w/|w|` has from here on `min_i ⟨w/|w|, z_i⟩ ≥ (1 − ε)γ`; and
    /// as `γū` is a mean of the `z_i`, `⟨w/|w|, ū⟩ ≥ 1 − ε` and `|w/|w| − ū|² ≤ 2ε`.
    #[must_use]
    pub fn missing(&self, gamma: &T) -> T {
        (gamma.constant(1) - &(self.floor.clone() / gamma)).max(&gamma.constant(0))
    }

    /// By how much `1/R` rises at least in a unit of time, from here on, `R = νS` being the risk. As `−ℓ′ ≥ κℓ` where `ℓ ≤ ℓ(0)`, the risk falls by
    /// `ν²|∇S|² ≥ ν²κ²S²|∇q|² ≥ R² κ²L²q²/|W|²` in a unit of time, and `L²q²/|W|²` is never less than it is here.
    #[must_use]
    pub fn rate(&self) -> &T {
        &self.rate
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Matrix};
    use crate::problem::{Data, Network, Normalisation, Problem, StepRule};
    use crate::reference::Setting;

    /// One example `z = 1/2` and two scalar layers.
    fn point(loss: Loss, weights: [i64; 2]) -> Point<Ball> {
        let number = |value: (i64, i64)| Matrix::row_vector(vec![Rational::from(value)]);
        let data = Data::Examples { x: number((1, 2)), y: number((1, 1)) };
        let network = Network::fully_connected(&[1, 1, 1]).unwrap();
        let initial = weights.map(|weight| number((weight, 1))).to_vec();
        let problem = Problem::new(network, loss, Normalisation::Mean, data, initial, StepRule::Flow).unwrap();
        Point::initial(Arc::new(Setting::new(Arc::new(problem), 128)))
    }

    /// `q = 3/2` and `|W|² = 10`: all by hand.
    #[test]
    fn the_bounds_are_what_they_are_said_to_be() {
        for (loss, kappa) in [
            (Loss::Exponential, Rational::from((18, 25))),
            (Loss::Logistic { scale: 3.into(), steepness: 2.into() }, Rational::from((36, 25))),
        ] {
            let point = point(loss, [1, 3]);
            let bound: &MarginBound<Ball> = point.know();
            assert_eq!(bound.holds(), Truth::True);
            let rate = Rational::from(kappa.square_ref()) * Rational::from((9, 10));
            let gamma = point.constant((1, 2));
            for (found, exact) in [
                (bound.margin(), Rational::from((3, 2))),
                (bound.per_norms(), Rational::from((1, 5))),
                (bound.normalised_margin(), Rational::from((3, 10))),
                (bound.rate(), rate),
                (&bound.missing(&gamma), Rational::from((2, 5))),
            ] {
                let off = (found.clone() - point.constant(exact.clone())).greatest_absolute();
                assert!(off.to_f64() < 1e-30, "{found:?} for {exact}");
            }
        }
    }

    /// `1 − e^{−x} ≥ x/(2 ln 2)` up to `ln 2`, where it is an equality: no `κ` above `b/(2 ln 2) = 0.7213…b` would do.
    #[test]
    fn the_slope_is_at_least_its_share_of_the_loss() {
        let least = 1.0 / (2.0 * 2.0_f64.ln());
        assert!((0.0..0.002).contains(&(least - 18.0 / 25.0)));
    }

    #[test]
    fn where_all_losses_together_are_as_much_as_one_at_zero_nothing_holds() {
        let holds = |weights| point(Loss::Exponential, weights).know::<MarginBound<Ball>>().holds();
        assert_eq!((holds([0, 3]), holds([-1, 3]), holds([1, 1])), (Truth::False, Truth::False, Truth::True));
    }
}
