//! A point in weight space and what is computed there.

use std::sync::{Arc, OnceLock};

use super::facts::{Fact, Facts};
use super::network::Products;
use super::{Setting, gradient, loss, network};
use crate::number::{Exact, Real, Ring};
use crate::problem::{Loss, Matrix};

/// A point in weight space: the weights of every layer, with risk and gradient computed when first asked for.
#[derive(Debug)]
pub struct Point<T> {
    setting: Arc<Setting<T>>,
    weights: Vec<Matrix<T>>,
    /// The weights as they were given, where they were given as rationals.
    exact_weights: Option<Vec<Matrix<rug::Rational>>>,
    /// `ℓ(m_i)` and `ℓ′(m_i)` as free variables in place of those of the loss.
    free_losses: Option<(Vec<T>, Vec<T>)>,
    products: OnceLock<Products<T>>,
    margins: OnceLock<Vec<T>>,
    losses: OnceLock<Vec<T>>,
    slopes: OnceLock<Vec<T>>,
    risk: OnceLock<T>,
    product_gradient: OnceLock<Matrix<T>>,
    gradient: OnceLock<Vec<Matrix<T>>>,
    gradient_norms_squared: OnceLock<Vec<T>>,
    gradient_norm_squared: OnceLock<T>,
    norms_squared: OnceLock<Vec<T>>,
    facts: Facts,
}

impl<T: Real> Point<T> {
    /// The point with the given weights, `W_1` first.
    #[must_use]
    pub fn new(setting: Arc<Setting<T>>, weights: Vec<Matrix<T>>) -> Self {
        Self {
            setting,
            weights,
            exact_weights: None,
            free_losses: None,
            products: OnceLock::new(),
            margins: OnceLock::new(),
            losses: OnceLock::new(),
            slopes: OnceLock::new(),
            risk: OnceLock::new(),
            product_gradient: OnceLock::new(),
            gradient: OnceLock::new(),
            gradient_norms_squared: OnceLock::new(),
            gradient_norm_squared: OnceLock::new(),
            norms_squared: OnceLock::new(),
            facts: Facts::default(),
        }
    }

    /// The initial point of the problem behind `setting`.
    #[must_use]
    pub fn initial(setting: Arc<Setting<T>>) -> Self {
        let weights = setting.problem().initial().to_vec();
        Self::from_rationals(setting, weights)
    }

    /// The point with the given exact weights, `W_1` first. It remembers them, so that what they alone decide can be decided
    /// exactly.
    #[must_use]
    pub fn from_rationals(setting: Arc<Setting<T>>, weights: Vec<Matrix<rug::Rational>>) -> Self {
        let lifted = weights.iter().map(|layer| Matrix::from_rationals(layer, setting.bits())).collect();
        Self { exact_weights: Some(weights), ..Self::new(setting, lifted) }
    }

    /// The same point for a loss of classification of which nothing is known: `ℓ(m_i)` and `ℓ′(m_i)` are the given numbers,
    /// one of each an example. An identity that holds for all of them holds for every loss.
    #[must_use]
    pub fn with_free_losses(self, losses: Vec<T>, slopes: Vec<T>) -> Self {
        let mut point = Self::new(self.setting, self.weights);
        point.free_losses = Some((losses, slopes));
        point
    }

    /// The same point, where operations are dear: the layers are multiplied from the end that takes the fewest. The numbers are the same, but for roundings.
    #[must_use]
    pub fn from_narrower_end(self) -> Self {
        let products = Products::from_narrower_end(self.setting.network(), &self.weights);
        Self { products: products.into(), ..self }
    }

    /// `ℓ(m_i)` and `ℓ′(m_i)` where they are free variables.
    #[must_use]
    pub fn free_losses(&self) -> Option<(&[T], &[T])> {
        self.free_losses.as_ref().map(|(losses, slopes)| (losses.as_slice(), slopes.as_slice()))
    }

    /// What is known of this point by the name of `F`, computed when it is first asked for.
    #[must_use]
    pub fn know<F: Fact<Self>>(&self) -> &F {
        self.facts.know(self)
    }

    /// The setting: data, loss, network.
    #[must_use]
    pub fn setting(&self) -> &Arc<Setting<T>> {
        &self.setting
    }

    /// The weights of all layers, `W_1` first.
    #[must_use]
    pub fn weights(&self) -> &[Matrix<T>] {
        &self.weights
    }

    /// The exact weights, if the point was given by them; `None` after a step of descent.
    #[must_use]
    pub fn exact_weights(&self) -> Option<&[Matrix<rug::Rational>]> {
        self.exact_weights.as_deref()
    }

    /// The exact end-to-end matrix, if the point was given by exact weights.
    #[must_use]
    pub fn exact_end_to_end(&self) -> Option<Matrix<rug::Rational>> {
        let lift = |layer| Matrix::<Exact>::from_rationals(layer, self.setting.bits());
        let weights: Vec<Matrix<Exact>> = self.exact_weights()?.iter().map(lift).collect();
        network::end_to_end(self.setting.network(), &weights).exact()
    }

    /// An exact constant at the precision of this point.
    #[must_use]
    pub fn constant(&self, value: impl Into<rug::Rational>) -> T {
        self.setting.constant(value)
    }

    /// The end-to-end matrix `W_L⋯W_1`; one row for diagonal and convolutional networks.
    #[must_use]
    pub fn end_to_end(&self) -> &Matrix<T> {
        self.products().end_to_end()
    }

    /// The products of the layers from one end of the network up to each.
    fn products(&self) -> &Products<T> {
        self.products.get_or_init(|| Products::new(self.setting.network(), &self.weights))
    }

    /// The margins `m_i = ⟨w, z_i⟩`, `w` the end-to-end vector, `z_i = y_i x_i`; empty unless the loss is one of
    /// classification.
    #[must_use]
    pub fn margins(&self) -> &[T] {
        self.margins.get_or_init(|| gradient::margins(&self.setting, self.end_to_end()))
    }

    /// The losses `ℓ(m_i)`; empty unless the loss is one of classification.
    #[must_use]
    pub fn losses(&self) -> &[T] {
        self.losses.get_or_init(|| match &self.free_losses {
            Some((losses, _)) => losses.clone(),
            None => self.margins().iter().map(|margin| loss::value(self.setting.loss(), margin)).collect(),
        })
    }

    /// The derivatives `ℓ′(m_i)`; empty unless the loss is one of classification.
    #[must_use]
    pub fn slopes(&self) -> &[T] {
        self.slopes.get_or_init(|| match &self.free_losses {
            Some((_, slopes)) => slopes.clone(),
            None => self.margins().iter().map(|margin| loss::slope(self.setting.loss(), margin)).collect(),
        })
    }

    /// The risk `R(W)`.
    #[must_use]
    pub fn risk(&self) -> &T {
        self.risk.get_or_init(|| match self.setting.loss() {
            Loss::Logistic { .. } | Loss::Exponential => self.setting.normaliser().clone() * sum(self.losses()),
            Loss::Squared => self.setting.normaliser().clone() * self.residual().frobenius_squared().times((1, 2)),
            Loss::SquaredTarget => self.residual().frobenius_squared().times((1, 2)),
        })
    }

    /// The residual of the squared losses: rows `f(x_i) − y_i` (`n × d_L`), or `W_L⋯W_1 − Φ`.
    fn residual(&self) -> Matrix<T> {
        gradient::residual(&self.setting, self.end_to_end())
    }

    /// `∂R/∂W` at the end-to-end matrix, `d_L × d_0`. With one output it is the row `gᵀ`, `g = (1/n) Σ_i ℓ′(m_i) z_i`.
    #[must_use]
    pub fn product_gradient(&self) -> &Matrix<T> {
        self.product_gradient
            .get_or_init(|| gradient::product_gradient(&self.setting, self.end_to_end(), self.slopes()))
    }

    /// The gradient `G_k = ∂R/∂W_k` of every layer, `G_1` first.
    #[must_use]
    pub fn gradient(&self) -> &[Matrix<T>] {
        self.gradient.get_or_init(|| {
            gradient::layer_gradients(self.setting.network(), &self.weights, self.products(), self.product_gradient())
        })
    }

    /// `‖G_k‖_F²` of every layer.
    #[must_use]
    pub fn gradient_norms_squared(&self) -> &[T] {
        self.gradient_norms_squared.get_or_init(|| self.gradient().iter().map(Matrix::frobenius_squared).collect())
    }

    /// `‖∇R(W)‖² = Σ_k ‖G_k‖_F²`.
    #[must_use]
    pub fn gradient_norm_squared(&self) -> &T {
        self.gradient_norm_squared.get_or_init(|| sum(self.gradient_norms_squared()))
    }

    /// `‖W_k‖_F²` of every layer.
    #[must_use]
    pub fn norms_squared(&self) -> &[T] {
        self.norms_squared.get_or_init(|| self.weights.iter().map(Matrix::frobenius_squared).collect())
    }

    /// Whether every weight is defined: nothing has overflowed and no precision has run out.
    #[must_use]
    pub fn is_defined(&self) -> bool {
        self.weights.iter().flat_map(Matrix::entries).all(Real::is_defined)
    }
}

/// The sum of some numbers, at least one.
fn sum<T: Ring>(terms: &[T]) -> T {
    let (first, rest) = terms.split_first().expect("a sum of at least one term");
    rest.iter().fold(first.clone(), |sum, term| sum + term)
}
