//! Singular pairs of a rational matrix whose squared singular values are rational, found exactly.
//!
//! A candidate for `σ_j²` is guessed from its enclosure, as the simplest rational in it, and then decided: `v` is a right
//! singular vector exactly if `AᵀA v = σ² v`, and `σ_j² = λ` exactly if `λ` has the place `j` when the
//! eigenvalues of `AᵀA` are counted by the signs of exact pivots. No enclosure is trusted in the end.

use rug::Rational;

use super::elimination::null_space;
use super::exact::product;
use super::inertia::Inertia;
use super::spectral::{Effort, Spectrum};
use crate::number::{Ball, Matrix, Real};

/// The precision of the enclosure from which the square of a singular value is guessed.
const GUESS_BITS: u32 = 512;

/// All right singular vectors of one singular value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExactVectors {
    /// The square of the singular value.
    pub square: Rational,
    /// A basis of the vectors `v` with `AᵀA v = σ² v`, not normalised; every one of them belongs to a pair with `u = Av/σ`.
    pub right: Vec<Vec<Rational>>,
}

/// The right singular vectors of `σ_place`, counted from 0 and with multiplicity; `None` if its square is not a rational that
/// could be guessed.
///
/// ```
/// use enclosures::number::Matrix;
/// use enclosures::algebra::exact_pair::exact_vectors;
/// use rug::Rational;
/// let matrix = Matrix::from([[3, 0], [0, -4]]).map(|&entry| Rational::from(entry));
/// let top = exact_vectors(&matrix, 0).unwrap();
/// assert_eq!(top.square, 16);
/// assert_eq!(top.right, [[Rational::from(0), Rational::from(1)]]);
/// ```
#[must_use]
pub fn exact_vectors(matrix: &Matrix<Rational>, place: usize) -> Option<ExactVectors> {
    let enclosed = Spectrum::of(&Matrix::<Ball>::from_rationals(matrix, GUESS_BITS), Effort::Tight);
    let guess = enclosed.squares().get(place)?;
    let square = simplest_between(&guess.lower().exact()?, &guess.upper().exact()?);
    let size = matrix.columns();
    let mut shifted = product(&matrix.transposed(), matrix);
    for i in 0..size {
        shifted[(i, i)] -= &square;
    }
    let right = null_space(&shifted);
    let above = Inertia::of(&shifted).positive;
    (above <= place && place < above + right.len()).then_some(ExactVectors { square, right })
}

/// The rational of least denominator in `[low, high]`, by continued fractions; `low ≤ high`.
fn simplest_between(low: &Rational, high: &Rational) -> Rational {
    let floor = Rational::from(low.floor_ref());
    if floor == *low {
        return floor;
    }
    if Rational::from(&floor + 1u32) <= *high {
        return floor + 1u32;
    }
    let (inner_low, inner_high) = (Rational::from(high - &floor).recip(), Rational::from(low - &floor).recip());
    floor + simplest_between(&inner_low, &inner_high).recip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix<const M: usize, const N: usize>(rows: [[i32; N]; M]) -> Matrix<Rational> {
        Matrix::from_rows(rows.map(|row| row.map(Rational::from).to_vec()).to_vec()).unwrap()
    }

    #[test]
    fn rational_squares_are_found_and_others_are_not() {
        // AᵀA = [[9, 12], [12, 16]]: rank one, σ_1² = 25.
        let top = exact_vectors(&matrix([[3, 4]]), 0).unwrap();
        assert_eq!((top.square, top.right.len()), (Rational::from(25), 1));
        assert!(exact_vectors(&matrix([[3, 4]]), 1).is_none(), "one row has one singular value");
        let repeated = exact_vectors(&matrix([[3, 4, 0], [-4, 3, 0], [0, 0, 1]]), 1).unwrap();
        assert_eq!((repeated.square, repeated.right.len()), (Rational::from(25), 2));
        assert_eq!(exact_vectors(&matrix([[3, 4, 0], [-4, 3, 0], [0, 0, 1]]), 2).unwrap().square, 1);
        // (3 ± √5)/2.
        assert!(exact_vectors(&matrix([[1, 1], [0, 1]]), 0).is_none());
        assert_eq!(exact_vectors(&matrix([[0, 0], [0, 0]]), 0).unwrap().right.len(), 2);
    }

    #[test]
    fn simplest_rationals() {
        let between = |low: (i32, i32), high: (i32, i32)| simplest_between(&low.into(), &high.into());
        assert_eq!(between((1, 3), (1, 2)), Rational::from((1, 2)));
        assert_eq!(between((31, 10), (32, 10)), Rational::from((16, 5)));
        assert_eq!(between((314, 100), (315, 100)), Rational::from((22, 7)));
        assert_eq!(between((5, 1), (5, 1)), Rational::from(5));
        assert_eq!(between((-1, 3), (1, 3)), Rational::from(0));
        assert_eq!(between((-7, 3), (-7, 3)), Rational::from((-7, 3)));
    }
}
