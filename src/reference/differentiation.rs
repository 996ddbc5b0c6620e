//! Derivatives of the risk by dual numbers: a road to the gradient that knows nothing of its formula.
//!
//! The risk is run over [`Dual`] numbers, so that only the texts of the end-to-end product, the margins, the loss and their
//! mean are differentiated. The layer formula of [`gradient`](super::gradient) and `ℓ′` are not used; they are what this is
//! compared with.

use std::sync::Arc;

use super::facts::Fact;
use super::{Point, Setting, loss};
use crate::number::{Dual, Real};
use crate::problem::Matrix;

/// A point at which the risk is differentiated.
struct Lifted<T> {
    setting: Arc<Setting<Dual<T>>>,
    /// `ℓ(m_i)` and its derivative by the margin, of a loss of classification: the same whichever way the margin moves.
    losses: Option<Vec<Dual<T>>>,
}

/// A setting over dual numbers, its data fixed: one for all points of a run.
struct Fixed<T>(Arc<Setting<Dual<T>>>);

impl<T: Real> Fact<Setting<T>> for Fixed<T> {
    fn of(setting: &Setting<T>) -> Self {
        let lift = |matrix: &Matrix<T>| matrix.map(|entry| Dual::fixed(entry.clone()));
        let lifted = Setting::new(Arc::new(setting.problem().clone()), setting.bits());
        // The data may be other than the problem's: free variables of an identity.
        Self(Arc::new(match (setting.examples(), setting.target()) {
            (Some((x, y)), _) => lifted.with_examples(lift(x), lift(y)),
            (None, Some(target)) => lifted.with_target(lift(target)),
            (None, None) => lifted,
        }))
    }
}

impl<T: Real> Lifted<T> {
    fn new(point: &Point<T>) -> Self {
        let Fixed(setting) = point.setting().know();
        let losses = match point.free_losses() {
            // A function of which only ℓ(m_i) and ℓ′(m_i) are known.
            Some((losses, slopes)) => {
                let both = losses.iter().zip(slopes);
                Some(both.map(|(loss, slope)| Dual::new(loss.clone(), slope.clone())).collect())
            }
            None if point.setting().loss().is_classification() => {
                let at = |margin: &T| loss::value(point.setting().loss(), &Dual::variable(margin.clone()));
                Some(point.margins().iter().map(at).collect())
            }
            None => None,
        };
        Self { setting: Arc::clone(setting), losses }
    }

    /// The derivative of the risk when the weights are these: values and derivatives.
    fn derivative(&self, weights: Vec<Matrix<Dual<T>>>) -> T {
        let moved = Point::new(Arc::clone(&self.setting), weights);
        let moved = match &self.losses {
            None => moved,
            Some(losses) => {
                // The chain rule, at a margin that moves with m_i′.
                let at = |(margin, loss): (&Dual<T>, &Dual<T>)| {
                    Dual::new(loss.value().clone(), loss.derivative().clone() * margin.derivative())
                };
                let slopes = losses.iter().map(|loss| Dual::fixed(loss.derivative().clone())).collect();
                let losses = moved.margins().iter().zip(losses).map(at).collect();
                moved.with_free_losses(losses, slopes)
            }
        };
        moved.risk().derivative().clone()
    }
}

/// The derivative of `s ↦ R(W + sV)` at `s = 0`, `V` being `direction`, shaped like the weights.
///
/// # Panics
///
/// If the shapes differ.
#[must_use]
pub fn derivative_along<T: Real>(point: &Point<T>, direction: &[Matrix<T>]) -> T {
    assert_eq!(point.weights().len(), direction.len(), "layers of a direction");
    let weights = point.weights().iter().zip(direction).map(|(layer, change)| moving(layer, change)).collect();
    Lifted::new(point).derivative(weights)
}

/// The second derivative of `s ↦ R(W + sV)` at `s = 0`, `⟨V, ∇²R(W)V⟩`, `V` being `direction`, shaped like the weights: the derivative of
/// `⟨∇R(W + sV), V⟩`, for which the layer formula of the gradient and `ℓ′` are run over dual numbers.
///
/// The loss is that of the problem, whether or not `point` has free numbers in its place.
///
/// ```
/// use gradient_witness::number::{Exact, Real};
/// use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
/// use gradient_witness::reference::{Point, Setting, differentiation::second_derivative_along};
/// use std::sync::Arc;
///
/// // ½(ab − 1)² at a = b = 3, along a: b² = 9; and along both: the derivatives of s ↦ ½((3 + s)² − 1)².
/// let one = |value: i32| Matrix::row_vector(vec![rug::Rational::from(value)]);
/// let problem = Problem::new(
///     Network::fully_connected(&[1, 1, 1]).unwrap(),
///     Loss::Squared,
///     Normalisation::Mean,
///     Data::Examples { x: one(1), y: one(1) },
///     vec![one(3), one(3)],
///     StepRule::Constant(1.into()),
/// ).unwrap();
/// let point: Point<Exact> = Point::initial(Arc::new(Setting::new(Arc::new(problem), 64)));
/// let along = |first: i32, second: i32| {
///     let direction = [first, second].map(|entry| Matrix::from_rationals(&one(entry), 64));
///     second_derivative_along(&point, &direction).exact()
/// };
/// assert_eq!(along(1, 0), Some(9.into()));
/// assert_eq!(along(1, 1), Some(52.into()));
/// ```
///
/// # Panics
///
/// If the shapes differ.
#[must_use]
pub fn second_derivative_along<T: Real>(point: &Point<T>, direction: &[Matrix<T>]) -> T {
    assert_eq!(point.weights().len(), direction.len(), "layers of a direction");
    let Fixed(setting) = point.setting().know();
    let weights = point.weights().iter().zip(direction).map(|(layer, change)| moving(layer, change)).collect();
    let moved = Point::new(Arc::clone(setting), weights);
    let sum = moved
        .gradient()
        .iter()
        .zip(direction)
        .map(|(slope, change)| slope.map(|entry| entry.derivative().clone()).inner(change));
    sum.reduce(|sum, term| sum + term).expect("a network has at least one layer")
}

/// Every layer's matrix of partial derivatives `∂R/∂(W_k)_{ij}`, each found by one run of the risk.
///
/// ```
/// use gradient_witness::number::{Exact, Real};
/// use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
/// use gradient_witness::reference::{Point, Setting, differentiation::partial_derivatives};
/// use std::sync::Arc;
///
/// // ½(w − 1)² at w = 3.
/// let one = |value: i32| Matrix::row_vector(vec![rug::Rational::from(value)]);
/// let problem = Problem::new(
///     Network::fully_connected(&[1, 1]).unwrap(),
///     Loss::Squared,
///     Normalisation::Mean,
///     Data::Examples { x: one(1), y: one(1) },
///     vec![one(3)],
///     StepRule::Constant(1.into()),
/// ).unwrap();
/// let point: Point<Exact> = Point::initial(Arc::new(Setting::new(Arc::new(problem), 64)));
/// assert_eq!(partial_derivatives(&point)[0][(0, 0)].exact(), Some(2.into()));
/// ```
#[must_use]
pub fn partial_derivatives<T: Real>(point: &Point<T>) -> Vec<Matrix<T>> {
    let lifted = Lifted::new(point);
    let fixed: Vec<Matrix<Dual<T>>> =
        point.weights().iter().map(|layer| layer.map(|entry| Dual::fixed(entry.clone()))).collect();
    let layers = point.weights().iter().enumerate();
    layers
        .map(|(k, layer)| {
            Matrix::from_fn(layer.rows(), layer.columns(), |i, j| {
                let mut weights = fixed.clone();
                weights[k][(i, j)] = Dual::variable(layer[(i, j)].clone());
                lifted.derivative(weights)
            })
        })
        .collect()
}

/// The matrix `layer + s·change` at `s = 0`, differentiated by `s`.
///
/// # Panics
///
/// If the shapes differ.
#[must_use]
pub fn moving<T: Real>(layer: &Matrix<T>, change: &Matrix<T>) -> Matrix<Dual<T>> {
    assert_eq!((layer.rows(), layer.columns()), (change.rows(), change.columns()), "shape of a direction");
    Matrix::from_fn(layer.rows(), layer.columns(), |i, j| Dual::new(layer[(i, j)].clone(), change[(i, j)].clone()))
}
