//! How much the gradient turns: certified bounds of the eigenvalues of the Hessian over a ball of weights.
//!
//! The risk is `Λ∘P`, `P` the end-to-end matrix, a product that is linear in each layer, and `Λ` convex. With `G = ∂Λ/∂P`, and `J` the
//! derivative of `P` by all weights together, the Hessian is
//!
//! ```text
//! H = J*Λ″J + S,   JV = Σ_k A_k V_k C_k,   ⟨V, SV⟩ = 2 Σ_{j<k} ⟨G, A_k V_k B_kj V_j C_j⟩,
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
//! weights to matrix, and everything that is computed from them by what `moving` says.
//!
//! Near saddles of squared losses the two terms cancel, and the first of these bounds is far too large: there `factored` has a better one, for fully-connected
//! networks of up to 400 weights. For the other losses there is none yet: the second derivative `Λ″` would have to be carried along. Networks of other layers
//! are bounded where they have one output, as all of them have.
//!
//! The centre of a ball is f64, taken as exact. What is computed there is certified: matrices of f64 with a bound of their error, bounds of norms
//! in [`Magnitude`]. No formula of the f64 program may enter, and no bound that is only likely.

mod convex;
mod factored;
mod full;
mod hessian;
pub(super) mod mixed;
mod moving;
mod paths;
mod renewal;

use std::sync::Arc;

use crate::algebra::norm_ball::NormBall;
use crate::number::Magnitude;
use crate::problem::{Matrix, Problem};
use convex::Convex;
use factored::Factored;
use full::Centre;
use mixed::Mixed;
use moving::Moving;
use paths::Paths;

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

/// What the bounds are made of: norms over a ball, layer by layer.
struct Norms {
    /// `N`.
    mixed: Mixed,
    /// At least `|J V|/|V|` for directions that change one layer alone, over the ball.
    derivative: Vec<Magnitude>,
    /// At least `‖Λ″‖`, over the ball.
    bend: Magnitude,
    /// The norm of the gradient by each layer.
    slopes: Vec<Moving>,
}

impl Norms {
    /// The bounds over the ball of this radius.
    fn bounds(&self, radius: Magnitude) -> Bounds {
        let square = |bound: Magnitude| bound * bound;
        let sum = |terms: &mut dyn Iterator<Item = Magnitude>| terms.fold(Magnitude::ZERO, |sum, term| sum + term);
        let negative = self.mixed.spectral();
        let positive = self.bend * sum(&mut self.derivative.iter().copied().map(square)) + negative;
        // Anywhere in the ball, or at the centre and what the Hessian, of which no eigenvalue is larger in absolute value, adds on the way.
        let norm = |of: fn(&Moving) -> Magnitude| Magnitude::euclidean(self.slopes.iter().map(of));
        let gradient = norm(|slope| slope.most()).min(norm(|slope| slope.size) + positive * radius);
        Bounds { negative, positive, gradient }
    }
}

/// The curvature of the risk of one problem.
#[derive(Debug)]
pub struct Curvature {
    problem: Arc<Problem>,
    convex: Convex,
    structure: Structure,
    enough: Magnitude,
}

/// How norms are found.
#[derive(Debug)]
enum Structure {
    /// With a factorisation for squared losses and few weights.
    Full(Option<Box<Factored>>),
    Paths(Paths),
    /// There are too many layers, or there is more than one output of layers of which weights are not the matrix.
    Unknown,
}

impl Curvature {
    /// What is needed of the problem: its data as f64 numbers with their errors, moments of them.
    #[must_use]
    pub fn new(problem: Arc<Problem>) -> Self {
        let convex = Convex::of(&problem);
        let network = problem.network();
        let structure = if network.is_fully_connected() && network.depth() <= full::MOST_LAYERS {
            Structure::Full(Factored::of(network, &convex).map(Box::new))
        } else {
            Paths::of(network).map_or(Structure::Unknown, Structure::Paths)
        };
        Self { problem, convex, structure, enough: Magnitude::INFINITE }
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &Arc<Problem> {
        &self.problem
    }

    /// Says that no `λ⁺` below `enough` is of any use, `2/η` for steps of size `η`, and that it is worth a factorisation to come so far. Nothing is
    /// spent on `λ⁺` before this has been said.
    pub fn set_enough(&mut self, enough: Magnitude) {
        self.enough = enough;
    }

    /// How many matrices have been factorised so far.
    #[must_use]
    pub fn factorisations(&self) -> usize {
        match &self.structure {
            Structure::Full(Some(factored)) => factored.count,
            _ => 0,
        }
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
    /// // No more than what could underflow.
    /// assert!(bounds.gradient < Magnitude::power_of_two(-1000));
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
        match &mut self.structure {
            Structure::Full(factored) => {
                let known = Centre::new(&self.convex, centre, radius);
                let mut bounds = known.norms().bounds(radius);
                if let Some(factored) = factored {
                    factored.improve(&known, centre, self.enough, &mut bounds);
                }
                bounds
            }
            Structure::Paths(paths) => paths.norms(&self.convex, centre, radius).bounds(radius),
            Structure::Unknown => Bounds::NONE,
        }
    }

    /// At least `‖Λ″‖` at every matrix, infinite if there is no bound.
    #[must_use]
    pub fn most_bend(&self) -> Magnitude {
        self.convex.most_bend()
    }

    /// `λ⁻` over the ball of `radius` around `centre` of another function `Λ∘P` of the same network, `Λ` convex, of which every slope `G` that matters is in
    /// `slope`, shaped as the end-to-end map.
    ///
    /// # Panics
    ///
    /// As [`over_ball`](Self::over_ball).
    #[must_use]
    pub fn negative_with(&self, slope: NormBall, centre: &[Matrix<f64>], radius: Magnitude) -> Magnitude {
        let convex = Convex::Slopes(slope);
        match &self.structure {
            Structure::Full(_) => Centre::new(&convex, centre, radius).norms().mixed.spectral(),
            Structure::Paths(paths) => paths.norms(&convex, centre, radius).mixed.spectral(),
            Structure::Unknown => Magnitude::INFINITE,
        }
    }
}
