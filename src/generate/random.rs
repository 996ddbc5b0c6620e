//! Draws of exact numbers, which are recorded.
//!
//! Everything is made from the integers of ChaCha8 by integer arithmetic, so that a draw is the same on every machine. Each draw is a
//! *choice* among finitely many, recorded by its place in an order that begins with the simplest (0, the first option, what did not
//! happen). A list of choices makes the same draws again, and so does one that nobody drew make some: by its choices whatever was
//! drawn is made simpler, without knowing what is simpler in a network, in data or in a source of one's own.

use std::mem;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rug::Rational;

use super::simplicity::{dyadic_at, integer_at, place_of_dyadic, place_of_integer, place_of_positive, positive_at};
use crate::problem::Matrix;
use crate::time_limit::check;

/// A stream of exact random numbers that remembers what it chose.
///
/// ```
/// use gradient_witness::generate::Random;
/// let mut random = Random::new("points", 1, 0);
/// let drawn = (random.between(-3, 3), random.dyadic(20));
/// let mut same = Random::choosing("points", 1, 0, random.choices().to_vec());
/// assert_eq!((same.between(-3, 3), same.dyadic(20)), drawn);
/// // Where a list ends, the simplest is chosen.
/// let mut simplest = Random::choosing("points", 1, 0, Vec::new());
/// assert_eq!((simplest.between(-3, 3), simplest.dyadic(20)), (0, 0.into()));
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    seed: u64,
    index: u64,
    generator: ChaCha8Rng,
    /// What was chosen so far.
    choices: Vec<u64>,
    /// What is to be chosen, before anything is drawn.
    given: Given,
}

/// Choices that are made in advance.
#[derive(Clone, Debug, Default)]
struct Given {
    choices: Vec<u64>,
    /// So many simplest ones come after them.
    simplest: usize,
    /// How many of all these were asked for.
    asked: usize,
}

impl Given {
    fn next(&mut self) -> Option<u64> {
        let is_left = self.is_left();
        self.asked += usize::from(is_left);
        is_left.then(|| self.choices.get(self.asked - 1).copied().unwrap_or(0))
    }

    fn is_left(&self) -> bool {
        self.asked < self.choices.len() + self.simplest
    }
}

/// So many simplest choices are made after the end of a list. Whoever draws on waits for something that is not the simplest.
const PATIENCE: usize = 1000;

impl Random {
    /// The stream with this name, seed and number; streams that differ in one of the three are independent.
    #[must_use]
    pub fn new(name: &str, seed: u64, index: u64) -> Self {
        Self::with(stream(name, seed, index, [0; 8]), seed, index, Given::default())
    }

    /// The stream with this name, seed and number if it chose `choices`, and the simplest ever after. The number of something that is
    /// not there is counted round.
    #[must_use]
    pub fn choosing(name: &str, seed: u64, index: u64, choices: Vec<u64>) -> Self {
        Self::with(stream(name, seed, index, [0; 8]), seed, index, Given { choices, simplest: PATIENCE, asked: 0 })
    }

    /// As [`choosing`](Self::choosing), but what comes after `choices` is drawn, for the `time`-th time.
    pub(super) fn beginning(name: &str, seed: u64, index: u64, choices: Vec<u64>, time: u64) -> Self {
        // No stream is drawn from twice.
        let generator = stream(name, seed, index, time.wrapping_add(1).to_le_bytes());
        Self::with(generator, seed, index, Given { choices, simplest: 0, asked: 0 })
    }

    fn with(generator: ChaCha8Rng, seed: u64, index: u64, given: Given) -> Self {
        Self { seed, index, generator, choices: Vec::new(), given }
    }

    /// What was chosen so far: it makes the [same draws](Self::choosing) again.
    #[must_use]
    pub fn choices(&self) -> &[u64] {
        &self.choices
    }

    /// The seed of the stream.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of the stream among those of its name and seed.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// A place of at most `last`: the one that is given, else the one that `draw` makes.
    fn choose(&mut self, last: u64, draw: impl FnOnce(&mut ChaCha8Rng) -> u64) -> u64 {
        check();
        if last == 0 {
            // No choice, but what is drawn later depends on what was drawn before.
            draw(&mut self.generator);
            return 0;
        }
        let place = match self.given.next() {
            Some(place) if place <= last => place,
            Some(place) => place % (last + 1),
            None => draw(&mut self.generator),
        };
        self.choices.push(place);
        place
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.choose(u64::MAX, Rng::next_u64)
    }

    /// 64 random bits to make [parts](Self::part) with; they are no choice.
    pub fn key(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// What `draw` makes of the stream with this name, seed and number instead of this one; its choices belong to those of this one.
    pub fn part<T>(&mut self, name: &str, seed: u64, index: u64, draw: impl FnOnce(&mut Self) -> T) -> T {
        let outer = mem::replace(&mut self.generator, stream(name, seed, index, [0; 8]));
        let drawn = draw(self);
        self.generator = outer;
        drawn
    }

    /// The first thing that `attempt` makes, given how often it has failed (to [draw elsewhere](Self::part); what it makes of what it draws
    /// must not depend on that); `None` if it fails so many times.
    ///
    /// What an attempt chose that failed is forgotten, so that nothing has to be made simpler that has no effect: better than a loop.
    pub fn attempts<T>(&mut self, times: u64, mut attempt: impl FnMut(&mut Self, u64) -> Option<T>) -> Option<T> {
        let start = self.choices.len();
        // The first choice is to go without. Given choices are those of one attempt, which would fail again and again.
        let times = if self.given.is_left() { times.min(1) } else { times };
        if self.choose(1, |_| 0) == 1 {
            return None;
        }
        for failures in 0..times {
            let made = attempt(self, failures);
            if made.is_some() {
                return made;
            }
            self.choices.truncate(start + 1);
        }
        self.choices[start] = 1;
        None
    }

    /// `value`, from `low` to `high`, which is taken in turn, say, and not drawn: a choice like any other.
    pub fn given(&mut self, value: usize, low: usize, high: usize) -> usize {
        low + self.choose(high.saturating_sub(low) as u64, |_| value.saturating_sub(low) as u64) as usize
    }

    /// A number below `bound`, uniform; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.choose(bound - 1, |generator| below(generator, bound)) }
    }

    /// A number from `low` to `high`, both included, uniform; `low` if `high` is smaller. The simplest is the one nearest to 0.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        let span = high.abs_diff(low);
        let place = self.choose(span, |generator| {
            let offset = if span == u64::MAX { generator.next_u64() } else { below(generator, span + 1) };
            place_of_integer(low.wrapping_add_unsigned(offset), low, high)
        });
        integer_at(place, low, high)
    }

    /// A number from `low` to `high`, both included, uniform; `low` if `high` is smaller.
    pub fn size(&mut self, low: usize, high: usize) -> usize {
        low + self.below((high.saturating_sub(low) + 1) as u64) as usize
    }

    /// Whether an event of probability `numerator/denominator` happened. It is simplest if it did not.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        if denominator == 0 {
            return numerator > 0;
        }
        let happens = |generator: &mut ChaCha8Rng| u64::from(below(generator, denominator) < numerator);
        if 0 < numerator && numerator < denominator {
            self.choose(1, happens) == 1
        } else {
            happens(&mut self.generator) == 1
        }
    }

    /// 1 or −1.
    pub fn sign(&mut self) -> i32 {
        if self.below(2) == 0 { 1 } else { -1 }
    }

    /// One of `options`, uniform. The first is the simplest.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn choice<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        &options[self.below(options.len() as u64) as usize]
    }

    /// Puts `items` into a uniform random order. The simplest is that which they have.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = last as u64 + 1;
            let place = self.choose(last as u64, |generator| last as u64 - below(generator, bound));
            items.swap(last, last - place as usize);
        }
    }

    /// A multiple of `2^−bits` from −1 to 1, uniform; at most 62 bits. 0 is the simplest, then 1, −1, 1/2, and so on.
    pub fn dyadic(&mut self, bits: u32) -> Rational {
        let bits = bits.min(62);
        let unit = 1_i64 << bits;
        let place = self.choose(2 << bits, |generator| {
            let offset = below(generator, (2 << bits) + 1);
            place_of_dyadic(offset as i64 - unit, bits)
        });
        Rational::from((dyadic_at(place, bits), unit))
    }

    /// A multiple of `2^−bits` above 0 and at most 1, uniform; at most 62 bits. 1 is the simplest, then 1/2, 1/4, 3/4, and so on.
    pub fn positive(&mut self, bits: u32) -> Rational {
        let bits = bits.min(62);
        if bits == 0 {
            return Rational::from(1);
        }
        let unit = 1_u64 << bits;
        let place = self.choose(unit - 1, |generator| place_of_positive(below(generator, unit) + 1, bits));
        Rational::from((positive_at(place, bits), unit))
    }

    /// A matrix whose entries are [`Random::dyadic`], independent.
    pub fn matrix(&mut self, rows: usize, columns: usize, bits: u32) -> Matrix<Rational> {
        Matrix::from_fn(rows, columns, |_, _| self.dyadic(bits))
    }

    /// A vector of [`Random::dyadic`] entries that is not zero; `dimension` is at least 1.
    pub fn vector(&mut self, dimension: usize, bits: u32) -> Vec<Rational> {
        self.not_zero(dimension, |random| random.dyadic(bits))
    }

    /// A vector that is not zero with entries that `draw` makes; the first unit vector in the place of one that never comes to an end.
    pub(super) fn not_zero(&mut self, dimension: usize, draw: impl Fn(&mut Self) -> Rational) -> Vec<Rational> {
        let drawn = self.attempts(u64::MAX, |random, _| {
            let vector: Vec<Rational> = (0..dimension).map(|_| draw(random)).collect();
            (dimension == 0 || vector.iter().any(|entry| *entry != 0)).then_some(vector)
        });
        drawn.unwrap_or_else(|| (0..dimension).map(|j| Rational::from(u32::from(j == 0))).collect())
    }
}

/// A number below `bound`, which is not 0, uniform.
fn below(generator: &mut ChaCha8Rng, bound: u64) -> u64 {
    // The largest multiple of `bound` that fits: above it, some remainders would be more likely than others.
    let limit = u64::MAX - (u64::MAX % bound + 1) % bound;
    loop {
        check();
        let bits = generator.next_u64();
        if bits <= limit {
            return bits % bound;
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

    /// Every kind of draw, one after the other.
    fn some_of_everything(random: &mut Random) -> String {
        let mut order = [1, 2, 3, 4];
        random.shuffle(&mut order);
        let numbers = (random.bits(), random.below(9), random.between(-5, 3), random.size(2, 7), random.given(4, 2, 6));
        let fractions = (random.dyadic(6), random.positive(6), random.vector(3, 1), random.matrix(2, 2, 3));
        let part = random.part("a part", 1, 0, |random| random.dyadic(30));
        let accepted = random.attempts(4, |random, _| Some(random.below(6)).filter(|drawn| *drawn > 3));
        let events = (random.chance(1, 3), random.sign(), *random.choice(&["a", "b", "c"]));
        format!("{order:?} {numbers:?} {fractions:?} {part} {accepted:?} {events:?}")
    }

    #[test]
    fn what_was_chosen_makes_the_same_draws() {
        let mut gone_without = 0;
        for index in 0..100 {
            let mut random = Random::new("everything", 1, index);
            let drawn = some_of_everything(&mut random);
            let mut same = Random::choosing("another stream", 7, 0, random.choices().to_vec());
            assert_eq!(some_of_everything(&mut same), drawn);
            assert_eq!(same.choices(), random.choices());
            gone_without += usize::from(drawn.contains("None"));
        }
        assert!((1..50).contains(&gone_without), "{gone_without}");
    }

    #[test]
    fn the_simplest_comes_after_the_end() {
        let mut random = Random::choosing("nothing", 1, 0, Vec::new());
        assert_eq!(
            some_of_everything(&mut random),
            "[1, 2, 3, 4] (0, 0, 0, 2, 2) (0, 1, [1, 0, 0], Matrix { rows: 2, columns: 2, entries: [0, 0, 0, 0] }) 0 None \
             (false, 1, \"a\")"
        );
        // Whoever waits in a loop for what is not the simplest does not wait for ever.
        while random.below(3) < 2 {}
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
