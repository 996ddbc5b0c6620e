//! One call from a matrix of f64 numbers to enclosures of its singular values.

use rug::Rational;

use crate::algebra::raised_precision::{Enclosures, PrecisionExhausted, singular_values_to, spectral_norm_to};
use crate::conversion::NotFinite;
use crate::number::{Ball, Matrix};

/// The most bits that [`largest_singular_value`] and [`singular_values`] spend: enough for a relative width of 1e−1000 of values down to
/// 2^−10000 of the largest. [`algebra::raised_precision`](crate::algebra::raised_precision) takes any limit.
pub const MOST_BITS: u32 = 1 << 14;

/// Why there are no enclosures of the width asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotEnclosed {
    /// An entry is infinite or NaN.
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
    /// A width that no enclosure can be asked to have: zero, negative, infinite or NaN.
    #[error("a relative width is a finite number above 0, and not {0}")]
    Width(f64),
    /// [`MOST_BITS`] bits do not suffice. It holds what is known at that precision.
    #[error(transparent)]
    PrecisionExhausted(#[from] PrecisionExhausted),
}

/// The largest singular value `σ_1` of a matrix, the spectral norm: an interval `[l, u]` that contains it for certain, with
/// `u − l ≤ relative_width · l`. The precision is raised as far as that needs. Exactly zero of a matrix without an entry other than zero.
///
/// The matrix is that of the f64 numbers as they are. It may be an array of rows, a [`Matrix`], or a matrix of nalgebra or faer (with the
/// [features](crate::conversion) of these names).
///
/// ```
/// use enclosures::largest_singular_value;
/// use enclosures::number::{Real, Ring};
/// let norm = largest_singular_value([[1.0; 5]; 3], 1e-20)?; // √15
/// assert!(norm.square().contains_rational(&15.into()));
/// assert_eq!(norm.to_string(), "3.872983346207416885179265399785367 ± 1.4819e-29");
/// assert!(norm.upper_f64() <= 3.873);
/// # Ok::<(), enclosures::NotEnclosed>(())
/// ```
///
/// # Errors
///
/// [`NotEnclosed`], for an entry or a width that is no number, or if [`MOST_BITS`] bits do not suffice.
pub fn largest_singular_value(matrix: impl Into<Matrix<f64>>, relative_width: f64) -> Result<Ball, NotEnclosed> {
    let mut values = enclosed(&matrix.into(), relative_width, spectral_norm_to)?;
    Ok(values.swap_remove(0))
}

/// All singular values `σ_1 ≥ σ_2 ≥ …` of a matrix, `min(m, n)` of them, each exactly zero or as in [`largest_singular_value`]. How many
/// are zero is decided over the rationals, so a value that is not zero is enclosed away from it, however small it is.
///
/// ```
/// use enclosures::number::{Real, Sign};
/// use enclosures::singular_values;
/// // Of rank one for every f64 program; but 0.1 + 0.2 is not 0.3.
/// let values = singular_values([[0.1, 0.3], [0.1, 0.1 + 0.2]], 1e-12)?;
/// assert_eq!(values[1].sign(), Sign::Positive);
/// assert!(values[1].upper_f64() < 1.3e-17);
/// // This one has rank one, and that is proved.
/// assert_eq!(singular_values([[0.1, 0.3], [0.2, 0.6]], 1e-12)?[1].sign(), Sign::Zero);
/// # Ok::<(), enclosures::NotEnclosed>(())
/// ```
///
/// # Errors
///
/// [`NotEnclosed`], for an entry or a width that is no number, or if [`MOST_BITS`] bits do not suffice.
pub fn singular_values(matrix: impl Into<Matrix<f64>>, relative_width: f64) -> Result<Vec<Ball>, NotEnclosed> {
    enclosed(&matrix.into(), relative_width, singular_values_to)
}

fn enclosed(
    matrix: &Matrix<f64>,
    relative_width: f64,
    enclose: impl Fn(&Matrix<Rational>, &Rational, u32) -> Result<Enclosures, PrecisionExhausted>,
) -> Result<Vec<Ball>, NotEnclosed> {
    let width = Rational::from_f64(relative_width).filter(|width| *width > 0);
    let width = width.ok_or(NotEnclosed::Width(relative_width))?;
    Ok(enclose(&matrix.to_rationals()?, &width, MOST_BITS)?.values)
}
