//! Second moments of the examples.

use crate::time_limit::check_after;

/// Examples that are taken together: their numbers in two columns lie in the first-level cache.
const ROWS: usize = 256;

/// `ABᵀ/divisor` of the matrices whose columns are the rows of `a` and `b`, which have so many numbers each.
///
/// Every entry is summed as if in twice the precision and rounded once (Ogita, Rump & Oishi 2005, algorithm Dot2): the moments
/// are formed once and enter every step, so their error should not grow with n.
pub(super) fn moments(a: &[f64], b: &[f64], rows: usize, columns: usize, divisor: f64) -> Vec<f64> {
    let is_symmetric = std::ptr::eq(a, b);
    let mut sums = vec![Sum::default(); rows * columns];
    for (a, b) in a.chunks(ROWS * rows).zip(b.chunks(ROWS * columns)) {
        let columns_of_b: Vec<Vec<f64>> =
            (0..columns).map(|j| b[j..].iter().step_by(columns).copied().collect()).collect();
        let mut column_of_a = Vec::with_capacity(ROWS);
        for i in 0..rows {
            column_of_a.clear();
            // A product with zero changes no sum; images are mostly zero.
            let entries = a[i..].iter().step_by(rows).copied().enumerate();
            column_of_a.extend(entries.filter(|(_, entry)| *entry != 0.0));
            let last = if is_symmetric { i + 1 } else { columns };
            check_after(column_of_a.len() * last / 2);
            for (sum, b) in sums[i * columns..].iter_mut().zip(&columns_of_b[..last]) {
                for &(place, entry) in &column_of_a {
                    sum.add_product(entry, b[place]);
                }
            }
        }
    }
    let mut moments: Vec<f64> = sums.iter().map(|sum| sum.value() / divisor).collect();
    if is_symmetric {
        for i in 0..rows {
            for j in 0..i {
                moments[j * columns + i] = moments[i * columns + j];
            }
        }
    }
    moments
}

/// A sum of products with what its roundings lost.
#[derive(Clone, Copy, Default)]
struct Sum {
    sum: f64,
    compensation: f64,
}

impl Sum {
    #[inline(always)]
    fn add_product(&mut self, x: f64, y: f64) {
        let product = x * y;
        let product_error = x.mul_add(y, -product);
        let next = self.sum + product;
        let virtual_term = next - self.sum;
        let sum_error = (self.sum - (next - virtual_term)) + (product - virtual_term);
        self.sum = next;
        self.compensation += product_error + sum_error;
    }

    fn value(self) -> f64 {
        self.sum + self.compensation
    }
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::problem::nearest_f64;

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        moments(a, b, 1, 1, 1.0)[0]
    }

    #[test]
    fn the_moments_are_summed_as_if_in_twice_the_precision() {
        assert_eq!(dot(&[1e16, 1.0, -1e16], &[1.0, 1.0, 1.0]), 1.0);
        // (1 + 2⁻⁵²)² − 1 = 2⁻⁵¹ + 2⁻¹⁰⁴; the product alone would lose the last term.
        let near = 1.0 + f64::EPSILON;
        assert_eq!(dot(&[near, -1.0], &[near, 1.0]), 2.0 * f64::EPSILON + f64::EPSILON * f64::EPSILON);
        let thirds = vec![1.0 / 3.0; 30_000];
        let exact = Rational::from_f64(1.0 / 3.0).map(|third| third.square() * 30_000u32).unwrap_or_default();
        assert_eq!(dot(&thirds, &thirds), nearest_f64(&exact));
    }

    #[test]
    fn every_pair_of_columns_meets() {
        // Three columns over more rows than are taken together; integers, so that every sum is exact.
        let (n, d, e) = (2 * ROWS + 7, 3, 2);
        let entry = |seed: usize, k: usize| ((k * k + seed * k + 3) % 11) as f64 - 4.0;
        let a: Vec<f64> = (0..n * d).map(|k| entry(1, k)).collect();
        let b: Vec<f64> = (0..n * e).map(|k| entry(5, k)).collect();
        let expected = |p: &[f64], q: &[f64], rows: usize, columns: usize| -> Vec<f64> {
            let sum = |i: usize, j: usize| (0..n).map(|r| p[r * rows + i] * q[r * columns + j]).sum::<f64>() / 2.0;
            (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| sum(i, j)).collect()
        };
        assert_eq!(moments(&a, &a, d, d, 2.0), expected(&a, &a, d, d));
        assert_eq!(moments(&b, &a, e, d, 2.0), expected(&b, &a, e, d));
    }
}
