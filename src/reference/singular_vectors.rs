//! Certified top singular vectors, top singular subspaces and their alignment.
//!
//! The approximate decomposition of [`spectral`](super::spectral) is verified here a posteriori. Let `M = AᵀA`, let `v_j`
//! be the first `r` columns of `V`, `y_j = A v_j`, `W = (AV)ᵀ(AV)`, `VᵀV = I + E` with `‖E‖_F ≤ β < 1`, and `P` the
//! orthogonal projector onto the complement of the right singular vectors of `σ_1, …, σ_r`.
//!
//! 1. *Residual*: `M v_j − W_jj v_j = V^{-T} (W e_j − W_jj e_j − W_jj E e_j)`, of norm at most
//!    `ρ_j = ((Σ_{i≠j} W_ij²)^½ + β W_jj)/√(1−β)`.
//! 2. *Right*: `(P M P − W_jj) P v_j = P (M v_j − W_jj v_j)`, where the eigenvalues of `P M P` are at most `σ_{r+1}²`; so
//!    `‖P v_j‖ ≤ ρ_j/(W_jj − σ_{r+1}²)` if the gap is certainly positive (the sin Θ theorem of Davis and Kahan).
//! 3. *Left*: `A` maps the right spaces to the left ones, so the part of `y_j` outside of the left singular vectors of
//!    `σ_1, …, σ_r` is `A P v_j`, of norm at most `σ_{r+1} ‖P v_j‖`.
//!
//! A gap that is not certified gives no answer: with a repeated largest value every unit vector of a subspace is a top
//! singular vector, and a single one says nothing. "Any top singular pair" is then a statement about all of them, and
//! [`squared_alignment`] covers all.

use super::factors::Factors;
use super::spectral::{Core, Effort, Shape, Spectrum};
use crate::number::{Real, Sign, Truth, dot};
use crate::problem::Matrix;

/// Why no singular vectors are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// Nothing shows that the matrix is not zero; every vector is a top singular vector of zero.
    #[error("the matrix may be zero")]
    MayBeZero,
    /// The gap below the largest singular value, or below any group of the largest, is not certified.
    #[error("no gap below the largest singular values is certified")]
    NoGap,
}

/// An unknown subspace near a known one.
#[derive(Clone, Debug)]
pub struct Subspace<T> {
    /// Unit vectors as rows, nearly orthogonal to each other.
    basis: Matrix<T>,
    /// A bound of `‖B Bᵀ − I‖_F` for the basis `B`.
    defect: T,
    /// A bound of the sine of the largest angle between the unknown subspace and the span of the basis.
    sine: T,
}

/// The spaces that contain all top singular vectors of a matrix, with a certified gap to the others.
#[derive(Clone, Debug)]
pub struct TopSpace<T> {
    /// All `u` in a top pair lie in it: the span of the left singular vectors of `σ_1, …, σ_r`.
    pub left: Subspace<T>,
    /// All `v` in a top pair lie in it: the span of the right singular vectors of `σ_1, …, σ_r`.
    pub right: Subspace<T>,
}

/// Enclosures of the top singular pair: unit `u`, `v` with `A v = σ_1 u`, `Aᵀ u = σ_1 v`.
///
/// The pair is unique up to a common sign; one of the two pairs lies in the enclosures.
#[derive(Clone, Debug)]
pub struct TopPair<T> {
    /// `u`, as long as the matrix has rows.
    pub left: Vec<T>,
    /// `v`, as long as the matrix has columns.
    pub right: Vec<T>,
}

impl<T: Real> Subspace<T> {
    /// The dimension, of the unknown subspace and of the known one.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.basis.rows()
    }

    /// Unit vectors, as rows, that span the known subspace; nearly orthogonal to each other.
    #[must_use]
    pub fn basis(&self) -> &Matrix<T> {
        &self.basis
    }

    /// An upper bound of the sine of the largest angle between the unknown subspace and the known one, below 1/2.
    #[must_use]
    pub fn sine(&self) -> &T {
        &self.sine
    }

    /// A line that is known, spanned by a unit vector.
    fn known(vector: Vec<T>) -> Self {
        let zero = T::zero(vector[0].bits());
        Self { basis: Matrix::row_vector(vector), defect: zero.clone(), sine: zero }
    }

    /// The span of the first of the rows `vectors`, where the part of row `j` outside the unknown subspace is at most the
    /// square root of `outside_squared[j]`; written in `size` coordinates, of which `places` are those of the rows, the
    /// others zero.
    fn near(vectors: &Matrix<T>, outside_squared: &[T], places: &[usize], size: usize) -> Self {
        let bits = vectors.bits();
        let dimension = outside_squared.len();
        let mut basis = Matrix::zeros(dimension, size, bits);
        let mut sine_squared = T::zero(bits);
        for (j, outside_squared) in outside_squared.iter().enumerate() {
            let row = vectors.row(j);
            let length_squared = row.iter().fold(T::zero(bits), |sum, entry| sum + entry.square());
            sine_squared += &(outside_squared.clone() / &length_squared);
            let length = length_squared.sqrt_of_nonnegative();
            for (entry, &place) in row.iter().zip(places) {
                basis[(j, place)] = entry.clone() / &length;
            }
        }
        let mut defect_squared = T::zero(bits);
        for (i, j) in (0..dimension).flat_map(|j| (0..j).map(move |i| (i, j))) {
            let square = dot(basis.row(i), basis.row(j)).square();
            defect_squared += &(square.clone() + &square);
        }
        let defect = defect_squared.sqrt_of_nonnegative();
        let sine = (sine_squared / (T::one(bits) - &defect)).sqrt_of_nonnegative();
        Self { basis, defect, sine }
    }

    /// The unit vector that spans a line, each coordinate with the distance to the unknown line.
    fn unit_vector(&self) -> Vec<T> {
        if self.sine.sign() == Sign::Zero {
            return self.basis.row(0).to_vec();
        }
        // Unit vectors at an angle θ of at most a right angle are 2 sin(θ/2) ≤ √2 sin θ apart.
        let distance = self.sine.constant(2).sqrt() * &self.sine;
        let around = |entry: &T| T::between(&(entry.clone() - &distance), &(entry.clone() + &distance));
        self.basis.row(0).iter().map(around).collect()
    }
}

impl<T: Real> Spectrum<T> {
    /// The spaces of the `r` largest singular values, for the least `r` with a certified gap below.
    ///
    /// # Errors
    ///
    /// [`Declined`] if the matrix may be zero or no gap is certified.
    pub fn top_space(&self) -> Result<TopSpace<T>, Declined> {
        match &self.shape {
            Shape::Zero | Shape::Unknown => Err(Declined::MayBeZero),
            Shape::Line { index, is_row, entries } => {
                let norm = self.norm();
                if self.norm_squared().sign() != Sign::Positive {
                    return Err(Declined::MayBeZero);
                }
                let (rows, columns) = self.size;
                let axis_length = if *is_row { rows } else { columns };
                let mut axis = vec![T::zero(norm.bits()); axis_length];
                axis[*index] = T::one(norm.bits());
                let along = Subspace::known(entries.iter().map(|entry| entry.clone() / &norm).collect());
                let across = Subspace::known(axis);
                let (left, right) = if *is_row { (across, along) } else { (along, across) };
                Ok(TopSpace { left, right })
            }
            Shape::Full(core) => {
                if self.norm_squared().sign() != Sign::Positive {
                    return Err(Declined::MayBeZero);
                }
                let size = core.tall.columns();
                (1..=size).find_map(|dimension| self.space(core, dimension)).ok_or(Declined::NoGap)
            }
        }
    }

    /// The top singular pair, if it is certainly unique up to its sign.
    ///
    /// # Errors
    ///
    /// [`Declined`] if the matrix may be zero or the gap below the largest value is not certified.
    pub fn top_pair(&self) -> Result<TopPair<T>, Declined> {
        let TopSpace { left, right } = self.top_space()?;
        if left.dimension() > 1 {
            return Err(Declined::NoGap);
        }
        Ok(TopPair { left: left.unit_vector(), right: right.unit_vector() })
    }

    /// The spaces of the first `dimension` values; `None` if the gap is not certified or too small to be of use.
    fn space(&self, core: &Core<T>, dimension: usize) -> Option<TopSpace<T>> {
        let size = core.tall.columns();
        let bits = core.tall.bits();
        let zero = T::zero(bits);
        // σ_{r+1}²; the right space is everything if there is no such value.
        let next = if dimension < size { &self.squares()[dimension] } else { &zero };
        if next.below(&self.squares()[dimension - 1]) != Truth::True {
            return None;
        }
        let next = next.upper();
        let Factors { vectors, images, gram, beta } = core.factors();
        let shrink = T::one(bits) - beta;
        if shrink.sign() != Sign::Positive {
            return None;
        }
        // ‖P v_j‖²
        let mut outside_squared = vec![zero.clone(); dimension];
        for (j, outside_squared) in outside_squared.iter_mut().enumerate().filter(|_| dimension < size) {
            let gap = gram[(j, j)].clone() - &next;
            if gap.sign() != Sign::Positive {
                return None;
            }
            let couplings = (0..size).filter(|&i| i != j).map(|i| gram[(i, j)].square());
            let coupling = couplings.fold(zero.clone(), |sum, square| sum + square).sqrt_of_nonnegative();
            let residual = coupling + &(beta.clone() * &gram[(j, j)]);
            *outside_squared = residual.square() / &shrink / gap.square();
        }
        let (row_count, column_count) = self.size;
        let (image_places, vector_places) =
            if core.is_transposed { (&core.kept.1, &core.kept.0) } else { (&core.kept.0, &core.kept.1) };
        let (image_size, vector_size) =
            if core.is_transposed { (column_count, row_count) } else { (row_count, column_count) };
        let domain = Subspace::near(vectors, &outside_squared, vector_places, vector_size);
        let outside_image: Vec<T> = outside_squared.into_iter().map(|outside| outside * &next).collect();
        let image = Subspace::near(images, &outside_image, image_places, image_size);
        let half = zero.constant((1, 2));
        let is_useful =
            |space: &Subspace<T>| space.sine.below(&half) == Truth::True && space.defect.below(&half) == Truth::True;
        if !is_useful(&domain) || !is_useful(&image) {
            return None;
        }
        let (left, right) = if core.is_transposed { (domain, image) } else { (image, domain) };
        Some(TopSpace { left, right })
    }
}

/// The top singular pair of a matrix: see [`Spectrum::top_pair`].
///
/// ```
/// use gradient_witness::number::Ball;
/// use gradient_witness::problem::Matrix;
/// use gradient_witness::reference::{singular_vectors::{Declined, top_singular_pair}, spectral::Effort};
/// use rug::Rational;
/// let ball = |rows: [[i32; 2]; 2]| {
///     let rows = rows.map(|row| row.map(Rational::from).to_vec()).to_vec();
///     Matrix::<Ball>::from_rationals(&Matrix::from_rows(rows).unwrap(), 128)
/// };
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

/// An enclosure of `⟨x, y⟩²` for *every* unit `x` in one unknown subspace and every unit `y` in the other: with the right
/// space of `W_{k+1}` and the left space of `W_k`, of `⟨v_{k+1}, u_k⟩²` over all choices of top singular pairs.
///
/// For lines it is as tight as the angles are known: at an angle `φ` between the known lines and an uncertainty `ε` of
/// both together the squared cosine is uncertain by about `2 ε sin φ + ε²`. If one of the subspaces is a plane or more it contains a
/// vector orthogonal to any of the other, and the lower bound is zero.
///
/// # Panics
///
/// If the subspaces are of spaces of different dimensions.
#[must_use]
pub fn squared_alignment<T: Real>(one: &Subspace<T>, other: &Subspace<T>) -> T {
    let bits = one.basis.bits().max(other.basis.bits());
    let (zero, unity) = (T::zero(bits), T::one(bits));
    // sin(θ + θ′) ≤ sin θ + sin θ′.
    let sine = one.sine.clone() + &other.sine;
    if sine.below(&unity) != Truth::True {
        return T::between(&zero, &unity);
    }
    if one.dimension() > 1 || other.dimension() > 1 {
        let lengths = (unity.clone() - &one.defect) * &(unity.clone() - &other.defect);
        let cosine = (one.basis.times_transpose(&other.basis).frobenius_squared() / lengths).sqrt_of_nonnegative();
        let greatest = (cosine + &sine).min(&unity);
        return T::between(&zero, &greatest.square());
    }
    let (x, y) = (one.basis.row(0), other.basis.row(0));
    let product = dot(x, y);
    if sine.sign() == Sign::Zero {
        return product.square();
    }
    // sin φ = ‖x − ⟨x, y⟩ y‖, accurate where 1 − ⟨x, y⟩² is not.
    let across = x.iter().zip(y).fold(zero.clone(), |sum, (x, y)| sum + (x.clone() - &(product.clone() * y)).square());
    let drift = across.sqrt_of_nonnegative() * &sine;
    let cosine = product.abs();
    // cos(φ + ε) = cos φ cos ε − sin φ sin ε; and cos φ + sin φ sin ε is at least cos(φ − ε), and at least 1 if φ < ε.
    let least = cosine.clone() * &(unity.clone() - &sine.square()).sqrt_of_nonnegative() - &drift;
    let greatest = (cosine + &drift).min(&unity);
    T::between(&least.max(&zero).square(), &greatest.square())
}
