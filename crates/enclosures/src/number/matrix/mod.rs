//! A plain rectangular table, row by row.
//!
//! This file knows no arithmetic, and serves any entries; `arithmetic` is for those of a number system.

mod arithmetic;

use std::ops::{Index, IndexMut};

pub use arithmetic::{View, dot};
pub(super) use arithmetic::{entry_of_product, product_by_definition};

use crate::time_limit::check_after;

/// What an entry that is computed counts for among operations: it may be a sum of products of long fractions.
const AN_ENTRY: usize = 32;

/// A matrix stored row by row.
///
/// ```
/// use enclosures::number::Matrix;
/// let matrix = Matrix::from_rows(vec![vec![1, 2, 3], vec![4, 5, 6]]).unwrap();
/// assert_eq!((matrix.rows(), matrix.columns()), (2, 3));
/// assert_eq!(matrix[(1, 0)], 4);
/// assert_eq!(matrix.transposed().row(2), [3, 6]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix<T> {
    rows: usize,
    columns: usize,
    entries: Vec<T>,
}

impl<T> Matrix<T> {
    /// The matrix whose entry in row `i` and column `j` (both from 0) is `entry(i, j)`.
    pub fn from_fn(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> T) -> Self {
        let mut entries = Vec::with_capacity(rows * columns);
        for i in 0..rows {
            for j in 0..columns {
                check_after(AN_ENTRY);
                entries.push(entry(i, j));
            }
        }
        Self { rows, columns, entries }
    }

    /// The matrix with the given rows; `None` if they differ in length.
    ///
    /// No rows at all make the 0×0 matrix.
    #[must_use]
    pub fn from_rows(rows: Vec<Vec<T>>) -> Option<Self> {
        let columns = rows.first().map_or(0, Vec::len);
        if rows.iter().any(|row| row.len() != columns) {
            return None;
        }
        let count = rows.len();
        Some(Self { rows: count, columns, entries: rows.into_iter().flatten().collect() })
    }

    /// The matrix with these entries, row by row, in rows of `columns` entries.
    ///
    /// ```
    /// # use enclosures::number::Matrix;
    /// assert_eq!(Matrix::from_entries(2, vec![1, 2, 3, 4, 5, 6])[(2, 0)], 5);
    /// ```
    ///
    /// # Panics
    ///
    /// If the last row is not whole, or there are entries but no columns.
    #[must_use]
    pub fn from_entries(columns: usize, entries: Vec<T>) -> Self {
        let rows = if entries.is_empty() { 0 } else { entries.len() / columns };
        assert_eq!(rows * columns, entries.len(), "entries that fill the rows");
        Self { rows, columns, entries }
    }

    /// The matrix of one row.
    #[must_use]
    pub fn row_vector(entries: Vec<T>) -> Self {
        Self { rows: 1, columns: entries.len(), entries }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All entries, row by row.
    #[must_use]
    pub fn entries(&self) -> &[T] {
        &self.entries
    }

    /// All entries, row by row, to be changed in place.
    pub fn entries_mut(&mut self) -> &mut [T] {
        &mut self.entries
    }

    /// The entries of row `i`, counted from 0.
    #[must_use]
    pub fn row(&self, i: usize) -> &[T] {
        &self.entries[i * self.columns..(i + 1) * self.columns]
    }

    /// The entries of column `j`, counted from 0, from top to bottom.
    pub fn column(&self, j: usize) -> impl Iterator<Item = &T> {
        (0..self.rows).map(move |i| &self[(i, j)])
    }

    /// The matrix of the same shape with `image` applied to every entry.
    pub fn map<U>(&self, mut image: impl FnMut(&T) -> U) -> Matrix<U> {
        let image = |entry| {
            check_after(AN_ENTRY);
            image(entry)
        };
        Matrix { rows: self.rows, columns: self.columns, entries: self.entries.iter().map(image).collect() }
    }
}

impl<T: Clone> Matrix<T> {
    /// The transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |i, j| self[(j, i)].clone())
    }
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    fn index(&self, (i, j): (usize, usize)) -> &T {
        assert!(j < self.columns, "column {j} of a matrix with {} columns", self.columns);
        &self.entries[i * self.columns + j]
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        assert!(j < self.columns, "column {j} of a matrix with {} columns", self.columns);
        &mut self.entries[i * self.columns + j]
    }
}
