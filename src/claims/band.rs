//! What is certainly known of a number, in f64s.

use crate::number::Real;

/// A stretch of the real line, from one f64 to another, in which a number certainly lies: what a picture can show of it. Where nothing is
/// known it is the whole line.
///
/// ```
/// use gradient_witness::claims::Band;
/// use gradient_witness::number::{Ball, Ring};
/// let third = Ball::from_rational(&rug::Rational::from((1, 3)), 128);
/// let band = Band::of(&third);
/// assert!(band.lower < 1.0 / 3.0 + 1e-16 && 1.0 / 3.0 - 1e-16 < band.upper);
/// let (middle, radius) = band.middle_and_radius().expect("it is bounded");
/// assert!((middle - 1.0 / 3.0).abs() <= f64::EPSILON && radius < 1e-16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// A lower bound.
    pub lower: f64,
    /// An upper bound.
    pub upper: f64,
}

impl Band {
    /// Nothing is known.
    pub const WHOLE: Self = Self { lower: f64::NEG_INFINITY, upper: f64::INFINITY };

    /// What is known of `number`, rounded outward.
    #[must_use]
    pub fn of<T: Real>(number: &T) -> Self {
        Self { lower: number.lower_f64(), upper: number.upper_f64() }
    }

    /// The root of a number that is not negative.
    #[must_use]
    pub fn root(self) -> Self {
        // A correctly rounded root is less than a unit in the last place away.
        Self { lower: self.lower.max(0.0).sqrt().next_down().max(0.0), upper: self.upper.max(0.0).sqrt().next_up() }
    }

    /// A middle and a radius, such that everything within the radius of the middle, computed exactly, covers the band; `None` if f64s do not
    /// hold them.
    #[must_use]
    pub fn middle_and_radius(self) -> Option<(f64, f64)> {
        let middle = self.lower.midpoint(self.upper);
        let radius = (self.upper - middle).max(middle - self.lower);
        // A difference that is not exact is rounded by less than a unit in the last place.
        let is_exact = middle == self.lower && middle == self.upper;
        let radius = if is_exact { 0.0 } else { radius.next_up() };
        (middle.is_finite() && radius.is_finite()).then_some((middle, radius))
    }
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Exact, Ring};

    #[test]
    fn middle_and_radius_cover_the_number_exactly() {
        let (tiny, huge) = (Rational::from(1) >> 1075_u32, (Rational::from(1) << 1023_u32) - 1_u32);
        for number in [(1, 3).into(), (-2, 7).into(), Rational::new(), 3.into(), tiny, huge] {
            let [exact, ball] = [Band::of(&Exact::from(number.clone())), Band::of(&Ball::from_rational(&number, 64))];
            for band in [exact, ball] {
                let (middle, radius) = band.middle_and_radius().expect("it is bounded");
                let [middle, radius] = [middle, radius].map(|value| Rational::from_f64(value).unwrap());
                assert!(Rational::from(&middle - &number).abs() <= radius, "{number}: {middle} ± {radius}");
            }
        }
        assert_eq!(Band::of(&Exact::from(Rational::from(3))).middle_and_radius(), Some((3.0, 0.0)));
        assert_eq!(Band::WHOLE.middle_and_radius(), None);
        assert_eq!(Band { lower: f64::MAX, upper: f64::INFINITY }.middle_and_radius(), None);
    }

    #[test]
    fn roots_are_rounded_outward() {
        for (lower, upper) in [(2.0, 2.0), (-1e-20, 1e-20), (0.0, 0.0), (4.0, 9.0)] {
            let root = Band { lower, upper }.root();
            let [below, above] = [root.lower, root.upper].map(|value| Rational::from_f64(value).unwrap().square());
            assert!(below <= lower.max(0.0) && above >= upper, "{root:?}");
        }
    }
}
