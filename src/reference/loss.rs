//! The losses of classification as functions of the margin `m = y f(x)`.

use crate::number::Real;
use crate::problem::Loss;

/// Beyond this exponent the form of a function is chosen in which the exponential underflows instead of overflowing.
const LARGE_EXPONENT: f64 = 1e6;

/// An exponent that is known less well than this has an exponential whose ends have nothing in common: no formula in which it stands
/// twice, or in which one is added to it, says anything.
const WIDE_EXPONENT: f64 = 16.0;

/// `ℓ(m)`.
///
/// Logistic: `c · ln(1 + e^{−bm})`, written as `c · (ln(1 + e^{bm}) − bm)` where `−bm` is very large: neither form overflows nor loses
/// relative accuracy, and each is valid on the whole line. Of a wide margin the two ends are looked at: the loss falls.
///
/// Undefined for the squared losses, which are no functions of a margin.
#[must_use]
pub fn value<T: Real>(loss: &Loss, margin: &T) -> T {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let at = |margin: T| logistic(margin.times(steepness.clone())).times(scale.clone());
            if is_wide(margin, steepness) {
                T::between(&at(margin.upper()), &at(margin.lower()))
            } else {
                at(margin.clone())
            }
        }
        Loss::Exponential => (-margin.clone()).exp(),
        Loss::Squared | Loss::SquaredTarget => undefined(margin),
    }
}

/// `ln(1 + e^{−u})`.
fn logistic<T: Real>(exponent: T) -> T {
    if exponent.approximate() < -LARGE_EXPONENT {
        exponent.clone().exp().ln_1p() - &exponent
    } else {
        (-exponent).exp().ln_1p()
    }
}

/// `ℓ′(m)`; logistic: `−c b / (1 + e^{bm})`, written as `−c b e^{−bm} / (1 + e^{−bm})` where `bm` is very large. Of a wide margin the two
/// ends are looked at: the slope rises.
///
/// Undefined for the squared losses, which are no functions of a margin.
#[must_use]
pub fn slope<T: Real>(loss: &Loss, margin: &T) -> T {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let height = margin.constant(rug::Rational::from(scale * steepness));
            let at = |margin: T| -share(margin.times(steepness.clone()), &height);
            if is_wide(margin, steepness) {
                T::between(&at(margin.lower()), &at(margin.upper()))
            } else {
                at(margin.clone())
            }
        }
        Loss::Exponential => -(-margin.clone()).exp(),
        Loss::Squared | Loss::SquaredTarget => undefined(margin),
    }
}

/// `h / (1 + e^u)`.
fn share<T: Real>(exponent: T, height: &T) -> T {
    let one = exponent.constant(1);
    if exponent.approximate() > LARGE_EXPONENT {
        let small = (-exponent).exp();
        height.clone() * &small / (one + small)
    } else {
        height.clone() / (one + exponent.exp())
    }
}

/// `ℓ⁻¹(v)` for `v > 0`: the margin at which the loss is `v`.
///
/// Logistic: `−ln(e^{v/c} − 1)/b`, written as `−(v/c + ln(1 − e^{−v/c}))/b` where `v/c` is large; exponential: `−ln v`.
///
/// Undefined for the squared losses, which are no functions of a margin.
#[must_use]
pub fn inverse<T: Real>(loss: &Loss, value: &T) -> T {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let (scale, steepness) = (value.constant(scale.clone()), value.constant(steepness.clone()));
            let share = value.clone() / &scale;
            let logarithm = if share.approximate() > 1.0 {
                (-(-share.clone()).exp()).ln_1p() + &share
            } else {
                share.exp_m1().ln()
            };
            -(logarithm / &steepness)
        }
        Loss::Exponential => -value.clone().ln(),
        Loss::Squared | Loss::SquaredTarget => undefined(value),
    }
}

/// Whether the exponent `bm` is known too badly for a formula. A margin without ends has no better form.
fn is_wide<T: Real>(margin: &T, steepness: &rug::Rational) -> bool {
    let width = (margin.upper() - margin.lower()).times(steepness.clone()).upper_f64();
    width.is_finite() && width > WIDE_EXPONENT
}

/// The undefined number of the precision of `like`.
fn undefined<T: Real>(like: &T) -> T {
    like.constant(0) / like.constant(0)
}

/// Whether the loss is smooth and Lipschitz: whether it has [`smoothness_constants`].
#[must_use]
pub fn is_smooth_and_lipschitz(loss: &Loss) -> bool {
    matches!(loss, Loss::Logistic { .. })
}

/// The constants `(β_ℓ, G_ℓ)` of Ji & Telgarsky's Assumption 4 for the logistic loss, `(c b²/4, c b)`; `None` for every other
/// loss: the exponential loss has neither.
#[must_use]
pub fn smoothness_constants(loss: &Loss) -> Option<(rug::Rational, rug::Rational)> {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let lipschitz = rug::Rational::from(scale * steepness);
            let smoothness = rug::Rational::from(&lipschitz * steepness) / 4;
            Some((smoothness, lipschitz))
        }
        Loss::Exponential | Loss::Squared | Loss::SquaredTarget => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Ball, Ring, Truth};

    fn ball(value: impl Into<rug::Rational>) -> Ball {
        Ball::from_rational(&value.into(), 128)
    }

    #[test]
    fn a_wide_margin_has_a_bounded_loss_and_slope() {
        let steep = Loss::Logistic { scale: 1.into(), steepness: 1000.into() };
        for (least, greatest) in [(-1_i64, 1_i64), (-1_000_000, -3), (5, 1 << 40), (-(1 << 62), 1 << 62)] {
            let margin = Ball::between(&ball(least), &ball(greatest));
            let (loss, slope) = (value(&steep, &margin), slope(&steep, &margin));
            // What the radius, a number of few digits, adds.
            let blur = 1 + (greatest.abs() >> 40);
            let bounds = [
                (loss.at_most(&value(&steep, &ball(least - blur))), "the loss at a lesser margin"),
                (ball(-1000 * blur).below(&loss), "zero, but for the roundings"),
                (ball((-1001, 1)).below(&slope), "the Lipschitz constant"),
                (slope.below(&ball((1, 1000))), "zero, but for the roundings"),
            ];
            for (bound, what) in bounds {
                assert_eq!(bound, Truth::True, "{what}: [{least}, {greatest}]");
            }
        }
    }

    #[test]
    fn the_inverse_of_flat_and_of_small_losses_is_found() {
        for (scale, loss_value) in [("1/1000000000000000000000000000000", (1, 2)), ("1", (1, 2)), ("1000000", (3, 1))] {
            let loss = Loss::Logistic { scale: scale.parse().expect("a fraction"), steepness: (1, 50).into() };
            let margin = inverse(&loss, &ball(loss_value));
            let again = value(&loss, &margin) - ball(loss_value);
            assert!(again.clone().abs().upper_f64() < 1e-20, "{scale}: {margin:?}, {again:?}");
        }
    }

    #[test]
    fn smooth_and_lipschitz_losses_are_those_with_constants() {
        let logistic = Loss::Logistic { scale: (1, 2).into(), steepness: 3.into() };
        for loss in [logistic, Loss::Exponential, Loss::Squared, Loss::SquaredTarget] {
            assert_eq!(is_smooth_and_lipschitz(&loss), smoothness_constants(&loss).is_some(), "{loss:?}");
        }
    }
}
