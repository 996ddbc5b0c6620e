//! Probabilities that have a formula: the normal law, χ², caps of a sphere, balls away from the centre of a normal law,
//! binomial tails.
//!
//! The functions are written once over any [`Special`] numbers. Over [`Ball`](super::Ball) they are enclosures, and this is
//! what they rest on: MPFR's correctly rounded `erf`, `asin`, `exp`, `ln` and `ln Γ` at points; a bound of the derivative over
//! the ball, or monotony, between points; finite sums of non-negative terms, or series whose tails are bounded by a geometric
//! series. There is no quadrature and no rounding that is not accounted for. Over the rationals a value is undefined, and a
//! comparison with it open, unless it is rational.

mod binomial;
mod cap;
mod chi_square;
mod normal;

pub use binomial::binomial_tail;
pub use cap::cap_area;
pub use chi_square::{chi_square_above, chi_square_below, offset_ball};
pub use normal::{normal_below, pi};

use super::Real;

/// A [`Real`] with the functions that probabilities are made of.
pub trait Special: Real {
    /// The error function `(2/√π) ∫_0^x e^(−t²) dt`.
    fn erf(self) -> Self;

    /// The arcsine, from −π/2 to π/2. Undefined if the number may lie outside `[−1, 1]`.
    fn asin(self) -> Self;

    /// `ln Γ(half/2)`, at `bits` bits: the logarithm of a factorial, or of the gamma function at a half integer. Undefined for 0.
    fn ln_gamma_of_half(half: u64, bits: u32) -> Self;
}

/// The enclosure of a function that falls as its argument rises, from its values at the ends of the argument's enclosure.
fn falling<T: Real>(argument: &T, value: impl Fn(&T) -> T) -> T {
    T::between(&value(&argument.upper()).lower(), &value(&argument.lower()).upper())
}
