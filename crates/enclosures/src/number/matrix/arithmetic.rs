//! The arithmetic of matrices over any number system.
//!
//! The [container](Matrix) knows no numbers; here it learns to multiply. All products go through [`Ring::matrix_product`], so that a
//! number system with a faster kernel is used everywhere.

use crate::number::{Matrix, Real, Ring};
use crate::time_limit::check;

/// The precision of a sum over nothing, whose terms cannot tell theirs.
const BITS_OF_NOTHING: u32 = 64;

/// The largest precision among some numbers.
fn largest_bits<'a, T: Ring>(numbers: impl IntoIterator<Item = &'a T>) -> u32 {
    numbers.into_iter().map(T::bits).max().unwrap_or(BITS_OF_NOTHING)
}

/// The inner product Σ aᵢ bᵢ, at the largest precision of the terms.
///
/// # Panics
///
/// If the lengths differ.
///
/// ```
/// use enclosures::number::{Exact, Real, Ring, dot};
/// let number = |value: i32| Exact::from(rug::Rational::from(value));
/// let product = dot(&[number(1), number(2)], &[number(3), number(4)]);
/// assert_eq!(product.exact(), Some(rug::Rational::from(11)));
/// ```
#[must_use]
pub fn dot<T: Ring>(left: &[T], right: &[T]) -> T {
    assert_eq!(left.len(), right.len(), "lengths of an inner product");
    let mut sum = T::zero(largest_bits(left.iter().chain(right)));
    for (one, other) in left.iter().zip(right) {
        sum.add_product(one, other);
    }
    sum
}

/// A matrix or its transpose, without a copy.
///
/// ```
/// use enclosures::number::{Matrix, View};
/// let row = Matrix::row_vector(vec![1, 2, 3]);
/// let column = View::of(&row).transposed();
/// assert_eq!((column.rows(), column.columns()), (3, 1));
/// assert_eq!(column.entry(2, 0), &3);
/// ```
#[derive(Debug)]
pub struct View<'a, T> {
    matrix: &'a Matrix<T>,
    is_transposed: bool,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<'_, T> {}

impl<'a, T> View<'a, T> {
    /// The matrix as it is.
    #[must_use]
    pub fn of(matrix: &'a Matrix<T>) -> Self {
        Self { matrix, is_transposed: false }
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self { is_transposed: !self.is_transposed, ..self }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(self) -> usize {
        if self.is_transposed { self.matrix.columns() } else { self.matrix.rows() }
    }

    /// The number of columns.
    #[must_use]
    pub fn columns(self) -> usize {
        if self.is_transposed { self.matrix.rows() } else { self.matrix.columns() }
    }

    /// The entry in row `i` and column `j`, counted from 0.
    ///
    /// # Panics
    ///
    /// If there is no such entry.
    #[must_use]
    #[inline]
    pub fn entry(self, i: usize, j: usize) -> &'a T {
        &self.matrix[if self.is_transposed { (j, i) } else { (i, j) }]
    }
}

/// The product of two matrices, one term after the other.
///
/// # Panics
///
/// If the inner dimensions differ.
pub(in super::super) fn product_by_definition<T: Ring>(left: View<T>, right: View<T>, bits: u32) -> Matrix<T> {
    assert_eq!(left.columns(), right.rows(), "inner dimensions of a matrix product");
    Matrix::from_fn(left.rows(), right.columns(), |i, j| entry_of_product(left, right, i, j, bits))
}

/// One entry of the product of two matrices, one term after the other.
pub(in super::super) fn entry_of_product<T: Ring>(left: View<T>, right: View<T>, i: usize, j: usize, bits: u32) -> T {
    check();
    let mut sum = T::zero(bits);
    for k in 0..left.columns() {
        sum.add_product(left.entry(i, k), right.entry(k, j));
    }
    sum
}

/// Arithmetic over a ring. Results have the largest precision among the entries of the operands.
///
/// ```
/// use enclosures::number::{Exact, Matrix};
/// let a: Matrix<Exact> = Matrix::from_rationals(&[[1, 2], [3, 4]].map(|row| row.map(rug::Rational::from)).into(), 64);
/// assert_eq!(a.times(&a)[(1, 1)].to_string(), "22");
/// assert_eq!(a.transpose_times(&a)[(0, 1)].to_string(), "14");
/// assert_eq!(a.times_transpose(&a)[(0, 1)].to_string(), "11");
/// ```
impl<T: Ring> Matrix<T> {
    /// The matrix of the given rationals, each rounded (or enclosed) at `bits` bits.
    #[must_use]
    pub fn from_rationals(values: &Matrix<rug::Rational>, bits: u32) -> Self {
        values.map(|value| T::from_rational(value, bits))
    }

    /// The matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize, bits: u32) -> Self {
        Self::from_fn(rows, columns, |_, _| T::zero(bits))
    }

    /// The identity matrix.
    #[must_use]
    pub fn identity(size: usize, bits: u32) -> Self {
        Self::from_fn(size, size, |i, j| if i == j { T::one(bits) } else { T::zero(bits) })
    }

    /// The largest precision among the entries; 64 if there are none.
    #[must_use]
    pub fn bits(&self) -> u32 {
        largest_bits(self.entries())
    }

    fn bits_with(&self, other: &Self) -> u32 {
        largest_bits(self.entries().iter().chain(other.entries()))
    }

    /// The product A B.
    ///
    /// # Panics
    ///
    /// If A has not as many columns as B has rows.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        T::matrix_product(View::of(self), View::of(other), self.bits_with(other))
    }

    /// The product Aᵀ B.
    ///
    /// # Panics
    ///
    /// If A has not as many rows as B.
    #[must_use]
    pub fn transpose_times(&self, other: &Self) -> Self {
        T::matrix_product(View::of(self).transposed(), View::of(other), self.bits_with(other))
    }

    /// The product A Bᵀ.
    ///
    /// # Panics
    ///
    /// If A has not as many columns as B.
    #[must_use]
    pub fn times_transpose(&self, other: &Self) -> Self {
        T::matrix_product(View::of(self), View::of(other).transposed(), self.bits_with(other))
    }

    /// The sum A + B.
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.assert_shape(other);
        for (entry, other) in self.entries_mut().iter_mut().zip(other.entries()) {
            *entry += other;
        }
        self
    }

    /// The difference A − B.
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    #[must_use]
    pub fn minus(mut self, other: &Self) -> Self {
        self.assert_shape(other);
        for (entry, other) in self.entries_mut().iter_mut().zip(other.entries()) {
            *entry -= other;
        }
        self
    }

    /// The multiple c A.
    #[must_use]
    pub fn scaled(&self, factor: &T) -> Self {
        self.map(|entry| entry.clone() * factor)
    }

    /// The difference A − c B, both operations rounded.
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    #[must_use]
    pub fn minus_multiple(&self, factor: &T, other: &Self) -> Self {
        self.assert_shape(other);
        let mut difference = self.clone();
        let mut multiple = T::zero(factor.bits());
        for (entry, other) in difference.entries_mut().iter_mut().zip(other.entries()) {
            multiple.set_product(other, factor);
            *entry -= &multiple;
        }
        difference
    }

    /// The Kronecker product A ⊗ B: the block in row `i` and column `j` is aᵢⱼ B.
    ///
    /// With matrices written column by column as vectors, `(A ⊗ B) vec(X) = vec(B X Aᵀ)`.
    ///
    /// ```
    /// use enclosures::number::{Exact, Matrix, Ring};
    /// let lift = |entries: [i32; 2]| Matrix::row_vector(entries.map(|k| Exact::from_rational(&k.into(), 64)).to_vec());
    /// let product = lift([2, 3]).kronecker(&lift([1, -1]).transposed());
    /// assert_eq!(product.map(ToString::to_string).row(1), ["-2", "-3"]);
    /// ```
    #[must_use]
    pub fn kronecker(&self, other: &Self) -> Self {
        let (rows, columns) = (other.rows(), other.columns());
        Self::from_fn(self.rows() * rows, self.columns() * columns, |i, j| {
            self[(i / rows, j / columns)].clone() * &other[(i % rows, j % columns)]
        })
    }

    /// The trace Σ aᵢᵢ.
    ///
    /// # Panics
    ///
    /// If the matrix is not square.
    #[must_use]
    pub fn trace(&self) -> T {
        assert_eq!(self.rows(), self.columns(), "the trace of a matrix that is not square");
        (0..self.rows()).fold(T::zero(self.bits()), |sum, i| sum + &self[(i, i)])
    }

    /// The inner product ⟨A, B⟩ = Σ aᵢⱼ bᵢⱼ = tr(Aᵀ B).
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    #[must_use]
    pub fn inner(&self, other: &Self) -> T {
        self.assert_shape(other);
        dot(self.entries(), other.entries())
    }

    /// The squared Frobenius norm Σ aᵢⱼ².
    #[must_use]
    pub fn frobenius_squared(&self) -> T {
        self.entries().iter().fold(T::zero(self.bits()), |sum, entry| sum + entry.square())
    }

    fn assert_shape(&self, other: &Self) {
        assert_eq!((self.rows(), self.columns()), (other.rows(), other.columns()), "shapes of two matrices");
    }
}

/// What needs roots, comparison and the values themselves.
impl<T: Real> Matrix<T> {
    /// The Frobenius norm (Σ aᵢⱼ²)^½.
    #[must_use]
    pub fn frobenius(&self) -> T {
        self.frobenius_squared().sqrt_of_nonnegative()
    }

    /// Whether every entry is defined.
    #[must_use]
    pub fn is_defined(&self) -> bool {
        self.entries().iter().all(T::is_defined)
    }

    /// The rationals that the entries are, if every one is known exactly.
    #[must_use]
    pub fn exact(&self) -> Option<Matrix<rug::Rational>> {
        let entries: Vec<rug::Rational> = self.entries().iter().map(T::exact).collect::<Option<_>>()?;
        Some(Matrix::from_fn(self.rows(), self.columns(), |i, j| entries[i * self.columns() + j].clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::{Ball, Exact, Float};

    fn sample(rows: usize, columns: usize, seed: i64) -> Matrix<rug::Rational> {
        Matrix::from_fn(rows, columns, |i, j| {
            let k = (i * columns + j) as i64;
            rug::Rational::from(((7 * k * k + seed * k + 3) % 23 - 11, (k + seed) % 5 + 1))
        })
    }

    fn exact(matrix: &Matrix<Exact>) -> Matrix<rug::Rational> {
        matrix.map(|entry| entry.value().unwrap().clone())
    }

    #[test]
    fn the_three_products_agree_with_the_definition() {
        let (a, b) = (sample(2, 3, 1), sample(3, 4, 2));
        let number = |matrix: &Matrix<rug::Rational>| Matrix::<Exact>::from_rationals(matrix, 64);
        let product = Matrix::from_fn(2, 4, |i, j| {
            a.row(i).iter().zip(b.column(j)).map(|(x, y)| rug::Rational::from(x * y)).sum::<rug::Rational>()
        });
        assert_eq!(exact(&number(&a).times(&number(&b))), product);
        assert_eq!(exact(&number(&a.transposed()).transpose_times(&number(&b))), product);
        assert_eq!(exact(&number(&a).times_transpose(&number(&b.transposed()))), product);
    }

    #[test]
    fn sums_and_scalars() {
        let (a, b) = (sample(2, 2, 1), sample(2, 2, 4));
        let (x, y) = (Matrix::<Exact>::from_rationals(&a, 64), Matrix::<Exact>::from_rationals(&b, 64));
        let entry = |i, j| (a[(i, j)].clone(), b[(i, j)].clone());
        let (sum, difference) = (x.clone().plus(&y), x.clone().minus(&y));
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let (left, right) = entry(i, j);
            assert_eq!(sum[(i, j)].exact(), Some(left.clone() + &right));
            assert_eq!(difference[(i, j)].exact(), Some(left.clone() - &right));
            assert_eq!(x.scaled(&y[(0, 0)])[(i, j)].exact(), Some(left.clone() * &b[(0, 0)]));
            let difference = x.minus_multiple(&y[(0, 0)], &y);
            assert_eq!(difference[(i, j)].exact(), Some(left - right * &b[(0, 0)]));
        }
        assert_eq!(x.trace().exact(), Some(a[(0, 0)].clone() + &a[(1, 1)]));
        assert_eq!(x.inner(&y).equals(&x.transpose_times(&y).trace()), crate::number::Truth::True);
        assert_eq!(x.frobenius_squared().equals(&x.inner(&x)), crate::number::Truth::True);
        let identity = Matrix::<Exact>::identity(2, 64);
        assert_eq!(exact(&identity.times(&x)), a);
        assert_eq!(exact(&x.times(&identity)), a);
        assert_eq!(exact(&Matrix::zeros(2, 2, 64).plus(&x)), a);
    }

    #[test]
    fn kronecker_products_act_on_matrices_written_column_by_column() {
        let lift = |rows, columns, seed| Matrix::<Exact>::from_rationals(&sample(rows, columns, seed), 64);
        let (a, b, x) = (lift(2, 3, 1), lift(4, 2, 6), lift(2, 3, 9));
        let stacked = |matrix: &Matrix<Exact>| Matrix::row_vector(matrix.transposed().entries().to_vec()).transposed();
        let image = b.times(&x).times_transpose(&a);
        assert_eq!(exact(&a.kronecker(&b).times(&stacked(&x))), exact(&stacked(&image)));
        // (A ⊗ B)(C ⊗ D) = AC ⊗ BD.
        let (c, d) = (lift(3, 2, 4), lift(2, 5, 2));
        let product = a.kronecker(&b).times(&c.kronecker(&d));
        assert_eq!(exact(&product), exact(&a.times(&c).kronecker(&b.times(&d))));
        let nothing = Matrix::zeros(0, 3, 64).kronecker(&a);
        assert_eq!((nothing.rows(), nothing.columns()), (0, 9));
    }

    #[test]
    fn norms() {
        let a = Matrix::<Ball>::from_rationals(&Matrix::row_vector(vec![3.into(), 4.into()]), 100);
        assert_eq!(a.frobenius().exact(), Some(5.into()));
        assert!(a.is_defined());
        let gone = Matrix::row_vector(vec![Ball::whole_line(100), Ball::one(100)]);
        assert!(!gone.is_defined());
        assert!(!gone.frobenius().is_defined());
    }

    #[test]
    fn the_largest_precision_wins_and_nothing_sums_to_zero() {
        let narrow = Matrix::<Float>::from_rationals(&sample(2, 2, 1), 30);
        let mut wide = narrow.clone();
        wide[(1, 1)] = Float::from_rational(&rug::Rational::from((1, 3)), 150);
        assert!(narrow.times(&wide).entries().iter().all(|entry| entry.bits() == 150));
        assert!(wide.transpose_times(&narrow).entries().iter().all(|entry| entry.bits() == 150));
        assert_eq!(dot(narrow.entries(), wide.entries()).bits(), 150);
        assert_eq!(wide.trace().bits(), 150);
        assert_eq!(wide.frobenius_squared().bits(), 150);
        let nothing = Matrix::<Float>::zeros(0, 3, 90);
        let product = nothing.transpose_times(&nothing);
        assert_eq!((product.rows(), product.columns()), (3, 3));
        assert!(product.entries().iter().all(|entry| entry.exact() == Some(rug::Rational::new())));
        assert_eq!(nothing.frobenius_squared().exact(), Some(rug::Rational::new()));
    }

    #[test]
    fn balls_enclose_the_exact_product() {
        let (a, b) = (sample(4, 5, 3), sample(5, 3, 8));
        let exact = Matrix::<Exact>::from_rationals(&a, 64).times(&Matrix::from_rationals(&b, 64));
        for bits in [20, 64, 128, 1000] {
            let product = Matrix::<Ball>::from_rationals(&a, bits).times(&Matrix::from_rationals(&b, bits));
            for (ball, value) in product.entries().iter().zip(exact.entries()) {
                assert!(ball.contains_rational(value.value().unwrap()));
            }
        }
    }
}
