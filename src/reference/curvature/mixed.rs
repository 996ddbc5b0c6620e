//! The largest eigenvalue of a symmetric matrix of non-negative bounds.

use crate::number::Magnitude;
use crate::time_limit::check_after;

/// More steps make no difference that is felt: the bound of each is valid.
const STEPS: usize = 8;

/// A bound that is above the eigenvalue by less than this part of itself, as a power of two, is good enough.
const GAP_LOG2: i64 = -10;

/// The matrix `N` of bounds of mixed derivatives, symmetric, its diagonal zero.
pub(in crate::reference) struct Mixed {
    depth: usize,
    bounds: Vec<Magnitude>,
}

impl Mixed {
    /// Zero, for so many layers.
    pub fn new(depth: usize) -> Self {
        Self { depth, bounds: vec![Magnitude::ZERO; depth * depth] }
    }

    /// Puts a bound for two layers, counted from 0.
    pub fn set(&mut self, one: usize, other: usize, bound: Magnitude) {
        self.bounds[one * self.depth + other] = bound;
        self.bounds[other * self.depth + one] = bound;
    }

    /// At least the largest eigenvalue, which is also the largest in absolute value.
    ///
    /// That is at most `max_i (Nv)_i/v_i` for *any* positive vector `v` (Collatz and Wielandt): in the norm `max_i |x_i|/v_i` the matrix stretches
    /// nothing more, and no eigenvalue exceeds an operator norm. Power steps of `N` and a multiple of the identity choose `v`; that multiple keeps
    /// every entry positive.
    pub fn spectral(&self) -> Magnitude {
        let mut vector = vec![Magnitude::ONE; self.depth];
        let mut bound = Magnitude::INFINITE;
        for _ in 0..STEPS {
            check_after(self.bounds.len());
            let image: Vec<Magnitude> = self
                .bounds
                .chunks_exact(self.depth)
                .map(|row| row.iter().zip(&vector).fold(Magnitude::ZERO, |sum, (entry, v)| sum + *entry * *v))
                .collect();
            let ratios = || image.iter().zip(&vector).map(|(image, v)| image.over(*v));
            bound = bound.min(ratios().fold(Magnitude::ZERO, Ord::max));
            // The eigenvalue is about the least of the ratios too, or more.
            let gap = bound.minus(ratios().fold(Magnitude::INFINITE, Ord::min));
            if bound.is_infinite() || gap <= bound.scaled(GAP_LOG2) {
                break;
            }
            let shift = bound.scaled(-1);
            vector = image.iter().zip(&vector).map(|(image, v)| *image + shift * *v).collect();
        }
        bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(entries: &[(usize, usize, f64)], depth: usize) -> f64 {
        let mut mixed = Mixed::new(depth);
        for &(one, other, value) in entries {
            mixed.set(one, other, Magnitude::above_f64(value));
        }
        mixed.spectral().to_f64()
    }

    #[test]
    fn the_largest_eigenvalue_is_bounded_from_above_and_nearly() {
        // The path on three points has √2, the triangle 2, a pair its entry; a row of zeros changes nothing.
        for (entries, depth, eigenvalue) in [
            (&[(0, 1, 3.0)][..], 2, 3.0),
            (&[(0, 1, 1.0), (1, 2, 1.0)], 3, 2_f64.sqrt()),
            (&[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)], 3, 2.0),
            (&[(0, 3, 2.0), (1, 3, 1e-9)], 4, 2.0),
            (&[(0, 1, 1e-300), (1, 2, 1e-200)], 3, 1e-200),
            (&[], 4, 0.0),
            (&[], 1, 0.0),
        ] {
            let found = bound(entries, depth);
            assert!(found >= eigenvalue * (1.0 - 1e-15) && found <= eigenvalue * 1.02, "{entries:?}: {found}");
        }
        assert_eq!(bound(&[(0, 1, f64::INFINITY)], 2), f64::INFINITY);
    }
}
