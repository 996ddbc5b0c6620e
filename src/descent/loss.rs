//! The losses of a margin in f64, and how steep they are.
//!
//! Each form is chosen by the sign of its argument so that the exponential it takes never exceeds 1: nothing overflows and
//! nothing cancels for any margin, and results are accurate to a few units in the last place until they underflow. Only
//! the exponential loss itself can overflow, for margins below −709.78, and then it does.

/// A loss of the margin, up to constant factors, which the objective keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum MarginLoss {
    /// `ln(1 + e^{−b·m})`.
    Logistic {
        /// `b`.
        steepness: f64,
    },
    /// `e^{−m}`.
    Exponential,
}

impl MarginLoss {
    /// The exponent `b·m` that the loss takes of a margin; it may overflow although the margin does not.
    #[inline]
    pub fn exponent(self, margin: f64) -> f64 {
        match self {
            Self::Logistic { steepness } => steepness * margin,
            Self::Exponential => margin,
        }
    }

    /// The loss at an exponent.
    #[inline]
    pub fn value(self, exponent: f64) -> f64 {
        match self {
            Self::Logistic { .. } => softplus_of_negated(exponent),
            Self::Exponential => (-exponent).exp(),
        }
    }

    /// Minus the derivative of [`value`](Self::value) in the exponent: a positive number.
    #[inline]
    pub fn steepness(self, exponent: f64) -> f64 {
        match self {
            Self::Logistic { .. } => sigmoid_of_negated(exponent),
            Self::Exponential => (-exponent).exp(),
        }
    }
}

/// `ln(1 + e^{−z})`.
fn softplus_of_negated(z: f64) -> f64 {
    let small = (-z.abs()).exp().ln_1p();
    if z < 0.0 { small - z } else { small }
}

/// `1/(1 + e^z)`.
fn sigmoid_of_negated(z: f64) -> f64 {
    let small = (-z.abs()).exp();
    let numerator = if z < 0.0 { 1.0 } else { small };
    numerator / (1.0 + small)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rug::Float;

    const LOGISTIC: MarginLoss = MarginLoss::Logistic { steepness: 1.0 };

    /// Margins of every size from 10⁻⁶ to 10⁶, both signs, and zero.
    fn margins() -> impl Iterator<Item = f64> {
        let sizes = (0..=2400).map(|i| 10f64.powf(f64::from(i - 1200) / 200.0));
        sizes.flat_map(|m| [m, -m]).chain([0.0, 708.0, 745.0, -709.0])
    }

    /// |computed − exact| in units of the last place of the exact value, subnormals by their own unit.
    fn ulps(computed: f64, exact: &Float) -> f64 {
        let unit = exact.to_f64().abs().max(f64::MIN_POSITIVE);
        let unit = f64::from_bits(unit.to_bits() & 0x7ff0_0000_0000_0000) * f64::EPSILON;
        (Float::with_val(300, computed) - exact).abs().to_f64() / unit
    }

    /// The claim that `budget` rests on: `exp` errs by at most one unit in the last place on arguments that are used.
    #[test]
    fn exp_is_within_one_unit_in_the_last_place() {
        for m in margins().filter(|m| m.abs() < 709.0) {
            let exact = Float::with_val(300, -m).exp();
            assert!(ulps((-m).exp(), &exact) <= 1.0, "exp({})", -m);
        }
    }

    #[test]
    fn the_logistic_loss_keeps_its_relative_accuracy() {
        for m in margins() {
            let exact = (Float::with_val(300, -m).exp()).ln_1p();
            assert!(ulps(LOGISTIC.value(m), &exact) <= 3.0, "ln(1+e^(-{m})): {}", ulps(LOGISTIC.value(m), &exact));
        }
        assert_eq!(LOGISTIC.value(-1e6), 1e6);
        assert_eq!(LOGISTIC.value(1e6), 0.0);
    }

    #[test]
    fn the_logistic_steepness_is_within_the_four_roundings_of_the_budget() {
        for m in margins() {
            let exact: Float = (Float::with_val(300, m).exp() + 1u32).recip();
            // Four roundings are four half units, which a binade's lower end may double.
            assert!(ulps(LOGISTIC.steepness(m), &exact) <= 4.0, "1/(1+e^{m})");
        }
        assert_eq!(LOGISTIC.steepness(-1e6), 1.0);
        assert_eq!(LOGISTIC.steepness(1e6), 0.0);
        assert_eq!(LOGISTIC.steepness(0.0), 0.5);
    }

    #[test]
    fn the_exponential_loss_overflows_openly() {
        assert_eq!(MarginLoss::Exponential.value(-1e6), f64::INFINITY);
        assert_eq!(MarginLoss::Exponential.steepness(-1e6), f64::INFINITY);
        assert_eq!(MarginLoss::Exponential.value(1e6), 0.0);
        assert_eq!(MarginLoss::Exponential.value(0.0), 1.0);
    }

    #[test]
    fn the_steepness_scales_the_exponent() {
        assert_eq!(MarginLoss::Logistic { steepness: 8.0 }.exponent(0.25), 2.0);
        assert_eq!(MarginLoss::Exponential.exponent(0.25), 0.25);
    }
}
