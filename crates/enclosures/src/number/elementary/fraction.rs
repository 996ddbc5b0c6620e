//! Fixed point: numbers from 0 to below 1 in three words.

/// `Σ words_i · 2^(64 (i − 3))`: the words with the lowest first. A *unit* is 2⁻¹⁹².
pub(super) type Fraction = [u64; 3];

pub(super) const ZERO: Fraction = [0; 3];

/// `ln 2`, four words rounded down.
pub(super) const LN_2: [u64; 4] =
    [0x8a0d_175b_8baa_fa2b, 0x40f3_4326_7298_b62d, 0xc9e3_b398_03f2_f6af, 0xb172_17f7_d1cf_79ab];

/// `ln 2`, rounded down.
pub(super) const LN_2_FRACTION: Fraction = [LN_2[1], LN_2[2], LN_2[3]];

/// The product, less than three units below the true one: of the nine partial products the three lowest are left out, below two units
/// together, and of the others what is below a unit.
#[inline]
pub(super) const fn product(left: &Fraction, right: &Fraction) -> Fraction {
    let [a0, a1, a2] = *left;
    let [b0, b1, b2] = *right;
    let (p02, p11, p20) = (a0 as u128 * b2 as u128, a1 as u128 * b1 as u128, a2 as u128 * b0 as u128);
    // Their low words lie below a unit and may carry into it twice.
    let below = p02 as u64 as u128 + p11 as u64 as u128 + p20 as u64 as u128;
    let (p12, p21) = (a1 as u128 * b2 as u128, a2 as u128 * b1 as u128);
    let lowest = (below >> 64) + (p02 >> 64) + (p11 >> 64) + (p20 >> 64) + p12 as u64 as u128 + p21 as u64 as u128;
    let rest = a2 as u128 * b2 as u128 + (p12 >> 64) + (p21 >> 64) + (lowest >> 64);
    [lowest as u64, rest as u64, (rest >> 64) as u64]
}

/// The product of two words each, less than three of their last places below the true one.
#[inline]
pub(super) const fn short_product(left: u128, right: u128) -> u128 {
    let (a, b) = (left >> 64, right >> 64);
    a * b + ((a * (right as u64 as u128)) >> 64) + (((left as u64 as u128) * b) >> 64)
}

/// The high word of the product of two words: less than one of its last places below the true one.
#[inline]
pub(super) const fn shortest_product(left: u64, right: u64) -> u64 {
    ((left as u128 * right as u128) >> 64) as u64
}

/// The sum, and whether it reaches 1.
#[inline]
pub(super) const fn sum(one: &Fraction, other: &Fraction) -> (Fraction, bool) {
    let (first, carry) = one[0].overflowing_add(other[0]);
    let (second, carry) = with_carry(one[1], other[1], carry);
    let (third, carry) = with_carry(one[2], other[2], carry);
    ([first, second, third], carry)
}

#[inline]
const fn with_carry(one: u64, other: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = one.overflowing_add(other);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// The difference modulo 1, and whether it is negative.
#[inline]
pub(super) const fn difference(one: &Fraction, other: &Fraction) -> (Fraction, bool) {
    let (first, borrow) = one[0].overflowing_sub(other[0]);
    let (second, borrow) = with_borrow(one[1], other[1], borrow);
    let (third, borrow) = with_borrow(one[2], other[2], borrow);
    ([first, second, third], borrow)
}

#[inline]
const fn with_borrow(one: u64, other: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = one.overflowing_sub(other);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// `1 − x` for `x > 0`.
#[inline]
pub(super) const fn complement(fraction: &Fraction) -> Fraction {
    difference(&ZERO, fraction).0
}

/// `(1 + x)(1 + y) − 1` modulo 1, less than three units below the true number, and how often 1 was taken off.
#[inline]
pub(super) const fn joined(x: &Fraction, y: &Fraction) -> (Fraction, u32) {
    let (sum_of_both, is_one) = sum(x, y);
    let (all, is_another) = sum(&sum_of_both, &product(x, y));
    (all, is_one as u32 + is_another as u32)
}

#[inline]
pub(super) const fn leading_zeros(fraction: &Fraction) -> u32 {
    match *fraction {
        [0, 0, 0] => 192,
        [first, 0, 0] => 128 + first.leading_zeros(),
        [_, second, 0] => 64 + second.leading_zeros(),
        [_, _, third] => third.leading_zeros(),
    }
}

/// The product with `2^shift` modulo 1.
#[inline]
pub(super) const fn shifted_left(&[first, second, third]: &Fraction, shift: u32) -> Fraction {
    let [first, second, third] = match shift / 64 {
        0 => [first, second, third],
        1 => [0, first, second],
        2 => [0, 0, first],
        _ => ZERO,
    };
    let shift = shift % 64;
    if shift == 0 {
        return [first, second, third];
    }
    let back = 64 - shift;
    [first << shift, second << shift | first >> back, third << shift | second >> back]
}

/// The quotient by `2^shift`, rounded down.
#[inline]
pub(super) const fn shifted_right(&[first, second, third]: &Fraction, shift: u32) -> Fraction {
    let [first, second, third] = match shift / 64 {
        0 => [first, second, third],
        1 => [second, third, 0],
        2 => [third, 0, 0],
        _ => ZERO,
    };
    let shift = shift % 64;
    if shift == 0 {
        return [first, second, third];
    }
    let back = 64 - shift;
    [first >> shift | second << back, second >> shift | third << back, third >> shift]
}

/// `2^−place`, for places from 1 to 192.
#[inline]
pub(super) const fn power_of_two(place: u32) -> Fraction {
    let mut fraction = ZERO;
    fraction[2 - (place as usize - 1) / 64] = 1 << (63 - (place - 1) % 64);
    fraction
}
