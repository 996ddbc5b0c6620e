//! Certified eigenvalues of symmetric matrices, and whether a matrix is positive definite or semidefinite.
//!
//! Of a symmetric `M` only the entries on and above the diagonal are looked at.
//!
//! *Eigenvalues.* An approximate orthogonal `V` comes from one-sided Jacobi rotations of `M + sI`, where `s = ‖M‖_∞` makes the
//! matrix positive semidefinite, or `s = 0` if elimination shows that `M` is so itself. It is then taken as it is, as in
//! [`spectral`](super::spectral): `Vᵀ(M + sI)V` is nearly diagonal, its eigenvalues are enclosed by the bounds of
//! the module `gram`, those of `M + sI` by Ostrowski's inequality. All eigenvalues are enclosed, repeated and clustered ones
//! too. An eigenvalue of a semidefinite matrix is as well known in relative terms as the entries allow, another one to
//! a few units of the last place of `s`.
//!
//! *Definiteness.* Symmetric elimination with the largest certain pivot: `M ⪰ 0` exactly if the pivot `p > 0` and the Schur
//! complement `M′ − bbᵀ/p ⪰ 0`; a negative diagonal entry, or a zero one in a row that is not zero, refutes it. Over the
//! rationals this always ends in an answer. Over balls it may be [`Open`](Truth::Open), the more so the larger the
//! matrix; then exact balls are decided by their exact [inertia](super::inertia), and others by the sign of the enclosed least
//! eigenvalue. A ball matrix that is singular, or nearly so for its radii, stays open, as it must: it contains matrices of
//! either kind.

use super::factors::{Squares, approximate_vectors};
use super::inertia::Inertia;
use super::spectral::Effort;
use crate::number::{Matrix, Real, Sign, Truth};

/// The largest matrix whose inertia is counted over the rationals, where fractions grow with every pivot.
const LARGEST_EXACT: usize = 24;

/// The eigenvalues of a symmetric matrix, descending. See the [module](self) for how.
///
/// Over [`Exact`](crate::number::Exact) those are defined whose bounds meet: of diagonal matrices.
///
/// ```
/// use enclosures::number::{Ball, Matrix, Ring};
/// use enclosures::algebra::{spectral::Effort, symmetric::eigenvalues};
/// // The eigenvalues are 3 and −1.
/// let matrix = Matrix::from([[1, 2], [2, 1]]).map(|&entry| Ball::from_rational(&entry.into(), 128));
/// let values = eigenvalues(&matrix, Effort::Tight);
/// assert!(values[0].contains_rational(&3.into()) && values[1].contains_rational(&(-1).into()));
/// assert!(values[1].radius().to_f64() < 1e-30);
/// ```
///
/// # Panics
///
/// If the matrix is not square.
#[must_use]
pub fn eigenvalues<T: Real>(matrix: &Matrix<T>, effort: Effort) -> Vec<T> {
    let symmetric = symmetric(matrix);
    if let Some(undefined) = symmetric.entries().iter().find(|entry| !entry.is_defined()) {
        return vec![undefined.clone(); matrix.rows()];
    }
    let is_zero = |entry: &T| entry.sign() == Sign::Zero;
    let kept: Vec<usize> = (0..matrix.rows()).filter(|&i| !symmetric.row(i).iter().all(is_zero)).collect();
    let zero = T::zero(matrix.bits());
    if kept.is_empty() {
        return vec![zero; matrix.rows()];
    }
    let core = Matrix::from_fn(kept.len(), kept.len(), |i, j| symmetric[(kept[i], kept[j])].clone());
    let values = core_eigenvalues(&core, effort);
    with_zeros(&values, matrix.rows() - kept.len())
}

/// The descending values and some zeros, in order.
fn with_zeros<T: Real>(values: &[T], zeros: usize) -> Vec<T> {
    if zeros == 0 {
        return values.to_vec();
    }
    let zero = T::zero(values[0].bits());
    // The i-th of them is the middle one of the i-th value, the value `zeros` places before, and zero.
    let places = 0..values.len() + zeros;
    places
        .map(|i| {
            let middle = values.get(i).map_or_else(|| zero.clone(), |own| zero.clone().max(own));
            match i.checked_sub(zeros) {
                Some(before) => middle.min(&values[before]),
                None => middle,
            }
        })
        .collect()
}

/// The matrix with the entries above the diagonal also below it.
fn symmetric<T: Real>(matrix: &Matrix<T>) -> Matrix<T> {
    assert_eq!(matrix.rows(), matrix.columns(), "the eigenvalues of a matrix that is not square");
    Matrix::from_fn(matrix.rows(), matrix.rows(), |i, j| matrix[(i.min(j), i.max(j))].clone())
}

/// The eigenvalues of a matrix of at least one row.
fn core_eigenvalues<T: Real>(matrix: &Matrix<T>, effort: Effort) -> Vec<T> {
    if matrix.rows() == 1 {
        return vec![matrix[(0, 0)].clone()];
    }
    if eliminated(matrix).semidefinite == Truth::True {
        let trace = matrix.trace();
        let values = shifted_eigenvalues(matrix, effort);
        return values.unwrap_or_else(|| vec![T::between(&T::zero(trace.bits()), &trace); matrix.rows()]);
    }
    // ‖M‖_∞ bounds all absolute values.
    let row_sum = |i: usize| matrix.row(i).iter().fold(T::zero(matrix.bits()), |sum, entry| sum + entry.clone().abs());
    let shift = (0..matrix.rows()).map(row_sum).reduce(|one, other| one.max(&other)).expect("a row").upper();
    let mut shifted = matrix.clone();
    for i in 0..matrix.rows() {
        shifted[(i, i)] += &shift;
    }
    match shifted_eigenvalues(&shifted, effort) {
        Some(values) => values.into_iter().map(|value| value - &shift).collect(),
        None => vec![T::between(&-shift.clone(), &shift); matrix.rows()],
    }
}

/// The eigenvalues of a positive semidefinite matrix; `None` if the approximation has failed.
fn shifted_eigenvalues<T: Real>(matrix: &Matrix<T>, effort: Effort) -> Option<Vec<T>> {
    let (vectors, beta) = approximate_vectors(matrix, effort);
    let congruent = vectors.times(matrix).times_transpose(&vectors);
    Squares::under_congruence(&congruent, &beta).map(|squares| squares.all)
}

/// Whether a symmetric matrix is positive definite: `xᵀMx > 0` for all `x ≠ 0`.
///
/// # Panics
///
/// If the matrix is not square.
#[must_use]
pub fn is_positive_definite<T: Real>(matrix: &Matrix<T>) -> Truth {
    definiteness(matrix).definite
}

/// Whether a symmetric matrix is positive semidefinite: `xᵀMx ≥ 0` for all `x`.
///
/// ```
/// use enclosures::number::{Exact, Matrix, Truth};
/// use enclosures::algebra::symmetric::{is_positive_definite, is_positive_semidefinite};
/// let matrix = Matrix::from([[1, 2], [2, 4]]).map(|&entry| Exact::from(rug::Rational::from(entry)));
/// assert_eq!(is_positive_semidefinite(&matrix), Truth::True);
/// assert_eq!(is_positive_definite(&matrix), Truth::False);
/// ```
///
/// # Panics
///
/// If the matrix is not square.
#[must_use]
pub fn is_positive_semidefinite<T: Real>(matrix: &Matrix<T>) -> Truth {
    definiteness(matrix).semidefinite
}

/// What is known of the signs of all eigenvalues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Definiteness {
    definite: Truth,
    semidefinite: Truth,
}

impl Definiteness {
    const OPEN: Self = Self { definite: Truth::Open, semidefinite: Truth::Open };
    const REFUTED: Self = Self { definite: Truth::False, semidefinite: Truth::False };

    /// What is known by either of two roads.
    fn or(self, other: Self) -> Self {
        let first = |one: Truth, two: Truth| if one == Truth::Open { two } else { one };
        Self {
            definite: first(self.definite, other.definite),
            semidefinite: first(self.semidefinite, other.semidefinite),
        }
    }

    fn is_settled(self) -> bool {
        self.definite != Truth::Open && self.semidefinite != Truth::Open
    }
}

fn definiteness<T: Real>(matrix: &Matrix<T>) -> Definiteness {
    let symmetric = symmetric(matrix);
    if !symmetric.is_defined() {
        return Definiteness::OPEN;
    }
    let known = eliminated(&symmetric);
    if known.is_settled() {
        return known;
    }
    if symmetric.rows() <= LARGEST_EXACT
        && let Some(exact) = symmetric.exact()
    {
        let inertia = Inertia::of(&exact);
        let has_none_below = inertia.negative == 0;
        return Definiteness {
            definite: (has_none_below && inertia.zero == 0).into(),
            semidefinite: has_none_below.into(),
        };
    }
    let least = eigenvalues(&symmetric, Effort::Tight).pop();
    known.or(match least.map_or(Sign::Open, |least| least.sign()) {
        Sign::Positive => Definiteness { definite: Truth::True, semidefinite: Truth::True },
        Sign::Zero => Definiteness { definite: Truth::False, semidefinite: Truth::True },
        Sign::Negative => Definiteness::REFUTED,
        Sign::Open => Definiteness::OPEN,
    })
}

/// What symmetric elimination finds out.
fn eliminated<T: Real>(matrix: &Matrix<T>) -> Definiteness {
    let mut rest = matrix.clone();
    let mut left: Vec<usize> = (0..matrix.rows()).collect();
    let mut definite = Truth::True;
    while !left.is_empty() {
        let mut zeros = Vec::new();
        let mut pivot: Option<(f64, usize)> = None;
        for &i in &left {
            match rest[(i, i)].sign() {
                Sign::Negative => return Definiteness::REFUTED,
                Sign::Zero => {
                    // A zero on the diagonal of a semidefinite matrix has a row of zeros.
                    let row: Vec<Sign> = left.iter().map(|&j| rest[(i, j)].sign()).collect();
                    if row.iter().any(|sign| matches!(sign, Sign::Positive | Sign::Negative)) {
                        return Definiteness::REFUTED;
                    }
                    definite = Truth::False;
                    if row.iter().all(|&sign| sign == Sign::Zero) {
                        zeros.push(i);
                    }
                }
                Sign::Positive => {
                    let size = rest[(i, i)].approximate();
                    if pivot.is_none_or(|(largest, _)| size > largest) {
                        pivot = Some((size, i));
                    }
                }
                Sign::Open => {}
            }
        }
        left.retain(|i| !zeros.contains(i));
        let Some((_, pivot)) = pivot else {
            if left.is_empty() {
                break;
            }
            return Definiteness {
                definite: if definite == Truth::True { Truth::Open } else { definite },
                ..Definiteness::OPEN
            };
        };
        left.retain(|&i| i != pivot);
        for (place, &i) in left.iter().enumerate() {
            let factor = rest[(i, pivot)].clone() / &rest[(pivot, pivot)];
            for &j in &left[place..] {
                // On the diagonal it is a square, so that no more is subtracted than there is.
                let taken = if i == j {
                    rest[(i, pivot)].square() / &rest[(pivot, pivot)]
                } else {
                    factor.clone() * &rest[(pivot, j)]
                };
                let entry = rest[(i, j)].clone() - &taken;
                rest[(j, i)] = entry.clone();
                rest[(i, j)] = entry;
            }
        }
    }
    Definiteness { definite, semidefinite: Truth::True }
}
