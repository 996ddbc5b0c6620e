//! How a radius grows from step to step.

use crate::number::Magnitude;
use crate::reference::curvature::Bounds;

/// The map `r ↦ factor · r + error`, rounded upward: what a step does to a radius, or to a displacement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Growth {
    pub factor: Magnitude,
    pub error: Magnitude,
}

impl Growth {
    /// What a step of size at most `eta` does to the radius where the curvature is within `bounds`, if the centre errs by `error`:
    /// `max(1 + ηλ⁻, ηλ⁺ − 1) r + ε`.
    pub fn of_step(eta: Magnitude, bounds: &Bounds, error: Magnitude) -> Self {
        let one = Magnitude::power_of_two(0);
        let (down, up) = (one + eta * bounds.negative, (eta * bounds.positive).minus(one));
        Self { factor: down.max(up), error }
    }

    /// The image of a radius.
    pub fn applied(self, radius: Magnitude) -> Magnitude {
        self.factor * radius + self.error
    }

    /// What becomes of a radius in so many steps.
    pub fn after(self, steps: u64, radius: Magnitude) -> Magnitude {
        let (mut power, mut radius, mut left) = (self, radius, steps);
        while left > 0 {
            if left % 2 == 1 {
                radius = power.applied(radius);
            }
            left /= 2;
            // The powers of one map commute.
            power = Self { factor: power.factor * power.factor, error: power.applied(power.error) };
        }
        radius
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn magnitude(numerator: i32, denominator: i32) -> Magnitude {
        Magnitude::above_rational(&rug::Rational::from((numerator, denominator)))
    }

    #[test]
    fn many_steps_at_once_are_those_one_by_one() {
        let growth = Growth { factor: magnitude(9, 8), error: magnitude(1, 3) };
        let (mut singly, mut exact) = (magnitude(5, 7), rug::Rational::from((5, 7)));
        for steps in 0..40 {
            let together = growth.after(steps, magnitude(5, 7)).to_rational().unwrap();
            assert!(together >= exact && together <= exact.clone() + (exact.clone() >> 40_u32), "{steps}");
            assert!(singly.to_rational().unwrap() >= exact);
            singly = growth.applied(singly);
            exact = exact * rug::Rational::from((9, 8)) + rug::Rational::from((1, 3));
        }
    }

    #[test]
    fn the_factor_is_that_of_the_worse_side() {
        let bounds = |negative, positive| Bounds { negative, positive, gradient: Magnitude::ZERO };
        let factor = |negative, positive| {
            let growth = Growth::of_step(magnitude(1, 2), &bounds(negative, positive), Magnitude::ZERO);
            growth.factor.to_f64()
        };
        // 1 + η/4, and 3η·2 − 1 = 2.
        assert!((factor(magnitude(1, 4), magnitude(2, 1)) - 1.125).abs() < 1e-12);
        assert!((factor(magnitude(1, 4), magnitude(6, 1)) - 2.0).abs() < 1e-12);
        assert!(factor(Magnitude::INFINITE, magnitude(1, 1)).is_infinite());
        assert!(factor(magnitude(1, 1), Magnitude::INFINITE).is_infinite());
    }
}
