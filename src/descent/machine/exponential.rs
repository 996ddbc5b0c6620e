//! `eˣ` on vectors.
//!
//! With `n` the integer nearest to `x/ln 2` and `r = x − n ln 2`, `eˣ = 2ⁿ eʳ` and `|r| ≤ 0.347`. There
//! `eʳ = 1 + r + r²q(r)` with a polynomial `q` of degree 9.
//!
//! # Error
//!
//! In units of `u = 2⁻⁵³`, relative to `eʳ`:
//! - `q` leaves 0.054 (measured in 300 bits on 4001 points; the coefficients interpolate at Chebyshev's nodes, drawn
//!   towards the ends for the factor r²).
//! - `n ln 2` is subtracted in two parts. The first has 21 bits to spare, so for `|n| ≤ 1100` its product is exact, and
//!   so is the difference, by cancellation. The second difference rounds `|r| ≤ 0.347` once: at most 0.25, and its
//!   product, below 2⁻²⁰ of r, adds nothing to speak of.
//! - `r²q` is below 0.07 in absolute value, with at most eight roundings of which the last few are of that size: 0.28.
//! - `r + r²q`, below 0.42 in absolute value, is rounded once: 0.25. The sum with 1 is rounded once: 0.5 below 1, 1 above.
//!
//! Together at most `0.054 + 0.25 + 0.28 + 0.25 + 0.5` = 1.34 where `eʳ ≥ 0.707`, so 1.9 relative to it, and 1.84 where
//! `eʳ ≥ 1`. The multiplication by 2ⁿ is exact unless the result underflows. So two roundings cover it; what a test
//! against MPFR finds is 1.1.

use super::Machine;

/// What `exp` needs beyond [`Machine`].
pub(in super::super) trait Powers: Machine<Number = f64> {
    /// `a` held within ±`limit`; a NaN becomes anything.
    fn clamp(self, a: Self::Vector, limit: f64) -> Self::Vector;

    /// `a·2ⁿ`, rounded once; `n` is an integer with `|n| ≤ 1100` and `a` is between 1/2 and 2.
    fn scale(self, a: Self::Vector, n: Self::Vector) -> Self::Vector;
}

/// Beyond this the result is certainly 0 or infinite.
const LIMIT: f64 = 760.0;

/// `1.5·2⁵²`: added and subtracted, it rounds to the nearest integer.
pub(super) const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// `ln 2` rounded to 32 bits.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;

/// `ln 2` less the above.
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The coefficients of `q`, the constant one first.
const Q: [f64; 10] = [
    0.500_000_000_000_000_7,
    0.166_666_666_666_666_7,
    0.041_666_666_666_554_615,
    0.008_333_333_333_324_717,
    0.001_388_888_893_863_830_6,
    0.000_198_412_698_795_296_42,
    2.480_149_728_537_588_4e-5,
    2.755_724_999_533_877e-6,
    2.762_900_295_766_743_7e-7,
    2.510_724_093_466_345e-8,
];

/// `eˣ`; 0 far below and infinity far above the range of f64.
#[inline(always)]
pub(super) fn exp<M: Powers>(m: M, x: M::Vector) -> M::Vector {
    let c = |i: usize| m.splat(Q[i]);
    let x = m.clamp(x, LIMIT);
    let rounder = m.splat(ROUNDER);
    let n = m.sub(m.mul_add(x, m.splat(std::f64::consts::LOG2_E), rounder), rounder);
    let r = m.mul_add(n, m.splat(-LN_2_HIGH), x);
    let r = m.mul_add(n, m.splat(-LN_2_LOW), r);
    // Estrin's scheme: the chain of operations is what the smallest networks wait for.
    let r2 = m.mul(r, r);
    let r4 = m.mul(r2, r2);
    let r8 = m.mul(r4, r4);
    let pair = |i: usize| m.mul_add(c(i + 1), r, c(i));
    let low = m.mul_add(pair(2), r2, pair(0));
    let middle = m.mul_add(pair(6), r2, pair(4));
    let q = m.mul_add(pair(8), r8, m.mul_add(middle, r4, low));
    m.scale(m.add(m.mul_add(q, r2, r), m.splat(1.0)), n)
}
