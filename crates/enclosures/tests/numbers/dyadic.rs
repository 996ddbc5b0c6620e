//! Exact numbers n·2^e: all that sums and products of MPFR numbers need, without the common divisors that make
//! fractions with millions of bits slow.

use std::cmp::Ordering;

use enclosures::number::{Ball, Magnitude, Ring};
use rug::Integer;
use rug::float::Round;

#[derive(Clone, Debug)]
pub struct Dyadic {
    digits: Integer,
    exponent: i64,
}

impl Dyadic {
    pub fn new(digits: impl Into<Integer>, exponent: i64) -> Self {
        let digits = digits.into();
        let zeros = i64::from(digits.find_one(0).unwrap_or(0));
        if digits.is_zero() {
            return Self { digits, exponent: 0 };
        }
        Self { digits: digits >> zeros as u32, exponent: exponent + zeros }
    }

    pub fn zero() -> Self {
        Self::new(0, 0)
    }

    pub fn of(value: &rug::Float) -> Self {
        let (digits, exponent) = value.to_integer_exp().expect("a finite number");
        Self::new(digits, i64::from(exponent))
    }

    pub fn radius(value: Magnitude) -> Self {
        let image = Self::of(&value.to_float());
        // Within MPFR's range the conversion is exact; outside nothing here is compared.
        assert!(value.exponent().is_none_or(|exponent| exponent.abs() < 1 << 29));
        image
    }

    pub fn plus(&self, other: &Self) -> Self {
        // Zero has no exponent of its own to meet the other's.
        match (self.is_zero(), other.is_zero()) {
            (true, _) => return other.clone(),
            (_, true) => return self.clone(),
            _ => {}
        }
        let exponent = self.exponent.min(other.exponent);
        Self::new(self.at(exponent) + other.at(exponent), exponent)
    }

    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    pub fn negated(&self) -> Self {
        Self { digits: Integer::from(-&self.digits), exponent: self.exponent }
    }

    pub fn times(&self, other: &Self) -> Self {
        Self::new(Integer::from(&self.digits * &other.digits), self.exponent + other.exponent)
    }

    pub fn scaled(&self, exponent: i64) -> Self {
        Self::new(self.digits.clone(), self.exponent + exponent)
    }

    pub fn abs(&self) -> Self {
        Self { digits: self.digits.clone().abs(), exponent: self.exponent }
    }

    pub fn is_negative(&self) -> bool {
        self.digits.cmp0() == Ordering::Less
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_zero()
    }

    pub fn max(self, other: Self) -> Self {
        if self.compare(&other) == Ordering::Less { other } else { self }
    }

    pub fn min(self, other: Self) -> Self {
        if self.compare(&other) == Ordering::Greater { other } else { self }
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        self.minus(other).digits.cmp0()
    }

    pub fn at_most(&self, other: &Self) -> bool {
        self.compare(other) != Ordering::Greater
    }

    /// floor(log₂|x|) + 1; very small for zero.
    pub fn size(&self) -> i64 {
        if self.is_zero() { -(1 << 60) } else { i64::from(self.digits.significant_bits()) + self.exponent }
    }

    /// Rounded to MPFR in the stated direction.
    pub fn round(&self, bits: u32, round: Round) -> rug::Float {
        let mut value = rug::Float::with_val_round(bits, &self.digits, round).0;
        let exponent = i32::try_from(self.exponent).expect("samples stay within MPFR's range");
        value <<= exponent;
        value
    }

    pub fn to_rational(&self) -> rug::Rational {
        rug::Rational::from(&self.digits) << i32::try_from(self.exponent).expect("a moderate exponent")
    }

    fn at(&self, exponent: i64) -> Integer {
        let shift = u32::try_from(self.exponent - exponent).expect("samples of moderate spread");
        Integer::from(&self.digits << shift)
    }
}

/// A bound of the exponents that exact arithmetic can be used for: exponentials lead beyond it.
const MODERATE: i64 = 1 << 23;

/// Whether centre and radius are far enough from the limits of MPFR's range for exact arithmetic.
pub fn is_moderate(ball: &Ball) -> bool {
    let centre = ball.centre().get_exp().map_or(0, i64::from);
    centre.abs() < MODERATE && ball.radius().exponent().unwrap_or(0).abs() < MODERATE
}

/// The ends of a ball, `None` for the whole line. The ball must be moderate.
pub fn ends(ball: &Ball) -> Option<(Dyadic, Dyadic)> {
    (!ball.is_whole_line()).then(|| {
        let (centre, radius) = (Dyadic::of(&ball.centre()), Dyadic::radius(ball.radius()));
        (centre.minus(&radius), centre.plus(&radius))
    })
}

/// Bounds of the ends, outward for both, for balls near the limits of the range.
pub fn outer_ends(ball: &Ball) -> (rug::Float, rug::Float) {
    let (centre, radius) = (ball.centre(), ball.radius().to_float());
    let bits = 4 * centre.prec() + 200;
    (
        rug::Float::with_val_round(bits, &centre - &radius, Round::Down).0,
        rug::Float::with_val_round(bits, &centre + &radius, Round::Up).0,
    )
}

/// Whether the ball contains the number.
pub fn contains(ball: &Ball, value: &Dyadic) -> bool {
    if !is_moderate(ball) {
        let (least, greatest) = outer_ends(ball);
        return least <= value.round(1000, Round::Up) && value.round(1000, Round::Down) <= greatest;
    }
    ends(ball).is_none_or(|(least, greatest)| least.at_most(value) && value.at_most(&greatest))
}

/// Whether the ball contains value/divisor: |value − c·divisor| ≤ r·|divisor|.
pub fn contains_quotient(ball: &Ball, value: &Dyadic, divisor: &Dyadic) -> bool {
    if ball.is_whole_line() {
        return true;
    }
    let (centre, radius) = (Dyadic::of(&ball.centre()), Dyadic::radius(ball.radius()));
    value.minus(&centre.times(divisor)).abs().at_most(&radius.times(divisor).abs())
}

/// Whether the first ball contains the second.
pub fn includes(outer: &Ball, inner: &Ball) -> bool {
    match (ends(outer), ends(inner)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some((a, b)), Some((c, d))) => a.at_most(&c) && d.at_most(&b),
    }
}

/// What rounding may take from a ball: a few ulps of its numbers, which a centre that moves costs, and 2^−`bits` of
/// its radius.
pub fn slack_of(ball: &Ball, bits: i64) -> Dyadic {
    let (centre, radius) = (Dyadic::of(&ball.centre()), Dyadic::radius(ball.radius()));
    ulp(&centre.abs().plus(&radius), ball.bits()).scaled(3).plus(&radius.scaled(-bits))
}

/// Whether the first ball contains the second, but for [`slack_of`].
pub fn includes_but_for(outer: &Ball, inner: &Ball, bits: i64) -> bool {
    if !is_moderate(outer) || !is_moderate(inner) {
        let ((a, b), (c, d)) = (outer_ends(outer), outer_ends(inner));
        // To the 200 bits that outer_ends has to spare.
        return outer.is_whole_line() || !inner.is_whole_line() && a <= c && d <= b;
    }
    match (ends(outer), ends(inner)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some((a, b)), Some((c, d))) => {
            let slack = slack_of(outer, bits);
            a.minus(&slack).at_most(&c) && d.at_most(&b.plus(&slack))
        }
    }
}

/// Whether the balls have a number in common.
pub fn meet(one: &Ball, other: &Ball) -> bool {
    if !is_moderate(one) || !is_moderate(other) {
        let ((a, b), (c, d)) = (outer_ends(one), outer_ends(other));
        return a <= d && c <= b;
    }
    match (ends(one), ends(other)) {
        (Some((a, b)), Some((c, d))) => a.at_most(&d) && c.at_most(&b),
        _ => true,
    }
}

/// 2^(the exponent of `size` − bits); zero for zero.
pub fn ulp(size: &Dyadic, bits: u32) -> Dyadic {
    if size.is_zero() { Dyadic::zero() } else { Dyadic::new(1, size.size() - i64::from(bits)) }
}
