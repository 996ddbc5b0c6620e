//! The losses of classification as functions of the margin `m = y f(x)`.

use crate::number::Real;
use crate::problem::Loss;

/// Beyond this exponent the form of a function is chosen in which the exponential underflows instead of overflowing.
const LARGE_EXPONENT: f64 = 1e6;

/// `ℓ(m)`.
///
/// Logistic: `c · ln(1 + e^{−bm})`, written as `c · (ln(1 + e^{bm}) − bm)` where `−bm` is very large: neither form overflows nor loses
/// relative accuracy, and each is valid on the whole line.
///
/// Undefined for the squared losses, which are no functions of a margin.
#[must_use]
pub fn value<T: Real>(loss: &Loss, margin: &T) -> T {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let exponent = margin.clone().times(steepness.clone());
            let value = if exponent.approximate() < -LARGE_EXPONENT {
                exponent.clone().exp().ln_1p() - &exponent
            } else {
                (-exponent).exp().ln_1p()
            };
            value.times(scale.clone())
        }
        Loss::Exponential => (-margin.clone()).exp(),
        Loss::Squared | Loss::SquaredTarget => undefined(margin),
    }
}

/// `ℓ′(m)`; logistic: `−c b / (1 + e^{bm})`, written as `−c b e^{−bm} / (1 + e^{−bm})` where `bm` is very large.
///
/// Undefined for the squared losses, which are no functions of a margin.
#[must_use]
pub fn slope<T: Real>(loss: &Loss, margin: &T) -> T {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let height = margin.constant(rug::Rational::from(scale * steepness));
            let exponent = margin.clone().times(steepness.clone());
            let one = margin.constant(1);
            if exponent.approximate() > LARGE_EXPONENT {
                let small = (-exponent).exp();
                -(height * &small / (one + small))
            } else {
                -(height / (one + exponent.exp()))
            }
        }
        Loss::Exponential => -(-margin.clone()).exp(),
        Loss::Squared | Loss::SquaredTarget => undefined(margin),
    }
}

/// `ℓ⁻¹(v)` for `v > 0`: the margin at which the loss is `v`.
///
/// Logistic: `−ln(e^{v/c} − 1)/b`; exponential: `−ln v`.
///
/// Undefined for the squared losses, which are no functions of a margin.
#[must_use]
pub fn inverse<T: Real>(loss: &Loss, value: &T) -> T {
    match loss {
        Loss::Logistic { scale, steepness } => {
            let (scale, steepness) = (value.constant(scale.clone()), value.constant(steepness.clone()));
            -((value.clone() / &scale).exp_m1().ln() / &steepness)
        }
        Loss::Exponential => -value.clone().ln(),
        Loss::Squared | Loss::SquaredTarget => undefined(value),
    }
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

    #[test]
    fn smooth_and_lipschitz_losses_are_those_with_constants() {
        let logistic = Loss::Logistic { scale: (1, 2).into(), steepness: 3.into() };
        for loss in [logistic, Loss::Exponential, Loss::Squared, Loss::SquaredTarget] {
            assert_eq!(is_smooth_and_lipschitz(&loss), smoothness_constants(&loss).is_some(), "{loss:?}");
        }
    }
}
