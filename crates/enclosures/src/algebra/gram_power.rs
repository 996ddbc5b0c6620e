//! Rational powers of `AᵀA` and `AAᵀ`, enclosed.
//!
//! An exponent that is an integer needs products alone. With one row or column that is not zero, `A = σ u vᵀ` by structure and
//! `(AᵀA)^s = σ^{2s} v vᵀ`. Otherwise let `M` be the smaller of the two matrices, `f(x) = x^s`, `V` the approximate orthogonal
//! matrix of [`spectral`](super::spectral) with `‖VᵀV − I‖_F ≤ β < 1`, `C = VᵀMV`, nearly diagonal, and `D` a diagonal matrix with
//! entries `d_j ≥ 0` near those of `C`. Let `Q = V(VᵀV)^{-1/2}`, which is orthogonal, and `B = QDQᵀ`, so that `f(B) = Q f(D) Qᵀ`.
//!
//! 1. `‖M − B‖_F = ‖QᵀMQ − D‖_F ≤ ε := ‖C − D‖_F + s(2 + s)‖C‖_F` with `s = β/(1 − β) ≥ ‖(VᵀV)^{-1/2} − I‖_2`.
//! 2. `‖f(M) − f(B)‖_F ≤ L ε`, where `L` is the Lipschitz constant of `f` on an interval that contains the eigenvalues of both: in
//!    the eigenbases of `M` and of `B` the entries of `f(M) − f(B)` are those of `M − B` times divided differences of `f`.
//! 3. For `s ≤ 1` also `‖f(M) − f(B)‖_2 ≤ ε^s`: `M ⪯ B + ε`, the power is operator monotone (Löwner and Heinz), and
//!    `(x + ε)^s ≤ x^s + ε^s`. This needs no bound of the eigenvalues from below.
//! 4. `‖V f(D) Vᵀ − Q f(D) Qᵀ‖_2 ≤ β(2 + β) max_j f(d_j)`.
//!
//! So every entry of `V f(D) Vᵀ` is known up to the sum of these bounds. The larger of the two matrices is `T M^{s−1} Tᵀ` for
//! `T = A` or `Aᵀ`; if `M` may be singular, so that `M^{s−1}` may not exist, the larger matrix is treated as `M` is above, and
//! for `s < 1` the third bound alone is left: about `2^{−ps}` at `p` bits.

use super::factors::Factors;
use super::spectral::{Core, Shape, Spectrum};
use crate::number::{Matrix, Real, Sign};

/// The exponent of a power, in lowest terms.
#[derive(Clone, Copy)]
struct Exponent {
    numerator: i64,
    denominator: u32,
}

impl Exponent {
    /// The denominator is not zero.
    fn new(numerator: u32, denominator: u32) -> Self {
        let reduced = rug::Rational::from((numerator, denominator));
        Self { numerator: reduced.numer().to_i64_wrapping(), denominator: reduced.denom().to_u32_wrapping() }
    }

    fn is_integer(self) -> bool {
        self.denominator == 1
    }

    fn minus_one(self) -> Self {
        Self { numerator: self.numerator - i64::from(self.denominator), ..self }
    }

    /// `x^s` of a non-negative number, a positive one if `s` is negative.
    fn of<T: Real>(self, x: &T) -> T {
        let Ok(numerator) = u32::try_from(self.numerator.unsigned_abs()) else {
            let zero = T::zero(x.bits());
            return zero.clone() / &zero;
        };
        let power = x.rational_power(numerator, self.denominator);
        if self.numerator < 0 { T::one(x.bits()) / power } else { power }
    }

    /// The greatest slope of `x^s` between two bounds, undefined if there is none.
    fn greatest_slope<T: Real>(self, lower: &T, upper: &T) -> T {
        let slope_power = self.minus_one();
        let steepest = if slope_power.numerator < 0 { lower } else { upper };
        let factor = steepest.constant((self.numerator.unsigned_abs(), self.denominator));
        factor * &slope_power.of(steepest)
    }
}

impl<T: Real> Spectrum<T> {
    /// `(AᵀA)^(numerator/denominator)`, with the identity for the exponent 0. See [`gram_power`](self) for how.
    ///
    /// Its width is that of the entries times the slope of the power at the least eigenvalue; where that may be zero and
    /// the exponent is below 1 about `2^{−ps}` at `p` bits remain. Undefined if the denominator is zero.
    ///
    /// ```
    /// use enclosures::number::{Ball, Matrix, Ring};
    /// use enclosures::algebra::spectral::{Effort, Spectrum};
    /// // AᵀA = [[5, 4], [4, 5]] has the eigenvalues 9 and 1: its root is A itself.
    /// let matrix = Matrix::from([[2, 1], [1, 2]]).map(|&entry| Ball::from_rational(&entry.into(), 128));
    /// let root = Spectrum::of(&matrix, Effort::Tight).right_power(1, 2);
    /// assert!(root[(0, 0)].contains_rational(&2.into()) && root[(0, 1)].contains_rational(&1.into()));
    /// ```
    #[must_use]
    pub fn right_power(&self, numerator: u32, denominator: u32) -> Matrix<T> {
        self.power(numerator, denominator, false)
    }

    /// `(AAᵀ)^(numerator/denominator)`: as [`right_power`](Self::right_power).
    #[must_use]
    pub fn left_power(&self, numerator: u32, denominator: u32) -> Matrix<T> {
        self.power(numerator, denominator, true)
    }

    fn power(&self, numerator: u32, denominator: u32, is_left: bool) -> Matrix<T> {
        let bits = self.rank_gap().bits();
        let size = if is_left { self.size.0 } else { self.size.1 };
        if denominator == 0 {
            let zero = T::zero(bits);
            return Matrix::from_fn(size, size, |_, _| zero.clone() / &zero);
        }
        if numerator == 0 {
            return Matrix::identity(size, bits);
        }
        let exponent = Exponent::new(numerator, denominator);
        match &self.shape {
            Shape::Zero => Matrix::zeros(size, size, bits),
            Shape::Unknown => Matrix::from_fn(size, size, |_, _| self.rank_gap().clone()),
            Shape::Line { index, is_row, entries } => {
                let norm_squared = self.norm_squared();
                if is_left == *is_row {
                    let mut power = Matrix::zeros(size, size, bits);
                    power[(*index, *index)] = exponent.of(&norm_squared);
                    return power;
                }
                let line = Matrix::row_vector(entries.clone());
                if exponent.numerator < i64::from(exponent.denominator) && norm_squared.sign() != Sign::Positive {
                    // The direction is unknown, the size is not.
                    let most = exponent.of(&norm_squared).upper();
                    return Matrix::from_fn(size, size, |_, _| T::between(&-most.clone(), &most));
                }
                line.transpose_times(&line).scaled(&exponent.minus_one().of(&norm_squared))
            }
            Shape::Full(core) => {
                let places = if is_left { &core.kept.0 } else { &core.kept.1 };
                let is_small = is_left == core.is_transposed;
                let squares = &self.squares()[..core.tall.columns()];
                let power =
                    if is_small { small_power(core, squares, exponent) } else { large_power(core, squares, exponent) };
                let mut framed = Matrix::zeros(size, size, bits);
                for (i, &row) in places.iter().enumerate() {
                    for (j, &column) in places.iter().enumerate() {
                        framed[(row, column)] = power[(i, j)].clone();
                    }
                }
                framed
            }
        }
    }
}

/// `(TᵀT)^s` for the tall matrix `T`, whose squared singular values are given.
fn small_power<T: Real>(core: &Core<T>, squares: &[T], exponent: Exponent) -> Matrix<T> {
    if exponent.is_integer() && exponent.numerator >= 0 {
        return matrix_power(&core.tall.transpose_times(&core.tall), exponent.numerator);
    }
    spectral_power(core.factors(), squares, exponent)
}

/// `(TTᵀ)^s` for the tall matrix `T` and `s > 0`.
fn large_power<T: Real>(core: &Core<T>, squares: &[T], exponent: Exponent) -> Matrix<T> {
    let is_regular = squares.last().is_some_and(|least| least.sign() == Sign::Positive);
    if exponent.is_integer() || is_regular {
        let inner = small_power(core, squares, exponent.minus_one());
        return core.tall.times(&inner).times_transpose(&core.tall);
    }
    let mut padded = squares.to_vec();
    padded.resize(core.tall.rows(), T::zero(squares[0].bits()));
    spectral_power(&Factors::of(&core.tall.transposed(), core.effort), &padded, exponent)
}

/// A power of a square matrix with a positive exponent by repeated squaring; the identity for 0.
fn matrix_power<T: Real>(base: &Matrix<T>, exponent: i64) -> Matrix<T> {
    match exponent {
        0 => Matrix::identity(base.rows(), base.bits()),
        1 => base.clone(),
        _ if exponent % 2 == 0 => {
            let half = matrix_power(base, exponent / 2);
            half.times(&half)
        }
        _ => matrix_power(base, exponent - 1).times(base),
    }
}

/// `M^s` by an approximate diagonalisation of `M`, whose eigenvalues are enclosed by `squares`, descending.
fn spectral_power<T: Real>(factors: &Factors<T>, squares: &[T], exponent: Exponent) -> Matrix<T> {
    let Factors { vectors, gram, beta, .. } = factors;
    let (size, bits) = (gram.rows(), gram.bits());
    let (zero, one) = (T::zero(bits), T::one(bits));
    let shrink = one - beta;
    let undefined = || Matrix::from_fn(size, size, |_, _| zero.clone() / &zero);
    if shrink.sign() != Sign::Positive {
        return undefined();
    }
    let diagonal: Vec<T> = (0..size).map(|j| gram[(j, j)].midpoint().max(&zero)).collect();
    let (lower, upper) =
        diagonal.iter().fold((squares[size - 1].lower(), squares[0].upper()), |(lower, upper), entry| {
            (lower.min(entry), upper.max(entry))
        });
    let lower = lower.max(&zero);
    let images: Vec<T> = diagonal.iter().map(|entry| exponent.of(entry)).collect();
    // ε
    let mut residual = gram.clone();
    for (j, entry) in diagonal.iter().enumerate() {
        residual[(j, j)] -= entry;
    }
    let skew = beta.clone() / &shrink;
    let distance = residual.frobenius() + skew.clone() * &(skew + zero.constant(2)) * &gram.frobenius();
    // ‖f(M) − f(B)‖
    let mut change = exponent.greatest_slope(&lower, &upper) * &distance;
    if exponent.numerator >= 0 && exponent.numerator < i64::from(exponent.denominator) {
        change = super::gram::least(change.upper(), exponent.of(&distance).upper());
    }
    let largest_image = images.iter().fold(zero.clone(), |largest, image| largest.max(image));
    let tilt = beta.clone() * &(beta.clone() + zero.constant(2)) * &largest_image;
    let error = (change + &tilt).upper();
    let scaled = Matrix::from_fn(size, size, |i, j| images[i].clone() * &vectors[(i, j)]);
    let centre = vectors.transpose_times(&scaled);
    centre.map(|entry| T::between(&(entry.clone() - &error), &(entry.clone() + &error)))
}
