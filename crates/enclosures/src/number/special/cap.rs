//! The area of a cap of a sphere.

use super::pi;
use crate::number::{Sign, Special};

/// `P[⟨U, u⟩ ≥ height]` for `U` uniform on the unit sphere of `R^dimension` and a unit vector `u`, `dimension ≥ 2`:
/// `½ I_{1−height²}((dimension−1)/2, ½)` for a height from 0 to 1.
///
/// With `height = sin φ` and `n = dimension − 2` the zone between 0 and `height` has the share
/// `∫_0^φ cosⁿ / ∫_{−π/2}^{π/2} cosⁿ`, and the reduction formula of `∫ cosⁿ` makes it a finite sum of non-negative terms. In odd
/// dimensions they are rational.
///
/// ```
/// use enclosures::number::{Exact, Ring, special};
/// // Archimedes: on the sphere of R³ the area of a cap is proportional to its height.
/// let height = Exact::from(rug::Rational::from((1, 3)));
/// assert_eq!(special::cap_area(3, &height).value(), Some(&rug::Rational::from((1, 3))));
/// ```
#[must_use]
pub fn cap_area<T: Special>(dimension: u32, height: &T) -> T {
    super::falling(height, |end| at_point(dimension, end))
}

fn at_point<T: Special>(dimension: u32, height: &T) -> T {
    let one = height.constant(1);
    match (height.sign(), (one.clone() - &height.square()).sign()) {
        (Sign::Positive, Sign::Negative | Sign::Zero) => height.constant(0),
        (Sign::Negative, Sign::Negative | Sign::Zero) => one,
        (Sign::Zero, _) => one.times((1, 2)),
        (Sign::Positive, _) => (one - &zone(dimension, height)).times((1, 2)),
        (Sign::Negative, _) => (one + &zone(dimension, &-height.clone())).times((1, 2)),
        // Of a height that is not known at all.
        (Sign::Open, _) => T::between(&height.constant(0), &one),
    }
}

/// `∫_0^φ cosⁿ / ∫_0^{π/2} cosⁿ` for `sin φ = height` in (0, 1) and `n = dimension − 2`.
fn zone<T: Special>(dimension: u32, height: &T) -> T {
    let exponent = dimension.saturating_sub(2);
    let square = height.constant(1) - &height.square();
    let quarter = || pi::<T>(height.bits()).times((1, 2));
    // The zone and the whole integral for the exponent 0 or 1, and the power of the cosine in the next term.
    let (mut zone, mut whole, mut power) = if exponent.is_multiple_of(2) {
        (height.clone().asin() / quarter(), quarter(), square.clone().sqrt())
    } else {
        (height.clone(), height.constant(1), square.clone())
    };
    let mut n = exponent % 2;
    while n < exponent {
        n += 2;
        whole = whole.times((n - 1, n));
        zone = zone + power.clone() * height / whole.clone().times(n);
        power = power * &square;
    }
    zone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Ball, Exact, Real, Truth};

    #[test]
    fn agrees_with_the_incomplete_beta_function() {
        for dimension in [2_u32, 3, 4, 5, 20, 21, 100, 999] {
            for height in [0.001, 0.1, 0.311, 0.5, 0.9, 0.999] {
                // The smallest areas are left after much has cancelled.
                let area = cap_area(dimension, &Ball::from_f64(height, 4096));
                let half = f64::from(dimension - 1) / 2.0;
                let other = 0.5 * statrs::function::beta::beta_reg(half, 0.5, 1.0 - height * height);
                let distance = (area.approximate() - other).abs();
                // statrs states no error; both roads must agree to far more than a slip would leave.
                assert!(distance <= 1e-9 * other + 1e-300, "{dimension} {height}: {area:?} {other}");
                let opposite = cap_area(dimension, &Ball::from_f64(-height, 4096));
                assert!((area + opposite).contains_rational(&1.into()));
            }
        }
    }

    #[test]
    fn ends_and_the_middle() {
        for dimension in [2, 3, 20] {
            for (height, area) in [(-2, (1, 1)), (-1, (1, 1)), (0, (1, 2)), (1, (0, 1)), (7, (0, 1))] {
                let found = cap_area(dimension, &Exact::from(rug::Rational::from(height)));
                assert_eq!(found.value(), Some(&rug::Rational::from(area)));
            }
        }
        let whole = cap_area(20, &Ball::whole_line(64));
        assert!(whole.contains_rational(&0.into()) && whole.contains_rational(&1.into()));
    }

    #[test]
    fn a_wide_height_holds_the_areas_of_all_its_points() {
        let wide = Ball::between(&Ball::from_f64(-0.1, 128), &Ball::from_f64(0.3, 128));
        let area = cap_area(20, &wide);
        for height in [-0.1, 0.0, 0.15, 0.3] {
            assert!(area.may_meet(&cap_area(20, &Ball::from_f64(height, 128))));
        }
        // No more than between the ends.
        assert_eq!(area.below(&cap_area(20, &Ball::from_f64(-0.101, 128))), Truth::True);
    }
}
