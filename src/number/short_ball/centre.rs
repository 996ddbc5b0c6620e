//! Floating-point numbers of 128 bits in two words, correctly rounded: the centres of short balls.
//!
//! Every operation computes its exact result, or one that rounds alike, in 256 bits of integers, and rounds once. What
//! is cut off on the way is kept as one bit below the others, the *sticky* bit: it stands too low to be moved to where the
//! rounding looks, for bits are cut off only from numbers that are too small to cancel more than one bit of the other.

use std::cmp::Ordering;

/// The bits of a significand.
pub(super) const BITS: u32 = 128;

/// The highest bit of a word.
const TOP: u128 = 1 << 127;

/// Towards what a result is rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// The nearest number, of two the one whose last bit is 0.
    Nearest,
    /// Minus infinity.
    Down,
    /// Plus infinity.
    Up,
}

/// The number `± significand · 2^(exponent − 127)`, in `[2^exponent, 2^(exponent + 1))` without its sign: the highest bit of the
/// significand is set, unless the number is zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Centre {
    pub(super) significand: u128,
    pub(super) exponent: i32,
    pub(super) is_negative: bool,
}

/// A rounded number, and whether it is the exact one.
pub(super) type Rounded = (Centre, bool);

impl Centre {
    pub(super) const ZERO: Self = Self { significand: 0, exponent: 0, is_negative: false };

    /// `± significand · 2^exponent`.
    pub(super) fn new(is_negative: bool, significand: u128, exponent: i32) -> Self {
        if significand == 0 {
            return Self::ZERO;
        }
        let shift = significand.leading_zeros();
        Self { significand: significand << shift, exponent: exponent + 127 - shift as i32, is_negative }
    }

    /// A finite f64, exactly.
    pub(super) fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
        let significand = if exponent == 0 { fraction } else { fraction | 1 << 52 };
        Self::new(value.is_sign_negative(), significand.into(), exponent.max(1) - 1075)
    }

    pub(super) fn is_zero(self) -> bool {
        self.significand == 0
    }

    pub(super) fn negated(self) -> Self {
        Self { is_negative: !self.is_negative && !self.is_zero(), ..self }
    }

    pub(super) fn absolute(self) -> Self {
        Self { is_negative: false, ..self }
    }

    /// Half of the number.
    pub(super) fn halved(self) -> Self {
        if self.is_zero() { self } else { Self { exponent: self.exponent - 1, ..self } }
    }

    pub(super) fn compare_absolute(self, other: Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => (self.exponent, self.significand).cmp(&(other.exponent, other.significand)),
        }
    }

    pub(super) fn is_below(self, other: Self) -> bool {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.compare_absolute(other).is_lt(),
            (true, true) => self.compare_absolute(other).is_gt(),
            (is_negative, _) => is_negative,
        }
    }

    /// The number nearest to `± high.low · 2^exponent`, where the highest bit of `high` is the one before the point.
    fn rounded(is_negative: bool, exponent: i32, high: u128, low: u128, round: Round) -> Rounded {
        let is_raised = match round {
            Round::Nearest => low > TOP || low == TOP && high & 1 == 1,
            Round::Down => is_negative && low != 0,
            Round::Up => !is_negative && low != 0,
        };
        let (significand, overflows) = high.overflowing_add(is_raised.into());
        let (significand, exponent) = if overflows { (TOP, exponent + 1) } else { (significand, exponent) };
        (Self { significand, exponent, is_negative }, low == 0)
    }

    /// As [`rounded`](Self::rounded), of a number whose highest bits may be zero.
    #[inline]
    fn normalised(is_negative: bool, exponent: i32, high: u128, low: u128, round: Round) -> Rounded {
        let (high, low, zeros) = match high.leading_zeros() {
            0 => (high, low, 0),
            128 if low == 0 => return (Self::ZERO, true),
            128 => (low << low.leading_zeros(), 0, 128 + low.leading_zeros()),
            zeros => (high << zeros | low >> (128 - zeros), low << zeros, zeros),
        };
        Self::rounded(is_negative, exponent - zeros as i32, high, low, round)
    }

    /// The sum of a number of two words, whose highest bit is set, and another, which was moved to the same exponent. What the second
    /// has lost counts for one sticky bit of the result; then it is at most half of the first.
    #[inline]
    fn sum(is_negative: bool, exponent: i32, large: [u128; 2], is_alike: bool, small: Moved, round: Round) -> Rounded {
        let Moved { words: small, is_cut } = small;
        if is_alike {
            let (low, carry) = large[1].overflowing_add(small[1]);
            let (high, carry) = with_carry(large[0], small[0], carry);
            let low = low | u128::from(is_cut);
            return if carry {
                Self::rounded(is_negative, exponent + 1, high >> 1 | TOP, low >> 1 | (low & 1) | high << 127, round)
            } else {
                Self::rounded(is_negative, exponent, high, low, round)
            };
        }
        let is_turned = large < small;
        let (large, small) = if is_turned { (small, large) } else { (large, small) };
        // Of what was cut off a whole unit is subtracted, and the sticky bit stands for the part that was too much.
        let (low, borrow) = with_borrow(large[1], small[1], is_cut);
        let (high, _) = with_borrow(large[0], small[0], borrow);
        Self::normalised(is_negative != is_turned, exponent, high, low | u128::from(is_cut), round)
    }

    #[inline]
    pub(super) fn plus(self, other: Self, round: Round) -> Rounded {
        if other.is_zero() {
            return (self, true);
        }
        if self.is_zero() {
            return (other, true);
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let moved = moved_right([small.significand, 0], large.exponent.abs_diff(small.exponent));
        let is_alike = large.is_negative == small.is_negative;
        Self::sum(large.is_negative, large.exponent, [large.significand, 0], is_alike, moved, round)
    }

    #[inline]
    pub(super) fn times(self, other: Self) -> Rounded {
        if self.is_zero() || other.is_zero() {
            return (Self::ZERO, true);
        }
        let (exponent, [high, low]) = self.exact_product(other);
        Self::rounded(self.is_negative != other.is_negative, exponent, high, low, Round::Nearest)
    }

    /// The exponent and the significand of the product of two numbers that are not zero, without its sign.
    #[inline]
    fn exact_product(self, other: Self) -> (i32, [u128; 2]) {
        let (high, low) = widening_product(self.significand, other.significand);
        let exponent = self.exponent + other.exponent;
        if high & TOP == 0 { (exponent, [high << 1 | low >> 127, low << 1]) } else { (exponent + 1, [high, low]) }
    }

    /// `self + left · right`, rounded once to nearest.
    #[inline]
    pub(super) fn plus_product(self, left: Self, right: Self) -> Rounded {
        if left.is_zero() || right.is_zero() {
            return (self, true);
        }
        let is_negative = left.is_negative != right.is_negative;
        let (exponent, [high, low]) = left.exact_product(right);
        if self.is_zero() {
            return Self::rounded(is_negative, exponent, high, low, Round::Nearest);
        }
        let is_alike = is_negative == self.is_negative;
        if exponent >= self.exponent {
            let moved = moved_right([self.significand, 0], exponent.abs_diff(self.exponent));
            return Self::sum(is_negative, exponent, [high, low], is_alike, moved, Round::Nearest);
        }
        let shift = self.exponent.abs_diff(exponent);
        if shift > 1 || is_alike {
            let moved = moved_right([high, low], shift);
            return Self::sum(self.is_negative, self.exponent, [self.significand, 0], is_alike, moved, Round::Nearest);
        }
        // All but the last of the 257 bits may cancel: the difference is taken at the exponent of the product, where the other number
        // has one bit before the two words.
        let (low, borrow) = 0_u128.overflowing_sub(low);
        let (high, borrow) = with_borrow(self.significand << 1, high, borrow);
        if borrow {
            return Self::normalised(self.is_negative, exponent, high, low, Round::Nearest);
        }
        let low = low >> 1 | (low & 1) | high << 127;
        Self::rounded(self.is_negative, self.exponent, high >> 1 | TOP, low, Round::Nearest)
    }

    /// The quotient, rounded to nearest; the divisor is not zero.
    pub(super) fn over(self, divisor: Self) -> Rounded {
        if self.is_zero() {
            return (self, true);
        }
        let is_negative = self.is_negative != divisor.is_negative;
        let exponent = self.exponent - divisor.exponent;
        // A quotient of 128 bits in either case.
        let (high, low, exponent) = if self.significand >= divisor.significand {
            (self.significand >> 1, self.significand << 127, exponent)
        } else {
            (self.significand, 0, exponent - 1)
        };
        let (quotient, rest) = quotient_and_rest(high, low, divisor.significand);
        // The part behind the point, as far as rounding looks at it: below one half, one half, above.
        let low = match rest.cmp(&(divisor.significand - rest)) {
            _ if rest == 0 => 0,
            Ordering::Less => 1,
            Ordering::Equal => TOP,
            Ordering::Greater => TOP | 1,
        };
        Self::rounded(is_negative, exponent, quotient, low, Round::Nearest)
    }

    /// The square root of a number that is not negative, rounded to nearest.
    pub(super) fn root(self) -> Rounded {
        if self.is_zero() {
            return (self, true);
        }
        // significand · 2^(exponent − 127) = (high, low) · 2^(2h − 254), with the point behind the two highest bits.
        let is_odd = self.exponent & 1 == 1;
        let (high, low) = if is_odd { (self.significand, 0) } else { (self.significand >> 1, self.significand << 127) };
        let (root, rest) = root_and_rest(high, low);
        // (s + ½)² = s² + s + ¼: above the middle if the rest is larger than the root, and never just at it.
        let low = if rest > root { TOP | 1 } else { u128::from(rest != 0) };
        Self::rounded(false, self.exponent >> 1, root, low, Round::Nearest)
    }
}

/// Two words that were moved to the right, and whether a bit was cut off.
struct Moved {
    words: [u128; 2],
    is_cut: bool,
}

#[inline]
fn moved_right([high, low]: [u128; 2], shift: u32) -> Moved {
    let (words, cut) = match shift {
        0 => ([high, low], 0),
        1..=127 => ([high >> shift, high << (128 - shift) | low >> shift], low << (128 - shift)),
        128 => ([0, high], low),
        129..=255 => ([0, high >> (shift - 128)], high << (256 - shift) | low),
        _ => ([0, 0], 1),
    };
    Moved { words, is_cut: cut != 0 }
}

fn with_carry(one: u128, other: u128, carry: bool) -> (u128, bool) {
    let (sum, first) = one.overflowing_add(other);
    let (sum, second) = sum.overflowing_add(carry.into());
    (sum, first || second)
}

fn with_borrow(one: u128, other: u128, borrow: bool) -> (u128, bool) {
    let (difference, first) = one.overflowing_sub(other);
    let (difference, second) = difference.overflowing_sub(borrow.into());
    (difference, first || second)
}

/// The high and the low word of a product.
#[inline]
fn widening_product(one: u128, other: u128) -> (u128, u128) {
    const HALF: u32 = 64;
    let (a, b, c, d) = (one >> HALF, one as u64 as u128, other >> HALF, other as u64 as u128);
    let (outer, inner, left, right) = (a * c, b * d, a * d, b * c);
    let middle = (inner >> HALF) + (left as u64 as u128) + (right as u64 as u128);
    let high = outer + (left >> HALF) + (right >> HALF) + (middle >> HALF);
    (high, middle << HALF | inner as u64 as u128)
}

/// `(high, low)` divided by a divisor that is larger than `high` and has its highest bit set: schoolbook division by halves of
/// words (Knuth's algorithm D).
fn quotient_and_rest(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    let digits = [low >> 64, low as u64 as u128];
    let (mut quotient, mut rest) = (0_u128, high);
    let (first, second) = (divisor >> 64, divisor as u64 as u128);
    for digit in digits {
        // The digit of the quotient is at most two below this; its half word overflows only in the first guess.
        let mut guess = rest / first;
        let mut left = rest % first;
        while guess >> 64 != 0 || guess * second > (left << 64 | digit) {
            guess -= 1;
            left += first;
            if left >> 64 != 0 {
                break;
            }
        }
        // The difference is below the divisor, so that what overflows in between cancels.
        rest = (rest << 64 | digit).wrapping_sub(guess.wrapping_mul(divisor));
        quotient = quotient << 64 | guess;
    }
    (quotient, rest)
}

/// The integer square root `s` of `(high, low)`, one of the two highest bits being set, and the rest `(high, low) − s²`, or the largest
/// word where the rest has no room in one: Zimmermann's Karatsuba square root.
fn root_and_rest(high: u128, low: u128) -> (u128, u128) {
    let upper = high.isqrt();
    let rest = high - upper * upper;
    // The other half of the root is (rest · 2^64 + next digits)/(2 upper), or one less.
    let lower = (rest << 63 | low >> 65) / upper;
    let mut root = upper << 64 | lower.min(u64::MAX.into());
    let (mut square_high, mut square_low) = widening_product(root, root);
    while (square_high, square_low) > (high, low) {
        root -= 1;
        (square_high, square_low) = widening_product(root, root);
    }
    let (rest, borrow) = low.overflowing_sub(square_low);
    let fits = high - square_high == u128::from(borrow);
    (root, if fits { rest } else { u128::MAX })
}
