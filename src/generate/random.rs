//! Draws of exact numbers.
//!
//! Everything is made from the integers of ChaCha8 by integer arithmetic, so that a draw is the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rug::Rational;

use crate::problem::Matrix;
use crate::time_limit::check;

/// A stream of exact random numbers.
///
/// ```
/// use gradient_witness::generate::Random;
/// let (mut one, mut same) = (Random::new("points", 1, 0), Random::new("points", 1, 0));
/// assert_eq!(one.dyadic(20), same.dyadic(20));
/// assert!((-3..=3).contains(&one.between(-3, 3)));
/// ```
#[derive(Clone, Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream with this name, seed and number; streams that differ in one of the three are independent.
    #[must_use]
    pub fn new(name: &str, seed: u64, index: u64) -> Self {
        Self(stream(name, seed, index, [0; 8]))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        check();
        self.0.next_u64()
    }

    /// A number below `bound`, uniform; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The largest multiple of `bound` that fits: above it, some remainders would be more likely than others.
        let limit = u64::MAX - (u64::MAX % bound + 1) % bound;
        loop {
            let bits = self.bits();
            if bits <= limit {
                return bits % bound;
            }
        }
    }

    /// A number from `low` to `high`, both included, uniform; `low` if `high` is smaller.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        let span = high.abs_diff(low);
        let offset = if span == u64::MAX { self.bits() } else { self.below(span + 1) };
        low.wrapping_add_unsigned(offset)
    }

    /// A number from `low` to `high`, both included, uniform; `low` if `high` is smaller.
    pub fn size(&mut self, low: usize, high: usize) -> usize {
        low + self.below((high.saturating_sub(low) + 1) as u64) as usize
    }

    /// Whether an event of probability `numerator/denominator` happened.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        self.below(denominator) < numerator
    }

    /// 1 or −1.
    pub fn sign(&mut self) -> i32 {
        if self.chance(1, 2) { 1 } else { -1 }
    }

    /// One of `options`, uniform.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn choice<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        &options[self.below(options.len() as u64) as usize]
    }

    /// Puts `items` into a uniform random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            items.swap(last, other);
        }
    }

    /// A multiple of `2^−bits` from −1 to 1, uniform; at most 62 bits.
    pub fn dyadic(&mut self, bits: u32) -> Rational {
        let unit = 1_i64 << bits.min(62);
        Rational::from((self.between(-unit, unit), unit))
    }

    /// A multiple of `2^−bits` above 0 and at most 1, uniform; at most 62 bits.
    pub fn positive(&mut self, bits: u32) -> Rational {
        let unit = 1_i64 << bits.min(62);
        Rational::from((self.between(1, unit), unit))
    }

    /// A matrix whose entries are [`Random::dyadic`], independent.
    pub fn matrix(&mut self, rows: usize, columns: usize, bits: u32) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| self.dyadic(bits))
    }

    /// A vector of [`Random::dyadic`] entries that is not zero; `dimension` is at least 1.
    pub fn vector(&mut self, dimension: usize, bits: u32) -> Vec<Rational> {
        loop {
            let vector: Vec<Rational> = (0..dimension).map(|_| self.dyadic(bits)).collect();
            if dimension == 0 || vector.iter().any(|entry| *entry != 0) {
                return vector;
            }
        }
    }
}

/// The generator of the stream with this name, seed and number among those drawn for `purpose`.
pub(super) fn stream(name: &str, seed: u64, index: u64, purpose: [u8; 8]) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    key[16..24].copy_from_slice(&fingerprint(name).to_le_bytes());
    key[24..].copy_from_slice(&purpose);
    ChaCha8Rng::from_seed(key)
}

/// FNV-1a, 64 bits.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_in_their_ranges_and_reach_the_ends() {
        let mut random = Random::new("ranges", 7, 0);
        let drawn: Vec<i64> = (0..500).map(|_| random.between(-3, 4)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-3), Some(&4)));
        let dyadic: Vec<Rational> = (0..500).map(|_| random.dyadic(2)).collect();
        assert!(dyadic.iter().all(|value| value.clone().abs() <= 1 && *value.denom() <= 4));
        assert!(dyadic.iter().any(|value| *value == 1) && dyadic.iter().any(|value| *value == -1));
        assert!((0..500).all(|_| random.positive(3) > 0));
        assert_eq!(random.between(5, 2), 5);
        assert_eq!(random.below(0), 0);
        random.between(i64::MIN, i64::MAX);
    }

    #[test]
    fn shuffling_keeps_the_items() {
        let mut random = Random::new("order", 7, 0);
        let mut items: Vec<usize> = (0..10).collect();
        random.shuffle(&mut items);
        assert_ne!(items, (0..10).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn streams_differ_by_name_seed_and_number() {
        let first = Random::new("a", 1, 2).bits();
        assert_eq!(first, Random::new("a", 1, 2).bits());
        for other in [Random::new("b", 1, 2), Random::new("a", 2, 2), Random::new("a", 1, 3)] {
            assert_ne!(first, other.clone().bits());
        }
    }
}
