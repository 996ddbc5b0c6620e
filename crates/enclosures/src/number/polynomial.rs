//! Polynomials in the monomial basis and in that of Chebyshev.

use super::{Ball, Magnitude, Ring};

/// `Σ c_n t^n`.
///
/// ```
/// use enclosures::number::{Ball, Magnitude, Polynomial, Ring};
/// let number = |value: i32| Ball::from_rational(&value.into(), 128);
/// // 8 t⁴ − 8 t² + 1, which is T_4: by its coefficients it is at most 17 on [−1, 1], and by those of Chebyshev at most 1.
/// let polynomial = Polynomial::new([1, 0, -8, 0, 8].map(number).to_vec());
/// assert!(polynomial.sup(Magnitude::power_of_two(0)).to_f64() < 17.0001);
/// assert!(polynomial.to_chebyshev().sup().to_f64() < 1.0001);
/// ```
#[derive(Clone, Debug)]
pub struct Polynomial<T> {
    coefficients: Vec<T>,
}

/// `Σ a_n T_n(t)`, where `T_n(cos φ) = cos nφ`: for numbers t in [−1, 1], on which no `T_n` exceeds 1.
///
/// Of a polynomial that oscillates the coefficients are smaller than in powers of t, by a factor of up to `(1 + √2)^n`.
///
/// ```
/// use enclosures::number::{Chebyshev, Exact, Ring};
/// let number = |value: i32| Exact::from(rug::Rational::from(value));
/// let series = Chebyshev::new([0, 0, 0, 0, 1].map(number).to_vec());
/// let monomial: Vec<String> = series.to_monomial().coefficients().iter().map(ToString::to_string).collect();
/// assert_eq!(monomial, ["1", "0", "-8", "0", "8"]);
/// ```
#[derive(Clone, Debug)]
pub struct Chebyshev<T> {
    coefficients: Vec<T>,
}

/// The precision of a polynomial without coefficients.
const BITS_OF_NOTHING: u32 = 64;

fn bits<T: Ring>(coefficients: &[T]) -> u32 {
    coefficients.iter().map(T::bits).max().unwrap_or(BITS_OF_NOTHING)
}

impl<T: Ring> Polynomial<T> {
    /// The polynomial with these coefficients, the constant first; of none it is zero.
    #[must_use]
    pub fn new(coefficients: Vec<T>) -> Self {
        Self { coefficients }
    }

    /// The coefficients, the constant first.
    #[must_use]
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients
    }

    /// The value at `t`, by Horner's rule.
    #[must_use]
    pub fn value(&self, t: &T) -> T {
        self.coefficients.iter().rev().fold(T::zero(bits(&self.coefficients)), |sum, coefficient| {
            let mut next = coefficient.clone();
            next.add_product(&sum, t);
            next
        })
    }

    /// The derivative.
    #[must_use]
    pub fn derivative(&self) -> Self {
        let terms = self.coefficients.iter().enumerate().skip(1);
        Self::new(terms.map(|(n, coefficient)| coefficient.clone().times(n)).collect())
    }

    /// The integral from 0.
    #[must_use]
    pub fn integral(&self) -> Self {
        let terms = self.coefficients.iter().enumerate();
        let rest = terms.map(|(n, coefficient)| coefficient.clone().times((1, n + 1)));
        Self::new(std::iter::once(T::zero(bits(&self.coefficients))).chain(rest).collect())
    }

    /// The polynomial `p(shift + scale · t)`: with half the length of an interval as the scale and its middle as the shift, the polynomial of that
    /// interval over [−1, 1].
    #[must_use]
    pub fn composed(&self, shift: &T, scale: &T) -> Self {
        let mut image: Vec<T> = Vec::with_capacity(self.coefficients.len());
        for coefficient in self.coefficients.iter().rev() {
            // Times (shift + scale · t), plus the coefficient.
            let mut next = vec![coefficient.clone()];
            next.extend(image.iter().map(|own| own.clone() * scale));
            for (next, own) in next.iter_mut().zip(&image) {
                next.add_product(own, shift);
            }
            image = next;
        }
        Self::new(image)
    }

    /// The same polynomial in the basis of Chebyshev, by Horner's rule there: `t T_0 = T_1`, `2 t T_n = T_{n+1} + T_{n−1}`.
    #[must_use]
    pub fn to_chebyshev(&self) -> Chebyshev<T> {
        let mut image: Vec<T> = Vec::with_capacity(self.coefficients.len());
        for coefficient in self.coefficients.iter().rev() {
            let mut next = vec![T::zero(bits(&self.coefficients)); image.len() + 1];
            for (n, own) in image.iter().enumerate() {
                if n == 0 {
                    next[1] += own;
                } else {
                    let half = own.clone().times((1, 2));
                    next[n + 1] += &half;
                    next[n - 1] += &half;
                }
            }
            next[0] += coefficient;
            image = next;
        }
        Chebyshev::new(image)
    }
}

impl Polynomial<Ball> {
    /// A bound of `|p(t)|` for all complex `|t| ≤ radius`, and so for numbers t in [0, radius]: `Σ |c_n| radius^n`.
    #[must_use]
    pub fn sup(&self, radius: Magnitude) -> Magnitude {
        let sizes = self.coefficients.iter().rev().map(Ball::greatest_absolute);
        sizes.fold(Magnitude::ZERO, |sum, size| sum * radius + size)
    }

    /// A bound of `|p(t)|` for t in [0, length], by the coefficients of Chebyshev over that interval.
    ///
    /// ```
    /// use enclosures::number::{Ball, Magnitude, Polynomial, Ring};
    /// // (1 − t)^8 on [0, 1]
    /// let coefficients = [1, -8, 28, -56, 70, -56, 28, -8, 1].map(|value| Ball::from_rational(&value.into(), 128));
    /// let polynomial = Polynomial::new(coefficients.to_vec());
    /// assert!(polynomial.sup_on(&Ball::one(128)).to_f64() < 1.0001);
    /// assert!(polynomial.sup(Magnitude::power_of_two(0)).to_f64() > 255.9);
    /// ```
    #[must_use]
    pub fn sup_on(&self, length: &Ball) -> Magnitude {
        let half = length.clone().times((1, 2));
        self.composed(&half, &half).to_chebyshev().sup()
    }
}

impl<T: Ring> Chebyshev<T> {
    /// The series with these coefficients, that of `T_0` first; of none it is zero.
    #[must_use]
    pub fn new(coefficients: Vec<T>) -> Self {
        Self { coefficients }
    }

    /// The coefficients, that of `T_0` first.
    #[must_use]
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients
    }

    /// The value at `t`, by Clenshaw's rule: `b_n = a_n + 2 t b_{n+1} − b_{n+2}`, and `a_0 + t b_1 − b_2`.
    #[must_use]
    pub fn value(&self, t: &T) -> T {
        let Some((first, rest)) = self.coefficients.split_first() else { return T::zero(t.bits()) };
        let twice = t.clone() + t;
        let zero = T::zero(bits(&self.coefficients));
        let (mut one, mut two) = (zero.clone(), zero);
        for coefficient in rest.iter().rev() {
            let mut next = coefficient.clone() - &two;
            next.add_product(&twice, &one);
            two = std::mem::replace(&mut one, next);
        }
        let mut value = first.clone() - &two;
        value.add_product(t, &one);
        value
    }

    /// The same polynomial in powers of t, by Clenshaw's rule over polynomials.
    #[must_use]
    pub fn to_monomial(&self) -> Polynomial<T> {
        let Some((first, rest)) = self.coefficients.split_first() else { return Polynomial::new(Vec::new()) };
        let (mut one, mut two): (Vec<T>, Vec<T>) = (Vec::new(), Vec::new());
        let next = |coefficient: &T, factor: u32, one: &[T], two: &[T]| {
            let mut next = vec![coefficient.clone()];
            next.extend(one.iter().map(|own| own.clone().times(factor)));
            next.iter_mut().zip(two).for_each(|(next, own)| *next -= own);
            next
        };
        for coefficient in rest.iter().rev() {
            let next = next(coefficient, 2, &one, &two);
            two = std::mem::replace(&mut one, next);
        }
        Polynomial::new(next(first, 1, &one, &two))
    }

    /// The derivative: `T_n′ = n U_{n−1}`, so that its coefficients are `d_{n−1} = d_{n+1} + 2 n a_n`, the first of them halved.
    #[must_use]
    pub fn derivative(&self) -> Self {
        let length = self.coefficients.len().saturating_sub(1);
        let mut slopes = vec![T::zero(bits(&self.coefficients)); length + 2];
        for n in (1..=length).rev() {
            slopes[n - 1] = slopes[n + 1].clone() + self.coefficients[n].clone().times(2 * n);
        }
        slopes.truncate(length);
        if let Some(first) = slopes.first_mut() {
            *first = first.clone().times((1, 2));
        }
        Self::new(slopes)
    }

    /// The integral from −1: `∫ T_n = T_{n+1}/(2(n + 1)) − T_{n−1}/(2(n − 1))`, `∫ T_1 = T_2/4`, `∫ T_0 = T_1`.
    #[must_use]
    pub fn integral(&self) -> Self {
        let mut image = vec![T::zero(bits(&self.coefficients)); self.coefficients.len() + 1];
        for (n, own) in self.coefficients.iter().enumerate() {
            let factor = if n == 0 { (1, 1) } else { (1, 2 * (n + 1)) };
            image[n + 1] += &own.clone().times(factor);
            if n > 1 {
                image[n - 1] -= &own.clone().times((1, 2 * (n - 1)));
            }
        }
        // T_n(−1) = (−1)^n.
        let mut constant = T::zero(bits(&self.coefficients));
        for (n, own) in image.iter().enumerate().skip(1) {
            if n % 2 == 0 {
                constant -= own;
            } else {
                constant += own;
            }
        }
        image[0] = constant;
        Self::new(image)
    }
}

impl Chebyshev<Ball> {
    /// A bound of `|p(t)|` for all t in [−1, 1]: `Σ |a_n|`.
    #[must_use]
    pub fn sup(&self) -> Magnitude {
        self.coefficients.iter().map(Ball::greatest_absolute).fold(Magnitude::ZERO, |sum, size| sum + size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::following;
    use crate::number::{Exact, Real, Truth};
    use rug::Rational;

    fn polynomials() -> Vec<Vec<Rational>> {
        let mut state = 1_u64;
        (0..9)
            .map(|length| {
                let draw = |_| {
                    state = following(state);
                    Rational::from(((state >> 40) as i64 % 17 - 8, 1 + (state >> 33) as i64 % 5))
                };
                (0..length).map(draw).collect()
            })
            .collect()
    }

    fn lifted<T: Ring>(values: &[Rational], bits: u32) -> Vec<T> {
        values.iter().map(|value| T::from_rational(value, bits)).collect()
    }

    fn places() -> [Exact; 5] {
        [(0, 1), (1, 1), (-1, 1), (2, 7), (-5, 3)].map(|place| Exact::from(Rational::from(place)))
    }

    fn assert_equal(one: &Exact, other: &Exact, what: &str) {
        assert_eq!(one.equals(other), Truth::True, "{what}: {one} {other}");
    }

    #[test]
    fn both_bases_have_the_same_values_slopes_and_integrals() {
        for values in polynomials() {
            let monomial = Polynomial::<Exact>::new(lifted(&values, 64));
            let series = monomial.to_chebyshev();
            assert_eq!(series.coefficients().len(), values.len());
            let again = series.to_monomial();
            assert_eq!(again.coefficients().len(), values.len());
            let from = -Exact::one(64);
            for t in places() {
                // The definition, power by power.
                let by_powers = values
                    .iter()
                    .enumerate()
                    .fold(Exact::zero(64), |sum, (n, value)| sum + t.power(n as u32).times(value.clone()));
                assert_equal(&monomial.value(&t), &by_powers, "Horner");
                assert_equal(&series.value(&t), &by_powers, "Clenshaw");
                assert_equal(&again.value(&t), &by_powers, "and back");
                assert_equal(&series.derivative().value(&t), &monomial.derivative().value(&t), "slope");
                let integral = monomial.integral().value(&t) - monomial.integral().value(&from);
                assert_equal(&series.integral().value(&t), &integral, "integral");
                assert_equal(&monomial.integral().derivative().value(&t), &by_powers, "slope of the integral");
                let (shift, scale) = (t.constant((3, 4)), t.constant((-2, 5)));
                let moved = shift.clone() + scale.clone() * &t;
                assert_equal(&monomial.composed(&shift, &scale).value(&t), &monomial.value(&moved), "composed");
            }
        }
    }

    #[test]
    fn a_series_of_chebyshev_is_of_cosines() {
        // T_n(cos φ) = cos nφ, at φ = π/3: 1, 1/2, −1/2, −1, −1/2, 1/2.
        for (n, expected) in [(2, 2), (1, 2), (-1, 2), (-2, 2), (-1, 2), (1, 2), (2, 2)].into_iter().enumerate() {
            let mut coefficients = vec![Exact::zero(64); n];
            coefficients.push(Exact::one(64));
            let value = Chebyshev::new(coefficients).value(&Exact::from(Rational::from((1, 2))));
            assert_equal(&value, &Exact::from(Rational::from(expected)), "a cosine");
        }
    }

    #[test]
    fn bounds_hold_and_balls_contain_what_is_exact() {
        for values in polynomials() {
            let exact = Polynomial::<Exact>::new(lifted(&values, 64));
            let balls = Polynomial::<Ball>::new(lifted(&values, 64));
            let series = balls.to_chebyshev();
            let bound = |magnitude: Magnitude| magnitude.to_rational().unwrap();
            for k in -6..=6 {
                let place = Rational::from((k, 6));
                let value = exact.value(&Exact::from(place.clone())).into_value().unwrap();
                let at = Ball::from_rational(&place, 64);
                assert!(balls.value(&at).contains_rational(&value) && series.value(&at).contains_rational(&value));
                assert!(series.to_monomial().value(&at).contains_rational(&value));
                assert!(value.clone().abs() <= bound(series.sup()));
                assert!(value.clone().abs() <= bound(balls.sup(Magnitude::power_of_two(0))));
                let length = Rational::from((3, 2));
                let moved = exact.value(&Exact::from((place + 1) * &length / 2)).into_value().unwrap().abs();
                assert!(moved <= bound(balls.sup_on(&Ball::from_rational(&length, 64))));
                assert!(moved <= bound(balls.sup(Magnitude::above_rational(&length))));
            }
        }
    }
}
