//! Numbers of two and four words against MPFR, bit for bit at every precision, on inputs biased to the corners.

use rug::Float;

use super::*;

/// Corner-biased draws (splitmix64).
pub(in crate::number) struct Source(pub(in crate::number) u64);

impl Source {
    pub(in crate::number) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let state = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^ (state >> 31)
    }

    pub(in crate::number) fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }

    pub(in crate::number) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// A significand of `bits` bits: with few bits set, all of them, a run of them, or any.
    pub(in crate::number) fn significand<const WORDS: usize>(&mut self, bits: u32) -> [u64; WORDS] {
        let length = 64 * WORDS as u64;
        let place = |bit: u64| -> [u64; WORDS] {
            std::array::from_fn(|i| if bit / 64 == i as u64 { 1 << (bit % 64) } else { 0 })
        };
        // Bits from one place on, counted from the lowest.
        let from = |bit: u64| words::difference([0; WORDS], place(bit), false).0;
        let any: [u64; WORDS] = std::array::from_fn(|_| self.next());
        let unit = length - u64::from(bits);
        let some = self.below(length);
        let mut words = match self.below(12) {
            0 => [0; WORDS],
            1 => [u64::MAX; WORDS],
            2 => place(unit),
            3 => words::difference([u64::MAX; WORDS], place(unit), false).0,
            4 => place(some),
            5 => from(some),
            6 => std::array::from_fn(|i| any[i] & !from(some)[i]),
            7 => std::array::from_fn(|i| any[i] & from(some)[i]),
            // Next to the middle between two numbers of half as many bits.
            8 => std::array::from_fn(|i| any[i] & from(unit / 2 + length / 2)[i] | place(unit / 2 + length / 2 - 1)[i]),
            _ => any,
        };
        for (word, kept) in words.iter_mut().zip(from(unit)) {
            *word &= kept;
        }
        words[WORDS - 1] |= TOP;
        words
    }

    fn exponent(&mut self) -> i32 {
        let spread = self.pick(&[1, 3, 66, 130, 260, 400]);
        self.below(2 * spread + 1) as i32 - spread as i32
    }

    /// A number of `bits` bits.
    pub(in crate::number) fn number<const WORDS: usize>(&mut self, bits: u32) -> Short<WORDS> {
        let is_negative = self.below(2) == 0;
        if self.below(40) == 0 {
            return Short::zero(is_negative);
        }
        Short::from_words(self.significand(bits), self.exponent(), is_negative)
    }

    /// A number near another one: of the same size, next to it, or of the other sign.
    fn near<const WORDS: usize>(&mut self, other: Short<WORDS>, bits: u32) -> Short<WORDS> {
        let found = match self.below(5) {
            _ if other.is_zero() => self.number(bits),
            0 => other,
            1 => {
                let round = self.pick(&[Round::Up, Round::Down]);
                other.plus(Short::from_integer(false, 1, other.exponent - 400), bits, round).0
            }
            2 | 3 => {
                let distance = self.pick(&[0, 1, 1, 2, 3, 64, 65, 128]);
                Short::from_words(self.significand(bits), other.exponent - distance, other.is_negative)
            }
            _ => self.number(bits),
        };
        if self.below(2) == 0 { found.negated() } else { found }
    }
}

const MODES: [(Round, rug::float::Round); 3] = [
    (Round::Nearest, rug::float::Round::Nearest),
    (Round::Down, rug::float::Round::Down),
    (Round::Up, rug::float::Round::Up),
];

fn exactly<const WORDS: usize>(number: Short<WORDS>) -> Float {
    number.to_float(64 * WORDS as u32)
}

/// The same number to the last bit and to the sign of zero, and the same answer to whether it was rounded.
#[track_caller]
fn same<const WORDS: usize>(
    (found, is_exact): Rounded<WORDS>,
    (value, order): (Float, Ordering),
    context: &dyn std::fmt::Debug,
) {
    let expected = Short::<WORDS>::from_float(&value).expect("a number in range");
    assert_eq!((found.words, found.is_negative), (expected.words, expected.is_negative), "{context:x?}");
    assert!(found.is_zero() || found.exponent == expected.exponent, "{context:x?}");
    assert_eq!(is_exact, order == Ordering::Equal, "{context:x?}");
    assert!(found.is_zero() && found.words == [0; WORDS] || found.words[WORDS - 1] & TOP != 0, "{context:x?}");
}

macro_rules! against_mpfr {
    ($name:ident, $words:literal, $seed:literal) => {
        #[test]
        fn $name() {
            let mut source = Source($seed);
            let most = Short::<$words>::BITS;
            let nearest = rug::float::Round::Nearest;
            for case in 0..60 * most {
                // Every precision in turn, and half of the time the largest.
                let bits = if case % 2 == 0 { most } else { case / 2 % most + 1 };
                // The operands may be longer or shorter than the result.
                let own = [bits, bits, most, source.below(most.into()) as u32 + 1][source.below(4) as usize];
                let one: Short<$words> = source.number(own);
                let (two, three) = (source.near(one, own), source.near(one, bits));
                let (a, b) = (exactly(one), exactly(two));
                let context = (bits, one, two, three);
                for (round, mpfr) in MODES {
                    let found = one.plus(two, bits, round);
                    same(found, Float::with_val_round(bits, &a + &b, mpfr), &context);
                    let found = one.plus(two.negated(), bits, round);
                    same(found, Float::with_val_round(bits, &a - &b, mpfr), &context);
                    same(one.to_bits::<$words>(bits, round), Float::with_val_round(bits, &a, mpfr), &context);
                }
                let product = one.times(two, bits);
                same(product, Float::with_val_round(bits, &a * &b, nearest), &context);
                // An addend of its own, and such as cancel the product or nearly so.
                let near = source.near(product.0.negated(), bits);
                for addend in [three, product.0.negated(), near] {
                    let expected = Float::with_val_round(bits, &a * &b + &exactly(addend), nearest);
                    same(addend.plus_product(one, two, bits), expected, &(bits, one, two, addend));
                }
                assert_eq!(Some(one.compare(&two)), a.partial_cmp(&b), "{context:x?}");
                assert_eq!(Some(one.compare_absolute(&two)), a.cmp_abs(&b), "{context:x?}");
            }
        }
    };
}

against_mpfr!(two_words_are_rounded_as_by_mpfr, 2, 1);
against_mpfr!(four_words_are_rounded_as_by_mpfr, 4, 2);

/// Quotients, also at or next to a number of as many bits and at or next to a middle.
fn quotients<const WORDS: usize>(source: &mut Source, times: fn(Short<WORDS>, Short<WORDS>, u32) -> Rounded<WORDS>) {
    let (most, nearest) = (Short::<WORDS>::BITS, rug::float::Round::Nearest);
    for case in 0..60 * most {
        let bits = if case % 2 == 0 { most } else { case / 2 % most + 1 };
        let own = [bits, most][source.below(2) as usize];
        let one: Short<WORDS> = source.number(own);
        let two = source.near(one, own);
        if two.is_zero() {
            continue;
        }
        let (a, b) = (exactly(one), exactly(two));
        let product = times(one, two, bits).0;
        let context = (bits, one, two);
        same(one.over(two, bits), Float::with_val_round(bits, &a / &b, nearest), &context);
        same(product.over(two, bits), Float::with_val_round(bits, &exactly(product) / &b, nearest), &context);
    }
}

#[test]
fn quotients_are_those_of_mpfr() {
    let mut source = Source(3);
    quotients::<2>(&mut source, Short::<2>::times);
    quotients::<4>(&mut source, Short::<4>::times);
}

#[test]
fn roots_of_two_words_are_those_of_mpfr() {
    let mut source = Source(6);
    let nearest = rug::float::Round::Nearest;
    for case in 0..20_000 {
        let bits = if case % 2 == 0 { 128 } else { case / 2 % 128 + 1 };
        let own = [bits, 128][source.below(2) as usize];
        let (one, two): (Short<2>, Short<2>) = (source.number(own), source.number(own));
        for number in [one.absolute(), one.times(two, bits).0.absolute(), one.times(one, bits).0] {
            let expected = Float::with_val_round(bits, exactly(number).sqrt_ref(), nearest);
            same(number.root(bits), expected, &(bits, number));
        }
    }
}

/// Conversions there and back, at the precision of the number and at more.
fn conversions<const WORDS: usize>(source: &mut Source) {
    let most = Short::<WORDS>::BITS;
    for case in 0..60 * most {
        let bits = case % most + 1;
        let mut number: Short<WORDS> = source.number(bits);
        if source.below(3) == 0 && !number.is_zero() {
            number = number.scaled(source.pick(&[-1074, -1075, -1023, -1022, 1022, 1023, 1024]) - number.exponent);
        }
        for precision in [bits, most, 300] {
            let value = number.to_float(precision);
            assert_eq!(value.prec(), precision);
            match Short::<WORDS>::from_float(&value) {
                Some(back) => same((back, true), (value, Ordering::Equal), &number),
                None => assert!(precision > most),
            }
        }
        let value = number.to_float(bits);
        assert_eq!(number.to_float(300), value, "{number:x?}");
        for (round, mpfr) in MODES {
            assert_eq!(number.to_f64(round).to_bits(), value.to_f64_round(mpfr).to_bits(), "{number:x?} {round:?}");
        }
        if !number.is_zero() {
            let (leading, is_cut) = number.leading();
            let cut = Float::with_val_round(53, value.abs_ref(), rug::float::Round::Zero);
            assert_eq!(cut.0, Float::with_val(53, leading) << (number.exponent - 52), "{number:x?}");
            assert_eq!(is_cut, cut.1 != Ordering::Equal, "{number:x?}");
        }
        let double = value.to_f64();
        if double.is_finite() {
            let back = Short::<WORDS>::from_f64(double);
            same((back, true), (Float::with_val(53, double), Ordering::Equal), &number);
        }
        same((number.widened::<WORDS>(), true), (value, Ordering::Equal), &number);
    }
    for special in [rug::float::Special::Nan, rug::float::Special::Infinity, rug::float::Special::NegInfinity] {
        assert!(Short::<WORDS>::from_float(&Float::with_val(64, special)).is_none());
    }
}

#[test]
fn conversions_keep_every_bit() {
    let mut source = Source(4);
    conversions::<2>(&mut source);
    conversions::<4>(&mut source);
}

#[test]
fn more_words_are_the_same_number() {
    let mut source = Source(5);
    for _ in 0..2000 {
        let number: Short<2> = source.number(128);
        same((number.widened::<4>(), true), (exactly(number), Ordering::Equal), &number);
    }
}

#[test]
fn the_sign_of_zero_is_that_of_mpfr() {
    for (one, other) in [(0.0, 0.0), (0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0), (1.5, -1.5), (-0.0, 1.0), (-1.0, 0.0)] {
        let (a, b) = (Float::with_val(64, one), Float::with_val(64, other));
        let (one, other) = (Short::<4>::from_f64(one), Short::<4>::from_f64(other));
        for (round, mpfr) in MODES {
            same(one.plus(other, 64, round), Float::with_val_round(64, &a + &b, mpfr), &(one, other, round));
        }
        let nearest = rug::float::Round::Nearest;
        same(one.times(other, 64), Float::with_val_round(64, &a * &b, nearest), &(one, other));
        for zero in [Short::<4>::zero(false), Short::zero(true)] {
            let sum = Float::with_val_round(64, &a * &b + &exactly(zero), nearest);
            same(zero.plus_product(one, other, 64), sum, &(zero, one, other));
        }
    }
}
