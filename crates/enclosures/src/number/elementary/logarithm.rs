//! `ln x` and `ln (1 + x)`.

use std::cmp::Ordering;

use super::exponential::fractional;
use super::fraction::{self, Fraction, LN_2_FRACTION, joined};
use super::{Approximation, Short, fraction_of, one, series};
use crate::number::short::Round;

/// The error of [`logarithm`] in units.
const ERROR: u64 = 128;

/// `ln x`; `None` for what has no logarithm.
pub(in crate::number) fn ln(x: Short<2>) -> Option<Short<2>> {
    match x.compare(&one()) {
        _ if x.is_negative() || x.is_zero() => None,
        Ordering::Equal => Some(Short::ZERO),
        _ => near_ln(x)?.rounded(),
    }
}

/// `ln (1 + x)`; `None` for what has none.
pub(in crate::number) fn ln_1p(x: Short<2>) -> Option<Short<2>> {
    if x.is_zero() { Some(x) } else { near_ln_1p(x)?.rounded() }
}

/// `ln x` for positive `x` other than 1.
pub(super) fn near_ln(x: Short<2>) -> Option<Approximation> {
    // 2^exponent (1 + tail).
    let tail = fraction::shifted_left(&fraction_of(&x), 1);
    let is_near_one = match x.exponent() {
        0 => fraction::leading_zeros(&tail) >= series::SMALL,
        -1 => x.words()[1].leading_ones() > series::SMALL,
        _ => false,
    };
    if is_near_one {
        // x − 1 has 128 bits or fewer.
        return near_one(x.plus(one().negated(), 128, Round::Nearest).0);
    }
    logarithm(x.exponent(), &tail)
}

/// `ln (1 + x)` for `x` that is not zero; `None` for `x ≤ −1`.
pub(super) fn near_ln_1p(x: Short<2>) -> Option<Approximation> {
    if x.exponent() < -(series::SMALL as i32) {
        return near_one(x);
    }
    let fraction = fraction_of(&x);
    // |x| below 1: no bit of it is cut off.
    let below_one = || fraction::shifted_right(&fraction, x.exponent().abs_diff(-1));
    if x.is_negative() {
        let sum = (x.exponent() < 0).then(|| fraction::complement(&below_one()))?;
        let zeros = fraction::leading_zeros(&sum);
        return logarithm(-1 - zeros as i32, &fraction::shifted_left(&sum, zeros + 1));
    }
    match x.exponent() {
        ..0 => logarithm(0, &below_one()),
        // The 1 is a bit of the words.
        exponent @ 0..=190 => match fraction::sum(&fraction, &fraction::power_of_two(exponent as u32 + 1)) {
            (sum, true) => logarithm(exponent + 1, &sum),
            (sum, false) => logarithm(exponent, &fraction::shifted_left(&sum, 1)),
        },
        // The 1 is below a unit.
        exponent => logarithm(exponent, &fraction::shifted_left(&fraction, 1)),
    }
}

/// `ln (1 + u)` for `|u| < 2⁻¹⁶` that is not zero.
fn near_one(u: Short<2>) -> Option<Approximation> {
    series::times_one_and(u, &series::LOGARITHM, !u.is_negative())
}

/// `ln (2^exponent (1 + tail))`, where the tail may be a unit too small; `None` near one.
///
/// With `y` near `ln (1 + tail)`, or near `ln ((1 + tail)/2) < 0` for a large tail, e^−y times that number is 1 + δ, and
/// `ln (1 + δ) = δ − δ²/2 + δ³/3` to 2⁻¹⁹⁷ as δ < 2⁻⁴⁹, which is checked. Whatever `y` is, the sum `y + ln (1 + δ)` is the logarithm.
///
/// Where the errors come from, in units: `e^−y` is (1 + f)/2 or 1 + f with f within 64, and 2 more for `ln 2 − y`; joined with the tail,
/// 2 · 66 + 2 + 3 = 137, of which one half is that of δ. The powers of δ add 5, the multiple of ln 2 adds 2.
fn logarithm(exponent: i32, tail: &Fraction) -> Option<Approximation> {
    const SQUARE_ROOT_OF_TWO: f64 = std::f64::consts::SQRT_2;
    let leading = 1.0 + tail[2] as f64 / (1_u128 << 64) as f64;
    let is_large = leading > SQUARE_ROOT_OF_TWO;
    let (exponent, leading) = if is_large { (exponent + 1, leading / 2.0) } else { (exponent, leading) };
    let approximate = libm::log(leading);
    // |y|, less than one half, to 2⁻¹²⁸.
    let size = (approximate.abs() * (1_u128 << 64) as f64 * (1_u128 << 64) as f64) as u128;
    let y = [0, size as u64, (size >> 64) as u64];
    // (1 + f)(1 + tail) = 2 (1 + δ).
    let (twice_delta, ones) = match is_large {
        true => joined(&fractional(&y)?, tail),
        false if size == 0 => (fraction::shifted_left(tail, 1), 1),
        false => joined(&fractional(&fraction::difference(&LN_2_FRACTION, &y).0)?, tail),
    };
    let (twice_delta, is_delta_negative) = match ones {
        0 => (fraction::complement(&twice_delta), true),
        1 => (twice_delta, false),
        _ => return None,
    };
    if twice_delta[2] >> 16 != 0 {
        return None;
    }
    let delta = fraction::shifted_right(&twice_delta, 1);
    let square = fraction::product(&delta, &delta);
    // Below 2⁻¹⁴⁷: in the lowest word.
    let [cube, _, _] = fraction::product(&square, &delta);
    let half_square = fraction::shifted_right(&square, 1);
    let third = [cube / 3, 0, 0];
    let mut sum = Signed::ZERO;
    sum.add(is_large, &y);
    sum.add(is_delta_negative, &delta);
    sum.add(true, &half_square);
    sum.add(is_delta_negative, &third);
    sum.add_multiple_of_ln_2(exponent);
    sum.approximation()
}

/// A number with one word before the point: the words lowest first, in two's complement.
struct Signed([u64; 4]);

impl Signed {
    const ZERO: Self = Self([0; 4]);

    fn add(&mut self, is_negative: bool, fraction: &Fraction) {
        let [first, second, third, whole] = self.0;
        let own = [first, second, third];
        let ([first, second, third], whole) = if is_negative {
            let (difference, is_below) = fraction::difference(&own, fraction);
            (difference, whole.wrapping_sub(is_below.into()))
        } else {
            let (sum, is_one) = fraction::sum(&own, fraction);
            (sum, whole.wrapping_add(is_one.into()))
        };
        self.0 = [first, second, third, whole];
    }

    /// Adds `count · ln 2`, within two units.
    fn add_multiple_of_ln_2(&mut self, count: i32) {
        let [first, second, third, whole] = super::exponential::multiple_of_ln_2(count.unsigned_abs().into());
        self.add(count < 0, &[first, second, third]);
        self.0[3] = if count < 0 { self.0[3].wrapping_sub(whole) } else { self.0[3].wrapping_add(whole) };
    }

    fn approximation(&self) -> Option<Approximation> {
        let is_negative = self.0[3] >> 63 == 1;
        let mut size = Self::ZERO;
        let [first, second, third, whole] = self.0;
        size.0[3] = if is_negative { whole.wrapping_neg() } else { whole };
        size.add(is_negative, &[first, second, third]);
        let [first, second, third, whole] = size.0;
        if whole == 0 {
            return Approximation::normalised(is_negative, -1, [first, second, third], ERROR);
        }
        // What is cut off is less than one of the last places, and the error is at most half as large.
        let zeros = whole.leading_zeros();
        let words = match zeros {
            0 => [second, third, whole],
            _ => [
                second << zeros | first >> (64 - zeros),
                third << zeros | second >> (64 - zeros),
                whole << zeros | third >> (64 - zeros),
            ],
        };
        Some(Approximation { is_negative, exponent: 63 - zeros as i32, words, error: ERROR })
    }
}
