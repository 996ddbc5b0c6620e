//! Integers of 52-bit digits, eight columns side by side, as both kernels have them.
//!
//! Digits know no signs. Of x the absolute value is taken, and y is there as B + y and as B − y, with B = 2^(52 D − 1) for D digits, so
//! that `Σ x y = Σ |x| (B ± y) − B Σ |x|`.

/// Bits of a digit: those of the multiply-add of x86 processors that have it.
pub(super) const DIGIT_BITS: usize = 52;

/// A digit.
pub(super) const MASK: u64 = (1 << DIGIT_BITS) - 1;

/// Columns worked on at a time.
pub(super) const LANES: usize = 8;

/// A digit of each of them. Whole cache lines are read twice as fast.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Lanes(pub(super) [u64; LANES]);

impl Lanes {
    pub(super) const ZERO: Self = Self([0; LANES]);
}

/// Hands over the digits of B + |y| and of B − |y| with their places, given those of |y|, the lowest first; |y| < B.
#[inline(always)]
pub(super) fn raise(absolute: &[u64], mut write: impl FnMut(usize, u64, u64)) {
    let mut borrow = 0;
    for (place, digit) in absolute.iter().enumerate() {
        let top: u64 = if place + 1 == absolute.len() { 1 << (DIGIT_BITS - 1) } else { 0 };
        let difference = top.wrapping_sub(digit + borrow);
        borrow = difference >> 63;
        write(place, top | digit, difference & MASK);
    }
}

/// Takes B Σ |x| from sums, given the sums of the D digits of all |x| and the D + 1 highest digits of the sums, wrapping as those do.
#[inline(always)]
pub(super) fn lower(sums: &mut [u64], absolute: &[u64]) {
    for (place, digit) in absolute.iter().enumerate() {
        sums[place] = sums[place].wrapping_sub((digit & 1) << (DIGIT_BITS - 1));
        sums[place + 1] = sums[place + 1].wrapping_sub(digit >> 1);
    }
}
