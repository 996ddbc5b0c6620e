//! Separability, the maximum margin and the support vectors of rational examples, decided exactly.
//!
//! With `z_i = y_i x_i` the data are separable if some `w` has `⟨w, z_i⟩ > 0` for all `i`. Let `p` be the point of least
//! norm of the convex hull of the `z_i`. The data are separable exactly if `p ≠ 0`; then the maximum margin is
//! `γ = ‖p‖`, its direction is `ū = p/‖p‖`, and the support vectors are the examples with `⟨p, z_i⟩ = ‖p‖²`
//! (Ji & Telgarsky 2019, section 2; the duality is classical). `p`, `γ²`, the weights of `p` and the support are all
//! rational, so that none of them needs a tolerance. Lengths enter squared; their roots are for the caller to enclose.

mod alpha;
mod least_norm;
mod separable;

use rug::Rational;

use self::least_norm::{LeastNorm, least_norm_point};
use super::elimination::rank;
use super::exact::inner;
use crate::number::Matrix;

pub use alpha::AlphaSquared;
pub use separable::is_separable;

/// The maximum-margin separator of separable examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaxMargin {
    point: Vec<Rational>,
    margin_squared: Rational,
    weights: Vec<Rational>,
    support: Vec<usize>,
    support_vectors: Matrix<Rational>,
}

/// Why there is no maximum-margin separator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMargin {
    /// There are no examples.
    #[error("there are no examples")]
    NoExamples,
    /// Zero is a convex combination of the examples, so no `w` has `⟨w, z_i⟩ > 0` for all `i`.
    #[error("the data are not separable: zero is a convex combination of the signed examples y_i x_i")]
    NotSeparable {
        /// Non-negative weights, one an example, of sum 1 with `Σ λ_i z_i = 0`: the proof.
        weights: Vec<Rational>,
    },
}

impl MaxMargin {
    /// The maximum-margin separator of the signed examples `z_i`, the rows of `z`.
    ///
    /// Wolfe's algorithm in exact arithmetic: each of its points is the point of least norm of a simplex of examples and
    /// nearer to zero than the one before, so it ends. What it ends at is right by the inequality
    /// `min_i ⟨p, z_i⟩ ≥ ‖p‖²`, checked over all examples, whatever the road there.
    ///
    /// ```
    /// use enclosures::{number::Matrix, algebra::max_margin::MaxMargin};
    /// use rug::Rational;
    /// let z = Matrix::from([[3, 1], [3, -1], [5, 5]]).map(|&entry| Rational::from(entry));
    /// let margin = MaxMargin::of(&z).unwrap();
    /// assert_eq!(*margin.margin_squared(), 9);
    /// assert_eq!(margin.point(), [3, 0]);
    /// assert_eq!(margin.support(), [0, 1]);
    /// assert_eq!(margin.weights()[2], 0);
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoMargin`] if there are no examples or the data are not separable, with the proof.
    pub fn of(z: &Matrix<Rational>) -> Result<Self, NoMargin> {
        let rows: Vec<&[Rational]> = (0..z.rows()).map(|i| z.row(i)).collect();
        let LeastNorm { point, weights } = least_norm_point(&rows).ok_or(NoMargin::NoExamples)?;
        let margin_squared = inner(&point, &point);
        if margin_squared.is_zero() {
            return Err(NoMargin::NotSeparable { weights });
        }
        let support: Vec<usize> = (0..rows.len()).filter(|&i| inner(&point, rows[i]) == margin_squared).collect();
        let support_vectors = Matrix::from_fn(support.len(), z.columns(), |i, j| z[(support[i], j)].clone());
        Ok(Self { point, margin_squared, weights, support, support_vectors })
    }

    /// `p = γū`, the point of least norm of the convex hull of the examples.
    #[must_use]
    pub fn point(&self) -> &[Rational] {
        &self.point
    }

    /// `γ² = ‖p‖²`, positive.
    #[must_use]
    pub fn margin_squared(&self) -> &Rational {
        &self.margin_squared
    }

    /// Weights `λ_i ≥ 0`, one an example, of sum 1 with `p = Σ λ_i z_i`, zero outside the support. Those of the
    /// dual problem of the support vector machine are `λ_i/γ²`. They are unique only if the support vectors are
    /// affinely independent.
    #[must_use]
    pub fn weights(&self) -> &[Rational] {
        &self.weights
    }

    /// The support `S`: the examples, counted from 0 and ascending, with `⟨ū, z_i⟩ = γ`.
    #[must_use]
    pub fn support(&self) -> &[usize] {
        &self.support
    }

    /// The rank of `(z_i)_{i∈S}`; the support vectors span the whole space if it is the dimension (Assumption 3).
    #[must_use]
    pub fn support_rank(&self) -> usize {
        rank(&self.support_vectors)
    }
}

#[cfg(test)]
mod tests;
