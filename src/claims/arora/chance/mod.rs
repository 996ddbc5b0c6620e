//! Random initialisation: how likely a normal start is balanced, how likely it has a deficiency margin, and what follows.
//!
//! `F` is the distribution function of a standard normal number. Everything here is homogeneous in `‖Φ‖`, and what concerns the
//! start alone is invariant under rotations, so `Φ = e_1` is taken.

pub mod chi_square;
pub mod scalar_regression;

use crate::claims::Claim;
use crate::generate::Draws;
use crate::number::{Real, Tracked, Truth, special};

/// The claims of this family, in the order of the paper.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let mut claims = Vec::new();
    claims.extend(scalar_regression::claims());
    claims.extend(chi_square::claims());
    claims
}

/// `(3 − 4F(2/√b))/2`: the share of starts that the paper guarantees to lie in a cap.
fn guaranteed_share<T: Real>(b: &T) -> T {
    let distribution = special::normal_below(&(b.constant(2) / b.clone().sqrt()));
    (b.constant(3) - &distribution.times(4)).times((1, 2))
}

/// `P[w has margin c]` for `w = s·z`, `z` standard normal in `R^dimension`, and `‖Φ‖ = 1`: the margin is at least `c` exactly if `w`
/// lies in the ball of radius `1 − c` around `Φ`. Over anything but balls it is not known.
fn normal_margin<T: Real>(dimension: u32, deviation: &T, margin: &T) -> T {
    let inverse = margin.constant(1) / deviation;
    let radius = (margin.constant(1) - margin) * &inverse;
    special::offset_ball(dimension, &inverse.square(), &radius.square())
}

/// Draws `w = deviation·z` and says whether it has the margin `c` for `Φ = e_1`.
///
/// `‖w − Φ‖ ≤ 1 − c` reads `‖w‖² + 2c − c² ≤ 2⟨w, Φ⟩`, in which nothing cancels for small `w`; with `shift = (2c − c²)/deviation` it
/// is `deviation·‖z‖² + shift ≤ 2z_1`.
fn has_margin(draws: &mut Draws, dimension: usize, deviation: Tracked, shift: Tracked) -> Truth {
    let first = Tracked::new(draws.normal());
    let mut square = first.square();
    for _ in 1..dimension {
        square += Tracked::new(draws.normal()).square();
    }
    (deviation * square + shift).at_most(Tracked::new(2.0) * first)
}
