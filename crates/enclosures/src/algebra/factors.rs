//! The approximate decomposition behind a spectrum, and the singular values that it certifies.

use rug::Float;

use super::gram::GramBounds;
use super::jacobi::{self, Places, right_vectors};
use super::spectral::Effort;
use crate::number::{Matrix, Real, Sign};

/// Enclosures of the squares of all singular values, descending, and of the sum of all but the first; or of the eigenvalues
/// of any other positive semidefinite matrix.
#[derive(Clone, Debug)]
pub(super) struct Squares<T> {
    pub(super) all: Vec<T>,
    pub(super) rank_gap: T,
}

impl<T: Real> Squares<T> {
    /// The eigenvalues of a positive semidefinite `M`, from `W = VᵀMV`, nearly diagonal and nearly descending, and a bound
    /// `β` of `‖VᵀV − I‖_F`: Ostrowski's `λ_i(W)/(1+β) ≤ λ_i(M) ≤ λ_i(W)/(1−β)`. `None` unless `β < 1` for certain.
    pub(super) fn under_congruence(w: &Matrix<T>, beta: &T) -> Option<Self> {
        let one = T::one(w.bits());
        let shrink = one.clone() - beta;
        if shrink.sign() != Sign::Positive {
            return None;
        }
        let (shorter, longer) = (one.clone() / (one.clone() + beta), one / shrink);
        let between = |lower: T, upper: T| {
            // The lower end of an upper bound says nothing, and may be negative.
            let upper = if upper.sign() == Sign::Positive { upper } else { upper.upper() };
            T::between(&(lower * &shorter), &(upper * &longer))
        };
        let GramBounds { lower, upper, all_but_first } = GramBounds::of(w);
        Some(Self {
            all: lower.into_iter().zip(upper).map(|(lower, upper)| between(lower, upper)).collect(),
            rank_gap: between(all_but_first.0, all_but_first.1),
        })
    }

    /// What the Frobenius norm says of a matrix of rank at most `size`: `σ_1² ≥ ‖A‖_F²/n` and `σ_i² ≤ ‖A‖_F²/i`.
    fn from_norm(norm_squared: &T, size: usize) -> Self {
        let zero = T::zero(norm_squared.bits());
        let share = |i: usize| norm_squared.clone() / norm_squared.constant(i);
        let lower = |i: usize| if i == 1 { share(size) } else { zero.clone() };
        let all_but_least = norm_squared.clone() - &share(size);
        Self {
            all: (1..=size).map(|i| T::between(&lower(i), &share(i))).collect(),
            rank_gap: T::between(&zero, &all_but_least),
        }
    }
}

/// An approximate decomposition of a matrix `A` with at least as many rows as columns: a square `V` of exact numbers, or
/// of enclosures of exact numbers, and what it makes of `A`.
#[derive(Clone, Debug)]
pub(super) struct Factors<T> {
    /// The columns of `V` as rows.
    pub(super) vectors: Matrix<T>,
    /// The columns of `AV` as rows.
    pub(super) images: Matrix<T>,
    /// `(AV)ᵀ(AV)`, its diagonal nearly descending.
    pub(super) gram: Matrix<T>,
    /// `β ≥ ‖VᵀV − I‖_F`.
    pub(super) beta: T,
}

impl<T: Real> Factors<T> {
    /// The decomposition of `tall`.
    pub(super) fn of(tall: &Matrix<T>, effort: Effort) -> Self {
        let (vectors, beta) = approximate_vectors(tall, effort);
        Self::with_vectors(tall, vectors, beta)
    }

    /// The decomposition with a given `V`, by its columns as rows, and a bound of its defect.
    pub(super) fn with_vectors(tall: &Matrix<T>, vectors: Matrix<T>, beta: T) -> Self {
        let images = vectors.times_transpose(tall);
        let gram = images.times_transpose(&images);
        Self { vectors, images, gram, beta }
    }

    /// The singular values of the matrix, whose Frobenius norm is needed if the approximation has failed.
    pub(super) fn squares(&self, norm_squared: impl FnOnce() -> T) -> Squares<T> {
        Squares::under_congruence(&self.gram, &self.beta)
            .unwrap_or_else(|| Squares::from_norm(&norm_squared(), self.gram.rows()))
    }
}

/// An approximation of the `V` that makes the columns of `AV` orthogonal, by its columns as rows, made of exact numbers or of
/// enclosures of exact numbers; and `β ≥ ‖VᵀV − I‖_F`.
pub(super) fn approximate_vectors<T: Real>(matrix: &Matrix<T>, effort: Effort) -> (Matrix<T>, T) {
    let bits = matrix.bits();
    let (approximation, scaled) = approximation(matrix);
    let start = right_vectors(&approximation, Places::ByLength);
    let size = start.len();
    match effort {
        Effort::Quick => orthogonalised(Matrix::from_fn(size, size, |i, j| near(start[i][j], bits))),
        Effort::Tight => {
            let matrix = scaled.map(|entry| Float::with_val(bits, entry.midpoint().exact().unwrap_or_default()));
            let vectors = jacobi::refined(&matrix, &start, Places::ByLength, bits).vectors;
            let vectors = jacobi::orthogonalised(&vectors, bits);
            let exact = |entry: &Float| T::from_rational(&entry.to_rational().unwrap_or_default(), bits).midpoint();
            let vectors = Matrix::from_fn(size, size, |i, j| exact(&vectors[i][j]));
            let beta = defect(&vectors).frobenius();
            (vectors, beta)
        }
    }
}

/// An approximate top right singular vector of a matrix, as a row of exact numbers.
pub(super) fn top_vector<T: Real>(matrix: &Matrix<T>) -> Matrix<T> {
    let vectors = right_vectors(&approximation(matrix).0, Places::ByLength);
    Matrix::from_fn(1, vectors.len(), |_, i| near(vectors[0][i], matrix.bits()))
}

/// The number without uncertainty nearest to `value` at `bits` bits; zero where there is none.
fn near<T: Real>(value: f64, bits: u32) -> T {
    if value.is_finite() { T::from_f64(value, bits).midpoint() } else { T::zero(bits) }
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

/// One step of Newton and Schulz from `V`, given by its columns as rows, to `V − ½ V E` with `E = VᵀV − I`; and a bound of
/// its defect: `(I − ½E)(I + E)(I − ½E) − I = −¾E² + ¼E³` exactly. The result is enclosed, not rounded, so that the
/// identity is kept.
pub(super) fn orthogonalised<T: Real>(vectors: Matrix<T>) -> (Matrix<T>, T) {
    let defect = defect(&vectors);
    let beta = defect.frobenius();
    if beta.sign() == Sign::Zero {
        return (vectors, beta);
    }
    let half = beta.constant((1, 2));
    let correction = defect.scaled(&half).times(&vectors);
    let quarter_square = beta.square() * &half.square();
    (vectors.minus(&correction), quarter_square * &(beta + &half.constant(3)))
}

/// `VᵀV − I`, from the columns of `V` as rows.
pub(super) fn defect<T: Real>(vectors: &Matrix<T>) -> Matrix<T> {
    let mut defect = vectors.times_transpose(vectors);
    let one = T::one(defect.bits());
    for i in 0..defect.rows() {
        defect[(i, i)] -= &one;
    }
    defect
}
