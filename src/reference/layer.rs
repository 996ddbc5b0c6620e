//! What a layer does in a product: how its weights make a matrix, and how a slope of the matrix becomes one of the weights.
//!
//! It is written once, for the [`triplets`](Layer::triplets) of any layer. Where the weights are the matrix itself, products are those of
//! matrices, which number systems compute faster.

use crate::number::Ring;
use crate::problem::{Layer, Matrix, Triplet};
use crate::time_limit::check_after;

/// A layer with its weights, or the transpose of it, as a factor of a product.
#[derive(Debug)]
pub(super) struct Factor<'a, T> {
    layer: &'a Layer,
    weights: &'a Matrix<T>,
    is_transposed: bool,
}

impl<T> Clone for Factor<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Factor<'_, T> {}

impl<'a, T: Ring> Factor<'a, T> {
    /// The layer as it is.
    pub fn of(layer: &'a Layer, weights: &'a Matrix<T>) -> Self {
        Self { layer, weights, is_transposed: false }
    }

    /// The transpose.
    pub fn transposed(self) -> Self {
        Self { is_transposed: !self.is_transposed, ..self }
    }

    /// The number of rows.
    fn rows(self) -> usize {
        if self.is_transposed { self.layer.columns() } else { self.layer.rows() }
    }

    /// The number of columns.
    fn columns(self) -> usize {
        if self.is_transposed { self.layer.rows() } else { self.layer.columns() }
    }

    /// Rows, columns and weights of the entries that are not always zero.
    fn entries(self) -> impl Iterator<Item = Triplet> {
        self.layer.triplets().map(move |entry| {
            if self.is_transposed { Triplet { row: entry.column, column: entry.row, ..entry } } else { entry }
        })
    }

    /// The matrix `M`.
    pub fn matrix(self) -> Matrix<T> {
        match (self.layer.is_full(), self.is_transposed) {
            (true, false) => self.weights.clone(),
            (true, true) => self.weights.transposed(),
            (false, _) => {
                let mut matrix = Matrix::zeros(self.rows(), self.columns(), self.weights.bits());
                for Triplet { row, column, parameter } in self.entries() {
                    matrix[(row, column)] += &self.weights.entries()[parameter];
                }
                matrix
            }
        }
    }

    /// The product `M B`.
    pub fn times(self, other: &Matrix<T>) -> Matrix<T> {
        match (self.layer.is_full(), self.is_transposed) {
            (true, false) => self.weights.times(other),
            (true, true) => self.weights.transpose_times(other),
            (false, _) => {
                assert_eq!(self.columns(), other.rows(), "inner dimensions of a product with a layer");
                let bits = self.weights.bits().max(other.bits());
                let mut product: Matrix<T> = Matrix::zeros(self.rows(), other.columns(), bits);
                for Triplet { row, column, parameter } in self.entries() {
                    check_after(other.columns());
                    let weight = &self.weights.entries()[parameter];
                    for j in 0..other.columns() {
                        product[(row, j)].add_product(weight, &other[(column, j)]);
                    }
                }
                product
            }
        }
    }

    /// The slope of the weights, shaped as they are, if that of the matrix `M` is `slope`: the adjoint of the map from weights to matrix, the
    /// sum of `slope` over all entries in which a weight stands.
    pub fn pull_back(self, slope: Matrix<T>) -> Matrix<T> {
        match (self.layer.is_full(), self.is_transposed) {
            (true, false) => slope,
            (true, true) => slope.transposed(),
            (false, _) => self.summed(slope.bits(), |sum, row, column| *sum += &slope[(row, column)]),
        }
    }

    /// The same of the slope `A Bᵀ`, of which only the entries that matter are formed.
    pub fn pull_back_product(self, left: &Matrix<T>, right: &Matrix<T>) -> Matrix<T> {
        match (self.layer.is_full(), self.is_transposed) {
            (true, false) => left.times_transpose(right),
            (true, true) => right.times_transpose(left),
            (false, _) => {
                assert_eq!(left.columns(), right.columns(), "inner dimensions of a slope");
                self.summed(left.bits().max(right.bits()), |sum, row, column| {
                    for (one, other) in left.row(row).iter().zip(right.row(column)) {
                        sum.add_product(one, other);
                    }
                })
            }
        }
    }

    /// Numbers shaped as the weights, zero at first, to each of which `add` adds something for every entry in which the weight stands.
    fn summed(self, bits: u32, add: impl Fn(&mut T, usize, usize)) -> Matrix<T> {
        let mut sums = Matrix::zeros(self.weights.rows(), self.weights.columns(), bits);
        for Triplet { row, column, parameter } in self.entries() {
            check_after(1);
            add(&mut sums.entries_mut()[parameter], row, column);
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Exact, Real, Truth};

    fn numbers(rows: usize, columns: usize, seed: i64) -> Matrix<Exact> {
        Matrix::from_fn(rows, columns, |i, j| {
            let k = (i * columns + j) as i64;
            Exact::from(rug::Rational::from(((5 * k * k + seed * k + 2) % 17 - 8, (k + seed) % 3 + 1)))
        })
    }

    fn assert_equal(one: &Matrix<Exact>, other: &Matrix<Exact>, what: &str) {
        assert_eq!((one.rows(), one.columns()), (other.rows(), other.columns()), "{what}");
        assert!(one.entries().iter().zip(other.entries()).all(|(a, b)| a.equals(b) == Truth::True), "{what}");
    }

    const LAYERS: [Layer; 5] = [
        Layer::Full { rows: 2, columns: 3 },
        Layer::Full { rows: 1, columns: 4 },
        Layer::Diagonal { dim: 3 },
        Layer::Circulant { dim: 4, size: 2 },
        Layer::Circulant { dim: 3, size: 3 },
    ];

    #[test]
    fn a_product_is_that_of_the_matrix() {
        for layer in LAYERS {
            let weights = numbers(layer.shape().0, layer.shape().1, 1);
            let factor = Factor::of(&layer, &weights);
            let matrix = factor.matrix();
            assert_equal(&factor.transposed().matrix(), &matrix.transposed(), "transpose");
            let (right, left) = (numbers(layer.columns(), 2, 4), numbers(layer.rows(), 2, 5));
            assert_equal(&factor.times(&right), &matrix.times(&right), &format!("{layer:?}"));
            assert_equal(&factor.transposed().times(&left), &matrix.transpose_times(&left), &format!("{layer:?}"));
        }
    }

    /// `⟨pull(S), w⟩ = ⟨S, M(w)⟩` for all weights `w`.
    #[test]
    fn pulling_back_is_the_adjoint_of_the_map_from_weights_to_matrix() {
        for layer in LAYERS {
            let weights = numbers(layer.shape().0, layer.shape().1, 2);
            let factor = Factor::of(&layer, &weights);
            let (left, right) = (numbers(layer.rows(), 2, 3), numbers(layer.columns(), 2, 7));
            let slope = left.times_transpose(&right);
            let expected = slope.inner(&factor.matrix());
            for pulled in [
                factor.pull_back(slope.clone()),
                factor.pull_back_product(&left, &right),
                factor.transposed().pull_back(slope.transposed()),
                factor.transposed().pull_back_product(&right, &left),
            ] {
                assert_eq!((pulled.rows(), pulled.columns()), layer.shape());
                assert_eq!(pulled.inner(&weights).equals(&expected), Truth::True, "{layer:?}");
            }
        }
    }
}
