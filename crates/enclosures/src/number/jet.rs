//! Truncated power series, coefficient by coefficient.

use super::operators::{division_operator, ring_operators};
use super::{Real, Ring, Sign, Truth};

/// `c_0 + c_1 t + … + c_{N−1} t^{N−1}` without what comes after: running a text over `Jet<T>` gives the first N Taylor coefficients of its result.
///
/// It is slow, and obvious: every operation computes all coefficients anew by the definition of the product, or by the differential equation of the
/// function. A [`Text`](super::Text) has them one after the other for a fraction of the work; this is what it is compared with. Comparisons, bounds and
/// approximations look at the value `c_0` alone. Of two jets the shorter says how long the result is; a constant has any length.
///
/// ```
/// use enclosures::number::{Exact, Jet, Ring};
/// let t = Jet::variable(Exact::from(rug::Rational::from(2)), 4);
/// let reciprocal = t.constant(1) / &t;
/// let coefficients: Vec<String> = reciprocal.coefficients().iter().map(ToString::to_string).collect();
/// assert_eq!(coefficients, ["1/2", "-1/4", "1/8", "-1/16"]);
/// ```
#[derive(Clone, Debug)]
pub struct Jet<T> {
    /// At least one.
    coefficients: Vec<T>,
    /// Whether all that are missing are zero.
    is_constant: bool,
}

impl<T: Ring> Jet<T> {
    /// The jet with these coefficients, at least one.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[must_use]
    pub fn new(coefficients: Vec<T>) -> Self {
        assert!(!coefficients.is_empty(), "a jet has a value");
        Self { coefficients, is_constant: false }
    }

    /// The jet of `value + t` with so many coefficients, at least one.
    #[must_use]
    pub fn variable(value: T, length: usize) -> Self {
        let bits = value.bits();
        let rest = (1..length).map(|n| if n == 1 { T::one(bits) } else { T::zero(bits) });
        Self::new(std::iter::once(value).chain(rest).collect())
    }

    /// A number that does not depend on `t`.
    #[must_use]
    pub fn fixed(value: T) -> Self {
        Self { coefficients: vec![value], is_constant: true }
    }

    /// The coefficients; of a constant the first alone.
    #[must_use]
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients
    }

    /// The coefficient of `t^n`, zero if it is not there.
    #[must_use]
    pub fn coefficient(&self, n: usize) -> T {
        self.coefficients.get(n).cloned().unwrap_or_else(|| T::zero(self.bits()))
    }

    fn value(&self) -> &T {
        &self.coefficients[0]
    }

    /// The jet whose n-th coefficient is `coefficient(n)`, as long as both let it be.
    fn with(&self, other: &Self, coefficient: impl FnMut(usize) -> T) -> Self {
        let length = match (self.is_constant, other.is_constant) {
            (true, true) => 1,
            (true, false) => other.coefficients.len(),
            (false, true) => self.coefficients.len(),
            (false, false) => self.coefficients.len().min(other.coefficients.len()),
        };
        Self {
            coefficients: (0..length).map(coefficient).collect(),
            is_constant: self.is_constant && other.is_constant,
        }
    }

    /// The jet that begins with `value` and goes on by `next`, from the coefficients so far.
    fn continued(&self, value: T, mut next: impl FnMut(&[T]) -> T) -> Self {
        let mut coefficients = vec![value];
        while coefficients.len() < self.coefficients.len() {
            coefficients.push(next(&coefficients));
        }
        Self { coefficients, is_constant: self.is_constant }
    }

    fn negate(&mut self) {
        self.coefficients.iter_mut().for_each(|coefficient| *coefficient = -coefficient.clone());
    }

    fn increase(&mut self, other: &Self) {
        *self = self.with(other, |n| self.coefficient(n) + other.coefficient(n));
    }

    fn decrease(&mut self, other: &Self) {
        *self = self.with(other, |n| self.coefficient(n) - other.coefficient(n));
    }

    fn multiply(&mut self, other: &Self) {
        *self = self.with(other, |n| {
            (0..=n).fold(T::zero(self.bits().max(other.bits())), |sum, k| {
                sum + self.coefficient(k) * other.coefficient(n - k)
            })
        });
    }
}

impl<T: Real> Jet<T> {
    /// From `q y = x`.
    fn divide(&mut self, other: &Self) {
        let mut quotient: Vec<T> = Vec::new();
        *self = self.with(other, |n| {
            let rest =
                (0..n).fold(self.coefficient(n), |rest, k| rest - quotient[k].clone() * other.coefficient(n - k));
            quotient.push(rest / other.value());
            quotient[n].clone()
        });
    }

    /// The derivative; one coefficient shorter, unless none would be left.
    fn derivative(&self) -> Self {
        let terms = self.coefficients.iter().enumerate().skip(1);
        let coefficients: Vec<T> = terms.map(|(n, coefficient)| coefficient.clone().times(n)).collect();
        if coefficients.is_empty() { Self::fixed(T::zero(self.bits())) } else { Self::new(coefficients) }
    }

    /// The function with this value at 0 and the derivative `slope`.
    fn integral(&self, value: T, slope: &Self) -> Self {
        self.continued(value, |so_far| slope.coefficient(so_far.len() - 1) / T::one(64).times(so_far.len()))
    }

    /// From `r^q = x`: `q x r′ = x′ r`.
    fn with_root(&self, value: T, degree: u32) -> Self {
        let slope = self.derivative();
        let scaled = self.clone().times(degree);
        self.continued(value, |so_far| {
            // The coefficient of t^(n − 1): Σ_k (q x)_k (n − k) r_{n−k} = Σ_k x′_k r_{n−1−k}.
            let n = so_far.len();
            let right = (0..n).fold(T::zero(self.bits()), |sum, k| sum + slope.coefficient(k) * &so_far[n - 1 - k]);
            let rest = (1..n).fold(right, |rest, k| rest - scaled.coefficient(k) * so_far[n - k].clone().times(n - k));
            rest / scaled.value().clone().times(n)
        })
    }

    fn choice(self, other: &Self, is_self: Truth, is_other: Truth) -> Self {
        match (is_self, is_other) {
            (Truth::True, _) => self,
            (_, Truth::True) => other.clone(),
            _ => self.unknown(),
        }
    }

    /// Undefined coefficients.
    fn unknown(&self) -> Self {
        let unknown = T::zero(self.bits()) / T::zero(self.bits());
        Self { coefficients: vec![unknown; self.coefficients.len()], is_constant: self.is_constant }
    }
}

ring_operators!([T: Ring] Jet<T>);
division_operator!([T: Real] Jet<T>);

impl<T: Ring> Ring for Jet<T> {
    fn from_rational(value: &rug::Rational, bits: u32) -> Self {
        Self::fixed(T::from_rational(value, bits))
    }

    fn bits(&self) -> u32 {
        self.coefficients.iter().map(T::bits).max().unwrap_or(64)
    }
}

impl<T: Real> Real for Jet<T> {
    fn sign(&self) -> Sign {
        self.value().sign()
    }

    fn is_defined(&self) -> bool {
        self.coefficients.iter().all(T::is_defined)
    }

    fn sqrt(self) -> Self {
        self.with_root(self.value().clone().sqrt(), 2)
    }

    fn sqrt_of_nonnegative(self) -> Self {
        self.with_root(self.value().clone().sqrt_of_nonnegative(), 2)
    }

    fn root(self, degree: u32) -> Self {
        if degree == 1 { self } else { self.with_root(self.value().clone().root(degree), degree) }
    }

    /// From `e′ = e x′`.
    fn exp(self) -> Self {
        let slope = self.derivative();
        self.continued(self.value().clone().exp(), |so_far| {
            let n = so_far.len();
            let sum = (0..n).fold(T::zero(self.bits()), |sum, k| sum + slope.coefficient(k) * &so_far[n - 1 - k]);
            sum / T::one(64).times(n)
        })
    }

    fn exp_m1(self) -> Self {
        let mut image = self.clone().exp();
        image.coefficients[0] = self.value().clone().exp_m1();
        image
    }

    /// From `l′ = x′/x`.
    fn ln(self) -> Self {
        self.integral(self.value().clone().ln(), &(self.derivative() / &self))
    }

    fn ln_1p(self) -> Self {
        let successor = self.clone() + Self::one(self.bits());
        self.integral(self.value().clone().ln_1p(), &(self.derivative() / successor))
    }

    /// Of a number that is certainly not zero.
    fn abs(self) -> Self {
        let opposite = -self.clone();
        self.max(&opposite)
    }

    /// The one that is certainly larger; undefined where that is open or both are equal.
    fn max(self, other: &Self) -> Self {
        let (larger, smaller) = (other.value().below(self.value()), self.value().below(other.value()));
        self.choice(other, larger, smaller)
    }

    /// The one that is certainly smaller; undefined where that is open or both are equal.
    fn min(self, other: &Self) -> Self {
        let (smaller, larger) = (self.value().below(other.value()), other.value().below(self.value()));
        self.choice(other, smaller, larger)
    }

    /// Undefined: bounds of a function say nothing of its coefficients.
    fn between(lower: &Self, upper: &Self) -> Self {
        lower.with(upper, |_| T::zero(lower.bits())).unknown()
    }

    /// A number that does not depend on `t`: it was chosen, not computed.
    fn lower(&self) -> Self {
        Self::fixed(self.value().lower())
    }

    /// A number that does not depend on `t`: it was chosen, not computed.
    fn upper(&self) -> Self {
        Self::fixed(self.value().upper())
    }

    /// A number that does not depend on `t`: it was chosen, not computed.
    fn midpoint(&self) -> Self {
        Self::fixed(self.value().midpoint())
    }

    fn approximate(&self) -> f64 {
        self.value().approximate()
    }

    fn upper_f64(&self) -> f64 {
        self.value().upper_f64()
    }

    fn lower_f64(&self) -> f64 {
        self.value().lower_f64()
    }

    /// The exact value, whatever the other coefficients.
    fn exact(&self) -> Option<rug::Rational> {
        self.value().exact()
    }
}
