//! Integers of a fixed number of limbs.
//!
//! An integer is Σ xᵢ 2^(58 i), all xᵢ of its own sign and below 2^58 in absolute value. The products of two limbs that belong to one
//! power of two are summed over the whole dot product before any carry is looked at: each is below 2^116, and an i128
//! has room for 2^11 of them. Of the 2N − 1 such sums the lower N − 1 are left out, which misses less than a unit of the
//! lowest limb N − 1 times a term, unless an entry is wanted exactly.

use super::rounding::round;
use super::{Format, Line, Lines, Magnitude};

/// Bits of a limb.
pub(super) const RADIX_BITS: u32 = 58;

/// The longest dot product for which the sums of [`MOST_LIMBS`] products a term have room.
pub(super) const LARGEST_LENGTH: usize = (1 << (126 - 2 * RADIX_BITS)) / MOST_LIMBS;

/// The largest N in use.
pub(super) const MOST_LIMBS: usize = 6;

/// The format of N limbs.
pub(super) struct Limbs<const N: usize> {
    /// Whether the lower sums are computed too.
    is_full: bool,
    digits: rug::Integer,
}

impl<const N: usize> Limbs<N> {
    pub(super) fn new() -> Self {
        const { assert!(N >= 2 && N <= MOST_LIMBS) };
        Self { is_full: false, digits: rug::Integer::new() }
    }
}

/// The 64 bits of a significand that end `index` · 64 bits below its highest bit; zero beyond its last.
#[inline]
fn word<L: Copy + Into<u64>>(limbs: &[L], index: usize) -> u64 {
    let limb = |from_top: usize| limbs.len().checked_sub(from_top + 1).map_or(0, |i| limbs[i].into());
    // A limb has 32 bits on some machines.
    if size_of::<L>() == size_of::<u64>() { limb(index) } else { limb(2 * index) << 32 | limb(2 * index + 1) }
}

/// The 64 bits of a significand from bit `offset` on, counted from its highest; zero before the first and after the last.
#[inline]
pub(super) fn window<L: Copy + Into<u64>>(limbs: &[L], offset: i64) -> u64 {
    if offset < 0 {
        return if offset > -64 { word(limbs, 0) >> -offset } else { 0 };
    }
    let (index, shift) = ((offset / 64) as usize, (offset % 64) as u32);
    let high = word(limbs, index) << shift;
    if shift == 0 { high } else { high | word(limbs, index + 1) >> (64 - shift) }
}

/// Whether a significand has a bit that is not zero from bit `offset` on.
#[inline]
fn has_bits_from<L: Copy + Into<u64>>(limbs: &[L], offset: i64) -> bool {
    let words = size_of_val(limbs).div_ceil(size_of::<u64>());
    // Before the first bit, which is one.
    offset <= 0
        || (offset < 64 * words as i64
            && (window(limbs, offset) != 0 || (offset as usize / 64 + 1..words).any(|index| word(limbs, index) != 0)))
}

impl<const N: usize> Format for Limbs<N> {
    /// Lowest limb first.
    type Entry = [i64; N];

    fn fraction_bits(&self) -> i64 {
        i64::from(RADIX_BITS) * N as i64
    }

    #[inline]
    fn read(&mut self, value: &rug::Float, below: i64) -> ([i64; N], bool) {
        let Some(significand) = value.get_significand() else { return ([0; N], false) };
        let limbs = significand.as_limbs();
        let sign = if value.is_sign_negative() { -1 } else { 0 };
        let mut entry = [0; N];
        for (place, digit) in entry.iter_mut().rev().enumerate() {
            let bits = window(limbs, i64::from(RADIX_BITS) * place as i64 - below) >> (64 - RADIX_BITS);
            *digit = (bits as i64 ^ sign) - sign;
        }
        (entry, has_bits_from(limbs, self.fraction_bits() - below))
    }

    fn zero(&mut self) -> [i64; N] {
        [0; N]
    }

    #[inline]
    fn zero_limbs(&self, entry: &[i64; N]) -> usize {
        entry.iter().take_while(|limb| **limb == 0).count()
    }

    fn prepare(&mut self, left: &Lines<Self>, right: &Lines<Self>) {
        // Where a row and a column are certain their product may be a point.
        let has_certain = |lines: &Lines<Self>| lines.all().iter().any(|line| line.is_certain);
        self.is_full = has_certain(left) && has_certain(right);
    }

    #[inline]
    fn dot(
        &mut self,
        left: &Lines<Self>,
        i: usize,
        right: &Lines<Self>,
        j: usize,
        bits: u32,
    ) -> (rug::Float, Magnitude) {
        let scale = left.line(i).exponent + right.line(j).exponent - 2 * self.fraction_bits();
        let (upper, lower) = if self.is_full {
            sums::<N, true>(left.entries(i), right.entries(j))
        } else {
            sums::<N, false>(left.entries(i), right.entries(j))
        };
        if self.is_full && lower[..N - 1].iter().any(|sum| *sum != 0) {
            let mut all = [0; 2 * MOST_LIMBS];
            all[..N - 1].copy_from_slice(&lower[..N - 1]);
            all[N - 1..2 * N - 1].copy_from_slice(&upper);
            round(&all[..2 * N - 1], scale, bits, &mut self.digits)
        } else {
            round(&upper, scale + i64::from(RADIX_BITS) * (N as i64 - 1), bits, &mut self.digits)
        }
    }

    /// A term misses a unit for each factor that was cut, |ξ Y| + |X η| + |ξ η| < 2 units and a little; and what is left out of
    /// the product of two integers, Σ (c + 1) 2^(58 c + 116) over c < N − 1, is less than N − 1 units and a little.
    #[inline]
    fn loss(&self, left: &Line, right: &Line) -> f64 {
        let cut = if left.is_cut || right.is_cut { 2.125 } else { 0.0 };
        let is_left_out = !self.is_full && left.zero_limbs.saturating_add(right.zero_limbs) < N - 1;
        cut + if is_left_out { N as f64 - 0.875 } else { 0.0 }
    }
}

/// The sums of the products of two limbs that belong to `2^(58 (N − 1 + c))`, and to `2^(58 c)` if they are wanted.
#[inline]
fn sums<const N: usize, const FULL: bool>(left: &[[i64; N]], right: &[[i64; N]]) -> ([i128; N], [i128; N]) {
    let (mut upper, mut lower) = ([0; N], [0; N]);
    for (x, y) in left.iter().zip(right) {
        for i in 0..N {
            for j in 0..N {
                if i + j >= N - 1 {
                    upper[i + j + 1 - N] += i128::from(x[i]) * i128::from(y[j]);
                } else if FULL {
                    lower[i + j] += i128::from(x[i]) * i128::from(y[j]);
                }
            }
        }
    }
    (upper, lower)
}

#[cfg(test)]
mod tests {
    use super::super::View;
    use super::super::lines::seen;
    use super::*;
    use crate::number::Float;
    use crate::problem::Matrix;

    /// Where every digit is set the sums that are left out are as large as they get.
    fn what_is_left_out_is_nearly_its_bound<const N: usize>() {
        let bits = RADIX_BITS * N as u32;
        let ones = rug::Float::with_val(bits, (rug::Integer::from(1) << bits) - 1u32) >> bits;
        for length in [1, 2, 7] {
            let row = Matrix::from_fn(1, length, |_, _| Float::new(ones.clone()));
            let mut format = Limbs::<N>::new();
            let shifts = vec![0; length];
            let lines = Lines::new(&mut format, &seen(View::of(&row)), &shifts);
            // Not prepared: points would have all of their sums.
            let (value, rounding) = format.dot(&lines, 0, &lines, 0, 3 * bits);
            assert!(rounding.is_zero());
            let exact = rug::Rational::from(length) * ones.to_rational().unwrap_or_default().square();
            // A unit for each term is 2^−bits.
            let missing = (exact - value.to_rational().unwrap_or_default()) << bits;
            let bound = format.loss(lines.line(0), lines.line(0)) * length as f64;
            assert!(missing <= bound, "{N} limbs, {length} terms: {} of {bound}", missing.to_f64());
            assert!(missing.to_f64() > (N as f64 - 1.01) * length as f64, "{N} limbs, {length} terms");
        }
    }

    #[test]
    fn the_sums_that_are_left_out_are_bounded_and_the_bound_is_nearly_reached() {
        what_is_left_out_is_nearly_its_bound::<2>();
        what_is_left_out_is_nearly_its_bound::<3>();
        what_is_left_out_is_nearly_its_bound::<MOST_LIMBS>();
    }
}
