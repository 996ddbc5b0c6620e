//! Exponentials and logarithms to 128 bits in words, correctly rounded or left to MPFR.
//!
//! Each function is evaluated in fixed point with some 170 to 190 bits and a proven bound on the error, then rounded to nearest
//! where the bound decides to which side (Ziv's rounding test): for all but one in 2^30 and more of the arguments that have no
//! structure, and not for some that have, such as −2⁻⁶⁴, whose exponential lies next to the middle between two numbers. These, and
//! what leaves the range, are `None`, and the caller asks MPFR. So a result is MPFR's bit for bit, at a tenth of the time or less.
//!
//! Values of these functions at arguments of 128 bits are irrational but for `e^0`, `ln 1` and their like (Hermite, Lindemann): no
//! result but those is exact, none lies at the middle between two numbers, and the test cannot fail for ever on the side
//! of the mathematics.

mod exponential;
mod fraction;
mod logarithm;
mod series;
#[cfg(test)]
mod tests;

pub(super) use exponential::{exp, exp_m1};
pub(super) use logarithm::{ln, ln_1p};

use super::short::Short;
use fraction::Fraction;

fn one() -> Short<2> {
    Short::from_integer(false, 1, 0)
}

/// The significand as a fraction between one half and one.
fn fraction_of(x: &Short<2>) -> Fraction {
    let [low, high] = *x.words();
    [0, low, high]
}

/// A real number that is known but for an error: it lies within `error · 2^(exponent − 191)` of
/// `± words · 2^(exponent − 191)`, the highest bit of the words being set.
struct Approximation {
    is_negative: bool,
    exponent: i32,
    words: Fraction,
    error: u64,
}

impl Approximation {
    /// `± words · 2^(exponent − 191)` within `error` of the last places, where `words` need not begin with a one bit; `None` if it
    /// is zero or so small that the bound has no room in a word.
    fn normalised(is_negative: bool, exponent: i32, words: Fraction, error: u64) -> Option<Self> {
        let shift = fraction::leading_zeros(&words);
        let has_room = shift < 64 && error.leading_zeros() > shift;
        has_room.then(|| Self {
            is_negative,
            exponent: exponent - shift as i32,
            words: fraction::shifted_left(&words, shift),
            error: error << shift,
        })
    }

    /// The number of 128 bits nearest to the real number, if the error leaves no doubt which that is. The real number must not be
    /// one of 128 bits, nor in the middle between two.
    ///
    /// Where the words are next to a power of two the real number may lie on the other side of it. Then it is the power to which
    /// both are rounded, as long as the error is below a quarter of the last place.
    fn rounded(&self) -> Option<Short<2>> {
        const HALF: u64 = 1 << 63;
        let [rest, low, high] = self.words;
        if rest.abs_diff(HALF) <= self.error || self.error >= HALF / 2 {
            return None;
        }
        let (low, carry) = low.overflowing_add((rest > HALF).into());
        let (high, overflows) = high.overflowing_add(carry.into());
        let (high, exponent) = if overflows { (HALF, self.exponent + 1) } else { (high, self.exponent) };
        Some(Short::from_words([low, high], exponent, self.is_negative))
    }
}
