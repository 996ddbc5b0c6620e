//! Dual numbers: a value together with its derivative.

use super::operators::{division_operator, ring_operators};
use super::{Real, Ring, Sign, Truth};

/// The number a + b ε with ε² = 0: running a text over `Dual<T>` differentiates it in one direction (forward mode).
///
/// So a gradient that is computed by a formula can be checked against the function itself; over balls the derivative is enclosed. Comparisons, bounds and approximations look at the value
/// alone. Where a function has no derivative (|x| at 0) or the derivative is not known, it is undefined; where the sign
/// that decides it is open, it is the hull of the candidates.
///
/// ```
/// use enclosures::number::{Dual, Exact, Ring};
/// let x = Dual::variable(Exact::from(rug::Rational::from(3)));
/// let y = x.power(3);
/// assert_eq!(y.value().to_string(), "27");
/// assert_eq!(y.derivative().to_string(), "27");
/// ```
#[derive(Clone, Debug)]
pub struct Dual<T> {
    value: T,
    derivative: T,
}

impl<T> Dual<T> {
    /// The number with the given value and derivative.
    #[must_use]
    pub fn new(value: T, derivative: T) -> Self {
        Self { value, derivative }
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The derivative.
    #[must_use]
    pub fn derivative(&self) -> &T {
        &self.derivative
    }

    /// Value and derivative.
    #[must_use]
    pub fn into_parts(self) -> (T, T) {
        (self.value, self.derivative)
    }
}

impl<T: Ring> Dual<T> {
    /// The variable itself: derivative one.
    #[must_use]
    pub fn variable(value: T) -> Self {
        let derivative = T::one(value.bits());
        Self { value, derivative }
    }

    /// A number that does not depend on the variable: derivative zero.
    #[must_use]
    pub fn fixed(value: T) -> Self {
        let derivative = T::zero(value.bits());
        Self { value, derivative }
    }

    fn negate(&mut self) {
        *self = Self { value: -self.value.clone(), derivative: -self.derivative.clone() };
    }

    fn increase(&mut self, other: &Self) {
        self.value += &other.value;
        self.derivative += &other.derivative;
    }

    fn decrease(&mut self, other: &Self) {
        self.value -= &other.value;
        self.derivative -= &other.derivative;
    }

    fn multiply(&mut self, other: &Self) {
        let mut derivative = self.derivative.clone() * &other.value;
        derivative.add_product(&self.value, &other.derivative);
        *self = Self { value: self.value.clone() * &other.value, derivative };
    }
}

impl<T: Real> Dual<T> {
    fn divide(&mut self, other: &Self) {
        // (a/b)′ = (a′ − (a/b) b′)/b.
        let value = self.value.clone() / &other.value;
        let change = self.derivative.clone() - value.clone() * &other.derivative;
        *self = Self { value, derivative: change / &other.value };
    }

    /// What no number system has: 0/0.
    fn unknown(bits: u32) -> T {
        T::zero(bits) / T::zero(bits)
    }

    /// The value `image` of a function whose derivative there is `slope`.
    fn image(self, image: T, slope: &T) -> Self {
        Self { value: image, derivative: self.derivative * slope }
    }

    /// The derivative of max or min: that of the number chosen, and anything between the two where the choice is open.
    /// At a tie the two one-sided derivatives differ unless the derivatives agree: anything between them again.
    fn chosen_derivative(&self, other: &Self, self_chosen: Truth, other_chosen: Truth) -> T {
        match (self_chosen, other_chosen) {
            (Truth::True, _) => self.derivative.clone(),
            (_, Truth::True) => other.derivative.clone(),
            _ => {
                let least = self.derivative.clone().min(&other.derivative);
                let greatest = self.derivative.clone().max(&other.derivative);
                T::between(&least, &greatest)
            }
        }
    }
}

ring_operators!([T: Ring] Dual<T>);
division_operator!([T: Real] Dual<T>);

impl<T: Ring> Ring for Dual<T> {
    fn from_rational(value: &rug::Rational, bits: u32) -> Self {
        Self { value: T::from_rational(value, bits), derivative: T::zero(bits) }
    }

    fn bits(&self) -> u32 {
        self.value.bits().max(self.derivative.bits())
    }

    fn add_product(&mut self, left: &Self, right: &Self) {
        self.value.add_product(&left.value, &right.value);
        self.derivative.add_product(&left.value, &right.derivative);
        self.derivative.add_product(&left.derivative, &right.value);
    }

    fn square(&self) -> Self {
        let twice = self.value.clone() + &self.value;
        Self { value: self.value.square(), derivative: twice * &self.derivative }
    }
}

impl<T: Real> Real for Dual<T> {
    fn sign(&self) -> Sign {
        self.value.sign()
    }

    fn is_defined(&self) -> bool {
        self.value.is_defined() && self.derivative.is_defined()
    }

    fn sqrt(self) -> Self {
        let root = self.value.clone().sqrt();
        let slope = T::one(root.bits()) / (root.clone() + &root);
        self.image(root, &slope)
    }

    fn sqrt_of_nonnegative(self) -> Self {
        let root = self.value.clone().sqrt_of_nonnegative();
        let slope = T::one(root.bits()) / (root.clone() + &root);
        self.image(root, &slope)
    }

    fn root(self, degree: u32) -> Self {
        if degree == 1 {
            return self;
        }
        let root = self.value.clone().root(degree);
        // (x^(1/q))′ = x^(1/q)/(q x).
        let slope = root.clone() / self.value.clone().times(degree);
        self.image(root, &slope)
    }

    fn exp(self) -> Self {
        let image = self.value.clone().exp();
        let slope = image.clone();
        self.image(image, &slope)
    }

    fn exp_m1(self) -> Self {
        let (image, slope) = (self.value.clone().exp_m1(), self.value.clone().exp());
        self.image(image, &slope)
    }

    fn ln(self) -> Self {
        let (image, slope) = (self.value.clone().ln(), T::one(self.value.bits()) / &self.value);
        self.image(image, &slope)
    }

    fn ln_1p(self) -> Self {
        let successor = self.value.clone() + T::one(self.value.bits());
        let (image, slope) = (self.value.clone().ln_1p(), T::one(successor.bits()) / &successor);
        self.image(image, &slope)
    }

    fn abs(self) -> Self {
        let opposite = -self.clone();
        self.max(&opposite)
    }

    fn max(self, other: &Self) -> Self {
        let derivative = self.chosen_derivative(other, other.value.below(&self.value), self.value.below(&other.value));
        Self { value: self.value.max(&other.value), derivative }
    }

    fn min(self, other: &Self) -> Self {
        let derivative = self.chosen_derivative(other, self.value.below(&other.value), other.value.below(&self.value));
        Self { value: self.value.min(&other.value), derivative }
    }

    /// The derivative is undefined: bounds of a function say nothing of its slope.
    fn between(lower: &Self, upper: &Self) -> Self {
        let value = T::between(&lower.value, &upper.value);
        let derivative = Self::unknown(value.bits());
        Self { value, derivative }
    }

    /// A number that does not depend on the variable: it was chosen, not computed.
    fn lower(&self) -> Self {
        Self::fixed(self.value.lower())
    }

    /// A number that does not depend on the variable: it was chosen, not computed.
    fn upper(&self) -> Self {
        Self::fixed(self.value.upper())
    }

    /// A number that does not depend on the variable: it was chosen, not computed.
    fn midpoint(&self) -> Self {
        Self::fixed(self.value.midpoint())
    }

    fn approximate(&self) -> f64 {
        self.value.approximate()
    }

    fn upper_f64(&self) -> f64 {
        self.value.upper_f64()
    }

    fn lower_f64(&self) -> f64 {
        self.value.lower_f64()
    }

    /// The exact value, whatever the derivative.
    fn exact(&self) -> Option<rug::Rational> {
        self.value.exact()
    }

    fn below(&self, other: &Self) -> Truth {
        self.value.below(&other.value)
    }

    fn at_most(&self, other: &Self) -> Truth {
        self.value.at_most(&other.value)
    }

    fn equals(&self, other: &Self) -> Truth {
        self.value.equals(&other.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Ball, Exact, Float};

    fn rational(numerator: i64, denominator: i64) -> Exact {
        Exact::from(rug::Rational::from((numerator, denominator)))
    }

    fn variable(numerator: i64, denominator: i64) -> Dual<Exact> {
        Dual::variable(rational(numerator, denominator))
    }

    fn parts(number: &Dual<Exact>) -> (String, String) {
        (number.value.to_string(), number.derivative.to_string())
    }

    #[test]
    fn rules_of_differentiation_exactly() {
        let x = variable(3, 2);
        let shown = |number: Dual<Exact>| parts(&number).1;
        assert_eq!(shown(x.clone() + x.constant(5)), "1");
        assert_eq!(shown(x.constant(5) - &x), "-1");
        assert_eq!(shown(-x.clone()), "-1");
        assert_eq!(shown(x.clone() * &x), "3");
        assert_eq!(shown(x.square()), "3");
        assert_eq!(shown(x.power(4)), "27/2");
        assert_eq!(shown(x.constant(1) / &x), "-4/9");
        assert_eq!(shown((x.square() + x.constant(1)) / (x.clone() - x.constant(1))), "-7");
        assert_eq!(shown(x.clone().times((7, 3))), "7/3");
        let mut sum = x.clone();
        sum.add_product(&x.square(), &x.power(3));
        assert_eq!(parts(&sum), ("291/32".to_owned(), "421/16".to_owned()));
        // √(x²) has derivative x/|x|.
        assert_eq!(shown(x.square().sqrt()), "1");
        assert_eq!(shown((-x.clone()).square().sqrt_of_nonnegative()), "1");
        // Functions at the one place where a rational has a rational image.
        assert_eq!(parts(&variable(0, 1).exp()), ("1".to_owned(), "1".to_owned()));
        assert_eq!(parts(&variable(0, 1).exp_m1()), ("0".to_owned(), "1".to_owned()));
        assert_eq!(parts(&variable(1, 1).ln()), ("0".to_owned(), "1".to_owned()));
        assert_eq!(parts(&variable(0, 1).ln_1p()), ("0".to_owned(), "1".to_owned()));
    }

    #[test]
    fn choices() {
        let x = variable(-3, 2);
        assert_eq!(parts(&x.clone().abs()), ("3/2".to_owned(), "-1".to_owned()));
        assert_eq!(parts(&x.clone().max(&x.constant(1))), ("1".to_owned(), "0".to_owned()));
        assert_eq!(parts(&x.clone().min(&x.constant(1))), ("-3/2".to_owned(), "1".to_owned()));
        // No derivative at a corner, but one where both sides agree.
        assert!(variable(0, 1).abs().value.is_defined());
        assert!(!variable(0, 1).abs().is_defined());
        assert_eq!(parts(&x.clone().max(&x)), ("-3/2".to_owned(), "1".to_owned()));
        // Over balls: the hull of both slopes.
        let wide = Ball::hull(&rug::Float::with_val(64, -1), &rug::Float::with_val(64, 2), 64);
        let slope = Dual::variable(wide).abs().into_parts().1;
        assert!(slope.contains_rational(&1.into()) && slope.contains_rational(&(-1).into()));
        assert!(!slope.contains_rational(&rug::Rational::from((11, 10))));
        assert!(!Dual::between(&x, &x).is_defined());
        assert_eq!(parts(&x.midpoint()).1, "0");
        assert_eq!(parts(&x.lower()).1, "0");
        assert_eq!(parts(&x.upper()).1, "0");
    }

    #[test]
    fn undefined_derivatives() {
        let zero = variable(0, 1);
        assert!(!zero.clone().sqrt().is_defined(), "the root has no slope at 0");
        assert!(!(zero.constant(1) / &zero).is_defined());
        assert!(!variable(2, 1).exp().is_defined());
    }

    #[test]
    fn functions_over_balls_enclose_the_known_derivative() {
        let bits = 100;
        let reference = |value: f64, slope: fn(Float) -> Float| {
            slope(Float::new(rug::Float::with_val(4 * bits, value))).exact().unwrap()
        };
        type Function = fn(Dual<Ball>) -> Dual<Ball>;
        type Slope = fn(Float) -> Float;
        let cases: [(&str, Function, Slope); 7] = [
            ("exp", Real::exp, Real::exp),
            ("exp_m1", Real::exp_m1, Real::exp),
            ("ln", Real::ln, |x| x.constant(1) / x),
            ("ln_1p", Real::ln_1p, |x| x.constant(1) / (x.constant(1) + x)),
            ("sqrt", Real::sqrt, |x| x.constant((1, 2)) / x.sqrt()),
            ("sqrt_of_nonnegative", Real::sqrt_of_nonnegative, |x| x.constant((1, 2)) / x.sqrt()),
            // The logistic loss ln(1 + e^−x), with derivative −1/(1 + e^x).
            ("loss", |x| (-x).exp().ln_1p(), |x| x.constant(-1) / (x.constant(1) + x.exp())),
        ];
        for (name, function, slope) in cases {
            for value in [0.001, 0.75, 1.0, 3.0, 40.0] {
                let image = function(Dual::variable(Ball::from_f64(value, bits)));
                // The reference is itself rounded, at four times the precision.
                let expected = Ball::from_rational(&reference(value, slope), 2 * bits);
                assert!(image.derivative().may_meet(&expected), "{name} at {value}");
                assert!(
                    image.derivative().radius() < image.derivative().least_absolute().scaled(-90),
                    "{name} at {value}"
                );
            }
        }
    }

    #[test]
    fn comparisons_look_at_the_value() {
        let (x, y) = (variable(1, 2), Dual::fixed(rational(1, 2)));
        assert_eq!(x.equals(&y), Truth::True);
        assert_eq!(x.below(&y), Truth::False);
        assert_eq!(x.at_most(&y), Truth::True);
        assert_eq!(x.sign(), Sign::Positive);
        assert_eq!(x.approximate(), 0.5);
        assert_eq!(x.exact(), Some((1, 2).into()));
    }
}
