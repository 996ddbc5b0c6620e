//! Orthogonal matrices and unit vectors with rational entries.
//!
//! The reflection `I − 2vvᵀ/‖v‖²` at an integer vector `v` is orthogonal and rational, and every rational orthogonal matrix is
//! a product of such reflections (Cartan and Dieudonné). Products of two or three at short vectors have denominators of some
//! ten bits, so that exact arithmetic on them stays cheap.

use rug::Rational;

use super::Random;
use crate::algebra::exact::{identity, inner, product};
use crate::problem::Matrix;

/// How many reflections [`orthogonal`] composes.
const REFLECTIONS: usize = 2;

/// The reflection at the hyperplane orthogonal to `v`, which is not zero.
fn reflection(v: &[Rational]) -> Matrix<Rational> {
    let factor = Rational::from(-2) / inner(v, v);
    Matrix::from_fn(v.len(), v.len(), |i, j| {
        let entry = Rational::from(&v[i] * &v[j]) * &factor;
        if i == j { entry + 1u32 } else { entry }
    })
}

/// A random rational orthogonal matrix of the given size, at least 1.
///
/// ```
/// use gradient_witness::algebra::exact;
/// use gradient_witness::generate::{Random, orthogonal};
/// let q = orthogonal(&mut Random::new("example", 1, 0), 4);
/// assert_eq!(exact::product(&q, &q.transposed()), exact::identity(4));
/// ```
#[must_use]
pub fn orthogonal(random: &mut Random, size: usize) -> Matrix<Rational> {
    (0..REFLECTIONS + usize::from(random.chance(1, 2))).fold(identity(size), |q, _| {
        let v = random.not_zero(size, |random| Rational::from(random.between(-2, 2)));
        product(&q, &reflection(&v))
    })
}

/// A random rational vector of norm 1.
#[must_use]
pub fn unit_vector(random: &mut Random, dimension: usize) -> Vec<Rational> {
    orthogonal(random, dimension).column(0).cloned().collect()
}

/// Cosine and sine of a rational angle, both positive, for `t` strictly between 0 and 1: `(2t, 1 − t²)/(1 + t²)`. The cosine
/// is near `2t` for a small `t`.
#[must_use]
pub fn pythagorean(t: &Rational) -> (Rational, Rational) {
    let square = Rational::from(t * t);
    let denominator = Rational::from(&square + 1u32);
    let cosine = Rational::from(t * 2u32) / &denominator;
    let sine = (Rational::from(1) - square) / denominator;
    (cosine, sine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::exact::norm_squared;

    #[test]
    fn orthogonal_matrices_are_orthogonal_short_and_varied() {
        let mut random = Random::new("orthogonal", 3, 0);
        let mut positive = 0;
        for size in (1..=6).cycle().take(120) {
            let q = orthogonal(&mut random, size);
            assert_eq!(product(&q, &q.transposed()), identity(size));
            assert!(q.entries().iter().all(|entry| entry.denom().significant_bits() <= 14));
            assert_eq!(norm_squared(&unit_vector(&mut random, size)), 1);
            positive += usize::from(q[(0, 0)] > 0);
        }
        assert!((20..100).contains(&positive));
    }

    #[test]
    fn pythagorean_pairs_lie_on_the_circle() {
        for t in [Rational::from((1, 2)), Rational::from((3, 7)), Rational::from((1, 1 << 20))] {
            let (cosine, sine) = pythagorean(&t);
            assert_eq!(norm_squared(&[cosine.clone(), sine.clone()]), 1);
            assert!(cosine > 0 && sine > 0);
        }
    }
}
