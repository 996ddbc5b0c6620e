//! Floats, rationals, dual numbers and degrees.

use enclosures::number::{Ball, Degree, Dual, Exact, Float, Real, Ring, Special, Truth};
use quickcheck::{Arbitrary, Gen};

use super::law;
use super::samples::{Bits, Fraction};

/// A polynomial in one variable, as its coefficients.
#[derive(Clone, Debug)]
struct Polynomial(Vec<i8>);

impl Arbitrary for Polynomial {
    fn arbitrary(generator: &mut Gen) -> Self {
        let degree = usize::arbitrary(generator) % 6;
        Self((0..=degree).map(|_| i8::arbitrary(generator)).collect())
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        Box::new(self.0.shrink().filter(|coefficients| !coefficients.is_empty()).map(Self))
    }
}

impl Polynomial {
    fn at<T: Ring>(&self, x: &T) -> T {
        self.0.iter().rev().fold(x.constant(0), |value, coefficient| value * x + x.constant(*coefficient))
    }

    fn derivative(&self) -> Self {
        let coefficients = self.0.iter().enumerate().skip(1);
        Self(coefficients.map(|(power, coefficient)| coefficient.wrapping_mul(power as i8)).collect())
    }

    /// So small that the coefficients of the derivative fit.
    fn small(&self) -> Self {
        Self(self.0.iter().map(|coefficient| coefficient % 20).collect())
    }
}

fn rational(value: &Fraction) -> Exact {
    Exact::from(value.0.clone())
}

#[test]
fn the_same_text_runs_over_every_system() {
    law("one text, five systems", 500, |(polynomial, x, bits): (Polynomial, Fraction, Bits)| {
        let (polynomial, derivative) = (polynomial.small(), polynomial.small().derivative());
        let exact = polynomial.at(&rational(&x)).exact();
        let slope = derivative.at(&rational(&x)).exact();
        // Fractions of more than 2^20 bits are undefined, and rightly so.
        let (Some(exact), Some(slope)) = (exact, slope) else { return };
        let dual = polynomial.at(&Dual::variable(rational(&x)));
        assert_eq!(dual.value().exact(), Some(exact.clone()));
        if dual.is_defined() {
            assert_eq!(dual.derivative().exact(), Some(slope.clone()));
        }
        let ball = polynomial.at(&Ball::from_rational(&x.0, bits.0));
        assert!(ball.contains_rational(&exact));
        let both = polynomial.at(&Dual::variable(Ball::from_rational(&x.0, bits.0)));
        assert!(both.value().contains_rational(&exact) && both.derivative().contains_rational(&slope));
        let degree = polynomial.at(&Degree::VARIABLE);
        let highest = polynomial.0.iter().rposition(|coefficient| *coefficient != 0);
        match (highest, degree) {
            (None, degree) => assert_eq!(degree, Degree::Zero),
            (Some(highest), degree) => assert_eq!(degree, Degree::AtMost(highest as u64)),
        }
    });
}

#[test]
fn floats_round_once_to_the_larger_precision() {
    law("floats", 2000, |(x, y, one, other): (Fraction, Fraction, Bits, Bits)| {
        let (a, b) = (Float::from_rational(&x.0, one.0), Float::from_rational(&y.0, other.0));
        let bits = one.0.max(other.0);
        let (p, q) = (a.exact().unwrap(), b.exact().unwrap());
        let check = |name: &str, result: Float, exact: rug::Rational| {
            assert_eq!(result.bits(), bits, "{name}");
            assert_eq!(result.value(), rug::Float::with_val(bits, &exact), "{name}");
        };
        check("+", a.clone() + &b, p.clone() + &q);
        check("−", a.clone() - &b, p.clone() - &q);
        check("·", a.clone() * &b, p.clone() * &q);
        if !q.is_zero() {
            check("/", a.clone() / &b, p.clone() / &q);
        } else {
            assert!(!(a.clone() / &b).is_defined());
        }
        let mut sum = a.clone();
        sum.add_product(&a, &b);
        check("a + a b", sum, p.clone() + p.clone() * &q);
        check("max", a.clone().max(&b), p.clone().max(q.clone()));
        check("min", a.clone().min(&b), p.clone().min(q.clone()));
        assert_eq!(a.below(&b), Truth::from(p < q));
        assert_eq!(a.at_most(&b), Truth::from(p <= q));
        assert_eq!(a.equals(&b), Truth::from(p == q));
        assert_eq!(a.square().value(), rug::Float::with_val(one.0, p.clone() * &p));
        assert!(a.lower_f64() <= a.approximate() && a.approximate() <= a.upper_f64());
    });
}

#[test]
fn floats_and_balls_agree() {
    law("float inside ball", 1000, |(x, bits): (Fraction, Bits)| {
        type Pair = (fn(Float) -> Float, fn(Ball) -> Ball);
        let pairs: [Pair; 9] = [
            (Real::exp, Real::exp),
            (Real::exp_m1, Real::exp_m1),
            (Real::ln, Real::ln),
            (Real::ln_1p, Real::ln_1p),
            (Special::erf, Special::erf),
            (Special::asin, Special::asin),
            (Real::sqrt, Real::sqrt),
            (Real::abs, Real::abs),
            (|x| x.square(), |x| x.square()),
        ];
        // The same centre: both are rounded once from the same number.
        let (a, b) = (Float::from_rational(&x.0, bits.0), Ball::from_rational(&x.0, bits.0).midpoint());
        for (of_float, of_ball) in pairs {
            let (float, ball) = (of_float(a.clone()), of_ball(b.clone()));
            assert_eq!(float.is_defined(), ball.is_defined());
            if ball.is_defined() {
                assert_eq!(float.value(), ball.centre());
            }
        }
    });
}

#[test]
fn rational_bounds_are_outward() {
    law("rationals as f64", 2000, |x: Fraction| {
        let number = rational(&x);
        let (low, high) = (number.lower_f64(), number.upper_f64());
        assert!(rug::Rational::from_f64(low).is_none_or(|low| low <= x.0));
        assert!(rug::Rational::from_f64(high).is_none_or(|high| x.0 <= high));
        assert!(low <= high && high <= low.next_up());
        assert!(low <= number.approximate() && number.approximate() <= high);
    });
}

#[test]
fn rational_roots_are_exact_or_absent() {
    law("rational roots", 1000, |x: Fraction| {
        let square = rational(&x).square();
        assert_eq!(square.clone().sqrt().exact(), square.exact().map(|_| x.0.clone().abs()));
        let root = rational(&x).sqrt();
        if let Some(root) = root.exact() {
            assert_eq!(root.clone() * &root, x.0);
        }
        for degree in 2..6 {
            let power = rational(&x).power(degree);
            let root = power.clone().root(degree);
            let is_found = power.exact().is_some_and(|power| power >= 0);
            assert_eq!(root.exact(), is_found.then(|| x.0.clone().abs()));
            // Next to a perfect power there is hardly ever another; what is found must be a root.
            for number in [rational(&x), power.clone() + power.constant(1), power.clone().times((1, 3))] {
                if let Some(root) = number.clone().root(degree).exact() {
                    assert_eq!(Exact::from(root).power(degree).exact(), number.exact());
                }
            }
        }
    });
}

#[test]
fn dual_quotients_and_choices() {
    law("dual quotient rule", 1000, |(p, q, x): (Polynomial, Polynomial, Fraction)| {
        let (p, q) = (p.small(), q.small());
        let number = rational(&x);
        let variable = Dual::variable(number.clone());
        let (f, g) = (p.at(&number), q.at(&number));
        let (f1, g1) = (p.derivative().at(&number), q.derivative().at(&number));
        let quotient = p.at(&variable) / q.at(&variable);
        let expected = (f1.clone() * &g - f.clone() * &g1) / g.square();
        if let (Some(one), Some(other)) = (quotient.derivative().exact(), expected.exact()) {
            assert_eq!(one, other);
        }
        assert_eq!(quotient.value().exact(), (f.clone() / &g).exact());
        let max = p.at(&variable).max(&q.at(&variable));
        match f.below(&g) {
            Truth::True => assert_eq!(max.derivative().exact(), g1.exact()),
            _ if g.below(&f) == Truth::True => assert_eq!(max.derivative().exact(), f1.exact()),
            _ => assert_eq!(max.is_defined(), f1.equals(&g1) == Truth::True),
        }
    });
}

#[test]
fn the_first_root_is_the_number_and_the_zeroth_undefined() {
    fn check<T: Real>(system: &str) {
        for value in [rug::Rational::from(-2), rug::Rational::new(), rug::Rational::from(3)] {
            let number = T::from_rational(&value, 64);
            assert!(!number.clone().root(0).is_defined(), "{system}: {value}");
            assert_ne!(number.clone().root(1).equals(&number), Truth::False, "{system}: {value}");
            assert_eq!(number.root(1).approximate(), value.to_f64(), "{system}");
        }
    }
    check::<Exact>("rational");
    check::<Float>("float");
    check::<Ball>("ball");
    check::<Dual<Exact>>("dual");
}

#[test]
fn bounds_in_f64_are_those_of_the_value_and_a_degree_has_none() {
    let third = Exact::from(rug::Rational::from((1, 3)));
    let dual = Dual::variable(third.clone());
    assert_eq!((dual.lower_f64(), dual.upper_f64()), (third.lower_f64(), third.upper_f64()));
    assert_eq!((Degree::VARIABLE.lower_f64(), Degree::VARIABLE.upper_f64()), (f64::NEG_INFINITY, f64::INFINITY));
}
