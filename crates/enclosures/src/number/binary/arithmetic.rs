//! The operations, each rounded once, to nearest unless it says another direction.

use std::cmp::Ordering;

use rug::float::Round as MpfrRound;
use rug::ops::{AddAssignRound, AssignRound, DivAssignRound, MulAssignRound, NegAssign, SubAssignRound};

use super::{Binary, FOUR, Rounded, Short, TWO, is_near};
use crate::number::Magnitude;
use crate::number::short::Round;
use crate::time_limit::check_bits;

/// Whether MPFR's ternary value says that the result is exact.
fn is_exact(rounding: Ordering) -> bool {
    rounding == Ordering::Equal
}

impl Round {
    fn of_mpfr(self) -> MpfrRound {
        match self {
            Self::Nearest => MpfrRound::Nearest,
            Self::Down => MpfrRound::Down,
            Self::Up => MpfrRound::Up,
        }
    }
}

impl Binary {
    /// The f64 nearest to `value` at `bits` bits; what is not finite stays so.
    pub(in crate::number) fn from_f64(value: f64, bits: u32) -> Rounded {
        let nearest = |short: Short<2>| short.to_bits(bits, Round::Nearest);
        match bits {
            ..=TWO if value.is_finite() => {
                let (number, is_exact) = nearest(Short::from_f64(value));
                (Self::two(number, bits), is_exact)
            }
            ..=FOUR if value.is_finite() => (Self::four(Short::from_f64(value), bits), true),
            _ => Self::of_mpfr(rug::Float::with_val_round(bits, value, MpfrRound::Nearest)),
        }
    }

    /// The number nearest to a fraction.
    pub(in crate::number) fn from_rational(value: &rug::Rational, bits: u32) -> Rounded {
        if let (Some(numerator), Some(denominator)) = (value.numer().to_i64(), value.denom().to_u64()) {
            let numerator = Short::<2>::from_integer(numerator < 0, numerator.unsigned_abs(), 0);
            let denominator = Short::<2>::from_integer(false, denominator, 0);
            if bits <= TWO {
                return Self::of_two(numerator.over(denominator, bits), bits);
            }
            if bits <= FOUR {
                return Self::of_four(numerator.widened::<4>().over(denominator.widened(), bits), bits);
            }
        }
        Self::of_mpfr(rug::Float::with_val_round(bits, value, MpfrRound::Nearest))
    }

    fn of_mpfr((value, rounding): (rug::Float, Ordering)) -> Rounded {
        (Self::from_float(value), is_exact(rounding))
    }

    #[inline]
    fn of_two((number, is_exact): (Short<2>, bool), bits: u32) -> Rounded {
        (Self::two(number, bits), is_exact)
    }

    #[inline]
    fn of_four((number, is_exact): (Short<4>, bool), bits: u32) -> Rounded {
        (Self::four(number, bits), is_exact)
    }

    /// The number put in place of this one; whether it is exact.
    fn assign(&mut self, (number, is_exact): Rounded) -> bool {
        *self = number;
        is_exact
    }

    /// The same for a number of at most 128 bits, without a detour where this one is of that kind already.
    #[inline]
    fn assign_two(&mut self, (number, is_exact): (Short<2>, bool), bits: u32) -> bool {
        match self {
            Self::Two(own, own_bits) if is_near(&number) => (*own, *own_bits) = (number, bits),
            _ => *self = Self::two(number, bits),
        }
        is_exact
    }

    /// The same for a number of 129 to 256 bits.
    #[inline]
    fn assign_four(&mut self, (number, is_exact): (Short<4>, bool), bits: u32) -> bool {
        match self {
            Self::Four(own, own_bits) if is_near(&number) => (*own, *own_bits) = (number, bits),
            _ => *self = Self::four(number, bits),
        }
        is_exact
    }

    /// Applies a function to this number as MPFR's; whether the result is exact.
    pub(in crate::number) fn apply(&mut self, function: impl FnOnce(&mut rug::Float) -> Ordering) -> bool {
        check_bits(self.bits().into());
        let mut value = std::mem::replace(self, Self::Two(Short::ZERO, 1)).into_float();
        let rounding = function(&mut value);
        *self = Self::from_float(value);
        is_exact(rounding)
    }

    /// Applies a function, at 128 bits in words where that decides and otherwise by MPFR; whether the result is exact. A function that has
    /// a form in words must be exact nowhere but at zero and where it is zero.
    pub(in crate::number) fn evaluate(
        &mut self,
        in_words: fn(Short<2>) -> Option<Short<2>>,
        by_mpfr: impl FnOnce(&mut rug::Float, MpfrRound) -> Ordering,
    ) -> bool {
        if let Self::Two(argument, TWO) = *self
            && let Some(value) = in_words(argument)
        {
            return self.assign_two((value, argument.is_zero() || value.is_zero()), TWO);
        }
        self.apply(|value| by_mpfr(value, MpfrRound::Nearest))
    }

    /// Makes the number NaN, at its precision.
    pub(in crate::number) fn make_nan(&mut self) {
        *self = Self::Long(rug::Float::with_val(self.bits(), rug::float::Special::Nan));
    }

    /// Applies MPFR's operation in place, at the larger of the two precisions.
    #[inline(never)]
    fn combine(
        &mut self,
        other: &Self,
        operation: impl FnOnce(&mut rug::Float, &rug::Float, MpfrRound) -> Ordering,
    ) -> bool {
        let bits = self.bits().max(other.bits());
        let other = other.to_float();
        self.apply(|value| {
            raise(value, bits);
            operation(value, &other, MpfrRound::Nearest)
        })
    }

    /// Gives the number another precision; whether that is exact.
    #[inline]
    pub(in crate::number) fn set_bits(&mut self, bits: u32) -> bool {
        if bits == self.bits() {
            return true;
        }
        let rounded = match self {
            Self::Two(number, _) if bits <= TWO => Self::of_two(number.to_bits(bits, Round::Nearest), bits),
            Self::Two(number, _) if bits <= FOUR => (Self::four(number.widened(), bits), true),
            Self::Four(number, _) if bits <= TWO => Self::of_two(number.to_bits(bits, Round::Nearest), bits),
            Self::Four(number, _) if bits <= FOUR => Self::of_four(number.to_bits(bits, Round::Nearest), bits),
            _ => return self.apply(|value| value.set_prec_round(bits, MpfrRound::Nearest)),
        };
        self.assign(rounded)
    }

    /// Gives the number the larger of its precision and another.
    #[inline]
    pub(in crate::number) fn raise_bits(&mut self, bits: u32) {
        if self.bits() < bits {
            self.set_bits(bits);
        }
    }

    #[inline]
    pub(in crate::number) fn negate(&mut self) {
        match self {
            Self::Two(number, _) => *number = number.negated(),
            Self::Four(number, _) => *number = number.negated(),
            Self::Long(value) => value.neg_assign(),
        }
    }

    /// Drops the sign, also that of zero.
    #[inline]
    pub(in crate::number) fn make_absolute(&mut self) {
        match self {
            Self::Two(number, _) => *number = number.absolute(),
            Self::Four(number, _) => *number = number.absolute(),
            Self::Long(value) => value.abs_mut(),
        }
    }

    /// Divides by two; rounded only where MPFR's range ends.
    pub(in crate::number) fn halve(&mut self) {
        *self = match std::mem::replace(self, Self::Two(Short::ZERO, 1)) {
            Self::Two(number, bits) => Self::two(number.scaled(-1), bits),
            Self::Four(number, bits) => Self::four(number.scaled(-1), bits),
            Self::Long(value) => Self::from_float(value >> 1),
        };
    }

    /// The sum, at `bits` bits and towards `round`.
    pub(in crate::number) fn sum(&self, other: &Self, bits: u32, round: Round) -> Rounded {
        match (self, other) {
            (Self::Two(one, _), Self::Two(other, _)) if bits <= TWO => {
                Self::of_two(one.plus(*other, bits, round), bits)
            }
            _ => match (self.in_four(), other.in_four()) {
                (Some(one), Some(other)) if bits <= TWO => {
                    let (sum, is_exact) = one.plus(other, bits, round);
                    (Self::two(sum.to_bits(bits, round).0, bits), is_exact)
                }
                (Some(one), Some(other)) if bits <= FOUR => Self::of_four(one.plus(other, bits, round), bits),
                _ => {
                    let (one, other) = (self.to_float(), other.to_float());
                    Self::of_mpfr(rug::Float::with_val_round(bits, &*one + &*other, round.of_mpfr()))
                }
            },
        }
    }

    /// `self += other` at the larger precision; whether that is exact.
    #[inline]
    pub(in crate::number) fn increase(&mut self, other: &Self) -> bool {
        match (&*self, other) {
            (Self::Two(one, own), Self::Two(other, others)) => {
                let bits = *own.max(others);
                self.assign_two(one.plus(*other, bits, Round::Nearest), bits)
            }
            (Self::Four(one, own), Self::Four(other, others)) => {
                let bits = *own.max(others);
                self.assign_four(one.plus(*other, bits, Round::Nearest), bits)
            }
            (Self::Two(..), Self::Four(..)) | (Self::Four(..), Self::Two(..)) => {
                self.assign(self.sum(other, self.bits().max(other.bits()), Round::Nearest))
            }
            _ => self.combine(other, |value, other, round| value.add_assign_round(other, round)),
        }
    }

    /// `self −= other` at the larger precision; whether that is exact.
    #[inline]
    pub(in crate::number) fn decrease(&mut self, other: &Self) -> bool {
        match (&*self, other) {
            (Self::Two(one, own), Self::Two(other, others)) => {
                let bits = *own.max(others);
                self.assign_two(one.plus(other.negated(), bits, Round::Nearest), bits)
            }
            (Self::Four(one, own), Self::Four(other, others)) => {
                let bits = *own.max(others);
                self.assign_four(one.plus(other.negated(), bits, Round::Nearest), bits)
            }
            (Self::Two(..), Self::Four(..)) | (Self::Four(..), Self::Two(..)) => {
                let mut other = other.clone();
                other.negate();
                self.increase(&other)
            }
            _ => self.combine(other, |value, other, round| value.sub_assign_round(other, round)),
        }
    }

    /// `self *= other` at the larger precision; whether that is exact.
    #[inline]
    pub(in crate::number) fn multiply(&mut self, other: &Self) -> bool {
        match (&*self, other) {
            (Self::Two(one, own), Self::Two(other, others)) => {
                let bits = *own.max(others);
                self.assign_two(one.times(*other, bits), bits)
            }
            _ => match (self.in_four(), other.in_four()) {
                (Some(one), Some(two)) => {
                    let bits = self.bits().max(other.bits());
                    self.assign_four(one.times(two, bits), bits)
                }
                _ => self.combine(other, |value, other, round| value.mul_assign_round(other, round)),
            },
        }
    }

    /// `self = left · right` at the larger precision of the two; whether that is exact.
    #[inline]
    pub(in crate::number) fn set_product(&mut self, left: &Self, right: &Self) -> bool {
        match (left, right) {
            (Self::Two(one, own), Self::Two(other, others)) => {
                let bits = *own.max(others);
                self.assign_two(one.times(*other, bits), bits)
            }
            _ => match (left.in_four(), right.in_four()) {
                (Some(one), Some(other)) => {
                    let bits = left.bits().max(right.bits());
                    self.assign_four(one.times(other, bits), bits)
                }
                _ => self.set_long_product(left, right),
            },
        }
    }

    #[inline(never)]
    fn set_long_product(&mut self, left: &Self, right: &Self) -> bool {
        let bits = left.bits().max(right.bits());
        let (left, right) = (left.to_float(), right.to_float());
        self.apply(|value| {
            if value.prec() != bits {
                value.set_prec(bits);
            }
            value.assign_round(&*left * &*right, MpfrRound::Nearest)
        })
    }

    /// `self += left · right` at the largest precision, rounded once; whether that is exact.
    #[inline]
    pub(in crate::number) fn add_product(&mut self, left: &Self, right: &Self) -> bool {
        if let (Self::Two(own, own_bits), Self::Two(one, bits), Self::Two(other, others)) = (&*self, left, right) {
            let bits = *own_bits.max(bits).max(others);
            return self.assign_two(own.plus_product(*one, *other, bits), bits);
        }
        let bits = self.bits().max(left.bits()).max(right.bits());
        if let (Some(own), Some(one), Some(other)) = (self.in_four(), left.in_four(), right.in_four()) {
            return self.assign_four(own.plus_product(one, other, bits), bits);
        }
        self.add_long_product(left, right, bits)
    }

    #[inline(never)]
    fn add_long_product(&mut self, left: &Self, right: &Self, bits: u32) -> bool {
        let (left, right) = (left.to_float(), right.to_float());
        self.apply(|value| {
            raise(value, bits);
            value.add_assign_round(&*left * &*right, MpfrRound::Nearest)
        })
    }

    /// The square, at the precision of the number.
    #[inline]
    pub(in crate::number) fn square(&self) -> Rounded {
        match self {
            Self::Two(number, bits) => Self::of_two(number.times(*number, *bits), *bits),
            Self::Four(number, bits) => Self::of_four(number.times(*number, *bits), *bits),
            Self::Long(value) => {
                Self::of_mpfr(rug::Float::with_val_round(value.prec(), value.square_ref(), MpfrRound::Nearest))
            }
        }
    }

    /// `self /= other` at the larger precision; whether that is exact.
    pub(in crate::number) fn divide(&mut self, other: &Self) -> bool {
        match (&*self, other) {
            (Self::Two(one, own), Self::Two(other, others)) if !other.is_zero() => {
                let bits = *own.max(others);
                self.assign_two(one.over(*other, bits), bits)
            }
            (Self::Four(one, own), Self::Four(other, others)) if !other.is_zero() => {
                let bits = *own.max(others);
                self.assign_four(one.over(*other, bits), bits)
            }
            _ => self.combine(other, |value, other, round| value.div_assign_round(other, round)),
        }
    }

    /// The square root, at the precision of the number.
    pub(in crate::number) fn root(&self) -> Rounded {
        match self {
            Self::Two(number, bits) if number.is_zero() || !number.is_negative() => {
                Self::of_two(number.root(*bits), *bits)
            }
            _ => {
                let value = self.to_float();
                Self::of_mpfr(rug::Float::with_val_round(value.prec(), value.sqrt_ref(), MpfrRound::Nearest))
            }
        }
    }

    /// The nearest f64 in a direction.
    pub(in crate::number) fn to_f64(&self, round: Round) -> f64 {
        match self {
            Self::Two(number, _) => number.to_f64(round),
            Self::Four(number, _) => number.to_f64(round),
            Self::Long(value) => value.to_f64_round(round.of_mpfr()),
        }
    }
}

impl Magnitude {
    /// A number of 53 bits that is not below: exact unless the exponent is out of MPFR's range.
    pub(in crate::number) fn to_binary(self) -> Binary {
        match self.exponent().map(i32::try_from) {
            Some(Ok(exponent)) if exponent.unsigned_abs() <= super::EXPONENT_LIMIT => {
                Binary::Two(Short::from_f64(self.mantissa()).scaled(exponent), f64::MANTISSA_DIGITS)
            }
            _ => Binary::from_float(self.to_float()),
        }
    }
}

/// Gives a number the larger of its precision and another, which is exact.
fn raise(value: &mut rug::Float, bits: u32) {
    if value.prec() < bits {
        value.set_prec(bits);
    }
}
