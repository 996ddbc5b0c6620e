//! Probabilities that have a formula: the normal law, χ², caps of a sphere, balls away from the centre of a normal law,
//! binomial tails.
//!
//! The functions are written once over any [`Real`]. Over [`Ball`](super::Ball) they are enclosures, and this is
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

/// The enclosure of a function that falls as its argument rises, from its values at the ends of the argument's enclosure.
fn falling<T: Real>(argument: &T, value: impl Fn(&T) -> T) -> T {
    T::between(&value(&argument.upper()).lower(), &value(&argument.lower()).upper())
}
