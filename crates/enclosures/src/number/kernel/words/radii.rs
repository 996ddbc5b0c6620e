//! The radii of a product of balls: `|A| s + r (|B| + s)` for centres A, B and radii r, s, a row at a time.

use super::Entry;

/// What the radii of two factors make of their product.
pub(super) struct Radii {
    /// Of the left factor, row by row: |A| and r.
    left: Vec<(f64, f64)>,
    /// Of the right factor, row by row: s, and |B| + s.
    right: Vec<(f64, f64)>,
    length: usize,
    columns: usize,
    /// Whether every radius is zero.
    are_zero: bool,
    /// More than the rounding of a sum can have lost.
    rounding: f64,
}

impl Radii {
    /// For two factors, row by row.
    #[inline(always)]
    pub(super) fn new<const WORDS: usize>(
        left: &[Entry<WORDS>],
        right: &[Entry<WORDS>],
        length: usize,
        columns: usize,
    ) -> Self {
        let are_zero = left.iter().chain(right).all(|entry| entry.radius == 0.0);
        Self {
            left: left.iter().map(|entry| (entry.size(), entry.radius)).collect(),
            right: right.iter().map(|entry| (entry.radius, entry.size() + entry.radius)).collect(),
            length,
            columns,
            are_zero,
            // A term may be too small by half a unit for each of the three roundings in it, each sum of terms by one half more. Nothing
            // underflows, for all numbers are of moderate size.
            rounding: 1.0 + (length as f64 + 8.0) * f64::EPSILON,
        }
    }

    /// The radii of row `i`, but for the rounding of the centres; zero where all terms are.
    #[inline(always)]
    pub(super) fn row(&self, i: usize, sums: &mut [f64]) {
        sums.fill(0.0);
        if self.are_zero {
            return;
        }
        let row = &self.left[i * self.length..(i + 1) * self.length];
        for ((size, radius), others) in row.iter().zip(self.right.chunks_exact(self.columns)) {
            for (sum, (other_radius, other_reach)) in sums.iter_mut().zip(others) {
                *sum += size * other_radius + radius * other_reach;
            }
        }
        sums.iter_mut().for_each(|sum| *sum *= self.rounding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::following;
    use crate::number::short::Short;
    use rug::Rational;

    #[test]
    fn sums_of_products_of_radii_are_no_less_than_the_exact_ones() {
        let mut state = 3_u64;
        let mut entry = || {
            state = following(state);
            Entry::<2> { centre: Short::ZERO, radius: 1.0 + (state >> 12) as f64 * f64::EPSILON }
        };
        for length in (1..=40).cycle().take(400) {
            let (left, right): (Vec<_>, Vec<_>) = (0..length).map(|_| (entry(), entry())).unzip();
            let mut sums = [0.0];
            Radii::new(&left, &right, length, 1).row(0, &mut sums);
            let exact = |entry: &Entry<2>| Rational::from_f64(entry.radius).unwrap_or_default();
            let terms = left.iter().zip(&right).map(|(left, right)| exact(left) * exact(right));
            let sum = terms.fold(Rational::new(), |sum, term| sum + term);
            assert!(Rational::from_f64(sums[0]).unwrap_or_default() >= sum, "{length} terms");
        }
    }
}
