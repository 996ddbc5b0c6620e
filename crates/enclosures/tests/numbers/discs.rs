//! Texts over complex discs, against their values at complex points, which are computed here by another arithmetic.

use enclosures::number::{Ball, Disc, Magnitude, Real, Ring, Text};
use rug::Float;
use rug::ops::CompleteRound;

use super::samples::mix;

/// A complex number of 200 bits, whose rounding is far below what the bounds are asked to leave.
#[derive(Clone, Debug)]
struct Complex(Float, Float);

impl Complex {
    fn real(value: f64) -> Self {
        Self(Float::with_val(200, value), Float::new(200))
    }

    fn plus(&self, other: &Self) -> Self {
        Self((&self.0 + &other.0).complete(200), (&self.1 + &other.1).complete(200))
    }

    fn minus(&self, other: &Self) -> Self {
        Self((&self.0 - &other.0).complete(200), (&self.1 - &other.1).complete(200))
    }

    fn times(&self, other: &Self) -> Self {
        let real = Float::with_val(200, &self.0 * &other.0) - Float::with_val(200, &self.1 * &other.1);
        let imaginary = Float::with_val(200, &self.0 * &other.1) + Float::with_val(200, &self.1 * &other.0);
        Self(real, imaginary)
    }

    fn over(&self, other: &Self) -> Self {
        let norm = Float::with_val(200, other.0.square_ref()) + Float::with_val(200, other.1.square_ref());
        let product = self.times(&Self(other.0.clone(), -other.1.clone()));
        Self(product.0 / &norm, product.1 / &norm)
    }

    fn exp(&self) -> Self {
        let (sine, cosine) = self.1.clone().sin_cos(Float::new(200));
        let size = self.0.clone().exp();
        Self(cosine * &size, sine * &size)
    }

    fn ln(&self) -> Self {
        Self(self.size().ln(), self.1.clone().atan2(&self.0))
    }

    fn root(&self, degree: u32) -> Self {
        let logarithm = self.ln();
        Self(logarithm.0 / degree, logarithm.1 / degree).exp()
    }

    fn size(&self) -> Float {
        self.0.clone().hypot(&self.1)
    }
}

/// A formula of three inputs over any number, and over complex ones.
struct Formula {
    name: &'static str,
    write: fn(&[enclosures::number::Recorded]) -> enclosures::number::Recorded,
    complex: fn(&[Complex]) -> Complex,
}

const FORMULAS: [Formula; 12] = [
    Formula {
        name: "a sum",
        write: |x| x[0].clone() - x[1].clone().times((3, 2)) + x[2].constant((7, 4)),
        complex: |x| x[0].minus(&x[1].times(&Complex::real(1.5))).plus(&Complex::real(1.75)),
    },
    Formula {
        name: "products",
        write: |x| x[0].clone() * &x[1] - x[1].clone() * &x[2] + x[0].square(),
        complex: |x| x[0].times(&x[1]).minus(&x[1].times(&x[2])).plus(&x[0].times(&x[0])),
    },
    Formula { name: "a quotient", write: |x| x[0].clone() / &x[1], complex: |x| x[0].over(&x[1]) },
    Formula {
        name: "a reciprocal",
        write: |x| x[0].constant(2) / x[1].clone(),
        complex: |x| Complex::real(2.0).over(&x[1]),
    },
    Formula { name: "an exponential", write: |x| x[0].clone().exp(), complex: |x| x[0].exp() },
    Formula {
        name: "an exponential less one",
        write: |x| (-x[0].clone()).exp_m1(),
        complex: |x| Complex::real(0.0).minus(&x[0]).exp().minus(&Complex::real(1.0)),
    },
    Formula {
        name: "the logistic slope",
        write: |x| x[0].constant(-1) / (x[0].constant(1) + x[0].clone().exp()),
        complex: |x| Complex::real(-1.0).over(&Complex::real(1.0).plus(&x[0].exp())),
    },
    Formula {
        name: "the logistic loss",
        write: |x| (-x[0].clone()).exp().ln_1p(),
        complex: |x| Complex::real(1.0).plus(&Complex::real(0.0).minus(&x[0]).exp()).ln(),
    },
    Formula { name: "a logarithm", write: |x| x[1].clone().ln(), complex: |x| x[1].ln() },
    Formula { name: "a square root", write: |x| x[1].clone().sqrt(), complex: |x| x[1].root(2) },
    Formula {
        name: "a root",
        write: |x| (x[1].clone() + x[0].square()).root(5),
        complex: |x| x[1].plus(&x[0].times(&x[0])).root(5),
    },
    Formula {
        name: "a root of an exponential",
        write: |x| x[2].clone() * x[0].clone().exp().root(3),
        complex: |x| x[2].times(&x[0].exp().root(3)),
    },
];

/// Coefficients of three polynomials: one whose deviation is near `size`, a positive one, and any.
fn polynomials(seed: u64, size: f64) -> [Vec<f64>; 3] {
    let number = |index: u64| (mix(seed, index) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
    // One term has all of the largest values on one point of the circle; several have them nowhere.
    let terms = 1 + mix(seed, 99) % 4;
    let polynomial = |from: u64, value: f64, size: f64| {
        let mut rest: Vec<f64> = (0..terms).map(|k| number(from + k)).collect();
        let sum: f64 = rest.iter().map(|c| c.abs()).sum();
        rest.iter_mut().for_each(|c| *c *= size / sum);
        rest.insert(0, value);
        rest
    };
    let middle = 3.0 * number(0);
    let positive = 1.0 + number(1).abs();
    [
        polynomial(10, middle, size),
        polynomial(20, positive, positive * 0.999 * number(2).abs()),
        polynomial(30, number(3), number(4).abs()),
    ]
}

fn at(coefficients: &[f64], z: &Complex) -> Complex {
    coefficients.iter().rev().fold(Complex::real(0.0), |sum, c| sum.times(z).plus(&Complex::real(*c)))
}

fn disc(coefficients: &[f64]) -> Disc {
    let balls: Vec<Ball> = coefficients.iter().map(|c| Ball::from_f64(*c, 64)).collect();
    Disc::of_polynomial(&balls, Magnitude::power_of_two(0))
}

#[test]
fn values_on_the_disc_are_within_its_bounds() {
    let float = |magnitude: Magnitude| Float::with_val(200, magnitude.to_float());
    for formula in FORMULAS {
        let text = Text::record(3, |x| vec![(formula.write)(x)]).unwrap();
        let (mut bounded, mut best) = (0, [0.0_f64; 4]);
        for seed in 0..84 {
            let size = [0.1, 0.7, 1.2, 1.57, 1.6, 1.8, 2.0][seed as usize % 7];
            let inputs = polynomials(seed, size);
            let Ok(outputs) = text.over_discs(&inputs.each_ref().map(|c| disc(c))) else { continue };
            bounded += 1;
            let centre = (formula.complex)(&inputs.each_ref().map(|c| Complex::real(c[0])));
            let [found] = outputs.as_slice() else { panic!("one output") };
            assert!(
                found.value().contains_rational(&centre.0.to_rational().unwrap())
                    || (found.value().clone() - Ball::point(centre.0.clone())).abs().lower_f64() < 1e-50
            );
            for k in 0..48 {
                let angle = Float::with_val(200, std::f64::consts::TAU * f64::from(k) / 48.0);
                let (sine, cosine) = angle.sin_cos(Float::new(200));
                let z = Complex(cosine * 0.999_999_999_999, sine * 0.999_999_999_999);
                let value = (formula.complex)(&inputs.each_ref().map(|c| at(c, &z)));
                let distance = value.minus(&centre).size();
                let ratios = [
                    Float::with_val(53, &distance / float(found.deviation())),
                    Float::with_val(53, value.size() / float(found.most())),
                    Float::with_val(53, float(found.least()) / value.size()),
                    Float::with_val(53, found.least_real().centre() - &value.0) + 1,
                ];
                for (place, ratio) in ratios.iter().enumerate() {
                    // A deviation of zero divides zero.
                    assert!(ratio.is_nan() || *ratio <= 1.0, "{} {seed}: bound {place}: {ratio}", formula.name);
                    best[place] = best[place].max(if ratio.is_nan() { 0.0 } else { ratio.to_f64() });
                }
            }
        }
        assert!(bounded >= 20, "{}: bounded {bounded} times", formula.name);
        // Each bound says something, and is nearly reached somewhere.
        assert!(best[0] > 0.5 && best[1] > 0.5, "{}: {best:?}", formula.name);
    }
}

/// The values on the circle, and whether the bounds are narrower for what is known of the coefficients.
#[test]
fn what_is_known_of_coefficients_narrows_the_bounds() {
    for formula in FORMULAS {
        let text = Text::record(3, |x| {
            // Something that cancels, before and behind.
            let mut y = x.to_vec();
            y[0] += &(x[1].clone() * &x[2]);
            y[0] -= &(x[2].clone() * &x[1]);
            vec![(formula.write)(&y)]
        })
        .unwrap();
        let (mut narrower, mut bounded) = (0, 0);
        for seed in 0..40 {
            let inputs = polynomials(seed, [0.1, 0.4, 1.0, 1.5][seed as usize % 4]);
            // On the disc of radius 1/2.
            let half = Magnitude::power_of_two(-1);
            let of = |radius: Magnitude| {
                inputs.each_ref().map(|c| {
                    let balls: Vec<Ball> = c.iter().map(|c| Ball::from_f64(*c, 64)).collect();
                    Disc::of_polynomial(&balls, radius)
                })
            };
            let mut series = text.series::<Ball>(128);
            let order = 1 + seed as usize % 30;
            for n in 0..order {
                series.next(&inputs.each_ref().map(|c| Ball::from_f64(c.get(n).copied().unwrap_or(0.0), 128)));
            }
            let known = series.known();
            assert_eq!(known.order(), order);
            let plain = text.over_discs(&of(half));
            let Ok(found) = text.over_discs_with(&known, half, &of(half), &of(half.scaled(1))) else {
                assert!(plain.is_err());
                continue;
            };
            bounded += 1;
            let found = &found[0];
            narrower += u32::from(plain.is_ok_and(|plain| found.deviation() < plain[0].deviation()));
            let centre = (formula.complex)(&inputs.each_ref().map(|c| Complex::real(c[0])));
            for k in 0..24 {
                let angle = Float::with_val(200, std::f64::consts::TAU * f64::from(k) / 24.0);
                let (sine, cosine) = angle.sin_cos(Float::new(200));
                let z = Complex(cosine * 0.499_999_999_999, sine * 0.499_999_999_999);
                let value = (formula.complex)(&inputs.each_ref().map(|c| at(c, &z)));
                let bound = |magnitude: Magnitude| Float::with_val(200, magnitude.to_float());
                assert!(value.minus(&centre).size() <= bound(found.deviation()), "{} {seed} {order}", formula.name);
                assert!(value.size() <= bound(found.most()) && value.size() >= bound(found.least()));
                assert!(value.0 >= found.least_real().centre());
            }
        }
        assert!(bounded >= 10 && narrower >= 3, "{}: {narrower} of {bounded} are narrower", formula.name);
    }
}

#[test]
fn one_more_than_an_exponential_has_bounds_up_to_a_quarter_turn() {
    let slope = Text::record(1, |x| vec![x[0].constant(1) / (x[0].constant(1) + x[0].clone().exp())]).unwrap();
    for value in [-50.0, -3.0, 0.0, 3.0, 50.0, 2000.0] {
        for deviation in [0.5, 1.0, 1.5, 1.57] {
            let found = slope.over_discs(&[Disc::new(&Ball::from_f64(value, 64), Magnitude::above_f64(deviation))]);
            let found = found.unwrap().remove(0);
            // min(1, e^−(m − D))
            let bound = Ball::from_f64(deviation - value, 64).exp().min(&Ball::from_f64(1.0, 64));
            let most = Ball::point(found.most().to_float());
            assert!((most / bound).upper_f64() < 1.000_001, "{value} ± {deviation}: {found:?}");
        }
        let wide = Disc::new(&Ball::from_f64(value, 64), Magnitude::above_f64(std::f64::consts::PI));
        assert!(value.abs() > 10.0 || slope.over_discs(&[wide]).is_err(), "{value}");
    }
}

#[test]
fn what_is_too_wide_is_named() {
    let wide = |write: fn(&enclosures::number::Recorded) -> enclosures::number::Recorded| {
        let text = Text::record(1, |x| vec![write(&x[0])]).unwrap();
        text.over_discs(&[Disc::new(&Ball::one(64), Magnitude::power_of_two(0))]).unwrap_err().operation
    };
    assert_eq!(wide(|x| x.constant(1) / x.clone()), "a quotient");
    assert_eq!(wide(|x| x.clone().ln()), "a logarithm");
    assert_eq!(wide(|x| x.clone().sqrt()), "a root");
    assert_eq!(wide(|x| x.clone().times(rug::Rational::from(1) << 100).exp()), "an exponential");
    let text = Text::record(1, |x| vec![x[0].square()]).unwrap();
    assert_eq!(text.over_discs(&[Disc::new(&Ball::one(64), Magnitude::INFINITE)]).unwrap_err().operation, "an input");
}
