//! Certified singular vectors and singular subspaces.
//!
//! The approximate decomposition of [`spectral`](super::spectral) is verified here a posteriori, for any window of indices
//! `a < j ≤ k` whose values are certainly apart from the others. Let `M = AᵀA`, let `v_j` be the columns of `V` with these
//! indices, `y_j = A v_j`, `W = (AV)ᵀ(AV)`, `VᵀV = I + E` with `‖E‖_F ≤ β < 1`, and `P` the orthogonal projector onto the complement
//! of the right singular vectors of `σ_{a+1}, …, σ_k`.
//!
//! 1. *Residual*: `M v_j − W_jj v_j = V^{-T} (W e_j − W_jj e_j − W_jj E e_j)`, of norm at most
//!    `ρ_j = ((Σ_{i≠j} W_ij²)^½ + β W_jj)/√(1−β)`.
//! 2. *Right*: `(P M P − W_jj) P v_j = P (M v_j − W_jj v_j)`, where the eigenvalues of `P M P` are at most `σ_{k+1}²` or at least
//!    `σ_a²`; so `‖P v_j‖ ≤ ρ_j/min(W_jj − σ_{k+1}², σ_a² − W_jj)` if both gaps are certainly positive (the sin Θ theorem of Davis
//!    and Kahan).
//! 3. *Left*: `A` maps the right spaces to the left ones, so the part of `y_j` outside of the left singular vectors of
//!    `σ_{a+1}, …, σ_k` is `A P v_j`. Its coordinate along `u_i` is `σ_i/(σ_i² − W_jj)` times one of the residual, and that factor is largest
//!    in absolute value for the nearest `σ_i` on either side; so
//!    `‖A P v_j‖ ≤ ρ_j max(σ_{k+1}/(W_jj − σ_{k+1}²), σ_a/(σ_a² − W_jj))`.
//!
//! A gap that is not certified gives no answer: with a repeated largest value every unit vector of a subspace is a top
//! singular vector, and a single one says nothing. "Any top singular pair" is then a statement about all of them, and
//! [`squared_alignment`](super::subspace::squared_alignment) covers all.

use std::ops::Range;

use super::factors::Factors;
use super::spectral::{Core, Effort, Shape, Spectrum};
use super::subspace::Subspace;
use crate::number::{Matrix, Real, Sign, Truth};

/// Why no singular vectors are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// Nothing shows that the matrix is not zero; every vector is a top singular vector of zero.
    #[error("the matrix may be zero")]
    MayBeZero,
    /// The gap between the values in question and the others is not certified, or there are no such values.
    #[error("no gap between these singular values and the others is certified")]
    NoGap,
}

/// The spaces of a window of singular values that are certainly apart from all others.
#[derive(Clone, Debug)]
pub struct SingularSpaces<T> {
    /// The span of the left singular vectors of these values.
    pub left: Subspace<T>,
    /// The span of the right singular vectors of these values.
    pub right: Subspace<T>,
}

/// The spaces of the largest singular values: all `u` and all `v` in a top pair lie in them.
pub type TopSpace<T> = SingularSpaces<T>;

/// Enclosures of a singular pair: unit `u`, `v` with `A v = σ u`, `Aᵀ u = σ v`.
///
/// The pair is unique up to a common sign; one of the two pairs lies in the enclosures.
#[derive(Clone, Debug)]
pub struct SingularPair<T> {
    /// `u`, as long as the matrix has rows.
    pub left: Vec<T>,
    /// `v`, as long as the matrix has columns.
    pub right: Vec<T>,
}

/// The pair of the largest singular value.
pub type TopPair<T> = SingularPair<T>;

impl<T: Real> SingularSpaces<T> {
    /// The pair, if the spaces are lines. The left line is spanned by the image of the vector that spans the right one, so that
    /// the signs belong together.
    fn pair(&self) -> Result<SingularPair<T>, Declined> {
        if self.left.dimension() > 1 {
            return Err(Declined::NoGap);
        }
        Ok(SingularPair { left: self.left.unit_vector(), right: self.right.unit_vector() })
    }
}

/// The spaces of a window, as far as they are known. One of them is spanned by images, which have no direction if a value may be
/// zero.
struct Sides<T> {
    left: Option<Subspace<T>>,
    right: Option<Subspace<T>>,
}

impl<T: Real> Spectrum<T> {
    /// The spaces of the `r` largest singular values, for the least `r` with a certified gap below.
    ///
    /// # Errors
    ///
    /// [`Declined`] if the matrix may be zero or no gap is certified.
    pub fn top_space(&self) -> Result<TopSpace<T>, Declined> {
        self.top().clone()
    }

    /// The top singular pair, if it is certainly unique up to its sign.
    ///
    /// # Errors
    ///
    /// [`Declined`] if the matrix may be zero or the gap below the largest value is not certified.
    pub fn top_pair(&self) -> Result<TopPair<T>, Declined> {
        self.top().as_ref().map_err(|declined| *declined)?.pair()
    }

    fn top(&self) -> &Result<TopSpace<T>, Declined> {
        self.top.get_or_init(|| {
            if self.norm_squared().sign() != Sign::Positive {
                return Err(Declined::MayBeZero);
            }
            let count = self.squares().len();
            (1..=count).find_map(|dimension| self.spaces(0..dimension).ok()).ok_or(Declined::NoGap)
        })
    }

    /// The pair of the singular value `σ_{place+1}`, if the value is certainly simple and positive.
    ///
    /// # Errors
    ///
    /// As [`spaces`](Self::spaces).
    pub fn pair(&self, place: usize) -> Result<SingularPair<T>, Declined> {
        self.spaces(place..place.saturating_add(1))?.pair()
    }

    /// The finest cut of all indices, from 0, into windows whose values are certainly apart from those of the others; a
    /// repeated value lies in one window, values that cannot be told apart too.
    ///
    /// ```
    /// use enclosures::number::{Ball, Matrix, Ring};
    /// use enclosures::algebra::spectral::{Effort, Spectrum};
    /// let entries = [5, 2, 2, 1];
    /// let matrix = Matrix::from_fn(4, 4, |i, j| Ball::from_rational(&(if i == j { entries[i] } else { 0 }).into(), 64));
    /// assert_eq!(Spectrum::of(&matrix, Effort::Tight).windows(), [0..1, 1..3, 3..4]);
    /// ```
    #[must_use]
    pub fn windows(&self) -> Vec<Range<usize>> {
        let squares = self.squares();
        let mut windows = Vec::new();
        let mut start = 0;
        for k in 1..=squares.len() {
            if k == squares.len() || squares[k].below(&squares[k - 1]) == Truth::True {
                windows.push(start..k);
                start = k;
            }
        }
        windows
    }

    /// The spaces of the singular values with the indices of `window`, from 0.
    ///
    /// # Errors
    ///
    /// [`Declined`] if there are no such values, the matrix may be zero, a gap on either side is not certified or too small to be
    /// of use, or one of the values may be zero.
    pub fn spaces(&self, window: Range<usize>) -> Result<SingularSpaces<T>, Declined> {
        match self.sides(window)? {
            Sides { left: Some(left), right: Some(right) } => Ok(SingularSpaces { left, right }),
            _ => Err(Declined::NoGap),
        }
    }

    /// The span of the right singular vectors of the values with the indices of `window`, from 0. Of a matrix with at least as many
    /// rows as columns also where the values may be zero.
    ///
    /// # Errors
    ///
    /// As [`spaces`](Self::spaces), but for the last condition.
    pub fn right_space(&self, window: Range<usize>) -> Result<Subspace<T>, Declined> {
        self.sides(window)?.right.ok_or(Declined::NoGap)
    }

    /// The span of the left singular vectors of the values with the indices of `window`, from 0. Of a matrix with fewer rows than
    /// columns also where the values may be zero.
    ///
    /// # Errors
    ///
    /// As [`spaces`](Self::spaces), but for the last condition.
    pub fn left_space(&self, window: Range<usize>) -> Result<Subspace<T>, Declined> {
        self.sides(window)?.left.ok_or(Declined::NoGap)
    }

    fn sides(&self, window: Range<usize>) -> Result<Sides<T>, Declined> {
        match &self.shape {
            Shape::Zero | Shape::Unknown => Err(Declined::MayBeZero),
            _ if self.norm_squared().sign() != Sign::Positive => Err(Declined::MayBeZero),
            Shape::Line { .. } if window != (0..1) => Err(Declined::NoGap),
            Shape::Line { index, is_row, entries } => {
                let norm = self.norm();
                let (rows, columns) = self.size;
                let mut axis = vec![T::zero(norm.bits()); if *is_row { rows } else { columns }];
                axis[*index] = T::one(norm.bits());
                let along = Some(Subspace::known(entries.iter().map(|entry| entry.clone() / &norm).collect()));
                let across = Some(Subspace::known(axis));
                let (left, right) = if *is_row { (across, along) } else { (along, across) };
                Ok(Sides { left, right })
            }
            Shape::Full(core) => self.core_sides(core, window).ok_or(Declined::NoGap),
        }
    }

    /// `None` if there are no such values in the core, or a gap is not certified or too small to be of use.
    fn core_sides(&self, core: &Core<T>, window: Range<usize>) -> Option<Sides<T>> {
        let size = core.tall.columns();
        if window.is_empty() || window.end > size {
            // Values that the zero rows and columns force have no vectors in the core.
            return None;
        }
        let squares = self.squares();
        let is_apart = |upper: usize| squares[upper + 1].below(&squares[upper]) == Truth::True;
        // σ_a², from below, and σ_{k+1}², from above, where there are such values.
        let (above, below) = (window.start.checked_sub(1), (window.end < size).then_some(window.end));
        if above.is_some_and(|place| !is_apart(place)) || below.is_some_and(|place| !is_apart(place - 1)) {
            return None;
        }
        let (above, below) = (above.map(|place| squares[place].lower()), below.map(|place| squares[place].upper()));
        let bits = core.tall.bits();
        let Factors { vectors, images, gram, beta } = core.factors();
        let shrink = T::one(bits) - beta;
        if shrink.sign() != Sign::Positive {
            return None;
        }
        // ‖P v_j‖² and ‖A P v_j‖²
        let zero = T::zero(bits);
        let mut outside_squared = vec![(zero.clone(), zero.clone()); window.len()];
        for (outside_squared, j) in outside_squared.iter_mut().zip(window.clone()) {
            let couplings = (0..size).filter(|&i| i != j).map(|i| gram[(i, j)].square());
            let coupling = couplings.fold(zero.clone(), |sum, square| sum + square).sqrt_of_nonnegative();
            let residual = (coupling + &(beta.clone() * &gram[(j, j)])).square() / &shrink;
            let upper_gap = above.as_ref().map(|above| (above.clone() - &gram[(j, j)], above));
            let lower_gap = below.as_ref().map(|below| (gram[(j, j)].clone() - below, below));
            for (gap, nearest) in [upper_gap, lower_gap].into_iter().flatten() {
                if gap.sign() != Sign::Positive {
                    return None;
                }
                let vector = residual.clone() / &gap.square();
                let image = vector.clone() * nearest;
                *outside_squared = (outside_squared.0.clone().max(&vector), outside_squared.1.clone().max(&image));
            }
        }
        let (vector_errors, image_errors): (Vec<T>, Vec<T>) = outside_squared.into_iter().unzip();
        let (row_count, column_count) = self.size;
        let [image_places, vector_places] =
            if core.is_transposed { [&core.kept.1, &core.kept.0] } else { [&core.kept.0, &core.kept.1] };
        let (image_size, vector_size) =
            if core.is_transposed { (column_count, row_count) } else { (row_count, column_count) };
        let domain = Subspace::near(vectors, window.start, &vector_errors, vector_places, vector_size);
        let image = Subspace::near(images, window.start, &image_errors, image_places, image_size);
        let [domain, image] = [domain, image].map(|space| Some(space).filter(Subspace::is_useful));
        let (left, right) = if core.is_transposed { (domain, image) } else { (image, domain) };
        Some(Sides { left, right })
    }
}

/// The top singular pair of a matrix: see [`Spectrum::top_pair`].
///
/// ```
/// use enclosures::number::{Ball, Matrix, Ring};
/// use enclosures::algebra::{singular_vectors::{Declined, top_singular_pair}, spectral::Effort};
/// use rug::Rational;
/// let ball = |rows: [[i32; 2]; 2]| Matrix::from(rows).map(|&entry| Ball::from_rational(&entry.into(), 128));
/// // diag(2, 1) has u = v = ±(1, 0); every unit vector is a top singular vector of the identity.
/// let pair = top_singular_pair(&ball([[2, 0], [0, 1]]), Effort::Quick).unwrap();
/// assert!(pair.left[0].contains_rational(&Rational::from(1)) && pair.right[1].contains_rational(&Rational::new()));
/// assert_eq!(top_singular_pair(&ball([[1, 0], [0, 1]]), Effort::Tight).unwrap_err(), Declined::NoGap);
/// ```
///
/// # Errors
///
/// [`Declined`] if the matrix may be zero or the gap below the largest value is not certified.
pub fn top_singular_pair<T: Real>(matrix: &Matrix<T>, effort: Effort) -> Result<TopPair<T>, Declined> {
    Spectrum::of(matrix, effort).top_pair()
}

#[cfg(test)]
mod tests {
    use rug::Rational;

    use super::*;
    use crate::number::{Ball, Ring};

    #[test]
    fn the_spaces_of_the_largest_values_are_found_once() {
        let matrix = Matrix::from_fn(3, 3, |i, j| Ball::from_rational(&Rational::from((1, i + 2 * j + 1)), 128));
        let spectrum = Spectrum::of(&matrix, Effort::Tight);
        assert!(spectrum.top.get().is_none());
        let space = spectrum.top_space().expect("a gap");
        assert!(spectrum.top.get().is_some_and(Result::is_ok));
        let pair = spectrum.top_pair().expect("a gap");
        let line = space.right.unit_vector();
        assert!(line.iter().zip(&pair.right).all(|(one, other)| one.contains(other) && other.contains(one)));
    }
}
