//! What a recorded number writes down.

use std::sync::Arc;

use super::super::operators::{division_operator, ring_operators};
use super::tape::{Kind, Recorded, Sum, Tape, Term};
use super::text::{Factor, Operation, Place};
use crate::number::matrix::product_by_definition;
use crate::number::{Exact, Matrix, Real, Ring, Sign, Truth, View};

/// What takes constants out of the rationals, or makes them too long.
const LEFT_RATIONALS: &str = "a function of a constant that is not rational";
const TWO_TEXTS: &str = "an operation on numbers of two texts";

impl Recorded {
    fn constant_of(value: Exact, operation: &'static str) -> Self {
        Self(if value.is_defined() { Kind::Constant(value) } else { Kind::Undefined(operation) })
    }

    fn zero_constant() -> Kind {
        Kind::Constant(Exact::from(rug::Rational::new()))
    }

    /// What this is, taken out of it.
    fn take(&mut self) -> Kind {
        std::mem::replace(&mut self.0, Self::zero_constant())
    }

    /// The text and the place of a number that is recorded; a constant has none.
    fn at(&self) -> Option<(&Arc<Tape>, Place)> {
        match &self.0 {
            Kind::At(tape, place) => Some((tape, *place)),
            Kind::Sum(sum) => Some((&sum.tape, sum.place())),
            Kind::Constant(_) | Kind::Undefined(_) => None,
        }
    }

    fn tape(&self) -> Option<&Arc<Tape>> {
        match &self.0 {
            Kind::At(tape, _) => Some(tape),
            Kind::Sum(sum) => Some(&sum.tape),
            Kind::Constant(_) | Kind::Undefined(_) => None,
        }
    }

    /// The place in this text, where a constant is written down if that is what it is.
    pub(super) fn place_in(&self, tape: &Arc<Tape>) -> Result<Place, &'static str> {
        match &self.0 {
            Kind::Constant(value) => Ok(Sum::new(tape, value.clone()).place()),
            Kind::Undefined(operation) => Err(operation),
            Kind::At(..) | Kind::Sum(_) => match self.at() {
                Some((own, place)) if Arc::ptr_eq(own, tape) => Ok(place),
                _ => Err(TWO_TEXTS),
            },
        }
    }

    /// Whether one of some numbers is undefined, and since when; or whether they belong to two texts.
    fn undefined_among(numbers: &[&Self]) -> Option<&'static str> {
        let mut tape: Option<&Arc<Tape>> = None;
        for number in numbers {
            if let Kind::Undefined(operation) = &number.0 {
                return Some(operation);
            }
            match (tape, number.tape()) {
                (Some(one), Some(other)) if !Arc::ptr_eq(one, other) => return Some(TWO_TEXTS),
                (None, other) => tape = other,
                _ => {}
            }
        }
        None
    }

    /// This number as a sum to which terms of the text may be added.
    fn as_sum(&mut self, tape: &Arc<Tape>) -> &mut Sum {
        match self.take() {
            Kind::Constant(value) => self.0 = Kind::Sum(Sum::new(tape, value)),
            Kind::At(own, place) => {
                let mut sum = Sum::new(&own, Exact::from(rug::Rational::new()));
                sum.add_linear(Factor::One, place);
                self.0 = Kind::Sum(sum);
            }
            other => self.0 = other,
        }
        match &mut self.0 {
            Kind::Sum(sum) => sum.open(),
            _ => unreachable!("a defined number is a sum now"),
        }
    }

    /// Looks whether the constants of a sum have become too long.
    fn settle(&mut self) {
        if matches!(&self.0, Kind::Sum(sum) if sum.is_undefined()) {
            self.0 = Kind::Undefined(LEFT_RATIONALS);
        }
    }

    /// Adds ± another number.
    fn add(&mut self, is_negative: bool, other: &Self) {
        if let Some(operation) = Self::undefined_among(&[self, other]) {
            self.0 = Kind::Undefined(operation);
            return;
        }
        let signed = |value: &Exact| if is_negative { -value.clone() } else { value.clone() };
        match (&mut self.0, &other.0) {
            (_, Kind::Constant(value)) if value.sign() == Sign::Zero => {}
            (Kind::Constant(own), Kind::Constant(value)) => {
                *self = Self::constant_of(own.clone() + signed(value), LEFT_RATIONALS);
            }
            (Kind::At(tape, _), Kind::Constant(value)) => {
                let tape = Arc::clone(tape);
                self.as_sum(&tape).add_constant(&signed(value));
            }
            (Kind::Sum(sum), Kind::Constant(value)) => sum.open().add_constant(&signed(value)),
            _ => {
                let Some(tape) = other.tape().map(Arc::clone) else { return };
                let term = match &other.0 {
                    Kind::Sum(sum) => sum.single(),
                    _ => None,
                };
                let term = term.unwrap_or_else(|| Term::Linear(Factor::One, other.at().map_or(0, |(_, place)| place)));
                let sum = self.as_sum(&tape);
                match term {
                    Term::Linear(factor, place) if is_negative => sum.add_linear(factor.times(&(-1).into()), place),
                    Term::Linear(factor, place) => sum.add_linear(factor, place),
                    Term::Product(sign, left, right) => sum.add_product(sign != is_negative, left, right),
                }
            }
        }
        self.settle();
    }

    fn negate(&mut self) {
        self.scale(&Exact::from(rug::Rational::from(-1)));
    }

    fn increase(&mut self, other: &Self) {
        self.add(false, other);
    }

    fn decrease(&mut self, other: &Self) {
        self.add(true, other);
    }

    /// Times a constant.
    fn scale(&mut self, factor: &Exact) {
        let Some(value) = factor.value() else {
            self.0 = Kind::Undefined(LEFT_RATIONALS);
            return;
        };
        match &mut self.0 {
            Kind::Undefined(_) => {}
            Kind::Constant(own) => *self = Self::constant_of(own.clone() * factor, LEFT_RATIONALS),
            _ if value.is_zero() => self.0 = Self::zero_constant(),
            _ if *value == 1 => {}
            Kind::At(tape, place) => {
                let mut sum = Sum::new(tape, Exact::from(rug::Rational::new()));
                sum.add_linear(Factor::from(value), *place);
                self.0 = Kind::Sum(sum);
            }
            Kind::Sum(sum) => sum.scale(value),
        }
        self.settle();
    }

    /// The sign and the place of a factor, which is no constant.
    fn factor(&self) -> (bool, Place) {
        if let Kind::Sum(sum) = &self.0
            && let Some(signed) = sum.signed_place()
        {
            return signed;
        }
        (false, self.at().map_or(0, |(_, place)| place))
    }

    fn multiply(&mut self, other: &Self) {
        if let Some(operation) = Self::undefined_among(&[self, other]) {
            self.0 = Kind::Undefined(operation);
            return;
        }
        match (&self.0, &other.0) {
            (_, Kind::Constant(value)) => self.scale(value),
            (Kind::Constant(value), _) => {
                let value = value.clone();
                *self = other.clone();
                self.scale(&value);
            }
            _ => {
                let product = self.product(other);
                *self = product;
            }
        }
    }

    /// The product with another number, neither being a constant.
    fn product(&self, other: &Self) -> Self {
        let Some(tape) = self.tape() else { return self.clone() };
        let ((one_sign, one), (other_sign, other)) = (self.factor(), other.factor());
        let mut sum = Sum::new(tape, Exact::from(rug::Rational::new()));
        sum.add_product(one_sign != other_sign, one, other);
        Self(Kind::Sum(sum))
    }

    fn divide(&mut self, other: &Self) {
        if let Some(operation) = Self::undefined_among(&[self, other]) {
            self.0 = Kind::Undefined(operation);
            return;
        }
        match &other.0 {
            Kind::Constant(value) => match value.value() {
                Some(value) if !value.is_zero() => self.scale(&Exact::from(rug::Rational::from(value.recip_ref()))),
                _ => self.0 = Kind::Undefined("a division by zero"),
            },
            _ => {
                let Some((tape, divisor)) = other.at() else { return };
                match self.place_in(tape) {
                    Ok(dividend) => {
                        let place = tape.function(Operation::Quotient { dividend, divisor });
                        self.0 = Kind::At(Arc::clone(tape), place);
                    }
                    Err(operation) => self.0 = Kind::Undefined(operation),
                }
            }
        }
    }

    /// A function: of a constant as the rationals have it, else as an operation.
    fn function(
        self,
        of_constant: impl FnOnce(Exact) -> Exact,
        operation: impl FnOnce(&Arc<Tape>, Place) -> Result<Operation, &'static str>,
    ) -> Self {
        match self.0 {
            Kind::Constant(value) => Self::constant_of(of_constant(value), LEFT_RATIONALS),
            Kind::Undefined(_) => self,
            Kind::At(..) | Kind::Sum(_) => {
                let Some((tape, place)) = self.at() else { return self };
                Self(match operation(tape, place) {
                    Ok(operation) => Kind::At(Arc::clone(tape), tape.function(operation)),
                    Err(operation) => Kind::Undefined(operation),
                })
            }
        }
    }

    /// A function of two numbers that only constants have.
    fn of_constants(self, other: &Self, function: impl FnOnce(Exact, &Exact) -> Exact, name: &'static str) -> Self {
        match (self.0, &other.0) {
            (Kind::Constant(one), Kind::Constant(other)) => Self::constant_of(function(one, other), name),
            (Kind::Undefined(operation), _) => Self(Kind::Undefined(operation)),
            (_, Kind::Undefined(operation)) => Self(Kind::Undefined(operation)),
            _ => Self(Kind::Undefined(name)),
        }
    }

    fn known(&self) -> Option<&Exact> {
        match &self.0 {
            Kind::Constant(value) => Some(value),
            _ => None,
        }
    }
}

ring_operators!([] Recorded);
division_operator!([] Recorded);

impl Ring for Recorded {
    /// A constant, in no text yet.
    fn from_rational(value: &rug::Rational, bits: u32) -> Self {
        Self::constant_of(Exact::from_rational(value, bits), LEFT_RATIONALS)
    }

    /// The precision of constants, which are exact.
    fn bits(&self) -> u32 {
        64
    }

    fn add_product(&mut self, left: &Self, right: &Self) {
        if let Some(operation) = Self::undefined_among(&[self, left, right]) {
            self.0 = Kind::Undefined(operation);
            return;
        }
        if left.known().is_some() || right.known().is_some() {
            let mut product = left.clone();
            product.multiply(right);
            self.add(false, &product);
            return;
        }
        let Some(tape) = left.tape() else { return };
        let ((one_sign, one), (other_sign, other)) = (left.factor(), right.factor());
        self.as_sum(tape).add_product(one_sign != other_sign, one, other);
    }

    fn set_product(&mut self, left: &Self, right: &Self) {
        *self = left.clone();
        self.multiply(right);
    }

    /// By definition; of a text that is too long the terms are only counted.
    fn matrix_product(left: View<Self>, right: View<Self>, bits: u32) -> Matrix<Self> {
        let terms = left.rows().saturating_mul(left.columns()).saturating_mul(right.columns());
        let first = |view: View<Self>| {
            (view.rows() > 0 && view.columns() > 0).then(|| view.entry(0, 0).tape().map(Arc::clone)).flatten()
        };
        if let (Some(one), Some(other)) = (first(left), first(right))
            && Arc::ptr_eq(&one, &other)
            && left.columns() == right.rows()
            && one.count() > super::Text::MOST_OPERATIONS
        {
            one.has_room_for(terms);
            return Matrix::from_fn(left.rows(), right.columns(), |_, _| Self(Kind::At(Arc::clone(&one), 0)));
        }
        product_by_definition(left, right, bits)
    }
}

impl Real for Recorded {
    /// Open, unless it is a constant.
    fn sign(&self) -> Sign {
        self.known().map_or(Sign::Open, Real::sign)
    }

    fn is_defined(&self) -> bool {
        !matches!(self.0, Kind::Undefined(_))
    }

    fn sqrt(self) -> Self {
        self.function(Real::sqrt, |_, argument| Ok(Operation::Sqrt { argument }))
    }

    fn sqrt_of_nonnegative(self) -> Self {
        self.root(2)
    }

    fn root(self, degree: u32) -> Self {
        if degree == 1 {
            return self;
        }
        self.function(
            |value| value.root(degree),
            |_, argument| {
                if degree == 0 { Err("a root of degree 0") } else { Ok(Operation::Root { argument, degree }) }
            },
        )
    }

    fn exp(self) -> Self {
        self.function(Real::exp, |_, argument| Ok(Operation::Exp { argument }))
    }

    fn exp_m1(self) -> Self {
        self.function(Real::exp_m1, |tape, argument| {
            let exponential = tape.function(Operation::Exp { argument });
            Ok(Operation::ExpM1 { argument, exponential })
        })
    }

    fn ln(self) -> Self {
        self.function(Real::ln, |_, argument| Ok(Operation::Ln { argument }))
    }

    fn ln_1p(self) -> Self {
        let successor = self.clone() + Self::one(64);
        self.function(Real::ln_1p, |tape, argument| {
            Ok(Operation::Ln1p { argument, successor: successor.place_in(tape)? })
        })
    }

    fn abs(self) -> Self {
        let zero = Self(Self::zero_constant());
        self.of_constants(&zero, |value, _| value.abs(), "an absolute value")
    }

    fn max(self, other: &Self) -> Self {
        self.of_constants(other, Real::max, "a maximum")
    }

    fn min(self, other: &Self) -> Self {
        self.of_constants(other, Real::min, "a minimum")
    }

    fn between(lower: &Self, upper: &Self) -> Self {
        lower.clone().of_constants(upper, |one, other| Exact::between(&one, other), "a number between two others")
    }

    fn lower(&self) -> Self {
        self.clone()
    }

    fn upper(&self) -> Self {
        self.clone()
    }

    fn midpoint(&self) -> Self {
        self.clone()
    }

    fn approximate(&self) -> f64 {
        self.known().map_or(f64::NAN, Real::approximate)
    }

    fn upper_f64(&self) -> f64 {
        self.known().map_or(f64::INFINITY, Real::upper_f64)
    }

    fn lower_f64(&self) -> f64 {
        self.known().map_or(f64::NEG_INFINITY, Real::lower_f64)
    }

    /// The value of a constant; none of a number that is recorded.
    fn exact(&self) -> Option<rug::Rational> {
        self.known().and_then(Real::exact)
    }

    /// Open, unless both are constants: nothing is written down.
    fn below(&self, other: &Self) -> Truth {
        match (self.known(), other.known()) {
            (Some(one), Some(other)) => one.below(other),
            _ => Truth::Open,
        }
    }

    /// Open, unless both are constants: nothing is written down.
    fn equals(&self, other: &Self) -> Truth {
        match (self.known(), other.known()) {
            (Some(one), Some(other)) => one.equals(other),
            _ => Truth::Open,
        }
    }
}
