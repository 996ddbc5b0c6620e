//! What every number system can do.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use super::matrix::product_by_definition;
use crate::number::{Degree, Matrix, View};

/// A commutative ring into which the rationals can be brought.
///
/// An operation takes its left operand by value and reuses its storage; the result has the larger
/// precision of the two operands, whatever their order.
pub trait Ring:
    Clone
    + Debug
    + Send
    + Sync
    + 'static
    + Neg<Output = Self>
    + Add<Output = Self>
    + for<'a> Add<&'a Self, Output = Self>
    + Sub<Output = Self>
    + for<'a> Sub<&'a Self, Output = Self>
    + Mul<Output = Self>
    + for<'a> Mul<&'a Self, Output = Self>
    + for<'a> AddAssign<&'a Self>
    + for<'a> SubAssign<&'a Self>
{
    /// The number `value`, rounded (or enclosed) at `bits` bits; exact systems ignore `bits`.
    fn from_rational(value: &rug::Rational, bits: u32) -> Self;

    /// The precision in bits; exact systems return a nominal value that only constants made by
    /// [`constant`](Ring::constant) see.
    fn bits(&self) -> u32;

    /// `self += left · right`, with one rounding where the system can.
    fn add_product(&mut self, left: &Self, right: &Self) {
        *self += &(left.clone() * right);
    }

    /// `self = left · right`, whatever `self` was; its storage is used again.
    fn set_product(&mut self, left: &Self, right: &Self) {
        *self = left.clone() * right;
    }

    /// The square; tighter than `self · self` where the system knows that both factors are one number.
    fn square(&self) -> Self {
        self.clone() * self
    }

    /// The matrix product `left · right`, at `bits` bits or what its terms have if that is more; a system may put a faster
    /// kernel here.
    ///
    /// # Panics
    ///
    /// If the inner dimensions differ.
    fn matrix_product(left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        product_by_definition(left, right, bits)
    }

    /// What is known of the degree of the polynomial that this stands for; `None` in a system whose numbers have a value.
    fn degree(&self) -> Option<Degree> {
        None
    }

    /// Zero at `bits` bits.
    #[must_use]
    fn zero(bits: u32) -> Self {
        Self::from_rational(&rug::Rational::new(), bits)
    }

    /// One at `bits` bits.
    #[must_use]
    fn one(bits: u32) -> Self {
        Self::from_rational(&rug::Rational::from(1), bits)
    }

    /// An exact constant at the precision of `self`: `x.constant((1, 2))`, `x.constant(3)`.
    #[must_use]
    fn constant(&self, value: impl Into<rug::Rational>) -> Self {
        Self::from_rational(&value.into(), self.bits())
    }

    /// `self` times an exact rational: `x.times((4, 3))`, `x.times(2)`.
    #[must_use]
    fn times(self, factor: impl Into<rug::Rational>) -> Self {
        let factor = self.constant(factor);
        self * &factor
    }

    /// The `exponent`-th power.
    #[must_use]
    fn power(&self, exponent: u32) -> Self {
        match exponent {
            0 => Self::one(self.bits()),
            1 => self.clone(),
            _ if exponent.is_multiple_of(2) => self.power(exponent / 2).square(),
            _ => self.power(exponent - 1) * self,
        }
    }
}
