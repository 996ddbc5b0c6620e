//! Random initialisation: how likely a normal start is balanced, how likely it has a deficiency margin, and what follows.
//!
//! `F` is the distribution function of a standard normal number. Everything here is homogeneous in `‖Φ‖`, and what concerns the
//! start alone is invariant under rotations, so `Φ = e_1` is taken.

pub mod balanced_flow;
pub mod cap;
pub mod chi_square;
pub mod gaussian_balance;
pub mod gaussian_margin;
pub mod layered;
pub mod near_half;
pub mod product_law;
pub mod scalar_regression;
pub mod sphere;
pub mod two_phase;

use rug::Rational;

use crate::claims::Claim;
use crate::generate::Draws;
use crate::number::{Special, Tracked, Truth, special};

/// The claims of this family, in the order of the paper.
#[must_use]
pub fn claims() -> Vec<Claim> {
    let mut claims = Vec::new();
    claims.extend(scalar_regression::claims());
    claims.extend(two_phase::claims());
    claims.extend(gaussian_balance::claims());
    claims.extend(gaussian_margin::claims());
    claims.extend(cap::claims());
    claims.extend(sphere::claims());
    claims.extend(near_half::claims());
    claims.extend(chi_square::claims());
    claims.extend(product_law::claims());
    claims
}

/// `1/x`; 0 of 0, where a hypothesis fails in any case.
fn reciprocal(x: Rational) -> Rational {
    if x == 0 { x } else { x.recip() }
}

/// `(3 − 4F(2/√b))/2`: the share of starts that the paper guarantees to lie in a cap.
fn guaranteed_share<T: Special>(b: &T) -> T {
    let distribution = special::normal_below(&(b.constant(2) / b.clone().sqrt()));
    (b.constant(3) - &distribution.times(4)).times((1, 2))
}

/// `P[w has margin c]` for `w = s·z`, `z` standard normal in `R^dimension`, and `‖Φ‖ = 1`: the margin is at least `c` exactly if `w`
/// lies in the ball of radius `1 − c` around `Φ`. A wider enclosure for very small `s`.
fn normal_margin<T: Special>(dimension: u32, deviation: &T, margin: &T) -> T {
    let inverse = margin.constant(1) / deviation;
    if inverse.square().upper_f64() > FARTHEST_CENTRE {
        return small_normal_margin(dimension, deviation, margin);
    }
    let radius = (margin.constant(1) - margin) * &inverse;
    special::offset_ball(dimension, &inverse.square(), &radius.square())
}

/// Beyond this `‖Φ‖²/s²` the sum for a shifted centre would be long.
const FARTHEST_CENTRE: f64 = 4e9;

/// The same for small `s`, from `z_1` and `ρ = ‖z‖² − z_1²`, which are independent. The margin means `s(z_1² + ρ) + h ≤ 2z_1` with
/// `h = (2c − c²)/s`.
///
/// It fails unless `2z_1 ≥ sq + h` or `ρ < q`, so that `P ≤ ½ − P[ρ ≥ q](F((sq + h)/2) − ½)`, here with `q = d/2`; and it holds if
/// `ρ ≤ q` and `(sq + h)/(2 − 8s) ≤ z_1 ≤ 8`, here with `q = 10d`.
fn small_normal_margin<T: Special>(dimension: u32, deviation: &T, margin: &T) -> T {
    let half = margin.constant((1, 2));
    let shift = (margin.clone().times(2) - margin.square()) / deviation;
    let needed = |q: (u32, u32)| deviation.clone().times(q) + &shift;
    let (near, far) = ((dimension, 2), (10 * dimension, 1));
    let beyond = special::chi_square_above(dimension.saturating_sub(1), &margin.constant(near));
    let upper = half.clone() - &(beyond * &(special::normal_below(&needed(near).times((1, 2))) - &half));
    let within = special::chi_square_below(dimension.saturating_sub(1), &margin.constant(far));
    let least = needed(far) / (margin.constant(2) - &deviation.clone().times(8));
    let lower = within * &(special::normal_below(&margin.constant(8)) - special::normal_below(&least));
    T::between(&lower.lower(), &upper.upper())
}

/// Draws `w = deviation·z` and says whether it has the margin `c` for `Φ = e_1`.
///
/// `‖w − Φ‖ ≤ 1 − c` reads `‖w‖² + 2c − c² ≤ 2⟨w, Φ⟩`, in which nothing cancels for small `w`; with `shift = (2c − c²)/deviation` it
/// is `deviation·‖z‖² + shift ≤ 2z_1`.
fn has_margin(draws: &mut Draws, dimension: usize, deviation: Tracked, shift: Tracked) -> Truth {
    let (first, square) = normal_point(draws, dimension);
    (deviation * square + shift).at_most(Tracked::new(2.0) * first)
}

/// Draws a standard normal point: its first coordinate, and its squared norm.
fn normal_point(draws: &mut Draws, dimension: usize) -> (Tracked, Tracked) {
    let first = draws.normal();
    let others = std::iter::repeat_with(|| draws.normal()).take(dimension.saturating_sub(1));
    (Tracked::new(first), Tracked::sum_of_squares(std::iter::once(first).chain(others)))
}
