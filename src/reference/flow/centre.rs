//! A centre: a polynomial path of weights, and the one that is made of Taylor coefficients of the flow.
//!
//! Nothing here is a bound of how far the path is from the flow. Any polynomial may stand in the place of this one; what it is worth is
//! what its [`defect`](super::defect) says.

use rug::Rational;

use super::field::Field;
use crate::number::{Ball, Known, Magnitude, Real, Ring};

/// A polynomial path `c(s) = Σ_n c_n s^n` of weights, all as one list, in a time that is counted in units of `2^unit`. Its coefficients are
/// exact numbers.
#[derive(Clone, Debug)]
pub(super) struct Centre {
    unit: i64,
    coefficients: Vec<Vec<Ball>>,
    /// `|c_n|`.
    norms: Vec<Magnitude>,
    /// What is known of the first coefficients of everything in `F(c)`, if that was computed.
    known: Known,
}

impl Centre {
    /// The polynomial with these coefficients, which are points.
    pub fn new(unit: i64, coefficients: Vec<Vec<Ball>>) -> Self {
        let norm = |weights: &Vec<Ball>| Magnitude::euclidean(weights.iter().map(Ball::greatest_absolute));
        Self { unit, norms: coefficients.iter().map(norm).collect(), coefficients, known: Known::default() }
    }

    /// The Taylor polynomial of the flow from `start`, of degree `order`, each coefficient cut to the midpoint of what it is found to be, and
    /// for every `n < order` a bound of `|c_{n+1} − [2^unit F(c)]_n / (n+1)|`.
    ///
    /// `[F(c)]_n` depends on the coefficients up to the `n`-th alone, so it is enclosed from those that are kept; what is cut from `c_{n+1}`
    /// is the radius of the ball and nothing is carried on: balls in the place of the coefficients would grow with every step.
    pub fn taylor(field: &Field, start: &[Ball], order: usize, unit: i64, bits: u32) -> (Self, Vec<Magnitude>) {
        let mut series = field.series(bits);
        let mut coefficients = vec![start.to_vec()];
        let mut cut = Vec::with_capacity(order);
        for n in 0..order {
            let factor = Ball::from_rational(&-(two_to(unit) / Rational::from(n + 1)), bits);
            let slopes = series.next(&coefficients[n]);
            let next: Vec<Ball> = slopes.iter().map(|slope| slope.clone() * &factor).collect();
            cut.push(Magnitude::euclidean(next.iter().map(Ball::radius)));
            coefficients.push(next.iter().map(Ball::midpoint).collect());
        }
        (Self { known: series.known(), ..Self::new(unit, coefficients) }, cut)
    }

    /// The unit of time is 2 to this power.
    pub fn unit(&self) -> i64 {
        self.unit
    }

    /// What is known of the first coefficients of everything in `F(c)`.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// `c_n`, from the constant one upward.
    pub fn coefficients(&self) -> &[Vec<Ball>] {
        &self.coefficients
    }

    /// A bound of `|c_n|`.
    pub fn norm(&self, n: usize) -> Magnitude {
        self.norms[n]
    }

    /// The weights at time `s`, enclosed at `bits` bits.
    pub fn at(&self, s: &Ball, bits: u32) -> Vec<Ball> {
        (0..self.coefficients[0].len())
            .map(|weight| {
                let mut sum = Ball::zero(bits);
                for coefficients in self.coefficients.iter().rev() {
                    let mut next = coefficients[weight].clone().with_bits(bits);
                    next.add_product(&sum, s);
                    sum = next;
                }
                sum
            })
            .collect()
    }

    /// A bound of `|c′|` on `[0, s]`: `Σ n |c_n| s^{n−1}`.
    pub fn speed(&self, s: Magnitude) -> Magnitude {
        let terms = self.norms.iter().enumerate().skip(1).rev();
        terms.fold(Magnitude::ZERO, |sum, (n, &norm)| sum * s + norm * Magnitude::above_f64(n as f64))
    }
}

/// The exact number `2^exponent`.
pub(super) fn two_to(exponent: i64) -> Rational {
    let shift = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    if exponent < 0 { Rational::from(1) >> shift } else { Rational::from(1) << shift }
}
