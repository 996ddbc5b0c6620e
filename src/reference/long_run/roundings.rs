//! Where the rounding errors of a step are bounded: in a box that holds the balls of many windows.
//!
//! The bound `ε` takes several times as long as that of the curvature, and depends on where the weights are much less: only absolute values enter it. So it is
//! made over all weights of which each is within some `reach` of its value at one time, and holds for every window whose ball is in this box.

use std::sync::Arc;

use rug::Rational;

use super::centre::{BITS, Centre, layers, widened};
use super::window::Region;
use crate::number::{Ball, Magnitude, Majorant};
use crate::reference::rounding::{UNIT_ROUNDOFF_LOG2, change_in_absolute_values, gamma_above};
use crate::reference::{Point, Setting};

/// What the box adds to the ball of the window with which it begins: this part of a weight of average size, so that `ε` is hardly more, …
const SHARE: f64 = 1.0 / 64.0;

/// … but no more than `2⁴` times the radius of the ball, and no less than half of it.
const MOST_LOG2: i64 = 4;
const LEAST_LOG2: i64 = -1;

/// A box serves until windows are made for so many times as many steps.
const SLOWER: u64 = 8;

/// A box of weights, and how far a step from there may be from the exact one.
#[derive(Debug)]
pub(super) struct Roundings {
    /// In the middle of the box.
    start: Vec<f64>,
    /// No weight is further from there than this.
    reach: Magnitude,
    /// The Euclidean distance between a step of the program from any point of the box and the exact step from there of the size that the program has.
    error: Magnitude,
    /// The size of the exact steps, that which the program has, and how far that is from it.
    eta: (Rational, f64),
    other_size: Magnitude,
    /// For how many steps the window was made that began it.
    steps: u64,
}

impl Roundings {
    /// Those around the present weights of the program, where the window of this region begins; `eta` is the size of the exact steps.
    ///
    /// The weights of the box are at most `|w| + reach` in absolute value, and the change in absolute values is taken at enclosures of all of them; the
    /// slopes of the losses too are the greatest there.
    pub fn around(
        program: &dyn Centre,
        eta: &Rational,
        setting: &Arc<Setting<Ball>>,
        majorants: &Setting<Majorant>,
        region: &Region,
    ) -> Self {
        let start = program.parameters().to_vec();
        let reach = reach(&start, region.radius);
        let point = Point::new(Arc::clone(setting), widened(&layers(setting.network(), &start), reach));
        let chains = program.chain_lengths();
        let longest = chains.iter().copied().max().unwrap_or(0);
        let own = program.eta();
        let changes = change_in_absolute_values(majorants, &point, &Ball::from_f64(own, BITS), longest);
        let errors = point.weights().iter().zip(&changes).enumerate().flat_map(|(k, (layer, change))| {
            // A chain for which there is no γ bounds nothing.
            let gamma = gamma_above(chains.get(k).copied().unwrap_or(u64::MAX));
            let error = move |(weight, change): (&Ball, &Magnitude)| {
                weight.greatest_absolute().scaled(UNIT_ROUNDOFF_LOG2) + *change * gamma
            };
            layer.entries().iter().zip(change.entries()).map(error)
        });
        let error = Magnitude::euclidean(errors);
        let other_size =
            Rational::from_f64(own).map_or(Magnitude::INFINITE, |own| Magnitude::above_rational(&(own - eta)));
        Self { start, reach, error, eta: (eta.clone(), own), other_size, steps: region.steps }
    }

    /// `ε` over the ball of a window around the present weights, if that is in the box and steps are as large; `None` if another box is to be made, so too
    /// where the run has become slow since, for then `ε` is all that adds to its radius.
    pub fn over_ball(&self, program: &dyn Centre, eta: &Rational, region: &Region) -> Option<Magnitude> {
        let are_as_large = self.eta.0 == *eta && self.eta.1 == program.eta();
        let is_slow = region.steps >= self.steps.saturating_mul(SLOWER);
        let is_inside = furthest(&self.start, program.parameters()) + region.radius <= self.reach;
        (are_as_large && is_inside && !is_slow).then(|| self.where_gradient_is(region.bounds.gradient))
    }

    /// `ε` over that part of the box where the gradient is no larger than this: a step of another size differs by as much of it.
    pub fn where_gradient_is(&self, most: Magnitude) -> Magnitude {
        self.error + self.other_size * most
    }
}

/// How far the weights of a box may be from those in its middle, where it holds a ball of this radius around them.
fn reach(weights: &[f64], ball: Magnitude) -> Magnitude {
    let square: f64 = weights.iter().map(|weight| weight * weight).sum();
    let share = Magnitude::above_f64(SHARE * (square / weights.len().max(1) as f64).sqrt());
    ball + share.min(ball.scaled(MOST_LOG2)).max(ball.scaled(LEAST_LOG2))
}

/// An upper bound of the largest difference of the weights of two points. A difference in f64 is the nearest to the exact one, which is then no further than the next
/// number.
fn furthest(one: &[f64], other: &[f64]) -> Magnitude {
    let largest = one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
    if largest == 0.0 { Magnitude::ZERO } else { Magnitude::above_f64(largest.next_up()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Matrix;
    use crate::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};
    use crate::reference::curvature::Bounds;

    /// A program that stands still, and says what it would round.
    #[derive(Debug)]
    struct Standing {
        weights: [f64; 2],
        eta: f64,
    }

    impl Centre for Standing {
        fn t(&self) -> u64 {
            0
        }

        fn parameters(&self) -> &[f64] {
            &self.weights
        }

        fn eta(&self) -> f64 {
            self.eta
        }

        fn radius(&self) -> Option<&Rational> {
            None
        }

        fn chain_lengths(&self) -> &[u64] {
            &[1 << 30, 1 << 20]
        }

        fn advance(&mut self, _: u64, _: &mut dyn FnMut() -> bool) -> bool {
            false
        }
    }

    fn region(radius: f64, steps: u64) -> Region {
        Region {
            radius: Magnitude::above_f64(radius),
            steps,
            bounds: Bounds { gradient: Magnitude::ONE, ..Bounds::NONE },
        }
    }

    /// Around the weights of two scalar layers, ½(w₂w₁ − 1)², with steps of size 1/8.
    fn around(program: &Standing, region: &Region) -> Roundings {
        let number = || Matrix::row_vector(vec![Rational::from(1)]);
        let eta = Rational::from((1, 8));
        let (network, step) = (Network::fully_connected(&[1, 1, 1]).unwrap(), StepRule::Constant(eta.clone()));
        let (data, initial) = (Data::Target(number()), vec![number(), number()]);
        let problem = Problem::new(network, Loss::SquaredTarget, Normalisation::Mean, data, initial, step).unwrap();
        let problem = Arc::new(problem);
        let setting = Arc::new(Setting::new(Arc::clone(&problem), BITS));
        Roundings::around(program, &eta, &setting, &Setting::new(problem, BITS), region)
    }

    #[test]
    fn the_bound_is_that_of_the_corner_of_the_box_that_is_furthest_from_zero() {
        // Signs are of no consequence.
        for (weights, ball) in [([0.5, -0.25], 0.25), ([-3.0, 2.0], 1e-3), ([0.0, 1e-9], 1.0)] {
            let roundings = around(&Standing { weights, eta: 0.125 }, &region(ball, 1));
            let reach = roundings.reach.to_f64();
            let [one, other] = weights.map(|weight: f64| weight.abs() + reach);
            let sum = (one * other + 1.0) / 8.0;
            let unit = 2.0_f64.powi(-53);
            let errors = [unit * (one + 2.0_f64.powi(30) * other * sum), unit * (other + 2.0_f64.powi(20) * one * sum)];
            let expected = errors[0].hypot(errors[1]);
            let found = roundings.where_gradient_is(Magnitude::ZERO).to_f64();
            assert!(found >= expected * (1.0 - 1e-12) && found <= expected * (1.0 + 1e-6), "{found} and {expected}");
        }
    }

    #[test]
    fn steps_of_another_size_differ_by_as_much_of_the_gradient() {
        let error = |eta| around(&Standing { weights: [1.0, 2.0], eta }, &region(0.5, 1));
        let (same, other) = (error(0.125), error(0.125 + 0.0625));
        assert_eq!(same.where_gradient_is(Magnitude::ZERO), same.where_gradient_is(Magnitude::ONE));
        let added = other.where_gradient_is(Magnitude::ONE).minus(other.where_gradient_is(Magnitude::ZERO));
        assert!((added.to_f64() - 0.0625).abs() < 1e-9);
    }

    #[test]
    fn a_ball_must_be_in_the_box() {
        let weights = [1.0, -2.0];
        let standing = |weights| Standing { weights, eta: 0.125 };
        let roundings = around(&standing(weights), &region(0.25, 4));
        let reach = roundings.reach.to_f64();
        let over = |weights, radius, steps| {
            roundings.over_ball(&standing(weights), &Rational::from((1, 8)), &region(radius, steps))
        };
        assert_eq!(over(weights, 0.25, 4), Some(roundings.error));
        for k in 0..2 {
            for sign in [1.0, -1.0] {
                let mut moved = weights;
                moved[k] += sign * 0.0625;
                let holds = |radius| over(moved, radius, 4).is_some();
                assert!(holds(reach - 0.0626) && !holds(reach - 0.0624), "weight {k}, {sign}");
                // Each weight for itself counts.
                moved[1 - k] += 0.0625;
                assert!(over(moved, reach - 0.0626, 4).is_some());
            }
        }
        // Nor may windows be made for far more steps.
        assert!(over(weights, 0.25, 31).is_some() && over(weights, 0.25, 32).is_none());
        // Nor may steps be of another size.
        let over = |own, eta: (i32, u32)| {
            roundings.over_ball(&Standing { weights, eta: own }, &Rational::from(eta), &region(0.25, 4))
        };
        assert!(over(0.125, (1, 8)).is_some() && over(0.12, (1, 8)).is_none() && over(0.125, (1, 9)).is_none());
    }

    #[test]
    fn a_box_is_wider_than_the_ball_by_little_of_the_weights() {
        let reach = |size: f64, ball: f64| reach(&[size; 9], Magnitude::above_f64(ball)).to_f64();
        let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-9;
        // Half of the ball at the least, sixteen times as much at the most, and a part of the weights between.
        assert!(
            near(reach(1.0, 1.0), 1.5) && near(reach(1.0, 1e-4), 17e-4) && near(reach(1.0, 0.01), 0.01 + 1.0 / 64.0)
        );
        assert!(near(reach(0.0, 1.0), 1.5) && near(reach(f64::MAX, 1.0), 17.0));
        assert!(reach(1.0, f64::INFINITY).is_infinite());
    }

    #[test]
    fn the_largest_difference_is_no_less_than_the_exact_one() {
        let exact = |value: f64| Rational::from_f64(value).unwrap();
        for (one, other) in [(0.1, -0.3), (1.0, 1e-30), (5e-324, 0.0), (0.1, 0.1), (1e308, 1e300)] {
            let bound = furthest(&[0.0, one, 7.0], &[0.0, other, 7.0]).to_rational().unwrap();
            let difference = (exact(one) - exact(other)).abs();
            assert!(bound >= difference && bound <= difference.clone() * Rational::from((9, 8)) + exact(5e-324));
        }
        assert!(furthest(&[1e308], &[-1e308]).is_infinite());
    }
}
