//! Draws in f64, for samples of a law.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::random::stream;
use crate::time_limit::check;

/// Normal numbers are made at most this many pairs at a time.
const PAIRS: usize = 32;

/// A stream of independent f64 draws, the same on every machine.
///
/// The numbers come from ChaCha8 and from arithmetic that does not depend on the platform's mathematics library. They stand for
/// real numbers: a normal draw has 53 bits and lies within 13 standard deviations, which changes the probability of no event by
/// more than the roundings that [`Tracked`](crate::number::Tracked) keeps apart.
///
/// ```
/// use gradient_witness::generate::Draws;
/// let (mut one, mut same) = (Draws::new("a law", 1, 0), Draws::new("a law", 1, 0));
/// assert_eq!(one.normal().to_bits(), same.normal().to_bits());
/// assert!((0.0..1.0).contains(&one.uniform()));
/// ```
#[derive(Clone, Debug)]
pub struct Draws {
    random: ChaCha8Rng,
    /// Normal numbers that were made and not yet given out, from `given` to before `made`; pairs in turn.
    normals: [f64; 2 * PAIRS],
    given: usize,
    made: usize,
    /// Where the stream stood before the first of these pairs, and the words of 32 bits that it gave up to the end of each.
    begin: u128,
    words: [u32; PAIRS],
    /// How many pairs are made the next time: twice as many each time, and few again when some had to be given back.
    wanted: usize,
}

impl Draws {
    /// The stream with this name, seed and number; streams that differ in one of the three are independent.
    #[must_use]
    pub fn new(name: &str, seed: u64, index: u64) -> Self {
        // What is drawn in f64 shares no stream with the exact draws.
        let random = stream(name, seed, index, *b"in f64: ");
        Self { random, normals: [0.0; 2 * PAIRS], given: 0, made: 0, begin: 0, words: [0; PAIRS], wanted: 1 }
    }

    /// Uniform on the multiples of 2⁻⁵³ from 0 to below 1.
    pub fn uniform(&mut self) -> f64 {
        self.return_pairs();
        self.next_uniform()
    }

    fn next_uniform(&mut self) -> f64 {
        check();
        (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by Marsaglia's polar method.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        if self.given == self.made {
            self.make_pairs();
        }
        let normal = self.normals[self.given];
        self.given += 1;
        normal
    }

    /// Makes normal numbers in advance; none may be left.
    fn make_pairs(&mut self) {
        self.begin = self.random.get_word_pos();
        let (mut points, mut squares) = ([(0.0, 0.0); PAIRS], [0.0; PAIRS]);
        let (mut found, mut words) = (0, 0);
        while found < self.wanted {
            let (x, y) = (2.0 * self.next_uniform() - 1.0, 2.0 * self.next_uniform() - 1.0);
            let square = x * x + y * y;
            words += 4;
            (points[found], squares[found], self.words[found]) = ((x, y), square, words);
            // Without a branch that would often be guessed wrong.
            found += usize::from((square > 0.0) & (square < 1.0));
        }
        for square in &mut squares[..found] {
            *square = (-2.0 * libm::log(*square) / *square).sqrt();
        }
        for (pair, ((x, y), scale)) in self.normals.chunks_exact_mut(2).zip(points.into_iter().zip(squares)).take(found)
        {
            (pair[0], pair[1]) = (x * scale, y * scale);
        }
        (self.given, self.made) = (0, 2 * found);
        self.wanted = (2 * found).min(PAIRS);
    }

    /// Gives back to the stream what the pairs have taken of which nothing has been given out. The second number of a pair stays.
    fn return_pairs(&mut self) {
        let begun = self.given.div_ceil(2);
        if 2 * begun < self.made {
            let words = if begun == 0 { 0 } else { self.words[begun - 1] };
            self.random.set_word_pos(self.begin + u128::from(words));
            self.made = 2 * begun;
            self.wanted = 1;
        }
    }

    /// Independent standard normal numbers.
    pub fn normals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal()).collect()
    }

    /// A point of the unit sphere of `R^dimension`, uniform up to rounding.
    pub fn direction(&mut self, dimension: usize) -> Vec<f64> {
        let mut point = self.normals(dimension);
        let norm = point.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
        point.iter_mut().for_each(|entry| *entry /= norm);
        point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_normal_draws() {
        let mut draws = Draws::new("moments", 3, 0);
        let count = 200_000;
        let (mut square, mut fourth, mut sum) = (0.0, 0.0, 0.0);
        for _ in 0..count {
            let x = draws.normal();
            (sum, square, fourth) = (sum + x, square + x * x, fourth + x.powi(4));
        }
        let mean = |total: f64| total / f64::from(count);
        // Six standard errors: 1, √2 and √96 over √count.
        let error = 6.0 / f64::from(count).sqrt();
        assert!(mean(sum).abs() < error);
        assert!((mean(square) - 1.0).abs() < error * 2_f64.sqrt());
        assert!((mean(fourth) - 3.0).abs() < error * 96_f64.sqrt());
    }

    /// One draw after another, as the method is defined.
    struct OneByOne {
        random: ChaCha8Rng,
        spare: Option<f64>,
    }

    impl OneByOne {
        fn uniform(&mut self) -> f64 {
            (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
        }

        fn normal(&mut self) -> f64 {
            if let Some(spare) = self.spare.take() {
                return spare;
            }
            loop {
                let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
                let square = x * x + y * y;
                if square > 0.0 && square < 1.0 {
                    let scale = (-2.0 * libm::log(square) / square).sqrt();
                    self.spare = Some(y * scale);
                    return x * scale;
                }
            }
        }
    }

    #[test]
    fn pairs_made_in_advance_are_those_of_the_definition() {
        for index in 0..40 {
            let mut draws = Draws::new("one by one", 5, index);
            let random = stream("one by one", 5, index, *b"in f64: ");
            let (mut one_by_one, mut order) =
                (OneByOne { random, spare: None }, crate::generate::Random::new("order", 5, index));
            for _ in 0..200 {
                for _ in 0..order.below(if index % 4 == 0 { 200 } else { 4 }) {
                    assert_eq!(draws.normal().to_bits(), one_by_one.normal().to_bits());
                }
                for _ in 0..order.below(4) {
                    assert_eq!(draws.uniform().to_bits(), one_by_one.uniform().to_bits());
                }
            }
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = Draws::new("a", 1, 2).normals(4);
        assert_eq!(first, Draws::new("a", 1, 2).normals(4));
        for mut other in [Draws::new("b", 1, 2), Draws::new("a", 2, 2), Draws::new("a", 1, 3)] {
            assert_ne!(first, other.normals(4));
        }
        let point = Draws::new("a", 1, 2).direction(5);
        assert!((point.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
