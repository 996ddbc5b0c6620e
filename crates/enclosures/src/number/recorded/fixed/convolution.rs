//! The inner loop: convolutions of digits, and of what bounds them.
//!
//! Digits have 52 bits, for that is what the multiply-add of x86 processors takes that have one. All processors find the same integers, for each does the
//! same exact arithmetic, and the same bound of the radius, for each rounds the same sums in the same order.

use pulp::NullaryFnOnce;

#[cfg(target_arch = "x86_64")]
use crate::number::kernel::Ifma;

/// Bits of a digit.
pub(super) const DIGIT_BITS: u32 = 52;

/// A digit.
pub(super) const MASK: u64 = (1 << DIGIT_BITS) - 1;

/// Coefficients worked on at a time.
pub(super) const LANES: usize = 8;

/// The most terms of an image.
pub(super) const MOST_TERMS: usize = 128;

/// The most digits.
const MOST_DIGITS: usize = 6;

/// A place of an image has two sums of as many numbers below 2^52 as there are terms and digits, and is a number of 63 bits with room for more.
const _: () = assert!(2 * MOST_TERMS * MOST_DIGITS <= (1 << 11) - (1 << 8) && DIGIT_BITS == 52);

/// Eight successive coefficients, or room for them: what is behind the last one does not matter.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Block<const D: usize> {
    /// The lowest digits of all, then the next ones.
    pub(super) digits: [[u64; LANES]; D],
    pub(super) sizes: [f64; LANES],
    pub(super) radii: [f64; LANES],
}

impl<const D: usize> Block<D> {
    pub(super) const ZERO: Self = Self { digits: [[0; LANES]; D], sizes: [0.0; LANES], radii: [0.0; LANES] };
}

/// Some successive coefficients of a row, at least one and at most [`MOST_TERMS`].
#[derive(Clone, Copy)]
pub(super) struct Terms<'a, const D: usize> {
    pub(super) blocks: &'a [Block<D>],
    pub(super) first: usize,
    pub(super) count: usize,
}

/// `Σ x_k y_{m−1−k}` of unsigned numbers, in digits that were not carried, without the products of digits that belong below the D-th place; and
/// `Σ |x_k| s_{m−1−k} + r_k |y_{m−1−k}|` of the sizes and radii.
#[derive(Clone, Copy, Debug)]
pub(super) struct Image<const D: usize> {
    /// The lower digits of products, at the D-th place and above.
    pub(super) low: [u64; D],
    /// The higher digits of products, a place above.
    pub(super) high: [u64; D],
    /// A term of it was rounded once as a product, and once for every eight terms and ten times more in sums, at most.
    pub(super) radius: f64,
}

/// The convolution of as many terms of one row and of another.
#[inline]
pub(super) fn convolution<const D: usize>(x: Terms<D>, y: Terms<D>) -> Image<D> {
    const { assert!(D <= MOST_DIGITS) };
    debug_assert!(x.count <= MOST_TERMS, "room for the sums of digits");
    #[cfg(target_arch = "x86_64")]
    if let Some(processor) = Ifma::if_wanted() {
        return processor.vectorize(Convolution { processor, x, y });
    }
    Convolution { processor: Plain, x, y }.call()
}

/// A convolution on a processor.
struct Convolution<'a, P, const D: usize> {
    processor: P,
    x: Terms<'a, D>,
    y: Terms<'a, D>,
}

impl<P, const D: usize> Convolution<'_, P, D> {
    /// What the places of a coefficient of x and of its partner in y add up to.
    #[inline(always)]
    fn both(&self) -> usize {
        self.x.first + self.y.first + self.x.count - 1
    }
}

/// 128-bit integers, which every processor has.
struct Plain;

impl<const D: usize> NullaryFnOnce for Convolution<'_, Plain, D> {
    type Output = Image<D>;

    fn call(self) -> Image<D> {
        let (both, Self { x, y, .. }) = (self.both(), &self);
        let mut sums = [0_u128; D];
        let mut lanes = [0.0; LANES];
        for k in x.first..x.first + x.count {
            let (left, right) = (&x.blocks[k / LANES], &y.blocks[(both - k) / LANES]);
            let (one, other) = (k % LANES, (both - k) % LANES);
            for i in 0..D {
                for j in D - 1 - i..D {
                    let product = u128::from(left.digits[i][one]) * u128::from(right.digits[j][other]);
                    // Below 2^104, MOST_TERMS · D times.
                    sums[i + j + 1 - D] = sums[i + j + 1 - D].wrapping_add(product);
                }
            }
            lanes[one] += left.sizes[one] * right.radii[other] + left.radii[one] * right.sizes[other];
        }
        // The digits of a sum, and what is above.
        let mut image = Image { low: [0; D], high: [0; D], radius: sum_of(lanes) };
        for (place, sum) in sums.into_iter().enumerate() {
            image.low[place] = sum as u64 & MASK;
            image.high[place] = (sum >> DIGIT_BITS) as u64;
        }
        image
    }
}

/// Eight digits of 52 bits at a time: a block of x as it is, and from two blocks of y the partners.
#[cfg(target_arch = "x86_64")]
impl<const D: usize> NullaryFnOnce for Convolution<'_, Ifma, D> {
    type Output = Image<D>;

    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "the places of two factors and of their product")]
    fn call(self) -> Image<D> {
        use std::arch::x86_64::{__m512d, __m512i};
        let (both, Self { processor: Ifma { avx512f, avx512ifma, .. }, x, y }) = (self.both(), self);
        let nothing: &Block<D> = const { &Block::ZERO };
        let zero = avx512f._mm512_set1_epi64(0);
        let (mut low, mut high) = ([zero; D], [zero; D]);
        let mut lanes: __m512d = pulp::cast(zero);
        // The partner of lane l is in lane r − l of a block, or in lane 8 + r − l of the one before.
        let mut order = [0; LANES];
        for (lane, partner) in order.iter_mut().enumerate() {
            *partner = ((both % LANES + 2 * LANES - lane) % (2 * LANES)) as u64;
        }
        let order: __m512i = pulp::cast(order);
        let end = x.first + x.count;
        let mut upper = y.blocks.get((both / LANES).wrapping_sub(x.first / LANES)).unwrap_or(nothing);
        for place in x.first / LANES..end.div_ceil(LANES) {
            let left = x.blocks.get(place).unwrap_or(nothing);
            let lower = y.blocks.get((both / LANES).wrapping_sub(place + 1)).unwrap_or(nothing);
            // Coefficients of x that are no terms are nothing.
            let begin = place * LANES;
            let mut keep = u8::MAX;
            if begin < x.first {
                keep <<= x.first - begin;
            }
            if end - begin < LANES {
                keep &= (1 << (end - begin)) - 1;
            }
            let mut right = [zero; D];
            for j in 0..D {
                let (upper, lower) = (pulp::cast(upper.digits[j]), pulp::cast(lower.digits[j]));
                right[j] = avx512f._mm512_permutex2var_epi64(upper, order, lower);
            }
            for i in 0..D {
                let digit = avx512f._mm512_maskz_mov_epi64(keep, pulp::cast(left.digits[i]));
                for j in D - 1 - i..D {
                    let place = i + j + 1 - D;
                    low[place] = avx512ifma._mm512_madd52lo_epu64(low[place], digit, right[j]);
                    high[place] = avx512ifma._mm512_madd52hi_epu64(high[place], digit, right[j]);
                }
            }
            let sizes = avx512f._mm512_permutex2var_pd(pulp::cast(upper.sizes), order, pulp::cast(lower.sizes));
            let radii = avx512f._mm512_permutex2var_pd(pulp::cast(upper.radii), order, pulp::cast(lower.radii));
            let one = avx512f._mm512_mul_pd(pulp::cast(left.sizes), radii);
            let two = avx512f._mm512_mul_pd(pulp::cast(left.radii), sizes);
            lanes = avx512f._mm512_mask_add_pd(lanes, keep, lanes, avx512f._mm512_add_pd(one, two));
            upper = lower;
        }
        let mut image = Image { low: [0; D], high: [0; D], radius: sum_of(pulp::cast(lanes)) };
        for place in 0..D {
            image.low[place] = total_of(pulp::cast(low[place]));
            image.high[place] = total_of(pulp::cast(high[place]));
        }
        image
    }
}

/// The sum of some lanes, in their order.
#[inline(always)]
fn sum_of(lanes: [f64; LANES]) -> f64 {
    let mut sum = 0.0;
    for lane in lanes {
        sum += lane;
    }
    sum
}

/// The sum of some lanes, which is below 2^64.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
fn total_of(lanes: [u64; LANES]) -> u64 {
    let mut sum = 0_u64;
    for lane in lanes {
        sum = sum.wrapping_add(lane);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::following;

    /// Rows of digits of every pattern, with anything before and behind the terms, and bounds of all sizes.
    fn check<const D: usize>() {
        let mut state = D as u64;
        let mut random = || {
            state = following(state);
            state >> 9 ^ state << 20
        };
        for length in (1..=20).chain([63, 64, 65, MOST_TERMS]) {
            for kind in 0..3 {
                let mut row = || -> Vec<Block<D>> {
                    let mut block = || {
                        let mut digit = || if kind == 0 { MASK } else { random() & MASK };
                        let digits = std::array::from_fn(|_| std::array::from_fn(|_| digit()));
                        let mut bounds = || std::array::from_fn(|_| (random() % 1000) as f64 * 1e-3);
                        Block { digits, sizes: bounds(), radii: bounds() }
                    };
                    (0..(length + 10).div_ceil(LANES)).map(|_| block()).collect()
                };
                let (one, other) = (row(), row());
                for (from, to) in [(0, 0), (1, 0), (0, 3), (7, 4), (9, 10), (10, 1)] {
                    let x = Terms { blocks: &one, first: from, count: length };
                    let y = Terms { blocks: &other, first: to, count: length };
                    let image = convolution(x, y);
                    // Term by term.
                    let mut sum = rug::Integer::new();
                    let mut radius = 0.0;
                    for k in 0..length {
                        let (a, b) = (from + k, to + length - 1 - k);
                        let (left, right, a, b) = (&one[a / LANES], &other[b / LANES], a % LANES, b % LANES);
                        for i in 0..D {
                            for j in D - 1 - i..D {
                                let product = rug::Integer::from(left.digits[i][a]) * right.digits[j][b];
                                sum += product << (DIGIT_BITS * (i + j + 1 - D) as u32);
                            }
                        }
                        radius += left.sizes[a] * right.radii[b] + left.radii[a] * right.sizes[b];
                    }
                    let value = |digits: [u64; D]| {
                        let digits = digits.into_iter().rev().map(rug::Integer::from);
                        digits.fold(rug::Integer::new(), |sum, digit| (sum << DIGIT_BITS) + digit)
                    };
                    let found = value(image.low) + (value(image.high) << DIGIT_BITS);
                    assert_eq!(found, sum, "{D} digits, {length} terms");
                    assert!((image.radius / radius - 1.0).abs() < 1e-13, "{length} terms");
                    // The same to the last bit.
                    let plain = Convolution { processor: Plain, x, y }.call();
                    let found = value(plain.low) + (value(plain.high) << DIGIT_BITS);
                    assert_eq!(found, sum, "{D} digits, {length} terms");
                    assert_eq!(plain.radius.to_bits(), image.radius.to_bits(), "{D} digits, {length} terms");
                }
            }
        }
    }

    #[test]
    fn every_processor_finds_the_same_sums() {
        check::<3>();
        check::<4>();
        check::<5>();
        check::<6>();
    }
}
