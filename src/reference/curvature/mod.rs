//! How much the gradient turns: certified bounds of the eigenvalues of the Hessian over a ball of weights.
//!
//! The risk is `Λ∘P`, `P` the end-to-end matrix, a product that is linear in each layer, and `Λ` convex. With `G = ∂Λ/∂P`, and `J` the
//! derivative of `P` by all weights together, the Hessian is
//!
//! ```text
//! H = J*Λ″J + S,   ⟨V, JV⟩ = Σ_k A_k V_k C_k,   ⟨V, SV⟩ = 2 Σ_{j<k} ⟨G, A_k V_k B_kj V_j C_j⟩,
//! A_k = M_L ⋯ M_{k+1},   B_kj = M_{k−1} ⋯ M_{j+1},   C_j = M_{j−1} ⋯ M_1,
//! ```
//!
//! where `V_k` stands for the matrix that the layer makes of the change of its weights: a direction enters each factor at most once. The first
//! term has no negative eigenvalue *at any point*. So
//!
//! - `λ⁻ = max(0, −λ_min H) ≤ spec N` for any symmetric matrix `N` with `2|⟨G, A_k V_k B_kj V_j C_j⟩| ≤ 2 N_jk |V_k| |V_j|`, `N_kk = 0`: `−⟨V, HV⟩` is
//!   at most `vᵀNv` with `v_k = |V_k|`, the Euclidean norm of a layer's weights;
//! - `λ⁺ = max(0, λ_max H) ≤ ‖Λ″‖ Σ_k ‖A_k‖²‖C_k‖² + spec N`, as `|JV| ≤ Σ_k ‖A_k‖‖C_k‖|V_k|`.
//!
//! Of weights that differ by at most `r` altogether, every layer differs by at most `r`, its matrix by at most that times the norm of the map from
//! weights to matrix, and everything that is computed from them by what [`Moving`](moving::Moving) says.
//!
//! The centre of a ball is f64, taken as exact. What is computed there is certified: matrices of f64 with a bound of their error, bounds of norms
//! in [`Magnitude`]. No formula of the f64 program may enter, and no bound that is only likely.

mod convex;
mod full;
mod mixed;
mod moving;

use std::sync::Arc;

use crate::number::Magnitude;
use crate::problem::{Matrix, Problem};
use convex::Convex;

/// Bounds over all weights of a ball, all rounded upward and infinite where nothing is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// `λ⁻`: no eigenvalue of the Hessian is below `−λ⁻`.
    pub negative: Magnitude,
    /// `λ⁺`: no eigenvalue of the Hessian is above.
    pub positive: Magnitude,
    /// The Euclidean norm of the gradient of the risk.
    pub gradient: Magnitude,
}

impl Bounds {
    /// Nothing is known.
    pub const NONE: Self =
        Self { negative: Magnitude::INFINITE, positive: Magnitude::INFINITE, gradient: Magnitude::INFINITE };
}

/// The curvature of the risk of one problem.
#[derive(Debug)]
pub struct Curvature {
    problem: Arc<Problem>,
    convex: Convex,
}

impl Curvature {
    /// What is needed of the problem: its data as f64 numbers with their errors, moments of them.
    #[must_use]
    pub fn new(problem: Arc<Problem>) -> Self {
        let convex = Convex::of(&problem);
        Self { problem, convex }
    }

    /// Bounds over the ball of `radius` around `centre`: all weights whose Euclidean distance from these f64 numbers, taken as exact, is at most
    /// that, all layers as one vector.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use gradient_witness::number::Magnitude;
    /// use gradient_witness::problem::{Data, Loss, Matrix, Network, Normalisation, Problem, StepRule};
    /// use gradient_witness::reference::curvature::Curvature;
    ///
    /// // ½(w₂w₁ − 1)² at the saddle w = 0, where the Hessian has the eigenvalues ±1.
    /// let number = |value: i32| Matrix::row_vector(vec![rug::Rational::from(value)]);
    /// let network = Network::fully_connected(&[1, 1, 1])?;
    /// let (data, step) = (Data::Target(number(1)), StepRule::Constant(1.into()));
    /// let initial = vec![number(0), number(0)];
    /// let problem = Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, data, initial, step)?;
    /// let zero = [Matrix::row_vector(vec![0.0]), Matrix::row_vector(vec![0.0])];
    /// let bounds = Curvature::new(Arc::new(problem)).over_ball(&zero, Magnitude::ZERO);
    /// assert!((1.0..1.000001).contains(&bounds.negative.to_f64()) && (1.0..1.000001).contains(&bounds.positive.to_f64()));
    /// assert!(bounds.gradient.is_zero());
    /// # Ok::<(), gradient_witness::problem::Misfit>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `centre` is not shaped as the weights of the network.
    #[must_use]
    pub fn over_ball(&mut self, centre: &[Matrix<f64>], radius: Magnitude) -> Bounds {
        let shapes = centre.iter().map(|layer| (layer.rows(), layer.columns()));
        assert!(shapes.eq(self.problem.network().layer_shapes()), "weights shaped as those of the network");
        if !self.problem.network().is_fully_connected() {
            return Bounds::NONE;
        }
        full::bounds(&self.convex, centre, radius)
    }
}
