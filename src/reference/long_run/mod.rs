//! Runs of a million steps: a centre that is computed fast, and one radius.
//!
//! **Theorem.** Let `w⁺ = w − η∇R(w)` be the exact step and `c⁺` any point with `|c⁺ − (c − η∇R(c))| ≤ ε`. If `|c − w| ≤ r` then
//! `|c⁺ − w⁺| ≤ max(1 + ηλ⁻, ηλ⁺ − 1) r + ε`, where `−λ⁻ ≤ ∇²R ≤ λ⁺` between `c` and `w`. *Proof:* the exact steps from `c` and from `w` differ by
//! `(I − ηH)(c − w)`, `H` the mean of `∇²R` on the segment: symmetric, with its eigenvalues in `[−λ⁻, λ⁺]`. ∎ The radius grows as the sum of the
//! `ε`, times what the negative curvature along the run makes of it, and not with the number of steps as in naive balls.
//!
//! The curvature is bounded once for a *window*: the ball of some radius `D` around the iterate `c_0` with which it begins. The bound holds for a step from
//! `c_t` as long as `|c_t − c_0| + r_t ≤ D`, for then both `c_t` and `w_t`, and so the segment between them, are in the ball. The `ε` of a program in f64, for
//! which absolute values are enough, is bounded over a box that holds the balls of many windows (`roundings`). That a step is from inside is known
//! before it is taken:
//! - *the f64 centre* ([`LongRun`]): the distance from `c_0` and the displacement `d = |c_{t+1} − c_t|` are measured from time to time. A
//!   displacement obeys `d⁺ ≤ max(1 + ηλ⁻, ηλ⁺ − 1) d + 2ε` by the theorem itself, applied to `c_t` and `c_{t+1}`; so it is known in advance for how
//!   many steps the sum of the displacements stays below `D`, and for so many the f64 program runs alone.
//! - *a centre of more bits* ([`PreciseRun`]): each step is taken in balls from the point `c_t`, the midpoints are `c_{t+1}` and the radii are `ε`; the way
//!   from `c_0` is added up.
//!
//! What may not enter: the f64 program, which is known by the [`Centre`] alone; a bound that is not a [`Magnitude`].

mod centre;
mod growth;
mod precise;
mod roundings;
mod run;
mod window;

use std::fmt::Debug;
use std::sync::Arc;

use rug::Rational;
use rug::float::Round;

use super::Setting;
use super::around::{TOO_LARGE, enlarged, says_nothing};
use super::step_size::SquaredNorm;
use crate::number::{Ball, Magnitude, Matrix, Real, Ring};
pub use centre::Centre;
pub use precise::PreciseRun;
pub use run::LongRun;

/// A run of gradient descent whose exact iterates are known to lie within a Euclidean radius of exact ones, its centre.
pub trait Run: Debug {
    /// The number of steps taken.
    fn t(&self) -> u64;

    /// The centre, exact, layer by layer.
    fn centre(&self) -> Vec<Matrix<Ball>>;

    /// The exact weights are no further than this from the centre, all of them as one vector.
    fn radius(&self) -> Magnitude;

    /// The exact size of the next step, and `R_t` under the smoothness rule; `None` where a computation was left before they were found.
    fn step_size(&self) -> Option<(&Rational, Option<&Rational>)>;

    /// The setting in which the exact side of the run is computed.
    fn setting(&self) -> &Arc<Setting<Ball>>;

    /// Goes on to step `to`, or until `stop` says so. The states it comes to, and what is known of them, do not depend on where it stops.
    ///
    /// # Errors
    ///
    /// [`Blind`] if it cannot go on; it stays where it is.
    fn advance(&mut self, to: u64, stop: &mut dyn FnMut() -> bool) -> Result<(), Blind>;
}

/// The squared norms of the layers of all weights within `radius` of exact ones.
fn squared_norms(centre: &[Matrix<Ball>], radius: Magnitude) -> Vec<SquaredNorm<Ball>> {
    let norm = |layer: &Matrix<Ball>| {
        let square = layer.frobenius_squared();
        if radius.is_zero() {
            return SquaredNorm::of(layer, &square);
        }
        SquaredNorm::Within(enlarged(&square.sqrt_of_nonnegative(), radius).square())
    };
    centre.iter().map(norm).collect()
}

/// Why a long run cannot go on: nothing that helps is known any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Blind {
    /// The step at which it happened.
    pub t: u64,
    /// The exact weights are no further than this from the centre there.
    pub radius: Magnitude,
    /// What is not known.
    pub what: String,
}

impl std::fmt::Display for Blind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let radius = self.radius.to_float().to_string_radix_round(10, Some(4), Round::Up);
        write!(formatter, "precision exhausted at step {}: {}; the radius is {radius}", self.t, self.what)
    }
}

impl std::error::Error for Blind {}
