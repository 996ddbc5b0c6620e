//! Certified singular values, spectral norms and rank gaps.
//!
//! No decomposition is trusted. An approximate `V` comes from one-sided Jacobi rotations and is then taken as it is, a
//! matrix of exact numbers or of enclosures of exact numbers; what follows holds for every square `V` and is computed in
//! the arithmetic of `T`, so that over balls the results are enclosures. `A` is `m × n` with `n ≤ m` (else its transpose
//! is used):
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
//! If two are left, the values have a closed form and need no approximation.
//!
//! # Widths
//!
//! log2 of the relative width, at most, of `σ_1²`, of the worst `σ_i²` and of the rank gap, for 6×6 matrices of balls with
//! known values at 128 bits; the tests hold them there. "none" means that zero is not excluded.
//!
//! | values | [`Quick`](Effort::Quick) | [`Tight`](Effort::Tight) |
//! |---|---|---|
//! | 6, 5, …, 1 | −92, −92, −92 | −120, −120, −120 |
//! | all equal | −92, −92, −92 | −120, −120, −120 |
//! | three 2s, three 1s | −92, −92, −92 | −119, −119, −119 |
//! | 1 + 1e−30, 1, … | −45, −45, −45 | −120, −120, −120 |
//! | three within 1e−10 of 1, … | −45, −45, −45 | −120, −119, −120 |
//! | 1, then 1e−16 · (5, …, 1) | −94, none, −3 | −120, −43, −73 |
//! | 1, then 1e−60 · (5, …, 1) | −94, none, none | −120, none, none |
//! | rank one | −94, none, none | −120, none, none |
//! | rank three | −92, none, −92 | −120, none, −120 |
//! | graded from 1 to 1e−12 | −94, none, −85 | −120, −80, −115 |
//! | graded from 1 to 1e−300 | −94, none, none | −120, none, none |
//!
//! The rounding of the matrix itself is the floor: what is below 2^−p of `σ_1` cannot be told from zero at `p` bits.
//! All values of a 64×64 matrix at 256 bits take some seconds with `Tight`, half a second with `Quick`; of a 16×16 matrix some
//! hundredths (`benches/singular_values.rs`).
//!
//! # What f64 libraries make of such matrices
//!
//! Of 6×6 matrices of these families, their entries rounded to f64, how many decimal digits are right at the worst of twenty draws: of
//! all values in terms of `σ_1` / of the least value in its own terms. The truth is that of the rounded matrix; a test
//! notices when this changes. (nalgebra 0.35, faer 0.24; "all" is an error below 1e−13, "none" one above 0.1.)
//!
//! | values | nalgebra, values alone | nalgebra, with vectors | faer, values alone |
//! |---|---|---|---|
//! | separated, repeated, clustered | all / all | all / all | all / all |
//! | 1, then 1e−16 · (5, …, 1) | all / none | **some** / none | all / none |
//! | 1, then 1e−60 · (5, …, 1) | all / none | all / none | all / none |
//! | rank one | all / none | all / none | all / none |
//! | rank three | all / none | **some** / none | all / none |
//! | graded from 1 to 1e−12 | all / some | all / some | all / some |
//! | graded from 1 to 1e−300 | all / none | all / none | all / none |
//!
//! That small values are lost is what a backward stable algorithm does: it gives the values of a matrix within some 2^−52 of `σ_1`.
//! That `svd(true, true)` of nalgebra loses the large ones too is a defect, and a silent one: on 7 and 5 of the twenty matrices near a
//! deficient rank values were off by up to 0.025 `σ_1`. Here a value is raised out of the noise by more bits: see
//! [`raised_precision`](super::raised_precision).
//!
//! Over [`Float`](crate::number::Float) the results are approximations, over [`Exact`](crate::number::Exact) they
//! are defined where the bounds meet: for structural rank one, and for matrices with orthogonal columns.

use std::sync::OnceLock;

use super::elimination::rank;
use super::factors::{Factors, Squares, top_vector};
use super::singular_vectors::{Declined, SingularSpaces};
use super::two_columns;
use crate::number::{Matrix, Real, Sign};

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
    /// The spaces of the largest values, found when first asked for.
    pub(super) top: OnceLock<Result<SingularSpaces<T>, Declined>>,
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
    /// None of these.
    Full(Core<T>),
}

/// A matrix without its zero rows and columns, transposed if it is wide.
#[derive(Clone, Debug)]
pub(super) struct Core<T> {
    pub(super) tall: Matrix<T>,
    pub(super) is_transposed: bool,
    /// The rows and columns of the original matrix that are not exactly zero.
    pub(super) kept: (Vec<usize>, Vec<usize>),
    pub(super) effort: Effort,
    factors: OnceLock<Factors<T>>,
}

impl<T: Real> Core<T> {
    fn of(matrix: &Matrix<T>, rows: Vec<usize>, columns: Vec<usize>, effort: Effort) -> Self {
        let is_transposed = rows.len() < columns.len();
        let tall = if is_transposed {
            Matrix::from_fn(columns.len(), rows.len(), |i, j| matrix[(rows[j], columns[i])].clone())
        } else {
            Matrix::from_fn(rows.len(), columns.len(), |i, j| matrix[(rows[i], columns[j])].clone())
        };
        Self { tall, is_transposed, kept: (rows, columns), effort, factors: OnceLock::new() }
    }

    /// The decomposition, made when first asked for.
    pub(super) fn factors(&self) -> &Factors<T> {
        self.factors.get_or_init(|| Factors::of(&self.tall, self.effort))
    }

    fn squares(&self) -> Squares<T> {
        let closed = (self.tall.columns() == 2).then(|| two_columns::squares(&self.tall)).flatten();
        closed.unwrap_or_else(|| self.factors().squares(|| self.tall.frobenius_squared()))
    }
}

impl<T: Real> Spectrum<T> {
    /// The spectrum of a matrix.
    #[must_use]
    pub fn of(matrix: &Matrix<T>, effort: Effort) -> Self {
        let bits = matrix.bits();
        let size = (matrix.rows(), matrix.columns());
        let count = size.0.min(size.1);
        if let Some(undefined) = matrix.entries().iter().find(|entry| !entry.is_defined()) {
            let squares = vec![undefined.clone(); count];
            let (rank_gap, shape) = (undefined.clone(), Shape::Unknown);
            return Self { size, squares, rank_gap, shape, top: OnceLock::new() };
        }
        let is_zero = |entry: &T| entry.sign() == Sign::Zero;
        let rows: Vec<usize> = (0..size.0).filter(|&i| !matrix.row(i).iter().all(is_zero)).collect();
        let columns: Vec<usize> = (0..size.1).filter(|&j| !matrix.column(j).all(is_zero)).collect();
        let zero = T::zero(bits);
        let line = |index, is_row, entries| {
            (vec![matrix.frobenius_squared()], zero.clone(), Shape::Line { index, is_row, entries })
        };
        let (mut squares, rank_gap, shape) = match (rows.as_slice(), columns.as_slice()) {
            ([], _) | (_, []) => (vec![], zero.clone(), Shape::Zero),
            (&[index], _) => line(index, true, matrix.row(index).to_vec()),
            (_, &[index]) => line(index, false, matrix.column(index).cloned().collect()),
            _ => {
                let core = Core::of(matrix, rows, columns, effort);
                let Squares { all, rank_gap } = core.squares();
                (all, rank_gap, Shape::Full(core))
            }
        };
        squares.resize(count, zero);
        Self { size, squares, rank_gap, shape, top: OnceLock::new() }
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

    /// `σ_min`, the `min(m, n)`-th singular value: zeros that the shape forces do not count (the convention of Arora, Cohen,
    /// Golowich and Hu 2019). Zero of a matrix of no size.
    #[must_use]
    pub fn least(&self) -> T {
        self.least_squared().sqrt_of_nonnegative()
    }

    /// `σ_min²`: the square of [`least`](Self::least), without a root.
    #[must_use]
    pub fn least_squared(&self) -> T {
        self.squares.last().cloned().unwrap_or_else(|| self.rank_gap.clone())
    }

    /// The nuclear norm `Σ_i σ_i`; zero of a matrix of no size.
    #[must_use]
    pub fn nuclear_norm(&self) -> T {
        self.singular_values().into_iter().fold(T::zero(self.rank_gap.bits()), |sum, value| sum + &value)
    }

    /// The number of singular values that are certainly positive: every matrix in the enclosure has at least this rank. The
    /// rank itself where [`exact_rank`](Self::exact_rank) knows it.
    #[must_use]
    pub fn rank_at_least(&self) -> usize {
        self.rank_bounds().0
    }

    /// A bound of the rank from above. An enclosure with any width contains matrices of full rank, so only structure bounds it:
    /// rows and columns that are exactly zero do not count. The rank itself where [`exact_rank`](Self::exact_rank) knows it.
    #[must_use]
    pub fn rank_at_most(&self) -> usize {
        self.rank_bounds().1
    }

    fn rank_bounds(&self) -> (usize, usize) {
        let most = match &self.shape {
            Shape::Zero => 0,
            Shape::Unknown => self.squares.len(),
            Shape::Line { .. } => 1,
            Shape::Full(core) => core.tall.columns(),
        };
        let least = self.squares.iter().take_while(|square| square.sign() == Sign::Positive).count();
        if least == most { (least, most) } else { self.exact_rank().map_or((least, most), |rank| (rank, rank)) }
    }

    /// The rank, if no entry has any uncertainty, by elimination over the rationals (tens of rows at most: the
    /// fractions grow); `None` otherwise. Over [`Float`](crate::number::Float) it is the rank of the rounded matrix.
    #[must_use]
    pub fn exact_rank(&self) -> Option<usize> {
        match &self.shape {
            Shape::Zero => Some(0),
            Shape::Unknown => None,
            Shape::Line { entries, .. } => {
                let is_nonzero = |entry: &T| matches!(entry.sign(), Sign::Positive | Sign::Negative);
                entries.iter().any(is_nonzero).then_some(1)
            }
            Shape::Full(core) => Some(rank(&core.tall.exact()?)),
        }
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

/// The singular values, descending, all `min(m, n)` of them. See the [module](self) for how, [`Spectrum`] for more.
///
/// ```
/// use enclosures::number::{Ball, Matrix, Real, Ring};
/// use enclosures::algebra::spectral::{Effort, singular_values};
/// // σ = 3·√5 and √5.
/// let matrix = Matrix::from([[3, 0], [4, 5]]).map(|&entry| Ball::from_rational(&entry.into(), 128));
/// let values = singular_values(&matrix, Effort::Tight);
/// assert!(values[0].square().contains_rational(&45.into()));
/// assert!(values[1].square().contains_rational(&5.into()));
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
    if matrix.rows().min(matrix.columns()) <= 1 || !matrix.is_defined() {
        return matrix.frobenius_squared();
    }
    // The shorter side has the smaller rotation; a left vector serves the transpose.
    let (vector, image) = if matrix.rows() < matrix.columns() {
        let vector = top_vector(&matrix.transposed());
        let image = vector.times(matrix);
        (vector, image)
    } else {
        let vector = top_vector(matrix);
        let image = vector.times_transpose(matrix);
        (vector, image)
    };
    image.frobenius_squared() / vector.frobenius_squared()
}

#[cfg(test)]
mod tests;
