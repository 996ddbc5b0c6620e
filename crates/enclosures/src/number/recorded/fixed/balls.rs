//! From balls, and to balls.

use super::MOST_WORDS;
use super::row::{Row, State};
use super::sum::Sum;
use super::wide::Wide;
use crate::number::binary::Binary;
use crate::number::short::{Round, Unrounded};
use crate::number::{Ball, Magnitude};

/// A ball times `2^scale` as a sum: its centre without what is below the lowest word.
pub(super) fn from_ball<const D: usize, const W: usize>(ball: &Ball, scale: i64) -> Sum<D, W> {
    let mut sum = of_ball(ball);
    sum.exponent = sum.exponent.saturating_add(scale);
    sum
}

fn of_ball<const D: usize, const W: usize>(ball: &Ball) -> Sum<D, W> {
    if ball.is_whole_line() {
        return Sum::UNKNOWN;
    }
    let centre = ball.midpoint_ref();
    let (Some(exponent), radius) = (centre.exponent(), ball.radius()) else {
        // The centre is zero.
        return match ball.radius().exponent() {
            None => Sum::ZERO,
            Some(exponent) => Sum::of(Wide::ZERO, exponent + 1, 1.0),
        };
    };
    // |centre| < 2^exponent, the highest bit of the significand at 2^(exponent − 1).
    let exponent = exponent + 1;
    let mut value = match centre {
        Binary::Two(number, _) => highest::<W>(number.words()),
        Binary::Four(number, _) => highest::<W>(number.words()),
        Binary::Long(number) => {
            let (integer, _) = number.to_integer_exp().unwrap_or_default();
            let length = integer.significant_bits();
            let moved = if length > 64 * W as u32 {
                integer.abs() >> (length - 64 * W as u32)
            } else {
                integer.abs() << (64 * W as u32 - length)
            };
            let mut words = [0; W];
            moved.write_digits(&mut words, rug::integer::Order::Lsf);
            words
        }
    };
    // From 2^(exponent − 64 W) to the unit 2^(exponent − 52 D − 50): without a sign so far.
    let shift = (64 * W as i64 - Row::<D>::BITS - 50) as u32;
    let (words, bits) = ((shift / 64) as usize, shift % 64);
    for place in 0..W {
        let word = |place: usize| if place < W { value[place] } else { 0 };
        value[place] = word(place + words) >> bits | word(place + words + 1) << 1 << (63 - bits);
    }
    let value = if centre.is_negative() { Wide(value).negated() } else { Wide(value) };
    let radius = radius.scaled(-exponent);
    match radius.exact_f64() {
        Some(radius) => Sum::of(value, exponent, radius),
        // Out of the range of f64: too small to matter, or too large to be worth anything.
        None if radius < Magnitude::ONE => Sum::of(value, exponent, f64::MIN_POSITIVE),
        None => Sum::UNKNOWN,
    }
}

/// The words of a significand as the highest of W words.
fn highest<const W: usize>(significand: &[u64]) -> [u64; W] {
    let mut words = [0; W];
    for (word, own) in words.iter_mut().rev().zip(significand.iter().rev()) {
        *word = *own;
    }
    words
}

/// The last coefficient of a row times `2^scale` as a ball, its centre rounded to `bits` bits, at most 256; or to more than it has.
#[inline]
pub(super) fn to_ball<const D: usize, const W: usize>(row: &Row<D>, scale: i64, bits: u32) -> Ball {
    if row.state == State::Unknown {
        return Ball::whole_line(bits);
    }
    let (exponent, integer) = row.last_integer::<W>();
    let exponent = exponent.saturating_add(scale);
    // Far within the range of MPFR.
    let (Ok(top), true) = (i32::try_from(exponent), exponent.abs() < 1 << 29) else {
        return Ball::whole_line(bits);
    };
    let is_negative = integer.is_negative();
    let size = if is_negative { integer.negated() } else { integer };
    let highest = size.shifted(Row::<D>::BITS - 64 * MOST_WORDS as i64);
    let mut words = [0; MOST_WORDS];
    words.copy_from_slice(&highest.0[..MOST_WORDS]);
    let radius = if row.last_radius() == 0.0 {
        Magnitude::ZERO
    } else {
        Magnitude::above_f64(row.last_radius()).scaled(exponent)
    };
    if bits > 256 {
        let digits = rug::Integer::from_digits(&size.0, rug::integer::Order::Lsf);
        let mut centre = rug::Float::with_val(bits, if is_negative { -digits } else { digits });
        centre <<= top - (Row::<D>::BITS as i32 - 1);
        return Ball::new(centre, radius);
    }
    if integer.is_zero() {
        return Ball::around(Binary::zero(bits), radius);
    }
    // The integer is below B in absolute value, and its highest bit stands for 2^exponent, or for −B itself for twice as much.
    let sum = Unrounded { words, next: 0, exponent: top, is_negative }.normalised(Round::Nearest);
    let (centre, is_exact) = if bits <= 128 {
        let (number, error) = sum.rounded_with_error::<2>(bits);
        (Binary::two(number, bits), error == 0)
    } else {
        let (number, error) = sum.rounded_with_error::<4>(bits);
        (Binary::four(number, bits), error == 0)
    };
    let rounding = if is_exact { Magnitude::ZERO } else { centre.rounding_error() };
    Ball::around(centre, radius + rounding)
}
