//! The maximum-margin separator of the data and the number `α` of the paper, decided exactly, once for each setting.

use rug::Rational;

use crate::algebra::exact::{inner, norm_squared, plus};
use crate::algebra::max_margin::{AlphaSquared, MaxMargin};
use crate::number::Ring;
pub use crate::reference::separator;
use crate::reference::{Fact, Setting};

/// `α²` of the examples; `None` if they are not separable.
struct Alpha(Option<AlphaSquared>);

impl<T: Ring> Fact<Setting<T>> for Alpha {
    fn of(setting: &Setting<T>) -> Self {
        Self(separator(setting).map(MaxMargin::alpha_squared))
    }
}

/// `α²` of the examples, as [`MaxMargin::alpha_squared`] gives it; `None` if they are not separable.
pub(super) fn alpha_squared<T: Ring>(setting: &Setting<T>) -> Option<&AlphaSquared> {
    let Alpha(alpha_squared) = setting.know();
    alpha_squared.as_ref()
}

/// The hypothesis that keeps one dimension out, where `α` is the least number of an empty set.
pub(super) const ORTHOGONAL: &str = "d ≥ 2: some unit vector is orthogonal to ū";

/// A number that `α²` is at most: the square of the largest `⟨ξ, z_i⟩/‖ξ‖`, `i ∈ S`, for the best of the directions `ξ = ±Π⊥z_j`,
/// `j ∈ S`; `None` if there is no support vector beside the multiples of `ū`.
pub(super) fn alpha_squared_at_most<T: Ring>(margin: &MaxMargin, setting: &Setting<T>) -> Option<Rational> {
    let z = setting.exact_signed_examples()?;
    let p = margin.point();
    let largest = |xi: &[Rational], sign: i32| {
        let products = margin.support().iter().map(|&i| inner(xi, z.row(i)) * sign);
        // Not negative, since a convex combination of them is zero.
        products.max().map(|largest| Rational::from(&largest * &largest) / norm_squared(xi))
    };
    margin
        .support()
        .iter()
        .map(|&j| plus(z.row(j), &Rational::from(-1), p))
        .filter(|xi| xi.iter().any(|entry| !entry.is_zero()))
        .flat_map(|xi| [1, -1].map(|sign| largest(&xi, sign)))
        .flatten()
        .min()
}
