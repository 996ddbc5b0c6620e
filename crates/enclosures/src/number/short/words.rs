//! Integers of a fixed number of 64-bit words, the lowest first.
//!
//! All loops have lengths known at compile time, and become straight code.

/// The highest bit of a word.
pub(super) const TOP: u64 = 1 << 63;

/// The sum, and whether it has a bit more.
#[inline]
pub(super) fn sum<const N: usize>(one: [u64; N], other: [u64; N]) -> ([u64; N], bool) {
    let (mut words, mut carry) = ([0; N], false);
    for i in 0..N {
        (words[i], carry) = one[i].carrying_add(other[i], carry);
    }
    (words, carry)
}

/// `one − other`, or less by one if there is a borrow already; and whether the difference is negative.
#[inline]
pub(super) fn difference<const N: usize>(one: [u64; N], other: [u64; N], mut borrow: bool) -> ([u64; N], bool) {
    let mut words = [0; N];
    for i in 0..N {
        (words[i], borrow) = one[i].borrowing_sub(other[i], borrow);
    }
    (words, borrow)
}

/// The product, where M = 2 N.
#[inline]
pub(super) fn product<const N: usize, const M: usize>(one: [u64; N], other: [u64; N]) -> [u64; M] {
    const { assert!(M == 2 * N) };
    let mut words = [0; M];
    for i in 0..N {
        let mut carry = 0;
        for j in 0..N {
            (words[i + j], carry) = one[i].carrying_mul_add(other[j], words[i + j], carry);
        }
        words[i + N] = carry;
    }
    words
}

/// The words times 2^shift for a shift below 64, with the bits that come in at the lower end at the top of `next`; and what is left of
/// `next`.
#[inline]
pub(super) fn shifted_left<const N: usize>(words: [u64; N], next: u64, shift: u32) -> ([u64; N], u64) {
    if shift == 0 {
        return (words, next);
    }
    let mut shifted = [0; N];
    for i in 0..N {
        let lower = if i == 0 { next } else { words[i - 1] };
        shifted[i] = words[i] << shift | lower >> (64 - shift);
    }
    (shifted, next << shift)
}

/// The words over 2^shift and the 64 bits that follow. What is cut off behind these is kept as one bit, the lowest, which is set if any
/// of them is.
#[inline]
pub(super) fn shifted_right<const N: usize>(mut words: [u64; N], shift: u32) -> ([u64; N], u64) {
    if shift >= 64 * (N as u32 + 1) {
        return ([0; N], 1);
    }
    let (mut next, mut is_cut) = (0, false);
    for _ in 0..shift / 64 {
        is_cut |= next != 0;
        next = words[0];
        for i in 1..N {
            words[i - 1] = words[i];
        }
        words[N - 1] = 0;
    }
    let shift = shift % 64;
    if shift != 0 {
        is_cut |= next << (64 - shift) != 0;
        next = next >> shift | words[0] << (64 - shift);
        for i in 0..N {
            let higher = if i + 1 < N { words[i + 1] << (64 - shift) } else { 0 };
            words[i] = words[i] >> shift | higher;
        }
    }
    (words, next | u64::from(is_cut))
}

/// Whether a word of them is not zero.
#[inline]
pub(super) fn any(words: &[u64]) -> bool {
    words.iter().fold(0, |all, word| all | word) != 0
}
