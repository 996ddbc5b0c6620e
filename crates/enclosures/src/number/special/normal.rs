//! The normal law, and π.

use crate::number::Special;

/// `π = 2 asin 1`.
///
/// ```
/// use enclosures::number::{Ball, Real, special};
/// assert_eq!(special::pi::<Ball>(128).approximate(), std::f64::consts::PI);
/// ```
#[must_use]
pub fn pi<T: Special>(bits: u32) -> T {
    T::one(bits).asin().times(2)
}

/// `F(x) = P[Z ≤ x] = (1 + erf(x/√2))/2` for a standard normal `Z`.
///
/// ```
/// use enclosures::number::{Ball, Real, Ring, special};
/// let quartile = special::normal_below(&Ball::from_f64(0.674_489_750_196_081_7, 128));
/// assert!((quartile.approximate() - 0.75).abs() < 1e-15);
/// ```
#[must_use]
pub fn normal_below<T: Special>(x: &T) -> T {
    let scaled = x.clone() / x.constant(2).sqrt();
    (scaled.erf() + x.constant(1)).times((1, 2))
}
