//! The smoothed margin `q = ℓ⁻¹(Σ_i ℓ(m_i))` of all examples, for losses of the margin: the margin that one example would have to have for the same loss.
//!
//! For `ℓ(m) = e^{−m}` and `ℓ(m) = c ln(1 + e^{−bm})`, `b = 1` for the former, and with `Π = ∏_i (1 + e^{−bm_i})` for the latter,
//!
//! ```text
//! −bq = ln Σ_i e^{−bm_i},   −bq = ln(Π − 1) = ln Σ_{I ≠ ∅} e^{−b Σ_{i∈I} m_i},
//! ```
//!
//! over all non-empty sets of examples: a logarithm of a sum of exponentials of linear functions, so `−q` is convex in the margins. Its slopes are the
//! `p_i = ∂q/∂m_i = ℓ′(m_i)/ℓ′(q)`, each in `(0, 1]`, and the flow that climbs `q` has the same orbit as that which descends the risk.
//!
//! Where margins are large, neither a loss nor a sum of them is near to anything: all is told by differences of margins, `e_i = e^{−b⟨w, z_i − z_r⟩}` with
//! one example `r` to refer to. With `u = e^{−bm_r}` for the logistic loss, `u = 0` for the exponential one, and `T = Σ_i e_i + u Σ_{i<j} e_i e_j + …`,
//! so that `uT = Π − 1`,
//!
//! ```text
//! q = m_r − ln(T)/b,   p_i = e_i/(1 + u e_i) · (1 + uT)/T.
//! ```

use super::facts::Fact;
use super::network::sum_of_products;
use super::{Point, Setting};
use crate::number::{Magnitude, Real};
use crate::problem::{Loss, Matrix, Normalisation, Problem};

/// The smoothed margin at an end-to-end vector, and its slopes by the margins.
///
/// ```
/// use std::sync::Arc;
/// use gradient_witness::number::{Ball, Real};
/// use gradient_witness::problem::Spec;
/// use gradient_witness::reference::{Point, Setting, SmoothedMargin};
/// let text = r#"
///     network = { architecture = "fully-connected", widths = [1, 1] }
///     loss = { kind = "exponential" }
///     data = { x = [[1000000], [1000000]], y = [1, 1] }
///     init = { weights = [[[1]]] }
///     step = { rule = "flow" }
///     run = { until = { time = 1 }, arithmetic = "certified" }
/// "#;
/// let spec = Spec::parse(text, ".".as_ref())?;
/// let start = Point::<Ball>::initial(Arc::new(Setting::new(Arc::new(spec.problem), 64)));
/// // Two examples of margin 10⁶: −ln(2 e^{−10⁶}).
/// let margin: &SmoothedMargin<Ball> = start.know();
/// assert!((margin.value().approximate() - (1e6 - 2_f64.ln())).abs() < 1e-9);
/// assert_eq!(margin.slopes()[0].approximate(), 0.5);
/// # Ok::<(), gradient_witness::problem::SpecError>(())
/// ```
#[derive(Debug)]
pub struct SmoothedMargin<T> {
    value: T,
    slopes: Vec<T>,
    /// `b m_r` and `T`.
    reference: [T; 2],
}

impl<T: Real> Fact<Point<T>> for SmoothedMargin<T> {
    fn of(point: &Point<T>) -> Self {
        Self::beside(nearest(point.margins()), point.setting(), point.end_to_end().row(0))
    }
}

/// The example with the least margin, as far as that can be told: the first of those that may have it.
pub(super) fn nearest<T: Real>(margins: &[T]) -> usize {
    let margins = margins.iter().map(Real::approximate).enumerate();
    margins.min_by(|left, right| left.1.total_cmp(&right.1)).map_or(0, |(index, _)| index)
}

impl<T: Real> SmoothedMargin<T> {
    /// That of the end-to-end vector `product`, told by the differences from the margin of example `beside`: any of them will do, and the nearest does best.
    ///
    /// Undefined for the squared losses.
    #[must_use]
    pub fn beside(beside: usize, setting: &Setting<T>, product: &[T]) -> Self {
        let undefined = || {
            let value = setting.constant(0).undefined();
            Self { reference: [value.clone(), value.clone()], value, slopes: Vec::new() }
        };
        let (Some(z), steepness) = (setting.signed_examples(), steepness(setting.loss())) else { return undefined() };
        if z.rows() == 0 {
            return undefined();
        }
        let margin = sum_of_products(product, z.row(beside));
        let exponentials: Vec<T> = (0..z.rows())
            .map(|i| {
                if i == beside {
                    return setting.constant(1);
                }
                let apart: Vec<T> =
                    z.row(beside).iter().zip(z.row(i)).map(|(own, other)| own.clone() - other).collect();
                sum_of_products(product, &apart).times(steepness.clone()).exp()
            })
            .collect();
        let (total, slopes) = match setting.loss() {
            Loss::Logistic { .. } => {
                let unit = (-margin.clone().times(steepness.clone())).exp();
                let scaled: Vec<T> = exponentials.iter().map(|term| unit.clone() * term).collect();
                let total = exponentials.iter().zip(&scaled).fold(setting.constant(0), |mut total, (term, scaled)| {
                    let mut next = total.clone() + term;
                    next.add_product(scaled, &total);
                    total = next;
                    total
                });
                let share = (setting.constant(1) + unit * &total) / &total;
                let slope = |(term, scaled): (&T, T)| term.clone() / (setting.constant(1) + scaled) * &share;
                let slopes = exponentials.iter().zip(scaled).map(slope).collect();
                (total, slopes)
            }
            _ => {
                let total = exponentials.iter().fold(setting.constant(0), |total, term| total + term);
                let slopes = exponentials.iter().map(|term| term.clone() / &total).collect();
                (total, slopes)
            }
        };
        let exponent = margin.clone().times(steepness.clone());
        Self { value: margin - total.clone().ln().times(steepness.recip()), slopes, reference: [exponent, total] }
    }

    /// `q`.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// `p_i = ∂q/∂m_i`, one for each example.
    #[must_use]
    pub fn slopes(&self) -> &[T] {
        &self.slopes
    }

    /// `e^{bq} = e^{bm_r}/T`.
    #[must_use]
    pub fn exponential(&self) -> T {
        let [exponent, total] = &self.reference;
        exponent.clone().exp() / total
    }

    /// `−Σ_i p_i z_i`, the slope of `−q` by the end-to-end vector, a row.
    #[must_use]
    pub fn pull(&self, setting: &Setting<T>) -> Option<Matrix<T>> {
        let z = setting.signed_examples()?;
        Some(Matrix::row_vector(self.slopes.iter().map(|slope| -slope.clone()).collect()).times(z))
    }

    /// `−ln R`, of the risk with this smoothed margin: `R = νℓ(q)`, `ν = 1/n` for means and 1 for sums.
    #[must_use]
    pub fn log_risk(&self, problem: &Problem) -> T {
        let share = match problem.normalisation() {
            Normalisation::Mean => self.slopes.len().max(1),
            Normalisation::Sum => 1,
        };
        let log = |value: rug::Rational| self.value.constant(value).ln();
        match problem.loss() {
            Loss::Logistic { scale, steepness } => {
                let exponent = -self.value.clone().times(steepness.clone());
                // ln(1 + e^x) is x and little more where x is large.
                let loss = if exponent.approximate() > 0.0 {
                    (-exponent.clone()).exp().ln_1p() + &exponent
                } else {
                    exponent.exp().ln_1p()
                };
                log(share.into()) - log(scale.clone()) - loss.ln()
            }
            _ => self.value.clone() + log(share.into()),
        }
    }
}

/// `b`: no slope of `−ln R` by a margin, and of `−ln ℓ` by its own, is larger.
#[must_use]
pub fn steepness(loss: &Loss) -> rug::Rational {
    match loss {
        Loss::Logistic { steepness, .. } => steepness.clone(),
        _ => rug::Rational::from(1),
    }
}

/// A bound of `Σ_i p_i` wherever `q` is at least `least`, of `count` examples: 1 for the exponential loss.
///
/// For the logistic one, in units of `c`: `−ℓ′ = b φ(ℓ)` with `φ(x) = 1 − e^{−x} ≤ x`, so `Σp_i = Σφ(ℓ_i)/φ(S) ≤ S/φ(S)` with `S = Σℓ_i = ln(1 + v)`, `v = e^{−bq}`. As
/// `φ(S) = v/(1 + v)`, that is `(1 + v) ln(1 + v)/v ≤ 1 + v`. And no `p_i` is above 1.
#[must_use]
pub fn most_slope<T: Real>(loss: &Loss, least: &T, count: usize) -> Magnitude {
    match loss {
        Loss::Logistic { steepness, .. } => {
            let v = (-least.clone().times(steepness.clone())).exp().upper_f64();
            let most = Magnitude::above_f64(count as f64);
            // What is no number bounds nothing.
            if v >= 0.0 { most.min(Magnitude::ONE + Magnitude::above_f64(v)) } else { most }
        }
        _ => Magnitude::ONE,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Real, Ring};
    use crate::problem::{Data, Network, StepRule};
    use crate::reference::loss;

    /// Three examples with the margins 1/2, −1/4 and 2 at one layer.
    fn point(loss: Loss, normalisation: Normalisation) -> Point<Ball> {
        let number = |value: (i64, i64)| Matrix::row_vector(vec![Rational::from(value)]);
        let x = Matrix::from_entries(1, [(1, 2), (-1, 4), (2, 1)].map(Rational::from).to_vec());
        let data = Data::Examples { x, y: Matrix::from_entries(1, vec![Rational::from(1); 3]) };
        let network = Network::fully_connected(&[1, 1]).unwrap();
        let problem = Problem::new(network, loss, normalisation, data, vec![number((1, 1))], StepRule::Flow).unwrap();
        Point::initial(Arc::new(Setting::new(Arc::new(problem), 128)))
    }

    /// It is `ℓ⁻¹(Σℓ(m_i))`, with the slopes `ℓ′(m_i)/ℓ′(q)`, whichever example it is told beside.
    #[test]
    fn it_is_the_margin_of_one_example_with_the_loss_of_all() {
        let logistic = |scale: (i64, i64), steepness: (i64, i64)| Loss::Logistic {
            scale: Rational::from(scale),
            steepness: Rational::from(steepness),
        };
        for kind in [Loss::Exponential, Loss::logistic(), logistic((3, 2), (5, 4)), logistic((1, 50), (3, 1))] {
            for normalisation in [Normalisation::Mean, Normalisation::Sum] {
                let point = point(kind.clone(), normalisation);
                let all = point.losses().iter().fold(point.constant(0), |sum, loss| sum + loss);
                let q = loss::inverse(&kind, &all);
                let near = |one: &Ball, other: &Ball| {
                    let off = (one.clone() - other).greatest_absolute();
                    assert!(off.to_f64() < 1e-30, "{kind:?}: {one:?} for {other:?}");
                };
                for beside in 0..3 {
                    let margin = SmoothedMargin::beside(beside, point.setting(), point.end_to_end().row(0));
                    near(margin.value(), &q);
                    for (slope, own) in margin.slopes().iter().zip(point.slopes()) {
                        near(slope, &(own.clone() / &loss::slope(&kind, &q)));
                    }
                    near(&margin.exponential(), &q.clone().times(steepness(&kind)).exp());
                    near(&margin.log_risk(point.setting().problem()), &-point.risk().clone().ln());
                    let total = margin.slopes().iter().fold(point.constant(0), |sum, slope| sum + slope);
                    assert!(total.least_absolute() <= most_slope(&kind, &q, 3), "{kind:?}: {total:?}");
                }
            }
        }
    }
}
