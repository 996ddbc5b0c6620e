//! The pull along a centre: the slope of minus the smoothed margin by the end-to-end vector, as a polynomial in time with a bound of the rest.

use super::centre::Centre;
use super::control::Choice;
use crate::algebra::norm_ball::NormBall;
use crate::number::{Ball, Magnitude, Matrix, Real};

/// The precision of values.
const BITS: u32 = 64;

/// `G(c(s)) = Σ_{n<M} G_n s^n` and a rest of at most `S q^M/(1 − q)`, `q = |s|/ρ`, if `|G(c(z))| ≤ S` for `|z| ≤ ρ`: Cauchy's estimate, which holds for vectors as for
/// numbers.
#[derive(Clone, Debug)]
pub(super) struct Pull {
    polynomial: Option<Centre>,
    order: usize,
    disc: Magnitude,
    sup: Magnitude,
}

impl Pull {
    /// Of a centre, with what is known of its disc.
    pub fn new(centre: &Centre, choice: &Choice) -> Self {
        let coefficients = centre.pull().to_vec();
        let (disc, sup) = choice.pull;
        let order = coefficients.len();
        let is_known = coefficients.first().is_some_and(|pull| !pull.is_empty());
        let polynomial = is_known.then(|| Centre::new(0, coefficients));
        // Below the radius of the disc, which is a power of the root of 2 that was rounded.
        Self { polynomial, order, disc: Magnitude::above_f64(disc), sup }
    }

    /// The pull at all times within `half` of `middle`, one for each input of the network.
    pub fn enclosed(&self, middle: f64, half: f64) -> Option<Vec<Ball>> {
        let last = Magnitude::above_f64(middle.abs()) + Magnitude::above_f64(half);
        let share = last.over(self.disc);
        let power = (0..self.order).fold(Magnitude::ONE, |power, _| power * share);
        let rest = (self.sup * power).over(Magnitude::ONE.minus_below(share));
        let polynomial = self.polynomial.as_ref()?;
        let pull = polynomial.around(&Ball::from_f64(middle, BITS), Magnitude::above_f64(half), last, BITS);
        Some(pull.into_iter().map(|entry| Ball::new(entry.centre(), entry.radius() + rest)).collect())
    }

    /// The same as one row with one radius.
    pub fn over(&self, middle: f64, half: f64) -> NormBall {
        let Some(pull) = self.enclosed(middle, half) else {
            return NormBall::new(Matrix::row_vector(vec![f64::NAN]), Magnitude::INFINITE);
        };
        let centre: Vec<f64> = pull.iter().map(Ball::approximate).collect();
        let off: Vec<Magnitude> = pull
            .iter()
            .zip(&centre)
            .map(|(entry, &near)| (entry.clone() - Ball::from_f64(near, BITS)).greatest_absolute())
            .collect();
        NormBall::new(Matrix::row_vector(centre), Magnitude::euclidean(off))
    }
}
