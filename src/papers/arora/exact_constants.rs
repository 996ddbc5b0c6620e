//! The hypotheses of Theorem 1 on numbers, decided exactly: at equality no enclosure can tell.
//!
//! `f²` and the squares of imbalances are rational in every run, and so are step sizes. Raised to the `N`-th power, `η ≤ η*(c)` and
//! `‖D_j‖_F ≤ δ*(c)` speak of powers of `c²` besides. If `c²` is not rational, neither is any power of it with which these could be
//! equalities unless `σ_min(Φ)²` is irrational too, and an enclosure decides them in the end.

use rug::ops::Pow;
use rug::{Integer, Rational};

use super::theorem1::{compare_least_square, depth, distance_squared, exact_target, multiple_of_power};
use crate::algebra::exact::{inner, norm_squared};
use crate::algebra::spectral::{Effort, Spectrum};
use crate::number::{Ball, Exact, Real, Ring, Truth};
use crate::problem::Matrix;
use crate::reference::{Point, balance};

/// Numbers of more bits than this are not multiplied out; what rests on them stays open, for enclosures to decide.
const MOST_BITS: u64 = 1 << 26;

/// Least singular values are looked for among the rationals of matrices with no more rows than this on the smaller side, and
/// with no more bits.
const MOST_ROWS: usize = 32;
const MOST_SPECTRAL_BITS: u32 = 8192;

/// `N`, `c²` and `f²`, rational and positive.
#[derive(Clone, Debug)]
pub(super) struct ExactConstants {
    depth: u32,
    margin_squared: Rational,
    norm_squared: Rational,
}

impl ExactConstants {
    /// The constants for the largest deficiency margin of a start, or for the number that stands for it, if there is one and its square
    /// is rational.
    pub(super) fn of(start: &Point<Exact>, margin: Option<(i32, i32)>) -> Option<Self> {
        let margin_squared = match margin {
            Some(margin) => Rational::from(margin).square(),
            None => margin_squared(&start.exact_end_to_end()?, exact_target(start.setting())?)?,
        };
        Self::with_margin(start, margin_squared)
    }

    /// The constants for `c² > 0` at a point of the problem.
    pub(super) fn with_margin<T: Real>(point: &Point<T>, margin_squared: Rational) -> Option<Self> {
        let norm_squared = norm_squared(exact_target(point.setting())?.entries());
        (norm_squared > 0).then(|| Self { depth: depth(point.weights()), margin_squared, norm_squared })
    }

    /// `η ≤ η*(c)`, as `(6144N³η)^N f^{6N−4} ≤ c^{4N−2}`.
    pub(super) fn allow_step(&self, eta: &Rational) -> Truth {
        let scaled = multiple_of_power(6144, self.depth, 3) * eta;
        let n = u64::from(self.depth);
        at_most((&scaled, n), (&self.norm_squared, 3 * n - 2), (&self.margin_squared, 2 * n - 1))
    }

    /// `‖D_j‖_F ≤ κδ*(c)`, given the square of the left side over `κ²`, as `(256²N⁶‖D_j‖_F²)^N f^{4(N−1)} ≤ c^{4N}`.
    pub(super) fn allow_imbalance(&self, square: &Rational) -> Truth {
        let scaled = multiple_of_power(256 * 256, self.depth, 6) * square;
        let n = u64::from(self.depth);
        at_most((&scaled, n), (&self.norm_squared, 2 * (n - 1)), (&self.margin_squared, 2 * n))
    }
}

/// `x^i · y^j ≤ z^k` of numbers that are not negative.
fn at_most(x: (&Rational, u64), y: (&Rational, u64), z: (&Rational, u64)) -> Truth {
    let bits = |(number, exponent): (&Rational, u64)| size(number).saturating_mul(exponent);
    if bits(x).saturating_add(bits(y)).saturating_add(bits(z)) > MOST_BITS {
        return Truth::Open;
    }
    let power = |(number, exponent): (&Rational, u64)| Some(Rational::from(number.pow(u32::try_from(exponent).ok()?)));
    let powers = || Some((power(x)?, power(y)?, power(z)?));
    powers().map_or(Truth::Open, |(x, y, z)| Truth::from(x * y <= z))
}

/// How many bits numerator and denominator have.
fn size(number: &Rational) -> u64 {
    u64::from(number.numer().significant_bits()) + u64::from(number.denom().significant_bits())
}

/// `max_j ‖D_j‖_F²` over the rationals.
pub(super) fn exact_imbalance_squared(start: &Point<Exact>) -> Rational {
    let squares = balance::imbalances(start.weights()).into_iter().map(|d| d.frobenius_squared().exact());
    squares.flatten().fold(Rational::new(), Ord::max)
}

/// `c²` of the largest deficiency margin `c = σ_min(Φ) − ‖W − Φ‖_F`, if there is one and its square is rational.
fn margin_squared(w: &Matrix<Rational>, target: &Matrix<Rational>) -> Option<Rational> {
    let (least, distance) = (least_square(target)?, distance_squared(w, target));
    // (√S − √R)² = S + R − 2√(SR).
    let root = rational_root(&Rational::from(&least * &distance), 2)?;
    (least > distance).then(|| least + distance - root * 2u32)
}

/// The root of a degree above 0 of a number that is not negative, if it is rational.
pub(super) fn rational_root(x: &Rational, degree: u32) -> Option<Rational> {
    let root = Rational::from((x.numer().clone().root(degree), x.denom().clone().root(degree)));
    (Rational::from((&root).pow(degree)) == *x).then_some(root)
}

/// `σ_min(A)²`, if it is rational and the matrix not too large.
///
/// With the common denominator `D` of the entries of `AAᵀ`, the eigenvalues of `D·AAᵀ` are roots of a monic polynomial of integers: those
/// that are rational are integers. The one that an enclosure leaves is tried.
pub(super) fn least_square(matrix: &Matrix<Rational>) -> Option<Rational> {
    let short = if matrix.rows() <= matrix.columns() { matrix.clone() } else { matrix.transposed() };
    if short.rows() == 1 {
        return Some(norm_squared(short.entries()));
    }
    if short.rows() > MOST_ROWS {
        return None;
    }
    let rows = || (0..short.rows()).flat_map(|i| (0..=i).map(move |j| (i, j)));
    let denominator =
        rows().fold(Integer::from(1), |common, (i, j)| common.lcm(inner(short.row(i), short.row(j)).denom()));
    let largest = norm_squared(short.entries()) * &denominator;
    // Enough for the tightest enclosure of the least eigenvalue to be much shorter than 1.
    let bits = u32::try_from(size(&largest)).ok()?.checked_add(128)?;
    if bits > MOST_SPECTRAL_BITS {
        return None;
    }
    let spectrum = Spectrum::of(&Matrix::<Ball>::from_rationals(&short, bits), Effort::Tight);
    let candidate = spectrum.least_squared().times(denominator.clone()).midpoint().exact()?.round();
    let candidate = Rational::from((candidate.into_numer_denom().0, denominator));
    compare_least_square(&short, &candidate).is_eq().then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[i32]], denominator: i32) -> Matrix<Rational> {
        let rows =
            rows.iter().map(|row| row.iter().map(|&entry| Rational::from((entry, denominator))).collect()).collect();
        Matrix::from_rows(rows).expect("rows of one length")
    }

    #[test]
    fn least_singular_values_with_rational_squares_are_found() {
        // σ = 3√5/7 and √5/7; 5 and 2; none rational; repeated; zero.
        assert_eq!(least_square(&matrix(&[&[3, 0], &[4, 5]], 7)), Some(Rational::from((5, 49))));
        assert_eq!(least_square(&matrix(&[&[3, 4, 0], &[0, 0, 2]], 1)), Some(Rational::from(4)));
        assert_eq!(least_square(&matrix(&[&[1, 1], &[0, 1]], 1)), None);
        assert_eq!(least_square(&matrix(&[&[3, 4], &[-4, 3]], 10)), Some(Rational::from((1, 4))));
        assert_eq!(least_square(&matrix(&[&[1, 1], &[1, 1]], 3)), Some(Rational::new()));
        assert_eq!(least_square(&matrix(&[&[3], &[4]], 1)), Some(Rational::from(25)));
    }

    #[test]
    fn powers_are_compared_exactly_and_at_any_depth() {
        for depth in [1, 2, 3, 89, 323, 1700] {
            let one = ExactConstants { depth, margin_squared: Rational::from(1), norm_squared: Rational::from(1) };
            let limit = multiple_of_power(6144, depth, 3).recip();
            assert_eq!(one.allow_step(&limit), Truth::True, "{depth}");
            assert_eq!(one.allow_step(&(limit * Rational::from((1_000_001, 1_000_000)))), Truth::False, "{depth}");
            let limit = multiple_of_power(256, depth, 3).recip().square();
            assert_eq!(one.allow_imbalance(&limit), Truth::True, "{depth}");
            assert_eq!(one.allow_imbalance(&(limit * Rational::from((1_000_001, 1_000_000)))), Truth::False, "{depth}");
        }
    }
}
