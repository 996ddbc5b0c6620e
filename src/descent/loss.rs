//! The losses of a margin in f64, and how steep they are.
//!
//! Each form is chosen by the sign of its argument so that the exponential it takes never exceeds 1: nothing overflows and
//! nothing cancels for any margin, and results are accurate to a few units in the last place until they underflow. Only
//! the exponential loss itself can overflow, for margins below −709.78, and then it does.

use super::machine::Machine;

/// A loss of the margin, up to constant factors, which the objective keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum MarginLoss<T> {
    /// `ln(1 + e^{−b·m})`.
    Logistic {
        /// `b`; `None` is 1.
        steepness: Option<T>,
    },
    /// `e^{−m}`.
    Exponential,
}

impl<T: Copy + Default> MarginLoss<T> {
    /// The exponent `b·m` that the loss takes of a margin; it may overflow although the margin does not.
    #[inline(always)]
    pub fn exponent<M: Machine<Number = T>>(self, m: M, margin: M::Vector) -> M::Vector {
        match self {
            Self::Logistic { steepness: Some(steepness) } => m.mul(margin, m.splat(steepness)),
            Self::Logistic { steepness: None } | Self::Exponential => margin,
        }
    }

    /// Minus the derivative of the loss in the exponent: a positive number.
    #[inline(always)]
    pub fn steepness<M: Machine<Number = T>>(self, m: M, exponent: M::Vector) -> M::Vector {
        match self {
            Self::Logistic { .. } => {
                // 1/(1 + e^z), above and below by e^z if that is large.
                let small = m.exp(m.negated_magnitude(exponent));
                let numerator = m.select_by_sign(exponent, m.one(), small);
                m.div(numerator, m.add(m.one(), small))
            }
            Self::Exponential => m.exp(m.neg(exponent)),
        }
    }
}

impl MarginLoss<f64> {
    /// The loss at a margin, and whether its exponent is finite.
    pub fn value(self, margin: f64) -> (f64, bool) {
        match self {
            Self::Logistic { steepness } => {
                let exponent = steepness.unwrap_or(1.0) * margin;
                (softplus_of_negated(exponent), exponent.is_finite())
            }
            Self::Exponential => ((-margin).exp(), margin.is_finite()),
        }
    }
}

/// `ln(1 + e^{−z})`.
fn softplus_of_negated(z: f64) -> f64 {
    let small = (-z.abs()).exp().ln_1p();
    if z < 0.0 { small - z } else { small }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::instructions::Instructions;
    use crate::descent::machine::{LANES, Operation};
    use rug::Float;

    const LOGISTIC: MarginLoss<f64> = MarginLoss::Logistic { steepness: None };

    /// The steepness at a margin.
    struct Steepness(MarginLoss<f64>, f64);

    impl Operation<f64> for Steepness {
        type Output = f64;

        fn run<M: Machine<Number = f64>>(self, m: M) -> f64 {
            let mut block = [0.0; LANES];
            m.store(&mut block, self.0.steepness(m, self.0.exponent(m, m.splat(self.1))));
            block[LANES - 1]
        }
    }

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

    #[test]
    fn the_logistic_loss_keeps_its_relative_accuracy() {
        for m in margins() {
            let exact = (Float::with_val(300, -m).exp()).ln_1p();
            let (value, exponent_is_finite) = LOGISTIC.value(m);
            assert!(exponent_is_finite);
            assert!(ulps(value, &exact) <= 3.0, "ln(1+e^(-{m})): {}", ulps(value, &exact));
        }
        assert_eq!(LOGISTIC.value(-1e6), (1e6, true));
        assert_eq!(LOGISTIC.value(1e6), (0.0, true));
    }

    #[test]
    fn the_logistic_steepness_is_within_the_four_roundings_of_the_budget() {
        for instructions in Instructions::available() {
            let steepness = |m| instructions.run(Steepness(LOGISTIC, m));
            for m in margins() {
                let exact: Float = (Float::with_val(300, m).exp() + 1u32).recip();
                let error = Float::with_val(300, steepness(m) - &exact).abs();
                // Subnormals have their own unit in the last place.
                let bound = Float::with_val(300, exact >> 51) + (Float::with_val(300, 1) >> 1074);
                assert!(error <= bound, "{instructions:?}: 1/(1+e^{m})");
            }
            assert_eq!([-1e6, 1e6, 0.0].map(steepness), [1.0, 0.0, 0.5]);
        }
    }

    #[test]
    fn the_exponential_loss_overflows_openly() {
        for instructions in Instructions::available() {
            let steepness = |m| instructions.run(Steepness(MarginLoss::Exponential, m));
            assert_eq!([-1e6, 1e6, 0.0].map(steepness), [f64::INFINITY, 0.0, 1.0]);
        }
        assert_eq!(MarginLoss::Exponential.value(-1e6), (f64::INFINITY, true));
        assert_eq!(MarginLoss::Exponential.value(1e6), (0.0, true));
        assert_eq!(MarginLoss::Exponential.value(0.0), (1.0, true));
    }

    #[test]
    fn the_steepness_scales_the_exponent() {
        let steep = MarginLoss::Logistic { steepness: Some(8.0) };
        for instructions in Instructions::available() {
            let of_product = instructions.run(Steepness(LOGISTIC, 2.0));
            assert_eq!(instructions.run(Steepness(steep, 0.25)), of_product);
        }
        assert_eq!(steep.value(0.25), LOGISTIC.value(2.0));
        assert_eq!(steep.value(1e308), (0.0, false));
    }
}
