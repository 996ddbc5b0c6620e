//! The maximum-margin separator of the data, decided exactly, once for each setting.

use rug::Rational;

use crate::algebra::exact::{inner, norm_squared, plus};
use crate::algebra::max_margin::{AlphaSquared, MaxMargin};
use crate::number::Ring;
use crate::reference::{Fact, Setting};

/// The separator of the examples; `None` if there is none.
struct Separator(Option<MaxMargin>);

impl<T: Ring> Fact<Setting<T>> for Separator {
    fn of(setting: &Setting<T>) -> Self {
        Self(setting.exact_signed_examples().and_then(|z| MaxMargin::of(&z).ok()))
    }
}

/// `α²` of the examples; `None` if they are not separable.
struct Alpha(Option<AlphaSquared>);

impl<T: Ring> Fact<Setting<T>> for Alpha {
    fn of(setting: &Setting<T>) -> Self {
        Self(separator(setting).map(MaxMargin::alpha_squared))
    }
}

/// The maximum-margin separator of the examples, decided exactly; `None` if there is none: the examples are not separable, or the
/// loss is not one of classification.
#[must_use]
pub fn separator<T: Ring>(setting: &Setting<T>) -> Option<&MaxMargin> {
    let Separator(separator) = setting.know();
    separator.as_ref()
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
