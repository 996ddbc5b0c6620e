//! A centre: a polynomial path of weights, and the one that is made of Taylor coefficients of the flow.
//!
//! Nothing here is a bound of how far the path is from the flow. Any polynomial may stand in the place of this one; what it is worth is
//! what its [`defect`](super::defect) says.

use rug::Rational;

use super::field::Field;
use crate::number::{Ball, Known, Magnitude, Real, Ring, Sign};

/// So many terms of an expansion around the middle of a stretch are kept apart: halving it then makes what is beyond them 2⁸ times smaller.
const TERMS: usize = 8;

/// A polynomial path `c(s) = Σ_n c_n s^n` of weights, all as one list, in a time `s` that is counted in units of `2^unit`, and from which a step leads on from
/// `s = begin`: that is 0, or less than that if the expansion is about a place further on. Its coefficients are exact numbers.
#[derive(Clone, Debug)]
pub(super) struct Centre {
    unit: i64,
    begin: f64,
    coefficients: Vec<Vec<Ball>>,
    /// `|c_n|`.
    norms: Vec<Magnitude>,
    /// The `c_n` rounded to f64.
    rounded: Vec<Vec<f64>>,
    /// The absolute values of the entries of the `c_n`.
    sizes: Vec<Vec<Magnitude>>,
    /// What is known of the first coefficients of everything in `F(c)`, if that was computed.
    known: Known,
    /// The first coefficients at `c(s)` of what is known [beside](super::field::Slopes::beside) the gradient, if those were computed.
    beside: Vec<Vec<Ball>>,
}

impl Centre {
    /// The polynomial with these coefficients, which are points.
    pub fn new(unit: i64, coefficients: Vec<Vec<Ball>>) -> Self {
        let size = |weights: &Vec<Ball>| weights.iter().map(Ball::greatest_absolute).collect();
        let sizes: Vec<Vec<Magnitude>> = coefficients.iter().map(size).collect();
        let rounded = |weights: &Vec<Ball>| weights.iter().map(Ball::approximate).collect();
        Self {
            unit,
            begin: 0.0,
            norms: sizes.iter().map(|sizes| Magnitude::euclidean(sizes.iter().copied())).collect(),
            sizes,
            rounded: coefficients.iter().map(rounded).collect(),
            coefficients,
            known: Known::default(),
            beside: Vec::new(),
        }
    }

    /// The Taylor polynomial of the flow from `start`, of degree `order`, each coefficient cut to the midpoint of what it is found to be, and
    /// for every `n < order` a bound of `|c_{n+1} − [2^unit F(c)]_n / (n+1)|`.
    ///
    /// `[F(c)]_n` depends on the coefficients up to the `n`-th alone, so it is enclosed from those that are kept; what is cut from `c_{n+1}`
    /// is the radius of the ball and nothing is carried on: balls in the place of the coefficients would grow with every step. Where that of no weight is known from zero all
    /// are zero: of what moves evenly nothing else would be there than roundings, from each of which come larger ones.
    pub fn taylor(field: &Field, start: &[Ball], order: usize, unit: i64, bits: u32) -> (Self, Vec<Magnitude>) {
        let mut series = field.series(bits);
        let mut coefficients = vec![start.to_vec()];
        let (mut cut, mut beside) = (Vec::with_capacity(order), Vec::with_capacity(order));
        let zero = Ball::zero(bits);
        for n in 0..order {
            let factor = Ball::from_rational(&-(two_to(unit) / Rational::from(n + 1)), bits);
            let slopes = series.next(&coefficients[n]);
            let next: Vec<Ball> = slopes.gradient.iter().map(|slope| slope.clone() * &factor).collect();
            beside.push(slopes.beside.to_vec());
            // What is kept, and how far that may be off.
            let may_rest = next.iter().all(|next| next.sign() == Sign::Open || next.sign() == Sign::Zero);
            let known = next.iter().map(|next| match may_rest {
                true => (zero.clone(), next.greatest_absolute()),
                false => (next.midpoint(), next.radius()),
            });
            let (kept, off): (Vec<Ball>, Vec<Magnitude>) = known.unzip();
            cut.push(Magnitude::euclidean(off));
            coefficients.push(kept);
        }
        (Self { known: series.known(), beside, ..Self::new(unit, coefficients) }, cut)
    }

    /// The same polynomial on `[−half, half]`: a step begins at its first end.
    pub fn about_middle(self, half: f64) -> Self {
        Self { begin: -half, ..self }
    }

    /// The same polynomial, and what is known of the first coefficients of everything in `F(c)`.
    pub fn knowing(self, known: Known) -> Self {
        Self { known, ..self }
    }

    /// The same polynomial, with the first coefficients of what is known beside the gradient.
    pub fn with_beside(self, beside: Vec<Vec<Ball>>) -> Self {
        Self { beside, ..self }
    }

    /// Whether the expansion is about the middle of a step.
    pub fn is_about_middle(&self) -> bool {
        self.begin != 0.0
    }

    /// The `s` at which a step begins.
    pub fn begin(&self) -> f64 {
        self.begin
    }

    /// The unit of time is 2 to this power.
    pub fn unit(&self) -> i64 {
        self.unit
    }

    /// What is known of the first coefficients of everything in `F(c)`.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The first coefficients at `c(s)` of what is known beside the gradient, as many as are known of that.
    pub fn beside(&self) -> &[Vec<Ball>] {
        &self.beside
    }

    /// `c_n`, from the constant one upward.
    pub fn coefficients(&self) -> &[Vec<Ball>] {
        &self.coefficients
    }

    /// A bound of `|c_n|`.
    pub fn norm(&self, n: usize) -> Magnitude {
        self.norms[n]
    }

    /// Of every weight a bound of how far it is from its value at 0 at complex times within `radius`: `Σ_{n≥1} |c_n| ρ^n`.
    pub fn deviations(&self, radius: Magnitude) -> Vec<Magnitude> {
        let mut deviations = vec![Magnitude::ZERO; self.coefficients[0].len()];
        for sizes in self.sizes.iter().skip(1).rev() {
            deviations.iter_mut().zip(sizes).for_each(|(sum, &size)| *sum = (*sum + size) * radius);
        }
        deviations
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

    /// F64 numbers near the weights at the time `s`, and a bound of their distance from those.
    ///
    /// Horner's rule over the rounded coefficients, with the unit `u = 2^−53`: the n-th coefficient is rounded once, and goes through a sum and then `n` products
    /// and sums. So every weight is off by at most `γ Σ |c_n||s|^n`, `γ = k u/(1 − k u) ≤ 2 k u` with `k = 2N + 2`, and by what coefficients and products
    /// lose below the normal numbers: twice `2^−1075` for each `n`, times `|s|^n`, grown by less than two. For all weights together the norms `|c_n|` take the
    /// place of absolute values.
    pub fn near(&self, s: f64) -> (Vec<f64>, Magnitude) {
        let mut weights = vec![0.0; self.coefficients[0].len()];
        for coefficients in self.rounded.iter().rev() {
            weights.iter_mut().zip(coefficients).for_each(|(sum, coefficient)| *sum = *sum * s + coefficient);
        }
        if !weights.iter().all(|weight| weight.is_finite()) {
            return (weights, Magnitude::INFINITE);
        }
        let relative = Magnitude::above_f64(self.norms.len() as f64).scaled(-51);
        let lost = Magnitude::above_f64(weights.len() as f64).scaled(-1073);
        let time = Magnitude::above_f64(s);
        let off = self.norms.iter().rev().fold(Magnitude::ZERO, |sum, &norm| sum * time + norm * relative + lost);
        (weights, off)
    }

    /// The weights at all times within `half` of `middle`, none of them further from 0 than `last`; at `bits` bits.
    ///
    /// With `p_k = c_i⁽ᵏ⁾(m)/k!` every weight obeys `|c_i(s) − c_i(m)| ≤ Σ_{1≤k<K} |p_k| |s−m|ᵏ + |s−m|ᴷ Σ_{n≥K} binom(n, K) |c_{n,i}| lastⁿ⁻ᴷ`: the last
    /// term bounds the K-th derivative between `m` and `s`, over `K!`.
    pub fn around(&self, middle: &Ball, half: Magnitude, last: Magnitude, bits: u32) -> Vec<Ball> {
        // binom(n, K) lastⁿ⁻ᴷ for n ≥ K.
        let (mut binomial, mut power) = (Magnitude::ONE, Magnitude::ONE);
        let highest: Vec<Magnitude> = (TERMS..self.coefficients.len())
            .map(|n| {
                let factor = binomial * power;
                binomial = (binomial * Magnitude::above_f64((n + 1) as f64))
                    .over(Magnitude::above_f64((n + 1 - TERMS) as f64));
                power = power * last;
                factor
            })
            .collect();
        let enclosed = |weight: usize| {
            let terms = self.expansion(weight, middle, TERMS, bits);
            let rest = highest.iter().zip(self.coefficients.iter().skip(TERMS));
            let rest = rest.fold(Magnitude::ZERO, |sum, (&factor, coefficients)| {
                sum + factor * coefficients[weight].greatest_absolute()
            });
            let away = terms.iter().skip(1).rev().fold(rest, |sum, term| sum * half + term.greatest_absolute()) * half;
            Ball::new(terms[0].centre(), terms[0].radius() + away)
        };
        (0..self.coefficients[0].len()).map(enclosed).collect()
    }

    /// The first coefficients of a weight about the time `s`: Horner's rule for the value and the first derivatives at once.
    pub fn expansion(&self, weight: usize, s: &Ball, count: usize, bits: u32) -> Vec<Ball> {
        let mut terms: Vec<Ball> = vec![Ball::zero(bits); count];
        for coefficients in self.coefficients.iter().rev() {
            for k in (1..count).rev() {
                let mut next = terms[k - 1].clone();
                next.add_product(&terms[k], s);
                terms[k] = next;
            }
            let mut next = coefficients[weight].clone().with_bits(bits);
            next.add_product(&terms[0], s);
            terms[0] = next;
        }
        terms
    }

    /// A bound of `|c′|` on `[−s, s]`: `Σ n |c_n| s^{n−1}`.
    pub fn speed(&self, s: Magnitude) -> Magnitude {
        let terms = self.norms.iter().enumerate().skip(1).rev();
        terms.fold(Magnitude::ZERO, |sum, (n, &norm)| sum * s + norm * Magnitude::above_f64(n as f64))
    }
}

/// The exact number `2^exponent`.
pub(super) fn two_to(exponent: i64) -> Rational {
    Rational::from(1) << exponent.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::number::Matrix;
    use crate::problem::{Data, Loss, Network, Normalisation, Problem, StepRule};

    /// Numbers near the weights are as far from them as is said, and that is little: where the coefficients are no f64 numbers, where the products are
    /// not, and below the normal numbers.
    #[test]
    fn what_is_near_is_within_its_distance() {
        let ball = |value: Rational| Ball::from_rational(&value, 300);
        let between = (Rational::from(1) >> 53_u32) + 1_u32;
        let third = ball(Rational::from((1, 3))).midpoint();
        let tiny = ball((Rational::from(1) >> 1074_u32) * Rational::from((3, 2)));
        let cases = [
            (vec![vec![ball(between)]], 0.5),
            (vec![vec![third.clone(), tiny.clone()]; 3], 0.75),
            (vec![vec![tiny]; 5], 1.0),
            (vec![vec![third.clone(), -third.clone()]; 60], 0.968_75),
            (vec![vec![third]; 40], 3.0),
        ];
        for (coefficients, s) in cases {
            let centre = Centre::new(0, coefficients);
            let (near, distance) = centre.near(s);
            let exact = centre.at(&Ball::from_f64(s, 300), 4000);
            let off = Magnitude::euclidean(
                exact
                    .iter()
                    .zip(&near)
                    .map(|(weight, &near)| (weight.clone() - Ball::from_f64(near, 53)).greatest_absolute()),
            );
            assert!(off <= distance, "{off:?} of {distance:?}");
            let size = centre.norms.iter().fold(Magnitude::ZERO, |sum, &norm| sum * Magnitude::above_f64(s) + norm);
            assert!(distance <= size.scaled(-44) + Magnitude::power_of_two(-1060), "{distance:?}");
        }
        let huge = Centre::new(0, vec![vec![ball(Rational::from(1) << 1023_u32)]; 2]);
        assert!(huge.near(1.0).1.is_infinite());
    }

    /// Each coefficient is as far from that of the flow as is said, where it is kept and where it is too small to be told from zero.
    #[test]
    fn coefficients_are_as_far_off_as_is_said() {
        let column = |entries: [i32; 2]| Matrix::from_entries(1, entries.map(Rational::from).to_vec());
        let data = Data::Examples { x: column([1, 9]), y: column([1, 1]) };
        let (network, initial) = (Network::fully_connected(&[1, 1]).unwrap(), vec![Matrix::row_vector(vec![2.into()])]);
        let problem = Problem::new(network, Loss::Exponential, Normalisation::Sum, data, initial, StepRule::Flow);
        let field = Field::of_smoothed_margin(&Arc::new(problem.unwrap()), 0).unwrap();
        for start in [2.0, 20.0] {
            let (centre, lost) = Centre::taylor(&field, &[Ball::from_f64(start, 64)], 20, -4, 64);
            let mut series = field.series(256);
            for (n, &lost) in lost.iter().enumerate() {
                let slope = series.next(&centre.coefficients()[n]).gradient[0].clone();
                let exact = -slope.times(two_to(-4) / Rational::from(n + 1));
                let off = (centre.coefficients()[n + 1][0].clone().with_bits(256) - exact).least_absolute();
                assert!(off <= lost, "from {start}, {n}: {off:?} of {lost:?}");
                // e^{−160} is not seen beside 1.
                assert_eq!(centre.norm(n + 1).is_zero(), start > 10.0 && n > 0, "from {start}, {n}");
            }
        }
    }

    /// The weights over a stretch hold what they are at its times, and of coefficients of one sign, which come furthest at its end, hardly more.
    #[test]
    fn what_is_over_a_stretch_holds_what_is_at_its_times() {
        let ball = |value: Rational| Ball::from_rational(&value, 200);
        let (middle, half, last) = (Rational::from((5, 8)), Rational::from((1, 8)), Rational::from((3, 4)));
        for degree in [0, 1, 3, 7, 8, 9, 20, 40] {
            for signs in [[1, 1], [1, -1]] {
                let coefficients: Vec<Vec<Ball>> = (0..=degree).map(|n| vec![ball(signs[n % 2].into())]).collect();
                let centre = Centre::new(0, coefficients);
                let bounds = [&half, &last].map(Magnitude::above_rational);
                let over = &centre.around(&ball(middle.clone()), bounds[0], bounds[1], 200)[0];
                let mut furthest = Magnitude::ZERO;
                for k in -8..=8 {
                    let s = &half * Rational::from((k, 8)) + &middle;
                    let away = (centre.at(&ball(s), 200)[0].clone() - over.midpoint()).greatest_absolute();
                    assert!(away <= over.radius(), "degree {degree}, {k}/8: {away:?} of {:?}", over.radius());
                    furthest = furthest.max(away);
                }
                if signs[1] == 1 {
                    let slack = furthest.scaled(if degree < TERMS { -40 } else { -3 });
                    assert!(over.radius() <= furthest + slack + Magnitude::power_of_two(-150), "degree {degree}");
                }
            }
        }
    }
}
