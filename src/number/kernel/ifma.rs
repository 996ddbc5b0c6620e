//! Many dot products of long integers at once, with the multiply-add of 52-bit integers that some x86 processors have (AVX-512 IFMA).
//!
//! Integers are written with 52-bit digits; eight columns of the right factor are worked on at a time. The instruction knows no
//! signs, so every integer is raised by B = 2^(52 D − 1): `Σ (x + B) (y + B) = Σ x y + B Σ x + B Σ y + n B²`. All is exact, so that the
//! result is that of any other way of computing it.

use rug::Integer;
use rug::integer::Order;

use super::limbs::window;

/// Bits of a digit.
const DIGIT_BITS: u32 = 52;

/// Columns worked on at a time.
const LANES: usize = 8;

/// Digits of a product worked on at a time.
const TILE: usize = 4;

pulp::simd_type! {
    /// The proof that the processor has the instructions.
    pub(super) struct Ifma {
        pub(super) avx512f: "avx512f",
        pub(super) avx512ifma: "avx512ifma",
    }
}

/// The integer products of all lines of `left` with all lines of `right`, of `length` entries below 2^`bits` in absolute value; line
/// by line of `left`. `None` if the processor cannot do it, or the lines are too long for sums without carries.
pub(super) fn products(left: &[Integer], right: &[Integer], length: usize, bits: u32) -> Option<Vec<Integer>> {
    let digits = (bits + 1).div_ceil(DIGIT_BITS) as usize;
    // Each digit of a product is a sum of so many numbers below 2^52.
    if 2 * digits * length >= 1 << (63 - DIGIT_BITS) {
        return None;
    }
    let ifma = Ifma::try_new()?;
    let (rows, columns) = (left.len() / length, right.len() / length);
    let sums = |lines: &[Integer]| -> Vec<Integer> {
        lines.chunks_exact(length).map(|line| Integer::from(Integer::sum(line.iter()))).collect()
    };
    let (left_sums, right_sums) = (sums(left), sums(right));
    let mut raised = vec![0; left.len() * digits];
    for (entry, digits) in left.iter().zip(raised.chunks_exact_mut(digits)) {
        write_digits(entry, digits.iter_mut());
    }
    // Σ B²
    let offset = Integer::from(length) << (2 * (DIGIT_BITS * digits as u32 - 1));
    let mut products = vec![Integer::new(); rows * columns];
    let padded = digits + 2 * (TILE - 1);
    let mut block = vec![[0; LANES]; length * padded];
    let mut image = vec![[0; LANES]; (2 * digits).next_multiple_of(TILE)];
    let mut words = Vec::new();
    for first in (0..columns).step_by(LANES) {
        let lanes = LANES.min(columns - first);
        for lane in 0..lanes {
            for k in 0..length {
                let entry = &right[(first + lane) * length + k];
                let place = k * padded + TILE - 1;
                write_digits(entry, block[place..place + digits].iter_mut().map(|digits| &mut digits[lane]));
            }
        }
        for i in 0..rows {
            let row = &raised[i * length * digits..(i + 1) * length * digits];
            ifma.vectorize(Row { ifma, row, block: &block, digits, image: &mut image });
            for lane in 0..lanes {
                pack(image.iter().map(|digits| digits[lane]), &mut words);
                let product = &mut products[i * columns + first + lane];
                product.assign_digits(&words, Order::Lsf);
                let mut raise = Integer::from(&left_sums[i] + &right_sums[first + lane]);
                raise <<= DIGIT_BITS * digits as u32 - 1;
                *product -= raise;
                *product -= &offset;
            }
        }
    }
    Some(products)
}

/// Writes the digits of `value + B`, the lowest first: those of the two's complement of `value` with the highest bit turned over.
fn write_digits<'a>(value: &Integer, digits: impl ExactSizeIterator<Item = &'a mut u64>) {
    const MASK: u64 = (1 << DIGIT_BITS) - 1;
    let limbs = value.as_limbs();
    let bits = 8 * size_of_val(limbs) as i64;
    let count = digits.len();
    let (sign, mut carry) = if value.is_negative() { (MASK, 1) } else { (0, 0) };
    for (place, digit) in digits.enumerate() {
        // The window ends where the digit ends.
        let window = window(limbs, bits - i64::from(DIGIT_BITS) * (place as i64 + 1) - i64::from(64 - DIGIT_BITS));
        let complement = (window & MASK ^ sign) + carry;
        carry = complement >> DIGIT_BITS;
        let top = if place + 1 == count { 1 << (DIGIT_BITS - 1) } else { 0 };
        *digit = complement & MASK ^ top;
    }
}

/// The 64-bit words of `Σ sums[c] 2^(52 c)`, the lowest first.
fn pack(sums: impl Iterator<Item = u64>, words: &mut Vec<u64>) {
    words.clear();
    let (mut pending, mut filled, mut carry) = (0_u128, 0, 0);
    for sum in sums {
        let total = sum + carry;
        carry = total >> DIGIT_BITS;
        pending |= u128::from(total & ((1 << DIGIT_BITS) - 1)) << filled;
        filled += DIGIT_BITS;
        if filled >= 64 {
            words.push(pending as u64);
            pending >>= 64;
            filled -= 64;
        }
    }
    pending |= u128::from(carry) << filled;
    words.push(pending as u64);
    words.push((pending >> 64) as u64);
}

/// The sums of the digits of one row times eight columns.
struct Row<'a> {
    ifma: Ifma,
    /// The digits of the entries, one entry after the other.
    row: &'a [u64],
    /// Of every entry of eight columns the digits, between zeros.
    block: &'a [[u64; LANES]],
    digits: usize,
    /// `image[c]` becomes `Σ x_a y_b` over a + b = c, the upper halves carried to the next.
    image: &'a mut [[u64; LANES]],
}

impl pulp::NullaryFnOnce for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { ifma, row, block, digits, image } = self;
        let splat = |value| ifma.avx512f._mm512_set1_epi64(value);
        let mut carried = splat(0);
        for (tile, image) in image.chunks_exact_mut(TILE).enumerate() {
            let first = tile * TILE;
            let (mut low, mut high) = ([splat(0); TILE], [splat(0); TILE]);
            for (entry, column) in row.chunks_exact(digits).zip(block.chunks_exact(digits + 2 * (TILE - 1))) {
                // Digit a meets digit first + c − a, which is at place first + c − a + TILE − 1 of its column.
                let start = (first + 1).saturating_sub(digits);
                let meeting = start..digits.min(first + TILE);
                for (a, digit) in meeting.clone().zip(&entry[meeting]) {
                    let x = splat(*digit as i64);
                    let place = first + TILE - 1 - a;
                    let Some(others) = column.get(place..place + TILE) else { continue };
                    for c in 0..TILE {
                        let y = pulp::cast(others[c]);
                        low[c] = ifma.avx512ifma._mm512_madd52lo_epu64(low[c], x, y);
                        high[c] = ifma.avx512ifma._mm512_madd52hi_epu64(high[c], x, y);
                    }
                }
            }
            for c in 0..TILE {
                image[c] = pulp::cast(ifma.avx512f._mm512_add_epi64(low[c], carried));
                carried = high[c];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_exact_where_the_processor_can() {
        let mut state = 3_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        };
        for (rows, length, columns, bits) in
            [(1, 1, 1, 51), (1, 2, 9, 52), (3, 4, 8, 103), (2, 5, 17, 1088), (3, 10, 3, 4160), (4, 3, 5, 1)]
        {
            let largest: Integer = (Integer::from(1) << bits) - 1u32;
            let mut matrix = |lines: usize| -> Vec<Integer> {
                (0..lines * length)
                    .map(|_| {
                        let digits = (0..bits / 53 + 1).fold(Integer::new(), |digits, _| (digits << 53) + random());
                        let entry = match random() % 4 {
                            0 => largest.clone(),
                            1 => Integer::new(),
                            _ => digits.keep_bits(bits),
                        };
                        if random() % 2 == 0 { -entry } else { entry }
                    })
                    .collect()
            };
            let (left, right) = (matrix(rows), matrix(columns));
            let Some(products) = products(&left, &right, length, bits) else { return };
            for i in 0..rows {
                for j in 0..columns {
                    let pairs = left[i * length..(i + 1) * length].iter().zip(&right[j * length..(j + 1) * length]);
                    let exact = pairs.fold(Integer::new(), |sum, (x, y)| sum + x * y);
                    assert_eq!(products[i * columns + j], exact, "{bits} bits, entry {i} {j}");
                }
            }
        }
    }
}
