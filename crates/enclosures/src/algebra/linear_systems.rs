//! Linear systems and inverses, enclosed.
//!
//! An approximate inverse `R` comes from elimination on the midpoints and is then taken as it is, a matrix of exact numbers.
//!
//! 1. `E = I − RA`. If `‖E‖_∞ < 1`, the product `RA` is regular, hence so is every matrix `A` of the enclosure.
//! 2. Let `X̃` be near `R B` and `S = R(B − A X̃)`. The error `D = A^{-1}B − X̃` satisfies `D = S + E D`, so that each of its columns has
//!    `‖d‖_∞ ≤ δ := ‖s‖_∞/(1 − ‖E‖_∞)`, and its entry `i` is within `δ Σ_j |E_ij|` of `s_i` (Krawczyk).
//!
//! Over balls the solution is enclosed, as tightly as the entries allow up to a factor near 1 while the condition
//! number is well below `2^p`; beyond that `‖E‖_∞ < 1` cannot be shown and the answer is declined. Over
//! [`Exact`](crate::number::Exact) elimination is exact, `E = 0`, and so is the solution.

use crate::number::{Matrix, Real, Truth};

/// Nothing shows that the matrix is regular.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the matrix may be singular")]
pub struct MayBeSingular;

/// The only `X` with `A X = B`.
///
/// ```
/// use enclosures::number::{Ball, Matrix, Ring};
/// use enclosures::algebra::linear_systems::{MayBeSingular, solve};
/// use rug::Rational;
/// let ball = |rows: [[i32; 2]; 2]| Matrix::from(rows).map(|&entry| Ball::from_rational(&entry.into(), 128));
/// let right = Matrix::row_vector(vec![Ball::one(128), Ball::zero(128)]).transposed();
/// let solution = solve(&ball([[2, 1], [1, 2]]), &right).unwrap();
/// assert!(solution[(0, 0)].contains_rational(&Rational::from((2, 3))));
/// assert!(solution[(1, 0)].contains_rational(&Rational::from((-1, 3))));
/// assert_eq!(solve(&ball([[1, 2], [2, 4]]), &right).unwrap_err(), MayBeSingular);
/// ```
///
/// # Errors
///
/// [`MayBeSingular`] if it cannot be shown that the matrix is regular.
///
/// # Panics
///
/// If the matrix is not square or `right` has not as many rows.
pub fn solve<T: Real>(matrix: &Matrix<T>, right: &Matrix<T>) -> Result<Matrix<T>, MayBeSingular> {
    assert_eq!(matrix.rows(), matrix.columns(), "a linear system whose matrix is not square");
    assert_eq!(matrix.rows(), right.rows(), "rows of the right-hand side of a linear system");
    let inverse = approximate_inverse(matrix).ok_or(MayBeSingular)?;
    solve_with(&inverse, matrix, right)
}

/// The solution, verified with an approximate inverse that may be as bad as it likes.
fn solve_with<T: Real>(inverse: &Matrix<T>, matrix: &Matrix<T>, right: &Matrix<T>) -> Result<Matrix<T>, MayBeSingular> {
    let size = matrix.rows();
    let bits = matrix.bits().max(right.bits());
    let (zero, one) = (T::zero(bits), T::one(bits));
    let defect = Matrix::identity(size, bits).minus(&inverse.times(matrix));
    let row_sums: Vec<T> = (0..size)
        .map(|i| defect.row(i).iter().fold(zero.clone(), |sum, entry| sum + entry.clone().abs()).upper())
        .collect();
    let norm = row_sums.iter().fold(zero.clone(), |largest, sum| largest.max(sum));
    if norm.below(&one) != Truth::True {
        return Err(MayBeSingular);
    }
    let approximate = inverse.times(right).map(T::midpoint);
    let correction = inverse.times(&right.clone().minus(&matrix.times(&approximate)));
    let share = (one - norm).lower();
    // δ of every column.
    let errors: Vec<T> = (0..right.columns())
        .map(|j| {
            let largest = correction.column(j).fold(zero.clone(), |largest, entry| largest.max(&entry.clone().abs()));
            (largest.upper() / &share).upper()
        })
        .collect();
    Ok(Matrix::from_fn(size, right.columns(), |i, j| {
        let centre = approximate[(i, j)].clone() + &correction[(i, j)];
        let error = row_sums[i].clone() * &errors[j];
        T::between(&(centre.clone() - &error), &(centre + &error))
    }))
}

/// The inverse: see [`solve`].
///
/// # Errors
///
/// [`MayBeSingular`] if it cannot be shown that the matrix is regular.
///
/// # Panics
///
/// If the matrix is not square.
pub fn inverse<T: Real>(matrix: &Matrix<T>) -> Result<Matrix<T>, MayBeSingular> {
    solve(matrix, &Matrix::identity(matrix.rows(), matrix.bits()))
}

/// Nearly the inverse, made of exact numbers, by elimination on the midpoints with the largest pivot of each column; `None` if there
/// is no pivot or an entry is undefined.
fn approximate_inverse<T: Real>(matrix: &Matrix<T>) -> Option<Matrix<T>> {
    if !matrix.is_defined() {
        return None;
    }
    let (size, bits) = (matrix.rows(), matrix.bits());
    let unit = |i: usize, j: usize| if i == j { T::one(bits) } else { T::zero(bits) };
    let mut rows: Vec<Vec<T>> = (0..size)
        .map(|i| matrix.row(i).iter().map(T::midpoint).chain((0..size).map(|j| unit(i, j))).collect())
        .collect();
    for column in 0..size {
        let mut pivot = column;
        for i in column + 1..size {
            if rows[pivot][column].clone().abs().below(&rows[i][column].clone().abs()) == Truth::True {
                pivot = i;
            }
        }
        rows.swap(column, pivot);
        let reciprocal = (T::one(bits) / &rows[column][column]).midpoint();
        if !reciprocal.is_defined() {
            return None;
        }
        for entry in &mut rows[column][column..] {
            *entry = (entry.clone() * &reciprocal).midpoint();
        }
        let leading = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != column) {
            let factor = row[column].clone();
            for (entry, above) in row[column..].iter_mut().zip(&leading[column..]) {
                *entry = (entry.clone() - &(factor.clone() * above)).midpoint();
            }
        }
    }
    Some(Matrix::from_fn(size, size, |i, j| rows[i][size + j].clone()))
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::algebra::elimination;
    use crate::draws::following;
    use crate::number::Ball;

    #[test]
    fn a_bad_inverse_certifies_the_truth_or_nothing() {
        let mut state = 7_u64;
        let mut draw = |size: i64| {
            state = following(state);
            (state >> 33) as i64 % (2 * size + 1) - size
        };
        let (mut solved, mut declined) = (0, 0);
        for round in 0..300 {
            let size = 2 + round % 3;
            let matrix = Matrix::from_fn(size, size, |_, _| Rational::from((draw(9), 4)));
            let right = Matrix::from_fn(size, 1, |_, _| Rational::from(draw(9)));
            let column = |entries: Vec<Rational>| Matrix::row_vector(entries).transposed();
            let solution = |target: &[Rational]| elimination::solve(&matrix, target).map(column);
            let Some(truth) = solution(right.entries()) else { continue };
            let unit = |j: usize| (0..size).map(|i| Rational::from(u32::from(i == j))).collect::<Vec<_>>();
            let columns: Vec<_> = (0..size).map(|j| solution(&unit(j)).expect("a regular matrix")).collect();
            // Every entry of the inverse is off by up to `error` of its size.
            for exponent in [1, 2, 5, 9, 20] {
                let noisy = Matrix::from_fn(size, size, |i, j| {
                    let entry = columns[j][(i, 0)].clone();
                    Rational::from((draw(9), 9)) * &entry / (1_i64 << exponent) + entry
                });
                let ball = |matrix: &Matrix<Rational>| Matrix::<Ball>::from_rationals(matrix, 160);
                match solve_with(&ball(&noisy).map(Ball::midpoint), &ball(&matrix), &ball(&right)) {
                    Ok(found) => {
                        solved += 1;
                        for (ball, value) in found.entries().iter().zip(truth.entries()) {
                            assert!(ball.contains_rational(value), "2^−{exponent}: {value} not in {ball}");
                        }
                    }
                    Err(MayBeSingular) => declined += 1,
                }
            }
        }
        assert!(solved > 500 && declined > 50, "{solved} solved, {declined} declined");
    }
}
