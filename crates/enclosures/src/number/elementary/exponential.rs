//! `e^x` and `e^x − 1`.

use super::fraction::{self, Fraction, LN_2, LN_2_FRACTION, joined};
use super::{Approximation, Short, fraction_of, one, series};

/// Arguments from 2^this on are left to MPFR.
const EXPONENT_LIMIT: i32 = 28;

/// The error of [`fractional`] in units.
pub(super) const ERROR: u64 = 64;

/// `e^(i/2⁸) − 1` for the `i` below `2⁸ ln 2`.
pub(super) static COARSE: [Fraction; 178] = powers(8);

/// `e^(i/2¹⁶) − 1`.
pub(super) static FINE: [Fraction; 256] = powers(16);

/// `e^x`.
pub(in crate::number) fn exp(x: Short<2>) -> Option<Short<2>> {
    if x.is_zero() { Some(one()) } else { near_exp(x)?.rounded() }
}

/// `e^x − 1`.
pub(in crate::number) fn exp_m1(x: Short<2>) -> Option<Short<2>> {
    if x.is_zero() { Some(x) } else { near_exp_m1(x)?.rounded() }
}

/// `e^x` for `x` that is not zero.
pub(super) fn near_exp(x: Short<2>) -> Option<Approximation> {
    let (exponent, fraction) = exponential(x)?;
    Some(Approximation { is_negative: false, exponent, words: with_leading_one(&fraction), error: ERROR })
}

/// `e^x − 1` for `x` that is not zero.
pub(super) fn near_exp_m1(x: Short<2>) -> Option<Approximation> {
    if x.exponent() < -(series::SMALL as i32) {
        return series::times_one_and(x, &series::EXPONENTIAL, x.is_negative());
    }
    let (exponent, fraction) = exponential(x)?;
    let words = with_leading_one(&fraction);
    let (is_negative, exponent, words) = match exponent {
        0 => (false, -1, fraction),
        // The 1 is a bit of the words.
        1..=191 => (false, exponent, fraction::difference(&words, &fraction::power_of_two(exponent as u32 + 1)).0),
        // 1 − e^x, where a unit is missing from 1, and less than one from e^x as a fraction.
        ..0 => {
            let power = fraction::shifted_right(&words, exponent.abs_diff(-1));
            (true, -1, fraction::difference(&[u64::MAX; 3], &power).0)
        }
        // The 1 is below a unit.
        _ => (false, exponent, words),
    };
    Approximation::normalised(is_negative, exponent, words, ERROR)
}

/// The 192 bits of `1 + fraction`: another half unit is cut off, and what errors the fraction has count half.
fn with_leading_one(fraction: &Fraction) -> Fraction {
    let [first, second, third] = fraction::shifted_right(fraction, 1);
    [first, second, third | 1 << 63]
}

/// The `k` and the fraction of `e^x = 2^k (1 + fraction)`, within [`ERROR`]; `x` is not zero.
fn exponential(x: Short<2>) -> Option<(i32, Fraction)> {
    if x.exponent() > EXPONENT_LIMIT {
        return None;
    }
    // |x| with a word before the point, cut by less than a unit.
    let size = fixed(x);
    let approximate = size[3] as f64 + size[2] as f64 / (1_u128 << 64) as f64;
    let guess = approximate * std::f64::consts::LOG2_E;
    let mut count = if x.is_negative() { guess.ceil() } else { guess.floor() } as u64;
    // The guess is off by one at most. A remainder next to 0 or ln 2 may, of two counts, fit neither for the last bit of their multiples.
    for _ in 0..3 {
        let multiple = multiple_of_ln_2(count);
        let (from, subtrahend) = if x.is_negative() { (&multiple, &size) } else { (&size, &multiple) };
        let ([first, second, third, whole], is_below) = difference_of_four(from, subtrahend);
        let rest = [first, second, third];
        if !is_below && whole == 0 && fraction::difference(&rest, &LN_2_FRACTION).1 {
            let count = i32::try_from(count).ok()?;
            return Some((if x.is_negative() { -count } else { count }, fractional(&rest)?));
        }
        // Of a positive x too much is taken off if the remainder is below zero, of a negative one too little is put to.
        count = if is_below == x.is_negative() { count + 1 } else { count.saturating_sub(1) };
    }
    None
}

/// |x| cut to 192 bits behind the point, the word before it last, for `x` below 2⁶³.
fn fixed(x: Short<2>) -> [u64; 4] {
    let [_, low, high] = fraction_of(&x);
    match u32::try_from(x.exponent()) {
        // The highest bit of the significand moves from the highest of the fraction to the one of 2^exponent.
        Ok(exponent) => {
            let (shift, back) = (exponent + 1, 63 - exponent);
            [0, low << shift, high << shift | low >> back, high >> back]
        }
        Err(_) => {
            let [first, second, third] = fraction::shifted_right(&fraction_of(&x), x.exponent().abs_diff(-1));
            [first, second, third, 0]
        }
    }
}

/// `count · ln 2`, less than one unit and count·2⁻⁶⁴ below.
pub(super) fn multiple_of_ln_2(count: u64) -> [u64; 4] {
    let mut words = [0; 4];
    let mut carry = (count as u128 * LN_2[0] as u128) >> 64;
    for (word, digit) in words.iter_mut().zip(&LN_2[1..]) {
        carry += count as u128 * *digit as u128;
        *word = carry as u64;
        carry >>= 64;
    }
    words[3] = carry as u64;
    words
}

fn difference_of_four(one: &[u64; 4], other: &[u64; 4]) -> ([u64; 4], bool) {
    let ([first, second, third], borrow) =
        fraction::difference(&[one[0], one[1], one[2]], &[other[0], other[1], other[2]]);
    let (whole, less) = one[3].overflowing_sub(other[3]);
    let (whole, lesser) = whole.overflowing_sub(borrow.into());
    ([first, second, third, whole], less || lesser)
}

/// `e^r − 1` for `0 ≤ r < ln 2`, within [`ERROR`] although `r` may be off by two units.
///
/// With r = i/2⁸ + j/2¹⁶ + t, t < 2⁻¹⁶: e^t − 1 = t + t S, S from the series; its error times t is less than 11 units, and 3 more
/// come from the product: 14. Joined with the entry for j, which is less than 1.01 units too small: 1.01 · 14 + 1.02 + 3 < 19. Joined with
/// that for i: 2 · 19 + 1.02 + 3 < 43. The error of r counts twice: 47.
#[inline]
pub(super) fn fractional(r: &Fraction) -> Option<Fraction> {
    let [first, second, third] = *r;
    let (coarse, fine) = ((third >> 56) as usize, (third >> 48 & 0xff) as usize);
    let t = [first, second, third & ((1 << 48) - 1)];
    let change = fraction::product(&t, &series::EXPONENTIAL.sum(&t, false));
    let small = fraction::sum(&t, &change).0;
    let small = joined(FINE.get(fine)?, &small).0;
    let (all, ones) = joined(COARSE.get(coarse)?, &small);
    (ones == 0).then_some(all)
}

/// `e^(i/2^step) − 1` for the `i` below `COUNT`, which must be below 1: rounded down, less than a unit and a thousandth below.
const fn powers<const COUNT: usize>(step: u32) -> [Fraction; COUNT] {
    // In four words, the lowest of which takes the errors: each factor e^(1/2^step) adds less than a hundred of its places.
    let base = power(step);
    let (mut table, mut last) = ([fraction::ZERO; COUNT], [0; 4]);
    let mut index = 1;
    while index < COUNT {
        last = joined_four(&last, &base);
        table[index] = [last[1], last[2], last[3]];
        index += 1;
    }
    table
}

/// `e^(1/2^step) − 1` in four words, less than 40 of the last places below: `Σ 2^(−n step)/n!`.
const fn power(step: u32) -> [u64; 4] {
    let (mut sum, mut term) = ([0; 4], [0, 0, 0, 1 << (64 - step)]);
    let mut n = 1;
    while n < 40 {
        let mut carry = 0;
        let mut index = 0;
        while index < 4 {
            let total = sum[index] as u128 + term[index] as u128 + carry;
            sum[index] = total as u64;
            carry = total >> 64;
            index += 1;
        }
        n += 1;
        // The next term: divided by 2^step n.
        let divisor = (n as u128) << step;
        let mut rest = 0;
        while index > 0 {
            index -= 1;
            let dividend = rest << 64 | term[index] as u128;
            term[index] = (dividend / divisor) as u64;
            rest = dividend % divisor;
        }
    }
    sum
}

/// `(1 + x)(1 + y) − 1` in four words, less than one of the last places below, if it is below 1.
const fn joined_four(x: &[u64; 4], y: &[u64; 4]) -> [u64; 4] {
    let mut product = [0; 8];
    let mut row = 0;
    while row < 4 {
        let mut carry = 0;
        let mut column = 0;
        while column < 4 {
            let total = product[row + column] as u128 + x[row] as u128 * y[column] as u128 + carry;
            product[row + column] = total as u64;
            carry = total >> 64;
            column += 1;
        }
        product[row + 4] = carry as u64;
        row += 1;
    }
    let (mut sum, mut carry, mut index) = ([0; 4], 0, 0);
    while index < 4 {
        let total = product[4 + index] as u128 + x[index] as u128 + y[index] as u128 + carry;
        sum[index] = total as u64;
        carry = total >> 64;
        index += 1;
    }
    sum
}
