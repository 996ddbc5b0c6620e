//! Certified singular values, spectral norms and rank gaps.
//!
//! No decomposition is trusted. An approximate `V` comes from one-sided Jacobi rotations and is then taken as it is, a
//! matrix of exact numbers; what follows holds for every square `V` and is computed in the arithmetic of `T`, so that
//! over balls the results are enclosures. `A` is `m × n` with `n ≤ m` (else its transpose is used):
//!
//! 1. `β ≥ ‖VᵀV − I‖_F`. If `β < 1`, Ostrowski's inequality gives
//!    `σ_i(AV)/√(1+β) ≤ σ_i(A) ≤ σ_i(AV)/√(1−β)`.
//! 2. `W = (AV)ᵀ(AV)` is nearly diagonal, and its eigenvalues `σ_i(AV)²` are enclosed with the inequalities of Weyl and
//!    Cauchy, windows of close values being told apart from each other by the law of inertia; the module `gram` has the
//!    formulas and their proofs. No left singular vectors are needed, and no gap: repeated and clustered values
//!    are enclosed as well as separated ones.
//! 3. If the approximation is so bad that this says nothing, `‖A‖_F²/n ≤ σ_1²` and `σ_i² ≤ ‖A‖_F²/i` remain.
//!
//! Rows and columns that are exactly zero are set aside first. If then one row or column is left, the matrix has rank at
//! most one by its structure: `σ_1 = ‖A‖_F` is computed as such, and the other values and the rank gap are exactly zero.
//!
//! Over [`Float`](crate::number::Float) the results are approximations, over [`Rational`](crate::number::Rational) they
//! are defined where the bounds meet: for structural rank one, and for matrices with orthogonal columns.

use rug::{Float, Rational};

use super::gram::{GramBounds, gram, greatest, least};
use super::jacobi::{refined_right_vectors, right_vectors};
use crate::number::{Real, Sign};
use crate::problem::Matrix;

/// How much work to put into the approximation, which decides how tight the enclosures are. They are rigorous in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Singular vectors from f64: separated values to about 2^−100 in relative terms, clusters to about 2^−48, values
    /// below 2^−48 of the largest perhaps not at all.
    Quick,
    /// Singular vectors at the precision of the matrix: a few units of the last place of the largest value.
    /// Several times the time of [`Quick`](Self::Quick).
    Tight,
}

/// The singular values of a matrix, and what is needed to enclose its singular vectors.
#[derive(Clone, Debug)]
pub struct Spectrum<T> {
    /// The numbers of rows and columns.
    pub(super) size: (usize, usize),
    squares: Vec<T>,
    rank_gap: T,
    pub(super) shape: Shape<T>,
}

/// What is known of the factors.
#[derive(Clone, Debug)]
pub(super) enum Shape<T> {
    /// Exactly zero, or of no size.
    Zero,
    /// Undefined.
    Unknown,
    /// All but one row or one column is exactly zero.
    Line {
        /// The index of the row or column.
        index: usize,
        /// Whether it is a row.
        is_row: bool,
        /// Its entries, zeros included.
        entries: Vec<T>,
    },
    /// An approximate decomposition.
    Factors(Factors<T>),
}

/// An approximate decomposition of the matrix without its zero rows and columns, transposed if it is wide.
#[derive(Clone, Debug)]
pub(super) struct Factors<T> {
    /// Whether the matrix was transposed.
    pub(super) is_transposed: bool,
    /// The rows and columns of the original matrix that are not exactly zero.
    pub(super) kept: (Vec<usize>, Vec<usize>),
    /// The columns of `V` as rows.
    pub(super) vectors: Matrix<T>,
    /// The columns of `AV` as rows.
    pub(super) images: Matrix<T>,
    /// `VᵀV − I`.
    pub(super) defect: Matrix<T>,
    /// A bound of its Frobenius norm, below 1.
    pub(super) beta: T,
    /// `(AV)ᵀ(AV)`.
    pub(super) gram: Matrix<T>,
}

impl<T: Real> Spectrum<T> {
    /// The spectrum of a matrix.
    #[must_use]
    pub fn of(matrix: &Matrix<T>, effort: Effort) -> Self {
        let bits = matrix.bits();
        let size = (matrix.rows(), matrix.columns());
        let count = size.0.min(size.1);
        let norm_squared = matrix.frobenius_squared();
        if !norm_squared.is_defined() {
            let squares = vec![norm_squared.clone(); count];
            return Self { size, squares, rank_gap: norm_squared, shape: Shape::Unknown };
        }
        let is_zero = |entry: &T| entry.sign() == Sign::Zero;
        let rows: Vec<usize> = (0..size.0).filter(|&i| !matrix.row(i).iter().all(is_zero)).collect();
        let columns: Vec<usize> = (0..size.1).filter(|&j| !matrix.column(j).all(is_zero)).collect();
        let zero = T::zero(bits);
        let (mut squares, rank_gap, shape) = match (rows.as_slice(), columns.as_slice()) {
            ([], _) | (_, []) => (vec![], zero.clone(), Shape::Zero),
            (&[index], _) => {
                let entries = matrix.row(index).to_vec();
                (vec![norm_squared], zero.clone(), Shape::Line { index, is_row: true, entries })
            }
            (_, &[index]) => {
                let entries = matrix.column(index).cloned().collect();
                (vec![norm_squared], zero.clone(), Shape::Line { index, is_row: false, entries })
            }
            _ => {
                let is_transposed = rows.len() < columns.len();
                let tall = if is_transposed {
                    Matrix::from_fn(columns.len(), rows.len(), |i, j| matrix[(rows[j], columns[i])].clone())
                } else {
                    Matrix::from_fn(rows.len(), columns.len(), |i, j| matrix[(rows[i], columns[j])].clone())
                };
                let factors = Factors::of(&tall, is_transposed, (rows, columns), effort);
                let Enclosure { squares, rank_gap } = factors.enclose(&norm_squared);
                (squares, rank_gap, Shape::Factors(factors))
            }
        };
        squares.resize(count, zero);
        Self { size, squares, rank_gap, shape }
    }

    /// The squares of the singular values, descending, `min(m, n)` of them.
    #[must_use]
    pub fn squares(&self) -> &[T] {
        &self.squares
    }

    /// The singular values `σ_1 ≥ σ_2 ≥ …`, `min(m, n)` of them.
    #[must_use]
    pub fn singular_values(&self) -> Vec<T> {
        self.squares.iter().cloned().map(T::sqrt_of_nonnegative).collect()
    }

    /// `σ_1²`; zero of a matrix of no size.
    #[must_use]
    pub fn norm_squared(&self) -> T {
        self.squares.first().cloned().unwrap_or_else(|| self.rank_gap.clone())
    }

    /// The spectral norm `‖A‖_2 = σ_1`; zero of a matrix of no size.
    #[must_use]
    pub fn norm(&self) -> T {
        self.norm_squared().sqrt_of_nonnegative()
    }

    /// `σ_2`, exactly zero of a matrix with one row or one column.
    #[must_use]
    pub fn second(&self) -> T {
        match self.squares.get(1) {
            Some(square) => square.clone().sqrt_of_nonnegative(),
            None => T::zero(self.rank_gap.bits()),
        }
    }

    /// `‖A‖_F² − ‖A‖_2² = Σ_{i≥2} σ_i²`, exactly zero of a matrix with one row or one column.
    ///
    /// It is enclosed without the subtraction: near rank one the relative width stays that of `σ_2²`.
    #[must_use]
    pub fn rank_gap(&self) -> &T {
        &self.rank_gap
    }
}

struct Enclosure<T> {
    squares: Vec<T>,
    rank_gap: T,
}

impl<T: Real> Factors<T> {
    /// The decomposition of a matrix with at least as many rows as columns, none of them zero.
    fn of(tall: &Matrix<T>, is_transposed: bool, kept: (Vec<usize>, Vec<usize>), effort: Effort) -> Self {
        let bits = tall.bits();
        let (approximation, scaled) = approximation(tall);
        let start = right_vectors(&approximation);
        let (vectors, defect) = match effort {
            Effort::Quick => orthogonalised(start.transposed().map(|entry| exactly(Rational::from_f64(*entry), bits))),
            Effort::Tight => {
                let matrix = scaled.map(|entry| Float::with_val(bits, entry.midpoint().exact().unwrap_or_default()));
                let vectors = refined_right_vectors(&matrix, &start, bits).transposed();
                with_defect(vectors.map(|entry| exactly(entry.to_rational(), bits)))
            }
        };
        let beta = defect.frobenius();
        let images = vectors.times_transpose(tall);
        let gram = gram(&images);
        Self { is_transposed, kept, vectors, images, defect, beta, gram }
    }

    fn enclose(&self, norm_squared: &T) -> Enclosure<T> {
        let size = self.gram.rows();
        let bits = self.gram.bits();
        let stretch = T::one(bits) + &self.beta;
        let shrink = T::one(bits) - &self.beta;
        if shrink.sign() != Sign::Positive {
            return Enclosure::from_norm(norm_squared, size);
        }
        let GramBounds { lower, upper, all_but_first: (least_rest, greatest_rest) } = GramBounds::of(&self.gram);
        let mut bounds: Vec<(T, T)> =
            lower.into_iter().zip(upper).map(|(lower, upper)| (lower / &stretch, upper / &shrink)).collect();
        bounds[0].1 = least(bounds[0].1.clone(), norm_squared.clone());
        // The order of the values tightens what is known of each.
        for i in (1..size).rev() {
            bounds[i - 1].0 = greatest(bounds[i - 1].0.clone(), bounds[i].0.clone());
        }
        for i in 1..size {
            bounds[i].1 = least(bounds[i].1.clone(), bounds[i - 1].1.clone());
        }
        Enclosure {
            squares: bounds.iter().map(|(lower, upper)| T::between(lower, upper)).collect(),
            rank_gap: T::between(&(least_rest / &stretch), &(greatest_rest / &shrink)),
        }
    }
}

impl<T: Real> Enclosure<T> {
    /// What the Frobenius norm says of the values of a matrix of rank at most `size`.
    fn from_norm(norm_squared: &T, size: usize) -> Self {
        let zero = T::zero(norm_squared.bits());
        let share = |i: usize| norm_squared.clone() / norm_squared.constant(i);
        let lower = |i: usize| if i == 1 { share(size) } else { zero.clone() };
        let all_but_largest = norm_squared.clone() - &share(size);
        Self {
            squares: (1..=size).map(|i| T::between(&lower(i), &share(i))).collect(),
            rank_gap: T::between(&zero, &all_but_largest),
        }
    }
}

/// The number without uncertainty nearest to `value` at `bits` bits; zero where there is none.
fn exactly<T: Real>(value: Option<Rational>, bits: u32) -> T {
    T::from_rational(&value.unwrap_or_default(), bits).midpoint()
}

/// The matrix in f64 and in `T`, divided by its largest entry if it is out of the range where f64 can square.
fn approximation<T: Real>(matrix: &Matrix<T>) -> (Matrix<f64>, Matrix<T>) {
    let approximate = |matrix: &Matrix<T>| matrix.map(T::approximate);
    let plain = approximate(matrix);
    let largest = plain.entries().iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
    if (1e-100..1e100).contains(&largest) {
        return (plain, matrix.clone());
    }
    let sizes = matrix.entries().iter().map(|entry| entry.midpoint().abs());
    let largest = sizes.fold(T::zero(matrix.bits()), |largest, size| largest.max(&size));
    let scaled = matrix.map(|entry| entry.clone() / &largest);
    (approximate(&scaled), scaled)
}

/// One step of Newton and Schulz, `V (3 I − VᵀV)/2`, which squares the defect; for the transposed `V`.
fn orthogonalised<T: Real>(vectors: Matrix<T>) -> (Matrix<T>, Matrix<T>) {
    let (vectors, defect) = with_defect(vectors);
    if defect.entries().iter().all(|entry| entry.sign() == Sign::Zero) {
        return (vectors, defect);
    }
    let half = T::from_rational(&Rational::from((-1, 2)), defect.bits());
    let correction = defect.scaled(&half).times(&vectors);
    with_defect(vectors.plus(&correction).map(T::midpoint))
}

/// `V` with `VᵀV − I`, both from the transposed `V`.
fn with_defect<T: Real>(vectors: Matrix<T>) -> (Matrix<T>, Matrix<T>) {
    let mut defect = gram(&vectors);
    let one = T::one(defect.bits());
    for i in 0..defect.rows() {
        defect[(i, i)] -= &one;
    }
    (vectors, defect)
}

/// The singular values, descending, all `min(m, n)` of them. See the [module](self) for how, [`Spectrum`] for more.
///
/// ```
/// use gradient_witness::number::{Ball, Real, Ring};
/// use gradient_witness::problem::Matrix;
/// use gradient_witness::reference::spectral::{Effort, singular_values};
/// use rug::Rational;
/// // σ = 3·√5 and √5.
/// let rows = [[3, 0], [4, 5]].map(|row| row.map(Rational::from).to_vec()).to_vec();
/// let matrix = Matrix::<Ball>::from_rationals(&Matrix::from_rows(rows).unwrap(), 128);
/// let values = singular_values(&matrix, Effort::Tight);
/// assert!(values[0].square().contains_rational(&Rational::from(45)));
/// assert!(values[1].square().contains_rational(&Rational::from(5)));
/// assert!(values[0].upper_f64() - values[0].lower_f64() < 1e-14);
/// ```
#[must_use]
pub fn singular_values<T: Real>(matrix: &Matrix<T>, effort: Effort) -> Vec<T> {
    Spectrum::of(matrix, effort).singular_values()
}

/// The spectral norm `‖A‖_2 = σ_1`; `‖A‖_F` by structure for one row or one column.
#[must_use]
pub fn spectral_norm<T: Real>(matrix: &Matrix<T>, effort: Effort) -> T {
    Spectrum::of(matrix, effort).norm()
}

/// `‖A‖_F² − ‖A‖_2²`, exactly zero for one row or one column: see [`Spectrum::rank_gap`].
#[must_use]
pub fn rank_gap<T: Real>(matrix: &Matrix<T>, effort: Effort) -> T {
    Spectrum::of(matrix, effort).rank_gap
}

/// The second singular value `σ_2`, exactly zero for one row or one column.
#[must_use]
pub fn second_singular_value<T: Real>(matrix: &Matrix<T>, effort: Effort) -> T {
    Spectrum::of(matrix, effort).second()
}

/// A number that `‖A‖_2²` is at least, and hardly more than: the Rayleigh quotient `‖Av‖²/‖v‖²` of an approximate top
/// right singular vector. Cheaper than the enclosure; exactly `‖A‖_F²` for one row or one column.
#[must_use]
pub fn spectral_norm_squared_at_least<T: Real>(matrix: &Matrix<T>) -> T {
    let bits = matrix.bits();
    if matrix.rows().min(matrix.columns()) <= 1 || !matrix.is_defined() {
        return matrix.frobenius_squared();
    }
    let (approximation, _) = approximation(matrix);
    let is_wide = matrix.rows() < matrix.columns();
    // The shorter side has the smaller rotation; a left vector serves the transpose.
    let vectors = right_vectors(&if is_wide { approximation.transposed() } else { approximation });
    let vector = Matrix::from_fn(1, vectors.rows(), |_, i| exactly(Rational::from_f64(vectors[(i, 0)]), bits));
    let image: Matrix<T> = if is_wide { vector.times(matrix) } else { vector.times_transpose(matrix) };
    image.frobenius_squared() / vector.frobenius_squared()
}
