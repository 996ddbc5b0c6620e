//! Whether anything separates rational examples, where the widest margin is not asked for.

use rug::Rational;

use super::MaxMargin;
use crate::algebra::exact::inner;
use crate::number::{Matrix, nearest_f64};
use crate::time_limit::check_after;

/// So often the guess looks at all examples before it is given up.
const ROUNDS: usize = 1000;

/// Whether some `w` has `⟨w, z_i⟩ > 0` for all signed examples `z_i`, the rows of `z`, decided exactly; false if there are none.
///
/// Most examples that are separable are told so by a guess, which is made in f64 and checked in rationals: the widest margin takes Wolfe's algorithm, in numbers
/// that grow with every step.
///
/// ```
/// use enclosures::{number::Matrix, algebra::max_margin::is_separable};
/// use rug::Rational;
/// let of = |rows: [[i32; 2]; 3]| is_separable(&Matrix::from(rows).map(|&entry| Rational::from(entry)));
/// assert!(of([[3, 1], [3, -1], [-1, 1]]));
/// // A margin of 0 is none: every w that is not below 0 at the first two examples is 0 at both.
/// assert!(!of([[1, 0], [-1, 0], [0, 1]]));
/// ```
#[must_use]
pub fn is_separable(z: &Matrix<Rational>) -> bool {
    let separates = |w: Vec<Rational>| (0..z.rows()).all(|i| inner(&w, z.row(i)) > 0);
    z.rows() > 0 && (guess(z).is_some_and(separates) || MaxMargin::of(z).is_ok())
}

/// A vector that seems to separate, by Rosenblatt's perceptron: it adds the direction of any example on the wrong side.
fn guess(z: &Matrix<Rational>) -> Option<Vec<Rational>> {
    let directions = (0..z.rows()).map(|i| {
        let row: Vec<f64> = z.row(i).iter().map(nearest_f64).collect();
        let length = product(&row, &row).sqrt();
        row.into_iter().map(|entry| entry / length).collect::<Vec<f64>>()
    });
    let directions: Vec<Vec<f64>> = directions.collect();
    let mut w = vec![0.0; z.columns()];
    let is_found = (0..ROUNDS).any(|_| {
        let mut is_right = true;
        for direction in &directions {
            check_after(z.columns());
            // What is not a number is on no side.
            let is_on_its_side = product(&w, direction) > 0.0;
            if !is_on_its_side {
                is_right = false;
                w.iter_mut().zip(direction).for_each(|(entry, step)| *entry += step);
            }
        }
        is_right
    });
    is_found.then(|| w.into_iter().map(|entry| Rational::from_f64(entry).unwrap_or_default()).collect())
}

fn product(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples<const D: usize>(rows: &[[(i64, i64); D]]) -> Matrix<Rational> {
        let rows = rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect();
        Matrix::from_rows(rows).expect("rows of one length")
    }

    #[test]
    fn it_is_decided_exactly_whatever_the_guess() {
        let tiny = 1_i64 << 62;
        // In f64 each of these pairs is one direction and its opposite.
        let open = examples(&[[(1, 1), (-1, 1)], [(-1, 1), (tiny + 1, tiny)]]);
        assert!(guess(&open).is_none() && is_separable(&open));
        let shut = examples(&[[(1, 1), (-1, 1)], [(-1, 1), (1, 1)], [(tiny + 1, tiny), (1, 1)]]);
        assert!(!is_separable(&shut));
        // The last two are opposite to each other, and the roundings of both products with the first, which are 0, are positive.
        let rows = [[15, 4, 22], [-44, 143, 4], [1188, -3861, -108]].map(|row| row.map(|entry| (entry, 1)));
        let fooled = examples(&rows);
        assert!(guess(&fooled).is_some() && !is_separable(&fooled));
        // Too small and too large for f64.
        let beyond = examples(&[[(1, tiny), (0, 1)], [(0, 1), (tiny, 1)]]).map(|entry| Rational::from(entry * entry));
        let beyond = (0..5).fold(beyond, |beyond, _| beyond.map(|entry| Rational::from(entry * entry)));
        assert!(guess(&beyond).is_none() && is_separable(&beyond));
        assert!(!is_separable(&Matrix::from_entries(2, Vec::new())));
    }

    /// Where the guess does its work nobody waits for Wolfe's algorithm.
    #[test]
    fn examples_with_room_between_them_are_separated_by_the_guess() {
        let side = |i: i64, j: i64| ((7 * i + 3 * j * j + 5 * i * j) % 19 - 9, 8);
        let rows: Vec<[(i64, i64); 3]> = (1..40).map(|i| [(4 + i % 3, 8), side(i, 1), side(i, 2)]).collect();
        let halved = rows.iter().map(|&[one, two, three]| [one, (two.0, 32), (three.0, 32)]).collect::<Vec<_>>();
        assert!(guess(&examples(&halved)).is_some());
        let opposite: Vec<[(i64, i64); 3]> = halved.iter().map(|row| row.map(|(one, two)| (-one, two))).collect();
        assert!(guess(&examples(&opposite)).is_some());
        assert!(guess(&examples(&[halved, opposite].concat())).is_none());
    }
}
