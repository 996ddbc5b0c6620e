//! The arithmetic of rational vectors and matrices.
//!
//! Beside it [`Matrix`] has the arithmetic of every number system; rug's rationals are none, for they have no undefined value to
//! divide into.

use rug::Rational;

use crate::number::Matrix;
use crate::time_limit::check_exact;

/// The inner product `Σ_j left_j right_j`.
///
/// ```
/// use enclosures::algebra::exact::inner;
/// let [a, b] = [(1, 2), (1, 3)].map(rug::Rational::from);
/// assert_eq!(inner(&[a.clone(), b.clone()], &[b, a]), rug::Rational::from((1, 3)));
/// ```
///
/// # Panics
///
/// If the lengths differ.
#[must_use]
pub fn inner(left: &[Rational], right: &[Rational]) -> Rational {
    assert_eq!(left.len(), right.len(), "lengths of the vectors of an inner product");
    left.iter().zip(right).fold(Rational::new(), |sum, (a, b)| {
        check_exact(&sum);
        sum + Rational::from(a * b)
    })
}

/// `‖a‖²`.
#[must_use]
pub fn norm_squared(a: &[Rational]) -> Rational {
    inner(a, a)
}

/// `t·a`.
#[must_use]
pub fn scaled(a: &[Rational], t: &Rational) -> Vec<Rational> {
    a.iter().map(|entry| Rational::from(entry * t)).collect()
}

/// `a + t·b`.
#[must_use]
pub fn plus(a: &[Rational], t: &Rational, b: &[Rational]) -> Vec<Rational> {
    a.iter().zip(b).map(|(a, b)| Rational::from(b * t) + a).collect()
}

/// `A·B`.
///
/// # Panics
///
/// If `A` has not as many columns as `B` has rows.
#[must_use]
pub fn product(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Matrix<Rational> {
    let columns = b.transposed();
    Matrix::from_fn(a.rows(), b.columns(), |i, j| inner(a.row(i), columns.row(j)))
}

/// `A·x`.
#[must_use]
pub fn image(a: &Matrix<Rational>, x: &[Rational]) -> Vec<Rational> {
    (0..a.rows()).map(|i| inner(a.row(i), x)).collect()
}

/// The trace of a square matrix.
#[must_use]
pub fn trace(a: &Matrix<Rational>) -> Rational {
    (0..a.rows()).fold(Rational::new(), |sum, i| sum + &a[(i, i)])
}

/// `A + t·B`, of one shape.
#[must_use]
pub fn sum(a: &Matrix<Rational>, t: &Rational, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.columns(), |i, j| Rational::from(&b[(i, j)] * t) + &a[(i, j)])
}

/// `t·A`.
#[must_use]
pub fn multiple(a: &Matrix<Rational>, t: &Rational) -> Matrix<Rational> {
    a.map(|entry| Rational::from(entry * t))
}

/// The rows × columns matrix with `diagonal` on its diagonal and zeros elsewhere.
#[must_use]
pub fn rectangular_diagonal(rows: usize, columns: usize, diagonal: &[Rational]) -> Matrix<Rational> {
    Matrix::from_fn(
        rows,
        columns,
        |i, j| {
            if i == j { diagonal.get(i).cloned().unwrap_or_default() } else { Rational::new() }
        },
    )
}

/// The identity.
#[must_use]
pub fn identity(size: usize) -> Matrix<Rational> {
    rectangular_diagonal(size, size, &vec![Rational::from(1); size])
}

/// The product `A_k ⋯ A_1` of the matrices given, `A_1` first; the identity of size `input` if there are none.
#[must_use]
pub fn end_to_end(layers: &[Matrix<Rational>], input: usize) -> Matrix<Rational> {
    layers.iter().fold(identity(input), |below, layer| product(layer, &below))
}

/// `2^exponent`.
#[must_use]
pub fn power_of_two(exponent: i32) -> Rational {
    if exponent >= 0 { Rational::from(1) << exponent } else { Rational::from(1) >> exponent.unsigned_abs() }
}

/// The largest multiple of `2^−bits` whose `degree`-th power is at most `power`; 0 if that is negative. The degree is at least 1.
#[must_use]
pub fn root_below(power: &Rational, degree: u32, bits: u32) -> Rational {
    if *power <= 0 {
        return Rational::new();
    }
    let (numerator, denominator) = Rational::from(power << (degree * bits)).into_numer_denom();
    Rational::from((numerator / denominator).root(degree)) >> bits
}

/// `base^exponent`.
#[must_use]
pub fn power(base: &Rational, exponent: u32) -> Rational {
    (0..exponent).fold(Rational::from(1), |product, _| product * base)
}

/// A multiple of `2^−bits` that exceeds the `degree`-th root of `power` by at most `2^−bits`, or equals it; 0 if `power` is
/// negative. The degree is at least 1.
#[must_use]
pub fn root_above(power: &Rational, degree: u32, bits: u32) -> Rational {
    if *power <= 0 {
        return Rational::new();
    }
    let floor = root_below(power, degree, bits);
    if self::power(&floor, degree) == *power { floor } else { floor + (Rational::from(1) >> bits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[i32]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect())
            .unwrap()
    }

    #[test]
    fn products_and_solutions() {
        let (a, b) = (matrix(&[&[1, 2], &[3, 4]]), matrix(&[&[0, 1, 2], &[1, 0, -1]]));
        assert_eq!(product(&a, &b), matrix(&[&[2, 1, 0], &[4, 3, 2]]));
        assert_eq!(end_to_end(&[b.clone(), a.clone()], 3), product(&a, &b));
        assert_eq!(image(&a, &[Rational::from(5), Rational::from(6)]), [17, 39]);
    }

    #[test]
    fn roots_are_the_nearest_on_the_grid() {
        assert_eq!(root_below(&Rational::from((1, 3)), 2, 1), Rational::from((1, 2)));
        assert_eq!(root_below(&Rational::from(-1), 2, 5), 0);
        for (of, degree, bits) in [(2, 2, 10), (8, 3, 4), (7, 3, 30), (5, 1, 3), (100, 5, 20), (9, 2, 0)] {
            let grid = power_of_two(-(bits as i32));
            let below = root_below(&Rational::from(of), degree, bits);
            assert!(power(&below, degree) <= of && power(&Rational::from(&below + &grid), degree) > of);
            let above = root_above(&Rational::from(of), degree, bits);
            assert!(power(&above, degree) >= of && power(&(above - grid), degree) < of);
        }
        assert_eq!(root_above(&Rational::from(8), 3, 4), 2);
    }
}
