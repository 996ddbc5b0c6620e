//! Matrices of f64 numbers: into exact numbers and enclosures, and back.
//!
//! On the way in nothing is lost: an f64 is a rational number, and a ball of 53 bits or more holds it as it is. On the way back each entry is
//! the f64 nearest to the middle of its enclosure. An entry that is no finite number, in either direction, is an error
//! with its place ([`NotFinite`]), never a number.
//!
//! ```
//! use enclosures::number::{Ball, Matrix};
//! let plain = Matrix::from([[0.1, 2.0], [f64::MIN_POSITIVE, -4.0]]);
//! let exact = plain.to_rationals()?;
//! assert_ne!(exact[(0, 0)], rug::Rational::from((1, 10))); // the f64 next to it
//! let balls = Matrix::<Ball>::from_f64s(&plain, 128)?;
//! assert!(balls[(0, 0)].is_point());
//! assert_eq!(balls.midpoints()?, plain);
//! let error = Matrix::from([[1.0, f64::NAN]]).to_rationals().unwrap_err();
//! assert_eq!(error.to_string(), "the entry in row 0, column 1 (counted from 0) is NaN, no finite number");
//! # Ok::<(), enclosures::conversion::NotFinite>(())
//! ```
//!
//! # Other libraries
//!
//! With the feature `nalgebra` a matrix of that library, of any shape, storage and entries, is turned into a [`Matrix`] by `Matrix::from`, and a
//! `&Matrix` into a `DMatrix` by `DMatrix::from`; with the feature `faer` the same holds of `faer::MatRef`, `&faer::Mat` and `faer::Mat`.
//! Neither is a feature by default.

#[cfg(feature = "faer")]
mod faer;
#[cfg(feature = "nalgebra")]
mod nalgebra;

use crate::number::{Matrix, Real};

/// An entry that is infinite or NaN, or that no finite f64 is near to.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the entry in row {row}, column {column} (counted from 0) is {value}, no finite number")]
pub struct NotFinite {
    /// Its row, from 0.
    pub row: usize,
    /// Its column, from 0.
    pub column: usize,
    /// What stands there, NaN for an enclosure that is undefined.
    pub value: f64,
}

impl Matrix<f64> {
    /// The same numbers, as fractions.
    ///
    /// # Errors
    ///
    /// [`NotFinite`] for the first entry that is infinite or NaN.
    pub fn to_rationals(&self) -> Result<Matrix<rug::Rational>, NotFinite> {
        self.check_finite()?;
        Ok(self.map(|&entry| rug::Rational::from_f64(entry).unwrap_or_default()))
    }

    /// The first entry that is not finite is an error.
    fn check_finite(&self) -> Result<(), NotFinite> {
        match self.entries().iter().position(|entry| !entry.is_finite()) {
            None => Ok(()),
            Some(place) => {
                let (row, column) = (place / self.columns(), place % self.columns());
                Err(NotFinite { row, column, value: self.entries()[place] })
            }
        }
    }
}

impl<T: Real> Matrix<T> {
    /// The matrix of these numbers at `bits` bits: exact with 53 bits or more, enclosed or rounded with fewer.
    ///
    /// # Errors
    ///
    /// [`NotFinite`] for the first entry that is infinite or NaN.
    pub fn from_f64s(values: &Matrix<f64>, bits: u32) -> Result<Self, NotFinite> {
        values.check_finite()?;
        Ok(values.map(|&value| T::from_f64(value, bits)))
    }

    /// The f64 numbers nearest to the middles of the entries: an approximation, whatever the entries were.
    ///
    /// # Errors
    ///
    /// [`NotFinite`] for the first entry that is undefined or lies beyond every f64.
    pub fn midpoints(&self) -> Result<Matrix<f64>, NotFinite> {
        let nearest = self.map(T::approximate);
        nearest.check_finite()?;
        Ok(nearest)
    }
}

/// Row by row.
impl<T, const ROWS: usize, const COLUMNS: usize> From<[[T; COLUMNS]; ROWS]> for Matrix<T> {
    fn from(rows: [[T; COLUMNS]; ROWS]) -> Self {
        let mut entries = rows.into_iter().flatten();
        let next = |_, _| entries.next().expect("as many entries as the shape has");
        Self::from_fn(ROWS, COLUMNS, next)
    }
}

/// A copy, for functions that take whatever becomes a matrix.
impl<T: Clone> From<&Self> for Matrix<T> {
    fn from(matrix: &Self) -> Self {
        matrix.clone()
    }
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Exact, Float, Ring, ShortBall};

    /// Numbers at the edges of f64's range, and between.
    const EDGES: [[f64; 4]; 2] =
        [[f64::MAX, f64::MIN_POSITIVE, 5e-324, -0.0], [-f64::MAX, 1.0 / 3.0, -1e-310, 9_007_199_254_740_993.0]];

    fn there_and_back<T: Real>(bits: u32) {
        let plain = Matrix::from(EDGES);
        let matrix = Matrix::<T>::from_f64s(&plain, bits).unwrap();
        assert_eq!(matrix.exact().unwrap(), plain.to_rationals().unwrap());
        assert_eq!(matrix.midpoints().unwrap(), plain);
    }

    #[test]
    fn no_bit_is_lost_there_and_back() {
        there_and_back::<Exact>(53);
        for bits in [53, 64, 128, 300] {
            there_and_back::<Ball>(bits);
            there_and_back::<Float>(bits);
            there_and_back::<ShortBall>(bits);
        }
    }

    #[test]
    fn fewer_bits_enclose() {
        let plain = Matrix::from(EDGES);
        let (exact, balls) = (plain.to_rationals().unwrap(), Matrix::<Ball>::from_f64s(&plain, 20).unwrap());
        assert!(balls.entries().iter().zip(exact.entries()).all(|(ball, value)| ball.contains_rational(value)));
        assert!(!balls[(1, 1)].is_point());
    }

    #[test]
    fn what_is_not_finite_is_named_with_its_place() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut plain = Matrix::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
            plain[(1, 2)] = value;
            for error in [
                plain.to_rationals().map(drop).unwrap_err(),
                Matrix::<Ball>::from_f64s(&plain, 128).map(drop).unwrap_err(),
                Matrix::<Exact>::from_f64s(&plain, 128).map(drop).unwrap_err(),
            ] {
                assert_eq!((error.row, error.column), (1, 2));
                assert_eq!(error.value.to_bits(), value.to_bits());
            }
        }
        let undefined = Matrix::from([[Ball::one(64), Ball::whole_line(64)]]);
        let error = undefined.midpoints().unwrap_err();
        assert!((error.row, error.column) == (0, 1) && error.value.is_nan());
        let large = Ball::from_f64(f64::MAX, 64);
        let beyond = Matrix::from([[large.clone() + &large]]);
        assert_eq!(beyond.midpoints(), Err(NotFinite { row: 0, column: 0, value: f64::INFINITY }));
    }

    #[test]
    fn shapes_without_entries() {
        for plain in [Matrix::<f64>::from([[], []]), Matrix::from([[0.0; 3]; 0])] {
            let exact = plain.to_rationals().unwrap();
            assert_eq!((exact.rows(), exact.columns()), (plain.rows(), plain.columns()));
        }
    }

    #[test]
    fn arrays_are_read_row_by_row() {
        let matrix = Matrix::from([[1, 2, 3], [4, 5, 6]].map(|row| row.map(Rational::from)));
        assert_eq!((matrix.rows(), matrix.columns()), (2, 3));
        assert_eq!(matrix[(1, 0)], 4);
    }
}
