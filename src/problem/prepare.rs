//! What may be done to the examples before training: scaling into the unit ball, whitening.

use rug::float::Round;
use rug::ops::CompleteRound;
use rug::{Float, Rational};

use super::fit::misfit;
use super::initial::rounded;
use super::{ExactMatrix, Matrix, Misfit};
use crate::algebra::exact::{norm_squared, power_of_two};
use crate::algebra::singular;
use crate::time_limit::check_bits;

/// The precision of whitening: the second moment squares the conditioning of the examples.
const BITS: u32 = 256;

/// The examples divided by the least power of two that makes `max_i ‖x_i‖ ≤ 1`, exactly.
///
/// # Errors
///
/// A [`Misfit`] that names `data.unit_ball` if all examples are zero: every power of two would do.
///
/// ```
/// use gradient_witness::problem::{Matrix, unit_ball};
/// let x = Matrix::from_rows(vec![vec![3.into(), 4.into()], vec![1.into(), 0.into()]]).unwrap();
/// // ‖(3, 4)‖ = 5, so the divisor is 8.
/// assert_eq!(unit_ball(&x)?[(0, 0)], 0.375);
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
pub fn unit_ball(x: &Matrix<Rational>) -> Result<Matrix<Rational>, Misfit> {
    let largest = (0..x.rows()).map(|i| norm_squared(x.row(i))).max().unwrap_or_default();
    let exponent = exponent(&largest)?;
    Ok(x.map(|entry| entry.clone() >> exponent))
}

/// The same of a matrix that takes less room, in f64 as far as that decides: the norms of most rows of a large table are far below
/// the largest one.
pub(super) fn in_unit_ball(x: ExactMatrix) -> Result<ExactMatrix, Misfit> {
    let approximate: Vec<f64> =
        (0..x.rows()).map(|i| x.nearest_row(i).iter().map(|entry| entry * entry).sum::<f64>()).collect();
    let largest = approximate.iter().copied().fold(0.0, f64::max);
    // A sum of up to 2³² squares of numbers rounded once errs by less than 10⁻⁶ of itself, and by what underflows: less than 10⁻³⁰⁰.
    let is_reliable = largest.is_finite() && largest > 1e-280 && x.columns() < 1 << 31;
    let may_be_largest = |i: &usize| !is_reliable || approximate[*i] >= largest * (1.0 - 4e-6);
    let exact = (0..x.rows()).filter(may_be_largest).map(|i| norm_squared(&x.row(i))).max();
    let exponent = exponent(&exact.unwrap_or_default())?;
    Ok(x.shifted_down(exponent))
}

/// The least `e` with `largest ≤ 4^e`.
fn exponent(largest: &Rational) -> Result<i32, Misfit> {
    if *largest == 0 {
        return Err(misfit("data.unit_ball", "every example is zero", "leave it out"));
    }
    // largest > 2^(bits − 1) with the difference of the lengths: 4^exponent is below it at first.
    let bits = i64::from(largest.numer().significant_bits()) - i64::from(largest.denom().significant_bits());
    let mut exponent = (bits - 1).div_euclid(2) as i32;
    while *largest > power_of_two(2 * exponent) {
        exponent += 1;
    }
    Ok(exponent)
}

/// The examples multiplied by `(XXᵀ/n)^{−1/2}`, after which their uncentred second moment is the identity up to the roundings
/// to f64 at the end; [`Problem::whitening_residual`](super::Problem::whitening_residual) tells how far off.
///
/// Of all matrices that whiten, the symmetric positive definite one is taken: it moves the examples least.
///
/// # Errors
///
/// A [`Misfit`] that names `data.whiten` if the second moment is singular, or so near to it that the ratio of its extreme
/// eigenvalues is above 2²⁰⁰.
pub fn whiten(x: &Matrix<Rational>) -> Result<Matrix<Rational>, Misfit> {
    let (count, dimension) = (x.rows(), x.columns());
    if count < dimension {
        return Err(singular_moment(format!("{count} examples cannot span {dimension} dimensions")));
    }
    let features: Vec<Vec<Float>> =
        (0..dimension).map(|j| x.column(j).map(|entry| Float::with_val(BITS, entry)).collect()).collect();
    let moment = Matrix::from_fn(dimension, dimension, |i, j| {
        check_bits(count as u64 * u64::from(BITS));
        Float::with_val(BITS, Float::dot(features[i].iter().zip(&features[j]))) / count as u64
    });
    let spectrum = singular::decompose(&moment, BITS)
        .ok_or_else(|| misfit("data.whiten", "the eigenvalues of the second moment were not found", "leave it out"))?;
    let (largest, least) = (&spectrum.values[0], &spectrum.values[dimension - 1]);
    if *least <= Float::with_val_round(BITS, largest >> 200_u32, Round::Up).0 {
        return Err(singular_moment("the examples lie in a proper subspace, or all but do".to_owned()));
    }
    // (XXᵀ/n)^{−1/2} = V Λ^{−1/2} Vᵀ.
    let scaled: Vec<Vec<Float>> = spectrum
        .right
        .iter()
        .zip(&spectrum.values)
        .map(|(vector, value)| {
            let scale = value.clone().recip_sqrt();
            vector.iter().map(|entry| (entry * &scale).complete(BITS)).collect()
        })
        .collect();
    let root = Matrix::from_fn(dimension, dimension, |i, j| {
        let mut sum = Float::new(BITS);
        for (scaled, plain) in scaled.iter().zip(&spectrum.right) {
            sum += &scaled[i] * &plain[j];
        }
        sum
    });
    Ok(Matrix::from_fn(count, dimension, |i, j| {
        let mut sum = Float::new(BITS);
        check_bits(features.len() as u64 * u64::from(BITS));
        for (entry, feature) in root.row(j).iter().zip(&features) {
            sum += entry * &feature[i];
        }
        rounded(&sum)
    }))
}

fn singular_moment(reason: String) -> Misfit {
    misfit(
        "data.whiten",
        format!("the second moment of x is singular: {reason}"),
        "drop features that depend on others, add examples, or leave it out",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::problem::frobenius::whitening_residual;
    use crate::problem::{gaussian_matrix, nearest_f64};

    fn matrix(rows: &[&[(i64, i64)]]) -> Matrix<Rational> {
        Matrix::from_rows(rows.iter().map(|row| row.iter().map(|&entry| Rational::from(entry)).collect()).collect())
            .unwrap()
    }

    #[test]
    fn the_least_power_of_two() {
        let scaled = |entry: (i64, i64)| unit_ball(&matrix(&[&[entry]])).unwrap()[(0, 0)].clone();
        assert_eq!(scaled((1, 1)), 1);
        assert_eq!(scaled((2, 1)), 1);
        assert_eq!(scaled((3, 1)), Rational::from((3, 4)));
        assert_eq!(scaled((-4, 1)), -1);
        assert_eq!(scaled((5, 1)), Rational::from((5, 8)));
        // Upward as well: the divisor may be below 1.
        assert_eq!(scaled((1, 2)), 1);
        assert_eq!(scaled((1, 3)), Rational::from((2, 3)));
        // Norms, not entries: ‖(3/4, 3/4)‖ > 1.
        assert_eq!(unit_ball(&matrix(&[&[(3, 4), (3, 4)]])).unwrap(), matrix(&[&[(3, 8), (3, 8)]]));
        // On the sphere to the letter: (3/5, 4/5) stays.
        let sphere = matrix(&[&[(3, 5), (4, 5)], &[(0, 1), (1, 2)]]);
        assert_eq!(unit_ball(&sphere).unwrap(), sphere);
        assert_eq!(unit_ball(&matrix(&[&[(0, 1)]])).unwrap_err().key, "data.unit_ball");
    }

    proptest! {
        #[test]
        fn half_way_out_at_least(entries in proptest::collection::vec((-1000_i64..1000, 1_i64..1000), 6), shift in -200_i32..200) {
            let x = Matrix::from_fn(3, 2, |i, j| Rational::from(entries[2 * i + j]) << shift);
            prop_assume!(x.entries().iter().any(|entry| *entry != 0));
            let scaled = unit_ball(&x).unwrap();
            let squared = |i: usize| scaled.row(i).iter().map(|entry| entry.clone().square()).sum::<Rational>();
            let largest = (0..3).map(squared).max().unwrap();
            prop_assert!(largest <= 1 && largest > 0.25);
            // One factor for all entries, a power of two.
            let (old, new) = x.entries().iter().zip(scaled.entries()).find(|(old, _)| **old != 0).unwrap();
            let factor = Rational::from(new / old);
            prop_assert!(factor.numer().is_power_of_two() && factor.denom().is_power_of_two());
            prop_assert_eq!(x.map(|entry| Rational::from(entry * &factor)), scaled.clone());
            prop_assert_eq!(in_unit_ball(ExactMatrix::of(&x)).unwrap().to_rationals(), scaled);
        }
    }

    #[test]
    fn whitened_data_are_white_up_to_roundings() {
        for (count, dimension, seed) in [(3, 1, 1), (4, 4, 2), (40, 5, 3)] {
            let mut x = gaussian_matrix(count, dimension, &3.into(), seed).unwrap();
            // Correlated, and on very different scales.
            for i in 0..count {
                for j in 1..dimension {
                    let mixed = Rational::from(&x[(i, j)] + &x[(i, j - 1)]) >> (20 * j as i32);
                    x[(i, j)] = mixed;
                }
            }
            let before = whitening_residual(&x);
            let white = whiten(&x).unwrap();
            let after = whitening_residual(&white);
            assert!(before.lower() > 0.1);
            // An entry x is off by at most u|x| with u = 2⁻⁵³, so XXᵀ/n by at most 2u‖X‖_F²/n = 2ud (and a term in u²).
            let limit = 2.0 * 2_f64.powi(-53) * f64::from(dimension as u32) * 1.01;
            assert!(after.upper() <= limit && after.lower() > 0.0, "{count}×{dimension}: {after}");
        }
    }

    #[test]
    fn the_whitening_matrix_is_symmetric() {
        // XXᵀ/n = [[2, 1], [1, 2]]; its inverse root is [[a, b], [b, a]] with a + b = 3^{−1/2}, a − b = 1.
        let x = matrix(&[&[(2, 1), (2, 1)], &[(0, 1), (2, 1)], &[(2, 1), (0, 1)], &[(0, 1), (0, 1)]]);
        let white = whiten(&x).unwrap();
        let moment = whitening_residual(&white);
        assert!(moment.upper() < 1e-15);
        let (sum, difference) = (3_f64.sqrt().recip(), 1.0);
        let (a, b) = (f64::midpoint(sum, difference), (sum - difference) / 2.0);
        let entry = |i: usize, j: usize| nearest_f64(&white[(i, j)]);
        assert!((entry(0, 0) - 2.0 * (a + b)).abs() < 1e-15 && (entry(0, 1) - 2.0 * (a + b)).abs() < 1e-15);
        assert!((entry(1, 0) - 2.0 * b).abs() < 1e-15 && (entry(1, 1) - 2.0 * a).abs() < 1e-15);
    }

    #[test]
    fn the_same_white_data_everywhere() {
        let white = whiten(&gaussian_matrix(3, 2, &1.into(), 1).unwrap()).unwrap();
        let bits: Vec<u64> = white.entries().iter().map(|entry| nearest_f64(entry).to_bits()).collect();
        let expected: [u64; 6] = [
            13_822_462_285_822_998_734,
            4_609_931_782_572_677_766,
            4_602_805_781_935_501_850,
            4_603_847_543_636_282_177,
            13_833_375_581_653_646_116,
            13_815_154_849_793_356_560,
        ];
        assert_eq!(bits, expected);
    }

    #[test]
    fn a_singular_second_moment_is_refused() {
        for x in [
            matrix(&[&[(1, 1), (2, 1)]]),
            matrix(&[&[(1, 1), (2, 1)], &[(2, 1), (4, 1)], &[(3, 1), (6, 1)]]),
            matrix(&[&[(1, 3), (1, 7), (10, 21)], &[(1, 1), (1, 1), (2, 1)], &[(1, 9), (5, 1), (46, 9)]]),
            matrix(&[&[(0, 1)]]),
        ] {
            assert_eq!(whiten(&x).unwrap_err().key, "data.whiten");
        }
    }
}
