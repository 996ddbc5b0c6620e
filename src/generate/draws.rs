//! Draws in f64, for samples of a law.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use super::random::stream;

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
    /// The polar method makes two normal numbers at a time.
    spare: Option<f64>,
}

impl Draws {
    /// The stream with this name, seed and number; streams that differ in one of the three are independent.
    #[must_use]
    pub fn new(name: &str, seed: u64, index: u64) -> Self {
        // What is drawn in f64 shares no stream with the exact draws.
        Self { random: stream(name, seed, index, *b"in f64: "), spare: None }
    }

    /// Uniform on the multiples of 2⁻⁵³ from 0 to below 1.
    pub fn uniform(&mut self) -> f64 {
        (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by Marsaglia's polar method.
    pub fn normal(&mut self) -> f64 {
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
