//! Integers of a fixed number of 64-bit words in two's complement, the lowest first.

use super::convolution::DIGIT_BITS;

/// An integer of W words. Whoever adds, multiplies or moves to the left knows that the result fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wide<const W: usize>(pub(super) [u64; W]);

impl<const W: usize> Wide<W> {
    pub(super) const ZERO: Self = Self([0; W]);

    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn is_negative(&self) -> bool {
        self.0[W - 1] >> 63 != 0
    }

    #[inline]
    pub(super) fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (own, other) in self.0.iter_mut().zip(other.0) {
            (*own, carry) = own.carrying_add(other, carry);
        }
    }

    #[inline]
    pub(super) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (own, other) in self.0.iter_mut().zip(other.0) {
            (*own, borrow) = own.borrowing_sub(other, borrow);
        }
    }

    pub(super) fn negated(&self) -> Self {
        let mut opposite = Self::ZERO;
        opposite.subtract(self);
        opposite
    }

    /// The least p with −2^p ≤ x < 2^p.
    #[inline]
    pub(super) fn length(&self) -> u32 {
        let sign = if self.is_negative() { u64::MAX } else { 0 };
        let mut length = 64 * W as u32;
        for word in self.0.iter().rev() {
            let differing = word ^ sign;
            if differing != 0 {
                return length - differing.leading_zeros();
            }
            length -= 64;
        }
        0
    }

    /// The integer part, downward, of x / 2^shift; x · 2^−shift for a negative shift.
    #[inline]
    pub(super) fn shifted(&self, shift: i64) -> Self {
        if shift < 0 { self.shifted_left(shift.unsigned_abs()) } else { self.shifted_right(shift.unsigned_abs()) }
    }

    #[inline]
    fn shifted_right(&self, shift: u64) -> Self {
        let sign = if self.is_negative() { u64::MAX } else { 0 };
        let (words, bits) = ((shift / 64).min(W as u64) as usize, shift % 64);
        let word = |place: usize| if place < W { self.0[place] } else { sign };
        Self(std::array::from_fn(|place| {
            let (low, high) = (word(place + words), word(place + words + 1));
            low >> bits | high << 1 << (63 - bits)
        }))
    }

    #[inline]
    fn shifted_left(&self, shift: u64) -> Self {
        let (words, bits) = ((shift / 64).min(W as u64) as usize, shift % 64);
        let word = |place: usize, back: usize| if place >= back { self.0[place - back] } else { 0 };
        Self(std::array::from_fn(|place| word(place, words) << bits | word(place, words + 1) >> 1 >> (63 - bits)))
    }

    /// Times a number that is not negative.
    pub(super) fn times(&self, factor: u64) -> Self {
        let mut carry = 0;
        // Modulo 2^(64 W) the sign needs no care.
        Self(std::array::from_fn(|place| {
            let product;
            (product, carry) = self.0[place].carrying_mul(factor, carry);
            product
        }))
    }

    /// Over a positive number, towards zero.
    pub(super) fn over(&self, divisor: u64) -> Self {
        let is_negative = self.is_negative();
        let mut size = if is_negative { self.negated() } else { *self };
        let mut rest = 0;
        for word in size.0.iter_mut().rev() {
            let dividend = u128::from(rest) << 64 | u128::from(*word);
            // Below 2^64, for the rest is below the divisor.
            *word = (dividend / u128::from(divisor)) as u64;
            rest = (dividend % u128::from(divisor)) as u64;
        }
        if is_negative { size.negated() } else { size }
    }
}

/// An integer that is put together from digits, the lowest first.
pub(super) struct Digits<const W: usize> {
    words: [u64; W],
    bits: usize,
}

impl<const W: usize> Digits<W> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { words: [0; W], bits: 0 }
    }

    /// The next digit. Another word is left for the end.
    #[inline(always)]
    pub(super) fn push(&mut self, digit: u64) {
        let (word, bit) = (self.bits / 64, self.bits % 64);
        self.words[word] |= digit << bit;
        self.words[word + 1] |= digit >> 1 >> (63 - bit);
        self.bits += DIGIT_BITS as usize;
    }

    /// With what is left above all digits.
    #[inline(always)]
    pub(super) fn end(self, rest: i64) -> Wide<W> {
        let (last, bit) = (self.bits / 64, self.bits % 64);
        let mut words = self.words;
        words[last] |= (rest as u64) << bit;
        for (place, word) in words.iter_mut().enumerate().skip(last + 1) {
            *word = if place == last + 1 { (rest >> 1 >> (63 - bit)) as u64 } else { (rest >> 63) as u64 };
        }
        Wide(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::following;
    use rug::Integer;
    use rug::integer::Order;

    fn integer<const W: usize>(wide: &Wide<W>) -> Integer {
        let unsigned = Integer::from_digits(&wide.0, Order::Lsf);
        if wide.is_negative() { unsigned - (Integer::from(1) << (64 * W as u32)) } else { unsigned }
    }

    fn wide<const W: usize>(value: &Integer) -> Wide<W> {
        let mut words = [0; W];
        let unsigned = value.clone().keep_bits(64 * W as u32);
        unsigned.write_digits(&mut words, Order::Lsf);
        Wide(words)
    }

    #[test]
    fn everything_is_what_integers_have() {
        let mut state = 3_u64;
        let mut random = || {
            state = following(state);
            state >> 9 ^ state << 20
        };
        for case in 0..3000 {
            let length = random() % 300;
            let mut any = || {
                let words: [u64; 5] = std::array::from_fn(|_| random());
                let value = Integer::from_digits(&words, Order::Lsf) >> (320 - length as u32);
                // Now and then a power of two, and one less.
                let power = Integer::from(1) << (length as u32);
                match case % 5 {
                    0 => -power,
                    1 => power - 1,
                    2 => -value,
                    _ => value,
                }
            };
            let (one, other) = (any(), any());
            let (x, y): (Wide<6>, Wide<6>) = (wide(&one), wide(&other));
            assert_eq!(integer(&x), one);
            let mut sum = x;
            sum.add(&y);
            assert_eq!(integer(&sum), Integer::from(&one + &other));
            sum.subtract(&y);
            assert_eq!(sum, x);
            assert_eq!(integer(&x.negated()), -one.clone());
            let power = |p: u32| Integer::from(1) << p;
            let p = x.length();
            assert!(one >= -power(p) && one < power(p), "{one} {p}");
            assert!(p == 0 || one < -power(p - 1) || one >= power(p - 1), "{one} {p}");
            let shift = random() % 500;
            assert_eq!(integer(&x.shifted(shift as i64)), one.clone() >> shift as u32, "{one} by {shift}");
            let left = random() % (380 - u64::from(p));
            assert_eq!(integer(&x.shifted(-(left as i64))), one.clone() << left as u32, "{one} by −{left}");
            let factor = 1 + (random() >> (20 + random() % 44));
            assert_eq!(integer(&x.times(factor)), one.clone() * factor);
            assert_eq!(integer(&x.over(factor)), one.clone() / factor, "{one} / {factor}");
            let mut digits = Digits::<6>::new();
            let mut expected = Integer::new();
            for place in 0..1 + case % 6 {
                let digit = random() >> 12;
                digits.push(digit);
                expected += Integer::from(digit) << (52 * place as u32);
            }
            let rest = (random() as i64) >> (case % 64);
            expected += Integer::from(rest) << (52 * (1 + case % 6) as u32);
            assert_eq!(integer(&digits.end(rest)), expected);
        }
        assert_eq!(Wide::<4>::ZERO.length(), 0);
        assert!(Wide::<4>::ZERO.is_zero() && !wide::<4>(&Integer::from(-1)).is_zero());
    }
}
