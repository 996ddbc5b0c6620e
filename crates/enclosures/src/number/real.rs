//! What a number system needs beyond a ring for inequalities, norms and transcendental losses.

use std::ops::Div;

use super::{Player, Ring, Text};

/// What is known of a number's sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Certainly below zero.
    Negative,
    /// Certainly equal to zero.
    Zero,
    /// Certainly above zero.
    Positive,
    /// Not decided at this precision.
    Open,
}

/// What is known of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Certainly true.
    True,
    /// Certainly false.
    False,
    /// Not decided at this precision.
    Open,
}

impl Truth {
    /// Both statements hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Open,
        }
    }

    /// The same, unless it is open: then what `decide` finds by other means.
    ///
    /// ```
    /// use enclosures::number::Truth;
    /// assert_eq!(Truth::Open.or_else(|| Truth::False), Truth::False);
    /// assert_eq!(Truth::True.or_else(|| unreachable!("it is known")), Truth::True);
    /// ```
    #[must_use]
    pub fn or_else(self, decide: impl FnOnce() -> Self) -> Self {
        if self == Self::Open { decide() } else { self }
    }

    /// The statement does not hold.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "a method needs no import; `!` would read like two-valued logic")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Open => Self::Open,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A [`Ring`] with division, roots, exponentials and a comparison that may be open.
///
/// A function returns a value only if it can vouch for it: outside a function's domain, after overflow, or where
/// the system has no such number (√2 among the rationals), the result is *undefined* (for balls: the whole line),
/// every operation on it is undefined, and every comparison with it is [`Truth::Open`].
///
/// Text written for any `Real` cannot branch on a comparison as if it were certain:
///
/// ```compile_fail
/// use enclosures::number::{Real, Truth};
/// fn larger<T: Real>(one: T, other: T) -> T {
///     if one < other { other } else { one }
/// }
/// ```
///
/// ```
/// use enclosures::number::{Real, Truth};
/// fn certainly_larger<T: Real>(one: T, other: T) -> Option<T> {
///     if one.below(&other) == Truth::True { Some(other) } else { None }
/// }
/// ```
pub trait Real: Ring + Div<Output = Self> + for<'a> Div<&'a Self, Output = Self> {
    /// What is known of the sign.
    fn sign(&self) -> Sign;

    /// Whether the value is defined: not NaN, not infinite, not the whole line, not irrational among rationals.
    fn is_defined(&self) -> bool;

    /// The square root. Undefined if the number may be negative.
    fn sqrt(self) -> Self;

    /// The square root of a number that is known to be non-negative for a reason outside its enclosure
    /// (a sum of squares, say): the negative part of an enclosure is cut off first.
    fn sqrt_of_nonnegative(self) -> Self;

    /// The root of the given degree of a number that is known to be non-negative, as in
    /// [`sqrt_of_nonnegative`](Self::sqrt_of_nonnegative). Undefined if the degree is zero.
    fn root(self, degree: u32) -> Self;

    /// The power `x^(numerator/denominator)` of a number `x` that is known to be non-negative: `x^0 = 1` also at zero, and
    /// `0^s = 0` for `s > 0`. Where the exponent is an integer this is [`power`](Ring::power), exact in an exact
    /// system. Undefined if the denominator is zero, or if `x` is certainly negative and the exponent not an integer.
    ///
    /// ```
    /// use enclosures::number::{Ball, Exact, Real, Ring};
    /// let x = Exact::from(rug::Rational::from((8, 27)));
    /// assert_eq!(x.rational_power(2, 3).to_string(), "4/9");
    /// assert_eq!(x.rational_power(4, 2).to_string(), "64/729");
    /// assert_eq!(x.constant(0).rational_power(0, 5).to_string(), "1");
    /// assert!(!x.rational_power(1, 2).is_defined());
    /// let root = Ball::from_rational(&rug::Rational::from(2), 128).rational_power(2, 5);
    /// assert!(root.power(5).contains_rational(&rug::Rational::from(4)));
    /// ```
    fn rational_power(&self, numerator: u32, denominator: u32) -> Self {
        if denominator == 0 {
            return self.undefined();
        }
        // In lowest terms, each of which is no larger than it was.
        let exponent = rug::Rational::from((numerator, denominator));
        let (numerator, denominator) = (exponent.numer().to_u32_wrapping(), exponent.denom().to_u32_wrapping());
        match denominator {
            1 => self.power(numerator),
            // An even power would hide the sign from the root.
            _ if self.sign() == Sign::Negative => self.undefined(),
            _ => self.power(numerator).root(denominator),
        }
    }

    /// The number that no system has, `0/0`, at the precision of `self`.
    fn undefined(&self) -> Self {
        let zero = Self::zero(self.bits());
        zero.clone() / &zero
    }

    /// The number `value`, at `bits` bits: what [`from_rational`](Ring::from_rational) makes of it. Undefined if it is infinite or NaN.
    ///
    /// ```
    /// use enclosures::number::{Real, ShortBall};
    /// let half = <ShortBall as Real>::from_f64(0.5, 128);
    /// assert_eq!(half.exact(), Some((1, 2).into()));
    /// assert!(!<ShortBall as Real>::from_f64(f64::NAN, 128).is_defined());
    /// ```
    fn from_f64(value: f64, bits: u32) -> Self {
        let number = rug::Rational::from_f64(value).map(|value| Self::from_rational(&value, bits));
        number.unwrap_or_else(|| Self::zero(bits).undefined())
    }

    /// The exponential.
    fn exp(self) -> Self;

    /// `exp(self) − 1`, accurate near zero.
    fn exp_m1(self) -> Self;

    /// The natural logarithm. Undefined if the number may be zero or negative.
    fn ln(self) -> Self;

    /// `ln(1 + self)`, accurate near zero. Undefined if `1 + self` may be zero or negative.
    fn ln_1p(self) -> Self;

    /// The absolute value.
    fn abs(self) -> Self;

    /// The larger of the two: a hull, never a choice, where the comparison is open.
    fn max(self, other: &Self) -> Self;

    /// The smaller of the two: a hull, never a choice, where the comparison is open.
    fn min(self, other: &Self) -> Self;

    /// A number of which only `lower ≤ x ≤ upper` is known: for balls the hull; for rationals defined only if the
    /// bounds are equal; for plain floats the middle.
    fn between(lower: &Self, upper: &Self) -> Self;

    /// The least number of the enclosure, as a number without uncertainty; the number itself elsewhere.
    fn lower(&self) -> Self;

    /// The greatest number of the enclosure, as a number without uncertainty; the number itself elsewhere.
    fn upper(&self) -> Self;

    /// The middle of the enclosure, as a number without uncertainty: for choosing among formulas that are each
    /// valid for the whole enclosure, and for approximations that are verified afterwards.
    fn midpoint(&self) -> Self;

    /// The nearest f64 of the midpoint, NaN if undefined: for approximations that are verified afterwards.
    fn approximate(&self) -> f64;

    /// An upper bound as an f64, rounded upward; +∞ if undefined.
    fn upper_f64(&self) -> f64;

    /// A lower bound as an f64, rounded downward; −∞ if undefined.
    fn lower_f64(&self) -> f64;

    /// The exact value if there is no uncertainty: a ball of radius zero, any float, any
    /// defined rational. `None` also where the fraction would have millions of digits (|x| beyond 2^±2^24).
    fn exact(&self) -> Option<rug::Rational>;

    /// A player of texts over these numbers; a system may put a faster one than the definition here.
    fn series_player(_text: &Text, _bits: u32) -> Option<Box<dyn Player<Self>>> {
        None
    }

    /// `self < other`.
    fn below(&self, other: &Self) -> Truth {
        match (self.clone() - other).sign() {
            Sign::Negative => Truth::True,
            Sign::Zero | Sign::Positive => Truth::False,
            Sign::Open => Truth::Open,
        }
    }

    /// `self ≤ other`.
    fn at_most(&self, other: &Self) -> Truth {
        other.below(self).not()
    }

    /// `self = other`: a ball can deny it, and confirm it only if both are points.
    fn equals(&self, other: &Self) -> Truth {
        match (self.clone() - other).sign() {
            Sign::Zero => Truth::True,
            Sign::Negative | Sign::Positive => Truth::False,
            Sign::Open => Truth::Open,
        }
    }
}
