//! Sums of products of digits: the middle of a dot product.
//!
//! The image of a row and a column is `Σ x y` as digits that were not carried; the same integer on every processor, for each does the same
//! exact arithmetic.

#[cfg(target_arch = "x86_64")]
use super::super::ifma::Ifma;
use super::super::lanes::{DIGIT_BITS, LANES, Lanes, MASK};
use super::digits::{Integer, Right};

/// The longest dot product of numbers of MOST_DIGITS digits: a digit of an image is a sum of as many numbers below 2^52 as fit in 63 bits.
pub(super) const LARGEST_LENGTH: usize = (1 << (63 - DIGIT_BITS)) / (2 * MOST_DIGITS + 2);

/// The most digits in use.
const MOST_DIGITS: usize = 6;

/// The COUNT highest digits of the images of a row and a block of columns, each a signed number of 64 bits, the lowest first.
pub(super) type Image<const COUNT: usize> = [Lanes; COUNT];

/// A way to the images.
pub(super) trait Processor: Copy {
    /// The images of a row and all blocks of columns. Of the 2 DIGITS digits the lowest are left out, and the products that belong to them:
    /// COUNT is at least DIGITS + 1.
    fn row<const DIGITS: usize, const COUNT: usize>(
        self,
        row: (&[Integer<DIGITS>], &[u64]),
        columns: &Right<DIGITS>,
        images: &mut [Image<COUNT>],
    );
}

/// 128-bit integers, which every processor has.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Processor for Plain {
    fn row<const DIGITS: usize, const COUNT: usize>(
        self,
        (row, start): (&[Integer<DIGITS>], &[u64]),
        columns: &Right<DIGITS>,
        images: &mut [Image<COUNT>],
    ) {
        const { assert!(COUNT > DIGITS && COUNT <= 2 * DIGITS && DIGITS <= MOST_DIGITS) };
        let mut left = columns.count();
        for (block, image) in columns.blocks().zip(images) {
            // The last block may have fewer columns.
            (0..left.min(LANES)).for_each(|lane| plain(row, start, block, image, lane));
            left = left.saturating_sub(LANES);
        }
    }
}

/// The image of a row and one column.
fn plain<const DIGITS: usize, const COUNT: usize>(
    row: &[Integer<DIGITS>],
    start: &[u64],
    block: &[[Lanes; DIGITS]],
    image: &mut Image<COUNT>,
    lane: usize,
) {
    let first = 2 * DIGITS - COUNT;
    let mut sums = [0_u128; COUNT];
    for Integer { digits, partner } in row {
        let others = block[*partner].map(|digits| digits.0[lane]);
        for (a, digit) in digits.iter().enumerate() {
            for (b, other) in others.into_iter().enumerate() {
                if a + b >= first {
                    sums[a + b - first] += u128::from(*digit) * u128::from(other);
                }
            }
        }
    }
    let mut carry = 0;
    for (place, sum) in sums.into_iter().enumerate() {
        let sum = sum + carry;
        carry = sum >> DIGIT_BITS;
        // The highest digit keeps what it has.
        let digit = if place + 1 == COUNT { sum as u64 } else { sum as u64 & MASK };
        let start = (place + DIGITS + 1).checked_sub(COUNT).map_or(0, |place| start[place]);
        image[place].0[lane] = digit.wrapping_add(start);
    }
}

/// Eight digits of 52 bits at a time.
#[cfg(target_arch = "x86_64")]
impl Processor for Ifma {
    #[inline(always)]
    fn row<const DIGITS: usize, const COUNT: usize>(
        self,
        (row, start): (&[Integer<DIGITS>], &[u64]),
        columns: &Right<DIGITS>,
        images: &mut [Image<COUNT>],
    ) {
        const { assert!(COUNT > DIGITS && COUNT <= 2 * DIGITS && DIGITS <= MOST_DIGITS) };
        let first = 2 * DIGITS - COUNT;
        let splat = |value: u64| self.avx512f._mm512_set1_epi64(value as i64);
        for (block, image) in columns.blocks().zip(images) {
            let (mut low, mut high) = ([splat(0); COUNT], [splat(0); COUNT]);
            for (sum, start) in low[COUNT - DIGITS - 1..].iter_mut().zip(start) {
                *sum = splat(*start);
            }
            for Integer { digits, partner } in row {
                let others = block[*partner].map(|digits| pulp::cast(digits.0));
                for (a, digit) in digits.iter().enumerate() {
                    let digit = splat(*digit);
                    for (b, other) in others.into_iter().enumerate() {
                        if a + b >= first {
                            let place = a + b - first;
                            low[place] = self.avx512ifma._mm512_madd52lo_epu64(low[place], digit, other);
                            high[place + 1] = self.avx512ifma._mm512_madd52hi_epu64(high[place + 1], digit, other);
                        }
                    }
                }
            }
            for place in 0..COUNT {
                image[place].0 = pulp::cast(self.avx512f._mm512_add_epi64(low[place], high[place]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Entry;
    use super::super::digits::{Left, fraction_bits, loss};
    use super::*;
    use crate::draws::following;
    use crate::number::short::Short;
    use rug::Rational;

    fn value<const COUNT: usize>(image: &Image<COUNT>, lane: usize) -> rug::Integer {
        image.iter().rev().fold(rug::Integer::new(), |sum, digits| (sum << DIGIT_BITS) + digits.0[lane] as i64)
    }

    /// The images of rows and columns whose entries have every pattern of digits and sign.
    fn check<const WORDS: usize, const DIGITS: usize, const COUNT: usize>() {
        let mut state = 5_u64;
        let mut random = move || {
            state = following(state);
            state >> 7 ^ state << 13
        };
        for length in [1, 2, 5, LARGEST_LENGTH] {
            let mut entries = |count: usize, kind: u64| -> Vec<Entry<WORDS>> {
                let mut entry = || {
                    let mut words = std::array::from_fn(|_| if kind == 1 { u64::MAX } else { random() });
                    words[WORDS - 1] |= 1 << 63;
                    let exponent = if kind == 1 { -1 } else { -((random() % 70) as i32) };
                    let is_negative = kind > 0 && random().is_multiple_of(2);
                    let is_zero = kind == 2 && random().is_multiple_of(3);
                    let number = Short::from_words(words, exponent, is_negative);
                    Entry { centre: if is_zero { Short::ZERO } else { number }, radius: 0.0 }
                };
                (0..count).map(|_| entry()).collect()
            };
            for kind in 0..4 {
                let columns = 11;
                let (left, right) = (entries(length, kind), entries(length * columns, kind));
                let shifts = vec![0; length];
                let (rows, blocks) =
                    (Left::<DIGITS>::new(&left, &shifts), Right::<DIGITS>::new(&right, &shifts, columns));
                let mut images = [[Lanes::ZERO; COUNT]; 2];
                Plain.row(rows.row(0), &blocks, &mut images);
                let exact =
                    |entry: &Entry<WORDS>| entry.centre.to_float(64 * WORDS as u32).to_rational().unwrap_or_default();
                for j in 0..columns {
                    let (image, lane) = (&images[j / LANES], j % LANES);
                    let (row, column) = (rows.line(0), blocks.line(j));
                    let unit = row.exponent + column.exponent - 2 * fraction_bits(DIGITS)
                        + (DIGIT_BITS * (2 * DIGITS - COUNT)) as i32;
                    let found = Rational::from(value(image, lane)) << unit;
                    let products = (0..length).map(|k| exact(&left[k]) * exact(&right[k * columns + j]));
                    let missed = (products.fold(Rational::new(), |sum, product| sum + product) - found).abs();
                    let bound = loss::<DIGITS>(row, column, length, COUNT == 2 * DIGITS);
                    assert!(missed <= bound, "missed {} of {bound}", missed.to_f64());
                }
                // Bit for bit what a processor with the instruction finds.
                #[cfg(target_arch = "x86_64")]
                if let Some(ifma) = Ifma::try_new() {
                    let mut others = [[Lanes::ZERO; COUNT]; 2];
                    ifma.row(rows.row(0), &blocks, &mut others);
                    for j in 0..columns {
                        assert_eq!(value(&others[j / LANES], j % LANES), value(&images[j / LANES], j % LANES));
                    }
                }
            }
        }
    }

    #[test]
    fn images_miss_no_more_than_their_bound_on_every_processor() {
        check::<2, 3, 4>();
        check::<2, 3, 6>();
        check::<4, 6, 7>();
        check::<4, 6, 12>();
    }

    /// Where every digit is set what is left out is nearly as large as it gets.
    fn nearly_reached<const WORDS: usize, const DIGITS: usize, const COUNT: usize>() {
        for length in [1, 2, 7] {
            let entry = Entry { centre: Short::from_words([u64::MAX; WORDS], -1, false), radius: 0.0 };
            let (left, right) = (vec![entry; length], vec![entry; length]);
            let shifts = vec![0; length];
            let (rows, columns) = (Left::<DIGITS>::new(&left, &shifts), Right::<DIGITS>::new(&right, &shifts, 1));
            let mut images = [[Lanes::ZERO; COUNT]];
            Plain.row(rows.row(0), &columns, &mut images);
            let size = Rational::from((rug::Integer::from(1) << (64 * WORDS as u32)) - 1u32) >> (64 * WORDS as i32);
            let unit = (DIGIT_BITS * (2 * DIGITS - COUNT)) as i32 - 2 * fraction_bits(DIGITS);
            let missed = size.square() * length as u32 - (Rational::from(value(&images[0], 0)) << unit);
            let bound = loss::<DIGITS>(rows.line(0), columns.line(0), length, false);
            let share = missed.to_f64() / bound;

            assert!((0.5..=1.0).contains(&share), "{DIGITS} digits, {length} terms: {share}");
        }
    }

    #[test]
    fn the_bound_of_what_is_left_out_is_of_the_right_size() {
        nearly_reached::<2, 3, 4>();
        nearly_reached::<4, 6, 7>();
    }
}
