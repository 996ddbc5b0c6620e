//! What is known along a centre beside the gradient, as polynomials in time with bounds of the rest.

use super::centre::Centre;
use super::control::Choice;
use crate::algebra::norm_ball::NormBall;
use crate::number::{Ball, Magnitude, Matrix, Real, Ring};

/// The precision of values over a part of a step.
const BITS: u32 = 64;

/// What is known beside the gradient.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    /// The slope of what is descended by the end-to-end matrix, row by row.
    pub pull: Expansion,
    /// `e^{bq}`, of the smoothed margin.
    pub exponential: Option<Expansion>,
}

/// An analytic function `G` of time along a centre: `G = Σ_{n<M} G_n s^n` and a rest of at most `S q^M/(1 − q)`, `q = |s|/ρ`, if `|G(z)| ≤ S` for `|z| ≤ ρ`: Cauchy's
/// estimate, which holds for vectors as for numbers.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    polynomial: Centre,
    disc: Magnitude,
    sup: Magnitude,
}

impl Beside {
    /// Along a centre, with what is known of its disc; so many of the numbers beside the gradient are the pull.
    pub fn new(centre: &Centre, choice: &Choice, pull: usize) -> Self {
        let (disc, sup) = choice.bounds;
        let expansion = |range: std::ops::Range<usize>, sup| {
            let coefficients = centre.beside().iter().map(|values| values[range.clone()].to_vec()).collect();
            Expansion { polynomial: Centre::new(0, coefficients), disc: Magnitude::above_f64(disc), sup }
        };
        let count = centre.beside().first().map_or(0, Vec::len);
        let exponential = (count > pull).then(|| expansion(pull..count, sup.exponential));
        Self { pull: expansion(0..pull, sup.pull), exponential }
    }
}

impl Expansion {
    /// A bound of the rest at times no further than `last` from the origin.
    fn rest(&self, last: Magnitude) -> Magnitude {
        let share = last.over(self.disc);
        let order = self.polynomial.coefficients().len();
        let power = (0..order).fold(Magnitude::ONE, |power, _| power * share);
        (self.sup * power).over(Magnitude::ONE.minus_below(share))
    }

    /// The values at all times within `half` of `middle`, none of them further than `last` from the origin.
    pub fn enclosed(&self, middle: &Ball, half: Magnitude, last: Magnitude, bits: u32) -> Vec<Ball> {
        let rest = self.rest(last);
        let values = self.polynomial.around(middle, half, last, bits).into_iter();
        values.map(|value| Ball::new(value.centre(), value.radius() + rest)).collect()
    }

    /// The same as a matrix of so many columns with one radius.
    pub fn over(&self, middle: f64, half: f64, columns: usize) -> NormBall {
        let (exact, half) = (Ball::from_f64(middle, BITS), Magnitude::above_f64(half));
        let values = self.enclosed(&exact, half, Magnitude::above_f64(middle) + half, BITS);
        let centre: Vec<f64> = values.iter().map(Ball::approximate).collect();
        let off: Vec<Magnitude> = (values.iter().zip(&centre))
            .map(|(value, &near)| (value.clone() - Ball::from_f64(near, BITS)).greatest_absolute())
            .collect();
        NormBall::new(Matrix::from_entries(columns, centre), Magnitude::euclidean(off))
    }

    /// The integral of the first value between two times.
    pub fn integral(&self, from: &Ball, to: &Ball) -> Ball {
        let bits = from.bits().max(to.bits());
        let primitive = |s: &Ball| {
            let mut sum = Ball::zero(bits);
            for (n, values) in self.polynomial.coefficients().iter().enumerate().rev() {
                sum = (sum + values[0].clone().with_bits(bits).times((1, n + 1))) * s;
            }
            sum
        };
        let last = from.greatest_absolute().max(to.greatest_absolute());
        let rest = self.rest(last) * (to.clone() - from).greatest_absolute();
        let value = primitive(to) - primitive(from);
        Ball::new(value.centre(), value.radius() + rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Truth;
    use rug::Rational;

    fn ball(numerator: i64, denominator: i64) -> Ball {
        Ball::from_rational(&Rational::from((numerator, denominator)), 128)
    }

    /// `Σ 3(s/2)ⁿ = 3/(1 − s/2)` and twice that, of which six coefficients are kept: none can be larger for a bound of 3 and 6 on the disc of radius 2, and the rest is what is
    /// said, no less.
    fn extremal() -> Expansion {
        let coefficients = (0..6).map(|n| vec![ball(3, 1 << n), ball(6, 1 << n)]).collect();
        let polynomial = Centre::new(0, coefficients);
        Expansion { polynomial, disc: Magnitude::power_of_two(1), sup: Magnitude::above_f64(3.0) }
    }

    #[test]
    fn the_rest_is_as_large_as_coefficients_can_make_it_and_no_larger() {
        let s = ball(3, 2);
        let value = &extremal().enclosed(&s, Magnitude::ZERO, Magnitude::above_f64(1.5), 128)[0];
        let exact = ball(12, 1);
        assert!(value.contains(&exact), "{value:?}");
        // 12 (3/4)⁶.
        let rest = value.radius().to_f64() / (12.0 * 0.75_f64.powi(6));
        assert!((1.0..1.001).contains(&rest), "{rest} of the rest");
    }

    #[test]
    fn a_part_holds_the_values_at_all_its_times() {
        // The second has twice the rest of what it is said to have: it is left out by one column.
        let Expansion { polynomial, disc, sup } = extremal();
        let first = polynomial.coefficients().iter().map(|values| values[..1].to_vec()).collect();
        let expansion = Expansion { polynomial: Centre::new(0, first), disc, sup };
        let set = expansion.over(1.0, 0.5, 1);
        for s in [ball(1, 2), ball(1, 1), ball(3, 2)] {
            let value = ball(3, 1) / &(ball(1, 1) - &s.times((1, 2)));
            let off = (value - Ball::from_f64(set.centre()[(0, 0)], 128)).least_absolute();
            assert!(off <= set.radius(), "{off:?} of {:?}", set.radius());
        }
    }

    #[test]
    fn the_integral_is_that_of_the_function() {
        let (from, to) = (ball(1, 4), ball(3, 2));
        let integral = extremal().integral(&from, &to);
        // −6 ln(1 − s/2).
        let primitive = |s: Ball| (ball(1, 1) - &s.times((1, 2))).ln().times(-6);
        let exact = primitive(to) - primitive(from);
        assert!(integral.contains(&exact), "{integral:?} for {exact:?}");
        let polynomial = Ball::point(integral.centre());
        assert_eq!(exact.at_most(&polynomial), Truth::False, "the rest is positive");
        // Near the origin hardly anything is left out.
        let near = extremal().integral(&ball(0, 1), &ball(1, 1 << 20));
        let off = (near - ball(3, 1 << 20) - ball(3, 1 << 42)).greatest_absolute();
        assert!(off <= Magnitude::power_of_two(-60), "{off:?}");
    }
}
