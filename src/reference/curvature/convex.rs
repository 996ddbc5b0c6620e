//! The risk as a convex function `Λ` of the end-to-end matrix: its gradient `G` and bounds of its second derivative.

use crate::algebra::norm_ball::{NormBall, euclidean, gamma, inner};
use crate::number::{Magnitude, Tracked};
use crate::problem::{ExactMatrix, Loss, Matrix, Normalisation, Problem};
use crate::time_limit::check_after;

/// `Λ` of one problem.
#[derive(Debug)]
pub(super) enum Convex {
    /// `½⟨P, PC⟩ − ⟨D, P⟩` and a constant, `C` the second moment of the data. Its second derivative is `X ↦ XC`.
    Quadratic { linear: NormBall, moment: Option<NormBall>, bend: Magnitude },
    /// The sum of the losses of margins.
    Margins(Margins),
    /// Nothing is known but that all its slopes, wherever one is asked for, are in this set.
    Slopes(NormBall),
}

/// `Λ` near a matrix.
pub(super) struct Slope {
    /// `G`, shaped as the matrix.
    pub gradient: NormBall,
    /// At least `‖Λ″‖` at the matrix.
    bend: Magnitude,
    /// Over all matrices within a distance `δ` it is at most this times `e^{growth δ}`, …
    growth: Magnitude,
    /// … and at most this.
    most: Magnitude,
}

impl Slope {
    /// At least `‖Λ″‖` at every matrix within `distance`.
    pub fn bend_within(&self, distance: Magnitude) -> Magnitude {
        self.most.min(self.bend + self.bend * (self.growth * distance).exp_m1())
    }
}

impl Convex {
    pub fn of(problem: &Problem) -> Self {
        match (problem.exact_examples(), problem.target()) {
            (Some((x, y)), _) if problem.loss().is_classification() => Self::Margins(Margins::new(problem, x, y)),
            (Some((x, y)), _) => {
                let (x, y) = (near(x), near(y));
                let moments = (y.transpose_times(&x), x.transpose_times(&x));
                let (linear, moment) = match problem.normalisation() {
                    Normalisation::Mean => {
                        // The nearest number errs by at most half a unit of its last place.
                        let share = (x.centre().rows() as f64).recip();
                        let error = Magnitude::above_f64(share).scaled(-53);
                        (moments.0.scaled(share, error), moments.1.scaled(share, error))
                    }
                    Normalisation::Sum => moments,
                };
                let bend = moment.spectral();
                Self::Quadratic { linear, moment: Some(moment), bend }
            }
            (None, Some(target)) => {
                Self::Quadratic { linear: NormBall::nearest(target), moment: None, bend: Magnitude::ONE }
            }
            (None, None) => unreachable!("a problem has examples or a target"),
        }
    }

    /// `Λ` near the matrices of a set.
    pub fn at(&self, product: &NormBall) -> Slope {
        match self {
            Self::Quadratic { linear, moment, bend } => {
                let gradient = match moment {
                    Some(moment) => product.times(moment).minus(linear),
                    None => product.minus(linear),
                };
                Slope { gradient, bend: *bend, growth: Magnitude::ZERO, most: *bend }
            }
            Self::Margins(margins) => margins.at(product),
            // What the slopes may change by is in the set, and of the second derivative no other use is made.
            Self::Slopes(slopes) => {
                let nothing = Magnitude::ZERO;
                Slope { gradient: slopes.clone(), bend: nothing, growth: nothing, most: nothing }
            }
        }
    }

    /// At least `‖Λ″‖` at every matrix.
    pub fn most_bend(&self) -> Magnitude {
        match self {
            Self::Quadratic { bend, .. } => *bend,
            Self::Margins(margins) => margins.most_bend(),
            Self::Slopes(_) => Magnitude::INFINITE,
        }
    }
}

/// The entries as f64, with what was rounded.
fn near(matrix: &ExactMatrix) -> NormBall {
    let nearest = Matrix::from_entries(matrix.columns(), matrix.nearest_entries().to_vec());
    if matrix.is_all_f64() { NormBall::exact(nearest) } else { NormBall::rounded(nearest) }
}

/// `Λ(w) = ν Σ_i ℓ(m_i)`, `m_i = ⟨w, z_i⟩`, `z_i = y_i x_i`, for the losses of a margin.
#[derive(Debug)]
pub(super) struct Margins {
    /// Rows `z̃_i`: the `z_i` rounded to f64.
    z: Matrix<f64>,
    /// For every example at least `|z_i|` and `|z̃_i|`, and at least the squares of these.
    lengths: Vec<(f64, f64)>,
    /// The largest of the first.
    longest: Magnitude,
    /// `|z_i − z̃_i|` is at most the first of these times `|z̃_i|`, and the second.
    rounding: (Magnitude, Magnitude),
    loss: Curve,
    /// At least `‖Σ_i z_i z_iᵀ‖_2`.
    moment: Magnitude,
}

impl Margins {
    fn new(problem: &Problem, x: &ExactMatrix, y: &ExactMatrix) -> Self {
        let (rows, columns) = (x.rows(), x.columns());
        let labels = y.nearest_entries();
        let z = Matrix::from_fn(rows, columns, |i, j| x.nearest_entries()[i * columns + j] * labels[i]);
        // As for a matrix of one row that was rounded.
        let rounding = if x.is_all_f64() {
            (Magnitude::ZERO, Magnitude::ZERO)
        } else {
            (gamma(1), Magnitude::above_f64(columns as f64).scaled(-1074))
        };
        let mut longest = Magnitude::ZERO;
        let mut measure = |i: usize| {
            let length = euclidean(z.row(i));
            let length = length + length * rounding.0 + rounding.1;
            longest = longest.max(length);
            (length.to_f64(), (length * length).to_f64())
        };
        let lengths = (0..rows).map(&mut measure).collect();
        let data = near(x);
        let moment = data.transpose_times(&data).spectral();
        Self { z, lengths, longest, rounding, loss: Curve::of(problem, rows), moment }
    }

    /// At least `‖Λ″‖` everywhere.
    fn most_bend(&self) -> Magnitude {
        let curvature = above(self.loss.height) * above(self.loss.steepness);
        curvature * Magnitude::above_f64(self.loss.sharpest()) * self.moment
    }

    /// One pass over the data, in f64.
    ///
    /// `w` is the only row of the centre of `product`, known up to `e`. A margin in f64 differs from `m_i` by at most
    /// `γ_d |z̃_i||w| + |z_i − z̃_i||w| + |z_i| e`, and by what underflows. The slope of the loss there is a number `s_i` known up to `ε_i`. So the sum of
    /// the `s_i z̃_i` in f64 differs from the one that is meant by at most `Σ (ε_i |z_i| + |s_i||z_i − z̃_i| + γ_n |s_i||z̃_i|)`, and by what underflows.
    fn at(&self, product: &NormBall) -> Slope {
        let (rows, columns) = (self.z.rows(), self.z.columns());
        let w = product.centre().row(0);
        let length = euclidean(w);
        // At least what is lost by the underflow of so many products.
        let underflow = Magnitude::above_f64(rows.max(columns) as f64).scaled(-1074);
        let (relative, tiny) = self.rounding;
        let margin_error = Magnitude::sum_of_products([
            (self.longest * (gamma(columns) + relative) + tiny, length),
            (self.longest, product.radius()),
            (underflow, Magnitude::ONE),
        ])
        .to_f64();
        let mut gradient = vec![0.0; columns];
        // Sums of |s_i||z_i|, ε_i|z_i|, |s_i|, ℓ″_i|z_i|², none of which has negative terms, and the largest ℓ″_i.
        let (mut sizes, mut errors, mut slopes, mut bends, mut sharpest) = (0.0, 0.0, 0.0, 0.0, 0.0_f64);
        for (i, (length, square)) in self.lengths.iter().enumerate() {
            check_after(columns / 4);
            let row = self.z.row(i);
            let (slope, bend) = self.loss.at(Tracked::around(inner(row, w), margin_error));
            for (sum, entry) in gradient.iter_mut().zip(row) {
                *sum += slope.value() * entry;
            }
            sizes += slope.value() * length;
            errors += slope.error() * length;
            slopes += slope.value();
            bends += bend * square;
            sharpest = sharpest.max(bend);
        }
        // A product, and sums of which the first is exact.
        let growth = Magnitude::ONE + gamma(rows);
        // What is no number is not bounded.
        let sum = |sum: f64| match sum >= 0.0 {
            true => Magnitude::above_f64(sum) * growth + underflow,
            false => Magnitude::INFINITE,
        };
        let sizes = sum(sizes);
        let radius = Magnitude::sum_of_products([
            (sizes, gamma(rows) + relative),
            (sum(errors), Magnitude::ONE),
            (sum(slopes), tiny),
            (underflow, Magnitude::above_f64(columns as f64)),
        ]);
        let height = self.loss.height;
        let gradient = NormBall::new(Matrix::row_vector(gradient), radius);
        let curvature = above(height) * above(self.loss.steepness);
        Slope {
            gradient: gradient.scaled(-height.value(), Magnitude::above_f64(height.error())),
            bend: curvature * sum(bends).min(Magnitude::above_f64(sharpest) * self.moment),
            growth: above(self.loss.steepness) * self.longest,
            most: self.most_bend(),
        }
    }
}

/// A loss of the margin, `c ln(1 + e^{−bm})` or `e^{−m}` with `b = c = 1`.
#[derive(Debug)]
struct Curve {
    is_logistic: bool,
    /// `b`.
    steepness: Tracked,
    /// `νcb`.
    height: Tracked,
}

impl Curve {
    fn of(problem: &Problem, count: usize) -> Self {
        let (is_logistic, scale, steepness) = match problem.loss() {
            Loss::Logistic { scale, steepness } => (true, scale.clone(), steepness.clone()),
            _ => (false, 1.into(), 1.into()),
        };
        let share = match problem.normalisation() {
            Normalisation::Mean => rug::Rational::from((1, count.max(1))),
            Normalisation::Sum => 1.into(),
        };
        let height = Tracked::nearest(&(scale * &steepness * share));
        Self { is_logistic, steepness: Tracked::nearest(&steepness), height }
    }

    /// `−ℓ′(m)/cb`, and at least `ℓ″(m)/cb²`: of the logistic loss `1/(1 + e^x)` and `e^x/(1 + e^x)²` with `x = bm`, each by the exponential that does
    /// not overflow. Both functions have logarithms of which the slope is at most 1 in absolute value.
    fn at(&self, margin: Tracked) -> (Tracked, f64) {
        let x = self.steepness * margin;
        let least = |bend: Tracked| (bend.value() + bend.error()).next_up();
        if !self.is_logistic {
            let slope = (-x).exp();
            return (slope, if slope.error().is_finite() { least(slope) } else { f64::INFINITY });
        }
        let is_positive = x.value() >= 0.0;
        let small = if is_positive { -x } else { x }.exp();
        let inverse = (Tracked::new(1.0) + small).recip();
        let other = small * inverse;
        // Whatever is known of the margin, and if it is nothing.
        let bend = least(other * inverse).min(self.sharpest());
        (if is_positive { other } else { inverse }, bend)
    }

    /// The supremum of `ℓ″(m)/cb²`.
    fn sharpest(&self) -> f64 {
        if self.is_logistic { 0.25 } else { f64::INFINITY }
    }
}

/// At least the absolute value.
fn above(number: Tracked) -> Magnitude {
    Magnitude::above_f64(number.value()) + Magnitude::above_f64(number.error())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Ball, Real, Ring, Truth};
    use crate::problem::{Data, Network, StepRule};
    use crate::reference::loss;
    use rug::Rational;

    fn problem<const N: usize>(kind: Loss, x: &[[f64; N]]) -> Problem {
        let network = Network::fully_connected(&[N, 1]).unwrap();
        let rational = |value: f64| Rational::from_f64(value).unwrap();
        let x = Matrix::from_fn(x.len(), N, |i, j| rational(x[i][j]));
        let y = Matrix::from_fn(x.rows(), 1, |i, _| Rational::from(if i % 2 == 0 { 1 } else { -1 }));
        let initial = vec![Matrix::row_vector(vec![Rational::new(); N])];
        let data = Data::Examples { x, y };
        Problem::new(network, kind, Normalisation::Mean, data, initial, StepRule::Constant(1.into())).unwrap()
    }

    fn ball(value: f64) -> Ball {
        <Ball as Real>::from_f64(value, 128)
    }

    /// `ℓ′(m)` and `ℓ″(m)`, the latter by a quotient of differences that is good to ten digits.
    fn derivatives(kind: &Loss, margin: &Ball) -> (Ball, Ball) {
        let h = ball(1e-12);
        let slope = |margin: Ball| loss::slope(kind, &margin);
        let change = slope(margin.clone() + &h) - slope(margin.clone() - &h);
        (slope(margin.clone()), change / (h.clone() + &h))
    }

    const DATA: [[f64; 2]; 4] = [[1.0, 0.25], [-0.5, 2.0], [0.125, -1.5], [-3.0, 1.0]];

    /// Every matrix of a set, and the data themselves instead of what they were rounded to: by much, here.
    #[test]
    fn slopes_and_bends_are_those_of_every_matrix_and_of_the_data_before_rounding() {
        let steep = Loss::Logistic { scale: (3, 2).into(), steepness: 2.into() };
        let moved = DATA.map(|row| [row[0] * 1.05 + 0.01, row[1] * 0.95]);
        // At the origin the rounding of the data is not felt by margins.
        let cases =
            [(0.0, false, [0.3, -0.2]), (0.05, false, [0.3, -0.2]), (0.0, true, [0.0; 2]), (0.03, true, [0.3, -0.2])];
        for (kind, (error, rounding, centre)) in
            [steep, Loss::Exponential, Loss::logistic()].iter().flat_map(|kind| cases.map(|case| (kind, case)))
        {
            let problem = problem(kind.clone(), if rounding { &moved } else { &DATA });
            let Convex::Margins(mut margins) = Convex::of(&problem) else { unreachable!() };
            if rounding {
                // Each row differs from that of the other data by less than this, which are then those before rounding.
                margins.rounding = (Magnitude::above_f64(0.0527), Magnitude::above_f64(0.0106));
                let most = |length: f64| length + length * 0.0527 + 0.0106;
                margins.lengths =
                    margins.lengths.iter().map(|&(length, _)| (most(length), most(length).powi(2))).collect();
                margins.longest = margins.longest + margins.longest * margins.rounding.0 + margins.rounding.1;
                margins.moment = margins.longest * margins.longest * Magnitude::above_f64(4.0);
            }
            let product = NormBall::new(Matrix::row_vector(centre.to_vec()), Magnitude::above_f64(error));
            let slope = Convex::Margins(margins).at(&product);
            for index in 0..16 {
                let angle = f64::from(index) / 16.0 * std::f64::consts::TAU;
                let w = [centre[0] + 0.999 * error * angle.cos(), centre[1] + 0.999 * error * angle.sin()].map(ball);
                let direction = [(angle / 2.0).cos(), (angle / 2.0).sin()].map(ball);
                let (mut gradient, mut bend) = ([0.0; 2].map(ball), ball(0.0));
                for (i, row) in DATA.iter().enumerate() {
                    let z = row.map(|entry| ball(if i % 2 == 0 { entry } else { -entry }));
                    let margin = z[0].clone() * &w[0] + z[1].clone() * &w[1];
                    let (slope, curvature) = derivatives(kind, &margin);
                    (0..2).for_each(|j| gradient[j].add_product(&slope, &z[j]));
                    let along = z[0].clone() * &direction[0] + z[1].clone() * &direction[1];
                    bend += &(curvature * &along.square());
                }
                let quarter = |value: Ball| value.times((1, 4));
                let distance = (0..2).fold(ball(0.0), |sum, j| {
                    sum + (quarter(gradient[j].clone()) - ball(slope.gradient.centre()[(0, j)])).square()
                });
                let radius = slope.gradient.radius().to_rational().unwrap();
                assert_eq!(
                    distance.at_most(&distance.constant(radius.square())),
                    Truth::True,
                    "{kind:?} {error} {rounding}"
                );
                let most = slope.bend.to_rational().unwrap();
                assert_eq!(
                    quarter(bend.clone()).at_most(&bend.constant(most)),
                    Truth::True,
                    "{kind:?} {error} {rounding}"
                );
                // And from the centre, what lies at a distance.
                let most = Convex::of(&problem).at(&NormBall::exact(product.centre().clone()));
                let most = most.bend_within(Magnitude::above_f64(error)).to_rational().unwrap();
                assert!(
                    rounding || quarter(bend.clone()).at_most(&bend.constant(most)) == Truth::True,
                    "{kind:?} {error}"
                );
            }
        }
    }

    #[test]
    fn extreme_margins_have_slopes_and_what_is_not_known_has_none() {
        for margin in [800.0, -800.0, 1e30] {
            let convex = Convex::of(&problem(Loss::logistic(), &[[1.0, 0.0]]));
            let slope = convex.at(&NormBall::exact(Matrix::row_vector(vec![margin, 0.0])));
            let expected = if margin > 0.0 { 0.0 } else { 1.0 };
            assert!((slope.gradient.frobenius().to_f64() - expected).abs() < 1e-12, "{margin}");
            assert!(slope.bend < Magnitude::power_of_two(-900) && !slope.bend.is_zero());
        }
        let exponential = Convex::of(&problem(Loss::Exponential, &[[1.0, 0.0]]));
        let slope = exponential.at(&NormBall::exact(Matrix::row_vector(vec![-800.0, 0.0])));
        assert!(slope.gradient.frobenius().is_infinite() && slope.bend.is_infinite());
        let logistic = Convex::of(&problem(Loss::logistic(), &[[1.0, 0.0]]));
        let slope = logistic.at(&NormBall::new(Matrix::row_vector(vec![1.0, 0.0]), Magnitude::power_of_two(3)));
        assert!(slope.gradient.frobenius().is_infinite());
        assert!(
            (0.25..0.2501).contains(&slope.bend.to_f64())
                && (0.25..0.2501).contains(&slope.bend_within(Magnitude::INFINITE).to_f64())
        );
    }

    #[test]
    fn the_error_of_a_slope_is_of_the_size_of_its_roundings_and_a_bend_is_that_of_each_margin() {
        for scale in [1.0, 2.0_f64.powi(-30)] {
            let problem = problem(Loss::logistic(), &DATA.map(|row| row.map(|entry| entry * scale)));
            let slope = Convex::of(&problem).at(&NormBall::exact(Matrix::row_vector(vec![0.3, -0.2])));
            let radius = slope.gradient.radius();
            assert!(radius <= slope.gradient.frobenius().scaled(-42), "{scale}: {}", radius.to_f64());
        }
        // The long datum is far on the flat side of the loss: of both together the bend is that of the short one, a half of ℓ″(1).
        let convex = Convex::of(&problem(Loss::logistic(), &[[1.0, 0.0], [-1000.0, 0.0]]));
        let bend = convex.at(&NormBall::exact(Matrix::row_vector(vec![1.0, 0.0]))).bend.to_f64();
        assert!((bend / 0.098_305_966_6 - 1.0).abs() < 1e-8, "{bend}");
    }

    fn slope_at<const N: usize>(kind: &Loss, x: &[[f64; N]], w: [f64; N]) -> Slope {
        Convex::of(&problem(kind.clone(), x)).at(&NormBall::exact(Matrix::row_vector(w.to_vec())))
    }

    /// The gradient is in the ball that was found.
    fn assert_encloses<const N: usize>(slope: &Slope, kind: &Loss, x: &[[f64; N]], w: [f64; N]) {
        let mut gradient = vec![ball(0.0); N];
        for (i, row) in x.iter().enumerate() {
            let z = row.map(|entry| ball(if i % 2 == 0 { entry } else { -entry }));
            let margin = z.iter().zip(w).fold(ball(0.0), |sum, (z, w)| sum + z.clone() * &ball(w));
            let height = loss::slope(kind, &margin).times((1, x.len()));
            gradient.iter_mut().zip(&z).for_each(|(sum, z)| sum.add_product(&height, z));
        }
        let distance = gradient
            .into_iter()
            .enumerate()
            .fold(ball(0.0), |sum, (j, entry)| sum + (entry - ball(slope.gradient.centre()[(0, j)])).square());
        let radius = slope.gradient.radius().to_rational().unwrap();
        assert_eq!(distance.at_most(&ball(0.0).constant(radius.square())), Truth::True, "{kind:?} {w:?}");
    }

    #[test]
    fn a_margin_that_is_small_beside_its_terms_is_known_as_badly_as_it_is_computed() {
        let (kind, x) = (Loss::logistic(), [[1e8, -1e8]]);
        for k in 1..16 {
            let w = [0.1 + 0.01 * f64::from(k), 0.1 + 0.01 * f64::from(k) - 1e-9];
            let slope = slope_at(&kind, &x, w);
            assert_encloses(&slope, &kind, &x, w);
            assert!(slope.gradient.radius() < Magnitude::above_f64(100.0), "a millionth of the datum");
        }
    }

    #[test]
    fn what_is_lost_of_small_data_counts_as_often_as_the_slopes_are_large() {
        // At the origin every slope is a half. All data are off by δ to the same side.
        let (kind, off) = (Loss::logistic(), 2_f64.powi(-7));
        let x = [[1.0, 0.25], [0.5, -2.0], [0.125, 1.5]];
        let moved = std::array::from_fn::<_, 3, _>(|i| [x[i][0] + if i % 2 == 0 { off } else { -off }, x[i][1]]);
        let Convex::Margins(mut margins) = Convex::of(&problem(kind.clone(), &x)) else { unreachable!() };
        margins.rounding = (Magnitude::ZERO, Magnitude::above_f64(off));
        let slope = Convex::Margins(margins).at(&NormBall::exact(Matrix::row_vector(vec![0.0; 2])));
        assert_encloses(&slope, &kind, &moved, [0.0; 2]);
        assert!(slope.gradient.radius() < Magnitude::above_f64(off), "and no more: half of it");
    }

    #[test]
    fn a_bend_is_that_of_the_sharpest_margin_in_every_direction_and_grows_as_the_loss_is_steep() {
        // Of data at right angles each has its own direction: a mean of ¼·64.
        let bend = slope_at(&Loss::logistic(), &[[8.0, 0.0], [0.0, 8.0]], [0.0; 2]).bend.to_f64();
        assert!((8.0..8.0001).contains(&bend), "{bend}");
        // Far on the flat side the bend is e^{−bm}, and grows by e^{b|z|δ} on the way back.
        let kind = Loss::Logistic { scale: 1.into(), steepness: 2.into() };
        let found = slope_at(&kind, &[[3.0, 0.0]], [5.0, 0.0]).bend_within(Magnitude::ONE).to_f64();
        let (_, bend) = derivatives(&kind, &ball(12.0));
        let bend = 9.0 * bend.approximate();
        assert!((bend..1.0001 * bend).contains(&found), "{found} for {bend}");
    }
}
