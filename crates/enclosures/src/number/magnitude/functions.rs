//! Functions of magnitudes: roots by f64, the others by MPFR.

use std::cmp::Ordering;

use rug::float::Round;

use super::Magnitude;

impl Magnitude {
    /// The square root, rounded upward.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let Some(exponent) = self.exponent() else { return self };
        let (root, half) = self.root(exponent);
        Self::normalised(root.next_up(), half, Self::rounded_up)
    }

    /// The square root, rounded downward.
    #[must_use]
    pub fn sqrt_below(self) -> Self {
        let Some(exponent) = self.exponent() else { return self };
        let (root, half) = self.root(exponent);
        Self::normalised(root.next_down(), half, Self::rounded_down)
    }

    /// exp(self) − 1, rounded upward.
    #[must_use]
    pub fn exp_m1(self) -> Self {
        self.transcendental(Self::plus_a_little, rug::Float::exp_m1_round)
    }

    /// 1 − exp(−self), rounded upward.
    #[must_use]
    pub fn decay(self) -> Self {
        if self.is_infinite() {
            return Self::power_of_two(0);
        }
        self.transcendental(
            |value| value,
            |value, round| {
                *value *= -1;
                let order = value.exp_m1_round(round.reverse());
                *value *= -1;
                order.reverse()
            },
        )
    }

    /// ln(1 + self), rounded upward.
    #[must_use]
    pub fn ln_1p(self) -> Self {
        self.transcendental(|value| value, rug::Float::ln_1p_round)
    }

    /// A function f with f(x) ≤ `small(x)` for x < 2^−60 and f(x) = x + O(x²), by MPFR elsewhere.
    ///
    /// The small case is the usual one (radii at more than 60 bits) and costs nothing. The other carries 2^−50 more
    /// than it needs: so the two meet without a step down, and a larger radius never has a smaller image.
    fn transcendental(
        self,
        small: impl FnOnce(Self) -> Self,
        function: impl FnOnce(&mut rug::Float, Round) -> Ordering,
    ) -> Self {
        let Some(exponent) = self.exponent() else { return self };
        if exponent < -60 {
            return small(self);
        }
        let mut value = self.to_float();
        function(&mut value, Round::Up);
        let image = Self::above(&value);
        image + image.scaled(-50)
    }

    /// An upper bound of self·(1 + 2^−52).
    fn plus_a_little(self) -> Self {
        Self::normalised(self.mantissa.next_up().next_up(), self.exponent, Self::rounded_up)
    }

    /// The root of an even power of two times the mantissa, to nearest, and half that power.
    fn root(self, exponent: i64) -> (f64, i64) {
        let odd = exponent.rem_euclid(2);
        ((if odd == 1 { 2.0 * self.mantissa } else { self.mantissa }).sqrt(), (exponent - odd) / 2)
    }
}
