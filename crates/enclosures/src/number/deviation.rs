//! How far the numbers of an enclosure are from its centre, and their images from the image of that: the formulas of balls, whatever
//! their centre, over what a [`Radius`] can do.
//!
//! Of a centre they take bounds of its absolute value, from above or from below as each formula says; a pair is what the images deviate
//! downward and upward. An enclosure of another kind needs a radius with these operations, and no formula of its own.

use std::ops::{Add, Mul};

/// A bound of non-negative numbers: zero, positive, or infinite where nothing is known. Sums, products and what has no other name are
/// rounded upward.
pub(super) trait Radius: Copy + Ord + Add<Output = Self> + Mul<Output = Self> {
    const ZERO: Self;
    const ONE: Self;

    fn is_zero(self) -> bool;

    /// `2^exponent` times as much, for exponents of up to two digits.
    fn scaled(self, exponent: i64) -> Self;

    /// The difference; zero if `other` is larger.
    fn minus(self, other: Self) -> Self;

    /// The difference rounded downward; zero if `other` is larger.
    fn minus_below(self, other: Self) -> Self;

    /// The sum rounded downward.
    fn plus_below(self, other: Self) -> Self;

    /// The quotient by a bound from below; infinite if that is zero.
    fn over(self, divisor: Self) -> Self;

    /// The square root rounded downward.
    fn sqrt_below(self) -> Self;

    /// `e^x − 1`.
    fn exp_m1(self) -> Self;

    /// `1 − e^−x`.
    fn decay(self) -> Self;

    /// `ln (1 + x)`.
    fn ln_1p(self) -> Self;

    /// `Σ left · right`.
    fn sum_of_products<const N: usize>(factors: [(Self, Self); N]) -> Self;
}

/// `|a| s + r |b| + r s` for the product of a ± r and b ± s, where |a| and |b| are bounds from above; zero without asking for these if
/// r and s are.
#[inline]
pub(super) fn of_product<R: Radius>((a, r): (impl Fn() -> R, R), (b, s): (impl Fn() -> R, R)) -> R {
    match (r.is_zero(), s.is_zero()) {
        (true, true) => R::ZERO,
        (true, false) => a() * s,
        (false, true) => r * b(),
        (false, false) => R::sum_of_products([(a(), s), (r, b()), (r, s)]),
    }
}

/// For the sum of c ± `radius`, whose centre has then been rounded with an `error`, and the product of a ± r and b ± s.
#[inline]
pub(super) fn of_sum_with_product<R: Radius>(radius: R, error: R, (a, r): (R, R), (b, s): (R, R)) -> R {
    R::sum_of_products([(a, s), (r, b), (r, s), (radius, R::ONE), (error, R::ONE)])
}

/// For x = a + α, y = b + β with |α| ≤ r, |β| ≤ s: x/y − a/b = (α − (a/b) β) / y, at most (r + |a/b| s) / (|b| − s) in absolute value;
/// |b| and |b| − s are bounds from below.
#[inline]
pub(super) fn of_quotient<R: Radius>((a, r): (R, R), (b, s): (R, R), least: R) -> R {
    if r.is_zero() && s.is_zero() { R::ZERO } else { (r + a.over(b) * s).over(least) }
}

/// (a + α)² − a² = α (2a + α), between −r (2|a| − r), or −a² if 0 is inside, and r (2|a| + r).
#[inline]
pub(super) fn of_square<R: Radius>(a: R, r: R) -> (R, R) {
    let up = r * (a.scaled(1) + r);
    let down = if r < a { r * (a + a.minus(r)) } else { a * a };
    (down, up)
}

/// √(a ± r) − √a = ± r / (√a + √(a ± r)), for a bound of a from below.
#[inline]
pub(super) fn of_root<R: Radius>(a: R, r: R) -> (R, R) {
    let least = a.sqrt_below();
    let over = |end: R| r.over(least.plus_below(end.sqrt_below()));
    (over(a.minus_below(r)), over(a.plus_below(r)))
}

/// `e^a (e^±r − 1)`, for a bound of `e^a` from above.
#[inline]
pub(super) fn of_exponential<R: Radius>(image: R, r: R) -> (R, R) {
    (image * r.decay(), image * r.exp_m1())
}

/// ln(a + r) − ln a = ln(1 + r/a); ln a − ln(a − r) = ln(1 + r/(a − r)), for a bound of a from below.
#[inline]
pub(super) fn of_logarithm<R: Radius>(a: R, r: R) -> (R, R) {
    (r.over(a.minus_below(r)).ln_1p(), r.over(a).ln_1p())
}

/// Half the difference between two deviations: how far the centre moves to the middle between them.
#[inline]
pub(super) fn shift<R: Radius>((down, up): (R, R)) -> R {
    down.max(up).minus(down.min(up)).scaled(-1)
}

/// What both deviations are at most from a centre that has moved by `shift` towards the larger one; it may have been rounded up past the
/// middle.
#[inline]
pub(super) fn after_shift<R: Radius>((down, up): (R, R), shift: R) -> R {
    down.max(up).minus(shift).max(down.min(up) + shift)
}
