//! Power series of small numbers.

use super::fraction::{self, Fraction, product, short_product, shortest_product};
use super::{Approximation, Short, fraction_of};

/// Numbers of which the series are good are below 2⁻ᵗʰⁱˢ.
pub(super) const SMALL: u32 = 16;

/// The sum of a series is within this many units of the true one.
pub(super) const ERROR: u64 = 1 << 20;

/// The series `Σ ±ⁿ c_n vⁿ` from `n = 1` on: its coefficients, rounded down, with as many words as their powers need.
///
/// For `v < 2⁻¹⁶` the sum is within [`ERROR`] of the true one. Horner's scheme, from the last term to the first:
/// - In one word, `n = 7` to 10. Its last place is 2⁻⁶⁴. The coefficient, `v` and the product are each cut by less than one, and
///   what the term behind brings in is smaller by 2⁻¹⁶: less than 4 places, times `v⁷ < 2⁻¹¹²`, that is 4·2¹⁶ units.
/// - In two words, `n = 3` to 6. Of 2⁻¹²⁸ the coefficient costs 1, `v` 1, the product 3: less than 6 places with the term behind, times
///   `v³ < 2⁻⁴⁸`, that is 6·2¹⁶ units, of which those of one word are no part.
/// - In three words, `n = 1, 2`: less than 10 units.
/// - The terms from `n = 11` on: `c_n ≤ 1/12`, less than 2⁻¹⁷⁹, that is 2¹³ units.
///
/// Together less than 11·2¹⁶, hence [`ERROR`] with room to spare.
pub(super) struct Series {
    long: [Fraction; 2],
    short: [u128; 4],
    shortest: [u64; 4],
}

impl Series {
    /// The series with the coefficients `1/divisor(n)`, from `n = 1` to 10, which are at most one half and descend.
    const fn with_reciprocals(divisors: [u64; 10]) -> Self {
        let mut series = Self { long: [[0; 3]; 2], short: [0; 4], shortest: [0; 4] };
        let mut index = 0;
        while index < 10 {
            let [first, second, third] = reciprocal(divisors[index]);
            match index {
                0..=1 => series.long[index] = [first, second, third],
                2..=5 => series.short[index - 2] = (third as u128) << 64 | second as u128,
                _ => series.shortest[index - 6] = third,
            }
            index += 1;
        }
        series
    }

    /// `Σ vⁿ c_n`, or `−Σ (−v)ⁿ c_n`, which is positive too.
    #[inline]
    pub(super) fn sum(&self, v: &Fraction, is_alternating: bool) -> Fraction {
        if is_alternating { self.sum_with::<true>(v) } else { self.sum_with::<false>(v) }
    }

    #[inline]
    fn sum_with<const ALTERNATING: bool>(&self, v: &Fraction) -> Fraction {
        let [_, second, third] = *v;
        let mut shortest = self.shortest[3];
        for coefficient in self.shortest[..3].iter().rev() {
            let change = shortest_product(third, shortest);
            shortest = if ALTERNATING { coefficient - change } else { coefficient + change };
        }
        let of_two_words = u128::from(third) << 64 | u128::from(second);
        let mut short = u128::from(shortest) << 64;
        for coefficient in self.short.iter().rev() {
            let change = short_product(of_two_words, short);
            short = if ALTERNATING { coefficient - change } else { coefficient + change };
        }
        let mut long = [0, short as u64, (short >> 64) as u64];
        for coefficient in self.long.iter().rev() {
            let change = product(v, &long);
            let both = if ALTERNATING {
                fraction::difference(coefficient, &change)
            } else {
                fraction::sum(coefficient, &change)
            };
            long = both.0;
        }
        product(v, &long)
    }
}

/// `x (1 + Σ |x|ⁿ c_n)`, or `x (1 + Σ (−|x|)ⁿ c_n)` for `x` that is not zero and below 2⁻¹⁶ in absolute value.
pub(super) fn times_one_and(x: Short<2>, series: &Series, is_alternating: bool) -> Option<Approximation> {
    let fraction = fraction_of(&x);
    let sum = series.sum(&fraction::shifted_right(&fraction, (-1 - x.exponent()) as u32), is_alternating);
    // Half of the factor: another half unit is cut off, and the error of the sum counts half.
    const HALF: Fraction = [0, 0, 1 << 63];
    let change = fraction::shifted_right(&sum, 1);
    let factor = if is_alternating { fraction::difference(&HALF, &change) } else { fraction::sum(&HALF, &change) };
    // The cut of |x| to a fraction moves the sum by less than a unit, and the product is less than three units too small.
    let words = product(&fraction, &factor.0);
    Approximation::normalised(x.is_negative(), x.exponent() + 1, words, ERROR)
}

/// `(e^v − 1)/v − 1 = v/2 + v²/6 + …`.
pub(super) static EXPONENTIAL: Series = Series::with_reciprocals(factorials_from_two());

/// `−ln(1 − v)/v − 1 = v/2 + v²/3 + …`.
pub(super) static LOGARITHM: Series = Series::with_reciprocals([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);

/// `2!, …, 11!`.
const fn factorials_from_two() -> [u64; 10] {
    let mut factorials = [2; 10];
    let mut index = 1;
    while index < 10 {
        factorials[index] = factorials[index - 1] * (index as u64 + 2);
        index += 1;
    }
    factorials
}

/// `1/divisor`, rounded down, for divisors from 2 on.
const fn reciprocal(divisor: u64) -> Fraction {
    let divisor = divisor as u128;
    let (mut rest, mut quotient) = (1_u128, [0; 3]);
    let mut index = 3;
    while index > 0 {
        index -= 1;
        rest <<= 64;
        quotient[index] = (rest / divisor) as u64;
        rest %= divisor;
    }
    quotient
}
