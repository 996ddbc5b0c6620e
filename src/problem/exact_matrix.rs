//! A matrix of exact numbers that takes eight bytes an entry.
//!
//! Data come from measurements and images: all but a few numbers in a table are f64, and each of those *is* its exact value. A rational
//! of any size takes some hundred bytes. So the entries are kept as f64, the few that are none are kept beside them as
//! rationals, and rationals of the others are made where one is used.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use rug::Rational;

use crate::number::{Compact, Matrix, nearest_f64};

/// A matrix of exact numbers, row by row.
///
/// ```
/// use gradient_witness::problem::{ExactMatrix, Matrix};
/// use rug::Rational;
/// let rows = Matrix::from_rows(vec![vec![Rational::from((1, 2)), Rational::from((1, 3))]]).unwrap();
/// let exact = ExactMatrix::of(&rows);
/// assert_eq!(exact.row(0), rows.row(0));
/// assert_eq!(exact.nearest_row(0), [0.5, 1.0 / 3.0]);
/// assert!(!exact.is_all_f64());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExactMatrix {
    rows: usize,
    columns: usize,
    /// The f64 nearest to each entry, infinite beyond the range of f64; never NaN, and zero has no sign.
    nearest: Vec<f64>,
    /// The entries that are no f64, by their place among all entries.
    others: BTreeMap<usize, Rational>,
}

// No entry is NaN.
impl Eq for ExactMatrix {}

impl ExactMatrix {
    /// A matrix without rows, to be filled by [`push`](Self::push), with room for `capacity` entries.
    pub(super) fn with_capacity(columns: usize, capacity: usize) -> Option<Self> {
        let mut nearest = Vec::new();
        nearest.try_reserve_exact(capacity).ok()?;
        Some(Self { rows: 0, columns, nearest, others: BTreeMap::new() })
    }

    /// Puts one more entry behind the last; a row begins with its first entry.
    pub(super) fn push(&mut self, number: Compact) {
        let place = self.nearest.len();
        self.rows = place / self.columns + 1;
        self.nearest.push(match number {
            // Adding zero takes the sign from a zero.
            Compact::F64(value) => value + 0.0,
            Compact::Other(value) => {
                let nearest = nearest_f64(&value) + 0.0;
                self.others.insert(place, value);
                nearest
            }
        });
    }

    /// The same numbers.
    #[must_use]
    pub fn of(matrix: &Matrix<Rational>) -> Self {
        let mut exact = Self { rows: matrix.rows(), columns: matrix.columns(), ..Self::default() };
        for entry in matrix.entries() {
            exact.push(Compact::of(entry));
        }
        exact
    }

    /// The same numbers as rationals.
    #[must_use]
    pub fn to_rationals(&self) -> Matrix<Rational> {
        Matrix::from_fn(self.rows, self.columns, |i, j| self.entry(i, j))
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

    /// The entry in row `i` and column `j`, both counted from 0.
    #[must_use]
    pub fn entry(&self, i: usize, j: usize) -> Rational {
        self.at(i * self.columns + j).into_owned()
    }

    /// The entries of row `i`, counted from 0.
    #[must_use]
    pub fn row(&self, i: usize) -> Vec<Rational> {
        (0..self.columns).map(|j| self.entry(i, j)).collect()
    }

    /// The f64 nearest to each entry of row `i`, ties to even, infinite beyond the range of f64.
    #[must_use]
    pub fn nearest_row(&self, i: usize) -> &[f64] {
        &self.nearest[i * self.columns..(i + 1) * self.columns]
    }

    /// The f64 nearest to each entry, row by row.
    #[must_use]
    pub fn nearest_entries(&self) -> &[f64] {
        &self.nearest
    }

    /// Whether every entry is an f64.
    #[must_use]
    pub fn is_all_f64(&self) -> bool {
        self.others.is_empty()
    }

    /// The image of every entry. What is made of an f64 is made once for each of the first few that occur: images hold the same 256
    /// numbers over and over.
    #[must_use]
    pub fn map<U: Clone>(&self, mut image: impl FnMut(&Rational) -> U) -> Matrix<U> {
        self.map_by_row(|_| 0, |_, entry| image(entry))
    }

    /// The image of every entry times the factor of its row, the only entry of that row of `factors`.
    #[must_use]
    pub fn map_multiplied<U: Clone>(&self, factors: &Self, mut image: impl FnMut(&Rational) -> U) -> Matrix<U> {
        let exact: Vec<Rational> = (0..self.rows).map(|i| factors.entry(i, 0)).collect();
        // Rows are alike if their factors are.
        let is_f64 = factors.is_all_f64();
        let kind = |i: usize| if is_f64 { factors.nearest[i].to_bits() } else { i as u64 };
        self.map_by_row(kind, |i, entry| image(&Rational::from(entry * &exact[i])))
    }

    /// The image of every entry, which depends on the row only through its `kind`.
    fn map_by_row<U: Clone>(
        &self,
        kind: impl Fn(usize) -> u64,
        mut image: impl FnMut(usize, &Rational) -> U,
    ) -> Matrix<U> {
        const REMEMBERED: usize = 1024;
        let mut known: HashMap<(u64, u64), U> = HashMap::new();
        Matrix::from_fn(self.rows, self.columns, |i, j| {
            let place = i * self.columns + j;
            let key = (self.nearest[place].to_bits(), kind(i));
            let is_f64 = self.others.is_empty() || !self.others.contains_key(&place);
            if let Some(value) = known.get(&key).filter(|_| is_f64) {
                return value.clone();
            }
            let value = image(i, &self.at(place));
            if is_f64 && known.len() < REMEMBERED {
                known.insert(key, value.clone());
            }
            value
        })
    }

    /// Every entry divided by 2^`exponent`.
    pub(super) fn shifted_down(self, exponent: i32) -> Self {
        let scale = 2_f64.powi(-exponent);
        let is_exact = |value: f64| {
            let scaled = value * scale;
            value == 0.0 || (scaled.is_normal() && value.is_normal())
        };
        if !scale.is_normal() || !self.nearest.iter().all(|&value| is_exact(value)) || !self.is_all_f64() {
            return Self::of(&self.to_rationals().map(|entry| entry.clone() >> exponent));
        }
        let Self { rows, columns, mut nearest, others } = self;
        nearest.iter_mut().for_each(|value| *value *= scale);
        Self { rows, columns, nearest, others }
    }

    fn at(&self, place: usize) -> Cow<'_, Rational> {
        match self.others.get(&place) {
            Some(value) => Cow::Borrowed(value),
            // An entry that is not among the others is finite.
            None => Cow::Owned(Rational::from_f64(self.nearest[place]).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = Rational> {
        prop_oneof![
            (-3_i32..=3).prop_map(Rational::from),
            any::<i128>().prop_map(Rational::from),
            any::<f64>().prop_filter_map("finite", Rational::from_f64),
            (any::<i64>(), 1_u64..).prop_map(Rational::from),
            (any::<i64>(), 1_i32..3000).prop_map(|(p, shift)| Rational::from(p) >> shift),
            (any::<i64>(), 1_i32..3000).prop_map(|(p, shift)| Rational::from(p) << shift),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_lost(entries in proptest::collection::vec(numbers(), 6), exponent in -1100_i32..1100) {
            let matrix = Matrix::from_entries(2, entries);
            let exact = ExactMatrix::of(&matrix);
            prop_assert_eq!(&exact.to_rationals(), &matrix);
            prop_assert_eq!(&exact.map(Rational::clone), &matrix);
            prop_assert_eq!(&ExactMatrix::of(&exact.to_rationals()), &exact);
            for i in 0..3 {
                prop_assert_eq!(&exact.row(i), matrix.row(i));
                let nearest: Vec<f64> = matrix.row(i).iter().map(nearest_f64).collect();
                prop_assert_eq!(exact.nearest_row(i), &nearest);
            }
            let factors = Matrix::from_fn(3, 1, |i, _| matrix[(i, 1)].clone());
            let products = Matrix::from_fn(3, 2, |i, j| Rational::from(&matrix[(i, j)] * &matrix[(i, 1)]));
            prop_assert_eq!(&exact.map_multiplied(&ExactMatrix::of(&factors), Rational::clone), &products);
            let shifted = matrix.map(|entry| entry.clone() >> exponent);
            prop_assert_eq!(exact.shifted_down(exponent).to_rationals(), shifted);
        }
    }

    #[test]
    fn zero_has_no_sign_and_nothing_is_beyond_the_range() {
        let mut exact = ExactMatrix::with_capacity(2, 4).unwrap();
        for number in [
            Compact::F64(-0.0),
            Compact::F64(0.5),
            Compact::of(&(Rational::from(1) << 2000)),
            Compact::of(&(Rational::from(1) >> 2000)),
        ] {
            exact.push(number);
        }
        assert_eq!(
            exact.nearest_entries().iter().map(|value| value.to_bits()).collect::<Vec<u64>>(),
            [0.0, 0.5, f64::INFINITY, 0.0].map(f64::to_bits)
        );
        assert_eq!(exact.row(1), [Rational::from(1) << 2000, Rational::from(1) >> 2000]);
        assert_eq!(ExactMatrix::of(&exact.to_rationals()), exact);
    }
}
