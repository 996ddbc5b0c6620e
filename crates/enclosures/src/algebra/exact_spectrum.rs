//! Whether the largest singular value of a rational matrix is repeated, decided exactly.
//!
//! Balls certify a gap; they cannot show that there is none. The eigenvalues of `AᵀA` are the roots of a polynomial with rational
//! coefficients all of whose roots are real, so repetition is a matter of common divisors, and which root is the
//! largest one a matter of counting signs.

use rug::Rational;

use super::exact::{product, trace};
use crate::number::Matrix;
use crate::time_limit::check_exact;

/// A polynomial, coefficients from the constant term upwards, the last one not zero; empty for the zero polynomial.
type Polynomial = Vec<Rational>;

/// Whether `σ_1 = σ_2`, the smaller side counting: a matrix with one row or one column has no second singular value.
///
/// ```
/// use enclosures::number::Matrix;
/// use enclosures::algebra::exact_spectrum::top_is_repeated;
/// use rug::Rational;
/// let matrix = |rows: [[i32; 2]; 2]| Matrix::from(rows).map(|&entry| Rational::from(entry));
/// assert!(top_is_repeated(&matrix([[3, 4], [-4, 3]])));
/// assert!(!top_is_repeated(&matrix([[1, 1], [0, 1]])));
/// ```
#[must_use]
pub fn top_is_repeated(matrix: &Matrix<Rational>) -> bool {
    let short = if matrix.rows() < matrix.columns() { matrix.transposed() } else { matrix.clone() };
    if short.columns() < 2 {
        return false;
    }
    let columns = short.transposed();
    let gram = product(&columns, &short);
    let characteristic = characteristic_polynomial(&gram);
    // The roots of `repeated` are the repeated eigenvalues, those of `simple` the others; they have none in common.
    let repeated = greatest_common_divisor(characteristic.clone(), derivative(&characteristic));
    let distinct = divided(characteristic, &repeated).0;
    let simple = divided(distinct.clone(), &greatest_common_divisor(distinct, repeated.clone())).0;
    if repeated.len() < 2 || simple.len() < 2 {
        return repeated.len() >= 2;
    }
    let (mut low, mut high) = (Rational::from(-1), trace(&gram) + 1);
    loop {
        let middle = Rational::from(&low + &high) / 2;
        match (roots_above(&repeated, &middle) > 0, roots_above(&simple, &middle) > 0) {
            (true, false) => return true,
            (false, true) => return false,
            (true, true) => low = middle,
            (false, false) => high = middle,
        }
    }
}

/// `det(xI − M)` by the method of Faddeev and Le Verrier.
fn characteristic_polynomial(matrix: &Matrix<Rational>) -> Polynomial {
    let size = matrix.rows();
    let mut coefficients = vec![Rational::new(); size + 1];
    coefficients[size] = Rational::from(1);
    let mut power = Matrix::from_fn(size, size, |_, _| Rational::new());
    for k in 1..=size {
        // power ← M · (power + c_{n−k+1} I)
        let mut shifted = power;
        for i in 0..size {
            shifted[(i, i)] += &coefficients[size - k + 1];
        }
        power = product(matrix, &shifted);
        coefficients[size - k] = -trace(&power) / Rational::from(k);
    }
    coefficients
}

fn derivative(polynomial: &Polynomial) -> Polynomial {
    polynomial.iter().enumerate().skip(1).map(|(k, coefficient)| coefficient * Rational::from(k)).collect()
}

/// The monic greatest common divisor.
fn greatest_common_divisor(mut first: Polynomial, mut second: Polynomial) -> Polynomial {
    while !second.is_empty() {
        let remainder = divided(first, &second).1;
        first = std::mem::replace(&mut second, remainder);
    }
    if let Some(leading) = first.last().cloned() {
        for coefficient in &mut first {
            *coefficient /= &leading;
        }
    }
    first
}

/// Quotient and remainder; the divisor is not zero.
fn divided(mut dividend: Polynomial, divisor: &Polynomial) -> (Polynomial, Polynomial) {
    let degree = divisor.len() - 1;
    let mut quotient = vec![Rational::new(); dividend.len().saturating_sub(degree)];
    while dividend.len() > degree {
        let place = dividend.len() - 1 - degree;
        let factor = Rational::from(&dividend[dividend.len() - 1] / &divisor[degree]);
        for (k, coefficient) in divisor.iter().enumerate() {
            dividend[place + k] -= Rational::from(coefficient * &factor);
            check_exact(&dividend[place + k]);
        }
        quotient[place] = factor;
        while dividend.last().is_some_and(Rational::is_zero) {
            dividend.pop();
        }
    }
    (quotient, dividend)
}

/// How many roots lie above `bound`, with multiplicity: the sign changes of the polynomial shifted there. Descartes' rule counts exactly
/// when all roots are real.
fn roots_above(polynomial: &Polynomial, bound: &Rational) -> usize {
    let mut shifted = polynomial.clone();
    for first in 0..shifted.len() {
        for k in (first..shifted.len() - 1).rev() {
            let carried = Rational::from(&shifted[k + 1] * bound);
            shifted[k] += carried;
            check_exact(&shifted[k]);
        }
    }
    let signs: Vec<_> = shifted.iter().filter(|coefficient| !coefficient.is_zero()).map(Rational::cmp0).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[i32]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect())
            .expect("rows of one length")
    }

    #[test]
    fn repeated_tops_are_told_from_simple_ones() {
        assert!(top_is_repeated(&matrix(&[&[2, 0, 0], &[0, 2, 0], &[0, 0, 1]])));
        assert!(!top_is_repeated(&matrix(&[&[2, 0, 0], &[0, 1, 0], &[0, 0, 1]])));
        assert!(top_is_repeated(&matrix(&[&[0, 0], &[0, 0]])));
        assert!(!top_is_repeated(&matrix(&[&[0, 0, 7]])));
        assert!(!top_is_repeated(&matrix(&[&[1, 2], &[2, 4]])));
        assert!(top_is_repeated(&matrix(&[&[1, 1, 0], &[-1, 1, 0]])));
        // Singular values √2 twice and 1: an irrational tie.
        assert!(top_is_repeated(&matrix(&[&[1, 1, 0], &[1, -1, 0], &[0, 0, 1]])));
        // Close, and not equal.
        assert!(!top_is_repeated(&matrix(&[&[1_000_000, 0], &[0, 1_000_001]])));
    }

    #[test]
    fn the_characteristic_polynomial_of_a_diagonal_has_its_entries_as_roots() {
        let polynomial = characteristic_polynomial(&matrix(&[&[1, 0, 0], &[0, 2, 0], &[0, 0, 3]]));
        assert_eq!(polynomial, [-6, 11, -6, 1].map(Rational::from));
        assert_eq!(roots_above(&polynomial, &Rational::from((3, 2))), 2);
        assert_eq!(roots_above(&polynomial, &Rational::from(3)), 0);
    }
}
