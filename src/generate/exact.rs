//! Exact linear algebra on rational matrices, as much of it as instances are built and checked with.

use rug::Rational;

use crate::problem::Matrix;

/// `⟨a, b⟩`.
#[must_use]
pub fn inner(a: &[Rational], b: &[Rational]) -> Rational {
    a.iter().zip(b).fold(Rational::new(), |sum, (a, b)| sum + Rational::from(a * b))
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

/// `A·B`; the columns of `A` are as many as the rows of `B`.
#[must_use]
pub fn product(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), b.columns(), |i, j| {
        a.row(i).iter().zip(b.column(j)).fold(Rational::new(), |sum, (a, b)| sum + Rational::from(a * b))
    })
}

/// `A·x`.
#[must_use]
pub fn image(a: &Matrix<Rational>, x: &[Rational]) -> Vec<Rational> {
    (0..a.rows()).map(|i| inner(a.row(i), x)).collect()
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

/// `W_k ⋯ W_1` for the layers given, `W_1` first; the identity of size `input` if there are none.
#[must_use]
pub fn end_to_end(layers: &[Matrix<Rational>], input: usize) -> Matrix<Rational> {
    layers.iter().fold(identity(input), |below, layer| product(layer, &below))
}

/// `2^exponent`.
#[must_use]
pub fn power_of_two(exponent: i32) -> Rational {
    if exponent >= 0 { Rational::from(1) << exponent } else { Rational::from(1) >> exponent.unsigned_abs() }
}

/// The largest multiple of `2^−bits` whose square is at most `square`; 0 if that is negative.
#[must_use]
pub fn root_below(square: &Rational, bits: u32) -> Rational {
    if *square <= 0 {
        return Rational::new();
    }
    let scaled = Rational::from(square << (2 * bits));
    let (numerator, denominator) = scaled.into_numer_denom();
    Rational::from((numerator / denominator).sqrt()) >> bits
}

/// The solution of `A·x = b` for a square matrix; `None` if it is singular.
#[must_use]
pub fn solution(a: &Matrix<Rational>, b: &[Rational]) -> Option<Vec<Rational>> {
    let size = a.rows();
    let mut rows: Vec<Vec<Rational>> =
        (0..size).map(|i| a.row(i).iter().chain(std::iter::once(&b[i])).cloned().collect()).collect();
    for pivot in 0..size {
        let found = (pivot..size).find(|&i| rows[i][pivot] != 0)?;
        rows.swap(pivot, found);
        let inverse = rows[pivot][pivot].clone().recip();
        rows[pivot] = scaled(&rows[pivot], &inverse);
        for i in (0..size).filter(|&i| i != pivot) {
            let factor = -rows[i][pivot].clone();
            if factor != 0 {
                rows[i] = plus(&rows[i], &factor, &rows[pivot]);
            }
        }
    }
    Some(rows.into_iter().map(|row| row[size].clone()).collect())
}

/// The rank.
#[must_use]
pub fn rank(a: &Matrix<Rational>) -> usize {
    let mut rows: Vec<Vec<Rational>> = (0..a.rows()).map(|i| a.row(i).to_vec()).collect();
    let mut rank = 0;
    for column in 0..a.columns() {
        let Some(found) = (rank..rows.len()).find(|&i| rows[i][column] != 0) else { continue };
        rows.swap(rank, found);
        for i in rank + 1..rows.len() {
            let factor = -Rational::from(&rows[i][column] / &rows[rank][column]);
            if factor != 0 {
                rows[i] = plus(&rows[i], &factor, &rows[rank]);
            }
        }
        rank += 1;
    }
    rank
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
        let x = solution(&a, &[Rational::from(5), Rational::from(6)]).unwrap();
        assert_eq!(image(&a, &x), [5, 6]);
        assert_eq!(solution(&matrix(&[&[1, 2], &[2, 4]]), &[Rational::from(1), Rational::from(1)]), None);
        assert_eq!(solution(&matrix(&[&[0, 1], &[1, 0]]), &[Rational::from(7), Rational::from(8)]).unwrap(), [8, 7]);
    }

    #[test]
    fn ranks() {
        assert_eq!(rank(&matrix(&[&[1, 2], &[2, 4], &[0, 0]])), 1);
        assert_eq!(rank(&matrix(&[&[0, 0, 1], &[0, 2, 0]])), 2);
        assert_eq!(rank(&matrix(&[&[0, 0]])), 0);
    }

    #[test]
    fn roots_are_the_largest_from_below() {
        for (square, bits) in [(2, 0), (2, 10), (9, 4), (7, 30)] {
            let root = root_below(&Rational::from(square), bits);
            let next = Rational::from(&root + power_of_two(-(bits as i32)));
            assert!(root.clone() * &root <= square && next.clone() * &next > square);
        }
        assert_eq!(root_below(&Rational::from((1, 3)), 1), Rational::from((1, 2)));
        assert_eq!(root_below(&Rational::from(-1), 5), 0);
    }
}
