//! What a text can be played over.

use std::fmt::Debug;

use super::series::Player;
use super::text::Text;
use crate::number::Real;

/// A number over which a [`Text`](super::Text) is played: any [`Real`], and `f64`.
///
/// Plain floating-point numbers are no number system, for their comparisons and infinities are not those of one; here they may stand in for
/// one where what comes out is verified afterwards.
pub trait Numeral: Clone + Debug + Send + Sync + 'static {
    /// A player of a text over these numbers that is faster than the definition.
    fn player(_text: &Text, _bits: u32) -> Option<Box<dyn Player<Self>>> {
        None
    }

    /// An exact constant, at `bits` bits.
    fn rational(value: &rug::Rational, bits: u32) -> Self;

    /// `self += other`.
    fn plus(&mut self, other: &Self);

    /// `self −= other`.
    fn minus(&mut self, other: &Self);

    /// `self += left · right`.
    fn plus_product(&mut self, left: &Self, right: &Self);

    /// `self · other`.
    #[must_use]
    fn product(&self, other: &Self) -> Self;

    /// `self / other`.
    #[must_use]
    fn quotient(&self, other: &Self) -> Self;

    /// `self / n`.
    #[must_use]
    fn over(&self, n: u32, bits: u32) -> Self {
        self.quotient(&Self::rational(&rug::Rational::from(n), bits))
    }

    /// `−self`.
    #[must_use]
    fn opposite(&self) -> Self;

    /// The square root.
    #[must_use]
    fn square_root(&self) -> Self;

    /// The root of a number that is known to be non-negative.
    #[must_use]
    fn root_of_degree(&self, degree: u32) -> Self;

    /// `e^x`.
    #[must_use]
    fn exponential(&self) -> Self;

    /// `e^x − 1`.
    #[must_use]
    fn exponential_less_one(&self) -> Self;

    /// `ln x`.
    #[must_use]
    fn logarithm(&self) -> Self;

    /// `ln(1 + x)`.
    #[must_use]
    fn logarithm_of_successor(&self) -> Self;
}

impl<T: Real> Numeral for T {
    fn player(text: &Text, bits: u32) -> Option<Box<dyn Player<Self>>> {
        Self::series_player(text, bits)
    }

    fn rational(value: &rug::Rational, bits: u32) -> Self {
        Self::from_rational(value, bits)
    }

    fn plus(&mut self, other: &Self) {
        *self += other;
    }

    fn minus(&mut self, other: &Self) {
        *self -= other;
    }

    fn plus_product(&mut self, left: &Self, right: &Self) {
        self.add_product(left, right);
    }

    fn product(&self, other: &Self) -> Self {
        self.clone() * other
    }

    fn quotient(&self, other: &Self) -> Self {
        self.clone() / other
    }

    fn opposite(&self) -> Self {
        -self.clone()
    }

    fn square_root(&self) -> Self {
        self.clone().sqrt()
    }

    fn root_of_degree(&self, degree: u32) -> Self {
        self.clone().root(degree)
    }

    fn exponential(&self) -> Self {
        self.clone().exp()
    }

    fn exponential_less_one(&self) -> Self {
        self.clone().exp_m1()
    }

    fn logarithm(&self) -> Self {
        self.clone().ln()
    }

    fn logarithm_of_successor(&self) -> Self {
        self.clone().ln_1p()
    }
}

impl Numeral for f64 {
    fn rational(value: &rug::Rational, _bits: u32) -> Self {
        rug::Float::with_val(f64::MANTISSA_DIGITS, value).to_f64()
    }

    fn plus(&mut self, other: &Self) {
        *self += other;
    }

    fn minus(&mut self, other: &Self) {
        *self -= other;
    }

    fn plus_product(&mut self, left: &Self, right: &Self) {
        *self += left * right;
    }

    fn product(&self, other: &Self) -> Self {
        self * other
    }

    fn quotient(&self, other: &Self) -> Self {
        self / other
    }

    fn opposite(&self) -> Self {
        -self
    }

    fn square_root(&self) -> Self {
        self.sqrt()
    }

    fn root_of_degree(&self, degree: u32) -> Self {
        if degree == 2 { self.sqrt() } else { libm::pow(*self, 1.0 / f64::from(degree)) }
    }

    fn exponential(&self) -> Self {
        libm::exp(*self)
    }

    fn exponential_less_one(&self) -> Self {
        libm::expm1(*self)
    }

    fn logarithm(&self) -> Self {
        libm::log(*self)
    }

    fn logarithm_of_successor(&self) -> Self {
        libm::log1p(*self)
    }
}
